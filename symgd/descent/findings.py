"""Findings: what the exact Hessian says about the end of a run. The words are in the catalogues.

At a flat place: whether it is a minimum, a saddle or a maximum. After a divergence or in a circle: the largest stable
learning rate. All is worked out from the exact gradient at the exact point (a float at its shortest decimal), so the
same words hold in every number system.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symgd.calculus.curvature import Curvature, is_smooth_at, slopes_at
from symgd.calculus.program import slope_name
from symgd.descent.gradients import gradient_of
from symgd.descent.lines import line_text, quantity, value_of
from symgd.descent.problem import Problem
from symgd.descent.stability import curvature_of, decay_of, is_slanted, rate_side, stable_bound
from symgd.descent.trajectory import Line, Record, Trajectory
from symgd.descent.written_out import flattened, is_small
from symgd.errors import SymgdError
from symgd.expressions.tree import Expression, nodes, number
from symgd.expressions.writer import text as write_text
from symgd.numbers.relation import DIGITS, show
from symgd.numbers.values import Value, bounds, exponent_of, written

#: A slope of at most this size at the end of a run is called small.
SMALL = Fraction(1, 10**6)
#: The Hessian of a loss with more parameters is not worked out.
MOST_PARAMETERS = 8
#: Nor, where nobody asked for it, that of a loss with more nodes times parameters squared: about a second's work.
_MOST_WORK = 5_000
#: So many second derivatives are shown one by one.
_MOST_SHOWN = 2


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
    ['bound-one', 'rate-at']
    """
    if run.problem.definitions is None:
        return ()
    try:
        return tuple(_Finder(flattened(run)).all()) if is_small(run.problem) else ()
    except (SymgdError, ArithmeticError):  # no second derivative, or none that could be told
        return (Finding("undecided-unknown"),) if run.outcome.key in _FLAT_ENDS else ()


class _Finder:
    """Looks at the end of one run."""

    def __init__(self, run: Trajectory) -> None:
        self.run, self.problem, self.digits = run, run.problem, run.problem.digits

    def all(self) -> Iterator[Finding]:
        key = self.run.outcome.key
        if key not in _RATE_ENDS:
            yield from self.about_place(key)
        elif _is_light(self.problem):
            yield from self.about_rate(key)

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

    def about_rate(self, key: str) -> Iterator[Finding]:
        found = curvature_of(self.problem, self.run.records[0].point)
        yield from self.bound(found, "" if found.quadratic else "-start")
        if not found.quadratic and key == "cycle":  # a descent that has diverged ends nowhere near a valley
            yield from self.at_last(found)
        yield from self.decay()

    def at_last(self, start: Curvature) -> Iterator[Finding]:
        """The same at the last point with finite numbers, where it can be had; no bound is said once."""
        last = next(record for record in reversed(self.run.records) if _is_finite(record))
        if not last.step:
            return
        try:
            found = curvature_of(self.problem, last.point)
            if found.eigenvalues != start.eigenvalues or bounds(found.eigenvalues[-1])[0] > 0:
                yield from self.bound(found, "-last")
        except (SymgdError, ArithmeticError):
            return

    def bound(self, found: Curvature, where: str) -> Iterator[Finding]:
        if not _can_be_shown(found.eigenvalues):
            return
        if found.quadratic and bounds(found.eigenvalues[0])[1] < 0:
            yield self.finding("no-minimum", eigenvalues=eigenvalue_lines(found))
        elif is_slanted(self.problem, found):
            yield self.finding("slanted", eigenvalues=eigenvalue_lines(found))
        elif bounds(found.eigenvalues[-1])[0] > 0:
            yield from self.positive_bound(found, where)
        else:
            yield self.finding(f"no-bound{where}", eigenvalues=eigenvalue_lines(found))

    def positive_bound(self, found: Curvature, where: str) -> Iterator[Finding]:
        limit = stable_bound(self.problem, found)
        lambda_max = quantity("lambda_max", found.eigenvalues[-1])
        one = "-one" if len(found.parameters) == 1 else ""
        yield self.finding(f"bound{limit.whose}{where}{one}", lambda_max=lambda_max, bound=limit.line)
        if (side := rate_side(self.problem, limit)) and where != "-last":
            crosses = side == "at" and not (where or limit.whose)
            rate = quantity("eta", value_of(self.problem.learning_rate, {}))
            yield self.finding("rate-at" if crosses else f"rate-{_SIDES[side]}", rate=rate)


#: A rate at a bound that is not exact, or not plain gradient descent's, is only said to be equal to it.
_SIDES: Mapping[str, str] = {"above": "above", "at": "equal", "below": "below"}


def eigenvalue_lines(found: Curvature) -> tuple[Line, ...]:
    """λ1, λ2, ... in ascending order."""
    return tuple(quantity(f"lambda{place}", value) for place, value in enumerate(found.eigenvalues, 1))


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
