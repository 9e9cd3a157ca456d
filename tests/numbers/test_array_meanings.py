"""Operations on vectors and matrices are those of NumPy, exactly and in doubles, small and large."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, fmpq

from symgd.errors import DomainError
from symgd.expressions.operations import STRUCTURAL
from symgd.expressions.tree import name, number, operation
from symgd.numbers.arrays import array, whole
from symgd.numbers.systems import ExactSystem, FloatSystem
from symgd.numbers.values import Ball

X, Y = name("x"), name("y")


def made(*shape: int, start: int = -3) -> Any:
    """Fractions of either sign, none of them alike."""
    count = int(np.prod(shape))
    return array([Fraction(3 * place + start, 7) for place in range(count)]).reshape(shape)


def softmax(row: Any) -> Any:
    powers = np.exp(np.asarray(row, dtype=float))
    return powers / powers.sum(axis=-1, keepdims=True)


def column(vector: Any) -> Any:
    return vector.reshape(-1, 1)


#: An operation, the shapes of what it is given, and NumPy's own words for it.
ROWS: list[tuple[str, tuple[tuple[int, ...], ...], Callable[..., Any]]] = [
    ("sum", ((5,),), np.sum),
    ("sum", ((2, 3),), np.sum),
    ("mean", ((5,),), np.mean),
    ("mean", ((2, 3),), np.mean),
    ("norm1", ((5,),), lambda x: np.sum(np.abs(x))),
    ("trace", ((3, 3),), np.trace),
    ("ones", ((4,),), np.ones_like),
    ("ones", ((2, 3),), np.ones_like),
    ("eye", ((4,),), lambda x: np.eye(len(x))),
    ("rowsum", ((3, 4),), lambda x: column(np.sum(x, axis=1))),
    ("column", ((4,),), column),
    ("transpose", ((4,),), lambda x: x.reshape(1, -1)),
    ("transpose", ((2, 3),), np.transpose),
    ("dot", ((4,), (4,)), np.dot),
    ("hadamard", ((2, 3), (2, 3)), np.multiply),
    ("hadamard", ((4,), (4,)), np.multiply),
    ("matmul", ((2, 3), (3, 4)), np.dot),
    ("matmul", ((2, 3), (3,)), np.dot),
    ("matmul", ((1, 3), (3,)), np.dot),
    ("matmul", ((3,), (1, 2)), lambda x, y: column(x) @ y),
    ("matmul", ((4,), (4,)), np.dot),
    ("row_product", ((1, 4), (4,)), lambda x, y: np.dot(x, y)[0]),
    ("add", ((2, 3), (2, 3)), np.add),
    ("sub", ((2, 3), (3,)), np.subtract),
    ("mul", ((2, 3), (2, 1)), np.multiply),
    ("logsumexp", ((4,),), lambda x: np.log(np.sum(np.exp(np.asarray(x, dtype=float))))),
    ("logsumexp", ((2, 3),), lambda x: np.log(np.sum(np.exp(np.asarray(x, dtype=float)), axis=1))),
    ("softmax", ((4,),), softmax),
    ("softmax", ((2, 3),), softmax),
    ("norm2", ((4,),), lambda x: np.sqrt(np.sum(np.asarray(x, dtype=float) ** 2))),
]
IDS = [f"{op}{list(shapes)}" for op, shapes, _ in ROWS]


def tree(op: str, count: int) -> Any:
    return operation(op, *(X, Y)[:count])


def as_float(value: Any) -> float:
    return float(value.middle if isinstance(value, Ball) else value)


@pytest.mark.parametrize(("op", "shapes", "numpy"), ROWS, ids=IDS)
def test_exactly(op: str, shapes: tuple[tuple[int, ...], ...], numpy: Callable[..., Any]) -> None:
    system = ExactSystem(128)
    given = [made(*shape, start=start) for shape, start in zip(shapes, (-3, 2), strict=False)]
    with system.precision():
        values = dict(zip("xy", map(system.number, given), strict=False))
        found = np.asarray(system.public(system.evaluate(tree(op, len(given)), values)), dtype=object)
    wanted = np.asarray(numpy(*given))
    assert found.shape == wanted.shape
    if all(isinstance(entry, Fraction) for entry in found.flat):
        assert found.ravel().tolist() == wanted.ravel().tolist()
    else:
        middles = [as_float(entry) for entry in found.flat]
        assert middles == pytest.approx([float(entry) for entry in wanted.flat], rel=1e-12)


@pytest.mark.parametrize("times", [1, 40])
@pytest.mark.parametrize(("op", "shapes", "numpy"), ROWS, ids=IDS)
def test_in_doubles(op: str, shapes: tuple[tuple[int, ...], ...], numpy: Callable[..., Any], times: int) -> None:
    """Forty times as many rows are too many entries to be taken one by one."""
    grown = tuple(tuple(40 if size > 2 and times > 1 else size for size in shape) for shape in shapes)
    given = [
        np.asarray(made(*shape, start=start) / max(1, np.prod(shape) // 10), dtype=float)
        for shape, start in zip(grown, (-3, 2), strict=False)
    ]
    system = FloatSystem()
    found = np.asarray(system.evaluate(tree(op, len(given)), dict(zip("xy", given, strict=False))), dtype=float)
    wanted = np.asarray(numpy(*given), dtype=float)
    assert found.shape == wanted.shape
    assert found.ravel() == pytest.approx(wanted.ravel(), rel=1e-9, abs=1e-12)


def test_every_operation_on_arrays_is_tried() -> None:
    assert STRUCTURAL - {op for op, _, _ in ROWS} == {"vector", "index", "series"}


@pytest.mark.parametrize("op", ["sum", "mean", "norm1", "trace"])
def test_of_a_number(op: str) -> None:
    system = ExactSystem(128)
    assert system.public(system.evaluate(operation(op, X), {"x": fmpq(-3)})) == (3 if op == "norm1" else -3)


@pytest.mark.parametrize("size", [3, 300])
def test_places_are_counted_from_one(size: int) -> None:
    """The first and the last entry, row and entry of a row; what lies before and behind has no value."""
    vector, matrix = made(size), made(size, 2)
    exact = ExactSystem(128)
    for place in (1, 2, size):
        one = operation("index", X, number(place))
        assert exact.public(exact.evaluate(one, {"x": exact.number(vector)})) == vector[place - 1]
        assert FloatSystem().evaluate(one, {"x": vector.astype(float)}) == float(vector[place - 1])
        entry = operation("index", X, number(place), number(2))
        assert exact.public(exact.evaluate(entry, {"x": exact.number(matrix)})) == matrix[place - 1, 1]
        row: Any = exact.public(exact.evaluate(one, {"x": exact.number(matrix)}))
        assert row.tolist() == matrix[place - 1].tolist()
    for place in (0, size + 1):
        with pytest.raises(DomainError) as caught:
            exact.evaluate(operation("index", X, number(place)), {"x": exact.number(vector)})
        assert caught.value.operation == "index"


def test_a_place_between_two_is_none() -> None:
    assert whole(fmpq(7)) == 7
    with pytest.raises(DomainError):
        whole(fmpq(7, 2))


def test_a_part_without_a_value_is_told_from_wherever_it_stands() -> None:
    exact = ExactSystem(128)
    root = operation("sqrt", X)
    given = {"x": exact.number(array([Fraction(4), Fraction(-1)]))}  # type: ignore[arg-type]
    for tree_ in (root, operation("sum", root), operation("index", operation("vector", root, X), number(1))):
        with pytest.raises(DomainError) as caught:
            exact.evaluate(tree_, given)
        assert caught.value.operation == "sqrt"


@pytest.mark.parametrize(("low", "high", "value"), [(1, 4, 30), (2, 2, 4), (0, 3, 14), (3, 2, 0), (-2, 1, 6)])
def test_a_sum_over_an_index_takes_both_ends(low: int, high: int, value: int) -> None:
    exact = ExactSystem(128)
    squares = operation("series", operation("pow", name("k"), number(2)), name("k"), X, Y)
    ends = {"x": fmpq(low), "y": fmpq(high)}
    assert exact.public(exact.evaluate(squares, ends)) == value
    assert FloatSystem().evaluate(squares, {"x": float(low), "y": float(high)}) == value


@pytest.mark.parametrize("system", [ExactSystem(128), FloatSystem()], ids=["exact", "float"])
def test_a_linear_system_is_solved(system: Any) -> None:
    matrix = [[2, 1, 0], [1, 3, 1], [0, 1, 5]]
    right = [4, 10, 17]
    rows = [[system.number(Fraction(entry)) for entry in row] for row in matrix]
    found = [system.public(value) for value in system.solve(rows, [system.number(Fraction(entry)) for entry in right])]
    assert [sum(a * x for a, x in zip(row, found, strict=True)) for row in matrix] == pytest.approx(right)
    if system.name == "exact":
        assert [sum(a * x for a, x in zip(row, found, strict=True)) for row in matrix] == right
    singular = [[system.number(Fraction(1))] * 2] * 2
    with pytest.raises(ZeroDivisionError):
        system.solve(singular, singular[0])


def test_a_linear_system_of_balls_is_solved() -> None:
    exact = ExactSystem(128)
    with exact.precision():
        root = exact.evaluate(operation("sqrt", number(2)), {})
        one, zero = fmpq(1), fmpq(0)
        found = [exact.public(value) for value in exact.solve([[root, zero], [zero, one]], [fmpq(2), one])]
    assert [as_float(value) for value in found] == pytest.approx([2**0.5, 1.0])


def test_a_sum_with_a_term_without_a_value_has_none() -> None:
    """Never the sum of the other terms."""
    tree = operation("series", operation("div", number(1), operation("sub", name("k"), X)), name("k"), number(1), Y)
    exact = ExactSystem(128)
    assert exact.public(exact.evaluate(tree, {"x": fmpq(4), "y": fmpq(3)})) == Fraction(-11, 6)
    for place in (1, 2, 3):
        with pytest.raises(DomainError) as caught:
            exact.evaluate(tree, {"x": fmpq(place), "y": fmpq(3)})
        assert caught.value.operation == "div"


def test_the_root_of_a_ball_that_is_zero() -> None:
    exact = ExactSystem(128)
    assert exact.evaluate(operation("cbrt", X), {"x": arb(0)}) == 0
    assert exact.evaluate(operation("cbrt", X), {"x": arb(-8)}).contains(-2)
    assert exact.evaluate(operation("sqrt", X), {"x": arb(0)}) == 0
