"""Files of marks: a row of `FORMATS` for each kind, and the way back from symgd's own CSV."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

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

__all__ = ["FORMATS", "Marked", "MarkedLine", "difference", "format_of", "read_marks", "scores_of", "write_marks"]

SCHEMA = "symgd/grade/1"
#: Columns behind those of the class's file.
COLUMNS = ("score", "max_score", "status", "first_wrong_line", "misconceptions", "feedback")
_BOM = "\ufeff"

#: Writes marks part by part, so that a large class is never held as text.
Writer = Callable[[Sequence[Marked], str], Iterator[str]]


class Format(NamedTuple):
    """A kind of file: its name, the ends of file names that mean it, its writer, and whether spreadsheets open it."""

    name: str
    suffixes: tuple[str, ...]
    write: Writer
    bom: bool = False


def write_marks(marked: Sequence[Marked], format: str, *, assignment: str = "symgd", no_bom: bool = False) -> str:
    """The marks as text of a format; `assignment` is the name that gradebooks know it by.

    Symgd's own CSV begins with a byte-order mark, by which spreadsheets know UTF-8, unless `no_bom`. Raises InputError
    for a format that does not exist.

    >>> from symgd.checking.roster import Submission
    >>> row = Submission("s001", "w1 = 0.51", 2, {"student": "s001", "w1": "=0.51"})
    >>> write_marks([Marked(row, Fraction(1), Fraction(1), "correct")], "csv", no_bom=True).splitlines()[1]
    "s001,'=0.51,1,1,correct,,,"
    """
    return "".join(marks_parts(marked, format, assignment=assignment, no_bom=no_bom))


def marks_parts(
    marked: Sequence[Marked], format: str, *, assignment: str = "symgd", no_bom: bool = False
) -> Iterator[str]:
    """The same text part by part. Raises InputError as `write_marks` does."""
    chosen = _chosen(format)
    bom = [_BOM] if chosen.bom and not no_bom else []
    return itertools.chain(bom, chosen.write(marked, assignment))


def format_of(path: str | Path) -> str:
    """The format that the end of a file's name means. Raises InputError where it means none.

    >>> format_of("marks.csv"), format_of("marks.moodle.csv"), format_of("marks.jsonl")
    ('csv', 'moodle', 'jsonl')
    """
    name = Path(path).name.lower()
    ends = sorted(((end, each.name) for each in FORMATS for end in each.suffixes), key=lambda pair: -len(pair[0]))
    for end, found in ends:
        if name.endswith(end):
            return found
    raise _unknown(Path(path).suffix.removeprefix(".") or named(Path(path)))


def read_marks(text: str) -> dict[str, Fraction]:
    """The score of each student in CSV that symgd wrote: the newest, where it was written over marks.

    The second row of a student is told apart by its number, s001 (2). Raises InputError where there are no marks.

    >>> read_marks("id,score,max_score,status,first_wrong_line,misconceptions,feedback\\ns001,3.5,5,partial,3,,\\n")
    {'s001': Fraction(7, 2)}
    """
    table = read_table(text.removeprefix(_BOM))
    heads = table.heads
    blocks = [names for names in _blocks(len(heads)) if set(names) <= set(heads)]
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
    free = next(names for names in _blocks(len(columns) + 1) if not set(names) & set(columns))
    rows = ([*(each.submission.original.get(head, "") for head in columns), *_own_cells(each)] for each in marked)
    return _csv_lines(itertools.chain([[*columns, *free]], rows))


def _blocks(count: int) -> list[tuple[str, ...]]:
    """The names of our columns, and those for when they are taken: score (2), score (3) ..."""
    return [COLUMNS, *(tuple(f"{name} ({n})" for name in COLUMNS) for n in range(2, count + 2))]


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


def _json(marked: Sequence[Marked], assignment: str) -> Iterator[str]:
    yield from json_list(_facts(each, assignment) for each in marked)
    yield "\n"


def _json_lines(marked: Sequence[Marked], assignment: str) -> Iterator[str]:
    return (_json_text(_facts(each, assignment)) + "\n" for each in marked)


def json_list(values: Iterable[Any], depth: int = 0) -> Iterator[str]:
    """The parts of a list in JSON, as `json.dumps` sets it with indents of two, so many levels deep.

    >>> "".join(json_list([1, {"a": 2}])) == json.dumps([1, {"a": 2}], indent=2), "".join(json_list([]))
    (True, '[]')
    """
    yield from _members(((_json_text(value, 2)) for value in values), "[]", depth)


def json_object(members: Iterable[tuple[str, Any]], depth: int = 0) -> Iterator[str]:
    """The parts of an object in JSON, in the same way."""
    yield from _members((f"{_json_text(key)}: {_json_text(value, 2)}" for key, value in members), "{}", depth)


def _members(texts: Iterable[str], around: str, depth: int) -> Iterator[str]:
    begin = "\n" + "  " * (depth + 1)
    opened = False
    for text in texts:
        yield ("," if opened else around[0]) + begin + text.replace("\n", begin)
        opened = True
    yield begin[:-2] + around[1] if opened else around


def _json_text(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _facts(each: Marked, assignment: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "assignment": assignment,
        "student": each.submission.student,
        "row": each.submission.row,
        "score": _number(each.score),
        "max_score": _number(each.max_score),
        "status": each.status,
        "first_wrong_line": each.first_wrong_line,
        "misconceptions": list(each.misconceptions),
        "feedback": each.feedback,
        "lines": [_line_facts(line) for line in each.lines],
        "input": each.submission.original,
    }


def _line_facts(line: MarkedLine) -> dict[str, Any]:
    facts = {"n": line.n, "text": line.text, "status": line.status}
    marks = {"credit": _number(line.credit), "worth": _number(line.worth)}
    return {**facts, **marks, "message": line.message, "diagnosis": list(line.diagnosis)}


def _number(value: Fraction) -> int | float:
    """A mark as a number of JSON, to the places of `decimal_text`."""
    text = decimal_text(value)
    return float(text) if "." in text else int(text)


def _gradescope(marked: Sequence[Marked], assignment: str) -> Iterator[str]:
    """The results.json of one student; of more, an object with one for each student."""
    if len(marked) == 1:
        yield _json_text(_results(marked[0]), 2) + "\n"
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


FORMATS: tuple[Format, ...] = (
    Format("csv", (".csv",), _own_csv, bom=True),
    Format("json", (".json",), _json),
    Format("jsonl", (".jsonl", ".ndjson"), _json_lines),
    Format("gradescope", (".gradescope.json",), _gradescope),
    Format("nbgrader", (".nbgrader.csv",), _of_rows(nbgrader_rows)),
    Format("moodle", (".moodle.csv",), _of_rows(moodle_rows)),
    Format("canvas", (".canvas.csv",), _of_rows(canvas_rows)),
)
_BY_NAME: Mapping[str, Format] = {each.name: each for each in FORMATS}


def checked_format(name: str) -> str:
    """The name of a format as `FORMATS` has it. Raises InputError for one that does not exist.

    >>> checked_format(" Moodle")
    'moodle'
    """
    return _chosen(name).name


def _chosen(name: str) -> Format:
    found = _BY_NAME.get(name.strip().lower())
    if found is None:
        raise _unknown(name)
    return found


def _unknown(name: str) -> InputError:
    known = ", ".join(_BY_NAME)
    if close := closest(name.lower(), _BY_NAME):
        return InputError("unknown-marks-format-close", name=shortened(name), close=close, known=known)
    return InputError("unknown-marks-format", name=shortened(name), known=known)
