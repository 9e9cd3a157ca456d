"""CSV files as columns of exact decimals. What can be read in two ways is refused, with its row and column.

The text is gone through row by row, more than once: what is held beside it is the numbers, not the cells.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from symgd.descent.columns import Columns, Naming
from symgd.descent.csv_numbers import Commas, exact, fault, is_number, is_plain, survives_a_double, with_points
from symgd.descent.notes import Note
from symgd.descent.reading import MOST_EXACT, name_of, shortened
from symgd.errors import InputError, Reason
from symgd.expressions.alphabet import AS_TYPED
from symgd.files import bounded, named
from symgd.limits import author, beyond

#: The encodings that are tried, by their name for Python and for a reader; after a byte-order mark of two bytes, one.
ENCODINGS = {"utf-8-sig": "UTF-8", "cp950": "Big5 (cp950)"}
MARKED = {"utf-16": "UTF-16"}
_CHUNK = 4096
#: Full-width digits, letters and signs as plain ones; a full-width comma is no separator.
_PLAIN = {code: twin for code, twin in AS_TYPED.items() if twin not in ("*", " ") and code != ord("，")}
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
SEPARATOR_LINE = re.compile(r"sep=(.)\s*(?=[\r\n]|\Z)")


class Row(NamedTuple):
    """The cells of a row, and the line of the file on which it begins, from 1."""

    line: int
    cells: list[str]


def read_csv(path: Path, naming: Naming = None) -> Columns:
    """The columns of a CSV file by their names.

    Separators are commas, semicolons or tabs; decimals have a point, or a comma where that is unambiguous. The first
    row holds the names, unless it is of numbers alone: then `naming` lists a name for each column. Where `naming` maps
    heads of the file to names, only those columns are read. UTF-8, UTF-16 with a byte-order mark, else Big5 (cp950),
    which a note says. Up to 20,000 numbers are exact; more are doubles, which keep decimals of up to 15 digits (a note
    says where there are longer ones). Raises InputError with row and column.
    """
    text, encoding = decoded_file(path)
    found = columns_of_text(text, path.name, naming)
    if encoding == "UTF-8":
        return found
    return Columns(found.columns, (Note("encoding", {"file": path.name, "encoding": encoding}), *found.notes))


def columns_of_text(text: str, file: str = "CSV", naming: Naming = None) -> Columns:
    """The columns of CSV text; `file` is what messages call it. Raises InputError as `read_csv` does.

    >>> columns_of_text("x;y\\n1,5;2\\n").columns["x"].tolist()
    [Fraction(3, 2)]
    """
    return _Reader(text, file, naming).columns()


def decoded_file(path: Path) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8, UTF-16 with a mark, else Big5. Raises InputError."""
    raw = _bytes(path)
    encodings = MARKED if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    if encodings is ENCODINGS and b"\0" in raw:
        raise InputError("null-byte", name=path.name, byte=raw.index(b"\0") + 1)
    for encoding, shown in encodings.items():
        try:
            return raw.decode(encoding), shown
        except UnicodeDecodeError as error:
            byte = error.start + 1
    raise InputError("encoding", name=path.name, byte=byte)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return bounded(file, "table_bytes", path.name)
    except FileNotFoundError:
        raise InputError("file-missing", name=named(path)) from None
    except IsADirectoryError:
        raise InputError("csv-folder", name=named(path)) from None
    except (OSError, ValueError) as error:  # a name with a null character is a ValueError
        raise InputError("file", name=shortened(named(path)), reason=Reason(error)) from None


def _plain(text: str) -> str:
    return text if text.isascii() else text.translate(_PLAIN)


class _Reader:
    """Reads one text; `file` is what messages call it."""

    def __init__(self, text: str, file: str, naming: Naming) -> None:
        text = _plain(text.removeprefix("\ufeff"))
        told = SEPARATOR_LINE.match(text)  # a spreadsheet's own first line
        self.text = text[told.end() :] if told else text
        self.separator = told[1] if told else separator_of(self.text)
        self.file, self.naming = file, naming
        self.heads: list[str] = []
        self.first = 0  # rows before the numbers

    def columns(self) -> Columns:
        head = next(self.rows(), None)
        if head is None:
            raise InputError("csv-empty", file=self.file)
        chosen = self.chosen(head)
        count = self.counted(len(chosen))
        commas = self.has_decimal_commas(list(chosen.values()))
        return self.numbers(chosen, commas, count * len(chosen) > MOST_EXACT)

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank."""
        reader = csv.reader(lines_of(self.text), delimiter=self.separator, skipinitialspace=True, strict=True)
        line, longest = 1, author().cell
        if longest > csv.field_size_limit():
            csv.field_size_limit(longest)
        try:
            for cells in reader:
                check_cells(cells, longest, self.file)
                if cells and any(map(str.strip, cells)):
                    yield Row(line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            if "field limit" in str(error):
                raise beyond("cell", longest, file=self.file) from None
            raise InputError("csv-broken", file=self.file, row=line) from None

    def body(self) -> Iterator[Row]:
        """The rows of numbers, each checked to have a cell for every column and no more."""
        width, separator = len(self.heads), self.separator
        for row in islice(self.rows(), self.first, None):
            if len(row.cells) != width:
                extra = any(map(str.strip, row.cells[width:]))
                if len(row.cells) < width or extra:
                    code = "csv-width-comma" if extra and separator == "," else "csv-width"
                    self.fail(code, row.line, min(len(row.cells), width), found=len(row.cells), wanted=width)
            yield row

    def counted(self, columns: int) -> int:
        limits = author()
        count = sum(1 for _ in islice(self.rows(), self.first, limits.rows + self.first + 1))
        if not count:
            raise InputError("csv-no-rows", file=self.file)
        for limit, found in (("rows", count), ("cells", count * columns)):
            if found > getattr(limits, limit):
                raise beyond(limit, getattr(limits, limit), file=self.file)
        return count

    # heads

    def chosen(self, head: Row) -> dict[str, int]:
        """The place of each column that is read, by its name."""
        cells = [cell.strip() for cell in head.cells]
        while not cells[-1]:  # behind the last separator of every row stands no column
            cells.pop()
        self.heads = cells
        named = any(any(map(str.isalpha, cell)) and not is_number(cell) for cell in cells)
        if isinstance(self.naming, Mapping) or self.naming is None:
            return self.by_head(head, named)
        if not named:
            self.heads = [""] * len(cells)
        self.first = int(named)
        if len(self.naming) != len(cells):
            names = ", ".join(self.naming)
            raise InputError("csv-names", file=self.file, found=len(self.naming), wanted=len(cells), names=names)
        return {name: place for place, name in enumerate(self.naming)}

    def by_head(self, head: Row, named: bool) -> dict[str, int]:
        if not named and not self.naming:
            raise InputError("csv-no-head", file=self.file, row=head.line)
        self.first = 1
        naming = {_plain(word).strip(): name for word, name in (self.naming or {}).items()}  # type: ignore[union-attr]
        absent = [word for word in naming if word not in self.heads]
        if absent:
            known = ", ".join(filter(None, self.heads))
            raise InputError("csv-no-column", file=self.file, head=shortened(absent[0]), known=shortened(known, 200))
        found: dict[str, int] = {}
        for place, word in enumerate(self.heads):
            if naming and word not in naming:
                continue
            name = naming.get(word) or self.named(word, head.line, place)
            if name in found:
                self.fail("csv-twice", head.line, place, head=shortened(word))
            found[name] = place
        return found

    def named(self, word: str, line: int, place: int) -> str:
        if not word:
            self.fail("csv-no-name", line, place)
        try:
            return name_of(word)
        except InputError:
            self.fail("csv-head", line, place, head=shortened(word))

    # numbers

    def has_decimal_commas(self, places: Sequence[int]) -> bool:
        """Whether a comma in a cell is a decimal comma; refused where it may part thousands."""
        if "," not in self.text or (self.separator == "," and '"' not in self.text):
            return False
        commas = Commas()
        for row in self.body():
            for place in places:
                commas.see(row.cells[place], (row, place))
        for code, found in (("csv-thousands", commas.ambiguous), ("csv-mixed", commas.mixed)):
            if isinstance(found, tuple):
                row, place = found
                self.fail(code, row.line, place, cell=row.cells[place].strip())
        return commas.decimal

    def numbers(self, chosen: Mapping[str, int], commas: bool, large: bool) -> Columns:
        """The columns, read a few thousand rows at a time."""
        import numpy as np

        kept: dict[str, list[Any]] = {name: [] for name in chosen}
        lossless = True
        rows = self.body()
        while chunk := list(islice(rows, _CHUNK)):
            for name, cells in self.checked(chunk, chosen, commas).items():
                kept[name].append(np.array([float(cell) for cell in cells] if large else exact(cells)))
                lossless = lossless and (not large or all(map(survives_a_double, cells)))
        notes = () if lossless else (Note("data-rounded", {"file": self.file}),)
        return Columns({name: np.concatenate(parts) for name, parts in kept.items()}, notes)

    def checked(self, chunk: Sequence[Row], chosen: Mapping[str, int], commas: bool) -> dict[str, list[str]]:
        """The cells of some rows as decimals with a point, column by column."""
        found = {name: [row.cells[place] for row in chunk] for name, place in chosen.items()}
        if commas:
            found = {name: with_points(cells) for name, cells in found.items()}
        if not all(map(is_plain, found.values())):
            self.blame(chunk, list(chosen.values()), commas)
        return found

    def blame(self, chunk: Sequence[Row], places: Sequence[int], commas: bool) -> NoReturn:
        """Raise for the first cell, row by row, that is no number."""
        cells = ((row, place, row.cells[place]) for row in chunk for place in places)
        row, place, cell = next(at for at in cells if not is_plain(with_points([at[2]]) if commas else [at[2]]))
        code, facts = fault(cell)
        self.fail(code, row.line, place, **facts)

    def fail(self, code: str, line: int, place: int, **facts: object) -> NoReturn:
        """Raise with the file, the row as an editor counts it, and the column by number and name."""
        head = self.heads[place] if place < len(self.heads) else ""
        shown = f"{place + 1} ({shortened(head, 30)})" if head else str(place + 1)
        raise InputError(code, **{"file": self.file, "row": line, "column": shown, **facts})  # type: ignore[arg-type]


def check_cells(cells: Sequence[str], longest: int, file: str) -> None:
    """Raise where there are more cells in a row, or longer ones, than the limits allow."""
    check_columns(cells, file)
    if sum(map(len, cells)) > longest and max(map(len, cells)) > longest:
        raise beyond("cell", longest, file=file)


def check_columns(cells: Sequence[str], file: str) -> None:
    """Raise where a row has more cells, up to the last that is not blank, than the limit allows."""
    most = author().columns
    if len(cells) > most and any(map(str.strip, cells[most:])):
        raise beyond("columns", most, file=file)


def lines_of(text: str) -> Iterator[str]:
    r"""The lines of CSV with their ends; a large text is not copied for it.

    >>> list(lines_of("a\r\nb\r\nc"))
    ['a\r\n', 'b\r\n', 'c']
    """
    return (found[0] for found in _LINE.finditer(text))


def separator_of(text: str) -> str:
    """What parts the cells of the first row that has any: a semicolon, a tab or a comma."""
    line = next((row for row in lines_of(text) if row.strip(" \t\r\n;,")), "")
    outside = re.sub(r'"[^"]*"', "", line)
    return next((sign for sign in (";", "\t") if sign in outside), ",")
