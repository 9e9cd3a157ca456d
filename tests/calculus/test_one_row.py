"""A matrix of one row and a transposed vector: shapes and slopes, against differences of the loss in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

import symgd
from symgd.expressions.reader import read_definitions
from symgd.expressions.shapes import shaped

Values = dict[str, Any]


class Case(NamedTuple):
    """A loss, the same in NumPy, and where it is looked at."""

    loss: str
    plain: Callable[..., Any]
    data: Values
    start: Values


CASES = {
    "a matrix of one row": Case(
        "sum((X*w - y)^2)", lambda X, w, y: np.sum((X @ w - y) ** 2), {"X": [[1, 2]], "y": [1]}, {"w": [1, 1]}
    ),
    "the matrix is the parameter": Case(
        "sum((W*x - y)^2)", lambda W, x, y: np.sum((W @ x - y) ** 2), {"x": [1, 2], "y": [1]}, {"W": [[1, 1]]}
    ),
    "two layers": Case(
        "sum((W2*tanh(W1*x) - y)^2)",
        lambda W1, W2, x, y: np.sum((W2 @ np.tanh(W1 @ x) - y) ** 2),
        {"x": [1, 2], "y": [1]},
        {"W1": [[0.1, 0], [0, 0.2]], "W2": [[1, 1]]},
    ),
    "a layer of one": Case(
        "dot(v, tanh(W*x))", lambda v, W, x: v @ np.tanh(W @ x), {"x": [1, 2]}, {"W": [[0, 0.5]], "v": [1]}
    ),
    "one by one": Case(
        "sum((A*w - y)^2)", lambda A, w, y: np.sum((A @ w - y) ** 2), {"y": [1]}, {"A": [[2]], "w": [3]}
    ),
    "a row times a column": Case("(w'*x - 1)^2", lambda w, x: (w @ x - 1) ** 2, {"x": [1, 2]}, {"w": [1, 2]}),
    "a row with a name": Case("r = w'; L = (r*x - 1)^2", lambda w, x: (w @ x - 1) ** 2, {"x": [1, 2]}, {"w": [1, 2]}),
    "a row twice": Case(
        "r = w'; L = (r*x - 1)^2 + r*A*x",
        lambda w, x, A: (w @ x - 1) ** 2 + w @ A @ x,
        {"A": [[1, 2], [0, 1]]},
        {"w": [1, 2], "x": [1, 3]},
    ),
    "a row with functions": Case(
        "r = tanh(w'*A); L = r*x",
        lambda w, A, x: np.tanh(w @ A) @ x,
        {"x": [1, 2]},
        {"w": [1, 2], "A": [[1, 0], [0, 1]]},
    ),
    "a quadratic form": Case("x'*A*x", lambda x, A: x @ A @ x, {}, {"x": [1, 2], "A": [[1, 2], [3, 4]]}),
    "a quadratic form of one": Case("x'*A*x", lambda x, A: x @ A @ x, {}, {"x": [2], "A": [[3]]}),
    "an outer product of one": Case(
        "sum((u*v'*x - 1)^2)",
        lambda u, v, x: np.sum((np.outer(u, v) @ x - 1) ** 2),
        {"x": [1, 2]},
        {"u": [2], "v": [1, 3]},
    ),
}
STEP = 1e-6


def differences(case: Case) -> Values:
    """The slopes as central differences, each in the shape of its parameter."""
    known = {word: np.array(value, dtype=float) for word, value in {**case.data, **case.start}.items()}

    def slope(word: str) -> Any:
        found = np.zeros(known[word].shape)
        for place in np.ndindex(found.shape):
            moved = np.zeros(found.shape)
            moved[place] = STEP
            up, down = (case.plain(**{**known, word: known[word] + sign * moved}) for sign in (1, -1))
            found[place] = (up - down) / (2 * STEP)
        return found

    return {word: slope(word) for word in case.start}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_slopes_are_those_of_numpy(case: Case) -> None:
    wanted = differences(case)
    gradient = symgd.gradient(case.loss, let=case.data, start=case.start)
    roads = [gradient.at(case.start), _by_function(case, gradient), *(_by_source(case, gradient, n) for n in (0, 1))]
    for found in roads:
        for word, slope in wanted.items():
            given = np.array(found[word], dtype=float)
            assert given.shape == slope.shape
            assert given == pytest.approx(slope, abs=1e-6)


def _by_function(case: Case, gradient: symgd.Gradient) -> Values:
    slopes = gradient.function()({word: np.array(value, dtype=float) for word, value in case.start.items()})[1]
    return slopes if isinstance(slopes, dict) else dict.fromkeys(case.start, slopes)


def _by_source(case: Case, gradient: symgd.Gradient, is_numpy: int) -> Values:
    space: Values = {}
    exec(gradient.source(("python", "numpy")[is_numpy]), space)
    values = [*case.start.values(), *case.data.values()]
    given = [np.array(value, dtype=float) for value in values] if is_numpy else values
    return dict(zip(case.start, space["loss_and_gradient"](*given)[1], strict=True))


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
@pytest.mark.parametrize("arithmetic", ["exact", "float"])
def test_a_step_keeps_the_shapes(case: Case, arithmetic: str) -> None:
    if arithmetic == "exact" and "tanh" in case.loss:
        pytest.skip("no exact values")
    run = symgd.descend(case.loss, let=case.data, start=case.start, steps=1, rate=0.125, arithmetic=arithmetic)
    for word, slope in differences(case).items():
        found = np.array(run.final[word], dtype=float)
        assert found.shape == slope.shape
        assert found == pytest.approx(np.array(case.start[word], dtype=float) - 0.125 * slope, abs=1e-6)


def test_data_of_one_row() -> None:
    run = symgd.descend("sum((X*w-y)^2)", data={"X": [[1, 2]], "y": [1]}, start={"w": [0, 0]}, steps=1)
    assert np.array_equal(np.array(run.final["w"]), np.array([Fraction(1, 5), Fraction(2, 5)]))


def test_only_a_transposed_vector_makes_a_number() -> None:
    shapes = {"X": (1, 2), "w": (2,), "v": (2,)}
    found = shaped(read_definitions("a = X*w; b = v'*w; c = 2*v'*w; L = sum(a) + b + c"), shapes).shapes
    assert (found["a"], found["b"], found["c"]) == ((1,), (), ())
