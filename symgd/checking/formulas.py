"""The formulas of a line beside the right one: as they stand, or as formulas with some of the values put in."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.calculus.algebra import negative
from symgd.calculus.equality import Equality
from symgd.checking.claims import Claim
from symgd.checking.comparing import alike, rounds_to, side_value, with_constants
from symgd.checking.findings import is_zero
from symgd.checking.guarded import compared
from symgd.checking.own_names import spelled_out
from symgd.checking.refuting import TRUTHS
from symgd.checking.world import Key, World, worth
from symgd.expressions.tree import Expression, fold, name, nodes, number, rebuilt, substitute
from symgd.numbers.bounded import NoValue
from symgd.numbers.meanings import is_rational
from symgd.numbers.systems import rational
from symgd.numbers.values import is_array

if TYPE_CHECKING:
    from symgd.checking.facts import Facts
    from symgd.checking.marking import Marker

Number = Any
#: A number of a formula by its node, what it stands for, and how sure that is: "proved" of the very value, "evidence"
#: of a rounded one, "" of one that is nearly so.
_Meaning = tuple[int, Expression, str]
_KINDS = frozenset(("slope", "negative", "loss", "definition"))
_UNDECIDED = Equality("unknown", "")
_CERTAIN = {"evidence": Equality("equal", "evidence"), "": _UNDECIDED}
_SURE = ("", "evidence", "proved")
#: A number of at least so many digits may be so many units in its last place off: it was worked out of rounded ones.
_LEAST_DIGITS, _MOST_OFF = 3, 2
#: A decimal of as many places is taken for a fraction.
_MOST_PLACES = 13
#: So many parts of the right formula are looked at for what a number stands for, so many ways to read the numbers
#: of a line, so many of its numbers at a time; of a formula with more numbers none.
_MOST_PARTS, _MOST_WAYS, _AT_ONCE, _MOST_NUMBERS = 80, 96, (1, 2, 3), 20


def formulas_of(marker: Marker, claim: Claim, key: Key) -> tuple[Equality | None, Claim]:
    """How the formulas of a claim stand to the right one, whatever the parameters are; None without any.

    And the claim as it is meant, with what was rounded in its formulas in full.
    """
    quantity, facts = claim.quantity, marker.facts
    if quantity is None or quantity.entry or quantity.kind not in _KINDS:
        return None, claim
    right = facts.formula(quantity.name.removeprefix("-"), claim.update)
    if right is None:
        return None, claim
    formula = _Formula(marker, claim, key, negative(right) if quantity.kind == "negative" else right)
    found: Equality | None = None
    for place, side in enumerate(claim.sides):
        tree = None if side.tree is None else spelled_out(marker, side.tree)
        if tree is None or not facts.moves(tree):
            continue
        stands, meant = formula.beside(tree)
        if stands is None:
            continue
        if not stands:
            return stands, claim
        if meant is not tree:
            claim = replace(claim, sides=(*claim.sides[:place], side._replace(tree=meant), *claim.sides[place + 1 :]))
        found = stands if found is None or found.verdict == "equal" else found
    return found, claim


def left_out(facts: Facts, right: Expression, tree: Expression) -> list[str]:
    """The parameters of the right formula that another does without."""
    known = facts.whole(tree).names
    return [word for word in facts.whole(right).names if word in facts.start and word not in known]


def put_in(formula: Expression, beside: Expression, world: World, step: int) -> Expression:
    """A formula with the values of those parameters that another does without, where these leave a trace."""
    words = (word for word in formula.names if word in world.facts.start and word not in beside.names)
    values = {word: worth(world, Key("w", word, step)) for word in words}
    known = {word: value for word, value in values.items() if leaves_a_trace(value) and is_rational(value)}
    return substitute(formula, {word: number(_fraction(value)) for word, value in known.items()}) if known else formula


def leaves_a_trace(value: Number | None) -> bool:
    """Whether it shows that a value was put in: a term of 0 and a factor of 1 may be forgotten as well."""
    if value is None or is_zero(value):
        return False
    return is_array(value) or alike(abs(value), rational(Fraction(1))) is False


class _Formula:
    """The right formula of a claim."""

    def __init__(self, marker: Marker, claim: Claim, key: Key, right: Expression) -> None:
        self.marker, self.facts, self.right, self.step = marker, marker.facts, right, marker.base(claim)
        self.claim, self.key = claim, key

    @functools.cached_property
    def whole(self) -> Expression:
        """In parameters and constants."""
        return self.facts.whole(self.right)

    @functools.cached_property
    def plain(self) -> Expression | None:
        """In parameters alone; None where the constants are no numbers."""
        return with_constants(self.right, self.marker.truth)

    @functools.cached_property
    def worlds(self) -> tuple[World, ...]:
        """What the student may have put in values of."""
        truth = self.marker.truth
        return (truth.at_point(self.key),) if self.claim.at else (*self.marker.worlds(), truth)

    @functools.cached_property
    def point(self) -> dict[str, Fraction]:
        """The numbers to look at first: those of the point, or where the student stands."""
        return {word: value for word, value in self.claim.at if isinstance(value, Fraction)} or self.here()

    def here(self) -> dict[str, Fraction]:
        """The problem's own numbers at the step of the claim, as far as they are rational."""
        truth = self.marker.truth
        values = {word: worth(truth, Key("w", word, self.step)) for word in self.facts.start}
        return {word: _fraction(value) for word, value in values.items() if value is not None and is_rational(value)}

    def beside(self, tree: Expression) -> tuple[Equality | None, Expression]:
        """How another formula stands to it, as it is or with values put in, and what is meant by it."""
        theirs = with_constants(tree, self.marker.truth)
        if theirs is None or self.plain is None or any(is_array(self.facts.start[word]) for word in theirs.names):
            return None, tree
        stands = self.compared(theirs, self.plain)
        self.marker.compared = theirs, self.plain
        if stands.verdict != "different":
            return stands, tree
        maybe = stands, tree
        for found in self.with_values(tree, theirs, self.plain):
            if found[0]:
                return found
            maybe = found
        return maybe

    def compared(self, theirs: Expression, ours: Expression) -> Equality:
        return compared(theirs, ours, [self.point], self.marker.until - time.monotonic())

    def with_values(
        self, tree: Expression, theirs: Expression, ours: Expression
    ) -> Iterator[tuple[Equality, Expression]]:
        """How a formula stands to it if some of its numbers are values: where it is equal, or may be."""
        for world in self.worlds:
            for read, certainty in self.unfilled(tree, world):
                if time.monotonic() > self.marker.until:
                    return
                if (plain := with_constants(read, world)) is not None and (found := self.compared(plain, ours)):
                    yield (found, tree) if certainty == "proved" else (_CERTAIN[certainty], read)
            filled = self.filled(tree, ours, world)
            if filled is not None and (found := self.compared(theirs, filled)):
                yield found, tree

    def filled(self, tree: Expression, ours: Expression, world: World) -> Expression | None:
        """The right formula with the values of parameters that another does without; None where it has them all."""
        found = put_in(ours, self.facts.whole(tree), world, self.step)
        return None if found is ours else found

    # numbers for what they are values of

    def unfilled(self, tree: Expression, world: World) -> Iterator[tuple[Expression, str]]:
        """A formula with parts of the right one for numbers that are their values, and how sure that is."""
        numbers = [node for node in nodes(tree) if node.op == "number"]
        if len(numbers) > _MOST_NUMBERS:
            return
        parts = [(part, value) for part in self.parts() if (value := self.value(part, world)) is not None]
        factors = {id(part) for node in nodes(tree) if node.op == "mul" for part in node.args}
        here = {*tree.names} & {*self.facts.start}  # of which a value was put in, but not everywhere
        usual = {1, *(node.value for node in nodes(self.right) if node.op == "number")}
        means = list[list[_Meaning]]()
        for node in numbers:
            told = dict[Expression, tuple[Expression, tuple[Expression, str]]]()
            for part, value in parts:
                if meant := _meant(node.value, part, value):
                    told.setdefault(self.facts.whole(meant[0]), (part, meant))  # each once
            is_lone = node.value == 1 and id(node) not in factors
            found = [
                (id(node), read, "" if here & {*part.names} or (is_lone and self.is_factor(part)) else sure)
                for part, (read, sure) in told.values()
                if not here & {*part.names} or node.value not in usual
            ]
            means += [found] if found else []
        for ways in itertools.islice(_chosen(means), _MOST_WAYS):
            put = {of: part for of, part, _ in ways}
            read = fold(tree, lambda node, args, put=put: put.get(id(node)) or rebuilt(node, args))  # type: ignore[misc]
            yield read, min((certainty for *_, certainty in ways), key=_SURE.index)

    def is_factor(self, part: Expression) -> bool:
        """Whether a parameter is a factor in a formula, where it may be forgotten as well if it is 1."""
        known = (self.whole, *self.facts.bodies.values())
        products = (node for tree in known for node in nodes(tree) if node.op == "mul")
        return part.op == "name" and any(part in node.args for node in products)

    def parts(self) -> Iterator[Expression]:
        """What a number in a formula may stand for: what moves."""
        words = dict.fromkeys((*self.facts.start, *self.facts.formulas, *_slopes(self.facts)))
        found = dict.fromkeys((*map(name, words), *nodes(self.right), *nodes(self.whole)))
        for part in itertools.islice(found, _MOST_PARTS):
            if words.keys() & {*part.names} and part.op not in TRUTHS and part not in (self.right, self.whole):
                yield part

    def value(self, part: Expression, world: World) -> Number | None:
        found = side_value(part, world, self.step)
        return None if isinstance(found, NoValue) else found


def _slopes(facts: Facts) -> Iterator[str]:
    """The slopes of definitions by what stands in them."""
    for of, body in facts.bodies.items():
        yield from (f"d{of}/d{word}" for word in body.names)


def _meant(literal: Fraction, part: Expression, value: Number) -> tuple[Expression, str] | None:
    """What a number stands for whose part has a value, or its negative, and how sure that is; None of no such."""
    shown, unit = rational(literal), _unit(literal)
    for tree, worth_ in ((part, value), (negative(part), -value)):
        if alike(worth_, shown) is True:
            return tree, "proved"
        if unit is None or unit == 1:
            continue
        if rounds_to(worth_, shown, unit):
            return tree, "evidence"
        if literal >= unit * 10 ** (_LEAST_DIGITS - 1) and rounds_to(worth_, shown, 2 * _MOST_OFF * unit):
            return tree, ""
    return None


def _unit(value: Fraction) -> Fraction | None:
    """One in the last place of a decimal; None of a fraction that is none."""
    return next(
        (Fraction(1, 10**places) for places in range(_MOST_PLACES) if 10**places % value.denominator == 0), None
    )


def _chosen(means: Sequence[Sequence[_Meaning]]) -> Iterator[tuple[_Meaning, ...]]:
    """All ways to read some of the numbers, the fewest first."""
    for count in _AT_ONCE:
        for some in itertools.combinations(means, count):
            yield from itertools.product(*some)


def _fraction(value: Number) -> Fraction:
    return Fraction(int(value.p), int(value.q))
