"""20,000 hostile texts a run, and every text that once was a find. Longer searches: `python -m tests.fuzz`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz.inputs import LONGEST, smaller, text
from tests.fuzz.targets import TARGETS, kept

#: How many inputs a target gets in the test line; the cheap doors get more.
COUNTS = {
    "text": 5000,
    "latex": 5000,
    "problem": 2500,
    "columns": 3000,
    "class": 3000,
    "working": 200,
    "audit": 800,
    "page": 800,
}
FOUND = [(name, file) for name in TARGETS for file in kept(name)]


def test_twenty_thousand_in_all() -> None:
    assert set(COUNTS) == set(TARGETS)
    assert sum(COUNTS.values()) >= 20_000


@pytest.mark.repeated
@pytest.mark.parametrize("name", TARGETS)
def test_no_text_does_more_than_be_refused(name: str) -> None:
    for number in range(COUNTS[name]):
        given = text(name, 2026, number)
        assert len(given) <= LONGEST
        try:
            TARGETS[name].tried(given)
        except Exception as fault:
            pytest.fail(f"{name} 2026 {number}: {type(fault).__name__}: {fault}\n{given!r}")


@pytest.mark.parametrize(("name", "file"), FOUND, ids=lambda part: getattr(part, "stem", part))
def test_what_was_found_stays_mended(name: str, file: Path) -> None:
    TARGETS[name].tried(file.read_bytes().decode("utf-8", "surrogatepass"))


def test_a_broken_law_is_seen() -> None:
    def breaks(text: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        replace(TARGETS["text"], law=breaks).tried("w")


def test_a_find_is_made_smaller() -> None:
    assert smaller("abc x def", lambda text: "x" in text) == "x"
