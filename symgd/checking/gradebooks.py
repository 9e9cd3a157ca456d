"""Marks as rows for the gradebooks of nbgrader, Moodle and Canvas.

Sources: nbgrader's CsvExportPlugin (its keys, in order); Moodle Docs, "Grade import" (feedback needs its grade beside
it, or the grade is lost); Canvas's gradebook_importer (heads, the row "Points Possible", whom an ID means).
An undecided working has no grade there: the cell stays empty until the teacher has looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgd.checking.cells import decimal_text
from symgd.checking.marks import Marked
from symgd.checking.roster_heads import head_like

#: Columns of nbgrader's own export, and the heads of the class's file that hold what symgd does not know.
NBGRADER = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email")
NBGRADER_MARKS = ("raw_score", "late_submission_penalty", "score", "max_score")
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
#: With all of these a file is Canvas's own export; ID and Section alone may be a school's.
_EXPORTED = ("ID", "SIS Login ID", "Section")
_KNOWN = {
    "duedate": ("duedate", "due_date"),
    "timestamp": ("timestamp", "時間戳記"),
    "last_name": ("last_name", "surname", "family_name", "姓"),
    "first_name": ("first_name", "given_name", "名"),
    "email": ("email", "email_address", "mail", "電子郵件", "信箱"),
}
#: Heads of a column with whole names.
_NAMES = ("name", "full_name", "student_name", "姓名", "學生姓名")
#: Canvas finds the row by these words in its first cell.
_POINTS = "    Points Possible"

Rows = Iterator[list[str]]


def nbgrader_rows(marked: Sequence[Marked], assignment: str) -> Rows:
    """The rows of nbgrader's CSV export; names, times and addresses come from the class's file where it has them."""
    yield [*NBGRADER, *NBGRADER_MARKS]
    for each in marked:
        known = {name: _cell(each, *words) for name, words in _KNOWN.items()}
        facts = {**known, "assignment": assignment, "student_id": each.submission.student}
        grade = _grade(each)
        yield [*(facts[name] for name in NBGRADER), grade, "0", grade, decimal_text(each.max_score)]


def moodle_rows(marked: Sequence[Marked], assignment: str) -> Rows:
    """The rows of a grade import: whom they mean (ID number or address), the grade, the feedback."""
    yield ["identifier", "email", "grade", "feedback"]
    for each in marked:
        yield [each.submission.student, _email(each), _grade(each), each.feedback]


def canvas_rows(marked: Sequence[Marked], assignment: str) -> Rows:
    """The rows of a gradebook import.

    What the class's file has under Canvas's own heads goes back as it is. Else a student is told by "SIS User ID" and
    "SIS Login ID", never by "ID": that is a number of Canvas's own, and a school's number there means someone else.
    "Student" is a name for people to read, by which Canvas finds nobody that an ID tells: that of the class's file.
    """
    most = max((each.max_score for each in marked), default=None)
    points = "" if most is None else decimal_text(most)
    yield [*CANVAS, assignment]
    yield [_POINTS, "", "", "", "", points]
    for each in marked:
        yield [*_canvas_person(each), _grade(each)]


def _canvas_person(each: Marked) -> list[str]:
    if all(head_like(each.submission.original, name) for name in _EXPORTED):
        return [_cell(each, name) for name in CANVAS]
    student = each.submission.student
    return [_name(each) or student, "", student, _email(each) or student, ""]


def _name(each: Marked) -> str:
    """The name as Canvas sorts it, last name first, or as the class's file has it in one column; "" without any."""
    last, first = (_cell(each, *_KNOWN[name]).strip() for name in ("last_name", "first_name"))
    if last and first:
        return f"{last}, {first}" if (last + first).isascii() else last + first
    return _cell(each, *_NAMES).strip()


def _grade(each: Marked) -> str:
    return "" if each.status == "undecided" else decimal_text(each.score)


def _email(each: Marked) -> str:
    student = each.submission.student
    return _cell(each, *_KNOWN["email"]).strip() or (student if "@" in student[1:] else "")


def _cell(each: Marked, *heads: str) -> str:
    head = head_like(each.submission.original, *heads)
    return "" if head is None else each.submission.original[head]
