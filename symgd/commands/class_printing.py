"""What `symgd grade` says of a class: how its file was read, how it did, and whose marks have changed."""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from symgd.checking.grading import ClassReport
from symgd.checking.mark_files import read_marks, write_marks
from symgd.checking.marks import Marked, MarkedLine, difference
from symgd.checking.roster import Roster, Submission
from symgd.checking.verdict import Report, amount, mistake
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.files import is_device, write_text_file
from symgd.language import joined, sentence


def quantities_of(problem: Problem) -> list[str]:
    """The quantities that a column of answers may be named by."""
    from symgd.checking.world import facts_of

    facts = facts_of(problem)
    words = [*facts.slopes.values(), *facts.bodies, *problem.marks.get("quantities", {})]
    for word in facts.start:
        words += [word, f"Δ{word}", *(f"{word}[{step}]" for step in range(1, problem.steps + 1))]
    return list(dict.fromkeys(words))


def mapping_text(roster: Roster, language: str) -> Iterator[str]:
    """How the columns of a file were taken, and what is odd about it."""
    for head, what in roster.matched.items():
        yield sentence(language, "class.column", head=head, what=what)
    if roster.unmatched:
        yield sentence(language, "class.unmatched", heads=", ".join(roster.unmatched))
    if roster.duplicates:
        yield sentence(language, "class.duplicates", students=", ".join(roster.duplicates))
    if roster.encoding != "UTF-8":
        yield sentence(language, "class.encoding", encoding=roster.encoding)
    yield from (note.message(language) for note in roster.warnings)


def class_text(found: ClassReport, language: str) -> Iterator[str]:
    """How a class did: how many are right, the mistakes by their names, who is for the teacher."""
    right = sum(report.status == "correct" for report in found)
    yield sentence(language, "class.summary", count=len(found), right=right, undecided=len(found.undecided))
    for id_, count in found.mistakes.items():
        yield sentence(language, "class.mistake", count=count, did=sentence(language, f"mistake.{id_}.did"))
    if found.undecided:
        yield sentence(language, "class.undecided", students=", ".join(report.student for report in found.undecided))


def difference_text(old: Mapping[str, Fraction], found: ClassReport, language: str) -> Iterator[str]:
    """Whose marks are others than before."""
    changed = difference(old, {report.student: report.score for report in found})
    yield sentence(language, "class.changed", count=len(changed))
    for student, was, now in changed:
        yield sentence(language, "class.change", student=student, old=_points(was), new=_points(now))


def _points(value: Fraction | None) -> object:
    return "—" if value is None else amount(value)


def marks_before(path: Path) -> dict[str, Fraction]:
    """The scores that a file of marks holds already; none where there is no such file."""
    if not path.exists() or path.suffix.lower() != ".csv":
        return {}
    try:
        return read_marks(path.read_text(encoding="utf-8-sig", errors="replace"))
    except InputError:
        return {}


def said(report: Report, language: str) -> str:
    """The feedback in one line: the first wrong line, and the mistakes by their sentences."""
    parts = [sentence(language, f"feedback.{report.status}")]
    if report.first_wrong_line is not None:
        parts.append(sentence(language, "feedback.first-wrong", n=report.first_wrong_line))
        parts += [sentence(language, f"mistake.{id_}.did") for id_ in report.mistakes]
    return joined(language, parts)


def marked(report: Report, submission: Submission, language: str) -> Marked:
    """A report as other systems take it."""
    lines = tuple(
        MarkedLine(
            verdict.n,
            verdict.text or verdict.quantity,
            verdict.status,
            verdict.credit,
            verdict.worth,
            mistake(verdict.named, language) if verdict.named else "",
            (verdict.named,) if verdict.named else (),
        )
        for verdict in report
    )
    said_ = said(report, language)
    return Marked(submission, report.score, report.max_score, report.status, lines, said_, report.first_wrong_line)


def marks_text(found: ClassReport, form: str, assignment: str, language: str, bom: bool) -> str:
    """The marks of a class in a format; JSON holds all that is known of each line."""
    tables = [report.table(language) for report in found]
    if form == "jsonl":
        return "".join(json.dumps(table, ensure_ascii=False) + "\n" for table in tables)
    if form == "json":
        undecided = [report.student for report in found.undecided]
        whole = {"schema": "symgd/grade/1", "assignment": assignment, "students": tables}
        return json.dumps(
            {**whole, "mistakes": dict(found.mistakes), "undecided": undecided}, ensure_ascii=False, indent=2
        )
    rows = [marked(report, row, language) for report, row in zip(found, found.submissions, strict=True)]
    return write_marks(rows, form, assignment=assignment, no_bom=not bom)


def write_feedback(found: ClassReport, folder: Path, language: str) -> int:
    """A page for each student in a folder, named by the student; how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = page_names(report.student for report in found)
    for report, name in zip(found, pages, strict=True):
        write_text_file(folder / name, report.html(language))
    return len(pages)


#: Bytes that a name takes at most; the rest is for its ending, and for the file that is written beside it.
_MOST_BYTES = 200


def page_names(students: Iterable[str]) -> list[str]:
    """The name of each student's page: letters, digits and -_. alone, no device, no hidden file, none twice.

    >>> page_names(["s001", "../s001", "CON", "S001"])
    ['s001.html', '_s001.html', '_CON.html', 'S001_2.html']
    """
    names, taken = list[str](), set[str]()
    for student in students:
        plain = unicodedata.normalize("NFC", student)
        stem = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in plain).strip(".")
        stem = stem.encode()[:_MOST_BYTES].decode(errors="ignore") or "student"
        stem = f"_{stem}" if is_device(stem) else stem
        if stem.casefold() in taken:
            stem = next(more for k in itertools.count(2) if (more := f"{stem}_{k}").casefold() not in taken)
        taken.add(stem.casefold())
        names.append(f"{stem}.html")
    return names
