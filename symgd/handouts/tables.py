"""Tables of numbers: a run, update by update."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product as pairs

from symgd.calculus.program import slope_name
from symgd.descent.trajectory import Record, Trajectory
from symgd.expressions.tree import Expression, name, number, operation
from symgd.handouts.chain import Names, slope_names, update_names
from symgd.handouts.document import Cell, Table
from symgd.numbers.relation import decimal
from symgd.numbers.values import Ball, Value, entries_of, is_array, mapped

#: With more weights than this, the table shows weights and loss only; with more than that, the loss only.
MOST_WIDE, MOST_WEIGHTS = 3, 12
Head = tuple[Expression, Names] | str


def run_table(run: Trajectory) -> Table:
    """The weights at each point, with few of them the negative gradient and the change too, and the loss."""
    return _RunTable(run).table()


def cell(value: Value | None, digits: int) -> Cell | None:
    """A number as a cell, None where there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    shown = decimal(value, digits)
    return None if shown is None else Cell(shown.tree)


class _RunTable:
    def __init__(self, run: Trajectory) -> None:
        self.run, self.problem = run, run.problem
        self.places = {word: _places(value) for word, value in run.problem.start.items()}
        count = sum(map(len, self.places.values()))
        self.kinds = 3 if count <= MOST_WIDE else 1 if count <= MOST_WEIGHTS else 0

    def table(self) -> Table:
        heads: list[Head] = ["table.update", *self.heads()]
        if self.problem.definitions:
            heads.append((name(self.problem.reported_loss), Names()))
        rows = tuple(self.row(record) for record in self.run.records)
        return Table(tuple(heads), rows, self.run.outcome.code, self.kinds * (sum(map(len, self.places.values())),))

    def heads(self) -> list[Head]:
        """Weights, negative slopes, changes: each for every weight."""
        found: list[list[Head]] = [[], [], []]
        for word, places in self.places.items():
            slope = slope_name(self.problem.loss_name, word)
            for place in places:
                found[0].append((_entry(name(word), place), Names()))
                found[1].append((operation("neg", _entry(name(slope), place)), slope_names((slope,))))
                found[2].append((_entry(name("d"), place), update_names(slope, word)))
        return [head for kind in found[: self.kinds] for head in kind]

    def row(self, record: Record) -> tuple[str | Cell | None, ...]:
        slopes = {word: _negated(value) for word, value in record.gradient.items()}
        tables: list[Mapping[str, Value]] = [record.point, slopes, record.change or {}]
        values = [entry for table in tables[: self.kinds] for entry in self.entries(table)]
        if self.problem.definitions:
            values.append(record.loss)
        return (str(record.step), *[cell(value, self.problem.digits) for value in values])

    def entries(self, table: Mapping[str, Value]) -> list[Value | None]:
        """Every entry of every weight in a table; None where there is none."""
        return [
            entry
            for word, places in self.places.items()
            for entry in (entries_of(table[word]) if word in table else [None] * len(places))
        ]


def _places(value: Value) -> list[tuple[int, ...]]:
    """Where the entries of a value stand, from 1; of a number nowhere."""
    return list(pairs(*(range(1, side + 1) for side in value.shape))) if is_array(value) else [()]


def _entry(tree: Expression, place: tuple[int, ...]) -> Expression:
    return operation("index", tree, *map(number, place)) if place else tree


def _negated(value: Value) -> Value:
    return mapped(lambda entry: Ball(-entry.high, -entry.low) if isinstance(entry, Ball) else -entry, value)
