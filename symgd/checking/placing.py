"""Which update each line of a working belongs to: after how many updates its quantity is meant.

A heading ("update 2", 第 2 次更新) or an index says it. Without them an update ends when something of it comes again;
whoever writes in another order (all weights first, or one parameter after the other) may count instead: the second
value of a quantity is that of the second update.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from symgd.checking.as_typed import OVER, Position
from symgd.checking.comparing import digits_of
from symgd.checking.facts import Facts
from symgd.checking.notations import Quantity
from symgd.checking.stated import Entries, are_equal, are_rounded, entries, stated, worked_out
from symgd.checking.world import Key, World, worth
from symgd.numbers.bounded import value_of

if TYPE_CHECKING:
    from symgd.checking.claims import Claim


class Habits(NamedTuple):
    """How a student writes, where that is not told by the lines.

    Where headings head `states`, slopes behind the weights are those of the point that was come to. Where arithmetic
    is `ahead`, that behind the weights is of the next update: η·dL/dw = −0.48. Who `corrects` says a value again that
    was wrong.
    """

    states: bool = False
    ahead: bool = False
    corrects: bool = False


_USUAL = Habits()


def placed(
    claims: Sequence[Claim], headings: Mapping[Position, int], facts: Facts, habits: Habits = _USUAL
) -> list[Claim]:
    """The claims with the update that each belongs to, by the order of the lines and their headings."""
    place, found = _Place(facts, habits), []
    starts = sorted(headings.items())
    for claim in claims:
        while starts and starts[0][0] <= (claim.line, claim.column):
            place.begin(starts.pop(0)[1])
        if place.over and claim.quantity is not None and claim.quantity.kind == "rate":
            claim = claim.for_the_teacher()  # another rate may be told of: not judged
        found.append(replace(claim, update=place.of(claim)))
    return found


def other_readings(
    claims: Sequence[Claim], headings: Mapping[Position, int], are_steps: bool, facts: Facts
) -> Iterator[list[Claim]]:
    """What claims may be about as well, each list in the order in which values follow.

    Arithmetic behind a label may be that of the label; there may be another order where no headings say which, where
    they count from 0 (iteration 0 may be the first update, or the start), and where they may be steps of one update.
    `claims` are those that the order of the lines gives.
    """
    readings, stands = [claims], _has_unmoved(facts)
    if any(
        claim.own or any(side.tree and side.tree.names for side in claim.sides) for claim in claims if not claim.kind
    ):
        yield placed(claims, headings, facts, Habits(ahead=True))
    named = [_named(claim, facts) for claim in claims]
    if any(claim.label is not None for claim in named):
        labelled = placed([_labelled(claim) for claim in named], headings, facts)
        yield labelled
        readings.append(labelled)
    corrected = placed(claims, headings, facts, Habits(corrects=True))
    if [claim.update for claim in corrected] != [claim.update for claim in claims]:
        yield corrected
    if headings:
        yield placed(claims, headings, facts, Habits(states=True))
        if not are_steps and 0 not in headings.values():
            return
        as_one = placed(claims, {}, facts)
        yield as_one
        readings = [claims, as_one]
    late: list[list[Claim]] = []
    for reading in readings:
        usual = [claim.update for claim in reading]
        for first_loss, may_start in itertools.product((0, 1, None), (True, False) if stands else (True,)):
            counted = _counted(reading, facts, first_loss, may_start)
            if [claim.update for claim in counted] != usual:
                yield sorted(counted, key=_following)
                late.append(counted)
    for reading in late if not headings else ():
        if (at_end := _at_the_end(reading, facts)) != reading:
            yield sorted(at_end, key=_following)
    if not headings and (at_end := _at_the_end(claims, facts)) != list(claims):
        yield at_end


def _at_the_end(claims: Sequence[Claim], facts: Facts) -> list[Claim]:
    """The one value of a weight or the loss after the start, as that after all updates where the run ends in it."""
    truth, steps = World(facts.problem), facts.problem.steps
    often = Counter(claim.quantity for claim in claims if _may_end(claim) and stated(claim) is not None)

    def is_last(claim: Claim) -> bool:
        quantity, value = claim.quantity, stated(claim)
        if quantity is None or quantity.kind not in ("weight", "loss") or quantity.old or quantity.update is not None:
            return False
        if not _may_end(claim) or claim.at or often[quantity] != 1 or value is None:
            return False
        name = "w" if quantity.kind == "weight" else quantity.name
        ran = entries(worth(truth, Key(name, quantity.parameter, steps, quantity.entry)))
        parts = claim.sides[-1].parts or claim.sides[-1:]
        is_fine = all(digits_of(part, shown) > 1 for part, shown in zip(parts, value, strict=True))
        is_lone = len(claim.sides) == 1 or claim.signs[-1] == "≈"  # w1 = 0.5 + 0.01 = 0.52 is no rounded 0.518
        return are_equal(value, ran) or (is_lone and is_fine and are_rounded(value, ran, claim))

    return [replace(claim, update=steps) if is_last(claim) else claim for claim in claims]


def _may_end(claim: Claim) -> bool:
    """Whether a claim may be about the end: where a weight starts it is not."""
    return claim.update > 0 or (claim.quantity is not None and claim.quantity.kind == "loss")


def _named(claim: Claim, facts: Facts) -> Claim:
    """`0.5 + 0.01 = 0.51` with the weight as its label that goes from the first number to the last."""
    tree = claim.sides[0].tree if claim.sides else None
    is_named = claim.quantity is not None or claim.own or claim.label is not None
    if is_named or tree is None or tree.op not in ("add", "sub"):
        return claim
    while tree.op in ("add", "sub"):
        tree = tree.args[0]
    first, last, truth = value_of(tree, {}), stated(claim), World(facts.problem)
    found = [
        Quantity("weight", "w", word, step)
        for word in facts.start
        for step in range(1, min(facts.problem.steps, _MOST_STEPS) + 1)
        if are_equal(last, entries(worth(truth, Key("w", word, step))))
        and are_equal((first,), entries(worth(truth, Key("w", word, step - 1))))
    ]
    return replace(claim, label=found[0]) if len(found) == 1 else claim


#: So many updates are looked through for a line without a name.
_MOST_STEPS = 20


def _labelled(claim: Claim) -> Claim:
    """`w1: 0.5 + 0.01 = 0.51` as w1 = 0.5 + 0.01 = 0.51, `- dL/dw = 5` as −dL/dw = 5."""
    if claim.label is None:
        return claim
    signs = claim.signs if claim.quantity is not None else ("=", *claim.signs)
    return replace(claim, quantity=claim.label, signs=signs)


# by the order of the lines


class _Place:
    """Where a student is: the update under way, and what was said in it."""

    def __init__(self, facts: Facts, habits: Habits) -> None:
        self.habits = habits
        self.facts, self.update, self.said, self.told = facts, 0, set[tuple[str, str, str]](), False
        self.stands: dict[str, Entries | None] = {}  # the value that was last stated for each weight
        self.formulas: dict[str, Entries | None] = {}  # and what numbers came to that were said of it
        self.still = set[str]()  # parameters that do not move in this update, by what was said
        self.truth = World(facts.problem)
        self.wrong: dict[tuple[str, str, str], int] = {}  # after how many updates a value was stated that is wrong
        self.over = False  # whether the updates are over, and what follows tells of them

    def begin(self, number: int) -> None:
        """The update with a number begins; number 0 holds the start, or is the first of who counts from 0."""
        self.over = number == OVER
        if not self.over:
            self.update, self.said, self.still = max(0, number - 1), set(), set()
            self.told = not self.habits.states

    def of(self, claim: Claim) -> int:
        """The update of a claim."""
        if self.habits.corrects and (corrected := self.corrected(claim)) is not None:
            return corrected
        update = self.following(claim)
        if self.habits.corrects and claim.quantity is not None and stated(claim) is not None:
            is_right = self.is_right(claim, claim.quantity, update)
            self.wrong = {**self.wrong, _known(claim.quantity): update} if not is_right else self.wrong
        return update

    def corrected(self, claim: Claim) -> int | None:
        """The update of a wrong value that a claim corrects, before anything of a later one."""
        quantity = claim.quantity
        wrong = None if quantity is None or quantity.update is not None else self.wrong.get(_known(quantity))
        if quantity is None or wrong is None or wrong - _first(quantity) != self.update:
            return None
        if not self.is_right(claim, quantity, wrong):
            return None
        del self.wrong[_known(quantity)]
        if quantity.kind == "weight":
            self.stands[_word(quantity)] = stated(claim)
        return wrong

    def is_right(self, claim: Claim, quantity: Quantity, update: int) -> bool:
        """Whether a claim states what its quantity is after so many updates, as far as that is known here."""
        parameter = quantity.parameter if quantity.kind in ("weight", "change", "state") else ""
        ran = entries(worth(self.truth, Key(quantity.name, parameter, update, quantity.entry)))
        return are_rounded(stated(claim), ran, claim)

    def following(self, claim: Claim) -> int:
        """The update of a claim by what was said before it."""
        quantity = claim.quantity
        if quantity is None:
            return self.update + (self.habits.ahead and self.all_moved())
        if quantity.kind == "rate":
            return self.update + self.is_next_rate(claim)
        if claim.at:
            return self.update
        if quantity.update is not None:
            return self.indexed(claim, quantity)
        if self.over and (told := self.told_again(claim, quantity)) is not None:
            return told
        if quantity.kind == "loss" and quantity.old:
            return self.update
        if quantity.kind == "weight" and not quantity.old and self.is_restated(claim):
            return self.update + (1 if _word(quantity) in self.moved() else 0)
        all_moved = self.all_moved()
        if quantity.kind == "loss":
            return self.update + all_moved
        again = _known(quantity) in self.said
        if (again and self.moved()) or (all_moved and not self.told and not _first(quantity)):
            self.say(quantity, self.update + 1)
        else:
            self.say(quantity, self.update)
        self.still |= {_word(quantity)} if _stands_still(claim) else set()
        return self.update + _first(quantity)

    def is_next_rate(self, claim: Claim) -> bool:
        """Whether a rate behind the weights is that of the next update, and was not that of this one."""
        value = stated(claim)
        now, then = (entries(worth(self.truth, Key("eta", "", self.update + more))) for more in (0, 1))
        return self.all_moved() and not are_equal(value, now) and are_rounded(value, then, claim)

    def indexed(self, claim: Claim, quantity: Quantity) -> int:
        """A quantity that says itself after which update it is meant; a row of the optimizer says in which."""
        assert quantity.update is not None
        if quantity.kind == "weight":
            self.stands[_word(quantity)] = stated(claim)
            if quantity.update:  # where it starts is no move
                self.say(quantity, quantity.update - 1)
        elif quantity.kind == "state":
            self.say(quantity, max(quantity.update, 0))
        return quantity.update

    def told_again(self, claim: Claim, quantity: Quantity) -> int | None:
        """After how many updates a quantity had the number that a line behind the updates states; the last first."""
        if len(claim.sides) != 1 or quantity.kind not in ("weight", "loss"):
            return None
        value, steps = stated(claim), reversed(range(self.facts.problem.steps + 1))
        ran = {
            step: entries(worth(self.truth, Key(quantity.name, quantity.parameter, step, quantity.entry)))
            for step in steps
        }
        exact = next((step for step, known in ran.items() if are_equal(value, known)), None)
        return exact if exact is not None else next((s for s in ran if are_rounded(value, ran[s], claim)), None)

    def moved(self) -> set[str]:
        return {word for kind, _, word in self.said if kind == "weight"}

    def all_moved(self) -> bool:
        return {word.partition("[")[0] for word in self.moved()} >= set(self.facts.start)

    def say(self, quantity: Quantity, update: int) -> None:
        if update != self.update:
            self.update, self.said, self.still = update, set(), set()
        self.said.add(_known(quantity))

    def is_restated(self, claim: Claim) -> bool:
        """Whether a line only says again where the student stands: w1 = 0.5 at the start, w1 = 0.51 after a move."""
        assert claim.quantity is not None
        word, value = _word(claim.quantity), stated(claim)
        if word in self.moved() and word in self.stands and self.stands[word] is None:
            before, self.formulas[word] = self.formulas.get(word), worked_out(claim)
            if value is not None or before is None or self.formulas[word] in (None, before):
                self.stands[word] = value
                return True  # the formula alone was said of it: this is its value
            return False  # 1 + 0.4, and then 1.4 + 0.32
        known = self.stands.get(word)
        if known is None:  # nothing was said of it yet: it stands where the run has it
            known = entries(worth(self.truth, Key("w", claim.quantity.parameter, self.update, claim.quantity.entry)))
        again = value is not None and len(claim.sides) == 1 and are_equal(value, known)
        self.formulas[word] = worked_out(claim)
        self.stands[word] = () if claim.unreadable else value  # what could not be read is a value all the same
        return again and (word in self.moved() or word not in self.still)


def _word(quantity: Quantity) -> str:
    """The parameter that a quantity belongs to, with the place of an entry: w1, w[2]."""
    return f"{quantity.parameter}{list(quantity.entry)}" if quantity.entry else quantity.parameter


def _known(quantity: Quantity) -> tuple[str, str, str]:
    """What lines about one quantity have in common."""
    return "old" if quantity.old else quantity.kind, quantity.name, _word(quantity)


def _stands_still(claim: Claim) -> bool:
    """Whether a claim says that a slope or a change is 0."""
    assert claim.quantity is not None
    value = stated(claim) if claim.quantity.kind in ("slope", "negative", "change") else None
    return value is not None and all(entry == 0 for entry in value)


# by counting


def _has_unmoved(facts: Facts) -> bool:
    """Whether the first update leaves a weight, or an entry of one, where it starts: its value may be of both."""
    truth = World(facts.problem)
    for word in facts.start:
        pair = [entries(worth(truth, Key("w", word, step))) for step in (0, 1)]
        if any(are_equal((before,), (after,)) for before, after in zip(pair[0] or (), pair[1] or (), strict=False)):
            return True
    return False


def _counted(claims: Sequence[Claim], facts: Facts, first_loss: int | None, may_start: bool) -> list[Claim]:
    """The claims with their updates by how many values of their quantity stand before them.

    `first_loss` is after how many updates the first loss is meant; None leaves losses where they are. The first value
    of a weight `may_start` it.
    """
    following: dict[tuple[str, str, str], int] = {}
    found: list[Claim] = []
    update = 0
    for claim in claims:
        quantity = claim.quantity
        if quantity is None or quantity.kind == "rate" or claim.at:
            claim = replace(claim, update=update)
        elif first_loss is not None or quantity.kind != "loss":
            known = _known(quantity)
            before = following.get(known, first_loss if quantity.kind == "loss" else None)
            count = _count(claim, quantity, before, facts) if may_start or before is not None else _first(quantity)
            claim = replace(claim, update=count if quantity.update is None else quantity.update)
            following[known] = max(claim.update + (stated(claim) is not None), _first(quantity))
            update = max(0, claim.update - _first(quantity))
        found.append(claim)
    return found


def _count(claim: Claim, quantity: Quantity, following: int | None, facts: Facts) -> int:
    """After how many updates a quantity is meant, of which the next value is `following` (None: its first)."""
    start = None
    if quantity.kind == "weight":
        start = entries(worth(World(facts.problem), Key("w", quantity.parameter, 0, quantity.entry)))
    if following is None and len(claim.sides) == 1 and are_equal(stated(claim), start):
        return 0
    return _first(quantity) if following is None else following


def _first(quantity: Quantity) -> int:
    """After how many updates the first value of a quantity is meant that is worked out."""
    return 1 if quantity.kind == "weight" and not quantity.old else 0


#: What is worked out first in an update; arithmetic has no kind.
_ORDER = ("", "definition", "loss", "rate", "slope", "negative", "state", "change", "weight")


def _following(claim: Claim) -> tuple[int, int]:
    """What comes first where each value follows from those before it."""
    return (claim.update - 1 if claim.kind == "weight" else claim.update), _ORDER.index(claim.kind)
