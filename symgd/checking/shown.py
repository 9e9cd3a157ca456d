"""What of a student's text is read: so much of it as its limits allow, and not what is struck out."""

from __future__ import annotations

import re

from symgd.checking.set_aside import without_struck
from symgd.limits import stranger

#: More blanks than anybody means: what looks for words between blanks tries each way to part them.
_WIDEST = 24
_GAP = re.compile(rf"\s{{{_WIDEST + 1},}}")


def shown_of(text: str) -> str:
    """The lines of a working that are read, each with no more blanks beside one another than anybody means.

    >>> shown_of("w = 1.4" + 100 * " " + "(new)") == "w = 1.4" + 24 * " " + "(new)"
    True
    """
    limits = stranger()
    lines = text[: limits.working_characters].splitlines()[: limits.working_lines]
    return without_struck("\n".join(_GAP.sub(" " * _WIDEST, line) for line in lines))


def is_cut(text: str) -> bool:
    """Whether a working is longer than its limits allow.

    >>> is_cut("w = 1.4")
    False
    """
    limits = stranger()
    return len(text) > limits.working_characters or len(text.rstrip().splitlines()) > limits.working_lines
