"""The Newton direction p of H p = -g, in any number system, with the lines of its working.

For one and two parameters the solution is a formula (for two, Cramer's rule), so it is printed and redone like any
other line; for more it is solved as a system.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from symgd.calculus.program import slope_name
from symgd.errors import DomainError, PrecisionError, SymgdError
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, name, substitute
from symgd.numbers.systems import NumberSystem
from symgd.numbers.values import Ball

#: Works out a formula and notes the line: kind, quantity, parameter, formula, values by name.
Assign = Callable[[str, str, str, Expression, Mapping[str, Any]], Any]


class Row(NamedTuple):
    """One quantity of a solution; `place` is that of the parameter whose direction it is, 0 for none."""

    kind: str
    quantity: str
    place: int
    formula: str


#: The direction by formula, for one and for two parameters.
_SOLUTIONS: Mapping[int, tuple[Row, ...]] = {
    1: (Row("direction", "p", 1, "-g1/h11"),),
    2: (
        Row("determinant", "D", 0, "h11*h22 - h12*h21"),
        Row("direction", "p", 1, "(h12*g2 - h22*g1)/D"),
        Row("direction", "p", 2, "(h21*g1 - h11*g2)/D"),
    ),
}


class Singular(SymgdError):
    """The Hessian has no inverse at the point, so there is no Newton direction."""


class Hessian(NamedTuple):
    """Where second derivatives come from: the loss, the slope of each parameter, and the formulas."""

    loss: str
    slopes: Mapping[str, str]
    second: Callable[[str, str], Expression]

    def quantity(self, row: str, column: str) -> str:
        """The name of a second derivative among the quantities: dL/dw1/dw2."""
        return f"{slope_name(self.loss, row)}/d{column}"


def newton_direction(
    system: NumberSystem, hessian: Hessian, known: Mapping[str, Any], assign: Assign
) -> dict[str, Any]:
    """The direction p of each parameter at a point whose quantities are known.

    `assign` works out each formula and notes its line. Raises Singular where there is no direction, PrecisionError
    where balls cannot tell. Nocedal and Wright (2006), equation 3.5.
    """
    values = dict(known)
    for row in hessian.slopes:
        for column in hessian.slopes:
            quantity = hessian.quantity(row, column)
            values[quantity] = assign("second", quantity, "", hessian.second(row, column), values)
    if len(hessian.slopes) in _SOLUTIONS:
        return _by_formula(hessian, values, assign)
    return _by_elimination(system, hessian, values)


def _by_formula(hessian: Hessian, values: dict[str, Any], assign: Assign) -> dict[str, Any]:
    words = list(hessian.slopes)
    names = {f"g{place}": name(hessian.slopes[word]) for place, word in enumerate(words, 1)}
    for i, row in enumerate(words, 1):
        names |= {f"h{i}{j}": name(hessian.quantity(row, column)) for j, column in enumerate(words, 1)}
    direction = {}
    for kind, quantity, place, formula in _SOLUTIONS[len(words)]:
        word = words[place - 1] if place else ""
        try:
            value = assign(kind, quantity, word, substitute(read(formula), names), values)
        except DomainError:  # the divisor is 0
            raise Singular("singular") from None
        if word:
            direction[word] = value
        else:
            values[quantity] = value
    return direction


def _by_elimination(system: NumberSystem, hessian: Hessian, values: Mapping[str, Any]) -> dict[str, Any]:
    words = list(hessian.slopes)
    matrix = [[values[hessian.quantity(row, column)] for column in words] for row in words]
    right = [-values[hessian.slopes[word]] for word in words]
    try:
        solution = system.solve(matrix, right)
    except ZeroDivisionError:
        entries = [entry for row in matrix for entry in row] + right
        if any(isinstance(system.public(entry), Ball) for entry in entries):
            raise PrecisionError("determinant") from None
        raise Singular("singular") from None
    return dict(zip(words, solution, strict=True))
