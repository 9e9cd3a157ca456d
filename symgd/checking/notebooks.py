"""Jupyter notebooks to pieces: what stands in their Markdown cells. Code and its output are no text to be audited."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from symgd.checking.pieces import Piece, pieces

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
#: What stands for one character in a string of JSON; two halves of a pair stand for one.
_WRITTEN = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)

_LONE = re.compile("[\ud800-\udfff]")


class _Table(tuple[tuple[str, Any], ...]):
    """An object of JSON as its pairs in order, a key that stands twice twice."""

    __slots__ = ()


def is_notebook(text: str) -> bool:
    """Whether a text looks like the file of a notebook."""
    return text.lstrip("\ufeff \t\r\n").startswith("{") and '"cells"' in text and '"nbformat"' in text


def notebook_pieces(text: str) -> Iterator[Piece]:
    """The pieces of the Markdown cells, with their places in the file; none where it is no notebook.

    >>> book = '{"cells": [{"cell_type": "markdown", "source": ["so 1 + 1 = 2"]}], "nbformat": 4}'
    >>> [piece.text for piece in notebook_pieces(book)]
    ['so 1 + 1 = 2']
    """
    for words, origin in _cells(text):
        for piece in pieces("".join(words)):
            yield Piece(piece.text, [origin[place] for place in piece.origin], piece.latex)


def working_of(text: str) -> str:
    """A student's working: of the file of a notebook what stands in its Markdown cells, any other text as it is.

    >>> working_of('{"cells": [{"cell_type": "markdown", "source": ["w = ", "1"]}], "nbformat": 4}')
    'w = 1'
    """
    return "\n\n".join("".join(words) for words, _ in _cells(text)) if is_notebook(text) else text


def _cells(text: str) -> Collection[tuple[list[str], list[int]]]:
    """The letters of each Markdown cell, and their places in the file; none where it is no notebook."""
    try:
        owners = list(_owners(json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_Table)))
    except (ValueError, RecursionError):
        return ()
    cells: dict[int, tuple[list[str], list[int]]] = {}
    for owner, literal in zip(owners, _STRING.finditer(text), strict=True):
        if owner is not None:
            words, origin = cells.setdefault(owner, ([], []))
            for part in _WRITTEN.finditer(text, *literal.span(1)):
                words.append(_LONE.sub("\N{REPLACEMENT CHARACTER}", json.loads(f'"{part[0]}"', strict=False)))
                origin.append(part.start())
    return cells.values()


def _owners(book: Any) -> Iterator[int | None]:
    """For every string of a file in order, the number of the Markdown cell whose words it is; None for all others."""
    if not isinstance(book, _Table):
        yield from _strings(book, None)
        return
    for key, value in book:
        yield None
        if key != "cells" or not isinstance(value, list):
            yield from _strings(value, None)
            continue
        for number, cell in enumerate(value):
            yield from _of_cell(cell, number)


def _of_cell(cell: Any, number: int) -> Iterator[int | None]:
    if not isinstance(cell, _Table) or dict(cell).get("cell_type") != "markdown":
        yield from _strings(cell, None)
        return
    for key, value in cell:
        yield None
        yield from _strings(value, number if key == "source" else None)


def _strings(node: Any, owner: int | None) -> Iterator[int | None]:
    """The owner, for each string of a tree."""
    if isinstance(node, str):
        yield owner
    elif isinstance(node, _Table):
        for _, value in node:
            yield None
            yield from _strings(value, owner)
    elif isinstance(node, list):
        for part in node:
            yield from _strings(part, owner)
