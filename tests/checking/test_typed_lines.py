"""Everyday writing in a working that the reader of problems refuses: w^2(w − 1), [2,2]."""

from __future__ import annotations

import time

import pytest

import symgd
from symgd.checking.as_typed import indexed
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


def test_a_long_line_of_powers_takes_no_time() -> None:
    begun = time.monotonic()
    indexed("(w)^2" * 20_000)
    assert time.monotonic() - begun < 2
