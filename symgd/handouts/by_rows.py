"""A line over vectors and matrices that are too large for it, row by row: every entry of its result in numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from symgd.calculus.program import slope_name
from symgd.descent.trajectory import Line
from symgd.descent.written_out import entry_names
from symgd.expressions.tree import Expression, name, nodes, number, operation
from symgd.handouts.chain import MOST_ENTRIES, Chain, is_large, value_chain, worked_chain
from symgd.numbers.plan import Stop
from symgd.numbers.values import entries_of, is_array, shaped_as

#: A row of more numbers is no line that anyone redoes.
MOST_NUMBERS = 40


def by_rows(line: Line, chain: Chain, digits: int, parameters: Collection[str]) -> list[Chain]:
    """The chain; where its vectors or matrices are too large to be put in, a line for each entry before the value.

    `chain` is that of the line, whatever leads to its formula; entries of `parameters` are marked as old values.
    """
    rows = list(_rows(line, digits, parameters)) if _is_bare(line, chain) else []
    end = value_chain(line.quantity, line.value, digits, names=chain.names) if rows else None
    if end is None:
        return [chain]
    return [Chain(chain.sides[:-1], chain.joints[:-1], chain.names, notes=chain.notes[:-1]), *rows, end]


def _is_bare(line: Line, chain: Chain) -> bool:
    """Whether the value stands behind symbols alone, and has so few entries that each may have a line."""
    fits = is_array(line.value) and line.value.size <= MOST_ENTRIES
    return fits and is_large(line) and bool(chain.sides[-2].names) and not chain.sides[-1].names


def _rows(line: Line, digits: int, parameters: Collection[str]) -> Iterator[Chain]:
    """A chain for each entry; none at all where one cannot be redone."""
    found = []
    operands, formulas = _written(line)
    old = {f"{word}/{place}" for word in parameters for place in range(len(entries_of(line.operands.get(word, 0))))}
    for word, formula, value in zip(_names_of(line), formulas, entries_of(line.value), strict=True):
        entry = Line(line.kind, word, "", formula, {used: operands[used] for used in formula.names}, value)
        chain = worked_chain(entry, digits, old) if _is_short(formula) else None
        if chain is None:
            return
        found.append(chain)
    yield from found


def _written(line: Line) -> tuple[dict[str, Any], list[Expression]]:
    """The entries of the operands by name, and the formula of each entry of the result in these names."""
    from symgd.numbers.arrays import evaluate  # loads NumPy

    operands: dict[str, Any] = {}
    known: dict[str, Any] = {}
    for word, value in line.operands.items():
        values = {f"{word}/{place}": entry for place, entry in enumerate(entries_of(value))}
        operands |= values
        known[word] = shaped_as(value, list(map(name, values)))
    return operands, entries_of(evaluate(line.formula, known, number, _step))


def _step(stop: Stop, operands: list[Any]) -> Expression:
    return operation(stop.op, *operands)


def _names_of(line: Line) -> list[str]:
    """r1, r2 for the entries of r; ∂L/∂w1, ∂L/∂w2 for those of ∂L/∂w."""
    above, _, below = line.quantity.partition("/d")
    value: Any = line.value
    entries = entry_names(below or above, value.shape)
    return [slope_name(above.removeprefix("d"), word) for word in entries] if below else entries


def _is_short(formula: Expression) -> bool:
    return bool(formula.args) and sum(not node.args for node in nodes(formula)) <= MOST_NUMBERS
