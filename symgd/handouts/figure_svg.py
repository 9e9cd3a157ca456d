"""matplotlib's SVG made fit for a page: no style sheet, no ids that collide, colours of the page, few digits.

Everything that matplotlib says in `style` becomes presentation attributes, which a strict Content-Security-Policy
allows; what belongs to a step becomes a class with its number.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
from matplotlib import rc_context

from symgd.handouts.figure_drawing import COLOURS, drawn
from symgd.handouts.figure_sharing import SVG, XLINK, copied, shared, straightened
from symgd.language import visible

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from symgd.handouts.figure_facts import Array, Drawing

_WORDS: Mapping[str, str] = {colour: word for word, colour in COLOURS.items()}
_STEP = re.compile(r"(point|arrow|segment|tangent)-(\d+)")
_NUMBER = re.compile(r"-?\d+\.\d+")
_NO_XML = re.compile("[\ufffe\uffff]")
#: matplotlib writes a font as one declaration; the page's own is meant.
_FONT_SIZE = re.compile(r"([\d.]+)px")
#: Declarations that are no presentation attributes, or say what is so anyway.
_LEFT_OUT = frozenset({"font", "text-align", "-webkit-text-size-adjust"})
#: Fonts for a picture that stands in a file of its own.
_FAMILY = '"STIX Two Text", Cambria, "Times New Roman", "Noto Serif CJK TC", serif'


def svg_of(drawing: Drawing, kind: str, title: str, label: str, ground: str = "") -> str:
    """The drawing as SVG, the same bytes each time; `ground` fills it where it stands in a file of its own."""
    figure = drawn(drawing)
    figure.patch.set_visible(False)
    for axes in figure.axes:
        axes.patch.set_visible(False)
    buffer = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "symgd"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    root = ElementTree.fromstring(buffer.getvalue())
    _cleaned(root, f"symgd-{kind}-")
    copied(root.findall(".//{*}g[@class='contours']"), f"symgd-{kind}-contours")
    shared(root)
    _named(root, title, label)
    if ground:
        _grounded(root, ground)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _cleaned(root: Element, prefix: str) -> None:
    for parent in root.iter():
        for child in list(parent):
            if _local(child) in ("metadata", "style") or (_local(child) == "g" and not len(child)):
                parent.remove(child)
    for node in root.iter():
        _attributes(node)
        _identity(node, prefix)
        if node.get("class") in _LINES:
            for line in node.iter():
                line.attrib.update({"d": thinned(line.attrib["d"])} if "d" in line.attrib else {})
        node.text, node.tail = (node.text if _local(node) in ("text", "tspan") else None), None


def _attributes(node: Element) -> None:
    """Declarations as attributes, colours as the page's, numbers with two digits."""
    for key, value in list(_declarations(node.attrib.pop("style", ""))):
        node.set(key, value)
    if (node.get("transform") or "").startswith("rotate(-0 "):
        del node.attrib["transform"]
    for key, value in list(node.attrib.items()):
        if key in ("d", "transform", "x", "y", "points", "stroke-width", "stroke-dasharray"):
            written = _NUMBER.sub(lambda found: _short(found[0]), value).replace("\n", " ").strip()
            node.set(key, straightened(written) if key == "d" else written)
        elif word := _WORDS.get(value):
            node.set(key, f"var(--{word}, {value})")


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for part in style.split(";"):
        key, _, value = part.partition(":")
        key, value = key.strip(), value.strip()
        if key == "font" and (size := _FONT_SIZE.search(value)):
            yield "font-size", size[1]
        elif key == "font-size":
            yield key, value.removesuffix("px")
        elif key and key not in _LEFT_OUT and not key.startswith("font"):
            yield key, value


def _identity(node: Element, prefix: str) -> None:
    """Ids are needed only to be referred to; those of steps become classes."""
    own = node.attrib.pop("id", "")
    if found := _STEP.fullmatch(own):
        node.set("class", found[1])
        node.set("data-step", found[2])
    elif own in ("contours", "curve", "data", "rest"):
        node.set("class", own)
    elif own.startswith("axes_"):
        node.set("class", "panel")
    elif own and _local(node) in ("path", "clipPath"):
        node.set("id", prefix + own)
    for key, value in list(node.attrib.items()):
        if value.startswith("#") and key.endswith("href"):
            node.set(key, f"#{prefix}{value[1:]}")
        elif value.startswith("url(#"):
            node.set(key, f"url(#{prefix}{value[5:]}")


def _named(root: Element, title: str, label: str) -> None:
    """A picture with a name, for those who hear the page."""
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-label", _in_xml(label))
    root.set("font-family", _FAMILY)
    root.set("stroke-linejoin", "round")
    heading = ElementTree.Element(f"{{{SVG}}}title")
    heading.text = _in_xml(title)
    root.insert(0, heading)


def _in_xml(text: str) -> str:
    """The text with a sign of replacement for what a terminal or XML does not take."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", visible(text))


def _grounded(root: Element, ground: str) -> None:
    x, y, width, height = root.get("viewBox", "0 0 100 100").split()
    sides = {"x": x, "y": y, "width": width, "height": height, "fill": ground}
    root.insert(1, ElementTree.Element(f"{{{SVG}}}rect", sides))


def _short(digits: str) -> str:
    """Two digits behind the point of what may be the size of a marker, one of what is a place in the picture."""
    value = float(digits)
    return f"{value:.{2 if abs(value) < _PLACE else 1}f}".rstrip("0").rstrip(".") or "0"


#: Numbers from here on are places.
_PLACE = 10


#: Classes whose paths are lines through many points.
_LINES = ("contours", "curve", "segment")
#: So many points (of 1/72 inch) a line may lie beside itself: less than its width.
_SLACK = 0.12
_BROKEN = re.compile(r"(?:[ML] *-?[\d.]+ +-?[\d.]+\s*)+(z\s*)?")


def thinned(path: str) -> str:
    """A path of straight pieces through fewer points (Douglas and Peucker 1973); any other path as it is.

    >>> thinned("M 0 0  L 1 0.01  L 2 0  L 2 5")
    'M0 0L2 0 2 5'
    """
    if not _BROKEN.fullmatch(path):
        return path
    return "".join(_thinned(piece) for piece in re.split(r"(?=M)", path) if piece)


def _thinned(piece: str) -> str:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", piece)]
    points = np.array(numbers).reshape(-1, 2)
    (first, *others) = (f"{_tenth(x)} {_tenth(y)}" for x, y in points[_kept(points)])
    closing = "z" if piece.rstrip().endswith("z") else ""
    return f"M{first}" + (f"L{' '.join(others)}" if others else "") + closing


def _kept(points: Array) -> list[int]:
    """The places of the points that a line needs: both ends, and between them what lies far from the straight way."""
    kept, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        start, end = spans.pop()
        if end - start < 2:
            continue
        (dx, dy), inner = points[end] - points[start], points[start + 1 : end] - points[start]
        size = float(np.hypot(dx, dy))
        away = np.abs(dx * inner[:, 1] - dy * inner[:, 0]) / size if size else np.hypot(*inner.T)
        farthest = int(away.argmax())
        if away[farthest] > _SLACK:
            middle = start + 1 + farthest
            kept.add(middle)
            spans += [(start, middle), (middle, end)]
    return sorted(kept)


def _tenth(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2]
