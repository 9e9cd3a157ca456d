"""What a line states at its end, and whether it is what is known."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, fmpq

from symgd.checking.claims import Claim, Part
from symgd.checking.stated import are_equal, are_rounded, entries, stated, worked_out
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, number

HALF, THIRD = Part(read("0.5"), "0.5", "", Fraction(1, 10)), Part(read("1/3"), "1/3")
SUM, NAME = Part(read("1 + 2"), "1 + 2"), Part(read("w"), "w")
NONE = Part(Expression("div", (number(1), number(0))), "1/0")
UNREAD = Part(None, "so", "words")


def vector(*parts: Part) -> Part:
    return Part(None, "", "", None, parts)


def line(*sides: Part) -> Claim:
    return Claim(1, 1, "", None, sides, ())


@pytest.mark.parametrize(
    ("claim", "found", "worked"),
    [
        (line(HALF), (fmpq(1, 2),), (fmpq(1, 2),)),
        (line(NAME, THIRD), (fmpq(1, 3),), (fmpq(1, 3),)),
        (line(vector(HALF, THIRD)), (fmpq(1, 2), fmpq(1, 3)), (fmpq(1, 2), fmpq(1, 3))),
        (line(HALF, SUM), None, (fmpq(3),)),
        (line(HALF, NAME), None, None),
        (line(HALF, NONE), None, None),
        (line(UNREAD), None, None),
        (line(vector(HALF, SUM)), None, None),
        (line(vector(HALF, NONE)), None, None),
        (line(vector(HALF, UNREAD)), None, None),
        (line(), None, None),
    ],
)
def test_what_a_line_states_at_its_end(
    claim: Claim, found: tuple[fmpq, ...] | None, worked: tuple[fmpq, ...] | None
) -> None:
    assert (stated(claim), worked_out(claim)) == (found, worked)


@pytest.mark.parametrize(
    ("end", "known", "found"),
    [
        (HALF, (fmpq(1, 2),), True),
        (HALF, (fmpq(54, 100),), True),
        (HALF, (fmpq(56, 100),), False),
        (THIRD, (fmpq(1, 3),), True),
        (THIRD, (fmpq(33, 100),), False),
        (vector(HALF, THIRD), (fmpq(54, 100), fmpq(1, 3)), True),
        (vector(HALF, THIRD), (fmpq(54, 100), fmpq(1, 4)), False),
        (vector(HALF, THIRD), (fmpq(1, 2),), False),
        (HALF, None, False),
        (NAME, (fmpq(1, 2),), False),
    ],
)
def test_whether_it_is_what_is_known_to_its_places(end: Part, known: tuple[fmpq, ...] | None, found: bool) -> None:
    assert are_rounded(stated(line(end)), known, line(end)) is found


def test_equal_is_what_is_proved_to_be() -> None:
    assert are_equal((fmpq(1, 2), fmpq(1)), (fmpq(1, 2), fmpq(1)))
    assert not are_equal((fmpq(1, 2), fmpq(1)), (fmpq(1, 2), fmpq(2)))
    assert not are_equal((fmpq(1),), (fmpq(1), fmpq(1)))
    assert not are_equal((arb(1),), (fmpq(1),))
    assert not are_equal((fmpq(1),), (arb(1),))
    assert not are_equal(None, (fmpq(1),))
    assert not are_equal((fmpq(1),), None)
    assert entries(None) is None
    assert entries(fmpq(1)) == (fmpq(1),)
