"""Losses row by row: a mean or a sum over columns of data as one sum over an index.

`mean((w*x + b - y)^2)` and `sum((w*x[i] + b - y[i])^2, i, 1, n)/n` mean the same, and here they become the same tree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from symgd.expressions.definitions import Definitions
from symgd.expressions.operations import STRUCTURAL
from symgd.expressions.shapes import Shape, Shaped
from symgd.expressions.tree import ONE, Expression, fold, name, nodes, operation, rebuilt, substitute

#: What may stand in a loss that is a sum over rows.
_ROWS = frozenset({"sum", "mean", "dot", "series", "index"})


#: How the number of rows may be called.
COUNT_NAMES = ("n", "N", "rows", "row_count")


def count_name(used: Collection[str]) -> str:
    """The name of the number of rows: n, or another where n is in use."""
    return next(word for word in COUNT_NAMES if word not in used)


def rows_of(shapes: Mapping[str, Shape], data: Collection[str]) -> int | None:
    """How many rows the data has; None without data."""
    return next((shapes[word][0] for word in data if shapes.get(word)), None)


def by_rows(found: Shaped, data: Collection[str], count: str) -> Definitions | None:
    """The definitions with every mean, sum and dot product of columns over an index; None where that cannot be.

    That can be where parameters and definitions are numbers and every array is a column of data.

    >>> from symgd.expressions.reader import read_definitions
    >>> from symgd.expressions.shapes import shaped
    >>> found = shaped(read_definitions("mean((w*x - y)^2)"), {"x": (3,), "y": (3,)})
    >>> print(by_rows(found, {"x", "y"}, "n").loss)
    1/n·sum((w·x[i] − y[i])², i, 1, n)
    """
    arrays = {word for word, shape in found.shapes.items() if shape}
    trees = found.definitions.expressions
    operations = {node.op for tree in trees for node in nodes(tree)}
    columns = arrays <= set(data) and all(len(found.shapes[word]) == 1 for word in arrays)
    if not columns or len({found.shapes[word] for word in arrays}) > 1 or (operations & STRUCTURAL) - _ROWS:
        return None
    used = {word for tree in trees for node in nodes(tree) if node.op == "name" for word in (node.name,)}
    index = next(word for word in ("i", "j", "k", "row") if word not in used)
    rows = _Rows(arrays, index, count)
    return Definitions(found.definitions.names, tuple(fold(tree, rows.put) for tree in trees))


class _Rows:
    def __init__(self, arrays: Collection[str], index: str, count: str) -> None:
        self.index, self.count = name(index), name(count)
        self.entries = {word: operation("index", name(word), self.index) for word in arrays}

    def put(self, node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "dot":
            return self.series(operation("mul", *args))
        if node.op in ("sum", "mean") and self.is_row(args[0]):
            total = self.series(args[0])
            return total if node.op == "sum" else operation("mul", operation("div", ONE, self.count), total)
        return rebuilt(node, args)

    def is_row(self, tree: Expression) -> bool:
        """Whether a column stands in the tree outside an index."""
        return any(node.op == "name" and node.name in self.entries for node in nodes(tree, _not_indexed))

    def series(self, body: Expression) -> Expression:
        return operation("series", _with_entries(body, self.entries), self.index, ONE, self.count)


def _not_indexed(node: Expression) -> tuple[Expression, ...]:
    return node.args[1:] if node.op == "index" else node.args


def _with_entries(body: Expression, entries: Mapping[str, Expression]) -> Expression:
    """The columns by their entry; what has an index already stays."""
    kept = {word: name(word) for word in entries}
    done: dict[int, Expression] = {}
    for node in nodes(body):
        if node.op == "name":
            done[id(node)] = entries.get(node.name, node)
        elif node.op == "index":
            done[id(node)] = rebuilt(node, (substitute(node.args[0], kept), *(done[id(a)] for a in node.args[1:])))
        else:
            done[id(node)] = rebuilt(node, tuple(done[id(part)] for part in node.args))
    return done[id(body)]
