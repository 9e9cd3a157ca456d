"""Files of marks: what came in goes out, nothing runs in a spreadsheet, each format is what its reader expects."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symgd.checking.cells import decimal_text, defused, undefused
from symgd.checking.mark_files import (
    COLUMNS,
    FORMATS,
    Marked,
    MarkedLine,
    checked_format,
    difference,
    format_of,
    json_list,
    json_object,
    marks_parts,
    read_marks,
    scores_of,
)
from symgd.checking.roster import Submission, read_roster
from symgd.errors import InputError
from symgd.language import LANGUAGES

SHEETS = ("csv", "nbgrader", "moodle", "canvas")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
#: Text that begins as formulas do, with what readers trim in front.
LIVE = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", " ", "\t", "\r", "\n", "\u3000", "\u00a0", "\ufeff", "\u200b", "'", '"']),
        st.sampled_from(["", "=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "−", "|", "0", "1e5", ".5"]),
        TEXT,
    ),
)
CELL = st.one_of(TEXT, LIVE)
FRACTIONS = st.fractions(-1000, 1000)
PLAIN = re.compile(r"[+-]?(\d+([.,]\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)

LINES = (
    MarkedLine(1, "L = 1", "ok", Fraction(1), Fraction(1), "Right."),
    MarkedLine(2, "dL/dw1 = 0.1", "slip", Fraction(0), Fraction(1), "The sign.", ("wrong-sign",)),
    MarkedLine(3, "w1 = 0.49", "carried", Fraction(1), Fraction(1), "Follows.", ("climbed", "wrong-sign")),
    MarkedLine(4, "w1 ~ ?", "unknown", Fraction(0), Fraction(1), "For the teacher."),
)
NOT_SAID = MarkedLine(0, "w1[1]", "missing", Fraction(0), Fraction(1))


def marked(student: str = "s001", original: dict[str, str] | None = None, **more: object) -> Marked:
    row = Submission(student, "w1 = 0.51", 2, {"student": student} if original is None else original)
    facts = {"score": Fraction(7, 2), "max_score": Fraction(5), "status": "partial", "lines": LINES, **more}
    return Marked(row, **facts)  # type: ignore[arg-type]


def write_marks(made: Sequence[Marked], form: str, assignment: str = "symgd", bom: bool = True) -> str:
    return "".join(marks_parts(made, form, assignment=assignment, bom=bom))


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def records(text: str) -> list[dict[str, str]]:
    head, *rest = rows(text)
    return [dict(zip(head, row, strict=True)) for row in rest]


def is_live(cell: str) -> bool:
    """An own reading of what a spreadsheet runs: blanks trimmed, a sign in front, and no number."""
    trimmed = cell.lstrip(" \u3000\u00a0\ufeff\u200b\t\r\n")
    return cell[:1] in {"\t", "\r"} or (trimmed[:1] in set("=+-@＝＋－＠") and not PLAIN.fullmatch(trimmed))


# cells


@pytest.mark.parametrize(
    "cell", ["-0.1", "+3", "1e-5", "-1.5E+10", "-.5", "+0", "-2.", "-1,5", " -0.1", "\u3000-2", "0.51", "", "w = -1"]
)
def test_numbers_and_harmless_text_stay(cell: str) -> None:
    assert defused(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "=1+1",
            "+1+1",
            "-1+1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u3000=1",
            "\ufeff=1",
            "\u200b=1",
            "\0=1",
        ),
        *(
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "﹣1",
            "﹦1",
            "-1/2",
            "-2+3",
            "-x",
            "--1",
            "-",
            "=",
            "-0x10",
            "-1e",
            "-inf",
            "-nan",
        ),
        *("-0.1\n=1", "\t5", "+886912345678x", "-1 2", "-１", "- 1", "\nx", "=HYPERLINK(1)"),
    ],
)
def test_what_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert defused(cell) == "'" + cell
    assert defused(defused(cell)) == defused(cell)


@given(CELL)
def test_no_cell_is_left_live_and_every_one_can_be_told_back(cell: str) -> None:
    safe = defused(cell)
    assert not is_live(safe)
    assert safe in (cell, "'" + cell)
    assert undefused(safe) == (cell if safe != cell else undefused(cell))


@given(FRACTIONS)
def test_marks_are_decimals_to_six_places(value: Fraction) -> None:
    text = decimal_text(value)
    assert re.fullmatch(r"-?\d+(\.\d{0,5}[1-9])?", text)
    assert abs(Fraction(text) - value) <= Fraction(1, 2_000_000)
    assert value != Fraction(Decimal(text)) or Fraction(text) == value


def test_a_mark_that_rounds_to_nothing_is_no_minus_nothing() -> None:
    assert decimal_text(Fraction(-1, 10**9)) == "0"


# symgd's own CSV


@given(st.dictionaries(CELL, CELL, max_size=4), CELL)
def test_every_cell_survives_and_the_columns_of_the_file_come_first(original: dict[str, str], feedback: str) -> None:
    head, row = rows(write_marks([marked(original=original, feedback=feedback)], "csv"))
    assert head[: len(original)] == [defused(name) for name in original]
    assert row[: len(original)] == [defused(cell) for cell in original.values()]
    assert [undefused(row[-1]), row[-6]] == [undefused(feedback), "3.5"]
    assert not [cell for cell in head + row if is_live(cell)]


@given(st.lists(TEXT.filter(lambda cell: defused(cell) == cell), min_size=1, max_size=4))
def test_columns_of_the_file_come_back_as_they_were(cells: list[str]) -> None:
    original = {f"c{n}": cell for n, cell in enumerate(cells)}
    text = write_marks([marked(original=original)], "csv")
    assert rows(text)[1][: len(cells)] == cells


@given(st.sampled_from(SHEETS), st.lists(CELL, min_size=3, max_size=3), CELL)
def test_no_sheet_has_a_live_cell(format: str, cells: list[str], assignment: str) -> None:
    original = dict(zip(("email", "Section", "ID"), cells, strict=True))
    each = marked(cells[0], original, feedback=cells[1])
    text = write_marks([each, each], format, assignment=assignment)
    found = rows(text)
    assert not [cell for row in found for cell in row if is_live(cell)]
    assert len({len(row) for row in found}) == 1


def test_the_columns_of_marks() -> None:
    (record,) = records(write_marks([marked(feedback="Look at line 2.", first_wrong_line=2)], "csv"))
    assert record == {
        "student": "s001",
        "score": "3.5",
        "max_score": "5",
        "status": "partial",
        "first_wrong_line": "2",
        "misconceptions": "wrong-sign climbed",
        "feedback": "Look at line 2.",
    }


@pytest.mark.parametrize("format", [*SHEETS, "gradescope"])
def test_only_what_a_spreadsheet_opens_has_a_mark_in_front(format: str) -> None:
    assert write_marks([marked()], format).startswith("\ufeff") == (format == "csv")
    assert not write_marks([marked()], format, bom=False).startswith("\ufeff")


def test_rows_of_unlike_columns_are_laid_side_by_side() -> None:
    both = [marked("s001", {"id": "s001", "w1": "1"}), marked("s002", {"id": "s002", "L": "2"})]
    assert rows(write_marks(both, "csv", bom=False))[0][:3] == ["id", "w1", "L"]
    assert [row[:3] for row in rows(write_marks(both, "csv"))[1:]] == [["s001", "1", ""], ["s002", "", "2"]]


def test_a_class_without_students_can_be_written() -> None:
    assert all(rows(write_marks([], form)) for form in SHEETS)
    assert write_marks([], "gradescope") == "{}\n"


# and back


SCORES = st.fractions(0, 100).map(lambda value: Fraction(decimal_text(value)))


@given(st.dictionaries(TEXT.map(str.strip).filter(lambda name: undefused(name) == name and name), SCORES, max_size=5))
def test_marks_come_back(scores: dict[str, Fraction]) -> None:
    assume("\0" not in "".join(scores))
    made = [marked(student, score=score) for student, score in scores.items()]
    assume(made)
    assert read_marks(write_marks(made, "csv")) == scores == scores_of(made)


def test_every_row_of_a_student_who_is_listed_twice_is_compared() -> None:
    before, now = (
        [marked("A1", score=Fraction(one)), marked("A1", score=Fraction(two))] for one, two in ((8, 2), (9, 4))
    )
    changed = difference(read_marks(write_marks(before, "csv")), scores_of(now))
    assert [(student, str(old), str(new)) for student, old, new in changed] == [("A1", "8", "9"), ("A1 (2)", "2", "4")]


def regraded(text: str, score: Fraction) -> str:
    roster = read_roster(text, ["w1"])
    return write_marks([Marked(each, score, Fraction(5), "partial") for each in roster.submissions], "csv")


def test_marks_written_over_marks_stand_behind_the_old_and_are_the_ones_read() -> None:
    text = "student,w1,score\ns001,=0.51,teacher's\n"
    for n, score in enumerate((Fraction(1), Fraction(2), Fraction(5, 2)), start=2):
        text = regraded(text, score)
        assert read_marks(text) == {"s001": score}
        assert rows(text)[0][-6:] == [f"{name} ({n})" for name in COLUMNS]
    assert rows(text)[1][:3] == ["s001", "'=0.51", "teacher's"]
    assert read_roster(text, ["w1"]).submissions[0].working == "w1 =0.51"


@pytest.mark.parametrize(
    ("saved", "score"),
    [
        pytest.param(
            "id;score;max_score;status;first_wrong_line;misconceptions;feedback\ns001;3,5;5;partial;;;", "3.5"
        ),
        pytest.param(
            "id,score,max_score,status,first_wrong_line,misconceptions,feedback\ns001,3.50,5,partial,,,", "3.5"
        ),
        pytest.param("id,score,max_score,status,first_wrong_line,misconceptions,feedback\ns001,,5,partial,,,", None),
        pytest.param(
            "id,score,max_score,status,first_wrong_line,misconceptions,feedback\ns001,see me,5,partial,,,", None
        ),
    ],
    ids=["decimal comma", "zeros", "emptied", "a remark"],
)
def test_marks_that_a_teacher_saved_from_a_spreadsheet(saved: str, score: str | None) -> None:
    assert read_marks(saved) == ({} if score is None else {"s001": Fraction(score)})


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("id,score\ns001,1\n", "max_score, status, first_wrong_line, misconceptions, feedback"),
        ("\nscore,max_score,status,first_wrong_line,misconceptions,feedback\n", "student"),
        ("\nx,score,max_score,status,first_wrong_line,misconceptions,feedback\na,1,1,,,\n", "student"),
    ],
)
def test_a_table_without_marks_is_refused_in_both_languages(text: str, columns: str) -> None:
    with pytest.raises(InputError) as caught:
        read_marks(text)
    assert caught.value.code == "no-marks"
    assert (caught.value.facts["columns"], caught.value.facts["row"]) == (columns, 1 + text.startswith("\n"))
    assert len({caught.value.explain(language) for language in LANGUAGES}) == len(LANGUAGES)


def test_the_difference_names_those_whose_mark_moved_came_or_went() -> None:
    third = Fraction(1, 3)
    old = {"s001": Fraction(1), "s002": Fraction(2), "s003": Fraction(3), "s005": Fraction("0.333333")}
    new = {"s001": Fraction(1), "s002": Fraction(5, 2), "s004": Fraction(4), "s005": third}
    moved = (("s002", Fraction(2), Fraction(5, 2)), ("s003", Fraction(3), None), ("s004", None, Fraction(4)))
    assert difference(old, new) == moved
    assert difference(read_marks(write_marks([marked(score=third)], "csv")), {"s001": third}) == ()


# other formats


def test_json_of_parts_is_json_as_it_is_set_at_once() -> None:
    values = [1, {"學": [2, {}]}, [], "a"]
    table = {"a": 1, "b": {"c": [values]}}
    assert "".join(json_list(values, 0)) == json.dumps(values, indent=2, ensure_ascii=False)
    assert "".join(json_object(table.items())) == json.dumps(table, indent=2, ensure_ascii=False)
    assert ["".join(json_list([], 1)), "".join(json_object([]))] == ["[]", "{}"]
    nested = '{\n  "a": ' + "".join(json_list(values, 1)) + "\n}"
    assert nested == json.dumps({"a": values}, indent=2, ensure_ascii=False)


def test_gradescope_has_a_result_for_one_and_an_object_by_student_for_more() -> None:
    text = write_marks([marked(feedback="Look.", lines=(*LINES, NOT_SAID))], "gradescope")
    result = json.loads(text)
    assert text == json.dumps(result, indent=2) + "\n"
    assert [test["name"] for test in result["tests"]][3:] == ["4: w1 ~ ?", "w1[1]"]
    assert result["tests"].pop()["status"] == "failed"
    assert (result["score"], result["output"]) == (3.5, "Look.")
    assert [test.get("status") for test in result["tests"]] == ["passed", "failed", "passed", None]
    assert [test.get("score") for test in result["tests"]] == [1, 0, 1, None]
    assert {test["visibility"] for test in result["tests"]} == {"visible"}
    assert all(test["max_score"] == 1 and test["name"] and "output" in test for test in result["tests"])
    several = json.loads(write_marks([marked("s001"), marked("s002"), marked("s001")], "gradescope"))
    assert list(several) == ["s001", "s002", "s001 (2)"]
    assert several["s002"]["tests"] == result["tests"]


NBGRADER = (
    "assignment duedate timestamp student_id last_name first_name email"
    " raw_score late_submission_penalty score max_score"
)


def test_nbgrader_has_its_own_columns_and_what_the_file_knows() -> None:
    each = marked("s001", {"student_id": "s001", "E-mail": "s001@example.org", "Timestamp": "2024-01-01"})
    (record,) = records(write_marks([each], "nbgrader", assignment="hw1"))
    assert list(record) == NBGRADER.split()
    assert [record[name] for name in ("assignment", "student_id", "email", "timestamp", "duedate")] == [
        *("hw1", "s001", "s001@example.org", "2024-01-01", "")
    ]
    assert [float(record[name]) for name in NBGRADER.split()[-4:]] == [3.5, 0, 3.5, 5]


def test_moodle_has_grade_and_feedback_together() -> None:
    made = [marked("s001", feedback="=look"), marked("s002@example.org", status="undecided", feedback="wait")]
    first, second = records(write_marks(made, "moodle"))
    assert first == {"identifier": "s001", "email": "", "grade": "3.5", "feedback": "'=look"}
    assert records(write_marks([marked("@s003")], "moodle"))[0]["email"] == ""
    assert records(write_marks([marked("a@example.org")], "moodle"))[0]["email"] == "a@example.org"
    assert (second["email"], second["grade"]) == ("s002@example.org", "")


def test_canvas_has_the_row_of_points_and_no_school_number_for_its_own() -> None:
    made = [marked("41001"), marked("s002", max_score=Fraction(6), status="undecided")]
    head, points, first, second = rows(write_marks(made, "canvas", assignment="Homework 1"))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 1"]
    assert (points[0].strip(), points[-1], points[1:-1]) == ("Points Possible", "6", [""] * 4)
    assert first == ["41001", "", "41001", "41001", "", "3.5"]
    assert second[-1] == ""
    made = [
        marked("41001", {"ID": "41001", "Section": "a", "email": "s001@example.org"}),
        marked("@s003"),
        marked("-s4"),
    ]
    people = [row[:5] for row in rows(write_marks(made, "canvas"))[2:]]
    assert people[0] == ["41001", "", "41001", "s001@example.org", ""]
    assert people[1] == ["'@s003", "", "'@s003", "'@s003", ""]


@pytest.mark.parametrize(
    ("original", "name"),
    [
        ({"student": "s001", "Name": " Example One "}, "Example One"),
        ({"student": "s001", "姓名": "甲生"}, "甲生"),
        ({"student": "s001", "last_name": "One", "first_name": "Example"}, "One, Example"),
        ({"student": "s001", "姓": "甲", "名": "生"}, "甲生"),
        ({"student": "s001", "name": "Example One", "last_name": "", "first_name": "Example"}, "Example One"),
        ({"student": "s001", "name": ""}, "s001"),
        ({"student": "s001", "name": "=1+1"}, "'=1+1"),
    ],
)
def test_canvas_shows_the_name_of_the_classs_file(original: dict[str, str], name: str) -> None:
    assert rows(write_marks([marked("s001", original)], "canvas"))[2][:3] == [name, "", "s001"]


def test_canvas_gets_its_own_columns_back() -> None:
    original = {"Student": "s001", "ID": "17", "SIS User ID": "a", "SIS Login ID": "b", "Section": "c", "w1": "1"}
    assert rows(write_marks([marked("a", original)], "canvas"))[2] == ["s001", "17", "a", "b", "c", "3.5"]


# names of formats


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("marks.csv", "csv"),
        ("A.CSV", "csv"),
        ("x/marks.json", "json"),
        ("m.jsonl", "jsonl"),
        ("m.ndjson", "jsonl"),
        ("m.moodle.csv", "moodle"),
        ("m.canvas.csv", "canvas"),
        ("m.nbgrader.csv", "nbgrader"),
        ("m.gradescope.json", "gradescope"),
        ("moodle.csv", "csv"),
    ],
)
def test_the_end_of_a_name_means_a_format(path: str, format: str) -> None:
    assert format_of(path) == format


def unknown(call: Sequence[str]) -> InputError:
    with pytest.raises(InputError) as caught:
        format_of(call[1]) if call[0] == "path" else checked_format(call[1])
    return caught.value


@pytest.mark.parametrize(
    "call", [("path", "marks.xlsx"), ("path", "marks"), ("name", "excel"), ("name", "modle"), ("name", "")]
)
def test_a_format_that_does_not_exist_is_told_with_those_that_do(call: tuple[str, str]) -> None:
    error = unknown(call)
    assert error.code.startswith("unknown-marks-format")
    for language in LANGUAGES:
        assert all(form in error.explain(language) for form in FORMATS)
    assert ("moodle?" in error.explain()) == (call[1] == "modle")
    assert error.facts["name"] == call[1].removeprefix("marks.")


def test_the_name_of_a_format_may_be_spelled_large() -> None:
    assert [checked_format(f" {form.upper()} ") for form in FORMATS] == [*FORMATS]
