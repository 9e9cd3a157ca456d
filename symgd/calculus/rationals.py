"""Rationals and counts that proofs need: units, small primes, square parts, how many terms a power has."""

from __future__ import annotations

import math
from fractions import Fraction


def spread(terms: int, power: int) -> int:
    """How many terms a power of a sum has where no two of them meet."""
    return math.comb(power + terms - 1, power) if terms > 1 else 1


def common_unit(a: Fraction, b: Fraction) -> Fraction:
    """The greatest rational of which both are multiples."""
    above = math.gcd(a.numerator * b.denominator, b.numerator * a.denominator)
    return Fraction(above, a.denominator * b.denominator)


def primes(value: Fraction) -> list[tuple[int, int]]:
    """Small primes with their powers, and what is left as if it were one."""
    found = []
    for part, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime in (2, 3, 5, 7, 11, 13):
            power = 0
            while part % prime == 0:
                part, power = part // prime, power + 1
            if power:
                found.append((prime, sign * power))
        if part != 1:
            found.append((part, sign))
    return found


def square_part(value: Fraction) -> tuple[Fraction, Fraction]:
    """A positive rational as a square times the rest: √12 is 2·√3."""
    if value < 0:
        return Fraction(1), value
    square, rest = Fraction(1), Fraction(1)
    for prime, power in primes(value):
        half = (power - power % 2) // 2
        square *= Fraction(prime) ** half
        rest *= Fraction(prime) ** (power % 2)
    root = math.isqrt(rest.numerator)
    if rest.denominator == 1 and root * root == rest.numerator:
        square, rest = square * root, Fraction(1)
    return square, rest
