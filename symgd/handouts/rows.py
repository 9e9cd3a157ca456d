"""Rows of data in a handout: the columns as they are given, and what each row contributes to loss and slopes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.descent.lines import value_of
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Line
from symgd.errors import DomainError, PrecisionError
from symgd.expressions.tree import (
    Expression,
    fold,
    name,
    nodes,
    number,
    operation,
    rebuilt,
    substitute,
    without_series,
)
from symgd.handouts.chain import Names
from symgd.handouts.document import Block, Cell, Sentence, Table
from symgd.handouts.tables import Head, cell
from symgd.numbers.relation import show
from symgd.numbers.values import Value, is_array, whole

#: So many rows are shown; of more the first ones, and how many follow.
MOST_ROWS = 12
#: Of more rows no vector is worked out for a table: only those that have a name are shown.
MOST_WORKED = 5_000
#: A table is no wider than a page.
MOST_COLUMNS = 8


def row_formulas(line: Line) -> Iterator[Expression]:
    """The formula of a line where it is one of numbers; of a sum over rows its terms, the data of each row put in."""
    sums = without_series(line.formula)[1]
    if not sums and not any(map(is_array, line.operands.values())):
        yield line.formula
    for word, node in sums.items():
        terms = line.operands[word]
        for place in range(1, len(terms) + 1 if isinstance(terms, tuple) else 1):
            yield _at_row(node, place, line.operands)


def _at_row(node: Expression, place: int, operands: Mapping[str, Value]) -> Expression:
    """The body of a sum at one row: numbers for the entries of its columns."""
    body = substitute(node.args[0], {node.args[1].name: number(place)})

    def put(part: Expression, args: tuple[Expression, ...]) -> Expression:
        column = operands.get(part.args[0].name) if part.op == "index" else None
        entry = args[1] if column is not None and len(args) == 2 else None
        if entry is None or entry.op != "number" or not is_array(column) or column.ndim > 1:
            return rebuilt(part, args)
        shown = show(column[int(entry.value) - 1])
        return rebuilt(part, args) if shown is None or shown.sign != "=" else shown.tree

    return fold(body, put)


#: What is not worth a column.
_UNTOLD = frozenset({"index", "mul", "neg", "series"})


def _at_the_row(node: Expression) -> tuple[Expression, ...]:
    """What belongs to a row alone: a sum inside it has an index of its own."""
    return () if node.op == "series" else node.args


def _shown(count: int) -> int:
    return min(count, MOST_ROWS)


def _value(tree: Expression, known: Mapping[str, Any]) -> Value | None:
    """The value of a part; None where it has none."""
    try:
        return value_of(tree, {word: known[word] for word in tree.names})
    except (DomainError, PrecisionError):
        return None


class Rows:
    """The data of a problem as tables; nothing where it has none."""

    def __init__(self, problem: Problem, digits: int) -> None:
        """Nothing is worked out yet."""
        self.problem, self.digits = problem, digits
        self.columns = {
            word: value for word, value in problem.constants.items() if word in problem.data and is_array(value)
        }

    def data(self) -> Iterator[Block]:
        """The columns as they were given; a matrix has a column for each of its own."""
        if not self.columns or len(self.shown_columns()) > MOST_COLUMNS:
            return
        count = self.problem.rows or 0
        yield Sentence("data.given", {"count": count})
        heads: list[Head] = ["data.row", *[(tree, Names()) for tree, _ in self.shown_columns()]]
        rows = [
            (str(place + 1), *[cell(values[place], self.digits) for _, values in self.shown_columns()])
            for place in range(min(count, MOST_ROWS))
        ]
        yield Table(tuple(heads), tuple(rows))
        yield from self.rest(count)

    def rest(self, count: int) -> Iterator[Sentence]:
        """How many rows are not shown."""
        if count > MOST_ROWS:
            yield Sentence("data.more", {"count": count - MOST_ROWS})

    def shown_columns(self) -> list[tuple[Expression, Sequence[Value]]]:
        """Each column with its head: x, and X[1], X[2] of a matrix."""
        found: list[tuple[Expression, Sequence[Value]]] = []
        for word, value in self.columns.items():
            if value.ndim == 1:
                found.append((name(word), list(value)))
            else:
                entries = [f"{word}{place + 1}" for place in range(value.shape[1])]
                found += [(name(entry), list(column)) for entry, column in zip(entries, value.T, strict=True)]
        return found

    def batch(self, step: int) -> Iterator[Sentence]:
        """Which rows an update uses, where it does not use all; `step` updates went before."""
        if self.problem.in_batches:
            rows = self.problem.rows_of(step)
            more = ("…",) if len(rows) > MOST_ROWS else ()
            yield Sentence("data.batch", {"rows": (*map(str, rows[:MOST_ROWS]), *more), "count": len(rows)})

    def worked(self, before: Sequence[Line], slopes: Sequence[Line], step: int) -> tuple[Block, ...]:
        """What every row contributes: prediction, error, its term of the loss, its terms of the slopes."""
        sums = [(line, node) for line in (*before, *slopes) for node in without_series(line.formula)[1].values()]
        if not self.columns:
            return ()
        if not sums:
            return self.entry_by_entry(before, step)
        index = sums[0][1].args[1].name
        formulas = self.formulas([node.args[0] for _, node in sums if node.args[1].name == index])
        known = {word: value for line, _ in sums for word, value in line.operands.items()}
        count = self.rows_of(sums[0][1], known)
        entries = [
            list(self.row(formulas, {**known, index: Fraction(place)})) for place in range(1, _shown(count) + 1)
        ]
        return self.table(index, formulas, entries, count, step)

    def table(
        self,
        index: str,
        heads: Iterable[Expression],
        entries: Sequence[Sequence[Cell | None]],
        count: int,
        step: int,
    ) -> tuple[Block, ...]:
        """A table with a line for each row of the data that an update uses; of a batch with its number in the file."""
        named: list[Head] = [(name(index), Names()), *[(tree, Names()) for tree in heads]]
        rows: list[tuple[str | Cell | None, ...]] = [(str(at), *cells) for at, cells in enumerate(entries, 1)]
        if self.problem.in_batches:
            named = ["data.row", *named]
            rows = [(str(at), *cells) for at, cells in zip(self.problem.rows_of(step), rows, strict=False)]
        return (Sentence("data.worked"), Table(tuple(named), tuple(rows)), *self.rest(count))

    def entry_by_entry(self, before: Sequence[Line], step: int) -> tuple[Block, ...]:
        """The same where definitions or parameters are vectors: what has an entry for each row, from inside out."""
        count = len(self.problem.rows_of(step)) if self.problem.in_batches else self.problem.rows or 0
        known: dict[str, Any] = {word: value for line in before for word, value in line.operands.items()}
        known |= {line.quantity: line.value for line in before}
        index = next(word for word in ("i", "j", "k", "row") if word not in known)
        given = {tree: values for tree, values in self.shown_columns() if tree.op == "name" and tree.name in known}
        found = {tree: known[tree.name] for tree in given}
        for part in self.parts([line.formula for line in before]):
            worked_out = part.op != "name" and count <= MOST_WORKED
            value = _value(part, known) if worked_out else known.get(part.name)
            if is_array(value) and value.shape == (count,):
                found[part] = value
        if len(found) == len(given):
            return ()
        shown = dict(list(found.items())[: MOST_COLUMNS - 1])
        heads = [operation("index", tree, name(index)) for tree in shown]
        entries = [[cell(value[place], self.digits) for value in shown.values()] for place in range(_shown(count))]
        return self.table(index, heads, entries, count, step)

    def parts(self, formulas: Sequence[Expression]) -> Iterator[Expression]:
        """The definitions, and what is worth a column in the loss, from the inside out."""
        for word, formula in zip(self.defined, formulas, strict=False):
            if word == self.problem.loss_name:
                yield from (part for part in nodes(formula) if self.is_told(part, formula))
            else:
                yield name(word)

    def rows_of(self, node: Expression, known: Mapping[str, Value]) -> int:
        """How many terms a sum has."""
        return whole(value_of(node.args[3], {word: known[word] for word in node.args[3].names}))

    def row(self, formulas: Iterable[Expression], known: Mapping[str, Any]) -> Iterator[Cell | None]:
        """The cells of one row."""
        for tree in formulas:
            yield cell(_value(tree, known), self.digits)

    def formulas(self, bodies: Sequence[Expression]) -> list[Expression]:
        """The columns of the table: data first, then what is made of them, from the inside out."""
        parts = [list(nodes(body, _at_the_row)) for body in bodies]
        data = [part for each in parts for part in each if part.op == "index" and part.args[0].op == "name"]
        order = list(self.columns)
        data.sort(key=lambda part: order.index(part.args[0].name) if part.args[0].name in order else len(order))
        inner = [part for part in parts[0] if self.is_told(part, bodies[0])]
        room = MOST_COLUMNS - 1 - len(dict.fromkeys([*data, *bodies]))
        dropped = [part for part in dict.fromkeys(inner) if part not in bodies][max(room, 0) :]
        columns = dict.fromkeys([*data, *inner, *bodies])
        return [part for part in columns if part not in dropped][: MOST_COLUMNS - 1]

    def is_told(self, part: Expression, body: Expression) -> bool:
        """A part worth a column: what moves and is no bare product, and no part of a longer sum but a prediction."""
        if not part.args or part.op in _UNTOLD or not self.moves(part):
            return False
        above = [node for node in nodes(body) if part in node.args]
        in_a_sum = part.op in ("add", "sub") and all(node.op in ("add", "sub") for node in above) and above
        return not in_a_sum or any(self.is_miss(node, part) for node in above)

    def is_miss(self, node: Expression, part: Expression) -> bool:
        """Whether a node is what a prediction misses its target by: prediction − y."""
        other = node.args[1] if node.args[0] is part else node.args[0]
        return node.op == "sub" and not self.moves(other)

    def moves(self, part: Expression) -> bool:
        """Whether a parameter stands in a part."""
        return bool(set(part.names) & {*self.problem.parameters, *self.defined})

    @property
    def defined(self) -> tuple[str, ...]:
        """The names of the definitions."""
        definitions = self.problem.definitions
        return definitions.names if definitions else ()
