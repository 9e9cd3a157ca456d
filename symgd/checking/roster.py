"""A class's submissions, read from CSV or JSON lines: who wrote which working, and the row as it came."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from symgd.checking.answers import answer_line, natural, weights_in
from symgd.checking.cells import undefused
from symgd.checking.roster_heads import Heads, Named, matched_heads, student_head, tight
from symgd.descent.csv_files import SEPARATOR_LINE, Row, check_columns, decoded_file, lines_of, separator_of
from symgd.descent.notes import Note
from symgd.descent.reading import shortened
from symgd.errors import InputError
from symgd.limits import author, beyond

_LINES = (".jsonl", ".ndjson", ".json")
_UTF_8 = "UTF-8"
_SEPARATORS = (",", ";", "\t", "|")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Submission:
    """What one row of a class says: the `student`, the lines of `working`, and the row as it came.

    `row` is the line of the file on which it begins, from 1; `original` holds every cell by the head of its column.
    `asked` are the quantities that the columns ask for, where nothing but columns does.
    """

    student: str
    working: str
    row: int
    original: dict[str, str]
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """A class: its submissions in the order of the file, and how the file was read.

    `columns` are the heads in order; `matched` says of a head what it stands for (student, working or a quantity),
    `unmatched` are the others; `duplicates` are students with more than one row, all of which are submissions.
    """

    submissions: tuple[Submission, ...]
    columns: tuple[str, ...]
    matched: dict[str, str]
    unmatched: tuple[str, ...]
    duplicates: tuple[str, ...]
    encoding: str
    warnings: tuple[Note, ...]


class Cells(NamedTuple):
    """What a file holds, whatever its form: heads and their line, rows by heads with theirs, and what is odd."""

    heads: tuple[str, ...]
    line: int
    rows: list[tuple[int, dict[str, str]]]
    odd: Sequence[Note]


class Table(NamedTuple):
    """CSV as it stands: its heads, its rows without blank ones, what parts its cells, and what is odd in it."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str
    warnings: tuple[Note, ...]
    line: int  # of the heads


def read_roster(path_or_text: Path | str, quantities: Sequence[str], named: Named = lambda head: None) -> Roster:
    """The submissions of a class from CSV or JSON lines, matched to the `quantities` that are asked for.

    `named` tells the quantity of a head that is spelled in another way (`answers.quantity_of_head`). A Path is a file;
    so is a str of one line, unless it begins with a brace. A table needs a column that says whose row it is (student,
    student_id, email, 學號 ...) and either columns headed by quantities, each of whose cells becomes a line
    `quantity = cell`, or a column of working; where it has both, the working stands first. Whatever the order of the
    columns, slopes stand before changes, and these before weights. An object of JSON lines has "student" and "working"
    (text, or a list of lines) or quantities (also inside "answers").
    A broken row or line is a warning and stops nothing. Raises InputError where no column says whose row it is, or
    none holds answers.

    >>> roster = read_roster("student,w1\\ns001,0.51\\n", ["w1"])
    >>> roster.submissions[0].working, roster.matched
    ('w1 = 0.51', {'student': 'student', 'w1': 'w1'})
    """
    text, encoding, name = _loaded(path_or_text)
    is_json = Path(name).suffix.lower() in _LINES or text.lstrip().startswith("{")
    file = name or ("JSON" if is_json else "CSV")
    found = (_of_lines if is_json else _of_csv)(text, file)
    heads = matched_heads(found.heads, quantities, file, found.line, named)
    _check(heads, found, quantities, file)
    matched, weights = heads.matched(), weights_in(quantities)
    order = natural(heads.answers, weights)
    made = tuple(_submission(cells, heads, order, weights, line) for line, cells in found.rows)
    rest = tuple(head for head in found.heads if head not in matched)
    told = [] if encoding == _UTF_8 else [Note("encoding", {"file": file, "encoding": encoding})]
    nameless = [Note("roster.nameless", {"file": file, "row": each.row}) for each in made if not each.student]
    return Roster(made, found.heads, matched, rest, _duplicates(made), encoding, (*told, *found.odd, *nameless))


def read_table(text: str, file: str = "CSV") -> Table:
    """The cells of CSV text just as they are. Raises InputError for what is no CSV or has a head twice.

    >>> read_table("id;w\\ns001; 1,5\\n").rows
    (Row(line=2, cells=['s001', ' 1,5']),)
    """
    told = SEPARATOR_LINE.match(text)  # a spreadsheet's own first line; a blank one is left of it
    body = text[told.end() :] if told else text
    separator = told[1] if told and told[1] in _SEPARATORS else _separator_of(body)
    rows = _even_rows(body, separator, file)
    if not rows:
        raise InputError("csv-empty", file=file)
    head, *rest = rows
    heads = _heads(head, max(_used(row.cells) for row in rows), file)
    width = len(heads)
    notes = [
        Note("roster.width", {"file": file, "row": row.line, "found": len(row.cells), "wanted": width})
        for row in rest
        if len(row.cells) < width or any(map(str.strip, row.cells[width:]))
    ]
    return Table(heads, tuple(_fitted(row, width, separator) for row in rest), separator, tuple(notes), head.line)


# files and text


def _loaded(path_or_text: Path | str) -> tuple[str, str, str]:
    """The text without its byte-order mark, its encoding, and what messages call it."""
    if isinstance(path_or_text, str) and not _is_name(path_or_text):
        return path_or_text.removeprefix("\ufeff"), _UTF_8, ""
    path = Path(path_or_text)
    text, encoding = decoded_file(path)
    return text.removeprefix("\ufeff"), encoding, path.name


def _is_name(text: str) -> bool:
    return bool(text.strip()) and not re.search(r"[\r\n]", text) and not text.lstrip().startswith("{")


# CSV


def _of_csv(text: str, file: str) -> Cells:
    table = read_table(text, file)
    rows = [(row.line, dict(zip(table.heads, row.cells, strict=True))) for row in table.rows]
    return Cells(table.heads, table.line, rows, table.warnings)


def _separator_of(text: str) -> str:
    """What parts the cells: the sign that leaves a student's column among the heads, else the one that is there."""
    guess = separator_of(text)
    return next((sign for sign in (guess, *_SEPARATORS) if _parts(text, sign)), guess)


def _parts(text: str, separator: str) -> bool:
    """Whether the first row has a student's column when its cells are parted so."""
    reader = csv.reader(lines_of(text), delimiter=separator)
    try:
        head = next((cells for cells in reader if any(map(str.strip, cells))), [])
    except csv.Error:
        return False
    return student_head(head) is not None


def _even_rows(text: str, separator: str, file: str) -> list[Row]:
    """The rows that are not blank; blanks before quotation marks are passed over where that makes rows even."""
    rows = _rows(text, separator, file, False)
    if len({len(row.cells) for row in rows}) > 1:
        again = _rows(text, separator, file, True)
        if len({len(row.cells) for row in again}) == 1:
            return again
    return rows


def _rows(text: str, separator: str, file: str, skip: bool) -> list[Row]:
    reader = csv.reader(lines_of(text), delimiter=separator, skipinitialspace=skip, strict=True)
    found, line = [], 1
    limit = csv.field_size_limit(author().table_bytes)  # a page that one student pasted does not stop the others
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                found.append(Row(line, cells))
                check_columns(cells, file)
                _check_rows(len(found) - 1, file)
            line = reader.line_num + 1
    except csv.Error:
        raise InputError("csv-broken", file=file, row=line) from None
    finally:
        csv.field_size_limit(limit)
    return found


def _check_rows(count: int, file: str) -> None:
    """Raise where there are more rows than the limit allows."""
    if count > author().rows:
        raise beyond("rows", author().rows, file=file)


def _heads(head: Row, used: int, file: str) -> tuple[str, ...]:
    cells = head.cells[:used]
    for place, cell in enumerate(cells):
        if cell in cells[:place]:
            code, shown = ("csv-twice", shortened(cell)) if cell.strip() else ("csv-no-name", "")
            column = f"{place + 1} ({shortened(cell, 30)})" if cell.strip() else str(place + 1)
            raise InputError(code, file=file, row=head.line, column=column, head=shown)
    return tuple(cells)


def _used(cells: Sequence[str]) -> int:
    """How many cells of a row there are up to the last that is not blank."""
    return max(place for place, cell in enumerate(cells, start=1) if cell.strip())


def _fitted(row: Row, width: int, separator: str) -> Row:
    """The row with a cell for every head: what is too much belongs to the last, as behind an unquoted comma."""
    cells = row.cells + [""] * (width - len(row.cells))
    if any(map(str.strip, cells[width:])):
        cells = [*cells[: width - 1], separator.join(cells[width - 1 :])]
    return Row(row.line, cells[:width])


# JSON lines


def _of_lines(text: str, file: str) -> Cells:
    rows, broken = _objects(text, file)
    if not rows:
        raise InputError("roster-lines", file=file, row=broken[0].facts["row"] if broken else 1)
    heads = tuple(dict.fromkeys(key for _, found in rows for key in found))
    return Cells(heads, rows[0][0], rows, broken)


def _objects(text: str, file: str) -> tuple[list[tuple[int, dict[str, str]]], list[Note]]:
    """The objects with their lines, their values as text, and a note for each line that is none."""
    found: list[tuple[int, dict[str, str]]] = []
    broken: list[Note] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        value = _parsed(line)
        if isinstance(value, dict):
            found.append((number, _texts(value)))
            check_columns(list(map(str, value)), file)
            _check_rows(len(found), file)
        else:
            broken.append(Note("roster.line", {"file": file, "row": number, "text": shortened(line.strip())}))
    return found, broken


def _parsed(line: str) -> Any:
    try:  # numbers stay as they were typed
        return json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _texts(value: Mapping[str, Any]) -> dict[str, str]:
    """The object with text for values: lines of a list below each other, answers beside the other keys."""
    inner = value.get("answers")
    flat = dict(value)
    if isinstance(inner, Mapping):
        del flat["answers"]
        flat |= inner
    return {_whole(key): _text(each) for key, each in flat.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _whole("\n".join(value))
    return _whole(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _whole(text: str) -> str:
    """Text without halves of surrogate pairs, which could not be written again."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


# submissions


def _submission(
    cells: dict[str, str], heads: Heads, order: Sequence[tuple[str, str]], weights: Collection[str], row: int
) -> Submission:
    student = undefused(cells.get(heads.student or "", "").strip())
    working = undefused(cells.get(heads.working, "")) if heads.working is not None else ""
    lines = [answer_line(quantity, undefused(cells.get(head, "")), weights) for head, quantity in order]
    asked = tuple(quantity for _, quantity in order) if heads.working is None else ()
    return Submission(student, "\n".join(filter(str.strip, [working, *lines])), row, cells, asked)


def _duplicates(made: Sequence[Submission]) -> tuple[str, ...]:
    """Students with several rows, in the spelling of the first; neither case nor width makes another student."""
    spelled: dict[str, list[str]] = {}
    for each in made:
        spelled.setdefault(tight(each.student).casefold(), []).append(each.student)
    return tuple(names[0] for key, names in spelled.items() if key and len(names) > 1)


def _check(heads: Heads, found: Cells, quantities: Sequence[str], file: str) -> None:
    """Raise where no column says whose row it is, or none has answers."""
    shown = ", ".join(filter(None, found.heads))
    facts: dict[str, Any] = {"text": shown, "length": len(shown), "file": file, "row": found.line}
    facts["columns"] = len(found.heads)
    if heads.student is None:
        raise InputError("roster-no-student", **facts)
    if heads.working is None and not heads.answers:
        raise InputError("roster-no-answer", **facts, known=shortened(", ".join(quantities), 200) or "working")
