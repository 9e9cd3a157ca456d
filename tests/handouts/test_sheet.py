"""How a handout is to look: the keys of [handout], read and refused."""

from __future__ import annotations

import pytest

import symgd
from symgd.descent.files import SHEET
from symgd.handouts.sheet import FIGURES, Sheet, sheet_of


def test_every_key_that_a_file_may_hold_is_read() -> None:
    assert set(SHEET) == {*Sheet.__slots__}


@pytest.mark.parametrize(
    ("value", "figures"),
    [
        ("none", ()),
        ("", ()),
        ([], ()),
        ("all", FIGURES),
        ("loss, contour,loss", ("loss", "contour")),
        (["data"], ("data",)),
    ],
)
def test_figures(value: object, figures: tuple[str, ...]) -> None:
    assert sheet_of({"figures": value}).figures == figures


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("figures", "contours", "one-of"),
        ("figures", 3, "one-of"),
        ("figures", "none,loss", "figures-none"),
        ("figures", "all,none", "figures-none"),
        ("pair", "w1", "not-a-pair-of-names"),
        ("pair", "w1,w1", "not-a-pair-of-names"),
        ("blank", "some", "one-of"),
        ("points", -1, "whole"),
        ("paper", "a5", "one-of"),
        ("large_prnt", True, "unknown-key-close"),
    ],
)
def test_what_means_nothing_is_refused(key: str, value: object, code: str) -> None:
    with pytest.raises(symgd.InputError) as caught:
        sheet_of({key: value})
    assert caught.value.code == code


def test_keys_stand_in_the_file_and_are_overridden_one_by_one() -> None:
    table = {"loss": "w^2", "start": {"w": "1"}, "handout": {"paper": "letter", "points": 2}}
    problem = symgd.Problem.from_table(table)
    sheet = symgd.explain(problem, points=3).sheet
    assert (sheet.paper, sheet.points) == ("letter", 3)


def test_the_command_line_offers_what_a_sheet_takes() -> None:
    from symgd.commands import options
    from symgd.handouts import sheet

    assert (options.BLANKS, options.PAPERS) == (sheet.BLANKS, sheet.PAPERS)
