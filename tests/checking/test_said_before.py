"""What the words before a quantity make of it."""

from __future__ import annotations

import pytest

import symgd
from symgd.checking.facts import facts_of
from symgd.checking.notations import Quantity
from symgd.checking.said_before import is_minus, is_something_of, label_in, line_before, with_words

FACTS = facts_of(symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}))
WEIGHT, LOSS, SLOPE = Quantity("weight", "w", "w1"), Quantity("loss", "L"), Quantity("slope", "dL/dw1", "w1")
CHANGE, SOME_SLOPE = Quantity("change", "d", "w1"), Quantity("slope", "")


@pytest.mark.parametrize(
    ("quantity", "before", "beside", "meant"),
    [
        (WEIGHT, "the change of ", "", CHANGE),
        (WEIGHT, "Change in the $", "slope", CHANGE),
        (WEIGHT, "", "delta", CHANGE),
        (WEIGHT, "", "Change ", CHANGE),
        (WEIGHT, "gradient of ", "delta", SLOPE),
        (WEIGHT, "", "梯度", SLOPE),
        (WEIGHT, "the ", " ", WEIGHT),
        (WEIGHT, "was ", "", WEIGHT),
        (LOSS, "gradient of ", "", SOME_SLOPE),
        (LOSS, "", "slope", SOME_SLOPE),
        (LOSS, "change of ", "", LOSS),
        (LOSS, "L was ", "", LOSS._replace(old=True)),
        (LOSS, "before the move, ", "", LOSS._replace(old=True)),
        (LOSS, "之前 ", "", LOSS._replace(old=True)),
        (SLOPE, "gradient of ", "", SLOPE),
        (SLOPE, "", "delta", SLOPE),
    ],
)
def test_a_quantity_as_the_words_before_it_have_it(
    quantity: Quantity, before: str, beside: str, meant: Quantity
) -> None:
    assert with_words(quantity, before, beside, FACTS) == meant


@pytest.mark.parametrize(
    ("before", "word"),
    [("w1: ", "w1"), ("- w2 ：", "w2"), *((text, None) for text in ("w: ", "L: ", "eta: ", "x1: ", "w1", "so w1: "))],
)
def test_the_weight_that_a_line_has_as_its_label(before: str, word: str | None) -> None:
    assert label_in(before, FACTS) == (None if word is None else Quantity("weight", "w", word))


@pytest.mark.parametrize(
    ("before", "text", "found"),
    [
        ("- ", "- dL/dw = 5", True),
        ("- ", "- dL/dw = 5\n- g = 3", True),
        ("- ", "- dL/dw = 5\n- w = 3", False),
        ("- so ", "- so dL/dw = 5", False),
        ("", "dL/dw = 5", False),
    ],
)
def test_a_dash_is_a_minus_where_no_other_line_makes_it_a_list(before: str, text: str, found: bool) -> None:
    assert is_minus(before, text) is found


@pytest.mark.parametrize(
    ("before", "found"), [("half of ", True), ("the decrease in the ", True), ("twice $", True), ("the ", False)]
)
def test_what_is_told_of_something_else(before: str, found: bool) -> None:
    assert is_something_of(LOSS, before) is found


@pytest.mark.parametrize(
    ("text", "stop", "shown"),
    [
        ("w" * 500, 500, "w" * 500),
        ("w" * 501, 501, "…" + "w" * 500),
        ("v" + "w" * 501, 501, "…" + "w" * 500),
        ("a\n" + "w" * 600, 600, "…" + "w" * 500),
        ("ab\nw", 4, "w"),
        ("ab\nw", 3, ""),
        ("w" * 100 + "\n" + "x" * 450, 551, "x" * 450),
    ],
)
def test_what_stands_in_a_line_before_a_place(text: str, stop: int, shown: str) -> None:
    assert line_before(text, stop) == shown
