"""Writes the golden files of examples/homework anew: `python -m tests.checking.renew_homework`; read them then."""

from __future__ import annotations

from pathlib import Path

import symgd
from symgd.checking.grading import grade
from symgd.checking.roster import read_roster
from symgd.commands.class_printing import finished_class, marks_text

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "homework"


def golden() -> dict[str, str]:
    """The text of each golden file by its name."""
    problem = symgd.Problem.load(FOLDER / "problem.toml")
    roster = read_roster(FOLDER / "submissions.csv", [])
    found = grade(problem, roster.submissions)
    files = {"marks.csv": marks_text(finished_class(found, "en"), "csv", "homework", "en", bom=False)}
    for language in ("en", "zh-TW"):
        files |= {f"{report.student}.{language}.md": report.markdown(language) for report in found}
    return files


if __name__ == "__main__":
    for name, text in golden().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="")
