"""Lines that say of a quantity only that it is itself: w1 = w1, g = dL/dw."""

from __future__ import annotations

import re

from symgd.checking.claims import Claim
from symgd.checking.comparing import key_of
from symgd.checking.world import Key, World

_RELATIONS = re.compile(r"[=≈＝≒]")


def repeats(claim: Claim) -> bool:
    """Whether all sides of a claim are the same words: w = w."""
    said = ["".join(words.split()) for words in _RELATIONS.split(claim.text)]
    return len(said) > 1 and len({*said}) == 1


def says_itself(claim: Claim, key: Key, world: World, base: int) -> bool:
    """Whether all sides of a claim are its own quantity by any of its names.

    `key` is that quantity, and the names of the claim are those after `base` updates.
    """
    of_negative = claim.quantity if claim.kind == "negative" else None
    own = key._replace(entry=(), at=())
    own = own if of_negative is None else own._replace(name=of_negative.name, parameter="")
    trees = [part.tree for side in claim.sides for part in side.parts or (side,)]
    return all(tree is not None and _is_made_of(tree.names, own, world, base) for tree in trees)


def _is_made_of(names: tuple[str, ...], own: Key, world: World, base: int) -> bool:
    """Whether there are names, and all are those of one quantity."""
    return bool(names) and all(key_of(word, base, world) == own for word in names)
