"""A working, line by line: each against the truth and against what follows from the student's own earlier lines."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from symgd.calculus.equality import Equality
from symgd.checking.claims import Claim
from symgd.checking.comparing import alike, digits_of, is_short, rounds_to, side_value, standing
from symgd.checking.elsewhere import tried_elsewhere
from symgd.checking.facts import facts_of
from symgd.checking.findings import Finding, best, but, is_zero, shown_apart
from symgd.checking.formulas import formulas_of
from symgd.checking.meanings import as_meant
from symgd.checking.otherwise import hangs_on, slip_or_open
from symgd.checking.own_names import follows_from_own, may_be_rounded, own_finding
from symgd.checking.own_slopes import slope_finding
from symgd.checking.policy import policy_of
from symgd.checking.relations import chain_of, is_of_rounded_numbers, wrongly_rounded
from symgd.checking.roundings import is_irrational, is_nearly, is_too_fine, may_be_rounded_from
from symgd.checking.spellings import is_told_in_two_ways
from symgd.checking.stated import stated
from symgd.checking.tautologies import repeats, says_itself
from symgd.checking.vectors import as_next_weight, is_of_vectors, vector_finding
from symgd.checking.verdict import EARNING, Report
from symgd.checking.world import Key, Own, World, worth
from symgd.descent.problem import Problem
from symgd.errors import found_in
from symgd.expressions.tree import ZERO, Expression
from symgd.limits import allowing
from symgd.numbers.bounded import NoValue
from symgd.numbers.values import is_array

Number = Any


class Marker:
    """Goes through the claims of one working."""

    def __init__(self, problem: Problem) -> None:
        """Nothing is stated yet. Raises InputError where the problem has no start, or its policy means nothing."""
        problem.require_start()
        self.problem, self.policy = problem, policy_of(problem.marks)
        self.facts = facts_of(problem)
        self.truth = World(problem)
        self.unrounded = World(problem, in_full=True) if problem.arithmetic == "round" else self.truth
        self.printed: dict[Key, Number] = {}
        self.kept: dict[Key, Number] = {}  # of lines that are not right: their values in full
        self.own: dict[str, Own] = {}  # names of the student's own, with their printed values
        self.own_right: dict[str, Own] = {}  # with those that their formulas have
        self.steps: dict[Key, Number] = {}  # velocities that may be the steps themselves
        self.unread = set[Key]()  # quantities of lines that could not be read: nobody knows their values
        self.told = set[Expression]()  # what arithmetic was right of
        self.until, self.late = 0.0, False
        self.compared: tuple[Expression, Expression] = (ZERO, ZERO)
        self.found: list[tuple[Claim, Key | None, Finding, tuple[World, ...]]] = []

    @property
    def decimals(self) -> int | None:
        """The decimal places that values are to be rounded to."""
        asked = self.policy.decimals
        return asked if asked is not None or self.problem.arithmetic != "round" else self.problem.places

    def read(self, claims: Sequence[Claim], until: float) -> None:
        """Mark the claims of a working, those that are looked at until a time."""
        self.until = until
        for claim in claims:
            self.late = self.late or time.monotonic() > until
            if self.late:
                self.found.append(
                    (claim, self.key(claim), Finding("unknown", "unknown", "", late=True), self.worlds())
                )
            else:
                self.mark(claim)

    # one line

    def mark(self, claim: Claim) -> None:
        """Find what a claim comes to, and note what it states."""
        own: Finding | None = None
        if "/d" in claim.own:
            own = slope_finding(self, claim)
        elif claim.own:
            claim, own = as_meant(self, claim)
        if claim.own and own is None and (own := own_finding(self, claim)) is None:
            return
        claim = as_next_weight(self, claim)
        key = self.key(claim)
        if key is not None and key.step < 0 and self.starts_at_zero(claim):
            return
        worlds = self.worlds() if not claim.at or key is None else (self.truth.at_point(key),)
        finding = self.finding(claim, key, worlds) if own is None else own
        if key is not None and (
            repeats(claim) or (finding.status in EARNING and says_itself(claim, key, self.truth, self.base(claim)))
        ):
            return
        if finding.status == "slip":
            right = None if key is None else self.expected(key, self.truth)
            is_rounded = finding.counterexample is None and may_be_rounded(self, claim, right)
            if is_rounded or is_told_in_two_ways(claim.text):
                finding = Finding("unknown", "unknown", "", value=finding.value)
        self.found.append((claim, key, finding, worlds))
        if claim.at:
            return
        if key is not None and claim.unreadable:
            self.unread.add(key)
        if key is None or finding.value is None or isinstance(finding.value, NoValue):
            return
        self.printed[key] = finding.value
        self.kept.pop(key, None)
        if finding.status not in ("ok", "format") and not self.is_true(claim, key, finding):
            self.kept[key] = finding.value if finding.full is None else finding.full

    def starts_at_zero(self, claim: Claim) -> bool:
        """Whether a claim says of a row of the optimizer where it starts: v_0 = 0."""
        value = stated(claim)
        return value is not None and all(is_zero(entry) for entry in value)

    def is_true(self, claim: Claim, key: Key, finding: Finding) -> bool:
        """Whether a line that could not be decided ends in the right number."""
        if finding.status != "unknown":
            return False
        return self.stands(claim, self.expected(key, self.truth), finding.value) in ("equal", "rounded", "format")

    def stands(self, claim: Claim, wanted: Number | None, value: Number, loose: bool = False) -> str:
        """How the value at the end of a claim stands to what it should be."""
        return standing(wanted, claim.end, value, self.decimals, claim.last_sign, loose)

    def worlds(self) -> tuple[World, ...]:
        """What the student works with: the printed values, or those in full."""
        differ = any(self.kept.get(key) is not value for key, value in self.printed.items())
        both = (self.printed, self.kept) if differ else (self.printed,)
        ways = sorted({False, self.problem.arithmetic == "round"})
        named = (self.own, self.own_right) if self.own != self.own_right else (self.own,)
        found = itertools.product(named, ways, both)
        return tuple(World(self.problem, stated, in_full=in_full, own=own) for own, in_full, stated in found)

    def name(self, word: str, printed: Own, right: Own) -> None:
        """Take a name of the student's own for what it was said to be, and for what it should be."""
        self.own[word], self.own_right[word] = printed, right

    def forget(self, word: str) -> None:
        """A name of the student's own is given anew."""
        for named in (self.own, self.own_right):
            named.pop(word, None)

    def key(self, claim: Claim) -> Key | None:
        """The quantity of a claim in a run."""
        found = claim.quantity
        if found is None:
            return None
        if found.kind == "negative":
            word = found.parameter
            has_row = any(row.target == "n" for row in self.facts.equations) and word and not claim.at
            return (
                Key("n", word, claim.update, found.entry)
                if has_row
                else Key("-" + found.name, "", claim.update, found.entry, claim.at)
            )
        if found.kind in ("weight", "change", "state"):
            return Key(found.name, found.parameter, claim.update, found.entry)
        return Key(found.name, "", claim.update, found.entry, claim.at)

    def base(self, claim: Claim) -> int:
        """After how many updates the weights in the formulas of a claim are taken."""
        is_weight = claim.quantity is not None and claim.quantity.kind == "weight" and not claim.quantity.old
        return claim.update - 1 if is_weight and claim.update else claim.update

    def expected(self, key: Key, world: World, derived: bool = False) -> Number | None:
        """What a quantity is in a world."""
        if key.name.startswith("-"):
            value = worth(world, key._replace(name=key.name[1:]))
            return None if value is None else -value
        if not derived or key not in world.stated:
            return worth(world, key)
        return worth(World(world.problem, but(world.stated, key), in_full=world.in_full), key)

    def finding(self, claim: Claim, key: Key | None, worlds: Sequence[World]) -> Finding:
        """What a claim comes to."""
        if claim.unreadable or not claim.sides:
            return Finding("unknown", "syntax", "")
        if is_of_vectors(claim, key and self.expected(key, self.truth)):
            return tried_elsewhere(self, claim, key, vector_finding(self, claim, key, worlds))
        values = self.values(claim, worlds)
        if any(value is None for value in values):
            return Finding("unknown", "unknown", "", value=self.last_number(claim, values))
        if key is None and all(map(is_array, values)):
            return vector_finding(self, claim, key, worlds)
        if key is None:
            return self.arithmetic(claim, values)
        (formulas, meant), value = formulas_of(self, claim, key), values[-1]
        if formulas is not None and formulas.verdict == "unknown":
            return Finding("unknown", "unknown", "", value=value, late=formulas.late is not None)
        if formulas is not None and formulas.verdict == "domain":
            values = self.filled(claim, key, values, worlds[0])
        found = self.quantity(claim, key, values, formulas, worlds)
        if found.status == "slip" and meant is not claim:
            found = self.quantity(meant, key, self.values(meant, worlds), formulas, worlds)
            if found.status == "slip" and is_nearly(self.expected(key, self.truth), value):
                return Finding("unknown", "unknown", "", value=found.value)  # of rounded values
        if found.status == "slip":
            return slip_or_open(self, claim, key, found)
        return found if formulas is not None else tried_elsewhere(self, claim, key, found)

    def filled(self, claim: Claim, key: Key, values: list[Number], world: World) -> list[Number]:
        """The values, for a formula without one at this point that of the right formula: they agree elsewhere."""
        right = self.expected(key, world, derived=True)
        sides = zip(claim.sides, values, strict=True)
        return [
            right if isinstance(value, NoValue) and side.tree and side.tree.names else value for side, value in sides
        ]

    def values(self, claim: Claim, worlds: Sequence[World]) -> list[Number | None]:
        """What every side is worth to the student."""
        found = []
        for side in claim.sides:
            assert side.tree is not None
            found.append(side_value(side.tree, worlds[0], self.base(claim)))
        return found

    def last_number(self, claim: Claim, values: Sequence[Number | None]) -> Number | None:
        """What the numbers come to at the end of a claim of which a part could not be worked out."""
        tree, last = claim.end.tree, values[-1]
        return None if tree is None or tree.names or isinstance(last, NoValue) else last

    def arithmetic(self, claim: Claim, values: Sequence[Number]) -> Finding:
        """A line about no quantity of the problem: only whether it is true."""
        first, value = claim.sides[0].tree, values[-1]
        assert first is not None
        broken, status = chain_of(self, claim, values, claim.signs)
        is_of_arrays = any(map(is_array, values))  # A·w = b, and w·x + b = 0 for each sample
        if broken is not None and (is_of_arrays or _may_be_index(first, self.facts.start)):
            return Finding("unknown", "unknown", "", value=value)
        if broken is not None and not self.holds_behind_the_move(claim):
            return Finding("slip", "different", broken=broken, value=value)
        if broken is None:
            self.told.add(first)
        return Finding(status if broken is None else "ok", "equal", value=value)

    def holds_behind_the_move(self, claim: Claim) -> bool:
        """Whether a line about weights is true of those that come next: w − 0.5 = 0.01, or is told of each update."""
        moves = not claim.names.isdisjoint(self.facts.start) or claim.sides[0].tree in self.told
        moved = replace(claim, update=claim.update + 1)
        values = self.values(moved, self.worlds()) if moves else [None]
        return None not in values and chain_of(self, moved, values, claim.signs)[0] is None

    def quantity(
        self, claim: Claim, key: Key, values: Sequence[Number], formulas: Equality | None, worlds: Sequence[World]
    ) -> Finding:
        """What a claim about a quantity comes to."""
        truth, value = self.expected(key, self.truth), values[-1]
        loose = not is_short(truth)  # everyone rounds here
        follows = [self.expected(key, world, derived=True) for world in worlds]
        full_truth = [truth, self.expected(key, self.unrounded)] if self.unrounded is not self.truth else [truth]
        broken, chain = chain_of(self, claim, values, claim.signs[1:], loose, (*full_truth, *follows))
        full = next((known for part, known in zip(claim.sides, values, strict=True) if not part.is_number), None)
        note: dict[str, Any] = {"broken": broken, "value": value, "full": full if broken is None else None}
        if truth is None:
            return Finding("unknown", "unknown", "", **note)
        right = best([self.stands(claim, wanted, value) for wanted in full_truth])
        fits = best([self.stands(claim, wanted, value, loose) for wanted in follows])
        if broken is None:
            right = self.rounded_on_the_way(claim, values, full_truth, loose) if right == "no" else right
            fits = self.rounded_on_the_way(claim, values, follows, loose) if fits == "no" else fits
        note |= self.certainty(claim, formulas)
        if formulas is not None and formulas.verdict == "different":
            note["counterexample"] = shown_apart(formulas, self.compared)
        if broken is not None or (formulas is not None and formulas.verdict == "different"):
            return Finding("slip", "different", **note)
        if self.decimals is None and (wrong := wrongly_rounded(claim, values, truth, follows)) is not None:
            return Finding("slip", "different", **(note | {"full": wrong}))
        verdict = "domain" if formulas is not None and formulas.verdict == "domain" else "equal"
        if fits != "no" and (right != "no" or not self.kept):  # without a mistake before, a rounding on another road
            is_form = "format" in (right, chain) or self.is_too_fine(claim, key, value)
            return Finding("format" if is_form else "ok", verdict, **note)
        if fits != "no":
            trivial = self.is_trivial(key)
            return Finding("slip" if trivial else "carried", "different", follows=trivial, **note)
        if right != "no":
            return Finding("lucky" if self.kept else "ok", verdict, **note)
        if follows_from_own(self, claim, (*full_truth, *follows)):
            return Finding("carried", "different", **note)
        return Finding("slip", "different", **note)

    def certainty(self, claim: Claim, formulas: Equality | None) -> dict[str, Any]:
        """How sure a line with formulas is: as they are, where all of its other sides are numbers."""
        if formulas is None or formulas.verdict not in ("equal", "domain"):
            return {}
        if formulas.certainty != "proved":
            return {"certainty": formulas.certainty}
        sides = (side.is_number or (side.tree is not None and self.facts.moves(side.tree)) for side in claim.sides)
        return {"by_formula": all(sides)}

    def rounded_on_the_way(
        self, claim: Claim, values: Sequence[Number], wanted: Sequence[Number | None], loose: bool
    ) -> str:
        """How the end of a chain stands in which numbers were rounded: as asked for, or as anyone does with roots."""
        if self.decimals is not None:
            return "rounded" if any(value is not None and alike(value, values[0]) for value in wanted) else "no"
        (first, *others), shown = claim.sides, values[-1]
        digits = digits_of(claim.end, shown)
        if others and digits > 1 and rounds_to(values[-2], shown, claim.end.unit):
            nearly = [value for value in wanted if is_nearly(value, shown)]
            if any(is_of_rounded_numbers(self, claim, claim.sides[-2].tree, value) for value in nearly):
                return "format"
        shows_work = bool(others) and (
            not first.is_number or any(may_be_rounded_from(first.tree, value) for value in wanted)
        )
        ends = (values[0], shown)
        is_near = any(is_irrational(value) and all(is_nearly(value, each) for each in ends) for value in wanted)
        return "format" if loose and shows_work and is_near and digits != 1 else "no"  # a formula shows none

    def is_too_fine(self, claim: Claim, key: Key, value: Number) -> bool:
        """Whether a value has more decimal places than were asked for; what is given may have as many as it has."""
        is_given = key.name == "w" and key.step == 0
        if self.decimals is None or is_given or not is_too_fine(claim.end, value, self.decimals):
            return False
        return self.policy.decimals is not None or not alike(self.expected(key, self.truth), value)

    def is_trivial(self, key: Key) -> bool:
        """Whether a quantity follows from a wrong value that stops everything: then nothing is learned from it."""
        stopped = (other for other, value in self.kept.items() if self.stops(other, value))
        return any(hangs_on(self, key, {other}) for other in stopped)

    def stops(self, key: Key, value: Number) -> bool:
        """Whether a wrong value is 0 where the right one is not, or a weight that has not moved where it should."""
        if key.name != "w":
            return is_zero(value) and not is_zero(self.expected(key, self.truth))
        before = key._replace(step=key.step - 1)
        stood = self.printed.get(before, self.facts.start.get(key.parameter) if key.step == 1 else None)
        if stood is None or is_array(stood) != is_array(value):
            return False
        ran = [self.expected(each, self.truth) for each in (key, before)]
        if ran[0] is None or ran[1] is None:
            return False
        return is_zero(value - stood) and not is_zero(ran[0] - ran[1])


def _may_be_index(tree: Expression, parameters: Collection[str]) -> bool:
    """Whether a side is w^1 or w^2: a power, or a weight after so many updates."""
    if tree.op != "pow" or tree.args[0].op != "name" or tree.args[1].op != "number":
        return False
    return tree.args[0].name in parameters


def check(problem: Problem, text: str, student: str = "") -> Report:
    """Mark a working. Raises InputError where the problem cannot be used; nothing in the text raises."""
    from symgd.checking.readings import best_reading
    from symgd.checking.scoring import report_of

    with allowing(problem.allowed), found_in(problem.source):
        return report_of(best_reading(problem, text), text, student)
