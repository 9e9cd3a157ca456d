"""A line that is to be explained, and what it would be under changed rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from symgd.checking.claims import Claim
from symgd.checking.world import Changes, Key, World, worth
from symgd.descent.problem import Problem
from symgd.errors import SymgdError
from symgd.expressions.tree import Expression

Number = Any


class Guess(NamedTuple):
    """What a row would make of a line: a value, and the formula behind it where it is one of a slope."""

    value: Number
    formula: Expression | None = None


class Spot(NamedTuple):
    """A line that is to be explained: the claim, its quantity, and the world of what the student stated before it."""

    claim: Claim
    key: Key
    world: World

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.world.problem

    @property
    def kind(self) -> str:
        """The kind of its quantity."""
        return self.claim.kind

    def under(self, changes: Changes, formula: Expression | None = None) -> Iterator[Guess]:
        """What the line would be under changed rules."""
        value = _derived(self.world.changed(changes), self.key._replace(name=self.key.name.removeprefix("-")))
        if value is not None:
            yield Guess(-value if self.key.name.startswith("-") else value, formula)

    def before(self, name: str) -> Number | None:
        """Another row of the same update, as the student has it."""
        return worth(self.world, Key(name, self.key.parameter, self.update))

    @property
    def update(self) -> int:
        """After how many updates the update begins that the line belongs to."""
        return self.key.step - 1 if self.kind == "weight" else self.key.step

    @property
    def has_stated(self) -> frozenset[str]:
        """Which rows of this parameter's update were stated."""
        word, step = self.key.parameter, self.update
        slope = self.world.facts.slopes.get(word, "")
        rows = {key.name for key in self.world.stated if key.parameter == word and key.step == step}
        return frozenset(rows | ({"g"} if Key(slope, "", step) in self.world.stated else set()))


def _derived(world: World, key: Key) -> Number | None:
    from symgd.checking.facts import NoSuch

    try:
        return world.derived(key)
    except (NoSuch, SymgdError, ArithmeticError, LookupError, ValueError, TypeError):
        return None


Rule = Callable[[Spot], Iterator[Guess]]
