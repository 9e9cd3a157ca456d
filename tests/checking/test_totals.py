"""What a working is marked out of, and what a policy may name."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symgd
from symgd.checking.totals import out_of
from symgd.cli import cli
from symgd.errors import InputError

BOWL = {"start": {"w1": "0.5", "w2": "0.2"}, "learning_rate": "0.1", "steps": 2}
LOSS = "(w1 - 0.55)^2 + (w2 - 0.3)^2"
WORKING = "dL/dw1 = -0.1\nw1 = 0.51\ndL/dw1 = -0.08\nw1 = 0.518"


def test_one_working_is_marked_out_of_the_same_as_a_class() -> None:
    problem = symgd.Problem(LOSS, marks={"quantities": {"dL/dw1": 1, "w1[2]": 2}}, **BOWL)  # type: ignore[arg-type]
    alone = symgd.check(problem, WORKING)
    assert (f"{alone.score}/{alone.max_score}", alone.status) == ("3/3", "correct")
    half = symgd.check(problem, "w1 = 0.51\nw1 = 0.518")
    assert (f"{half.score}/{half.max_score}", half.status) == ("2/3", "partial")


def test_a_quantity_behind_the_last_update_is_none_of_the_problem() -> None:
    problem = symgd.Problem(LOSS, marks={"quantities": {"w1[3]": 1}}, **BOWL)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"w1\[3\]"):
        symgd.check(problem, WORKING)


def test_of_a_missing_folder_the_file_of_marks_is_told(tmp_path: Path) -> None:
    task, rows = tmp_path / "task.toml", tmp_path / "class.csv"
    task.write_text('loss = "(w - 3)^2"\nsteps = 1\n[start]\nw = 1\n', encoding="utf-8")
    rows.write_text("student,working\na,w = 1.4\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["grade", str(task), str(rows), "-o", str(tmp_path / "none" / "x.csv")])
    assert isinstance(done.exception, InputError)
    assert done.exception.code == "folder-missing"
    assert "journal" not in str(done.exception)


def test_what_is_not_whole_is_not_rounded_up_to_the_whole() -> None:
    """By hand: 600 of 601 equal lines are 0.998 of 4 marks, 3.993…; 1 of 3 lines are 1.333…, 2 of 3 2.666…"""
    problem = symgd.Problem(LOSS, **BOWL)  # type: ignore[arg-type]
    right, *_, missing = symgd.check(problem, "w1[1] = 0.51")
    shares = {(600, 1): "3.99", (6000, 1): "3.99", (1, 2): "1.33", (2, 1): "2.67", (3, 0): "4", (0, 3): "0"}
    for (rights, wrongs), score in shares.items():
        report = symgd.check(problem, "")
        report = dataclasses.replace(report, verdicts=(right,) * rights + (missing,) * wrongs)
        assert out_of(report, Fraction(4)).score == Fraction(score)
