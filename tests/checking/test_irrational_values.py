"""Values that are irrational, or only look so: equal and different are said where they are proved."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq

import symgd
from symgd.checking.comparing import alike, same
from symgd.checking.sharpening import _short_in, is_narrow, sharp
from symgd.expressions.reader import read
from symgd.numbers.systems import rational

SQUARES = symgd.Problem("(w1 - 0.55)^2 + 2*(w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=1)
VECTOR = symgd.Problem("w'*w/2 - w'*b", start={"w": [0, 0]}, let={"b": [10, 10]}, learning_rate="0.1", steps=1)
POWER = symgd.Problem("exp(w)", start={"w": "0.5"}, steps=1)


@pytest.mark.parametrize(
    ("problem", "line", "found"),
    [
        (SQUARES, "dL/dw1 = (w1+w2+2)^100*exp(w1)-exp(w1)*(w1+w2+2)^100+2*w1-1.1", ("equal", "evidence", "ok")),
        (SQUARES, "w1 = 10^40*exp(1) - exp(1)*10^40 + 0.51", ("equal", "proved", "ok")),
        (SQUARES, "w1 = exp(1) - exp(1) + 0.51", ("equal", "proved", "ok")),
        (SQUARES, "w1 = 0.51 + 10^-70*exp(1)", ("different", "proved", "slip")),
        (SQUARES, "w1 = 0.51 + 10^-700*exp(1)", ("different", "proved", "slip")),
        (SQUARES, "w1 = 0.51 + 10^-4000*exp(1)", ("unknown", "", "unknown")),
        (SQUARES, "w1 = 0.51 + 10^-3*exp(1)", ("different", "proved", "slip")),
        (SQUARES, "w1 = cos(pi/7)-cos(2pi/7)+cos(3pi/7)+0.01", ("unknown", "", "unknown")),
        (VECTOR, "w = [1, 1] + 10^-70*exp(1)*[1, 1]", ("different", "proved", "slip")),
        (VECTOR, "w = [1 + 10^-70*exp(1), 1]", ("different", "proved", "slip")),
        (VECTOR, "w = 10^70*exp(1)*[1, 1] - 10^70*exp(1)*[1, 1] + [1, 1]", ("equal", "evidence", "ok")),
        (POWER, "dL/dw = exp(0.5)", ("equal", "evidence", "ok")),
        (POWER, "dL/dw ≈ 1.6487", ("equal", "proved", "ok")),
        (POWER, "dL/dw = exp(w)", ("equal", "proved", "ok")),
        (POWER, "dL/dw = exp(w/2)^2 ≈ 1.6487", ("equal", "proved", "ok")),
        (POWER, "dL/dw = exp(w) = exp(0.5)", ("equal", "evidence", "ok")),
        (POWER, "dL/dw = exp(0.5) + 0.001", ("different", "proved", "slip")),
    ],
)
def test_equal_and_different_are_said_where_they_are_proved(
    problem: symgd.Problem, line: str, found: tuple[str, str, str]
) -> None:
    first = next(iter(symgd.check(problem, line)))
    assert (first.verdict, first.certainty, first.status) == found


def test_a_value_is_rational_where_that_is_proved_and_lost_where_nothing_tells() -> None:
    assert sharp(read("sin(1)^2 + cos(1)^2"), {}) == 1
    assert sharp(read("exp(w) - exp(w) + w"), {"w": rational(Fraction(1, 3))}) == rational(Fraction(1, 3))
    assert sharp(read("cos(pi/7) - cos(2pi/7) + cos(3pi/7)"), {}) is None


@pytest.mark.parametrize(
    ("middle", "radius", "found"),
    [
        (0, 9e-26, True),
        (0, 1.1e-25, False),
        (1, 1.9e-25, True),
        (1, 2.1e-25, False),
        (10**6, 9e-20, True),
        (-(10**6), 9e-20, True),
        (10**6, 2e-19, False),
    ],
)
def test_a_ball_is_narrow_by_what_it_is_around(middle: int, radius: float, found: bool) -> None:
    assert is_narrow(arb(middle, radius)) is found


def test_a_short_rational_in_a_ball_is_there_by_no_chance() -> None:
    with ctx.workprec(192):
        for short in (fmpq(1, 3), fmpq(-2, 7), fmpq(51, 100)):
            assert _short_in(arb(short)) == short
            assert _short_in(arb(short) + arb(10) ** -40) is None
        assert _short_in(arb(0.5)) == fmpq(1, 2)
        assert _short_in(arb(2).sqrt()) is None
        assert _short_in(arb(1, 0.5)) is None
        assert _short_in(arb(10**30, 10**3)) is None


@pytest.mark.parametrize("inside", ["{}", "{}*w1", "w1 + {}", "{}*exp(w1)"])
@pytest.mark.parametrize("count", [4, 12, 30])
def test_a_long_sum_of_squares_of_sines_and_cosines_is_proved_part_by_part(inside: str, count: int) -> None:
    insides = [inside.format(k) for k in range(1, count + 1)]
    total = " + ".join(f"sin({each})^2 + cos({each})^2" for each in insides)
    found = symgd.equivalent(total, str(count))
    assert (found.verdict, found.certainty) == ("equal", "proved")
    assert symgd.equivalent(total, f"{count} + 10^-20").verdict == "different"
    assert symgd.equivalent(total.replace("cos", "sin", 1), str(count)).verdict == "different"
    (line, *_) = symgd.check(SQUARES, f"w1 = {total} - {count} + 0.51")
    assert (line.verdict, line.certainty, line.status) == ("equal", "proved", "ok")
    (line, *_) = symgd.check(SQUARES, f"w1 = {total} - {count} + 0.52")
    assert (line.verdict, line.status) == ("different", "slip")


def test_a_part_without_a_value_is_no_proof_that_all_have_one() -> None:
    total = " + ".join(f"sin({k}/w)^2 + cos({k}/w)^2" for k in range(1, 20))
    assert symgd.equivalent(total, "19").verdict == "domain"
    logs = " + ".join(f"log(w + {k}) - log(w + {k})" for k in range(1, 20))
    assert symgd.equivalent(logs, "0").verdict == "domain"


@pytest.mark.parametrize(
    ("value", "status"), [("0.1850", "slip"), ("0.185", "ok"), ("0.1845", "ok"), ("0.18450", "slip")]
)
@pytest.mark.parametrize("formula", ["", "2*(sigmoid(w*x+b) - y)*sigmoid(w*x+b)*(1 - sigmoid(w*x+b))*x ≈ "])
def test_a_zero_at_the_end_is_a_digit_behind_a_formula_too(formula: str, value: str, status: str) -> None:
    """By hand: the slope is 0.184517874…"""
    start, let = {"w": "-0.4", "b": "-0.3"}, {"x": "2.3", "y": 0}
    problem = symgd.Problem("(sigmoid(w*x + b) - y)^2", start=start, let=let, steps=1)
    (line, *_) = symgd.check(problem, f"dL/dw {'=' if formula else '≈'} {formula}{value}")
    assert line.status == status


def test_balls_that_overlap_are_no_proof_and_wide_ones_tell_nothing() -> None:
    root, wide = sharp(read("sqrt(2)"), {}), sharp(read("sqrt(2)"), {}) + read_ball("1e-3")
    assert same(root, root) is None
    assert alike(root, root) is True
    assert same(root, wide) is alike(root, wide) is None
    assert same(root, rational(Fraction(1414, 1000))) is False


def read_ball(radius: str):  # type: ignore[no-untyped-def]
    """A ball about 0."""
    from flint import arb

    return arb(0, radius)
