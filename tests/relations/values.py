"""Numeric trees to values: fractions while every operation is rational, else mpmath's intervals.

The contexts are this module's own, so nothing depends on the precision that other code has set in mpmath.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mpmath.ctx_iv import MPIntervalContext
from mpmath.ctx_mp import MPContext

from tests.relations.grammar import Node
from tests.relations.tokens import UnreadableFormula

Interval = Any  # mpmath has no types
Number = Any  # Fraction | Interval
Value = Any  # Number | tuple[Value, ...]

#: Digits to work with, one after the other, until a question is decided.
LADDER = (60, 250, 1000, 5000)
_MOST_BITS = 400_000
_MOST_POWER_OF_TEN = 100_000
_GREATEST_EXPONENT = Fraction(10**15)
HALF = Fraction(1, 2)


class NoValueError(Exception):
    """The side has no real value: a division by zero, a logarithm of zero, a root of a negative number."""


class NeedMoreDigits(Exception):
    """The interval is too wide to tell."""


def literal(text: str) -> Fraction:
    """The value of a number token, such as 1.5e-300."""
    if abs(int(text.partition("e")[2] or 0)) > _MOST_POWER_OF_TEN:
        raise UnreadableFormula(f"{text} is too large or too small")
    return Fraction(text)


class Arithmetic:
    """Real arithmetic with so many digits; with the most, what cannot be told from zero is taken as zero."""

    def __init__(self, digits: int, last: bool) -> None:
        self.last, self.digits = last, digits
        self.iv, self.mp = MPIntervalContext(), MPContext()
        self.iv.dps, self.mp.dps = digits, digits + 10

    def value(self, tree: Node) -> Value:
        """The value of a numeric tree."""
        if tree.op == "number":
            return literal(tree.text)
        if tree.op == "constant":
            return +self.iv.pi if tree.text == "pi" else self.iv.exp(1)
        parts = [self.value(arg) for arg in tree.args]
        if tree.op == "vector":
            return tuple(parts)
        if tree.op == "call":
            return self.called(tree.text, parts)
        return _each(functools.partial(_OPERATIONS[tree.op], self), tree.op, parts)

    def called(self, name: str, parts: list[Value]) -> Number:
        function, least, most = _FUNCTIONS[name]
        if name in _OF_VECTORS and len(parts) == 1 and isinstance(parts[0], tuple):
            parts = list(parts[0])
        if not least <= len(parts) <= most or any(isinstance(part, tuple) for part in parts):
            raise UnreadableFormula(f"{name} does not take these {len(parts)} operands")
        return function(self, *parts)

    # between fractions and intervals

    def interval(self, value: Number) -> Interval:
        if isinstance(value, Fraction):
            return self.iv.mpf(value.numerator) / self.iv.mpf(value.denominator)
        return value

    def sign(self, value: Number) -> int:
        """-1, 0 or 1; asks for more digits where an interval reaches over zero."""
        if isinstance(value, Fraction):
            return (value > 0) - (value < 0)
        low, high = map(_sign_of_end, value._mpi_)
        if low != high and not self.last:
            raise NeedMoreDigits
        return low if low == high else 0

    def monotone(self, function: Callable[[Any], Any], value: Number) -> Interval:
        """A rising function that mpmath has for points only, at both ends, and a little wider."""
        ends = [function(self.mp.make_mpf(end)) for end in self.interval(value)._mpi_]
        if any(isinstance(end, self.mp.mpc) for end in ends):
            raise NoValueError if self.last else NeedMoreDigits
        slack = self.mp.mpf(10) ** -self.digits
        low, high = ends[0] - abs(ends[0]) * slack, ends[1] + abs(ends[1]) * slack
        return self.iv.make_mpf((low._mpf_, high._mpf_))

    # operations

    def multiply(self, a: Number, b: Number) -> Number:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return a * b
        return self.interval(a) * self.interval(b)

    def add(self, a: Number, b: Number) -> Number:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return a + b
        return self.interval(a) + self.interval(b)

    def divide(self, a: Number, b: Number) -> Number:
        if self.sign(b) == 0:
            raise NoValueError
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return a / b
        return self.interval(a) / self.interval(b)

    def power(self, base: Number, exponent: Number) -> Number:
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            return self.whole_power(base, exponent.numerator)
        if isinstance(base, Fraction) and isinstance(exponent, Fraction) and base >= 0:
            root = _exact_root(base, exponent.denominator)
            if root is not None:
                return self.whole_power(root, exponent.numerator)
        sign = self.sign(base)
        if sign < 0 or (sign == 0 and self.sign(exponent) <= 0):
            raise NoValueError
        if sign == 0:
            return Fraction(0)
        return self.exp(self.interval(exponent) * self.iv.log(self.interval(base)))

    def whole_power(self, base: Number, exponent: int) -> Number:
        if exponent <= 0 and self.sign(base) == 0:
            raise NoValueError  # 0^0 as well
        if isinstance(base, Fraction):
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if bits * abs(exponent) <= _MOST_BITS or abs(base) in (0, 1):
                return base**exponent
        return self.interval(base) ** exponent

    # functions

    def log(self, value: Number) -> Number:
        if self.sign(value) <= 0:
            raise NoValueError
        return self.iv.log(self.interval(value))

    def exp(self, value: Number) -> Number:
        if self.sign(self.subtract(self.size(value), _GREATEST_EXPONENT)) > 0:
            raise UnreadableFormula("a power is too large or too small")
        return self.iv.exp(self.interval(value))

    def root(self, value: Number, index: Number) -> Number:
        if not isinstance(index, Fraction) or index.denominator != 1 or index < 1:
            raise UnreadableFormula("the index of a root must be a positive integer")
        if self.sign(value) < 0:
            if index % 2 == 0:
                raise NoValueError
            return self.multiply(Fraction(-1), self.root(self.multiply(Fraction(-1), value), index))
        return self.power(value, 1 / index)

    def greatest(self, *values: Number) -> Number:
        if all(isinstance(value, Fraction) for value in values):
            return max(values)
        ends = [self.interval(value)._mpi_ for value in values]
        points = [[self.mp.make_mpf(end) for end in pair] for pair in ends]
        low, high = max(pair[0] for pair in points), max(pair[1] for pair in points)
        return self.iv.make_mpf((low._mpf_, high._mpf_))

    def negative(self, value: Number) -> Number:
        return -value

    def subtract(self, a: Number, b: Number) -> Number:
        return self.add(a, -b)

    def logistic(self, x: Number) -> Number:
        return 1 / (1 + self.exp(-x))

    def size(self, x: Number) -> Number:
        return self.greatest(x, -x)

    def total(self, *values: Number) -> Number:
        return functools.reduce(self.add, values)

    def leaky(self, x: Number, slope: Number = Fraction(1, 100)) -> Number:
        return x if self.sign(x) >= 0 else self.multiply(slope, x)

    def elu(self, x: Number, alpha: Number = Fraction(1)) -> Number:
        return x if self.sign(x) >= 0 else self.multiply(alpha, self.exp(x) - 1)

    def huber(self, x: Number, delta: Number = Fraction(1)) -> Number:
        size = self.size(x)
        if self.sign(self.subtract(size, delta)) <= 0:
            return self.multiply(HALF, self.whole_power(x, 2))
        return self.multiply(delta, self.subtract(size, self.multiply(HALF, delta)))

    def hyperbolic(self, x: Number, sign: int) -> Number:
        return (self.exp(x) + sign * self.exp(-x)) / 2

    def normal(self, x: Number) -> Number:
        """The distribution function of the normal distribution."""
        below = self.monotone(self.mp.erf, self.interval(x) / self.iv.sqrt(2))
        return (1 + below) / 2


def _sign_of_end(end: Any) -> int:
    """The sign of mpmath's own tuple of sign, mantissa, exponent and bits."""
    sign, mantissa, exponent, _ = end
    if not mantissa and exponent:
        raise NoValueError  # infinite, or no number
    return 0 if not mantissa else -1 if sign else 1


def _exact_root(value: Fraction, index: int) -> Fraction | None:
    above, below = _integer_root(value.numerator, index), _integer_root(value.denominator, index)
    return None if above is None or below is None else Fraction(above, below)


def _integer_root(value: int, index: int) -> int | None:
    """The exact root of an integer, None where there is none."""
    if index == 2:
        root = math.isqrt(value)
        return root if root * root == value else None
    low, high = 0, 1 << (value.bit_length() // index + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**index < value else (low, middle)
    return low if low**index == value else None


def _each(operation: Callable[..., Number], op: str, parts: list[Value]) -> Value:
    """An operation on numbers, on vectors part by part, and a vector times or over a number."""
    vectors = [part for part in parts if isinstance(part, tuple)]
    if not vectors:
        return operation(*parts)
    together = op in ("+", "-", "neg") and len(vectors) == len(parts)
    scaled = (op == "*" and len(vectors) == 1) or (op == "/" and not isinstance(parts[1], tuple))
    if len({len(vector) for vector in vectors}) > 1 or not (together or scaled):
        raise UnreadableFormula(f"{op} does not join these vectors")
    count = len(vectors[0])
    rows = [[part[place] if isinstance(part, tuple) else part for part in parts] for place in range(count)]
    return tuple(_each(operation, op, row) for row in rows)


_OPERATIONS: dict[str, Callable[..., Number]] = {
    "+": Arithmetic.add,
    "-": Arithmetic.subtract,
    "*": Arithmetic.multiply,
    "/": Arithmetic.divide,
    "^": Arithmetic.power,
    "neg": Arithmetic.negative,
}

_OF_VECTORS = ("norm", "norm1", "norm2", "logsumexp")
_Row = tuple[Callable[..., Number], int, int]  # what it does, the least and the most operands


def _one(function: Callable[[Arithmetic, Number], Number]) -> _Row:
    return function, 1, 1


_FUNCTIONS: dict[str, _Row] = {
    "sin": _one(lambda a, x: a.iv.sin(a.interval(x))),
    "cos": _one(lambda a, x: a.iv.cos(a.interval(x))),
    "tan": _one(lambda a, x: a.divide(a.iv.sin(a.interval(x)), a.iv.cos(a.interval(x)))),
    "cot": _one(lambda a, x: a.divide(a.iv.cos(a.interval(x)), a.iv.sin(a.interval(x)))),
    "sec": _one(lambda a, x: a.divide(Fraction(1), a.iv.cos(a.interval(x)))),
    "csc": _one(lambda a, x: a.divide(Fraction(1), a.iv.sin(a.interval(x)))),
    "arcsin": _one(lambda a, x: a.monotone(a.mp.asin, x)),
    "arccos": _one(lambda a, x: a.iv.pi / 2 - a.monotone(a.mp.asin, x)),
    "arctan": _one(lambda a, x: a.monotone(a.mp.atan, x)),
    "sinh": _one(lambda a, x: a.hyperbolic(x, -1)),
    "cosh": _one(lambda a, x: a.hyperbolic(x, 1)),
    "tanh": _one(lambda a, x: a.divide(a.hyperbolic(x, -1), a.hyperbolic(x, 1))),
    "arsinh": _one(lambda a, x: a.monotone(a.mp.asinh, x)),
    "arcosh": _one(lambda a, x: a.monotone(a.mp.acosh, x)),
    "artanh": _one(lambda a, x: a.monotone(a.mp.atanh, x)),
    "exp": _one(Arithmetic.exp),
    "ln": _one(Arithmetic.log),
    "log2": _one(lambda a, x: a.log(x) / a.iv.log(2)),
    "log10": _one(lambda a, x: a.log(x) / a.iv.log(10)),
    "sqrt": _one(lambda a, x: a.root(x, Fraction(2))),
    "cbrt": _one(lambda a, x: a.root(x, Fraction(3))),
    "root": (Arithmetic.root, 2, 2),
    "abs": _one(Arithmetic.size),
    "sign": _one(lambda a, x: Fraction(a.sign(x))),
    "max": (Arithmetic.greatest, 1, 10_000),
    "min": (lambda a, *values: -a.greatest(*(-value for value in values)), 1, 10_000),
    "sigmoid": _one(Arithmetic.logistic),
    "relu": _one(lambda a, x: a.greatest(x, Fraction(0))),
    "leaky_relu": (Arithmetic.leaky, 1, 2),
    "elu": (Arithmetic.elu, 1, 2),
    "softplus": _one(lambda a, x: a.log(1 + a.exp(x))),
    "silu": _one(lambda a, x: a.multiply(x, a.logistic(x))),
    "gelu": _one(lambda a, x: a.multiply(x, a.normal(x))),
    "logit": _one(lambda a, x: a.log(a.divide(x, a.subtract(Fraction(1), x)))),
    "clip": (lambda a, x, low, high: -a.greatest(-a.greatest(x, low), -high), 3, 3),
    "erf": _one(lambda a, x: a.monotone(a.mp.erf, x)),
    "huber": (Arithmetic.huber, 1, 2),
    "logsumexp": (lambda a, *values: a.log(a.total(*map(a.exp, values))), 1, 10_000),
    "norm": (lambda a, *values: a.root(a.total(*(a.multiply(v, v) for v in values)), Fraction(2)), 1, 10_000),
    "norm1": (lambda a, *values: a.total(*map(a.size, values)), 1, 10_000),
}
_FUNCTIONS["norm2"] = _FUNCTIONS["norm"]
