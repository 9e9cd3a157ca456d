"""A class's submissions: nothing lost, nothing guessed, and one bad row never stops the rest."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgd.checking.answers import quantity_of_head
from symgd.checking.cells import undefused
from symgd.checking.facts import facts_of
from symgd.checking.roster import Roster, read_roster, read_table
from symgd.checking.roster_heads import STUDENT, WORKING, matched_heads
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.language import LANGUAGES

QUANTITIES = ("dL/dw1", "∂L/∂w1", "Δw1", "w1", "w1[1]", "w1[2]", "L")
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def table(*rows: tuple[str, ...], separator: str = ",") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue()


def workings(roster: Roster) -> list[str]:
    return [each.working for each in roster.submissions]


# what heads stand for


@pytest.mark.parametrize("head", STUDENT)
def test_every_name_of_a_students_column_is_found(head: str) -> None:
    for spelled in (head, head.upper(), f" {head.replace('_', ' ')} ", head.title().replace("_", "-")):
        roster = read_roster(f"{spelled},w1\ns001,1\n", QUANTITIES)
        assert roster.matched[spelled] == "student"
        assert roster.submissions[0].student == "s001"


@pytest.mark.parametrize("head", WORKING)
def test_every_name_of_a_column_of_working_is_found(head: str) -> None:
    assert workings(read_roster(f"id,{head.upper()}\ns001,w1 = 0.51\n", QUANTITIES)) == ["w1 = 0.51"]


@pytest.mark.parametrize(
    ("head", "quantity"),
    [
        pytest.param("dL/dw1", "dL/dw1", id="as it is"),
        pytest.param("DL/DW1", "dL/dw1", id="case"),
        pytest.param(" d L / d w1 ", "dL/dw1", id="spaces"),
        pytest.param("ｄＬ／ｄｗ１", "dL/dw1", id="full width"),
        pytest.param("dL\u3000/dw1", "dL/dw1", id="ideographic space"),
        pytest.param("dL/dw1\u200b", "dL/dw1", id="zero-width space"),
        pytest.param("dL\n/dw1", "dL/dw1", id="line break in a quoted head"),
        pytest.param("∂L/∂w1", "∂L/∂w1", id="partial"),
        pytest.param("w1[1]", "w1[1]", id="after an update"),
        pytest.param("Δw1", "Δw1", id="greek"),
        pytest.param("δw1", "Δw1", id="greek, case"),
        pytest.param("w1_1", None, id="another spelling is no match"),
        pytest.param("w11", None, id="digits run together are no match"),
        pytest.param("w1[3]", None, id="an update nobody asked for"),
        pytest.param("w²", None, id="a superscript is no digit"),
    ],
)
def test_heads_of_quantities(head: str, quantity: str | None) -> None:
    assert matched_heads(["id", head], (*QUANTITIES, "w2")).answers.get(head) == quantity


@pytest.mark.parametrize(
    ("head", "quantity"),
    [
        pytest.param("∂L/∂w1", "dL/dw1", id="partial"),
        pytest.param("−∂L/∂w1", "-dL/dw1", id="negative, a minus"),
        pytest.param("-dL/dw1", "-dL/dw1", id="negative"),
        pytest.param("'-dL/dw1", "-dL/dw1", id="negative, defused"),
        pytest.param("dL/dw1[2]", "dL/dw1[2]", id="after updates"),
        pytest.param("ｄＬ／ｄｗ１［２］", "dL/dw1[2]", id="after updates, full width"),
        pytest.param("L[1]", "L[1]", id="the loss after an update"),
        pytest.param("delta w1", "Δw1", id="a change in words"),
        pytest.param(r"$\Delta w_1$", "Δw1", id="a change in LaTeX"),
        pytest.param(r"$\frac{\partial L}{\partial w_1}$", "dL/dw1", id="a slope in LaTeX"),
        pytest.param("w1^(2)", "w1[2]", id="a raised update"),
        pytest.param("損失", "L", id="the loss in words"),
        pytest.param("w1[3]", None, id="an update nobody asked for"),
        pytest.param("dL/dw1[3]", None, id="a slope nobody asked for"),
        pytest.param("dL/dw1(0.5, 0.2)", "dL/dw1", id="at the start"),
        pytest.param("∂L/∂w1(0.51, 0.22)", "dL/dw1[1]", id="at a point of the run"),
        pytest.param("dL/dw1(1, 2)", None, id="at a point of no update"),
        pytest.param("∂L/∂w1^(1)", "dL/dw1[1]", id="a slope after an update"),
        pytest.param("learning rate", None, id="the rate is given"),
        pytest.param("Your w1", None, id="more than a name"),
        pytest.param("w1, w2", None, id="two names"),
        pytest.param("dL/dq", None, id="no quantity of the problem"),
        pytest.param("email", None, id="a word"),
        pytest.param("$", None, id="a sign"),
    ],
)
def test_heads_in_the_notations_of_workings(head: str, quantity: str | None) -> None:
    problem = Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=2)
    assert quantity_of_head(head, facts_of(problem)) == quantity


def test_case_counts_where_it_tells_two_quantities_apart() -> None:
    assert matched_heads(["id", "W", "w"], ["w", "W"]).answers == {"W": "W", "w": "w"}
    assert matched_heads(["id", "W "], ["w", "W"]).answers == {"W ": "W"}
    assert matched_heads(["id", "aB"], ["ab", "AB"]).answers == {}


def test_two_columns_for_one_quantity_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        read_roster("id,w1,W1\ns001,1,2\n", ["w1"])
    assert caught.value.code == "roster-both"
    assert (caught.value.facts["file"], caught.value.facts["row"]) == ("CSV", 1)
    assert len({caught.value.explain(language) for language in LANGUAGES}) == len(LANGUAGES)


def test_the_surest_of_several_student_columns_is_taken_and_the_others_are_listed() -> None:
    roster = read_roster("Student,ID,SIS User ID,Section,w1\nx,17,s001,a,1\n", ["w1"])
    assert roster.submissions[0].student == "s001"
    assert roster.unmatched == ("Student", "ID", "Section")


def test_what_is_defused_is_matched_and_read_as_what_it_was() -> None:
    roster = read_roster("id,'-grad\n'@s001,'= (1; 2)\n", ["-grad"])
    assert (roster.submissions[0].student, workings(roster)) == ("@s001", ["-grad = (1; 2)"])
    assert roster.submissions[0].original == {"id": "'@s001", "'-grad": "'= (1; 2)"}


# lines


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        pytest.param("0.51", "w1 = 0.51", id="a value"),
        pytest.param("w1 = 0.51", "w1 = 0.51", id="named already"),
        pytest.param("Ｗ１＝0.51", "Ｗ１＝0.51", id="named in full width"),
        pytest.param("= 0.51", "w1 = 0.51", id="a sign in front"),
        pytest.param("≈ 0.5", "w1 ≈ 0.5", id="rounded"),
        pytest.param("0.5 + 0.01 = 0.51", "w1 = 0.5 + 0.01 = 0.51", id="a chain"),
        pytest.param("w2 = 0.51", "w1 = w2 = 0.51", id="another name is no head of the line"),
        pytest.param("0.5 + 0.01\n= 0.51", "w1 = 0.5 + 0.01\n= 0.51", id="several lines"),
        pytest.param("  ", "", id="blank"),
        pytest.param("-0.1", "w1 = -0.1", id="negative"),
    ],
)
def test_an_answer_becomes_a_line(cell: str, line: str) -> None:
    assert workings(read_roster(table(("id", "w1"), ("s001", cell)), ["w1"])) == [line]


def test_answers_stand_in_the_order_of_the_file_and_after_the_working() -> None:
    text = table(("id", "w1", "working", "L"), ("s001", "1", "a = 1\nb = 2", "3"))
    assert workings(read_roster(text, QUANTITIES)) == ["a = 1\nb = 2\nw1 = 1\nL = 3"]


@given(CELLS, st.sampled_from(",;\t"))
def test_any_working_comes_back_as_it_was(cell: str, separator: str) -> None:
    roster = read_roster(table(("id", "working"), ("s001", cell), separator=separator), QUANTITIES)
    (row,) = roster.submissions
    assert row.original == {"id": "s001", "working": cell}
    assert row.working == (undefused(cell) if undefused(cell).strip() else "")


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_every_cell_is_kept_byte_by_byte_and_every_row(rows: list[tuple[str, str]]) -> None:
    marked = [(f"s{n:03}", *row) for n, row in enumerate(rows)]
    roster = read_roster(table(("id", "working", "note"), *marked), QUANTITIES)
    assert [tuple(each.original.values()) for each in roster.submissions] == marked
    assert not roster.duplicates
    assert not roster.warnings


# CSV as it is found


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param("\ufeff學號,作答\ns001,損失＝1\n".encode(), id="UTF-8 with a mark"),
        pytest.param("學號,作答\r\ns001,損失＝1\r\n".encode(), id="UTF-8, Windows lines"),
        pytest.param("學號,作答\rs001,損失＝1\r".encode(), id="old Macintosh lines"),
        pytest.param("學號;作答\ns001;損失＝1\n".encode(), id="semicolons"),
        pytest.param("sep=;\r\n學號;作答\r\ns001;損失＝1\r\n".encode(), id="a spreadsheet's first line"),
        pytest.param("學號\t作答\ns001\t損失＝1\n".encode("utf-16"), id="UTF-16, tabs"),
        pytest.param("學號,作答\ns001,損失＝1\n".encode("cp950"), id="Big5"),
        pytest.param('sep="\n學號,作答\ns001,損失＝1\n'.encode(), id="a first line with an odd sign"),
        pytest.param("\n \n學號,作答\n\ns001,損失＝1\n,\n".encode(), id="blank rows"),
        pytest.param("學號,作答,,\ns001,損失＝1,,\n".encode(), id="empty columns behind"),
    ],
)
def test_files_as_spreadsheets_write_them(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes(raw)
    for named in (path, str(path)):
        roster = read_roster(named, QUANTITIES)
        assert [(each.student, each.working) for each in roster.submissions] == [("s001", "損失＝1")]
        assert roster.columns == ("學號", "作答")
    told = [note.code for note in roster.warnings]
    assert told == ([] if roster.encoding == "UTF-8" else ["encoding"])


@pytest.mark.parametrize(
    ("head", "row"),
    [
        pytest.param('student,"L(w; b)"', "s001,1", id="a semicolon in a quoted head"),
        pytest.param("student,L(w; b)", "s001,1", id="a semicolon in a bare head"),
        pytest.param('student;"f(a, b)"', "s001;1", id="a comma in a quoted head"),
        pytest.param("id | note", "s001 | 1", id="bars"),
    ],
)
def test_the_separator_is_what_parts_off_a_students_column(head: str, row: str) -> None:
    quantities = ("L(w; b)", "f(a, b)", "note")
    (found,) = read_roster(f"{head}\n{row}\n", quantities).submissions
    assert found.student == "s001"
    assert found.working.endswith("= 1")


def test_blanks_before_quotation_marks_are_passed_over() -> None:
    roster = read_roster('id, working\ns001, "f(1, 2) = 3"\ns002, w = 1\n', QUANTITIES)
    assert workings(roster) == ["f(1, 2) = 3", "w = 1"]


def test_an_unquoted_comma_in_the_last_column_loses_nothing_and_is_told() -> None:
    roster = read_roster("id,working\ns001,m = (1, 2)\ns002,w = 1\n", QUANTITIES)
    assert workings(roster) == ["m = (1, 2)", "w = 1"]
    (note,) = roster.warnings
    assert (note.code, note.facts["row"]) == ("roster.width", 2)


def test_a_short_row_is_kept_and_told() -> None:
    roster = read_roster("id,w1,L\ns001,1\ns002,2,3\n", QUANTITIES)
    assert workings(roster) == ["w1 = 1", "w1 = 2\nL = 3"]
    assert [note.code for note in roster.warnings] == ["roster.width"]


def test_a_row_without_a_student_is_kept_and_told() -> None:
    roster = read_roster("id,w1\n,1\n ,3\ns002,2\n", QUANTITIES)
    assert [each.student for each in roster.submissions] == ["", "", "s002"]
    assert [(note.code, note.facts["row"]) for note in roster.warnings] == [("roster.nameless", n) for n in (2, 3)]
    assert not roster.duplicates


def test_rows_of_one_student_are_all_kept_and_the_student_is_listed_once() -> None:
    roster = read_roster("id,w1\ns001,1\ns002,2\nS001 ,3\nｓ００１,4\n", QUANTITIES)
    assert len(roster.submissions) == 4
    assert roster.duplicates == ("s001",)


def test_rows_are_numbered_as_an_editor_numbers_lines() -> None:
    roster = read_roster('id,working\ns001,"a\nb\nc"\n\ns002,d\n', QUANTITIES)
    assert [each.row for each in roster.submissions] == [2, 6]


def test_line_breaks_in_cells_are_kept() -> None:
    assert workings(read_roster('id,working\ns001,"a = 1\r\nb = 2\n"\n', QUANTITIES)) == ["a = 1\r\nb = 2\n"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "csv-empty", id="nothing"),
        pytest.param(" \n\n", "csv-empty", id="blank"),
        pytest.param("group,w1\nx,1\n", "roster-no-student", id="no student"),
        pytest.param("s001,0.5\ns002,0.6\n", "roster-no-student", id="no heads"),
        pytest.param("id,remark\ns001,x\n", "roster-no-answer", id="no answers"),
        pytest.param("id\ns001\n", "roster-no-answer", id="one column"),
        pytest.param('id,w1\ns001,"1\n', "csv-broken", id="a quotation mark alone"),
        pytest.param("id,w1,note,note\ns001,1,2,3\n", "csv-twice", id="a head twice"),
        pytest.param("id,w1,,\ns001,1,2,3\n", "csv-no-name", id="two columns without a head"),
        pytest.param("{}\n", "roster-no-student", id="an empty object"),
        pytest.param('{"a\n{"b\n', "roster-lines", id="broken lines alone"),
        pytest.param('{"student": "s001"}', "roster-no-answer", id="an object without answers"),
    ],
)
def test_what_cannot_be_read_says_why_and_where_in_both_languages(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_roster(text, ["w1"])
    assert caught.value.code == code
    for language in LANGUAGES:
        told = caught.value.explain(language)
        assert "{" not in told.replace('{"student"', "")
        assert caught.value.hint(language)
    if code.startswith("roster"):
        assert caught.value.facts["row"] == 1


def test_a_table_without_students_is_an_empty_class() -> None:
    roster = read_roster("id,w1\n", ["w1"])
    assert roster.submissions == ()
    assert roster.matched == {"id": "student", "w1": "w1"}


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        read_roster("nowhere.csv", ["w1"])


@given(st.text(max_size=60))
def test_no_text_does_more_than_raise_an_input_error(text: str) -> None:
    try:
        roster = read_roster("id,w1\n" + text, ["w1"])
    except InputError:
        return
    assert all(tuple(each.original) == roster.columns for each in roster.submissions)


@given(st.text(st.sampled_from('{}[]",:\n\\ua1d800 '), max_size=40))
def test_no_json_does_more_than_raise_an_input_error(text: str) -> None:
    try:
        roster = read_roster('{"student": "s001", "w1": 1}\n' + text, ["w1"])
    except InputError:
        return
    assert roster.submissions[0].working == "w1 = 1"
    assert "".join(workings(roster)).encode() is not None


# JSON lines


def lines(*objects: object) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


@pytest.mark.parametrize(
    ("given", "working"),
    [
        pytest.param({"working": "w1 = 1\nL = 2"}, "w1 = 1\nL = 2", id="text"),
        pytest.param({"working": ["w1 = 1", "L = 2"]}, "w1 = 1\nL = 2", id="lines"),
        pytest.param({"w1": "0.51", "L": "2"}, "w1 = 0.51\nL = 2", id="quantities"),
        pytest.param({"answers": {"w1": "0.51"}}, "w1 = 0.51", id="quantities inside answers"),
        pytest.param({"answers": ["w1 = 1", "L = 2"]}, "w1 = 1\nL = 2", id="answers as lines"),
        pytest.param({"w1": None, "L": ""}, "", id="nothing"),
        pytest.param({"working": "a \ud800"}, "a \N{REPLACEMENT CHARACTER}", id="half a surrogate pair"),
    ],
)
def test_objects_of_json_lines(given: dict[str, object], working: str) -> None:
    roster = read_roster(lines({"student": "s001", **given}), QUANTITIES)
    assert (roster.submissions[0].student, workings(roster)) == ("s001", [working])


def test_numbers_of_json_stay_as_they_were_typed() -> None:
    roster = read_roster('{"id": 7, "w1": 0.10, "L": 1e400, "w1[1]": NaN}', QUANTITIES)
    assert roster.submissions[0].student == "7"
    assert workings(roster) == ["w1 = 0.10\nL = 1e400\nw1[1] = NaN"]


def test_a_long_number_breaks_no_line() -> None:
    assert workings(read_roster('{"id": 7, "w1": ' + "9" * 5000 + "}", QUANTITIES)) == ["w1 = " + "9" * 5000]


def test_a_broken_line_is_told_and_stops_nothing() -> None:
    text = (
        '{"student": "s001", "w1": 1}\n{"student": \n[1]\n"x"\n\n' + "[" * 100_000 + '\n{"student": "s002", "w1": 2}'
    )
    roster = read_roster(text, QUANTITIES)
    assert [(each.student, each.row) for each in roster.submissions] == [("s001", 1), ("s002", 7)]
    assert [(note.code, note.facts["row"]) for note in roster.warnings] == [("roster.line", n) for n in (2, 3, 4, 6)]
    assert all(note.message(language) for note in roster.warnings for language in LANGUAGES)


def test_a_file_of_json_lines_is_known_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "class.jsonl"
    path.write_text("broken\n" + lines({"student": "s001", "w1": 1}), encoding="utf-8")
    roster = read_roster(path, QUANTITIES)
    assert workings(roster) == ["w1 = 1"]
    assert len(roster.warnings) == 1


def test_what_is_odd_is_told_in_both_languages() -> None:
    roster = read_roster("id,w1\n,1,2\n", ["w1"])
    told = {note.message(language) for note in roster.warnings for language in LANGUAGES}
    assert len(told) == 4


def test_a_page_that_one_student_pasted_does_not_stop_the_others() -> None:
    csv.field_size_limit(before := 131_072)
    roster = read_roster(f"id,working\ns001,{'x' * 200_000}\ns002,w = 1\n", QUANTITIES)
    assert [len(working) for working in workings(roster)] == [200_000, 5]
    assert csv.field_size_limit() == before


def test_thousands_of_empty_columns_behind_are_none() -> None:
    blank = "," * 16_000
    roster = read_roster(f"id,w1{blank}\n" + f"s001,1{blank}\n" * 20, ["w1"])
    assert roster.columns == ("id", "w1")
    assert not roster.warnings


def test_a_column_without_a_head_is_kept_where_it_holds_something() -> None:
    roster = read_roster("id,w1,,\ns001,1,note,\n", ["w1"])
    assert roster.submissions[0].original == {"id": "s001", "w1": "1", "": "note"}


def test_a_table_can_be_read_without_knowing_what_it_is() -> None:
    assert read_table("a;b\n1;2\n").heads == ("a", "b")
