"""Misconceptions about the gradient: slips of the rules, of signs and factors, of data and regulariser."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.calculus.algebra import constant_of, negative, product, total
from symgd.calculus.program import gradient_program
from symgd.calculus.rules import derivative
from symgd.checking.comparing import alike, side_value
from symgd.checking.facts import facts_of
from symgd.checking.slips import SLIPS, slipping, variants
from symgd.checking.spots import Guess, Rule, Spot
from symgd.checking.world import Changes, World
from symgd.descent.problem import Problem
from symgd.errors import SymgdError
from symgd.expressions.definitions import Definitions
from symgd.expressions.tree import ZERO, Expression, name, nodes, number, operation, substitute
from symgd.numbers.bounded import NoValue, value_of

Number = Any


# the gradient


def slipped(id_: str) -> Rule:
    """A slip of differentiation, in all formulas of the slopes and in the one of the line."""

    def guesses(spot: Spot) -> Iterator[Guess]:
        if id_ == "power-factor-forgotten" and _halves(spot.world, _slope(spot)):
            return  # of ½u² that is the half cancelled wrongly
        for formulas in _slipped_programs(spot.problem, id_):
            yield from spot.under(Changes(formulas=formulas), _whole(spot, formulas))
        local = _local(spot)
        if local is not None:
            for tree in variants(SLIPS[id_], *local):
                yield from spot.under(Changes(formulas={spot.key.name.removeprefix("-"): tree}), tree)

    return guesses


def _whole(spot: Spot, formulas: Mapping[str, Expression]) -> Expression | None:
    """The wrong formula of a line's slope with the wrong ones that it is made of put in."""
    tree = formulas.get(spot.key.name.removeprefix("-"))
    if tree is None:
        return None
    for _ in formulas:
        tree = substitute(tree, {word: formulas[word] for word in tree.names if word in formulas})
    return tree


def _local(spot: Spot) -> tuple[Expression, str] | None:
    """What a line of a slope differentiates, and by what: of the loss, or of a definition in the chain."""
    above, _, below = spot.key.name.removeprefix("-").partition("/d")
    facts = spot.world.facts
    if spot.kind in ("weight", "change") or spot.key.name == "n":
        above, below = f"d{spot.problem.loss_name}", spot.key.parameter
    return (facts.inlined(above[1:], below), below) if above[1:] in facts.bodies else None


@functools.lru_cache(maxsize=512)
def _slipped_programs(problem: Problem, id_: str) -> tuple[Mapping[str, Expression], ...]:
    """The formulas of all slopes with a slip everywhere; nothing where it changes nothing."""
    definitions = problem.definitions
    if definitions is None or problem.shaped is not None:
        return ()
    row = SLIPS[id_]

    def derive(tree: Expression, variable: str) -> Expression:
        return derivative(tree, variable, slipping(row, variable))

    try:
        return _changed(problem, gradient_program(definitions, problem.parameters, derive))
    except SymgdError:
        return ()


def _changed(problem: Problem, program: Any) -> tuple[Mapping[str, Expression], ...]:
    right = facts_of(problem).formulas
    found = {line.quantity: line.tree for line in program if line.kind not in ("forward", "loss")}
    return (found,) if any(right.get(word) != tree for word, tree in found.items()) else ()


def of_slope(change: Callable[[Spot, Expression, str], Iterator[Expression]]) -> Rule:
    """A change of the right formula of a slope."""

    def guesses(spot: Spot) -> Iterator[Guess]:
        facts = spot.world.facts
        slope = _slope(spot)
        formula = facts.formula(slope, spot.update) if "/d" in slope else None
        if formula is None:
            return
        for tree in change(spot, formula, slope):
            yield from spot.under(Changes(formulas={slope: tree}), tree)

    return guesses


def wrong_sign(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
    """The sign turned round."""
    if not _reversed(spot):
        yield negative(formula)


def residual(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
    """Target minus prediction where the loss has prediction minus target."""
    if _has_residual(spot.world) and (_reversed(spot) or not _has_formula(spot)):
        yield negative(formula)


def _has_residual(world: World) -> bool:
    """Whether the loss has prediction − target in it, the target being given."""
    facts = world.facts
    return any(
        node.op == "sub" and _is_given(node.args[1], facts.constants) and not _is_given(node.args[0], facts.constants)
        for body in facts.formulas.values()
        for node in nodes(body)
    )


def _is_given(tree: Expression, constants: Mapping[str, Number]) -> bool:
    inner = tree.args[0] if tree.op == "index" else tree
    return inner.name in constants


def _reversed(spot: Spot) -> bool:
    """Whether the student's line has target − prediction, in names or in numbers, for prediction − target."""
    base = spot.claim.update - (spot.kind == "weight")
    trees = [*spot.world.facts.bodies.values(), *spot.world.facts.formulas.values()]
    pairs = [node.args for tree in trees for node in nodes(tree) if node.op == "sub" and node.args[0].names]
    terms = {_signed(Expression("sub", pair), -1) for pair in pairs}
    values = [tuple(side_value(part, spot.world, base) for part in (right, left)) for left, right in pairs]
    for side in spot.claim.sides:
        for node in nodes(side.tree) if side.tree is not None else ():
            if node.op == "sub" and _are(node.args, values):
                return True
            if node.op in ("sub", "add") and _signed(node, 1) in terms:
                return True
    return False


def _signed(tree: Expression, sign: int) -> frozenset[tuple[int, Expression]]:
    """The terms of a sum with their signs."""
    found, left = set[tuple[int, Expression]](), [(sign, tree)]
    while left:
        own, node = left.pop()
        if node.op not in _SIGNS_OF_PARTS:
            found.add((own, node))
            continue
        left += ((own * turned, part) for turned, part in zip(_SIGNS_OF_PARTS[node.op], node.args, strict=True))
    return frozenset(found)


_SIGNS_OF_PARTS = {"add": (1, 1), "sub": (1, -1), "neg": (-1,)}


def _are(args: tuple[Expression, ...], pairs: Sequence[tuple[Number, ...]]) -> bool:
    """Whether two numbers are one of some pairs of values."""
    found = [value_of(part, {}) for part in args]
    known = (pair for pair in pairs if not any(isinstance(value, NoValue | None) for value in (*found, *pair)))
    return any(all(map(alike, found, pair)) for pair in known)


def _has_formula(spot: Spot) -> bool:
    return any(side.tree is not None and side.tree.names for side in spot.claim.sides)


def _slope(spot: Spot) -> str:
    """The slope that a line is made of, or that it is."""
    return spot.world.facts.slopes.get(spot.key.parameter) or spot.key.name.removeprefix("-")


def _halves(world: World, slope: str) -> bool:
    """Whether ½ stands before a square that a slope is taken of: as ½·u², u²/2, or 0.5·u²."""
    above, _, below = slope.partition("/d")
    if above[1:] not in world.facts.bodies:
        return False
    moving = (node for node in nodes(world.facts.inlined(above[1:], below)) if below in node.names)
    return any(_is_half(node) and "pow" in node.operations for node in moving)


def _is_half(node: Expression) -> bool:
    if node.op == "div":
        _, below = node.args
        return below.value == 2
    return node.op == "mul" and any(constant_of(part) == _HALF for part in node.args)


_HALF = Fraction(1, 2)


def half(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
    """The half of ½u² kept though the 2 came down, or taken twice."""
    if _halves(spot.world, slope):
        yield operation("div", formula, number(2))
        yield product(number(2), formula)


def undifferentiated(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
    """The body itself, not differentiated."""
    above = slope.partition("/d")[0][1:]
    if above in spot.world.facts.bodies:
        yield spot.world.facts.bodies[above]


def others(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
    """The derivative by another parameter."""
    facts = spot.world.facts
    for other in facts.slopes.values():
        if other != slope and slope in facts.slopes.values():
            found = facts.formula(other, spot.update)
            if found is not None:
                yield found


def scaled(
    by: Callable[[Expression, Expression], Expression],
) -> Callable[[Spot, Expression, str], Iterator[Expression]]:
    """The sum for the mean, or the mean twice: another slope of it and of the number of rows."""

    def change(spot: Spot, formula: Expression, slope: str) -> Iterator[Expression]:
        rows = spot.problem.rows
        if rows is not None and _has_mean(spot.world):
            yield by(formula, number(rows))

    return change


def _has_mean(world: World) -> bool:
    """Whether the loss divides by the number of rows."""
    counts = set(world.problem.counts)
    for body in world.facts.bodies.values():
        for node in nodes(body):
            if node.op == "mean" or (node.op == "div" and counts & set(node.args[1].names)):
                return True
            if node.op == "div" and node.args[1].value == world.problem.rows:
                return True
    return False


def one_row(place: int) -> Rule:
    """The first or the last row of the data alone."""

    def guesses(spot: Spot) -> Iterator[Guess]:
        problem = spot.problem
        # of a mini-batch all rows need not be taken
        row = _single(problem, place) if problem.rows not in (None, 1) and not problem.in_batches else None
        if row is not None:
            stated = {key: value for key, value in spot.world.stated.items() if key.name == "w"}
            yield from Spot(spot.claim, spot.key, World(row, stated)).under(Changes())

    return guesses


@functools.lru_cache(maxsize=64)
def _single(problem: Problem, place: int) -> Problem | None:
    try:
        return problem.replaced(data={word: [column[place]] for word, column in problem.data.items()})
    except SymgdError:
        return None


def regularised(change: Callable[[Expression, Expression], Expression | None]) -> Rule:
    """A change of the loss in its regulariser: from (loss, regulariser) to another loss."""

    def guesses(spot: Spot) -> Iterator[Guess]:
        for formulas in _regularised_programs(spot.problem, change):
            yield from spot.under(Changes(formulas=formulas), _whole(spot, formulas))

    return guesses


@functools.lru_cache(maxsize=128)
def _regularised_programs(
    problem: Problem, change: Callable[[Expression, Expression], Expression | None]
) -> tuple[Mapping[str, Expression], ...]:
    definitions = problem.definitions
    if definitions is None or problem.shaped is not None:
        return ()
    bodies = list(definitions.expressions)
    for place, body in enumerate(bodies):
        terms = list(_terms(body))
        penalties = [term for term in terms if _is_penalty(term, problem)]
        rest = total(term for term in terms if term not in penalties)
        found = None if not penalties or rest == ZERO else change(rest, total(penalties))
        if found is not None:
            changed = Definitions(definitions.names, (*bodies[:place], found, *bodies[place + 1 :]))
            with contextlib.suppress(SymgdError):
                return _changed(problem, gradient_program(changed, problem.parameters))
    return ()


def _is_penalty(term: Expression, problem: Problem) -> bool:
    """Whether a term of a sum is a regulariser, λw²; a w² without a factor is a part of the loss like others."""
    if term.op == "pow" or "pow" not in term.operations or not _OF_PENALTIES.issuperset(term.operations):
        return False

    def is_parameter(tree: Expression) -> bool:
        return tree.name in problem.parameters

    squared = (node.args[0] for node in nodes(term) if node.op == "pow")
    factors = (part for node in nodes(term) if node.op in ("mul", "div") for part in node.args)  # w²·v is none
    is_own = {*problem.constants, *problem.parameters}.issuperset(term.names)
    return is_own and all(map(is_parameter, squared)) and not any(map(is_parameter, factors))


#: A regulariser is made of these: ln(w² + 1) is none, though a square of a parameter stands alone in it.
_OF_PENALTIES = frozenset(("add", "sub", "neg", "mul", "div", "pow", "number", "name", "index", "sum", "vector"))


def _terms(tree: Expression) -> Iterator[Expression]:
    if tree.op == "add":
        for part in tree.args:
            yield from _terms(part)
    else:
        yield tree


def on_the_bias(rest: Expression, term: Expression) -> Expression | None:
    """The loss with the regulariser on the bias as well."""
    biases = [word for word in rest.names if _is_bias(word)]
    first, *others = dict.fromkeys(node.args[0].name for node in nodes(term) if node.op == "pow")
    if not biases or any(map(_is_bias, (first, *others))):
        return None
    of_it = substitute(term, {first: name(biases[0]), **dict.fromkeys(others, ZERO)})
    return operation("add", operation("add", rest, term), of_it)


def _is_bias(word: str) -> bool:
    return word.rstrip("0123456789_") in ("b", "bias", "beta0", "c")


def bias_forgotten(spot: Spot) -> Iterator[Guess]:
    """Everything worked out without the bias."""
    for formulas in _unbiased(spot.problem):
        yield from spot.under(Changes(formulas=formulas), _whole(spot, formulas))


@functools.lru_cache(maxsize=128)
def _unbiased(problem: Problem) -> tuple[Mapping[str, Expression], ...]:
    """All formulas with the bias left out of the prediction."""
    if problem.shaped is not None:
        return ()
    zeros = dict.fromkeys(filter(_is_bias, (*problem.parameters, *problem.constants)), ZERO)
    right = facts_of(problem).formulas
    found = {word: substitute(tree, zeros) for word, tree in right.items()}
    return (found,) if found != right else ()
