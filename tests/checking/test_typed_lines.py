"""Everyday writing in a working that the reader of problems refuses: w^2(w − 1), [2,2]."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import pytest

import symgd
from symgd.checking import working
from symgd.checking.as_typed import indexed
from symgd.checking.chains import Side
from symgd.checking.pieces import Piece
from symgd.checking.said_before import is_minus, line_before
from symgd.checking.tuples import grouped
from symgd.errors import InputError

CUBE = symgd.Problem("(w^3-2)^2", start={"w": 1}, learning_rate="0.1", steps=1)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("dL/dw = 6w^2(w^3-2)", "ok"),
        ("dL/dw = 6w^2 (w^3-2) = -6", "ok"),
        ("dL/dw = 2(w^3-2)^1(3w^2)", "ok"),
        ("dL/dw = 6w^2(w^3+2)", "slip"),
        ("dL/dw = 6w^2w(3)", "unknown"),
        ("dL/dw = 1/w^2(3)", "unknown"),
        ("dL/dw = 1/(w+1)^2(3)", "unknown"),
        ("dL/dw = w^w^2(3)", "unknown"),
    ],
)
def test_a_power_before_a_bracket_is_a_factor_where_nothing_else_is_meant(line: str, status: str) -> None:
    first = next(iter(symgd.check(CUBE, line)))
    assert (first.status, first.text) == (status, line)


def test_functions_to_a_power_stay_calls_and_authors_are_still_asked() -> None:
    assert indexed("sin^2(w) + 2cos^2(w) + f^2(w)") == "sin^2(w) + 2cos^2(w) + f^2(w)"
    with pytest.raises(InputError, match="\\^"):
        symgd.parse("w^2(w^3-2)")


def _steps(line: str) -> int:
    """How many lines of Python are run to read a line of a working."""
    count, tracing = 0, sys.gettrace()

    def step(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return step

    sys.settrace(step)
    try:
        indexed(line)
    finally:
        sys.settrace(tracing)
    return count


def test_a_line_of_powers_that_is_twice_as_long_takes_twice_the_steps() -> None:
    short, long = (_steps("(w)^2" * many) for many in (400, 800))
    assert 1.5 * short < long < 2.5 * short
    assert _steps("(" + "w" * 4_000 + ")^2(w)") < 4_000  # nor is an operand looked for to the beginning of the line


def test_of_a_long_line_only_the_end_is_looked_at_before_a_quantity() -> None:
    long = "L at w = 1, " * 3_000
    assert [len(line_before(long, stop)) for stop in (400, 4_000, 36_000)] == [400, 501, 501]
    assert not is_minus(line_before("- " * 1_000, 2_000), "")  # no line begins where it is cut
    assert line_before("a\nb", 3) == "b"


VECTOR = symgd.Problem(
    "1/2*w'*A*w - b'*w",
    start={"w": [1, 1]},
    let={"A": [[2, 1], [1, 3]], "b": [1, 2]},
    learning_rate="0.1",
    steps=2,
)
TWO = symgd.Problem("(a-1)^2+(b-2)^2", start={"a": 0, "b": 1}, learning_rate="0.5", steps=1)


@pytest.mark.parametrize(
    ("problem", "line", "status"),
    [
        (VECTOR, "dL/dw = [2,2]", "ok"),
        (VECTOR, "dL/dw = (2,2)", "ok"),
        (VECTOR, "梯度 = (2,2)", "ok"),
        (VECTOR, "$\\nabla L = [2,2]$", "ok"),
        (VECTOR, "dL/dw = [2,3]", "slip"),
        (VECTOR, "dL/dw = A*w - [1,2] = [2,2]", "ok"),
        (VECTOR, "dL/dw = [[2,1],[1,3]]*[1,1] - [1,2] = [2,2]", "ok"),
        (VECTOR, "w = [1,1] - 0.1*[2,2] = [0.8,0.8]", "ok"),
        (VECTOR, "w = (1,1) - 0.1*(2,2) = (0.8,0.8)", "ok"),
        (VECTOR, "w = [1,1] - 0.1*[2,2] = [0.8,0.9]", "slip"),
        (VECTOR, "dL/dw = [1,000, 2]", "unknown"),
        (VECTOR, "L = (0,5)", "unknown"),
        (TWO, "grad = (-2,-2)", "ok"),
        (TWO, "grad = (2,2)", "slip"),
        (TWO, "(a,b) = (0,1) - 0.5*(-2,-2) = (1,2)", "ok"),
        (TWO, "a = (1,0)", "unknown"),
        (TWO, "a = [1,0]", "unknown"),
        (TWO, "dL/da = (0,5)", "unknown"),
        (TWO, "L = (5,0)", "unknown"),
        (CUBE, "w = [1,6]", "unknown"),
        (CUBE, "w = (1,6)", "unknown"),
    ],
)
def test_a_comma_between_digits_parts_the_entries_of_a_vector(problem: symgd.Problem, line: str, status: str) -> None:
    first = next(iter(symgd.check(problem, line)))
    assert (first.status, first.text) == (status, line.strip("$"))


@pytest.mark.parametrize("line", ["(=", "[1]=", "(1,2)=", "w1 = [1]; "])
def test_a_long_piece_is_copied_once_and_not_for_each_of_its_sides(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(piece: Piece, sides: Sequence[Side]) -> Piece:
        asked.append(len(sides))
        return grouped(piece, sides)

    monkeypatch.setattr(working, "grouped", counted)
    symgd.check(CUBE, line * 500)
    assert sum(asked) >= 500
    assert len(asked) <= 5
