r"""The point that a quantity is meant at, as it is written: L'(1), ∂L/∂w1(1, 2), dL/dw at w = 1, …\right|_{w=1}.

The reader of formulas takes a bracket behind a name for a product: a point behind what a line is about is blanked out
for it, and read here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from symgd.checking.facts import Facts
from symgd.checking.latex import KIND
from symgd.expressions.names import canonical


class Place(NamedTuple):
    """A part of a point: its name, "" where its order tells, its number, and one unit in the last place of that.

    Where an index tells it, `update` is after how many updates the weights are meant.
    """

    word: str
    value: Fraction | None = None
    unit: Fraction | None = None
    update: int | None = None


SLOPE = r"(?:d|∂)\w{1,32}\s*/\s*(?:d|∂)\w{1,32}"
_INDEX = r"(?:_\{\w{1,32}\}|_?\w{1,32}|\^\{?\(\w{1,9}\)\}?|\[\w{1,9}\])"
_D = r"(?:d|∂|\\partial(?![A-Za-z])|\\mathrm\s*\{d\})\s*"
_UPPER, _LOWER = rf"{_D}[A-Za-z]\w{{0,32}}\s*", rf"{_D}\\?[A-Za-z]{{1,32}}{_INDEX}?"
LATEX_SLOPE = rf"(?:\\[dt]?frac\s*\{{\s*{_UPPER}\}}\s*\{{\s*{_LOWER}\s*\}}|(?=\\partial){_UPPER}/\s*{_LOWER})"
GRADIENT = (
    r"(?:(?:∇|\\nabla(?![A-Za-z])|grad\b)\s?(?:[A-Z](?![A-Za-z]))?|(?i:gradient|slope|derivative|loss)|梯度|斜率|損失)"
)
#: What may stand inside of a point: of brackets only those of an index or of a vector.
_INSIDE = r"(?:[^(){}\[\]（）\n]|\([^(){}\n]{0,40}\)|\{[^{}\n]{0,40}\}|\[[^\[\]\n]{0,40}\]){1,80}?"
_DECIMAL = r"[-−]?(?:\d+(?:\.\d+)?|\.\d+)(?:/\d+)?"
_SAID = rf"[A-Za-z]\w{{0,32}}\s*=\s*{_DECIMAL}"
BRACKETED = rf"(?:\\left\s*)?[(（]({_INSIDE})(?:\\right\s*)?[)）]"
BARRED = (
    rf"(?:\\(?:[Bb]igg?[rl]?|right)\s*)?(?:\||\\[rl]?vert(?![A-Za-z]))\s*_?\s*"
    rf"(?:\{{({_INSIDE})\}}|\(({_INSIDE})\)|({_SAID}(?:\s*,\s*{_SAID})*|(?<=_)[A-Za-z]\w{{0,32}}))"
)
_AT = (
    r"(?:\bat\b|@|在)\s*(?:the\s+point\s+|點\s*)?"
    rf"(?:[(（]({_INSIDE})[)）]|({_SAID}(?:\s*,\s*{_SAID})*|{_DECIMAL}))\s*(?:時|處)?"
)
#: What a line goes on with behind a point.
_SIGNS = "|".join(
    re.escape(word) + r"(?![A-Za-z])" * word[-1].isalpha() for word, kind in KIND.items() if kind == "sign"
)
_RELATION = rf"(?=\s*\$?\s*(?:{_SIGNS}|[＝:：是為]|is\b))"
#: What must stand in a line for a point to be in it.
_MARKS = ("(", "（", "|", "vert", "at ", "@", "在")
#: What stands before a quantity that is a part of a formula.
_INSIDE_OF_FORMULA = re.compile(
    r"(?:[=≈≒≃≅＝←+*/·×⋅∙^({\d]|(?<![A-Za-z])[A-Za-zα-ω]|\\[A-Za-z]+|[^\s,，;；:：。、$>*•.-][ \t]*[-−])\s*\Z"
)
#: So far before a quantity it is looked whether it stands in a formula.
_NEAR = 40
_SIGN, _LEFT = re.compile(rf"{_SIGNS}|＝"), re.compile(r"\\left\s*\.\s*\Z")


@functools.lru_cache(maxsize=64)
def _pointed(names: tuple[str, ...]) -> re.Pattern[str]:
    """A quantity of a problem with a point behind it, before a relation."""
    words = "|".join(map(re.escape, names))
    function = rf"(?:[A-Z]|[fgh](?=['′’^])|{words})(?:['′’]{{1,2}}|\^\{{?\\prime\s*\}}?)?(?![A-Za-z])"
    head = rf"(?<![A-Za-z0-9_\\])(?:{SLOPE}|{function}|{GRADIENT})|{LATEX_SLOPE}"
    return re.compile(rf"(?P<head>{head})(?P<point>\s*(?:{BRACKETED}|{BARRED}|{_AT})){_RELATION}")


def _heads(line: str, facts: Facts) -> Iterator[re.Match[str]]:
    if any(mark in line for mark in _MARKS):
        for found in _pointed((*facts.bodies, facts.problem.loss_name)).finditer(line):
            before = _LEFT.sub("", line[max(0, found.start() - _NEAR) : found.start()])
            is_factor = found["head"] in {*facts.bodies} - {facts.problem.loss_name} and _is_factor(line, found)
            if not is_factor and not _INSIDE_OF_FORMULA.search(before):
                yield found


def _is_factor(line: str, found: re.Match[str]) -> bool:
    """Whether the bracket behind a name is a factor: of 2(a − y)a(1 − a), where no point can be told."""
    return _places(found) is None or line[: found.start()].endswith((")", "]", "}"))


def without_points(line: str, facts: Facts) -> str:
    """The line with the points behind what it is about blanked out.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> without_points("L'(1) = -4", facts)
    "L'    = -4"
    >>> without_points("w = 0 - 0.1*L(1) = 1", facts)
    'w = 0 - 0.1*L(1) = 1'
    """
    for found in _heads(line, facts):
        line = line[: found.start("point")] + " " * len(found["point"]) + line[found.end("point") :]
    return line


def point_of(text: str, facts: Facts) -> tuple[Place, ...] | None:
    """The point that is written behind what a line is about; () of none, None where it cannot be told.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> [place.word for place in point_of("dL/dw at w = 1 = -4", facts)], point_of("dL/dw = -6", facts)
    (['w'], ())
    """
    for found in _heads(text, facts):
        return () if _SIGN.search(text[: found.start()]) else _places(found)
    return ()


def _places(found: re.Match[str]) -> tuple[Place, ...] | None:
    """The parts of a point that was found: its inside is in one of the groups behind the two with names."""
    _, _, *insides = found.groups()
    return places_in(next(inside for inside in insides if inside is not None))


#: Words in brackets, and no names: (rounded to 2 places), (四捨五入).
_REMARK = re.compile(r"(?<!\\)[A-Za-z]{2,}\s+\w|\d\s+[A-Za-z]{2,}|[\u4e00-\u9fff]{2}")
#: (w1, w2) = (1, 2), w = (1, 2)
_TOGETHER = re.compile(r"\(?([^()=]+)\)?\s*=\s*[(\[]([^()\[\]=]+)[)\]]")
#: A name, w_t+1 and w^(t-1) among them, but no w+1.
_WORD = r"(?![^\W_]+[+-])[^\W\d][\w()\[\]^+-]*"
_PLACE = re.compile(rf"(?:(?P<word>[^=≈]+?)\s*[=≈]\s*)?(?P<value>{_DECIMAL})")


def places_in(inside: str) -> tuple[Place, ...] | None:
    """The parts of a point, of a remark none; None where one of them is neither a number nor a name.

    >>> [(place.word, str(place.value)) for place in places_in("w_1 = 0.5, 2")]
    [('w1', '1/2'), ('', '2')]
    """
    if _REMARK.search(inside) and "=" not in inside:
        return ()
    plain = _plain(inside)
    if together := _TOGETHER.fullmatch(plain):
        words, values = together[1].split(","), together[2].split(",")
        if len(words) == len(values):
            plain = ",".join(f"{word}={value}" for word, value in zip(words, values, strict=True))
        else:
            plain = together[2]
    plain = plain[1:-1] if re.fullmatch(r"\([^()]*\)|\[[^\[\]]*\]", plain) else plain
    found = [_place(part) for part in re.split("[,，、;；]", plain)]
    return None if any(place is None for place in found) else tuple(place for place in found if place)


def _plain(text: str) -> str:
    return re.sub(r"\\(?:left|right)(?![A-Za-z])|\\[,;!]|[\s${}]|\\(?=[A-Za-z])", "", text).replace("−", "-")


def _place(part: str) -> Place | None:
    if found := _PLACE.fullmatch(part):
        above, _, below = found["value"].partition("/")
        if below and not int(below):
            return None
        digits = len(above.partition(".")[2])
        unit = None if below else Fraction(1, 10**digits)
        return Place(canonical(found["word"] or ""), Fraction(above) / int(below or 1), unit)
    found = re.fullmatch(rf"(?:{_WORD}[=≈])?({_WORD})", part)
    return Place(canonical(found[1])) if found else None
