"""A class as a whole: which rows it takes, what goes to an executor and comes back, who is asked twice."""

from __future__ import annotations

import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

import symgd
from symgd.checking import grading
from symgd.checking.grading import ClassReport, grade
from symgd.checking.roster import Submission
from symgd.errors import InputError

LINE = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=1)
SLIPS = {"right": "dL/dw = -5\nw = 1", "sign": "dL/dw = 5", "forgotten": "dL/dw = -2.5", "odd": "w = foo(3)"}


def graded(*workings: str, **more: Any) -> ClassReport:
    return grade(LINE, [(f"s{place}", working) for place, working in enumerate(workings)], **more)


def test_what_is_said_of_a_class() -> None:
    words = ("forgotten", "right", "sign", "sign", "odd")
    found = graded(*(SLIPS[word] for word in words))
    assert len(found) == len(list(found)) == 5
    assert list(found.mistakes.items()) == [("wrong-sign", 2), ("power-factor-forgotten", 1)]
    assert [report.student for report in found.undecided] == ["s4"]
    assert [found.all_correct, graded(SLIPS["right"]).all_correct, graded().all_correct] == [False, True, True]
    assert [row.working for row in found.submissions] == [SLIPS[word] for word in words]


@pytest.mark.parametrize(
    ("row", "student", "working", "asked"),
    [
        (("a", "w = 1"), "a", "w = 1", ()),
        (["a", "w = 1"], "a", "w = 1", ()),
        ((7, ["dL/dw = -5", "w = 1"]), "7", "dL/dw = -5\nw = 1", ()),
        ({"student": 7, "working": ("dL/dw = -5", "w = 1")}, "7", "dL/dw = -5\nw = 1", ()),
        ({"student": "a", "working": "w = 1", "w": 2}, "a", "w = 1", ()),
        ({"student": "a", "w": 1, "dL/dw": -5}, "a", "dL/dw = -5\nw = 1", ("dL/dw", "w")),
        (Submission("a", "w = 1", 9, {"x": "y"}), "a", "w = 1", ()),
    ],
)
def test_rows_of_a_class(row: Any, student: str, working: str, asked: tuple[str, ...]) -> None:
    (found,) = grade(LINE, [row]).submissions
    assert (found.student, found.working, found.asked) == (student, working, asked)
    given = isinstance(row, Submission)
    assert (found.row, found.original) == ((9, {"x": "y"}) if given else (1, {"student": student, "working": working}))


@pytest.mark.parametrize("row", ["ab", ("a",), ("a", "b", "c"), 7, {"name": "a", "w": 1}, None, {"a", "b"}])
def test_what_is_no_row_is_told_with_its_number(row: Any) -> None:
    with pytest.raises(InputError) as caught:
        grade(LINE, [("a", "w = 1"), row])
    assert (caught.value.code, caught.value.facts["row"]) == ("roster-row", 2)


def test_progress_counts_rows_and_equal_answers_once() -> None:
    told: list[int] = []
    graded("w = 1", "w = 2", "w = 1", "w = 1", progress=told.append)
    assert told == [3, 1]


def test_a_policy_that_means_nothing_is_told_before_any_row() -> None:
    with pytest.raises(InputError):
        grade(LINE.replaced(marks={"quantities": {"x": 1}}), [])


class Asked(Executor):
    """Does what it is asked for when it is waited for, and keeps how many wait at once; some is refused or lost."""

    def __init__(self, refused: int = 0, lost: int = 0) -> None:
        self.portions: list[int] = []
        self.refused, self.lost, self.waiting, self.most = refused, lost, 0, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.refused:
            self.refused -= 1
            raise RuntimeError("the pool is broken")
        self.portions.append(len(args[1]))
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        future: Future[Any] = Future()

        def result(timeout: float | None = None) -> Any:
            self.waiting -= 1
            if self.lost:
                self.lost -= 1
                raise OSError("the worker died")
            return fn(*args, **kwargs)

        future.result = result  # type: ignore[method-assign]
        return future


MANY = [f"w = 1.{place}" for place in range(19)]


@pytest.mark.parametrize(
    ("refused", "lost", "portions"),
    [
        (0, 0, [8, 8, 3]),
        (1, 0, [8, 3, 8]),
        (0, 1, [8, 8, 3, 8]),
        (0, 4, [8, 8, 3, 8, 8, 3]),
        (9, 0, []),
    ],
)
def test_what_an_executor_loses_is_asked_for_once_more_and_then_done_here(
    refused: int, lost: int, portions: list[int]
) -> None:
    executor = Asked(refused, lost)
    assert graded(*MANY, executor=executor) == graded(*MANY)
    assert executor.portions == portions


def test_no_more_portions_are_begun_than_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "_AHEAD", 2)
    executor = Asked()
    graded(*MANY, *(f"{working}7" for working in MANY), executor=executor)
    assert (executor.most, len(executor.portions)) == (2, 5)


def test_processes_are_started_for_more_than_one_portion_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def spread(task: Any, portions: Any, jobs: int) -> Any:
        begun.append(jobs)
        return ((portion, task(portion)) for portion in portions)

    monkeypatch.setattr(grading, "spread", spread)
    for count, jobs in ((8, 2), (9, 1), (9, 3)):
        graded(*MANY[:count], jobs=jobs)
    assert begun == [3]


def test_of_what_breaks_the_checker_nothing_is_earned(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = symgd.check

    def broken(problem: symgd.Problem, text: str) -> symgd.Report:
        if text:
            raise MemoryError
        return whole(problem, text)

    monkeypatch.setattr(grading, "check", broken)
    (report,) = graded("w = 1")
    assert (report.failed, report.warnings) == (True, ("failed",))
    assert (report.score, report.max_score) == (Fraction(0), Fraction(2))


@pytest.mark.parametrize(
    ("late", "spent", "checks"), [(False, 0.0, 1), (True, 0.0, 2), (True, 0.4, 2), (True, 0.5, 1), (True, 1.0, 1)]
)
def test_a_late_working_is_checked_again_where_it_had_hardly_any_time(
    late: bool, spent: float, checks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    whole, clock = symgd.check, iter([5.0, 5.0 + spent * 2.0] * 9)

    def checked(problem: symgd.Problem, text: str) -> symgd.Report:
        seen.append(text)
        return replace(whole(problem, text), warnings=("late",) if late else ())

    monkeypatch.setattr(grading, "check", checked)
    monkeypatch.setattr(grading, "DEADLINE", 2.0)
    monkeypatch.setattr(time, "thread_time", lambda: next(clock))
    graded("w = 1")
    assert seen.count("w = 1") == checks
