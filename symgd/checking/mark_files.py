"""Files of marks: a row of `FORMATS` for each kind, and the way back from symgd's own CSV.

JSON holds more than marks: it is written from the reports of a class, with the help of `json_list` and `json_object`.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgd.checking.cells import decimal_text, defused, undefused
from symgd.checking.gradebooks import Rows, canvas_rows, moodle_rows, nbgrader_rows
from symgd.checking.marks import UNKNOWN, Marked, MarkedLine, apart, difference, scores_of
from symgd.checking.roster import read_table
from symgd.checking.roster_heads import student_head
from symgd.closest import closest
from symgd.descent.csv_numbers import is_plain, with_points
from symgd.descent.reading import shortened
from symgd.errors import InputError
from symgd.files import named

__all__ = ["FORMATS", "Marked", "MarkedLine", "difference", "format_of", "marks_parts", "read_marks", "scores_of"]

#: Columns behind those of the class's file.
COLUMNS = ("score", "max_score", "status", "first_wrong_line", "misconceptions", "feedback")
_BOM = "\ufeff"

#: Writes marks part by part, so that a large class is never held as text.
Writer = Callable[[Sequence[Marked], str], Iterator[str]]


def marks_parts(marked: Sequence[Marked], format: str, *, assignment: str, bom: bool) -> Iterator[str]:
    """The marks as text of a format but JSON, part by part; `assignment` is the name that gradebooks know it by.

    Symgd's own CSV begins with a byte-order mark, by which spreadsheets know UTF-8, where `bom` asks for it.

    >>> from symgd.checking.roster import Submission
    >>> row = Submission("s001", "w1 = 0.51", 2, {"student": "s001", "w1": "=0.51"})
    >>> marked = [Marked(row, Fraction(1), Fraction(1), "correct")]
    >>> "".join(marks_parts(marked, "csv", assignment="", bom=False)).splitlines()[1]
    "s001,'=0.51,1,1,correct,,,"
    """
    mark = [_BOM] if bom and format == "csv" else []
    return itertools.chain(mark, _WRITERS[format](marked, assignment))


def format_of(path: str | Path) -> str:
    """The format that the end of a file's name means. Raises InputError where it means none.

    >>> format_of("marks.csv"), format_of("marks.moodle.csv"), format_of("marks.jsonl")
    ('csv', 'moodle', 'jsonl')
    """
    name = Path(path).name.lower()
    found = [(len(end), form) for form, ends in FORMATS.items() for end in ends if name.endswith(end)]
    if not found:
        raise _unknown(Path(path).suffix.removeprefix(".") or named(Path(path)))
    return max(found)[1]


def read_marks(text: str) -> dict[str, Fraction]:
    """The score of each student in CSV that symgd wrote: the newest, where it was written over marks.

    The second row of a student is told apart by its number, s001 (2). Raises InputError where there are no marks.

    >>> read_marks("id,score,max_score,status,first_wrong_line,misconceptions,feedback\\ns001,3.5,5,partial,3,,\\n")
    {'s001': Fraction(7, 2)}
    """
    table = read_table(text.removeprefix(_BOM))
    heads = table.heads
    blocks = [names for names in itertools.islice(_blocks(), len(heads)) if not {*names} - {*heads}]
    names = blocks[-1] if blocks else COLUMNS
    student = student_head(heads)
    if not blocks or student is None:
        absent = [name for name in COLUMNS if name not in heads] or ["student"]
        raise InputError("no-marks", columns=", ".join(absent), row=table.line)
    who, score = heads.index(student), heads.index(names[0])
    students = apart(undefused(row.cells[who].strip()) for row in table.rows)
    cells = {student: row.cells[score].strip() for student, row in zip(students, table.rows, strict=True)}
    plain = dict(zip(cells, with_points(list(cells.values())), strict=True))  # as a spreadsheet may have saved them
    return {name: Fraction(cell) for name, cell in plain.items() if is_plain([cell])}


# writers


def _own_csv(marked: Sequence[Marked], assignment: str) -> Iterator[str]:
    columns = list(dict.fromkeys(head for each in marked for head in each.submission.original))
    free = next(names for names in _blocks() if not {*names} & {*columns})
    rows = ([*(each.submission.original.get(head, "") for head in columns), *_own_cells(each)] for each in marked)
    return _csv_lines(itertools.chain([[*columns, *free]], rows))


def _blocks() -> Iterator[tuple[str, ...]]:
    """The names of our columns, and those for when they are taken: score (2), score (3) ... without end."""
    yield COLUMNS
    yield from (tuple(f"{name} ({n})" for name in COLUMNS) for n in itertools.count(2))


def _own_cells(each: Marked) -> list[str]:
    wrong = "" if each.first_wrong_line is None else str(each.first_wrong_line)
    scores = decimal_text(each.score), decimal_text(each.max_score)
    return [*scores, each.status, wrong, " ".join(each.misconceptions), each.feedback]


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(rows: Iterable[list[str]]) -> Iterator[str]:
    """The rows as CSV with lines ending as RFC 4180 has them, no cell of which a spreadsheet runs."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    return (str(writer.writerow([defused(cell) for cell in row])) for row in rows)


def _of_rows(rows: Callable[[Sequence[Marked], str], Rows]) -> Writer:
    return lambda marked, assignment: _csv_lines(rows(marked, assignment))


def json_list(values: Iterable[Any], depth: int) -> Iterator[str]:
    """The parts of a list in JSON, as `json.dumps` sets it with indents of two, so many levels deep.

    >>> "".join(json_list([1, {"a": 2}], 0)) == json.dumps([1, {"a": 2}], indent=2), "".join(json_list([], 0))
    (True, '[]')
    """
    yield from _members(((_json_text(value, 2)) for value in values), "[]", depth)


def json_object(members: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """The parts of an object in JSON, in the same way, where nothing is around it."""
    yield from _members((f"{_json_text(key)}: {_json_text(value, 2)}" for key, value in members), "{}", 0)


def _members(texts: Iterable[str], around: str, depth: int) -> Iterator[str]:
    begin = "\n" + "  " * (depth + 1)
    opened = False
    for text in texts:
        yield ("," if opened else around[0]) + begin + text.replace("\n", begin)
        opened = True
    yield begin[:-2] + around[1] if opened else around


def _json_text(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _number(value: Fraction) -> int | float:
    """A mark as a number of JSON, to the places of `decimal_text`."""
    text = decimal_text(value)
    return float(text) if "." in text else int(text)


def _gradescope(marked: Sequence[Marked], assignment: str) -> Iterator[str]:
    """The results.json of one student; of more, an object with one for each student."""
    if len(marked) == 1:
        (each,) = marked
        yield _json_text(_results(each), 2) + "\n"
        return
    yield from json_object(zip(_unlike(marked), map(_results, marked), strict=True))
    yield "\n"


def _unlike(marked: Sequence[Marked]) -> Iterator[str]:
    """The students, of whom a second row tells its line."""
    seen: set[str] = set()
    for each in marked:
        student = each.submission.student
        key = f"{student} ({each.submission.row})" if student in seen else student
        seen.add(key)
        yield key


def _results(each: Marked) -> dict[str, Any]:
    """Source: Gradescope Autograder Documentation, "Autograder Specifications", output format."""
    return {
        "score": _number(each.score),
        "output": each.feedback,
        "tests": [_test(line) for line in each.lines],
    }


def _test(line: MarkedLine) -> dict[str, Any]:
    """A line as a test; an undecided one has neither score nor status, for either would show it as failed."""
    shown = {"output": line.message, "visibility": "visible"}
    place = f"{line.n}: " if line.n else ""  # what is missing stands in no line
    name = {"name": place + shortened(line.text, 80)}
    if line.status == UNKNOWN:
        return {**name, "max_score": _number(line.worth), **shown}
    status = "passed" if line.credit >= line.worth else "failed"
    return {**name, "score": _number(line.credit), "max_score": _number(line.worth), "status": status, **shown}


#: The kinds of files: the ends of file names that mean each.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "csv": (".csv",),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson"),
    "gradescope": (".gradescope.json",),
    "nbgrader": (".nbgrader.csv",),
    "moodle": (".moodle.csv",),
    "canvas": (".canvas.csv",),
}
_WRITERS: Mapping[str, Writer] = {
    "csv": _own_csv,
    "gradescope": _gradescope,
    "nbgrader": _of_rows(nbgrader_rows),
    "moodle": _of_rows(moodle_rows),
    "canvas": _of_rows(canvas_rows),
}


def checked_format(name: str) -> str:
    """The name of a format as `FORMATS` has it. Raises InputError for one that does not exist.

    >>> checked_format(" Moodle")
    'moodle'
    """
    wanted = name.strip().lower()
    if wanted not in FORMATS:
        raise _unknown(name)
    return wanted


def _unknown(name: str) -> InputError:
    known = ", ".join(FORMATS)
    if close := closest(name.lower(), FORMATS):
        return InputError("unknown-marks-format-close", name=shortened(name), close=close, known=known)
    return InputError("unknown-marks-format", name=shortened(name), known=known)
