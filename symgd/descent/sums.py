"""The sums over rows in a line of working: their terms, so that a reader can add them up."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symgd.expressions.tree import Expression, without_series
from symgd.numbers.systems import ExactSystem, NumberSystem
from symgd.numbers.values import whole

#: Terms of a sum that a line prints one by one.
MOST_TERMS = 12


def sums_in(tree: Expression, values: Mapping[str, Any], system: NumberSystem) -> dict[str, Any]:
    """Each sum over an index by the name that `without_series` gives it: its terms as public values, in order.

    Of a sum with more than a dozen terms it is the value. Raises DomainError, PrecisionError.
    """
    found: dict[str, Any] = {}
    for word, node in without_series(tree)[1].items():
        low, high = (whole(system.public(system.evaluate(bound, values))) for bound in node.args[2:])
        if high - low >= MOST_TERMS:
            found[word] = system.public(system.evaluate(node, values))
        else:
            found[word] = tuple(_term(node, place, values, system) for place in range(low, high + 1))
    return found


def _term(node: Expression, place: int, values: Mapping[str, Any], system: NumberSystem) -> Any:
    index = {node.args[1].name: system.number(Fraction(place))}
    return system.public(system.evaluate(node.args[0], {**values, **index}))


def sums_at(tree: Expression, point: Mapping[str, Any]) -> dict[str, Any]:
    """The same at a point of public values, exactly."""
    system = ExactSystem(_BITS)
    with system.precision():
        return sums_in(tree, {word: system.number(value) for word, value in point.items()}, system)


_BITS = 256
