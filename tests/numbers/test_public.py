"""Public values contain what they stand for, whatever the precision is when they are made."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx

from symgd.numbers.systems import public
from symgd.numbers.values import Ball, rounded


def test_a_ball_is_made_public_with_all_its_digits_outside_of_its_precision() -> None:
    with ctx.workprec(600):
        third = arb(1) / 3
    found = public(third)
    assert isinstance(found, Ball)
    assert found.low <= Fraction(1, 3) <= found.high
    assert rounded(found, 100) is not None


def test_a_wide_ball_stays_as_wide() -> None:
    found = public(arb(2, 1))
    assert isinstance(found, Ball)
    assert found.low <= 1
    assert found.high >= 3
