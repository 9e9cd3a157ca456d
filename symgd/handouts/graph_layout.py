"""Rows for the picture of a graph: what stands in which row, in which order, and where.

A layered drawing after Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
structures" (1981): rows by longest path, here counted from the loss and bounded in breadth; fewer crossings by
barycentre sweeps; places by least squares in each row. A label is a slot of its own between two nodes, and a line
that passes a row has a slot there too, so no label, node or line can stand upon another.

Directions are called across (along a row) and down (from row to row), whichever way the picture is turned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from symgd.handouts.graph_fold import Turn, fold
from symgd.handouts.graph_order import Links, in_good_order

#: Room that a passing line takes in its row, the room between two neighbours, and between two ends at one node.
THREAD = 1.0
SPACE = 8.0
PORT = 11.0
#: The room between two rows: at least, for each unit that a line there goes sideways, and at most.
GAP, LEAN, WIDEST_GAP = 20.0, 0.13, 52.0
#: How much farther than its longest row the drawing may reach, to make lines straight.
_SLACK = 1.5
#: How much heavier a line from a definition is than one from an input, when it comes to being straight.
_STRAIGHT = 100.0
#: How heavily a slot that nothing pulls keeps its place.
_ALONE = 1e-3
_SWEEPS = 60

#: A neighbour, how heavily it pulls, and how far from its middle.
Pull = tuple[int, float, float]


Kind = Literal["node", "label", "line"]


class Size(NamedTuple):
    """What a slot takes: across its row, and down."""

    across: float
    down: float


@dataclass(slots=True)
class Slot:
    """A place in a row for a node, for the label of an edge, or for a line that only passes (neither)."""

    size: Size
    kind: Kind = "line"
    of: int = -1
    #: How heavily the lines that leave it want to be straight.
    weight: float = 1.0
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

    #: The lines that turn from one column to the next, and the room that they take below.
    turns: dict[tuple[int, int], Turn] = field(default_factory=dict)
    below: float = 0.0

    @property
    def down(self) -> float:
        """How far down the whole reaches."""
        return max(end for _, end in self.bands) + self.below


def laid_out(
    nodes: Sequence[Size], labels: Sequence[Size | None], edges: Sequence[tuple[int, int]], breadth: float
) -> Layout:
    """Every slot with its place: sources above, the loss below, each row at most `breadth` across where that can be.

    `nodes` are the sizes of the nodes, `labels` those of the edges' labels (None: no label), `edges` pairs (source,
    target) of positions in `nodes`. Raises `ValueError` where the edges run in a circle.

    >>> layout = laid_out([Size(20, 10), Size(30, 10)], [None], [(0, 1)], 100)
    >>> layout.rows, [round(slot.across, 6) for slot in layout.slots]
    ([[1], [0]], [15.0, 15.0])
    """
    layout = _Rows(nodes, labels, edges, breadth).built()
    listed = {place: slot.of for place, slot in enumerate(layout.slots) if slot.kind == "node"}
    layout.rows = in_good_order(layout.rows, layout.links, listed)
    _put_across(layout, breadth)
    _put_down(layout)
    fold(layout, breadth)
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
        self.inner = {target for _, target in edges}
        self.left = sorted(range(len(nodes)), key=lambda place: (-self.depth[place], place))
        self.waiting: dict[int, int] = {}
        self.hanging: defaultdict[int, list[int]] = defaultdict(list)
        self.layout = Layout()

    def built(self) -> Layout:
        while self.left:
            if self.waiting:
                self._label_rows()
            else:
                self._node_row()
        self.layout.rows.reverse()
        return self.layout

    def _slot(self, kind: Kind, of: int, size: Size, source: int, below: Iterable[int]) -> int:
        """A slot at the end of the row in the making, with its lines to slots of the row below."""
        place = len(self.layout.slots)
        self.layout.slots.append(Slot(size, kind, of, _STRAIGHT if source in self.inner else 1.0))
        self.layout.rows[-1].append(place)
        self.layout.links += [(place, lower) for lower in dict.fromkeys(below)]
        return place

    def _line(self, source: int, below: Iterable[int]) -> int:
        return self._slot("line", -1, Size(THREAD, 0.0), source, below)

    def _pass_on(self) -> None:
        """Every line that hangs goes on through the row in the making."""
        for source, ends in self.hanging.items():
            self.hanging[source] = [self._line(source, ends)]

    def _label_rows(self) -> None:
        """Rows for all labels that wait; inputs stand in the upper ones where the row of nodes would be too long."""
        waiting = sorted(self.waiting.items(), key=lambda item: self._is_shared(self.edges[item[0]][0]))
        self.waiting = dict(waiting)
        crowded = self._coming() > self.breadth
        self._label_row(False)
        while self.waiting:
            self._label_row(crowded)

    def _coming(self) -> float:
        """How long the row would be of all nodes that can stand above the labels that wait, and of the lines."""
        used = Counter(self.edges[edge][0] for edge in self.waiting)
        nodes = {place for place in self.left if self.uses[place] == used[place]}
        lines = {place for place in (*used, *self.hanging) if place not in nodes}
        return sum(self.nodes[place].across + SPACE for place in nodes) + len(lines) * (THREAD + SPACE) - SPACE

    def _is_shared(self, source: int) -> bool:
        return source in self.inner or self.uses[source] > 1

    def _label_row(self, inputs: bool) -> None:
        room = self.breadth - (len(self.hanging) + len(self.waiting)) * (THREAD + SPACE) + SPACE
        chosen: list[int] = []
        for edge in self.waiting:
            need = self._label(edge).across - THREAD
            if need <= room or not chosen:
                chosen.append(edge)
                room -= need
        nodes = self._chosen(room, lambda place: place not in self.inner) if inputs else []
        self.layout.rows.append([])
        taken = [(place, self.hanging.pop(place, [])) for place in nodes]
        self._pass_on()
        waiting, self.waiting = self.waiting, {}
        for edge, end in waiting.items():
            source = self.edges[edge][0]
            if edge in chosen:
                self._hang(edge, self._slot("label", edge, self._label(edge), source, [end]))
            else:
                self.waiting[edge] = self._line(source, [end])
        self._place(taken)

    def _label(self, edge: int) -> Size:
        return self.labels[edge] or Size(0.0, 0.0)

    def _node_row(self) -> None:
        room = self.breadth - len(self.hanging) * (THREAD + SPACE) + SPACE
        chosen = self._chosen(room, lambda place: True) or self._chosen(float("inf"), lambda place: True)[:1]
        self.layout.rows.append([])
        taken = [(place, self.hanging.pop(place, [])) for place in chosen]
        self._pass_on()
        self._place(taken)

    def _chosen(self, room: float, fits: Callable[[int], bool]) -> list[int]:
        """The nodes whose uses all hang already, deepest first, as many as there is room for."""
        chosen: list[int] = []
        for place in self.left:
            need = self.nodes[place].across + SPACE - (THREAD + SPACE if place in self.hanging else 0)
            if not self.uses[place] and need <= room and fits(place):
                chosen.append(place)
                room -= need
        return chosen

    def _place(self, taken: Iterable[tuple[int, list[int]]]) -> None:
        """Nodes with the ends of their lines, into the row in the making."""
        for place, ends in taken:
            self.left.remove(place)
            slot = self._slot("node", place, self.nodes[place], place, ends)
            for edge, (_, target) in enumerate(self.edges):
                if target == place:
                    self._wait(edge, slot)

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
    pulls = _pulls(layout)
    for place, slot in enumerate(layout.slots):
        slot.across = breadth / 2
        pulls[place].append((place, _ALONE, 0.0))
    for number in range(_SWEEPS):
        for row in layout.rows if number % 2 else reversed(layout.rows):
            _put_row(layout, row, pulls, breadth)
    left = min(slot.across - slot.size.across / 2 for slot in layout.slots)
    for slot in layout.slots:
        slot.across -= left


def _pulls(layout: Layout) -> defaultdict[int, list[Pull]]:
    """What pulls at each slot: its neighbours, a heavy one keeping the way between definitions straight."""
    pulls: defaultdict[int, list[Pull]] = defaultdict(list)
    offsets = ports(layout)
    for upper, lower in layout.links:
        weight = layout.slots[upper].weight
        pulls[upper].append((lower, weight, offsets[upper, lower]))
        pulls[lower].append((upper, weight, -offsets[upper, lower]))
    return pulls


def ports(layout: Layout) -> dict[tuple[int, int], float]:
    """How far from the middle of its slot each line ends: at a node side by side, in the order of their sources."""
    order = {place: number for row in layout.rows for number, place in enumerate(row)}
    entering: defaultdict[int, list[int]] = defaultdict(list)
    for upper, lower in sorted(layout.links, key=lambda link: order[link[0]]):
        entering[lower].append(upper)
    return {
        (upper, lower): (number - _middle(layout, lower, uppers)) * PORT
        for lower, uppers in entering.items()
        for number, upper in enumerate(uppers)
    }


def _middle(layout: Layout, lower: int, uppers: Sequence[int]) -> float:
    """Which of the lines enters in the middle: the only one from a definition, where the others find room then."""
    heavy = [number for number, upper in enumerate(uppers) if layout.slots[upper].weight > 1]
    if len(heavy) == 1:
        reach = max(heavy[0], len(uppers) - 1 - heavy[0]) * PORT
        if reach + PORT / 2 <= layout.slots[lower].size.across / 2:
            return heavy[0]
    return (len(uppers) - 1) / 2


def _put_row(layout: Layout, row: Sequence[int], pulls: Mapping[int, Sequence[Pull]], breadth: float) -> None:
    """The places of a row nearest to where it is pulled (least squares), in order, apart, within the breadth."""
    wishes = []
    for place, offset in zip(row, _offsets(layout, row), strict=True):
        weight = sum(weight for _, weight, _ in pulls[place])
        wished = sum(weight * (layout.slots[other].across + by) for other, weight, by in pulls[place])
        wishes.append((wished / weight - offset, weight))
    room = breadth - _length(layout, row)
    for place, offset, start in zip(row, _offsets(layout, row), _rising(wishes), strict=True):
        layout.slots[place].across = offset + min(max(start, 0.0), room)


def _offsets(layout: Layout, row: Sequence[int]) -> Iterator[float]:
    """The centres of a row's slots when they stand as close together as may be, from 0."""
    edge = 0.0
    for place in row:
        across = layout.slots[place].size.across
        yield edge + across / 2
        edge += across + SPACE


def _length(layout: Layout, row: Sequence[int]) -> float:
    return sum(layout.slots[place].size.across + SPACE for place in row) - SPACE


def _rising(wishes: Sequence[tuple[float, float]]) -> list[float]:
    """The rising sequence nearest to (value, weight) that need not rise: pool adjacent violators (Ayer et al., 1955).

    >>> _rising([(0.0, 1.0), (3.0, 1.0), (1.0, 1.0)])
    [0.0, 2.0, 2.0]
    """
    pools: list[tuple[float, float, int]] = []
    for value, weight in wishes:
        count = 1
        while pools and pools[-1][0] >= value:
            other, load, size = pools.pop()
            value = (value * weight + other * load) / (weight + load)
            weight, count = weight + load, count + size
        pools.append((value, weight, count))
    return [value for value, _, count in pools for _ in range(count)]


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
