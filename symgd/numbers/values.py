"""What a value is outside the engine, and its decimal digits.

A value is a Fraction (exact), a `Ball` (a real number known to lie between two rationals) or a float.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeGuard

from symgd.expressions.tree import Expression, number, operation
from symgd.expressions.writer import decimal_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Terminating decimals of up to this many significant digits are printed in full.
FULL_DIGITS = 12
#: Whole numbers of up to this many digits are printed without a power of ten.
_LONGEST_WHOLE = 15


@dataclass(frozen=True, slots=True)
class Ball:
    """A real number between `low` and `high`, both exact: it knows which of its digits are proved.

    >>> third = Ball(Fraction(33333, 100000), Fraction(33334, 100000))
    >>> third.digits(4), third.digits(6)
    ('0.3333', None)
    """

    low: Fraction
    high: Fraction

    @property
    def middle(self) -> Fraction:
        """The middle of the two bounds."""
        return (self.low + self.high) / 2

    def digits(self, count: int) -> str | None:
        """The number rounded to so many significant digits, None where they are not proved."""
        value = rounded(self, count)
        return None if value is None else decimal_text(value)

    def proved(self, most: int = 50) -> str:
        """As many digits as are proved, up to `most`; "" where not one is.

        >>> Ball(Fraction(2), Fraction(3)).proved(), Ball(Fraction(-1), Fraction(1)).proved()
        ('', '')
        """
        for count in range(most, 0, -1):
            if (text := self.digits(count)) is not None:
                return text
        return ""

    def __float__(self) -> float:
        """The nearest double of the middle."""
        return float(self.middle)

    def __str__(self) -> str:
        """Its proved digits, at most fifteen; else its bounds."""
        return self.proved(15) or f"[{float(self.low):.3g}, {float(self.high):.3g}]"

    def __repr__(self) -> str:
        """The type and the proved digits."""
        return f"Ball({self.proved(20) or self})"


Value = Fraction | Ball | float | Any  # Any: an array of NumPy whose entries are such values


def is_array(value: object) -> TypeGuard[NDArray[Any]]:
    """Whether the value is a vector or a matrix: an array of NumPy (which is not loaded to find out)."""
    return type(value).__name__ == "ndarray"


def mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """A value changed; of an array every entry.

    >>> mapped(str, Fraction(1, 2))
    '1/2'
    """
    return shaped_as(value, [change(entry) for entry in value.flat]) if is_array(value) else change(value)


def shaped_as(value: Any, entries: Sequence[Any]) -> Any:
    """Entries, row by row, in the shape of a value: the one entry where it is no array.

    >>> shaped_as(Fraction(1, 2), ["a"])
    'a'
    """
    if not is_array(value):
        (entry,) = entries
        return entry
    changed = value.__class__(value.size, dtype=object)
    changed[:] = entries
    return changed.reshape(value.shape)


def whole(value: Any) -> int:
    """A value that is a whole number, as such: the bound of a sum."""
    return int(value.middle if isinstance(value, Ball) else value)


def entries_of(value: Any) -> list[Any]:
    """The entries of an array row by row; a number as the only one.

    >>> entries_of(Fraction(1, 2))
    [Fraction(1, 2)]
    """
    return list(value.flat) if is_array(value) else [value]


def bounds(value: Value) -> tuple[Fraction, Fraction]:
    """The exact numbers between which the value lies; a float is taken at its shortest decimal."""
    if isinstance(value, Ball):
        return value.low, value.high
    exact = exact_decimal(value)
    return exact, exact


def exact_decimal(value: Fraction | float | int) -> Fraction:
    """A float at its shortest decimal (0.1 means one tenth), all else as it is."""
    if type(value) is Fraction:
        return value
    return Fraction(repr(float(value))) if isinstance(value, float) else Fraction(value)


def exact_value(value: Any) -> Any:
    """A number as a Fraction, a float at its shortest decimal; nested sequences as an array of Fractions."""
    if isinstance(value, list | tuple) or is_array(value):
        from symgd.numbers.arrays import array

        return mapped(exact_value, array(value))
    return exact_decimal(value) if isinstance(value, float) else Fraction(value)


def is_exact(value: Value) -> bool:
    """Whether the value is one known rational."""
    return isinstance(value, Fraction)


def exponent_of(value: Fraction) -> int:
    """The power of ten of the first significant digit: 2 for 123, -3 for 0.0012; 0 for 0."""
    if value == 0:
        return 0
    top, bottom = abs(value.numerator), value.denominator
    guess = (top.bit_length() - bottom.bit_length()) * 30103 // 100000  # log10(2), from below by at most one
    while _reaches(top, bottom, guess + 1):
        guess += 1
    while not _reaches(top, bottom, guess):
        guess -= 1
    return guess


def _reaches(top: int, bottom: int, power: int) -> bool:
    """Whether top/bottom is at least a power of ten, without a fraction."""
    up, down = max(power, 0), max(-power, 0)
    return bool(top * 10**down >= bottom * 10**up)


def round_to(value: Fraction, places: int) -> Fraction:
    """Rounded to so many decimals (negative: tens, hundreds), half away from zero.

    >>> round_to(Fraction("0.125"), 2), round_to(Fraction("-2.5"), 0)
    (Fraction(13, 100), Fraction(-3, 1))
    """
    up, down = 10 ** max(places, 0), 10 ** max(-places, 0)  # whole numbers: many times as fast as fractions
    top, bottom = abs(value.numerator) * up, value.denominator * down
    rounded_size = (2 * top + bottom) // (2 * bottom) * down
    return Fraction(rounded_size if value.numerator >= 0 else -rounded_size, up)


def rounded(value: Value, digits: int) -> Fraction | None:
    """Rounded to significant digits, None where the bounds do not agree on them."""
    low, high = bounds(value)
    if low == high:
        return _significant(low, digits)
    if low.numerator <= 0 <= high.numerator:
        return Fraction(0) if max(-low, high) < Fraction(1, 10**FULL_DIGITS * 10**digits) else None
    below, above = _significant(low, digits), _significant(high, digits)
    return below if below == above else None


def _significant(value: Fraction, digits: int) -> Fraction:
    return round_to(value, digits - 1 - exponent_of(value))


def is_short(value: Fraction) -> bool:
    """Whether the value is printed in full: a terminating decimal of at most 12 significant digits."""
    text = decimal_text(value)
    if text is None:
        return False
    digits = text.replace(".", "").lstrip("-0")
    return len(digits if "." in text else digits.rstrip("0")) <= FULL_DIGITS


def is_small_fraction(value: Fraction) -> bool:
    """Whether a value that does not terminate is printed as a fraction: 1/3, 17/7."""
    return value.denominator <= 100 and abs(value.numerator) < 10_000


def written(value: Fraction, digits: int = _LONGEST_WHOLE) -> Expression:
    """The value as it is printed: a decimal, a fraction, or a decimal times a power of ten.

    Of a value that is rounded to so many significant `digits`, no zero stands in the place of a digit that is unknown.

    >>> written(Fraction("0.51")), written(Fraction(-1, 3)), written(Fraction(1, 10**12))
    (Expression('0.51'), Expression('−1/3'), Expression('1 × 10⁻¹²'))
    >>> written(Fraction(1992010)), written(Fraction(1992010), 6)
    (Expression('1992010'), Expression('1.99201 × 10⁶'))
    """
    if decimal_text(value) is None:
        size = operation("div", number(abs(value.numerator)), number(value.denominator))
        return operation("neg", size) if value.numerator < 0 else size
    power = exponent_of(value)
    if -10 < power < min(digits, _LONGEST_WHOLE):
        return number(value)
    scale = number(abs(power)) if power >= 0 else operation("neg", number(-power))
    return operation("mul", number(value / Fraction(10) ** power), operation("pow", number(10), scale))
