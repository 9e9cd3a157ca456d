"""What a side is worth: exactly, in a ball, or between bounds where a name in it is known only as rounded."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from flint import arb, ctx

from symgd.numbers.bounded import BITS, Number
from symgd.numbers.meanings import as_ball, is_rational
from symgd.numbers.systems import rational


class Known(NamedTuple):
    """What is known of a name: in full, as printed, and the least and greatest it can be; exact if all are one.

    `full` is the value of the formula it came from, `printed` the rounded number that a reader sees, `hull` a ball
    that holds whatever the text may have carried on.
    """

    full: Number
    printed: Number
    hull: Number

    @property
    def exact(self) -> bool:
        """Whether it is one rational number, however it is taken."""
        return is_rational(self.full) and is_rational(self.printed) and is_rational(self.hull)


def between(low: Fraction, high: Fraction) -> Number:
    """A ball that holds all numbers between two rationals."""
    with ctx.workprec(BITS):
        middle, radius = (low + high) / 2, (high - low) / 2
        return as_ball(rational(middle)) + arb(0, as_ball(rational(radius)).upper())


def both(first: Number, second: Number) -> Number:
    """A ball that holds two values."""
    with ctx.workprec(BITS):
        return as_ball(first).union(as_ball(second))


def overlap(first: Number, second: Number) -> bool:
    """Whether two values may be the same."""
    with ctx.workprec(BITS):
        return bool(as_ball(first).overlaps(as_ball(second)))


def around(value: Number, unit: Fraction) -> Number:
    """A ball that holds all that a value with this last place may be rounded from."""
    with ctx.workprec(BITS):
        return as_ball(value) + arb(0, as_ball(rational(unit / 2)).upper())
