"""What is shown of a number, and how far a number may grow: both sides of each edge."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from symgd.errors import PrecisionError
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from symgd.numbers import plan
from symgd.numbers.arrays import array
from symgd.numbers.bounded import NoValue, shown, value_of
from symgd.numbers.relation import decimal, nested, show, worked
from symgd.numbers.systems import MOST_BITS, ExactSystem, FloatSystem, RoundedSystem, is_proved, public
from symgd.numbers.values import (
    Ball,
    bounds,
    entries_of,
    exact_value,
    exponent_of,
    is_exact,
    is_short,
    is_small_fraction,
    mapped,
    round_to,
    rounded,
    whole,
    written,
)


def test_what_is_printed_once_is_worked_out_once_and_its_plan_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    laid, lay = list[Expression](), plan.plan

    def noted(tree: Expression) -> tuple[plan.Stop, ...]:
        laid.append(tree)
        return lay(tree)

    monkeypatch.setattr(plan, "plan", noted)
    print_ = read("2*(0.5 - 3) + sqrt(4) + [1, 2][2]")
    assert [ExactSystem().evaluate_print(print_) for _ in range(2)] == [-1, -1]
    assert len(laid) == 2


THIRD = Ball(Fraction(33333, 100000), Fraction(33334, 100000))


# values


def test_a_ball_knows_its_digits() -> None:
    assert (THIRD.digits(4), THIRD.digits(5)) == ("0.3333", None)
    assert THIRD.proved() == "0.3333"
    assert THIRD.proved(2) == "0.33"
    assert (str(THIRD), repr(THIRD)) == ("0.3333", "Ball(0.3333)")
    wide = Ball(Fraction(2), Fraction(7))
    assert (str(wide), repr(wide)) == ("[2, 7]", "Ball([2, 7])")
    assert Ball(Fraction(6), Fraction(7)).proved() == ""
    assert Ball(Fraction(61, 10), Fraction(62, 10)).proved(1) == "6"
    assert float(THIRD) == pytest.approx(0.333335, abs=1e-12)
    assert THIRD.middle == Fraction(66667, 200000)


def test_a_ball_round_nothing_has_no_digit_but_0_where_it_is_far_smaller_than_what_is_printed() -> None:
    tiny = Fraction(1, 10**18)
    for low, high in ((-tiny, tiny), (Fraction(0), tiny), (-tiny, Fraction(0))):
        assert rounded(Ball(low, high), 5) == 0
        assert rounded(Ball(low, high), 6) is None
    assert rounded(Ball(-tiny, Fraction(1, 10)), 5) is None
    assert rounded(Ball(-Fraction(1, 10), tiny), 5) is None


@given(st.fractions(max_denominator=10**6), st.integers(1, 9))
def test_a_narrow_ball_is_rounded_as_its_number_is(value: Fraction, digits: int) -> None:
    edge = Fraction(1, 10**30)
    found = rounded(Ball(value - edge, value + edge), digits)
    if found is not None and value:
        assert found == rounded(value, digits)


@pytest.mark.parametrize(
    ("value", "power"), [("0", 0), ("1", 0), ("9.99", 0), ("10", 1), ("0.1", -1), ("0.0999", -2), ("-123", 2)]
)
def test_the_power_of_the_first_digit(value: str, power: int) -> None:
    assert exponent_of(Fraction(value)) == power


@pytest.mark.parametrize(
    ("value", "short"),
    [
        ("123456789012", True),
        ("1234567890123", False),
        ("0.123456789012", True),
        ("0.1234567890123", False),
        ("123456789012000", True),  # its zeros are no digits
        ("-0.000000000123456789012", True),
        ("1/3", False),
    ],
)
def test_twelve_digits_are_printed_in_full(value: str, short: bool) -> None:
    assert is_short(Fraction(value)) is short


@pytest.mark.parametrize(
    ("value", "small"), [("1/100", True), ("1/101", False), ("9999/7", True), ("10000/7", False), ("-9999/7", True)]
)
def test_which_fractions_are_printed_as_such(value: str, small: bool) -> None:
    assert is_small_fraction(Fraction(value)) is small


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 10**9), "0.000000001"),
        (Fraction(1, 10**10), "1 × 10⁻¹⁰"),
        (Fraction(-3, 10**10), "−3 × 10⁻¹⁰"),
        (Fraction(10**14), "100000000000000"),
        (Fraction(10**15), "1 × 10¹⁵"),
        (Fraction(-22, 7), "−22/7"),
        (Fraction(-3, 2), "−1.5"),
    ],
)
def test_when_a_power_of_ten_is_written(value: Fraction, text: str) -> None:
    assert written(value).text() == text


@pytest.mark.parametrize(
    ("value", "places", "found"),
    [("0.125", 2, "0.13"), ("-0.125", 2, "-0.13"), ("0.1249", 2, "0.12"), ("150", -2, "200"), ("-149", -2, "-100")],
)
def test_a_half_goes_away_from_zero(value: str, places: int, found: str) -> None:
    assert round_to(Fraction(value), places) == Fraction(found)


def test_small_questions_about_values() -> None:
    assert (whole(Fraction(3)), whole(Ball(Fraction(3), Fraction(3))), whole(4.0)) == (3, 3, 4)
    assert (is_exact(Fraction(1, 3)), is_exact(THIRD), is_exact(0.5)) == (True, False, False)
    assert bounds(THIRD) == (THIRD.low, THIRD.high)
    assert bounds(0.1) == (Fraction(1, 10), Fraction(1, 10))
    matrix = array([[1, 2], [3, 4]])
    assert entries_of(matrix) == [1, 2, 3, 4]
    assert mapped(lambda entry: 10 * entry, matrix).tolist() == [[10, 20], [30, 40]]
    given_: Any = exact_value([[0.1, 2], (Fraction(1, 3), 4)])
    assert given_.tolist() == [[Fraction(1, 10), 2], [Fraction(1, 3), 4]]
    assert exact_value(0.25) == Fraction(1, 4)
    assert exact_value(7) == 7


# what is shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.5 + 0.01", "0.51"),
        ("1/3", "1/3"),
        ("-22/7", "-22/7"),
        ("exp(1)", "2.71828182845905"),
        ("10^399/7^200", "9.55854957947707e+229"),
        ("2^1000", None),
        ("1/2^1000", None),
    ],
)
def test_a_value_for_people(text: str, said: str | None) -> None:
    found = shown(value_of(read(text), {}))
    if said is None or "e+" not in said:
        assert found == said or (said is None and found is None)
    else:
        assert found is not None
        assert float(found) == pytest.approx(float(said))


def test_values_with_no_digits_are_not_shown() -> None:
    assert shown(None) is None
    assert shown(NoValue("log")) is None
    assert shown(arb(0, 1)) is None
    assert shown(arb(7, 0.4)) == "7"


def test_forty_signs_are_in_full_and_more_are_rounded() -> None:
    short, long = fmpq(10**19 + 9, 10**19 + 51), fmpq(10**20 + 39, 10**20 + 129)
    assert len(str(short)) == 41
    for value in (short, long):
        assert shown(value) == "1"
    full = fmpq(10**18 + 3, 10**18 + 9)
    assert shown(full) == f"{10**18 + 3}/{10**18 + 9}"
    assert len(shown(full) or "") == 39


def test_an_array_is_shown_where_all_its_entries_are() -> None:
    assert shown(array([fmpq(1, 2), fmpq(1, 3)])) == "(0.5, 1/3)"
    assert shown(array([fmpq(1, 2), arb(0, 1)])) is None


@pytest.mark.parametrize(("terms", "told"), [(200_000, True), (200_001, False)])
def test_a_sum_has_an_end_to_its_terms(terms: int, told: bool) -> None:
    from symgd.numbers import bounded

    tree = read(f"sum(k, k, 1, {terms})") if told else read("sum(k, k, 1, n)")
    counted = bounded._terms(tree, {"n": fmpq(terms)})
    assert (counted <= 200_000) is told
    if not told:
        assert value_of(tree, {"n": fmpq(terms)}) is None


def test_terms_of_sums_inside_sums_are_multiplied() -> None:
    from symgd.numbers import bounded

    inner = read("sum(sum(k*j, j, 1, 4), k, 2, 6)")
    one = bounded._terms(read("sum(k*2, k, 2, 6)"), {})
    assert bounded._terms(read("sum(k*2, k, 2, 2)"), {}) * 5 == one
    assert bounded._terms(inner, {}) > 5 * 4
    assert bounded._terms(read("sum(k*2, k, 6, 2)"), {}) == 0
    assert value_of(inner, {}) == 10 * 20


# how far numbers grow


def test_a_rational_of_many_bits_goes_on_as_a_ball() -> None:
    system = ExactSystem()
    kept = system.assign(read("x + 0"), {"x": fmpq(2**MOST_BITS - 1)})
    assert isinstance(kept, fmpq)
    assert not system.outgrown
    grown = system.assign(read("x + 0"), {"x": fmpq(2**MOST_BITS)})
    assert isinstance(grown, arb)
    assert system.outgrown
    vector = system.assign(read("x + 0"), {"x": array([fmpq(2**MOST_BITS), fmpq(1)])})
    assert [type(entry) for entry in vector.flat] == [arb, fmpq]


def test_how_many_digits_are_proved() -> None:
    assert is_proved(fmpq(1, 3), 50)
    assert is_proved(arb(0, "1e-19"), 6)
    assert not is_proved(arb(0, "1e-17"), 6)
    assert is_proved(array([fmpq(1), arb(1) / 3]), 6)
    assert not is_proved(array([fmpq(1), arb(1, 1e-6)]), 6)
    with ctx.workprec(53):
        assert is_proved(arb(1) / 3, 8)
        assert not is_proved(arb(1) / 3, 9)


def test_what_no_one_could_write_out_is_refused() -> None:
    assert public(arb(2) ** (2**18 - 1)) == 2 ** (2**18 - 1)
    with pytest.raises(PrecisionError):
        public(arb(2) ** (2**18 + 1))
    assert public(arb(1) / 8) == Fraction(1, 8)


def test_doubles_overflow_to_infinity() -> None:
    system = FloatSystem()
    assert system.number(Fraction(10**400)) == math.inf
    assert system.number(Fraction(-(10**400))) == -math.inf
    assert system.evaluate(read("x^3"), {"x": -1e200}) == -math.inf
    assert system.evaluate(read("x^2"), {"x": -1e200}) == math.inf
    assert system.evaluate(read("exp(x)"), {"x": 1e4}) == math.inf
    assert system.evaluate(read("sigmoid(x)"), {"x": -1e4}) == 0
    assert system.evaluate(read("softplus(x)"), {"x": 1e3}) == 1e3
    assert system.evaluate(read("logsumexp(x, y)"), {"x": 1e3, "y": -1e3}) == 1e3
    assert system.evaluate(read("logsumexp(x, y)"), {"x": -math.inf, "y": -math.inf}) == -math.inf
    assert math.isnan(system.evaluate(read("sin(x)"), {"x": math.inf}))


def test_arrays_of_doubles_stay_whole() -> None:
    system = FloatSystem()
    small = system.number(array([Fraction(1, 2), Fraction(1, 3)]))  # type: ignore[arg-type]
    assert small.tolist() == [0.5, 1 / 3]
    large = np.arange(300.0)
    assert system.number(large) is large  # type: ignore[arg-type]
    assert system.public(large) is large


def prove(tree: Expression, point: Any, candidate: Fraction) -> bool:
    """Algebra that knows one thing."""
    return candidate == Fraction(1, 2) and point in ({}, {"x": Fraction(2)})


def test_a_ball_that_closes_on_a_short_decimal_is_it_where_that_is_proved() -> None:
    half, third = read("sin(pi/6)"), read("sin(pi/6)*2/3")
    for system in (ExactSystem(128, prove), RoundedSystem(3, 128, prove)):
        with system.precision():
            assert system.assign(half, {}) == fmpq(1, 2)
            assert isinstance(system.assign(read("x*sin(pi/6)/2"), {"x": fmpq(2)}), fmpq)
    for cautious in (ExactSystem(128), ExactSystem(128, lambda *_: False)):
        with cautious.precision():
            assert isinstance(cautious.assign(half, {}), arb)
    with (system := ExactSystem(128, lambda *_: True)).precision():
        assert isinstance(system.assign(third, {}), arb)  # no short decimal
        assert isinstance(system.assign(read("x*1"), {"x": arb(1, 1e-30)}), arb)  # x is not known exactly


def test_a_half_that_a_ball_cannot_tell_is_not_rounded() -> None:
    system = RoundedSystem(2)
    with system.precision():
        assert system.round(fmpq(1, 8)) == fmpq(13, 100)
        assert system.round(fmpq(-1, 8)) == fmpq(-13, 100)
        assert system.round(arb(1) / 3) == fmpq(33, 100)
        assert system.round(-arb(1) / 3) == fmpq(-33, 100)
        with pytest.raises(PrecisionError):
            system.round(arb("0.125", 1e-20))
    assert system.round(array([fmpq(1, 8)])[0]) == fmpq(13, 100)


# relations of arrays


def ball(text: str) -> Ball:
    return Ball(Fraction(text) - Fraction(1, 10**40), Fraction(text) + Fraction(1, 10**40))


def test_an_array_is_equal_only_where_every_entry_is() -> None:
    exact = show(array([Fraction(1, 2), Fraction(1, 3)]))
    assert exact is not None
    assert (exact.tree.text(), exact.sign) == ("[0.5, 1/3]", "=")
    mixed = show(array([Fraction(1, 2), Fraction(1, 7919)]))
    assert mixed is not None
    assert (mixed.tree.text(), mixed.sign) == ("[0.5, 0.000126279]", "≈")
    assert show(array([Fraction(1, 2), Ball(Fraction(-1), Fraction(1))])) is None
    matrix = nested([read(str(entry)) for entry in range(1, 7)], (2, 3))
    assert matrix.text() == "[[1, 2, 3], [4, 5, 6]]"


def test_lines_of_arrays() -> None:
    w, g = array([Fraction("0.5"), Fraction("0.25")]), array([Fraction("0.1"), Fraction("-0.2")])
    line = worked(read("w - g"), {"w": w, "g": g}, w - g)
    assert line is not None
    assert (line.sign, line.tree.text()) == ("=", "[0.4, 0.45]")
    third = worked(read("w*x"), {"w": w, "x": Fraction(1, 7919)}, w / 7919)
    assert third is not None
    assert third.sign == "≈"
    wrong = worked(read("w - g"), {"w": w, "g": g}, array([Fraction("0.4"), Fraction("0.46")]))
    assert wrong is None
    shaped = worked(read("w - g"), {"w": w, "g": g}, array([Fraction("0.4")]))
    assert shaped is None


def test_a_line_of_a_sum_over_rows_shows_its_terms() -> None:
    line = worked(read("s/2"), {"s": (Fraction(1, 4), Fraction(1, 2))}, Fraction(3, 8))
    assert line is not None
    assert (line.left.text(), line.sign, line.tree.text()) == ("(0.25 + 0.5)/2", "=", "0.375")
    assert worked(read("s/2"), {"s": ()}, Fraction(0)) is not None


def test_a_false_line_is_never_made() -> None:
    assert worked(read("a + b"), {"a": Fraction(1), "b": Fraction(2)}, Fraction(4)) is None
    assert worked(read("a + b"), {"a": Fraction(1), "b": Fraction(1, 7919)}, Fraction(2)) is None
    assert worked(read("a"), {"a": Fraction(1)}, Fraction(1)) is None  # a name alone has nothing worked out


@pytest.mark.parametrize(
    ("tree", "values", "result", "said"),
    [
        ("3*w - 2", {"w": Fraction(167, 201)}, Fraction(33, 67), "= 3 × (167/201) − 2 = 33/67"),
        (
            "a + b",
            {"a": Fraction(1, 7919), "b": Fraction(7916, 23757)},
            Fraction(1, 3),
            "≈ 0.0001262786 + 0.3332071 ≈ 0.333333",
        ),
    ],
    ids=["as fractions", "too long for fractions"],
)
def test_a_fraction_of_rounded_operands_is_worked_out(
    tree: str, values: dict[str, Fraction], result: Fraction, said: str
) -> None:
    line = worked(read(tree), values, result)
    assert line is not None
    assert f"{line.left_sign} {line.left} {line.sign} {line.tree}" == said


def test_decimals_of_fractions_for_tables() -> None:
    for value, text, sign in (
        (Fraction(1, 3), "0.333333", "≈"),
        (Fraction(1, 4), "0.25", "="),
        (Fraction(-22, 7), "−3.14286", "≈"),
        (ball("0.125"), "0.125", "≈"),
    ):
        found = decimal(value)
        assert found is not None
        assert (found.tree.text(), found.sign) == (text, sign)
    assert decimal(Ball(Fraction(-1), Fraction(1))) is None


def test_entries_of_written_out_vectors_stand_for_themselves() -> None:
    w = array([Fraction("0.5"), Fraction(2)])
    line = worked(read("w[2]*3"), {"w": w}, Fraction(6))
    assert line is not None
    assert (line.left.text(), line.sign, line.tree.text()) == ("2 × 3", "=", "6")
    place = worked(read("w[k]*3"), {"w": w, "k": Fraction(1)}, Fraction("1.5"))
    assert place is not None
    assert place.left.text() == "0.5 × 3"
    sums = worked(read("(w + w)[1]*3"), {"w": w}, Fraction(3))
    assert sums is None or sums.sign == "="


def test_small_and_large_results_have_a_unit_too() -> None:
    tiny = worked(read("a*b"), {"a": Fraction(1, 10**9), "b": Fraction(1, 7919)}, Fraction(1, 7919 * 10**9))
    assert tiny is not None
    assert (tiny.sign, tiny.tree.text()) == ("≈", "1.26279 × 10⁻¹³")
    large = worked(read("a*b"), {"a": Fraction(10**14), "b": Fraction(12345678, 7)}, Fraction(10**14 * 12345678, 7))
    assert large is not None
    assert large.sign == "≈"
    assert large.tree.text().endswith(" × 10²⁰")
    below = worked(read("-a*b"), {"a": Fraction(1, 10**9), "b": Fraction(1, 7919)}, -Fraction(1, 7919 * 10**9))
    assert below is not None
    assert (below.sign, below.tree.text()) == ("≈", "−1.26279 × 10⁻¹³")
    third = worked(read("a/3"), {"a": Fraction(1, 10**40)}, Fraction(1, 3))
    assert third is None


def test_a_line_whose_operands_have_no_digits_is_none() -> None:
    unknown = Ball(Fraction(-1), Fraction(1))
    assert worked(read("a + b"), {"a": unknown, "b": Fraction(1)}, Fraction(1)) is None
    assert worked(read("a + b"), {"a": (unknown, Fraction(1)), "b": Fraction(1)}, Fraction(1)) is None


def test_a_line_that_has_no_value_as_printed_is_none() -> None:
    assert worked(read("log(a)"), {"a": Fraction(0)}, Fraction(1)) is None
    assert worked(read("1/(a - b)"), {"a": Fraction(1), "b": Fraction(1)}, Fraction(1)) is None


def test_a_value_that_cannot_be_told_from_its_print_makes_no_line() -> None:
    """exp(log 2) is 2, but no ball shows it: neither sign is proved."""
    assert worked(read("exp(log(a))"), {"a": Fraction(2)}, Fraction(2)) is None
