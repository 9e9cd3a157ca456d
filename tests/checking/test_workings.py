"""411 workings by one who saw the names of the mistakes and no code: the first wrong line, the mistake's name.

Of the wrong ones that are said to fit no row, two do fit one, and are named rightly: (…)² differentiated to 2·(…)²
(the exponent was not lowered), and 3w² to 3w (it was not brought down).
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import symgd
from symgd.checking import guarded, readings

CORPUS = json.loads((Path(__file__).parent / "workings.json").read_text(encoding="utf-8"))
NAMED_RIGHTLY = {"c319": "power-not-lowered", "c358": "power-factor-forgotten"}
#: Names that this reader keeps for Euler's number.
UNREADABLE = {"c314", "c315", "c401"}


@functools.cache
def reports() -> dict[str, symgd.Report]:
    """All reports, without haste: what a busy machine leaves undecided after a second is not what is tested here."""
    with mock.patch.object(readings, "DEADLINE", 60.0), mock.patch.object(guarded, "DEADLINE", 60.0):
        return _reports()


def _reports() -> dict[str, symgd.Report]:
    found = {}
    for case in CORPUS:
        if case["id"] not in UNREADABLE:
            settings: dict[str, Any] = dict(case["problem"])
            found[case["id"]] = symgd.check(symgd.Problem(settings.pop("loss"), **settings), case["working"])
    return found


def cases() -> list[dict[str, Any]]:
    return [case for case in CORPUS if case["id"] in reports()]


@pytest.mark.repeated
def test_the_first_wrong_line_is_found() -> None:
    missed = [c["id"] for c in cases() if reports()[c["id"]].first_wrong_line != c["first_wrong_line"]]
    # c218: a half may be rounded either way; c293: relu′ is no function here, so those lines are undecided
    assert missed == ["c218", "c293"]


def test_a_name_given_is_right_and_most_get_one() -> None:
    counts = Counter[str]()
    for case in cases():
        first = reports()[case["id"]].first_wrong
        named = "" if first is None else first.named
        if case["mistake"] is not None:
            counts["right" if named == case["mistake"] else "wrong" if named else "none"] += 1
    assert counts["wrong"] <= 0.01 * (counts["right"] + counts["wrong"])
    assert counts["right"] >= 0.9 * counts.total()


def test_what_fits_no_row_gets_no_name() -> None:
    for case in cases():
        names = set(reports()[case["id"]].mistakes)
        if case["mistake"] is None:
            assert names <= {NAMED_RIGHTLY.get(case["id"], "")} - {""}, case["id"]


def test_no_line_of_a_right_working_is_wrong() -> None:
    for case in cases():
        if case["first_wrong_line"] is None:
            assert not [v for v in reports()[case["id"]] if v.status in ("slip", "carried", "lucky")], case["id"]
