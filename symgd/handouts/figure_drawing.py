"""Facts of a picture to a Figure of matplotlib. Labels are symbols, so no font is missing in any language.

Things differ by line and marker, not by colour alone. What belongs to a step carries an id "point-3", "arrow-3",
"segment-3" or "tangent-3": the number of updates made before it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from symgd.expressions.names import name_text
from symgd.handouts.figure_facts import Array, Curve, Drawing, Field, Fit, Losses, Panels, within

#: Colours by what they say; a page has its own for each, light and dark.
COLOURS: Mapping[str, str] = {
    "fg": "#1a1a1a",
    "bg": "#ffffff",
    "muted": "#555555",
    "old": "#0b4fb3",
    "rate": "#9a4a00",
    "new": "#0b6b2e",
}
_FG, _BG, _MUTED, _OLD, _RATE, _NEW = COLOURS.values()
#: Inches; text is 9 points.
_SIZES: Mapping[type, tuple[float, float]] = {
    Field: (4.8, 4.2),
    Curve: (4.8, 3.4),
    Losses: (4.8, 3.0),
    Fit: (4.8, 3.4),
}
_PANEL = (2.5, 2.7)
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "serif",
    "font.size": 9,
    "axes.edgecolor": _MUTED,
    "axes.labelcolor": _FG,
    "axes.linewidth": 0.7,
    "xtick.color": _FG,
    "ytick.color": _FG,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "contour.negative_linestyle": "solid",
    "path.simplify": True,
}
#: Numbers stand beside ends of lines that lie so far apart, as a share of the picture; beside points for each digit,
#: on the other side where there is no room on the first.
_APART, _DIGIT = 0.055, 0.035
#: The longest arrow and the shortest, as a share of the picture.
_LONG, _SHORT = 0.24, 0.05
#: A tangent reaches so far to each side.
_TANGENT = 0.13


class Plot(Figure):
    """A figure of matplotlib that a notebook shows, though it is no part of pyplot: nothing is to be closed."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=_FINE * self.dpi)
        width, height = (round(side * self.dpi) for side in self.get_size_inches())
        return buffer.getvalue(), {"width": width, "height": height}


#: Dots of a picture in a notebook for each of the screen.
_FINE = 2


def drawn(drawing: Drawing) -> Plot:
    """The picture."""
    with rc_context(_STYLE):
        if isinstance(drawing, Panels):
            return _panels(drawing)
        figure = Plot(figsize=_SIZES[type(drawing)], layout="constrained")
        _DRAW[type(drawing)](figure.add_subplot(), drawing)
        return figure


def _panels(drawing: Panels) -> Plot:
    count = len(drawing.panels)
    figure = Plot(figsize=(_PANEL[0] * count, _PANEL[1]), layout="constrained")
    for place, (label, panel) in enumerate(zip(drawing.labels, drawing.panels, strict=True)):
        axes = figure.add_subplot(1, count, place + 1)
        axes.set_title(label, fontsize=9, color=_FG)
        _DRAW[type(panel)](axes, panel, numbered=False)
    return figure


def _field(axes: Axes, drawing: Field, numbered: bool = True) -> None:
    path = drawing.path
    axes.set(xlabel=symbol(path.names[0]), xlim=_ends(drawing.x), ylim=_ends(drawing.y))
    axes.set_ylabel(symbol(path.names[1]), rotation=0, labelpad=8)
    if drawing.equal:
        axes.set_aspect("equal", adjustable="box")
    if drawing.values is not None and drawing.levels.size:
        values = np.ma.masked_invalid(drawing.values)
        lines = axes.contour(drawing.x, drawing.y, values, drawing.levels, colors=_MUTED, linewidths=0.6, alpha=0.75)
        lines.set_gid("contours")
    _segments(axes, drawing)
    if numbered:
        _arrows(axes, drawing)
    _rest(axes, drawing.rest)
    _points(axes, drawing, numbered)


def _curve(axes: Axes, drawing: Curve, numbered: bool = True) -> None:
    axes.set(xlabel=symbol(drawing.path.names[0]), xlim=_ends(drawing.x), ylim=drawing.heights)
    axes.plot(drawing.x, drawing.y, color=_MUTED, linewidth=1.1, gid="curve")
    _segments(axes, drawing, dashed=True)
    if numbered:
        _tangents(axes, drawing)
    _rest(axes, drawing.rest)
    _points(axes, drawing, numbered)


def _losses(axes: Axes, drawing: Losses) -> None:
    axes.set(xlabel="k", yscale="log" if drawing.log else "linear")
    axes.set_ylabel(symbol(drawing.name), rotation=0, labelpad=10)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.plot(drawing.steps, drawing.values, color=_OLD, linewidth=1.2, gid="curve")
    few = len(drawing.steps) <= _MANY
    for step, value in zip(drawing.steps, drawing.values, strict=True) if few else ():
        _marker(axes, (float(step), float(value)), int(step))
    if len(drawing.steps) < 2 or drawing.made > drawing.steps[-1]:
        end = max(drawing.made, 1)
        axes.set_xlim(-0.05 * end, 1.05 * end)
    if drawing.endless:
        _upwards(axes, drawing)


def _upwards(axes: Axes, drawing: Losses) -> None:
    """An arrow from the last loss out of the picture: one more update made it too large for a number."""
    start = np.array([drawing.steps[-1], drawing.values[-1]])
    beyond = drawing.steps[-1] + 1
    axes.set(ylim=axes.get_ylim())
    upwards = axes.transData.inverted().transform(axes.transAxes.transform((1.0, 1.0)))
    end = np.array([(start[0] + beyond) / 2, upwards[1]])
    axes.plot(*np.array([start, end]).T, color=_OLD, linewidth=1.2)
    _arrow(axes, start, end, color=_OLD)


def _fit(axes: Axes, drawing: Fit) -> None:
    axes.set(xlabel=symbol(drawing.names[0]), xlim=_ends(drawing.x))
    axes.set_ylabel(symbol(drawing.names[1]), rotation=0, labelpad=8)
    last = len(drawing.lines) - 1
    for place, (line, step) in enumerate(zip(drawing.lines, drawing.steps, strict=True)):
        solid, colour = place == last, _NEW if place == last else _OLD
        style: Any = "-" if solid else (0, (4, 2.5))
        axes.plot(
            drawing.x, line, linestyle=style, color=colour, linewidth=1.8 if solid else 0.9, gid=f"segment-{step}"
        )
    _ends_of_lines(axes, drawing)
    axes.plot(*drawing.points.T, "o", color=_FG, markersize=4.5, linestyle="none", gid="data")


def _ends_of_lines(axes: Axes, drawing: Fit) -> None:
    """The number of updates behind each line, the last one first, as far as there is room."""
    height, taken = float(np.diff(axes.get_ylim())[0]), list[float]()
    for line, step in zip(drawing.lines[::-1], drawing.steps[::-1], strict=True):
        end = float(line[-1])
        if np.isfinite(end) and all(abs(end - other) > _APART * height for other in taken):
            taken.append(end)
            _label(axes, str(step), (float(drawing.x[-1]), end), (8, 0))


_DRAW: Mapping[type, Callable[..., None]] = {Field: _field, Curve: _curve, Losses: _losses, Fit: _fit}


# the parts of a path

#: More points than these get no marker of their own, but the first and the last.
_MANY = 40


def _shown(drawing: Field | Curve) -> list[int]:
    places = np.flatnonzero(within(drawing))
    if len(places) <= _MANY:
        return [int(place) for place in places]
    return [int(places[at]) for at in np.unique(np.linspace(0, len(places) - 1, _MANY).round().astype(int))]


def _segments(axes: Axes, drawing: Field | Curve, dashed: bool = False) -> None:
    style: Any = (0, (3, 2)) if dashed else "-"
    width, shown = 1.0 if dashed else 2.2, _shown(drawing)
    ways = [(here, drawing.line[here : there + 1]) for here, there in pairwise(shown)]
    if shown and shown[-1] < len(drawing.line) - 1:
        out = _way_out(drawing.frame, *drawing.line[shown[-1] : shown[-1] + 2])
        ways.append((shown[-1], out))
        _arrow(axes, out[0], out[1], color=_OLD)
    for here, way in ways:
        own = f"segment-{drawing.path.steps[here]}"
        axes.plot(*way.T, color=_OLD, linewidth=width, alpha=0.55, linestyle=style, gid=own)


def _way_out(frame: Array, here: Array, there: Array) -> Array:
    """The straight way from a point in the picture towards one outside of it, up to the edge; shape (2, 2).

    Where the loss is too large, the way leads straight up; where it has no value, straight to below that point.
    """
    lost = bool(np.isnan(there).any())
    way = np.where(np.isnan(there), 0.0, there - here) if np.all(~np.isinf(there)) else np.array([0.0, 1.0])
    moving = way != 0
    edges = np.where(way > 0, frame[:, 1], frame[:, 0])
    to_edge = float(np.min((edges - here)[moving] / way[moving]))
    return np.array([here, here + way * (min(1.0, to_edge) if lost else to_edge)])


def _points(axes: Axes, drawing: Field | Curve, numbered: bool) -> None:
    labelled: dict[int, list[Array]] = {1: [], -1: []}
    path, points = drawing.path, drawing.line
    for place in _shown(drawing):
        point = points[place]
        _marker(axes, (float(point[0]), float(point[1])), path.steps[place])
        at = axes.transAxes.inverted().transform(axes.transData.transform(point))
        number = str(path.steps[place])
        for side, taken in labelled.items() if numbered else ():
            if all(np.hypot(*(at - other)) > _DIGIT * len(number) for other in taken):
                taken.append(at)
                x, y = _aside(axes, points, place)
                _label(axes, number, point, (side * x, side * y))
                break


#: How far a number stands from its point, in points.
_ASIDE = 11.5


def _aside(axes: Axes, points: Array, place: int) -> tuple[float, float]:
    """Across the way that the path takes here, above it if that can be."""
    ends = points[max(0, place - 1)], points[min(place + 1, len(points) - 1)]
    along = np.diff(axes.transData.transform(np.array(ends)), axis=0)[0]
    size = float(np.hypot(*along))
    if not np.isfinite(size) or size == 0:
        return _ASIDE * 0.7, _ASIDE * 0.7
    across = np.array([-along[1], along[0]]) / size
    up = across if across[1] > 0 or (across[1] == 0 and across[0] > 0) else -across
    return float(up[0] * _ASIDE), float(up[1] * _ASIDE)


def _label(axes: Axes, text: str, point: Any, offset: tuple[float, float]) -> None:
    """A text beside a point, readable over lines."""
    halo = [withStroke(linewidth=2.2, foreground=_BG)]
    axes.annotate(
        text,
        point,
        offset,
        textcoords="offset points",
        ha="center",
        va="center",
        color=_FG,
        path_effects=halo,
        zorder=6,
        annotation_clip=True,
    )


def _marker(axes: Axes, point: tuple[float, float], step: int) -> None:
    first = step == 0
    axes.plot(
        *point,
        marker="s" if first else "o",
        markersize=5.5 if first else 4.8,
        color=_OLD,
        markerfacecolor=_BG if first else _OLD,
        markeredgewidth=1.3,
        linestyle="none",
        zorder=5,
        gid=f"point-{step}",
    )


def _rest(axes: Axes, place: Array | None) -> None:
    """A cross where the descent comes to rest."""
    if place is not None:
        axes.plot(*place, marker="+", markersize=10, markeredgewidth=1.4, color=_FG, linestyle="none", gid="rest")


def _arrows(axes: Axes, drawing: Field) -> None:
    """The negative gradient at each point: its direction, its length compared with the longest."""
    path = drawing.path
    sizes = np.hypot(*path.downhill.T)
    shown = [place for place in _shown(drawing) if sizes[place] > 0]
    longest = max((sizes[place] for place in shown), default=0.0)
    width, height = (np.ptp(drawing.x), np.ptp(drawing.y))
    for place in shown:
        direction = path.downhill[place] / sizes[place]
        reach = 1 / np.hypot(direction[0] / width, direction[1] / height)  # as long as the picture, along it
        length = reach * max(_SHORT, _LONG * sizes[place] / longest)
        start = path.points[place]
        _arrow(axes, start, start + direction * length, f"arrow-{path.steps[place]}")


def _arrow(axes: Axes, start: Array, end: Array, own: str | None = None, color: str = _RATE) -> None:
    arrow = FancyArrowPatch(
        (float(start[0]), float(start[1])),
        (float(end[0]), float(end[1])),
        arrowstyle="-|>",
        mutation_scale=8,
        color=color,
        linewidth=1.1,
        shrinkA=0,
        shrinkB=0,
        zorder=4,
        gid=own,
    )
    axes.add_patch(arrow)


def _tangents(axes: Axes, drawing: Curve) -> None:
    path, points, (width, height) = drawing.path, drawing.line, np.ptp(drawing.frame, axis=1)
    for place in _shown(drawing):
        slope = -float(path.downhill[place, 0])
        half = _TANGENT * width / float(np.hypot(1.0, slope * width / height))
        x = points[place, 0] + np.array([-half, half])
        y = points[place, 1] + slope * (x - points[place, 0])
        axes.plot(x, y, color=_RATE, linewidth=1.3, gid=f"tangent-{path.steps[place]}", zorder=4)


def symbol(word: str) -> str:
    """A name as a label: w₁ for w1, W₁,₂ for W_1_2.

    >>> symbol("w1"), symbol("W_1_2"), symbol("eta")
    ('w₁', 'W₁,₂', 'η')
    """
    found = _INDEXED.fullmatch(name_text(word))
    return found[1] + found[2].strip("_").translate(_LOWERED) if found else name_text(word)


_INDEXED = re.compile(r"([^\W\d_]+)_?(\d+(?:_\d+)*)")
_LOWERED = str.maketrans("0123456789_", "₀₁₂₃₄₅₆₇₈₉,")


def _ends(values: Array) -> tuple[float, float]:
    return float(values[0]), float(values[-1])
