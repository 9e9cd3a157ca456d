"""Stability: the curvature of what a problem descends, and the largest learning rate that it bears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from symgd.calculus.curvature import Curvature, curvature_at, slopes_at
from symgd.descent.gradients import gradient_of
from symgd.descent.lines import line_of, value_of
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Line
from symgd.expressions.reader import read
from symgd.numbers.values import Value, bounds

#: The largest stable rate by method, on a quadratic loss: Polyak (1964), for gradient descent and for the heavy ball,
#: whose iterates PyTorch's form of momentum shares; Boyd and Vandenberghe (2004), section 9.3.
STABLE: Mapping[str, str] = {
    "gradient-descent": "2/lambda_max",
    "momentum": "2*(1 + mu)/lambda_max",
}
#: Methods whose weight decay is no part of the slope, and so adds nothing to the eigenvalues.
_DECOUPLED = ("adamw",)


class Bound(NamedTuple):
    """A largest stable rate: its line, and whose it is: "" plain gradient descent's own, "-momentum", or "-plain" for
    a method whose own is not known.
    """

    line: Line
    whose: str


def decay_of(problem: Problem) -> Fraction:
    """What a method's weight decay adds to each eigenvalue."""
    decoupled = problem.method.name in _DECOUPLED
    return Fraction(0) if decoupled else problem.settings.get("weight_decay", Fraction(0))


def curvature_of(problem: Problem, point: Mapping[str, Value]) -> Curvature:
    """The curvature of what a problem descends: its loss, with the weight decay counted in. Raises InputError."""
    return curvature_at(gradient_of(problem), point, decay_of(problem))


def is_slanted(problem: Problem, found: Curvature) -> bool:
    """Whether a quadratic loss falls without end along a direction in which it has no curvature.

    The slope along such a direction is the same everywhere; where the Hessian is not rational nothing is proved flat.
    """
    return found.quadratic and is_slanted_at_start(problem, found)


def is_slanted_at_start(problem: Problem, found: Curvature) -> bool:
    """The same of the quadratic that touches the loss at the start, whatever the loss is."""
    if not found.inertia.zero:
        return False
    slopes = slopes_at(gradient_of(problem), problem.start, decay_of(problem)).values()
    pairs = zip(found.eigenvalues, found.eigenvectors, strict=True)
    flat = [vector for value, vector in pairs if value == 0 and vector is not None]
    return any(not _holds_zero(_along(vector, slopes)) for vector in flat)


def _along(vector: Iterable[Value], slopes: Iterable[Value]) -> Value:
    """The slope along a direction: the sum of the products."""
    names = [f"v{place}*g{place}" for place, _ in enumerate(vector, 1)]
    known = {f"v{place}": value for place, value in enumerate(vector, 1)}
    known |= {f"g{place}": value for place, value in enumerate(slopes, 1)}
    return value_of(read(" + ".join(names)), known)


def _holds_zero(value: Value) -> bool:
    low, high = bounds(value)
    return low <= 0 <= high


def stable_bound(problem: Problem, found: Curvature) -> Bound:
    """The largest stable rate where λmax is positive: of the problem's method where it is known, else of the plain.

    Raises DomainError or PrecisionError where λmax is not proved to be other than 0.
    """
    momentum = problem.settings.get("momentum", Fraction(0))
    own = problem.method.name in STABLE and momentum < 1
    method = problem.method.name if own else "gradient-descent"
    known = {"lambda_max": found.eigenvalues[-1], "mu": momentum}
    whose = "-plain" if not own else "" if method == "gradient-descent" else f"-{method}"
    return Bound(line_of("eta_max", STABLE[method], known), whose)


def rate_side(problem: Problem, limit: Bound) -> str:
    """How the rate stands to the bound: "above", "at", "below"; "" for a schedule, another method, or undecided.

    Raises DomainError, PrecisionError.
    """
    if problem.learning_rate.names or limit.whose == "-plain":
        return ""
    (below, above), (low, high) = bounds(value_of(problem.learning_rate, {})), bounds(limit.line.value)
    if below > high:
        return "above"
    if above < low:
        return "below"
    return "at" if low == high else ""
