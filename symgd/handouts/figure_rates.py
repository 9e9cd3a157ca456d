"""Three learning rates from the same start: one that is small, one that works, and one that is too large."""

from __future__ import annotations

import math
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
    heights_of,
    line_of,
    losses_of,
    path_of,
    seen,
    within,
)

#: Updates of the runs that are compared, at least and at most.
_FEWEST, _MOST = 8, 20
#: So many rates are tried to find one that works or fails.
_TRIES = 12
#: Where none of them rises, so many more rates are tried above the first that fails.
_MORE = 2
#: Pleasant rates are these times a power of ten.
_PLEASANT, _HALF = (1, 2, 5), Fraction(1, 2)
_SMALLER = Fraction(1, 10)
#: The picture is made for the two rates that work; it holds the third where it goes so many times as far beyond them.
_BEYOND = 2.0
#: Points along each side of a grid: three pictures in the place of one.
_GRID = 41


class Trio(NamedTuple):
    """The pictures, their rates, how many updates each makes, and where the largest rate leads.

    That is out of the domain, out of the picture, or neither.
    """

    panels: Panels
    rates: tuple[Fraction, Fraction, Fraction]
    steps: int
    left_domain: bool
    leaves: bool


def panels_of(run: Trajectory, names: Sequence[str]) -> Trio:
    """Three rates side by side. Raises InputError where no such rates are found."""
    runs = _Runs(run.problem)
    good = runs.working()
    rates = _small(good), good, runs.failing(good)
    found = [runs.at(rate) for rate in rates]
    paths = [path_of(one, names) for one in found]
    working = np.concatenate([path.points[seen(path)] for path in paths[:2]])
    near = np.concatenate([working, _beside(paths[2], working)])
    labels = tuple(f"η = {_text(rate)} {_arrow(one)}" for rate, one in zip(rates, found, strict=True))
    panels = Panels(labels, (_curves if len(names) == 1 else _fields)(run, paths, near))
    left = found[-1].outcome.code == "left-domain"
    return Trio(panels, rates, runs.steps, left, not (left or within(panels.panels[-1])[-1]))


def _beside(path: Path, working: Array) -> Array:
    """The points of a path that leads away, up to the first one that lies far from those of the rates that work."""
    low, high = working.min(axis=0), working.max(axis=0)
    room = _BEYOND * (high - low).max()
    near = np.all((path.points >= low - room) & (path.points <= high + room), axis=1)
    return path.points[: int(near.cumprod().sum())]


def _fields(run: Trajectory, paths: Sequence[Path], near: Array) -> tuple[Field, ...]:
    """The same contour lines below each path; other parameters are held at the start."""
    held = {word: as_float(value) for word, value in run.problem.start.items()}
    ground = ground_of(run.problem, paths[0].names, near, held, _GRID)
    box = np.array([[axis[0], axis[-1]] for axis in ground[:2]])
    return tuple(Field(_inside(path, box), *ground) for path in paths)


def _curves(run: Trajectory, paths: Sequence[Path], near: Array) -> tuple[Curve, ...]:
    """The same curve below each path, with the same axes."""
    x, y = line_of(run.problem, near)
    box = np.array([[x[0], x[-1]]])
    falling = np.concatenate([path.losses for path in paths[:2]])
    return tuple(Curve(_inside(path, box), x, y, heights_of(y, falling)) for path in paths)


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
        self.own = constant_of(problem.learning_rate) or Fraction(0)
        self.found: dict[Fraction, Trajectory] = {}

    def at(self, rate: Fraction) -> Trajectory:
        if rate not in self.found:
            problem = self.problem.replaced(learning_rate=rate, arithmetic="float", steps=self.steps, tolerance=None)
            self.found[rate] = descend(problem)
        return self.found[rate]

    def working(self) -> Fraction:
        """The problem's own rate, or the first pleasant one below it at which the loss falls."""
        rate = self.own
        for _ in range(_TRIES if rate else 0):
            if falls(self.at(rate)):
                return rate
            rate = _smaller(rate)
        raise InputError("figure-rates-none")

    def failing(self, good: Fraction) -> Fraction:
        """The problem's own rate where it fails, else one above a working one: best one at which the loss rises."""
        if good != self.own:
            return self.own
        failing: list[Fraction] = []
        rate = good
        for _ in range(_TRIES):
            rate = _larger(rate)
            if falls(self.at(rate)):
                continue
            if rises(self.at(rate)):
                return rate
            failing.append(rate)
            if len(failing) > _MORE:
                break
        if not failing:
            raise InputError("figure-rates-none")
        return failing[0]


# pleasant rates


def _larger(rate: Fraction) -> Fraction:
    """The next pleasant rate above one."""
    power = _power(rate)
    return min((power * digit for digit in (*_PLEASANT, 10) if abs(power) * digit > abs(rate)), key=abs)


def _smaller(rate: Fraction) -> Fraction:
    """The next pleasant rate below one."""
    power = _power(rate)
    return max((power * digit for digit in (_HALF, *_PLEASANT) if abs(power) * digit < abs(rate)), key=abs)


def _small(good: Fraction) -> Fraction:
    """A tenth of a rate; where that takes more than one digit to write, the next pleasant one below."""
    tenth = good * _SMALLER
    return tenth if (tenth / _power(tenth)).denominator == 1 else _smaller(tenth)


def _power(rate: Fraction) -> Fraction:
    """The power of ten that a rate begins with, of the same sign.

    >>> _power(Fraction(-3, 100))
    Fraction(-1, 100)
    """
    size = abs(rate)
    power = Fraction(10) ** round(math.log10(size.numerator) - math.log10(size.denominator))
    power = power if power <= size else power / 10
    return power if rate > 0 else -power


def _arrow(run: Trajectory) -> str:
    if run.outcome.code == "left-domain":
        return "×"
    return "↘" if falls(run) else "↗" if rises(run) else "→"


def _text(rate: Fraction) -> str:
    return decimal_text(rate) or str(rate)
