"""The value of a student's formula, as exact as it must be: a rational where that is proved, else a narrow ball.

rational ─ a ball with more and more bits ─ is there a short rational in it? ─ proved: the rational ─ else unknown
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import fmpq

from symgd.errors import PrecisionError
from symgd.expressions.tree import Expression, number, substitute
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.meanings import as_ball, is_rational
from symgd.numbers.systems import dyadic, rational
from symgd.numbers.values import entries_of, is_array

Number = Any
#: Bits to work with, one after the other; the first for numbers that turn out rational.
_LADDER = (192, 1_024, 4_096)
#: A ball this narrow is one value as far as anyone can write it.
_NARROW = rational(Fraction(1, 10**25))
#: A rational in a ball of n bits is no chance where its denominator has less than a quarter of them.
_SHARE = 4
#: Seconds for a proof that a value is rational.
_PATIENCE = 1.0


def is_narrow(value: Number) -> bool:
    """Whether a value is exact, or its ball so narrow that it stands for one value."""
    if is_rational(value):
        return True
    return bool(value.rad() < as_ball(_NARROW) * (1 + abs(value.mid())))


def sharp(tree: Expression, values: Mapping[str, Number]) -> Number | NoValue | None:
    """The value of a formula; None where no number of bits tells it well enough.

    >>> from symgd.expressions.reader import read
    >>> sharp(read("10^40*exp(1) - exp(1)*10^40 + 0.51"), {})
    51/100
    """
    found = value_of(tree, values, _LADDER[0])
    if found is None or isinstance(found, NoValue) or is_rational(found):
        return found
    if is_array(found):
        return _sharp_array(tree, values, found)
    exact = all(map(is_rational, values.values()))
    for bits in _LADDER[1:]:
        found = value_of(tree, values, bits)
        if found is None or isinstance(found, NoValue) or is_rational(found):
            return found
        short = _short_in(found)
        if is_narrow(found) and short is None:
            return found
        if short is not None and _is(tree, values, short):
            return short
    return None if exact or not is_narrow(found) else found


def _sharp_array(tree: Expression, values: Mapping[str, Number], found: Number) -> Number | None:
    """A vector or matrix of narrow entries."""
    if all(map(is_rational, entries_of(found))):
        return found
    for bits in _LADDER[1:]:
        found = value_of(tree, values, bits)
        if found is None or isinstance(found, NoValue) or all(map(is_narrow, entries_of(found))):
            return found
    return None


def _short_in(ball: Number) -> Number | None:
    """The short rational in a ball, where there is one that is there by no chance."""
    if not is_narrow(ball):
        return None
    try:
        middle, radius = (rational(dyadic(part)) for part in (ball.mid(), ball.rad()))
    except PrecisionError:  # of a size that no one could write out
        return None
    if not radius:
        return middle
    bits = int(radius.q).bit_length() - int(radius.p).bit_length()
    if bits < _SHARE:  # a ball wider than a whole number holds some by chance
        return None
    near = Fraction(int(middle.p), int(middle.q)).limit_denominator(1 << bits // _SHARE)
    found = fmpq(near.numerator, near.denominator)
    return found if abs(found - middle) <= radius else None


def _is(tree: Expression, values: Mapping[str, Number], value: Number) -> bool:
    """Whether a formula is proved to be worth a rational."""
    from symgd.checking.guarded import compared  # proofs are for what is not rational by itself

    known = {word: _number(found) for word, found in values.items() if not is_array(found) and is_rational(found)}
    found = compared(substitute(tree, known), _number(value), (), _PATIENCE)
    return found.verdict == "equal" and found.certainty == "proved"


def _number(value: Number) -> Expression:
    return number(Fraction(int(value.p), int(value.q)))
