"""The learning rate, explained: which rates are stable, which one is the fastest, and what each does.

Gradient descent with the rate η multiplies the error along an eigenvector of the Hessian by 1 − ηλ in each update,
exactly where the loss is quadratic and near a point where it is not (Polyak 1964, also for momentum; Boyd and
Vandenberghe 2004, section 9.3; Nocedal and Wright 2006, chapter 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from symgd.calculus.curvature import Curvature, is_smooth_at
from symgd.calculus.program import slope_name
from symgd.calculus.spectrum import pair_sum
from symgd.descent.advance import descend
from symgd.descent.findings import MOST_PARAMETERS, Fact, eigenvalue_lines, findings
from symgd.descent.gradients import gradient_of
from symgd.descent.lines import line_of, quantity, value_of
from symgd.descent.problem import Problem
from symgd.descent.stability import (
    Bound,
    curvature_of,
    decay_of,
    is_slanted,
    is_slanted_at_start,
    rate_side,
    stable_bound,
)
from symgd.descent.trajectory import Line, Trajectory
from symgd.descent.written_out import flattened
from symgd.errors import DomainError, InputError, SymgdError
from symgd.expressions.tree import Expression, name, number, operation, substitute
from symgd.expressions.writer import text as write_text
from symgd.handouts.chain import Chain, Names, chain_of, value_chain
from symgd.handouts.document import Block, Cell, Equations, Sentence, Table
from symgd.numbers.relation import decimal, show
from symgd.numbers.values import Ball, Value, bounds, entries_of, is_short, rounded

#: The table goes over so many updates at least and at most.
_FEWEST, _MOST = 3, 6
#: A little above the bound, as a multiple of it.
_ABOVE = Fraction(21, 20)
#: Second derivatives and directions are listed for so many parameters; directions show so many digits.
_MOST_LISTED, _DIRECTION_DIGITS = 3, 4


def finding_sentences(run: Trajectory) -> Iterator[Sentence]:
    """What the curvature says about the end of a run, as sentences of the handout.

    >>> import symgd
    >>> run = symgd.descend("w^2", start={"w": 1}, learning_rate=1, steps=2)
    >>> [found.key for found in finding_sentences(run)]
    ['finding.bound-one', 'finding.rate-at']
    """
    digits = run.problem.digits
    for found in findings(run):
        yield Sentence(found.key, {word: _as_chains(fact, digits) for word, fact in found.facts.items()})


def rate_blocks(run: Trajectory) -> tuple[Block, ...]:
    """The part of a handout about the learning rate; where nothing can be said, a sentence that says why.

    >>> import symgd
    >>> run = symgd.descend("w^2", start={"w": 1}, learning_rate="0.1", steps=2)
    >>> [block.key for block in rate_blocks(run) if isinstance(block, Sentence)][:2]
    ['explain-rate.quadratic', 'explain-rate.eigenvalues']
    """
    if run.problem.definitions is None:
        return (Sentence("explain-rate.no-loss"),)
    if sum(len(entries_of(value)) for value in run.problem.start.values()) > MOST_PARAMETERS:
        return (Sentence("explain-rate.too-many", {"most": MOST_PARAMETERS}),)
    try:
        run = flattened(run)
        if not is_smooth_at(gradient_of(run.problem), run.problem.start):
            return (Sentence("explain-rate.kink"),)
        return tuple(_Explainer(run).blocks())
    except (SymgdError, ArithmeticError):  # no second derivative at the start, or none that could be told
        return (Sentence("explain-rate.unknown"),)


class _Explainer:
    """Explains the rate of one run."""

    def __init__(self, run: Trajectory) -> None:
        self.problem, self.digits = run.problem, run.problem.digits
        self.found: Curvature = curvature_of(run.problem, run.problem.start)
        self.values = self.found.eigenvalues
        self.rate = _first_rate(run.problem)
        self.method = run.problem.method.name
        #: What is said of a loss that is not quadratic is said of the quadratic that touches it at the start.
        self.near = "" if self.found.quadratic else "-near"

    def blocks(self) -> Iterator[Block]:
        yield Sentence("explain-rate.quadratic" if self.found.quadratic else "explain-rate.near")
        yield from self.curvatures()
        limit = None
        if self.found.quadratic and bounds(self.values[0])[1] < 0:
            yield Sentence("explain-rate.no-minimum")
        elif bounds(self.values[-1])[0] > 0:
            limit = stable_bound(self.problem, self.found)
            yield from self.bound(limit)
        else:
            yield Sentence("explain-rate.straight" if self.is_straight() else "explain-rate.not-up")
        yield from self.factors()
        yield from self.comparison(limit)

    # the curvature

    def curvatures(self) -> Iterator[Block]:
        if len(self.values) <= _MOST_LISTED:
            lines = tuple(self.seconds())
            yield from self.point(lines)
            yield Equations(tuple(self.chains(lines)))
        if decay := decay_of(self.problem):
            yield Sentence("explain-rate.decay", {"decay": number(decay)})
        yield Sentence("explain-rate.eigenvalues")
        yield Equations(tuple(self.chains(eigenvalue_lines(self.found))))
        if 1 < len(self.values) <= _MOST_LISTED:
            yield from self.directions()

    def point(self, lines: Iterable[Line]) -> Iterator[Block]:
        """The start once more, where lines put it in: by now the handout stands at the last point of the run."""
        used = {word for line in lines for word in line.operands}
        start = [value_chain(word, value, self.digits) for word, value in self.problem.start.items() if word in used]
        if start:
            yield Sentence("explain-rate.start")
            yield Equations(tuple(chain for chain in start if chain is not None))

    def seconds(self) -> Iterator[Line]:
        gradient, loss = gradient_of(self.problem), self.problem.loss_name
        point = {**self.problem.start, **self.problem.let}
        for place, row in enumerate(self.found.parameters):
            for column in self.found.parameters[place:]:
                tree = gradient.second(row, column)
                operands = {word: point[word] for word in tree.names}
                yield Line(
                    "second", f"{slope_name(loss, row)}/d{column}", "", tree, operands, value_of(tree, operands)
                )

    def directions(self) -> Iterator[Block]:
        """The eigenvectors, where their digits are proved."""
        for place, vector in enumerate(self.found.eigenvectors, 1):
            shown = None if vector is None else _vector_text(vector)
            if vector is not None and shown is not None:
                exact = all(isinstance(value, Fraction) for value in vector)
                key = "explain-rate.direction" if exact else "explain-rate.direction-about"
                yield Sentence(key, {"value": name(f"lambda{place}"), "vector": shown})

    def is_straight(self) -> bool:
        return all(value == 0 for value in self.values)

    # the bounds

    def bound(self, limit: Bound) -> Iterator[Block]:
        facts = {"method": Sentence(f"explain-rate.method-{self.method}")} if limit.whose == "-plain" else {}
        yield Sentence(f"explain-rate.bound{limit.whose}{self.near}", facts)
        yield from self.equations(self.numbered(limit.line))
        if side := rate_side(self.problem, limit):
            side = side if bounds(self.rate)[0] > 0 else "not-positive"
            yield Sentence(f"explain-rate.rate-{side}", {"rate": self.chain(quantity("eta", self.rate))})
        if limit.whose == "-momentum":
            yield Sentence("explain-rate.without-momentum")
        if self.found.inertia.negative:
            yield Sentence("explain-rate.down")
        yield from self.flat_directions()
        yield from self.fastest_blocks()

    def fastest_blocks(self) -> Iterator[Block]:
        line = self.fastest_line()
        if line is None:
            return
        alike = "" if not self.is_round() else "-single" if len(self.values) == 1 else "-one"
        yield Sentence(f"explain-rate.fastest{alike}{self.near}")
        yield from self.equations(line)
        if not self.is_round():
            places = (self.lowest(), len(self.values))
            lines = [self.factor(place, "eta_opt", line.value) for place in places]
            yield Equations(tuple(self.chains(lines, unnamed=True)))

    def lowest(self) -> int:
        """The place of the smallest positive eigenvalue."""
        return next(place for place, value in enumerate(self.values, 1) if bounds(value)[0] > 0)

    def is_round(self) -> bool:
        """Whether all positive eigenvalues are the same, so that one update is enough."""
        return self.values[self.lowest() - 1] == self.values[-1] and isinstance(self.values[-1], Fraction)

    def fastest_line(self) -> Line | None:
        """η = 2/(λmin + λmax), over the eigenvalues that are not 0; None where there is none, or no sign is proved."""
        signs = self.found.inertia
        if signs.unknown or signs.negative or is_slanted_at_start(self.problem, self.found):
            return None
        first, last = self.lowest(), len(self.values)
        known = {f"lambda{place}": self.values[place - 1] for place in (first, last)}
        if self.is_round():
            return line_of("eta_opt", f"1/lambda{last}", known)
        line = line_of("eta_opt", f"2/(lambda{first} + lambda{last})", known)
        total = pair_sum(self.found.hessian, first - 1, last - 1)
        return replace(line, value=2 / total) if isinstance(total, Fraction) else line

    def flat_directions(self) -> Iterator[Block]:
        """What happens along eigenvectors without curvature."""
        if self.found.inertia.zero:
            kind = "slanted" if is_slanted(self.problem, self.found) else "flat" if self.found.quadratic else "zero"
            yield Sentence(f"explain-rate.{kind}")

    def numbered(self, line: Line) -> Line:
        """The same line with the eigenvalue by its number: λmax is λ2 of two."""
        last = f"lambda{len(self.values)}"
        operands = {last if word == "lambda_max" else word: value for word, value in line.operands.items()}
        return replace(line, formula=substitute(line.formula, {"lambda_max": name(last)}), operands=operands)

    # the factors

    def factors(self) -> Iterator[Block]:
        places = [place for place, value in enumerate(self.values, 1) if not self.near or bounds(value)[0] > 0]
        if not places:  # the quadratic that touches the loss has no lowest point along any direction, and so no error
            return
        plain = "" if self.method == "gradient-descent" else "-plain"
        schedule = "-first" if self.problem.learning_rate.names else ""
        yield Sentence(f"explain-rate.factors{plain}{schedule}{self.near}")
        lines = [self.factor(place, "eta", self.rate) for place in places]
        yield Equations(tuple(self.chains(lines, unnamed=True)))

    def factor(self, place: int, rate: str, value: Value) -> Line:
        word = f"lambda{place}"
        return line_of("q", f"|1 - {rate}*{word}|", {rate: value, word: self.values[place - 1]})

    # the comparison

    def comparison(self, limit: Bound | None) -> Iterator[Block]:
        tried = list(_tried(self.problem, self.columns(limit)))
        if len(tried) > 1:
            yield Sentence("explain-rate.table")
            yield _table(self.problem, tried)

    def columns(self, limit: Bound | None) -> list[tuple[str, Expression | None]]:
        given = self.problem.learning_rate
        columns: list[tuple[str, Expression | None]] = [("given", given)]
        own = limit is not None and not limit.whose
        line = self.fastest_line() if own and self.found.quadratic else None
        if line is not None:
            columns.append(("fastest", _usable(line.value)))
        else:
            columns.append(("half", _times(given, Fraction(1, 2))))
        if limit is None or limit.whose == "-plain":
            columns.append(("double", _times(given, Fraction(2))))
        elif self.found.quadratic:
            columns.append(("above", _a_little_above(limit.line.value)))
        else:
            columns.append(("local-bound", _usable(limit.line.value)))
        return columns

    # lines

    def chain(self, line: Line) -> Chain | None:
        return chain_of(line, self.digits)

    def chains(self, lines: Iterable[Line], unnamed: bool = False) -> Iterator[Chain]:
        for line in lines:
            chain = self.chain(line)
            if chain is not None:
                yield Chain(chain.sides[1:], chain.joints[1:], chain.names) if unnamed else chain

    def equations(self, line: Line) -> Iterator[Block]:
        chain = _exact_chain(line) or self.chain(line)
        if chain is not None:
            yield Equations((chain,))


def _exact_chain(line: Line) -> Chain | None:
    """A line whose value is exact although its operands are not: no digits of theirs make it true, so none stand."""
    shown = show(line.value)
    exact = isinstance(line.value, Fraction) and any(isinstance(value, Ball) for value in line.operands.values())
    if not exact or shown is None or shown.sign != "=":
        return None
    return Chain((name(line.quantity), line.formula, shown.tree), ("=", "="), Names())


def _as_chains(fact: Fact, digits: int) -> object:
    if isinstance(fact, tuple):
        return tuple(chain for line in fact if (chain := chain_of(line, digits)) is not None)
    return fact if isinstance(fact, Expression) else chain_of(fact, digits)


def _first_rate(problem: Problem) -> Value:
    """The rate of the first update."""
    return value_of(problem.learning_rate, {"t": Fraction(1)} if problem.learning_rate.names else {})


def _vector_text(vector: Iterable[Value]) -> str | None:
    shown = [show(value, _DIRECTION_DIGITS) for value in vector]
    trees = [item.tree for item in shown if item is not None]
    return f"({', '.join(map(write_text, trees))})" if len(trees) == len(shown) else None


# the rates of the table


def _usable(value: Value) -> Expression | None:
    """A rate that a run can be made with, and that is printed: exact, or its proved digits."""
    if isinstance(value, Fraction):
        return number(value)
    shown = rounded(value, 6)
    return None if shown is None else number(shown)


def _a_little_above(value: Value) -> Expression | None:
    low, high = bounds(value)
    if low == high and is_short(low * _ABOVE):
        return number(low * _ABOVE)
    shown = rounded(Ball(low * _ABOVE, high * _ABOVE), 3)
    return None if shown is None else number(shown)


def _times(rate: Expression, factor: Fraction) -> Expression:
    if rate.names:
        return operation("mul", number(factor), rate)
    return number(Fraction(bounds(value_of(rate, {}))[0]) * factor)


class Tried(NamedTuple):
    """A column of the table: its key, its rate, and the loss after each update."""

    key: str
    rate: Expression
    losses: list[Value | None]


def _tried(problem: Problem, columns: Iterable[tuple[str, Expression | None]]) -> Iterator[Tried]:
    """Real runs with each rate; one that cannot be run, or was already, is left out."""
    seen: set[Expression] = set()
    steps = min(max(problem.steps, _FEWEST), _MOST)
    for key, rate in columns:
        if rate is None or rate in seen:
            continue
        seen.add(rate)
        try:
            given = write_text(rate) if rate.names else bounds(value_of(rate, {}))[0]
            run = descend(problem.replaced(learning_rate=given, steps=steps))
        except (InputError, DomainError):
            continue
        yield Tried(key, rate, _losses(run, steps))


def _losses(run: Trajectory, steps: int) -> list[Value | None]:
    """The loss after each update; a run that has converged stays where it is."""
    losses = run.losses[: steps + 1]
    rest = losses[-1] if run.outcome.code in ("converged", "does-not-move") else None
    return losses + [rest] * (steps + 1 - len(losses))


def _table(problem: Problem, tried: list[Tried]) -> Table:
    heads = ("table.update", *(f"explain-rate.column-{column.key}" for column in tried))
    rates = ("η", *(_rate_cell(column.rate, problem.digits) for column in tried))
    losses = zip(*(column.losses for column in tried), strict=True)
    rows = [(str(k), *(_cell(value, problem.digits) for value in row)) for k, row in enumerate(losses)]
    return Table(heads, (rates, *rows))


def _rate_cell(rate: Expression, digits: int) -> str | Cell | None:
    return write_text(rate) if rate.names else _cell(value_of(rate, {}), digits)


def _cell(value: Value | None, digits: int) -> Cell | None:
    if value is None or (isinstance(value, float) and not abs(value) < float("inf")):
        return None
    shown = decimal(value, digits)
    return None if shown is None else Cell(shown.tree)
