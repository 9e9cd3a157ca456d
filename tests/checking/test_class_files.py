"""How a class's file is cut into heads and cells, and the places that are told where it cannot be."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from symgd.checking.roster import Roster, read_roster, read_table
from symgd.checking.roster_heads import matched_heads
from symgd.errors import InputError
from symgd.limits import allowing


def cells(text: str) -> list[list[str]]:
    return [list(read_table(text).heads), *(row.cells for row in read_table(text).rows)]


def odd(roster: Roster) -> list[tuple[str, Any, Any]]:
    return [(note.code, note.facts["file"], note.facts.get("row")) for note in roster.warnings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("id,w\na,1,,\nb,2\n", [["id", "w"], ["a", "1"], ["b", "2"]], id="blank cells too many"),
        pytest.param("id,w\na,1,,2\n", [["id", "w"], ["a", "1,,2"]], id="an unquoted comma behind a blank cell"),
        pytest.param("id;w\na;1;;2\n", [["id", "w"], ["a", "1;;2"]], id="an unquoted semicolon"),
        pytest.param("id,w,x\na\n", [["id", "w", "x"], ["a", "", ""]], id="two cells too few"),
        pytest.param("id,w,\na,1,\n", [["id", "w"], ["a", "1"]], id="an empty column"),
        pytest.param(
            "id,w,,\na,1,\nb,2,x\nc,3,\n", [["id", "w", ""], *["a1 ", "b2x", "c3 "]], id="a cell below no head"
        ),
        pytest.param("id,w,x\na,1\n", [["id", "w", "x"], ["a", "1", ""]], id="an empty column with a head"),
        pytest.param("id|w|\na|1|x\n", [["id", "w", ""], ["a", "1", "x"]], id="bars, and a blank head"),
        pytest.param("\n||\nid|w|\na|1|x\n", [["id", "w", ""], ["a", "1", "x"]], id="bars below blank rows"),
        pytest.param(
            "sep=,\nid;a,id,b;c\n1,2,3\n", [["id;a", "id", "b;c"], ["1", "2", "3"]], id="the sign that is told"
        ),
        pytest.param('id, w\na, "1,2"\nb, 3\n', [["id", "w"], ["a", "1,2"], ["b", "3"]], id="blanks before marks"),
        pytest.param('id, w\na, "1,2"\n', [["id", "w"], ["a", "1,2"]], id="blanks before marks in the only row"),
        pytest.param("id, w\na, 1\n", [["id", " w"], ["a", " 1"]], id="blanks that part nothing wrong stay"),
        pytest.param("id, w\na, 1, 2\n", [["id", " w"], ["a", " 1, 2"]], id="blanks that help nothing stay"),
    ],
)
def test_cells_of_a_table(text: str, found: list[Any]) -> None:
    wanted = [[sign.strip() for sign in row] if isinstance(row, str) else row for row in found]
    assert cells(text) == wanted


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("id,w\na,1,,\n", [], id="blank cells too many"),
        pytest.param("id,w\na,1,2,\nb\nc,3\n", [("roster.width", 2, 4, 2), ("roster.width", 3, 1, 2)], id="both"),
        pytest.param("\nid,w\n\na,1,,2\n", [("roster.width", 4, 4, 2)], id="a blank cell among those too many"),
    ],
)
def test_rows_that_do_not_fit_are_told_with_their_cells(text: str, rows: list[tuple[object, ...]]) -> None:
    notes = read_table(text, "class.csv").warnings
    assert [(note.code, *(note.facts[key] for key in ("row", "found", "wanted"))) for note in notes] == rows
    assert {note.facts["file"] for note in notes} <= {"class.csv"}


@pytest.mark.parametrize(
    ("text", "code", "facts"),
    [
        ("id,note,w,note\n", "csv-twice", {"row": 1, "column": "4 (note)", "head": "note"}),
        ("\nid,w,,,x\n1,2,3,4,5\n", "csv-no-name", {"row": 2, "column": "4", "head": ""}),
        ('id,w\na,1\n\nb,"2\n', "csv-broken", {"row": 4}),
        ("\n\ngroup,w1\nx,1\n", "roster-no-student", {"row": 3, "text": "group, w1", "length": 9, "columns": 2}),
        ("id,,x\n1,2,3\n", "roster-no-answer", {"text": "id, x", "length": 5, "columns": 3, "known": "w1"}),
        ("\nid,w1,W1\n", "roster-both", {"row": 2, "first": "w1", "second": "W1", "quantity": "w1"}),
        ('\n{"a": 1}\n{"b": 1}', "roster-no-student", {"row": 2, "text": "a, b", "file": "JSON"}),
        ('\n{"id": 1}\n{"b": 1}', "roster-no-answer", {"row": 2, "text": "id, b", "columns": 2, "file": "JSON"}),
        ('\n{"id": 1, "w1": 2, "W1": 3}\n{}', "roster-both", {"row": 2, "file": "JSON"}),
    ],
)
def test_the_place_of_what_cannot_be_read(text: str, code: str, facts: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        read_roster(text, ["w1"])
    assert caught.value.code == code
    told = {**caught.value.facts, "text": caught.value.text, "length": caught.value.length}
    assert {key: told[key] for key in facts} == facts
    assert told["file"] == facts.get("file", "CSV")


def test_quantities_that_are_known_are_listed_or_a_working_is_asked_for() -> None:
    for quantities, known in ((["w1", "dL/dw1"], "w1, dL/dw1"), ([], "working")):
        with pytest.raises(InputError) as caught:
            read_roster("id,x\na,1\n", quantities)
        assert caught.value.facts["known"] == known


def test_a_table_of_a_student_with_cells_longer_than_csv_allows_is_parted_by_its_bars() -> None:
    heads = [f"note {n:>50}" for n in range(3_000)]
    assert sum(map(len, heads)) > csv.field_size_limit()
    assert read_table("id|w1|" + "|".join(heads) + "\n1|2\n").heads[:2] == ("id", "w1")


@pytest.mark.parametrize(("text", "file"), [("id,w\na,1\nb,2\n", "CSV"), ('{"id": 1, "w": 2}\n{"id": 2}\n', "JSON")])
def test_rows_and_columns_of_a_file_are_told_where_they_are_too_many(text: str, file: str) -> None:
    with allowing({"rows": 2, "columns": 2}):
        assert len(read_roster(text, ["w"]).submissions) == 2
    for limit in ("rows", "columns"):
        with allowing({limit: 1}), pytest.raises(InputError) as caught:
            read_roster(text, ["w"])
        assert (caught.value.facts["limit"], caught.value.facts["file"]) == (limit, file)


def test_what_is_odd_is_told_with_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes("id,學號,w\n1,,1\n2\n".encode("cp950"))
    assert odd(read_roster(path, ["w"])) == [
        ("encoding", "class.csv", None),
        ("roster.width", "class.csv", 3),
        *(("roster.nameless", "class.csv", row) for row in (2, 3)),
    ]
    assert odd(read_roster('{"id": "", "w": 1}\nbroken\n', ["w"])) == [
        ("roster.line", "JSON", 2),
        ("roster.nameless", "JSON", 1),
    ]


@pytest.mark.parametrize(
    ("value", "working"),
    [
        ('["w = 1", "L = 2"]', "w = 1\nL = 2"),
        ('["w = 1", 2]', "w = 1\n2"),
        ('["w = 1", true]', '["w = 1", true]'),
        ('["甲", null]', '["甲", null]'),
        ('{"甲": [1, true]}', '{"甲": ["1", true]}'),
        ("true", "true"),
        ("null", ""),
        ("[]", ""),
    ],
)
def test_a_value_of_json_as_text(value: str, working: str) -> None:
    (found,) = read_roster(f'{{"id": "a", "working": {value}}}', ["w"]).submissions
    assert found.working == working


def test_columns_ask_for_their_quantities_where_there_is_no_working() -> None:
    (columns,) = read_roster("id,w,dL/dw\na,1,2\n", ["w", "Δw", "dL/dw"]).submissions
    (both,) = read_roster("id,w,working\na,1,w = 2\n", ["w"]).submissions
    assert (columns.asked, columns.working) == (("dL/dw", "w"), "dL/dw = 2\nw = 1")
    assert (both.asked, both.working) == ((), "w = 2\nw = 1")


def test_text_of_several_lines_or_with_a_brace_is_no_name_of_a_file() -> None:
    for text in ("id,w\ra,1", "id,w\na,1", ' {"id": "a", "w": 1}', "\ufeffid,w\na,1"):
        (found,) = read_roster(text, ["w"]).submissions
        assert (found.student, found.working) == ("a", "w = 1")


@pytest.mark.parametrize(
    ("heads", "quantities", "answers"),
    [
        (["W", "w"], ["w"], None),
        (["answers", "w"], ["answers", "w"], {"answers": "answers", "w": "w"}),
        (["名稱", "id"], ["w"], {"名稱": "w"}),
        (["work.ings", "i-d"], ["w"], {}),
        (["Your w"], ["w"], {"Your w": "w"}),
    ],
)
def test_who_is_asked_about_a_head(heads: list[str], quantities: list[str], answers: dict[str, str] | None) -> None:
    if answers is None:
        with pytest.raises(InputError) as caught:
            matched_heads(heads, quantities)
        assert (caught.value.facts["file"], caught.value.facts["row"]) == ("CSV", 1)
    else:
        assert matched_heads(heads, quantities, named=lambda head: "w").answers == answers


def test_who_has_two_rows_is_told() -> None:
    assert read_roster("id,w\na,1\nb,2\nA ,3\n,4\n,5\n", ["w"]).duplicates == ("a",)
