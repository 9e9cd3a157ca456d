"""The pieces that both notations are cut into."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of text: `kind`, what it stands for, where it is, and whether a blank stands before it.

    Kinds: number word + - * / ^ superscript root ( ) | |( )| , ; = compare { } & row frac sqrt cases endcases end;
    of vectors [ ] ' @ .* ‖ ‖( )‖ matrix endmatrix sum.
    `exact` is the value of a number. `upright` marks a word that LaTeX sets off by a command.
    """

    kind: str
    text: str
    start: int
    stop: int
    spaced: bool = False
    exact: Fraction | None = None
    upright: bool = False


#: Behind these tokens an operand has ended.
ENDS_OF_OPERANDS = frozenset({"word", ")", ")|", ")‖", "‖", "]", "'", "}", "superscript", "endmatrix", "number"})

#: How many brackets a token opens; those that it closes count as less than 0.
NESTING = dict.fromkeys(("(", "{", "[", "cases", "matrix"), 1) | dict.fromkeys(
    (")", "}", "]", "endcases", "endmatrix"), -1
)
