"""Decimal places that a task asks for: rounded on the way, at the end, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

import symgd

# By hand: the slope at 1.1 is −4.86; 0.05 · 4.86 = 0.243; 1.1 + 0.243 = 1.343.
RUN: dict[str, Any] = {"loss": "(w - 3.53)^2", "start": {"w": "1.1"}, "learning_rate": "0.05", "steps": 1}
ROUNDS = symgd.Problem(**RUN, arithmetic="round:2")
ASKED = symgd.Problem(**RUN, marks={"decimals": 2})
FREE = symgd.Problem(**RUN)
#: By hand: 1.104 + 0.2444 = 1.3484; with 0.24 it is 1.344.
EARLY = symgd.Problem("-4.888*w", start={"w": "1.104"}, learning_rate="0.05", steps=1, marks={"decimals": 2})


@pytest.mark.parametrize(
    ("problem", "line", "status"),
    [
        (ROUNDS, "w = 1.1 + 0.05*4.86 = 1.1+0.24 = 1.34", "ok"),
        (ROUNDS, "w = 1.1 - 0.05*(-4.86) = 1.1+0.24 = 1.34", "ok"),
        (ROUNDS, "w = w - η·dL/dw = 1.1 + 0.05*4.86 = 1.1 + 0.24 = 1.34", "ok"),
        (ASKED, "w = 1.1 + 0.05*4.86 = 1.1+0.24 = 1.34", "ok"),
        (EARLY, "w = 1.104 + 0.05*4.888 = 1.104 + 0.24 = 1.34", "ok"),
        (ROUNDS, "w = 1.1 + 0.05*4.86 = 1.1+0.25 = 1.35", "slip"),
        (ROUNDS, "w = 1.1 + 0.05*4.86 = 1.1+0.2 = 1.3", "slip"),
        (ROUNDS, "w = 1.1 + 0.05*4.86 = 1.1*0.24 = 1.34", "slip"),
        (ROUNDS, "w = 1.1 + 0.05*4.86 = 1.2 + 0.24 = 1.34", "slip"),
        (FREE, "w = 1.1 + 0.05*4.86 = 1.1+0.24 = 1.34", "slip"),
    ],
)
def test_parts_of_a_formula_are_rounded_as_the_task_asks(problem: symgd.Problem, line: str, status: str) -> None:
    assert symgd.check(problem, line).verdicts[0].status == status


@pytest.mark.parametrize(
    ("problem", "line", "status"),
    [
        (ROUNDS, "Δw = 0.243", "format"),
        (ASKED, "Δw = 0.243", "format"),
        (ASKED, "Δw = 0.24", "ok"),
        (ASKED, "Δw = 0.2", "slip"),
        (FREE, "Δw = 0.243", "ok"),
        (ASKED, "dL/dw = -4.860", "ok"),
        (ASKED, "w = 1.1 + 0.243 = 1.343 = 1.34", "ok"),
        (ASKED, "w = 1.1 + 0.243 = 1.343", "format"),
        (ASKED, "w = 1.344", "slip"),
        (EARLY, "w = 1.104", "ok"),
    ],
)
def test_more_places_than_asked_for_are_a_matter_of_form(problem: symgd.Problem, line: str, status: str) -> None:
    assert symgd.check(problem, line).verdicts[0].status == status


def test_form_costs_what_the_policy_says() -> None:
    report = symgd.check(symgd.Problem(**RUN, marks={"decimals": 2, "form": "0.5"}), "w = 1.343")
    assert (float(report.score), "other decimals than asked for" in report.text("en")) == (0.5, True)
