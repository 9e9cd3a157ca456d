"""Other ways to write a line, told from the names of the problem: `1 = w`, `w: 0.51`, `w(1) = 1`, `0.1x5`.

Each is a row: what is looked for with the problem's parameters, and what it means. A line keeps its length, so that
places in it stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from symgd.calculus.equality import equality
from symgd.checking.notations import stem_of
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
    known = _names(facts)
    letters = "".join(letter for letter in "tkn" if letter not in known and letter not in facts.problem.counts)
    patterns = {
        re.compile(row.replace("PARAMETER", f"(?:{words})").replace("NOW", f"[{letters or '_'}]")): make
        for row, make in _ROWS.items()
        if row != _TIMES or "x" not in known
    }
    lines = []
    for line in text.split("\n"):
        for pattern, make in patterns.items():
            line = pattern.sub(make, line)
        line = _worded(line, facts)
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
    # w(t+1), w_{t+1}, w^(t+1): the index in brackets
    r"(?<![A-Za-z\\])(PARAMETER|g|[mv](?:hat)?)(?:\((NOW(?:\s?[-+−]\s?1)?)\)|\^\((NOW(?:\s?[-+−]\s?1)?)\)"
    r"|_\{(NOW\s?[-+−]\s?1)\}|_\((NOW\s?[-+−]\s?1)\))(?![^$\n]*\$)": lambda found: (
        f"{found[1]}[{''.join((found[2] or found[3] or found[4] or found[5]).split())}]"
    ),
    # L'(w) = …, L'(0.5) = …, ∇L(w1, w2) = …
    rf"^(\s*\$?(?:[A-Z]'{{1,2}}|(?:∇|\\nabla\s?|grad\s?)[A-Z]))\((?:\s*(?:PARAMETER|\\?[A-Za-z]_\d|{_NUMBER})\s*,?)+\)"
    r"(?=\s*[=≈])": lambda found: _padded(found, found[1]),
    # | w1 | 0.51 |
    rf"^(\s*)\|(\s*(?:{_SLOPE}|Δ?PARAMETER(?:\[\d+\])?)\s*)\|(\s*{_NUMBER}\s*)\|?\s*$": lambda found: (
        f"{found[1]} {found[2]}={found[3]}"
    ),
    # 0.1x5
    _TIMES: lambda found: f"{found[1]}*{found[2]}",
}
#: Words for quantities, before a sign of relation: what is said, and the kind that is meant.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"負梯度|负梯度|negative\s+gradient|descent\s+direction", "negative"),
    (r"(?<![負负])(?:梯度|斜率)|(?<!negative )(?:slope|derivative)", "slope"),
    (r"(?:權重)?(?:變化|改變)量?|weight\s+change|change(?:\s+in\s+weight)?", "change"),
    (r"學習率|learning\s+rate", "rate"),
    (r"損失(?:函數)?(?:值)?|loss", "loss"),
)


def _worded(line: str, facts: Facts) -> str:
    """「負梯度 = 0.1」, `learning rate = 0.1`: a sign for the word, where it is clear what is meant."""
    lone = next(iter(facts.start)) if len(facts.start) == 1 else ""
    loss = facts.problem.loss_name
    signs = {"slope": f"∇{loss}", "negative": f"-∇{loss}", "change": f"Δ{lone or stem_of(facts)}"}
    signs |= {"rate": "η", "loss": loss}
    for said, kind in _WORDS:
        if kind in ("rate", "loss") or lone or stem_of(facts):
            needs = "" if lone or kind in ("rate", "loss") else r"(?=\s*[=≈＝]\s*[(\[（［])"
            pattern = rf"(?i)(?<![A-Za-z_])(?:the\s+)?(?:{said})(?=\s*[=≈＝]){needs}"
            line = re.sub(pattern, lambda found, sign=signs[kind]: _padded(found, sign), line)  # type: ignore[misc]
    return line


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
