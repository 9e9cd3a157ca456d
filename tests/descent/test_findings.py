"""Findings: the right words for each end, the same in every number system, and bounds that runs obey."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symgd
from symgd.descent.findings import findings
from symgd.descent.lines import line_of, line_text, quantity
from symgd.descent.problem import Problem
from symgd.descent.stability import curvature_of, rate_side, stable_bound
from symgd.errors import InputError
from symgd.language import LANGUAGES
from symgd.numbers.values import Value, bounds
from tests.handouts.problems import random_problem

SADDLE = "w1^2 - w2^2"
ROSENBROCK = "(1 - a)^2 + 100*(b - a^2)^2"
AT_ONE = {"w": 1}


def codes(loss: Any, **options: Any) -> list[str]:
    return [found.code for found in findings(symgd.descend(loss, **options))]


@pytest.mark.parametrize(
    ("loss", "options", "expected"),
    [
        pytest.param("w^2", {"start": {"w": 0}}, ["hessian", "minimum"], id="a minimum at the start"),
        pytest.param(
            "(w - 3)^2", {"start": AT_ONE, "learning_rate": "0.5"}, ["hessian", "minimum"], id="a minimum reached"
        ),
        pytest.param(SADDLE, {"start": {"w1": 0, "w2": 0}}, ["hessian", "saddle"], id="a saddle"),
        pytest.param("-w^2", {"start": {"w": 0}}, ["hessian", "maximum"], id="a hilltop"),
        pytest.param("(w1 + w2)^2", {"start": {"w1": 1, "w2": -1}}, ["hessian", "minimum-valley"], id="a valley"),
        pytest.param("-(w1 + w2)^2", {"start": {"w1": 1, "w2": -1}}, ["hessian", "maximum-valley"], id="a ridge"),
        pytest.param("w^3", {"start": {"w": 0}}, ["hessian", "undecided-zero"], id="an inflection"),
        pytest.param("w1^2 + w2^4", {"start": {"w1": 0, "w2": 0}}, ["hessian", "undecided"], id="semidefinite"),
        pytest.param("x*0 + 3", {"start": {"x": 0}}, ["hessian", "constant"], id="a constant loss"),
        pytest.param("|w|", {"start": {"w": 0}}, ["undecided-kink"], id="a kink"),
        pytest.param("w1^2 + w2^2 + w3^2", {"start": dict.fromkeys(("w1", "w2", "w3"), 0)}, ["minimum"], id="three"),
        pytest.param(
            " + ".join(f"w{k}^2" for k in range(1, 10)),
            {"start": {f"w{k}": 0 for k in range(1, 10)}},
            ["undecided-large"],
            id="too many parameters",
        ),
        pytest.param(
            " + ".join(f"({' + '.join(f'w{j}' for j in range(1, 9))})^{2 * k}" for k in range(1, 9)),
            {"start": {f"w{k}": 0 for k in range(1, 9)}},
            ["undecided-large"],
            id="too many terms",
        ),
        pytest.param(
            "(w - 3)^2",
            {"start": AT_ONE, "tolerance": "0.5", "steps": 50},
            ["slope-left", "hessian", "near-minimum"],
            id="within a tolerance",
        ),
        pytest.param(
            "w1^2 - w2^2/10",
            {"start": {"w1": 0, "w2": "1e-9"}},
            ["slope-small", "hessian", "near-saddle"],
            id="nearly flat beside a saddle",
        ),
        pytest.param(
            "w1^2 - w2^2", {"start": {"w1": 1, "w2": 0}, "steps": 2}, [], id="a finished run on a slope says nothing"
        ),
        pytest.param("w^2", {"start": {"w": "1e-4"}, "steps": 1}, [], id="a slope that is not small enough to tell"),
        pytest.param(
            "(sigmoid(w) - 1)^2", {"start": {"w": 40}}, ["slope-small", "hessian", "near-minimum"], id="saturated"
        ),
        pytest.param(
            "w^2", {"start": AT_ONE, "learning_rate": 1}, ["bound-one", "rate-at"], id="exactly at the bound"
        ),
        pytest.param(
            "w^2", {"start": AT_ONE, "learning_rate": "2.5", "steps": 40}, ["bound-one", "rate-above"], id="above it"
        ),
        pytest.param(
            "w^2",
            {"start": AT_ONE, "learning_rate": "2.5*t/t", "steps": 40},
            ["bound-one"],
            id="a schedule is not compared",
        ),
        pytest.param(
            "w^2",
            {"start": AT_ONE, "learning_rate": "4", "optimizer": "momentum", "steps": 60},
            ["bound-momentum-one", "rate-above"],
            id="momentum has a bound of its own",
        ),
        pytest.param(
            "w^2",
            {"start": AT_ONE, "learning_rate": "4", "optimizer": "nesterov", "steps": 60},
            ["bound-plain-one"],
            id="other methods too, but not this one",
        ),
        pytest.param(
            "w^2",
            {"start": AT_ONE, "learning_rate": "4", "optimizer": "momentum", "momentum": "1.2", "steps": 60},
            ["bound-plain-one"],
            id="no rate is stable with a momentum above 1",
        ),
        pytest.param(
            "w^2",
            {"start": AT_ONE, "learning_rate": 4, "weight_decay": "0.5", "steps": 40},
            ["bound-one", "rate-above", "decay"],
            id="weight decay is counted in",
        ),
        pytest.param(
            ROSENBROCK,
            {"start": {"a": "-1.2", "b": 1}, "learning_rate": "0.01", "steps": 20},
            ["bound-start", "rate-above"],
            id="not quadratic",
        ),
        pytest.param(
            "w^4/4",
            {"start": {"w": 1}, "learning_rate": 2, "steps": 2},
            ["bound-start-one", "rate-above", "bound-last-one"],
            id="a circle of a loss that is not quadratic",
        ),
        pytest.param(
            SADDLE,
            {"start": {"w1": 0, "w2": 1}, "learning_rate": 5, "steps": 60, "arithmetic": "float"},
            [],
            id="falling without a rise is no divergence yet",
        ),
        pytest.param(
            "w2^2 - w1^2",
            {"start": {"w1": 0, "w2": 1}, "learning_rate": 5, "steps": 60},
            ["no-minimum"],
            id="no minimum at all",
        ),
        pytest.param(
            "w1^2 + 1e300*w2",
            {"start": {"w1": 1, "w2": 0}, "steps": 9, "arithmetic": "float"},
            ["slanted"],
            id="a valley that runs downhill",
        ),
        pytest.param(
            "w*1e300", {"start": AT_ONE, "steps": 9, "arithmetic": "float"}, ["slanted"], id="a straight slope"
        ),
        pytest.param("w^2", {"start": AT_ONE, "learning_rate": -3, "steps": 40}, [], id="a negative rate climbs"),
        pytest.param("w^2", {"start": AT_ONE, "learning_rate": 0}, [], id="a rate of 0"),
        pytest.param(
            None, {"gradient": {"w": 0}, "start": AT_ONE}, [], id="a given gradient has no curvature that is known"
        ),
    ],
)
def test_what_is_found(loss: Any, options: dict[str, Any], expected: list[str]) -> None:
    assert codes(loss, **options) == expected


@pytest.mark.parametrize(
    ("loss", "options"),
    [
        pytest.param("w^2", {"start": AT_ONE, "learning_rate": 1}, id="a cycle"),
        pytest.param("w^2/2", {"start": AT_ONE, "learning_rate": 4, "steps": 40}, id="a divergence"),
        pytest.param(SADDLE, {"start": {"w1": 0, "w2": 0}}, id="a saddle"),
        pytest.param("w^3", {"start": {"w": 0}}, id="undecided"),
        pytest.param("|w|", {"start": {"w": 0}}, id="a kink"),
        pytest.param("w1^2 + w1*w2 + w2^2", {"start": {"w1": 1, "w2": 1}, "learning_rate": 2, "steps": 40}, id="two"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_the_same_in_every_number_system(loss: str, options: dict[str, Any], language: str) -> None:
    told = {
        tuple(found.message(language) for found in findings(symgd.descend(loss, arithmetic=system, **options)))
        for system in ("exact", "float", "round:3")
    }
    assert len(told) == 1
    assert told != {()}


def test_the_bound_is_worked_out_in_the_sentence() -> None:
    first, second = findings(symgd.descend("(w - 3)^2", start={"w": 2}, learning_rate="2.5", steps=20))
    assert "λ_max = 2" in first.message()
    assert "η_max = 2/λ_max = 2/2 = 1" in first.message()
    assert second.message("zh-TW") == "學習率 η = 2.5 大於這個界限。"


def test_how_small_a_slope_is_is_the_exact_slope_at_the_decimal_point() -> None:
    run = symgd.descend("(w - 0.3)^2", start={"w": 1}, arithmetic="float", steps=100_000)
    small = findings(run)[0]
    assert small.code == "slope-small"
    slope = small.facts["slope"]
    assert isinstance(slope, type(quantity("w", Fraction(1))))
    assert slope.value == 2 * (Fraction(repr(run.final["w"])) - Fraction("0.3"))


# the bound, against runs and against the spectral radius


NUMBERS = st.integers(-3, 3)


@st.composite
def quadratics(draw: st.DrawFn) -> tuple[list[list[int]], str, list[str]]:
    """H = AᵀA + I over two or three parameters, and the loss wᵀHw/2."""
    size = draw(st.integers(2, 3))
    rows = np.array(draw(st.lists(st.lists(NUMBERS, min_size=size, max_size=size), min_size=size, max_size=size)))
    hessian = (rows.T @ rows + np.eye(size, dtype=int)).astype(int).tolist()
    words = [f"w{k}" for k in range(1, size + 1)]
    terms = [f"({hessian[i][j]})*{a}*{b}" for i, a in enumerate(words) for j, b in enumerate(words)]
    return hessian, f"({' + '.join(terms)})/2", words


def size(value: Value | None) -> float:
    assert value is not None
    return float(value)


@pytest.mark.repeated
@given(quadratics())
@settings(max_examples=25)
def test_just_below_the_bound_a_run_falls_and_just_above_it_climbs(
    made: tuple[list[list[int]], str, list[str]],
) -> None:
    hessian, loss, words = made
    values, vectors = np.linalg.eigh(np.array(hessian))
    assume(values[-1] - values[-2] > 0.1)
    start = {word: float(x) for word, x in zip(words, vectors[:, -1] + 0.01 * vectors[:, 0], strict=True)}
    problem = Problem(loss, start=start, arithmetic="float", steps=40)
    low, high = bounds(stable_bound(problem, curvature_of(problem, problem.start)).line.value)
    assert float(low) == pytest.approx(2 / values[-1], rel=1e-12)
    below = symgd.descend(problem, learning_rate=low * Fraction(99, 100))
    above = symgd.descend(problem, learning_rate=high * Fraction(102, 100), steps=600)
    falling = [size(value) for value in below.losses]
    assert all(after <= before for before, after in pairwise(falling))
    assert above.outcome.code == "diverged"
    assert [found.code for found in findings(above)] == ["bound", "rate-above"]


@given(st.fractions("1/10", 9, max_denominator=10), st.fractions(0, "19/20", max_denominator=20))
@settings(max_examples=15)
def test_the_bound_of_momentum_is_where_its_spectral_radius_is_one(curvature: Fraction, momentum: Fraction) -> None:
    problem = Problem(
        "c*w^2/2", start={"w": 1}, let={"c": curvature}, optimizer="momentum", momentum=momentum, learning_rate=1
    )
    limit = stable_bound(problem, curvature_of(problem, problem.start))
    assert limit.whose == "-momentum"
    for factor, inside in ((Fraction(999, 1000), True), (Fraction(1001, 1000), False)):
        eta, mu, h = float(bounds(limit.line.value)[0] * factor), float(momentum), float(curvature)
        step = np.array([[1 - eta * h, -eta * mu], [h, mu]])  # (w, m) to (w − η(μm + hw), μm + hw)
        assert bool(max(abs(np.linalg.eigvals(step))) < 1) is inside


@pytest.mark.parametrize(
    ("rate", "side"),
    [("0.3", "below"), ("1/3", "at"), ("0.34", "above"), ("1/(3*t)", ""), ("-1", "below")],
)
def test_how_a_rate_stands_to_the_bound(rate: str, side: str) -> None:
    problem = Problem("3*w^2", start={"w": 1}, learning_rate=rate)
    assert rate_side(problem, stable_bound(problem, curvature_of(problem, problem.start))) == side


# they never fail


@pytest.mark.parametrize("language", LANGUAGES)
def test_random_runs_of_any_end_say_something_that_can_be_written(language: str) -> None:
    ends, found = set(), set()
    for seed in range(40):
        problem = random_problem(seed).replaced(steps=12, learning_rate=("0.05", "0.9", "3", "0.3/t")[seed % 4])
        try:
            run = symgd.descend(problem)
        except InputError:  # the start is outside the domain
            continue
        ends.add(run.outcome.code)
        for finding in findings(run):
            found.add(finding.code)
            assert finding.message(language).strip(" 。.")
            assert "{" not in finding.message(language)
    assert ends >= {"finished", "diverged"}
    assert len(found) >= 5


def test_a_line_is_told_as_a_handout_prints_it() -> None:
    assert line_text(quantity("lambda1", Fraction(1, 3))) == "λ1 = 1/3"
    assert line_text(line_of("q", "2/c", {"c": Fraction(3)})) == "q = 2/c = 2/3"
    assert line_text(quantity("lambda1", Fraction(1, 7919))) == "λ1 ≈ 0.000126279"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_advised_after_a_divergence_does_not_contradict_itself(language: str) -> None:
    run = symgd.descend("w^4 - 3*w^2", start={"w": 3}, learning_rate="0.5", steps=6)
    said = " ".join(found.message(language) for found in findings(run)) + run.outcome.remedy(language)
    assert "1/51" in said
    assert ("only a guide" in said) or ("只供參考" in said)
    for gone in ("tenth", "十分之一", "eigenvalue", "特徵值", "last point", "最後一點"):
        assert gone not in said
