"""Other ways to write a line, told from the names of the problem: `1 = w`, `w: 0.51`, `w(1) = 1`, `0.1x5`.

Each is a row: what is looked for with the problem's parameters, and what it means. A line keeps its length, so that
places in it stay what they are.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

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
        for marks, row, make in _ROWS
        if (row != _TIMES or "x" not in known) and any(mark in text for mark in marks)
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
#: What must stand in a text for a row to matter, the row, and what it means.
_ROWS: tuple[tuple[tuple[str, ...], str, Callable[[re.Match[str]], str]], ...] = (
    # 1 = w
    (
        ("=",),
        rf"^(\s*)({_NUMBER})(\s*=\s*)(PARAMETER)(?=\s*$)",
        lambda found: found[1] + found[4] + found[3] + found[2],
    ),
    # w: 0.51
    ((":", "："), rf"^(\s*(?:PARAMETER)\s*)[:：](?=\s*{_NUMBER}\s*$)", lambda found: found[1] + "="),
    # dL/dw1: 2w1 − 1.1
    ((":", "："), rf"^(\s*[-−]?{_SLOPE}\s*)[:：](?=\s*[^\s=≈:：][^=≈:：]*$)", lambda found: found[1] + "="),
    # \partial L/\partial w_1
    (
        ("\\partial",),
        r"\\partial\s*([A-Za-z]\w*)\s*/\s*\\partial\s*([A-Za-z](?:_\{\w+\}|\w)*)",
        lambda found: rf"\frac{{\partial {found[1]}}}{{\partial {found[2]}}}",
    ),
    # w <- 0.51
    (("<-",), rf"^(\s*(?:PARAMETER)\s*)<-(?=\s*(?:{_NUMBER}|PARAMETER))", lambda found: found[1] + "← "),
    # w(1) = 1
    (("(",), r"^(\s*(?:PARAMETER))\((\d{1,6})\)(?=\s*[=≈←])", lambda found: f"{found[1]}[{found[2]}]"),
    # dL/dw(0.5) = −5, L(0.5) = 6.25
    (
        (") =", ")=", ") ≈", ")≈"),
        rf"^(\s*(?:{_SLOPE}|[A-Z]))\(\s*{_NUMBER}\s*\)(?=\s*[=≈])",
        lambda found: _padded(found, found[1]),
    ),
    # w(t+1), w_{t+1}, w^(t+1): the index in brackets
    (
        tuple(f"{bracket}{letter}" for bracket in "({" for letter in "tkn"),
        r"(?<![A-Za-z\\])(PARAMETER|g|[mv](?:hat)?)(?:\^?\((NOW(?:\s?[-+−]\s?1)?)\)"
        r"|_[{(](NOW\s?[-+−]\s?1)[})])(?![^$\n]*\$)",
        lambda found: f"{found[1]}[{''.join((found[2] or found[3]).split())}]",
    ),
    # L'(w) = …, L'(0.5) = …, ∇L(w1, w2) = …
    (
        ("'(", "''(", "∇", "nabla", "grad"),
        rf"^(\s*\$?(?:[A-Z]'{{1,2}}|(?:∇|\\nabla\s?|grad\s?)[A-Z]))"
        rf"\((?:\s*(?:PARAMETER|\\?[A-Za-z]_\d|{_NUMBER})\s*,?)+\)(?=\s*[=≈])",
        lambda found: _padded(found, found[1]),
    ),
    # | w1 | 0.51 |
    (
        ("|",),
        rf"^(\s*)\|(\s*(?:{_SLOPE}|Δ?PARAMETER(?:\[\d+\])?)\s*)\|(\s*{_NUMBER}\s*)\|?\s*$",
        lambda found: f"{found[1]} {found[2]}={found[3]}",
    ),
    # 0.1x5
    (("x", "X"), _TIMES, lambda found: f"{found[1]}*{found[2]}"),
)
#: Where an English word for a quantity begins; "rate of change" is not the change.
_BEGINS = r"(^\s*|[^\w\s]\s*|\b(?:the|so|and|then|with|where|my)\s+)(?:the\s+)?"
#: Words for quantities, before a sign of relation: a word that must be there, what is said, the kind that is meant.
_WORDS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("負梯度", "负梯度"), "()(?:負梯度|负梯度)", "negative"),
    (("梯度", "斜率"), "()(?<![負负])(?:梯度|斜率)", "slope"),
    (("變化", "改變"), "()(?:權重)?(?:變化|改變)量?", "change"),
    (("學習率",), "()學習率", "rate"),
    (("損失",), "()損失(?:函數)?值?", "loss"),
    (("negative",), rf"{_BEGINS}negative\s+gradient", "negative"),
    (("slope", "derivative"), rf"{_BEGINS}(?:slope|derivative)", "slope"),
    (("change",), rf"{_BEGINS}(?:weight\s+)?change(?:\s+in\s+weight)?", "change"),
    (("learning",), rf"{_BEGINS}learning\s+rate", "rate"),
    (("loss",), rf"{_BEGINS}loss", "loss"),
)


def _worded(line: str, facts: Facts) -> str:
    """「負梯度 = 0.1」, `learning rate = 0.1`: a sign for the word, where it is clear what is meant."""
    lone, loss, small = len(facts.start) == 1, facts.problem.loss_name, line.lower()
    stem = next(iter(facts.start)) if lone else stem_of(facts)
    signs = {"slope": f"∇{loss}", "negative": f"-∇{loss}", "change": f"Δ{stem}", "rate": "η", "loss": loss}
    for marks, said, kind in _WORDS:
        if not any(mark in small for mark in marks) or not (stem or kind in ("rate", "loss")):
            continue
        needs = "" if lone or kind in ("rate", "loss") else r"(?=\s*[=≈＝]\s*[(\[（［])"
        written = functools.partial(_with_sign, signs[kind])
        line = re.sub(rf"(?i){said}(?=\s*[=≈＝]){needs}", written, line)
    return line


def _with_sign(sign: str, found: re.Match[str]) -> str:
    return _padded(found, found[1] + sign)


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
