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
