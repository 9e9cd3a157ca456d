"""Findings: what the exact Hessian says about the end of a run. The words are in the catalogues.

At a flat place: whether it is a minimum, a saddle or a maximum. After a divergence or in a circle: the largest stable
learning rate. All is worked out from the exact gradient at the exact point (a float at its shortest decimal), so the
same words hold in every number system.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from symgd.calculus.curvature import Curvature, curvature_at, is_smooth_at, slopes_at
from symgd.calculus.gradient import Gradient
from symgd.calculus.program import shown_text, slope_name
from symgd.calculus.spectrum import as_number
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Line, Record, Trajectory
from symgd.errors import SymgdError
from symgd.expressions.reader import read
from symgd.expressions.tree import ZERO, Expression, nodes, number
from symgd.expressions.writer import text as write_text
from symgd.numbers.relation import DIGITS, show, worked
from symgd.numbers.systems import ExactSystem
from symgd.numbers.values import Value, bounds, exponent_of, written

#: A slope of at most this size at the end of a run is called small.
SMALL = Fraction(1, 10**6)
#: The Hessian of a loss with more parameters is not worked out.
MOST_PARAMETERS = 8
#: Nor, where nobody asked for it, that of a loss with more nodes times parameters squared: about a second's work.
_MOST_WORK = 5_000
#: So many second derivatives are shown one by one.
_MOST_SHOWN = 2

#: The largest stable rate by method, on a quadratic loss: Nocedal and Wright (2006), section 3.3, with the largest
#: eigenvalue in place of the whole spectrum; Boyd and Vandenberghe (2004), section 9.3; with momentum, Polyak (1964),
#: section 2, and the same equations in PyTorch's form.
STABLE: Mapping[str, str] = {
    "gradient-descent": "2/lambda_max",
    "momentum": "2*(1 + mu)/lambda_max",
}
#: Methods that add weight_decay·w to the slope, and so weight_decay to every eigenvalue. AdamW does not.
_DECOUPLED = ("adamw",)

#: The ends that are said to be flat, by their key, however large the slope is.
_FLAT_ENDS = frozenset(
    {
        "converged",
        "converged-float",
        "converged-rounded",
        "converged-tolerance",
        "cycle-rounded",
        "does-not-move-flat",
        "does-not-move-flat-rounded",
        "does-not-move-small",
    }
)
#: The ends that are about the learning rate.
_RATE_ENDS = frozenset({"diverged", "diverged-infinite", "diverged-falling", "cycle"})

Fact = Line | tuple[Line, ...] | Expression


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is its key in a catalogue, `facts` are lines of working, or trees.

    >>> Finding("minimum", {"eigenvalues": (quantity("lambda1", Fraction(2)),)}).message()
    'The eigenvalues of the Hessian there: λ1 = 2. All are positive, so this point is a minimum.'
    """

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    digits: int = DIGITS

    @property
    def key(self) -> str:
        """The key of its sentence in a catalogue."""
        return f"finding.{self.code}"

    def message(self, language: str = "en") -> str:
        """What was found, in a sentence."""
        from symgd.language import sentence

        return sentence(language, self.key, **{word: self._told(fact, language) for word, fact in self.facts.items()})

    def _told(self, fact: Fact, language: str) -> str:
        from symgd.language import sentence

        if isinstance(fact, Expression):
            return write_text(fact)
        lines = fact if isinstance(fact, tuple) else (fact,)
        return sentence(language, "list.comma").join(line_text(line, self.digits) for line in lines)


def findings(run: Trajectory) -> tuple[Finding, ...]:
    """What the curvature of the loss says about how a run ended; nothing where no loss is known. Never raises.

    >>> import symgd
    >>> run = symgd.descend("w^2", start={"w": 1}, learning_rate=1, steps=2)
    >>> [found.code for found in findings(run)]
    ['bound', 'rate-at']
    """
    if run.problem.definitions is None:
        return ()
    try:
        return tuple(_Finder(run).all())
    except (SymgdError, ArithmeticError):  # no second derivative, or none that could be told
        return (Finding("undecided-unknown"),) if run.outcome.key in _FLAT_ENDS else ()


def gradient_of(problem: Problem) -> Gradient:
    """The gradient of a problem's loss, derived once. Raises InputError, or TypeError where no loss is known."""
    return _gradient_of(problem)


@functools.lru_cache(maxsize=4)
def _gradient_of(problem: Problem) -> Gradient:
    if problem.definitions is None:
        raise TypeError("a given gradient has no loss")
    known = {**problem.start, **problem.let}
    return Gradient(problem.definitions, problem.parameters, problem.let, known, problem.renamed)


def decay_of(problem: Problem) -> Fraction:
    """What a method's weight decay adds to each eigenvalue."""
    decoupled = problem.method.name in _DECOUPLED
    return Fraction(0) if decoupled else problem.settings.get("weight_decay", Fraction(0))


def curvature_of(problem: Problem, point: Mapping[str, Value]) -> Curvature:
    """The curvature of what a problem descends: its loss, with the weight decay counted in. Raises InputError."""
    return curvature_at(gradient_of(problem), point, decay_of(problem))


# lines


def quantity(word: str, value: Value) -> Line:
    """A line that names a value: λ1 = 2."""
    return Line("fact", word, "", ZERO, {}, value)


def line_of(word: str, formula: str, operands: Mapping[str, Value]) -> Line:
    """A line that works a value out: ηmax = 2/λmax = 2/2 = 1. Raises DomainError, PrecisionError.

    >>> line_text(line_of("eta_max", "2/lambda_max", {"lambda_max": Fraction(8)}))
    'η_max = 2/λ_max = 2/8 = 0.25'
    """
    tree = read(formula)
    used = {word: operands[word] for word in tree.names}
    return Line("fact", word, "", tree, used, value_of(tree, used))


def value_of(tree: Expression, operands: Mapping[str, Value], bits: int = 320) -> Value:
    """The value of a formula; operands may be Balls. Raises DomainError, PrecisionError."""
    system = ExactSystem(bits)
    with system.precision():
        return system.public(system.evaluate(tree, {word: as_number(value) for word, value in operands.items()}))


def line_text(line: Line, digits: int = DIGITS) -> str:
    """A line as text on one line, as a handout prints it."""
    shown = show(line.value, digits)
    sides = [("", shown_text(line.quantity))]
    if shown is None:
        return sides[0][1]
    left = worked(line.formula, line.operands, line.value, digits)
    if line.formula.op != "number":
        sides.append((" = ", write_text(line.formula)))
    if left is not None:
        sides.append((f" {left.left_sign} ", write_text(left.left)))
    sides.append((f" {shown.sign if left is None else left.sign} ", write_text(shown.tree)))
    kept = [sides[0], *(side for before, side in pairwise(sides) if side[1] != before[1])]
    return "".join(sign + text for sign, text in kept)


def eigenvalue_lines(found: Curvature) -> tuple[Line, ...]:
    """λ1, λ2, ... in ascending order."""
    return tuple(quantity(f"lambda{place}", value) for place, value in enumerate(found.eigenvalues, 1))


# finding


class Bound(NamedTuple):
    """A largest stable rate: its line, and whose it is: "" plain gradient descent's own, "-momentum", or "-plain" for
    a method whose own is not known.
    """

    line: Line
    whose: str


class _Finder:
    """Looks at the end of one run."""

    def __init__(self, run: Trajectory) -> None:
        self.run, self.problem, self.digits = run, run.problem, run.problem.digits

    def all(self) -> Iterator[Finding]:
        key = self.run.outcome.key
        if key not in _RATE_ENDS:
            yield from self.about_place(key)
        elif _is_light(self.problem):
            yield from self.about_rate()

    def finding(self, code: str, **facts: Fact) -> Finding:
        return Finding(code, facts, self.digits)

    # a flat place

    def about_place(self, key: str) -> Iterator[Finding]:
        last = self.run.records[-1]
        if not _is_finite(last) or not (key in _FLAT_ENDS or _small(list(last.gradient.values()))):
            return
        if not is_smooth_at(gradient_of(self.problem), last.point):
            yield self.finding("undecided-kink")
            return
        slopes = slopes_at(gradient_of(self.problem), last.point, decay_of(self.problem))
        flat = all(value == 0 for value in slopes.values())
        if not flat and not (key in _FLAT_ENDS or _small(list(slopes.values()))):
            return
        if not flat:
            yield self.how_small(slopes)
        if _is_light(self.problem):
            yield from self.shape(last, flat)
        else:
            yield self.finding("undecided-large")

    def shape(self, last: Record, flat: bool) -> Iterator[Finding]:
        found = curvature_of(self.problem, last.point)
        if not _can_be_shown(found.eigenvalues):
            yield self.finding("undecided-unknown")
            return
        if len(found.parameters) <= _MOST_SHOWN and not decay_of(self.problem):
            yield self.finding("hessian", entries=tuple(self.entries(found)))
        yield self.finding(_shape(found, flat), eigenvalues=eigenvalue_lines(found))
        yield from self.decay()

    def entries(self, found: Curvature) -> Iterator[Line]:
        words, loss = found.parameters, self.problem.loss_name
        for i, row in enumerate(words):
            for j, column in enumerate(words[i:], i):
                yield quantity(f"{slope_name(loss, row)}/d{column}", found.hessian[i][j])

    def how_small(self, slopes: Mapping[str, Value]) -> Finding:
        word = max(slopes, key=lambda word: _size(slopes[word]))
        low, high = bounds(slopes[word])
        if low <= 0 <= high or show(slopes[word], 1) is None:  # perhaps exactly 0: no digit is proved, but a size is
            most = Fraction(10) ** (exponent_of(_size(slopes[word])) + 1)
            return self.finding("slope-within", most=written(most))
        code = "slope-small" if _small([slopes[word]]) else "slope-left"
        return self.finding(code, slope=quantity(slope_name(self.problem.loss_name, word), slopes[word]))

    def decay(self) -> Iterator[Finding]:
        if decay := decay_of(self.problem):
            yield self.finding("decay", decay=number(decay))

    # the rate

    def about_rate(self) -> Iterator[Finding]:
        found = curvature_of(self.problem, self.run.records[0].point)
        yield from self.bound(found, "" if found.quadratic else "-start")
        if not found.quadratic:
            yield from self.at_last()
        yield from self.decay()

    def at_last(self) -> Iterator[Finding]:
        """The same at the last point with finite numbers, where it can be had."""
        last = next(record for record in reversed(self.run.records) if _is_finite(record))
        if not last.step:
            return
        try:
            yield from self.bound(curvature_of(self.problem, last.point), "-last")
        except (SymgdError, ArithmeticError):
            return

    def bound(self, found: Curvature, where: str) -> Iterator[Finding]:
        if not _can_be_shown(found.eigenvalues):
            return
        if found.quadratic and bounds(found.eigenvalues[0])[1] < 0:
            yield self.finding("no-minimum", eigenvalues=eigenvalue_lines(found))
        elif bounds(found.eigenvalues[-1])[0] > 0:
            yield from self.positive_bound(found, where)
        else:
            yield self.finding(f"no-bound{where}", eigenvalues=eigenvalue_lines(found))

    def positive_bound(self, found: Curvature, where: str) -> Iterator[Finding]:
        limit = stable_bound(self.problem, found)
        lambda_max = quantity("lambda_max", found.eigenvalues[-1])
        yield self.finding(f"bound{limit.whose}{where}", lambda_max=lambda_max, bound=limit.line)
        if (side := rate_side(self.problem, limit)) and where != "-last":
            crosses = side == "at" and not (where or limit.whose)
            rate = quantity("eta", value_of(self.problem.learning_rate, {}))
            yield self.finding("rate-at" if crosses else f"rate-{_SIDES[side]}", rate=rate)


#: A rate at a bound that is not exact, or not plain gradient descent's, is only said to be equal to it.
_SIDES: Mapping[str, str] = {"above": "above", "at": "equal", "below": "below"}


def stable_bound(problem: Problem, found: Curvature) -> Bound:
    """The largest stable rate where λmax is positive: of the problem's method where it is known, else of the plain.

    Raises DomainError or PrecisionError where λmax is not proved to be other than 0.
    """
    momentum = problem.settings.get("momentum", Fraction(0))
    own = problem.method.name in STABLE and momentum < 1
    method = problem.method.name if own else "gradient-descent"
    known = {"lambda_max": found.eigenvalues[-1], "mu": momentum}
    whose = "-plain" if not own else "" if method == "gradient-descent" else f"-{method}"
    return Bound(line_of("eta_max", STABLE[method], known), whose)


def rate_side(problem: Problem, limit: Bound) -> str:
    """How the rate stands to the bound: "above", "at", "below"; "" for a schedule, another method, or undecided.

    Raises DomainError, PrecisionError.
    """
    if problem.learning_rate.names or limit.whose == "-plain":
        return ""
    (below, above), (low, high) = bounds(value_of(problem.learning_rate, {})), bounds(limit.line.value)
    if below > high:
        return "above"
    if above < low:
        return "below"
    return "at" if low == high else ""


def _shape(found: Curvature, flat: bool) -> str:
    """The key of what such a Hessian says, at a place that is exactly flat or only nearly."""
    signs, kind = found.inertia, found.kind
    if not signs.positive and not signs.negative and not signs.unknown:
        return ("constant" if found.quadratic else "undecided-zero") if flat else "near-straight"
    if kind == "undecided":
        return "undecided" if flat else "near-undecided"
    return ("" if flat else "near-") + kind + ("-valley" if signs.zero and kind != "saddle" else "")


def _is_light(problem: Problem) -> bool:
    count = len(problem.parameters)
    trees = problem.definitions.expressions if problem.definitions else ()
    size = sum(1 for tree in trees for _ in nodes(tree))
    return count <= MOST_PARAMETERS and size * count**2 <= _MOST_WORK


def _can_be_shown(values: Iterable[Value]) -> bool:
    return all(show(value, 1) is not None for value in values)


def _small(values: list[Value]) -> bool:
    return all(_size(value) <= SMALL for value in values)


def _size(value: Value) -> Fraction:
    return max(map(abs, bounds(value)))


def _is_finite(record: Record) -> bool:
    values = [*record.point.values(), *record.gradient.values()]
    return bool(record.gradient) and all(not isinstance(value, float) or math.isfinite(value) for value in values)
