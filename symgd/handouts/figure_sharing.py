"""An SVG made smaller without a change to what is seen: what parts have in common is said once, by their group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
#: Attributes that parts take over from their group, and the region to which they are clipped, which is one for all.
_SHARED = (
    *("fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset"),
    *("stroke-opacity", "fill-opacity", "font-size", "text-anchor", "clip-path"),
)
#: A curve whose middle may lie on the straight line between its ends.
_BOW = re.compile(r"M (\S+) (\S+)\s+Q (\S+) (\S+) (\S+) (\S+)")
#: So far (in 1/72 inch) the middle may lie beside the line.
_STRAIGHT = 0.02


def shared(root: Element) -> None:
    """Give to groups what their parts have in common; parts in a row that look the same become a group.

    >>> from xml.etree.ElementTree import fromstring, tostring
    >>> picture = fromstring('<svg><g><g><path fill="red" id="a"/></g><path fill="red" id="b"/><text/></g></svg>')
    >>> shared(picture)
    >>> tostring(picture, encoding="unicode")
    '<svg><g fill="red"><path id="a" /><path id="b" /></g><text /></svg>'
    """
    _one_place(root)
    _share(root)


def _one_place(root: Element) -> None:
    """All definitions in one place, in front of what uses them."""
    found = [(parent, child) for parent in root.iter() for child in parent if _local(child) == "defs"]
    for parent, child in found:
        parent.remove(child)
    if found:
        definitions = found[0][1]
        definitions[:] = [part for _, child in found for part in child]
        root.insert(0, definitions)


def _share(node: Element) -> None:
    if _local(node) == "defs":
        return
    for child in node:
        _share(child)
    node[:] = [part for child in node for part in _unwrapped(child)]
    if not _is_group(node):
        return
    node[:] = [part for look, run in groupby(list(node), _look) for part in _gathered(node, look, list(run))]
    if _local(node) == "g" and len(node):
        _take_over(node)


def _unwrapped(node: Element) -> list[Element]:
    """The parts of a group that says nothing."""
    return list(node) if _is_group(node) and not node.attrib else [node]


def _look(part: Element) -> tuple[tuple[str, str], ...]:
    """What of the looks of a part its group could say."""
    return tuple((key, part.attrib[key]) for key in _SHARED if key in part.attrib)


def _gathered(parent: Element, look: tuple[tuple[str, str], ...], run: list[Element]) -> Iterator[Element]:
    """Parts in a row that look the same, in a group of their own where they are several."""
    if not look or len(run) < 2:
        yield from run
        return
    group = parent.makeelement(f"{parent.tag[: -len(_local(parent))]}g", dict(look))
    for part in run:
        for key, _ in look:
            del part.attrib[key]
    group[:] = [inner for part in run for inner in _unwrapped(part)]
    yield group


def _take_over(group: Element) -> None:
    """Move to a group what all of its parts say; parts that are left as bare groups are taken out."""
    for key, value in _look(group[0]):
        if key not in group.attrib and all(part.get(key) == value for part in group):
            group.set(key, value)
            for part in group:
                del part.attrib[key]
    group[:] = [part for child in group for part in _unwrapped(child)]


def _is_group(node: Element) -> bool:
    return _local(node) in ("g", "svg")


def _local(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def straightened(path: str) -> str:
    """A path with a curve that is as good as straight written as a line.

    >>> straightened("M 0 0  Q 1 1 2 2"), straightened("M 0 0  Q 1 2 2 2")
    ('M 0 0  L 2 2', 'M 0 0  Q 1 2 2 2')
    """
    return _BOW.sub(_straight, path)


def _straight(found: re.Match[str]) -> str:
    ax, ay, bx, by, cx, cy = map(float, found.groups())
    dx, dy = cx - ax, cy - ay
    away = abs(dx * (by - ay) - dy * (bx - ax))
    return f"M {found[1]} {found[2]}  L {found[5]} {found[6]}" if away <= _STRAIGHT * (abs(dx) + abs(dy)) else found[0]


#: So far (in 1/72 inch) a point may lie beside its place in a copy.
_ALIKE = 0.15
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def copied(groups: Sequence[Element], name: str) -> None:
    """Groups of lines that are the first one moved become copies of it, called `name`."""
    for group in groups[1:]:
        first = groups[0]
        if _shape(group) != _shape(first):
            continue
        away = _points(group) - _points(first)
        if len(away) and np.ptp(away, axis=0).max() <= _ALIKE:
            x, y = (f"{side:.1f}".removesuffix(".0") for side in np.median(away, axis=0))
            group[:] = [group.makeelement(f"{{{SVG}}}use", {f"{{{XLINK}}}href": f"#{name}", "x": x, "y": y})]
            first.set("id", name)


def _shape(group: Element) -> list[str]:
    """The paths of a group without their numbers."""
    return [_NUMBER.sub("0", part.get("d", "")) for part in group]


def _points(group: Element) -> Any:
    """The numbers of the paths of a group, shape (points, 2)."""
    found = [float(number) for part in group for number in _NUMBER.findall(part.get("d", ""))]
    return np.array(found).reshape(-1, 2)
