"""Tables with names on top, as lines: of `| step | w1 | w2 |` the row `| 1 | 0.51 | 0.24 |` is w1[1] = 0.51 …

Slopes, changes and losses are read where it is clear which weights they belong to: in a table that begins with the
start, or whose rows are updates from the old weight to the new one. Rows may be quantities as well: `| Δw | 0.01 |`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from symgd.checking.chains import words
from symgd.checking.comparing import alike
from symgd.checking.facts import Facts
from symgd.checking.notations import Quantity, quantity_named
from symgd.checking.prose import typed
from symgd.checking.tabulars import barred
from symgd.checking.world import Key, World, worth
from symgd.expressions.names import canonical
from symgd.numbers.systems import rational
from symgd.numbers.values import entries_of, is_array

Number = Any
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
_NO_HEAD = re.compile(r"[=≈←]|^[-−(]*\d")
#: A formula at the head of a column, which is not read.
_FORMULA = re.compile(r"[<>+*×·]|(?<=[^_{\s])\s*[-−]")
#: Over a column of what the new weight is worked out from.
_WORKINGS = words("calculation calculations working work 計算 計算過程 算式 過程")
_NOTHING = frozenset(("", "-", "–", "—", "/", "…", "..."))
#: Words for the quantity of a column or a row, where it is clear whose it is.
_WORDS = {
    "old": words("start old w_old 起始 起點 舊值 舊權重 原權重 舊的權重 oldweight currentweight"),
    "weight": words("new w_new next 新權重 新的權重 更新後 newweight 新值"),
    "negative": words("負梯度 -梯度 negativegradient -gradient -grad"),
    "slope": words("梯度 斜率 導數 gradient grad slope derivative dl/dw g"),
    "change": words("變化 變化量 權重變化 改變量 change weightchange Δw deltaw Δ"),
}
_KINDS = {word.casefold(): kind for kind, said in _WORDS.items() for word in said}


class Tabled(NamedTuple):
    """A text with its tables as lines; `unread` where a table, or a part of one, could not be read.

    `updates` says of lines after how many updates the slopes and changes in them are taken.
    """

    text: str
    unread: bool = False
    updates: Mapping[int, int] = MappingProxyType({})


class _Lines(NamedTuple):
    """A table as lines by their numbers from 0, whether all that it says is in them, and their updates."""

    written: Mapping[int, str]
    whole: bool = False
    updates: Mapping[int, int] = MappingProxyType({})


class _Table(NamedTuple):
    """The head of a table: the column of numbers of updates, the quantities of the others; its rows by their lines."""

    heads: Sequence[str]
    counted: int | None
    columns: Mapping[int, Quantity | None]
    rows: Mapping[int, Sequence[str]]


def tabled(text: str, facts: Facts) -> Tabled:
    """The text with every table that can be read as lines, each row in its own."""
    text = barred(text)
    if "|" not in text and "\t" not in text:
        return Tabled(text)
    lines, unread, updates = text.split("\n"), False, dict[int, int]()
    for place in range(len(lines)):
        for number, written in _lying(lines, place, facts).items():
            lines[number] = written
        table = _table(lines, place, facts)
        if table is not None:
            found = _written(table, facts)
            unread = unread or not found.whole
            updates |= {number + 1: update for number, update in found.updates.items()}
            for number in range(place, max(table.rows) + 1):
                lines[number] = found.written.get(number, "")
        else:
            unread = unread or _is_row(lines[place], facts)
    return Tabled("\n".join(lines), unread, updates)


def _is_row(line: str, facts: Facts) -> bool:
    """Whether a line is the row of a table: numbers alone between bars, which are not those of the data."""
    numbers = [Fraction(cell.replace("−", "-")) for cell in _cells(line) if _DECIMAL.fullmatch(cell)]
    given = {entry for value in facts.problem.data.values() for entry in entries_of(value)}
    if given.issuperset(numbers[1:]):
        return False
    return len(numbers) > 2 or (len(numbers) == 2 and (line.lstrip().startswith("|") or "\t" in line))


def _table(lines: Sequence[str], place: int, facts: Facts) -> _Table | None:
    """The table whose head stands in a line; None where none does."""
    heads = _cells(lines[place])
    columns = _quantities(heads, facts)
    is_known = any(found is not None and found.kind in ("weight", "slope") for found in columns.values())
    is_known |= any(_kind(head) == "weight" for head in heads)
    if not is_known or any(_NO_HEAD.search(head) for head in heads):
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
        rows[number] = [*cells, *[""] * len(heads)]
    if not rows:
        return None
    counts = [column for column, head in enumerate(heads) if _is_count(head, facts)]
    others = {column: found for column, found in columns.items() if column not in counts[:1]}
    return _Table(heads, counts[0] if counts else None, others, rows)


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


def _quantities(heads: Sequence[str], facts: Facts) -> dict[int, Quantity | None]:
    """What the columns of a table are about; words are read where only one parameter is meant."""
    read = {column: _quantity(head, facts) for column, head in enumerate(heads)}
    named = {column: None if found is None or found.entry else found for column, found in read.items()}
    meant = {found.parameter for found in named.values() if found is not None and found.parameter} or {*facts.start}
    if len(meant) == 1:
        word = meant.pop()
        named |= {
            column: _worded(kind, word, facts)
            for column, head in enumerate(heads)
            if (kind := _kind(head)) and (named[column] is None or not named[column].parameter)  # type: ignore[union-attr]
        }
    return named


def _quantity(head: str, facts: Facts) -> Quantity | None:
    plain = _FRACTION.sub(r"\1/\2", _AGE.sub("", typed(head)))
    plain = re.sub(r"[\s{}$]", "", plain).replace("−", "-").replace("\\Delta", "Δ").replace("\\partial", "∂")
    plain = _NOW.sub("", plain)
    if _FORMULA.search(plain):
        return None
    found = quantity_named(canonical(plain.removeprefix("-")), facts)
    if found is not None and _OLD.search(head):
        found = found._replace(old=True)
    if not plain.startswith("-"):
        return found
    return found._replace(kind="negative") if found is not None and found.kind == "slope" else None


#: Words for the weight before and after an update, around its name; the number of the update as a letter.
_AGE = re.compile(
    r"(?i)^\s*(?:new|old|next|current|updated|新的?|舊的?)\s*(?=[A-Za-z$])|(?<=[\w}$])\s+(?:new|old|next)\s*$"
)
_OLD = re.compile(r"(?i)\b(?:old|current)\b|舊")
_NOW = re.compile(r"_[tkn](?:\+1)?$")
_NEXT = re.compile(r"_\s*\{?\s*[tkn]\s*\+\s*1")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{(.*?)\}\s*\{(.*?)\}")


def _kind(head: str) -> str:
    """The kind of quantity that a word stands for, "" where it is none."""
    word = re.sub(r"[\s.]", "", head).replace("−", "-").casefold()
    return _KINDS.get(word, "")


def _worded(kind: str, word: str, facts: Facts) -> Quantity:
    """The quantity of a parameter that a word stands for."""
    names = {"change": "d", "slope": facts.slopes[word], "negative": facts.slopes[word]}
    return Quantity("weight" if kind == "old" else kind, names.get(kind, "w"), word, old=kind == "old")


def _spelled(quantity: Quantity) -> str:
    """A quantity as it is typed, with a place for the number of updates."""
    word, name = quantity.parameter, quantity.name
    typed = {
        "weight": f"{word}_old" if quantity.old else f"{word}[{{}}]",
        "change": f"Δ{word}",
        "loss": f"{name}_{{}}",
        "state": f"{name}[{word}]",
    }
    return typed.get(quantity.kind, f"-{name}" if quantity.kind == "negative" else _SECOND.sub(r"∂²\1/∂\2∂\3", name))


#: A second slope as it is kept.
_SECOND = re.compile(r"d(\w+)/d(\w+)/d(\w+)")


def _written(table: _Table, facts: Facts) -> _Lines:
    """The rows as lines, and whether all that the table says is in them."""
    if table.counted is None:
        return _by_parameters(table, facts) or _by_rows(table, facts)
    found = {column: quantity for column, quantity in table.columns.items() if quantity is not None}
    weights = {column: quantity for column, quantity in found.items() if _is_weight(quantity, facts)}
    for column, quantity in weights.items():  # of two columns of one weight the first is the old one
        twice = [other for other, said in weights.items() if said.parameter == quantity.parameter]
        if len(twice) == 2 and column == min(twice):
            weights[column] = found[column] = quantity._replace(old=True)
    only_old = all(quantity.old for quantity in weights.values())
    if only_old:  # where each update begins
        found |= {column: quantity._replace(old=False) for column, quantity in weights.items()}
    olds = [] if only_old else [column for column, quantity in weights.items() if quantity.old]
    new = {column: quantity.parameter for column, quantity in weights.items() if column not in olds}
    numbers = {line: count for line, row in table.rows.items() if (count := _count(row[table.counted])) is not None}
    if not new or len(numbers) < len(table.rows) or len({*new.values()}) < len(new):
        return _Lines({})
    first = next(iter(table.rows))
    early = numbers[first] == 1 and (only_old or _is_start(table.rows[first], new, facts))
    is_next = all(_NEXT.search(table.heads[column]) for column in new) and not _is_start(table.rows[first], new, facts)
    late = numbers[first] == 0 and (bool(olds) or is_next)  # in the row of 0 an update is made
    after = {line: count - early + late for line, count in numbers.items()}
    leads = not olds and after[first] == 0 and _leads(table, found, facts)
    order = _order(found, new, olds, list(after.values()), facts, leads or (late and not olds))
    workings = [column for column, head in enumerate(table.heads) if head.casefold() in _WORKINGS]
    is_of_weight = len(workings) == len(new) == 1 and {*order} == {*olds, *new}
    worked = dict(zip(workings, new, strict=True)) if is_of_weight else {}
    written = {}
    for line, row in table.rows.items():
        cells = {column: row[column] for column in order}
        for working, column in worked.items():
            cells[column] = f"{row[working]} = {cells[column]}" if row[working] not in _NOTHING else cells[column]
        if leads and line == first:  # what starts at 0 is left out
            cells = {column: "" if found[column].kind in _MOVES else cell for column, cell in cells.items()}
        said = [(_spelled(found[column]).format(after[line]), cell) for column, cell in cells.items()]
        written[line] = "; ".join(f"{name} = {cell}" for name, cell in said if cell not in _NOTHING)
    begins = {line: max(0, count - (leads or min(after.values()) > 0)) for line, count in after.items()}
    return _Lines(written, not _lost(table, [*order, *worked]), begins)


def _lost(table: _Table, read: Collection[int]) -> bool:
    """Whether a number stands in a column that was not read."""
    others = [column for column in table.columns if column not in read]
    return any(_NUMBER.search(row[column]) for row in table.rows.values() for column in others)


def _is_weight(quantity: Quantity, facts: Facts) -> bool:
    return quantity.kind == "weight" and quantity.update is None and quantity.parameter in facts.start


def _leads(table: _Table, found: Mapping[int, Quantity], facts: Facts) -> bool:
    """Whether what moves a weight stands in the row of the weight that it led to: in the row of the start is nothing.

    Not so where the slopes of the row behind it are those of its weights.
    """
    start, *others = table.rows.values()
    moves = [column for column, quantity in found.items() if quantity.kind in _MOVES]
    slopes = {column: found[column] for column in moves if found[column].kind == "slope"}
    empty = (_NOTHING | {"0"} if found[column].kind == "state" else _NOTHING for column in moves)
    if not moves or not others or any(start[column] not in none for column, none in zip(moves, empty, strict=True)):
        return False
    truth = World(facts.problem)
    here = [worth(truth, Key(quantity.name, "", 1)) for quantity in slopes.values()]
    return not slopes or not all(_says(others[0][column], value) for column, value in zip(slopes, here, strict=True))


#: What comes before the new weight in an update.
_MOVES = ("slope", "negative", "change", "state")


def _order(
    found: Mapping[int, Quantity],
    new: Mapping[int, str],
    olds: Sequence[int],
    after: Sequence[int],
    facts: Facts,
    leads: bool,
) -> list[int]:
    """The columns that can be read, in the order in which their values follow; `leads` where the weights come last."""
    own = [column for column in found if found[column].kind in _MOVES]
    own = [column for column in own if found[column].parameter in new.values()]
    if leads and {*new.values()} == {*facts.start}:
        return [*own, *new, *(column for column in found if found[column].kind == "loss")]
    if after == list(range(len(after))) and {*new.values()} == {*facts.start} and not olds:  # where it starts
        return [*new, *(column for column in found if found[column].kind in ("slope", "negative", "change", "loss"))]
    is_update = olds or [*own, *new] == sorted([*own, *new])
    if after == list(range(1, len(after) + 1)) and is_update:  # each row an update
        return [*olds, *own, *new]
    return list(new)


def _by_rows(table: _Table, facts: Facts) -> _Lines:
    """Rows that are quantities, under heads that are parameters."""
    words = {column: found.parameter for column, found in table.columns.items() if found is not None}
    kinds = {line: _kind(row[0]) for line, row in table.rows.items()}
    if 0 in words or not all(kinds.values()) or {*words.values()} != {*facts.start}:
        return _Lines({})
    written = {}
    for line, row in table.rows.items():
        said = [(_spelled(_worded(kinds[line], word, facts)), row[column]) for column, word in words.items()]
        written[line] = "; ".join(
            f"{name.replace('[{}]', '')} = {cell}" for name, cell in said if cell not in _NOTHING
        )
    return _Lines(written, not _lost(table, words))


def _by_parameters(table: _Table, facts: Facts) -> _Lines | None:
    """Rows that are parameters, under heads for the weight before, its slope, its move and the weight after."""
    kinds = {column: kind for column, head in enumerate(table.heads) if column and (kind := _kind(head))}
    words = {line: found.parameter for line, row in table.rows.items() if (found := _quantity(row[0], facts))}
    is_whole = len(words) == len(table.rows) and {*words.values()} == {*facts.start}
    if "weight" not in kinds.values() or len({*kinds.values()}) < len(kinds) or not is_whole:
        return None
    order = sorted(kinds, key=lambda column: kinds[column] == "weight")
    written = {}
    for line, row in table.rows.items():
        said = [(_spelled(_worded(kinds[column], words[line], facts)), row[column]) for column in order]
        written[line] = "; ".join(f"{name.format(1)} = {cell}" for name, cell in said if cell not in _NOTHING)
    return _Lines(written, not _lost(table, [0, *kinds]), dict.fromkeys(written, 0))


def _lying(lines: Sequence[str], place: int, facts: Facts) -> dict[int, str]:
    """A table whose heads are the numbers of the updates, its rows weights, as lines; {} where none begins."""
    heads = _cells(lines[place])
    counts = [_count(head) for head in heads[1:]]
    is_head = len(counts) > 1 and (not heads[0] or _is_count(heads[0], facts)) and None not in counts
    if not is_head or len({*counts}) < len(counts):
        return {}
    found = {place: ""}
    for number in range(place + 1, len(lines)):
        if _RULE.fullmatch(lines[number]) and "-" in lines[number]:
            continue
        cells = _cells(lines[number])
        quantity = _quantity(cells[0], facts) if len(cells) == len(heads) else None
        if quantity is None or not _is_weight(quantity, facts):
            break
        pairs = zip(counts, cells[1:], strict=True)
        found[number] = "; ".join(
            f"{_spelled(quantity).format(count)} = {cell}" for count, cell in pairs if cell not in _NOTHING
        )
    return found if any(found.values()) else {}


def _count(cell: str) -> int | None:
    found = _COUNT.fullmatch(cell)
    return int(found[1]) if found else None


def _is_start(row: Sequence[str], weights: Mapping[int, str], facts: Facts) -> bool:
    """Whether a row says where the weights start."""
    return all(_says(row[column], facts.start[word]) for column, word in weights.items())


def _says(cell: str, value: Number | None) -> bool:
    """Whether a cell holds a number that is a value."""
    if value is None or is_array(value) or not _DECIMAL.fullmatch(cell):
        return False
    return alike(rational(Fraction(cell.replace("−", "-"))), value) is True
