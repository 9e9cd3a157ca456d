"""Worksheets and keys: what is blank in the one stands in the other, under the same number."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.handouts.document import Cell, Document, Equations, Room
from symgd.handouts.handout import Handout
from symgd.handouts.sheet import BLANKS
from symgd.language import LANGUAGES
from tests.handouts.test_examples import FILES

BOWL: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 2}


def numbered(document: Document) -> dict[int, tuple[Any, bool]]:
    """What each number stands beside, and whether its value is hidden."""
    found: dict[int, tuple[Any, bool]] = {}
    for block in document.blocks:
        for chain in block.chains if isinstance(block, Equations) else ():
            if chain.blank:
                found[chain.blank] = (chain.sides[0], chain.hidden is not None)
    for row in document.table.rows:
        for cell in row:
            if isinstance(cell, Cell) and cell.blank:
                found[cell.blank] = (cell.tree, cell.hidden)
    return found


def both(problem: symgd.Problem, **settings_: Any) -> tuple[Handout, Handout]:
    return (
        symgd.explain(problem, kind="worksheet", **settings_),
        symgd.explain(problem, kind="key", **settings_),
    )


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_key_has_the_numbers_of_the_worksheet(file: Any, blank: str) -> None:
    sheet, key = both(symgd.Problem.load(file), blank=blank)
    asked, answers = numbered(sheet.document), numbered(key.document)
    assert sorted(asked) == list(range(1, sheet.document.blanks + 1)) == sorted(answers)
    assert all(hidden for _, hidden in asked.values())
    assert not any(hidden for _, hidden in answers.values())
    assert [beside for beside, _ in asked.values()] == [beside for beside, _ in answers.values()]
    assert sheet.document.blanks > 0 or "given" in file.stem


@settings(max_examples=25, deadline=None)
@given(
    st.decimals("0.1", "0.9", places=1),
    st.decimals("-2", "2", places=1),
    st.integers(1, 4),
    st.sampled_from(BLANKS),
    st.sampled_from(["exact", "float", "round:3"]),
    st.sampled_from(["gradient-descent", "momentum", "adam"]),
)
def test_a_worksheet_says_none_of_its_answers(
    rate: Any, start: Any, steps: int, blank: str, arithmetic: str, optimizer: str
) -> None:
    problem = symgd.Problem(
        "(w - 7.3)^2", start={"w": str(start)}, learning_rate=str(rate), steps=steps, arithmetic=arithmetic,
        optimizer=optimizer,
    )  # fmt: skip
    sheet, key = both(problem, blank=blank)
    for language in LANGUAGES:
        shown = Handout(sheet.run, language).text()
        numbers = {int(found) for found in re.findall(r"\((\d+)\) ________", shown)}
        assert sorted(numbers) == list(range(1, sheet.document.blanks + 1))
        answered = Handout(key.run, language).text()
        assert "________" not in answered.replace("_" * 60, "")


def test_the_entries_of_a_matrix_have_its_number() -> None:
    sheet = symgd.explain("sum(W * W)", start={"W": [[1, 2], [3, 4]]}, steps=1, kind="worksheet").document
    cells = {cell.blank for cell in sheet.table.rows[1] if isinstance(cell, Cell)}
    asked = [
        chain.blank for block in sheet.updates[0].steps[4].blocks if isinstance(block, Equations)
        for chain in block.chains
    ]  # fmt: skip
    assert set(asked) <= cells
    assert sheet.blanks == len({*numbered(sheet)})


TWICE = "twice means one value"


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_number_is_said_to_stand_twice_only_where_one_does(file: Any, blank: str) -> None:
    text = symgd.explain(symgd.Problem.load(file), kind="worksheet", blank=blank, language="en").text()
    numbers = re.findall(r"\((\d+)\) ?_", text)
    assert (TWICE in text) == (len(numbers) > len(set(numbers)))


@pytest.mark.parametrize("blank", BLANKS)
def test_a_start_at_rest_asks_for_no_updates(blank: str) -> None:
    text = symgd.explain("w^2", start={"w": 0}, steps=3, kind="worksheet", blank=blank).text()
    assert "Updates to make" not in text
    assert "(1)" in text


def test_final_values_only() -> None:
    sheet, key = both(symgd.Problem(**BOWL), blank="final")
    assert len(sheet.document.table.rows) == 2
    assert [cell.blank for cell in sheet.document.table.rows[1] if isinstance(cell, Cell)] == [1, 2, 3, 4, 5]
    assert "0.518" not in sheet.text()
    assert "0.518 (1)" in key.text()


def test_the_gradient_only() -> None:
    sheet, key = both(symgd.Problem(**BOWL), blank="gradient")
    text = sheet.text()
    assert "Δw" not in text
    assert "0.51" in text
    assert "−0.1" not in text
    assert "= −0.1   (1)" in key.text()


@pytest.mark.parametrize("blank", ["every", "gradient"])
def test_the_negative_of_a_positive_slope_is_asked_for_too(blank: str) -> None:
    sheet, key = both(symgd.Problem("(w1 - 1)^2 + (w2 + 1)^2", start={"w1": 3, "w2": 2}, steps=1), blank=blank)
    found = [
        next(line for line in handout.text().splitlines() if line.startswith("  −∂L/∂w2 ")) for handout in (sheet, key)
    ]
    assert re.fullmatch(r"  −∂L/∂w2 = \(\d+\) ________", found[0])
    assert re.fullmatch(r"  −∂L/∂w2 = −6   \(\d+\)", found[1])


@pytest.mark.repeated
@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FILES), st.sampled_from(BLANKS))
def test_one_number_is_one_value(file: Any, blank: str) -> None:
    """What stands in a step and in the table is asked for once: the same number, the same value."""
    key = symgd.explain(symgd.Problem.load(file), kind="key", blank=blank).document
    cells = {cell.blank: cell.tree for row in key.table.rows for cell in row if isinstance(cell, Cell) and cell.blank}
    chains = [chain for block in key.blocks if isinstance(block, Equations) for chain in block.chains if chain.blank]
    for chain in chains:
        value, shown = chain.sides[-1], cells.get(chain.blank)
        if shown is not None and chain.joints[-1] in ("=", "←") and shown.op == value.op == "number":
            assert shown.text() == value.text()


def test_the_start_of_a_vector_is_given() -> None:
    sheet = symgd.explain("dot(w, w)", start={"w": [1, 2]}, steps=1, kind="worksheet").document
    assert [cell.hidden for cell in sheet.table.rows[0][1:3] if isinstance(cell, Cell)] == [False, False]


def test_where_there_is_one_update_its_working_does_not_give_it_away() -> None:
    sheet, key = both(symgd.Problem(**{**BOWL, "steps": 1}), blank="final")
    assert not sheet.document.updates
    assert not key.document.updates
    assert "0.51" not in sheet.text()


@pytest.mark.parametrize("blank", BLANKS)
def test_below_the_table_is_room_for_what_it_asks(blank: str) -> None:
    sheet, key = both(symgd.Problem(**BOWL), blank=blank)
    below = sheet.html().partition("</table>")[2]
    assert below.count('<div class="room"></div>') >= 4
    assert not key.document.room


def rooms(document: Document) -> list[int]:
    """The lines to write on in each step, and below the table."""
    blocks = [block for update in document.updates for step in update.steps for block in step.blocks]
    return [block.lines for block in (*blocks, *document.room) if isinstance(block, Room)]


ROWS = {"x": list(range(1, 13)), "y": list(range(2, 26, 2))}


def test_a_sum_over_rows_has_more_room_than_a_product() -> None:
    short = symgd.explain("w^2", start={"w": 3}, steps=1, kind="worksheet").document
    long = symgd.explain("mean((w*x - y)^2)", start={"w": 1}, data=ROWS, steps=1, kind="worksheet").document
    assert rooms(short)[:4] == [2, 4, 2, 2]  # a slope and its negative in the second
    assert rooms(long)[2:4] == [2, 2]
    assert min(rooms(long)[:2]) >= 8  # twelve terms, two to a line, and their sum


MORE = {"en": "use paper of your own", "zh-TW": "請另外用紙繼續"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ending", ["text", "markdown", "html", "tex"])
def test_a_sheet_without_enough_room_says_what_to_do(language: str, ending: str) -> None:
    few, many = (
        symgd.explain("w^2", start={"w": 1}, steps=steps, kind="worksheet", language=language) for steps in (1, 6)
    )
    assert (MORE[language] in getattr(few, ending)(), MORE[language] in getattr(many, ending)()) == (False, True)
    assert MORE[language] not in getattr(symgd.explain(many.run.problem, kind="key", language=language), ending)()


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("steps", [2, 3, 30])
def test_updates_that_are_not_shown_have_room_as_far_as_a_sheet_has(blank: str, steps: int) -> None:
    made = symgd.explain("w^2/8", start={"w": 8}, steps=steps, kind="worksheet", blank=blank).document
    assert 4 <= rooms(made)[-1] <= 20 - min(14, len(made.table.rows))


@pytest.mark.parametrize(("language", "total"), [("en", "/ 38"), ("zh-TW", "/ 38")])
def test_points(language: str, total: str) -> None:
    sheet = symgd.explain(**BOWL, kind="worksheet", points=2, language=language)
    assert sheet.document.blanks * 2 == int(total[2:])
    assert total in sheet.text()
    assert ("Name" in sheet.text()) == (language == "en")
    assert total not in symgd.explain(**BOWL, kind="worksheet", language=language).text()


def test_the_numbers_of_a_key_stand_in_line() -> None:
    rows = symgd.explain(**{**BOWL, "steps": 4}, kind="key").text().splitlines()[-7:-2]
    assert all(len({row.rindex(sign) for row in rows if sign in row[-30:]}) == 1 for sign in ".(")


def test_a_key_says_that_it_is_one_and_a_worksheet_has_room_to_write() -> None:
    sheet, key = both(symgd.Problem(**BOWL))
    assert "answer key" in key.text().splitlines()[0]
    assert key.html().count("answer key") == 2  # the title and the heading
    assert sheet.html().count('<div class="room"></div>') > 8
    assert "room" not in key.html().partition("<main")[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_blank_stands_behind_the_sign_of_its_key(file: Any, language: str) -> None:
    """`h = tanh(z) = ____` asks for what no short decimal is equal to."""
    sheet, key = both(symgd.Problem.load(file), language=language)
    signs = {
        chain.blank: chain.joints
        for block in key.document.blocks
        for chain in (block.chains if isinstance(block, Equations) else ())
        if chain.blank
    }
    for block in sheet.document.blocks:
        for chain in block.chains if isinstance(block, Equations) else ():
            if chain.hidden:
                behind = signs[chain.blank][len(chain.joints) :]
                assert chain.hidden == ("≈" if "≈" in behind else "="), chain


def test_a_blank_is_written_behind_its_sign_in_every_format() -> None:
    sheet, _ = both(symgd.Problem("h = tanh(w); L = h^2", start={"w": "0.3"}, steps=1))
    assert r"\tanh(w) \approx \underline" in sheet.markdown()
    assert "tanh(w) ≈ (1) ____" in sheet.text()
    assert re.search(r"<mo>≈</mo>(?:</math><math[^>]*>)?<munder>", sheet.html())


@pytest.mark.parametrize(
    ("method", "starts", "counted"),
    [("gd", "", False), ("momentum", "m = 0", False), ("adagrad", "s = 0", False), ("adam", "m = 0, v = 0", True)],
)
def test_a_sheet_says_where_the_method_starts(method: str, starts: str, counted: bool) -> None:
    sheet = symgd.explain(**BOWL, optimizer=method, kind="worksheet").text()
    assert ("Before the first update, for every weight: " + starts + "." in sheet) == bool(starts)
    assert ("t is the number of the update; it is 1 in the first." in sheet) == counted


def test_a_rate_that_changes_says_what_t_is() -> None:
    assert (
        "t 是更新的序號，第一次更新時為 1。" in symgd.explain(**BOWL, learning_rate="0.1/t", language="zh-TW").text()
    )


def test_moments_of_a_vector_are_told_to_be_taken_by_entry() -> None:
    by_entry = "squares, roots, products and quotients are taken entry by entry"
    for loss, start, told in (("dot(w, w)", {"w": [1, 2]}, True), ("w^2", {"w": 1}, False)):
        assert (by_entry in symgd.explain(loss, start=start, optimizer="adam", steps=1).text()) == told


UPHILL, REPEATS = "The gradient points uphill", "Then everything repeats"


@pytest.mark.parametrize(("method", "start"), [("gd", {"w": 3}), ("adam", {"w": 3}), ("gd", {"w": [3, 3]})])
@pytest.mark.parametrize("kind", ["worked", "worksheet", "key"])
def test_nothing_points_uphill_or_repeats_where_the_gradient_is_0(method: str, start: Any, kind: str) -> None:
    loss = "(w - 3)^2" if start == {"w": 3} else "dot(w - 3, w - 3)"
    said = symgd.explain(loss, start=start, optimizer=method, kind=kind).text()
    assert UPHILL not in said
    assert REPEATS not in said
    assert ("The gradient is 0:" in said) == ("so nothing moves" in said) == (kind == "worked")


def test_where_one_slope_is_not_0_the_gradient_points_uphill() -> None:
    said = symgd.explain("(w1 - 3)^2 + w2^2", start={"w1": 3, "w2": 1}).text()
    assert UPHILL in said
    assert REPEATS in said


@pytest.mark.parametrize("kind", ["worksheet", "key"])
@pytest.mark.parametrize("steps", [1, 2, 5])
@pytest.mark.parametrize("count", [2, 5])
def test_no_slope_follows_from_two_points_in_a_row(count: int, steps: int, kind: str) -> None:
    words = [f"w{place}" for place in range(count)]
    loss = " + ".join(f"({word} - 3)^2" for word in words)
    made = symgd.explain(loss, start=dict.fromkeys(words, 1), steps=steps, kind=kind, blank="gradient")
    assert [str(row[0]) for row in made.document.table.rows] == list(map(str, range(0, steps + 1, 2)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_final_values_after_one_update_are_not_given_away(language: str) -> None:
    sheet, key = both(symgd.Problem(**{**BOWL, "steps": 1}), blank="final", language=language)
    first, last = sheet.document.table.rows
    cells = [cell for cell in (*first, *last) if isinstance(cell, Cell)]
    assert [cell.hidden for cell in cells] == [False, False] + [True] * (len(cells) - 2)
    assert numbered(sheet.document).keys() == numbered(key.document).keys()
    assert sheet.document.updates == key.document.updates == ()


@pytest.mark.parametrize(("start", "places"), [([1, 2, 3], 3), ([[1, 2], [3, 4]], 4), (1, 0)])
def test_a_vector_has_a_place_for_each_entry(start: Any, places: int) -> None:
    sheet, key = both(symgd.Problem("sum(w .* w)" if places else "w^2", start={"w": start}, steps=1))
    line = next(line for line in sheet.text().splitlines() if "Δw = " in line)
    assert line.count("______") == max(places, 1)
    latex = next(line for line in sheet.markdown().splitlines() if r"$$\Delta w =" in line)
    assert latex.count(r"\underline") == max(places, 1)
    assert "gap" not in sheet.text() + sheet.markdown() + key.text()
    assert "<mi>gap" not in sheet.html()
