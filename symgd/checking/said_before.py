"""What the words of a line before a quantity make of it: `the gradient of L`, `L was`, `- dL/dw`, `w1: 0.5 + 0.01`."""

from __future__ import annotations

import re

from symgd.checking.facts import Facts
from symgd.checking.notations import Quantity, quantity_named
from symgd.expressions.names import canonical

#: So much of a long line is looked at.
_LONGEST = 500
_SLOPES = frozenset(("grad", "gradient", "slope", "derivative", "梯度", "斜率"))
_CHANGES = frozenset(("delta", "change", "改變量", "變化量", "變化"))
#: What is told of a quantity: its slope or change, which have names, or something that has none.
_OF = re.compile(r"(?i)\b(gradient|grad|slope|derivative|change)\s+(?:of|in)\s+(?:the\s+)?\$?\s*\Z")
_SOMETHING_OF = re.compile(
    r"(?i)\b(?:(?:change|difference|decrease|increase|drop|reduction|improvement|half|twice|double|square|sum|inverse"
    r"|opposite|negative|minimum|maximum)\s+(?:of|in)|half|twice|double|triple)\s+(?:the\s+)?\$?\s*\Z"
)
#: A dash before a slope that begins a line: of a list, or a minus.
_DASH = re.compile(r"^[ \t]*[-−–][ \t]+\Z")
#: A dash that begins a line about anything else: then all of them make a list.
_LISTED = re.compile(r"^[ \t]*[-−–][ \t]+(?!\$?(?:[d∂∇]|\\frac|\\nabla|grad|g\b|[A-Z]'))\S", re.MULTILINE)
#: Words before a loss that is that before the move.
_WAS = re.compile(r"(?:\bwas|\bbefore\b[^.;$]{0,24}|(?:之前|移動前|更新前|原本|原來)[^。；$]{0,12})\s*\$?\s*\Z")
_LABEL = re.compile(r"^[ \t]*(?:[-*•][ \t]+)?([A-Za-z]\w*)[ \t]*[:：][ \t]*$")


def line_before(text: str, stop: int) -> str:
    """What stands in a line before a place; of a long line as much as is looked at.

    >>> line_before("w = 1\\nthe loss L = 4", 15)
    'the loss '
    >>> line_before("w" * 501, 501)[:3]
    '…ww'
    """
    _, begun, line = text[max(0, stop - _LONGEST) : stop].rpartition("\n")
    return line if begun or stop <= _LONGEST else f"…{line}"


def with_words(found: Quantity, before: str, beside: str, facts: Facts) -> Quantity:
    """A quantity as the words before it have it: delta w1, gradient of L, L was; `beside` is the word next to it."""
    of = _OF.search(before)
    word = (of[1] if of else beside).strip().lower()
    if found.kind == "weight" and word in _CHANGES:
        found = Quantity("change", "d", found.parameter)
    elif found.kind == "weight" and word in _SLOPES:
        found = Quantity("slope", facts.slopes[found.parameter], found.parameter)
    elif found.kind == "loss" and word in _SLOPES:
        found = Quantity("slope", "")
    return found._replace(old=True) if found.kind == "loss" and _WAS.search(before) else found


def is_something_of(found: Quantity, before: str) -> bool:
    """Whether it is something else of a quantity that is told of: half of L, the decrease in L, twice its slope.

    >>> [is_something_of(Quantity("slope", "dL/dw"), f"{words} of ") for words in ("gradient", "twice the gradient")]
    [False, True]
    """
    named = _OF.sub("", before) if found.kind in ("slope", "change") else before
    return _SOMETHING_OF.search(named) is not None


def is_minus(before: str, text: str) -> bool:
    """Whether a dash before a slope may be a minus, as no other line of the text begins with one."""
    return _DASH.search(before) is not None and not _LISTED.search(text)


def label_in(before: str, facts: Facts) -> Quantity | None:
    """The weight that stands with a colon at the beginning of a line."""
    found = _LABEL.search(before)
    named = quantity_named(canonical(found[1]), facts) if found else None
    return named if named is not None and named.kind == "weight" and named.parameter else None
