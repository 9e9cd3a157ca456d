"""What stands behind a chain and was not read with it: a bracket, a comparison, more values of a list.

Such a line may be right as far as it was read, and false behind it: it is for the teacher.
"""

from __future__ import annotations

import operator
import re
from fractions import Fraction

from symgd.checking.claims import Part
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.meanings import is_rational

_SIGN = r"<=|>=|!=|[<>≤≥≦≧≠]|\\(?:leq?|geq?|neq?|lt|gt)(?![A-Za-z])"
#: A comparison behind a side, with the number in it if it is a lone one.
_COMPARED = re.compile(
    rf"[ \t]*(?P<sign>{_SIGN})(?![-/<>!])"
    r"\s*(?:(?P<number>[-−]?\d{1,30}(?:\.\d{1,30})?)(?=\s*(?:[,，;；。$)\n✓✔]|\.\s|\.?\Z)|\s+[A-Za-z]{2}|\s*[\u4e00-\u9fff]))?"
)
_COMPARING = re.compile(rf"[\w)\]}}][ \t]*(?<![-=])(?:{_SIGN})[ \t]*\Z")
_NUMBER = r"[-−]?(?:\d+(?:\.\d+)?|\.\d+)"
#: Another value behind the last one, and nothing behind that but the end or more of them.
_LISTED = re.compile(
    rf"[ \t]*(?:[,，、;；/][ \t]*(?:(?:and|then|再|接著|然後|最後)[ \t]*)?|(?:and|then)[ \t]+){_NUMBER}"
    r"(?=\s*(?:\.?\s*(?:\n|\Z)|[,，、;；。/$]|and\b|then\b))"
)
#: Another number at the end of the line: one of the two is crossed out.
_CORRECTED = re.compile(rf"[ \t]+{_NUMBER}(?=[ \t]*\.?[ \t]*(?:\n|\Z))")
#: A formula that goes on in words: `w - lr` of `w - lr * grad`.
_GOES_ON = re.compile(
    r"(?:[ \t]+(?:\*|times\b)[ \t]+|[ \t]*[×·⋅∙][ \t]*|\*)(?=[A-Za-z]{2}|[\u4e00-\u9fff])"
    r"|[ \t]*[-+−–][ \t]*(?i:learning[ _]rate|rate|lr|step[ _]size|學習率)[ \t]*[*·×⋅∙]"
    r"|[ \t]*[-+−][ \t]*[A-Za-z]{2,20}[ \t]*[=≈]"
)
#: A formula that words begin: `error × x`.
_GOES_ON_FROM = re.compile(r"(?:[A-Za-z\u4e00-\u9fff][ \t]*[×·⋅∙]|\btimes)[ \t]*\Z")
_OPERATIONS = tuple("-+−–*/·×")
_COMPARE = {"<": operator.lt, ">": operator.gt, "≤": operator.le, "≥": operator.ge, "≠": operator.ne}
_SPELLED = {"<=": "≤", ">=": "≥", "!=": "≠", "≦": "≤", "≧": "≥", "\\lt": "<", "\\gt": ">"}
_SPELLED |= {f"\\{word}{e}": sign for word, sign in (("le", "≤"), ("ge", "≥"), ("ne", "≠")) for e in ("", "q")}


def fault_behind(text: str, start: int, stop: int, last: Part) -> str:
    """Why a chain in a text cannot be taken as it was read, of which the last side is given; "" where it can.

    >>> from symgd.expressions.tree import number
    >>> half = Part(number("0.5"), "0.5", "", Fraction(1, 10))
    >>> [fault_behind(text, 0, 7, half) for text in ("w = 0.5", "w = 0.5 > 1", "w = 0.5 < 1", "w = 0.5, 1.5")]
    ['', 'compared', '', 'list']
    """
    if _GOES_ON.match(text, stop) or _GOES_ON_FROM.search(text, max(0, start - 20), start):
        return "words"
    if _opens(text, stop):
        return "unclosed"
    if text.startswith("(", stop) and text[stop - 1].isalpha():
        return "words"  # a name with a bracket behind it that was not read with it
    if _COMPARING.search(text, max(0, start - 20), start):
        return "compared"
    if compared := _COMPARED.match(text, stop):
        return "" if _holds(last, compared) else "compared"
    is_listed = _LISTED.match(text, stop) or _CORRECTED.match(text, stop)
    return "list" if last.is_number and is_listed else ""


def _holds(last: Part, compared: re.Match[str]) -> bool:
    """Whether a side is a number that stands to another as the sign says."""
    value = value_of(last.tree, {}) if last.tree is not None and last.is_number else None
    if value is None or isinstance(value, NoValue) or not is_rational(value) or compared["number"] is None:
        return False
    sign, other = compared["sign"], Fraction(compared["number"].replace("−", "-"))
    return bool(_COMPARE[_SPELLED.get(sign, sign)](Fraction(int(value.p), int(value.q)), other))


def _opens(text: str, at: int) -> bool:
    """Whether a bracket comes next that the line does not close."""
    rest = text[at:].partition("\n")[0]
    rest = rest.lstrip() if text[:at].endswith(_OPERATIONS) else rest  # w = 1 - [0.1·(−4) = 1.4
    if not rest.startswith(("(", "[")):
        return False
    depth = 0
    for letter in rest:
        depth += (letter in "([") - (letter in ")]")
        if depth == 0:
            return False
    return True
