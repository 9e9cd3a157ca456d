"""Paper: sheets, their numbers, what is never parted; and a browser that is missing or fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

import symgd
from symgd.workers import browser as printing
from tests.handouts.browser import chromium, printed

pypdf = pytest.importorskip("pypdf")
LONG: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 45}


def sheets(tmp_path: Path, **settings: Any) -> list[Any]:
    chromium()
    symgd.explain(**settings).save(tmp_path / "out.pdf")
    assert list(tmp_path.iterdir()) == [tmp_path / "out.pdf"]
    return list(pypdf.PdfReader(tmp_path / "out.pdf").pages)


SIZES = {"a4": (595, 842), "letter": (612, 792)}


@pytest.mark.parametrize("paper", SIZES)
def test_sheets_are_of_the_paper_and_numbered(tmp_path: Path, paper: str) -> None:
    pages = sheets(tmp_path, **{**LONG, "steps": 4}, paper=paper)
    for number, page in enumerate(pages, 1):
        assert [round(float(side)) for side in page.mediabox[2:]] == pytest.approx(SIZES[paper], abs=1)
        assert f"{number} / {len(pages)}" in page.extract_text()


def test_a_long_table_repeats_its_head_and_a_card_is_not_parted(tmp_path: Path) -> None:
    pages = [page.extract_text() for page in sheets(tmp_path, **{**LONG, "steps": 45, "language": "en"})]
    with_rows = [text for text in pages if "updates" in text and "made" in text]
    assert len(with_rows) >= 2
    for step in ("Weight change", "Move", "Learning rate"):
        for text in pages:
            last = text.strip().splitlines()[-2:]
            assert step not in last  # a head is never the last line of a sheet


def test_large_print_is_large_and_nothing_is_cut(tmp_path: Path) -> None:
    plain = sheets(tmp_path, **{**LONG, "steps": 2})
    (tmp_path / "out.pdf").unlink()
    large = sheets(tmp_path, **{**LONG, "steps": 2}, large_print=True)
    assert len(large) > len(plain)
    right: list[float] = []

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            right.append(tm[4] * cm[0] + cm[4])

    for page in large:
        page.extract_text(visitor_text=note)
    assert max(right) < 595


def test_a_wide_table_does_not_make_large_print_small(tmp_path: Path) -> None:
    sizes: list[float] = []

    def note(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        if "every" in text or "learning" in text.lower():
            sizes.append(abs(size * tm[3] * cm[3]))

    for page in sheets(tmp_path, **{**LONG, "steps": 2}, kind="worksheet", large_print=True):
        page.extract_text(visitor_text=note)
    assert max(sizes) == pytest.approx(18 * 1.05, abs=1.5)  # the size of a head of a step


@pytest.mark.parametrize("paper", SIZES)
def test_no_letter_of_a_table_is_small_in_large_print(tmp_path: Path, paper: str) -> None:
    run = {**LONG, "loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2 + w3^2/2", "start": {"w1": 1, "w2": 2, "w3": 3}, "steps": 2}
    sizes: list[float] = []
    right: list[float] = []

    def note(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        if any(sign.isdigit() for sign in text) and "." in text:
            sizes.append(abs(size * tm[3] * cm[3]))
            right.append(tm[4] * cm[0] + cm[4])

    pages = sheets(tmp_path, **run, large_print=True, paper=paper)
    found = [page for page in pages if "updates" in page.extract_text()]
    for page in found:
        page.extract_text(visitor_text=note)
    assert len(sizes) > 8
    assert min(sizes) > 16.5
    assert max(right) < SIZES[paper][0] - 45 - 17


def test_no_sheet_begins_with_the_value_of_a_line(tmp_path: Path) -> None:
    """An exact value in a row of its own stays on the sheet of the row before."""
    from symgd.handouts.page import html_page

    line = r"x &= 1.5 \times (2.25 + 3.75 + 4.5 + 5.25) + 17.25 \\ &= 40.875"
    tall = "$$\n\\begin{aligned}\n" + " \\\\\n".join([line] * 8) + "\n\\end{aligned}\n$$\n\n"
    markdown = "# T\n\n" + "".join("word\n\n" * (place % 5) + tall for place in range(12))
    sheets_ = pypdf.PdfReader(printed(html_page(markdown, title="T", language="en"), tmp_path)).pages
    firsts = [page.extract_text().strip().splitlines()[1] for page in sheets_]
    assert len(firsts) > 4
    assert not [first for first in firsts if first.strip().startswith("=")]


def test_no_browser_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(printing, "PLACES", {})
    monkeypatch.delenv(printing.VARIABLE, raising=False)
    with pytest.raises(symgd.InputError) as caught:
        symgd.explain(**LONG).save(tmp_path / "out.pdf")
    assert caught.value.code == "no-browser"
    monkeypatch.setenv(printing.VARIABLE, "no-such-browser")
    with pytest.raises(symgd.InputError) as caught:
        printing.browser()
    assert caught.value.code == "browser-missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="a script stands for the browser")
@pytest.mark.parametrize("script", ["exit 3", "exit 0", "sleep 30"], ids=["fails", "prints nothing", "hangs"])
def test_a_browser_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv(printing.VARIABLE, str(program))
    with pytest.raises(symgd.InputError) as caught:
        printing.pdf_of("<p>x</p>", deadline=1.0)
    assert caught.value.code == "browser-failed"
