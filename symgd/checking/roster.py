"""A class's submissions: a CSV file or JSON lines to students and their workings. Nothing of the file is lost."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symgd.descent.csv_files import decoded_file, separator_of
from symgd.descent.reading import shortened
from symgd.errors import InputError
from symgd.expressions.alphabet import AS_TYPED

#: More rows than these, or a longer cell, are no class's.
MOST_ROWS, MOST_CELL = 200_000, 100_000
#: Heads of the column that says whose a row is, and of the one that holds a whole working; the best known first.
_STUDENTS = (
    *("student", "student_id", "studentid", "sid", "username", "login", "id", "email", "identifier", "name"),
    *("學號", "學生", "座號", "帳號", "姓名"),
)
_WORKINGS = ("working", "workings", "answer", "answers", "submission", "response", "作答", "計算過程", "答案", "算式")


@dataclass(frozen=True, slots=True)
class Submission:
    """A row: the student, the working as text, the number of the row in the file (from 1), and all its cells."""

    student: str
    working: str
    row: int
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """The submissions in order, and how they were found.

    `columns` are the heads of the file, `matched` maps a head to the quantity (or "student", "working") that it was
    taken for; `unmatched` heads are of no use here and come back unchanged; `duplicates` are students with more rows
    than one. `broken` are the numbers of lines of JSON that could not be read.
    """

    submissions: tuple[Submission, ...]
    columns: tuple[str, ...] = ()
    matched: Mapping[str, str] | None = None
    unmatched: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    broken: tuple[int, ...] = ()
    encoding: str = "UTF-8"


def read_roster(path: Path, quantities: Sequence[str]) -> Roster:
    """The submissions of a file: JSON lines (.jsonl, .ndjson), else CSV. Raises InputError."""
    text, encoding = decoded_file(path)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return roster_of_lines(text, path.name)
    return roster_of_csv(text, quantities, path.name, encoding)


def roster_of_csv(text: str, quantities: Sequence[str], file: str = "CSV", encoding: str = "UTF-8") -> Roster:
    """The submissions of CSV text: a student column, and a working column or answer columns named by quantity.

    >>> found = roster_of_csv("Student,dL/dw1,W1 [1],room\\ns001,-0.1,0.51,A\\n", ["dL/dw1", "w1[1]"])
    >>> found.submissions[0].working, found.unmatched
    ('dL/dw1 = -0.1\\nw1[1] = 0.51', ('room',))
    """
    rows = _rows(text, file)
    if not rows:
        raise InputError("roster-empty", name=shortened(file))
    heads = tuple(rows[0])
    matched = _matched(heads, quantities)
    student = next((place for place, what in matched.items() if what == "student"), None)
    answers = {place: what for place, what in matched.items() if what != "student"}
    if student is None:
        raise InputError("roster-no-student", name=shortened(file), columns=shortened(", ".join(heads)))
    if not answers:
        asked = ", ".join(("working", *quantities[:6]))
        raise InputError("roster-no-answers", name=shortened(file), columns=shortened(", ".join(heads)), known=asked)
    submissions = [_submission(heads, cells, number, student, answers) for number, cells in enumerate(rows[1:], 2)]
    unmatched = tuple(head for place, head in enumerate(heads) if place not in matched)
    taken = {heads[place]: what for place, what in matched.items()}
    return Roster(tuple(submissions), heads, taken, unmatched, _twice(submissions), (), encoding)


def roster_of_lines(text: str, file: str = "JSON") -> Roster:
    """The submissions of JSON lines: objects with "student" and "working" (text, or a list of lines), or answers.

    >>> roster_of_lines('{"student": "s001", "working": ["w1 = 0.51", "w2 = 0.22"]}').submissions[0].working
    'w1 = 0.51\\nw2 = 0.22'
    """
    found, broken = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        made = submission_of(row, number) if isinstance(row, Mapping) else None
        if made is None:
            broken.append(number)
        else:
            found.append(made)
    if not found:
        raise InputError("roster-empty", name=shortened(file))
    return Roster(tuple(found), duplicates=_twice(found), broken=tuple(broken))


def submission_of(row: Any, number: int) -> Submission | None:
    """A submission from a mapping or a pair; None from anything else."""
    if isinstance(row, Submission):
        return row
    if isinstance(row, Mapping):
        student = next((row[key] for key in row if _key(str(key)) in _STUDENTS), None)
        working = next((row[key] for key in row if _key(str(key)) in _WORKINGS), None)
        if student is None:
            return None
        if working is None:
            answers = [(str(key), value) for key, value in row.items() if _key(str(key)) not in _STUDENTS]
            working = [_answer(key, str(value)) for key, value in answers if value not in (None, "")]
        return Submission(str(student), _text(working), number)
    if isinstance(row, Sequence) and not isinstance(row, str) and len(row) == 2:
        return Submission(str(row[0]), _text(row[1]), number)
    return None


def _text(working: Any) -> str:
    lines = working if isinstance(working, list | tuple) else [working]
    return "\n".join(str(line) for line in lines)[:MOST_CELL]


def _rows(text: str, file: str) -> list[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), 10 * MOST_CELL))
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text)):
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) > MOST_ROWS + 1:
                raise InputError("roster-too-long", name=shortened(file), most=MOST_ROWS)
    except csv.Error as error:
        raise InputError("file", name=shortened(file), reason=str(error)) from None
    return rows


def _key(head: str) -> str:
    """A head as it is compared: without blanks, width and case."""
    return re.sub(r"[\s_\-:：]+", "", head.translate(AS_TYPED)).lower()


def _matched(heads: Sequence[str], quantities: Sequence[str]) -> dict[int, str]:
    """What each column is, by its place: "student", "working", or a quantity."""
    wanted = {_key(word.replace("∂", "d")): word for word in quantities}
    keys = [_key(head).replace("∂", "d") for head in heads]
    known = [_key(word) for word in _STUDENTS]
    student = next((keys.index(word) for word in known if word in keys), None)
    found = {} if student is None else {student: "student"}
    for place, key in enumerate(keys):
        if place == student:
            continue
        if key in wanted:
            found[place] = wanted[key]
        elif key in map(_key, _WORKINGS):
            found[place] = "working"
    return found


def _submission(
    heads: Sequence[str], cells: Sequence[str], number: int, student: int, answers: Mapping[int, str]
) -> Submission:
    whole = [*cells, *[""] * (len(heads) - len(cells))]
    lines = []
    for place, what in answers.items():
        cell = whole[place][:MOST_CELL]
        if cell.strip():
            lines.append(cell if what == "working" else _answer(what, cell))
    return Submission(whole[student].strip(), "\n".join(lines), number, tuple(whole))


def _answer(quantity: str, cell: str) -> str:
    """`w1[1] = 0.51` from a cell that holds the value, or says it all."""
    return cell.strip() if "=" in cell or "≈" in cell or "＝" in cell else f"{quantity.strip()} = {cell.strip()}"


def _twice(submissions: Iterable[Submission]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for submission in submissions:
        seen[submission.student] = seen.get(submission.student, 0) + 1
    return tuple(student for student, count in seen.items() if count > 1)
