"""What `symgd grade` says of a class: how its file was read, how it did, and whose marks have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from symgd.checking.grading import ClassReport, difference
from symgd.checking.mark_files import old_marks
from symgd.checking.roster import Roster
from symgd.checking.verdict import amount
from symgd.descent.problem import Problem
from symgd.files import write_text_file
from symgd.language import sentence


def quantities_of(problem: Problem) -> list[str]:
    """The quantities that a column of answers may be named by."""
    from symgd.checking.world import facts_of

    facts = facts_of(problem)
    words = [*facts.slopes.values(), *facts.bodies, "working", *problem.marks.get("quantities", {})]
    for word in facts.start:
        words += [word, f"Δ{word}", *(f"{word}[{step}]" for step in range(1, problem.steps + 1))]
    return list(dict.fromkeys(words))


def mapping_text(roster: Roster, language: str) -> Iterator[str]:
    """How the columns of a file were taken, and what is odd about it."""
    for head, what in (roster.matched or {}).items():
        yield sentence(language, "class.column", head=head, what=what)
    if roster.unmatched:
        yield sentence(language, "class.unmatched", heads=", ".join(roster.unmatched))
    if roster.duplicates:
        yield sentence(language, "class.duplicates", students=", ".join(roster.duplicates))
    if roster.broken:
        yield sentence(language, "class.broken", lines=", ".join(map(str, roster.broken)))
    if roster.encoding != "UTF-8":
        yield sentence(language, "class.encoding", encoding=roster.encoding)


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
    changed = difference(old, found)
    yield sentence(language, "class.changed", count=len(changed))
    for student, was, now in changed:
        yield sentence(language, "class.change", student=student, old=amount(was), new=amount(now))


def marks_before(path: Path) -> dict[str, Fraction]:
    """The scores that a file of marks holds already; none where there is no such file."""
    if not path.exists() or path.suffix.lower() != ".csv":
        return {}
    from symgd.errors import InputError

    try:
        return old_marks(path.read_text(encoding="utf-8-sig", errors="replace"))
    except InputError:
        return {}


def write_feedback(found: ClassReport, folder: Path, language: str) -> int:
    """A page for each student in a folder, named by the student; how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    names: set[str] = set()
    for report in found:
        stem = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in report.student)
        stem = stem.strip(".")[:80] or "student"
        while stem.lower() in names:
            stem += "_"
        names.add(stem.lower())
        write_text_file(folder / f"{stem}.html", report.html(language))
    return len(names)
