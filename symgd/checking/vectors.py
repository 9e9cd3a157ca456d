"""Lines about vectors and matrices, entry by entry."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from symgd.checking.claims import Claim, Part
from symgd.checking.comparing import entries_at, standing
from symgd.checking.facts import Facts
from symgd.checking.findings import Finding, best
from symgd.checking.judge import CLOSE
from symgd.checking.notations import Quantity, outer, shape_of
from symgd.checking.roundings import is_irrational, is_nearly, is_too_fine
from symgd.errors import InputError
from symgd.expressions.shapes import typed
from symgd.expressions.tree import Expression, nodes
from symgd.numbers.values import entries_of, is_array, shaped_as

if TYPE_CHECKING:
    from symgd.checking.marking import Marker
    from symgd.checking.world import Key, World

Number = Any
Shape = tuple[int, ...]


class _Side(NamedTuple):
    """A side as it was written, its entries and its shape."""

    part: Part
    entries: list[Number]
    shape: Shape


class _Chain(NamedTuple):
    """The sides of a claim, and the first relation between them that does not hold."""

    sides: Sequence[_Side]
    broken: int | None


def vector_finding(marker: Marker, claim: Claim, key: Key | None, worlds: Sequence[World]) -> Finding:
    """What a claim about a vector or a matrix comes to."""
    signs = claim.signs[1:] if key else claim.signs
    chains = [chain for world in worlds if (chain := _chain(marker, claim, signs, world)) is not None]
    if not chains:
        return Finding("unknown", "unknown", "")
    # with what was written, or what the student may have kept in full
    sides, broken = next((chain for chain in chains if chain.broken is None), chains[0])
    if key is None and broken is not None and (_is_equation(claim, marker) or _may_be_later(claim, marker)):
        return Finding("unknown", "unknown", "")
    if key is None:
        return Finding("ok", "equal") if broken is None else Finding("slip", "different", broken=broken)
    expected, last = marker.expected(key, marker.truth), sides[-1]
    if expected is None:
        return Finding("unknown", "unknown", "")

    def standing_in(some: Sequence[World]) -> str:
        wanted = (marker.expected(key, world, derived=True) for world in some)
        known = (_of(value) for value in wanted if value is not None)
        return best(["no", *(_standing(side, last, marker.decimals, claim.signs[-1]) for side in known)])

    right, own = standing_in((marker.truth, marker.unrounded)), standing_in(worlds)
    known = len(entries_of(expected)) == len(last.entries)
    stated = shaped_as(expected, last.entries) if known else None
    if broken is not None:
        return Finding("slip", "different", broken=broken, value=stated)
    if own != "no" and (right != "no" or not marker.kept):
        is_form = "format" in (right, own) or _is_too_fine(marker, key, last)
        return Finding("format" if is_form else "ok", "equal", value=stated)
    if own != "no":
        trivial = marker.is_trivial(key)
        return Finding("slip" if trivial else "carried", "different", value=stated, follows=trivial)
    return Finding("lucky", "equal", value=stated) if right != "no" else Finding("slip", "different", value=stated)


def _is_equation(claim: Claim, marker: Marker) -> bool:
    """Whether a claim may be what parameters are to fulfil: A w = b, with names on every side."""
    names = [side.tree.names for side in claim.sides if side.tree is not None]
    return len(names) == len(claim.sides) and all(names) and any({*some} & {*marker.facts.start} for some in names)


def as_next_weight(marker: Marker, claim: Claim) -> Claim:
    """A claim about a weight with a prime, w' = (0, 0.9), as one about the next weight where it is right of that.

    It stays as it is where it is true of the transpose, and is for the teacher where it is neither.
    """
    tree = claim.sides[0].tree if claim.quantity is None and not claim.own and len(claim.sides) > 1 else None
    word = "" if tree is None else _primed(tree)
    start = marker.facts.start.get(word)
    if tree is None or start is None or not is_array(start) or not {*tree.names} <= {word, "T"}:
        return claim
    if marker.finding(claim, None, marker.worlds()).status != "slip":
        return claim
    stated = [key.step for key in marker.printed if key.name == "w" and key.parameter == word]
    update = max([claim.update, *stated]) + 1
    meant = replace(claim, quantity=Quantity("weight", "w", word), sides=claim.sides[1:], update=update)
    is_right = marker.finding(meant, marker.key(meant), marker.worlds()).status in ("ok", "format", "carried")
    return meant if is_right else claim.for_the_teacher()


def _primed(tree: Expression) -> str:
    """The name that stands with primes, w' or w'', or is raised; "" of any other formula."""
    if tree.op == "name":
        return tree.name
    return _primed(tree.args[0]) if tree.op in ("transpose", "pow") else ""


def _may_be_later(claim: Claim, marker: Marker) -> bool:
    """Whether after which update weights are meant is not told: beside each other, (w2, w1), or numbered, w[1] − b."""
    start = marker.facts.start
    inside = (node for side in claim.sides if side.tree is not None for node in nodes(side.tree))
    return any(entry.tree and {*entry.tree.names} & {*start} for entry in claim.sides[0].parts) or any(
        node.op == "index" and node.args[0].name in start for node in inside
    )


def _chain(marker: Marker, claim: Claim, signs: Sequence[str], world: World) -> _Chain | None:
    """The sides of a claim in a world; None where one is not known."""
    found = [_side(part, world, marker.base(claim)) for part in claim.sides]
    sides = [side for side in found if side is not None]
    return None if len(sides) < len(found) else _Chain(sides, _broken(sides, signs, marker.decimals))


def _of(value: Number) -> _Side:
    return _Side(Part(None, ""), entries_of(value), getattr(value, "shape", ()))


def _side(part: Part, world: World, step: int) -> _Side | None:
    found = entries_at(part, world, step)
    return None if found is None else _Side(part, *found)


def _broken(sides: Sequence[_Side], signs: Sequence[str], decimals: int | None) -> int | None:
    """The first relation between vectors that does not hold."""
    for place, pair in enumerate(itertools.pairwise(sides)):
        if _standing(*pair, decimals, signs[place]) == "no":
            return place
    return None


def _standing(first: _Side, side: _Side, decimals: int | None, sign: str) -> str:
    """How a side stands to values, entry by entry: the worst of them."""
    shapes = [tuple(size for size in shape if size != 1) for shape in (first.shape, side.shape)]
    turned = shapes[0] != shapes[1] and min(map(len, shapes)) > 1
    if turned or len(first.entries) != len(side.entries):
        return "no"
    parts = _parts(side)
    trios = zip(first.entries, parts, side.entries, strict=True)
    found = [standing(value, part, shown, decimals, sign) for value, part, shown in trios]
    if "no" in found and (sign == "≈" or any(map(is_irrational, first.entries))) and _are_near(first, side):
        return "rounded" if sign == "≈" else "format"
    return next((one for one in ("unknown", "no", "format", "rounded") if one in found), "equal")


def _are_near(first: _Side, side: _Side) -> bool:
    """Whether a formula has the entries of another but for numbers that were rounded in it."""
    if any(part.unit is not None for part in _parts(side)):
        return False
    return all(is_nearly(value, shown, CLOSE) for value, shown in zip(first.entries, side.entries, strict=True))


def _parts(side: _Side) -> tuple[Part, ...]:
    own = side.part.parts
    return own if len(own) == len(side.entries) else (Part(None, ""),) * len(side.entries)


def _is_too_fine(marker: Marker, key: Key, last: _Side) -> bool:
    """Whether an entry has more decimal places than were asked for."""
    decimals = marker.decimals
    if decimals is None or (key.name == "w" and key.step == 0):
        return False
    return any(is_too_fine(part, shown, decimals) for part, shown in zip(_parts(last), last.entries, strict=True))


def is_of_vectors(claim: Claim, expected: Number | None) -> bool:
    """Whether a claim is about a vector or a matrix."""
    return any(side.parts for side in claim.sides) or is_array(expected)


def is_of_shape(part: Part, shape: Shape, facts: Facts) -> bool:
    """Whether a side is a vector of any length where one is wanted, or a matrix or a formula of this shape."""
    if part.parts:
        return len(shape) == 1 or part.shape == shape
    return part.tree is not None and _shape_in(part.tree, facts) == shape


def _shape_in(tree: Expression, facts: Facts) -> Shape:
    """The shape of a formula in the names of quantities; () of a number, and where its shapes do not fit."""
    known = {} if facts.problem.shaped is None else facts.problem.shaped.shapes
    own = {word: shape_of(found, facts) for word in tree.names if (found := outer(word, facts)) is not None}
    try:
        return typed(tree, {**known, **own}).shape
    except InputError:
        return ()
