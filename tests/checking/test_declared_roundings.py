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


# By hand: a = σ(1) = 0.731059, dL/da = −0.537883, dL/dw = −0.211508, w = 0.521151.
NEURON = symgd.Problem("a = sigmoid(w*x); L = (a - y)^2", start={"w": "0.5"}, let={"x": 2, "y": 1}, steps=1)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("a = 1/(1+exp(-1)) = 1/(1+0.368) = 0.731", "format"),
        ("dL/da = 2(a-y) = 2(0.731-1) = -0.538", "format"),
        ("dL/da = 2(a-y) ≈ 2(0.731-1) ≈ -0.538", "ok"),
        ("dL/dw = dL/da * a*(1-a)*x ≈ -0.538*0.731*0.269*2 ≈ -0.2116", "format"),
        ("dL/dw = 2(a-y)a(1-a)x = 2*(-0.269)*0.731*0.269*2 = -0.212", "format"),
        ("w = w + η·(-dL/dw) ≈ 0.5 + 0.1*0.2115 ≈ 0.52115", "ok"),
        ("w = 0.5 - 0.1*(-0.2115) = 0.5 + 0.0212 = 0.5212", "format"),
        ("da/dw = a(1-a)x = 0.7311*0.2689*2 = 0.3932", "format"),
        ("da/dw = a(1-a)x = 0.7311*0.2689*2 = 0.3942", "slip"),
        ("dL/da = 2(a-y) = 2(0.731+1) = -0.538", "slip"),
        ("dL/da = 2(a-y) ≈ 2(0.7-1) ≈ -0.6", "slip"),
        ("dL/da = 2(a-y) = 2(0.741-1) = -0.518", "slip"),
        ("dL/dw = 2(a-y)a(1-a)x = 2*(0.731-1)*0.731*(1-0.731)*2 = -0.25", "slip"),
    ],
)
def test_whoever_works_with_rounded_numbers_is_right(line: str, status: str) -> None:
    assert symgd.check(NEURON, line).verdicts[0].status == status


def test_a_definition_may_be_called_t() -> None:
    problem = symgd.Problem("t = tanh(2*w); L = (t - 1)^2", start={"w": "0.5"}, steps=1)
    assert symgd.check(problem, "L = (t - 1)^2\ndL/dt = 2(t - 1) ≈ 2(0.7616 - 1) ≈ -0.4768").verdicts[0].status == "ok"


def test_a_mini_batch_has_only_its_rows() -> None:
    # By hand, of the rows that the run takes.
    problem = symgd.Problem(
        "mean((w*x - y)^2)", start={"w": 1}, data={"x": [1, 2, 3], "y": [2, 2, 5]}, batch_size=1, seed=0, steps=2
    )
    first = problem.rows_of(0)[0]
    x, y = first, (2, 2, 5)[first - 1]
    slope = 2 * (x - y) * x
    report = symgd.check(
        problem, f"n = 1\nL = {(x - y) ** 2}\ndL/dw = {slope}\nw = 1 - 0.1*({slope}) = {1 - slope / 10:g}"
    )
    assert [verdict.status for verdict in report][:4] == ["ok"] * 4


@pytest.mark.parametrize(
    "line", ["exp(w) ≈ 2*1.5*w", "2*1.5*w ≈ exp(w)", "max(w, 2, 3) ≈ max(w, 3)", "w^2*exp(1) ≈ exp(2)"]
)
def test_formulas_of_unlike_numbers_of_parts_break_nothing(line: str) -> None:
    problem = symgd.Problem("exp(w)", start={"w": "0.5"}, steps=1, marks={"decimals": 2})
    assert symgd.check(problem, f"dL/dw = {line}").status in ("undecided", "partial", "incorrect")


NEURON_TO_THREE = symgd.Problem(
    "z = w*x + b\na = sigmoid(z)\nL = (a - y)^2",
    start={"w": "0.5", "b": 0},
    let={"x": 2, "y": 1},
    learning_rate="0.5",
    steps=1,
    marks={"decimals": 3},
)


@pytest.mark.parametrize(
    ("behind", "status"),
    [
        ("2(0.731-1)*0.731*(1-0.731)*2", "ok"),
        ("2*2(0.731-1)*0.731*(1-0.731)", "ok"),
        ("2(0.731-1)*0.197*2", "ok"),
        ("(-0.538)(0.197)(2)", "ok"),
        ("2(0.732-1)*0.732*(1-0.732)*2", "slip"),
        ("2(0.731-1)*0.731*(1+0.731)*2", "slip"),
    ],
)
def test_a_chain_of_slopes_is_one_of_their_rounded_factors(behind: str, status: str) -> None:
    report = symgd.check(NEURON_TO_THREE, f"dL/dw = dL/da*da/dz*dz/dw = {behind} = -0.212")
    assert next(iter(report)).status == status
