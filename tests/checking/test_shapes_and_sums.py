"""Problems with data, vectors and matrices: lines of another shape, and right lines with sums over rows."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import symgd
from symgd.cli import cli

DATA = """loss = "mean((w*x + b - y)^2)"
steps = 2
[data]
x = [1, 2, 3]
y = [2, 3.5, 5]
[start]
w = 1
b = 0.5
[optimizer]
learning_rate = 0.3
"""
VECTOR = """loss = "1/2*w'*A*w - b'*w"
steps = 2
[start]
w = [1, 1]
[let]
A = [[2,1],[1,3]]
b = [1,2]
[optimizer]
learning_rate = 0.1
"""


def problem(tmp_path: Path, text: str) -> symgd.Problem:
    (tmp_path / "problem.toml").write_text(text, encoding="utf-8")
    return symgd.Problem.load(tmp_path / "problem.toml")


@pytest.mark.parametrize(
    "line", ["dL/dw = -14", "dL/db = -1", "dL/dw = 2*x*(w*x+b-y)", "dL/dw = mean(2*(w*x+b-y)) = -2"]
)
def test_the_right_line_has_the_terms_of_its_sum(tmp_path: Path, line: str) -> None:
    # By hand: the residuals at w = 1, b = 0.5 are −0.5, −1, −1.5; times x: −0.5, −2, −4.5.
    report = symgd.check(problem(tmp_path, DATA), line)
    assert report.first_wrong_line == 1
    right = {"w": "2/3 × (−0.5 + (−2) + (−4.5)) = −14/3", "b": "2/3 × (−0.5 + (−1) + (−1.5)) = −2"}
    assert right[line[4]] in report.text("en")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (VECTOR, "w = 0.8"),
        (VECTOR, "w = 0.8\ndL/dw = 1\nw = 3\nw = 3"),
        (VECTOR, "dL/dw = A*w - b = 2\nL = w = 3"),
        (DATA, "dL/db = 2*(w*x+b-y)/n = -2"),
        (DATA, "L = x\nw = x\nb = x = 2\ndL/dw = x - y"),
    ],
)
def test_a_number_against_a_vector_is_a_slip_or_undecided(tmp_path: Path, text: str, line: str) -> None:
    report = symgd.check(problem(tmp_path, text), line)
    assert (report.status != "correct", report.failed) == (True, False)
    assert report.html("en")
    assert all(verdict.status in ("slip", "unknown", "missing") for verdict in report)


def test_a_page_that_fails_stops_no_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.checking import feedback

    def broken(*_: object) -> None:
        raise KeyError("a fault of ours")

    problem(tmp_path, DATA)
    (tmp_path / "class.csv").write_text("student,dL/db\ns1,-1\ns2,-2\n", encoding="utf-8")
    monkeypatch.setattr(feedback, "_formula_line", broken)
    names = [str(tmp_path / name) for name in ("problem.toml", "class.csv", "marks.csv", "pages")]
    done = CliRunner().invoke(cli, ["grade", *names[:2], "-o", names[2], "--feedback", names[3]])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    assert sorted(page.name for page in (tmp_path / "pages").iterdir()) == ["s1.html", "s2.html"]
    assert "dL/db = -1" in (tmp_path / "pages" / "s1.html").read_text(encoding="utf-8")


POINT: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + 2*(w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 2}
HOLE = "dL/dw1 = 2*(w1-0.55)*(w1-0.5)/(w1-0.5)"  # no value at w1 = 0.5, where the run starts


@pytest.mark.parametrize(
    ("line", "status", "credit"),
    [
        (HOLE, "ok", 1),
        (HOLE + " = -0.1", "ok", 1),
        (HOLE + " = -0.2", "slip", 0),
        (HOLE + " = 5/(w1-0.5) = -0.1", "slip", 0),
        ("dL/dw1 = 2*(w1-0.5)/(w1-0.5)", "slip", 0),
    ],
)
def test_a_hole_at_the_point_of_the_problem_costs_nothing(line: str, status: str, credit: int) -> None:
    report = symgd.check(symgd.Problem(**POINT), line)
    assert (report.verdicts[0].status, int(report.verdicts[0].credit)) == (status, credit)
    assert ("both agree elsewhere" in report.text("en")) == (status == "ok")


def test_a_policy_may_count_a_hole() -> None:
    report = symgd.check(symgd.Problem(**POINT, marks={"domain": "0.5"}), HOLE)
    assert report.score == Fraction(1, 2)


def test_other_decimals_than_asked_for_only_where_some_were_asked_for() -> None:
    third: dict[str, Any] = {"loss": "w^2/3", "start": {"w": "1"}, "steps": 1}
    for marks, words in ((None, "a rounded value has ≈"), ({"decimals": 4}, "other decimals than asked for")):
        assert words in symgd.check(symgd.Problem(**third, marks=marks), "dL/dw = 0.67").text("en")


@pytest.mark.parametrize(
    "text",
    [
        "w1^{(2)} = 0.518\nw_2^{(2)} = 0.264",
        "w1^(2) = 0.518\n$w_2^{(2)} = 0.264$",
        "w_{1}^{(2)} = 0.518, w_{2}^(2) = 0.264",
        "w1^{ (2) } = 0.518; w2^(2)=0.264",
    ],
)
def test_an_update_in_brackets_above_without_dollars(text: str) -> None:
    # By hand: w1 = 0.5 + 0.1 * 0.1 = 0.51, then + 0.1 * 0.08; w2 = 0.2 + 0.1 * 0.4 = 0.24, then + 0.1 * 0.24.
    report = symgd.check(symgd.Problem(**POINT), text)
    assert report.status == "correct"
    assert [verdict.text for verdict in report] == [part.strip(" $") for part in re.split("[,;\n]", text)]


@pytest.mark.parametrize("line", ["w[1] = 0.8", "w_1 = 0.8", "w[2] = 7"])
def test_an_index_with_a_number_may_mean_an_entry(tmp_path: Path, line: str) -> None:
    report = symgd.check(problem(tmp_path, VECTOR), line)
    assert (report.status, report.verdicts[0].status) == ("undecided", "unknown")


def test_an_index_with_a_vector_means_an_update(tmp_path: Path) -> None:
    # By hand: the slope at (1, 1) is (2, 2), so w moves by −0.2 in both entries.
    report = symgd.check(problem(tmp_path, VECTOR), "w[1] = (0.8, 0.8)\nw[1] = (0.8, 0.9)")
    assert [verdict.status for verdict in report.verdicts[:2]] == ["ok", "slip"]
