"""Sums over an index as sums of whole columns, so that array code runs them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.errors import InputError
from symgd.expressions.operations import STRUCTURAL
from symgd.expressions.shapes import Shape, Shaped
from symgd.expressions.tree import Expression, fold, index_names, name, nodes, number, operation, rebuilt, substitute
from symgd.numbers.values import is_array

#: A sum that cannot go over whole columns is written out up to so many terms; no sum has more than so many.
_MOST_WRITTEN, MOST_TERMS = 10_000, 1_000_000


def lowered(tree: Expression, constants: Mapping[str, Any], shapes: Mapping[str, Shape] = {}) -> Expression:
    """The tree without sums over an index: over whole columns they are sums of arrays, else written out.

    `shapes` are those of definitions, which have no value yet. Raises InputError for a sum of too many terms.

    >>> from symgd.expressions.reader import read
    >>> import numpy as np
    >>> lowered(read("sum(w*x[i], i, 1, n)"), {"x": np.ones(3), "n": Fraction(3)})
    Expression('sum(w·x)')
    """
    known = {**shapes, **{word: value.shape for word, value in constants.items() if is_array(value)}}
    return fold(tree, lambda node, args: _lowered(rebuilt(node, args), constants, known))


def _lowered(node: Expression, constants: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Expression:
    if node.op != "series":
        return node
    body, index, *bounds = node.args
    low, high = (_bound(bound, constants) for bound in bounds)
    columns = _columns(body, index.name, high, shapes) if low == 1 else None
    if columns is None:
        return _written_out(body, index.name, low, high)
    whole_body = fold(body, lambda part, args: name(args[0].name) if part in columns else rebuilt(part, args))
    return operation("sum", whole_body) if columns else operation("mul", number(high), body)


def check_sums(found: Shaped, constants: Mapping[str, Any]) -> None:
    """Raise InputError for a sum over an index of very many terms, or with an entry that is not there.

    >>> from symgd.expressions.reader import read_definitions
    >>> from symgd.expressions.shapes import shaped
    >>> check_sums(shaped(read_definitions("sum(x[i], i, 1, 3)"), {"x": (3,)}), {})
    """
    trees = found.definitions.expressions
    inner = set(index_names(trees))
    for node in (node for tree in trees if "series" in tree.operations for node in nodes(tree)):
        if node.op == "series":
            low, high = (_bound(bound, constants) for bound in node.args[2:])
            if high - low >= MOST_TERMS:
                raise InputError("sum-too-long", part=node.text(), most=MOST_TERMS)
            ends = [number(low), number(high)] if low <= high else []
            _check_entries(node, ends, found.shapes, constants)
    _check_indices(trees, constants.keys() | inner)


def _check_indices(trees: Iterable[Expression], known: Collection[str]) -> None:
    """Every index is that of a sum, or has a value."""
    for part in (part for tree in trees if "index" in tree.operations for part in nodes(tree)):
        for place in part.args[1:] if part.op == "index" else ():
            unknown = next((word for word in place.names if word not in known), None)
            if unknown is not None:
                raise InputError("index-unknown", part=part.text(), name=unknown)


def _check_entries(
    node: Expression, ends: Sequence[Expression], shapes: Mapping[str, Shape], constants: Mapping[str, Any]
) -> None:
    """Every entry that a sum takes is there, at its first term and at its last."""
    for part in nodes(node.args[0]) if ends else ():
        sides = shapes.get(part.args[0].name, ()) if part.op == "index" and part.args[0].op == "name" else ()
        for place, most in zip(part.args[1:], sides, strict=False):
            at_ends = [substitute(place, {node.args[1].name: end}) for end in ends]
            taken = [_bound(end, constants) for end in at_ends if set(end.names) <= constants.keys()]
            wrong = next((entry for entry in taken if not 1 <= entry <= most), None)
            if wrong is not None:
                raise InputError("index-range", part=part.text(), place=wrong, most=most)


def _bound(tree: Expression, constants: Mapping[str, Any]) -> int:
    fixed = {word: number(value) for word, value in constants.items() if isinstance(value, Fraction)}
    if not set(tree.names) <= fixed.keys():
        raise InputError("sum-bound-value", part=tree.text())
    from symgd.numbers.systems import ExactSystem

    value = ExactSystem().public(ExactSystem().evaluate(substitute(tree, fixed), {}))
    if not isinstance(value, Fraction) or value.denominator != 1:
        raise InputError("sum-bound-value", part=tree.text())
    return int(value)


def _columns(body: Expression, index: str, high: int, shapes: Mapping[str, Shape]) -> set[Expression] | None:
    """The parts x[i] of a body; None where the index stands elsewhere too, or a column is not so long.

    What they stand in must go entry by entry: the norm of a number is no norm of the column.
    """
    found = {part for part in nodes(body) if part.op == "index" and part.args[1:] == (name(index),)}
    if any(part.args[0].op != "name" or shapes.get(part.args[0].name) != (high,) for part in found):
        return None
    rest = fold(body, lambda part, args: number(0) if part in found else rebuilt(part, args))
    around = [part for part in nodes(body) if part not in found and index in part.names]
    return None if index in rest.names or any(map(_takes_it_whole, around)) else found


def _takes_it_whole(part: Expression) -> bool:
    """Whether an operation means something else of a vector than of its entries."""
    alone = len(part.args) == 1 and part.op in ("logsumexp", "max", "min")
    return part.op in STRUCTURAL or alone or (part.op == "abs" and part.args[0].op == "abs")


def _written_out(body: Expression, index: str, low: int, high: int) -> Expression:
    if high - low > _MOST_WRITTEN:
        raise InputError("too-many-parts", most=_MOST_WRITTEN)
    terms = [substitute(body, {index: number(place)}) for place in range(low, high + 1)]
    total = terms[0] if terms else number(0)
    for term in terms[1:]:
        total = operation("add", total, term)
    return total
