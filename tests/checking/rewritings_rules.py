"""The rewritings as rows: two texts with letters that stand for parts of a tree.

A, B, C stand for anything, P and Q for what is positive by its form, X for a name, K for a positive number.
A letter on the right alone is free: A, B, C, P, Q must not be, X is a name of the part, K a new constant,
T a small part of the part itself, so that nothing enters whose domain was not there before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random
from typing import NamedTuple

from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, fold, name, nodes, number, operation, substitute

Rewrite = Callable[[Expression, Random], Expression | None]
Bound = dict[str, Expression]
RATIONAL = frozenset({"number", "name", "add", "sub", "mul", "div", "pow", "neg"})
LETTERS = frozenset("ABCPQXKT")


class Rewriting(NamedTuple):
    """One way of rewriting: `rewrite` gives the new part, None where it does not fit.

    `sample` is a text (with the letters above) that it fits; `rational` says that it brings in no functions.
    """

    rewrite: Rewrite
    sample: str
    rational: bool


# what is positive ---------------------------------------------------------------------------------------------

_ALWAYS = {"exp": 2, "sigmoid": 2, "softplus": 2, "cosh": 2, "e": 2, "pi": 2, "abs": 1, "relu": 1}


def sign_by_form(tree: Expression) -> int:
    """2 where the form shows that it is positive, 1 where it shows that it is not negative, else 0.

    >>> [sign_by_form(read(text)) for text in ("w^2 + 1", "exp(w)*w^2", "w + 1", "w^2 - 1")]
    [2, 1, 0, 0]
    """
    return fold(tree, _sign)


def _sign(node: Expression, below: tuple[int, ...]) -> int:
    if node.op == "number":
        return (node.value >= 0) + (node.value > 0)
    if node.op == "add":
        return max(below) if min(below) else 0
    if node.op in ("mul", "div"):
        return min(below)
    if node.op == "sqrt":
        return 2 if below[0] == 2 else 1
    if node.op == "pow":
        return _sign_of_power(node, below[0])
    return _ALWAYS.get(node.op, 0)


def _sign_of_power(node: Expression, base: int) -> int:
    if base == 2:
        return 2
    exponent = whole(node.args[1])
    return 1 if exponent is not None and exponent > 0 and exponent % 2 == 0 else 0


def whole(tree: Expression) -> int | None:
    """The integer that a number is."""
    return int(tree.value) if tree.op == "number" and tree.value.denominator == 1 else None


# patterns -----------------------------------------------------------------------------------------------------

_FITS: Mapping[str, Callable[[Expression], bool]] = {
    "P": lambda part: sign_by_form(part) == 2,
    "Q": lambda part: sign_by_form(part) == 2,
    "X": lambda part: part.op == "name",
    "K": lambda part: part.op == "number" and part.value > 0,
}


def matched(pattern: Expression, tree: Expression) -> Bound | None:
    """What the letters of a pattern stand for in a tree."""
    bound: Bound = {}
    return bound if _match(pattern, tree, bound) else None


def _match(pattern: Expression, tree: Expression, bound: Bound) -> bool:
    if pattern.op == "name":
        letter = pattern.name
        fits = _FITS.get(letter)
        return bound.setdefault(letter, tree) == tree and (fits is None or fits(tree))
    if pattern.op != tree.op or len(pattern.args) != len(tree.args):
        return False
    if pattern.op == "number":
        return pattern == tree
    return all(_match(one, other, bound) for one, other in zip(pattern.args, tree.args, strict=True))


def _free(letter: str, tree: Expression, rng: Random) -> Expression | None:
    """What a letter that is on the right alone stands for."""
    if letter == "K":
        return number(Fraction(rng.randint(2, 40), rng.choice([1, 1, 10])))
    if letter == "X":
        return name(rng.choice(tree.names)) if tree.names else None
    parts = [part for part in nodes(tree) if len(list(nodes(part))) <= 7]
    return rng.choice(parts) if parts else None


def _by_pattern(left: Expression, right: Expression) -> Rewrite:
    free = [letter for letter in right.names if letter not in left.names]

    def rewrite(tree: Expression, rng: Random) -> Expression | None:
        bound = matched(left, tree)
        if bound is None:
            return None
        for letter in free:
            part = _free(letter, tree, rng)
            if part is None:
                return None
            bound[letter] = part
        return substitute(right, bound)

    return rewrite


def row(left: str, right: str) -> Rewriting:
    """A rewriting from two texts."""
    before, after = read(left, names=LETTERS), read(right, names=LETTERS)
    loose = {letter for letter in after.names if letter not in before.names}
    assert loose <= {"X", "K", "T"}, f"{right!r} brings in {loose}"
    return Rewriting(_by_pattern(before, after), left, before.operations | after.operations <= RATIONAL)


# rewritings that count ----------------------------------------------------------------------------------------


def decimal_as_fraction(tree: Expression, rng: Random) -> Expression | None:
    """0.1 as 1/10, 0.25 as 25/100 or as 1/4."""
    if tree.op != "number" or tree.value.denominator == 1:
        return None
    times = rng.choice([1, 1, 5, 10])
    return operation("div", number(tree.value.numerator * times), number(tree.value.denominator * times))


def fraction_as_decimal(tree: Expression, rng: Random) -> Expression | None:
    """1/10 as 0.1, where it terminates."""
    if tree.op != "div" or any(part.op != "number" for part in tree.args) or tree.args[1].value == 0:
        return None
    quotient = tree.args[0].value / tree.args[1].value
    return number(quotient) if 10**12 % quotient.denominator == 0 else None


def power_split(tree: Expression, rng: Random) -> Expression | None:
    """A^5 as A^2*A^3, A^2 as A^1*A^1."""
    exponent = whole(tree.args[1]) if tree.op == "pow" else None
    if exponent is None or not 2 <= exponent <= 9:
        return None
    first = rng.randint(1, exponent - 1)
    parts = [operation("pow", tree.args[0], number(one)) for one in (first, exponent - first)]
    return operation("mul", *parts)


def powers_joined(tree: Expression, rng: Random) -> Expression | None:
    """A^2*A^3 as A^5."""
    if tree.op != "mul" or any(part.op != "pow" for part in tree.args) or tree.args[0].args[0] != tree.args[1].args[0]:
        return None
    exponents = [whole(part.args[1]) for part in tree.args]
    if any(exponent is None or exponent < 1 for exponent in exponents):
        return None
    return operation("pow", tree.args[0].args[0], number(sum(exponent or 0 for exponent in exponents)))


def constant_split(tree: Expression, rng: Random) -> Expression | None:
    """3 as 1.5 + 1.5 or 4 - 1: a constant as a sum of two."""
    if tree.op != "number":
        return None
    part = Fraction(rng.randint(1, 30), 10)
    if part < tree.value:
        return operation("add", number(part), number(tree.value - part))
    return operation("sub", number(tree.value + part), number(part))
