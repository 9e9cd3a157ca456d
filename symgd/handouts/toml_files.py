"""Tables written as TOML: what `tomllib` reads back as the same tables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
#: Tables in which a text that is a number may stand as one.
_NUMERIC = ("start", "let", "data", "gradient", "optimizer")


def toml_text(table: Mapping[str, Any]) -> str:
    """The tables of a problem file as text; numbers are texts, as `read_toml` gives them, or Python's.

    >>> print(toml_text({"loss": "w^2", "steps": 2, "start": {"w": "0.5"}}))
    loss = "w^2"
    steps = 2
    <BLANKLINE>
    [start]
    w = 0.5
    <BLANKLINE>
    """
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    blocks = [_rows(plain, False)] if plain else []
    blocks += [f"[{_key(key)}]\n{_rows(rows, key in _NUMERIC)}" for key, rows in tables.items()]
    return "\n".join(blocks)


def _rows(rows: Mapping[str, Any], numeric: bool) -> str:
    return "".join(f"{_key(key)} = {_value(value, numeric)}\n" for key, value in rows.items())


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _value(value: Any, numeric: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(inner, numeric)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(inner, numeric) for inner in value) + "]"
    text = str(value)
    return text if numeric and _NUMBER.fullmatch(text) else _string(text)


def _string(text: str) -> str:
    """A basic string; JSON's escapes are TOML's, but for the one character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
