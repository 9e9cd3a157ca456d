"""Wrong lines that may be right of something else than they seem to be about: they are for the teacher."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from symgd.checking.comparing import is_short
from symgd.checking.facts import NoSuch
from symgd.checking.findings import Finding, but
from symgd.checking.roundings import is_irrational, is_nearly
from symgd.checking.world import Key, World

if TYPE_CHECKING:
    from symgd.checking.claims import Claim
    from symgd.checking.marking import Marker

Number = Any
#: The optimizers whose velocity is also written as what the weight moves by: v = 0.9v − η·g.
_OF_STEPS = frozenset(("momentum", "nesterov"))


def slip_or_open(marker: Marker, claim: Claim, key: Key, found: Finding) -> Finding:
    """What was found of a wrong line, or that it is open."""
    value, holds = found.value, found.broken is None
    if holds and _may_be_a_step(marker, claim, key, value):
        marker.steps[key] = value
        return Finding("unknown", "unknown", "")  # of which nothing else may be made either
    is_open = (
        _follows_from_a_step(marker, claim, key, value)
        or (holds and _may_count_from_zero(marker, claim, key, value))
        or (holds and _is_of_rounded(marker, claim, key, value))
        or (holds and _is_of_numbers(claim, key) and _hangs_on_unread(marker, key))
    )
    return Finding("unknown", "unknown", "", value=value) if is_open else found


def _may_be_a_step(marker: Marker, claim: Claim, key: Key, value: Number) -> bool:
    """Whether a line is right of the other velocity, which the weight moves by."""
    if key.name != "m" or marker.problem.method.name not in _OF_STEPS:
        return False
    rate, velocity = (marker.expected(each, marker.truth) for each in (Key("eta", "", key.step), key))
    assert rate is not None  # a velocity that is wrong can be worked out
    assert velocity is not None
    step = rate * velocity
    return any(marker.stands(claim, each, value) != "no" for each in (step, -step))


def _follows_from_a_step(marker: Marker, claim: Claim, key: Key, value: Number) -> bool:
    """Whether a weight is what a velocity comes to that may have been meant for the step."""
    velocity = Key("m", key.parameter, marker.base(claim), key.entry)
    if velocity not in marker.steps:
        return False
    if f"m@{key.parameter}" in claim.names:
        return True  # made of it: w − v
    world = World(marker.problem, {**but(marker.printed, key), velocity: marker.steps[velocity]})
    return marker.stands(claim, marker.expected(key, world), value) != "no"


def _may_count_from_zero(marker: Marker, claim: Claim, key: Key, value: Number) -> bool:
    """Whether a line is right of the next entry: dL/dw[1] is the second one to programmers."""
    following = key._replace(entry=tuple(place + 1 for place in key.entry))
    right = marker.expected(following, marker.truth) if key.entry else None
    return marker.stands(claim, right, value) in ("equal", "rounded")


def _is_of_rounded(marker: Marker, claim: Claim, key: Key, value: Number) -> bool:
    """Whether a line ends in a formula of decimals that is nearly what nobody writes in full."""
    if claim.end.unit is not None or is_irrational(value):
        return False
    right = marker.expected(key, marker.truth)
    return not is_short(right) and is_nearly(right, value)


def _is_of_numbers(claim: Claim, key: Key) -> bool:
    """Whether a line is a value, or is worked out of numbers: a weight of itself too, w = w - 0.1*(-5)."""
    return len(claim.sides) == 1 or claim.names <= {key.parameter if key.name == "w" else ""}


def _hangs_on_unread(marker: Marker, key: Key) -> bool:
    """Whether a quantity follows from one that could not be read, and so may have any value."""
    return hangs_on(marker, key, marker.unread - marker.printed.keys())


def hangs_on(marker: Marker, key: Key, others: Collection[Key]) -> bool:
    """Whether a quantity follows, in a student's working, from any of some others."""
    stated = {known: value for known, value in marker.printed.items() if known != key and known not in others}
    world = World(marker.problem, stated)
    world.failed |= {other: NoSuch(other) for other in {*map(_whole, others)} - {_whole(key)}}
    return marker.expected(key, world) is None


def _whole(key: Key) -> Key:
    """The quantity that a negative is of, or an entry."""
    return key._replace(name=key.name.removeprefix("-"), entry=())
