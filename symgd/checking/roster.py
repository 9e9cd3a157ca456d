"""A class's submissions, read from CSV or JSON lines: who wrote which working, and the row as it came."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from symgd.checking.cells import undefused
from symgd.checking.roster_heads import Heads, matched_heads, student_head, tight
from symgd.descent.csv_files import SEPARATOR_LINE, Row, check_columns, decoded_file, separator_of
from symgd.descent.notes import Note
from symgd.descent.reading import shortened
from symgd.errors import InputError
from symgd.limits import author, beyond

_LINES = (".jsonl", ".ndjson", ".json")
_UTF_8 = "UTF-8"
_SEPARATORS = (",", ";", "\t", "|")
_RELATION = re.compile(r"[=≈≃＝]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Submission:
    """What one row of a class says: the `student`, the lines of `working`, and the row as it came.

    `row` is the line of the file on which it begins, from 1; `original` holds every cell by the head of its column.
    """

    student: str
    working: str
    row: int
    original: dict[str, str]


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


class Table(NamedTuple):
    """CSV as it stands: its heads, its rows without blank ones, what parts its cells, and what is odd in it."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str
    warnings: tuple[Note, ...]
    line: int = 1  # of the heads


def read_roster(path_or_text: Path | str, quantities: Sequence[str]) -> Roster:
    """The submissions of a class from CSV or JSON lines, matched to the `quantities` that are asked for.

    A Path is a file; so is a str of one line, unless it begins with a brace. A table needs a column that says whose
    row it is (student, student_id, email, 學號 ...) and either columns headed by quantities, each of whose cells
    becomes a line `quantity = cell`, or a column of working; where it has both, the working stands first. Whatever the
    order of the columns, slopes stand before changes, and these before weights. An object
    of JSON lines has "student" and "working" (text, or a list of lines) or quantities (also inside "answers").
    A broken row or line is a warning and stops nothing. Raises InputError where no column says whose row it is, or
    none holds answers.

    >>> roster = read_roster("student,w1\\ns001,0.51\\n", ["w1"])
    >>> roster.submissions[0].working, roster.matched
    ('w1 = 0.51', {'student': 'student', 'w1': 'w1'})
    """
    text, encoding, file = _loaded(path_or_text)
    notes = () if encoding == _UTF_8 else (Note("encoding", {"file": file, "encoding": encoding}),)
    lines = Path(file).suffix.lower() in _LINES or text.lstrip().startswith("{")
    return (_from_lines if lines else _from_csv)(text, file, encoding, quantities, notes)


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
    heads = _heads(head, rest, file)
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


def _from_csv(text: str, file: str, encoding: str, quantities: Sequence[str], notes: tuple[Note, ...]) -> Roster:
    table = read_table(text, file or "CSV")
    heads = matched_heads(table.heads, quantities, file or "CSV", table.line)
    _check(heads, table.heads, quantities, file or "CSV", table.line)
    order = natural(heads.answers, _weights(quantities))
    made = [_submission(dict(zip(table.heads, row.cells, strict=True)), heads, order, row.line) for row in table.rows]
    return _roster(made, table.heads, heads, encoding, (*notes, *table.warnings), file or "CSV")


def _separator_of(text: str) -> str:
    """What parts the cells: the sign that leaves a student's column among the heads, else the one that is there."""
    guess = separator_of(text)
    return next((sign for sign in (guess, *_SEPARATORS) if _parts(text, sign)), guess)


def _parts(text: str, separator: str) -> bool:
    """Whether the first row has a student's column when its cells are parted so."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        head = next((cells for cells in reader if any(map(str.strip, cells))), [])
    except csv.Error:
        return False
    return len(head) > 1 and student_head(head) is not None


def _even_rows(text: str, separator: str, file: str) -> list[Row]:
    """The rows that are not blank; blanks before quotation marks are passed over where that makes rows even."""
    rows = _rows(text, separator, file, False)
    if len({len(row.cells) for row in rows}) > 1:
        again = _rows(text, separator, file, True)
        if len({len(row.cells) for row in again}) == 1:
            return again
    return rows


def _rows(text: str, separator: str, file: str, skip: bool) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=skip, strict=True)
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


def _heads(head: Row, rest: Sequence[Row], file: str) -> tuple[str, ...]:
    used = max((_used(row.cells) for row in rest), default=0)
    cells = head.cells[: max(_used(head.cells), min(used, len(head.cells)))]
    for place, cell in enumerate(cells):
        if cell in cells[:place]:
            code, shown = ("csv-twice", shortened(cell)) if cell.strip() else ("csv-no-name", "")
            column = f"{place + 1} ({shortened(cell, 30)})" if cell.strip() else str(place + 1)
            raise InputError(code, file=file, row=head.line, column=column, head=shown)
    return tuple(cells)


def _used(cells: Sequence[str]) -> int:
    """How many cells there are up to the last that is not blank."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)


def _fitted(row: Row, width: int, separator: str) -> Row:
    """The row with a cell for every head: what is too much belongs to the last, as behind an unquoted comma."""
    cells = row.cells + [""] * (width - len(row.cells))
    if any(map(str.strip, cells[width:])):
        cells = [*cells[: width - 1], separator.join(cells[width - 1 :])]
    return Row(row.line, cells[:width])


# JSON lines


def _from_lines(text: str, file: str, encoding: str, quantities: Sequence[str], notes: tuple[Note, ...]) -> Roster:
    name = file or "JSON"
    objects, broken = _objects(text, name)
    if not objects:
        row = broken[0].facts["row"] if broken else 1
        raise InputError("roster-lines", file=name, row=row)
    columns = tuple(dict.fromkeys(key for _, found in objects for key in found))
    heads = matched_heads(columns, quantities, name, objects[0][0])
    _check(heads, columns, quantities, name, objects[0][0])
    order = natural(heads.answers, _weights(quantities))
    made = [_submission(found, heads, order, line) for line, found in objects]
    return _roster(made, columns, heads, encoding, (*notes, *broken), name)


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


def _submission(cells: dict[str, str], heads: Heads, order: Sequence[tuple[str, str]], row: int) -> Submission:
    student = undefused(cells.get(heads.student or "", "").strip())
    working = undefused(cells.get(heads.working, "")) if heads.working is not None else ""
    lines = [_line(quantity, undefused(cells.get(head, ""))) for head, quantity in order]
    return Submission(student, "\n".join(filter(str.strip, [working, *lines])), row, cells)


_PLACE = re.compile(r"(?P<word>[^\[]+)(?:\[(?P<update>\d+)\])?\Z")


def natural(answers: Mapping[str, str], weights: Collection[str]) -> list[tuple[str, str]]:
    """Heads and quantities as they follow each other in a working, whatever the order of the columns.

    By updates; in one the slopes, the changes, the weights. A loss that stands behind weights is that after them.

    >>> [head for head, _ in natural({"A": "w[2]", "B": "w[1]", "C": "Δw", "D": "dL/dw"}, ["w"])]
    ['D', 'C', 'B', 'A']
    """
    moved, found = False, list[tuple[tuple[int, int], tuple[str, str]]]()
    for answer in answers.items():
        found.append((_place(answer[1], weights, moved), answer))
        moved = moved or answer[1] in weights
    return [answer for _, answer in sorted(found, key=lambda each: each[0])]


def _weights(quantities: Collection[str]) -> set[str]:
    return {word for word in quantities if f"Δ{word}" in quantities}


def _place(quantity: str, weights: Collection[str], moved: bool) -> tuple[int, int]:
    """The update of a quantity, and its place in it."""
    found = _PLACE.match(quantity)
    if found is None:
        return 1, 1
    update, word = int(found["update"] or 0), found["word"]
    if "/" in word and word.lstrip("-−").startswith(("d", "∂")):
        return update, 0
    if update:
        return update - 1, _LAST
    if word.startswith("Δ"):
        return 0, 1
    return 0, 2 if word in weights else _LAST if moved else 0


#: The place of what is after an update.
_LAST = 3


def _line(quantity: str, cell: str) -> str:
    """The answer as a line that says what it is the answer for; of an empty cell, none."""
    answer = cell.strip()
    if not answer:
        return ""
    relation = _RELATION.search(answer)
    if relation and tight(answer[: relation.start()]).casefold() == tight(quantity).casefold():
        return answer
    return f"{quantity} {answer}" if relation and not relation.start() else f"{quantity} = {answer}"


def _roster(
    made: Sequence[Submission],
    columns: tuple[str, ...],
    heads: Heads,
    encoding: str,
    notes: tuple[Note, ...],
    file: str,
) -> Roster:
    matched = heads.matched()
    rest = tuple(head for head in columns if head not in matched)
    nameless = tuple(Note("roster.nameless", {"file": file, "row": each.row}) for each in made if not each.student)
    warnings = (*notes, *nameless)
    return Roster(tuple(made), columns, matched, rest, _duplicates(made), encoding, warnings)


def _duplicates(made: Sequence[Submission]) -> tuple[str, ...]:
    """Students with several rows, in the spelling of the first; neither case nor width makes another student."""
    spelled: dict[str, list[str]] = {}
    for each in made:
        spelled.setdefault(tight(each.student).casefold(), []).append(each.student)
    return tuple(names[0] for key, names in spelled.items() if key and len(names) > 1)


def _check(heads: Heads, columns: Sequence[str], quantities: Sequence[str], file: str, line: int) -> None:
    """Raise where no column says whose row it is, or none has answers."""
    shown = ", ".join(filter(None, columns))
    facts: dict[str, Any] = {"text": shown, "length": len(shown), "file": file, "row": line}
    if heads.student is None:
        raise InputError("roster-no-student", **facts, columns=len(columns))
    if heads.working is None and not heads.answers:
        known = shortened(", ".join(quantities), 200) or "working"
        raise InputError("roster-no-answer", **facts, columns=len(columns), known=known)
