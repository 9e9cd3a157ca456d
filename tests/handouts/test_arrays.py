"""Handouts of losses over vectors, matrices and data: every line true, as many as are said, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

import symgd
from symgd.commands.printing import gradient_output
from symgd.handouts.document import Equations

X, Y = [[1, 2], [3, -4], ["0.5", 6]], [[1, 0], [0, 1], [1, 0]]
LINE: dict[str, Any] = {"data": {"x": [1, 2, 3, 4], "y": [2, 3, 5, 4]}, "start": {"w": "0.5", "b": 0}}
PLANE: dict[str, Any] = {"data": {"X": X, "y": [1, 0, 1]}, "start": {"w": ["0.5", "-0.25"]}}
PROBLEMS: dict[str, dict[str, Any]] = {
    "line": {"loss": "mean((w*x + b - y)^2)", "explain_rate": True, **LINE},
    "line by momentum": {"loss": "sum((w*x[i] + b - y[i])^2, i, 1, n)/n", "optimizer": "momentum", **LINE},
    "line in batches": {"loss": "mean((w*x + b - y)^2)", "batch_size": 2, **LINE},
    "definitions": {"loss": "r = w*x + b - y; L = mean(r^2)", **LINE},
    "many rows": {
        "loss": "mean((w*x - 1)^2)",
        "data": {"x": [f"0.{place}" for place in range(1, 30)]},
        "start": {"w": 1},
    },
    "logistic": {
        "loss": "-mean(y*log(sigmoid(w*x + b)) + (1 - y)*log(1 - sigmoid(w*x + b)))",
        "data": {"x": [1, 2, 3, 4], "y": [0, 0, 1, 1]},
        "start": {"w": "0.5", "b": 0},
    },
    "least squares": {
        "loss": "mean((X*w - y)^2)",
        "data": {"X": X, "y": [1, 0, 1]},
        "start": {"w": ["0.5", "-0.25"]},
        "explain_rate": True,
    },
    "ridge and lasso by adam": {
        "loss": "r = X*w - y; L = mean(r^2) + 0.1*norm1(w) + 0.2*‖w‖^2",
        "data": {"X": X, "y": [1, 0, 1]},
        "start": {"w": ["0.5", "-0.25"]},
        "optimizer": "adam",
    },
    "softmax regression": {
        "loss": "-sum(Y .* log(softmax(X*W)))/n",
        "data": {"X": X, "Y": Y},
        "start": {"W": [["0.5", "-0.25"], [0, "0.1"]]},
    },
    "quadratic form": {
        "loss": "1/2*w'*A*w - b'*w",
        "let": {"A": [[2, 1], [1, 3]], "b": [1, 2]},
        "start": {"w": [0, 0]},
        "optimizer": "momentum",
    },
    "two layers": {
        "loss": "H = tanh(X*U); p = H*v; L = mean((p - y)^2)",
        "data": {"X": X, "y": [1, 0, 1]},
        "start": {"U": [["0.1", "-0.2"], ["0.3", "0.4"]], "v": ["0.5", "-0.25"]},
    },
    "entries": {"loss": "(w[1] - 3)^2 + 2*w[2]^2", "start": {"w": [0, 1]}},
    "by rows": {
        "loss": "r = X*w - y; L = mean(r^2)",
        "data": {"X": [[place, 2, -1] for place in range(1, 10)], "y": list(range(9))},
        "start": {"w": [0, "0.5", 1]},
        "learning_rate": "0.01",
    },
    "matrices by rows": {
        "loss": "R = X*W - Y; L = sum(R .* R)/n",
        "data": {"X": [[place, 2, -1] for place in range(1, 10)], "Y": [[1, place] for place in range(9)]},
        "start": {"W": [[0, 1], ["0.5", 0], [1, 1]]},
        "learning_rate": "0.01",
    },
    "newton": {"loss": "mean((X*w - y)^2) + dot(w, w)^2", "optimizer": "newton", **PLANE},
    "kinks": {
        "loss": "h = relu(W*x); L = norm1(w) + dot(v, h) + norm2(u)",
        "start": {"w": ["0.5", 0, -1], "W": [[1, 2], [2, -1]], "v": [1, 3], "u": [0, 0]},
        "let": {"x": [1, 2]},
    },
    "rounded by hand": {"loss": "mean((X*w - y)^2)", "arithmetic": "round:3", **PLANE},
    "floats": {"loss": "mean((X*w - y)^2)", "arithmetic": "float", **PLANE},
    "too large to print": {
        "loss": "mean((X*w - y)^2)",
        "data": {"X": [[row * column for column in range(1, 9)] for row in range(1, 31)], "y": list(range(30))},
        "start": {"w": [0] * 8},
        "learning_rate": "0.00001",
    },
}


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("name", PROBLEMS)
def test_every_line_is_true_and_counted(name: str, language: str) -> None:
    handout = symgd.explain(steps=2, language=language, **PROBLEMS[name])
    for form in ("markdown", "html", "text"):
        found = symgd.audit(getattr(handout, form)(), "html" if form == "html" else "")
        assert not found.wrong, found.wrong[:3]
        assert found.true + found.undecided + found.definitions == handout.document.relations
        assert found.true


@pytest.mark.parametrize("name", ["least squares", "by rows", "matrices by rows", "two layers", "quadratic form"])
def test_numbers_are_put_in_before_every_result(name: str) -> None:
    handout = symgd.explain(steps=2, **PROBLEMS[name])
    lines = [block for update in handout.document.updates for step in update.steps for block in step.blocks]
    chains = [chain for block in lines if isinstance(block, Equations) for chain in block.chains]
    worked = [chain for chain in chains if "," not in chain.joints and len(chain.sides) > 2]
    assert not [chain for chain in worked if chain.sides[-2].names and not chain.sides[-1].names]


def test_what_is_too_large_for_a_line_is_worked_out_row_by_row() -> None:
    text = symgd.explain(steps=1, **PROBLEMS["by rows"]).text()
    assert "r = X·w − y\n  r1 = 1 × 0 + 2 × 0.5 + (−1 × 1) − 0 = 0\n" in text
    assert "  r = [0, −1, −2, −3, −4, −5, −6, −7, −8]\n" in text
    sheet = symgd.explain(steps=1, kind="worksheet", **PROBLEMS["by rows"]).text()
    assert "r1 =" not in sheet


def test_a_kink_of_one_entry_is_told() -> None:
    text = symgd.explain(steps=1, **PROBLEMS["kinks"]).text()
    assert "|w2| has a kink here, since w2 = 0." in text
    assert "W_2_1 + 2·W_2_2 = 2 + 2 × (−1) = 0" in text


def test_a_loss_over_vectors_has_its_picture() -> None:
    page = symgd.explain(steps=1, **PROBLEMS["two layers"]).html()
    picture = page[page.index("<svg") : page.index("</svg>")]
    assert "3 × 2" in picture
    assert "(0.5, −0.25)" in picture
    assert "numbers of rows and columns" in page


def test_an_altered_entry_is_caught() -> None:
    text = symgd.explain(steps=1, **PROBLEMS["least squares"]).markdown()
    assert symgd.audit(text).false == 0
    moved = r"\begin{bmatrix}"
    at = text.rindex(moved, 0, text.rindex("The loss was"))
    digit = next(place for place in range(at + len(moved), len(text)) if text[place].isdigit())
    altered = text[:digit] + str((int(text[digit]) + 1) % 10) + text[digit + 1 :]
    assert symgd.audit(altered).false >= 1


def test_the_rows_are_told_with_an_honest_rest() -> None:
    text = symgd.explain(steps=1, **PROBLEMS["many rows"]).text()
    assert "… and 17 more." in text
    assert "(w·x[i] − 1)²" in text


def test_a_batch_says_its_rows() -> None:
    text = symgd.explain(steps=2, language="zh-TW", **PROBLEMS["line in batches"]).text()
    assert text.count("這次更新使用資料的 2 列") == 2


def test_the_rows_of_a_batch_are_counted_anew_and_named_by_the_file() -> None:
    data = {"x": list(range(1, 13)), "y": list(range(12))}
    run = symgd.descend("mean((w*x + b - y)^2)", data=data, start={"w": 0, "b": 0}, batch_size=5, seed=3, steps=1)
    said = symgd.explain(run.problem).markdown().split("Row by row")[1]
    assert "| row | $i$ | $x_{i}$ | $y_{i}$ |" in said
    for place, row in enumerate(run.problem.rows_of(0), 1):
        assert f"| {row} | {place} | {row} | {row - 1} |" in said


def test_json_and_csv_have_every_entry() -> None:
    import json

    from symgd.commands.printing import descent_output

    run = symgd.descend(steps=1, **PROBLEMS["least squares"])
    table = json.loads(descent_output(run, "json", bom=False))
    assert table["steps"][0]["at"] == {"w": ["0.5", "-0.25"]}
    assert descent_output(run, "csv", bom=False).splitlines()[0] == (
        "step,w[1],w[2],loss,gradient.w[1],gradient.w[2],change.w[1],change.w[2]"
    )


def test_a_batch_has_no_handout_but_json() -> None:
    import json

    from symgd.commands.printing import descent_output

    run = symgd.descend("(w - 3)^2", start={"w": [1, 2]}, arithmetic="float", steps=2)
    assert json.loads(descent_output(run, "json", bom=False))["steps"][0]["at"] == {"w": [1.0, 2.0]}
    with pytest.raises(symgd.InputError, match="2 runs at once"):
        symgd.explain(run.problem)


@pytest.mark.parametrize("loss", ["mean((X*w - y)^2)", "sum(w) + 1", "w'*w"])
def test_a_loss_over_vectors_without_any_says_what_it_needs(loss: str) -> None:
    with pytest.raises(symgd.InputError) as caught:
        symgd.gradient(loss)
    assert caught.value.code == "needs-vector"
    assert "--data" in caught.value.hint()


def test_values_of_a_gradient_are_nested_lists_in_json() -> None:
    import json

    from symgd.commands.printing import gradient_output

    problem = symgd.Problem(**{**PLANE, "loss": "mean((X*w - y)^2)"})
    table = json.loads(gradient_output(symgd.gradient(problem), problem, "json"))
    assert table["values"]["w"] == {"value": ["43/12", "-17"], "exact": True}


def test_a_kink_in_a_row_is_told_with_its_test() -> None:
    handout = symgd.explain("mean(|w*x - y|)", data={"x": [1, 2], "y": [1, 5]}, start={"w": 1}, steps=1)
    text = handout.text()
    assert "w × 1 − 1 = 1 × 1 − 1 = 0" in text or "w·1 − 1 = 1 × 1 − 1 = 0" in text
    found = symgd.audit(text)
    assert not found.wrong
    assert found.true + found.undecided + found.definitions == handout.document.relations


@pytest.mark.parametrize(
    ("loss", "settings"),
    [
        ("s^2*w'*w", {"start": {"w": ["0.5", "-0.25"], "s": 2}}),
        ("sum(exp(W*b))", {"start": {"W": [["0.5", 1], [2, -1]]}, "let": {"b": [1, 2]}}),
        (
            "p = softmax(W*x); L = -dot(t, log(p))",
            {"start": {"W": [["0.5", 1], [2, -1]]}, "let": {"t": [1, 0], "x": [1, 2]}},
        ),
        ("sum((W*X') .* (W*X'))", {"start": {"W": [["0.5", 1], [2, -1]]}, "let": {"X": [[1, 2], [3, 4]]}}),
    ],
)
def test_a_jacobian_in_a_line_is_no_false_relation(loss: str, settings: dict[str, Any]) -> None:
    assert symgd.audit(symgd.explain(loss, steps=1, **settings).markdown()).false == 0


def test_a_mini_batch_says_what_n_is_before_it_is_used() -> None:
    text = symgd.explain(steps=1, **PROBLEMS["line in batches"]).text()
    assert "n = 4" not in text
    assert text.index("n = 2") < text.index("1/2 × (")
    assert "L_all" in text


ROW_TABLES = {
    "numbers": ("mean((w*x + b - y)^2)", LINE, "2 2 3 1 −2 4 −4"),
    "a definition": ("p = w*x + b; L = mean((p - y)^2)", LINE, "2 2 3 1 −2 4"),
    "by index": ("p = w*x + b; L = sum((p[i] - y[i])^2, i, 1, n)/n", LINE, "2 2 3 1 −2 4"),
    "a matrix": ("mean((X*w - y)^2)", PLANE, "2 0 2.5 2.5 6.25"),
    "two indices": ("sum(sum((w*x[i] + b - y[j])^2, i, 1, n), j, 1, n)", LINE, "2 13.5 −15 −7"),
}


@pytest.mark.parametrize("name", ROW_TABLES)
def test_what_each_row_contributes_stands_in_a_table(name: str) -> None:
    loss, more, row = ROW_TABLES[name]
    said = symgd.explain(loss, steps=1, **more).markdown().split("Row by row")[1]
    assert row in [" ".join(line.replace("|", " ").split()) for line in said.splitlines()]
    assert "逐列計算" in symgd.explain(loss, steps=1, language="zh-TW", **more).markdown()


def test_the_columns_of_the_data_stand_in_their_order_with_the_prediction_behind() -> None:
    problem = PROBLEMS["logistic"]
    said = symgd.explain(steps=1, **problem).markdown()
    assert r"| $i$ | $x_{i}$ | $y_{i}$ | $w\,x_{i} + b$ | $\sigma(w\,x_{i} + b)$ |" in said


def test_a_mini_batch_over_vectors_shows_its_own_rows() -> None:
    data = {"X": [[1, 2], [3, -4], ["0.5", 6], [1, 1]], "y": [1, 0, 1, 2]}
    run = symgd.descend("mean((X*w - y)^2)", data=data, start={"w": ["0.5", "-0.25"]}, batch_size=2, seed=1, steps=1)
    used = run.problem.rows_of(0)
    said = symgd.explain(run.problem).markdown()
    errors = {1: "−1", 2: "2.5", 3: "−2.25", 4: "−1.75"}
    assert [f"| {row} |" in said and errors[row] in said.split("Row by row")[1] for row in used] == [True, True]


@pytest.mark.parametrize(("count", "factor"), [(1, "2 × "), (2, ""), (3, "2/3 × ")])
def test_a_gradient_prints_the_factor_that_is_left(count: int, factor: str) -> None:
    loss, let = "sum((X*w - y)^2)/n", {"X": [[1, 2], [3, -4]], "y": [1, 0], "n": count}
    problem = symgd.Problem(loss=loss, let=let, start={"w": [1, 2]})
    told = gradient_output(symgd.gradient(problem), problem, "text")
    assert f"= {factor}[[1, 2], [3, −4]]ᵀ·(" in told


def test_a_factor_that_is_1_is_not_printed() -> None:
    """With two rows of data the slope began with 2/2 × (…)."""
    rows = {"x": ["1.5", "2.25"], "y": ["2.1", "4.2"]}
    told = symgd.explain("mean((w*x + b - y)^2)", start={"w": "0.5", "b": 0}, data=rows, steps=2)
    assert r"\frac{2}{2}" not in told.markdown()
    assert "&= -2.025 + (-6.91875) = -8.94375" in told.markdown()
