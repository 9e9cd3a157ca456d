"""Wide formulas: rows that fit, brackets that are whole in each, nothing lost; and parts for a narrow screen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.expressions.writer import latex
from symgd.handouts.breaking import rows_of, width_of
from symgd.handouts.formulas import mathml
from symgd.handouts.layout import parted
from symgd.handouts.lines import in_lines, in_parts
from tests.expressions.trees import trees

TERMS = " + ".join(f"(-{k}.25)" for k in range(10, 24))
LONG = {
    "a sum": TERMS,
    "a product with a sum in brackets": rf"\frac{{1}}{{6}} \times ({TERMS})",
    "brackets that stretch": rf"2 \left(\frac{{1}}{{2}} + {TERMS}\right)",
    "a power of a sum": rf"({TERMS})^{{2}}",
    "a numerator": rf"\frac{{{TERMS}}}{{12}}",
    "a root": rf"\sqrt{{{TERMS}}}",
    "a function": rf"\ln({TERMS}) \cdot 2",
    "brackets in brackets": rf"3 \times (2 + 4 \times (1 + {TERMS}))",
    "a derivative of a sum": rf"\frac{{\partial}}{{\partial w}}\left[\frac{{w}}{{2}} + {TERMS}\right]",
}


@pytest.mark.parametrize("formula", LONG.values(), ids=LONG)
def test_a_long_formula_fits_its_room_in_every_row(formula: str) -> None:
    assert width_of(formula) > 60
    assert all(width_of(row) <= 60 for row in rows_of(formula, 60))


@pytest.mark.parametrize("formula", LONG.values(), ids=LONG)
def test_rows_hold_all_that_the_formula_holds_and_can_be_set(formula: str) -> None:
    rows = rows_of(formula, 60)
    assert re.findall(r"\d[\d.]*", "".join(rows)) == re.findall(r"\d[\d.]*", formula)
    assert all(mathml(row, display=True).startswith("<math") for row in rows)


@pytest.mark.parametrize("formula", LONG.values(), ids=LONG)
def test_what_is_broken_is_read_as_what_it_was(formula: str) -> None:
    rows = " \\\\\n&\\qquad ".join(rows_of(formula, 60))
    whole, broken = (
        symgd.audit(f"$${formula} = 1$$"),
        symgd.audit(f"$$\n\\begin{{aligned}}\n& {rows} \\\\\n&= 1\n\\end{{aligned}}\n$$"),
    )
    assert [(one.left, one.holds) for one in broken] == [(one.left, one.holds) for one in whole] != []


@settings(max_examples=200)
@given(trees, st.integers(8, 60))
def test_any_formula_can_be_set_in_rows(tree: symgd.Expression, room: int) -> None:
    written = latex(tree)
    rows = rows_of(written, room)
    assert not mathml(written, display=True).startswith("<math") or all(
        mathml(row, display=True).startswith("<math") for row in rows
    )
    if width_of(written) <= room:
        assert rows == [written]


def test_a_row_of_a_sum_ends_inside_the_margin(tmp_path: Path) -> None:
    """Twelve rows of data: the line of numbers was cut at the edge of the sheet."""
    from tests.handouts.browser import printed

    pypdf = pytest.importorskip("pypdf")
    x = [f"{k}.{k}25" for k in range(1, 13)]
    problem = symgd.Problem("sum((w*x + b - y)^2)/12", start={"w": 1, "b": 0}, data={"x": x, "y": x[::-1]}, steps=1)
    right: list[float] = []

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            right.append(tm[4] * cm[0] + cm[4])

    for page in pypdf.PdfReader(printed(symgd.explain(problem).html(), tmp_path)).pages:
        page.extract_text(visitor_text=note)
    assert max(right) < 595 - 45


# lines of a page


def lines_of(formula: str) -> BeautifulSoup:
    return BeautifulSoup(in_lines(mathml(formula, display=True), formula), "html.parser")


def test_a_wide_line_has_parts_that_begin_with_its_signs() -> None:
    parts = lines_of(r"w \leftarrow w + \Delta w = 2.1171875 + (-0.6123046875) = 1.5048828125").select("math")
    assert [part.get_text()[0] for part in parts] == ["w", "←", "=", "="]


def test_a_list_is_parted_behind_its_commas() -> None:
    parts = lines_of(r"w_1 = 2.1171875,\quad w_2 = -0.6123046875,\quad w_3 = 1.5048828125").select("math")
    assert [part.get_text().strip()[0] for part in parts] == ["w", "w", "w"]


def test_a_formula_that_fits_a_phone_stays_one() -> None:
    formula = mathml("L = 0.5 + 0.01 = 0.51", display=True)
    assert in_lines(formula, "L = 0.5 + 0.01 = 0.51") == formula


@pytest.mark.parametrize("formula", LONG.values(), ids=LONG)
def test_parts_lose_nothing(formula: str) -> None:
    written = mathml(formula, display=True)
    assert lines_of(formula).get_text() == BeautifulSoup(written, "html.parser").get_text()


def test_no_formula_of_a_handout_is_wider_than_a_phone(tmp_path: Path) -> None:
    from tests.handouts.browser import measured

    start = {"w1": "2.1171875", "w2": "-0.25"}
    page = symgd.explain("w1^2/2 + 4*w2^2", start=start, optimizer="momentum", learning_rate="0.125", steps=2).html()
    wide = "d => [...d.querySelectorAll('.eq')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    assert measured(page, tmp_path, 380, wide) == []


WIDE = {
    "a matrix": {"loss": "sum((W*x).^2)", "start": {"W": [[f"{k}.12345{j}" for k in range(6)] for j in (1, 2)]},
                 "let": {"x": [1, 2, 3, 4, 5, 6]}},
    "a deep fraction": {"loss": "(a^2/(1 + b/(3 + a^2/(2 + b))) + b*a/(3 + a))/(a/(1 + b^2) + exp(a)/(1 + exp(b)))",
                        "start": {"a": "0.5", "b": "0.25"}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "language"), [(WIDE["a matrix"], "zh-TW"), (WIDE["a deep fraction"], "en")], ids=WIDE
)
def test_a_page_is_never_wider_than_a_phone(problem: dict[str, Any], language: str, tmp_path: Path) -> None:
    from tests.handouts.browser import measured

    handout = symgd.explain(**problem, steps=1, language=language)
    page = handout.html()
    assert measured(page, tmp_path, 380, "d => d.documentElement.scrollWidth") == 380
    report = symgd.audit(page, "html")
    assert report.wrong == ()
    assert len(report.relations) + report.definitions == handout.relations


def test_a_part_of_a_sentence_that_is_too_wide_can_be_scrolled() -> None:
    wide = r"w = \frac{" + "1" * 80 + "}{" + "3" * 80 + "}"
    written = in_parts(mathml(wide, display=False), wide)
    assert BeautifulSoup(written, "html.parser").select_one(".lines.run .slide math mfrac")
    assert in_parts(mathml("w = 1", display=False), "w = 1") == mathml("w = 1", display=False)


# tables


@settings(max_examples=200)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=20), st.integers(20, 120), st.integers(0, 3))
def test_parts_of_a_table_hold_every_column_once_behind_the_first(widths: list[int], room: int, size: int) -> None:
    groups = [size] * ((len(widths) - 1) // size) if size else []
    parts = parted(widths, groups, room)
    assert [column for part in parts for column in part[1:]] == list(range(1, len(widths)))
    assert all(part[0] == 0 for part in parts)
    assert all(sum(widths[column] for column in part) <= room or len(part) <= 2 for part in parts)
