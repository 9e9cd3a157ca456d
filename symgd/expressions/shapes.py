"""Shapes: which names are vectors and matrices, and what that makes of products.

A number has the shape (), a vector of n entries (n,) and stands as a column, a matrix (rows, columns). A transposed
vector is a row, (1, n), which `Row` tells from a matrix of one row: a row times a column is a number, a matrix of one
row times a column is a vector of one entry, as a matrix of two rows is a vector of two. Only numbers are spread over
vectors and matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgd.errors import InputError
from symgd.expressions.definitions import Definitions
from symgd.expressions.tree import Expression, name, nodes, operation, rebuilt

Shape = tuple[int, ...]


class Row(int):
    """The one row of a transposed vector, and of what it is multiplied with."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """Definitions in which every matrix product is one, and the shape of every name."""

    definitions: Definitions
    shapes: Mapping[str, Shape]


def shape_text(shape: Shape) -> str:
    """A shape as it is told.

    >>> shape_text(()), shape_text((3,)), shape_text((2, 3))
    ('1', '3', '2 × 3')
    """
    return " × ".join(map(str, shape)) or "1"


def shaped(definitions: Definitions, shapes: Mapping[str, Shape]) -> Shaped:
    """Find the shape of every definition; raises InputError with both shapes where two do not fit.

    >>> from symgd.expressions.reader import read_definitions
    >>> found = shaped(read_definitions("r = X*w; L = sum(r^2)"), {"X": (3, 2), "w": (2,)})
    >>> found.shapes["r"], found.definitions.expressions[0].op
    ((3,), 'matmul')
    """
    known: dict[str, Shape] = dict(shapes)
    trees: list[Expression] = []
    for word, tree in zip(definitions.names, definitions.expressions, strict=True):
        made = typed(tree, known)
        trees.append(made.tree)
        known[word] = made.shape
    if known[definitions.loss_name]:
        raise _fault("loss-shape", definitions.loss, shape=shape_text(known[definitions.loss_name]))
    return Shaped(Definitions(definitions.names, tuple(trees)), known)


@dataclass(frozen=True, slots=True)
class Typed:
    """A tree and its shape."""

    tree: Expression
    shape: Shape


def typed(tree: Expression, shapes: Mapping[str, Shape]) -> Typed:
    """The tree with its matrix products, and its shape; names without a shape are numbers. Raises InputError."""
    done: dict[int, Typed] = {}
    for node in nodes(tree):
        done[id(node)] = _typed(node, [done[id(part)] for part in node.args], shapes)
    return done[id(tree)]


def typed_from(node: Expression, sides: Sequence[Shape], shapes: Mapping[str, Shape]) -> Shape:
    """The shape of a node whose products are settled, from those of its operands."""
    return shapes.get(node.name, ()) if node.op == "name" else _RULES.get(node.op, _elementwise)(node, sides)


def _typed(node: Expression, below: Sequence[Typed], shapes: Mapping[str, Shape]) -> Typed:
    parts = tuple(part.tree for part in below)
    sides = [part.shape for part in below]
    if node.op == "name":
        return Typed(node, shapes.get(node.name, ()))
    if node.op == "mul" and max(map(len, sides)) == 2 and min(map(len, sides)) > 0:
        return Typed(operation(_product(sides), *parts, span=node.span), _matmul(node, sides))
    if node.op == "matmul" and max(map(len, sides)) <= 1:  # a @ w is a number; what has no axes is only multiplied
        node = operation("dot" if all(sides) else "mul", *parts, span=node.span)
    if node.op == "matmul":
        return Typed(operation(_product(sides), *parts, span=node.span), _matmul(node, sides))
    if node.op == "pow" and len(sides[0]) == 2 and _is_square(sides[0]) and node.args[1] != _T:
        raise _fault("matrix-power", node, shape=shape_text(sides[0]))
    if node.op == "pow" and sides[0] and node.args[1] == _T and node.args[1].name not in shapes:
        node, parts, sides = operation("transpose", parts[0], span=node.span), parts[:1], sides[:1]
    if node.op == "abs" and sides[0] and node.args[0].op == "abs":  # ||w||
        inside = parts[0].args[0]
        return Typed(operation("norm2", inside, span=node.span), ())
    if node.op in _OF_VECTORS and not any(sides):
        raise _fault("needs-vector", node, name=node.op)
    rule = _RULES.get(node.op, _elementwise)
    return Typed(rebuilt(node, parts), rule(node, sides))


def _product(sides: Sequence[Shape]) -> str:
    return "row_product" if _is_row(sides[0]) and len(sides[1]) == 1 else "matmul"


def _is_row(shape: Shape) -> bool:
    return len(shape) == 2 and isinstance(shape[0], Row)


#: What is not meant of a number.
_OF_VECTORS = frozenset({"dot", "norm2", "transpose"})
#: The sign of a transpose in w^T, where nothing else is called T.
_T = name("T")


def _is_square(shape: Shape) -> bool:
    """A power of a square matrix might be meant as repeated products; of any other it goes entry by entry."""
    return shape[0] == shape[1]


def _fault(code: str, node: Expression, **facts: Any) -> InputError:
    return InputError(code, part=node.text(), **facts)


def _unlike(node: Expression, left: Shape, right: Shape, first: int = 0, second: int = 1) -> InputError:
    """Both shapes, the operands that have them by their places, and the part in which they meet."""
    return _fault(
        "shapes",
        node,
        first=node.args[first].text(),
        second=node.args[second].text(),
        left=shape_text(left),
        right=shape_text(right),
    )


def _elementwise(node: Expression, sides: Sequence[Shape]) -> Shape:
    """Entry by entry: all of one shape, or numbers; a column (n, 1) goes along the rows of (n, k)."""
    found: Shape = ()
    first = 0
    for place, side in enumerate(sides):
        if not found or (side == found and not _is_row(side)):
            found, first = side, place
        elif side and side != found:
            if not _spreads(side, found):
                raise _unlike(node, found, side, first, place)
            found = (max(side[0], found[0]), max(side[1], found[1]))
    return found


def _spreads(left: Shape, right: Shape) -> bool:
    return len(left) == len(right) == 2 and left[0] == right[0] and 1 in (left[1], right[1])


def _matmul(node: Expression, sides: Sequence[Shape]) -> Shape:
    left, right = sides
    if not left or not right:
        return left or right
    height, inner = (left[0], 1) if len(left) == 1 else left  # a column is one wide
    if inner != right[0]:
        raise _unlike(node, left, right)
    return () if _product(sides) == "row_product" else (height, *right[1:])


def _same(node: Expression, sides: Sequence[Shape]) -> Shape:
    if sides[0] != sides[1]:
        raise _unlike(node, sides[0], sides[1])
    return ()


def _number(node: Expression, sides: Sequence[Shape]) -> Shape:
    return ()


def _softmax(node: Expression, sides: Sequence[Shape]) -> Shape:
    (side,) = sides
    if not side:
        raise _fault("needs-vector", node, name=node.op)
    return side


def _rows_of(node: Expression, sides: Sequence[Shape]) -> Shape:
    """log-sum-exp: of numbers a number, of one vector a number, of one matrix a number for each row."""
    if len(sides) == 1 and sides[0]:
        return sides[0][:-1]
    return _elementwise(node, sides)


def _greatest(node: Expression, sides: Sequence[Shape]) -> Shape:
    if len(sides) == 1 and sides[0]:
        raise _fault("one-vector", node, name=node.op)
    return _elementwise(node, sides)


def _transpose(node: Expression, sides: Sequence[Shape]) -> Shape:
    (side,) = sides
    return (Row(1), *side) if len(side) == 1 else side[::-1]


def _trace(node: Expression, sides: Sequence[Shape]) -> Shape:
    (side,) = sides
    if len(side) == 1 or (len(side) == 2 and side[0] != side[1]):
        raise _fault("not-square", node, shape=shape_text(side))
    return ()


def _vector(node: Expression, sides: Sequence[Shape]) -> Shape:
    for place, side in enumerate(sides):
        if len(side) > 1:
            raise _fault("too-many-brackets", node)
        if side != sides[0]:
            raise _unlike(node, sides[0], side, 0, place)
    return (len(sides), *sides[0])


def _index(node: Expression, sides: Sequence[Shape]) -> Shape:
    base, places = sides[0], node.args[1:]
    if len(places) > len(base):
        raise _fault("index-depth", node, shape=shape_text(base))
    for place, most in zip(places, base, strict=False):
        if place.op == "number" and not 1 <= place.value <= most:
            raise _fault("index-range", node, place=place.text(), most=most)
    return base[len(places) :]


def _series(node: Expression, sides: Sequence[Shape]) -> Shape:
    if sides[0]:
        raise _fault("sum-of-vectors", node, shape=shape_text(sides[0]))
    return ()


def _rowsum(node: Expression, sides: Sequence[Shape]) -> Shape:
    (side,) = sides
    return (side[0], 1) if len(side) == 2 else ()


def _column(node: Expression, sides: Sequence[Shape]) -> Shape:
    (side,) = sides
    return (*side, 1) if len(side) == 1 else side


_RULES: Mapping[str, Callable[[Expression, Sequence[Shape]], Shape]] = {
    "matmul": _matmul,
    "row_product": _number,
    "dot": _same,
    **dict.fromkeys(("sum", "mean", "norm1", "norm2"), _number),
    "softmax": _softmax,
    "logsumexp": _rows_of,
    **dict.fromkeys(("max", "min"), _greatest),
    "transpose": _transpose,
    "trace": _trace,
    "vector": _vector,
    "index": _index,
    "series": _series,
    "rowsum": _rowsum,
    "column": _column,
}
