"""No line that states a value is lost: it is judged, or named to the teacher."""

from __future__ import annotations

import pytest

import symgd

# By hand: the slope at 0.5 is −5, so w moves by 0.5 to 1; the loss is 6.25 and then 4.
ONE = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=1)
BOWL = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=1)

WEIGHTS = """新權重 = 0.5 + 0.5 = 1
新權重為 1
更新後的權重：1
w: 0.5 -> 1
w: 0.5 → 1
- w : 0.5 --> 1
w 從 0.5 變成 1
w goes from 0.5 to 1
w becomes 1
w 更新為 1
the new w is 1
New weight: 1
w -> 1
w_new: 0.5 + 0.5 = 1
w: 0.5 + 0.5 = 1
w: 0.5 + 0.5 → 1
w = 0.5 + 0.5 ⇒ 1
w = 1 (new)
w == 1
w ≔ 1
w -= 0.1*(-5)
w += 0.5
$w \\to 1$
$w: 0.5 \\to 1$"""
SLOPES = """斜率: -5
梯度：2(0.5 − 3) = −5
梯度為 −5
The slope is -5.
the slope at 0.5 is -5
Gradient = -5
dL/dw → -5
dL/dw at w=0.5 = -5
dL/dw (w = 0.5) = -5
dL/dw|_{w=0.5} = -5
dL/dw: 2*(0.5-3) = -5"""


def claims(report: symgd.Report) -> list[tuple[str, int | None, str]]:
    return [
        (v.quantity, v.step, v.status)
        for v in report
        if v.status != "missing" and v.step != (0 if v.quantity == "w" else -1)
    ]


@pytest.mark.parametrize("line", WEIGHTS.split("\n"))
def test_a_weight_is_read_however_it_is_said(line: str) -> None:
    assert claims(symgd.check(ONE, line)) == [("w", 1, "ok")]
    wrong = symgd.check(
        ONE, line.replace("1", "2").replace("0.2*", "0.1*").replace("+= 0.5", "+= 1.5").replace("-5)", "-6)")
    )
    assert wrong.status != "correct"
    assert [v for v in wrong if v.status == "slip"] or line.startswith("w: 0.5 + 0.5 =")


@pytest.mark.parametrize("line", SLOPES.split("\n"))
def test_a_slope_is_read_however_it_is_said(line: str) -> None:
    assert claims(symgd.check(ONE, line)) == [("dL/dw", 0, "ok")]
    assert symgd.check(ONE, line.replace("5", "6")).verdicts[0].status == "slip"


@pytest.mark.parametrize(
    "text",
    [
        "w_old = 0.5\nw_new = 1\nL[0] = 6.25\nL[1] = 4\nL[1] = L[0] - 2.25",
        "舊權重 = 0.5\n新權重 = 1\n損失：4",
        "w = 1\nL_1 = 4",
    ],
)
def test_old_and_new_and_losses_by_their_number(text: str) -> None:
    assert symgd.check(ONE, text).status == "correct"


def test_a_wrong_old_weight_is_wrong_where_it_stands() -> None:
    report = symgd.check(ONE, "w_old = 0.6\nw_new = 0.6 + 0.48 = 1.08\nL[0] = 6.2")
    assert [(v.step, v.status) for v in report] == [(0, "slip"), (1, "carried"), (0, "slip")]


@pytest.mark.parametrize(
    "line",
    [
        "故 = -5",
        "所以答案 = 1",
        "Answer: 1",
        "答：1",
        "L went 6.25 -> 4",
        "w* = 1",
        "(w1, w2): (0.5, 0.2) → (0.51, 0.22)",
        "```python\nw = 1\n```",
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_what_is_not_read_is_named_and_costs_nothing(line: str, language: str) -> None:
    report = symgd.check(ONE, f"dL/dw = -5\nw = 0.5 + 0.5 = 1\n{line}")
    assert (report.status, int(report.score), int(report.max_score)) == ("undecided", 2, 2)
    assert line.split("\n")[-2 if "\n" in line else 0] in report.text(language)


@pytest.mark.parametrize(
    "line",
    [
        "I am done at 5",
        "Step 1: the gradient",
        "=====",
        "|---|:--:|",
        "see https://example.org/?a=1",
        "name: s001",
        "x = ___",
    ],
)
def test_free_text_is_passed_over(line: str) -> None:
    assert symgd.check(ONE, f"dL/dw = -5\nw = 1\n{line}").status == "correct"


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("w1: 0.5 + 0.01 = 0.51\nw2: 0.2 + 0.02 = 0.22", "ok ok"),
        ("w1: 2*(0.5-0.55) = -0.1\nw2: 2*(0.2-0.3) = -0.2\nw1 = 0.51\nw2 = 0.22", "ok ok ok ok"),
        ("新權重 = (0.51, 0.22)\n權重變化 = 0.1×(0.1, 0.2) = (0.01, 0.02)", "ok ok ok ok"),
        ("w1: 0.5 → 0.51\nw2: 0.2 → 0.23", "ok ok ok slip"),
    ],
)
def test_several_parameters(text: str, statuses: str) -> None:
    report = symgd.check(BOWL, text)
    assert [v.status for v in report if v.status != "missing"] == statuses.split()


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("L'(w) = 2(w-3), L'(0.5) = -5", "ok ok"),
        ("w(1) = w(0) - 0.1*(-5) = 1", "ok"),
        ("w^(1) = w^(0) − 0.1·(−5) = 1", "ok"),
        ("w^(1) = w^(0) − 0.1·(−6) = 1", "slip"),
        ("- dL/dw = 5\nw = 1", "ok ok"),
        ("- dL/dw = -5\n- w = 1", "ok ok"),
        ("- dL/dw = 5\n- w = 1", "slip lucky"),
        ("grad_w = -5", "ok"),
        ("d/dw L = -5", "ok"),
        ("(a) w = 1", "ok"),
        ("w = **1**", "ok"),
        ("w ~ 1", "unknown"),
        ("w^1 = 1", "unknown"),
    ],
)
def test_habits_of_writing(text: str, statuses: str) -> None:
    assert [v.status for v in symgd.check(ONE, text) if v.status != "missing"] == statuses.split()


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("w1, w2 = 0.51, 0.22", "ok ok"),
        ("w1, w2 = 0.51, 0.23", "ok slip"),
        ("w1=0.51 w2=0.22", "ok ok"),
        ("w1 = 0.51  w2 = 0.32", "ok slip"),
    ],
)
def test_several_weights_in_a_line(text: str, statuses: str) -> None:
    assert [v.status for v in symgd.check(BOWL, text)] == statuses.split()


def test_rows_of_an_optimizer_with_a_hat() -> None:
    adam = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, optimizer="adam", steps=1)
    assert symgd.check(adam, "m = -0.5\nm\u0302 = -5\nv_hat = 25\nw = 0.6").status == "correct"
    assert [v.status for v in symgd.check(adam, "v\u0302 = 26\nw = 0.6")] == ["slip", "lucky"]


FROM_WORD = """∆w1 = 0.01
\U0001d464₁ = 0.51
∂\U0001d43f/∂\U0001d464₁ = −0.1
w1 ＝ ０。５１
w_1(1) = 0.51
$w_1^{\\text{new}} = 0.51$
$w_1^{new} = 0.51$
∂L/∂w1 (0.5, 0.2) = 2(0.5-0.55) = -0.1
$\\left.\\frac{\\partial L}{\\partial w_1}\\right|_{w_1=0.5} = -0.1$"""


@pytest.mark.parametrize("line", FROM_WORD.split("\n"))
def test_letters_of_word_processors_and_places_of_slopes(line: str) -> None:
    assert [v.status for v in symgd.check(BOWL, line) if v.status != "missing"] == ["ok"]
    wrong = line.replace("0.51", "0.54").replace("５１", "５４").replace("0.01", "0.04").replace("= −0.1", "= −0.2")
    assert symgd.check(BOWL, wrong.replace("= -0.1", "= -0.2")).verdicts[0].status == "slip"


GRADIENTS = """∇L|_(0.5,0.2) = (-0.1, -0.2)
∇L = [-0.1 -0.2]
∇L = [-0.1; -0.2]
∇L = [-0.1, -0.2]^T
grad L = (-0.1, -0.2)"""


@pytest.mark.parametrize("line", GRADIENTS.split("\n"))
def test_gradients_of_two_parameters(line: str) -> None:
    assert [v.status for v in symgd.check(BOWL, line) if v.status != "missing"] == ["ok", "ok"]
    statuses = [v.status for v in symgd.check(BOWL, line.replace("-0.2", "-0.3")) if v.status != "missing"]
    assert statuses == ["ok", "slip"]


SQUARE = r"""dL/dw1 = 2*[0.5 -0.55] = -0.1
dL/dw1 = 2[0.5-0.55] = -0.1
w1 = 0.5 - 0.1[2(0.5-0.55)] = 0.51
$w_1 = 0.5 - 0.1\left[2(0.5-0.55)\right] = 0.51$
L = [(0.5-0.55)^2 + (0.2-0.3)^2] = 0.0125"""


@pytest.mark.parametrize("line", SQUARE.split("\n"))
def test_square_brackets_in_a_line_about_one_number_are_brackets(line: str) -> None:
    assert symgd.check(BOWL, line).verdicts[0].status == "ok"
    assert symgd.check(BOWL, line.replace("0.55", "0.57")).verdicts[0].status == "slip"


def test_lines_of_the_lesson_without_a_name() -> None:
    lesson = symgd.Problem(gradient={"w1": "-0.1", "w2": "-0.2"}, start={"w1": "0.5", "w2": "0.2"}, steps=1)
    text = "0.1 × 0.1 = 0.01\n0.1 × 0.2 = 0.02\n0.5 + 0.01 = 0.51\n0.2 + 0.02 = 0.22"
    assert [v.quantity for v in symgd.check(lesson, text)] == ["", "", "w1[1]", "w2[1]"]
    assert symgd.check(lesson, text).status == "correct"
    assert symgd.check(lesson, text.replace("0.22", "0.23")).first_wrong_line == 4
    assert symgd.check(lesson, "0.5 - 0.01 = 0.49\n0.2 + 0.02 = 0.22").status != "correct"


BOWL_OF_TWO = symgd.Problem(
    "(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, learning_rate="0.1", steps=2
)


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("w1 = 0,51\nw2 = 0.22\nw1 = 0.518\nw2 = 0.236", ["unknown", "ok", "ok", "ok"]),
        ("w1 = 51%\nw2 = 22%\nw1 = 0.518\nw2 = 0.236", ["unknown", "unknown", "ok", "ok"]),
        ("w1 = 0,51\nw1 = 0.51\nw2 = 0.22\nw1 = 0.518\nw2 = 0.236", ["unknown", "ok", "ok", "ok", "ok"]),
        ("w1 = 0,49\nw2 = 0.22\nw1 = 0.502\nw2 = 0.236", ["unknown", "ok", "unknown", "ok"]),
        ("w1 = 0,49\nw2 = 0.22\nw1 = 0.49 + 0.02 = 0.502\nw2 = 0.24", ["unknown", "ok", "slip", "slip"]),
    ],
)
def test_a_line_that_is_not_read_holds_its_place(text: str, statuses: list[str]) -> None:
    assert [verdict.status for verdict in symgd.check(BOWL_OF_TWO, text)] == statuses


@pytest.mark.parametrize("unfinished", ["L = 6.25 +", "L =", "L = 6.25 + +", "L = 2*(0.5 -"])
@pytest.mark.parametrize("line", ["w = 1", "dL/dw = 2*(0.5 - 3) = -5", "Δw = 0.1*5 = 0.5", "-dL/dw = 5"])
def test_a_line_that_was_left_unfinished_takes_no_other_with_it(unfinished: str, line: str) -> None:
    first, second = list(symgd.check(ONE, f"{unfinished}\n{line}"))[:2]
    assert (first.n, first.status) == (1, "unknown")
    assert (second.n, second.text, second.status) == (2, line, "ok")


@pytest.mark.parametrize("line", ["w =\n0.5 + 0.5 = 1", "w = 0.5 +\n0.5 = 1", "dL/dw =\n2*(w - 3) = -5"])
def test_a_line_that_goes_on_below_is_one(line: str) -> None:
    assert next(verdict.status for verdict in symgd.check(ONE, line)) == "ok"


@pytest.mark.parametrize("text", ["w1^(2-grad:=\r", "w1 =\n", "w1 =\n ", "w1 = 0.5 -\n-"])
def test_nothing_below_an_unfinished_line_is_nothing(text: str) -> None:
    assert [verdict.status for verdict in symgd.check(ONE, text)][:1] in (["unknown"], ["missing"])


@pytest.mark.parametrize("count", [3, 40, 4_000])
def test_tuples_inside_one_another_are_read_no_deeper_than_a_matrix(count: int) -> None:
    text = f"dL/dw = {'(' * count}1{', 2)' * count}\nw = 1"
    assert next(verdict.status for verdict in symgd.check(BOWL_OF_TWO, text)) == "unknown"


def test_a_comma_of_a_call_parts_no_tuple() -> None:
    right = symgd.check(BOWL_OF_TWO, "(w1, w2) = (max(0.51, 0), 0.22)")
    wrong = symgd.check(BOWL_OF_TWO, "(w1, w2) = (max(0.52, 0), 0.22)")
    assert [verdict.status for verdict in right][:1] == ["ok"]
    assert [verdict.status for verdict in wrong][:1] == ["slip"]
