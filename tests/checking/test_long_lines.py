"""No line takes its reader long: each of these took seconds, minutes or for ever before it was read in one go."""

from __future__ import annotations

import pytest

import symgd
from symgd.errors import InputError

LENGTH = 39_000
LINES = {
    "blanks behind a name, and an arrow": ("w1", " ", "\n> "),
    "blanks behind a counter": ("t=1", " ", "x"),
    "blanks behind a word": ("when", " ", "x"),
    "blanks": ("", " ", ""),
    "a rule": ("", "-", ""),
    "brackets in LaTeX": ("w1 = ", r"\left(", ""),
    "terms, and an arrow": ("w1 = 1 + ", "1 - ", "->x"),
    "blanks in an equation": ("w1 = 0.5 - 0.1*(-1)", " ", "= 0.6"),
}


@pytest.mark.repeated
@pytest.mark.parametrize("case", LINES)
def test_a_long_line_is_read_at_once(case: str) -> None:
    before, unit, behind = LINES[case]
    long = before + unit * (LENGTH // len(unit)) + behind
    problem = symgd.Problem("(w1 - 1)^2", start={"w1": "0.5"}, learning_rate="0.1", steps=1)
    report = symgd.check(problem, f"dL/dw1 = -1\n{long}")
    assert report.warnings == ()
    assert [line.n for line in report if line.status == "ok"][:1] == [1]


@pytest.mark.repeated
@pytest.mark.parametrize("sign", "|^")
def test_a_row_of_signs_is_audited_at_once(sign: str) -> None:
    assert [each.holds for each in symgd.audit("1 + 1 = 2\n\nw = " + sign * 100_000).relations] == [True]


@pytest.mark.parametrize("end", ["", ".", ".5", "e5", "e5x"])
def test_a_number_of_very_many_digits_is_refused_at_once(end: str) -> None:
    with pytest.raises(InputError):
        symgd.parse("1" * 400_000 + end)


@pytest.mark.parametrize("length", [1_900, 100_000])
@pytest.mark.parametrize(
    "begin",
    [r"\sum", r"\sum_", r"\sum_{i=", r"\sum_{i=1", r"\sum_{i=1}^{", r"\sum_{i=1}^", "$", "$x$", r"\left", r"x_{a"],
)
def test_blanks_that_end_nowhere_are_refused_at_once(begin: str, length: int) -> None:
    with pytest.raises(InputError):
        symgd.parse(begin + " " * length + "!")


@pytest.mark.parametrize(
    "text", ["$w$", " $$ w $$ ", r"\( w \)", r"\[w\]", "$w", "w$", r"\,w", "$$w$", r"$\sum_{ i = 1 }^{ 2 } w$ "]
)
def test_what_sets_a_formula_off_is_no_part_of_it(text: str) -> None:
    assert symgd.parse(text).names == ("w",)
