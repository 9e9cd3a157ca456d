"""Kinks: the test, the interval of slopes, the member; the same in every number system, and PyTorch's choice."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import symgd
from symgd.calculus.kinks import kinks
from symgd.expressions.reader import read
from symgd.numbers.values import Ball

HALF = Fraction(1, 2)
#: Formula, point, and for each kink: kind, test, slopes from, to, and the one used.
CASES: dict[str, tuple[str, dict[str, Fraction], list[Any]]] = {
    "relu": ("relu(w*2 - 1)", {"w": HALF}, [("kink", "w·2 − 1", 0, 1, 0)]),
    "abs": ("|w|", {"w": Fraction(0)}, [("kink", "w", -1, 1, 0)]),
    "leaky relu": ("leaky_relu(w, 0.1)", {"w": Fraction(0)}, [("kink", "w", Fraction(1, 10), 1, Fraction(1, 10))]),
    "leaky relu of a hundredth": (
        "leaky_relu(w)",
        {"w": Fraction(0)},
        [("kink", "w", Fraction(1, 100), 1, Fraction(1, 100))],
    ),
    "elu that bends": ("elu(w, 2)", {"w": Fraction(0)}, [("kink", "w", 1, 2, 2)]),
    "elu that does not": ("elu(w)", {"w": Fraction(0)}, []),
    "max": ("max(w, v)", {"w": HALF, "v": HALF}, [("tie", "w − v", 0, 1, HALF)]),
    "min": ("min(w, 0.5)", {"w": HALF}, [("tie", "w − 0.5", 0, 1, HALF)]),
    "clip at its lower bound": ("clip(w, 0, 1)", {"w": Fraction(0)}, [("kink", "w − 0", 0, 1, 1)]),
    "huber is smooth": ("huber(w)", {"w": Fraction(1)}, []),
    "branches with one slope": ("piecewise((w^2, w < 1), (2*w - 1, true))", {"w": Fraction(1)}, []),
    "branches that bend": ("piecewise((w, w <= 1), (1, true))", {"w": Fraction(1)}, [("border", "w − 1", 0, 1, 1)]),
    "the second branch is taken": (
        "piecewise((w, w < 1), (1, true))",
        {"w": Fraction(1)},
        [("border", "w − 1", 0, 1, 0)],
    ),
    "a jump": ("piecewise((w, w < 1), (5, true))", {"w": Fraction(1)}, [("jump", "w − 1", 0, 1, 0)]),
    "not at the kink": ("relu(w) + |w - 1|", {"w": HALF}, []),
    "two at once": ("|w| + relu(w)", {"w": Fraction(0)}, [("kink", "w", -1, 1, 0), ("kink", "w", 0, 1, 0)]),
    "the same twice is one": ("|w| + 3*|w|", {"w": Fraction(0)}, [("kink", "w", -1, 1, 0)]),
}


@pytest.mark.parametrize("case", CASES)
def test_kinks(case: str) -> None:
    text, point, wanted = CASES[case]
    found = kinks(read(text), point)
    assert [(kink.kind, str(kink.test), kink.low, kink.high, kink.member) for kink in found] == wanted


@pytest.mark.parametrize("case", CASES)
def test_floats_bend_where_exact_numbers_do(case: str) -> None:
    text, point, wanted = CASES[case]
    found = kinks(read(text), {word: float(value) for word, value in point.items()})
    assert [kink.kind for kink in found] == [kind for kind, *_ in wanted]


def test_a_ball_that_holds_zero_decides_nothing() -> None:
    assert kinks(read("relu(w)"), {"w": Ball(Fraction(-1, 10**30), Fraction(1, 10**30))}) == ()


@pytest.mark.parametrize(
    "case", [case for case, (_, _, found) in CASES.items() if len(found) == 1 and found[0][0] != "tie"]
)
def test_the_member_is_the_slope_of_the_gradient(case: str) -> None:
    text, point, [(_, _, _, _, member)] = CASES[case]
    slope = symgd.gradient(text, wrt="w").at(point)["w"]
    inside = 2 if case == "relu" else 1
    assert slope == member * inside


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("arithmetic", ["exact", "round:4", "float"])
def test_a_start_at_a_kink_is_said_in_the_same_words_in_every_arithmetic(arithmetic: str, language: str) -> None:
    text = symgd.explain(
        "relu(w*x - 1) + w^2", start={"w": "0.5"}, let={"x": 2}, steps=1, arithmetic=arithmetic, language=language
    ).text()
    assert "0.5 × 2 − 1 = 0" in text
    assert ("kink" if language == "en" else "尖點") in text
    assert "PyTorch" in text
