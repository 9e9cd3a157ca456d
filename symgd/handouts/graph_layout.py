"""Rows for the picture of a graph: what stands in which row, in which order, and where.

A layered drawing after Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
structures" (1981): rows by longest path, here counted from the loss and bounded in breadth; fewer crossings by
barycentre sweeps; places by least squares in each row. A label is a slot of its own between two nodes, and a line
that passes a row has a slot there too, so no label, node or line can stand upon another.

Directions are called across (along a row) and down (from row to row), whichever way the picture is turned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from symgd.handouts.graph_order import Links, in_good_order

#: Room that a passing line takes in its row, and the room between two neighbours.
THREAD = 6.0
SPACE = 9.0
#: The room between two rows: at least, for each unit that a line there goes sideways, and at most.
GAP, LEAN, WIDEST_GAP = 20.0, 0.13, 52.0
#: How much farther than its longest row the drawing may reach, to make lines straight.
_SLACK = 1.5
_SWEEPS = 24


class Size(NamedTuple):
    """What a slot takes: across its row, and down."""

    across: float
    down: float


@dataclass(slots=True)
class Slot:
    """A place in a row for a node, for the label of an edge, or for a line that only passes (neither)."""

    size: Size
    kind: Literal["node", "label", "line"] = "line"
    of: int = -1
    across: float = 0.0
    down: float = 0.0


@dataclass(slots=True)
class Layout:
    """Slots with their places (centres), the rows from first to last, and the lines from slot to slot."""

    slots: list[Slot] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)
    links: Links = field(default_factory=list)
    #: Where each row begins and ends.
    bands: list[tuple[float, float]] = field(default_factory=list)

    @property
    def down(self) -> float:
        """How far down the whole reaches."""
        return self.bands[-1][1]


def laid_out(
    nodes: Sequence[Size], labels: Sequence[Size | None], edges: Sequence[tuple[int, int]], breadth: float
) -> Layout:
    """Every slot with its place: sources above, the loss below, each row at most `breadth` across where that can be.

    `nodes` are the sizes of the nodes, `labels` those of the edges' labels (None: no label), `edges` pairs (source,
    target) of positions in `nodes`. Raises `ValueError` where the edges run in a circle.

    >>> layout = laid_out([Size(20, 10), Size(30, 10)], [None], [(0, 1)], 100)
    >>> layout.rows, [slot.across for slot in layout.slots]
    ([[1], [0]], [15.0, 15.0])
    """
    layout = _Rows(nodes, labels, edges, breadth).built()
    layout.rows = in_good_order(layout.rows, layout.links)
    _put_across(layout, breadth)
    _put_down(layout)
    return layout


# rows


class _Rows:
    """Rows in the making, from the loss upwards.

    `waiting` holds the edges whose label has no place yet, `hanging` the ends of lines that their source is to take
    up: lines of one source run as one until they part for their labels.
    """

    def __init__(
        self, nodes: Sequence[Size], labels: Sequence[Size | None], edges: Sequence[tuple[int, int]], breadth: float
    ) -> None:
        self.nodes, self.labels, self.edges, self.breadth = nodes, labels, edges, breadth
        self.uses = [sum(source == place for source, _ in edges) for place in range(len(nodes))]
        self.depth = depths(len(nodes), edges)
        self.left = sorted(range(len(nodes)), key=lambda place: (-self.depth[place], -place))
        self.waiting: dict[int, int] = {}
        self.hanging: defaultdict[int, list[int]] = defaultdict(list)
        self.layout = Layout()

    def built(self) -> Layout:
        while self.left:
            if self.waiting:
                self._label_row()
            else:
                self._node_row()
        self.layout.rows.reverse()
        return self.layout

    def _slot(self, slot: Slot, below: Iterable[int]) -> int:
        """A slot at the end of the row in the making, with its lines to slots of the row below."""
        place = len(self.layout.slots)
        self.layout.slots.append(slot)
        self.layout.rows[-1].append(place)
        self.layout.links += [(place, lower) for lower in dict.fromkeys(below)]
        return place

    def _line(self, below: Iterable[int]) -> int:
        return self._slot(Slot(Size(THREAD, 0.0)), below)

    def _pass_on(self) -> None:
        """Every line that hangs goes on through the row in the making."""
        for source, ends in self.hanging.items():
            self.hanging[source] = [self._line(ends)]

    def _label_row(self) -> None:
        self.layout.rows.append([])
        self._pass_on()
        waiting, self.waiting = self.waiting, {}
        room = self.breadth - (len(self.hanging) + len(waiting)) * (THREAD + SPACE) + SPACE
        for edge, end in waiting.items():
            size = self.labels[edge] or Size(0.0, 0.0)
            room -= size.across - THREAD
            if room < 0 and edge != next(iter(waiting)):
                self.waiting[edge] = self._line([end])
                room += size.across - THREAD
            else:
                self._hang(edge, self._slot(Slot(size, "label", edge), [end]))

    def _node_row(self) -> None:
        self.layout.rows.append([])
        chosen = self._chosen()
        taken = [(place, self.hanging.pop(place, [])) for place in chosen]
        self._pass_on()
        self.left = [place for place in self.left if place not in chosen]
        for place, ends in taken:
            slot = self._slot(Slot(self.nodes[place], "node", place), ends)
            for edge, (_, target) in enumerate(self.edges):
                if target == place:
                    self._wait(edge, slot)

    def _chosen(self) -> list[int]:
        """The nodes whose uses all hang already, deepest first, as many as the row holds."""
        ready = [place for place in self.left if not self.uses[place]]
        room = self.breadth - len(self.hanging) * (THREAD + SPACE) + SPACE
        chosen: list[int] = []
        for place in ready:
            need = self.nodes[place].across + SPACE - (THREAD + SPACE if place in self.hanging else 0)
            if need <= room or not chosen:
                chosen.append(place)
                room -= need
        return chosen

    def _wait(self, edge: int, end: int) -> None:
        if self.labels[edge] is None:
            self._hang(edge, end)
        else:
            self.waiting[edge] = end

    def _hang(self, edge: int, end: int) -> None:
        source = self.edges[edge][0]
        self.hanging[source].append(end)
        self.uses[source] -= 1


def depths(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """The longest way to each node from a node that nothing enters.

    Raises `ValueError` where the edges run in a circle.

    >>> depths(3, [(0, 1), (1, 2), (0, 2)])
    [0, 1, 2]
    """
    depth = [0] * count
    known = list(edges)
    for _ in range(count):
        deeper = [(target, depth[source] + 1) for source, target in known if depth[source] >= depth[target]]
        if not deeper:
            return depth
        for target, least in deeper:
            depth[target] = max(depth[target], least)
    if known:
        raise ValueError("the edges of the graph run in a circle")
    return depth


# places


def _put_across(layout: Layout, breadth: float) -> None:
    """Places in the rows: each slot as near to what it is joined to as its neighbours allow."""
    longest = max(_length(layout, row) for row in layout.rows)
    breadth = max(longest, min(breadth, _SLACK * longest))
    above: dict[int, list[int]] = defaultdict(list)
    below: dict[int, list[int]] = defaultdict(list)
    for upper, lower in layout.links:
        above[lower].append(upper)
        below[upper].append(lower)
    for row in layout.rows:
        _put_row(layout, row, lambda place: breadth / 2, breadth)
    rounds: list[tuple[list[list[int]], tuple[dict[int, list[int]], ...]]] = [
        (layout.rows[::-1], (below,)),
        (layout.rows, (above,)),
        (layout.rows[::-1], (above, below)),
        (layout.rows, (above, below)),
    ]
    for rows, sides in rounds[:2] + rounds[2:] * _SWEEPS:
        for row in rows:
            _put_row(layout, row, _wish(layout.slots, sides), breadth)
    left = min(slot.across - slot.size.across / 2 for slot in layout.slots)
    for slot in layout.slots:
        slot.across -= left


def _wish(slots: Sequence[Slot], sides: Sequence[dict[int, list[int]]]) -> Callable[[int], float]:
    """Where a slot would like to stand: the middle of what it is joined to, each side weighing the same."""

    def wished(place: int) -> float:
        means = [sum(slots[n].across for n in side[place]) / len(side[place]) for side in sides if side.get(place)]
        return sum(means) / len(means) if means else slots[place].across

    return wished


def _put_row(layout: Layout, row: Sequence[int], wished: Callable[[int], float], breadth: float) -> None:
    """The places of a row nearest to those wished (least squares), in order, apart, and between 0 and `breadth`."""
    offsets = list(_offsets(layout, row))
    length = _length(layout, row)
    best = _rising([wished(place) - offset for place, offset in zip(row, offsets, strict=True)])
    for place, offset, start in zip(row, offsets, best, strict=True):
        layout.slots[place].across = offset + min(max(start, 0.0), breadth - length)


def _offsets(layout: Layout, row: Sequence[int]) -> Iterator[float]:
    """The centres of a row's slots when they stand as close together as may be, from 0."""
    edge = 0.0
    for place in row:
        across = layout.slots[place].size.across
        yield edge + across / 2
        edge += across + SPACE


def _length(layout: Layout, row: Sequence[int]) -> float:
    return sum(layout.slots[place].size.across + SPACE for place in row) - SPACE


def _rising(wished: Sequence[float]) -> list[float]:
    """The rising sequence nearest to one that need not rise: pool adjacent violators (Ayer and others, 1955).

    >>> _rising([0.0, 3.0, 1.0])
    [0.0, 2.0, 2.0]
    """
    pools: list[tuple[float, int]] = []
    for value in wished:
        total, count = value, 1
        while pools and pools[-1][0] * count >= total * pools[-1][1]:
            other, size = pools.pop()
            total, count = total + other, count + size
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]


def _put_down(layout: Layout) -> None:
    """The bands of the rows: between two of them more room where a line goes far sideways."""
    row_of = {place: number for number, row in enumerate(layout.rows) for place in row}
    lean = [0.0] * len(layout.rows)
    for upper, lower in layout.links:
        far = abs(layout.slots[upper].across - layout.slots[lower].across)
        lean[row_of[upper]] = max(lean[row_of[upper]], far)
    start = 0.0
    for row, far in zip(layout.rows, lean, strict=True):
        end = start + max(layout.slots[place].size.down for place in row)
        layout.bands.append((start, end))
        for place in row:
            layout.slots[place].down = (start + end) / 2
        start = end + min(GAP + LEAN * far, WIDEST_GAP)
