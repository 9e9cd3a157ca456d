"""Where a quantity at a written point belongs: L'(0.6) is the slope after the update that comes to 0.6.

A point that neither the run nor the student's own weights come to belongs to no update: what is said of it is true or
false there, and earns nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symgd.checking.claims import Claim, Part
from symgd.checking.comparing import standing
from symgd.checking.facts import Facts
from symgd.checking.notations import Quantity, quantity_named
from symgd.checking.points import Place
from symgd.checking.said_before import line_before
from symgd.checking.stated import Entries, entries, stated
from symgd.checking.wordings import names_of
from symgd.checking.world import Key, Point, World, worth
from symgd.numbers.bounded import Number
from symgd.numbers.meanings import is_rational
from symgd.numbers.systems import rational

#: What may be meant at a point.
KINDS = frozenset(("slope", "negative", "loss", "definition"))
#: So many updates of a run are looked through for a point.
_MOST_STEPS = 100
#: A letter with a number behind it.
_NUMBERED = re.compile(r"([A-Za-z])(\d)")
#: So many claims of a line are looked at for what a point is told of.
_MOST_BESIDE = 40
#: Before a weight that a slope is told at: "at w = 1: dL/dw = -4", 「當 w = 1 時，…」.
_LEADS = re.compile(r"(?i)(?:^|[.。;；,，])\s*(?:[-*•]\s+)?(?:\b(?:at|when|if|for|where)|當|在|若)\s*\$?\s*\Z")
#: Between a slope and the weight that it is told at: "dL/dw = -4 at w = 1", "dL/dw = -4 (w = 1)".
_TRAILS = re.compile(
    r"(?i)[^\s,;，；.。:：]\s*(?:[(（]\s*)?(?:(\b(?:at|when|if|for|where)\b|[當在])|(?<=[(（]))\s*\$?\s*\Z"
)
#: How a number stands to the one that is meant.
_FITS = frozenset(("equal", "rounded", "format"))
#: The values of names at a point.
Values = Mapping[str, Place]


def located(claims: Sequence[Claim], lines: Sequence[str], facts: Facts) -> list[Claim]:
    """The claims; those with a point as what they are about: a quantity of an update, or one at that point.

    Where that cannot be told, they are for the teacher.
    """
    leading, trailing = dict(_leading(claims, lines)), dict(_trailing(claims, lines, facts))
    walk, found, passed = _Walk(facts), list[Claim](), set[int]()
    for place, claim in enumerate(claims):
        if place in leading:
            walk.lead(claims[place : leading[place]])
        if claim in walk.leads or place in passed:
            continue
        found.append(walk.located(claim))
        if place in trailing and (told := walk.told_at(claim, *trailing[place])) is not None:
            found[-1] = told
            passed |= {place + count for count, _ in enumerate(told.at, 1)}
    return found


def _leading(claims: Sequence[Claim], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The stretches of claims that say at which weights the next one in their line is told."""
    for place, claim in enumerate(claims):
        if _is_place(claim) and _LEADS.search(line_before(lines[claim.line - 1], claim.column - 1)):
            stretch, follows = _places(claims, place)
            if follows is not None and follows.kind in KINDS:
                yield place, place + len(stretch)


def _trailing(
    claims: Sequence[Claim], lines: Sequence[str], facts: Facts
) -> Iterator[tuple[int, tuple[list[Place], bool]]]:
    """The claims of a slope or a loss behind which stand weights that they are told at; these, and if words say so."""
    for place, (claim, behind) in enumerate(itertools.pairwise(claims)):
        is_told = claim.line == behind.line and claim.point == () and claim.kind in KINDS and _is_place(behind)
        is_told = is_told and not facts.problem.has_arrays
        if is_told and (quantity := claim.quantity) is not None and quantity.update is None:
            how = _TRAILS.search(line_before(lines[behind.line - 1], behind.column - 1))
            if how is not None:
                stretch, _ = _places(claims, place + 1)
                yield place, ([*map(_told, stretch)], how[1] is not None)


def _places(claims: Sequence[Claim], first: int) -> tuple[list[Claim], Claim | None]:
    """The claims from one on that only state numbers for weights, and the one behind them in the same line."""
    line = claims[first].line
    beside = [claim for claim in claims[first : first + _MOST_BESIDE] if claim.line == line]
    stretch = list(itertools.takewhile(_is_place, beside))
    return stretch, next(iter(beside[len(stretch) :]), None)


def _told(claim: Claim) -> Place:
    """A weight with its number as a part of a point."""
    assert claim.quantity is not None
    value = (stated(claim) or ())[0]
    return Place(claim.quantity.parameter, Fraction(int(value.p), int(value.q)), claim.sides[0].unit)


def _is_place(claim: Claim) -> bool:
    """Whether a claim only states a number for a weight."""
    quantity, value = claim.quantity, stated(claim)
    if quantity is None or value is None or quantity.kind != "weight" or quantity.update is not None or quantity.old:
        return False
    return len(claim.sides) == len(value) == 1 and not quantity.entry and is_rational(value[0])


class _Walk:
    """Goes through the claims with the weights where the student stands."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.truth = facts, World(facts.problem)
        self.stands: dict[str, Entries] = {word: tuple(entries(value) or ()) for word, value in facts.start.items()}
        self.leads, self.told = list[Claim](), tuple[Place, ...]()  # claims of a point, and the point

    def lead(self, claims: Sequence[Claim]) -> None:
        """Take the point of claims that lead their line, if neither the run nor the student comes to it."""
        told = [_told(claim) for claim in claims]
        at = {place.word: place for place in told}
        if not self.is_here(at) and not any(self.is_at(at, step) for step in self.steps):
            self.leads, self.told = list(claims), tuple(told)

    def located(self, claim: Claim) -> Claim:
        """A claim as what it is about."""
        quantity = claim.quantity
        if quantity is not None and quantity.kind == "weight" and not quantity.entry and not quantity.old:
            value = stated(claim)
            self.stands |= {} if value is None else {quantity.parameter: value}
        is_told = bool(self.leads) and self.leads[0].line == claim.line
        point = self.told if claim.point == () and is_told else claim.point
        if point == () or quantity is None or quantity.kind not in KINDS:
            return claim
        if point is None:
            return claim.for_the_teacher()
        if any(place.value is not None for place in point):
            return self.at_numbers(claim, quantity, point)
        return self.at_weights(claim, quantity, point)

    def told_at(self, claim: Claim, places: Sequence[Place], in_words: bool) -> Claim | None:
        """A claim as one at the weights behind it, of which those count that it hangs on.

        None where they do not say all of these, or where only brackets say so and it is not right there.
        """
        quantity = claim.quantity
        assert quantity is not None
        stretches = (places[:count] for count in range(1, len(places) + 1))
        wholes = (some for some in stretches if self.is_whole(quantity.name, {place.word: place for place in some}))
        if (whole := next(wholes, None)) is None:
            return None
        told = self.at_numbers(claim, quantity, whole)
        assert told.quantity is not None
        update = told.quantity.update or 0
        return told if in_words or self.is_right(claim, quantity, update, told.at) else None

    @property
    def steps(self) -> range:
        """The updates of the run, as far as they are looked through."""
        return range(min(self.facts.problem.steps, _MOST_STEPS) + 1)

    def at_weights(self, claim: Claim, quantity: Quantity, point: Sequence[Place]) -> Claim:
        """L'(w) where the weights stand, L'(w_1) and dL/dw[1] where they are after an update."""
        updates = {self.update(place) for place in point} - {None}
        if len(updates) > 1:
            return claim.for_the_teacher()
        update = next(iter(updates), None)
        if update is not None:
            return self.after(claim, quantity, update)
        count = _NUMBERED.fullmatch(point[0].word) if len(point) == 1 < len(self.facts.start) else None
        if count is not None and self.is_right(claim, quantity, int(count[2])):  # w_1 may be all of them
            return self.after(claim, quantity, int(count[2]))
        return claim

    def after(self, claim: Claim, quantity: Quantity, update: int) -> Claim:
        """What is meant after so many updates; for the teacher where only someone who counts from 1 is right."""
        if update and not self.is_right(claim, quantity, update) and self.is_right(claim, quantity, update - 1):
            return claim.for_the_teacher()
        return replace(claim, quantity=quantity._replace(update=update))

    def update(self, place: Place) -> int | None:
        """After how many updates a weight in a point is meant: w_0, w^(1), x_0 of all parameters; None of none."""
        word = place.word
        if place.update is not None:
            return place.update
        named = quantity_named(word, self.facts)
        if named is not None:
            return named.update if named.kind == "weight" else None
        found = _NUMBERED.fullmatch(word)
        is_free = found is not None and found[1] not in names_of(self.facts) and word not in self.facts.constants
        return int(found[2]) if found is not None and is_free else None

    def at_numbers(self, claim: Claim, quantity: Quantity, point: Sequence[Place]) -> Claim:
        """At the update that comes to the point, or else at that point alone."""
        if self.facts.problem.has_arrays:
            return self.at_vector(claim, quantity, point)
        meant = list(self.values(quantity, point))
        if any(self.is_here(at) for at in meant):
            return claim
        ran = (step for step in self.steps if any(self.is_at(at, step) for at in meant))
        counted = (step for step in self.steps if _is_count(point, step) and self.is_right(claim, quantity, step))
        update = next(ran, None)
        update = next(counted, None) if update is None else update
        if update is not None:
            return replace(claim, quantity=quantity._replace(update=update))
        may_count = quantity.kind == "loss" and any(_is_count(point, step) for step in self.steps[1:])
        points = [_numbers(at) for at in meant if self.is_whole(quantity.name, at)]
        if may_count or len(points) > 1:
            points = [at for at in points if self.is_right(claim, quantity, 0, at)]
        return replace(claim, at=points[0]) if len(points) == 1 else claim.for_the_teacher()

    def at_vector(self, claim: Claim, quantity: Quantity, point: Sequence[Place]) -> Claim:
        """At the update that comes to all entries of a point, in their order; at no other point is anything judged."""
        stands = [entry for word in self.facts.problem.parameters for entry in self.stands[word]]
        if any(place.word for place in point) or len(point) != len(stands):
            return claim.for_the_teacher()
        if all(map(_is_value, stands, point)):
            return claim
        for step in self.steps:
            ran = [worth(self.truth, Key("w", word, step)) for word in self.facts.problem.parameters]
            if all(map(_is_value, [entry for value in ran for entry in entries(value) or ()], point)):
                return replace(claim, quantity=quantity._replace(update=step))
        if len(self.stands) > 1:
            return claim.for_the_teacher()  # nobody knows in which order
        told = tuple(place.value for place in point if place.value is not None)
        return replace(claim, at=((next(iter(self.stands)), told if len(told) > 1 else told[0]),))

    def values(self, quantity: Quantity, point: Sequence[Place]) -> Iterator[Values]:
        """What the values of a point may be of: of the parameters, in their order, or of what is in the formula."""
        facts = self.facts
        if any(place.value is None for place in point):
            return
        named = {self.plain(place.word): place for place in point if place.word}
        if named:
            if len(named) == len(point) and {*named} <= {*facts.start, *facts.bodies}:
                yield named
            return
        if len(point) == len(facts.start):
            yield dict(zip(facts.problem.parameters, point, strict=True))
        if len(point) == 1:
            yield from ({word: point[0]} for word in self.arguments(quantity))

    def arguments(self, quantity: Quantity) -> Sequence[str]:
        """What a lone number may be of that is not all parameters: z of da/dz, a where da/dz = a(1 − a)."""
        facts = self.facts
        formula, by = facts.formula(quantity.name), quantity.name.partition("/d")[2]
        moving = [word for word in (formula.names if formula else ()) if word in facts.start or word in facts.bodies]
        words = [*(word for word in (by,) if word in facts.bodies), *(moving if len(moving) == 1 else ())]
        return [word for word in dict.fromkeys(words) if [word] != [*facts.start]]

    def plain(self, word: str) -> str:
        """The parameter that a name in a point stands for: w of w_0."""
        found = quantity_named(word, self.facts)
        return found.parameter if found is not None and found.kind == "weight" and found.parameter else word

    def is_here(self, at: Values) -> bool:
        """Whether the student stands at a point."""
        here = World(self.facts.problem, {Key("w", word, 0): value[0] for word, value in self.stands.items()})
        return all(_is_value(worth(here, self.key(word, 0)), place) for word, place in at.items())

    def is_at(self, at: Values, step: int) -> bool:
        """Whether the run comes to a point after so many updates."""
        return all(_is_value(worth(self.truth, self.key(word, step)), place) for word, place in at.items())

    def key(self, word: str, step: int) -> Key:
        return Key("w", word, step) if word in self.facts.start else Key(word, "", step)

    def is_right(self, claim: Claim, quantity: Quantity, step: int, at: Point = ()) -> bool:
        """Whether a claim ends in what its quantity is after so many updates, or at a point."""
        ran, value = entries(worth(self.truth, Key(quantity.name, "", step, at=at))), stated(claim)
        if ran is None or value is None or len(ran) != len(value):
            return False
        side, sign = claim.sides[-1], -1 if quantity.kind == "negative" else 1
        trios = zip(ran, side.parts or (side,), value, strict=True)
        return all(standing(sign * right, part, one, None, claim.signs[-1]) in _FITS for right, part, one in trios)

    def is_whole(self, name: str, at: Values) -> bool:
        """Whether a point says all that a quantity hangs on."""
        if name in at:
            return True
        formula = None if name in self.facts.start else self.facts.formula(name)
        moving = {*self.facts.start, *self.facts.formulas}
        return formula is not None and all(self.is_whole(word, at) for word in formula.names if word in moving)


def _is_count(point: Sequence[Place], step: int) -> bool:
    """Whether a point may be the number of an update: L(1) beside w(1)."""
    return len(point) == 1 and not point[0].word and point[0].value == step


def _numbers(at: Values) -> Point:
    """A point as its names and numbers."""
    return tuple((word, place.value) for word, place in sorted(at.items()) if place.value is not None)


def _is_value(value: Number | None, place: Place) -> bool:
    """Whether a number is the one of a point, as far as that is written out."""
    assert place.value is not None
    part = Part(None, "", "", place.unit)
    return standing(value, part, rational(place.value), None, "=") in _FITS
