"""Numbers that were rounded inside of a formula, or on the way to a result."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symgd.checking.claims import Part
from symgd.checking.roundings import (
    is_irrational,
    is_nearly,
    is_of_roundings,
    is_rounded_in,
    is_rounded_inside,
    is_too_fine,
    may_be_rounded_from,
)
from symgd.expressions.reader import read
from symgd.numbers.bounded import value_of
from symgd.numbers.systems import rational
from symgd.numbers.values import shaped_as

ZERO = rational(Fraction(0))


@pytest.mark.parametrize(
    ("before", "after", "decimals", "is_it"),
    [
        ("1.1 + 0.05*4.86", "1.1 + 0.24", 2, True),
        ("1.1 + 0.05*4.86", "1.1 + 0.25", 2, False),
        ("1.1 + 0.05*4.86", "1.1 + 0.243", 2, True),
        ("1.1 + 0.05*4.86", "1.1 + 0.2", 2, False),
        ("1.1 + 0.05*4.86", "1.1 + 0.24", None, True),
        ("1.1 + 0.05*4.86", "1.1 + 0.2", None, False),
        ("1.1 + 0.05*4.86", "1.1 + 17", None, False),
        ("1 + 16.6", "1 + 17", None, True),
        ("1 + 0.2457", "1 + 0.24", 2, False),
        ("1 + 0.2449", "1 + 0.24", 2, True),
        ("1.1 - 0.05*4.86", "1.1 - 0.24", 2, True),
        ("1.1 - 0.05*4.86", "1.1 + 0.24", 2, False),
        ("1.1 - 0.05*4.86", "1.1 + (-0.24)", 2, True),
        ("1.1 - 0.05*(-4.86)", "1.1 + 0.24", 2, True),
        ("1.1 - (0.05*4.86 - 1)", "1.1 - 0.24 + 1", 2, True),
        ("1.1 - (0.05*4.86 - 1)", "1.1 - 0.24 - 1", 2, False),
        ("-(0.05*4.86 - 1.1)", "-0.24 + 1.1", 2, True),
        ("-(0.05*4.86 - 1.1)", "-(0.24 - 1.1)", 2, True),
        ("-(0.05*4.86 - 1.1)", "-(0.26 - 1.1)", 2, False),
        ("-sqrt(0.05*4.86)", "-sqrt(0.24)", 2, True),
        ("-sqrt(0.05*4.86)", "sqrt(0.24)", 2, False),
        ("0.05*4.86", "0.24", 2, True),
        ("-(0.05*4.86)", "-0.24", 2, True),
        ("-(0.05*4.86)", "0.24", 2, False),
        ("2*(0.7311 - 1)", "2*(0.73 - 1)", 2, True),
        ("-(2*0.7311)", "-(2*0.73)", 2, True),
        ("-(2*0.7311)", "-2*0.73", 2, True),
        ("-(2*0.7311)", "(-2)*0.73", 2, True),
        ("-((-2)*0.7311)", "2*0.73", 2, True),
        ("-(2*0.7311)", "2*0.73", 2, False),
        ("0.7311*2", "2*0.73", 2, True),
        ("0.7311*2", "2*0.74", 2, False),
        ("0.7311*2*3", "3*2*0.73", 2, True),
        ("0.7311*2*3", "3*2*0.7311", 2, True),
        ("0.7311*2*3", "2*0.73", 2, False),
        ("0.7311*2", "0.73*3*2", 2, False),
        ("0.7311*1", "0.73*1*1", 2, False),
        ("1.11*2*3*4*5*6*7*8*9", "9*8*7*6*5*4*3*2*1.2", 1, False),
        ("1/0.7311", "1/0.73", 2, True),
        ("1/0.7311", "0.73/1", 2, False),
        ("sqrt(0.05*4.86)", "sqrt(0.24)", 2, True),
        ("sqrt(0.05*4.86)", "exp(0.24)", 2, False),
        ("exp(0.05*4.86)", "1.28", 2, True),
        ("exp(2)*3", "44.33434/2", None, True),  # as near as nobody tells apart
        ("exp(2)*3", "44.33434/2", 2, False),
        ("exp(2)*3", "45/2", None, False),
        ("1 + 1", "sqrt(4)", 2, True),
        ("1/w", "1", 2, False),
        ("1", "1/w", 2, False),
        ("v + 1", "2", 2, False),
        ("1 + 1", "v", 2, False),
    ],
)
def test_parts_of_a_formula_may_be_rounded(before: str, after: str, decimals: int | None, is_it: bool) -> None:
    assert is_rounded_inside(read(before), read(after), lambda tree: value_of(tree, {"w": ZERO}), decimals) is is_it


@pytest.mark.parametrize(
    ("text", "value", "may_be"),
    [
        ("1/1.3679", "0.731059", True),
        ("1/1.37", "0.731059", True),
        ("1/1.3", "0.731059", False),
        ("1.0/1.37", "0.731059", True),
        ("1/1.37", "0.7407", False),
        ("1/1.37", "0.72753", True),
        ("1/1.37", "0.72701", False),
        ("-1/1.37", "-0.731059", True),
        ("-(1/1.37)", "-0.731059", True),
        ("-1/1.37", "0.731059", False),
        ("1/1.37", "-0.731059", False),
        ("3/4", "0.75", False),
        ("1.37/1", "1.371", True),
        ("1/w", "0.731059", False),
        ("0.73", "0.731059", False),
        ("1.37*1", "1.371", False),
        ("1/1.37", None, False),
    ],
)
def test_a_fraction_of_decimals_may_be_of_rounded_ones(text: str, value: str | None, may_be: bool) -> None:
    wanted = None if value is None else rational(Fraction(value))
    assert may_be_rounded_from(read(text), wanted) is may_be
    assert not may_be_rounded_from(None, wanted)


@pytest.mark.parametrize(
    ("value", "shown", "is_it"),
    [
        (100, 100, True),
        (100, "100.99", True),
        (100, "99.01", True),
        (100, "101.01", False),
        (100, "98.99", False),
        (-100, "-100.5", True),
        (-100, "100.5", False),
        (0, 0, True),
        (0, "0.001", False),
    ],
)
def test_results_are_near_within_one_in_a_hundred(value: int, shown: int | str, is_it: bool) -> None:
    assert is_nearly(rational(Fraction(value)), rational(Fraction(shown))) is is_it


def test_what_is_no_number_is_near_nothing_and_no_root() -> None:
    two, none = read("2 + 0*w"), {"w": ZERO}
    number, root, entries = value_of(two, none), value_of(read("sqrt(2)"), {}), shaped_as(np.zeros(1), [ZERO])
    assert not any(is_nearly(*pair) for pair in ((None, number), (entries, number), (number, entries)))
    assert not is_nearly(number, value_of(read("1/w"), none))
    assert [is_irrational(value) for value in (None, number, entries, root)] == [False, False, False, True]


@pytest.mark.parametrize(
    ("written", "decimals", "is_it"),
    [("0.243", 2, True), ("0.24", 2, False), ("0.240", 2, False), ("12", 0, False), ("12.5", 0, True)],
)
def test_more_places_than_asked_for_are_too_many(written: str, decimals: int, is_it: bool) -> None:
    shown, unit = rational(Fraction(written)), Fraction(1, 10 ** len(written.partition(".")[2]))
    assert is_too_fine(Part(read(written), written, "", unit), shown, decimals) is is_it
    assert not is_too_fine(Part(read(written), written), shown, decimals)


SIXTH = Fraction(50, 3)


@pytest.mark.parametrize(
    ("text", "value", "exact", "is_in", "is_of"),
    [
        ("0.03*16.67", SIXTH, (), True, False),
        ("0.03*16.67", -SIXTH, (), True, False),
        ("0.03*16.6", SIXTH, (), False, False),
        ("0.03*16.67", SIXTH, (Fraction("16.67"),), False, False),
        ("0.03*16.67", Fraction("16.67"), (), False, False),
        ("0.03*17", SIXTH, (), False, False),
        ("2*16.67", 2 * SIXTH, (), False, True),
        ("2*1.7", Fraction(5, 3), (), True, False),
        ("2*16.65", SIXTH, (), False, False),
        ("2*16.67", Fraction(49_997, 3000), (), True, False),
        ("2*16.67", Fraction(49_993, 3000), (), False, False),
        ("w*16.67", SIXTH, (), True, False),
        ("-16.67", -SIXTH, (), True, False),
        ("16.67", SIXTH, (), True, False),
        ("0.3*16.67", Fraction(5), (Fraction("16.67"),), False, False),
        ("0.3*16.67", Fraction(5), (), False, True),
    ],
)
def test_what_decimals_were_rounded_from(
    text: str, value: Fraction, exact: tuple[Fraction, ...], is_in: bool, is_of: bool
) -> None:
    tree, wanted = read(text), rational(value)
    assert (is_rounded_in(tree, wanted, exact), is_of_roundings(tree, wanted, exact)) == (is_in, is_of)
