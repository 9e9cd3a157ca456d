"""Problem files: TOML to the arguments of Problem, and options over a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from symgd.descent.data import data_over
from symgd.descent.reading import named, unknown
from symgd.descent.settings import SETTINGS, method_of, spelled_out
from symgd.errors import InputError
from symgd.files import read_bytes
from symgd.limits import beyond
from symgd.toml import Nested, tables

#: The tables of a problem file, and the keys that stand before them.
TABLES = ("start", "let", "data", "optimizer", "handout", "marks")
PLAIN = ("title", "loss", "gradient", "steps", "arithmetic", "digits", "tolerance", "every")
#: The keys of [handout] that a problem reads; and those that say how the handout looks, which it reads itself.
HANDOUT = ("language", "kind", "digits", "explain_rate")
SHEET = ("figures", "pair", "blank", "points", "reveal", "interactive", "paper", "large_print", "label")
#: Keys of [optimizer] that are no settings of a method: which rows of the data an update uses.
BATCHES = ("batch_size", "seed", "epochs")
KEYS = (*PLAIN, *TABLES)
#: Tables of names: an option overrides name by name.
_NAMED = ("start", "let", "gradient")
#: Tables whose keys are no names of the loss.
_KEYED = ("handout",)
#: What is given instead of something else, and replaces it.
_INSTEAD = (("loss", "gradient"), ("gradient", "loss"), ("steps", "epochs"), ("epochs", "steps"))


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a problem file, decimals kept as text; raises InputError that names file, line and column.

    A byte-order mark and the line ends of other systems are taken.
    """
    try:
        text = read_bytes(path, "problem_bytes").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("encoding", name=path.name, byte=error.start + 1) from None
    return toml_tables(text.replace("\r\n", "\n").replace("\r", "\n"), path.name)


def toml_tables(text: str, source: str = "") -> dict[str, Any]:
    """The tables of TOML text, decimals kept as text.

    >>> toml_tables("[start]\\nw = 0.10")
    {'start': {'w': '0.10'}}
    """
    try:
        return tables(text, parse_float=str)
    except Nested as error:
        raise beyond("nesting", error.most, file=source or "TOML") from None
    except ValueError as error:  # TOMLDecodeError, and integers of 5,000 digits
        line, position = _place(str(error), text)
        raise InputError("toml", text=text, position=position, source=source, line=line) from None


def _place(message: str, text: str) -> tuple[int, int]:
    """The line that tomllib complains about, and the position in the text; the end where it says none."""
    found = re.search(r"line (\d+), column (\d+)", message)
    if found is None:
        return text.count("\n") + 1, len(text.rstrip("\n"))
    line, column = int(found[1]), int(found[2])
    return line, sum(len(row) + 1 for row in text.split("\n")[: line - 1]) + column - 1


def arguments_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a file as arguments of Problem; raises InputError for a key that does not exist.

    >>> arguments_of({"loss": "w^2", "optimizer": {"name": "adam", "lr": "0.1"}})
    {'loss': 'w^2', 'optimizer': 'adam', 'learning_rate': '0.1'}
    """
    for key in table:
        _check_key(key, KEYS, "")
    for key in TABLES:
        if not isinstance(table.get(key, {}), Mapping):
            raise InputError("not-a-table", name=key)
    optimizer, handout = dict(table.get("optimizer", {})), dict(table.get("handout", {}))
    arguments = {key: table[key] for key in KEYS if key in table and key not in ("optimizer", "handout")}
    if "name" in optimizer:
        arguments["optimizer"] = optimizer.pop("name")
    for key in optimizer:
        if key not in SETTINGS and key not in BATCHES:  # anything else would be an argument of Problem
            code = "unknown-key" if key in KEYS or key in HANDOUT else ""
            known = sorted({*SETTINGS, *BATCHES})
            if code:
                raise InputError(code, name=key, table="optimizer", known=", ".join(known))
            raise unknown("unknown-key", key, known, table="optimizer")
    for key in handout:
        _check_key(key, (*HANDOUT, *SHEET), "handout")
    own = {key: handout.pop(key) for key in HANDOUT if key in handout}
    return {**arguments, **spelled_out(optimizer), **own, **({"handout": handout} if handout else {})}


def _check_key(key: str, known: Iterable[str], where: str) -> None:
    if key in known:
        return
    table = where or "TOML"
    if not where and (key in SETTINGS or key in BATCHES):
        raise InputError("key-elsewhere", name=key, table="optimizer")
    if not where and key in (*HANDOUT, *SHEET):
        raise InputError("key-elsewhere", name=key, table="handout")
    raise unknown("unknown-key", key, known, table=table)


def overridden(arguments: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with options put over them.

    start, let, data and a given gradient are overridden name by name (another file replaces all data); another
    optimizer forgets the hyperparameters of the one before (the learning rate stays); a loss replaces a given gradient
    and the other way round, and so do steps and epochs.

    >>> overridden({"loss": "w^2", "start": {"w": 1}, "lr": 1}, {"start": {"w": 2}, "learning_rate": 3})
    {'loss': 'w^2', 'start': {'w': 2}, 'learning_rate': 3}
    """
    merged, over = _spelled(arguments), _spelled(options)
    if "optimizer" in over and method_of(over["optimizer"]) != method_of(merged.get("optimizer", "gradient-descent")):
        merged = {key: value for key, value in merged.items() if key not in SETTINGS or key == "learning_rate"}
    for key, other in _INSTEAD:
        if over.get(key) is not None:
            merged.pop(other, None)
    for key, value in over.items():
        both = merged.get(key) is not None and value is not None
        merged[key] = _put_over(key, merged[key], value) if both else value
    return merged


def _put_over(key: str, below: Any, above: Any) -> Any:
    if key == "data":
        return data_over(below, above)
    if key in _KEYED:
        return {**below, **above}
    return {**named(below, key), **named(above, key)} if key in _NAMED else above


def _spelled(arguments: Mapping[str, Any]) -> dict[str, Any]:
    settings = {key: value for key, value in arguments.items() if key in SETTINGS}
    return {key: value for key, value in arguments.items() if key not in SETTINGS} | spelled_out(settings)
