"""CSV files as columns of exact decimals. What can be read in two ways is refused, with its row and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from symgd.descent.reading import MOST_EXACT, name_of, shortened
from symgd.errors import InputError
from symgd.expressions.alphabet import AS_TYPED

ENCODINGS = ("utf-8-sig", "cp950")
MOST_ROWS = 1_000_000
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?\Z")
_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d{1,4})?\Z")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")


class Cell(NamedTuple):
    """A cell as it stands, with the line of the file and the column, both counted from 1."""

    text: str
    line: int
    column: int


def read_csv(path: Path, heads: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The columns of a CSV file by their names: arrays of Fractions, of floats where there are very many.

    The first row holds the names. Separators are commas, semicolons or tabs; decimals have a point, or a comma where
    that is unambiguous. `heads` maps heads of the file to names; with it, only these columns are read. The encoding is
    UTF-8 or UTF-16 with a byte-order mark, UTF-8, else Big5 (cp950). Raises InputError with row and column.
    """
    return _Reader(path.name, heads or {}).columns(_text(path))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError("file-missing", name=path.name) from None
    except IsADirectoryError:
        raise InputError("file-folder", name=path.name) from None
    except (OSError, ValueError) as error:
        raise InputError("file", name=shortened(path.name), reason=getattr(error, "strerror", "") or error) from None
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            byte = error.start + 1
    raise InputError("encoding", name=path.name, byte=byte)


class _Reader:
    """Reads one file; `name` is what messages call it."""

    def __init__(self, name: str, heads: Mapping[str, str]) -> None:
        self.name, self.heads = name, heads
        self.names: list[str] = []

    def columns(self, text: str) -> dict[str, Any]:
        rows = list(self.rows(text))
        if not rows:
            raise InputError("csv-empty", file=self.name)
        head, *body = rows
        if all(_POINT.match(cell.text) or _COMMA.match(cell.text) for cell in head):
            self.fail("csv-no-head", head[0])
        if not body:
            raise InputError("csv-no-rows", file=self.name)
        width = self.width(head, body)
        self.names = [cell.text for cell in head[:width]]
        for row in body:
            self.check_width(row, width)
        chosen = self.chosen(head[:width])
        commas = self.has_decimal_commas([cell for row in body for cell in row[:width]])
        return {name: self.column([row[place] for row in body], commas) for name, place in chosen.items()}

    def rows(self, text: str) -> Iterator[list[Cell]]:
        """The rows that are not blank, cells stripped; full-width digits and signs as plain ones."""
        reader = csv.reader(io.StringIO(text.translate(_PLAIN), newline=""), delimiter=_separator(text))
        try:
            for count, row in enumerate(reader):
                if count > MOST_ROWS:
                    raise InputError("csv-too-long", file=self.name, most=MOST_ROWS)
                if any(cell.strip() for cell in row):
                    yield [Cell(cell.strip(), reader.line_num, place) for place, cell in enumerate(row, 1)]
        except csv.Error:
            raise InputError("csv-broken", file=self.name, row=reader.line_num) from None

    def width(self, head: Sequence[Cell], body: Sequence[Sequence[Cell]]) -> int:
        """How many columns there are: an empty one behind the last separator of every row is none."""
        last = len(head) - 1
        empty = not head[last].text and all(len(row) <= last or not row[last].text for row in body)
        return last if empty and last else len(head)

    def check_width(self, row: Sequence[Cell], width: int) -> None:
        extra = [cell for cell in row[width:] if cell.text]
        if len(row) < width or extra:
            found = max(len(row) - (0 if extra else len(row[width:])), 0)
            self.fail("csv-width", row[0], found=found, wanted=width)

    def chosen(self, head: Sequence[Cell]) -> dict[str, int]:
        """The place of each column by its name."""
        texts = [cell.text for cell in head]
        absent = [word for word in self.heads if word not in texts]
        if absent:
            raise InputError("csv-no-column", file=self.name, head=absent[0], known=", ".join(texts))
        found: dict[str, int] = {}
        for place, cell in enumerate(head):
            if self.heads and cell.text not in self.heads:
                continue
            name = self.heads.get(cell.text) or self.named(cell)
            if name in found:
                self.fail("csv-twice", cell, head=cell.text)
            found[name] = place
        return found

    def named(self, cell: Cell) -> str:
        if not cell.text:
            self.fail("csv-no-name", cell)
        try:
            return name_of(cell.text)
        except InputError:
            self.fail("csv-head", cell, head=shortened(cell.text))

    def has_decimal_commas(self, cells: Sequence[Cell]) -> bool:
        """Whether a comma in a cell is a decimal comma; refused where it may part thousands."""
        with_comma = [
            cell for cell in cells if "," in cell.text and (_COMMA.match(cell.text) or _THOUSANDS.match(cell.text))
        ]
        if not with_comma:
            return False
        thousands = [cell for cell in with_comma if _THOUSANDS.match(cell.text)]
        points = [cell for cell in cells if "." in cell.text and _POINT.match(cell.text)]
        clear = any(not _THOUSANDS.match(cell.text) for cell in with_comma)
        if thousands and (points or not clear or not all(_COMMA.match(cell.text) for cell in thousands)):
            self.fail("csv-thousands", thousands[0], cell=thousands[0].text)
        if points:
            self.fail("csv-mixed", with_comma[0], cell=with_comma[0].text)
        return True

    def column(self, cells: Sequence[Cell], commas: bool) -> Any:
        from symgd.numbers.arrays import array  # loads NumPy, which numbers do without

        if len(cells) * len(self.names) > MOST_EXACT:
            import numpy as np

            return np.array([float(self.checked(cell, commas)) for cell in cells])
        return array([Fraction(self.checked(cell, commas)) for cell in cells])

    def checked(self, cell: Cell, commas: bool) -> str:
        """A cell as a decimal that Python reads."""
        text = cell.text.replace(",", ".") if commas and _COMMA.match(cell.text) else cell.text
        if _POINT.match(text):
            return text
        if not text:
            self.fail("csv-missing", cell)
        self.fail("csv-percent" if text.endswith("%") else "csv-cell", cell, cell=shortened(cell.text))

    def fail(self, code: str, where: Cell, **facts: Any) -> NoReturn:
        """Raise with the file, the row as an editor counts it, and the column by number and name."""
        known = self.names[where.column - 1] if where.column <= len(self.names) else ""
        shown = f"{where.column} ({known})" if known else str(where.column)
        raise InputError(code, file=self.name, row=where.line, column=shown, **facts)


_PLAIN = {code: twin for code, twin in AS_TYPED.items() if twin not in ("*", " ") and code != ord("，")}


def _separator(text: str) -> str:
    """What parts the cells of the first row that has any: a semicolon, a tab or a comma."""
    line = next((row for row in text.splitlines() if row.strip()), "")
    return next((sign for sign in (";", "\t") if sign in line), ",")
