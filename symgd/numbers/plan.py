"""A tree laid out for evaluation: each shared node once, operands by their place. Made once a formula."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import NamedTuple

from symgd.expressions.operations import DEFAULTS, OPERATIONS
from symgd.expressions.tree import Expression, nodes, number


class Stop(NamedTuple):
    """One node: its operation, the places of its operands, the name of its domain, and the node itself."""

    op: str
    operands: tuple[int, ...]
    domain: str
    node: Expression


@functools.lru_cache(maxsize=4096)
def plan(tree: Expression) -> tuple[Stop, ...]:
    """The nodes in an order in which operands come first; defaults of left-out operands are filled in.

    >>> [stop.op for stop in plan(number(2))]
    ['number']
    """
    places: dict[int, int] = {}
    stops: list[Stop] = []
    for node in nodes(tree):
        operands = tuple(places[id(argument)] for argument in node.args)
        if node.op in DEFAULTS and len(operands) == 1:
            stops.append(Stop("number", (), "real", _default(DEFAULTS[node.op])))
            operands += (len(stops) - 1,)
        domain = OPERATIONS[node.op].domain if node.op in OPERATIONS else "real"
        places[id(node)] = len(stops)
        stops.append(Stop(node.op, operands, domain, node))
    return tuple(stops)


@functools.cache
def _default(value: Fraction) -> Expression:
    return number(value)
