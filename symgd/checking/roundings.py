"""Roundings that a task asks for, inside of a formula and at its end: 1.1 + 0.05·4.86 = 1.1 + 0.24 to two places."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symgd.checking.comparing import alike, rounds_to
from symgd.checking.working import Part
from symgd.expressions.tree import Expression
from symgd.expressions.writer import decimal_text
from symgd.numbers.bounded import NoValue
from symgd.numbers.meanings import is_rational

Number = Any
#: What a part of a formula is worth to the student; None where that cannot be told.
Worth = Callable[[Expression], Number | NoValue | None]
_SUMS = frozenset(("add", "sub", "neg"))


def is_rounded_inside(before: Expression, after: Expression, worth: Worth, decimals: int) -> bool:
    """Whether a formula is another one in which parts were worked out and rounded to so many places, or finer.

    >>> from symgd.expressions.reader import read
    >>> from symgd.numbers.bounded import value_of
    >>> is_rounded_inside(read("1.1 + 0.05*4.86"), read("1.1 + 0.24"), lambda tree: value_of(tree, {}), 2)
    True
    """
    value, shown = worth(before), worth(after)
    if value is None or shown is None or isinstance(value, NoValue) or isinstance(shown, NoValue):
        return False
    if alike(value, shown):
        return True
    literal = after.args[0] if after.op == "neg" else after
    if literal.op == "number":
        written = decimal_text(literal.value)
        return written is not None and rounds_to(value, shown, Fraction(1, 10 ** max(decimals, _places(written))))
    pairs = _paired(before, after)
    return bool(pairs) and all(is_rounded_inside(*pair, worth, decimals) for pair in pairs)


def is_too_fine(part: Part, shown: Number, decimals: int) -> bool:
    """Whether a number is written with more places than were asked for; zeros at its end are none."""
    if part.unit is None or not is_rational(shown):
        return False
    return bool((Fraction(int(shown.p), int(shown.q)) * 10**decimals).denominator > 1)


def _places(written: str) -> int:
    return len(written.partition(".")[2])


def _paired(before: Expression, after: Expression) -> list[tuple[Expression, Expression]]:
    """The parts of two formulas of one form, side by side; none where their forms differ."""
    if before.op in _SUMS and after.op in _SUMS:
        sides = _terms(before), _terms(after)
    elif before.op == after.op == "mul":
        sides = _factors(before), _factors(after)
    elif before.op == after.op:
        sides = list(before.args), list(after.args)
    else:
        return []
    return list(zip(*sides, strict=True)) if len(sides[0]) == len(sides[1]) else []


def _terms(tree: Expression, minus: bool = False) -> list[Expression]:
    """The terms of a sum with their signs."""
    if tree.op not in _SUMS:
        return [Expression("neg", (tree,)) if minus else tree]
    signs = [minus != (tree.op == "neg" or (tree.op == "sub" and place > 0)) for place in range(len(tree.args))]
    return [term for part, sign in zip(tree.args, signs, strict=True) for term in _terms(part, sign)]


def _factors(tree: Expression) -> list[Expression]:
    return [factor for part in tree.args for factor in _factors(part)] if tree.op == "mul" else [tree]
