"""Ways in which students set out what is right: each line is read, belongs to its update, and is right."""

from __future__ import annotations

from typing import Any

import pytest

import symgd

LINE: dict[str, Any] = {"loss": "(w - 3)^2", "start": {"w": "0.5"}, "steps": 2}
BOWL: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 1}
ADAM = {**LINE, "optimizer": "adam"}
MOMENTUM = {**LINE, "optimizer": "momentum"}
NEWTON = {**LINE, "optimizer": "newton", "learning_rate": 1, "steps": 1}
ONE = {**LINE, "steps": 1}
VECTOR: dict[str, Any] = {"loss": "w'*w", "start": {"w": [0, 1]}, "steps": 1}

RIGHT: dict[str, tuple[dict[str, Any], str]] = {
    "the formula first": (LINE, "w = w - η·dL/dw\nw = 0.5 - 0.1*(-5) = 1\nw = w - η·dL/dw\nw = 1 - 0.1*(-4) = 1.4"),
    "the formula first, with headings": (LINE, "update 1\nw = w - η·dL/dw\nw = 1\nupdate 2\nw = w + 0.4\nw = 1.4"),
    "assigned": (ONE, "w := w - 0.1*(-5)\nw := 1"),
    "indices of one parameter": (LINE, "w_0 = 0.5\ndL/dw = -5\nw_1 = 0.5 - 0.1*(-5) = 1\ndL/dw = -4\nw_2 = 1.4"),
    "indices without a bar": (LINE, "w0 = 0.5\nw1 = w0 + 0.5 = 1\nw2 = w1 + 0.4 = 1.4"),
    "the start by its index": (LINE, "w[0] = 0.5\ndL/dw = -5\nw[1] = 1\nw[2] = 1.4"),
    "t in brackets": (ONE, "w(t+1) = w(t) - eta*dL/dw = 0.5 - 0.1*(-5) = 1"),
    "t below": (ONE, "g_t = 2(w_t - 3) = -5\nw_{t+1} = w_t - 0.1 g_t = 1"),
    "t above": (ONE, "w^(t+1) = w^(t) - eta*dL/dw = 0.5 - 0.1*(-5) = 1"),
    "t in LaTeX": (ONE, r"$w^{(t+1)} = w^{(t)} - \eta g_t = 1$"),
    "the step before": (ONE, r"$w_t = w_{t-1} - \eta g_t = 1$"),
    "old and new": (BOWL, "w_new = w_old - eta*grad = (0.51, 0.22)"),
    "nothing moves": (
        {**LINE, "start": {"w": 3}},
        "dL/dw = 2(3-3) = 0\nw = 3 - 0.1*0 = 3\ndL/dw = 0\nw = 3",
    ),
    "nothing moves, with headings": (
        {**LINE, "start": {"w": 3}},
        "update 1\ndL/dw = 0\nw = 3\nupdate 2\ndL/dw = 0\nw = 3",
    ),
    "g alone": (ONE, "g = 2*(0.5-3) = -5\nw = 1"),
    "primes": (ONE, "L'(w) = 2(w-3)\nL'(0.5) = -5\nw = 0.5 - 0.1*L' = 1"),
    "momentum as v": (
        MOMENTUM,
        "第 1 次更新\nv = 0.9*0 - 5 = -5\nw = 1\n第 2 次更新\nv = 0.9*(-5) - 4 = -8.5\nw = 1.85",
    ),
    "a row from itself": (MOMENTUM, "m = 0.9*m + g = -5\nw = 1\nm = 0.9*m + g = 0.9*(-5) - 4 = -8.5\nw = 1.85"),
    "rows by their index": (
        ADAM,
        r"""$m_1 = 0.9 m_0 + 0.1 g_1 = -0.5$, $v_1 = 0.999 v_0 + 0.001 g_1^2 = 0.025$
$\hat{m}_1 = -5$, $\hat{v}_1 = 25$
$w_1 = 0.6$
$m_2 = 0.9\cdot(-0.5) + 0.1\cdot(-4.8) = -0.93$
$w_2 \approx 0.69987$""",
    ),
    "rows at t": (
        {**ADAM, "steps": 1},
        r"""$m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t = 0.1 \cdot (-5) = -0.5$
$w_{t+1} = w_t - \eta \hat{m}_t/(\sqrt{\hat{v}_t}+\epsilon) = 0.6$""",
    ),
    "rows of numbered parameters": (
        {**BOWL, "optimizer": "momentum"},
        "g1 = -0.1\ng2 = -0.2\nm1 = -0.1, m2 = -0.2\nw1 = 0.51\nw2 = 0.22",
    ),
    "a second derivative": (NEWTON, "dL/dw = -5\nd2L/dw2 = 2\nd²L/dw² = 2\nw = 0.5 - (-5)/2 = 3"),
    "a second derivative in LaTeX": (NEWTON, r"$\frac{\partial^2 L}{\partial w^2} = 2$" + "\nH = 2\nw = 3"),
    "two primes": (NEWTON, "L' = 2(w-3) = -5\nL'' = 2\nw = w - L'/L'' = 3"),
    "a pair": (BOWL, "(w1, w2) = (0.51, 0.22)"),
    "a pair, worked out": (BOWL, "(w1, w2) = (0.5, 0.2) - 0.1*(-0.1, -0.2) = (0.51, 0.22)"),
    "a pair by its letter": (BOWL, "grad = (-0.1, -0.2)\nΔw = -η∇L = 0.1*(0.1, 0.2) = (0.01, 0.02)\nw = (0.51, 0.22)"),
    "pairs of updates": ({**BOWL, "steps": 2}, "w^(1) = (0.51, 0.22)\nw^(2) = (0.51, 0.22) + (0.008, 0.016)"),
    "a gradient of its parameters": (
        BOWL,
        "∇L(w1, w2) = (2(w1-0.55), 2(w2-0.3)) = (-0.1, -0.2)\nw1 = 0.51, w2 = 0.22",
    ),
    "a gradient of its parameters in LaTeX": (
        BOWL,
        r"$\nabla L(w_1,w_2) = (2(w_1-0.55), 2(w_2-0.3)) = (-0.1, -0.2)$" + "\nw1 = 0.51, w2 = 0.22",
    ),
    "a vector in round brackets": (VECTOR, "dL/dw = (0, 2)\nw = w - 0.1*(0, 2) = (0, 0.8)"),
    "a table": (BOWL, "| quantity | value |\n|---|---|\n| dL/dw1 | -0.1 |\n| w1 | 0.51 |\n| w2 | 0.22 |"),
    "words": (ONE, "The slope = -5, the negative gradient = 5, learning rate = 0.1, change = 0.5\nw = 1"),
    "words in Chinese": (ONE, "梯度 = 2(0.5−3) = −5，負梯度 = 5，學習率 = 0.1，權重變化 = 0.1×5 = 0.5，w = 1"),
    "pairs in Chinese": (BOWL, "負梯度 = (0.1, 0.2)\n權重變化 = 0.1×(0.1, 0.2) = (0.01, 0.02)\nw1 = 0.51，w2 = 0.22"),
    "a list with colons": (BOWL, "dL/dw1: 2*w1 - 1.1\ndL/dw2: 2*w2 - 0.6\nw1: 0.51\nw2: 0.22"),
    "a derivative with a stroke": (ONE, r"$\partial L/\partial w = 2(w-3) = -5$, $w = 1$"),
    "a pair in LaTeX": (BOWL, r"$(w_1, w_2) = (0.5, 0.2) - 0.1(-0.1,-0.2) = (0.51, 0.22)$"),
    "a remark in brackets": (ONE, "(first dL/dw = -5 as\nshown) then w = 0.5 + 0.5 = 1 (the new\none)"),
}


@pytest.mark.parametrize("title", RIGHT)
def test_what_is_right_is_right_however_it_is_set_out(title: str) -> None:
    problem, text = RIGHT[title]
    report = symgd.check(symgd.Problem(**problem), text)
    assert (report.status, [v.text for v in report if v.status not in ("ok", "format")]) == ("correct", [])


def test_a_line_is_shown_as_the_student_wrote_it() -> None:
    text = "- 梯度 = −5，負梯度 = 5\n| w | 1 |\nw^(t+1) = w^(t) - eta*g = 1, w_1 = 1\nThe learning rate = 0.1"
    shown = [(v.text, None if v.claim is None else v.claim.column) for v in symgd.check(symgd.Problem(**ONE), text)]
    assert shown == [
        ("梯度 = −5", 3),
        ("負梯度 = 5", 11),
        ("w | 1", 3),
        ("w^(t+1) = w^(t) - eta*g = 1", 1),
        ("w_1 = 1", 30),
        ("The learning rate = 0.1", 1),
    ]


WRONG: dict[str, tuple[dict[str, Any], str, int]] = {
    "words in Chinese": (ONE, "學習率 = 0.1\n梯度 = −6\nw = 1.1", 2),
    "a negative gradient in words": (ONE, "梯度 = −5\n負梯度 = −5\nw = 0", 2),
    "one of a pair": (BOWL, "grad = (-0.1, -0.2)\nw = (0.5, 0.2) - 0.1*(-0.1, -0.2) = (0.51, 0.18)", 2),
    "the other of a pair": (BOWL, "∇L = (2(w1-0.55), 2(w1-0.3)) = (-0.1, 0.4)", 1),
    "a cell of a table": (BOWL, "| dL/dw1 | -0.1 |\n| w1 | 0.51 |\n| w2 | 0.23 |", 3),
    "an index": (LINE, "w_1 = 1\nw_2 = 1.5", 2),
    "a second derivative": (NEWTON, "H = 3\nw = 3", 1),
    "a row from itself": (MOMENTUM, "m = 0.9*m + g = -5\nw = 1\nm = 0.9*m + g = -9\nw = 1.9", 3),
    "the formula first": (LINE, "w = w - η·dL/dw\nw = 0.5 - 0.1*(-5) = 1\nw = w + η·dL/dw\nw = 1 - 0.1*(-4) = 1.4", 3),
}


@pytest.mark.parametrize("title", WRONG)
def test_what_is_wrong_is_found_however_it_is_set_out(title: str) -> None:
    problem, text, first = WRONG[title]
    report = symgd.check(symgd.Problem(**problem), text)
    assert report.first_wrong_line == first


def test_a_rate_holds_until_it_is_said_anew_and_earns_nothing() -> None:
    report = symgd.check(symgd.Problem(**LINE), "eta = 0.2\nw = 0.5 + 0.2*5 = 1.5\nw = 1.5 + 0.2*3 = 2.1")
    assert [v.status for v in report] == ["slip", "carried", "carried"]
    assert report.score == report.max_score == 2


@pytest.mark.parametrize("text", ["dL/dw = 2((w-3 = -5", "dL/dw = 2(w-3 = -5"])
def test_a_bracket_that_is_not_closed_is_undecided(text: str) -> None:
    report = symgd.check(symgd.Problem(**ONE), text + "\nw = 1")
    assert [v.status for v in report] == ["unknown", "ok"]
    assert report.first_wrong_line is None


SQUARES: dict[str, Any] = {
    "loss": "mean((X*w - y)^2)",
    "data": {"X": [[1, 2], [3, -4]], "y": [1, 0]},
    "start": {"w": ["0.5", "-0.25"]},
    "learning_rate": "0.05",
    "steps": 1,
}


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("dL/dw = 2/n*X'*(X*w - y) = [6.5, -12]\nw = w - 0.05*dL/dw = (0.175, 0.35)", "ok ok"),
        (r"$\nabla L = \frac{2}{n} X^T (Xw - y) = \begin{pmatrix} 6.5 \\ -12\end{pmatrix}$", "ok"),
        ("X*w - y = (-1, 2.5)\ndL/dw = 2/n*X'*(X*w - y)", "ok ok"),
        ("dL/dw = 2/n*X*(X*w - y) = (6.5, -12)", "slip"),
        ("dL/dw = (6, -12) = (6.5, -12)", "slip"),
        ("X*w - y = (1, 2.5)", "slip"),
        ("dL/dw = 2/n*X*(X*w - y) = (4, -13)\nw = (0.5, -0.25) - 0.05*(4, -13) = (0.3, 0.4)", "slip carried"),
        ("dL/dw = (6.5, -12, 0)", "slip"),
    ],
)
def test_every_relation_between_vectors_is_tested(text: str, statuses: str) -> None:
    report = symgd.check(symgd.Problem(**SQUARES), text)
    assert [v.status for v in report if v.status != "missing"] == statuses.split()


NEURON: dict[str, Any] = {
    "loss": "a = sigmoid(w*x); L = (a - y)^2",
    "start": {"w": "0.5"},
    "let": {"x": 2, "y": 1},
    "steps": 1,
}
ROWS: dict[str, Any] = {
    "loss": "mean((w*x + b - y)^2)",
    "start": {"w": 1, "b": 0},
    "data": {"x": [1, 2, 3], "y": [2, 3, 5]},
    "steps": 1,
}
NAMES: dict[str, tuple[dict[str, Any], str, tuple[str, ...]]] = {
    "an x that is 2": (NEURON, "dL/dw = 2(a-y)*a*(1-a) = -0.1058", ("input-forgotten",)),
    "a 2 that is no x": (NEURON, "dL/dw = (a-y)*a*(1-a)*x = -0.1058", ("power-factor-forgotten",)),
    # the slope by b is the same: whether the input or the parameter was mistaken, nobody can tell
    "a column": (ROWS, "dL/dw = 2/n*sum(w*x[i] + b - y[i], i, 1, n) = -8/3", ()),
    "target − prediction": (ROWS, "dL/dw = 2/n*sum((y[i] - w*x[i] - b)*x[i], i, 1, n) = 6", ("residual-sign",)),
    "twice as much is not rounded": (BOWL, "dL/dw1 = 2*(0.5-0.55) = -0.2", ()),
    "nothing is not rounded": (ONE, "eta = 0", ()),
}


@pytest.mark.parametrize("title", NAMES)
def test_a_mistake_is_named_by_what_was_written(title: str) -> None:
    problem, text, names = NAMES[title]
    assert symgd.check(symgd.Problem(**problem), text).mistakes == names


def test_where_everyone_rounds_a_rounded_value_is_a_matter_of_form() -> None:
    report = symgd.check(symgd.Problem(**NEURON), "dL/dw = -0.2115\nw = 0.5 + 0.02115 = 0.521")
    assert [v.status for v in report] == ["format", "format"]
    assert symgd.check(symgd.Problem(**ONE), "w = 0.5 + 0.512 = 1.01").first_wrong_line == 1


def test_a_side_without_a_value_is_wrong_and_raises_nothing() -> None:
    report = symgd.check(symgd.Problem(**ONE), "dL/dw = log(-w) = -5\nw = sqrt(w - 3) = 1/(w - w) = 1")
    assert [v.status for v in report] == ["slip", "slip"]


STANDSTILL: dict[str, tuple[dict[str, Any], str, str]] = {
    "a slope of 0": (LINE, "dL/dw = 0\nw[1] = 0.5", "slip slip"),
    "a rate of 0": (LINE, "eta = 0\nw[1] = 0.5", "slip slip"),
    "a change of 0": (LINE, "dL/dw = -5\nΔw = 0\nw[1] = 0.5", "ok slip slip"),
    "a weight that stays": (LINE, "dL/dw = -5\nw[1] = 0.5\ndL/dw = -5\nw[2] = 1", "ok slip slip slip"),
    "a weight that stays later": (
        {**LINE, "steps": 3},
        "w[1] = 1\nw[2] = 1\ndL/dw = -4\nw[3] = 1.4",
        "ok slip slip slip",
    ),
    "a weight that moves": (LINE, "dL/dw = -5\nw[1] = 0.6\ndL/dw = -4.8\nw[2] = 1.08", "ok slip carried carried"),
    "a slope that is 0": ({**LINE, "start": {"w": 3}}, "dL/dw = 1\nw[1] = 2.9", "slip carried"),
    "a vector of 0": (VECTOR, "dL/dw = (0, 0)\nw = (0, 1)", "slip slip"),
    "a vector that moves": (VECTOR, "dL/dw = (0, 1)\nw = (0, 0.9)", "slip carried"),
}


@pytest.mark.parametrize("title", STANDSTILL)
def test_nothing_is_carried_on_from_a_standstill(title: str) -> None:
    problem, text, statuses = STANDSTILL[title]
    report = symgd.check(symgd.Problem(**problem), text)
    assert [v.status for v in report if v.status != "missing"] == statuses.split()


def test_nothing_is_named_where_a_standstill_is_carried_on() -> None:
    problem = symgd.Problem("w^3 - 2*w", start={"w": "1.5"}, steps=3, arithmetic="round:4")
    report = symgd.check(problem, "w[1] = 1.5\nw[2] = 1.025\nw[3] = 0.9098")
    assert (report.first_wrong_line, report.mistakes) == (1, ())


PAIR = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, learning_rate="0.1", steps=2)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (r"\nabla L = \begin{pmatrix} -0.1 \\ -0.2 \end{pmatrix}", ["ok", "ok"]),
        (r"\nabla L = \begin{pmatrix} -0.1 & -0.3 \end{pmatrix}", ["ok", "slip"]),
        (r"\nabla L = \begin{pmatrix} -0.1 & -0.2 \end{pmatrix}^T", ["ok", "ok"]),
        (r"\nabla L = \begin{pmatrix} -0.1, -0.2 \end{pmatrix}", ["ok", "ok"]),
        (r"\nabla L = \left(\begin{array}{c} -0.1 \\ -0.2 \end{array}\right)", ["ok", "ok"]),
        (r"w = \begin{pmatrix}0.51\\0.22\end{pmatrix}", ["ok", "ok"]),
        (r"\mathbf{w}_1 = \begin{pmatrix}0.51\\0.22\end{pmatrix}", ["ok", "ok"]),
        (r"w_2 = \begin{bmatrix}0.518\\0.236\end{bmatrix}", ["ok", "ok"]),
        (r"w = \begin{pmatrix}0.51\\0.22\\1\end{pmatrix}", ["unknown"]),
        (
            r"\mathbf{w}^{(1)} = \mathbf{w}^{(0)} - \eta \nabla L = \begin{pmatrix}0.5\\0.2\end{pmatrix}"
            r" - 0.1 \begin{pmatrix} -0.1 \\ -0.2 \end{pmatrix} = \begin{pmatrix}0.51\\0.22\end{pmatrix}",
            ["ok", "ok"],
        ),
        (
            r"\begin{pmatrix}\frac{\partial L}{\partial w_1}\\ \frac{\partial L}{\partial w_2}\end{pmatrix}"
            r" = \begin{pmatrix} -0.1 \\ -0.3 \end{pmatrix}",
            ["ok", "slip"],
        ),
    ],
)
def test_columns_and_rows_of_numbers_are_of_all_parameters(line: str, found: list[str]) -> None:
    verdicts = [verdict for verdict in symgd.check(PAIR, line) if verdict.status != "missing"]
    assert [verdict.status for verdict in verdicts] == found
    assert all(verdict.text == line for verdict in verdicts if "^T" not in line)
