"""Kinks: where a function bends, so that any slope between two would do; and which one is used, as in PyTorch.

A row of the table says for an operation which differences must be 0 for it to bend, between which slopes, and the
member that the rules take. The tests are decided exactly (in floats: as the computer decides them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from symgd.calculus.rules import derivative
from symgd.errors import DomainError, PrecisionError
from symgd.expressions.operations import DEFAULTS
from symgd.expressions.tree import ONE, ZERO, Expression, nodes, number, operation
from symgd.numbers.systems import ExactSystem, FloatSystem, NumberSystem, rational
from symgd.numbers.values import Value

#: A rational, or a float as the computer has it.
Exact = Fraction | float


class Kink(NamedTuple):
    """A part that bends at a point: `test` is 0 there; the slopes of `of` lie from `low` to `high`; `member` is used.

    `kind` is the key of its sentence: kink, tie, border or jump.
    """

    kind: str
    part: Expression
    test: Expression
    of: Expression
    low: Exact
    high: Exact
    member: Exact


class _Bend(NamedTuple):
    """A row: the difference that is 0 at the bend, what the slopes are with respect to, and the slopes as trees."""

    kind: str
    test: Expression
    of: Expression
    slopes: tuple[Expression, Expression]
    member: Expression


_MINUS_ONE, _HALF = operation("neg", ONE), operation("div", ONE, number(2))


def kinks(tree: Expression, values: Mapping[str, Value]) -> tuple[Kink, ...]:
    """The kinks of a formula at a point; a test that is not decided exactly gives none.

    >>> import symgd
    >>> found = kinks(symgd.parse("relu(w*x - 1)"), {"w": Fraction(1, 2), "x": Fraction(2)})
    >>> [(str(kink.test), kink.low, kink.high, kink.member) for kink in found]
    [('w·x − 1', Fraction(0, 1), Fraction(1, 1), Fraction(0, 1))]
    """
    found: list[Kink] = []
    judge = _Judge(values)
    for part in nodes(tree):
        for bend in _BENDS.get(part.op, _none)(part):
            if judge.value(bend.test) == 0:
                found += judge.kink(part, bend)
    return tuple(dict.fromkeys(found))


class _Judge:
    """Works out small formulas at a point; None where a value is not known exactly."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        in_floats = any(isinstance(value, float) for value in values.values())
        known = {word: value for word, value in values.items() if isinstance(value, float | Fraction)}
        self.system: NumberSystem = FloatSystem() if in_floats else ExactSystem()
        self.known: dict[str, Any] = {
            word: float(value) if in_floats else rational(Fraction(value)) for word, value in known.items()
        }

    def value(self, tree: Expression) -> Exact | None:
        """A rational or a float; None where it is neither."""
        if not set(tree.names) <= set(self.known):
            return None
        try:
            found = self.system.public(self.system.evaluate(tree, self.known))
        except (DomainError, PrecisionError):
            return None
        return found if isinstance(found, Fraction | float) else None

    def kink(self, part: Expression, bend: _Bend) -> list[Kink]:
        """The bend with its slopes worked out; nothing where both sides have the same slope and value."""
        values = [self.value(slope) for slope in (*bend.slopes, bend.member)]
        known = [value for value in values if value is not None]
        if len(known) < 3:
            return []
        first, second, member = known
        kind = self.kind(part, bend)
        if first == second and kind != "jump":
            return []
        return [Kink(kind, part, bend.test, bend.of, min(first, second), max(first, second), member)]

    def kind(self, part: Expression, bend: _Bend) -> str:
        """A border between branches of different values is a jump."""
        if bend.kind != "border":
            return bend.kind
        below, above = (self.value(branch) for branch in _meeting(part, bend.test))
        return "border" if below == above else "jump"


Bends = Callable[[Expression], list[_Bend]]


def _none(part: Expression) -> list[_Bend]:
    return []


def _at_zero(low: Expression, high: Expression, member: Expression) -> Bends:
    def bends(part: Expression) -> list[_Bend]:
        u = part.args[0]
        return [_Bend("kink", u, u, (low, high), member)]

    return bends


def _leaky(part: Expression) -> list[_Bend]:
    u, slope = part.args[0], part.args[1] if len(part.args) > 1 else number(DEFAULTS[part.op])
    return [_Bend("kink", u, u, (slope, ONE), slope)]


def _clip(part: Expression) -> list[_Bend]:
    u, low, high = part.args
    return [_Bend("kink", operation("sub", u, bound), u, (ZERO, ONE), ONE) for bound in (low, high)]


def _tie(part: Expression) -> list[_Bend]:
    """max and min of two: with u − v = 0 either may be taken."""
    if len(part.args) != 2:
        return []
    u, v = part.args
    return [_Bend("tie", operation("sub", u, v), u, (ZERO, ONE), _HALF)]


def _borders(part: Expression) -> list[_Bend]:
    """For each condition, where its sides are equal; the slopes of the branches that meet there, for each name."""
    found = []
    for condition in part.args[1::2]:
        if not condition.args:
            continue
        test = operation("sub", *condition.args)
        branches = _meeting(part, test)
        for word in dict.fromkeys(word for branch in branches for word in branch.names):
            first, second = (derivative(branch, word) for branch in branches)
            taken = first if condition.op in ("le", "ge") else second
            found.append(_Bend("border", test, Expression("name", name=word), (first, second), taken))
    return found


def _meeting(part: Expression, test: Expression) -> tuple[Expression, Expression]:
    """The branch of the condition with this border, and the branch after it."""
    values, conditions = part.args[::2], part.args[1::2]
    place = next(i for i, condition in enumerate(conditions) if condition.args == test.args)
    return values[place], values[place + 1]


_BENDS: Mapping[str, Bends] = {
    "abs": _at_zero(_MINUS_ONE, ONE, ZERO),
    "relu": _at_zero(ZERO, ONE, ZERO),
    "leaky_relu": _leaky,
    "elu": _leaky,
    "clip": _clip,
    "max": _tie,
    "min": _tie,
    "piecewise": _borders,
}
#: The operations that bend somewhere.
BENDING = frozenset(_BENDS)
