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


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("w[1] = 0.8", "ok"),
        ("w_1 = 0.8", "ok"),
        ("w2 = 1 - 0.1*2 = 0.8", "ok"),
        ("w[2] = 7", "slip"),
        ("dL/dw_2 = 2", "ok"),
        ("dL/dw[2] = w[1] + 3*w[2] - 2 = 2", "ok"),
        ("dL/dw2 = 3", "slip"),
        (r"$\frac{\partial L}{\partial w_2} = 2$", "ok"),
        ("-dL/dw_1 = -2", "ok"),
        ("Δw_1 = 0.1*(-2) = -0.2", "ok"),
        ("dL/dw[0] = 2", "unknown"),
        ("dL/dw_3 = 2", "unknown"),
    ],
)
def test_an_index_with_a_number_is_an_entry(tmp_path: Path, line: str, status: str) -> None:
    report = symgd.check(problem(tmp_path, VECTOR), line)
    assert report.verdicts[0].status == status


def test_entries_are_counted_from_one_or_nobody_is_wrong() -> None:
    bowl = symgd.Problem("norm2(w - c)^2", start={"w": [0, 0]}, let={"c": [1, 2]}, learning_rate="0.1", steps=1)
    text = "dL/dw_1 = -2\ndL/dw_2 = -4\nw_1 = 0.2\nw_2 = 0.4"
    assert symgd.check(bowl, text).status == "correct"
    assert [v.status for v in symgd.check(bowl, "dL/dw[1] = -4\ndL/dw[2] = -3")][:2] == ["unknown", "slip"]
    carried = symgd.check(bowl, "dL/dw_1 = -3\nw_1 = 0.3\nw = (0.3, 0.4)")
    assert [verdict.status for verdict in carried] == ["slip", "carried", "carried"]


MATRIX: dict[str, Any] = {
    "loss": "norm2(W*x - y)^2",
    "start": {"W": [[1, 0], [0, 1]]},
    "let": {"x": [1, 2], "y": [0, 1]},
    "learning_rate": "0.1",
    "steps": 1,
}
#: Its slope, by hand: 2(Wx − y)xᵀ with Wx − y = (1, 1).
SLOPE = "[[2,4],[2,4]]"


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        (f"dL/dW = {SLOPE}\nW = W - 0.1*{SLOPE} = [[0.8,-0.4],[-0.2,0.6]]", "ok ok"),
        (f"∇L = 2*(W*x - y)*x' = {SLOPE}", "ok"),
        (r"$\frac{\partial L}{\partial W} = \begin{pmatrix} 2 & 4 \\ 2 & 4\end{pmatrix}$", "ok"),
        ("dL/dW = ((2, 4), (2, 4))", "ok"),
        ("dL/dW = [2 4; 2 4]", "ok"),
        ("dL/dW = [[2,2],[4,4]]", "slip"),
        ("dL/dW = [[2,4],[2,5]]\nW = [[0.8,-0.4],[-0.2,0.5]]", "slip carried"),
        ("dL/dW_11 = 2, dL/dW_{12} = 4, dL/dW[2,1] = 3", "ok ok slip"),
        ("W_11 = 0.8\nW12 = -0.4\nW[2,1] = -0.2\n$W_{22} = 0.6$", "ok ok ok ok"),
        ("dL/dW = [[2,4],[2]]", "unknown"),
    ],
)
def test_matrices_are_judged(text: str, statuses: str) -> None:
    report = symgd.check(symgd.Problem(**MATRIX), text)
    assert [verdict.status for verdict in report if verdict.status != "missing"] == statuses.split()
    assert "[W]" not in report.text("en")


def test_rows_and_columns_are_not_mixed_up() -> None:
    wide = symgd.Problem(
        "norm2(W*x)^2", start={"W": [[1, 2, 3], [4, 5, 6]]}, let={"x": [1, 1, 1]}, learning_rate="0.1", steps=1
    )
    statuses = [
        v.status for v in symgd.check(wide, "dL/dW = [[12,12,12],[30,30,30]]\ndL/dW = [[12,12],[12,30],[30,30]]")
    ]
    assert statuses[:2] == ["ok", "slip"]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("L = 1/2*w'*A*w - b'*w = -0.5+1", "ok"),
        (r"$L = \frac12 w^T A w - b^T w = 0.5$", "ok"),
        ("L = w'*w - 1.5", "slip"),
        ("dL/dw = 2*b - [0, 2]", "ok"),
        ("dL/dw = 2*w", "slip"),
        ("dL/dw = [2 2]^T", "ok"),
        ("dL/dw = [2; 2] = (2, 2)'", "ok"),
    ],
)
def test_a_formula_over_vectors_is_right_at_every_point(tmp_path: Path, line: str, status: str) -> None:
    assert symgd.check(problem(tmp_path, VECTOR), line).verdicts[0].status == status


def test_a_formula_over_data_is_right_at_every_point(tmp_path: Path) -> None:
    # w = 1 may not be left out, though it changes nothing here.
    lines = "dL/dw = 2*mean(x*(w*x + b - y)) = -14/3\ndL/dw = 2*mean(x*(x + b - y)) = -14/3"
    assert [v.status for v in symgd.check(problem(tmp_path, DATA), lines)][:2] == ["ok", "slip"]


def test_entries_may_be_rounded_in_any_notation() -> None:
    third = symgd.Problem("norm2(w - c)^2/3", start={"w": [1, 1]}, let={"c": [0, 2]}, steps=1)
    for line in ("dL/dw ≈ [0.67, -0.67]", r"$\nabla L \approx \begin{pmatrix}0.667 \\ -0.667\end{pmatrix}$"):
        assert symgd.check(third, line).verdicts[0].status == "ok"


def test_an_index_with_a_vector_means_an_update(tmp_path: Path) -> None:
    # By hand: the slope at (1, 1) is (2, 2), so w moves by −0.2 in both entries.
    report = symgd.check(problem(tmp_path, VECTOR), "w[1] = (0.8, 0.8)\nw[1] = (0.8, 0.9)")
    assert [verdict.status for verdict in report.verdicts[:2]] == ["ok", "slip"]


@pytest.mark.parametrize(
    ("line", "at", "student", "expected"),
    [
        # by hand, at w = 1, b = 2: residuals 1 and 0, so that the slope is 1 and the mean of squares 1/2
        ("dL/dw = mean(2*(2*w*x + b - y)*x) = -10", {"w": "1", "b": "2"}, "6", "1"),
        ("L = mean((w*x + 2*b - y)^2) = 10", {"w": "1", "b": "2"}, "6.5", "0.5"),
    ],
)
def test_a_formula_that_is_right_here_alone_is_shown_wrong_by_small_numbers(
    line: str, at: dict[str, str], student: str, expected: str
) -> None:
    problem = symgd.Problem(
        "mean((w*x + b - y)^2)",
        start={"w": 0, "b": 0},
        data={"x": [1, 2], "y": [2, 4]},
        learning_rate="0.1",
        steps=1,
    )
    report = symgd.check(problem, line)
    shown = next(iter(report)).counterexample
    assert shown is not None
    assert (dict(shown.at), shown.student, shown.expected) == (at, student, expected)
    assert f"w = 1, b = 2: yours comes to {student}, the right one to {expected}." in report.text("en")


def test_of_vectors_the_point_is_a_vector_of_small_numbers() -> None:
    problem = symgd.Problem("norm2(w - [1, 2])^2", start={"w": [0, 0]}, learning_rate="0.1", steps=1)
    shown = next(iter(symgd.check(problem, "dL/dw = 3*w - [2, 4] = [-2, -4]"))).counterexample
    assert shown is not None
    assert (dict(shown.at), shown.student, shown.expected) == ({"w": "(1, 2)"}, "(1, 2)", "(0, 0)")
