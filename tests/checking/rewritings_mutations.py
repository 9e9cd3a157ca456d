"""Mutations: one change that makes another function of an expression, as students' slips and fingers do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random

from symgd.expressions.tree import Expression, name, number, operation

#: Gets a part, all names of the whole, and chance.
Mutation = Callable[[Expression, tuple[str, ...], Random], Expression | None]

_OTHER_SIGN = {"add": "sub", "sub": "add"}
_OTHER_FUNCTIONS = {
    "sin": ("cos", "tanh"),
    "cos": ("sin",),
    "tanh": ("sigmoid", "sin", "sinh"),
    "sigmoid": ("tanh", "softplus", "relu"),
    "exp": ("cosh", "sinh", "softplus"),
    "log": ("sqrt",),
    "sqrt": ("log", "abs"),
    "abs": ("relu", "tanh"),
    "relu": ("softplus", "abs"),
    "softplus": ("relu", "exp"),
    "max": ("min",),
    "min": ("max",),
    "cosh": ("sinh", "exp"),
    "sinh": ("cosh", "exp"),
}


def sign(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
    """a + b as a - b; the other way round; -a as a."""
    if part.op == "neg":
        return part.args[0]
    return operation(_OTHER_SIGN[part.op], *part.args) if part.op in _OTHER_SIGN else None


def coefficient(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
    """Another number: doubled, halved, ten times, one more."""
    if part.op != "number":
        return None
    value = part.value
    return number(rng.choice([value * 2, value / 2, value * 10, value / 10, value + 1]))


def exponent(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
    """One more or one less in the exponent."""
    if part.op != "pow" or part.args[1].op != "number":
        return None
    old = part.args[1].value
    return operation("pow", part.args[0], number(old + 1 if old <= 1 else old + rng.choice([1, -1])))


def dropped_term(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
    """a + b as a, or as b."""
    return rng.choice(part.args) if part.op in _OTHER_SIGN else None


def dropped_factor(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
    """a*b as a, or as b."""
    return rng.choice(part.args) if part.op == "mul" else None


def swapped_parameter(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
    """Another parameter in the place of one."""
    others = [word for word in names if word != part.name]
    return name(rng.choice(others)) if part.op == "name" and others else None


def swapped_function(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
    """Another function of the same argument."""
    others = _OTHER_FUNCTIONS.get(part.op)
    return operation(rng.choice(others), *part.args) if others else None


def moved_constant(places: int) -> Mutation:
    """A number moved by a relative 10^-places."""

    def move(part: Expression, names: tuple[str, ...], rng: Random) -> Expression | None:
        if part.op != "number" or part.value == 0:
            return None
        return number(part.value * (1 + rng.choice([1, -1]) * Fraction(1, 10**places)))

    return move


MUTATIONS: Mapping[str, Mutation] = {
    "sign": sign,
    "coefficient": coefficient,
    "exponent": exponent,
    "dropped term": dropped_term,
    "dropped factor": dropped_factor,
    "swapped parameter": swapped_parameter,
    "swapped function": swapped_function,
    **{f"constant moved by 1e-{places}": moved_constant(places) for places in range(1, 13)},
}
