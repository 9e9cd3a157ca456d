"""Curvature: the exact Hessian at a point, whether it is the same everywhere, and what a stationary point is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal

from symgd.calculus.algebra import constant_of
from symgd.calculus.bridge import proves
from symgd.calculus.gradient import Gradient
from symgd.calculus.spectrum import Inertia, Matrix, as_number, eigenvalues, eigenvectors, inertia
from symgd.errors import DomainError, InputError, PrecisionError
from symgd.expressions.operations import DEFAULTS
from symgd.expressions.tree import Expression, fold, name, nodes, number, operation, substitute
from symgd.numbers.systems import ExactSystem
from symgd.numbers.values import Ball, Value, bounds, rounded

Kind = Literal["minimum", "saddle", "maximum", "undecided"]

#: Digits asked of a value that is not rational, and the precision at which that is given up.
_DIGITS, _FIRST_BITS, _MOST_BITS = 40, 256, 4_096
#: A polynomial of a higher degree is not expanded to see whether it is quadratic after all.
_MOST_DEGREE = 4


@dataclass(frozen=True, slots=True)
class Curvature:
    """The Hessian at a point, with its eigenvalues in ascending order, repeated ones as often as they occur.

    `quadratic` says that the Hessian is proved to be the same at every point. Entries and eigenvalues are Fractions
    where they are rational, else Balls.

    >>> import symgd
    >>> found = curvature_at(symgd.gradient("w1^2 - 3*w2^2"), {"w1": 0, "w2": 0})
    >>> found.eigenvalues, found.kind
    ((Fraction(-6, 1), Fraction(2, 1)), 'saddle')
    """

    parameters: tuple[str, ...]
    hessian: Matrix
    quadratic: bool

    @property
    def eigenvalues(self) -> tuple[Value, ...]:
        """The eigenvalues, ascending."""
        return eigenvalues(self.hessian)

    @property
    def inertia(self) -> Inertia:
        """The signs of the eigenvalues, counted."""
        return inertia(self.hessian)

    @property
    def kind(self) -> Kind:
        """What a stationary point is here."""
        return kind_of(self.inertia, self.quadratic)

    @property
    def eigenvectors(self) -> tuple[tuple[Value, ...] | None, ...]:
        """An eigenvector for each eigenvalue; None where no digit of one could be proved."""
        return eigenvectors(self.hessian)


def curvature_at(gradient: Gradient, point: Mapping[str, Any], decay: Fraction = Fraction(0)) -> Curvature:
    """The curvature of a loss at a point; a weight decay adds to each second derivative of a single parameter.

    A float is taken at its shortest decimal. Raises InputError where the loss has no second derivative.
    """
    return Curvature(gradient.parameters, hessian_at(gradient, point, decay), is_quadratic(gradient))


def hessian_at(gradient: Gradient, point: Mapping[str, Any], decay: Fraction = Fraction(0)) -> Matrix:
    """The matrix of second partial derivatives at a point; raises InputError where it has no value.

    >>> import symgd
    >>> hessian_at(symgd.gradient("w1^2*w2"), {"w1": "0.5", "w2": 3})
    ((Fraction(6, 1), Fraction(1, 1)), (Fraction(1, 1), Fraction(0, 1)))
    """
    words = gradient.parameters
    pairs = [(row, column) for place, row in enumerate(words) for column in words[place:]]
    values = values_at(gradient, [gradient.second(*pair) for pair in pairs], point)
    entries = dict(zip(pairs, values, strict=True))
    entries |= {(column, row): value for (row, column), value in entries.items()}
    return tuple(
        tuple(_plus(entries[row, column], decay) if row == column else entries[row, column] for column in words)
        for row in words
    )


def slopes_at(gradient: Gradient, point: Mapping[str, Any], decay: Fraction = Fraction(0)) -> dict[str, Value]:
    """The partial derivatives at a point whose coordinates may be Balls; a weight decay adds decay·w to each.

    >>> import symgd
    >>> slopes_at(symgd.gradient("(w - 3)^2"), {"w": 1}, Fraction("0.5"))
    {'w': Fraction(-7, 2)}
    """
    words = gradient.parameters
    trees = [gradient.partial(word) for word in words]
    if decay:
        trees = [_decayed(tree, word, decay) for tree, word in zip(trees, words, strict=True)]
    return dict(zip(words, values_at(gradient, trees, point), strict=True))


def values_at(gradient: Gradient, trees: Sequence[Expression], point: Mapping[str, Any]) -> list[Value]:
    """The values of formulas at a point, with forty proved digits where they are not rational and it is.

    Raises InputError where one has no value or cannot be told.
    """
    exact = not any(isinstance(value, Ball) for value in point.values())
    bits = _FIRST_BITS
    while True:
        last = bits >= _MOST_BITS
        try:
            values = _values(gradient, trees, point, bits)
            if last or all(rounded(value, _DIGITS) is not None for value in values) or not exact:
                return values
        except PrecisionError:
            if last:
                raise InputError("undecided", part=gradient.loss.text()) from None
        except DomainError as error:
            raise InputError("no-value", part=str(error.part)) from None
        bits *= 2


def is_quadratic(gradient: Gradient) -> bool:
    """Whether the loss is proved to be a polynomial of degree two at most, so that its Hessian is the same everywhere.

    A kink (|w|) or a hole (w/w) makes it none, whatever the second derivatives say.

    >>> import symgd
    >>> is_quadratic(symgd.gradient("(w1 - 1)^2 + w1*w2")), is_quadratic(symgd.gradient("w*|w|"))
    (True, False)
    """
    fixed = substitute(gradient.loss, {word: number(value) for word, value in gradient.constants.items()})
    degree = _degree(fixed, frozenset(gradient.parameters))
    if degree is None or degree > _MOST_DEGREE:
        return False
    return degree <= 2 or _expanded_degree(gradient) <= 2


def is_smooth_at(gradient: Gradient, point: Mapping[str, Any]) -> bool:
    """Whether no part of the loss is on a kink at a point, or may be: |w| at 0, max(u, v) at u = v.

    There the formulas of derivatives are those of one side only, and say nothing about the point.

    >>> import symgd
    >>> is_smooth_at(symgd.gradient("|w| + w^2"), {"w": 0}), is_smooth_at(symgd.gradient("|w| + w^2"), {"w": 1})
    (False, True)
    """
    edges = [edge for node in nodes(gradient.loss) if node.op in _EDGES for edge in _EDGES[node.op](node.args)]
    return all(_is_off(gradient, edge, point) for edge in edges)


def kind_of(signs: Inertia, quadratic: bool) -> Kind:
    """What a stationary point with such a Hessian is (Nocedal and Wright 2006, theorems 2.3 and 2.4).

    With eigenvalues 0 the Hessian decides nothing, unless it is the whole story: of a quadratic loss.

    >>> kind_of(Inertia(1, 0, 1, 0), quadratic=False), kind_of(Inertia(1, 0, 1, 0), quadratic=True)
    ('undecided', 'minimum')
    """
    if signs.positive and signs.negative:
        return "saddle"
    if signs.unknown or (signs.zero and not quadratic):
        return "undecided"
    return "maximum" if signs.negative else "minimum"


# values


def _values(gradient: Gradient, trees: Sequence[Expression], point: Mapping[str, Any], bits: int) -> list[Value]:
    system = ExactSystem(bits, prove=proves)
    with system.precision():
        known = {word: as_number(value) for word, value in {**gradient.constants, **point}.items()}
        system.evaluate(gradient.loss, known)  # a slope exists only where the loss does
        return [system.public(system.assign(tree, known)) for tree in trees]


def _plus(value: Value, more: Fraction) -> Value:
    if isinstance(value, Ball):
        return Ball(value.low + more, value.high + more)
    return Fraction(value) + more


def _decayed(tree: Expression, word: str, decay: Fraction) -> Expression:
    return operation("add", tree, operation("mul", number(decay), name(word)))


# kinks


def _pairs(args: tuple[Expression, ...]) -> Iterator[Expression]:
    return (operation("sub", left, right) for left, right in combinations(args, 2))


def _first(args: tuple[Expression, ...]) -> Iterator[Expression]:
    yield args[0]


def _beyond(args: tuple[Expression, ...]) -> Iterator[Expression]:
    """Where a Huber loss changes from a square to a line."""
    limit = args[1] if len(args) > 1 else number(DEFAULTS["huber"])
    yield operation("sub", operation("abs", args[0]), limit)


#: What is 0 where an operation has a kink, or a jump in a higher derivative; a comparison has one where sides meet.
_EDGES: Mapping[str, Callable[[tuple[Expression, ...]], Iterator[Expression]]] = {
    **dict.fromkeys(("abs", "sign", "relu", "leaky_relu", "elu"), _first),
    **dict.fromkeys(("max", "min", "clip", "lt", "le", "gt", "ge"), _pairs),
    "huber": _beyond,
}


def _is_off(gradient: Gradient, edge: Expression, point: Mapping[str, Any]) -> bool:
    if not set(edge.names) & set(gradient.parameters):
        return True
    try:
        (value,) = values_at(gradient, [edge], point)
    except InputError:
        return False
    low, high = bounds(value)
    return low > 0 or high < 0


# degree

#: How degrees come together in an operation; every other operation is a constant or no polynomial.
_DEGREES: Mapping[str, Callable[..., int | None]] = {
    "add": max,
    "sub": max,
    "neg": lambda inner: inner,
    "mul": lambda left, right: left + right,
    "div": lambda above, below: above if below == 0 else None,
}


def _degree(tree: Expression, parameters: frozenset[str]) -> int | None:
    """A bound of the degree as a polynomial in the parameters; None where the tree is no polynomial."""

    def combine(node: Expression, below: tuple[int | None, ...]) -> int | None:
        if not node.args:
            return int(node.op == "name" and node.name in parameters)
        if not any(degree is None or degree > 0 for degree in below):
            return 0
        if any(degree is None for degree in below):
            return None
        if node.op == "pow":
            return _power_degree(below[0] or 0, node.args[1])
        rule = _DEGREES.get(node.op)
        return rule(*below) if rule else None

    return fold(tree, combine)


def _power_degree(base: int, exponent: Expression) -> int | None:
    value = constant_of(exponent)
    whole = value is not None and value.denominator == 1 and value >= 0
    return base * int(value) if whole and value is not None else None


def _expanded_degree(gradient: Gradient) -> int:
    """The degree once everything is multiplied out and like terms are gathered."""
    import sympy as sp

    return int(sp.Poly(gradient.sympy_loss, *gradient.symbols.values()).total_degree())
