"""Which of several readings of a working is taken, and how long others are looked for."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

import symgd
from symgd.checking import readings
from symgd.checking.readings import best_reading

LINE = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=3)
#: All slopes, then all weights: right in one order only.
SLOPES_FIRST = "dL/dw = -5\ndL/dw = -4\ndL/dw = -3.2\nw = 1\nw = 1.4\nw = 1.72"


def is_right(text: str) -> bool:
    found = [finding.status for _, _, finding, _ in best_reading(LINE, text).found]
    return found == ["ok"] * (text.count("\n") + 1)


@pytest.mark.parametrize(
    ("took", "now", "is_tried"),
    [
        (0.01, 0.05, True),
        (0.01, 0.9, True),
        (0.01, 0.92, False),  # 1 % for another reading, 8 % for the names of mistakes
        (0.1, 0.4, True),
        (0.1, 0.52, False),  # 10 % for another reading, at most 40 % for names
        (0.5, 0.52, False),
    ],
)
def test_another_reading_is_tried_where_there_is_time(
    took: float, now: float, is_tried: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, whole = time.monotonic() + 1_000, 2.0
    monkeypatch.setattr(readings, "DEADLINE", whole)
    clock = iter([start, start, start + took * whole, *[start + now * whole] * 50])
    monkeypatch.setattr(readings, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    assert is_right(SLOPES_FIRST) is is_tried


def test_what_is_right_as_it_stands_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "other_readings", None)
    assert is_right("w = 1\nw = 1.4\nw = 1.72")


@pytest.mark.parametrize(
    ("text", "faults"), [("", 1), ("w = 7", 2), ("w = 1", 1), ("w[3] = 7", 1), ("w = foo(1)\nw[3] = 1.72", 1)]
)
def test_faults_are_what_is_not_right_and_what_is_missing(text: str, faults: int) -> None:
    assert readings._faults(best_reading(LINE, text))[0] == faults


def test_of_readings_that_are_as_good_the_first_is_taken() -> None:
    found = best_reading(LINE, "w = 7").found
    assert [(key.step if key else None, finding.status) for _, key, finding, _ in found] == [(1, "slip")]
