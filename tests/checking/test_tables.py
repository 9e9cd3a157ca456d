"""Tables with names on top: each row is a line, or the teacher looks at it; none is passed over in silence."""

from __future__ import annotations

from typing import Any

import pytest

import symgd

# By hand: w1 = 0.5, 0.51, 0.518 with slopes −0.1, −0.08; w2 = 0.2, 0.24, 0.264 with slopes −0.4, −0.24.
POINT: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + 2*(w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 2}
ROWS = "| 1 | 0.51 | 0.24 |\n| 2 | 0.518 | 0.264 |"


def checked(text: str) -> symgd.Report:
    return symgd.check(symgd.Problem(**POINT), text)


@pytest.mark.parametrize(
    "text",
    [
        f"| step | w1 | w2 |\n|---|---|---|\n{ROWS}",
        f"| update | $w_1$ | $w_{{2}}$ |\n|:-:|:-:|--:|\n{ROWS}",
        f"| updates made | **w1** | w_2 |\n{ROWS}",
        f"my table:\n\n| t | w1 | w2 |\n| 0 | 0.5 | 0.2 |\n{ROWS}\n\nso it is done",
        f"| 第 次 | w1 | w2 |\n{ROWS}",
        "次數\tw1\tw2\n第 1 次\t0.51\t0.24\n第 2 次\t0.518\t0.264",
        "w2 | step | w1\n0.24 | 1 | 0.5 + 0.01 = 0.51\n0.264 | 2 | 0.518",
        "| step | w1 | w2 |\n| 1 | 0.5 | 0.2 |\n| 2 | 0.51 | 0.24 |\n| 3 | 0.518 | 0.264 |",
        f"| step | w1 | w2 | remark |\n{ROWS}",
    ],
)
def test_rows_are_lines(text: str) -> None:
    report = checked(text)
    assert report.status == "correct"
    assert {"w1[1]", "w2[1]", "w1[2]", "w2[2]"} <= {verdict.quantity for verdict in report}


def test_a_wrong_cell_is_wrong_in_its_row() -> None:
    report = checked("| step | w1 | w2 |\n|---|---|---|\n| 1 | 0.51 | 0.24 |\n| 2 | 0.519 | 0.264 |")
    assert (report.status, report.first_wrong_line, int(report.score), int(report.max_score)) == ("partial", 4, 3, 4)


def test_slopes_and_losses_in_a_table_from_the_start() -> None:
    head = "| t | L | w1 | w2 | dL/dw1 | ∂L/∂w2 |"
    rows = ["| 0 | 0.0225 | 0.5 | 0.2 | -0.1 | -0.4 |", "| 1 | 0.0088 | 0.51 | 0.24 | -0.08 | -0.24 |"]
    report = checked("\n".join([head, *rows, "| 2 | - | 0.518 | 0.264 | | |"]))
    assert report.status == "correct"
    assert [verdict.quantity for verdict in report].count("dL/dw1") == 2
    wrong = checked("\n".join([head, rows[0], rows[1].replace("-0.08", "-0.07"), "| 2 | - | 0.518 | 0.264 | | |"]))
    assert wrong.first_wrong_line == 3


@pytest.mark.parametrize(
    "text",
    [
        "| w1 | w2 |\n|---|---|\n| 0.51 | 0.24 |",
        "| who | w1 | w2 |\n| ann | 0.51 | 0.24 |",
        "| step | dL/dw1 | dL/dw2 |\n| 1 | -0.1 | -0.4 |",
        "| step | w1 | Δw1 |\n| 1 | 0.51 | 0.01 |",
        "| step | w1 | dL/dw1 |\n| 1 | 0.51 | -0.08 |",
        "| step | w1 | 梯度 |\n| 0 | 0.5 | -0.1 |",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_what_cannot_be_read_of_a_table_is_for_the_teacher(text: str, language: str) -> None:
    report = checked(text)
    assert (report.status, report.warnings) == ("undecided", ("table",))
    assert not [verdict for verdict in report if verdict.status == "slip"]
    assert "w[1] = 0.51" in report.text(language)


@pytest.mark.parametrize("text", ["| w1 | 0.51 |\n| w2 | 0.24 |", "|w1 - 0.55| = 0.05 | w1\n3 | 4", "w1 = 0.51"])
def test_other_bars_are_no_table_with_names_on_top(text: str) -> None:
    assert not checked(text).warnings


# By hand: the changes are 0.01 and 0.008 for w1, 0.04 and 0.024 for w2.
READ: dict[str, tuple[str, str]] = {
    "changes from the start": (
        "| step | w1 | w2 | Δw1 | Δw2 |\n| 0 | 0.5 | 0.2 | 0.01 | 0.04 |\n| 1 | 0.51 | 0.24 | 0.008 | 0.024 |",
        "0.024",
    ),
    "negative slopes from the start": (
        "| t | w1 | w2 | -dL/dw1 | $-\\frac{\\partial L}{\\partial w_{2}}$ |\n| 0 | 0.5 | 0.2 | 0.1 | 0.4 |",
        "0.4",
    ),
    "from old to new": (
        "| step | w1_old | dL/dw1 | Δw1 | w1_new |\n| 1 | 0.5 | -0.1 | 0.01 | 0.51 |"
        "\n| 2 | 0.51 | -0.08 | 0.008 | 0.518 |",
        "-0.08",
    ),
    "slopes before the weights": (
        "| step | dL/dw1 | dL/dw2 | w1 | w2 |\n| 1 | -0.1 | -0.4 | 0.51 | 0.24 |"
        "\n| 2 | -0.08 | -0.24 | 0.518 | 0.264 |",
        "-0.24",
    ),
    "rows of quantities": (
        "| | w1 | w2 |\n|---|---|---|\n| 負梯度 | 0.1 | 0.4 |\n| change | 0.01 | 0.04 |\n| 新權重 | 0.51 | 0.24 |",
        "0.04",
    ),
    "numbered blanks": ("| step | w1 | w2 |\n| 0 | 0.5 | 0.2 |\n| 1 | 0.51 (3) | 0.24   (14) |", "0.24"),
}


@pytest.mark.parametrize("title", READ)
def test_columns_are_read_where_it_is_plain_what_they_mean(title: str) -> None:
    text, cell = READ[title]
    report = checked(text)
    assert {verdict.status for verdict in report} <= {"ok", "missing"}
    assert not report.warnings
    cells = sum(letter == "." for letter in text)
    assert sum(verdict.status == "ok" for verdict in report) == cells
    place = text.rindex(cell)
    wrong = checked(text[:place] + cell.replace("4", "7").replace("8", "7") + text[place + len(cell) :])
    assert wrong.first_wrong_line == text[:place].count("\n") + 1


def test_words_of_one_parameter_head_columns() -> None:
    line: dict[str, Any] = {"loss": "(w - 3)^2", "start": {"w": "0.5"}, "steps": 2}
    text = "| 次數 | 舊權重 | 梯度 | 權重變化 | 新權重 |\n| 1 | 0.5 | -5 | 0.5 | 1 |\n| 2 | 1 | -4 | 0.4 | 1.4 |"
    report = symgd.check(symgd.Problem(**line), text)
    assert (report.status, len(report)) == ("correct", 8)
    assert symgd.check(symgd.Problem(**line), text.replace("-4", "-5")).first_wrong_line == 3
