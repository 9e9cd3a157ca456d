"""Habits of students that strangers tried: each is read, or is named to the teacher; none is lost in silence."""

from __future__ import annotations

import pytest

import symgd

# By hand: w − 0.1·2(w − 3) from 0 is 0.6, 1.08, 1.464; the slopes are −6, −4.8, −3.84.
ONE = symgd.Problem("(w - 3)^2", start={"w": 0}, steps=3)
# Each weight goes a fifth of its way: 0.5 to 0.55, 0.2 to 0.3.
BOWL = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=2)


def standings(problem: symgd.Problem, text: str) -> list[tuple[str, str]]:
    return [(verdict.quantity, verdict.status) for verdict in symgd.check(problem, text)]


def is_all_right(problem: symgd.Problem, text: str, count: int) -> bool:
    report = symgd.check(problem, text)
    return report.status == "correct" and len(report) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("第一步：w＝0.6\n第二步：w＝1.08\n第三步：w＝1.464", 3),
        ("第一次更新：w＝0.6\n第二次更新：w＝1.08\n第三次更新：w＝1.464", 3),
        ("第0步：w＝0，斜率＝－6\n第1步：w＝0.6，斜率＝－4.8\n第2步：w＝1.08，斜率＝－3.84\n第3步：w＝1.464", 7),
        ("第一步的斜率＝－6，所以 w＝0.6\n第二步的斜率＝－4.8，所以 w＝1.08\n第三步，w＝1.464", 5),
        ("First update: w = 0.6\n2nd update: w = 1.08\nthe third update: w = 1.464", 3),
        ("Step 1: w → 0.6\nStep 2: w → 1.08\nStep 3: w → 1.464", 3),
    ],
)
def test_what_stands_behind_a_heading_is_read(text: str, count: int) -> None:
    assert is_all_right(ONE, text, count)


def test_a_wrong_value_behind_a_heading_is_found() -> None:
    report = symgd.check(ONE, "第一步：w＝0.9\nw＝0.6\nw＝1.08\nw＝1.464")
    assert report.first_wrong_line == 1
    assert report.status != "correct"


@pytest.mark.parametrize(
    "text",
    [
        "t = 0\nw = 0\nt = 1\nw = 0.6\nt = 2\nw = 1.08\nt = 3\nw = 1.464",
        "(t=0) w=0\n(t=1) w=0.6\n(t=2) w=1.08\n(t=3) w=1.464",
        "When t = 0: w = 0. When t = 1: w = 0.6. When t = 2: w = 1.08. When t = 3: w = 1.464.",
        "i = 0: w = 0\ni = 1: w = 0.6\ni = 2: w = 1.08\ni = 3: w = 1.464",
        "k=0, w=0\nk=1, w=0.6\nk=2, w=1.08\nk=3, w=1.464",
    ],
)
def test_a_counter_of_steps_is_no_statement(text: str) -> None:
    assert is_all_right(ONE, text, 4)


def test_a_letter_of_the_problem_is_no_counter() -> None:
    problem = symgd.Problem("(w - t)^2", start={"w": 0, "t": 3}, steps=1)
    assert standings(problem, "t = 4\nw = 0.6")[0] == ("t", "slip")


@pytest.mark.parametrize(
    "struck",
    [
        "~~w1 = 0.49~~\nw1 = 0.51",
        "~~w1 = 0.49~~ w1 = 0.51",
        "\\cancel{w_1 = 0.49} w_1 = 0.51",
        "$\\sout{w_{1} = 0.49}$ $w_1 = 0.51$",
        "<del>w1 = 0.49</del> w1 = 0.51",
    ],
)
def test_what_is_struck_out_is_not_read(struck: str) -> None:
    assert is_all_right(BOWL, f"{struck}\nw2 = 0.22\nw1 = 0.518\nw2 = 0.236", 4)


@pytest.mark.parametrize(
    "taken",
    [
        "w1 = 0.49\nNo wait, that's wrong. w1 = 0.51",
        "w1 = 0.49 (wrong, sorry)\nw1 = 0.51",
        "w1 = 0.49 寫錯了\nw1 = 0.51",
    ],
)
def test_what_is_called_wrong_is_for_the_teacher_and_takes_no_place(taken: str) -> None:
    report = symgd.check(BOWL, f"{taken}\nw2 = 0.22\nw1 = 0.518\nw2 = 0.236")
    assert report.status == "undecided"
    assert [verdict.status for verdict in report] == ["unknown", "ok", "ok", "ok", "ok"]


def test_a_wrong_start_said_of_itself_has_feedback() -> None:
    assert "0.7" in symgd.check(ONE, "w[0] = 0.7").text()


@pytest.mark.parametrize(
    "line",
    [
        "學習率 × 梯度 = 0.1 × (−6) = −0.6",
        "學習率乘以負梯度 = 0.6",
        "η·梯度 = −0.6",
        "0.1 × gradient = −0.6",
        "learning rate × negative gradient = 0.6",
        "the learning rate times the gradient is -0.6",
        "新的 w ＝ 舊的 w － 學習率 × 梯度 ＝ 0 － 0.1 × (－6) ＝ 0.6",
    ],
)
def test_the_rate_by_the_slope_in_words_is_no_slope(line: str) -> None:
    assert [status for _, status in standings(ONE, line) if status != "missing"] == ["ok"]
    assert "slip" in [status for _, status in standings(ONE, line.replace("0.6", "0.7"))]


def test_the_rate_by_the_slope_behind_the_weight_is_that_of_the_next_update() -> None:
    text = "學習率 × 梯度 = −0.6\nw = 0.6\n學習率 × 梯度 = −0.48\nw = 1.08\nη * dL/dw = -0.384\nw = 1.464"
    assert is_all_right(ONE, text, 6)
    assert symgd.check(ONE, text.replace("−0.48", "−0.5")).first_wrong_line == 3


def test_the_rate_by_all_slopes_in_words_is_for_the_teacher() -> None:
    report = symgd.check(BOWL, "學習率 × 負梯度 = (0.01, 0.02)\nw1 = 0.51\nw2 = 0.22\nw1 = 0.518\nw2 = 0.236")
    assert [verdict.status for verdict in report] == ["unknown", "ok", "ok", "ok", "ok"]


@pytest.mark.parametrize(
    "line", ["gradient of L = -6", "grad L = -6", "the slope of L = 2(w-3) = -6", "change in w = 0.6"]
)
def test_what_is_told_of_the_loss_is_not_the_loss(line: str) -> None:
    assert standings(ONE, f"{line}\nw = 0.6")[0][1] == "ok"
    assert standings(ONE, f"{line}5\nw = 0.6")[0][1] == "slip"


@pytest.mark.parametrize("line", ["change in L = -3.24", "half of w = 0.3", "The decrease of the L = 3.24"])
def test_what_has_no_name_is_for_the_teacher(line: str) -> None:
    assert [status for _, status in standings(ONE, f"{line}\nw = 0.6")][:2] == ["unknown", "ok"]


@pytest.mark.parametrize(
    "false", ["w = 0.6 ≥ 1", "w = 0.6 > 0.6", "$w = 0.6 \\leq 0.1$", "1 < w = 0.6", "w = 0.6 >= 2"]
)
def test_a_false_comparison_is_for_the_teacher_and_holds_its_place(false: str) -> None:
    found = [status for _, status in standings(ONE, f"{false}\nw = 1.08\nw = 1.464")]
    assert found == ["unknown", "ok", "ok"]


@pytest.mark.parametrize(
    "true", ["w = 0.6 > 0.5", "w = 0.6 ≤ 0.6.", "$w = 0.6 \\neq 0$", "> w = 0.6", "w = 0.6 < 3", "w = 0.6\n> 3"]
)
def test_a_true_comparison_is_right(true: str) -> None:
    assert is_all_right(ONE, f"{true}\nw = 1.08\nw = 1.464", 3)


@pytest.mark.parametrize(
    "line", ["w: 0, 0.6, 1.08, 1.464", "w = 0.6, 1.08, 1.464", "w＝0.6、1.08、1.464", "w = 0.6, 1.08, and 1.464"]
)
def test_a_list_of_weights_is_one_of_updates(line: str) -> None:
    report = symgd.check(ONE, line)
    assert report.status == "correct"
    assert [*report][-1].text.endswith("1.464")
    assert not any(verdict.text.startswith(",") for verdict in report)
    assert symgd.check(ONE, line.replace("1.464", "1.5")).first_wrong_line == 1


@pytest.mark.parametrize("line", ["loss = 9, then 5.76, then 4", "dL/dw = -6, -4.8", "L = 9 and 5.76"])
def test_more_values_than_are_read_are_for_the_teacher(line: str) -> None:
    report = symgd.check(ONE, f"{line}\nw = 0.6\nw = 1.08\nw = 1.464")
    assert [verdict.status for verdict in report] == ["unknown", "ok", "ok", "ok"]


@pytest.mark.parametrize(
    "table",
    [
        "step  w\n0     0\n1     0.6\n2     1.08\n3     1.464",
        "t,w\n0,0\n1,0.6\n2,1.08\n3,1.464",
        "\\begin{tabular}{c|c}\n"
        "t & w \\\\ \\hline\n0 & 0 \\\\\n1 & 0.6 \\\\\n2 & 1.08 \\\\\n3 & 1.464\n\\end{tabular}",
        "| t | 0 | 1 | 2 | 3 |\n|---|---|---|---|---|\n| w | 0 | 0.6 | 1.08 | 1.464 |",
        "|  | 第0次 | 第1次 | 第2次 | 第3次 |\n|---|---|---|---|---|\n| w | 0 | 0.6 | 1.08 | 1.464 |",
        "| k | $w_k$ | $w_{k+1}$ |\n|---|---|---|\n| 0 | 0 | 0.6 |\n| 1 | 0.6 | 1.08 |\n| 2 | 1.08 | 1.464 |",
        "| t | w | slope | w new |\n|---|---|---|---|\n"
        "| 0 | 0 | -6 | 0.6 |\n| 1 | 0.6 | -4.8 | 1.08 |\n| 2 | 1.08 | -3.84 | 1.464 |",
    ],
)
def test_a_table_in_another_form_is_read(table: str) -> None:
    report = symgd.check(ONE, table)
    assert (report.status, report.warnings) == ("correct", ())
    assert symgd.check(ONE, table.replace("1.464", "1.5")).status == "partial"


def test_new_weights_beside_the_old_ones_are_read() -> None:
    head = "| Iteration | w₁ | w₂ | ∂L/∂w₁ | ∂L/∂w₂ | new w₁ | new w₂ |\n|---|---|---|---|---|---|---|\n"
    rows = "| 1 | 0.5 | 0.2 | −0.1 | −0.2 | 0.51 | 0.22 |\n| 2 | 0.51 | 0.22 | −0.08 | −0.16 | 0.518 | 0.236 |"
    assert symgd.check(BOWL, head + rows).status == "correct"
    assert symgd.check(BOWL, head + rows.replace("0.518", "0.528")).first_wrong_line == 4


def test_a_table_of_parameters_is_one_update() -> None:
    problem = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=1)
    table = "|參數|舊值|梯度|新值|\n|--|--|--|--|\n|w1|0.5|-0.1|0.51|\n|w2|0.2|-0.2|0.22|"
    assert symgd.check(problem, table).status == "correct"
    assert symgd.check(problem, table.replace("0.22", "0.24")).first_wrong_line == 4


@pytest.mark.parametrize(
    "table",
    [
        "| step | w | move | w - 0.1*gradient |\n|---|---|---|---|\n| 1 | 0 | 0.6 | 0.7 |",
        "| a | b |\n|---|---|\n| 1 | 0.7 |",
        "thing  other\n1      0.7\n2      0.8",
        "epoch,value\n1,0.7\n2,0.8",
    ],
)
def test_a_table_that_is_not_read_is_told_of_and_nothing_is_called_right(table: str) -> None:
    report = symgd.check(ONE, f"{table}\n\nw[1] = 0.6\nw[2] = 1.08\nw[3] = 1.464")
    assert (report.status, report.warnings) == ("undecided", ("table",))
    assert symgd.check(ONE, table).status == "undecided"


@pytest.mark.parametrize("line", ["w1=.6 w2=1.08 w3=1.464", "w_1 = 0.6  w_2 = 1.08  w_3 = 1.464"])
def test_relations_side_by_side_are_several(line: str) -> None:
    assert is_all_right(ONE, line, 3)
    assert symgd.check(ONE, line.replace("1.08", "1.09")).first_wrong_line == 1


@pytest.mark.parametrize(
    "text",
    [
        "First update: w1 becomes 0.51 and w2 becomes 0.22.\nSecond update: w1 becomes 0.518 and w2 becomes 0.236.",
        "第一次：w1 變成 0.51，w2 變成 0.22\n第二次：w1 變成 0.518，w2 變成 0.236",
        "w1 and w2 are now 0.51 and 0.22.\nw1 and w2 are now 0.518 and 0.236.",
        "w1 和 w2 分別變成 0.51 和 0.22\nw1、w2 變成 0.518、0.236",
    ],
)
def test_sentences_about_both_weights_are_read(text: str) -> None:
    assert is_all_right(BOWL, text, 4)
    assert symgd.check(BOWL, text.replace("0.236", "0.246")).first_wrong_line == 2


@pytest.mark.parametrize(
    "line", ["Both weights are 0.5 and 0.2 higher", "梯度大概是 −6 左右", "the slope at w1 there is -5 or so"]
)
def test_a_sentence_with_a_number_that_is_not_read_is_for_the_teacher(line: str) -> None:
    report = symgd.check(BOWL, f"{line}\nw1 = 0.51\nw2 = 0.22\nw1 = 0.518\nw2 = 0.236")
    assert [verdict.status for verdict in report] == ["unknown", "ok", "ok", "ok", "ok"]


@pytest.mark.parametrize("name", ["E[g²]_1", "E[g^2]_1", "v_1", "s_1", "G_1", "v"])
def test_the_mean_of_the_squares_by_any_of_its_names(name: str) -> None:
    # By hand: the slope at 0 is −6, and a tenth of its square is 3.6.
    problem = symgd.Problem("(w - 3)^2", start={"w": 0}, optimizer="rmsprop", rho="0.9", learning_rate="0.1", steps=1)
    assert standings(problem, f"{name} = 3.6")[0][1] == "ok"
    assert standings(problem, f"{name} = 3.7")[0][1] == "slip"


def test_a_column_of_workings_belongs_to_the_weight() -> None:
    table = "| step | calculation | w |\n|---|---|---|\n| 1 | 0 + 0.6 | 0.6 |\n| 2 | 0.6 + 0.48 | 1.08 |\n"
    last = "| 3 | 1.08 + 0.384 | 1.464 |"
    assert symgd.check(ONE, table + last).status == "correct"
    assert symgd.check(ONE, table + last.replace("0.384", "0.284")).first_wrong_line == 5


@pytest.mark.parametrize("head", ["update", "更新", "step"])
def test_the_column_of_the_updates_is_no_working(head: str) -> None:
    assert symgd.check(ONE, f"| {head} | w |\n|---|---|\n| 1 | 0.6 |\n| 2 | 1.08 |\n| 3 | 1.464 |").status == "correct"


def test_a_rule_in_bare_latex_is_read() -> None:
    rule = r"w_{t+1} = w_t - \eta \frac{dL}{dw}"
    lines = "w_1 = 0 - 0.1 \\times (-6) = 0.6\nw_2 = 1.08\nw_3 = 1.464"
    assert is_all_right(ONE, f"{rule}\n{lines}", 4)
    assert symgd.check(ONE, f"{rule.replace('-', '+')}\n{lines}").first_wrong_line == 1


def test_a_vector_in_bare_latex_is_read() -> None:
    problem = symgd.Problem("sum((w - [1, 2])^2)", start={"w": [0, 0]}, learning_rate="0.1", steps=1)
    assert is_all_right(problem, r"w = \begin{pmatrix}0.2\\0.4\end{pmatrix}", 1)
    assert symgd.check(problem, r"w = \begin{pmatrix}0.2\\0.5\end{pmatrix}").first_wrong_line == 1
