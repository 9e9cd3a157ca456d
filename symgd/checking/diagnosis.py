"""Naming the mistakes of a working: the rows that give exactly what the student wrote, intersected over all lines.

A row that fits every slip is preferred; one that would have made a right line wrong is left out where others remain.
One row left is named; two or three are for the teacher; otherwise nothing is said.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.checking.arithmetic import slips_between, slips_inside
from symgd.checking.comparing import alike, name_value, rounds_to, side_value, standing, with_constants
from symgd.checking.elsewhere import agree_elsewhere
from symgd.checking.formulas import put_in
from symgd.checking.misconceptions import ROWS, Misconception
from symgd.checking.refuting import refuted
from symgd.checking.spots import Guess, Spot
from symgd.checking.verdict import WRONG, Diagnosis
from symgd.errors import SymgdError
from symgd.expressions.tree import Expression, nodes
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.meanings import is_rational
from symgd.numbers.systems import rational
from symgd.numbers.values import entries_of, is_array

if TYPE_CHECKING:
    from symgd.checking.claims import Claim
    from symgd.checking.findings import Finding
    from symgd.checking.marking import Marker
    from symgd.checking.world import Key, World

Number = Any
#: More rows than these fit by chance.
_MOST_PERHAPS = 3
_POINTS = 3
#: Rows that say more than another row that gives the same: the other one is left out.
_RATHER: dict[str, tuple[str, ...]] = {
    "unequal-chain": ("decimal-point", "truncated", "rounded-early", "digits-swapped"),
    "sigmoid-slope-a": ("not-differentiated",),
    "decimal-point": ("digits-swapped",),
    "truncated": ("rounded-early",),
    "regulariser-half": ("power-factor-forgotten",),
}


_BY_ID: Mapping[str, Misconception] = {row.id: row for row in ROWS}
#: What says something of how a student works: a lucky line does not.
_RIGHT = frozenset(("ok", "format", "carried"))


def diagnoses(marker: Marker, until: float) -> dict[int, tuple[Diagnosis, ...]]:
    """The diagnosis of each slip, by its place among what was found; of those that are looked at until a time."""
    findings = [finding for _, _, finding, _ in marker.found]
    slips = [place for place, found in enumerate(findings) if found.status in WRONG and not found.follows]
    fitting: dict[int, list[str]] = {}
    for place in slips:
        if fitting and time.monotonic() > until:
            break
        fitting[place] = _fitting(marker, place)
    known = [set(ids) for ids in fitting.values() if ids]
    common = set.intersection(*known) if known else set()
    found: dict[int, tuple[Diagnosis, ...]] = {}
    for place, ids in fitting.items():
        left = [id_ for id_ in ids if id_ in common] or ids
        left = [
            id_ for id_ in left if not any(_speaks_against(marker, id_, at) for at in _beside(marker, place, fitting))
        ]
        left = _preferred(left, marker.found[place][0])
        if len(left) > 1:
            left = _narrowed(marker, left, place)
        if len(left) <= _MOST_PERHAPS and not (left == ["rounded-early"] and _is_rounded_result(marker, place)):
            found[place] = tuple(Diagnosis(id_, certain=len(left) == 1) for id_ in left)
    return found


def _is_rounded_result(marker: Marker, place: int) -> bool:
    """Whether a line rounds a loss, or the last weight of the run, with which nothing is worked on."""
    claim, key, finding, worlds = marker.found[place]
    is_within = finding.broken is not None and finding.broken + 2 < len(claim.sides)
    if key is None or is_within or isinstance(finding.value, NoValue | None):
        return False
    behind = {other.kind for other, *_ in marker.found[place:]}
    is_last = claim.kind == "weight" and key.step == marker.problem.steps and not behind - {"weight"}
    right = marker.expected(key, worlds[0], derived=True)
    is_result = claim.kind == "loss" or is_last
    return is_result and right is not None and rounds_to(right, finding.value, claim.sides[-1].unit)


def _narrowed(marker: Marker, ids: list[str], place: int) -> list[str]:
    """Of several rows that fit those that fit best."""
    left = _but_contradicted(marker, ids, place)
    left = [id_ for id_ in left if _has_its_letters(marker, id_, place)] or left
    return [id_ for id_ in left if _has_its_numbers(marker, id_, place)] or left


def _beside(marker: Marker, place: int, fitting: Mapping[int, Sequence[str]]) -> list[int]:
    """The slips of other parameters in the same update that nothing explains."""
    claim, key, *_ = marker.found[place]
    found = []
    for at, ids in fitting.items():
        other, its, finding, _ = marker.found[at]
        is_alike = key and its and its.step == key.step and its != key and claim.kind == other.kind
        if is_alike and not ids and finding.broken is None:
            found.append(at)
    return found


def _speaks_against(marker: Marker, id_: str, at: int) -> bool:
    """Whether a row would make something else of what stands at a place."""
    row = _BY_ID.get(id_)
    claim, key, finding, worlds = marker.found[at]
    if row is None or key is None or finding.value is None:
        return False
    last, sign, shown = claim.sides[-1], claim.signs[-1], finding.value
    guesses = _guesses(row, Spot(claim, key, worlds[0]))
    stand = [standing(guess.value, last, shown, marker.decimals, sign) for guess in guesses]
    return bool(stand) and all(found == "no" for found in stand)


def _but_contradicted(marker: Marker, ids: Sequence[str], place: int) -> list[str]:
    """Without the rows that would have made a right line wrong; a slip of the pen alone is no better explanation."""
    left = [id_ for id_ in ids if not _contradicted(marker, id_, place)]
    return left if any(id_ in _BY_ID for id_ in left) else list(ids)


def _preferred(ids: Sequence[str], claim: Claim) -> list[str]:
    out = {other for id_ in ids for other in _RATHER.get(id_, ())}
    if "quotient-swapped" in ids and (quotients := _quotients(claim)):
        # they give the same; the formula shows which it was
        out.add("quotient-swapped" if "neg" in quotients else "wrong-sign")
    return [id_ for id_ in ids if id_ not in out]


def _quotients(claim: Claim) -> set[str]:
    """Of the differences over something in a line, whether a minus stands before one ("neg") or none ("sub")."""
    found = set()
    for tree in (side.tree for side in claim.sides if side.tree is not None):
        for node in nodes(tree):
            quotient = _without_minus(node)
            above = quotient.args[0] if quotient.op == "div" else quotient
            if above is not quotient and _without_minus(above).op == "sub":
                found.add(above.op if quotient is node else "neg")
    return found


def _without_minus(tree: Expression) -> Expression:
    return tree.args[0] if tree.op == "neg" else tree


def _fitting(marker: Marker, place: int) -> list[str]:
    """The ids of the rows that give what stands at a place."""
    claim, key, finding, worlds = marker.found[place]
    ids: list[str] = []
    if finding.broken is not None:
        ids += _of_a_broken_chain(marker, claim, key, finding, worlds[0])
        before = claim.sides[finding.broken].tree
        if ids or before is None or not before.names:
            return ids
    if key is None or key.at or _is_rounded_away(marker, claim, key, finding):
        return ids
    spots = [Spot(claim, key, world) for world in worlds if world.stated == worlds[0].stated]
    ids += [row.id for row in ROWS if any(_row_fits(marker, row, spot, finding) for spot in spots)]
    ids += [id_ for id_ in _of_the_value(marker, spots[0], finding) if id_ not in ids]
    return ids


def _is_rounded_away(marker: Marker, claim: Claim, key: Key, finding: Finding) -> bool:
    """Whether a line ends in what is right and too few digits of it, w2 ≈ 2 for 1.72: of that no name is known."""
    right = marker.expected(key, marker.truth)
    if right is None or isinstance(finding.value, NoValue | None) or finding.counterexample is not None:
        return False
    return claim.signs[-1] == "≈" and rounds_to(right, finding.value, claim.sides[-1].unit)


def _row_fits(marker: Marker, row: Misconception, spot: Spot, finding: Finding) -> bool:
    base = marker.base(spot.claim)
    return any(_fits(marker, spot, finding, guess) and not refuted(spot, guess, base) for guess in _guesses(row, spot))


def _guesses(row: Misconception, spot: Spot) -> Iterator[Guess]:
    try:
        yield from row.guesses(spot)
    except (SymgdError, ArithmeticError, ValueError, TypeError, LookupError):
        return  # a row that does not apply here


def _fits(marker: Marker, spot: Spot, finding: Finding, guess: Guess) -> bool:
    """Whether a guess is what the student wrote, and not what is right."""
    claim = spot.claim
    last, sign = claim.sides[-1], claim.signs[-1]
    if isinstance(finding.value, NoValue | None):
        return False
    if is_array(guess.value):
        return _fits_entries(marker, spot, finding, guess)
    if standing(guess.value, last, finding.value, marker.decimals, sign) == "no":
        return False
    right = marker.expected(spot.key, spot.world, derived=True)
    is_right = right is not None and standing(right, last, finding.value, marker.decimals, sign) != "no"
    if guess.formula is None:
        return not is_right
    if not _letters_of(marker, claim).issubset(marker.facts.whole(guess.formula).names):
        return False
    theirs = next((tree for side in claim.sides if (tree := side.tree) and marker.facts.moves(tree)), None)
    if theirs is None:
        return not is_right
    ours = _signed(guess.formula, claim)
    plain = with_constants(theirs, marker.truth), with_constants(ours, marker.truth)
    if plain[0] is None or plain[1] is None:  # over vectors and data
        return not is_right or agree_elsewhere(marker, theirs, ours, marker.base(claim))
    return _agree(plain[0], put_in(plain[1], plain[0], spot.world, marker.base(claim)))


def _fits_entries(marker: Marker, spot: Spot, finding: Finding, guess: Guess) -> bool:
    """The same for a vector: every entry."""
    right = marker.expected(spot.key, spot.world, derived=True)
    parts = spot.claim.sides[-1].parts
    mine, theirs = entries_of(finding.value), entries_of(guess.value)
    if right is None or not len(mine) == len(theirs) == len(parts) == len(entries_of(right)):
        return False
    sign = spot.claim.signs[-1]
    trios = list(zip(theirs, parts, mine, strict=True))
    if any(standing(value, part, shown, marker.decimals, sign) == "no" for value, part, shown in trios):
        return False
    return not all(alike(value, ours) for value, ours in zip(theirs, entries_of(right), strict=True))


def _signed(formula: Expression, claim: Claim) -> Expression:
    """The formula of a slope as a line about it has it, or one about its negative."""
    return Expression("neg", (formula,)) if claim.kind == "negative" else formula


def _letters_of(marker: Marker, claim: Claim) -> frozenset[str]:
    """The constants of the problem that stand in a line as letters; a mean has no n."""
    trees = (side.tree for side in claim.sides if side.tree is not None)
    letters = {word for tree in trees for word in tree.names if word in marker.facts.constants}
    return frozenset(letters.difference(marker.problem.counts))


def _agree(theirs: Expression, ours: Expression) -> bool:
    """Whether two formulas agree at random points: one value may be met by chance."""
    choose = random.Random(20_261_123)
    agreed = 0
    for _ in range(2 * _POINTS):
        point = {word: rational(Fraction(choose.randint(-300, 300), 97)) for word in {*theirs.names, *ours.names}}
        pair = value_of(theirs, point), value_of(ours, point)
        if any(isinstance(value, NoValue | None) for value in pair):
            continue
        if (found := alike(*pair)) is False:
            return False
        agreed += found is True
    return agreed > 0


def _of_a_broken_chain(marker: Marker, claim: Claim, key: Key | None, finding: Finding, world: World) -> Iterator[str]:
    """Of a relation that does not hold: a slip of arithmetic, or a chain whose end is right all the same."""
    assert finding.broken is not None
    base = marker.base(claim)
    values = [None if side.tree is None else side_value(side.tree, world, base) for side in claim.sides]
    left, right = values[finding.broken], values[finding.broken + 1]
    part, formula = claim.sides[finding.broken + 1], claim.sides[finding.broken].tree
    if isinstance(left, NoValue | None) or isinstance(right, NoValue | None):
        return
    truth = None if key is None else marker.expected(key, world, derived=True)
    ends = standing(truth, claim.sides[-1], values[-1], marker.decimals, claim.signs[-1])
    if ends in ("equal", "rounded"):
        yield "unequal-chain"
        return
    if part.is_number:
        yield from slips_between(left, part, right, formula)
        if claim.kind in ("slope", "negative"):
            turned = standing(-left, part, right, marker.decimals, claim.signs[finding.broken + 1])
            if turned != "no":
                yield "wrong-sign"
    else:
        assert formula is not None
        assert part.tree is not None
        yield from slips_inside(formula, part.tree)


def _of_the_value(marker: Marker, spot: Spot, finding: Finding) -> Iterator[str]:
    """Of a lone number: a slip between what it should be and what it is."""
    claim = spot.claim
    right = marker.expected(spot.key, spot.world, derived=True)
    sides = claim.sides
    if right is None or len(sides) > 1 or not sides[-1].is_number or spot.kind == "rate":
        return  # nobody works out a rate
    yield from slips_between(right, sides[-1], finding.value, None)


def _has_its_numbers(marker: Marker, id_: str, at: int) -> bool:
    """Whether the numbers of a row's formula are those that the student put in."""
    row = _BY_ID.get(id_)
    claim, key, finding, worlds = marker.found[at]
    if row is None or key is None:
        return False
    trees = [side.tree for side in claim.sides[:-1] if side.tree is not None]
    for world in worlds:
        spot, base = Spot(claim, key, world), marker.base(claim)
        shown = [_numbers(tree, world, base) for tree in trees]
        for guess in _guesses(row, spot):
            theirs = None if guess.formula is None else _numbers(guess.formula, world, base)
            if theirs is not None and theirs in shown and _fits(marker, spot, finding, guess):
                return True
    return False


def _has_its_letters(marker: Marker, id_: str, at: int) -> bool:
    """Whether a row's formula is the student's with the constants as letters: a 2 is not the x that is 2."""
    row = _BY_ID.get(id_)
    claim, key, _, worlds = marker.found[at]
    whole = marker.facts.whole
    trees = [side.tree for side in claim.sides if side.tree is not None]
    formula = next(filter(marker.facts.moves, trees), None)
    if row is None or key is None or formula is None:
        return False
    for guess in _guesses(row, Spot(claim, key, worlds[0])):
        if guess.formula is not None and _agree(whole(formula), whole(_signed(guess.formula, claim))):
            return True
    return False


def _numbers(tree: Expression, world: World, step: int) -> list[Fraction] | None:
    """The numbers in a formula with values put in for its names, in order of size, without signs and ones."""
    found = list[Fraction]()
    for node in _leaves(tree):
        if len(found) > _MOST_LEAVES:
            return None
        if node.op == "name":
            value = name_value(node.name, world, step)
            if value is None or not is_rational(value):
                return None
            found.append(abs(Fraction(int(value.p), int(value.q))))
        elif node.op == "number":
            found.append(abs(node.value))
    return sorted(value for value in found if value != 1)


#: Nobody writes out a formula of more numbers.
_MOST_LEAVES = 200


def _leaves(tree: Expression) -> Iterator[Expression]:
    """The names and numbers of a formula, as often as they stand in it."""
    open_ = [tree]
    while open_:
        node = open_.pop()
        open_ += node.args
        if not node.args:
            yield node


def _contradicted(marker: Marker, id_: str, at: int) -> bool:
    """Whether a row would have made another line wrong that is right."""
    kind = marker.found[at][0].kind
    return any(
        claim.kind == kind and finding.status in _RIGHT and _speaks_against(marker, id_, place)
        for place, (claim, _, finding, _) in enumerate(marker.found)
    )
