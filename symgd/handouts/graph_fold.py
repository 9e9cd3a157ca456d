"""A tall drawing in columns side by side, as in a newspaper: a chain of definitions needs no yard of paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symgd.handouts.graph_layout import Layout

#: A drawing no taller than this is left as it is; it fits a sheet of paper beside some text.
TALL = 720.0
_MOST_COLUMNS = 3
#: A fold is worth the turning of its lines where it leaves at most this share of the height.
_WORTH = 0.7
#: The most lines that may turn from the foot of a column to the head of the next, and the room between them.
_MOST_TURNS = 3
_APART = 8.0
#: The room on both sides of the turning lines, and how far the innermost line swings out below and above.
_BESIDE = 9.0
_SWING = 16.0
#: A cubic curve with both handles out by some length swings out by this share of it.
_BULGE = 0.75


@dataclass(frozen=True, slots=True)
class Turn:
    """A line from the foot of a column to the head of the next: where it runs, how far its handles swing out."""

    across: float
    foot: float
    head: float


def fold(layout: Layout, breadth: float) -> None:
    """Put a tall layout into two or three columns where few lines pass from one to the next and the breadth allows."""
    if layout.down <= TALL:
        return
    gaps = [gap for gap in range(len(layout.rows) - 1) if _may_cut(layout, gap)]
    plans = (cuts for count in range(1, _MOST_COLUMNS) for cuts in combinations(gaps, count))
    low = _WORTH * layout.down
    fitting = [cuts for cuts in plans if _tall(layout, cuts) <= low and _across(layout, cuts) <= breadth]
    if fitting:
        _apply(layout, min(fitting, key=lambda cuts: (max(_tall(layout, cuts), TALL), len(cuts), _tall(layout, cuts))))


def _links(layout: Layout, gap: int) -> list[tuple[int, int]]:
    """The lines that cross a gap, from left to right."""
    upper = set(layout.rows[gap])
    found = [link for link in layout.links if link[0] in upper]
    return sorted(found, key=lambda link: (layout.slots[link[0]].across, layout.slots[link[1]].across))


def _may_cut(layout: Layout, gap: int) -> bool:
    """Whether a column may begin behind a gap: with nodes, and few lines to them."""
    links = _links(layout, gap)
    return len(links) <= _MOST_TURNS and all(layout.slots[lower].kind == "node" for _, lower in links)


def _columns(layout: Layout, cuts: Sequence[int]) -> Iterator[range]:
    for first, last in pairwise((-1, *cuts, len(layout.rows) - 1)):
        yield range(first + 1, last + 1)


def _edges(layout: Layout, rows: range) -> tuple[float, float]:
    """How far a column reaches to the left and to the right."""
    slots = [layout.slots[place] for row in rows for place in layout.rows[row]]
    left = min(slot.across - slot.size.across / 2 for slot in slots)
    return left, max(slot.across + slot.size.across / 2 for slot in slots)


def _lane(layout: Layout, gap: int) -> float:
    """The room between two columns."""
    return 2 * _BESIDE + _APART * max(0, len(_links(layout, gap)) - 1)


def _swing(layout: Layout, cuts: Sequence[int]) -> float:
    """The room for the lines that turn, above or below."""
    return max(_SWING + _APART * len(_links(layout, gap)) for gap in cuts)


def _across(layout: Layout, cuts: Sequence[int]) -> float:
    widths = (right - left for left, right in (_edges(layout, rows) for rows in _columns(layout, cuts)))
    return sum(widths) + sum(_lane(layout, gap) for gap in cuts)


def _tall(layout: Layout, cuts: Sequence[int]) -> float:
    return max(layout.bands[rows[-1]][1] - layout.bands[rows[0]][0] for rows in _columns(layout, cuts))


def _apply(layout: Layout, cuts: Sequence[int]) -> None:
    room = _swing(layout, cuts)
    start = 0.0
    for rows, gap in zip(list(_columns(layout, cuts)), (*cuts, None), strict=True):
        left, right = _edges(layout, rows)
        links = [] if gap is None else _links(layout, gap)
        _move(layout, rows, start - left, room - layout.bands[rows[0]][0])
        start += right - left
        for number, link in enumerate(reversed(links)):
            foot, head = number, len(links) - 1 - number  # lines that do not cross: outside below is inside above
            layout.turns[link] = Turn(start + _BESIDE + _APART * number, *map(_handle, (foot, head)))
        start += 0.0 if gap is None else _lane(layout, gap)
    layout.below = room


def _handle(number: int) -> float:
    return (_SWING + _APART * number) / _BULGE


def _move(layout: Layout, rows: range, across: float, down: float) -> None:
    for row in rows:
        first, last = layout.bands[row]
        layout.bands[row] = (first + down, last + down)
        for place in layout.rows[row]:
            layout.slots[place].across += across
            layout.slots[place].down += down
