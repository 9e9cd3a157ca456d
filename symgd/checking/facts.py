"""What is the same in all worlds of a problem: its formulas, the equations of its optimizer, its constants."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from symgd.calculus.program import Formula, gradient_program, slope_name
from symgd.calculus.rules import derivative
from symgd.descent.optimizers import Equation, active_equations, carried
from symgd.descent.problem import Problem
from symgd.expressions.tree import Expression, substitute
from symgd.expressions.tree import name as name_
from symgd.expressions.tree import number as number_
from symgd.numbers.systems import ExactSystem, RoundedSystem
from symgd.recent import Recent

_BITS = 192

Number = Any


class NoSuch(Exception):
    """There is no such quantity in this run."""


#: Slopes in a formula that are put in or left in all ways.
_MOST_SLOPES = 4


class Facts:
    """What is the same in all worlds of a problem: its formulas, equations, constants."""

    def __init__(self, problem: Problem, in_full: bool = False) -> None:
        """Derive the slopes by the rules."""
        self.problem = problem
        rounds = problem.arithmetic == "round" and not in_full
        self.system: ExactSystem = RoundedSystem(problem.places, _BITS) if rounds else ExactSystem(_BITS)
        number = self.system.number
        self.start = {word: number(value) for word, value in problem.start.items()}
        self.constants = {word: number(value) for word, value in problem.constants.items()}
        self.settings = {word: number(value) for word, value in problem.settings.items()}
        self.equations: Sequence[Equation] = active_equations(problem.method, problem.settings)
        self.carried = carried(self.equations)
        read = {word for row in self.equations for word in row.tree.names}
        self.needs_slope, self.needs_direction = "g" in read or "p" in read, "p" in read
        self.slopes = {word: slope_name(problem.loss_name, word) for word in problem.parameters}
        self.program = _program(problem)
        self.formulas = {line.quantity: line.tree for line in self.program}
        found = problem.definitions
        self.bodies = dict(zip(found.names, found.expressions, strict=True)) if found else {}
        self.locals: dict[str, Expression] = {}
        self.same_runs: tuple[Problem, ...] | None = None  # in other conventions, once they were asked for

    def constant(self, word: str, step: int) -> Number:
        """A constant in the update that begins after so many: of a mini-batch only its rows of the data."""
        value = self.constants[word]
        if not self.problem.in_batches:
            return value
        rows = self.problem.rows_of(step)
        if word in self.problem.counts:
            return self.system.number(Fraction(len(rows)))
        return value[[row - 1 for row in rows]] if word in self.problem.data else value

    def formula(self, name: str, step: int = 0) -> Expression | None:
        """The formula of a quantity; of a given gradient that of the update that begins after so many."""
        if self.problem.definitions is not None:
            return self.formulas.get(name) or self.local(name)
        word = next((word for word, slope in self.slopes.items() if slope == name), None)
        trees = self.problem.given.get(word or "", ())
        return trees[min(step, len(trees) - 1)] if trees else None

    def local(self, name: str) -> Expression | None:
        """The derivative of a definition by a definition or a parameter: da/dw for dz/dw and da/dz."""
        above, _, below = name.partition("/d")
        if "/d" in below:
            return self.curvature(name)
        bodies = self.bodies
        if not below or above[1:] not in bodies or (below not in bodies and below not in self.start):
            return None
        if name not in self.locals:
            is_own = above[1:] == below  # dL/dL = 1
            self.locals[name] = number_(1) if is_own else derivative(self.inlined(above[1:], below), below)
        return self.locals[name]

    def curvature(self, name: str) -> Expression | None:
        """A second derivative of the loss: dL/da/db."""
        pairs = {f"{slope}/d{b}": (a, b) for a, slope in self.slopes.items() for b in self.start}
        if name not in pairs or self.problem.has_arrays:
            return None
        if name not in self.locals:
            first, then = pairs[name]
            self.locals[name] = derivative(self.whole(self.formulas[self.slopes[first]]), then)
        return self.locals[name]

    def inlined(self, of: str, down_to: str = "") -> Expression:
        """The body of a definition with those before it put in, down to a name that stays."""
        known: dict[str, Expression] = {}
        for word, body in self.bodies.items():
            put = substitute(body, {other: known[other] for other in body.names if other in known})
            known[word] = name_(word) if word == down_to else put
        return known[of]

    def whole(self, tree: Expression) -> Expression:
        """A formula in parameters and constants alone: definitions and slopes put in."""
        while used := {word: found for word in tree.names if (found := self.formula(word)) is not None}:
            tree = substitute(tree, used)
        return tree

    def moves(self, tree: Expression) -> bool:
        """Whether a parameter stands in a formula, or in what its names stand for."""
        return not self.start.keys().isdisjoint(self.whole(tree).names)

    def with_slopes(self, tree: Expression) -> Iterator[Expression]:
        """A formula, and with the formulas of some slopes in it put in: dL/da·da/dz as 2(a − y)·da/dz."""
        found = {word: self.formula(word) for word in tree.names if "/d" in word}
        known = {word: formula for word, formula in found.items() if formula is not None}
        words = list(known) if len(known) <= _MOST_SLOPES else []
        for chosen in itertools.product((False, True), repeat=len(words)):
            put = {word: known[word] for word, is_put in zip(words, chosen, strict=True) if is_put}
            yield substitute(tree, put)

    def second(self, row: str, column: str) -> Expression:
        """A second derivative."""
        from symgd.descent.gradients import gradient_of

        return gradient_of(self.problem).second(row, column)


def _program(problem: Problem) -> Sequence[Formula]:
    if problem.definitions is None:
        return ()
    if problem.shaped is not None:
        from symgd.descent.gradients import gradient_of  # loads SymPy and NumPy, which numbers do without

        return gradient_of(problem).program
    return gradient_program(problem.definitions, problem.parameters)


#: The facts of so many problems are kept.
_MOST_KEPT = 32
_FACTS: Recent[tuple[int, bool], Facts] = Recent(most=_MOST_KEPT)


def facts_of(problem: Problem, in_full: bool = False) -> Facts:
    """The facts of a problem, made once."""
    in_full = in_full and problem.arithmetic == "round"
    key = (id(problem), in_full)  # the facts keep their problem, so that its identity stays its own
    return _FACTS.get(key) or _FACTS.keep(key, Facts(problem, in_full))
