"""The Newton direction p of H p = -g, in any number system, with the lines of its working.

For one and two parameters the solution is a formula (for two, Cramer's rule), so it is printed and redone like any
other line; for more it is solved as a system.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symgd.calculus.program import slope_name
from symgd.errors import SymgdError
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, name, operation, substitute

Recorder = Callable[[str, str, str, Expression, Mapping[str, Any], Any], None]

#: The direction by formula: quantities in order, for one and for two parameters.
_SOLUTIONS: Mapping[int, tuple[tuple[str, str], ...]] = {
    1: (("p1", "-g1/h11"),),
    2: (
        ("D", "h11*h22 - h12*h21"),
        ("p1", "(h12*g2 - h22*g1)/D"),
        ("p2", "(h21*g1 - h11*g2)/D"),
    ),
}


class Singular(SymgdError):
    """The Hessian has no inverse at the point, so there is no Newton direction."""


def second_name(loss: str, row: str, column: str) -> str:
    """The name of a second derivative among the quantities: dL/dw1/dw2."""
    return f"{slope_name(loss, row)}/d{column}"


def newton_direction(
    system: Any,
    known: Mapping[str, Any],
    slopes: Mapping[str, str],
    loss: str,
    second: Callable[[str, str], Expression],
    record: Recorder,
) -> dict[str, Any]:
    """The direction for each parameter; raises Singular where there is none."""
    words = list(slopes)
    values = dict(known)
    for row in words:
        for column in words:
            quantity, tree = second_name(loss, row, column), second(row, column)
            values[quantity] = system.assign(tree, values)
            record("second", quantity, "", tree, values, values[quantity])
    if len(words) in _SOLUTIONS:
        return _by_formula(system, values, slopes, loss, record)
    return _by_elimination(system, values, slopes, loss)


def _by_formula(
    system: Any, values: dict[str, Any], slopes: Mapping[str, str], loss: str, record: Recorder
) -> dict[str, Any]:
    words = list(slopes)
    names = {f"g{place}": name(slopes[word]) for place, word in enumerate(words, 1)}
    for i, row in enumerate(words, 1):
        names |= {f"h{i}{j}": name(second_name(loss, row, column)) for j, column in enumerate(words, 1)}
    for quantity, text in _SOLUTIONS[len(words)]:
        tree = substitute(read(text), names)
        _refuse_zero(system, tree, values)
        value = system.assign(tree, values)
        values[quantity] = value
        parameter = words[int(quantity[1]) - 1] if quantity.startswith("p") else ""
        record("direction" if parameter else "determinant", quantity[0], parameter, tree, values, value)
    return {word: values[f"p{place}"] for place, word in enumerate(words, 1)}


def _refuse_zero(system: Any, tree: Expression, values: Mapping[str, Any]) -> None:
    divisor = tree.args[0].args[1] if tree.op == "neg" and tree.args[0].op == "div" else tree.args[-1]
    if (tree.op == "div" or tree.op == "neg") and values.get(divisor.name) == 0:
        raise Singular("singular")


def _by_elimination(system: Any, values: Mapping[str, Any], slopes: Mapping[str, str], loss: str) -> dict[str, Any]:
    words = list(slopes)
    matrix = [[values[second_name(loss, row, column)] for column in words] for row in words]
    right = [-values[slopes[word]] for word in words]
    try:
        solution = system.solve(matrix, right)
    except ZeroDivisionError:
        raise Singular("singular") from None
    return dict(zip(words, solution, strict=True))


assert operation
