"""Marks of a class as data: what each student earned, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgd.checking.cells import decimal_text
from symgd.checking.roster import Submission

#: What a marked working can be; "undecided" is left to the teacher.
STATES = ("correct", "partial", "incorrect", "undecided")
#: The status of a line that could not be decided: never marked wrong.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of working and what it earned: `credit` of `worth`, in marks; `diagnosis` holds ids of misconceptions."""

    n: int
    text: str
    status: str
    credit: Fraction
    worth: Fraction
    message: str = ""
    diagnosis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """A submission with its marks: `score` of `max_score`, and one of the `STATES`."""

    submission: Submission
    score: Fraction
    max_score: Fraction
    status: str
    lines: Sequence[MarkedLine] = ()
    feedback: str = ""
    first_wrong_line: int | None = None

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """The ids of the misconceptions in the order of the lines, each once."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.diagnosis))


def scores_of(marked: Sequence[Marked]) -> dict[str, Fraction]:
    """The score of each student; the second row of one is told apart by its number.

    >>> row = Submission("s001", "w1 = 0.51", 2, {})
    >>> scores_of([Marked(row, score, Fraction(5), "partial") for score in (Fraction(7, 2), Fraction(1))])
    {'s001': Fraction(7, 2), 's001 (2)': Fraction(1, 1)}
    """
    names = apart(each.submission.student for each in marked)
    return {name: each.score for name, each in zip(names, marked, strict=True)}


def apart(students: Iterable[str]) -> Iterator[str]:
    """The students of rows, of whom a second and a third row say so.

    >>> list(apart(["s001", "s002", "s001"]))
    ['s001', 's002', 's001 (2)']
    """
    rows = Counter[str]()
    for student in students:
        rows[student] += 1
        yield student if rows[student] == 1 else f"{student} ({rows[student]})"


def difference(
    old: Mapping[str, Fraction], new: Mapping[str, Fraction]
) -> tuple[tuple[str, Fraction | None, Fraction | None], ...]:
    """Students whose score is another one now, with both scores; None where a student has none.

    Scores are compared as they are written, to six places.

    >>> difference({"s001": Fraction(1), "s002": Fraction(2)}, {"s001": Fraction(1), "s002": Fraction(3)})
    (('s002', Fraction(2, 1), Fraction(3, 1)),)
    """
    students = dict.fromkeys([*old, *new])
    pairs = ((student, old.get(student), new.get(student)) for student in students)
    return tuple(pair for pair in pairs if _written(pair[1]) != _written(pair[2]))


def _written(score: Fraction | None) -> str:
    return "" if score is None else decimal_text(score)
