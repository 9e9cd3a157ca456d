"""Misconceptions about matrices: a transpose that is missing or too much, a sum along the wrong axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from symgd.checking.spots import Spot
from symgd.expressions.tree import Expression, fold, nodes, number, operation, rebuilt


def transposed(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
    """A matrix without its transpose, or with one that does not belong there."""
    shapes = _shapes(spot)
    for node in nodes(formula):
        if node.op == "transpose":
            yield _with(formula, node, node.args[0])
        elif len(shapes.get(node.name, ())) == 2:
            yield _with(formula, node, operation("transpose", node))


def wrong_axis(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
    """Sums of the columns for sums of the rows."""
    shapes = _shapes(spot)
    for node in nodes(formula):
        if node.op == "rowsum":
            yield _with(formula, node, operation("rowsum", operation("transpose", node.args[0])))
        turned = [part for part in nodes(node.args[0]) if part.op == "transpose"] if node.op == "matmul" else []
        for part in turned:  # Xᵀr adds down the columns of X
            width = shapes.get(part.args[0].name, (0, 0))[-1]
            sums = operation("matmul", part.args[0], operation("vector", *[number(1)] * width))
            rows = _with(node.args[0], part, sums)
            yield _with(formula, node, operation("hadamard", rows, node.args[1]))


def _shapes(spot: Spot) -> Mapping[str, Sequence[int]]:
    return {} if spot.problem.shaped is None else spot.problem.shaped.shapes


def _with(tree: Expression, part: Expression, other: Expression) -> Expression:
    """The tree with another part in one place."""

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        return other if node is part else rebuilt(node, args)

    return fold(tree, put)
