"""Every operation has the value of its textbook definition in every number system, and none where that has none."""

from __future__ import annotations

import gc
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import ctx

from symgd.errors import DomainError
from symgd.expressions import tree
from symgd.expressions.operations import OPERATIONS
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, name, operation
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.systems import ExactSystem, FloatSystem, rational
from symgd.numbers.values import Ball

DEEP = mpmath.mp.clone()
DEEP.dps = 60
#: Both sides of every edge of a domain, the edges, and points where a value is rational.
POINTS = (
    *map(Fraction, (-40, -8, -3, -2, -1, 0, 1, 2, 3, 4, 8, 10, 100)),
    *map(Fraction, ("-1/2", "-1/3", "1/100", "1/8", "1/3", "1/2", "3/4", "3/2")),
)
Definition = Callable[..., Any]  # of numbers of mpmath; None where there is no value


def where(condition: Callable[..., bool], value: Definition) -> Definition:
    return lambda *x: value(*x) if condition(*x) else None


OF_ONE: dict[str, Definition] = {
    **{
        word: getattr(DEEP, word)
        for word in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "asinh", "atan", "erf")
    },
    "sec": lambda x: 1 / DEEP.cos(x),
    "cot": where(lambda x: x != 0, lambda x: DEEP.cos(x) / DEEP.sin(x)),
    "csc": where(lambda x: x != 0, lambda x: 1 / DEEP.sin(x)),
    "asin": where(lambda x: -1 <= x <= 1, DEEP.asin),
    "acos": where(lambda x: -1 <= x <= 1, DEEP.acos),
    "acosh": where(lambda x: x >= 1, DEEP.acosh),
    "atanh": where(lambda x: -1 < x < 1, DEEP.atanh),
    "log": where(lambda x: x > 0, DEEP.log),
    "log2": where(lambda x: x > 0, lambda x: DEEP.log(x) / DEEP.log(2)),
    "log10": where(lambda x: x > 0, lambda x: DEEP.log(x) / DEEP.log(10)),
    "sqrt": where(lambda x: x >= 0, DEEP.sqrt),
    "cbrt": lambda x: DEEP.sign(x) * DEEP.cbrt(abs(x)),
    "abs": abs,
    "sign": DEEP.sign,
    "neg": lambda x: -x,
    "sigmoid": lambda x: 1 / (1 + DEEP.exp(-x)),
    "logit": where(lambda x: 0 < x < 1, lambda x: DEEP.log(x / (1 - x))),
    "relu": lambda x: x if x > 0 else DEEP.mpf(0),
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "elu": lambda x: x if x > 0 else DEEP.expm1(x),
    "softplus": lambda x: DEEP.log(1 + DEEP.exp(x)),
    "silu": lambda x: x / (1 + DEEP.exp(-x)),
    "gelu": lambda x: x * DEEP.ncdf(x),
    "huber": lambda x: x * x / 2 if abs(x) <= 1 else abs(x) - DEEP.mpf(1) / 2,
    "max": lambda x: x,
    "min": lambda x: x,
    "logsumexp": lambda x: x,
}


def power(base: Any, exponent: Any) -> Any:
    whole = exponent == int(exponent)
    if base > 0 or (whole and (base < 0 or exponent > 0)):
        return base ** (int(exponent) if whole else exponent)
    return DEEP.mpf(0) if base == 0 and exponent > 0 else None


OF_TWO: dict[str, Definition] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": where(lambda a, b: b != 0, lambda a, b: a / b),
    "pow": power,
    "max": max,
    "min": min,
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, a: x if x > 0 else a * DEEP.expm1(x),
    "huber": lambda x, d: x * x / 2 if abs(x) <= d else d * (abs(x) - d / 2),
    "logsumexp": lambda x, y: DEEP.log(DEEP.exp(x) + DEEP.exp(y)),
}
OF_THREE: dict[str, Definition] = {
    "max": max,
    "min": min,
    "logsumexp": lambda *x: DEEP.log(sum(map(DEEP.exp, x))),
    "clip": lambda x, low, high: min(max(x, low), high),
}
#: Second operands: exponents whole and between, divisors, slopes.
SECOND = tuple(map(Fraction, ("-3", "-2", "-1", "-1/2", "0", "1/3", "1/2", "1", "3/2", "2", "3")))
POSITIVE = tuple(point for point in SECOND if point > 0)
NAMES = (name("x"), name("y"), name("z"))


def deep(value: Fraction) -> Any:
    return DEEP.mpf(value.numerator) / value.denominator


def close(found: Any, true: Any, tolerance: float) -> bool:
    return bool(abs(found - true) <= tolerance * max(1, abs(true)))


def exactly(tree: Expression, *point: Fraction) -> Any:
    system = ExactSystem(256)
    with system.precision():
        try:
            return system.public(system.evaluate(tree, dict(zip("xyz", map(system.number, point), strict=False))))
        except DomainError:
            return None


def in_floats(tree: Expression, *point: Fraction) -> Any:
    system = FloatSystem()
    try:
        found = system.evaluate(tree, dict(zip("xyz", map(float, point), strict=False)))
    except DomainError:
        return None
    return found


def bounded(tree: Expression, *point: Fraction) -> Any:
    system = ExactSystem(256)
    with ctx.workprec(256):
        found = value_of(tree, dict(zip("xyz", map(system.number, point), strict=False)), 256)
    return None if isinstance(found, NoValue) else system.public(found)


def agree(tree: Expression, point: tuple[Fraction, ...], true: Any) -> None:
    """All systems have the value, or none has one; a rational is the value itself, a ball contains it."""
    for found in (exactly(tree, *point), bounded(tree, *point)):
        assert (found is None) == (true is None), (tree, point, found, true)
        if isinstance(found, Ball):
            assert float(found.high - found.low) < 1e-30 * max(1.0, abs(float(found)))
            assert close(deep(found.middle), true, 1e-40)
        elif found is not None:
            assert close(deep(found), true, 1e-50), (tree, point, found, true)
    double = in_floats(tree, *point)
    assert (double is None) == (true is None), (tree, point)
    assert double is None or close(double, true, 1e-9), (tree, point, double, true)


@pytest.mark.parametrize("op", OF_ONE)
def test_of_one_number(op: str) -> None:
    for point in POINTS:
        agree(operation(op, NAMES[0]), (point,), OF_ONE[op](deep(point)))


@pytest.mark.parametrize("op", OF_TWO)
def test_of_two_numbers(op: str) -> None:
    seconds = POSITIVE if op in ("huber", "elu") else SECOND
    for first, second in itertools.product(POINTS, seconds):
        true = OF_TWO[op](deep(first), deep(second))
        agree(operation(op, *NAMES[:2]), (first, second), true)


@pytest.mark.parametrize("op", OF_THREE)
def test_of_three_numbers(op: str) -> None:
    definition = OF_THREE[op]
    for point in itertools.product(SECOND[::2], SECOND[1::3], (Fraction(2), Fraction(3))):
        agree(operation(op, *NAMES), point, definition(*map(deep, point)))


@pytest.mark.parametrize("op", OF_ONE)
def test_a_rational_value_at_0_and_1_is_known_as_such(op: str) -> None:
    for point in map(Fraction, (0, 1)):
        true = OF_ONE[op](deep(point))
        if true is not None and 2 * true == int(2 * true):
            assert exactly(operation(op, NAMES[0]), point) == Fraction(int(2 * true), 2)


def test_every_operation_on_numbers_is_tried() -> None:
    tried = {*OF_ONE, *OF_TWO, "clip"}
    untried = {row.name for row in OPERATIONS.values() if row.arity[0] in (1, 2, 3) and row.name not in tried}
    assert {"sin", "pow", "huber"} <= tried
    assert not {op for op in untried if OPERATIONS[op].words and OPERATIONS[op].arity == (1, 1)} - {
        *("sum", "mean", "norm1", "norm2", "trace", "softmax", "ones", "eye", "rowsum", "column")
    }


@pytest.mark.parametrize("op", OF_ONE)
def test_large_arrays_go_entry_by_entry(op: str) -> None:
    """More than 256 entries are worked out by NumPy; what has no value is no number there."""
    point = np.array([float(point) for point in POINTS] * 20)
    assert point.size > 256
    found = FloatSystem().evaluate(operation(op, NAMES[0]), {"x": point})
    if op in ("max", "min"):  # of one array its entries stay as they are
        assert (found == point).all()
        return
    if op == "logsumexp":  # of one array that of all entries
        assert close(found, DEEP.log(sum(DEEP.exp(deep(x)) for x in POINTS * 20)), 1e-12)
        return
    for value, x in zip(found, POINTS * 20, strict=True):
        true = OF_ONE[op](deep(x))
        assert not math.isfinite(value) if true is None else close(value, true, 1e-9), (op, x)


@pytest.mark.parametrize("op", OF_TWO)
def test_large_arrays_with_a_second_number(op: str) -> None:
    point = np.array([float(point) for point in POINTS] * 20)
    for second in POSITIVE:
        found = FloatSystem().evaluate(operation(op, *NAMES[:2]), {"x": point, "y": float(second)})
        for value, x in zip(found, POINTS, strict=False):
            true = OF_TWO[op](deep(x), deep(second))
            assert not math.isfinite(value) if true is None else close(value, true, 1e-9), (op, x, second)


#: Each of these times π is no rational: what is worked out of it is worked out in balls.
SCALES = tuple(map(Fraction, ("-7/5", "-2/5", "-1/10", "1/10", "3/10", "7/5")))
PI = operation("pi")


def in_balls(tree: Expression, point: tuple[Fraction, ...], true: Any) -> None:
    for found in (exactly(tree, *point), bounded(tree, *point)):
        assert (found is None) == (true is None), (tree, point, found, true)
        if found is not None:
            assert close(deep(found.middle if isinstance(found, Ball) else Fraction(found)), true, 1e-40)


@pytest.mark.parametrize("op", OF_ONE)
def test_of_one_number_that_is_not_rational(op: str) -> None:
    for scale in SCALES:
        tree = operation(op, operation("mul", NAMES[0], PI))
        in_balls(tree, (scale,), OF_ONE[op](deep(scale) * DEEP.pi))


@pytest.mark.parametrize("op", dict.fromkeys((*OF_TWO, *OF_THREE)))
def test_of_several_numbers_of_which_one_is_not_rational(op: str) -> None:
    count = 3 if op in OF_THREE else 2
    definition = OF_THREE[op] if op in OF_THREE else OF_TWO[op]
    rest = (Fraction(1, 3), Fraction(2))[: count - 1]
    for scale, place in itertools.product(SCALES, range(count)):
        if place and scale < 0 and op in ("huber", "elu", "clip"):
            continue
        operands: list[Expression] = [*NAMES[1:count]]
        operands.insert(place, operation("mul", NAMES[0], PI))
        values = [*map(deep, rest)]
        values.insert(place, deep(scale) * DEEP.pi)
        in_balls(operation(op, *operands), (scale, *rest), definition(*values))


def test_what_is_prepared_of_a_formula_goes_with_the_formula() -> None:
    """A process that reads formula after formula grew by what it had prepared of each."""

    def alive() -> int:
        tree._FOUND.clear()
        gc.collect()
        return sum(isinstance(each, Expression) for each in gc.get_objects())

    before = alive()
    for number in range(40):
        value_of(read(f"({number} + x)*x - {number}*x^2"), {"x": rational(Fraction(1, 3))})
        value_of(read(f"sin({number}*x) + {number}"), {"x": rational(Fraction(1, 3))})
    assert alive() - before < 40
