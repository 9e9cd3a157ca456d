"""Data: columns of numbers, given as lists or arrays, in a table of a problem file, or in a CSV file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from symgd.descent.columns import Columns, Naming
from symgd.descent.reading import entries, exact_entries, name_of, named, shortened
from symgd.errors import InputError
from symgd.expressions.shapes import shape_text
from symgd.files import is_device
from symgd.numbers.values import is_array

#: Keys of [data] that are no columns.
_FILE, _COLUMNS = "file", "columns"


def read_data(data: Any, folder: str | Path = "") -> Columns:
    """Every column (or matrix) of the data by its name, exactly, with notes; all have the same number of rows.

    `data` is a mapping of names to numbers (lists, NumPy arrays, the columns of a pandas DataFrame) in which "file"
    names a CSV file, relative to `folder`, and "columns" says which heads of the file are which names
    (x = "height (cm)") or lists a name for each column; or it is the path of a CSV file. More than 20,000 numbers in
    one array stay doubles. Raises InputError.

    >>> read_data({"x": [1, "0.5"]}).columns["x"].tolist()
    [Fraction(1, 1), Fraction(1, 2)]
    """
    given = data_table(data)
    file = _file_of(given)
    naming = _naming_of(given, file is not None)
    found, notes = _of_file(Path(folder) / file, naming) if file is not None else Columns({}, ())
    for word, value in named(given, "data").items():
        if word in found:
            raise InputError("name-twice", name=word, table="data")
        found[word] = _column(value, word)
    _check_lengths(found)
    return Columns(found, notes)


def _of_file(path: Path, naming: Naming) -> Columns:
    from symgd.descent.csv_files import read_csv  # most problems have no file of data

    return read_csv(path, naming)


def data_table(data: Any) -> dict[str, Any]:
    """The data as a table of its own: that of a path is the file alone. Raises InputError.

    >>> data_table("points.csv")
    {'file': 'points.csv'}
    """
    if data is None:
        return {}
    if isinstance(data, str | Path):
        return {_FILE: data}
    if not isinstance(data, Mapping) and not (hasattr(data, "keys") and hasattr(data, "__getitem__")):
        raise InputError("not-a-table", name="data")
    return {str(word): data[word] for word in data}


def data_over(data: Any, other: Any) -> dict[str, Any]:
    """The data with other data put over it, name by name; another file replaces all of it, but not what heads mean.

    >>> data_over({"x": [1], "y": [2]}, {"y": [3]})
    {'x': [1], 'y': [3]}
    >>> data_over({"x": [1], "columns": {"y": "weight"}, "file": "a.csv"}, "b.csv")
    {'columns': {'y': 'weight'}, 'file': 'b.csv'}
    """
    below, above = data_table(data), data_table(other)
    if is_path(above.get(_FILE)):
        below = {key: value for key, value in below.items() if key == _COLUMNS and _FILE in below}
    again = {name_of(word) for word in above if word not in (_FILE, _COLUMNS)}
    kept = {word: value for word, value in below.items() if word in (_FILE, _COLUMNS) or name_of(word) not in again}
    return {**kept, **above}


def check_inside(data: Any, folder: Path) -> None:
    """Raise InputError where data of a problem file, which someone else may have written, lead out of its folder.

    A file is named as from the folder, without `..`, on every system; links that lead out are followed and refused.

    >>> check_inside({"file": "tables/points.csv"}, Path("examples"))
    """
    file = _file_of(data_table(data))
    if file is None:
        return
    if not _stays_inside(file) or not _real(folder / file).is_relative_to(_real(folder)):
        raise InputError("path-outside", name=shortened(file))


def _real(path: Path) -> Path:
    """Where a path leads when its links are followed; one that turns in a circle leads nowhere."""
    return Path(os.path.realpath(path))


def _stays_inside(file: str) -> bool:
    """Whether a name leads into the folder, as POSIX and as Windows read it, and is no device."""
    paths = PurePosixPath(file), PureWindowsPath(file)
    outside = any(path.drive or path.root or ".." in path.parts for path in paths)
    return not outside and "\0" not in file and not any(map(is_device, paths[1].parts))


def is_path(value: Any) -> bool:
    """Whether it can name a file; a list under the key "file" is a column."""
    return isinstance(value, str | Path)


def _file_of(given: dict[str, Any]) -> str | None:
    """The name of the file, taken out of the table."""
    file = given.get(_FILE)
    if file is None or entries(_plain(file)) is not None:
        return None
    if not is_path(file):
        raise InputError("not-text", name=_FILE, value=shortened(file))
    return str(given.pop(_FILE))


def _naming_of(given: dict[str, Any], has_file: bool) -> Naming:
    """Names by the heads of the file that they stand for, or names in order, taken out of the table."""
    columns = given.get(_COLUMNS)
    if columns is None or not (has_file or isinstance(columns, Mapping)):
        return None
    if not has_file:
        raise InputError("columns-without-file")
    if isinstance(columns, Mapping):
        return _heads(given.pop(_COLUMNS))
    words = entries(columns)
    if not words or not all(isinstance(word, str) for word in words):
        raise InputError("columns", value=shortened(columns))
    given.pop(_COLUMNS)
    return _once(words)


def _heads(columns: Mapping[Any, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, head in named(columns, _COLUMNS).items():
        if not isinstance(head, str):
            raise InputError("not-text", name=f"{_COLUMNS}.{word}", value=shortened(head))
        if head in found:
            raise InputError("name-twice", name=shortened(head), table=_COLUMNS)
        found[head] = word
    return found


def _once(words: list[str]) -> list[str]:
    names = [name_of(word) for word in words]
    again = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if again is not None:
        raise InputError("name-twice", name=again, table=_COLUMNS)
    return names


def _plain(value: Any) -> Any:
    """A pandas Series as the array that it holds."""
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def _column(value: Any, word: str) -> Any:
    """A column or a matrix; raises InputError for what has no rows."""
    plain = _plain(value)
    column = exact_entries(plain, word) if isinstance(plain, str) or entries(plain) is not None else None
    if not is_array(column):
        raise InputError("not-a-column", name=word, value=shortened(value))
    return column


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
