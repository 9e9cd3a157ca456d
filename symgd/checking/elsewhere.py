"""A formula over vectors or data at other points than the problem's own: there a wrong one may be right by chance."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.checking.claims import Claim, Part
from symgd.checking.comparing import alike, entries_at
from symgd.checking.findings import Finding, is_zero
from symgd.checking.formulas import leaves_a_trace, left_out
from symgd.checking.verdict import Shown
from symgd.checking.world import Key, World, worth
from symgd.expressions.tree import Expression, nodes
from symgd.numbers.bounded import shown
from symgd.numbers.systems import rational
from symgd.numbers.values import entries_of, shaped_as

if TYPE_CHECKING:
    from symgd.checking.marking import Marker

Number = Any
#: Numbers to work with by hand, for one entry after the other; so many points of them, and of chance, are looked at.
_SMALL = (1, 2, -1, 3, 0, -2)
_POINTS, _BY_CHANCE = 4, 2
_KINDS = frozenset(("slope", "negative", "loss", "definition"))


def tried_elsewhere(marker: Marker, claim: Claim, key: Key | None, found: Finding) -> Finding:
    """What was found, but for a formula that is right only where the problem stands."""
    if key is None or key.at or found.status not in ("ok", "format", "lucky") or found.verdict != "equal":
        return found
    apart = _difference_elsewhere(marker, claim, key)
    return found if apart is None else Finding("slip", "different", value=found.value, counterexample=apart)


def agree_elsewhere(marker: Marker, tree: Expression, other: Expression, step: int) -> bool:
    """Whether two formulas are worth the same at other points, as far as anyone can tell."""
    for point in _points(marker):
        world = World(marker.problem, {Key("w", word, step): value for word, value in point.items()}, in_full=True)
        pair = [entries_at(Part(formula, ""), world, step) for formula in (tree, other)]
        one, two = ([] if found is None else found[0] for found in pair)
        if len(one) != len(two) or any(alike(*each) is False for each in zip(one, two, strict=True)):
            return False
    return True


def _difference_elsewhere(marker: Marker, claim: Claim, key: Key) -> Shown | None:
    """A point where a formula of a claim is proved to be another one than the right one, of small numbers first.

    Parameters whose values are put in stay.
    """
    kind = "" if claim.quantity is None else claim.quantity.kind
    formulas = [side for side in claim.sides if side.tree is not None and marker.facts.moves(side.tree)]
    for side in formulas if kind in _KINDS else ():
        kept = [dict(_put_in(marker, side, key, world)) for world in (*marker.worlds(), marker.truth)]
        apart = [_apart(marker, side, key, each) for each in kept]
        if None not in apart:
            return apart[0]
    return None


def _put_in(marker: Marker, side: Part, key: Key, world: World) -> Iterator[tuple[str, Number]]:
    """The parameters that a formula does without, with their values where these are put in."""
    right, tree = marker.facts.formula(key.name.removeprefix("-"), key.step), side.tree
    if right is None or tree is None:
        return
    numbers = {node.value for node in nodes(tree) if node.op == "number"}
    for word in left_out(marker.facts, right, tree):
        value = worth(world, Key("w", word, key.step))
        if leaves_a_trace(value) or (is_zero(value) and 0 in numbers) or (value is not None and 1 in numbers):
            yield word, value


def _apart(marker: Marker, side: Part, key: Key, kept: dict[str, Number]) -> Shown | None:
    """A point with some values as they are where a side differs from what is right."""
    for point in _points(marker):
        there = {Key("w", word, key.step): value for word, value in (point | kept).items()}
        if found := _difference(marker, side, key, World(marker.problem, there, in_full=True)):
            return Shown({word: shown(value) or "" for word, value in (point | kept).items()}, *found)
    return None


def _difference(marker: Marker, side: Part, key: Key, world: World) -> tuple[str | None, str | None] | None:
    """What a side is worth and what it should be, where these are proved to differ."""
    right, found = marker.expected(key, world), entries_at(side, world, key.step)
    if right is None or found is None:
        return None
    entries = entries_of(right)
    if len(entries) != len(found[0]):
        return None
    if not any(alike(one, other) is False for one, other in zip(entries, found[0], strict=True)):
        return None
    return shown(shaped_as(right, found[0])), shown(right)


def _points(marker: Marker) -> Iterator[dict[str, Number]]:
    """Other values for the parameters."""
    choose, start = random.Random(20_261_129), marker.facts.start
    chances = (Fraction(choose.randint(-200, 200), 97) for _ in itertools.count())
    for place in range(_POINTS + _BY_CHANCE):
        small = itertools.islice(itertools.cycle(_SMALL), place, None)
        numbers = map(Fraction, small) if place < _POINTS else chances
        yield {
            word: shaped_as(value, [rational(next(numbers)) for _ in entries_of(value)])
            for word, value in start.items()
        }
