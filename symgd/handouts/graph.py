"""The picture of a loss given in several definitions: what each thing is worth, and the slope along each line.

    definitions ─ graph_of ─ Graph ─ graph_svg ─ one <svg> for the page

The picture holds presentation attributes only: no style, no script, no id and nothing from elsewhere. It is drawn in
the colour and the fonts of the text around it, so it suits a dark page, a printer and a strict security policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from symgd.expressions.definitions import Definitions
from symgd.expressions.names import name_text
from symgd.handouts.graph_fold import TALL, Turn
from symgd.handouts.graph_layout import PORT, Layout, Size, Slot, laid_out, ports
from symgd.handouts.graph_text import Words, escaped, read_words, shown

Kind = Literal["parameter", "constant", "definition", "loss"]
Point = tuple[float, float]

#: A picture of more nodes or edges than these is none that anybody can read.
MOST_NODES, MOST_EDGES = 40, 80
#: The breadth that shows the smallest letters (12 units) at 11 pixels in a card of a phone's page (332 of 380 pixels).
BREADTH = 360.0
_MARGIN = 2.0
#: Units to one em of the page; a picture that leaves room in a card of a phone's page is larger, up to so many times.
_EM, _CARD, _LARGEST = 16.0, 332.0, 1.2


@dataclass(frozen=True, slots=True)
class Node:
    """A thing with a value: its name and value as they are to be shown ("" for no value), and what it is.

    >>> Node("a", "≈ 0.731059", "definition").name
    'a'
    """

    name: str
    value: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Edge:
    """A use: the node at `target` is computed from the one at `source`; the local derivative and its value.

    >>> Edge(0, 1, "∂a/∂z", "≈ 0.196612").label
    '∂a/∂z'
    """

    source: int
    target: int
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and the edges between them.

    Raises `ValueError` where an edge names no node; `graph_svg` does where edges run in a circle.

    >>> len(Graph((Node("w", "2", "parameter"), Node("L", "4", "loss")), (Edge(0, 1, "∂L/∂w", "4"),)).nodes)
    2
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def __post_init__(self) -> None:
        """Refuse an edge from or to nowhere."""
        if any(not 0 <= end < len(self.nodes) for edge in self.edges for end in (edge.source, edge.target)):
            raise ValueError("an edge of the graph names no node")


def graph_of(
    definitions: Definitions,
    parameters: Iterable[str],
    constants: Iterable[str],
    values: Mapping[str, str],
    slopes: Mapping[tuple[str, str], tuple[str, str]],
) -> Graph:
    """The graph of a loss: parameters, constants and definitions in their order, an edge for each name in a body.

    `values` maps a name to its value as shown, `slopes` maps (definition, name used in it) to the local derivative
    and its value as shown; both may lack some. A name that is neither defined nor listed is a constant.

    >>> from symgd.expressions.reader import read_definitions
    >>> graph = graph_of(read_definitions("z = w*x; L = z^2"), ["w"], ["x"], {"w": "2"}, {("L", "z"): ("∂L/∂z", "12")})
    >>> [(node.name, node.kind) for node in graph.nodes]
    [('w', 'parameter'), ('x', 'constant'), ('z', 'definition'), ('L', 'loss')]
    >>> [(edge.source, edge.target, edge.label) for edge in graph.edges]
    [(0, 2, ''), (1, 2, ''), (2, 3, '∂L/∂z')]
    """
    kinds: dict[str, Kind] = {}
    kinds |= dict.fromkeys(parameters, "parameter")
    kinds |= dict.fromkeys((*constants, *(word for word in definitions.free_names if word not in kinds)), "constant")
    kinds |= dict.fromkeys(definitions.names, "definition")
    kinds[definitions.loss_name] = "loss"
    place = {word: number for number, word in enumerate(kinds)}
    nodes = tuple(Node(name_text(word), values.get(word, ""), kind) for word, kind in kinds.items())
    edges = tuple(
        Edge(place[used], place[word], *slopes.get((word, used), ("", "")))
        for word, body in zip(definitions.names, definitions.expressions, strict=True)
        for used in body.names
    )
    return Graph(nodes, edges)


def graph_svg(graph: Graph, *, title: str, description: str) -> str:
    """The picture as one `<svg>` element; the same arguments give the same bytes.

    It runs from left to right where that fits a phone and is not tall, else from top to bottom, a tall chain in
    columns; the loss comes last. A parameter is round with a strong line, a constant a dashed rectangle, a definition
    a rounded one, and the loss has a double line. Lines of one source run together until they part; a line stops for
    its label. The letters are at least 11 pixels high in a card of a page of 380 (indices included) unless a single
    name, value or derivative, or more lines side by side than there is room for, make the whole smaller. It needs no
    style; a page may still set its size, `width` and `height` being attributes only.

    A graph without nodes, with more than 40 or with more than 80 edges gives "": nobody could read the picture.
    Raises `ValueError` where the edges run in a circle.

    >>> graph = Graph((Node("w", "2", "parameter"), Node("L", "4", "loss")), (Edge(0, 1, "∂L/∂w", "4"),))
    >>> print(graph_svg(graph, title="L", description="how L comes from w").splitlines()[1])
    <title>L</title>
    """
    if not 0 < len(graph.nodes) <= MOST_NODES or len(graph.edges) > MOST_EDGES:
        return ""
    fitting = [picture for picture in (_Picture.of(graph, turned=True),) if picture.breadth <= BREADTH]
    if not fitting or fitting[0].height > TALL:
        fitting.append(_Picture.of(graph, turned=False))
    picture = min(fitting, key=lambda picture: picture.height)
    return _document(picture, title, description)


# geometry

#: What an arrow's head takes: its length, and half its width.
_HEAD, _HALF = 7.0, 3.2
#: The room between a node's frame and its words, and the room around a label's.
_PAD = Size(6.0, 5.0)
_AROUND = Size(2.0, 2.0)
#: A line that goes less than this sideways is drawn straight.
_STRAIGHT = 1.0


@dataclass(frozen=True, slots=True)
class _Picture:
    """A layout with the words in its slots; `turned` where down a row is to the right."""

    graph: Graph
    names: list[Words]
    labels: list[Words]
    layout: Layout
    turned: bool

    @classmethod
    def of(cls, graph: Graph, *, turned: bool) -> _Picture:
        names = [read_words(node.name, node.value, name_size=15) for node in graph.nodes]
        labels = [read_words(edge.label, edge.value, name_size=14) for edge in graph.edges]
        entering = [sum(edge.target == place for edge in graph.edges) for place in range(len(graph.nodes))]
        layout = laid_out(
            [_turn(_framed(words, count, turned), turned) for words, count in zip(names, entering, strict=True)],
            [_turn(_padded(words, _AROUND), turned) if words.lines else None for words in labels],
            [(edge.source, edge.target) for edge in graph.edges],
            float("inf") if turned else BREADTH - 2 * _MARGIN,
        )
        return cls(graph, names, labels, layout, turned)

    @property
    def across(self) -> float:
        return max(slot.across + slot.size.across / 2 for slot in self.layout.slots)

    @property
    def breadth(self) -> float:
        return 2 * _MARGIN + (self.layout.down if self.turned else self.across)

    @property
    def height(self) -> float:
        return 2 * _MARGIN + (self.across if self.turned else self.layout.down)

    def at(self, across: float, down: float) -> Point:
        """A point of the layout as a point of the picture."""
        return (_MARGIN + down, _MARGIN + across) if self.turned else (_MARGIN + across, _MARGIN + down)


def _turn(size: Size, turned: bool) -> Size:
    return Size(size.down, size.across) if turned else size


def _padded(words: Words, pad: Size) -> Size:
    return Size(words.width + 2 * pad.across, words.height + 2 * pad.down)


def _framed(words: Words, entering: int, turned: bool) -> Size:
    """A node's frame: room for its words and for the heads of the arrows that enter it."""
    width, height = _padded(words, _PAD)
    side = PORT * entering + 10
    return Size(max(width, height, 0 if turned else side), max(height, side if turned else 0))


# lines


@dataclass(frozen=True, slots=True)
class _Run:
    """A line between neighbouring rows: pieces of one point (straight on to it) or three (a curve), and its head."""

    start: Point
    pieces: tuple[tuple[Point, ...], ...]
    head: bool


def _runs(picture: _Picture) -> Iterator[_Run]:
    layout = picture.layout
    row_of = {place: number for number, row in enumerate(layout.rows) for place in row}
    offsets = ports(layout)
    for upper, lower in layout.links:
        first, last = layout.slots[upper], layout.slots[lower]
        head = last.kind == "node"
        start = (first.across, _edge(first, layout.bands[row_of[upper]][1], 1))
        end = (last.across + offsets[upper, lower], _edge(last, layout.bands[row_of[lower]][1], -1))
        leave = (start[0], layout.bands[row_of[upper]][1])
        enter = (end[0], layout.bands[row_of[lower]][0] - (_HEAD + 2) * head)
        way = _way(leave, enter, layout.turns.get((upper, lower)))
        pieces = [(leave,), *way, ((end[0], end[1] - (_HEAD - 1) * head),)]
        yield _Run(picture.at(*start), tuple(tuple(picture.at(*point) for point in piece) for piece in pieces), head)


def _edge(slot: Slot, foot: float, side: int) -> float:
    """Where a line touches a slot: at its border; a slot for a line is passed down to the foot of its row."""
    return foot if slot.kind == "line" else slot.down + side * slot.size.down / 2


def _way(leave: Point, enter: Point, turn: Turn | None) -> list[tuple[Point, ...]]:
    """From row to row: straight, in a curve, or from the foot of a column to the head of the next."""
    if turn:
        foot, head = leave[1] + turn.foot, enter[1] - turn.head
        lane = turn.across
        return [
            ((leave[0], foot), (lane, foot), (lane, leave[1])),
            ((lane, enter[1]),),
            ((lane, head), (enter[0], head), enter),
        ]
    if abs(leave[0] - enter[0]) < _STRAIGHT:
        return [(enter,)]
    bend = (leave[1] + enter[1]) / 2
    return [((leave[0], bend), (enter[0], bend), enter)]


# SVG


def _document(picture: _Picture, title: str, description: str) -> str:
    breadth, height = picture.breadth, picture.height
    em = height / _EM * min(_LARGEST, max(1.0, _CARD / breadth))
    runs = list(_runs(picture))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="100%" height="{shown(em, 2)}em" '
        f'viewBox="0 0 {shown(breadth)} {shown(height)}" fill="none" stroke="currentColor">',
        f"<title>{escaped(title)}</title>",
        f"<desc>{escaped(description)}</desc>",
        *_path("", map(_line, runs)),
        *_path(' fill="currentColor" stroke="none"', (_head(run) for run in runs if run.head)),
        *(f"<g>{_shape(picture, slot)}</g>" for slot in picture.layout.slots if slot.kind != "line"),
    ]
    return "\n".join([*parts, "</svg>"])


def _path(attributes: str, parts: Iterable[str]) -> list[str]:
    """One path of all the parts, none of none."""
    return [f'<path{attributes} d="{drawn}"/>'] if (drawn := "".join(parts)) else []


def _point(point: Point) -> str:
    return f"{shown(point[0])} {shown(point[1])}"


def _line(run: _Run) -> str:
    """A path; pieces of no length are left out."""
    drawn, last = [f"M{_point(run.start)}"], run.start
    for piece in run.pieces:
        if _point(piece[-1]) != _point(last):
            drawn.append("LC"[len(piece) > 1] + " ".join(map(_point, piece)))
        last = piece[-1]
    return "".join(drawn)


def _head(run: _Run) -> str:
    """A head at the end of a line that comes down or from the left."""
    (before, *_), (x, y) = run.pieces[-2][-1], run.pieces[-1][-1]
    if before == x:
        corners = [(x - _HALF, y - 1), (x + _HALF, y - 1), (x, y + _HEAD - 1)]
    else:
        corners = [(x - 1, y - _HALF), (x - 1, y + _HALF), (x + _HEAD - 1, y)]
    return "M" + "L".join(map(_point, corners)) + "Z"


#: For each kind: the radius of its corners, the attributes of its line, and the inset of a second line.
_FRAMES: Mapping[Kind, tuple[float, str, float]] = {
    "parameter": (21.5, ' stroke-width="2"', 0.0),
    "constant": (0.0, ' stroke-dasharray="4 3"', 0.0),
    "definition": (6.0, "", 0.0),
    "loss": (0.0, ' stroke-width="1.2"', 3.0),
}


def _shape(picture: _Picture, slot: Slot) -> str:
    """A node in its frame, or a label."""
    x, y = picture.at(slot.across, slot.down)
    if slot.kind == "label":
        return picture.labels[slot.of].svg(x, y)
    frame = _frame(picture.graph.nodes[slot.of].kind, x, y, _turn(slot.size, picture.turned))
    return frame + picture.names[slot.of].svg(x, y)


def _frame(kind: Kind, x: float, y: float, size: Size) -> str:
    radius, line, inset = _FRAMES[kind]
    return "".join(
        f'<rect x="{shown(x - size.across / 2 + by)}" y="{shown(y - size.down / 2 + by)}" '
        f'width="{shown(size.across - 2 * by)}" height="{shown(size.down - 2 * by)}"{_corner(radius)}{line}/>'
        for by in ([0.0, inset] if inset else [0.0])
    )


def _corner(radius: float) -> str:
    return f' rx="{shown(radius)}"' if radius else ""
