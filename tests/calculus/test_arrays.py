"""Slopes of losses over vectors, matrices and data, against differences of the loss and against the compiled road."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symgd
from symgd.calculus import pulling
from symgd.calculus.gradient import Gradient
from symgd.calculus.naming import rule_names
from symgd.errors import DisagreementError, InputError
from symgd.expressions.tree import operation
from symgd.numbers.arrays import array
from symgd.numbers.values import Ball, entries_of, is_array

X = [[1, "0.5"], ["-0.25", 2], ["0.75", "-1.5"], ["0.3", "0.2"]]
Y = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
A, S = [["0.5", "0.2"], ["-0.3", 1]], [[2, "0.5"], ["0.5", 3]]
KNOWN: dict[str, Any] = {
    "X": X,
    "Y": Y,
    "A": A,
    "S": S,
    "y": [1, 0, "0.5", -1],
    "t": [1, 0, 1, 0],
    "c": ["0.3", "0.1", "0.4", "0.2"],
    "b": ["0.2", "-0.7"],
    "lam": "0.1",
}
START: dict[str, Any] = {
    "w": ["0.4", "-0.3"],
    "v": ["0.6", "0.1"],
    "W": [["0.1", "-0.2", "0.3"], ["0.4", "0.5", "-0.6"]],
    "U": [["0.3", "-0.4"], ["0.2", "0.7"]],
    "k": "0.35",
}
LOSSES = [
    "mean((X*w - y)^2)",
    "mean((X*w + k - y)^2)",
    "sum((X*w - y)^2)/2 + lam*dot(w, w)",
    "mean((X*w - y)^2) + lam*norm1(w)",
    "‖X*w - y‖^2 + lam*‖w‖₁ + lam*‖w‖^2",
    "mean(softplus(X*w) - t*(X*w))",
    "-mean(t*log(sigmoid(X*w)) + (1 - t)*log(1 - sigmoid(X*w)))",
    "mean(log(1 + exp(-(2*t - 1)*(X*w))))",
    "mean(relu(1 - (2*t - 1)*(X*w)))",
    "mean(relu(1 - (2*t - 1)*(X*w))^2)",
    "mean(huber(X*w - y, 0.4))",
    "-sum(Y .* log(softmax(X*W)))/4",
    "mean(logsumexp(X*W)) - sum(Y .* (X*W))/4",
    "1/2*w'*S*w - b'*w",
    "w'*A*w - dot(b, w)",
    "dot(w, S*w)/dot(w, w)",
    "‖X - X*w*w'‖^2/4",
    "trace(U'*S*U)",
    "trace((X*w - y)'*(X*w - y)) + trace(w'*w)",
    "trace(A*U*S*U')",
    "logsumexp(X*w)",
    "-dot(softmax(X*w), log(softmax(X*w)))",
    "exp(-‖w - b‖^2)",
    "dot(w, b)/(‖w‖*‖b‖)",
    "‖A*w - b‖",
    "sum(exp(X*w))",
    "mean((tanh(X*U)*v - y)^2)",
    "mean((sigmoid(X*U)*v + k - y)^2)",
    "mean(exp(X*w) - y*(X*w))",
    "dot(c, (X*w - y)^2)",
    "z = X*U; h = tanh(z); p = h*v; L = mean((p - y)^2) + lam*‖U‖^2",
    "r = X*w - y; L = mean(r^2) + sum(r)*k",
    "(w[1] - 3)^2 + 2*w[2]^2*k",
    "U[1, 2]^2*U[2, 2] + sum(U[1])",
    "sum([w[1]*k, k^2, v[2]])^2",
    "sum(sum(S[i, j]*w[i]*w[j], j, 1, 2), i, 1, 2)",
    "‖U*U' - S‖^2",
    "sum(softmax(w) .* b)",
    "sum(1/(1 + (X*w)^2))",
    "mean(X*w)^2 + max(k, 0.1)",
]


def gradient_of(loss: str) -> Gradient:
    names = symgd.parse(loss.split(";")[-1]).names if ";" not in loss else tuple(KNOWN) + tuple(START)
    used = {word for word in (*KNOWN, *START) if word in names}
    let = {word: value for word, value in KNOWN.items() if word in used}
    start = {word: value for word, value in START.items() if word in used}
    if ";" in loss:
        start = {word: value for word, value in start.items() if f"{word}" in loss and word != "W"}
    return symgd.gradient(loss, let=let, start=start)


def middle(value: Any) -> Fraction:
    return value.middle if isinstance(value, Ball) else Fraction(value)


@pytest.mark.parametrize("loss", LOSSES)
def test_slopes_are_what_differences_of_the_loss_say(loss: str) -> None:
    gradient = gradient_of(loss)
    start = {word: _exact(START[word]) for word in gradient.parameters}
    slopes = gradient.at(start)
    step = Fraction(1, 10**12)
    for word in gradient.parameters:
        flat = entries_of(slopes[word])
        for place in range(len(flat)):
            up, down = (gradient.loss_at(_moved(start, word, place, side * step)) for side in (1, -1))
            difference = (middle(up) - middle(down)) / (2 * step)
            assert float(middle(flat[place])) == pytest.approx(float(difference), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_compiled_function_agrees_with_the_exact_slopes(loss: str) -> None:
    gradient = gradient_of(loss)
    start = {word: np.array(_exact(START[word]), dtype=float) for word in gradient.parameters}
    value, slopes = gradient.function()(start)
    exact = gradient.at({word: _exact(START[word]) for word in gradient.parameters})
    found = slopes if isinstance(slopes, dict) else {gradient.parameters[0]: slopes}
    assert value == pytest.approx(float(middle(gradient.loss_at({w: _exact(START[w]) for w in start}))), rel=1e-12)
    for word in gradient.parameters:
        theirs = [float(middle(entry)) for entry in entries_of(exact[word])]
        assert np.ravel(found[word]) == pytest.approx(theirs, rel=1e-11, abs=1e-13)


def _exact(value: Any) -> Any:
    if not isinstance(value, list):
        return Fraction(value)
    return array([_exact(part) for part in value])


def _moved(start: dict[str, Any], word: str, place: int, by: Fraction) -> dict[str, Any]:
    if not is_array(start[word]):
        return {**start, word: start[word] + by}
    moved = start[word].copy()
    moved.flat[place] = moved.flat[place] + by
    return {**start, word: moved}


CLOSED = {
    "mean((X*w - y)^2)": "2/n·Xᵀ·(X·w − y)",
    "1/2*w'*S*w - b'*w": "S·w − b",
    "-sum(Y .* log(softmax(X*W)))/4": "1/4·Xᵀ·(softmax(X·W) − Y)",
    "-mean(t*log(sigmoid(X*w)) + (1 - t)*log(1 - sigmoid(X*w)))": "1/n·Xᵀ·(σ(X·w) − t)",
    "mean(softplus(X*w) - t*(X*w))": "1/n·Xᵀ·(σ(X·w) − t)",
    "trace((X*w - y)'*(X*w - y)) + trace(w'*w)": "2·w + 2·Xᵀ·(X·w − y)",
    "logsumexp(X*w)": "Xᵀ·softmax(X·w)",
    "w'*A*w - dot(b, w)": "Aᵀ·w + A·w − b",
    "(w[1] - 3)^2 + 2*w[2]^2*k": "[2(w[1] − 3), 4·w[2]·k]",
}


@pytest.mark.parametrize("loss", CLOSED)
def test_gradients_are_closed_formulas(loss: str) -> None:
    names = symgd.parse(loss).names
    rows = {word: KNOWN[word] for word in ("X", "y", "t", "Y") if word in names}
    let = {word: KNOWN[word] for word in ("A", "S", "b") if word in names}
    gradient = symgd.gradient(loss, data=rows, let=let, start={w: START[w] for w in START if w in names})
    assert gradient.text(gradient.parameters[0]) == CLOSED[loss]


def test_every_rule_of_arrays_is_named_somewhere() -> None:
    from tests.calculus.test_derivations import ARRAY_RULES

    used = {rule.partition(":")[0] for loss in LOSSES for rule in gradient_of(loss).derivation().rules}
    used |= set(symgd.gradient("mean((k*x - 1)^2)", data={"x": [1, 2]}).derivation().rules)
    assert used >= ARRAY_RULES
    for language in ("en", "zh-TW"):
        assert all(rule_names([rule], language) for rule in ARRAY_RULES - {"symmetric"})
        assert "S" in rule_names(["symmetric:S"], language)


def test_the_last_line_of_a_derivation_is_the_slope_that_is_shown() -> None:
    for loss in LOSSES:
        gradient = gradient_of(loss)
        for word in gradient.parameters:
            assert gradient.derivation(word).result == gradient.partial(word)


def test_a_wrong_rule_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(node: Any, slope: Any, ground: Any) -> list[pulling.Pull]:
        left, right = node.args
        return [pulling.Pull(right, ground.matmul(operation("transpose", left), slope), ("matrix-product",))] * 2

    monkeypatch.setitem(pulling._ROWS, "matmul", wrong)
    with pytest.raises(DisagreementError):
        gradient_of("mean((X*w - y)^2)")


DATA: dict[str, list[Any]] = {"x": [1, 2, "2.5", -1], "y": [2, 3, 5, "-0.5"]}
OVER_ROWS = {
    "mean((k*x + m - y)^2)": ("2/n·sum((k·x[i] + m − y[i])·x[i], i, 1, n)", "2/n·sum(k·x[i] + m − y[i], i, 1, n)"),
    "sum((k*x[i] + m - y[i])^2, i, 1, n)/n": (
        "2/n·sum((k·x[i] + m − y[i])·x[i], i, 1, n)",
        "2/n·sum(k·x[i] + m − y[i], i, 1, n)",
    ),
    "dot(k*x + m, y)": ("sum(x[i]·y[i], i, 1, n)", "sum(y[i], i, 1, n)"),
}


@pytest.mark.parametrize("loss", OVER_ROWS)
def test_over_rows_the_slope_is_one_sum(loss: str) -> None:
    gradient = symgd.gradient(loss, data=DATA, wrt=["k", "m"])
    assert (gradient.text("k"), gradient.text("m")) == OVER_ROWS[loss]


def test_sums_over_some_rows_and_neighbours() -> None:
    gradient = symgd.gradient("sum((x[i+1] - k*x[i])^2, i, 1, n-1)", data={"x": DATA["x"]})
    x = [Fraction(value) for value in DATA["x"]]
    k = Fraction(1, 3)
    by_hand = sum(-2 * (x[i + 1] - k * x[i]) * x[i] for i in range(3))
    assert gradient.at(k=k) == {"k": by_hand}
    assert gradient.function()([1 / 3])[1] == pytest.approx([float(by_hand)])


def test_sympy_gets_the_data_put_in() -> None:
    gradient = symgd.gradient("mean((k*x - y)^2)", data=DATA)
    assert gradient["k"].subs("k", 1).is_Rational or gradient["k"].free_symbols
    assert float(gradient["k"].subs(gradient.symbols["k"], 2)) == pytest.approx(float(gradient.at(k=2)["k"]))


def test_n_keeps_the_meaning_that_the_author_gives_it() -> None:
    gradient = symgd.gradient("mean((k*x - n)^2)", data={"x": [1, 2]}, let={"n": 5})
    assert gradient.at(k=0) == {"k": Fraction(2 * (0 - 5) * 1 + 2 * (0 - 5) * 2, 2)}
    assert "1/N" in gradient.loss.text()


REFUSED = {
    "sum(x[i]*k, i, 1, n)": "no-rows",
    "k*x[7]": "index-range",
    "mean(X*k)*rowsum(X)": "loss-shape",
    "X*k": "loss-shape",
}


@pytest.mark.parametrize("loss", REFUSED)
def test_what_has_no_gradient(loss: str) -> None:
    let = {} if REFUSED[loss] == "no-rows" else {"x": [1, 2], "X": X}
    with pytest.raises(InputError) as caught:
        symgd.gradient(loss, let=let, wrt=["k"])
    assert caught.value.code == REFUSED[loss]


def test_a_large_symmetric_matrix_stays_symmetric_in_the_comparison() -> None:
    matrix = [[2 if row == column else int(abs(row - column) == 1) for column in range(7)] for row in range(7)]
    found = symgd.gradient("dot(w, A*w)/2", let={"A": matrix}, start={"w": [1] * 7})
    assert found.text("w") == "A·w"


@pytest.mark.parametrize(
    "loss", ["-(y*log(sigmoid(w)) + (1 - y)*log(1 - sigmoid(w)))", "y*ln(σ(w)) + (1-y)*ln(1-σ(w))"]
)
def test_cross_entropy_whose_target_moves_too_comes_to_an_end(loss: str) -> None:
    found = symgd.gradient(loss)
    slope = found.function()([0.3, 0.4])[1]
    at = found.at(y="0.3", w="0.4")
    assert [float(at[word]) for word in found.parameters] == pytest.approx(slope[[0, 1]], rel=1e-12)


def test_cross_entropy_of_vectors() -> None:
    X, y = [[1, 2, 1], [2, 1, 1], [1, 1, 3]], [1, 0, 1]
    found = symgd.gradient(
        "mean(-(y*log(sigmoid(X*w)) + (1 - y)*log(1 - sigmoid(X*w))))",
        let={"X": X, "y": y},
        wrt=["w"],
        start={"w": [0, 0, 0]},
    )
    assert found.text("w") == "1/3·X·(σ(X·w) − y)"


def test_the_two_norm_has_slope_0_at_0() -> None:
    found = symgd.gradient("norm2(w)", start={"w": [0, 0]})
    assert entries_of(found.at(w=[0, 0])["w"]) == [0, 0]
    assert entries_of(found.at(w=[3, 4])["w"]) == [Fraction(3, 5), Fraction(4, 5)]


@pytest.mark.parametrize("loss", ["w'*w*w'*w", "(w'*A*w)/(w'*w)", "(w'*A*w)*(w'*w)", "s^2*w'*w"])
def test_products_of_rows_and_columns(loss: str) -> None:
    start: dict[str, Any] = {"w": ["0.5", "-0.25"], **({"s": 2} if "s" in loss else {})}
    found = symgd.gradient(loss, let={"A": [[1, 2], [-1, "0.5"]]} if "A" in loss else {}, start=start)
    run, w, step = found.function(), np.array([0.5, -0.25]), 1e-6

    def at(point: np.ndarray[Any, Any]) -> float:
        return float(run([point, 2.0] if "s" in loss else point)[0])

    numeric = [(at(w + step * e) - at(w - step * e)) / (2 * step) for e in np.eye(2)]
    exact = found.at(start)["w"]
    assert [float(value) for value in entries_of(exact)] == pytest.approx(numeric, rel=1e-6, abs=1e-8)


def test_a_function_over_data_or_vectors_takes_a_batch_and_names_both_shapes() -> None:
    line = symgd.gradient("mean((w*x + b - y)^2)", data={"x": [1, 2], "y": [1, 2]}, start={"w": 0, "b": 1}).function()
    losses, slopes = line([[0.5, 1], [1, 2]])
    for place, point in enumerate([[0.5, 1], [1, 2]]):
        assert (losses[place], slopes[place].tolist()) == (line(point)[0], line(point)[1].tolist())
    norm = symgd.gradient("norm2(A*w)^2", let={"A": [[1, 2], [3, 4]]}, start={"w": [1, 0]}).function()
    assert norm([[1, 0], [0, 1]])[0].tolist() == pytest.approx([10, 20])
    with pytest.raises(ValueError, match=r"expected w \(2,\).*found w \(3,\)"):
        norm([1, 2, 3])
    with pytest.raises(ValueError, match="w, b"):
        line([1, 2, 3])


def test_a_row_on_a_kink_and_a_sum_that_begins_late() -> None:
    assert symgd.gradient("mean(relu(w*x - y))", data={"x": [1, 2], "y": [1, -1]}, start={"w": 1}).text("w")
    data = {"x": [1, 2, 3], "y": [1, 2, 4]}
    handout = symgd.explain("sum((w*x[i-1] - y[i])^2, i, 2, n)/n", data=data, start={"w": "0.5"}, steps=1)
    assert symgd.audit(handout.markdown()).false == 0


def test_the_trace_of_a_vector_is_refused_with_its_shape() -> None:
    with pytest.raises(symgd.InputError, match="the shape is 2"):
        symgd.gradient("trace(X*w)", let={"X": [[1, 2], [3, 4]]}, start={"w": [1, 2]})


HESSIANS: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "least squares": ("norm2(X*w - y)^2/2", {"w": [0.3, 0.2]}, {"X": [[1, 2], [3, 4], [5, 6]], "y": [1, 2, 3]}, {}),
    "two parameters": ("sum((X*w + b - y)^4)", {"w": [0.3, 0.2], "b": 0.1}, {"X": [[1, 2], [3, 4]], "y": [1, 2]}, {}),
    "a matrix": ("-sum(Y .* log(softmax(X*W)))", {"W": [[0, 0.1], [0.2, 0]]}, {"X": [[1, 2]], "Y": [[0, 1]]}, {}),
    "rows of data": ("mean((sigmoid(w*x + b) - y)^2)", {"w": 0.5, "b": 0.1}, {}, {"x": [1, 2, 3], "y": [0, 1, 1]}),
}


@pytest.mark.parametrize("name", HESSIANS)
def test_the_hessian_times_a_vector_is_the_change_of_the_slopes(name: str) -> None:
    loss, start, let, data = HESSIANS[name]
    found = symgd.gradient(loss, start=start, let=let, data=data)
    run, product = found.function(), found.hvp()
    rows = np.random.default_rng(5)
    for _ in range(3):
        point = {word: rows.normal(size=np.shape(value)) for word, value in start.items()}
        along = {word: rows.normal(size=np.shape(value)) for word, value in start.items()}
        ahead, behind = (run({w: point[w] + sign * along[w] for w in point})[1] for sign in (1e-5, -1e-5))
        by_difference = [(a - b) / 2e-5 for a, b in zip(_flat(ahead), _flat(behind), strict=True)]
        assert np.allclose(_flat(product(point, along)), by_difference, rtol=1e-5, atol=1e-7)


def _flat(slopes: Any) -> list[float]:
    parts = slopes.values() if isinstance(slopes, dict) else [slopes]
    return [float(entry) for part in parts for entry in np.ravel(part)]


def test_the_hessian_of_too_much_data_is_refused() -> None:
    data = {"x": list(range(10_001)), "y": list(range(10_001))}
    with pytest.raises(symgd.InputError) as caught:
        symgd.gradient("mean((w*x - y)^2)", start={"w": 1}, data=data).hvp()
    assert caught.value.code == "second-too-large"


ROWS: dict[str, Any] = {"data": {"x": [1, 2, 3], "y": [2, "4.5", 5]}, "start": {"w": "0.5", "b": 0}}
SAME = {
    "w*x[i] + b": ("L = sum((w*x[i] + b - y[i])^2, i, 1, n)/n", "L = sum((w*x + b - y)^2)/n"),
    "a definition": ("p = w*x + b; L = sum((p[i] - y[i])^2, i, 1, n)/n", "p = w*x + b; L = sum((p - y)^2)/n"),
    "in LaTeX": (r"p = w*x + b; L = \frac{1}{n}\sum_{i=1}^{n}(p_i - y_i)^2", "p = w*x + b; L = 1/n*sum((p - y)^2)"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_index_form_means_the_same_as_the_sum_over_columns(name: str) -> None:
    by_index, whole = (symgd.gradient(loss, **ROWS) for loss in SAME[name])
    assert [by_index.text(word) for word in "wb"] == [whole.text(word) for word in "wb"]
    assert by_index.at(w=1, b=2) == whole.at(w=1, b=2)


APART = {
    "sum(abs(abs(w[i])), i, 1, n) + k": 3 + 3,
    "sum(logsumexp(w[i]), i, 1, n) + k": -1 + 3,
    "sum(max(w[i]), i, 1, n) + k": -1 + 3,
    "sum(w[i]*i, i, 1, n) + k": -3 + 3,
    "sum(w[i]*dot(w, w), i, 1, n) + k": -5 + 3,
    "sum(sum(w[i]*w[j], i, 1, n), j, 1, n) + k": 1 + 3,
}


@pytest.mark.parametrize("loss", APART)
def test_a_term_of_one_entry_is_not_taken_of_the_whole_vector(loss: str) -> None:
    assert symgd.gradient(loss, start={"w": [1, -2], "k": 3}).loss_at(w=[1, -2], k=3) == APART[loss]


def test_sums_over_two_indices_agree_with_plain_loops() -> None:
    gradient = symgd.gradient("sum(sum((w*x[i] + b - y[j])^2, i, 1, n), j, 1, n)", **ROWS)
    pairs = [(Fraction(x), Fraction(y)) for x in (1, 2, 3) for y in ("2", "4.5", "5")]
    assert gradient.at(w="0.5", b=0) == {
        "w": sum(2 * (x / 2 - y) * x for x, y in pairs),
        "b": sum(2 * (x / 2 - y) for x, y in pairs),
    }


def test_a_sum_over_an_index_needs_no_data() -> None:
    gradient = symgd.gradient("sum((w*i + b)^2, i, 1, 4)", wrt=["w", "b"])
    assert gradient.at(w="0.5", b=0) == {"w": 30, "b": 10}


WRONG_SUMS = {
    "sum((w*x[i] - y[i])^2, i, 0, n)": ("index-range", "no entry 0 in x[i]"),
    "sum((w*x[i] - y[i])^2, i, 1, 5)": ("index-range", "no entry 5 in x[i]"),
    "sum((w*x[i] - y[i + 1])^2, i, 1, n)": ("index-range", "no entry 4 in y[i + 1]"),
    "sum((w*x[i] - y[j])^2, i, 1, n)": ("index-unknown", "j in y[j]"),
    "sum(w*x[i])": ("index-unknown", "i in x[i]"),
    "sum((w*x[i] - y[i])^2, i, 1, 10000000000)": ("sum-too-long", "more than 1000000 terms"),
    "sum((w*x[i] - y[i])^2, i, 1, w)": ("sum-bound-value", "bound w"),
    "sum((w*x[i] - y[i])^2, i, 1, 5/2)": ("sum-bound-value", "bound 5/2"),
}


@pytest.mark.parametrize("loss", WRONG_SUMS)
@pytest.mark.parametrize("road", [symgd.gradient, symgd.descend])
def test_a_wrong_sum_is_told_with_its_part(loss: str, road: Any) -> None:
    with pytest.raises(InputError) as caught:
        road(loss + " + b", **ROWS)
    code, said = WRONG_SUMS[loss]
    assert caught.value.code == code
    assert said in str(caught.value)
    assert caught.value.explain("zh-TW")


def test_a_parameter_that_the_loss_does_not_contain_has_a_slope_of_its_shape() -> None:
    start = {"w": [1, -2], "k": 3, "v": [1, 2, 3], "M": [[1, 2], [3, 4]]}
    slopes: Any = symgd.gradient("dot(w, w)", start=start).at(start)
    assert (slopes["k"], slopes["v"].tolist(), slopes["M"].tolist()) == (0, [0, 0, 0], [[0, 0], [0, 0]])
    run: Any = symgd.descend("dot(w, w)", start=start, steps=1)
    assert run.final["v"].tolist() == [1, 2, 3]
    assert "v: its slope is 0" in symgd.explain(run.problem).text()


SQUARE = [
    "sum(tanh(A*U))",
    "sum(A .* tan(U))",
    "sum(A/U)",
    "sum(U .* U .* U)",
    "sum(atan(U)) + sum(erf(U))",
    "mean((tanh(A*U)*b - b)^2)",
]


@pytest.mark.parametrize("loss", SQUARE)
def test_slopes_with_powers_of_the_entries_of_a_square_matrix(loss: str) -> None:
    point = np.array([[0.1, 0.2], [0.3, 0.4]])
    gradient = symgd.gradient(loss, let={"A": A, "b": [1, 2]}, start={"U": point.tolist()})
    loss_at = gradient.function()
    steps = [np.where(np.arange(4).reshape(2, 2) == place, 1e-6, 0) for place in range(4)]
    wanted = [(loss_at(point + step)[0] - loss_at(point - step)[0]) / 2e-6 for step in steps]
    found: Any = gradient.at(U=point.tolist())["U"]
    assert [float(entry) for entry in entries_of(found)] == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("loss", ["sum(sign(w))", "sum(sign(w)) + 0*sum(w)", "sum(sign(w)*a)"])
def test_a_slope_that_is_nowhere_anything_has_the_shape_of_its_vector(loss: str) -> None:
    slope: Any = symgd.gradient(loss, start={"w": [1, 2]}, let={"a": [3, -1]}).at(w=[1, 2])["w"]
    assert list(slope) == [0, 0]
