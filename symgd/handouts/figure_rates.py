"""Three learning rates from the same start: one that is small, one that works, and one that is too large."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from symgd.calculus.algebra import constant_of
from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory
from symgd.errors import InputError
from symgd.expressions.writer import decimal_text
from symgd.handouts.figure_facts import (
    Array,
    Curve,
    Field,
    Panels,
    Path,
    as_float,
    ground_of,
    line_of,
    losses_of,
    path_of,
)

#: Updates of the runs that are compared, at least and at most.
_FEWEST, _MOST = 8, 20
#: Rates are doubled or halved so often to find one that fails or works.
_TRIES = 12
#: Between a rate that works and its double, which fails, these shares of the double are tried.
_BETWEEN = (Fraction(5, 8), Fraction(3, 4), Fraction(7, 8), Fraction(1))
_SMALLER = Fraction(1, 10)
#: Points along each side of a grid: three pictures in the place of one.
_GRID = 41


class Trio(NamedTuple):
    """The pictures, their rates, how many updates each makes, and whether the largest rate leads out of the domain."""

    panels: Panels
    rates: tuple[Fraction, Fraction, Fraction]
    steps: int
    left_domain: bool


def panels_of(run: Trajectory, names: Sequence[str]) -> Trio:
    """Three rates side by side. Raises InputError where no such rates are found."""
    runs = _Runs(run.problem)
    good = runs.working()
    rates = good * _SMALLER, good, runs.failing(good)
    found = [runs.at(rate) for rate in rates]
    ends = (None, None, 2)  # a rate that is too large leads away: its first move shows that
    paths = [path_of(one, names) for one in found]
    near = np.concatenate([path.points[:end] for path, end in zip(paths, ends, strict=True)])
    labels = tuple(f"η = {_text(rate)} {_arrow(one)}" for rate, one in zip(rates, found, strict=True))
    panels = Panels(labels, (_curves if len(names) == 1 else _fields)(run, paths, near))
    return Trio(panels, rates, runs.steps, found[-1].outcome.code == "left-domain")


def _fields(run: Trajectory, paths: Sequence[Path], near: Array) -> tuple[Field, ...]:
    """The same contour lines below each path; other parameters are held at the start."""
    held = {word: as_float(value) for word, value in run.problem.start.items()}
    ground = ground_of(run.problem, paths[0].names, near, held, _GRID)
    box = np.array([[axis[0], axis[-1]] for axis in ground[:2]])
    return tuple(Field(_inside(path, box), *ground) for path in paths)


def _curves(run: Trajectory, paths: Sequence[Path], near: Array) -> tuple[Curve, ...]:
    """The same curve below each path, with the same axes."""
    x, y = line_of(run.problem, near)
    known = y[np.isfinite(y)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    spread = (high - low) or 1.0
    box = np.array([[x[0], x[-1]]])
    return tuple(Curve(_inside(path, box), x, y, None, (low - 0.08 * spread, high + 0.05 * spread)) for path in paths)


def _inside(path: Path, box: Array) -> Path:
    """The path up to the first point that lies outside of the picture, that one included."""
    out = np.flatnonzero(np.any((path.points < box[:, 0]) | (path.points > box[:, 1]), axis=1))
    end = int(out[0]) + 1 if out.size else len(path.points)
    return Path(path.names, path.steps[:end], path.points[:end], path.downhill[:end], path.losses[:end])


def falls(run: Trajectory) -> bool:
    """Whether the loss ended below where it began, and was a finite number all along."""
    found = losses_of(run)
    return len(found.values) == len(run.records) and bool(found.values[-1] < found.values[0])


def rises(run: Trajectory) -> bool:
    """Whether the loss ended above where it began, or was too large for a number."""
    found = losses_of(run)
    return len(found.values) < len(run.records) or bool(found.values[-1] > found.values[0])


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
        """A rate above a working one at which the loss rises, else one at which it does not fall."""
        rate = good
        for _ in range(_TRIES):
            rate = rate * 2
            if not falls(self.at(rate)):
                failing = [rate * share for share in _BETWEEN if not falls(self.at(rate * share))]
                return next((worse for worse in failing if rises(self.at(worse))), failing[0])
        raise InputError("figure-rates-none")


def _arrow(run: Trajectory) -> str:
    return "↘" if falls(run) else "↗" if rises(run) else "→"


def _text(rate: Fraction) -> str:
    return decimal_text(rate) or str(rate)
