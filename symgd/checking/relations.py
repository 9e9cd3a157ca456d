"""The relations of a chain: each side against the one before it, with what was rounded on the way."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.checking.claims import Claim
from symgd.checking.comparing import is_short, rounds_to, side_value, standing
from symgd.checking.findings import best, is_zero
from symgd.checking.roundings import is_nearly, is_of_roundings, is_rounded_in, is_rounded_inside
from symgd.checking.world import Key, worth
from symgd.expressions.tree import Expression
from symgd.numbers.bounded import NoValue
from symgd.numbers.meanings import is_rational
from symgd.numbers.values import entries_of

if TYPE_CHECKING:
    from symgd.checking.marking import Marker

Number = Any
#: What was worked out with rounded numbers is off by no larger share.
_MOST_OFF = Fraction(1, 200)


def chain_of(
    marker: Marker,
    claim: Claim,
    values: Sequence[Number],
    signs: Sequence[str],
    loose: bool = False,
    wanted: Sequence[Number | None] = (),
) -> tuple[int | None, str]:
    """The first relation between sides that does not hold, and the status of the chain; `wanted` may be its end."""
    status, rounded = "ok", [values[0]]  # and what the sides before this one are worth since numbers were rounded
    for place in range(len(values) - 1):
        part, sign = claim.sides[place + 1], signs[place]
        found = standing(values[place], part, values[place + 1], marker.decimals, sign, loose)
        if found == "no":
            rounds = sign == "≈" or loose or not is_short(values[place])
            found = _standing_rounded(marker, claim, place, sign, rounds)
            rounded = [*rounded, values[place]] if found != "no" else rounded
        elif not part.is_number:
            rounded = [values[place]]
        if found == "no" and _holds_in_full(marker, claim, place):
            continue
        if found == "no" and len(rounded) > 1:  # rounded on the way, and this from what was not
            ends = [standing(each, part, values[place + 1], marker.decimals, sign, loose) for each in rounded]
            found = best(ends)
        if found == "no" and any(_is_kept(marker, claim, place, value, values[place + 1], loose) for value in wanted):
            found = "format"
        if found == "no":
            return place, "slip"
        status = "format" if found == "format" else status
    return None, status


def _is_kept(marker: Marker, claim: Claim, place: int, value: Number | None, shown: Number, loose: bool) -> bool:
    """Whether a relation ends in the right value, behind numbers that were rounded for the paper alone."""
    before, part = claim.sides[place].tree, claim.sides[place + 1]
    if standing(value, part, shown, marker.decimals, "=", loose) == "no":
        return False
    return is_of_rounded_numbers(marker, claim, before, value)


def is_of_rounded_numbers(marker: Marker, claim: Claim, tree: Expression | None, value: Number | None) -> bool:
    """Whether a formula of numbers is a value but for what was rounded in it: of what has no short decimal."""
    if tree is None or value is None or marker.decimals is not None:
        return False
    facts, base = marker.facts, marker.base(claim)
    rate = worth(marker.truth, Key("eta", "", base))
    given = (*facts.constants.values(), *facts.start.values(), *facts.settings.values(), rate)
    numbers = (entry for each in given for entry in entries_of(each) if is_rational(entry))
    exact = {abs(Fraction(int(number.p), int(number.q))) for number in numbers}
    if not is_of_roundings(tree, value, exact):
        return False
    words = (*facts.slopes.values(), *facts.formulas) if is_short(value) else ()
    known = [worth(marker.truth, Key(word, "", base)) for word in words]
    return not words or any(each is not None and is_rounded_in(tree, each, exact) for each in known)


def _holds_in_full(marker: Marker, claim: Claim, place: int) -> bool:
    """Whether a relation holds with the values that the student may have kept in full."""
    before, part = claim.sides[place : place + 2]
    sign = claim.signs[place + 1 if claim.quantity is not None else place]
    if before.tree is None or part.tree is None:
        return False
    for world in marker.worlds()[1:]:
        value, shown = (side_value(tree, world, marker.base(claim)) for tree in (before.tree, part.tree))
        is_known = value is not None and shown is not None
        if is_known and standing(value, part, shown, marker.decimals, sign) != "no":
            return True
    return False


def _standing_rounded(marker: Marker, claim: Claim, place: int, sign: str, rounds: bool) -> str:
    """How a relation between formulas stands with parts rounded, as was asked for or where everyone `rounds`."""
    before, after = (side.tree for side in claim.sides[place : place + 2])
    is_alone = claim.sides[place + 1].unit is not None  # a number alone has its last place, of which `standing` knows
    if (marker.decimals is None and not rounds) or is_alone or before is None or after is None:
        return "no"
    base, decimals = marker.base(claim), marker.decimals
    worths = [functools.partial(side_value, world=world, step=base) for world in marker.worlds()]
    forms = list(marker.facts.with_slopes(before))
    holds = any(is_rounded_inside(form, after, of, decimals) for of in worths for form in forms)
    value = worths[0](before)
    if not holds and not isinstance(value, NoValue | None) and not is_short(value):
        holds = is_of_rounded_numbers(marker, claim, after, value)
    return "no" if not holds else "rounded" if decimals is not None or sign == "≈" else "format"


def wrongly_rounded(
    claim: Claim, values: Sequence[Number], truth: Number, follows: Sequence[Number | None]
) -> Number | None:
    """A decimal that a claim begins with and rounds, and that is not what it should be: w = 1.36 ≈ 1.4 for 1.4.

    None of what has no short decimal, or follows from the student's own values.
    """
    first, *others = claim.sides
    if not others or claim.signs[1] != "≈" or not is_short(truth) or is_zero(truth):
        return None
    if first.unit is None or others[0].unit is None or first.unit >= others[0].unit:
        return None
    wanted = (value for value in (truth, *follows) if value is not None)
    fits = any(rounds_to(value, values[0], first.unit) or is_nearly(value, values[0], _MOST_OFF) for value in wanted)
    return None if fits else values[0]
