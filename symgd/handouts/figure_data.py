"""Points of data and the line that moves through them: the prediction is found in the loss itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory
from symgd.errors import DomainError, InputError, PrecisionError
from symgd.expressions.tree import Expression, fold, name, nodes, rebuilt
from symgd.handouts.figure_facts import Fit, as_float
from symgd.numbers.systems import FloatSystem

#: Points of a line, lines at most, and how far a line goes beyond the data on each side.
_POINTS, _LINES, _BEYOND = 61, 6, 0.08


def fit_of(run: Trajectory) -> Fit:
    """Points and lines of a loss over two columns. Raises InputError where no prediction is found in it."""
    problem = run.problem
    columns = [word for word, value in problem.data.items() if getattr(value, "ndim", 0) == 1]
    if len(columns) != 2 or problem.definitions is None:
        raise InputError("figure-no-columns")
    found = next(_predictions(_plain(problem.definitions.inlined), columns), None)
    if found is None:
        raise InputError("figure-no-prediction", names=", ".join(columns))
    across, up, prediction = found
    points = np.array([[as_float(value) for value in problem.data[word]] for word in (across, up)]).T
    beyond = _BEYOND * (float(np.ptp(points[:, 0])) or 1.0)
    x = np.linspace(points[:, 0].min() - beyond, points[:, 0].max() + beyond, _POINTS)
    places = np.unique(np.linspace(0, len(run.records) - 1, min(_LINES, len(run.records))).round().astype(int))
    lines = np.array([_line(problem, prediction, across, x, run, int(place)) for place in places])
    return Fit((across, up), points, x, lines, tuple(int(place) for place in places))


def _plain(tree: Expression) -> Expression:
    """The tree with a column in the place of its entry: x for x[i]."""

    def step(node: Expression, args: tuple[Expression, ...]) -> Expression:
        return args[0] if node.op == "index" else rebuilt(node, args)

    return fold(tree, step)


def _predictions(tree: Expression, columns: list[str]) -> Iterator[tuple[str, str, Expression]]:
    """What is compared with a column: the other side of a difference with it, else what a logarithm is taken of."""
    for up, across in (columns[::-1], columns):
        for node in nodes(tree):
            sides = node.args if node.op == "sub" else ()
            for target, prediction in (sides, sides[::-1]) if sides else ():
                if target == name(up) and _is_of(prediction, across, up):
                    yield across, up, prediction
        for node in nodes(tree):
            if node.op == "log" and up in tree.names and _is_of(node.args[0], across, up) and node.args[0].op != "sub":
                yield across, up, node.args[0]


def _is_of(tree: Expression, across: str, up: str) -> bool:
    return across in tree.names and up not in tree.names


def _line(
    problem: Problem, prediction: Expression, across: str, x: np.ndarray, run: Trajectory, place: int
) -> list[float]:
    """The prediction over x with the weights of a record; nan where it has no value."""
    system = FloatSystem()
    point = run.records[place].point
    known = {
        word: as_float(value)
        for word, value in {**problem.constants, **point}.items()
        if word in prediction.names and word != across
    }

    def at(value: float) -> float:
        try:
            return float(system.evaluate(prediction, {**known, across: value}))
        except (DomainError, PrecisionError, ArithmeticError):
            return float("nan")

    return [at(float(value)) for value in x]
