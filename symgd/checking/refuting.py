"""Whether a student's own numbers speak against an explanation of their line.

`w = 0.5 + 0.4 = 0.9` is no step by the learning rate alone, though that gives 0.9 too: 0.5 is not the weight that
the student stands at. A number has a place in an explanation if it is the value of a part of its formula, or a
quantity of that update.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

from symgd.calculus.algebra import negative
from symgd.checking.comparing import alike, side_value
from symgd.checking.spots import Guess, Spot
from symgd.checking.world import Changes, Key, worth
from symgd.expressions.tree import Expression, nodes
from symgd.numbers.bounded import NoValue
from symgd.numbers.meanings import is_rational
from symgd.numbers.values import entries_of

#: Two numbers are one where they differ by less than this share: a student rounds.
_ALIKE = 0.006
#: What is true or false has no size.
TRUTHS = frozenset(("lt", "le", "gt", "ge", "true"))
#: Rules of derivation bring these in.
_SMALL = (2.0, 0.5)


def refuted(spot: Spot, guess: Guess, base: int) -> bool:
    """Whether the line works with a number, or adds something, that the explanation has no place for."""
    return _adds_to_the_right(spot, guess, base) or any(
        not any(_same(number, place) for place in _places(spot, guess, base)) for number in _written(spot)
    )


def _adds_to_the_right(spot: Spot, guess: Guess, base: int) -> bool:
    """Whether a slope is the right one and something more, which the explanation is not: 2(1 − 3) + 2(0 + 1)."""
    right = next(spot.under(Changes()), None) if spot.kind in ("slope", "negative") else None
    if right is None or guess.formula is None:
        return False

    def has_right(tree: Expression) -> bool:
        values = (side_value(term, spot.world, base) for term in terms_of(tree))
        return any(alike(right.value, value) for value in values if not isinstance(value, NoValue | None))

    trees = (side.tree for side in spot.claim.sides if side.tree is not None)
    sums = (tree for tree in trees if tree.op in ("add", "sub") and not tree.names)
    return any(map(has_right, sums)) and not has_right(guess.formula)


def terms_of(tree: Expression) -> list[Expression]:
    """The terms of a sum, each with its sign.

    >>> from symgd.expressions.reader import read
    >>> [term.text() for term in terms_of(read("2*a - (b - 1)"))]
    ['2·a', '−b', '1']
    """
    if tree.op == "add":
        return [term for part in tree.args for term in terms_of(part)]
    if tree.op == "sub":
        return [*terms_of(tree.args[0]), *map(negative, terms_of(tree.args[1]))]
    return [tree]


def _written(spot: Spot) -> Iterator[float]:
    """The numbers that a line without names works with, its result aside."""
    for side in spot.claim.sides[:-1]:
        if side.tree is not None and not side.tree.names:
            numbers = (node.value for node in nodes(side.tree) if node.op == "number")
            yield from (abs(float(value)) for value in numbers if value not in (0, 1))


def _places(spot: Spot, guess: Guess, base: int) -> Iterator[float]:
    """What a number may be in an explanation."""
    if spot.kind not in ("weight", "change"):
        yield from _SMALL
    yield from _of_update(spot, guess)
    if guess.formula is not None:
        yield from _of_formula(guess.formula, spot, base)


def _of_formula(formula: Expression, spot: Spot, base: int) -> Iterator[float]:
    """The values of all parts of a formula, with the student's numbers put in."""
    for node in nodes(formula):
        if node.op not in TRUTHS:
            yield from _sizes(side_value(node, spot.world, base))


def _of_update(spot: Spot, guess: Guess) -> Iterator[float]:
    """What an update knows: the weights, slopes and rows there, the settings, and what the explanation makes of it."""
    world, facts, step = spot.world, spot.world.facts, spot.update
    for word, slope in facts.slopes.items():
        known = [Key("w", word, step), Key("w", word, step + 1), Key(slope, "", step - 1), Key(slope, "", step)]
        known += [Key(row.target, word, step) for row in facts.equations]
        known += [Key(state, word, step - 1) for state in facts.carried]
        for key in known:
            yield from _sizes(worth(world, key))
    if spot.kind == "weight" and (before := spot.before("w")) is not None:
        yield from _sizes(guess.value - before)
    for value in (
        guess.value,
        worth(world, Key("eta", "", step)),
        *facts.settings.values(),
        *facts.constants.values(),
    ):
        yield from _sizes(value)
    for tree in facts.formulas.values():
        yield from _of_formula(tree, spot, step)


def _sizes(value: Any) -> Iterator[float]:
    """The sizes of a number, or of the entries of a vector, as floats; of what is no number nothing."""
    for entry in entries_of(value):
        with contextlib.suppress(AttributeError, OverflowError, ZeroDivisionError, TypeError, ValueError):
            size = abs(float(entry.p) / float(entry.q) if is_rational(entry) else float(entry.mid()))
            yield from (size,) if math.isfinite(size) else ()


def _same(number: float, place: float) -> bool:
    return abs(number - place) <= _ALIKE * max(number, place)
