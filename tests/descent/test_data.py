"""Data from CSV files and tables: what is read, exactly, and what is refused with its row and column."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.descent.batches import Batches
from symgd.descent.csv_files import columns_of_text
from symgd.errors import InputError

LOSS = "mean((w*x - y)^2)"


def problem(path: Path, content: str | bytes, **options: Any) -> symgd.Problem:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return symgd.Problem(LOSS, start={"w": 0}, data={"file": str(path), **options})


GOOD: dict[str, str | bytes] = {
    "plain": "x,y\n1,2\n0.5,-3\n",
    "windows lines": "x,y\r\n1,2\r\n0.5,-3\r\n",
    "old mac lines": "x,y\r1,2\r0.5,-3",
    "a byte-order mark": b"\xef\xbb\xbfx,y\n1,2\n0.5,-3\n",
    "utf-16": "x,y\n1,2\n0.5,-3\n".encode("utf-16"),
    "semicolons and decimal commas": "x;y\n1;2\n0,5;-3\n",
    "tabs": "x\ty\n1\t2\n0.5\t-3\n",
    "quoted cells": '"x","y"\n"1","2"\n"0.5","-3"\n',
    "quoted decimal commas": 'x,y\n"1,0","2"\n"0,5","-3"\n',
    "blank lines": "\nx,y\n\n1,2\n\n0.5,-3\n\n",
    "blanks around": " x , y \n 1 , 2 \n 0.5 , -3 \n",
    "a separator at the end": "x,y,\n1,2,\n0.5,-3,\n",
    "e notation": "x,y\n1e0,2\n5e-1,-3.0\n",
    "full width": "x,y\n１,２\n０．５,-3\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_read(name: str, tmp_path: Path) -> None:
    found = problem(tmp_path / "points.csv", GOOD[name])
    assert [list(found.data[word]) for word in ("x", "y")] == [[1, Fraction(1, 2)], [2, -3]]


BAD: dict[str, tuple[str, str]] = {
    "nothing": ("", "csv-empty"),
    "names only": ("x,y\n", "csv-no-rows"),
    "no names": ("1,2\n3,4\n", "csv-no-head"),
    "an empty cell": ("x,y\n1,\n3,4\n", "csv-missing"),
    "a word": ("x,y\n1,abc\n", "csv-cell"),
    "not a number": ("x,y\n1,nan\n", "csv-nan"),
    "a percentage": ("x,y\n1,5%\n", "csv-percent"),
    "a short row": ("x,y\n1\n", "csv-width"),
    "a long row": ("x,y\n1,2,3\n", "csv-width-comma"),
    "a name twice": ("x,x\n1,2\n", "csv-twice"),
    "a head that is no name": ("x,height (cm)\n1,2\n", "csv-head"),
    "thousands": ("x;y\n1,000;2\n", "csv-thousands"),
    "points and commas": ("x;y\n1,5;2.5\n", "csv-mixed"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused(name: str, tmp_path: Path) -> None:
    content, code = BAD[name]
    with pytest.raises(InputError) as caught:
        problem(tmp_path / "points.csv", content)
    assert caught.value.code == code
    for language in ("en", "zh-TW"):
        assert "points.csv" in caught.value.explain(language)


def test_a_fault_is_told_with_its_row_and_column(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        problem(tmp_path / "points.csv", "x,y\n1,2\n\n3,abc\n")
    assert "row 4" in str(caught.value)
    assert "2" in str(caught.value)
    assert "y" in str(caught.value)


def test_a_big5_file_is_read_and_said(tmp_path: Path) -> None:
    found = problem(tmp_path / "points.csv", "身高,y\n1,2\n".encode("cp950"), columns={"x": "身高", "y": "y"})
    assert list(found.data["x"]) == [1]
    assert any("Big5" in note.message() for note in found.notes)


def test_columns_choose_and_rename(tmp_path: Path) -> None:
    content = "name,height (cm),y\nanna,1.5,2\nben,1.6,3\n"
    found = problem(tmp_path / "points.csv", content, columns={"x": "height (cm)", "y": "y"})
    assert list(found.data["x"]) == [Fraction(3, 2), Fraction(8, 5)]


decimals = st.decimals(min_value=-1000, max_value=1000, places=3).map(str)


@given(st.lists(st.tuples(decimals, decimals), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
@settings(max_examples=60, deadline=None)
def test_decimals_come_back_exactly(rows: list[tuple[str, str]], separator: str) -> None:
    import tempfile

    text = f"x{separator}y\n" + "\n".join(separator.join(row) for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        found = problem(Path(folder) / "points.csv", text)
    assert [list(found.data[word]) for word in ("x", "y")] == [
        [Fraction(row[0]) for row in rows],
        [Fraction(row[1]) for row in rows],
    ]


TABLES: dict[str, tuple[dict[str, Any], str]] = {
    "unlike lengths": ({"x": [1, 2], "y": [1]}, "unlike-columns"),
    "ragged rows": ({"x": [[1, 2], [3]], "y": [1, 2]}, "ragged"),
    "a single number": ({"x": 1, "y": [1]}, "not-a-column"),
    "words": ({"x": ["a"], "y": [1]}, "not-exact"),
    "nothing": ({"x": [], "y": []}, "empty-array"),
    "a missing file": ({"file": "nowhere.csv"}, "file-missing"),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_that_cannot_be_used(name: str) -> None:
    data, code = TABLES[name]
    with pytest.raises(InputError) as caught:
        symgd.Problem(LOSS, start={"w": 0}, data=data)
    assert caught.value.code == code


def test_a_name_of_the_loss_without_a_column_is_told() -> None:
    with pytest.raises(InputError) as caught:
        symgd.descend(LOSS, start={"w": 0}, data={"x": [1, 2], "z": [1, 2]})
    assert "y" in str(caught.value)


def test_a_hundred_thousand_rows_stay_floats_and_run() -> None:
    choose = np.random.default_rng(2)
    x = choose.normal(size=100_000)
    run = symgd.descend(LOSS, start={"w": 0}, data={"x": x, "y": 2 * x}, arithmetic="float", steps=300, every=100)
    assert float(run.final["w"]) == pytest.approx(2.0)


def test_batches_go_through_all_rows_and_can_be_redone() -> None:
    import random

    batches = Batches(rows=7, size=3, seed=5)
    rows = [row for step in range(batches.per_epoch) for row in batches.rows_of(step)]
    assert sorted(rows) == list(range(1, 8))
    order = list(range(1, 8))
    random.Random(5).shuffle(order)
    assert batches.rows_of(0) == tuple(sorted(order[:3]))


def test_a_stochastic_run_is_a_loop_written_by_hand() -> None:
    x, y = [1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 3.0, 5.0, 4.0, 7.0]
    batches = Batches(rows=5, size=2, seed=9)
    w = 0.5
    for step in range(9):
        rows = [row - 1 for row in batches.rows_of(step)]
        slope = sum(2 * (w * x[row] - y[row]) * x[row] for row in rows) / len(rows)
        w -= 0.02 * slope
    settings: dict[str, Any] = {"batch_size": 2, "seed": 9, "epochs": 3, "learning_rate": "0.02"}
    for arithmetic in ("exact", "float"):
        run = symgd.descend(LOSS, start={"w": "0.5"}, data={"x": x, "y": y}, arithmetic=arithmetic, **settings)
        assert float(run.final["w"]) == pytest.approx(w, rel=1e-12)
        assert len(run.records) == 10


@pytest.mark.parametrize("road", [symgd.descend, lambda loss, **more: symgd.gradient(loss, **more).at(w=1)])
def test_a_name_that_no_column_has_is_told_with_the_columns(road: Any) -> None:
    with pytest.raises(InputError, match="no value for: X") as caught:
        road("mean((w*X - y)^2)", data={"x": [1, 2], "y": [1, 2]}, start={"w": 1})
    assert "x, y" in caught.value.explain("en")
    assert "x, y" in caught.value.explain("zh-TW")


def test_the_cell_at_which_a_row_is_too_short_is_told() -> None:
    with pytest.raises(InputError, match=r"Row 3 of CSV .*column 2 \(y\)"):
        columns_of_text("x,y\n1,2\n3\n")
