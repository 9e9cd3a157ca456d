"""Laws that hold for every run."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgd.descent.advance import descend
from symgd.descent.optimizers import OPTIMIZERS
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory
from symgd.numbers.values import Ball, rounded

NEURON = {"loss": "z = w*x + b; a = sigmoid(z); L = (a - y)^2", "start": {"w": "0.5", "b": 0}, "let": {"x": 2, "y": 1}}
BOWL = {"loss": "(a - 1)^2 + 3*(b + 0.5)^2 + a*b", "start": {"a": "0.3", "b": "-0.7"}}
VALLEY = {"loss": "(1 - a)^2 + 100*(b - a^2)^2", "start": {"a": "-1.2", "b": 1}, "learning_rate": "0.001"}

rationals = st.fractions(min_value=-5, max_value=5, max_denominator=50)
rates = st.fractions(min_value=Fraction(1, 50), max_value=Fraction(2, 5), max_denominator=50)
few = settings(max_examples=40, deadline=None)


def run_of(**arguments: Any) -> Trajectory:
    return descend(Problem(**arguments))


@few
@given(rationals, rationals, rates, st.integers(1, 6))
def test_quadratic_follows_its_closed_form(start: Fraction, low: Fraction, rate: Fraction, steps: int) -> None:
    """w_k = c + (1 − 2η)^k (w_0 − c) for (w − c)²."""
    run = run_of(loss="(w - c)^2", start={"w": start}, let={"c": low}, learning_rate=rate, steps=steps)
    for k, point in enumerate(run.points):
        assert point["w"] == low + (1 - 2 * rate) ** k * (start - low)


@few
@given(rationals, rates)
@pytest.mark.parametrize("method", ["momentum", "nesterov"])
def test_momentum_0_is_gradient_descent(method: str, start: Fraction, rate: Fraction) -> None:
    arguments: dict[str, Any] = {"loss": "(w^2 - 2)^2/4", "start": {"w": start / 3}, "learning_rate": rate, "steps": 3}
    assert run_of(optimizer=method, momentum=0, **arguments).points == run_of(**arguments).points


@few
@given(rationals, rationals)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_rate_0_never_moves(method: str, a: Fraction, b: Fraction) -> None:
    run = run_of(loss="(a - 7)^2 + (b - 8)^2", start={"a": a, "b": b}, optimizer=method, learning_rate=0)
    assert run.final == {"a": a, "b": b}
    assert run.outcome.key == "does-not-move-rate"


@few
@given(rationals, st.integers(0, 6))
def test_rounded_values_have_no_more_decimals(start: Fraction, places: int) -> None:
    run = run_of(
        **{**NEURON, "start": {"w": start, "b": 0}}, arithmetic=f"round:{places}", learning_rate="0.5", steps=2
    )
    for line in run.lines:
        assert isinstance(line.value, Fraction)
        assert (line.value * 10**places).denominator == 1


@pytest.mark.repeated
@few
@given(rationals, rationals, rates)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_exact_and_float_agree(method: str, a: Fraction, b: Fraction, rate: Fraction) -> None:
    arguments = {**BOWL, "start": {"a": a, "b": b}, "optimizer": method, "learning_rate": rate, "steps": 4}
    exact, floats = run_of(**arguments), run_of(arithmetic="float", **arguments)
    for point, other in zip(exact.points, floats.points, strict=False):
        for word in point:
            assert float(other[word]) == pytest.approx(float(point[word]), rel=1e-7, abs=1e-7)


@few
@given(rationals)
def test_newton_solves_a_quadratic_at_once(start: Fraction) -> None:
    run = run_of(**{**BOWL, "start": {"a": start, "b": 1}}, optimizer="newton")
    assert run.records[-1].gradient == {"a": 0, "b": 0}
    assert len(run.points) <= 2


@pytest.mark.parametrize("arithmetic", ["exact", "round:8", "float"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_newton_for_so_many_parameters(count: int, arithmetic: str) -> None:
    words = ["a", "b", "c"][:count]
    loss = " + ".join(f"{k + 1}*({word} - {k})^2" for k, word in enumerate(words)) + (" + a*b" if count > 1 else "")
    run = run_of(loss=loss, start=dict.fromkeys(words, 2), optimizer="newton", arithmetic=arithmetic)
    assert all(abs(float(value)) < 1e-6 for value in run.records[-1].gradient.values())


def test_change_is_the_difference_of_points() -> None:
    run = run_of(**VALLEY, steps=4)
    for record, after in zip(run.records, run.records[1:], strict=False):
        assert record.change == {word: after.point[word] - record.point[word] for word in record.point}  # type: ignore[operator]


@pytest.mark.parametrize("method", [word for word in OPTIMIZERS if word != "newton"])
def test_recorded_values_are_proved(method: str) -> None:
    run = run_of(**NEURON, optimizer=method, steps=12)
    values = [line.value for line in run.lines] + [value for record in run.records for value in record.point.values()]
    balls = [value for value in values if isinstance(value, Ball)]
    assert balls
    assert all(rounded(value, run.problem.digits + 8) is not None for value in balls)


def test_irrational_runs_go_on_for_sixty_updates() -> None:
    run = run_of(**NEURON, optimizer="adam", steps=60)
    assert len(run.points) == 61
    assert run.outcome.code == "finished"


def test_long_fractions_go_on_as_balls() -> None:
    run, short = run_of(**VALLEY, steps=12), run_of(**VALLEY, steps=3)
    assert run.outgrown
    assert not short.outgrown
    assert isinstance(run.final["a"], Ball)
    assert rounded(run.final["a"], run.problem.digits + 8) is not None
    floats = run_of(**VALLEY, steps=12, arithmetic="float")
    assert float(run.final["a"]) == pytest.approx(float(floats.final["a"]), rel=1e-12)


def test_wide_balls_are_worked_out_again_with_more_bits() -> None:
    """Rosenbrock's balls double their width every few updates: 128 bits last for about 80."""
    run = run_of(**VALLEY, steps=150)
    assert len(run.points) == 151
    assert rounded(run.final["a"], run.problem.digits + 8) is not None


def test_rate_may_depend_on_time() -> None:
    run = run_of(gradient={"w": 1}, start={"w": 0}, learning_rate="1/t", steps=3)
    assert run.final == {"w": -Fraction(11, 6)}


def test_decoupled_decay_comes_first() -> None:
    run = run_of(loss="0*w", start={"w": 1}, optimizer="adamw", learning_rate="0.5", weight_decay="0.1", steps=2)
    assert run.final == {"w": Fraction("0.9025")}


def test_decay_reads_the_slope_of_this_update() -> None:
    run = run_of(loss="w", start={"w": 1}, weight_decay=1, learning_rate="0.5", steps=2)
    assert [point["w"] for point in run.points] == [1, 0, -Fraction(1, 2)]


@pytest.mark.parametrize("arguments", [NEURON, BOWL, VALLEY], ids=["neuron", "bowl", "valley"])
def test_float_lines_are_worked_out_when_read(arguments: dict[str, Any]) -> None:
    run = run_of(**arguments, optimizer="adam", steps=3, arithmetic="float")
    for record, after in zip(run.records, run.records[1:], strict=False):
        moves = {line.parameter: line.value for line in record.lines if line.quantity == "w"}
        assert moves == after.point
        assert record.lines == record.lines[:]
    assert not [line for line in run.records[-1].lines if line.kind == "update"]


def test_lines_come_in_the_order_of_the_equations() -> None:
    lines = [
        line.quantity for line in run_of(**BOWL, optimizer="adam", steps=1).records[0].lines if line.kind == "update"
    ]
    assert lines[::2] == ["m", "v", "mhat", "vhat", "d", "w"]


def test_long_float_run_keeps_every_record() -> None:
    run = run_of(**VALLEY, steps=3000, arithmetic="float")
    assert len(run.records) == 3001
    assert run.records[-1].loss is not None
    assert float(run.records[-1].loss) < 1


def test_inexact_keys() -> None:
    run = run_of(**NEURON, steps=1)
    assert run.inexact(run.records[0]) == ["loss", "gradient.w", "gradient.b", "change.w", "change.b"]
    assert run.inexact(run.records[1])[:2] == ["at.w", "at.b"]
    assert run_of(**BOWL, steps=1).inexact(run_of(**BOWL, steps=1).records[0]) == []
