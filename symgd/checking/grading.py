"""A class, marked: every submission, each different answer once, on one process or many."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from symgd.checking.answers import answer_line, natural
from symgd.checking.guarded import DEADLINE
from symgd.checking.marking import check
from symgd.checking.roster import Submission
from symgd.checking.totals import out_of, total_of, with_asked
from symgd.checking.verdict import Report
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.workers.spread import spread

#: So many different answers go to a worker together.
_PORTION = 8
#: So many portions are begun on an executor before the first of them is waited for: what is done needs memory.
_AHEAD = 256
#: A process that had less than this share of the time for a working waited for the processor, or for a worker.
_SHARE = 0.5
#: An answer that a worker took with it to its grave is tried so often again.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class ClassReport:
    """The reports of a class in the order of its rows. Iterates them.

    `mistakes` counts the misconceptions that were named, each student once; `undecided` are the reports with a line
    that could not be decided, for the teacher.
    """

    reports: tuple[Report, ...]
    submissions: tuple[Submission, ...]

    def __iter__(self) -> Iterator[Report]:
        """The reports."""
        return iter(self.reports)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.reports)

    @property
    def mistakes(self) -> Mapping[str, int]:
        """How many students made each mistake, the most frequent first."""
        counts = Counter(id_ for report in self.reports for id_ in report.mistakes)
        return dict(counts.most_common())

    @property
    def undecided(self) -> tuple[Report, ...]:
        """What a teacher has to look at."""
        return tuple(report for report in self.reports if report.status == "undecided")

    @property
    def all_correct(self) -> bool:
        """Whether every report is."""
        return all(report.status == "correct" for report in self.reports)


def grade(
    problem: Problem,
    rows: Iterable[Any],
    executor: Executor | None = None,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda count: None,
) -> ClassReport:
    """Mark a class; see `symgd.grade`. `progress` is told how many rows were done."""
    submissions = [_submission(row, number, tuple(problem.start)) for number, row in enumerate(rows, 1)]
    problem = with_asked(problem, submissions)
    texts = list(dict.fromkeys(submission.working for submission in submissions))
    counts = Counter(submission.working for submission in submissions)
    found: dict[str, Report] = {}
    for text, report in marked_texts(problem, texts, executor, jobs):
        found[text] = report
        progress(counts[text])
    reports = [replace(found[submission.working], student=submission.student) for submission in submissions]
    return ClassReport(tuple(reports), tuple(submissions))


def _submission(row: Any, number: int, weights: Sequence[str]) -> Submission:
    if isinstance(row, Submission):
        return row
    if isinstance(row, Mapping) and "student" in row:
        said = row.get("working")
        words = natural({word: str(word) for word in row if word != "student"}, weights)
        answers = [answer_line(word, str(row[word]), weights) for word, _ in words]
        asked = tuple(word for word, _ in words) if said is None else ()
        return replace(_made(row["student"], answers if said is None else said, number), asked=asked)
    if isinstance(row, Sequence) and not isinstance(row, str) and len(row) == 2:
        return _made(row[0], row[1], number)
    raise InputError("roster-row", row=number)


def _made(student: Any, working: Any, number: int) -> Submission:
    text = "\n".join(map(str, working)) if isinstance(working, list | tuple) else str(working)
    return Submission(str(student), text, number, {"student": str(student), "working": text})


def marked_texts(
    problem: Problem, texts: Sequence[str], executor: Executor | None, jobs: int
) -> Iterator[tuple[str, Report]]:
    """Each answer with its report, as they are done, on an executor or on so many processes. Raises InputError."""
    check(problem, "")  # what is missing, or means nothing, is told once and before any work
    if executor is not None:
        yield from _spread(problem, texts, executor)
    elif jobs > 1 and len(texts) > _PORTION:
        for portion, reports in spread(partial(mark_all, problem), _portions(texts), jobs):
            yield from zip(portion, reports, strict=True)
    else:
        yield from ((text, mark(problem, text)) for text in texts)


def _portions(texts: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(texts[start : start + _PORTION]) for start in range(0, len(texts), _PORTION)]


def _spread(problem: Problem, texts: Sequence[str], executor: Executor) -> Iterator[tuple[str, Report]]:
    """Portions to the executor; a portion whose worker died is marked again, at last here."""
    portions = _portions(texts)
    for _ in range(_TRIES - 1):
        lost: list[tuple[str, ...]] = []
        for portion, future in _begun(problem, portions, executor, lost):
            try:
                yield from zip(portion, future.result(), strict=True)
            except Exception:
                lost.append(portion)
        portions = lost
    for portion in portions:
        yield from ((text, mark(problem, text)) for text in portion)


def _begun(
    problem: Problem, portions: Sequence[tuple[str, ...]], executor: Executor, lost: list[tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], Future[list[Report]]]]:
    """Portions with their futures, those of another library in order; what a broken pool does not take is lost."""
    waiting: deque[tuple[tuple[str, ...], Future[list[Report]]]] = deque()
    for portion in portions:
        try:
            waiting.append((portion, executor.submit(mark_all, problem, portion)))
        except Exception:  # what it was to do is done in the next turn
            lost.append(portion)
        if len(waiting) >= _AHEAD:
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()


def mark_all(problem: Problem, texts: Sequence[str]) -> list[Report]:
    """Mark several workings: what is sent to a worker."""
    return [mark(problem, text) for text in texts]


def mark(problem: Problem, text: str) -> Report:
    """Mark one working; one that breaks the checker is undecided, and stops nothing."""
    try:
        return out_of(_checked(problem, text), total_of(problem))
    except Exception:  # whatever it is, no other answer is to suffer for it
        return failed(problem)


def failed(problem: Problem) -> Report:
    """The report of a working that broke the checker: for the teacher."""
    empty = out_of(check(problem, ""), total_of(problem))
    return replace(empty, warnings=("failed",), failed=True, score=Fraction(0))


def _checked(problem: Problem, text: str) -> Report:
    """A working checked; once more where the time was up though this process had hardly a share of it."""
    begun = time.thread_time()
    report = check(problem, text)
    is_starved = "late" in report.warnings and time.thread_time() - begun < _SHARE * DEADLINE
    return check(problem, text) if is_starved else report
