"""A formula over vectors or data at other points than the problem's own: there a wrong one may be right by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.checking.claims import Claim, Part
from symgd.checking.comparing import alike, entries_at
from symgd.checking.world import Key, World
from symgd.numbers.systems import rational
from symgd.numbers.values import entries_of, shaped_as

if TYPE_CHECKING:
    from symgd.checking.marking import Marker

Number = Any
_POINTS = 2
_KINDS = frozenset(("slope", "negative", "loss", "definition"))


def differs_elsewhere(marker: Marker, claim: Claim, key: Key) -> bool:
    """Whether a formula of a claim is proved to be another one than the right one is, at some other point."""
    kind = "" if claim.quantity is None else claim.quantity.kind
    moving = {*marker.facts.start, *marker.facts.formulas}
    formulas = [side for side in claim.sides if side.tree is not None and moving & {*side.tree.names}]
    if kind not in _KINDS or not formulas:
        return False
    return any(_differs(marker, side, key, world) for world in _worlds(marker, key.step) for side in formulas)


def _differs(marker: Marker, side: Part, key: Key, world: World) -> bool:
    right, found = marker.expected(key, world), entries_at(side, world, key.step)
    if right is None or found is None:
        return False
    entries = entries_of(right)
    if len(entries) != len(found[0]):
        return False
    return any(alike(one, other) is False for one, other in zip(entries, found[0], strict=True))


def _worlds(marker: Marker, step: int) -> Iterator[World]:
    """The problem with its parameters at other values after so many updates."""
    choose = random.Random(20_261_129)
    for _ in range(_POINTS):
        stated = {}
        for word, start in marker.facts.start.items():
            values = [rational(Fraction(choose.randint(-200, 200), 97)) for _ in entries_of(start)]
            stated[Key("w", word, step)] = shaped_as(start, values)
        yield World(marker.problem, stated, in_full=True)
