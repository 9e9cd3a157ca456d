"""Slips of arithmetic are named where a number shows them, and not where any wrong number would be as near."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

import symgd

# By hand: w = 2.25 − 0.1 · (−1.5) = 2.4; from −0.7 it is 0.04 with a slope of −7.4.
HALF = symgd.Problem("(w - 3)^2", start={"w": "2.25"}, steps=1)
LEFT = symgd.Problem("(w - 3)^2", start={"w": "-0.7"}, steps=1)


@pytest.mark.parametrize(
    ("problem", "line", "names"),
    [
        (HALF, "w = 2", ()),
        (HALF, "w = 2.25 + 0.15 = 2", ()),
        (LEFT, "dL/dw = -7", ()),
        (LEFT, "dL/dw = 2*(-0.7-3) = -7", ()),
        (LEFT, "dL/dw = -4.7", ("digits-swapped",)),
        (LEFT, "dL/dw = 2*(-0.7-3) = -74", ("decimal-point",)),
        (LEFT, "w = 0.4", ("decimal-point",)),
        (HALF, "w = 4.2", ("digits-swapped",)),
        (HALF, "w = 2.04", ()),
    ],
)
def test_a_slip_of_arithmetic_shows_in_the_digits(problem: symgd.Problem, line: str, names: tuple[str, ...]) -> None:
    assert symgd.check(problem, line).mistakes == names


@pytest.mark.repeated
def test_wrong_numbers_by_chance_get_few_names_of_arithmetic() -> None:
    choose, named = random.Random(20_261_129), 0
    for _ in range(600):
        start, goal = (Fraction(choose.randint(-30, 30), 10) for _ in range(2))
        problem = symgd.Problem(f"(w - ({float(goal)}))^2", start={"w": start}, steps=1)
        right = start + (goal - start) / 5
        places = choose.choice((0, 1, 2))
        wrong = round(float(right) + choose.uniform(-1, 1) * max(1, abs(float(right))), places)
        report = symgd.check(problem, f"w = {wrong:g}")
        named += bool({"rounded-early", "truncated", "digits-swapped", "decimal-point"} & {*report.mistakes})
    assert named <= 12


def _named(problem: symgd.Problem, text: str) -> dict[str, tuple[str, ...]]:
    return {v.text: tuple(found.id for found in v.diagnosis if found.certain) for v in symgd.check(problem, text)}


def test_a_row_that_would_make_something_else_of_the_line_beside_is_no_name() -> None:
    line = symgd.Problem(
        "mean((w*x + b - y)^2)",
        start={"w": 0, "b": 0},
        data={"x": [1, 2, 3], "y": [2, 4, 6]},
        learning_rate="0.1",
        steps=1,
    )
    both = _named(line, "dL/dw = -28\ndL/db = -12")
    assert both["dL/db = -12"] == ()  # the last row alone has dL/dw = -36
    assert _named(line, "dL/dw = -36\ndL/db = -12")["dL/db = -12"] == ("last-sample-only",)
    bowl = symgd.Problem(
        "(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, learning_rate="0.1", steps=1
    )
    assert _named(bowl, "w1 = 0.55, w2 = 0.3") == {"w1 = 0.55": (), "w2 = 0.3": ()}
    assert _named(bowl, "w1 = 0.6, w2 = 0.3")["w2 = 0.3"] == ("rate-alone",)


def test_the_slope_of_another_parameter_may_be_meant_where_it_fits_as_well() -> None:
    bowl = symgd.Problem(
        "(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, learning_rate="0.1", steps=1
    )
    assert _named(bowl, "w2 = 0.2 + 0.1*0.1")["w2 = 0.2 + 0.1*0.1"] == ()


def test_names_fit_what_the_line_is_about() -> None:
    three = symgd.Problem("(w - 3)^2", start={"w": 0}, learning_rate="0.1", steps=1)
    assert _named(three, "L = (0-3)^2 = -9")["L = (0-3)^2 = -9"] == ()  # no derivative
    assert _named(three, "dL/dw = 2(0-3) = 6")["dL/dw = 2(0-3) = 6"] == ("wrong-sign",)
    assert _named(three, "η = 0.01")["η = 0.01"] == ()  # no product


def test_of_a_wrong_rate_the_right_one_is_shown() -> None:
    falling = symgd.Problem("(w - 3)^2", start={"w": 0}, learning_rate="0.1/t", steps=1)
    assert "η = 0.1/t = 0.1/1 = 0.1" in symgd.check(falling, "η = 0.01").text("en")
