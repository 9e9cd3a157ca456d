"""= and ≈: decided in one place, and true of what is printed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symgd.expressions.reader import read
from symgd.numbers.relation import decimal, show, worked
from symgd.numbers.systems import ExactSystem, FloatSystem, RoundedSystem, rational
from symgd.numbers.values import Ball, Value, exponent_of, is_short, round_to, rounded, written

decimals = st.builds(
    lambda digits, places: Fraction(digits, 10**places), st.integers(-(10**6), 10**6), st.integers(0, 6)
)
fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=10_000)


def line(text: str, digits: int = 6, **operands: Fraction | str) -> tuple[str, str, str, str] | None:
    """The worked line of a formula at exact operands."""
    formula = read(text)
    values = {word: Fraction(value) for word, value in operands.items()}
    system = ExactSystem(256)
    with system.precision():
        result = system.public(system.evaluate(formula, {word: rational(value) for word, value in values.items()}))
    made = worked(formula, dict(values), result, digits)
    return made and (made.left_sign, made.left.text(), made.sign, made.tree.text())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (line("η*n", eta="0.1", n="0.1"), ("=", "0.1 × 0.1", "=", "0.01")),
        (line("w + d", w="0.5", d="0.01"), ("=", "0.5 + 0.01", "=", "0.51")),
        (line("-n", n="-0.1"), ("=", "−(−0.1)", "=", "0.1")),
        (line("w - η*g", w="0.5", eta="0.1", g="-0.187"), ("=", "0.5 − 0.1 × (−0.187)", "=", "0.5187")),
        (line("x*y", x="1/3", y="1/7"), ("=", "1/3 × (1/7)", "=", "1/21")),
        (line("exp(-x)", x="0.37"), ("=", "exp(−0.37)", "≈", "0.690734")),
        (line("2*(a - 1)", a="0.7310585786300048"), ("≈", "2 × (0.7310586 − 1)", "≈", "−0.537883")),
        (line("2*x", x="1/8"), ("=", "2 × 0.125", "=", "0.25")),
    ],
)
def test_known_lines(made: object, expected: object) -> None:
    assert made == expected


@given(fractions, fractions, st.sampled_from(["a*b", "a + b", "a - 3*b", "a^2 - b", "2*(a - b)"]), st.integers(2, 9))
def test_a_line_can_be_redone_from_the_print(a: Fraction, b: Fraction, text: str, digits: int) -> None:
    """The oracle is Fraction arithmetic on the printed numbers, read back by Python."""
    made = line(text, digits, a=a, b=b)
    assume(made is not None)
    assert made is not None
    left, right = python_value(made[1]), python_value(made[3])
    if made[2] == "=":
        assert left == right
    else:
        assert left != right
        places = len(made[3].partition(".")[2]) if "×" not in made[3] else None
        if places is not None:
            assert abs(left - right) <= Fraction(1, 2 * 10**places)


def python_value(text: str) -> Fraction:
    import re

    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    source = re.sub(r"[⁻⁰¹²³⁴-⁹]+", lambda found: "**" + f"({found[0].translate(powers)})", text)
    source = re.sub(r"\d+(\.\d+)?", lambda found: f"F('{found[0]}')", source.replace("−", "-").replace("×", "*"))
    source = re.sub(r"\*\*\((-?)F\('(\d+)'\)\)", r"**(\1\2)", source)
    return Fraction(eval(source, {"F": Fraction}))


@given(decimals)
def test_short_decimals_are_printed_in_full(value: Fraction) -> None:
    shown = show(value)
    assert shown is not None
    if is_short(value):
        assert (shown.sign, shown.value) == ("=", value)


@given(fractions, st.integers(1, 12))
def test_a_rounding_is_within_half_a_unit(value: Fraction, digits: int) -> None:
    found = rounded(value, digits)
    assert found is not None
    if value:
        assert abs(found - value) <= Fraction(10) ** (exponent_of(value) - digits + 1) / 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction("2.0625"), "2.0625"),
        (Fraction("0.0000004"), "0.0000004"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-1, 3), "−1/3"),
        (Fraction(1, 7919), "0.000126279"),
        (Fraction(1, 10**15), "1 × 10⁻¹⁵"),
        (Ball(Fraction("0.7310585786300048"), Fraction("0.7310585786300049")), "0.731059"),
        (Ball(Fraction("399199993.9"), Fraction("399199994.1")), "3.992 × 10⁸"),
        (Ball(Fraction("-1992008.1"), Fraction("-1992008")), "−1.99201 × 10⁶"),
        (Ball(Fraction("399199.9"), Fraction("399200.1")), "399200"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_how_values_are_printed(value: Value, text: str) -> None:
    shown = show(value)
    assert shown is not None
    assert shown.tree.text() == text


def test_unproved_digits_are_not_printed() -> None:
    wide = Ball(Fraction("0.73"), Fraction("0.74"))
    shown = show(wide)
    assert shown is not None
    assert shown.tree.text() == "0.7"
    assert wide.digits(2) is None
    assert show(Ball(Fraction(-1), Fraction(1))) is None


def test_tables_have_decimals_and_no_fractions() -> None:
    shown = decimal(Fraction(1, 3))
    assert shown is not None
    assert shown.tree.text() == "0.333333"


@given(st.fractions(max_denominator=10**6), st.integers(-3, 6))
def test_half_is_rounded_away_from_zero(value: Fraction, places: int) -> None:
    found = round_to(value, places)
    assert abs(found - value) <= Fraction(1, 2) / Fraction(10) ** places
    assert round_to(-value, places) == -found


@given(st.integers(1, 10**400), st.integers(1, 10**400))
def test_the_exponent_of_a_number(top: int, bottom: int) -> None:
    value = Fraction(top, bottom)
    assert Fraction(10) ** exponent_of(value) <= value < Fraction(10) ** (exponent_of(value) + 1)
    assert written(Fraction(top)).text()


FORMULAS = [
    "a*b + 1/3",
    "exp(a) - b",
    "sqrt(a^2 + 1)*b",
    "sigmoid(a - b)",
    "|a| + max(a, b)",
    "tanh(a)/(1 + b^2)",
    "cbrt(a)",
]


@given(decimals, decimals, st.sampled_from(FORMULAS))
def test_exact_rounded_and_float_agree(a: Fraction, b: Fraction, text: str) -> None:
    assume(abs(a) < 50 and abs(b) < 50)
    tree = read(text)
    exact, by_hand, doubles = ExactSystem(200), RoundedSystem(5, 200), FloatSystem()
    with exact.precision():
        values = {"a": rational(a), "b": rational(b)}
        value = exact.public(exact.assign(tree, values))
        hand = by_hand.public(by_hand.assign(tree, values))
    assert isinstance(hand, Fraction)
    middle = value.middle if isinstance(value, Ball) else Fraction(value)
    assert abs(hand - middle) <= Fraction(1, 2 * 10**5)
    assert (hand * 10**5).denominator == 1
    found = doubles.assign(tree, {"a": float(a), "b": float(b)})
    assert found == pytest.approx(float(middle), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sqrt(4)", 2),
        ("8^(1/3)", 2),
        ("cbrt(-8)", -2),
        ("log2(8)", 3),
        ("log10(1/100)", -2),
        ("exp(0) + cos(0) + log(1)", 2),
        ("sigmoid(0)", Fraction(1, 2)),
        ("0*exp(2)", 0),
        ("e^0", 1),
        ("huber(3)", Fraction(5, 2)),
        ("piecewise((1/2, 1 < 0), (7, true))", 7),
    ],
)
def test_rational_values_stay_rational(text: str, value: Fraction) -> None:
    system = ExactSystem()
    with system.precision():
        assert system.public(system.evaluate(read(text), {})) == value
