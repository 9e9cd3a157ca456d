"""Tables with names on top, as lines: of `| step | w1 | w2 |` the row `| 1 | 0.51 | 0.24 |` is w1[1] = 0.51 …

Slopes and losses are read where it is clear which weights they belong to: in a table that begins with the start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from symgd.checking.chains import words
from symgd.checking.notations import Quantity, quantity_named
from symgd.checking.world import Facts
from symgd.expressions.names import canonical
from symgd.numbers.systems import rational
from symgd.numbers.values import is_array

_STEPS = words(
    "step steps update updates updatesmade iteration iterations iter epoch epochs t k n # no round time"
    " 次 次數 第次 第幾次 更新 更新次數 步 步數 步驟 迭代 迭代次數 疊代 回合"
)
_RULE = re.compile(r"[\s|:+-]+")
_COUNT = re.compile(r"[^\d.,]{0,12}(\d{1,6})[^\d.,]{0,12}")
_DECIMAL = re.compile(r"[-−]?\d{1,30}(?:\.\d{1,30})?")
_NUMBER = re.compile(r"(?<!\w)\d")
#: A value with the number of the blank that it fills, as keys have it.
_NUMBERED = re.compile(r"^([-−]?[\d.]+)\s+\(\d{1,4}\)$")
#: What stands in no name of a column: the signs of a relation or a formula, a number in front.
_NO_HEAD = re.compile(r"[=≈<>+*×·←]|^[-−(]*\d")
_NOTHING = frozenset(("", "-", "–", "—", "/", "…", "..."))
#: Kinds of columns beside those of weights that may be read.
_BESIDE = ("slope", "loss")


class Tabled(NamedTuple):
    """A text with its tables as lines; `unread` where a table, or a part of one, could not be read."""

    text: str
    unread: bool = False


class _Table(NamedTuple):
    """The head of a table: the column of numbers of updates, the quantities of the others; its rows by their lines."""

    counted: int | None
    columns: Mapping[int, Quantity | None]
    rows: Mapping[int, Sequence[str]]


def tabled(text: str, facts: Facts) -> Tabled:
    """The text with every table that can be read as lines, each row in its own."""
    if "|" not in text and "\t" not in text:
        return Tabled(text)
    lines, unread, place = text.split("\n"), False, 0
    while place < len(lines):
        table = _table(lines, place, facts)
        if table is not None:
            written, whole = _written(table, facts)
            unread = unread or not whole
            for number in range(place, max(table.rows) + 1):
                lines[number] = written.get(number, "")
            place = max(table.rows)
        place += 1
    return Tabled("\n".join(lines), unread)


def _table(lines: Sequence[str], place: int, facts: Facts) -> _Table | None:
    """The table whose head stands in a line; None where none does."""
    heads = _cells(lines[place])
    columns = {column: _quantity(head, facts) for column, head in enumerate(heads)}
    known = [found for found in columns.values() if found is not None and found.kind in ("weight", "slope")]
    if len(heads) < 2 or not known or any(_NO_HEAD.search(head) for head in heads):
        return None
    rows: dict[int, Sequence[str]] = {}
    for number in range(place + 1, len(lines)):
        cells = _cells(lines[number])
        if _RULE.fullmatch(lines[number]) and "-" in lines[number] and not rows:
            continue
        if not 1 < len(cells) <= len(heads) or not any(letter.isdigit() for cell in cells for letter in cell):
            break
        if not rows and not any(_NUMBER.search(cell) for cell in cells):
            break
        rows[number] = [*cells, *[""] * (len(heads) - len(cells))]
    if not rows:
        return None
    counts = [column for column, head in enumerate(heads) if _is_count(head, facts)]
    others = {column: found for column, found in columns.items() if column not in counts[:1]}
    return _Table(counts[0] if counts else None, others, rows)


def _cells(line: str) -> list[str]:
    bare = line.strip()
    mark = "|" if "|" in bare else "\t"
    return [_bare(cell) for cell in bare.strip("|").split(mark)] if mark in bare else []


def _bare(cell: str) -> str:
    """A cell without blanks, dollars and stars around it."""
    return _NUMBERED.sub(r"\1", cell.strip().strip("*`").strip().strip("$").strip())


def _is_count(head: str, facts: Facts) -> bool:
    word = re.sub(r"[\s_.]", "", head).casefold()
    return word in _STEPS and word not in facts.start


def _quantity(head: str, facts: Facts) -> Quantity | None:
    plain = re.sub(r"[\s{}]", "", head).replace("\\Delta", "Δ").replace("\\partial", "∂")
    return quantity_named(canonical(plain), facts)


def _written(table: _Table, facts: Facts) -> tuple[dict[int, str], bool]:
    """The rows as lines, and whether all that the table says is in them."""
    weights = {
        column: found.parameter
        for column, found in table.columns.items()
        if found is not None and found.kind == "weight" and found.update is None and found.parameter in facts.start
    }
    counts = {} if table.counted is None else {line: _count(row[table.counted]) for line, row in table.rows.items()}
    numbers = {line: count for line, count in counts.items() if count is not None}
    if not weights or len(numbers) < len(table.rows) or len({*weights.values()}) < len(weights):
        return {}, False
    first = next(iter(table.rows))
    early = numbers[first] == 1 and _is_start(table.rows[first], weights, facts)
    after = {line: count - early for line, count in numbers.items()}
    beside = _beside(table, facts) if _is_run(list(after.values())) and {*weights.values()} == {*facts.start} else {}
    written = {}
    for line, row in table.rows.items():
        said = [(f"{word}[{after[line]}]", row[column]) for column, word in weights.items()]
        said += [(text.format(after[line]), row[column]) for column, text in beside.items()]
        written[line] = "; ".join(f"{name} = {cell}" for name, cell in said if cell not in _NOTHING)
    return written, len(weights) + len(beside) == len(table.columns)


def _beside(table: _Table, facts: Facts) -> dict[int, str]:
    """The names of slopes and of the loss, by their columns; a loss says after which update it is."""
    found = {column: quantity for column, quantity in table.columns.items() if quantity is not None}
    names = {column: quantity.name for column, quantity in found.items() if quantity.kind in _BESIDE}
    loss = facts.problem.loss_name
    return {column: f"{name}_{{}}" if name == loss else name for column, name in names.items() if name}


def _count(cell: str) -> int | None:
    found = _COUNT.fullmatch(cell)
    return int(found[1]) if found else None


def _is_run(counts: Sequence[int]) -> bool:
    """Whether a table goes on from the start without a gap."""
    return list(counts) == list(range(len(counts)))


def _is_start(row: Sequence[str], weights: Mapping[int, str], facts: Facts) -> bool:
    """Whether a row says where the weights start."""
    for column, word in weights.items():
        start, cell = facts.start[word], row[column]
        if is_array(start) or not _DECIMAL.fullmatch(cell):
            return False
        if rational(Fraction(cell.replace("−", "-"))) != start:
            return False
    return True
