"""Sentences that move no weight: about the minimum, `min L = 0 at w = 3`, and about what is but supposed, 若 w = 3.

What is true of the minimum, or at the point that is supposed, is passed over, what the run comes to is a line like
any other, and all else is for the teacher: it may be either.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from symgd.checking.claims import Claim, Part
from symgd.checking.comparing import alike, entries_at, side_value, standing
from symgd.checking.facts import Facts
from symgd.checking.findings import is_zero
from symgd.checking.said_before import line_before
from symgd.checking.world import Key, World, worth
from symgd.numbers.bounded import NoValue, Number

_WORDS = re.compile(
    r"(?i)\b(?:min(?:im(?:um|a|al|i[sz]er))?|optim(?:um|al)|goal|target|bottom|converge[sd]?|stationary|critical"
    r"|approach(?:es|ing)?|tends?|want|aims?|ideal(?:ly)?|vanish(?:es)?|(?:is|becomes?|equals?)\s+(?:zero|0)\s+(?:at|when|for))\b"
    r"|為零|等於零|最小|最低|極小|極值|谷底|目標(?!函)|最佳|最優|收斂|趨近|趨向|趨於|逼近|希望|理想"
)
#: What is but supposed: if w = 3, 若學習率 = 0.5, w = 3 時. An "if" behind a formula is a condition of it.
_SUPPOSES = re.compile(
    r"(?i)(?:(?:^|[:：,，]|\b(?:and|but|so|now))\s*if\b|\b(?:suppos(?:e|ing)|assum(?:e|ing)|imagine)\b|若|如果|假設|假如|假定)"
    r"(?=[^=＝,，]{0,12}(?<![/\w])[A-Za-z]\w{0,3}\$?\s*[=＝]|[^.。；;,，=＝]{0,20}(?:\brate|\blr\b|學習率|η))"
    r"|[:：]\s*\$?\w+\s*[=＝]\s*[-−]?[\d.]+\s*\$?\s*時"
)
_SETS = re.compile(r"(?i)(?:[令設讓]|\b(?:let|set(?:ting)?)\b)[^=＝]{1,40}[=＝]\s*0(?!\s*[-+−*×·]|\.?\d)")
_SOLVES = re.compile(r"[=＝]\s*0(?!\s*[-+−*×·]|\.?\d)|(?<![\w.*/^])0\s*[=＝]")
#: Words before what is not so.
_DENIES = re.compile(r"(?i)(?:\b(?:not|instead of|rather than)|不是|並非)\s*\$?\s*\Z")
_SENTENCE = re.compile(r"(?:[^.。；;!！]|\.(?!\s|$))+")
#: So many updates of a run are looked through for a value.
_MOST_STEPS = 100
#: More claims make no sentence, and nobody speaks of the minimum in more of them.
_MOST_CLAIMS, _MOST_SENTENCES = 8, 40


#: What is told of at a point.
_TOLD = frozenset(("weight", "loss", "definition", "slope", "negative"))


class _Sentence(NamedTuple):
    """Where a sentence stands in its line, and what it may be about."""

    start: int
    stop: int
    is_of_minimum: bool
    supposes: bool
    sets: bool


def without_asides(claims: Sequence[Claim], lines: Sequence[str], facts: Facts) -> list[Claim]:
    """The claims without those that tell of the minimum or suppose; those that may do so as unread ones."""
    spoken = {number: list(_spoken(line)) for number, line in enumerate(lines, 1)}
    together: dict[tuple[int, _Sentence], list[Claim]] = {}
    for claim in claims:
        for sentence in spoken.get(claim.line, ()):
            if sentence.start < claim.column <= sentence.stop:
                together.setdefault((claim.line, sentence), []).append(claim)
    judged: dict[int, Claim | None] = {}
    truth, plain = World(facts.problem), _plain(claims, together)
    for (_, sentence), told in list(together.items())[:_MOST_SENTENCES]:
        if len(told) > _MOST_CLAIMS:
            continue  # that is no sentence
        aside = _Aside(told, sentence, plain, truth)
        judged |= {id(claim): aside.judged(claim) for claim in told}
    kept = (judged.get(id(claim), claim) for claim in claims)
    said = [claim for claim in kept if claim is not None and not _is_denied(claim, lines)]
    return list(_without_solving(said, truth))


def _without_solving(claims: Sequence[Claim], truth: World) -> Iterator[Claim]:
    """The claims without lines that solve for the minimum, one below the other: 2w − 6 = 0, 2w = 6, w = 3."""
    passed = set[int]()
    for place, claim in enumerate(claims):
        if not _is_place(claim) or not place or not _may_solve(claims[place - 1]):
            continue
        first = max(0, place - _MOST_CLAIMS)
        above = [*itertools.takewhile(_may_solve, reversed(claims[first:place])), claim]
        aside = _Aside(above, _Sentence(0, 0, False, False, False), (), truth)
        if aside.solves:
            passed |= {id(each) for each in itertools.takewhile(aside.passes, above)}
            passed |= {id(claim)} if aside.passes(claim) else set()
    return (claim for claim in claims if id(claim) not in passed)


def _may_solve(claim: Claim) -> bool:
    """Whether a claim is an equation, or sets a slope to a number."""
    if claim.own or not claim.sides:
        return False
    return claim.quantity is None or (claim.kind == "slope" and claim.sides[-1].is_number)


def _plain(claims: Sequence[Claim], together: Mapping[tuple[int, _Sentence], Sequence[Claim]]) -> list[Claim]:
    """The claims that stand in no sentence that supposes something."""
    told = {id(claim) for (_, sentence), stretch in together.items() for claim in stretch if sentence.supposes}
    return [claim for claim in claims if id(claim) not in told]


def _is_denied(claim: Claim, lines: Sequence[str]) -> bool:
    """Whether words say that it is not so: not w = 0.6."""
    line = lines[claim.line - 1]
    return _DENIES.search(line_before(line, min(claim.column - 1, len(line)))) is not None


def _spoken(line: str) -> Iterator[_Sentence]:
    """The sentences of a line that speak of the minimum, or of what is but supposed."""
    rows = (_WORDS, _SUPPOSES, _SETS)
    if any(row.search(line) for row in (*rows, _SOLVES)):
        for found in _SENTENCE.finditer(line):
            about = [row.search(found[0]) is not None for row in rows]
            if any(about) or _SOLVES.search(found[0]):
                yield _Sentence(*found.span(), *about)


class _Aside:
    """A sentence that speaks of the minimum or supposes something, with the point that its weights make."""

    def __init__(self, told: Sequence[Claim], sentence: _Sentence, plain: Sequence[Claim], truth: World) -> None:
        self.facts, self.truth, problem = truth.facts, truth, truth.problem
        mine = {*map(id, told)}
        self.sentence, self.others = sentence, [claim for claim in plain if id(claim) not in mine]
        stated = {claim.quantity.parameter: claim for claim in told if claim.quantity and _is_place(claim)}
        at = {word: value for word, claim in stated.items() if (value := self.value(claim)) is not None}
        is_new = not any(self.is_of_the_run(claim) or self.is_said_again(claim) for claim in stated.values())
        rates = (claim for claim in told if claim.quantity is not None and claim.quantity.kind == "rate")
        self.supposes = sentence.supposes and is_new and not any(map(self.is_of_the_run, rates))
        self.point: Mapping[str, Number] = at if self.supposes or self.is_stationary(at) else {}
        self.there = World(problem, {Key("w", word, 0): value for word, value in at.items()})
        self.solves = bool(self.point) and any(self.is_solved(claim) for claim in told)

    def is_solved(self, claim: Claim) -> bool:
        """Whether a claim sets a slope to 0, which it is at the point: 2(w − 3) = 0."""
        is_slope = claim.quantity is None or claim.quantity.kind in ("slope", "negative")
        return is_slope and any(is_zero(self.number(side)) for side in claim.sides)

    def is_stationary(self, at: Mapping[str, Number]) -> bool:
        """Whether the loss is level in all directions that a point names, which says all that this hangs on."""
        world = World(self.facts.problem, {Key("w", word, 0): value for word, value in at.items()})
        for slope in (self.facts.slopes[word] for word in at):
            formula = self.facts.formula(slope)
            others = {*self.facts.start} - {*at}
            if (
                formula is None
                or others & {*self.facts.whole(formula).names}
                or not is_zero(worth(world, Key(slope, "", 0)))
            ):
                return False
        return bool(at)

    def judged(self, claim: Claim) -> Claim | None:
        """A claim as it is, None for what is true of the point or supposed, or as one for the teacher."""
        quantity = claim.quantity
        if claim.own or not (self.sentence.is_of_minimum or self.supposes or self.sentence.sets or self.solves):
            return claim
        if quantity is not None and quantity.kind == "rate" and self.supposes:
            return None  # where something is supposed, no rate is that of the run
        if self.sentence.sets and quantity is not None and quantity.kind == "slope" and is_zero(self.value(claim)):
            return None
        if quantity is not None and quantity.kind == "slope" and self.is_general(claim):
            return claim
        if quantity is None:
            known = any(word in self.facts.start for side in claim.sides if side.tree for word in side.tree.names)
            return (
                claim if not known or not claim.sides else None if self.holds(claim.sides) else claim.for_the_teacher()
            )
        if quantity.update is not None or quantity.entry or quantity.kind not in _TOLD:
            return claim
        if self.is_of_the_run(claim):
            is_told = quantity.kind == "weight" and self.is_true(claim) and self.is_said_again(claim)
            return None if is_told else claim
        return None if self.is_true(claim) else claim.for_the_teacher()

    def passes(self, claim: Claim) -> bool:
        """Whether a claim is passed over."""
        return self.judged(claim) is None

    def is_general(self, claim: Claim) -> bool:
        """Whether a claim is only about formulas of the weights, which hold everywhere."""
        return all(side.tree is not None and {*side.tree.names} & {*self.facts.start} for side in claim.sides)

    def is_true(self, claim: Claim) -> bool:
        """Whether a claim is proved to hold at the minimum that the sentence names."""
        quantity = claim.quantity
        assert quantity is not None
        if quantity.kind in ("slope", "negative") and len(claim.sides) == 1 and is_zero(self.value(claim)):
            return True  # that is what a minimum is
        if not self.point:
            return False
        if quantity.kind == "weight":
            mine = self.value(claim)
            return mine is not None and alike(mine, self.point.get(quantity.parameter)) is True
        is_whole = quantity.kind not in ("loss", "definition") or {*self.point} == {*self.facts.start}
        right = worth(self.there, Key(quantity.name.removeprefix("-"), "", 0)) if is_whole else None
        return right is not None and self.holds(claim.sides, -right if quantity.kind == "negative" else right)

    def holds(self, sides: Sequence[Part], right: Number | None = None) -> bool:
        """Whether all sides are one value at the point of the sentence."""
        found = [None if side.tree is None else side_value(side.tree, self.there, 0) for side in sides]
        values = [value for value in found if value is not None and not isinstance(value, NoValue)]
        first = values[0] if right is None and values else right
        return bool(self.point) and len(values) == len(found) and all(alike(value, first) for value in values)

    def value(self, claim: Claim) -> Number | None:
        """The number that a claim ends in; None of what is none, or a vector."""
        return self.number(claim.sides[-1]) if claim.sides else None

    def number(self, side: Part) -> Number | None:
        """The number that a side is; None of what is none, or a vector."""
        found = entries_at(side, self.truth, 0) if side.is_number else None
        return found[0][0] if found is not None else None

    def is_of_the_run(self, claim: Claim) -> bool:
        """Whether the run comes to the number of a claim, rounded or not."""
        value, quantity = self.value(claim), claim.quantity
        assert quantity is not None
        sign = -1 if quantity.kind == "negative" else 1
        name = quantity.name.removeprefix("-")
        parameter = quantity.parameter if quantity.kind == "weight" else ""
        for step in range(min(self.facts.problem.steps, _MOST_STEPS) + 1) if value is not None else ():
            ran = worth(self.truth, Key(name, parameter, step))
            if ran is not None and standing(sign * ran, claim.sides[-1], value, None, "≈") in ("equal", "rounded"):
                return True
        return False

    def is_said_again(self, claim: Claim) -> bool:
        """Whether another line moves the weight to the same number."""
        mine = self.value(claim)
        same = (other for other in self.others if other.quantity == claim.quantity)
        return any((value := self.value(other)) is not None and alike(value, mine) for other in same)


def _is_place(claim: Claim) -> bool:
    """Whether a claim only states where a weight is."""
    quantity = claim.quantity
    alone = len(claim.sides) == 1 and claim.sides[0].is_number
    return quantity is not None and quantity.kind == "weight" and alone and quantity.update is None
