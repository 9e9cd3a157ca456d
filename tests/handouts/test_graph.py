"""The picture of the graph, read back from its SVG: it says what the graph says, nothing stands on another."""

from __future__ import annotations

import functools
import itertools
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.expressions.names import name_text
from symgd.expressions.reader import read_definitions
from symgd.handouts import pictures
from symgd.handouts.graph import Edge, Graph, Kind, Node, graph_of, graph_svg
from symgd.handouts.graph_layout import Size, _rising, depths, laid_out
from symgd.handouts.graph_order import crossings, in_good_order
from symgd.handouts.page import html_page
from symgd.resources import template_folder
from tests.handouts.browser import measured

# examples


def example(text: str, parameters: str, constants: str, long: bool = True) -> Graph:
    """A graph with a value in every node and a slope on every edge but those of constants."""
    known = read_definitions(text)
    values = {word: f"{k % 90 / 100 + 0.1:.2g}" for k, word in enumerate((*parameters.split(), *constants.split()))}
    shown = (f"≈ {'−' * (k % 2)}0.{731059 - 1234 * k}" if long else f"{k % 9}.5" for k in itertools.count())
    values |= {word: next(shown) for word in known.names}
    slopes = {
        (word, used): (f"∂{name_text(word)}/∂{name_text(used)}", next(shown))
        for word, body in zip(known.names, known.expressions, strict=True)
        for used in body.names
        if used not in constants.split()
    }
    return graph_of(known, parameters.split(), constants.split(), values, slopes)


NET = """n1 = w1*i1 + w2*i2 + b1; h1 = sigmoid(n1); n2 = w3*i1 + w4*i2 + b1; h2 = sigmoid(n2)
m1 = w5*h1 + w6*h2 + b2; o1 = sigmoid(m1); m2 = w7*h1 + w8*h2 + b2; o2 = sigmoid(m2)
E = 1/2*(t1 - o1)^2 + 1/2*(t2 - o2)^2"""
RECURRENT = "h1 = tanh(w*x1 + u*h0 + b); h2 = tanh(w*x2 + u*h1 + b); p = v*h2; L = (p - y)^2"
GRAPHS = {
    "one line": example("L = (w - 3)^2", "w", "", long=False),
    "left to right": example("z = w*x; L = z^2", "w", "x", long=False),
    "neuron": example("z = w*x + b; a = sigmoid(z); L = (a - y)^2", "w b", "x y"),
    "2-2-2": example(NET, "w1 w2 w3 w4 w5 w6 w7 w8 b1 b2", "i1 i2 t1 t2"),
    "2-2-2, long names": example(
        NET.replace("n1", "net_h1").replace("n2", "net_h2").replace("m1", "net_o1").replace("m2", "net_o2"),
        "w1 w2 w3 w4 w5 w6 w7 w8 b1 b2",
        "i1 i2 t1 t2",
    ),
    "recurrent": example(RECURRENT, "w u b v", "x1 x2 h0 y"),
    "chain of 12": example("a1 = sin(w)\n" + "\n".join(f"a{k} = sin(a{k - 1})" for k in range(2, 13)), "w", ""),
    "weights on a chain": example(
        "a1 = sin(w1*x)\n" + "\n".join(f"a{k} = w{k}*a{k - 1}" for k in range(2, 10)),
        " ".join(f"w{k}" for k in range(1, 10)),
        "x",
        long=False,
    ),
    "long words": example(
        "prediction = weight_of_the_area*area + bias_term; loss = (prediction - price)^2",
        "weight_of_the_area bias_term",
        "area price",
    ),
    "many at once": example(
        "L = " + " + ".join(f"w{k}^2" for k in range(30)), " ".join(f"w{k}" for k in range(30)), ""
    ),
    "a parameter that nothing uses": example("L = w^2", "w v", ""),
}


@st.composite
def random_graphs(draw: st.DrawFn) -> Graph:
    """Up to 15 definitions, each from some of what stands before it."""
    inputs, inner = draw(st.integers(1, 6)), draw(st.integers(1, 15))
    values = st.sampled_from(["", "2", "−0.5", "≈ −0.731059", "123456.789012"])
    labels = st.sampled_from(["", "∂a/∂z", "∂net_h1/∂w_out", "∂θ1/∂x", "∂prediction/∂weight_of_area"])
    kinds: list[Kind] = [draw(st.sampled_from(("parameter", "constant"))) for _ in range(inputs)]
    definition: Kind = "definition"
    kinds += [*itertools.repeat(definition, inner - 1), "loss"]
    nodes = tuple(Node(f"v{place}", draw(values), kind) for place, kind in enumerate(kinds))
    edges = tuple(
        Edge(source, target, draw(labels), draw(values))
        for target in range(inputs, inputs + inner)
        for source in sorted(draw(st.sets(st.integers(0, target - 1), min_size=1, max_size=4)))
    )
    return Graph(nodes, edges)


# the picture read back

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def holds(self, point: Point) -> bool:
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def meets(self, other: Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


@functools.cache
def advances() -> tuple[dict[int, int], float]:
    """The widths of the characters of the page's own font."""
    font = TTFont(template_folder() / "fonts" / "stix-two-math-subset.woff2")
    names, widths = font.getBestCmap(), font["hmtx"].metrics
    return {code: widths[name][0] for code, name in names.items()}, font["head"].unitsPerEm


def length(text: str, size: float) -> float:
    """A text's width in that font and a tenth more; what it lacks is a square."""
    widths, em = advances()
    return 1.1 * size * sum(widths.get(ord(character), em) for character in text) / em


@dataclass
class Shape:
    """A node (with its frame) or a label, and its lines of text."""

    frame: Box | None
    texts: list[str]
    boxes: list[Box]

    @property
    def outside(self) -> Box:
        boxes = [self.frame] if self.frame else self.boxes
        return Box(*(f(getattr(box, side) for box in boxes) for f, side in SIDES))


SIDES = ((min, "left"), (min, "top"), (max, "right"), (max, "bottom"))
Path_ = list[Point]


@dataclass
class Drawing:
    view: Box
    shapes: list[Shape]
    #: Start, sampled points and end of each line; the tips of the heads.
    lines: list[Path_]
    tips: list[Point]


def read(svg: str) -> Drawing:
    root = ElementTree.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    paths = [path.attrib["d"] for path in root.findall("path")]
    heads = [pairs(part) for part in paths[1].split("Z") if part] if len(paths) > 1 else []
    lines = [list(walked("M" + part)) for part in paths[0].split("M") if part] if paths else []
    return Drawing(Box(0, 0, width, height), [shape(g) for g in root.findall("g")], lines, [h[2] for h in heads])


def shape(group: ElementTree.Element) -> Shape:
    frames = [rectangle(rect) for rect in group.findall("rect")]
    texts = group.findall("text")
    return Shape(frames[0] if frames else None, ["".join(t.itertext()) for t in texts], [text_box(t) for t in texts])


def rectangle(rect: ElementTree.Element) -> Box:
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def text_box(text: ElementTree.Element) -> Box:
    x, y, size = (float(text.attrib[name]) for name in ("x", "y", "font-size"))
    half = length("".join(text.itertext()), size) / 2
    drop = max((float(span.get("dy", 0)) for span in text), default=0.0)
    return Box(x - half, y - 0.7 * size, x + half, y + max(0.2 * size, drop + 2.5))


def pairs(text: str) -> list[Point]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def walked(path: str) -> Iterator[Point]:
    """Points along a path of straight and cubic pieces, its ends among them."""
    last: Point = (0.0, 0.0)
    for command, text in re.findall(r"([MLC])([^MLC]*)", path):
        points = pairs(text)
        if command == "M":
            yield points[0]
        else:
            hull = [last, *points] if command == "C" else [last, last, points[0], points[0]]
            for step in range(1, 25):
                t = step / 24
                shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                yield tuple(sum(s * p[axis] for s, p in zip(shares, hull, strict=True)) for axis in (0, 1))  # type: ignore[misc]
        last = points[-1]


# laws


def check_nothing_stands_on_another(drawing: Drawing) -> None:
    for one, other in itertools.combinations(drawing.shapes, 2):
        assert not one.outside.meets(other.outside), (one.texts, other.texts)
    for each in drawing.shapes:
        assert each.frame is None or all(each.frame == Box(*sides(each.frame, box)) for box in each.boxes), each.texts
        assert not any(a.meets(b) for a, b in itertools.combinations(each.boxes, 2)), each.texts


def sides(frame: Box, box: Box) -> list[float]:
    """The frame of both: the frame itself where the box lies in it."""
    return [f(getattr(frame, side), getattr(box, side)) for f, side in SIDES]


def check_no_line_runs_through_anything(drawing: Drawing) -> None:
    for each in drawing.shapes:
        kept = each.frame.grown(-0.3) if each.frame else each.outside
        crossed = [line for line in drawing.lines if any(kept.holds(point) for point in line)]
        assert not crossed, (each.texts, crossed[0])


def check_all_is_in_view(drawing: Drawing) -> None:
    for point in (*itertools.chain(*drawing.lines), *drawing.tips):
        assert drawing.view.holds(point)
    for each in drawing.shapes:
        assert drawing.view.grown(0.1) == Box(*sides(drawing.view.grown(0.1), each.outside)), each.texts


def check_heads_are_apart(drawing: Drawing) -> None:
    for (x, y), (u, v) in itertools.combinations(drawing.tips, 2):
        assert abs(x - u) + abs(y - v) > 8


def check_it_says_what_the_graph_says(drawing: Drawing, graph: Graph) -> None:
    said = Counter(found for each in drawing.shapes if each.frame for found in uses(drawing, each))
    meant = Counter(
        (content(graph.nodes[edge.source].name), content(graph.nodes[edge.target].name), said_on(edge))
        for edge in graph.edges
    )
    assert said == meant
    nodes = sorted(each.texts for each in drawing.shapes if each.frame)
    assert nodes == sorted([content(node.name), *([node.value] if node.value else [])] for node in graph.nodes)


def content(name: str) -> str:
    """A name as the picture's text has it: what parts it from its index is not drawn."""
    return re.sub(r"([^\W\d_])_(?=\w)", r"\1", name, count=1)


def said_on(edge: Edge) -> str:
    return "".join(map(content, (*edge.label.split("/"), edge.value)))


def uses(drawing: Drawing, node: Shape) -> Iterator[tuple[str, str, str]]:
    """Where the lines from a node lead, and what they say on the way: followed forward with a finger."""
    assert node.frame
    start = node.frame.grown(1.5)
    going: list[tuple[Path_, str]] = [(line, "") for line in drawing.lines if start.holds(line[0])]
    while going:
        line, said = going.pop()
        end = line[-1]
        if any(near(end, tip, 8) for tip in drawing.tips):
            (target,) = [s for s in drawing.shapes if s.frame and s.frame.grown(8).holds(end)]
            yield node.texts[0], target.texts[0], said
        elif labels := [s for s in drawing.shapes if not s.frame and s.outside.grown(9).holds(end)]:
            label = min(labels, key=lambda s: distance(end, s.outside))
            box = label.outside.grown(9)
            onward = [other for other in drawing.lines if box.holds(other[0]) and along(box, end, other[0])]
            assert len(onward) == 1, label.texts
            going += [(other, said + "".join(label.texts).replace("/", "")) for other in onward]
        else:
            onward = [other for other in drawing.lines if other[0] == end]
            assert onward, end
            going += [(other, said) for other in onward]


def near(one: Point, other: Point, by: float) -> bool:
    return abs(one[0] - other[0]) < by and abs(one[1] - other[1]) < by and (one[0] == other[0] or one[1] == other[1])


def distance(point: Point, box: Box) -> float:
    middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    return abs(point[0] - middle[0]) + abs(point[1] - middle[1])


def along(box: Box, end: Point, start: Point) -> bool:
    """Whether a line that ends at a label goes on at a start: on the other side, on the same axis."""
    return (abs(end[0] - start[0]) < 0.2 and start[1] > end[1]) or (abs(end[1] - start[1]) < 0.2 and start[0] > end[0])


def check(graph: Graph) -> Drawing:
    drawing = read(graph_svg(graph, title="t", description="d"))
    check_nothing_stands_on_another(drawing)
    check_no_line_runs_through_anything(drawing)
    check_all_is_in_view(drawing)
    check_heads_are_apart(drawing)
    check_it_says_what_the_graph_says(drawing, graph)
    return drawing


@pytest.mark.parametrize("name", GRAPHS)
def test_a_picture_holds_the_laws(name: str) -> None:
    check(GRAPHS[name])


@pytest.mark.repeated
@settings(max_examples=30, deadline=None)
@given(random_graphs())
def test_random_pictures_hold_the_laws(graph: Graph) -> None:
    check(graph)


@pytest.mark.long
@settings(max_examples=1500, deadline=None)
@given(random_graphs())
def test_many_random_pictures_hold_the_laws(graph: Graph) -> None:
    check(graph)


# what it looks like

#: On a phone of 380 pixels: a card's breadth, and the smallest letters that are to be had there.
CARD, SMALLEST = 332, 11


@pytest.mark.parametrize("name", GRAPHS)
def test_letters_are_legible_on_a_phone(name: str) -> None:
    svg = graph_svg(GRAPHS[name], title="t", description="d")
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]
    assert min(sizes) * min(1.0, CARD / read(svg).view.right) >= SMALLEST


def middle(shape: Shape) -> Point:
    box = shape.outside
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def named(drawing: Drawing, name: str) -> Point:
    return next(middle(each) for each in drawing.shapes if each.frame and each.texts[0] == name)


def test_it_runs_from_left_to_right_where_that_fits() -> None:
    drawing = check(GRAPHS["left to right"])
    assert named(drawing, "w")[0] < named(drawing, "z")[0] < named(drawing, "L")[0]


def test_it_runs_from_top_to_bottom_else() -> None:
    drawing = check(GRAPHS["neuron"])
    heights = [named(drawing, name)[1] for name in ("w", "z", "a", "L")]
    assert heights == sorted(set(heights))
    assert named(drawing, "x")[1] == named(drawing, "w")[1]


def test_a_way_from_definition_to_definition_is_straight() -> None:
    drawing = check(GRAPHS["neuron"])
    assert max(named(drawing, name)[0] for name in "zaL") - min(named(drawing, name)[0] for name in "zaL") < 1


def test_nodes_stand_as_they_were_listed() -> None:
    drawing = check(example("z1 = w1*x; z2 = w2*x; m = log(exp(z1) + exp(z2)); L = m - z1", "w1 w2", "x"))
    assert named(drawing, "w1")[0] < named(drawing, "w2")[0]
    assert named(drawing, "z1")[0] < named(drawing, "z2")[0]
    assert not list(crossing_pairs(drawing.lines))


def test_a_tall_chain_folds_into_columns() -> None:
    drawing = check(GRAPHS["chain of 12"])
    columns = {round(named(drawing, f"a{k}")[0]) for k in range(1, 13)}
    assert len(columns) == 3
    assert drawing.view.bottom < 720
    assert named(drawing, "a12")[0] == max(middle(each)[0] for each in drawing.shapes)


def test_inputs_stand_near_what_uses_them_where_a_row_cannot_hold_them() -> None:
    drawing = check(GRAPHS["2-2-2, long names"])
    assert all(named(drawing, name)[1] >= named(drawing, "h1")[1] for name in ("w5", "w6", "w7", "w8", "b2"))


def test_what_follows_an_index_stands_on_the_line_again() -> None:
    graph = Graph((Node("z1", "", "parameter"), Node("L", "", "loss")), (Edge(0, 1, "∂z1/∂w2 z", ""),))
    root = ElementTree.fromstring(graph_svg(graph, title="t", description="d"))
    spans = [text for text in root.iter("{http://www.w3.org/2000/svg}text") if "".join(text.itertext())[0] == "∂"]
    assert [float(span.get("dy", 0)) for span in spans[0] if span.get("dy")] == [3, -3, 3, -3]


@pytest.mark.parametrize("name", ["chain of 12", "weights on a chain"])
def test_a_column_begins_with_nodes(name: str) -> None:
    drawing = check(GRAPHS[name])
    top = min(each.outside.top for each in drawing.shapes)
    heads = [each for each in drawing.shapes if each.outside.top < top + 6]
    assert len(heads) > 1
    assert all(each.frame for each in heads)


def test_a_broad_derivative_is_a_fraction() -> None:
    svg = graph_svg(GRAPHS["long words"], title="t", description="d")
    groups = ElementTree.fromstring(svg).findall("{*}g")
    fractions = [group for group in groups if group.find("{*}path") is not None]
    assert len(fractions) == 3
    for group in fractions:
        above, below, _ = map(text_box, group.findall("{*}text"))
        bar = next(walked(group.findall("{*}path")[0].attrib["d"].split("h")[0]))
        assert above.bottom < bar[1] < below.top


def test_lines_that_turn_do_not_cross() -> None:
    drawing = check(GRAPHS["weights on a chain"])
    assert named(drawing, "a9")[0] - named(drawing, "a1")[0] > 100
    assert not list(crossing_pairs(drawing.lines))


def crossing_pairs(lines: list[Path_]) -> Iterator[tuple[Path_, Path_]]:
    for one, other in itertools.combinations(lines, 2):
        if any(cross(a, b) for a in itertools.pairwise(one) for b in itertools.pairwise(other)):
            yield one, other


def cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    def side(line: tuple[Point, Point], point: Point) -> float:
        (ax, ay), (bx, by) = line
        return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)

    return side(one, other[0]) * side(one, other[1]) < 0 and side(other, one[0]) * side(other, one[1]) < 0


def test_kinds_differ_without_colour() -> None:
    kinds: tuple[Kind, ...] = ("parameter", "constant", "definition", "loss")
    graph = Graph(tuple(Node("a", "1", kind) for kind in kinds), ())
    groups = ElementTree.fromstring(graph_svg(graph, title="t", description="d")).findall("{*}g")
    looks = {
        (len(rects := group.findall("{*}rect")), *(rects[0].get(key) for key in ("rx", "stroke-dasharray")))
        for group in groups
    }
    assert len(looks) == 4


# what it is made of

ATTRIBUTES = {
    "svg": {"role", "width", "height", "viewBox", "fill", "stroke"},
    "path": {"d", "fill", "stroke"},
    "rect": {"x", "y", "width", "height", "rx", "stroke-width", "stroke-dasharray"},
    "text": {"x", "y", "font-size", "text-anchor", "fill", "stroke"},
    "tspan": {"dy", "font-size", "font-style", "font-family"},
    "title": set(),
    "desc": set(),
    "g": set(),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_it_holds_nothing_that_a_strict_page_would_refuse(name: str) -> None:
    root = ElementTree.fromstring(graph_svg(GRAPHS[name], title="t", description="d"))
    for element in root.iter():
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert set(element.attrib) <= ATTRIBUTES[tag]
        assert {element.get("fill", "none"), element.get("stroke", "none")} <= {"none", "currentColor"}
    assert root.attrib["width"] == "100%"
    assert root.attrib["height"].endswith("em")


NASTY = "</text><script>alert(1)</script>&amp;\"'"


def test_text_stays_text() -> None:
    graph = Graph((Node(NASTY, NASTY, "parameter"), Node("L", "", "loss")), (Edge(0, 1, NASTY, NASTY),))
    root = ElementTree.fromstring(graph_svg(graph, title=NASTY, description=NASTY))
    assert [root.findtext("{*}title"), root.findtext("{*}desc")] == [NASTY, NASTY]
    assert ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")].count(NASTY) == 4


@pytest.mark.parametrize("mark", ["\0", "\v", "\ud800", "\uffff"])
def test_what_a_page_forbids_is_replaced(mark: str) -> None:
    graph = Graph((Node(mark, mark, "parameter"),), ())
    svg = graph_svg(graph, title=mark, description=mark)
    assert mark not in svg
    assert svg.count("\ufffd") == 4


def test_the_same_graph_gives_the_same_bytes() -> None:
    program = """from tests.handouts.test_graph import GRAPHS, graph_svg
print([graph_svg(graph, title="t", description="d") for graph in GRAPHS.values()])"""
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def many(count: int) -> Graph:
    return Graph(tuple(Node(f"w{place}", "", "parameter") for place in range(count)), ())


@pytest.mark.parametrize(("count", "drawn"), [(0, False), (1, True), (40, True), (41, False)])
def test_a_picture_that_nobody_can_read_is_none(count: int, drawn: bool) -> None:
    assert bool(graph_svg(many(count), title="t", description="d")) == drawn


@pytest.mark.parametrize(("count", "drawn"), [(80, True), (81, False)])
def test_a_picture_of_too_many_edges_is_none(count: int, drawn: bool) -> None:
    edges = tuple(Edge(place % 5, 5 + place % 15, "", "") for place in range(count))
    assert bool(graph_svg(Graph(many(20).nodes, edges), title="t", description="d")) == drawn


@pytest.mark.parametrize("edges", [[(0, 0)], [(0, 1), (1, 0)], [(0, 1), (1, 2), (2, 0)]])
def test_a_circle_is_refused(edges: list[tuple[int, int]]) -> None:
    graph = Graph(many(3).nodes, tuple(Edge(source, target, "", "") for source, target in edges))
    with pytest.raises(ValueError, match="circle"):
        graph_svg(graph, title="t", description="d")


@pytest.mark.parametrize(("source", "target"), [(-1, 0), (0, 1), (5, 0)])
def test_an_edge_to_nowhere_is_refused(source: int, target: int) -> None:
    with pytest.raises(ValueError, match="no node"):
        Graph(many(1).nodes, (Edge(source, target, "", ""),))


# from definitions


def test_a_graph_of_definitions() -> None:
    known = read_definitions("z = eta*x + eta^2; L = (z - y)^2")
    graph = graph_of(known, ["eta"], ["x"], {"eta": "2", "L": "≈ 3"}, {("z", "eta"): ("∂z/∂η", "5")})
    assert graph.nodes == (
        Node("η", "2", "parameter"),
        Node("x", "", "constant"),
        Node("y", "", "constant"),
        Node("z", "", "definition"),
        Node("L", "≈ 3", "loss"),
    )
    assert graph.edges == (Edge(0, 3, "∂z/∂η", "5"), Edge(1, 3, "", ""), Edge(3, 4, "", ""), Edge(2, 4, "", ""))


def test_only_a_page_has_a_picture_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[Graph]()

    def noted(*given: Any) -> Graph:
        made.append(graph_of(*given))
        return made[-1]

    monkeypatch.setattr(pictures, "graph_of", noted)
    handout = symgd.explain("z = w*x; L = (z - 2)^2", start={"w": 1}, let={"x": 3}, steps=1)
    handout.markdown()
    assert not made
    handout.html()
    assert len(made) == 1


# the parts

LINKS = st.sets(st.tuples(st.integers(0, 5), st.integers(6, 11)), max_size=15)


@given(LINKS)
def test_crossings_are_pairs_the_wrong_way_round(links: set[tuple[int, int]]) -> None:
    pairs_of = itertools.combinations(sorted(links), 2)
    count = sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in pairs_of)
    assert crossings([list(range(6)), list(range(6, 12))], list(links)) == count


@given(LINKS)
def test_the_order_is_no_worse_and_keeps_the_slots(links: set[tuple[int, int]]) -> None:
    rows = [list(range(6)), list(range(6, 12))]
    ordered = in_good_order(rows, sorted(links))
    assert [sorted(row) for row in ordered] == rows
    assert crossings(ordered, sorted(links)) <= crossings(rows, sorted(links))


def test_a_tree_is_drawn_without_crossings() -> None:
    rows = [[0], [1, 2], [3, 4, 5, 6]]
    assert crossings(in_good_order(rows, links := [(0, 1), (0, 2), (1, 4), (1, 6), (2, 3), (2, 5)]), links) == 0


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=12))
def test_the_nearest_rising_sequence_is_the_least_of_the_greatest_means(values: list[int]) -> None:
    n = len(values)
    best = [max(min(mean(values[a : b + 1]) for b in range(i, n)) for a in range(i + 1)) for i in range(n)]
    assert _rising([(float(value), 1.0) for value in values]) == pytest.approx(best)


def test_depth_is_the_longest_way() -> None:
    assert depths(5, [(0, 4), (0, 1), (1, 2), (2, 4), (3, 4)]) == [0, 1, 2, 0, 3]


def test_a_row_is_no_broader_than_asked() -> None:
    count = 12
    sizes = [Size(50, 20)] * (count + 1)
    layout = laid_out(sizes, [Size(60, 20)] * count, [(place, count) for place in range(count)], 250)
    assert max(slot.across + slot.size.across / 2 for slot in layout.slots) <= 250 + 1e-9


# in a browser

BOXES = """d => {
  const svg = d.querySelector("svg"), width = d.documentElement.clientWidth;
  const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] };
  const scale = svg.getScreenCTM().a;
  return {
    shapes: [...svg.querySelectorAll("g")].map(g => box(g)),
    spill: [...svg.querySelectorAll("g")].filter(g => g.querySelector("rect")).filter(g =>
      g.getBBox().width > 0.1 + g.querySelector("rect").getBBox().width).length,
    smallest: Math.min(...[...svg.querySelectorAll("[font-size]")].map(t => t.getAttribute("font-size") * scale)),
    over: d.documentElement.scrollWidth - width,
  };
}"""


@pytest.mark.parametrize("name", ["2-2-2, long names", "chain of 12"])
def test_a_browser_finds_no_overlap_and_legible_letters(name: str, tmp_path: Path) -> None:
    svg = graph_svg(GRAPHS[name], title="t", description="d")
    page = html_page("# T\n\nmark", title="T", language="en").replace("<p>mark</p>", svg)
    found = measured(page, tmp_path, 380, BOXES)
    boxes = [Box(*sides) for sides in found["shapes"]]
    assert len(boxes) == len(read(svg).shapes)
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]
    assert found["spill"] == 0
    assert found["smallest"] >= SMALLEST
    assert found["over"] == 0
