"""Sums over an index as sums of whole columns, so that array code runs them at once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symgd.errors import InputError
from symgd.expressions.tree import Expression, fold, name, nodes, number, operation, rebuilt, substitute
from symgd.numbers.values import is_array, whole

#: A sum that cannot go over whole columns is written out up to so many terms.
_MOST_TERMS = 10_000


def lowered(tree: Expression, constants: Mapping[str, Any]) -> Expression:
    """The tree without sums over an index: over whole columns they are sums of arrays, else written out.

    Raises InputError for a sum of too many terms.

    >>> from symgd.expressions.reader import read
    >>> import numpy as np
    >>> lowered(read("sum(w*x[i], i, 1, n)"), {"x": np.ones(3), "n": Fraction(3)})
    Expression('sum(w·x)')
    """
    return fold(tree, lambda node, args: _lowered(rebuilt(node, args), constants))


def _lowered(node: Expression, constants: Mapping[str, Any]) -> Expression:
    if node.op != "series":
        return node
    body, index, *bounds = node.args
    low, high = (_bound(bound, constants) for bound in bounds)
    columns = _columns(body, index.name, high, constants) if low == 1 else None
    if columns is None:
        return _written_out(body, index.name, low, high)
    whole_body = fold(body, lambda part, args: name(args[0].name) if part in columns else rebuilt(part, args))
    return operation("sum", whole_body) if columns else operation("mul", number(high), body)


def _bound(tree: Expression, constants: Mapping[str, Any]) -> int:
    fixed = {word: number(value) for word, value in constants.items() if isinstance(value, Fraction)}
    from symgd.numbers.systems import ExactSystem

    return whole(ExactSystem().public(ExactSystem().evaluate(substitute(tree, fixed), {})))


def _columns(body: Expression, index: str, high: int, constants: Mapping[str, Any]) -> set[Expression] | None:
    """The parts x[i] of a body; None where the index stands elsewhere too, or a column is not so long."""
    found = {part for part in nodes(body) if part.op == "index" and part.args[1:] == (name(index),)}
    bases = [part.args[0] for part in found]
    plain = all(base.op == "name" and is_array(constants.get(base.name)) for base in bases)
    if not plain or any(len(constants[base.name]) != high or constants[base.name].ndim > 1 for base in bases):
        return None
    rest = fold(body, lambda part, args: number(0) if part in found else rebuilt(part, args))
    return None if index in rest.names else found


def _written_out(body: Expression, index: str, low: int, high: int) -> Expression:
    if high - low > _MOST_TERMS:
        raise InputError("too-many-parts", most=_MOST_TERMS)
    terms = [substitute(body, {index: number(place)}) for place in range(low, high + 1)]
    total = terms[0] if terms else number(0)
    for term in terms[1:]:
        total = operation("add", total, term)
    return total
