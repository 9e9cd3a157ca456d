"""How lines are marked: the table [marks] of a problem file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symgd.descent.reading import exact_number, switch, unknown, whole
from symgd.errors import InputError


@dataclass(frozen=True, slots=True)
class Policy:
    """What a line is worth and what a mistake costs.

    `points` is what each line is worth; with `quantities` only those count, each with its own points. With
    `follow_through` a value that follows from the student's own wrong one earns its points. `penalty` is taken off for
    each slip. `form` is the share for a right value with wrong decimals, `domain` that for a formula equal only where
    both exist. `decimals` is the "to so many decimal places" of the task.

    >>> policy_of({"points": 2, "quantities": {"w1[1]": 3}}).quantities
    {'w1[1]': Fraction(3, 1)}
    """

    points: Fraction = Fraction(1)
    quantities: Mapping[str, Fraction] = field(default_factory=dict)
    follow_through: bool = True
    penalty: Fraction = Fraction(0)
    form: Fraction = Fraction(1)
    domain: Fraction = Fraction(1)
    decimals: int | None = None


#: Points are fewer than so many.
_BEYOND = 10_001
_SHARES = ("form", "domain")
_NUMBERS = ("points", "penalty", "form", "domain")
KEYS = (*_NUMBERS, "quantities", "follow_through", "decimals")


def policy_of(table: Mapping[str, Any] | None) -> Policy:
    """The policy of a table; raises InputError for a key or a value that means nothing."""
    if not table:
        return Policy()
    for key in table:
        if key not in KEYS:
            raise unknown("unknown-key", key, KEYS, table="marks")
    found: dict[str, Any] = {key: _amount(key, table[key]) for key in _NUMBERS if key in table}
    for key in _SHARES:
        if key in found and found[key] > 1:
            raise InputError("setting-share", name=key)
    if "quantities" in table:
        if not isinstance(table["quantities"], Mapping):
            raise InputError("not-a-table", name="quantities")
        found["quantities"] = {spelled(word): _amount(word, value) for word, value in table["quantities"].items()}
    if "follow_through" in table:
        found["follow_through"] = switch("follow_through", table["follow_through"])
    if "decimals" in table:
        found["decimals"] = whole("decimals", table["decimals"], 0, 50)
    return Policy(**found)


def _amount(word: str, value: Any) -> Fraction:
    amount = exact_number(value, word)
    if amount < 0:
        raise InputError("setting-least", name=word, least=0)
    if amount >= _BEYOND:
        raise InputError("setting-between", name=word, least=0, below=_BEYOND)
    return amount


def spelled(word: str) -> str:
    """A quantity as it is looked up: without blanks, ∂ as d.

    >>> spelled("∂L/∂w1 [2]")
    'dL/dw1[2]'
    """
    return "".join(word.split()).replace("∂", "d").replace("−", "-")
