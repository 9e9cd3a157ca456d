"""What `symgd grade` says of a class: how its file was read, how it did, and whose marks have changed."""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgd.checking.grading import ClassReport
from symgd.checking.mark_files import json_list, json_object, marks_parts, read_marks
from symgd.checking.marks import Marked, MarkedLine, difference, scores_of
from symgd.checking.roster import Roster, Submission
from symgd.checking.verdict import Report, amount, mistake
from symgd.commands.journal import Finished
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.files import is_device
from symgd.language import joined, sentence


def quantities_of(problem: Problem) -> list[str]:
    """The quantities that a column of answers may be named by."""
    from symgd.checking.facts import facts_of

    facts = facts_of(problem)
    words = [*facts.slopes.values(), *facts.bodies, *problem.marks.get("quantities", {})]
    for word in facts.start:
        words += [word, f"Δ{word}", *(f"{word}[{step}]" for step in range(1, problem.steps + 1))]
    return list(dict.fromkeys(words))


def mapping_text(roster: Roster, language: str) -> Iterator[str]:
    """How the columns of a file were taken, and what is odd about it."""
    for head, what in roster.matched.items():
        name, _, update = what.removesuffix("]").partition("[")
        is_late = update.isdigit()  # a state has a parameter there: m[w1]
        facts = {"what": name, "k": update} if is_late else {"what": what}
        yield sentence(language, "class.column-after" if is_late else "class.column", head=head, **facts)
    if roster.unmatched:
        yield sentence(language, "class.unmatched", heads=", ".join(roster.unmatched))
    if roster.duplicates:
        yield sentence(language, "class.duplicates", students=", ".join(roster.duplicates))
    if roster.encoding != "UTF-8":
        yield sentence(language, "class.encoding", encoding=roster.encoding)
    yield from (note.message(language) for note in roster.warnings)


def class_text(found: Sequence[Finished], language: str) -> Iterator[str]:
    """How a class did: how many are right, the mistakes by their names, who is for the teacher."""
    marked = [each.marked for each in found]
    right = sum(each.status == "correct" for each in marked)
    undecided = [each.submission.student for each in marked if each.status == "undecided"]
    yield sentence(language, "class.summary", count=len(found), right=right, undecided=len(undecided))
    for id_, count in Counter(id_ for each in marked for id_ in each.misconceptions).most_common():
        yield sentence(language, "class.mistake", count=count, did=sentence(language, f"mistake.{id_}.did"))
    if undecided:
        yield sentence(language, "class.undecided", students=", ".join(undecided))


def difference_text(old: Mapping[str, Fraction], found: Sequence[Finished], language: str) -> Iterator[str]:
    """Whose marks are others than before."""
    changed = difference(old, scores_of([each.marked for each in found]))
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
        sure = "first-wrong" if report.first_wrong_line_certain else "first-wrong-maybe"
        parts.append(sentence(language, f"feedback.{sure}", n=report.first_wrong_line))
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


def finished(report: Report, submission: Submission, language: str) -> Finished:
    """A report as everything that is written of it, but its page."""
    return Finished(marked(report, submission, language), report.table(language))


def finished_class(found: ClassReport, language: str) -> list[Finished]:
    """The reports of a class as `finished` gives them."""
    return [finished(report, row, language) for report, row in zip(found, found.submissions, strict=True)]


def marks_text(found: Sequence[Finished], form: str, assignment: str, language: str, bom: bool) -> str:
    """The marks of a class in a format; JSON holds all that is known of each line."""
    return "".join(written_marks(found, form, assignment, bom))


def written_marks(found: Sequence[Finished], form: str, assignment: str, bom: bool) -> Iterator[str]:
    """The same part by part, so that no more than one submission is held."""
    if form == "jsonl":
        return (json.dumps(each.table(), ensure_ascii=False) + "\n" for each in found)
    if form == "json":
        return _whole_class(found, assignment)
    return marks_parts([each.marked for each in found], form, assignment=assignment, bom=bom)


def _whole_class(found: Sequence[Finished], assignment: str) -> Iterator[str]:
    """All that is known as one object, the students first: while these are written the rest is counted."""
    mistakes, undecided = Counter[str](), list[str]()

    def tables() -> Iterator[dict[str, Any]]:
        for each in found:
            mistakes.update(each.marked.misconceptions)
            if each.marked.status == "undecided":
                undecided.append(each.marked.submission.student)
            yield each.table()

    head = {"schema": "symgd/grade/1", "assignment": assignment}
    yield "".join(json_object(head.items())).removesuffix("\n}") + ',\n  "students": '
    yield from json_list(tables(), 1)
    rest = {"mistakes": dict(mistakes.most_common()), "undecided": undecided}
    yield "," + "".join(json_object(rest.items())).removeprefix("{")


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
