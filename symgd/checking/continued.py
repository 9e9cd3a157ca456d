"""Lines that begin with a minus or a plus and go on with the sum above them: `w = 1`, below it `- 0.1*(-4) = 1.4`.

Such a line may be an item of a list as well. It is none where no item of the text begins with a word, and where it
says nothing true without its sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from symgd.errors import SymgdError
from symgd.expressions.reader import read
from symgd.limits import stranger
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.meanings import is_rational

_SIGN = "[=≈＝]"
_OP = r"[ \t]*(?P<op>[-+−–])[ \t]*"
_TERM = re.compile(rf"{_OP}(?=[\d.(\[])(?P<term>[^\n=≈＝]{{1,120}}?)[ \t]*(?P<rest>{_SIGN}[^\n]{{0,400}})?")
#: A factor in letters: `- lr*(-4)`.
_LETTERS = re.compile(rf"{_OP}[A-Za-zα-ω]\w*[ \t]*[*·×][^\n=≈＝]{{1,120}}")
_ITEM = re.compile(r"(?m)^[ \t]*[-−–+*•][ \t]+\$?(?:[^\W\d_]{2}|[^\W\d_]\w*(?:\[\w*\])?[/'′]?\w*[ \t]*[=≈＝:：])")
_MARK = re.compile(r"[ \t]*[-−–+*•][ \t]")
_ATTACHED = re.compile(r"[ \t]*[-+−–][\d.]")
_FOLLOWS, _STATES = re.compile(rf"\s*{_SIGN}"), re.compile(_SIGN)
_ENDS, _UNFINISHED = re.compile(r"[\w)\]}²³]\s*\Z"), re.compile(r"[-+−–*·×/=≈＝]\s*\Z")
_CLOSED = re.compile(r"[-+−*·×÷/^().\d\s]+")


def continued(text: str) -> dict[int, bool]:
    """Where lines begin with a minus or a plus that is no mark of a list, and whether they go on with what is above.

    >>> continued("w = 1\\n- 0.1*(-4) = 1.4"), continued("w = 1\\n- 0.1*(-4) = 0.4"), continued("w = 1\\n- 2*2 = 4")
    ({6: True}, {6: False}, {})
    """
    if _ITEM.search(text):
        return {}
    lines = text.split("\n")
    may_go_on = _may_go_on(lines)
    found, at, states = dict[int, bool](), 0, False
    for line, may in zip(lines, may_go_on, strict=True):
        goes_on = states and may
        if goes_on or _is_true(line, "-"):
            found[at] = goes_on
        states = goes_on or (_STATES.search(line) is not None and not _MARK.match(line))
        at += len(line) + 1
    return found


def _may_go_on(lines: Sequence[str]) -> list[bool]:
    """Of each line, whether it may go on with the one above it: a term, with a result behind it or below."""
    found, follows = list[bool](), False
    for line, above in zip(reversed(lines), (*reversed(lines[:-1]), ""), strict=True):
        term = _TERM.fullmatch(line)
        is_unfinished = _UNFINISHED.search(above) is not None
        may = is_unfinished or _ENDS.search(above) is not None
        if term is not None and term["rest"] is not None:
            may = may and not _is_true(line) and not _is_true(line, "-")
            may = may and (not _stands_alone(line, above) or _is_true(line, before=_STATES.split(above)[-1]))
        else:
            may = may and (follows or (is_unfinished and term is not None))
            may = may and (term is not None or _LETTERS.fullmatch(line) is not None)
        found.append(may)
        follows = may or _FOLLOWS.match(line) is not None
    return found[::-1]


def _stands_alone(line: str, above: str) -> bool:
    """Whether a line is one of its own below a number, as far as their form tells.

    Above it is a relation of numbers alone, or the sign belongs to its first number: -6 * 0.1 = -0.5.
    """
    *others, last = (_value(side) for side in _STATES.split(above))
    return bool(others) and last is not None and (None not in others or _ATTACHED.match(line) is not None)


def _is_true(line: str, sign: str = "", before: str = "") -> bool:
    """Whether a line is a term with a sign, without its own or behind another, and what it is, rounded or not."""
    found = _TERM.fullmatch(line)
    if found is None or found["rest"] is None or (sign and found["op"] == "+"):
        return False
    shown = _STATES.split(found["rest"])[1].strip()
    left, right = _value((before + found["op"] if before else sign) + found["term"]), _value(shown)
    if left is None or right is None:
        return not sign and not before  # nobody knows
    unit = Fraction(1, 10 ** len(shown.partition(".")[2])) if re.fullmatch(r"[-−]?[\d.]+", shown) else Fraction(0)
    return abs(left - right) <= unit / 2


def _value(text: str) -> Fraction | None:
    """The value of a formula of numbers; None of any other, and of what cannot be read."""
    if _CLOSED.fullmatch(text) is None:
        return None
    try:
        value = value_of(read(text, limits=stranger()), {})
    except SymgdError:
        return None
    if value is None or isinstance(value, NoValue) or not is_rational(value):
        return None
    return Fraction(int(value.p), int(value.q))
