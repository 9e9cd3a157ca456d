"""What the golden tables hold of proofs, equality and curvature: see tests/golden.py."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symgd.calculus import (
    addends,
    agreement,
    bridge,
    curvature,
    equality,
    kernels,
    kinks,
    probing,
    proved_values,
    proving,
    rationals,
    spectrum,
)
from symgd.calculus.gradient import Gradient
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.tree import Expression
from tests.calculus.told import (
    short,
    split,
    valued,
)
from tests.numbers.tables import told, tried, value


def proving_values(formula: str, candidate: str, *fields: str) -> Iterator[str]:
    """Whether SymPy proves a value, and the value with proved digits."""
    tree, point = read(formula), valued(fields)
    yield f"{bridge.proves(tree, point, Fraction(candidate))} {told(proved_values.value_at(tree, point))}"


def proofs(left: str, right: str) -> Iterator[str]:
    """What algebra proves of two formulas, and their forms."""
    first, second = read(left), read(right)
    yield f"{proving.proves_equal(first, second)}"
    field = kernels.Field((first, second), proving._ROWS)
    for tree in (first, second):
        yield f"  {tried(lambda: _form(field, tree))}"  # noqa: B023 - used at once
    kinds = {f"{kind} {inside}": str(poly) for (kind, inside), poly in field.kernels.items()}
    yield f"  {kinds} relations {list(map(str, field.relations))} positive {sorted(field.positive)}"
    yield f"  units { ({f'{kind} {key}': str(unit) for (kind, key), unit in field.units.items()}) } room {field.room}"


def _form(field: kernels.Field, tree: Expression) -> Any:
    try:
        return field.key(field.of(tree))
    except (kernels.Beyond, kernels.FinerUnit, kernels.MoreRoom) as error:
        return f"{type(error).__name__} {error}"


def equalities(left: str, right: str, *fields: str) -> Iterator[str]:
    """The verdict on two formulas."""
    first = [valued(fields)] if fields else []
    found = equality.equality(read(left), read(right), first, _never)
    yield f"{found.verdict} {found.certainty} {found.points} points {found.bits} bits {bool(found)}"
    if found.counterexample is not None:
        at = ", ".join(f"{word}={number}" for word, number in found.counterexample.at.items())
        yield f"at {at}: {found.counterexample.left} and {found.counterexample.right}"
    yield f"{found.message()} {found.message('zh-TW')}"


def _never(left: Expression, right: Expression) -> bool | None:
    return None


def looking(left: str, right: str) -> Iterator[str]:
    """Where two formulas are looked at."""
    first, second = read(left), read(right)
    for kind, found in (
        ("all", probing.points((first, second), [{"x": Fraction(17)}], 3)),
        ("domain", probing.domain_points(first, second)),
    ):
        yield f"{kind}: {'; '.join(' '.join(f'{w}={v}' for w, v in point.items()) for point in found)}"


def adding(formula: str) -> Iterator[str]:
    """A long sum, part by part: each group is taken to come to 7, or to nothing known."""
    seen: list[str] = []

    def constant(group: Expression) -> Fraction | None:
        seen.append(str(group))
        return Fraction(7) if "cos" in str(group) else None

    yield f"{addends.with_numbers(read(formula), constant)} groups {seen}"


def numbers(a: str, b: str) -> Iterator[str]:
    """Rationals and counts that proofs need."""
    first, second = Fraction(a), Fraction(b)
    yield f"unit {rationals.common_unit(first, second)} primes {rationals.primes(first)} {rationals.primes(second)}"
    yield f"square {rationals.square_part(first)} {rationals.square_part(second)}"
    yield f"terms {rationals.spread(int(first), int(second))}"


def _matrix(written: str) -> spectrum.Matrix:
    return tuple(tuple(value(part) for part in row.split(",")) for row in written.split(";"))


def spectra(written: str) -> Iterator[str]:
    """The eigenvalues of a matrix, their signs, their vectors, their sums."""
    matrix = _matrix(written)
    yield f"{tuple(tried(lambda: spectrum.inertia(matrix)).split())}"
    found = spectrum.eigenvalues(matrix)
    yield f"{', '.join(map(short, found))}"
    for vector in spectrum.eigenvectors(matrix):
        yield f"  {'no vector' if vector is None else ', '.join(map(short, vector))}"
    if len(found) > 1:
        yield f"sums {short(spectrum.pair_sum(matrix, 0, 1))} {short(spectrum.pair_sum(matrix, 0, len(found) - 1))}"


def curved(formula: str, words: str, point: str, *fields: str) -> Iterator[str]:
    """The curvature of a loss at a point, with and without a weight decay."""
    definitions, wrt = read_definitions(formula), split(words)
    gradient = Gradient(definitions, wrt, valued(fields))
    at = dict(zip(wrt, map(value, point.split(",")), strict=True))
    yield f"quadratic {curvature.is_quadratic(gradient)} smooth {curvature.is_smooth_at(gradient, at)}"
    for decay in ((), (Fraction(1, 2),)):
        slopes = curvature.slopes_at(gradient, at, *decay)
        yield f"slopes {', '.join(map(short, slopes.values()))}"
        found = curvature.curvature_at(gradient, at, *decay)
        assert found.hessian == curvature.hessian_at(gradient, at, *decay)
        rows = "; ".join(", ".join(map(short, row)) for row in found.hessian)
        yield f"[{rows}] {found.kind} {tuple(found.inertia)} {', '.join(map(short, found.eigenvalues))}"
    yield f"{gradient.second(wrt[0], wrt[-1])} {gradient.hessian}"


def kinds(positive: str, negative: str, zero: str, unknown: str) -> Iterator[str]:
    """What a stationary point is by the signs of its eigenvalues."""
    signs = spectrum.Inertia(int(positive), int(negative), int(zero), int(unknown))
    yield f"{curvature.kind_of(signs, False)} {curvature.kind_of(signs, True)}"


def bending(formula: str, *fields: str) -> Iterator[str]:
    """The kinks of a formula at a point."""
    tree, point = read(formula), valued(fields)
    floats = {word: float(at) for word, at in point.items()}
    for values in (point, floats, {**point, **dict(list(floats.items())[:1])}):
        found = kinks.kinks(tree, values)
        yield "; ".join(f"{k.kind} {k.part}: {k.test} of {k.of} {k.low}…{k.high} {k.member}" for k in found) or "none"


def agreeing(left: str, right: str, domain: str, *fields: str) -> Iterator[str]:
    """Whether two roads to a slope agree."""
    trees = [read(left), read(right), read(domain)]
    words = tuple(dict.fromkeys(word for tree in trees for word in tree.names))
    agreement.check_agreement([("∂L/∂x", trees[0], trees[1])], words, valued(fields), trees[2])
    yield "they agree"
    points = list(agreement._points(words, valued(fields), trees[2]))
    shown = [" ".join(f"{word}={number}" for word, number in point.items()) for point in points[:4]]
    yield f"{len(points)} points: {'; '.join(shown)}"


def sentences(verdict: str, late: str) -> Iterator[str]:
    """A verdict in words."""
    found = equality.Equality(verdict, "", late=float(late) if late else None)
    yield f"{found.message()} {found.message('zh-TW')} {bool(found)}"
