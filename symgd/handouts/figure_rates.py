"""Three learning rates from the same start: one that is small, one that works, and one that is too large."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from symgd.calculus.algebra import constant_of
from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory
from symgd.errors import InputError
from symgd.expressions.writer import decimal_text
from symgd.handouts.figure_facts import Panels, curve_of, field_of, losses_of, path_of

#: Updates of the runs that are compared, at least and at most.
_FEWEST, _MOST = 8, 20
#: Rates are doubled or halved so often to find one that fails or works.
_TRIES = 12
#: Between a rate that works and its double, which fails, these shares of the double are tried.
_BETWEEN = (Fraction(5, 8), Fraction(3, 4), Fraction(7, 8), Fraction(1))
_SMALLER = Fraction(1, 10)


def panels_of(run: Trajectory, names: Sequence[str]) -> tuple[Panels, tuple[Fraction, Fraction, Fraction], int]:
    """The pictures, their rates, and how many updates each makes. Raises InputError where no such rates are found."""
    runs = _Runs(run.problem)
    good = runs.working()
    rates = good * _SMALLER, good, runs.failing(good)
    found = [runs.at(rate) for rate in rates]
    ends = (None, None, 2)  # a rate that is too large leads away: its first move shows that
    near = np.concatenate([path_of(one, names).points[:end] for one, end in zip(found, ends, strict=True)])
    draw = curve_of if len(names) == 1 else lambda one, near: field_of(one, names, near)
    labels = tuple(f"η = {_text(rate)} {_arrow(one)}" for rate, one in zip(rates, found, strict=True))
    return Panels(labels, tuple(draw(one, near) for one in found)), rates, runs.steps


def falls(run: Trajectory) -> bool:
    """Whether the loss ended below where it began, and was a finite number all along."""
    found = losses_of(run)
    return len(found.values) == len(run.records) and bool(found.values[-1] < found.values[0])


class _Runs:
    """Runs of one problem in floats, by their rate."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.steps = problem, max(_FEWEST, min(_MOST, problem.steps))
        self.found: dict[Fraction, Trajectory] = {}

    def at(self, rate: Fraction) -> Trajectory:
        if rate not in self.found:
            problem = self.problem.replaced(learning_rate=rate, arithmetic="float", steps=self.steps, tolerance=None)
            self.found[rate] = descend(problem)
        return self.found[rate]

    def working(self) -> Fraction:
        """The problem's own rate, or the first of its halves at which the loss falls."""
        rate = constant_of(self.problem.learning_rate)
        for _ in range(_TRIES if rate else 0):
            assert rate is not None
            if falls(self.at(rate)):
                return rate
            rate = rate / 2
        raise InputError("figure-rates-none")

    def failing(self, good: Fraction) -> Fraction:
        """A rate above a working one at which the loss does not fall."""
        rate = good
        for _ in range(_TRIES):
            rate = rate * 2
            if not falls(self.at(rate)):
                return next(rate * share for share in _BETWEEN if not falls(self.at(rate * share)))
        raise InputError("figure-rates-none")


def _arrow(run: Trajectory) -> str:
    return "↘" if falls(run) else "↗"


def _text(rate: Fraction) -> str:
    return decimal_text(rate) or str(rate)
