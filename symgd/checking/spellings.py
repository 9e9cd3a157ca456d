"""Other ways to write a line, told from the names of the problem: `1 = w`, `w: 0.51`, `w(1) = 1`, `0.1x5`.

Each is a row: what is looked for with the problem's parameters, and what it means. A line keeps its length, so that
places in it stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from symgd.calculus.equality import equality
from symgd.checking.world import Facts
from symgd.errors import SymgdError
from symgd.expressions.names import name_text
from symgd.expressions.reader import read
from symgd.expressions.tree import nodes
from symgd.limits import stranger

_NUMBER = r"[-−]?\d+(?:\.\d+)?"
_SLOPE = r"(?:d|∂)\w+\s*/\s*(?:d|∂)\w+"


def respelled(text: str, facts: Facts) -> str:
    """The text with each line as the reader knows it."""
    words = "|".join(sorted({re.escape(name) for word in facts.start for name in (word, name_text(word))}))
    if not words:
        return text
    patterns = {row: re.compile(row.replace("PARAMETER", f"(?:{words})")) for row in _ROWS}
    lines = []
    for line in text.split("\n"):
        for row, pattern in patterns.items():
            if row != _TIMES or "x" not in _names(facts):
                line = pattern.sub(_ROWS[row], line)
        lines.append(_derivative_of_the_loss(line, facts))
    return "\n".join(lines)


def _names(facts: Facts) -> set[str]:
    return {*facts.start, *facts.constants, *facts.bodies}


def _padded(found: re.Match[str], text: str) -> str:
    """A replacement of the length of what was found, blanks at its end."""
    return text + " " * (len(found[0]) - len(text)) if len(text) <= len(found[0]) else found[0]


_TIMES = rf"(?<=\d)(\s*)[xX](\s*)(?=[(\d]|{_NUMBER})"
_ROWS: Mapping[str, Callable[[re.Match[str]], str]] = {
    # 1 = w
    rf"^(\s*)({_NUMBER})(\s*=\s*)(PARAMETER)(?=\s*$)": lambda found: found[1] + found[4] + found[3] + found[2],
    # w: 0.51
    rf"^(\s*(?:PARAMETER)\s*)[:：](?=\s*{_NUMBER}\s*$)": lambda found: found[1] + "=",
    # w <- 0.51
    rf"^(\s*(?:PARAMETER)\s*)<-(?=\s*(?:{_NUMBER}|PARAMETER))": lambda found: found[1] + "← ",
    # w(1) = 1
    r"^(\s*(?:PARAMETER))\((\d{1,6})\)(?=\s*[=≈←])": lambda found: f"{found[1]}[{found[2]}]",
    # dL/dw(0.5) = −5, L(0.5) = 6.25
    rf"^(\s*(?:{_SLOPE}|[A-Z]))\(\s*{_NUMBER}\s*\)(?=\s*[=≈])": lambda found: _padded(found, found[1]),
    # 0.1x5
    _TIMES: lambda found: f"{found[1]}*{found[2]}",
}
_DERIVATIVE = re.compile(r"^(\s*)(?:d|∂)\s*/\s*(?:d|∂)(\w+)\s*(?P<of>[^=≈]{3,200}?)\s*(?=[=≈])")


def _derivative_of_the_loss(line: str, facts: Facts) -> str:
    """`d/dw (w − 3)^2 = …` where that is the loss: dL/dw."""
    found = _DERIVATIVE.match(line)
    problem = facts.problem
    if found is None or problem.definitions is None or found[2] not in facts.start or problem.has_arrays:
        return line
    try:
        tree = read(found["of"], names=tuple(_names(facts)), limits=stranger())
        loss = problem.definitions.inlined
        alike = sum(1 for _ in nodes(tree)) < _MOST and equality(tree, loss).verdict == "equal"
    except SymgdError:
        return line
    return _padded(found, f"{found[1]}d{problem.loss_name}/d{found[2]} ") + line[found.end() :] if alike else line


#: A formula of more nodes is not compared with the loss here.
_MOST = 80
