"""Binary cross-entropy, recognised however it is written: −y·ln p − (1 − y)·ln(1 − p)."""

from __future__ import annotations

from typing import NamedTuple

from symgd.calculus.algebra import constant_of, negative, product
from symgd.expressions.tree import ONE, Expression, operation


class CrossEntropy(NamedTuple):
    """The target y and the probability p."""

    target: Expression
    probability: Expression


def cross_entropy(tree: Expression) -> CrossEntropy | None:
    """The target and the probability of a cross-entropy, None for anything else.

    >>> import symgd
    >>> cross_entropy(symgd.parse("-(y*ln(p) + (1 - y)*ln(1 - p))"))
    CrossEntropy(target=Expression('y'), probability=Expression('p'))
    """
    if "log" not in tree.operations:
        return None
    terms = _terms(tree)
    if len(terms) != 2:
        return None
    found = [pair for term in terms if (pair := _weighted_log(negative(term))) is not None]
    if len(found) != 2:
        return None
    for (weight, inside), (other, rest) in (found, found[::-1]):
        if rest == operation("sub", ONE, inside) and _is_rest(weight, other):
            return CrossEntropy(weight, inside)
    return None


def _terms(tree: Expression) -> list[Expression]:
    """The terms of a sum, a minus before the whole of it taken inside."""
    if tree.op == "neg":
        return [negative(term) for term in _terms(tree.args[0])]
    if tree.op in ("add", "sub"):
        last = tree.args[1]
        return [*_terms(tree.args[0]), last if tree.op == "add" else negative(last)]
    return [tree]


def _weighted_log(term: Expression) -> tuple[Expression, Expression] | None:
    """(y, p) of the term y·ln p."""
    factors: list[Expression] = []
    while term.op == "mul":
        factors.append(term.args[1])
        term = term.args[0]
    factors.append(term)
    logs = [factor for factor in factors if factor.op == "log"]
    if len(logs) != 1:
        return None
    weight = product(*[factor for factor in reversed(factors) if factor.op != "log"]) if len(factors) > 1 else ONE
    return weight, logs[0].args[0]


def _is_rest(weight: Expression, other: Expression) -> bool:
    """Whether the other weight is 1 − weight."""
    if other == operation("sub", ONE, weight):
        return True
    first, second = constant_of(weight), constant_of(other)
    return first is not None and second is not None and first + second == 1
