"""Pictures made smaller: every part looks as it did, and lies where it lay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import symgd
from symgd.handouts import figure_svg
from symgd.handouts.figure_sharing import copied

RUNS: dict[str, dict[str, Any]] = {
    "contour": {"loss": "(w1 - 1)^2 + 2*w2^2", "start": {"w1": 3, "w2": 1}, "learning_rate": "0.1", "steps": 6},
    "curve": {"loss": "w^2", "start": {"w": 1}, "learning_rate": "1.1", "steps": 6},
}


def pictures(run: dict[str, Any]) -> dict[str, str]:
    return symgd.explain(**run, figures="all").pictures()


def looks(svg: str) -> list[tuple[str, dict[str, str], tuple[str, ...]]]:
    """What is drawn, in order: where and what, and how it looks, wherever that is said; definitions behind."""
    found = list(_looks(ElementTree.fromstring(svg), {}, ()))
    defined = sorted((part for part in found if "defs" in part[1]), key=str)
    return [part for part in found if part not in defined] + defined


def _looks(node: Any, above: dict[str, str], groups: tuple[str, ...]) -> Iterator[Any]:
    tag = node.tag.rpartition("}")[2]
    own = {key: value for key, value in node.attrib.items() if key not in ("class", "data-step", "id")}
    inside = {"defs": ""} if tag == "defs" else {**above, **own}
    groups = () if tag == "defs" else groups
    named: tuple[str, ...] = (*groups, f"{node.get('class')} {node.get('data-step')}") if node.get("class") else groups
    if tag in ("path", "use", "text", "rect"):
        yield f"{tag} {node.text}", inside, named
    for child in node:
        yield from _looks(child, inside, named)


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_what_is_said_once_is_said_for_all(monkeypatch: pytest.MonkeyPatch, run: dict[str, Any]) -> None:
    small = pictures(run)
    monkeypatch.setattr(figure_svg, "shared", lambda root: None)
    plain = pictures(run)
    assert small.keys() == plain.keys()
    for kind, svg in small.items():
        assert looks(svg) == looks(plain[kind])
        assert len(svg) < 0.8 * len(plain[kind])


def test_the_same_lines_under_three_paths_are_drawn_once() -> None:
    svg = pictures(RUNS["contour"])["rates"]
    assert svg.count('xlink:href="#symgd-rates-contours"') == 2
    assert re.findall(r'"#symgd-rates-contours" x="([\d.]+)" y="([\d.-]+)"', svg) == [("180", "0"), ("360", "0")]
    assert len(svg) < 24_000


@pytest.mark.parametrize(
    ("second", "copies"),
    [
        ("<g><path d='M 180 0L190 5'/></g>", 1),
        ("<g><path d='M 180 0L190.1 5'/></g>", 1),
        ("<g><path d='M 180 0L191 5'/></g>", 0),
        ("<g><path d='M 180 0L190 5 200 5'/></g>", 0),
        ("<g/>", 0),
    ],
)
def test_only_lines_that_are_moved_are_copies(second: str, copies: int) -> None:
    root = ElementTree.fromstring(f"<svg><g><path d='M 0 0L10 5'/></g>{second}</svg>")
    copied(list(root), "lines")
    assert len(root.findall(".//{*}use")) == copies
