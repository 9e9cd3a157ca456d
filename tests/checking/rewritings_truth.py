"""The judge's own arithmetic: the value of a tree in mpmath, nothing of symgd's numbers in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath

from symgd.expressions.tree import Expression, fold

Point = Mapping[str, Fraction]
#: Sixty digits are asked for; the rest is a guard against cancelling.
DIGITS = 75
#: A second look where sixty digits cancel: sinh(30)^2 and the like.
MANY_DIGITS = 400


class OutsideTheReals(Exception):
    """The tree has no real value there."""


def value(tree: Expression, point: Point, digits: int = DIGITS) -> Any:
    """The value at a point as an mpf; raises OutsideTheReals where there is none.

    >>> from symgd.expressions.reader import read
    >>> str(value(read("sqrt(w^2)"), {"w": Fraction(-3)}))
    '3.0'
    """
    with mpmath.workdps(digits):
        return fold(tree, lambda node, below: _combine(node, below, point))


def value_or_none(tree: Expression, point: Point, digits: int = DIGITS) -> Any:
    """The value, None where there is none."""
    try:
        return value(tree, point, digits)
    except OutsideTheReals:
        return None


def distance(left: Expression, right: Expression, point: Point, digits: int = DIGITS) -> Any:
    """|left - right|, in parts of the larger one where that is over 1; None where one of both has no value."""
    first, second = value_or_none(left, point, digits), value_or_none(right, point, digits)
    if first is None or second is None:
        return None
    with mpmath.workdps(digits):
        return abs(first - second) / max(1, abs(first), abs(second))


def _combine(node: Expression, below: tuple[Any, ...], point: Point) -> Any:
    if node.op == "number":
        return _exact(node.value)
    if node.op == "name":
        return _exact(point[node.name])
    return _MEANING[node.op](*below)


def _exact(number: Fraction) -> Any:
    return mpmath.mpf(number.numerator) / number.denominator


def _divide(over: Any, under: Any) -> Any:
    if under == 0:
        raise OutsideTheReals
    return over / under


def _power(base: Any, exponent: Any) -> Any:
    """Whole exponents take every base; others a positive one, or 0 under a positive exponent."""
    if exponent == int(exponent):
        if base == 0 and exponent <= 0:
            raise OutsideTheReals
        return base ** int(exponent)
    if base < 0 or (base == 0 and exponent <= 0):
        raise OutsideTheReals
    return base**exponent


def _where(allowed: Callable[[Any], bool], function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def guarded(argument: Any) -> Any:
        if not allowed(argument):
            raise OutsideTheReals
        return function(argument)

    return guarded


def _positive(argument: Any) -> bool:
    return bool(argument > 0)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-z)) if z >= 0 else mpmath.exp(z) / (1 + mpmath.exp(z))


_MEANING: Mapping[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _divide,
    "pow": _power,
    "neg": lambda a: -a,
    "e": lambda: mpmath.e + 0,
    "pi": lambda: mpmath.pi + 0,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "exp": mpmath.exp,
    "log": _where(_positive, mpmath.log),
    "sqrt": _where(lambda argument: bool(argument >= 0), mpmath.sqrt),
    "abs": abs,
    "max": max,
    "min": min,
    "sigmoid": _sigmoid,
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "softplus": lambda z: max(z, mpmath.mpf(0)) + mpmath.log1p(mpmath.exp(-abs(z))),
}
