"""Misconceptions about the step: other equations of the optimizer, other things put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from symgd.calculus.algebra import negative, product
from symgd.checking.spots import Guess, Rule, Spot
from symgd.checking.world import Changes, Key, World, worth
from symgd.expressions.reader import read
from symgd.expressions.tree import number
from symgd.numbers.systems import rational

Number = Any


# the step


def _steps(*kinds: str) -> Callable[[Rule], Rule]:
    """Only for lines of these kinds."""

    def of(rule: Rule) -> Rule:
        def guesses(spot: Spot) -> Iterator[Guess]:
            if spot.kind in kinds and spot.key.parameter:
                yield from rule(spot)

        return guesses

    return of


def _supplying(change: Callable[[dict[str, Number]], dict[str, Number]]) -> Changes:
    return Changes(supplied=lambda world, key, values: change(values))


@_steps("weight", "change")
def climbed(spot: Spot) -> Iterator[Guess]:
    """Added where it is to be taken away: up the hill."""
    if "n" in spot.has_stated:
        return
    if "d" in spot.has_stated and spot.kind == "weight":
        yield from spot.under(Changes(equations={"w": read("w - d")}))
    for row in spot.world.facts.equations if not spot.world.facts.needs_direction else ():
        if row.target == "d":
            yield from spot.under(Changes(equations={"d": negative(row.tree)}))


@_steps("weight", "change")
def _negated_twice(spot: Spot) -> Iterator[Guess]:
    if "n" in spot.has_stated:
        yield from spot.under(Changes(equations={"d": read("-eta*n")}))


def _negative_as_slope(spot: Spot) -> Iterator[Guess]:
    """−grad written with the signs of the gradient."""
    if spot.kind == "negative":
        slope = spot.world.facts.slopes.get(spot.key.parameter) or spot.key.name[1:]
        value = worth(spot.world, Key(slope, "", spot.key.step))
        if value is not None:
            yield Guess(value)


def negated(spot: Spot) -> Iterator[Guess]:
    """The negative gradient negated once more, or written with the gradient's signs."""
    yield from _negated_twice(spot)
    yield from _negative_as_slope(spot)


@_steps("weight", "change")
def rate_forgotten(spot: Spot) -> Iterator[Guess]:
    """Without the learning rate."""
    yield from spot.under(_supplying(lambda values: {**values, "eta": rational(Fraction(1))}))


@_steps("weight", "change")
def rate_alone(spot: Spot) -> Iterator[Guess]:
    """The learning rate alone, up or down."""
    eta, weight = worth(spot.world, Key("eta", "", spot.update)), spot.before("w")
    if eta is not None and weight is not None:
        for step in (eta, -eta):
            yield Guess(weight + step if spot.kind == "weight" else step)


@_steps("weight", "change")
def divided(spot: Spot) -> Iterator[Guess]:
    """Divided by the rate."""
    yield from spot.under(_supplying(lambda values: {**values, "eta": 1 / values["eta"]}))


@_steps("weight")
def change_as_weight(spot: Spot) -> Iterator[Guess]:
    """The change written as the new weight; whoever adds or subtracts did not."""
    is_sum = any(side.tree is not None and side.tree.op in ("add", "sub") for side in spot.claim.sides)
    value = spot.before("d")
    if value is not None and not is_sum:
        yield Guess(value)


@_steps("weight")
def gradient_as_weight(spot: Spot) -> Iterator[Guess]:
    """The gradient written as the new weight."""
    value = worth(spot.world, Key(spot.world.facts.slopes[spot.key.parameter], "", spot.update))
    if value is not None:
        yield Guess(value)
        yield Guess(-value)


def moved_first(spot: Spot) -> Iterator[Guess]:
    """The slope taken where the parameters before it have already moved."""
    order = {word: place for place, word in enumerate(spot.problem.parameters)}
    slopes = {slope: order[word] for word, slope in spot.world.facts.slopes.items()}

    def moved(of: str, word: str) -> bool:
        return of in slopes and order[word] < slopes[of]

    yield from spot.under(Changes(moved=moved))


def earlier(spot: Spot) -> Iterator[Guess]:
    """The gradient of the update before."""
    if spot.kind == "slope":
        value = worth(spot.world, spot.key._replace(step=spot.key.step - 1))
        if value is not None:
            yield Guess(value)
    elif spot.kind in ("weight", "change", "negative", "state") and spot.key.parameter:
        yield from spot.under(Changes(earlier=True))


@_steps("weight", "change", "state")
def shifted(spot: Spot) -> Iterator[Guess]:
    """The value of the row before or after."""
    truth = World(spot.problem)
    for step in (-1, 1):
        value = worth(truth, spot.key._replace(step=spot.key.step + step))
        if value is not None:
            yield Guess(value)


def equations(**rows: str) -> Rule:
    """Other equations of the optimizer, as texts."""

    @_steps("weight", "change", "state")
    def guesses(spot: Spot) -> Iterator[Guess]:
        targets = {row.target for row in spot.world.facts.equations}
        changed = {target: read(text) for target, text in rows.items() if target in targets}
        if changed:
            yield from spot.under(Changes(equations=changed))

    return guesses


def momentum(text: str) -> Rule:
    """Another equation of the momentum; Adam's m is another thing."""
    rule = equations(m=text)

    def guesses(spot: Spot) -> Iterator[Guess]:
        if spot.problem.method.name in ("momentum", "nesterov"):
            yield from rule(spot)

    return guesses


def from_zero(spot: Spot) -> Iterator[Guess]:
    """The updates counted from 0."""
    if any("t" in row.tree.names for row in spot.world.facts.equations) and spot.key.parameter:
        yield from spot.under(_supplying(lambda values: {**values, "t": values["t"] - 1}))


@_steps("weight", "change")
def point_moved(spot: Spot) -> Iterator[Guess]:
    """The product of rate and gradient with its decimal point in another place."""
    if len(spot.claim.sides) > 1 or ("d" in spot.has_stated and spot.kind == "weight"):
        return  # whoever shows the operands shows whether the product is right
    for row in spot.world.facts.equations:
        for power in (1, -1) if row.target == "d" else ():
            yield from spot.under(Changes(equations={"d": product(number(Fraction(10) ** power), row.tree)}))
