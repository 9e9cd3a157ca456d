"""`symgd grade`: a file of submissions to a file of marks, with progress, summary and feedback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from symgd.checking.grading import ClassReport, grade
from symgd.checking.mark_files import format_of
from symgd.checking.roster import Roster, read_roster
from symgd.checking.verdict import amount
from symgd.commands.check_printing import FINE, UNDECIDED, WRONG
from symgd.commands.class_printing import (
    class_text,
    difference_text,
    mapping_text,
    marks_before,
    marks_text,
    quantities_of,
    said,
    write_feedback,
)
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.files import write_text_file
from symgd.language import sentence

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
    strict: bool,
    no_bom: bool,
) -> int:
    """Mark a class and write what was asked for; the exit status."""
    chosen = form or format_of(output or Path("marks.csv"))
    if output is not None and output.exists() and submissions.exists() and output.samefile(submissions):
        raise InputError("output-is-input", name=output.name)
    roster = read_roster(submissions, quantities_of(problem))
    for line in mapping_text(roster, language):
        click.echo(line, err=True)
    if dry_run:
        found = grade(problem, roster.submissions[:_SHOWN])
        for report in found:
            marks = f"{amount(report.score)} / {amount(report.max_score)}"
            click.echo(f"{report.student}: {marks}  {said(report, language)}")
        return FINE
    old = marks_before(output) if output is not None else {}
    found = _marked(problem, roster, jobs, dask)
    assignment = problem.title(language) or problem.source or "symgd"
    text = marks_text(found, chosen, assignment, language, bom=not no_bom)
    if output is None:
        click.echo(text, nl=False)
    else:
        if old:
            write_text_file(output.with_suffix(".old.csv"), output.read_text(encoding="utf-8-sig", errors="replace"))
        write_text_file(output, text)
    for line in class_text(found, language):
        click.echo(line, err=True)
    if old:
        for line in difference_text(old, found, language):
            click.echo(line, err=True)
    if feedback is not None:
        count = write_feedback(found, feedback, language)
        click.echo(sentence(language, "class.pages", count=count, folder=feedback), err=True)
    return _status(found) if strict else FINE


def _marked(problem: Problem, roster: Roster, jobs: int, dask: str | None) -> ClassReport:
    with _executor(dask) as executor:
        if not sys.stderr.isatty():
            return grade(problem, roster.submissions, executor, jobs)
        with click.progressbar(length=len(roster.submissions), file=sys.stderr) as bar:
            return grade(problem, roster.submissions, executor, jobs, bar.update)


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


def _status(found: ClassReport) -> int:
    if any(report.status in ("partial", "incorrect") or report.first_wrong is not None for report in found):
        return WRONG
    return UNDECIDED if found.undecided else FINE
