"""Certified runs: every printed digit proved over many updates, the same digits at four times the bits."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

import symgd
from symgd.descent import advance
from symgd.descent.trajectory import Record, Trajectory
from symgd.numbers.systems import ExactSystem
from symgd.numbers.values import Ball, Value, rounded

ROWS = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))
XOR = (
    "".join(
        f"u{k} = sigmoid(a1*{x} + a2*{y} + a3); v{k} = sigmoid(b1*{x} + b2*{y} + b3); "
        f"p{k} = sigmoid(c1*u{k} + c2*v{k} + c3); "
        for k, (x, y, _) in enumerate(ROWS, 1)
    )
    + "L = "
    + " + ".join(f"(p{k} - {target})^2" for k, (_, _, target) in enumerate(ROWS, 1))
)
WEIGHTS = ("a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3")
#: The four problems that are asked for: loss, start, constants, rate.
PROBLEMS: dict[str, dict[str, Any]] = {
    "Rosenbrock": {
        "loss": "(1 - a)^2 + 100*(b - a^2)^2",
        "start": {"a": "-1.2", "b": 1},
        "learning_rate": "0.001",
    },
    "neuron": {
        "loss": "z = w*x + b; a = sigmoid(z); L = (a - y)^2",
        "start": {"w": "0.5", "b": 0},
        "let": {"x": 2, "y": 1},
        "learning_rate": "0.5",
    },
    "exponentials": {
        "loss": "exp(w1 + 3*w2 - 0.1) + exp(w1 - 3*w2 - 0.1) + exp(-w1 - 0.1)",
        "start": {"w1": "0.5", "w2": "0.2"},
        "learning_rate": "0.05",
    },
    "XOR": {
        "loss": XOR,
        "start": dict(zip(WEIGHTS, ["0.5", "-0.4", "0.1", "-0.6", "0.7", "0.2", "0.8", "-0.9", "0.3"], strict=True)),
        "learning_rate": "0.5",
    },
}
METHODS = ("gradient-descent", "momentum", "adam")


def values(record: Record) -> Iterator[Value]:
    yield from record.point.values()
    yield from record.gradient.values()
    yield from (record.change or {}).values()
    if record.loss is not None:
        yield record.loss


def run(name: str, method: str, steps: int) -> Trajectory:
    return symgd.descend(**PROBLEMS[name], optimizer=method, steps=steps)


def all_digits_are_proved(found: Trajectory, steps: int) -> None:
    assert found.proved
    assert found.outcome.code == "finished"
    assert len(found.records) == steps + 1
    digits = found.problem.digits
    assert all(rounded(value, digits) is not None for record in found.records for value in values(record))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_every_digit_of_two_hundred_updates_is_proved(name: str, method: str) -> None:
    all_digits_are_proved(run(name, method, 200), 200)


@pytest.mark.parametrize("name", ["Rosenbrock", "neuron", "exponentials"])
def test_every_digit_of_a_thousand_updates_is_proved(name: str) -> None:
    all_digits_are_proved(run(name, "gradient-descent", 1000), 1000)


@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_every_digit_of_a_thousand_updates_is_proved_by_every_method(name: str, method: str) -> None:
    all_digits_are_proved(run(name, method, 1000), 1000)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PROBLEMS)
def test_four_times_the_bits_give_the_same_digits(name: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []
    monkeypatch.setattr(advance, "ExactSystem", _noting(ExactSystem, used))
    first = run(name, method, 60)
    monkeypatch.setattr(advance, "_FIRST_BITS", 4 * used[-1])
    second = run(name, method, 60)
    assert used[-1] >= 4 * used[0]
    for low, high in zip(first.records, second.records, strict=True):
        for one, other in zip(values(low), values(high), strict=True):
            assert overlap(one, other)
            assert rounded(one, 6) == rounded(other, 6)


def _noting(system: Any, used: list[int]) -> Any:
    def make(bits: int, prove: Any) -> Any:
        used.append(bits)
        return system(bits, prove)

    return make


def overlap(one: Value, other: Value) -> bool:
    low, high = (one.low, one.high) if isinstance(one, Ball) else (one, one)
    return low <= (other.high if isinstance(other, Ball) else other) and high >= (
        other.low if isinstance(other, Ball) else other
    )


def test_lines_of_a_long_run_are_worked_out_when_they_are_read_and_their_digits_are_proved() -> None:
    found = run("XOR", "adam", 60)
    lines = list(found.records[59].lines)
    assert {line.kind for line in lines} >= {"forward", "loss", "local", "inner", "partial", "update"}
    assert all(rounded(line.value, found.problem.digits) is not None for line in lines)
    assert lines == list(found.records[59].lines)


#: A cubic whose descent is the logistic map with parameter 4: each update doubles the error.
CHAOS: dict[str, Any] = {"loss": "4*w^3/3 - 3*w^2/2", "start": {"w": "0.3"}, "learning_rate": "1"}


@pytest.mark.parametrize(("language", "word"), [("en", "could be proved"), ("zh-TW", "無法證明")])
def test_where_digits_cannot_be_proved_it_says_so_and_prints_fewer(
    language: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advance, "_MOST_BITS", 256)
    monkeypatch.setattr("symgd.numbers.systems.MOST_BITS", 200)
    made = symgd.explain(**CHAOS, steps=240, language=language)
    assert not made.run.proved
    text = made.text()
    assert word in text
    last = [record.point["w"] for record in made.run.records]
    proved = [len(value.proved(6)) for value in last if isinstance(value, Ball)]
    assert max(proved) > min(proved) >= 0


def test_a_ball_without_a_proved_digit_is_not_printed_as_nought() -> None:
    unknown = Ball(Fraction(-3), Fraction(4))
    assert unknown.proved() == ""
    assert str(unknown) == "[-3, 4]"


def test_precision_grows_by_what_the_run_lost() -> None:
    problem = symgd.Problem(**PROBLEMS["Rosenbrock"], steps=1000)
    assert advance._more_bits(128, 74, problem) > 600
    assert 192 <= advance._more_bits(128, 1000, problem) <= 256
    assert advance._more_bits(8_000, 10, problem) == advance._MOST_BITS
