"""The optimizer's settings: the method, the learning rate and the hyperparameters, as they are spelled anywhere."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from symgd.descent.optimizers import METHOD_SYNONYMS, OPTIMIZERS, SYNONYMS, Method
from symgd.descent.reading import entries, exact_number, plain_text, shortened, unknown
from symgd.errors import InputError
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, number, operation


class Range(NamedTuple):
    """What a hyperparameter may be: from `least` on, and below `below` where that is given."""

    least: Fraction
    below: Fraction | None = None


#: As PyTorch checks them. A moving average that forgets nothing (beta 1) would divide by 0 in its correction.
RANGES: Mapping[str, Range] = {
    "momentum": Range(Fraction(0)),
    "beta1": Range(Fraction(0), Fraction(1)),
    "beta2": Range(Fraction(0), Fraction(1)),
    "rho": Range(Fraction(0)),
    "eps": Range(Fraction(0)),
    "weight_decay": Range(Fraction(0)),
    "tolerance": Range(Fraction(0)),
}

#: Every name that a setting has, with the names that other libraries use.
SETTINGS = frozenset(
    {"learning_rate", "betas", *SYNONYMS, *(word for row in OPTIMIZERS.values() for word in row.defaults)}
)


def method_of(word: object) -> Method:
    """The row of an optimizer; raises InputError with the name that was meant.

    >>> method_of("SGD").name, method_of("AdamW").name
    ('gradient-descent', 'adamw')
    """
    key = plain_text("optimizer", word).strip().lower().replace("_", "-")
    key = METHOD_SYNONYMS.get(key, key)
    if key not in OPTIMIZERS:
        raise unknown("unknown-optimizer", str(word), OPTIMIZERS)
    return OPTIMIZERS[key]


def spelled_out(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings by our names: lr is learning_rate, betas are beta1 and beta2; refuses one that stands there twice.

    >>> spelled_out({"lr": "0.1", "betas": [0.8, 0.9]})
    {'learning_rate': '0.1', 'beta1': 0.8, 'beta2': 0.9}
    """
    found: dict[str, Any] = {}
    for word, value in given.items():
        for name, part in _pair(value).items() if word == "betas" else [(SYNONYMS.get(word, word), value)]:
            if name in found:
                raise InputError("setting-twice", name=name)
            found[name] = part
    return found


def _pair(value: Any) -> dict[str, Any]:
    parts = entries(value)
    if parts is None or len(parts) != 2:
        raise InputError("betas", value=shortened(value))
    return {"beta1": parts[0], "beta2": parts[1]}


def settings_of(method: Method, given: Mapping[str, Any]) -> tuple[Expression, dict[str, Fraction]]:
    """The learning rate as an expression in t, and the hyperparameters; raises InputError.

    >>> settings_of(OPTIMIZERS["momentum"], {"learning_rate": "0.1/t"})[0]
    Expression('0.1/t')
    """
    for word in given:
        if word not in method.defaults:
            raise unknown("unknown-setting", word, method.defaults, method=method.name)
    settings: dict[str, Any] = {**method.defaults, **given}
    schedule = rate_of(settings.pop("learning_rate"))
    return schedule, {word: within_range(word, exact_number(value, word)) for word, value in settings.items()}


def within_range(word: str, value: Fraction) -> Fraction:
    """The value of a hyperparameter; raises InputError outside its range."""
    least, below = RANGES[word]
    if below is not None and not least <= value < below:
        raise InputError("setting-between", name=word, least=least, below=below)
    if value < least:
        raise InputError("setting-least", name=word, least=least)
    return value


def rate_of(value: Any) -> Expression:
    """A learning rate: a number, or an expression in t, the number of the update; of several numbers a vector."""
    several = entries(value)
    if several:
        return operation("vector", *[number(exact_number(each, "learning_rate")) for each in several])
    return _schedule(value) if isinstance(value, str) else number(exact_number(value, "learning_rate"))


@functools.lru_cache(maxsize=256)
def _schedule(value: str) -> Expression:
    """A learning rate written as text: most problems have one of a few."""
    tree = read(value, names=["t"])
    strange = [word for word in tree.names if word != "t"]
    if strange:
        raise InputError("rate-name", name=strange[0], text=value, position=max(0, value.find(strange[0])))
    if not tree.names:
        exact_number(value, "learning_rate")  # refuses pi, and sizes beyond measure
    return tree
