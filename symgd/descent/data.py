"""Data: columns of numbers, given as lists or arrays, in a table of a problem file, or in a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgd.descent.csv_files import read_csv
from symgd.descent.reading import entries, exact_entries, name_of, named, shortened
from symgd.errors import InputError
from symgd.expressions.shapes import shape_text
from symgd.numbers.values import is_array

#: Keys of [data] that are no columns.
_FILE, _COLUMNS = "file", "columns"


def columns_of(data: Any, folder: str | Path = "") -> dict[str, Any]:
    """Every column (or matrix) of the data by its name, exactly; all have the same number of rows.

    `data` is a mapping of names to numbers (lists, NumPy arrays, the columns of a pandas DataFrame) in which "file"
    names a CSV file, relative to `folder`, and "columns" says which heads of the file are which names
    (x = "height (cm)"). Raises InputError.

    >>> columns_of({"x": [1, "0.5"]})["x"].tolist()
    [Fraction(1, 1), Fraction(1, 2)]
    """
    if data is None:
        return {}
    table = {str(word): data[word] for word in data} if _is_table(data) else None
    if table is None:
        raise InputError("not-a-table", name="data")
    file, heads = table.pop(_FILE, None), table.pop(_COLUMNS, None)
    found: dict[str, Any] = {}
    if file is not None:
        found = read_csv(Path(folder) / _path(file), _heads(heads))
    for word, value in named(table, "data").items():
        if entries(_plain(value)) is None and not isinstance(value, str):
            raise InputError("not-a-column", name=word, value=shortened(value))
        column = exact_entries(_plain(value), word)
        if not is_array(column):
            raise InputError("not-a-column", name=word, value=shortened(value))
        found[word] = column
    _check_lengths(found)
    return found


def _is_table(data: Any) -> bool:
    """Whether it is a mapping, or goes by names as a DataFrame does."""
    return isinstance(data, Mapping) or (hasattr(data, "keys") and hasattr(data, "__getitem__"))


def _plain(value: Any) -> Any:
    """A pandas Series as the array that it holds."""
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def _path(file: Any) -> str:
    if not isinstance(file, str | Path):
        raise InputError("not-text", name=_FILE, value=shortened(file))
    return str(file)


def _heads(heads: Any) -> dict[str, str]:
    """Names by the heads of the file that they stand for."""
    if heads is None:
        return {}
    if not isinstance(heads, Mapping):
        raise InputError("not-a-table", name=_COLUMNS)
    return {str(head): name_of(word) for word, head in heads.items()}


def _check_lengths(columns: Mapping[str, Any]) -> None:
    first = next(iter(columns), "")
    for word, value in columns.items():
        if len(value) != len(columns[first]):
            raise InputError(
                "unlike-columns",
                first=first,
                left=shape_text(columns[first].shape),
                second=word,
                right=shape_text(value.shape),
            )
