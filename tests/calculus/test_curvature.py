"""Curvature: eigenvalues against NumPy, definiteness against SymPy, enclosures against what they must hold."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.calculus.curvature import Curvature, curvature_at, hessian_at, is_quadratic, is_smooth_at, slopes_at
from symgd.calculus.spectrum import Inertia, Matrix, eigenvalues, eigenvectors, inertia, pair_sum
from symgd.errors import InputError
from symgd.numbers.values import Ball, Value, bounds

ENTRIES = st.fractions(-9, 9, max_denominator=4)


def symmetric(rows: list[list[Fraction]]) -> Matrix:
    size = len(rows)
    return tuple(tuple(rows[min(i, j)][max(i, j)] for j in range(size)) for i in range(size))


MATRICES = st.integers(1, 5).flatmap(
    lambda size: st.lists(st.lists(ENTRIES, min_size=size, max_size=size), min_size=size, max_size=size).map(symmetric)
)


def fractions(*rows: str) -> Matrix:
    """A matrix from its rows as text."""
    return tuple(tuple(Fraction(entry) for entry in row.split()) for row in rows)


def widened(matrix: Matrix, radius: Fraction) -> Matrix:
    return tuple(tuple(Ball(bounds(v)[0] - radius, bounds(v)[1] + radius) for v in row) for row in matrix)


def as_array(matrix: Matrix) -> Any:
    return np.array([[float(value) for value in row] for row in matrix])


REPEATED = {
    "a multiple of the identity": fractions("3 0 0", "0 3 0", "0 0 3"),
    "zero": fractions("0 0", "0 0"),
    "one twice, rational": fractions("2 1 1", "1 2 1", "1 1 2"),
    "an irrational pair twice": fractions("2 1 0 0", "1 3 0 0", "0 0 2 1", "0 0 1 3"),
    "very near each other": fractions("1 0", "0 1000000000001/1000000000000"),
    "of very different size": fractions("1/100000000000000000000 0", "0 100000000000000000000"),
}


@given(MATRICES)
@settings(max_examples=120)
def test_eigenvalues_are_those_of_numpy(matrix: Matrix) -> None:
    found = [float(value) for value in eigenvalues(matrix)]
    assert found == sorted(found)
    assert np.allclose(found, np.linalg.eigvalsh(as_array(matrix)), atol=1e-9)


@given(MATRICES)
@settings(max_examples=60)
def test_eigenvalues_add_up_to_the_trace_and_are_proved_to_thirty_digits(matrix: Matrix) -> None:
    values = eigenvalues(matrix)
    trace = sum((bounds(matrix[i][i])[0] for i in range(len(matrix))), Fraction(0))
    assert sum(bounds(value)[0] for value in values) <= trace <= sum(bounds(value)[1] for value in values)
    assert all(isinstance(value, Fraction) or (isinstance(value, Ball) and value.digits(30)) for value in values)


@given(MATRICES)
@settings(max_examples=60)
def test_definiteness_is_that_of_sympy(matrix: Matrix) -> None:
    theirs = sp.Matrix([[sp.Rational(v.numerator, v.denominator) for v in row] for row in matrix])  # type: ignore[union-attr]
    signs, size = inertia(matrix), len(matrix)
    assert sum(signs) == size
    assert theirs.is_positive_definite == (signs.positive == size)
    assert theirs.is_negative_definite == (signs.negative == size)
    assert theirs.is_positive_semidefinite == (signs.negative == 0)
    assert theirs.rank() == size - signs.zero


@given(MATRICES, st.lists(st.integers(-1, 1), min_size=15, max_size=15))
@settings(max_examples=80)
def test_a_ball_of_matrices_holds_the_eigenvalues_of_each(matrix: Matrix, moves: list[int]) -> None:
    radius = Fraction(1, 1000)
    places = iter(moves)
    size = len(matrix)
    upper = {(i, j): bounds(matrix[i][j])[0] + radius * next(places) for i in range(size) for j in range(i, size)}
    inside = tuple(tuple(upper[min(i, j), max(i, j)] for j in range(size)) for i in range(size))
    for ball, value in zip(eigenvalues(widened(matrix, radius)), eigenvalues(inside), strict=True):
        assert bounds(ball)[0] <= bounds(value)[0]
        assert bounds(value)[1] <= bounds(ball)[1]
        assert bounds(ball)[1] - bounds(ball)[0] <= 4 * size**2 * radius


@pytest.mark.parametrize("matrix", [pytest.param(matrix, id=name) for name, matrix in REPEATED.items()])
def test_repeated_eigenvalues_are_certified(matrix: Matrix) -> None:
    exact, radius = eigenvalues(matrix), Fraction(1, 10**60)
    assert np.allclose([float(v) for v in exact], np.linalg.eigvalsh(as_array(matrix)), rtol=1e-12, atol=1e-15)
    for ball, value in zip(eigenvalues(widened(matrix, radius)), exact, strict=True):
        assert bounds(ball)[0] <= bounds(value)[0] <= bounds(value)[1] <= bounds(ball)[1]
        assert bounds(ball)[1] - bounds(ball)[0] < Fraction(1, 10**40)


def half_way(value: Value) -> Fraction:
    low, high = bounds(value)
    return (low + high) / 2


def residual(matrix: Matrix, value: Value, vector: tuple[Value, ...]) -> list[Fraction]:
    """A v − λ v, in the middles."""
    middle = [half_way(v) for v in vector]
    factor = half_way(value)
    rows = [sum((bounds(a)[0] * x for a, x in zip(row, middle, strict=True)), Fraction(0)) for row in matrix]
    return [row - factor * x for row, x in zip(rows, middle, strict=True)]


@given(MATRICES)
@settings(max_examples=80)
def test_eigenvectors_are_turned_into_their_multiples(matrix: Matrix) -> None:
    values, vectors = eigenvalues(matrix), eigenvectors(matrix)
    for value, vector in zip(values, vectors, strict=True):
        if vector is None:
            assert isinstance(value, Ball)
            continue
        assert any(vector)
        most = 0 if isinstance(value, Fraction) else Fraction(1, 10**25)
        assert all(abs(part) <= most for part in residual(matrix, value, vector))
    independent = [[float(part) for part in vector] for vector in vectors if vector is not None]
    assert not independent or np.linalg.matrix_rank(np.array(independent), tol=1e-9) == len(independent)


@pytest.mark.parametrize("matrix", [pytest.param(matrix, id=name) for name, matrix in REPEATED.items()])
def test_eigenvectors_of_repeated_eigenvalues(matrix: Matrix) -> None:
    for value, vector in zip(eigenvalues(matrix), eigenvectors(matrix), strict=True):
        if isinstance(value, Fraction):
            assert vector is not None
            assert not any(residual(matrix, value, vector))
        else:
            assert vector is None


@pytest.mark.parametrize(
    ("matrix", "first", "last", "total"),
    [
        pytest.param(fractions("4 1", "1 6"), 0, 1, Fraction(10), id="the trace"),
        pytest.param(fractions("2 -1 0", "-1 2 -1", "0 -1 2"), 0, 2, Fraction(4), id="two roots of one factor"),
        pytest.param(
            fractions("2 -1 0 0", "-1 2 -1 0", "0 -1 2 -1", "0 0 -1 2"), 0, 3, Fraction(4), id="of two factors"
        ),
        pytest.param(fractions("2 -1 0", "-1 2 -1", "0 -1 2"), 0, 1, None, id="with a rational one"),
        pytest.param(fractions("4 1 0", "1 6 1", "0 1 9"), 0, 2, None, id="not mirrored"),
        pytest.param(fractions("1 0", "0 3"), 0, 1, Fraction(4), id="both rational"),
        pytest.param(fractions("1 1e-120 0", "1e-120 5 0", "0 0 9"), 0, 2, None, id="within 1e-240 of 10, and not 10"),
    ],
)
def test_a_sum_of_eigenvalues_is_exact_where_it_is_rational(
    matrix: Matrix, first: int, last: int, total: Fraction | None
) -> None:
    found = pair_sum(matrix, first, last)
    assert found == total if total is not None else isinstance(found, Ball)
    expected = np.linalg.eigvalsh(as_array(matrix))
    assert float(found) == pytest.approx(expected[first] + expected[last])


def curvature(loss: str, **point: Any) -> Curvature:
    return curvature_at(symgd.gradient(loss, wrt=list(point)), point)


@pytest.mark.parametrize(
    ("loss", "point", "kind"),
    [
        pytest.param("w1^2 + 3*w2^2", {"w1": 0, "w2": 0}, "minimum", id="a bowl"),
        pytest.param("w1^2 - w2^2", {"w1": 0, "w2": 0}, "saddle", id="a saddle"),
        pytest.param("w1*w2", {"w1": 0, "w2": 0}, "saddle", id="a saddle with zeros on the diagonal"),
        pytest.param("-w1^2 - w1*w2 - w2^2", {"w1": 0, "w2": 0}, "maximum", id="a hill"),
        pytest.param("(w1 + w2)^2", {"w1": 1, "w2": -1}, "minimum", id="a valley: quadratic, singular"),
        pytest.param("w1^2 + w2^4", {"w1": 0, "w2": 0}, "undecided", id="a minimum that the test cannot see"),
        pytest.param("w1^2 - w2^4", {"w1": 0, "w2": 0}, "undecided", id="a saddle that the test cannot see"),
        pytest.param("w1^2 - w2^2 + w3^4", {"w1": 0, "w2": 0, "w3": 0}, "saddle", id="singular and yet a saddle"),
        pytest.param("w^4", {"w": 0}, "undecided", id="flat of third order"),
        pytest.param("exp(w) - w", {"w": 0}, "minimum", id="not a polynomial, rational there"),
        pytest.param("cos(w1) + cos(w2)", {"w1": 0, "w2": 0}, "maximum", id="a hill of cosines"),
        pytest.param("sqrt(2)*w1^2 - pi*w2^2", {"w1": 0, "w2": 0}, "saddle", id="balls of opposite sign"),
        pytest.param("sqrt(2)*(w1 + w2)^2", {"w1": 0, "w2": 0}, "undecided", id="balls, singular"),
        pytest.param("pi*w1^2 + e*w2^2", {"w1": 0, "w2": 0}, "minimum", id="balls of one sign"),
    ],
)
def test_the_kind_of_a_stationary_point(loss: str, point: dict[str, Any], kind: str) -> None:
    assert curvature(loss, **point).kind == kind


@pytest.mark.parametrize(
    ("loss", "wrt", "expected"),
    [
        pytest.param("(w1 - 1)^2 + w1*w2", "w1,w2", True, id="a polynomial of degree two"),
        pytest.param("w1 + 3", "w1", True, id="linear"),
        pytest.param("exp(2)*w^2 + sin(x)*w", "w", True, id="coefficients without parameters"),
        pytest.param("(w + 1)^3 - w^3", "w", True, id="higher terms that cancel"),
        pytest.param("w^2/3", "w", True, id="divided by a number"),
        pytest.param("w^3", "w", False, id="cubic"),
        pytest.param("w1^2*w2", "w1,w2", False, id="degree two in each"),
        pytest.param("w*|w|", "w", False, id="second derivatives constant on each side"),
        pytest.param("relu(w)^2", "w", False, id="quadratic on one side only"),
        pytest.param("w^3/w", "w", False, id="a hole"),
        pytest.param("1/w", "w", False, id="a quotient"),
        pytest.param("w^2 + exp(w) - exp(w)", "w", False, id="true, but not proved"),
        pytest.param("sqrt(w)", "w", False, id="a root"),
    ],
)
def test_a_loss_is_quadratic_only_where_that_is_proved(loss: str, wrt: str, expected: bool) -> None:
    assert is_quadratic(symgd.gradient(loss, wrt=wrt)) is expected


@pytest.mark.parametrize(
    ("loss", "at", "smooth"),
    [
        pytest.param("|w|", 0, False, id="abs at 0"),
        pytest.param("|w|", "1e-30", True, id="abs very near 0"),
        pytest.param("max(w, 2*w - 1)", 1, False, id="max at a tie"),
        pytest.param("max(w, 2*w - 1)", 2, True, id="max off a tie"),
        pytest.param("huber(w)", -1, False, id="Huber where its second derivative jumps"),
        pytest.param("huber(w, 2)", 1, True, id="Huber inside"),
        pytest.param("piecewise((w^2, w < 1), (w, true))", 1, False, id="piecewise at its edge"),
        pytest.param("piecewise((w^2, w < 1), (w, true))", 0, True, id="piecewise inside"),
        pytest.param("relu(2) + w^2", 0, True, id="a constant inside"),
        pytest.param("|sin(w) - sin(w)|", 1, False, id="a zero that balls cannot tell"),
    ],
)
def test_a_kink_is_seen(loss: str, at: Any, smooth: bool) -> None:
    assert is_smooth_at(symgd.gradient(loss, wrt="w"), {"w": Fraction(at)}) is smooth


@given(st.lists(st.fractions(-2, 2, max_denominator=10), min_size=2, max_size=2))
@settings(max_examples=15)
def test_the_hessian_is_that_of_sympy(values: list[Fraction]) -> None:
    gradient = symgd.gradient("w1^3*w2 + exp(w1*w2) + w2^2/(1 + w1^2)")
    point = dict(zip(("w1", "w2"), values, strict=True))
    theirs = gradient.hessian.subs({sp.Symbol(w, real=True): sp.Rational(str(v)) for w, v in point.items()})
    for i, row in enumerate(hessian_at(gradient, point)):
        for j, value in enumerate(row):
            assert float(value) == pytest.approx(float(theirs[i, j]), rel=1e-12, abs=1e-12)


def test_weight_decay_adds_to_the_diagonal_and_to_the_slope() -> None:
    gradient, decay = symgd.gradient("w1^2 + w1*w2"), Fraction(1, 4)
    assert hessian_at(gradient, {"w1": 1, "w2": 1}, decay) == fractions("9/4 1", "1 1/4")
    assert slopes_at(gradient, {"w1": 1, "w2": 2}, decay) == {"w1": Fraction(17, 4), "w2": Fraction(3, 2)}


def test_a_float_is_taken_at_its_shortest_decimal_and_a_ball_as_a_whole() -> None:
    gradient = symgd.gradient("w^3")
    assert hessian_at(gradient, {"w": 0.1}) == fractions("3/5")
    ((wide,),) = hessian_at(gradient, {"w": Ball(Fraction(1), Fraction(2))})
    assert bounds(wide)[0] <= 6
    assert bounds(wide)[1] >= 12


def test_no_second_derivative_is_told() -> None:
    with pytest.raises(InputError) as caught:
        hessian_at(symgd.gradient("w*sqrt(w)"), {"w": 0})
    assert caught.value.code == "no-value"


def test_signs_that_are_not_proved_are_unknown() -> None:
    assert inertia(widened(fractions("0 0", "0 5"), Fraction(1, 100))) == Inertia(1, 0, 0, 1)
