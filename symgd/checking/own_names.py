"""Names that a student gives to what the problem does not name: pred = w·x + b = 1.3, error = pred − y = 0.3.

What is said of such a name is its definition: the relations behind it are tested, later lines may work with it, and
it earns nothing. A lone number says nothing that could be tested.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symgd.checking.claims import Claim, Part
from symgd.checking.comparing import alike, name_value, side_value, standing
from symgd.checking.findings import Finding
from symgd.checking.loss_parts import loss_parts
from symgd.checking.relations import chain_of
from symgd.checking.values import around, overlap
from symgd.checking.vectors import is_of_vectors, vector_finding
from symgd.checking.wordings import names_of
from symgd.checking.world import Own, World
from symgd.expressions.tree import Expression, name, substitute
from symgd.numbers.bounded import NoValue, Number, value_of
from symgd.numbers.values import is_array

if TYPE_CHECKING:
    from symgd.checking.facts import Facts
    from symgd.checking.marking import Marker

#: Definitions inside one another are followed so deep.
_DEEPEST = 12
#: What is written for a change or a slope of something is no plain name.
_PLAIN = re.compile(r"(?!Δ|∇|Delta|nabla)[^\W\d][\w\u0300-\u036f]*")


def is_own(word: str, written: str, facts: Facts) -> bool:
    """Whether a name that is written so is a student's own: a plain one that means nothing in the problem.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> [is_own(word, word, facts) for word in ("pred", "w", "eta", "dL/dpred", "dw", "new_w")]
    [True, False, False, False, False, False]
    """
    if _PLAIN.fullmatch(written) is None or word == "T" or _may_be_known(written, facts):
        return False
    return name_value(word, World(facts.problem), 0) is None


def _may_be_known(written: str, facts: Facts) -> bool:
    """Whether a name may be meant for something of the problem: dw, new_w, a_1."""
    parameters, others = _any_of(facts.start), _any_of((*names_of(facts), facts.problem.loss_name))
    words = r"(?!delta_?\d*\Z)\w*(?:grad|slope|deriv|delta|new|old|next|prev|step|update)\w*"
    like = rf"(?i:{words}|d\w{{0,2}}?_?d?(?:{parameters}))"
    return re.fullmatch(rf"{like}|(?:{parameters})_?\w*|\w+_(?:{parameters})|(?:{others})_?\d+", written) is not None


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def own_finding(marker: Marker, claim: Claim) -> Finding | None:
    """What a definition comes to, which is kept for the lines behind it; None of a formula alone, which just is."""
    if (again := _said_again(marker, claim)) is not None:
        return again
    marker.forget(claim.own)
    if claim.unreadable:
        return Finding("unknown", "syntax", "")
    found = {step: _values(marker, claim, step) for step in (claim.update, claim.update + 1, claim.update - 1)}
    now = found[claim.update]
    if is_of_vectors(claim, now[0]):
        return _of_vectors(marker, claim)
    told = {step: values for step, values in found.items() if not any(map(_is_open, values))}
    is_number = len(claim.sides) == 1 and claim.sides[0].is_number
    if is_number and (part := _part_of_loss(marker, claim)) is not None:
        return part
    if not told or is_number:
        last = marker.last_number(claim, now)
        own = Own(None, last, claim.update, True, claim.sides[-1].unit)
        marker.name(claim.own, own, own)
        return Finding("unknown", "unknown", "", value=last)
    formula, is_soft = _formula(marker, claim), _is_soft(marker, claim)
    judged = {
        step: chain_of(marker, replace(claim, update=step), values, claim.signs) for step, values in told.items()
    }
    step = next((step for step, (broken, _) in judged.items() if broken is None), next(iter(judged)))
    values, (broken, status) = told[step], judged[step]
    first = claim.sides[0].tree
    assert first is not None  # of what has a value
    full = side_value(first, marker.worlds()[-1], step)  # of the right names before it
    printed, right = (Own(formula, _number(value), step, is_soft) for value in (values[-1], full))
    marker.name(claim.own, printed, right)
    if len(values) == 1:
        return None
    return Finding(status, "different" if broken is not None else "equal", broken=broken, value=values[-1])


def _is_open(value: Number | NoValue | None) -> bool:
    return value is None or is_array(value)


def _part_of_loss(marker: Marker, claim: Claim) -> Finding | None:
    """What the numbers of a name come to that is that of a part of the loss, where they are right; else None."""
    has_moved = any(key.name == "w" and key.step == claim.update + 1 for key in marker.printed)
    for part in loss_parts(claim.own, marker.facts):
        for step in (claim.update, claim.update + 1) if has_moved else (claim.update,):
            own = Own(part, _number(side_value(part, marker.worlds()[0], step)), step)
            marker.name(claim.own, own, own)
            of_it = replace(claim, update=step)
            found = _vectors(marker, _beside_itself(of_it)) if claim.sides[0].parts else _said_again(marker, of_it)
            if found is not None and found.status in ("ok", "format"):
                return found
            marker.forget(claim.own)
    return None


def _said_again(marker: Marker, claim: Claim) -> Finding | None:
    """What the number is of a name whose formula stands above: r = w·x + b − y, then r = 1; None of all else."""
    known, side = marker.own.get(claim.own), claim.sides[0] if len(claim.sides) == 1 else None
    if known is not None and is_array(known.value) and side is not None and side.parts:
        of_all = _vectors(marker, _beside_itself(claim))
        return of_all if of_all.broken is None else Finding("slip", "different")
    if known is None or known.formula is None or side is None or not side.is_number or side.tree is None:
        return None
    shown = value_of(side.tree, {})
    for step in (claim.update, claim.update + 1):
        right = name_value(claim.own, marker.worlds()[-1], step)
        found = "no" if shown is None else standing(right, side, shown, marker.decimals, "≈")
        if found in ("equal", "rounded", "format"):
            printed, full = (known._replace(value=value, update=step) for value in (_number(shown), right))
            marker.name(claim.own, printed, full)
            return Finding("format" if found == "format" else "ok", "equal", value=shown)
    return None


def _of_vectors(marker: Marker, claim: Claim) -> Finding | None:
    """What a definition over data comes to; None of a formula alone."""
    formula = _formula(marker, claim)
    if formula is None and len(claim.sides) == 1 and (part := _part_of_loss(marker, claim)) is not None:
        return part
    place = next((place for place, side in enumerate(claim.sides) if side.tree is not None and side.tree.names), None)
    if formula is None or place is None:
        return Finding("unknown", "unknown", "")
    value = _values(marker, claim, claim.update)[place]
    own = Own(formula, _number(value), claim.update)
    marker.name(claim.own, own, own)
    return None if len(claim.sides) == 1 else _vectors(marker, claim)


def _vectors(marker: Marker, claim: Claim) -> Finding:
    """What a chain of vectors comes to, in this update or in the next."""
    steps = (replace(claim, update=step) for step in (claim.update, claim.update + 1))
    found = [vector_finding(marker, each, None, marker.worlds()) for each in steps]
    return next((each for each in found if each.status == "ok"), found[0])


def _beside_itself(claim: Claim) -> Claim:
    """The claim that a name is what is said of it."""
    return replace(claim, own="", sides=(Part(name(claim.own), claim.own), *claim.sides), signs=("=", *claim.signs))


def _values(marker: Marker, claim: Claim, step: int) -> list[Number | NoValue | None]:
    world = marker.worlds()[0]
    return [None if side.tree is None else side_value(side.tree, world, step) for side in claim.sides]


def _number(value: Number | NoValue | None) -> Number | None:
    return None if isinstance(value, NoValue) else value


def _formula(marker: Marker, claim: Claim) -> Expression | None:
    """The first side with names of the problem, the student's own put in."""
    trees = (side.tree for side in claim.sides if side.tree is not None and side.tree.names)
    return next((found for tree in trees if (found := spelled_out(marker, tree)) is not None), None)


def spelled_out(marker: Marker, tree: Expression) -> Expression | None:
    """A formula with the formulas of a student's own names in it; None where one of them has none."""
    for _ in range(_DEEPEST):
        own = [word for word in tree.names if word in marker.own]
        formulas = {word: formula for word in own if (formula := marker.own[word].formula) is not None}
        if len(formulas) < len(own):
            return None
        if not own:
            return tree
        tree = substitute(tree, formulas)
    return None


def follows_from_own(marker: Marker, claim: Claim, wanted: Sequence[Number | None]) -> bool:
    """Whether a line is wrong only for a wrong value of a student's own name: with the right one it is as wanted."""
    tree = claim.sides[0].tree
    if tree is None or not any(word in marker.own for word in tree.names):
        return False
    value = side_value(tree, marker.worlds()[-1], marker.base(claim))
    return value is not None and any(each is not None and alike(value, each) for each in wanted)


def may_be_rounded(marker: Marker, claim: Claim, right: Number | None) -> bool:
    """Whether a line that is wrong may be right of a name that is known as rounded only: 1.33 for 4/3."""
    if not _is_soft(marker, claim):
        return False
    sides = [_hull(marker, claim, side) for side in claim.sides]
    if None in sides:
        return True
    return all(overlap(*pair) for pair in itertools.pairwise([*([] if right is None else [right]), *sides]))


def _is_soft(marker: Marker, claim: Claim) -> bool:
    return any(marker.own[word].may_be_rounded for word in claim.names if word in marker.own)


def _hull(marker: Marker, claim: Claim, side: Part) -> Number | None:
    """All that a side can be, with what may be rounded in it; None where that is not told."""
    if side.tree is None:
        return None
    known: dict[str, Number] = {}
    for word in side.tree.names:
        own = marker.own.get(word)
        if own is not None and own.may_be_rounded:
            value = None if own.unit is None or own.value is None else around(own.value, own.unit)
        else:
            value = name_value(word, marker.worlds()[0], marker.base(claim))
        if value is None:
            return None
        known[word] = value
    found = value_of(side.tree, known)
    value = _number(found)
    return value if value is None or side.unit is None else around(value, side.unit)
