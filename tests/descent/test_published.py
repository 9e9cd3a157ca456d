"""Worked examples that courses and encyclopaedias print come out to every printed digit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.numbers.values import Ball, Value, exact_decimal, round_to

NETWORK = """
n1 = w1*i1 + w2*i2 + b1
n2 = w3*i1 + w4*i2 + b1
h1 = sigmoid(n1)
h2 = sigmoid(n2)
m1 = w5*h1 + w6*h2 + b2
m2 = w7*h1 + w8*h2 + b2
o1 = sigmoid(m1)
o2 = sigmoid(m2)
E = 1/2*(t1 - o1)^2 + 1/2*(t2 - o2)^2
"""
PRINTED = ["0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55"]
WEIGHTS = {f"w{k}": value for k, value in enumerate(PRINTED, 1)}
BIASES = {"b1": "0.35", "b2": "0.60"}
AFTER = {
    "w1": "0.149780716",
    "w2": "0.19956143",
    "w3": "0.24975114",
    "w4": "0.29950229",
    "w5": "0.358916480",
    "w6": "0.408666186",
    "w7": "0.511301270",
    "w8": "0.561370121",
}


def prints(value: Value | None, printed: str) -> bool:
    """Whether the value rounds to what is printed."""
    places = len(printed.partition(".")[2])
    sides = (value.low, value.high) if isinstance(value, Ball) else (exact_decimal(value or 0),) * 2
    return {round_to(side, places) for side in sides} == {Fraction(printed)}


@pytest.mark.parametrize("arithmetic", ["exact", "float"])
def test_network_of_two_two_two(arithmetic: str) -> None:
    let = {"i1": "0.05", "i2": "0.10", "t1": "0.01", "t2": "0.99", **BIASES}
    run = descend(Problem(NETWORK, start=WEIGHTS, let=let, learning_rate="0.5", steps=1, arithmetic=arithmetic))
    assert prints(run.losses[0], "0.298371109")
    wrong = {word: str(run.final[word]) for word, printed in AFTER.items() if not prints(run.final[word], printed)}
    assert not wrong


THREE_EQUATIONS = """
g1 = 3*x1 - cos(x2*x3) - 3/2
g2 = 4*x1^2 - 625*x2^2 + 2*x2 - 1
g3 = exp(-x1*x2) + 20*x3 + (10*pi - 3)/3
F = 1/2*(g1^2 + g2^2 + g3^2)
"""


@pytest.mark.parametrize("arithmetic", ["exact", "float"])
def test_three_equations(arithmetic: str) -> None:
    start: dict[str, Any] = {"x1": 0, "x2": 0, "x3": 0}
    run = descend(Problem(THREE_EQUATIONS, start=start, learning_rate="0.001", steps=1, arithmetic=arithmetic))
    assert [prints(loss, printed) for loss, printed in zip(run.losses, ("58.456", "23.306"), strict=True)] == [
        True
    ] * 2


FIRST_LESSON = [
    {"gradient": {"w1": "-0.1", "w2": "-0.2"}},
    {"gradient": {"w1": -0.1, "w2": -0.2}},
    {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2"},
]


@pytest.mark.parametrize("arguments", FIRST_LESSON)
def test_first_lesson(arguments: dict[str, Any]) -> None:
    run = descend(Problem(start={"w1": "0.5", "w2": "0.2"}, learning_rate="0.1", steps=1, **arguments))
    assert run.final == {"w1": Fraction("0.51"), "w2": Fraction("0.22")}
    assert run.records[0].gradient == {"w1": Fraction("-0.1"), "w2": Fraction("-0.2")}
    assert run.records[0].change == {"w1": Fraction("0.01"), "w2": Fraction("0.02")}
    assert run.records[-1].change is None


def test_given_gradient_stays_the_same() -> None:
    run = descend(Problem(gradient={"w": "-0.1"}, start={"w": "0.5"}, learning_rate="0.1", steps=3))
    assert [point["w"] for point in run.points] == [Fraction(50 + k, 100) for k in range(4)]


def test_given_gradient_of_each_update() -> None:
    run = descend(Problem(gradient={"w": ["1", "0", "-2"]}, start={"w": 0}, learning_rate=1, steps=3))
    assert [point["w"] for point in run.points] == [0, -1, -1, 1]


def test_given_gradient_in_the_parameters() -> None:
    run = descend(Problem(gradient={"w": "2*(w - c)"}, start={"w": 0}, let={"c": 3}, learning_rate="0.1", steps=1))
    assert run.final == {"w": Fraction("0.6")}
