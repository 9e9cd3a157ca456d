"""The value of a tree at a point, exact where it is rational, with proved digits where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgd.calculus.bridge import proves
from symgd.errors import DomainError, InputError, PrecisionError
from symgd.expressions.tree import Expression
from symgd.numbers.systems import ExactSystem
from symgd.numbers.values import Ball, Value, entries_of

#: With more bits than these a value is given up.
_MOST_BITS = 8_192


def value_at(tree: Expression, point: Mapping[str, Any], bits: int = 128) -> Value:
    """The value of a tree at a rational point, with at least thirty proved digits where it is not rational."""
    while True:
        system = ExactSystem(bits, prove=proves)
        with system.precision():
            try:
                value = system.public(
                    system.assign(tree, {word: system.number(number) for word, number in point.items()})
                )
                if bits > _MOST_BITS or all(_has_digits(entry) for entry in entries_of(value)):
                    return value
            except PrecisionError:
                if bits > _MOST_BITS:
                    raise InputError("undecided", part=tree.text()) from None
            except DomainError as error:
                raise InputError("no-value", part=str(error.part)) from None
        bits *= 2


def _has_digits(value: Value) -> bool:
    return not isinstance(value, Ball) or value.digits(30) is not None
