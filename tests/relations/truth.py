"""Whether a printed relation holds, from its two sides alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction

from tests.relations.grammar import Node
from tests.relations.values import LADDER, Arithmetic, NeedMoreDigits, NoValueError, Number, Value, literal

#: How close two formulas joined by ≈ must be when the right one is no lone decimal.
CLOSE = Fraction(1, 10_000)


def verdict(sign: str, left: Node, right: Node) -> bool | None:
    """True or false; None where a side has a symbol in it."""
    if not (left.numeric and right.numeric):
        return None
    question = equal if sign == "=" else _approximate(unit_of(right))
    for digits in LADDER:
        arithmetic = _arithmetic(digits)
        try:
            return _on_each(question, arithmetic, arithmetic.value(left), arithmetic.value(right), sign)
        except NeedMoreDigits:
            continue
        except NoValueError:
            return False
    return False


@functools.cache
def _arithmetic(digits: int) -> Arithmetic:
    return Arithmetic(digits, last=digits == LADDER[-1])


Question = Callable[[Arithmetic, list[tuple[Number, Number]]], bool]


def _on_each(question: Question, arithmetic: Arithmetic, left: Value, right: Value, sign: str) -> bool:
    if _shape(left) != _shape(right):
        return False
    return question(arithmetic, list(zip(_flat(left), _flat(right), strict=True)))


def _shape(value: Value) -> object:
    return tuple(map(_shape, value)) if isinstance(value, tuple) else None


def _flat(value: Value) -> list[Number]:
    return [part for item in value for part in _flat(item)] if isinstance(value, tuple) else [value]


def equal(arithmetic: Arithmetic, pairs: list[tuple[Number, Number]]) -> bool:
    """Exactly equal; where irrational, not to be told apart with the most digits there are."""
    return all(arithmetic.sign(arithmetic.subtract(left, right)) == 0 for left, right in pairs)


def _approximate(units: list[Fraction] | None) -> Question:
    def question(arithmetic: Arithmetic, pairs: list[tuple[Number, Number]]) -> bool:
        if units is None:
            near = all(_is_close(arithmetic, *pair) for pair in pairs)
        else:
            near = all(_rounds(arithmetic, *pair, unit) for pair, unit in zip(pairs, units, strict=True))
        return near and not equal(arithmetic, pairs)

    return question


def _rounds(arithmetic: Arithmetic, left: Number, right: Number, unit: Fraction) -> bool:
    """Whether the right side is the left one rounded; a tie may go either way."""
    off = arithmetic.size(arithmetic.subtract(left, right))
    return arithmetic.sign(arithmetic.subtract(off, unit / 2)) <= 0


def _is_close(arithmetic: Arithmetic, left: Number, right: Number) -> bool:
    off = arithmetic.size(arithmetic.subtract(left, right))
    most = arithmetic.greatest(arithmetic.size(left), arithmetic.size(right))
    return arithmetic.sign(arithmetic.subtract(off, arithmetic.multiply(CLOSE, most))) <= 0


def unit_of(tree: Node) -> list[Fraction] | None:
    """One unit in the last printed place of a decimal, or of each decimal of a vector; None for a formula."""
    if tree.op == "vector":
        parts = [unit_of(arg) for arg in tree.args]
        return None if None in parts else [unit for part in parts if part for unit in part]
    if tree.op == "neg" and tree.args[0].op != "neg":
        return unit_of(tree.args[0])
    if tree.op == "number":
        mantissa, _, power = tree.text.partition("e")
        return [literal(f"1e{int(power) - len(mantissa.partition('.')[2])}")]
    if tree.op == "*" and (scale := _power_of_ten(tree.args[1])) is not None:
        units = unit_of(tree.args[0])
        return None if units is None or tree.args[0].op == "*" else [unit * scale for unit in units]
    return None


def _power_of_ten(tree: Node) -> Fraction | None:
    """10^k for an integer k, as printed."""
    if tree.op != "^" or tree.args[0].text != "10e0":
        return None
    minus = tree.args[1].op == "neg"
    exponent = tree.args[1].args[0] if minus else tree.args[1]
    if exponent.op != "number" or literal(exponent.text).denominator != 1:
        return None
    return literal(f"1e{'-' if minus else ''}{literal(exponent.text)}")
