"""Slopes of names that a student gave: dL/dpred = 2(pred − y), dpred/dw = x.

What is differentiated is written with the name where its formula stands in it. Where it does not, the chain rule
tells: dL/dpred·dpred/dw is dL/dw. Then only what is right is told; all else is for the teacher.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from symgd.calculus.rules import derivative
from symgd.checking.claims import Claim
from symgd.checking.comparing import side_value, standing, with_constants
from symgd.checking.findings import Finding
from symgd.checking.guarded import compared
from symgd.checking.own_names import spelled_out
from symgd.checking.relations import chain_of
from symgd.checking.world import Own
from symgd.errors import SymgdError
from symgd.expressions.tree import ZERO, Expression, fold, name, operation, rebuilt, substitute
from symgd.numbers.bounded import NoValue, Number
from symgd.numbers.values import is_array

if TYPE_CHECKING:
    from symgd.checking.facts import Facts
    from symgd.checking.marking import Marker

_SLOPE = re.compile(r"[∂d]([^\W\d]\w*)/[∂d]([^\W\d]\w*)")


def plain(word: str) -> str:
    """A name as it stands in the key of a slope.

    >>> plain("y_hat"), plain("own_e")
    ('yhat', 'e')
    """
    return word.removeprefix("own_").replace("_", "")


def own_slope(key: str, owned: Mapping[str, str], facts: Facts) -> str:
    """The name of a slope of which one part is a student's own, by its key; "" of any other.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> own_slope("∂L/∂yhat", {"yhat": "y_hat"}, facts), own_slope("dL/dw", {"yhat": "y_hat"}, facts)
    ('dL/dy_hat', '')
    """
    found = _SLOPE.fullmatch(key.replace("haty", "yhat"))
    if found is None or not {found[1], found[2]} & {*owned}:
        return ""
    known = {facts.problem.loss_name, *facts.bodies, *facts.start}
    words = [owned.get(word, word if word in known else "") for word in found.groups()]
    return f"d{words[0]}/d{words[1]}" if all(words) else ""


class _Right(NamedTuple):
    """What a slope is, and whether nothing else can be."""

    tree: Expression
    is_sure: bool


def slope_finding(marker: Marker, claim: Claim) -> Finding:
    """What a line about such a slope comes to; it is kept for the lines behind it."""
    try:
        right = _right(marker, *claim.own[1:].split("/d"))
    except SymgdError:  # of vectors there is no such slope
        right = None
    unknown = Finding("unknown", "unknown", "")
    if right is None or claim.unreadable or any(side.tree is None for side in claim.sides):
        return unknown
    sides = [_beside(marker, tree, right.tree) for side in claim.sides if (tree := side.tree) and tree.names]
    world, *_ = marker.worlds()
    is_told = right.is_sure and None not in sides
    values = [side_value(side.tree, world, claim.update) for side in claim.sides if side.tree is not None]
    wanted = side_value(right.tree, world, claim.update)
    if any(map(_is_no_number, (*values, wanted))):
        return Finding("slip", "different") if is_told else unknown
    *_, last = values
    broken, status = chain_of(marker, claim, values, claim.signs)
    stands = standing(wanted, claim.sides[-1], last, marker.decimals, "≈")
    if broken is None and False not in sides and stands != "no":
        own = Own(right.tree, last, claim.update)
        marker.name(claim.own, own, own)
        return Finding(status, "equal", value=last)
    is_wrong = is_told or broken is not None
    return Finding("slip", "different", broken=broken, value=last) if is_wrong else unknown


def _is_no_number(value: Number | NoValue | None) -> bool:
    return value is None or isinstance(value, NoValue) or is_array(value)


def _beside(marker: Marker, tree: Expression, right: Expression) -> bool | None:
    """Whether a formula is the right one; None where it cannot be told."""
    spelled = spelled_out(marker, tree)
    theirs = None if spelled is None else with_constants(spelled, marker.truth)
    ours = with_constants(right, marker.truth)
    if theirs is None or ours is None:
        return None
    found = compared(theirs, ours, (), marker.until - time.monotonic())
    return None if found.verdict == "unknown" else bool(found)


def _right(marker: Marker, above: str, below: str) -> _Right | None:
    """The slope of a name by another one, in parameters."""
    of, by = _formula(marker, above), _formula(marker, below)
    if of is None or by is None or any(is_array(marker.facts.start[word]) for word in marker.facts.start):
        return None
    if below in marker.facts.start:
        return _Right(derivative(of, below), True)
    held = fold(of, lambda node, args: name(below) if node == by else rebuilt(node, args))
    if below in held.names:
        is_whole = not {*held.names} & {*by.names} & {*marker.facts.start}
        return _Right(substitute(derivative(held, below), {below: by}), is_whole)
    for word in marker.facts.start:
        if (slope := derivative(by, word)) != ZERO:
            return _Right(operation("div", derivative(of, word), slope), False)
    return None


def _formula(marker: Marker, word: str) -> Expression | None:
    """What a name is, in parameters and constants."""
    facts, own = marker.facts, marker.own.get(word)
    if word in facts.start:
        return name(word)
    tree = own.formula if own is not None else facts.formula(word)
    return None if tree is None else facts.whole(tree)
