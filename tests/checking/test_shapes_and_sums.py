"""Problems with data, vectors and matrices: lines of another shape, and right lines with sums over rows."""

from __future__ import annotations

from pathlib import Path

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
