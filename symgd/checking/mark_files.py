"""The marks of a class in the formats of other systems: one row a format.

Sources: Gradescope autograder specifications (results.json); nbgrader, `ExportPlugin` (grades.csv); Moodle, grade
import by CSV; Canvas, gradebook import.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from symgd.checking.grading import ClassReport
from symgd.checking.roster import Roster
from symgd.checking.verdict import Report, Verdict, amount
from symgd.descent.reading import unknown
from symgd.errors import InputError
from symgd.language import sentence

#: A cell that begins with one of these may be run by a spreadsheet; a plain number is none of them.
_LIVE = tuple("=+-@\t\r＝＋－＠")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\Z")
ADDED = ("score", "max_score", "status", "first_wrong_line", "mistakes", "feedback")


class Sheet(NamedTuple):
    """What is written: the class, the file it came from, the name of the assignment and the language."""

    found: ClassReport
    roster: Roster
    assignment: str
    language: str


class Format(NamedTuple):
    """A row: its name, what a file of it ends in, and how it is written."""

    name: str
    suffix: str
    write: Callable[[Sheet], str]


def inert(cell: str) -> str:
    """A cell that no spreadsheet runs; −0.1 stays a number.

    >>> inert("=1+1"), inert("-0.1"), inert("-1+1")
    ("'=1+1", '-0.1', "'-1+1")
    """
    return f"'{cell}" if cell.startswith(_LIVE) and not _NUMBER.match(cell) else cell


def said(report: Report, language: str) -> str:
    """The feedback in one line: the first wrong line, and the mistakes by their sentences."""
    parts = [sentence(language, f"feedback.{report.status}")]
    first = report.first_wrong
    if first is not None:
        parts.append(sentence(language, "feedback.first-wrong", n=first.n))
        parts += [sentence(language, f"mistake.{id_}.did") for id_ in report.mistakes]
    return " ".join(parts)


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([[inert(str(cell)) for cell in row] for row in rows])
    return out.getvalue()


def _plain(sheet: Sheet) -> str:
    """All input columns as they were, then the marks."""
    heads = sheet.roster.columns or ("student",)
    taken = set(heads)
    added = [f"symgd_{word}" if word in taken else word for word in ADDED]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*map(inert, heads), *added])
    for report, submission in zip(sheet.found, sheet.found.submissions, strict=True):
        cells = submission.cells or (submission.student,)
        writer.writerow([*map(inert, cells), *[inert(str(cell)) for cell in _marks(report, sheet.language)]])
    return out.getvalue()


def _marks(report: Report, language: str) -> list[Any]:
    first = report.first_wrong_line
    return [
        amount(report.score),
        amount(report.max_score),
        report.status,
        "" if first is None else first,
        " ".join(report.mistakes),
        said(report, language),
    ]


def _json(sheet: Sheet) -> str:
    students = [report.table(sheet.language) for report in sheet.found]
    table = {
        "schema": "symgd/grade/1",
        "assignment": sheet.assignment,
        "students": students,
        "mistakes": dict(sheet.found.mistakes),
        "undecided": [report.student for report in sheet.found.undecided],
    }
    return json.dumps(table, ensure_ascii=False, indent=2) + "\n"


def _json_lines(sheet: Sheet) -> str:
    return "".join(json.dumps(report.table(sheet.language), ensure_ascii=False) + "\n" for report in sheet.found)


def _gradescope(sheet: Sheet) -> str:
    """results.json of each student; of a lone one the object itself."""
    students = {report.student: _results(report, sheet.language) for report in sheet.found}
    table: Any = next(iter(students.values())) if len(students) == 1 else students
    return json.dumps(table, ensure_ascii=False, indent=2) + "\n"


def _results(report: Report, language: str) -> dict[str, Any]:
    return {
        "score": float(report.score),
        "output": report.text(language),
        "tests": [_test(verdict, language) for verdict in report],
    }


def _test(verdict: Verdict, language: str) -> dict[str, Any]:
    name = verdict.quantity or sentence(language, "feedback.about", n=verdict.n)
    output = [verdict.text, *(sentence(language, f"mistake.{verdict.named}.did") for _ in [0] if verdict.named)]
    return {
        "name": name,
        "score": float(verdict.credit),
        "max_score": float(verdict.worth),
        "status": "passed" if verdict.credit == verdict.worth and verdict.status != "slip" else "failed",
        "output": "\n".join(output),
        "visibility": "visible",
    }


def _nbgrader(sheet: Sheet) -> str:
    heads = "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty"
    rows: list[list[Any]] = [[*heads.split(","), "score", "max_score"]]
    for report in sheet.found:
        score, most = amount(report.score), amount(report.max_score)
        rows.append([sheet.assignment, "", "", report.student, "", "", "", score, 0, score, most])
    return _csv(rows)


def _moodle(sheet: Sheet) -> str:
    rows: list[list[Any]] = [["Identifier", "Grade", "Feedback comments"]]
    rows += [[report.student, amount(report.score), said(report, sheet.language)] for report in sheet.found]
    return _csv(rows)


def _canvas(sheet: Sheet) -> str:
    most = max((report.max_score for report in sheet.found), default=Fraction(0))
    rows: list[list[Any]] = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", sheet.assignment]]
    rows.append(["    Points Possible", "", "", "", "", amount(most)])
    rows += [[report.student, "", report.student, report.student, "", amount(report.score)] for report in sheet.found]
    return _csv(rows)


FORMATS: Mapping[str, Format] = {
    row.name: row
    for row in (
        Format("csv", ".csv", _plain),
        Format("json", ".json", _json),
        Format("jsonl", ".jsonl", _json_lines),
        Format("gradescope", "", _gradescope),
        Format("nbgrader", "", _nbgrader),
        Format("moodle", "", _moodle),
        Format("canvas", "", _canvas),
    )
}
#: Formats that are CSV: a spreadsheet wants a byte-order mark before them.
TABLES = frozenset(("csv", "nbgrader", "moodle", "canvas"))


def format_of(path: Path, asked: str | None) -> Format:
    """The format that was asked for, else that of the ending; raises InputError naming those there are."""
    if asked is not None:
        if asked not in FORMATS:
            raise unknown("unknown-format", asked, FORMATS)
        return FORMATS[asked]
    found = next((row for row in FORMATS.values() if row.suffix and row.suffix == path.suffix.lower()), None)
    if found is None:
        raise InputError("unknown-format", name=path.suffix or path.name, known=", ".join(FORMATS))
    return found


def marks_text(sheet: Sheet, row: Format, bom: bool = True) -> str:
    """The file of a class in a format."""
    return ("\ufeff" if bom and row.name in TABLES else "") + row.write(sheet)


def old_marks(text: str) -> dict[str, Fraction]:
    """The score of each student in a CSV file of marks that was written before; what is no score is left out."""
    from symgd.checking.roster import roster_of_csv

    found = roster_of_csv(text.removeprefix("\ufeff"), ["score", "symgd_score"])
    places = [place for place, head in enumerate(found.columns) if head in ("score", "symgd_score")]
    marks = {}
    for submission in found.submissions:
        cell = submission.cells[places[-1]] if places else ""
        if re.fullmatch(r"-?\d+(?:\.\d+)?(?:/\d+)?", cell):
            marks[submission.student] = Fraction(cell)
    return marks
