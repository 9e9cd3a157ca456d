"""What pictures show, as facts: the path of a run, the range to look at, the loss on it. Nothing is drawn here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgd.calculus.compiled import loss_and_gradient
from symgd.descent.advance import descend
from symgd.descent.gradients import gradient_of
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Record, Trajectory
from symgd.descent.written_out import flattened, is_small
from symgd.errors import InputError
from symgd.numbers.values import Value, bounds, is_array

Array = np.ndarray[Any, np.dtype[np.float64]]
Truths = np.ndarray[Any, np.dtype[np.bool_]]
#: Points of a grid along each side, of a curve, and levels of contour lines.
GRID, CURVE, LEVELS = 61, 161, 12
#: A point further out than so many times the spread of the first ones would flatten all others.
_FAR, _FIRST = 12.0, 3
#: A point outside of the domain is shown where it lies so many times the spread of the others from their middle.
_BESIDE = 3.0
#: A point in the rim of a picture, this share of a side, counts as outside: an arrow to the edge would not be seen.
_RIM = 0.025
_MARGIN = 0.22
#: A curve that rises higher than so many times the highest point of the path would flatten it.
_TALL = 25.0
#: A descent of so many updates leads to a valley where its slopes are this share of the first ones; a picture shows it
#: where the path has come some of the way. With slopes of the second share it is at rest as far as an eye can tell.
_REST, _STILL, _NEAR = 400, 0.02, 6.0
_AT_REST = 1e-6
#: Outcomes of runs whose last point has no slope.
_AWAY = ("diverged", "left-domain")
#: Sides that differ by less than this share one scale, so that right angles look right.
_LIKE = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The points of a run in some of its parameters, the negative gradient and the loss at each; floats.

    `points` and `downhill` have shape (records, parameters), `losses` (records,), nan where there is no loss and
    infinite where it is too large; `steps` are the updates made before each.
    """

    names: tuple[str, ...]
    steps: tuple[int, ...]
    points: Array
    downhill: Array
    losses: Array


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A path on contour lines: `values` has shape (len(y), len(x)), nan outside the domain; None without a loss.

    `rest` is where the descent comes to rest, shape (2,), where that is known and lies in the picture.
    """

    path: Path
    x: Array
    y: Array
    values: Array | None
    levels: Array
    equal: bool
    rest: Array | None = None

    @property
    def line(self) -> Array:
        """The path in the picture, shape (records, 2)."""
        return self.path.points

    @property
    def frame(self) -> Array:
        """The ends of both axes, shape (2, 2): a row for each axis."""
        return np.array([[axis[0], axis[-1]] for axis in (self.x, self.y)])


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A path on the curve of a loss in one parameter: `y` is the loss at `x`; `rest` as in `Field`, on the curve.

    `heights` are the ends of the vertical axis.
    """

    path: Path
    x: Array
    y: Array
    heights: tuple[float, float]
    rest: Array | None = None

    @property
    def line(self) -> Array:
        """The path in the picture, shape (records, 2); its heights are nan where the loss has no value."""
        return np.stack([self.path.points[:, 0], self.path.losses], axis=-1)

    @property
    def frame(self) -> Array:
        """The ends of both axes, shape (2, 2): a row for each axis."""
        return np.array([[self.x[0], self.x[-1]], self.heights])


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """The loss after each update; `log` where it is better seen by its powers of ten.

    `made` are the updates of the run; the last one may have no loss: with `endless` it is too large for a number.
    """

    steps: Array
    values: Array
    log: bool
    name: str
    made: int
    endless: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """The same start with several rates, side by side: a text for each, and what is drawn."""

    labels: tuple[str, ...]
    panels: tuple[Field | Curve, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Points of data, and the prediction over `x` after each of `steps` updates: `lines` has a row for each."""

    names: tuple[str, str]
    points: Array
    x: Array
    lines: Array
    steps: tuple[int, ...]


Drawing = Field | Curve | Losses | Panels | Fit


def in_numbers(run: Trajectory) -> Trajectory:
    """The run with an entry of its vectors for each parameter; raises InputError where they are too many."""
    if not any(is_array(value) for value in run.problem.start.values()):
        return run
    if not is_small(run.problem):
        raise InputError("figure-too-large")
    return flattened(run)


def path_of(run: Trajectory, names: Sequence[str]) -> Path:
    """The path of a run in numbers; it ends before a point that is no finite number.

    Of a run that diverged or left the domain the last point belongs to it though it has no slope, which stands as 0.
    """
    sloped = [record for record in run.records if all(word in record.gradient for word in names)] or run.records[:1]
    records = run.records if run.outcome.code in _AWAY else sloped
    lost = math.inf if run.outcome.code == "diverged" else math.nan
    table = np.array([_row(record, names, lost) for record in records], dtype=np.float64)
    size = len(names)
    points, slopes = table[:, :size], table[:, size:-1]
    end = int(np.isfinite(points).all(axis=1).cumprod().sum())
    steps = tuple(record.step for record in records[:end])
    return Path(tuple(names), steps, points[:end], -np.where(np.isfinite(slopes), slopes, 0.0)[:end], table[:end, -1])


def _row(record: Record, names: Sequence[str], lost: float) -> list[float]:
    loss = lost if record.loss is None else as_float(record.loss)
    slopes = [as_float(record.gradient[word]) if word in record.gradient else 0.0 for word in names]
    return [*(as_float(record.point[word]) for word in names), *slopes, loss]


def as_float(value: Value) -> float:
    """A value as a float; infinite beyond their range."""
    low, high = bounds(value) if not isinstance(value, float) else (value, value)
    try:
        return float(low) if low == high else float((low + high) / 2)
    except OverflowError:
        return float("inf")


def seen(path: Path) -> Truths:
    """Which points lie near enough to be shown; shape (records,), of truth values.

    Those are near that lie near the first ones, and of the first ones those that lie near the ones before them. Of
    points outside of the domain those are near that lie beside the others.
    """
    finite = np.isfinite(path.losses)
    near = valued = finite if finite.any() else ~finite
    for count in range(2, _FIRST + 1):
        near = valued & _close(path.points, path.points[:count][near[:count]])
    return near | np.isnan(path.losses) & _close(path.points, path.points[near], _BESIDE)


def _close(points: Array, first: Array, far: float = _FAR) -> Truths:
    middle, spread = (first.min(axis=0) + first.max(axis=0)) / 2, np.ptp(first, axis=0)
    spread = np.where(spread > 0, spread, spread.max() or np.abs(middle) + 1)
    return np.asarray(np.all(np.abs(points - middle) <= far * spread, axis=1))


def within(drawing: Field | Curve) -> Truths:
    """Which points of a path lie in its picture; shape (records,), of truth values."""
    low, high = drawing.frame.T
    rim = _RIM * (high - low)
    return np.asarray(np.all((drawing.line >= low + rim) & (drawing.line <= high - rim), axis=1))


def ranges(points: Array) -> tuple[list[tuple[float, float]], bool]:
    """For each axis the ends that hold all points with a margin, and whether the axes share one scale."""
    low, high = points.min(axis=0), points.max(axis=0)
    spread = high - low
    widest = spread.max() or max(1.0, float(np.abs(points).max()))
    equal = len(spread) == 2 and bool(spread.min() * _LIKE >= widest or spread.min() == 0)
    spread = np.full_like(spread, widest) if equal else np.where(spread > 0, spread, widest)
    middle = (low + high) / 2
    half = spread * (0.5 + _MARGIN)
    return [(float(m - h), float(m + h)) for m, h in zip(middle, half, strict=True)], equal


def valley_of(run: Trajectory, names: Sequence[str]) -> tuple[Array | None, bool]:
    """Where the descent leads, if that lies near, shape (1, parameters); and whether it is at rest there."""
    problem = run.problem
    if problem.definitions is None or problem.method.second_order:
        return None, False
    on = descend(problem.replaced(arithmetic="float", steps=max(_REST, problem.steps), tolerance=None, every=1))
    if on.outcome.code in _AWAY:
        return None, False
    path, here = path_of(on, names), path_of(run, names)
    sizes = np.abs(path.downhill).max(axis=1)
    spread = np.ptp(here.points[seen(here)], axis=0).max()
    away = np.abs(path.points[-1:] - here.points[0]).max()
    if not (sizes[-1] <= _STILL * sizes[0] and away <= _NEAR * spread):
        return None, False
    return path.points[-1:], bool(sizes[-1] <= _AT_REST * sizes[0]) and len(names) == len(problem.parameters)


def loss_function(problem: Problem) -> Callable[[Array], Array]:
    """f(points of shape (count, parameters)) -> losses of shape (count,); nan outside the domain."""
    if problem.has_arrays:
        run = gradient_of(problem).function()
    else:
        assert problem.definitions is not None
        run = loss_and_gradient(problem.definitions, problem.parameters, problem.constants)

    def losses(points: Array) -> Array:
        found = np.asarray(run(points)[0], dtype=np.float64)
        return np.where(np.isfinite(found), found, np.nan)

    return losses


def on_grid(problem: Problem, names: Sequence[str], axes: Sequence[Array], others: Mapping[str, float]) -> Array:
    """The loss over the grid of the axes, the first one fastest; the other parameters are held."""
    mesh = np.meshgrid(*axes)
    columns = dict(zip(names, mesh, strict=True))
    held = [columns.get(word, np.full_like(mesh[0], others.get(word, 0.0))) for word in problem.parameters]
    flat = np.stack([column.reshape(-1) for column in held], axis=-1)
    return loss_function(problem)(flat).reshape(mesh[0].shape)


def levels_of(values: Array) -> Array:
    """Levels of contour lines: rings of a bowl at equal distances, in a steep valley by the room between them."""
    known = values[np.isfinite(values)]
    if known.size == 0 or np.ptp(known) == 0:
        return np.array([])
    low, high, middle = float(known.min()), float(known.max()), float(np.median(known))
    share = np.arange(1, LEVELS + 1) / (LEVELS + 1)
    if middle - low < 0.05 * (high - low):
        return np.unique(np.quantile(known, share**2))
    return np.asarray(low + (high - low) * share**2)


def _near(run: Trajectory, path: Path) -> tuple[Array, Array | None]:
    """The points of a path that can be shown and the valley they lead to; and the place of rest."""
    valley, still = valley_of(run, path.names)
    points = path.points[seen(path)]
    near = points if valley is None else np.concatenate([points, valley])
    return near, None if valley is None or not still else valley[0]


def field_of(run: Trajectory, pair: Sequence[str]) -> Field:
    """A path on the contour lines of two parameters; the others are held at their last values."""
    path = path_of(run, pair)
    near, rest = _near(run, path)
    held = {word: as_float(value) for word, value in held_at(run, path).point.items()}
    return Field(path, *ground_of(run.problem, pair, near, held), rest)


def held_at(run: Trajectory, path: Path) -> Record:
    """The last record of a path that has a loss, else the last: there the other parameters are held."""
    valued = np.flatnonzero(np.isfinite(path.losses))
    return run.records[int(valued[-1]) if valued.size else len(path.steps) - 1]


def ground_of(
    problem: Problem, pair: Sequence[str], near: Array, held: Mapping[str, float], size: int = GRID
) -> tuple[Array, Array, Array | None, Array, bool]:
    """The contour lines around some points: axes, values, levels, and whether the axes share one scale."""
    (across, up), equal = ranges(near)
    x, y = np.linspace(*across, size), np.linspace(*up, size)
    values = None if problem.definitions is None else on_grid(problem, pair, (x, y), held)
    return x, y, values, np.array([]) if values is None else levels_of(values), equal


def curve_of(run: Trajectory) -> Curve:
    """A path on the curve of a loss in one parameter."""
    path = path_of(run, run.problem.parameters)
    near, rest = _near(run, path)
    x, y = line_of(run.problem, near)
    lowest = None if rest is None else np.append(rest, loss_function(run.problem)(rest[None]))
    return Curve(path, x, y, heights_of(y, path.losses[seen(path)]), lowest)


def line_of(problem: Problem, near: Array) -> tuple[Array, Array]:
    """The curve of a loss in one parameter around some points."""
    ((low, high),), _ = ranges(near)
    x = np.linspace(low, high, CURVE)
    return x, loss_function(problem)(x.reshape(-1, 1))


def heights_of(curve: Array, path: Array) -> tuple[float, float]:
    """The ends of a vertical axis: the losses of a curve and of a path on it, as far as a path can still be seen."""
    known, near = (losses[np.isfinite(losses)] for losses in (np.concatenate([curve, path]), path))
    low = float(known.min())
    spread = min(float(known.max()) - low, _TALL * (float(near.max()) - low) or math.inf) or 1.0
    return low - 0.08 * spread, low + 1.05 * spread


def losses_of(run: Trajectory) -> Losses:
    """The loss after each update, as far as it has a value."""
    known = [(record.step, as_float(record.loss)) for record in run.records if record.loss is not None]
    table = np.array([row for row in known if np.isfinite(row[1])], dtype=np.float64).reshape(-1, 2)
    values = table[:, 1]
    log = bool(values.size and values.min() > 0 and values.max() > 100 * values.min())
    endless = run.outcome.code == "diverged" and len(values) < len(run.records)
    return Losses(table[:, 0], values, log, run.problem.reported_loss, run.records[-1].step, endless)
