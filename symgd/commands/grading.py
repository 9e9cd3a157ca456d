"""`symgd grade`: a file of submissions to a file of marks, with progress, summary and feedback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from symgd import __version__
from symgd.checking.answers import quantity_of_head
from symgd.checking.facts import facts_of
from symgd.checking.grading import failed, grade, marked_texts
from symgd.checking.mark_files import checked_format, format_of
from symgd.checking.roster import Roster, Submission, read_roster
from symgd.checking.totals import with_asked
from symgd.checking.verdict import Report, amount
from symgd.commands.check_printing import FINE, UNDECIDED, WRONG
from symgd.commands.class_printing import (
    class_text,
    difference_text,
    finished,
    mapping_text,
    marks_before,
    page_names,
    quantities_of,
    said,
    written_marks,
)
from symgd.commands.journal import Finished, Journal, fingerprint, fingerprint_of_rows, path_of
from symgd.descent.problem import Problem
from symgd.errors import InputError, Reason
from symgd.files import sweep, write_text_file
from symgd.handouts.notebook_file import table_of
from symgd.language import catalogue, sentence, visible

#: Rows that a dry run marks.
_SHOWN = 3


def run(
    problem: Problem,
    submissions: Path,
    output: Path | None,
    language: str,
    *,
    form: str | None,
    feedback: Path | None,
    jobs: int,
    dask: str | None,
    dry_run: bool,
    resume: bool,
    strict: bool,
    no_bom: bool,
) -> int:
    """Mark a class and write what was asked for; the exit status."""
    chosen = checked_format(form) if form else format_of(output or Path("marks.csv"))
    if output is not None and output.exists() and submissions.exists() and output.samefile(submissions):
        raise InputError("output-is-input", name=output.name)
    if resume and output is None:
        raise InputError("resume-nowhere")
    roster = read_roster(submissions, quantities_of(problem), partial(quantity_of_head, facts=facts_of(problem)))
    problem = with_asked(problem, roster.submissions)
    _tell(mapping_text(roster, language))
    if dry_run:
        return _tried(problem, roster, language)
    old = marks_before(output) if output is not None else {}
    assignment = problem.title(language) or problem.source or "symgd"
    with _journal(problem, roster, output, feedback, language, resume) as journal:
        pages = Pages(roster, feedback, language)
        found = _marked(problem, roster, jobs, dask, journal, pages)
        _write(output, written_marks(found, chosen, assignment, bom=not no_bom), bool(old))
        _tell(class_text(found, language))
        if old:
            _tell(difference_text(old, found, language))
        if feedback is not None:
            _tell([sentence(language, "class.pages", count=len(pages.names), folder=feedback)])
        journal.finish()
    return _status(found) if strict else FINE


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, err=True)


def _tried(problem: Problem, roster: Roster, language: str) -> int:
    """The first rows, marked and shown; nothing is written."""
    for report in grade(problem, roster.submissions[:_SHOWN]):
        score = f"{amount(report.score)} / {amount(report.max_score)}"
        click.echo(f"{visible(report.student)}: {score}  {said(report, language)}")
    return FINE


def _write(output: Path | None, parts: Iterable[str], again: bool) -> None:
    """The marks to their file, those of before kept beside it, or to stdout."""
    if output is None:
        sys.stdout.writelines(parts)
        return
    if again:
        write_text_file(output.with_suffix(".old.csv"), output.read_text(encoding="utf-8-sig", errors="replace"))
    write_text_file(output, parts)


def _journal(
    problem: Problem, roster: Roster, output: Path | None, feedback: Path | None, language: str, resume: bool
) -> Journal:
    """The journal beside the marks: what it is of are the problem, the class, the sentences, and where pages go."""
    rows = fingerprint_of_rows((each.student, each.working, each.original) for each in roster.submissions)
    where = None if feedback is None else feedback.absolute()
    looks = [problem.titles, problem.handout, problem.marks, where]
    of = fingerprint(__version__, table_of(problem), looks, rows, language, dict(catalogue(language)))
    journal = Journal(None if output is None else path_of(output), of, resume)
    texts = {each.working for each in roster.submissions}
    if resume:
        for file in (output, None if feedback is None else feedback / "page"):
            if file is not None:
                sweep(file.parent)
        counts = {"count": sum(journal.get(text) is not None for text in texts), "all": len(texts)}
        _tell([sentence(language, "stop.other" if journal.other else "stop.resumed", **counts)])
    return journal


class Pages:
    """The pages of feedback, each written as soon as its answer is marked."""

    def __init__(self, roster: Roster, folder: Path | None, language: str) -> None:
        """Nothing is written yet; the folder is made. Raises InputError."""
        self.folder, self.language = folder, language
        self.names = page_names(each.student for each in roster.submissions)
        self.of: dict[str, list[tuple[str, str]]] = {}
        for each, name in zip(roster.submissions, self.names, strict=True):
            self.of.setdefault(each.working, []).append((each.student, name))
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError("write", name=folder.name, reason=Reason(error)) from None

    def write(self, text: str, report: Report) -> None:
        """A page for each student with this answer."""
        if self.folder is None:
            return
        for student, name in self.of[text]:
            write_text_file(self.folder / name, _page(replace(report, student=student), self.language))

    def are_there(self, text: str) -> bool:
        """Whether every student with this answer has a page, if there are to be pages."""
        folder = self.folder
        return folder is None or all((folder / name).exists() for _, name in self.of[text])


def _page(report: Report, language: str) -> str:
    """A page of feedback; where its details break the checker, one without them: that stops no class."""
    try:
        return report.html(language)
    except Exception:
        bare = tuple(replace(verdict, claim=None, counterexample=None) for verdict in report)
        return replace(report, verdicts=bare).html(language)


def _marked(
    problem: Problem, roster: Roster, jobs: int, dask: str | None, journal: Journal, pages: Pages
) -> list[Finished]:
    """The marks of every row; what the journal holds is not marked again."""
    left = [text for text in pages.of if journal.get(text) is None or not pages.are_there(text)]
    with _executor(dask) as executor, _progress(len(left)) as progress:
        for text, report in marked_texts(problem, left, executor, jobs):
            pages.write(text, report)
            journal.add(text, _finished(problem, report, pages.language))
            progress(1)
    found = {text: one for text in pages.of if (one := journal.get(text)) is not None}
    return [found[each.working].of(each) for each in roster.submissions]


def _finished(problem: Problem, report: Report, language: str) -> Finished:
    """What a report comes to; one that cannot be told is undecided."""
    nobody = Submission("", "", 0, {})
    try:
        return finished(report, nobody, language)
    except Exception:
        return finished(failed(problem), nobody, language)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=count, file=sys.stderr) as bar:
        yield bar.update


@contextmanager
def _executor(dask: str | None) -> Iterator[Executor | None]:
    """The executor of a Dask scheduler; none where it was not asked for."""
    if dask is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise InputError("no-dask") from None
    try:
        client: Any = Client(dask, timeout=10)
    except (OSError, ValueError) as error:
        raise InputError("dask", name=dask, reason=str(error)) from None
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close()


def _status(found: Sequence[Finished]) -> int:
    marked = [each.marked for each in found]
    if any(each.status in ("partial", "incorrect") or each.first_wrong_line is not None for each in marked):
        return WRONG
    return UNDECIDED if any(each.status == "undecided" for each in marked) else FINE
