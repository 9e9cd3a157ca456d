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

from matplotlib import rc_context

from symgd.handouts.figure_drawing import COLOURS, drawn

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from symgd.handouts.figure_facts import Drawing

_WORDS: Mapping[str, str] = {colour: word for word, colour in COLOURS.items()}
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_STEP = re.compile(r"(point|arrow|segment|tangent)-(\d+)")
_NUMBER = re.compile(r"-?\d+\.\d+")
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
    _named(root, title, label)
    if ground:
        _grounded(root, ground)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _cleaned(root: Element, prefix: str) -> None:
    for parent in root.iter():
        for child in list(parent):
            if _local(child) in ("metadata", "style") or (_local(child) == "g" and not len(child)):
                parent.remove(child)
    for node in root.iter():
        _attributes(node)
        _identity(node, prefix)
        node.text, node.tail = (node.text if _local(node) in ("text", "tspan") else None), None


def _attributes(node: Element) -> None:
    """Declarations as attributes, colours as the page's, numbers with two digits."""
    for key, value in list(_declarations(node.attrib.pop("style", ""))):
        node.set(key, value)
    for key, value in list(node.attrib.items()):
        if key in ("d", "transform", "x", "y", "points", "stroke-width", "stroke-dasharray"):
            node.set(key, _NUMBER.sub(lambda found: _short(found[0]), value).replace("\n", " ").strip())
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
    elif own in ("contours", "curve", "data"):
        node.set("class", own)
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
    root.set("aria-label", f"{title}. {label}".strip())
    root.set("font-family", _FAMILY)
    root.set("stroke-linejoin", "round")
    heading = ElementTree.Element(f"{{{_SVG}}}title")
    heading.text = title
    root.insert(0, heading)


def _grounded(root: Element, ground: str) -> None:
    x, y, width, height = root.get("viewBox", "0 0 100 100").split()
    sides = {"x": x, "y": y, "width": width, "height": height, "fill": ground}
    root.insert(1, ElementTree.Element(f"{{{_SVG}}}rect", sides))


def _short(digits: str) -> str:
    return f"{float(digits):.2f}".rstrip("0").rstrip(".") or "0"


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2]
