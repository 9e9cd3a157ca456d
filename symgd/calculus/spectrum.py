"""Eigenvalues and eigenvectors of symmetric matrices, exactly or with proved digits.

Where the matrix is rational everything is decided exactly: eigenvalues are all real, so Descartes' rule of signs
counts them without error, and they are told apart by factoring the characteristic polynomial. Where it is known
in balls only, signs and digits are proved or left undecided.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpq_poly

from symgd.errors import PrecisionError
from symgd.numbers.meanings import as_ball
from symgd.numbers.systems import public, rational
from symgd.numbers.values import Ball, Value, bounds, is_array, mapped, rounded

Matrix = tuple[tuple[Value, ...], ...]

#: Digits asked of an eigenvalue that is not rational, and the precision at which that is given up.
_DIGITS, _FIRST_BITS, _MOST_BITS = 40, 256, 4_096
_MOST_SWEEPS = 20
#: A sum of eigenvalues is tried for a rational with at most this denominator.
_MOST_DENOMINATOR = 10**6


class Inertia(NamedTuple):
    """How many eigenvalues are positive, negative, exactly 0, and of a sign that is not proved."""

    positive: int
    negative: int
    zero: int
    unknown: int


def inertia(matrix: Matrix) -> Inertia:
    """The signs of the eigenvalues of a symmetric matrix, counted.

    >>> inertia(((Fraction(2), Fraction(2)), (Fraction(2), Fraction(2))))
    Inertia(positive=1, negative=0, zero=1, unknown=0)
    """
    if not _is_rational(matrix):
        return _counted([bounds(value) for value in eigenvalues(matrix)])
    coefficients = _rational_matrix(matrix).charpoly().coeffs()
    zero = next(place for place, value in enumerate(coefficients) if value != 0)
    mirrored = [value if place % 2 == 0 else -value for place, value in enumerate(coefficients)]
    return Inertia(_sign_changes(coefficients), _sign_changes(mirrored), zero, 0)


def eigenvalues(matrix: Matrix) -> tuple[Value, ...]:
    """The eigenvalues of a symmetric matrix, ascending: exact where rational, else proved to lie in their Ball.

    >>> values = eigenvalues(((Fraction(2), Fraction(1)), (Fraction(1), Fraction(3))))
    >>> [value.digits(8) for value in values]
    ['1.381966', '3.618034']
    """
    return _roots(matrix) if _is_rational(matrix) else _enclosed(matrix)


def pair_sum(matrix: Matrix, first: int, last: int) -> Value:
    """The sum of two eigenvalues, by their places: exact where it is rational, although neither may be.

    λ and c − λ are both roots of the characteristic polynomial p where they are roots of gcd(p(x), p(c − x)).

    >>> pair_sum(((Fraction(2), Fraction(1)), (Fraction(1), Fraction(3))), 0, 1)
    Fraction(5, 1)
    """
    values = eigenvalues(matrix)
    (low, high), (less, more) = bounds(values[first]), bounds(values[last])
    total: Value = low + less if (low, less) == (high, more) else Ball(low + less, high + more)
    if isinstance(total, Ball) and _is_rational(matrix):
        candidate = total.middle.limit_denominator(_MOST_DENOMINATOR)
        if total.low <= candidate <= total.high and _are_mirrored(matrix, values[first], values[last], candidate):
            return candidate
    return total


def eigenvectors(matrix: Matrix) -> tuple[tuple[Value, ...] | None, ...]:
    """For each eigenvalue, ascending, an eigenvector: whole numbers where it is rational, else proved digits.

    One that is not rational is scaled to have 1 as its largest entry, and is None where its eigenvalue is not
    proved to be a simple one.

    >>> eigenvectors(((Fraction(2), Fraction(1)), (Fraction(1), Fraction(2))))
    ((Fraction(1, 1), Fraction(-1, 1)), (Fraction(1, 1), Fraction(1, 1)))
    """
    values = eigenvalues(matrix)
    found: list[tuple[Value, ...] | None] = []
    for place, value in enumerate(values):
        if isinstance(value, Fraction) and _is_rational(matrix):
            basis = _null_space(matrix, value)
            found.append(basis[place - values.index(value)])
        else:
            found.append(_simple_vector(matrix, value) if _is_apart(values, place) else None)
    return tuple(found)


def as_number(value: Any) -> Any:
    """A rational, or a ball that holds the whole of a Ball; of an array each entry."""
    if is_array(value):
        return mapped(as_number, value)
    if isinstance(value, Ball):
        return as_ball(rational(value.low)).union(as_ball(rational(value.high)))
    return rational(bounds(value)[0] if isinstance(value, float) else Fraction(value))


# rational matrices


def _is_rational(matrix: Matrix) -> bool:
    return all(isinstance(value, Fraction) for row in matrix for value in row)


def _rational_matrix(matrix: Matrix, minus: Fraction = Fraction(0)) -> Any:
    size = len(matrix)
    entries = [value - minus * (i == j) for i, row in enumerate(matrix) for j, value in enumerate(row)]  # type: ignore[operator]
    return fmpq_mat(size, size, [fmpq(value.numerator, value.denominator) for value in entries])  # type: ignore[union-attr]


def _sign_changes(coefficients: Sequence[Any]) -> int:
    """Descartes' rule: as many positive roots, since all roots are real."""
    signs = [value > 0 for value in coefficients if value != 0]
    return sum(left != right for left, right in pairwise(signs))


@functools.lru_cache(maxsize=64)
def _roots(matrix: Matrix) -> tuple[Value, ...]:
    _, factors = _rational_matrix(matrix).charpoly().factor()
    bits = _FIRST_BITS
    while True:
        with ctx.workprec(bits):
            found = [root for factor, times in factors for root in _roots_of(factor) * times]
        found.sort(key=lambda value: bounds(value)[0])
        if bits >= _MOST_BITS or all(rounded(value, _DIGITS) is not None for value in found):
            return tuple(found)
        bits *= 2


def _roots_of(factor: Any) -> list[Value]:
    """The roots of an irreducible factor, which are all real and apart from each other."""
    if factor.degree() == 1:
        return [public(-factor[0] / factor[1])]
    return [public(root.real) for root, _ in factor.numer().complex_roots()]


def _are_mirrored(matrix: Matrix, first: Value, last: Value, total: Fraction) -> bool:
    """Whether first + last is proved to be `total`: first is a mirrored root, and its image can only be last."""
    polynomial = _rational_matrix(matrix).charpoly()
    mirrored = polynomial(fmpq_poly([rational(total), -1]))
    distinct = set(_roots(matrix))
    _, factors = polynomial.gcd(mirrored).factor()
    with ctx.workprec(_FIRST_BITS):
        shared = [root for factor, _ in factors for root in _roots_of(factor)]
    low, high = bounds(first)
    image = Ball(total - high, total - low)
    found = any(_overlap(root, first) for root in shared)
    return found and _lone(first, distinct) and _lone(image, distinct) and _overlap(image, last)


def _lone(value: Value, roots: Iterable[Value]) -> bool:
    return sum(_overlap(value, root) for root in roots) == 1


def _overlap(left: Value, right: Value) -> bool:
    (low, high), (below, above) = bounds(left), bounds(right)
    return low <= above and below <= high


def _null_space(matrix: Matrix, eigenvalue: Fraction) -> list[tuple[Value, ...]]:
    """A basis of the eigenvectors, in whole numbers without a common divisor."""
    reduced, rank = _rational_matrix(matrix, eigenvalue).rref()
    size = len(matrix)
    rows = [[public(reduced[i, j]) for j in range(size)] for i in range(rank)]
    pivots = [next(j for j, value in enumerate(row) if value) for row in rows]
    basis = []
    for free in (j for j in range(size) if j not in pivots):
        vector = [Fraction(int(j == free)) for j in range(size)]
        for row, pivot in zip(rows, pivots, strict=True):
            vector[pivot] = Fraction(-row[free])  # type: ignore[operator]
        basis.append(_whole(vector))
    return basis


def _whole(vector: Sequence[Fraction]) -> tuple[Value, ...]:
    scale = math.lcm(*(value.denominator for value in vector))
    divisor = math.gcd(*(int(value * scale) for value in vector))
    divisor = -divisor if next(value for value in vector if value) < 0 else divisor
    return tuple(value * scale / divisor for value in vector)


# balls


def _ball_matrix(matrix: Matrix) -> Any:
    return arb_mat([[as_ball(as_number(value)) for value in row] for row in matrix])


@functools.lru_cache(maxsize=64)
def _enclosed(matrix: Matrix) -> tuple[Value, ...]:
    """Eigenvalues of a symmetric matrix of balls, each index for itself, so repeated ones are no trouble.

    With any Q near an orthogonal matrix, those of QᵀAQ lie within the sum of a row beside the diagonal of the sorted
    diagonal (Weyl), and are those of A times a number between the eigenvalues of QᵀQ (Ostrowski 1959, A quantitative
    formulation of Sylvester's law of inertia; Horn and Johnson 2013, theorem 4.5.9).
    """
    with ctx.workprec(_FIRST_BITS):
        balls = _ball_matrix(matrix)
        turn = _diagonalizer(balls)
        turned = turn.transpose() * balls * turn
        size = len(matrix)
        skew = turn.transpose() * turn - arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
        stretch = arb(1, _widest_row(skew, diagonal=True))
        spread = arb(0, _widest_row(turned, diagonal=False))
        if not stretch > 0:
            raise PrecisionError("eigenvalues")
        diagonal = [turned[i, i] for i in range(size)]
        lows = sorted((value.lower() for value in diagonal), key=_key)
        highs = sorted((value.upper() for value in diagonal), key=_key)
        return tuple(public((low.union(high) + spread) / stretch) for low, high in zip(lows, highs, strict=True))


def _key(value: Any) -> Fraction:
    """What exact balls are sorted by."""
    return bounds(public(value))[0]


def _widest_row(matrix: Any, diagonal: bool) -> Any:
    """An upper bound of the largest sum of sizes in a row."""
    size = matrix.nrows()
    sums = [sum((abs(matrix[i, j]) for j in range(size) if diagonal or i != j), arb(0)).upper() for i in range(size)]
    return max(sums, key=_key)


def _diagonalizer(balls: Any) -> Any:
    """A matrix Q that makes QᵀAQ nearly diagonal, by Jacobi's rotations; nothing rests on its being good."""
    size = balls.nrows()
    matrix, turn = balls.mid(), arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    for i, j in list(combinations(range(size), 2)) * _MOST_SWEEPS:
        if _matters(matrix, i, j):
            rotation = _rotation(matrix, i, j)
            matrix = (rotation.transpose() * matrix * rotation).mid()
            turn = (turn * rotation).mid()
    return turn


def _matters(matrix: Any, i: int, j: int) -> bool:
    size = abs(matrix[i, i]) + abs(matrix[j, j])
    return bool(abs(matrix[i, j]) > size * arb(2) ** (32 - ctx.prec))


def _rotation(matrix: Any, i: int, j: int) -> Any:
    """Jacobi's rotation that makes one entry beside the diagonal 0 (Golub and Van Loan 2013, section 8.5)."""
    tau = (matrix[j, j] - matrix[i, i]) / (2 * matrix[i, j])
    tangent = (1 if tau >= 0 else -1) / (abs(tau) + (1 + tau * tau).sqrt())
    cosine = 1 / (1 + tangent * tangent).sqrt()
    sine = tangent * cosine
    size = matrix.nrows()
    rotation = arb_mat(size, size, [int(a == b) for a in range(size) for b in range(size)])
    rotation[i, i], rotation[j, j] = cosine, cosine
    rotation[i, j], rotation[j, i] = sine, -sine
    return rotation.mid()


def _counted(ranges: Sequence[tuple[Fraction, Fraction]]) -> Inertia:
    positive = sum(low > 0 for low, _ in ranges)
    negative = sum(high < 0 for _, high in ranges)
    zero = sum(low == high == 0 for low, high in ranges)
    return Inertia(positive, negative, zero, len(ranges) - positive - negative - zero)


def _is_apart(values: Sequence[Value], place: int) -> bool:
    """Whether an eigenvalue is proved to be a simple one."""
    low, high = bounds(values[place])
    others = [bounds(value) for at, value in enumerate(values) if at != place]
    return all(high < below or above < low for below, above in others)


def _simple_vector(matrix: Matrix, eigenvalue: Value) -> tuple[Value, ...] | None:
    """The cofactors along a row of A − λ, which A − λ takes to 0, scaled."""
    size = len(matrix)
    with ctx.workprec(_FIRST_BITS):
        shifted = _ball_matrix(matrix)
        for place in range(size):
            shifted[place, place] -= as_ball(as_number(eigenvalue))
        for row in range(size):
            cofactors = [_cofactor(shifted, row, column) for column in range(size)]
            largest = max(range(size), key=lambda place: _key(abs(cofactors[place]).lower()))
            if cofactors[largest] != 0:
                scaled = [public(value / cofactors[largest]) for value in cofactors]
                return tuple(Fraction(1) if place == largest else value for place, value in enumerate(scaled))
    return None


def _cofactor(matrix: Any, row: int, column: int) -> Any:
    size = matrix.nrows()
    rest = [[matrix[i, j] for j in range(size) if j != column] for i in range(size) if i != row]
    minor = arb_mat(rest).det() if rest else arb(1)
    return -minor if (row + column) % 2 else minor
