"""Slips of arithmetic, each on both sides of its edge: what it is, and what only looks like it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from symgd.checking.arithmetic import slips_between, slips_inside
from symgd.checking.claims import Part
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from symgd.numbers.bounded import NoValue, value_of


def unit_of(written: str) -> Fraction | None:
    return None if "/" in written else Fraction(1, 10 ** len(written.partition(".")[2]))


def slips(formula: str, written: str) -> set[str]:
    """What leads from a formula of numbers to what was written for it."""
    tree: Expression | None = read(formula)
    assert tree is not None
    part = Part(read(written), written, "", unit_of(written))
    return set(slips_between(value_of(tree, {}), part, value_of(read(written), {}), tree))


@pytest.mark.parametrize(
    ("formula", "written", "found"),
    [
        # the point
        ("2*1.5", "30", {"decimal-point"}),
        ("2*1.5", "0.3", {"decimal-point"}),
        ("2*1.5", "0.003", {"decimal-point"}),
        ("2*1.5", "3000", {"decimal-point"}),
        ("2*1.5", "30000", set()),
        ("2*1.5", "0.0003", set()),
        ("2*1.5", "-30", set()),
        ("2*1.5", "3", set()),
        ("exp(1)", "27.18", {"decimal-point"}),
        ("exp(1)", "27.2", {"decimal-point"}),
        ("exp(1)", "27.19", set()),
        ("1/3", "3.33", set()),
        ("1 - 1", "0", set()),
        # cut
        ("exp(1)", "2.71", {"truncated"}),
        ("exp(1)", "2.718", set()),
        ("exp(1)", "2.72", set()),
        ("-exp(1)", "-2.71", {"truncated"}),
        ("-exp(1)", "2.71", set()),
        ("exp(-9)", "0.00", set()),
        ("2/3", "0.66", {"truncated"}),
        ("2/3", "0.67", {"rounded-early"}),
        ("2/3", "0.6667", set()),
        # rounded
        ("0.5*0.25", "0.13", {"rounded-early"}),
        ("0.5*0.25", "0.125", set()),
        ("0.5*0.25", "0.12", {"rounded-early"}),
        ("0.5*0.25", "0.1", set()),  # one digit says nothing of rounding
        ("0.5*0.26", "0.13", set()),
        ("0.5*0.2505", "0.1253", set()),
        ("0.24*0.33*10", "0.8", {"rounded-early"}),
        ("(0.46*0.5)*3", "0.6", set()),
        ("(0.46*0.5)*3", "0.61", set()),
        ("-0.5*0.25", "-0.13", {"rounded-early"}),
        ("-0.5*1.28", "-0.46", {"digits-swapped"}),
        ("atanh(0.48*2) + 1", "3.0", {"rounded-early"}),  # not by way of atanh(1.0), which has no value
        ("2*pi*0.46*0.5", "1.6", set()),
        # digits
        ("2*1.28", "2.65", {"digits-swapped"}),
        ("2*1.28", "5.26", {"digits-swapped"}),
        ("2*1.28", "2.55", set()),
        ("2*1.28", "-2.65", set()),
        ("3*4", "21", {"digits-swapped"}),
        ("3*40", "210", {"digits-swapped"}),
        ("3*40", "102", {"digits-swapped"}),
        ("3*40", "012", {"decimal-point"}),
        ("1.5*0.7", "1.50", {"digits-swapped"}),
        # degrees
        ("sin(30)", "0.5", {"degrees"}),
        ("2*cos(60)", "1", {"degrees"}),
        ("tan(45)", "1", {"degrees"}),
        ("sin(30)", "0.6", set()),
        ("exp(0.5)", "0.5", set()),
    ],
)
def test_what_became_of_a_value(formula: str, written: str, found: set[str]) -> None:
    assert slips(formula, written) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("0.5 - 0.3*1.18", "0.5 - 3.54", {"decimal-point"}),
        ("0.5 - 0.3*1.18", "0.5 - 0.345", {"digits-swapped"}),
        ("0.5 - 0.3*1.18", "0.5 - 0.354", set()),
        ("0.5 - 0.3*1.18", "0.5 + 3.54", set()),
        ("0.5 - 0.3*1.18", "0.6 - 3.54", set()),
        ("0.5 + 0.3*1.18", "0.5 + (-3.54)", set()),
        ("1.5*2 + 0.3*1.18", "30 + 0.354", {"decimal-point"}),
        ("1.5*2 + 0.3*1.18", "30 + 3.54", set()),
        ("w*2 + 1", "30 + 1", set()),
        ("0.5 - 0.3", "0.5 - 0.3", set()),
    ],
)
def test_what_became_of_a_part(before: str, after: str, found: set[str]) -> None:
    assert set(slips_inside(read(before), read(after))) == found


def test_what_has_no_value_has_no_slip() -> None:
    three = Part(read("3"), "3", "", Fraction(1))
    assert list(slips_between(NoValue("log"), three, value_of(read("30"), {}), None)) == []
    assert list(slips_between(value_of(read("3"), {}), three, arb(30), None)) == []
    assert list(slips_between(value_of(read("3"), {}), three, value_of(read("300"), {}), None)) == ["decimal-point"]
