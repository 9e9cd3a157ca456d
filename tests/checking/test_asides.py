"""A sentence about the minimum is no update: what is true of it is passed over, what may be is not judged."""

from __future__ import annotations

import pytest

import symgd

ONE = symgd.Problem("(w - 3)^2", start={"w": 0}, learning_rate="0.1", steps=3)
BOWL = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, learning_rate="0.1", steps=1)
LINES = "w = 0.6\nw = 1.08\nw = 1.464"


@pytest.mark.parametrize(
    "said",
    [
        "The minimum is at w = 3 where L = 0.",
        "最小值在 w = 3。",
        "Goal: w = 3",
        "2(w-3) = 0 → w = 3 is the minimum.",
        "min L = 0 at w = 3",
        "The true minimum is w = 3, so we are not there yet.",
        "L'(w) = 2(w-3) = 0, so the minimum is w = 3",
    ],
)
def test_what_is_true_of_the_minimum_moves_nothing(said: str) -> None:
    for text in (f"{said}\n{LINES}", f"{LINES}\n{said}"):
        report = symgd.check(ONE, text)
        assert report.status == "correct"
        assert report.score == report.max_score == 3


@pytest.mark.parametrize("said", ["Goal: w = 2.9", "min L = 0", "The minimum: dL/dw = 2(w-2) = 0"])
def test_what_may_be_true_of_it_is_for_the_teacher(said: str) -> None:
    first, *others = symgd.check(ONE, f"{said}\n{LINES}")
    assert first.status == "unknown"
    assert [verdict.status for verdict in others] == ["ok"] * 3


def test_what_the_run_comes_to_is_judged_as_ever() -> None:
    report = symgd.check(
        ONE, "目標函數 L = 9\nw = 0.6, nearer to the minimum\nw = 1.08\nFrom w = 1.464 we see the minimum."
    )
    assert [verdict.status for verdict in report] == ["ok"] * 4
    at_once = symgd.Problem("(w - 3)^2", start={"w": 0}, learning_rate="0.5", steps=1)
    assert symgd.check(at_once, "w = 0 + 3 = 3").status == "correct"
    assert symgd.check(at_once, "We reach the minimum w = 3").status == "correct"
    assert symgd.check(at_once, "The minimum is w = 3.\nw = 0 + 3 = 3").status == "correct"


def test_a_point_of_several_weights_must_be_level_in_all_of_them() -> None:
    right, wrong = "The minimum is at w1 = 0.55, w2 = 0.3.", "The minimum is at w1 = 0.55, w2 = 0.4."
    assert symgd.check(BOWL, f"{right}\nw1 = 0.51\nw2 = 0.22").status == "correct"
    assert symgd.check(BOWL, f"{wrong}\nw1 = 0.51\nw2 = 0.22").status == "undecided"


def test_without_a_word_of_the_minimum_its_place_is_a_wrong_weight() -> None:
    assert [verdict.status for verdict in symgd.check(BOWL, "w1 = 0.55, w2 = 0.3")] == ["slip", "slip"]
