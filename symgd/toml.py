"""TOML text to tables, its nesting bounded before it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from symgd.limits import author

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""


class Nested(ValueError):
    """The text is nested deeper than the limit: at most `most` levels."""

    def __init__(self, most: int) -> None:
        """Keep the limit."""
        super().__init__(f"nested more than {most} deep")
        self.most = most


def tables(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The tables of TOML text. Raises Nested, and ValueError as tomllib does.

    >>> tables("[start]\\nw = 1")
    {'start': {'w': 1}}
    """
    most = author().nesting
    # A key of very many parts takes tomllib the square of the time: it is refused by its look.
    if re.search(rf"(?<![A-Za-z0-9_-]){_PART}(?:\.[ \t]*+{_PART}){{{most}}}", text):
        raise Nested(most)
    try:
        found = tomllib.loads(text, parse_float=parse_float)
    except RecursionError:
        raise Nested(most) from None
    if _depth(found) > most:
        raise Nested(most)
    return found


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level := [part for each in level for part in _inside(each)]:
        depth += 1
    return depth


def _inside(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [part for part in inner if isinstance(part, Mapping | list)]
