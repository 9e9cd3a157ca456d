"""What `symgd check` prints: a report in a form, and its exit status."""

from __future__ import annotations

from pathlib import Path

from symgd.checking.verdict import Report
from symgd.errors import InputError
from symgd.files import named

#: Exit statuses: right, wrong, not decided (wrong beats that).
FINE, WRONG, UNDECIDED = 0, 1, 3
_FORMS = {".html": "html", ".htm": "html", ".md": "markdown", ".txt": "text", ".json": "json"}


def status_of(report: Report) -> int:
    """The exit status of one report."""
    if report.first_wrong is not None or report.status in ("partial", "incorrect"):
        return WRONG
    return UNDECIDED if report.status == "undecided" else FINE


def report_output(report: Report, form: str, language: str) -> str:
    """A report as text, json, markdown or html."""
    if form == "json":
        import json

        return json.dumps(report.table(language), ensure_ascii=False, indent=2)
    written = {"html": report.html, "markdown": report.markdown}.get(form, report.text)(language)
    return written.rstrip("\n")


def form_of(path: Path) -> str:
    """The form of a report by the ending of its file. Raises InputError for another ending."""
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise InputError("ending", name=named(path), known=", ".join(_FORMS))
    return form
