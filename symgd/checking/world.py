"""Every quantity of a run, worked out when it is asked for: the truth, what follows from a student's own lines, or
what a misconception would give.

A world is a problem, what is stated in it (values that stand for those that would be worked out), and changes of its
rules. The truth states nothing and changes nothing; a student's world states the student's lines; a misconception is
a change in that world.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from symgd.checking.facts import NoSuch, facts_of
from symgd.checking.sharpening import is_narrow
from symgd.descent.directions import Hessian, newton_direction
from symgd.descent.problem import Problem
from symgd.errors import DomainError, PrecisionError
from symgd.expressions.shapes import typed
from symgd.expressions.tree import Expression
from symgd.numbers.values import entries_of, is_array, shaped_as

Number = Any


#: The values of names at a point; those of a vector or a matrix row by row.
Point = tuple[tuple[str, Fraction | tuple[Fraction, ...]], ...]


class Key(NamedTuple):
    """A quantity of a run: its name, the parameter it belongs to ("" for one of the whole), after how many updates.

    A row of the optimizer belongs to the update that begins there. The weight w1 after 2 updates is ("w", "w1", 2).
    `entry` is the place in a vector or a matrix, from 1; () is the whole. `at` are the values of names, for a quantity
    at a point that no run comes to.
    """

    name: str
    parameter: str
    step: int
    entry: tuple[int, ...] = ()
    at: Point = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """How the rules of a world differ from the right ones.

    `formulas` and `equations` replace rows by their names; `supplied` may change what an update is given (w, g, t,
    eta) before its rows are worked out; `moved` says of which slope which names are taken after the update, `earlier`
    takes slopes of the update before.
    """

    formulas: Mapping[str, Expression] = field(default_factory=dict)
    equations: Mapping[str, Expression] = field(default_factory=dict)
    supplied: Callable[[World, Key, dict[str, Number]], dict[str, Number]] | None = None
    moved: Callable[[str, str], bool] | None = None  # (of the slope, name in it): take it after the update
    earlier: bool = False  # slopes of the update before


#: Why a quantity may have no value.
_FAULTS = (NoSuch, DomainError, PrecisionError, ZeroDivisionError, OverflowError, KeyError)
#: So many updates are followed back from one another; more would be too deep.
_DEEPEST = 40


NOTHING = Changes()


class Own(NamedTuple):
    """A name that a student gave: its formula (None: numbers alone), and its value with the weights of an update.

    It may be rounded where nothing says what it is but a number, or another such name.
    """

    formula: Expression | None
    value: Number | None
    update: int
    may_be_rounded: bool = False
    unit: Fraction | None = None  # one in the last place of a lone number


class World:
    """The quantities of a problem under what is stated and changed.

    >>> problem = Problem(loss="(w - 3)^2", start={"w": 2})
    >>> World(problem).value(Key("w", "w", 1))
    11/5
    """

    def __init__(
        self,
        problem: Problem,
        stated: Mapping[Key, Number] | None = None,
        changes: Changes = NOTHING,
        in_full: bool = False,
        own: Mapping[str, Own] | None = None,
    ) -> None:
        """Nothing is worked out yet; `in_full` rounds nothing where the problem rounds every line.

        `own` are names of the student's own.
        """
        self.own = dict(own or {})
        self.problem, self.stated, self.changes, self.in_full = problem, dict(stated or {}), changes, in_full
        self.entries = [key for key in self.stated if key.entry]
        self.facts = facts_of(problem, in_full)
        self.known: dict[Key, Number] = {}
        self.failed: dict[Key, Exception] = {}
        self.open: set[Key] = set()
        self.approaching = False

    def changed(self, changes: Changes) -> World:
        """The same with other rules."""
        return World(self.problem, self.stated, changes, self.in_full, self.own)

    def at_point(self, key: Key) -> World:
        """The same where names have the values of a key's point, and nothing else is stated."""
        number, start = self.facts.system.number, self.facts.start
        point = dict[Key, Number]()
        for word, value in key.at:
            entries = [number(entry) for entry in (value if isinstance(value, tuple) else (value,))]
            of = Key("w", word, key.step) if word in start else Key(word, "", key.step)
            point[of] = shaped_as(start.get(word), entries)
        return World(self.problem, point, self.changes, self.in_full)

    def value(self, key: Key) -> Number:
        """A rational or a ball; raises NoSuch, DomainError, PrecisionError."""
        if key.at:
            return self.at_point(key).value(key._replace(at=()))
        if key in self.stated:
            return self.stated[key]
        if key.entry:
            return _entry(self.value(key._replace(entry=())), key)
        whole = self.derived(key)
        own = {other.entry: self.stated[other] for other in self.entries if other._replace(entry=()) == key}
        return _with_entries(whole, own) if own and is_array(whole) else whole

    def derived(self, key: Key) -> Number:
        """What follows for a quantity, whatever is stated of itself."""
        if key.entry:
            return _entry(self.derived(key._replace(entry=())), key)
        if key not in self.known:
            if key in self.open or key.step < 0 or key.step > self.problem.steps + 1:
                raise NoSuch(key)
            self.approach(key.step)
            if key in self.failed:
                raise self.failed[key]
            self.open.add(key)
            try:
                with self.facts.system.precision():
                    self.known[key] = self.worked_out(key)
            except _FAULTS as error:
                if len(self.open) == 1:  # on its own, and not for what is open around it
                    self.failed[key] = error
                raise
            finally:
                self.open.discard(key)
        return self.known[key]

    def has(self, key: Key) -> bool:
        """Whether a quantity need not be worked out."""
        return key in self.stated or key in self.known or key in self.failed

    def approach(self, step: int) -> None:
        """Work out the weights of the updates before a step one after the other, where they are many.

        What other rules make of many updates is not followed: NoSuch.
        """
        words, begin = self.facts.start, step
        while begin > 0 and any(not self.has(Key("w", word, begin)) for word in words):
            begin -= 1
        if self.approaching or step - begin <= _DEEPEST:
            return
        if self.changes != NOTHING:  # other rules may make numbers of any length of so many updates
            raise NoSuch(Key("w", "", step))
        self.approaching = True  # each is made of the one before, so that none needs an approach of its own
        for each in range(begin, step):
            for name, word in itertools.product((*self.facts.carried, "w"), words):
                with contextlib.suppress(*_FAULTS):
                    self.value(Key(name, word, each))
        self.approaching = False

    def worked_out(self, key: Key) -> Number:
        """By its own rule, from what it is made of."""
        if key.parameter and key.name == "w":
            return self.facts.start[key.parameter] if key.step == 0 else self.row(key._replace(step=key.step - 1), "w")
        if key.parameter:
            return self.row(key, key.name)
        if key.name == "eta":
            said = [other for other in self.stated if other.name == "eta" and other.step < key.step]
            if said and "t" not in self.problem.learning_rate.names:  # what was said of it holds until it is said anew
                return self.stated[max(said, key=lambda other: other.step)]
            return self.facts.system.evaluate(self.problem.learning_rate, {"t": self.number(key.step + 1)})
        own = self.own.get(key.name)
        if own is not None and own.value is not None and (own.formula is None or own.update == key.step):
            return own.value
        formula = self.formula(key.name, key.step)
        values = {word: self.at(word, key) for word in formula.names}
        if own is not None and is_array(own.value):
            formula = typed(formula, {word: getattr(value, "shape", ()) for word, value in values.items()}).tree
        return self.facts.system.assign(formula, values)

    def formula(self, name: str, step: int) -> Expression:
        """The formula of a definition, the loss, or a slope; raises NoSuch."""
        own = self.own.get(name)
        found = self.changes.formulas.get(name) or self.facts.formula(name, step) or (own and own.formula)
        if found is None:
            raise NoSuch(name)
        return found

    def at(self, word: str, of: Key) -> Number:
        """The value of a name in a formula of the step."""
        step = of.step
        if word in self.facts.start:
            moved = self.changes.moved is not None and self.changes.moved(of.name, word)
            return self.value(Key("w", word, step + 1 if moved else step))
        if word in self.facts.constants:
            return self.facts.constant(word, of.step)
        return self.value(Key(word, "", step))

    def row(self, key: Key, target: str) -> Number:
        """The value of a row of the optimizer, last assigned, in the update that begins at the step of the key."""
        rows = self.facts.equations
        last = max((place for place, row in enumerate(rows) if row.target == target), default=None)
        if last is None:
            raise NoSuch(key)
        values = self.supplied(key)
        for row in rows[: last + 1]:  # what comes after it may have no value
            own = Key(row.target, key.parameter, key.step)
            if own in self.failed:
                raise self.failed[own]
            if own in self.stated and row.target not in (target, "w"):
                values[row.target] = self.stated[own]
            else:
                tree = self.changes.equations.get(row.target, row.tree)
                values[row.target] = self.facts.system.assign(tree, {word: values[word] for word in tree.names})
        return values[target]

    def supplied(self, key: Key) -> dict[str, Number]:
        """What an update is given for a parameter: its weight and slope, the rate, and what is carried over."""
        word, step = key.parameter, key.step
        slope = Key(self.facts.slopes[word], "", step - 1 if self.changes.earlier and step else step)
        values = {
            **self.facts.settings,
            "w": self.value(Key("w", word, step)),
            "t": self.number(step + 1),
            "eta": self.value(Key("eta", "", step)),
        }
        if self.facts.needs_slope:
            values["g"] = self.value(slope)
        for state in self.facts.carried:
            values[state] = self.number(0) if step == 0 else self.value(Key(state, word, step - 1))
        if self.facts.needs_direction:
            values["p"] = self.directions(step)[word]
        return values if self.changes.supplied is None else self.changes.supplied(self, key, values)

    def directions(self, step: int) -> dict[str, Number]:
        """Newton's direction for each parameter."""
        known = {word: self.value(Key("w", word, step)) for word in self.problem.parameters}
        known |= {slope: self.value(Key(slope, "", step)) for slope in self.facts.slopes.values()}
        known |= self.facts.constants
        hessian = Hessian(self.problem.loss_name, self.facts.slopes, self.facts.second)

        def assign(kind: str, quantity: str, parameter: str, tree: Expression, values: Mapping[str, Number]) -> Number:
            full = {word: values[word] if word in values else self.at(word, Key("", "", step)) for word in tree.names}
            return self.facts.system.assign(tree, full)

        return newton_direction(self.facts.system, hessian, known, assign)

    def number(self, value: int) -> Number:
        """A whole number of the system."""
        return self.facts.system.number(Fraction(value))


def _entry(whole: Number, key: Key) -> Number:
    """An entry of a vector or a matrix; raises NoSuch where it has none there."""
    if not _has_entry(whole, key.entry):
        raise NoSuch(key)
    return whole[tuple(place - 1 for place in key.entry)]


def _with_entries(whole: Number, entries: Mapping[tuple[int, ...], Number]) -> Number:
    """A vector or a matrix with other entries at some places."""
    changed = whole.copy()
    for places, value in entries.items():
        if _has_entry(whole, places):
            changed[tuple(place - 1 for place in places)] = value
    return changed


def _has_entry(whole: Number, places: tuple[int, ...]) -> bool:
    shape: tuple[int, ...] = getattr(whole, "shape", ())
    return len(shape) == len(places) and all(0 < place <= most for place, most in zip(places, shape, strict=True))


def worth(world: World, key: Key) -> Number | None:
    """The value of a quantity; None where there is none, or it cannot be told."""
    try:
        found = world.value(key)
        return found if all(map(is_narrow, entries_of(found))) else None
    except _FAULTS:
        return None
