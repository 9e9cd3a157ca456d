"""Names that a student gives to what the problem does not name: they are followed, and earn nothing."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

import symgd
from symgd.expressions.writer import decimal_text

# By hand: pred = 2, error = 1, slopes 4 and 2; w = 0.8, b = −0.1: pred = 1.5, error = 0.5, slopes 2 and 1.
LINE = symgd.Problem("(w*x + b - y)^2", start={"w": 1, "b": 0}, let={"x": 2, "y": 1}, learning_rate="0.05", steps=2)
ALL = "w = 0.8\nb = -0.1\n", "w = 0.7\nb = -0.15\n"


@pytest.mark.parametrize(
    "text",
    [
        "pred = w*x + b = 2\nerror = pred - y = 1\ndL/dw = 2*error*x = 4\ndL/db = 2*(pred - y) = 2\n{0}",
        "pred = 1*2+0 = 2\nr = pred - 1 = 1\ndL/dw = 2*r*x = 4\n{0}pred = 0.8*2-0.1 = 1.5\ndL/db = 2*(pred - 1) = 1\n",
        "r = w*x + b - y\ndL/dw = 2*r*x = 4\n{0}dL/dw = 2*r*x = 2\n",
        "r = w*x + b - y = 1\n{0}dL/dw = 2*r*x = 2\n",  # not said again: its formula with the new weights
        "r = w*x + b - y\nr = 1\ndL/dw = 2*r*x = 4\n{0}",
        "e = w*x + b - y = 1\nL = e^2 = 1\ndL/dw = 2e*x = 4\n{0}",  # no 2.718…
        "ŷ = w*x + b = 2\ndL/dw = 2(ŷ - y)*x = 4\n{0}",
        "y\u0302 = w*x + b = 2\ndL/dw = 2(y\u0302 - y)*x = 4\n{0}",
        "y_hat = w*x + b = 2\nMSE = (y_hat - y)^2 = 1\n{0}",
        "$\\hat{{y}} = wx+b = 2$\n$\\frac{{\\partial L}}{{\\partial w}} = 2(\\hat{{y}}-y)x = 4$\n{0}",
        "δ = 2*(w*x + b - y) = 2\ndL/dw = δ*x = 4\ndL/db = δ = 2\n{0}",
        "誤差 = w*x + b - y = 1\nL = 誤差^2 = 1\n{0}",
    ],
)
def test_what_a_student_names_is_followed_and_earns_nothing(text: str) -> None:
    report = symgd.check(LINE, text.format(ALL[0]) + ALL[1])
    assert {verdict.status for verdict in report} == {"ok"}
    assert report.status == "correct"
    assert all(verdict.worth == 0 for verdict in report if not verdict.quantity)


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("pred = 1*2 + 0 = 3", ["slip"]),
        ("pred = w*x + b = 3", ["slip"]),
        ("pred = 3", ["unknown"]),  # nothing to test it by
        ("pred = w*q + b = 2", ["unknown"]),
        ("pred = (1, 2)", ["unknown"]),
        ("pred = 2\ndL/dw = 2*(pred - y)*x = 4", ["ok", "ok"]),
        ("pred = 2.00\ndL/dw = 2*(pred - y)*x = 5", ["ok", "slip"]),
        # a lone number may be rounded
        ("s ≈ 0.33\nL = 9*s^2 = 1", ["unknown", "unknown"]),
        ("s ≈ 0.33\nr = 1/s = 3\nL = r/3 = 1", ["unknown", "unknown", "ok"]),
        ("s ≈ 0.33\nL = 9*s^2 = 2", ["unknown", "slip"]),
        ("s ≈ 0.33\nr = 1/s\nL = r/3 = 2", ["unknown", "unknown"]),
        # carried on from a wrong value of the student's own
        ("pred = w*x + b = 3\nL = (pred - y)^2 = 4", ["slip", "carried"]),
        ("pred = 1*2 + 0 = 3\nL = (pred - y)^2 = 4\ndL/dw = 2*(pred - y)*x = 8", ["slip", "carried", "carried"]),
        ("pred = w*x + b = 3\nL = (pred - y)^2 = 5", ["slip", "slip"]),
        ("pred = w*x - b + 1 = 3\nL = (pred - y)^2 = 4", ["ok", "slip"]),  # no value is wrong: the formula is
        ("r = w*x - b - y\ndL/dw = 2*r*x", ["slip"]),
        # rounded on the way
        ("s = 1/3 ≈ 0.33\nL = 9*s^2 = 1", ["ok", "ok"]),
        ("r = w*x + b - y\nr = 3", ["unknown"]),  # or of another update
        ("e = 1/(1 + e^(-2)) = 0.8808", ["format"]),
        # what may be meant for something of the problem
        ("dw = 2*(2 - 1)*2 = 4", ["ok"]),
        ("new_w = 1 - 0.2 = 0.8", ["unknown"]),
        ("q = q + 1", ["unknown"]),
    ],
)
def test_of_a_students_own_names_the_arithmetic_is_tested(text: str, statuses: list[str]) -> None:
    found = [verdict.status for verdict in symgd.check(LINE, text) if verdict.status != "missing"]
    assert found == statuses


NAMES = (("pred", "err"), ("ŷ", "δ"), ("h", "e"), ("預測", "誤差"))


def _worked(choose: random.Random) -> tuple[symgd.Problem, list[str]]:
    """A problem, and two updates of it that are worked out with names of the student's own."""
    w, b, x, y = (Fraction(choose.randint(-30, 30), 10) or Fraction(1) for _ in range(4))
    rate = Fraction(choose.choice((1, 2, 5)), 20)
    problem = symgd.Problem(
        "(w*x + b - y)^2", start={"w": w, "b": b}, let={"x": x, "y": y}, learning_rate=rate, steps=2
    )
    out, off = choose.choice(NAMES)
    lines = []
    for said in (True, choose.random() < 0.7):
        error = w * x + b - y
        moved = w - rate * 2 * error * x, b - rate * 2 * error
        if said:
            formula = choose.choice(("w*x + b", f"({decimal_text(w)})*({decimal_text(x)}) + ({decimal_text(b)})"))
            lines += [f"{out} = {formula} = {decimal_text(error + y)}", f"{off} = {out} - y = {decimal_text(error)}"]
        again = said or "w*x + b" in lines[0]  # what numbers alone say does not hold of the next update
        lines.append(f"L = {off}^2 = {decimal_text(error**2)}" if again else f"L = {decimal_text(error**2)}")
        lines.append(f"dL/dw = 2*{off}*x = {decimal_text(2 * error * x)}" if again else "dL/dw = 2*(w*x + b - y)*x")
        lines.append(f"dL/db = {decimal_text(2 * error)}")
        lines += [f"{word} = {decimal_text(value)}" for word, value in zip("wb", moved, strict=True)]
        w, b = moved
    return problem, lines


@pytest.mark.parametrize("seed", range(30))
def test_right_workings_with_own_names_are_right_and_one_wrong_number_is_found(seed: int) -> None:
    choose = random.Random(seed)
    problem, lines = _worked(choose)
    assert {verdict.status for verdict in symgd.check(problem, "\n".join(lines))} == {"ok"}
    at = choose.choice([place for place, line in enumerate(lines) if not line.endswith("x")])
    head, _, value = lines[at].rpartition("= ")
    lines[at] = f"{head}= {decimal_text(Fraction(value) + Fraction(choose.randint(1, 9), 10))}"
    assert symgd.check(problem, "\n".join(lines)).first_wrong_line == at + 1
