"""A printed line is redone from its print alone, by an evaluator that shares nothing with symgd's numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import ctx
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.errors import DomainError, PrecisionError
from symgd.expressions.tree import Expression
from symgd.numbers.relation import worked
from symgd.numbers.systems import ExactSystem
from symgd.numbers.values import Value

FORMULAS = (
    "2*(a - y)",
    "a*(1 - a)",
    "(a - y)^2",
    "w - eta*g",
    "exp(w) - 1",
    "sigmoid(w*a + y)",
    "log(1 + w^2)",
    "sqrt(1 + g^2) - 1",
    "g/(sqrt(w^2) + 1)",
    "a - g",
    "-(1 - a)*y/w",
)
LONG = st.fractions(-3, 3, max_denominator=10**9)
DEEP = mpmath.mp.clone()
DEEP.dps = 120
TINY = DEEP.mpf(10) ** -100


def redone(tree: Expression) -> Any:
    """The value of a tree of numbers, in mpmath at 120 digits."""
    if tree.op == "number":
        return DEEP.mpf(tree.value.numerator) / tree.value.denominator
    return MEANING[tree.op](*map(redone, tree.args))


MEANING: dict[str, Any] = {
    "add": lambda *x: sum(x),
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "exp": DEEP.exp,
    "log": lambda x, *base: DEEP.log(x, *base),
    "ln": DEEP.log,
    "sqrt": DEEP.sqrt,
    "sigmoid": lambda x: 1 / (1 + DEEP.exp(-x)),
}


def half_unit(text: str) -> Fraction:
    """Half of one in the last place of a printed decimal, from its characters."""
    plain = text.replace("−", "-").lstrip("-")
    if " × 10" in plain:
        plain, power = plain.split(" × 10")
        digits = power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
        return half_unit(plain) * Fraction(10) ** int(digits)
    return Fraction(1, 2 * 10 ** len(plain.partition(".")[2]))


@settings(max_examples=100)
@given(st.sampled_from(FORMULAS), st.fixed_dictionaries(dict.fromkeys("aywg", LONG)), st.integers(1, 14))
def test_a_line_comes_out_right_when_it_is_redone(formula: str, numbers: dict[str, Fraction], digits: int) -> None:
    tree = symgd.parse(formula)
    operands: dict[str, Value] = {**numbers, "eta": Fraction("0.1")}
    system = ExactSystem(512)
    with ctx.workprec(512):
        try:
            value = system.evaluate(tree, {word: system.number(operands[word]) for word in tree.names})  # type: ignore[arg-type]
        except (DomainError, PrecisionError):
            return
        line = worked(tree, operands, system.public(value), digits)
    if line is None:
        return
    left, right = redone(line.left), redone(line.tree)
    off = abs(left - right)
    if line.sign == "=":
        assert off < TINY
        return
    unit = half_unit(str(line.tree))
    half = DEEP.mpf(unit.numerator) / unit.denominator
    tie = abs(off - half) < TINY
    assert off > TINY
    assert abs(right) > abs(left) if tie else off < half  # a half goes away from zero


def test_an_operand_that_leaves_a_tie_on_the_wrong_side_gets_another_digit() -> None:
    y = Fraction("0.6196920749999999")  # to nine digits 0.619692075, whose double is a tie that rounds up
    line = worked(symgd.parse("2*(0 - y)"), {"y": y}, -2 * y, 8)
    assert line is not None
    assert str(line.tree) == "−1.2393841"
    assert str(line.left) != "2 × (0 − 0.619692075)"


@pytest.mark.parametrize(("digits", "right"), [(6, "−0.537883"), (4, "−0.5379")])
def test_the_guard_digit_of_one_half_neuron(digits: int, right: str) -> None:
    system = ExactSystem(256)
    with ctx.workprec(256):
        a = system.evaluate(symgd.parse("sigmoid(1)"), {})
        result = system.public(system.evaluate(symgd.parse("2*(a - 1)"), {"a": a}))
        line = worked(symgd.parse("2*(a - 1)"), {"a": system.public(a)}, result, digits)
    assert line is not None
    assert str(line.tree) == right
    half = half_unit(str(line.tree))
    assert abs(redone(line.left) - redone(line.tree)) <= DEEP.mpf(half.numerator) / half.denominator
