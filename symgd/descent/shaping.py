"""What a problem's numbers, vectors, matrices and columns of data make of its loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgd.calculus.lowering import check_sums, lowered
from symgd.errors import InputError
from symgd.expressions.definitions import Definitions
from symgd.expressions.operations import STRUCTURAL
from symgd.expressions.rowwise import by_rows, count_name, rows_of
from symgd.expressions.shapes import Shape, Shaped, shaped
from symgd.expressions.tree import bounds_of, index_names, nodes
from symgd.limits import author, beyond
from symgd.numbers.values import is_array


@dataclass(frozen=True, slots=True)
class Shaping:
    """The definitions as they are worked out, the shapes if some are not numbers, and every constant.

    `constants` are let, the columns of data and the number of their rows; arrays are NumPy's, of Fractions or floats.
    """

    definitions: Definitions | None
    shapes: Shaped | None
    constants: Mapping[str, Any]
    rows: int | None
    batch: int | None = None  # how many starts there are, each a run of its own


def shape(
    definitions: Definitions | None,
    start: Mapping[str, Any],
    let: Mapping[str, Any],
    data: Mapping[str, Any],
    in_floats: bool = False,
    rates: int | None = None,
) -> Shaping:
    """Find the shapes; raises InputError where two do not fit, or columns are of unlike length.

    In floats, a loss that comes out as a number for each entry of the start is a batch of runs; so is one with
    several learning rates.
    """
    batch = _batch(start, let, data, rates) if in_floats and definitions is not None else None
    if rates is not None and (batch != rates or not _goes_entry_by_entry(definitions)):
        raise InputError("several-rates", count=rates)
    if batch is not None and _goes_entry_by_entry(definitions):
        return Shaping(definitions, None, {**let}, None, batch)
    known = {**start, **let, **data}
    shapes = {word: value.shape for word, value in known.items() if is_array(value)}
    rows = rows_of(shapes, data)
    if definitions is None:
        return Shaping(None, None, {**let, **data}, rows)
    constants = {**let, **data, **_count(definitions, known, shapes, rows)}
    if not shapes and not _has_series(definitions):
        _check_plain(definitions)
        return Shaping(definitions, None, constants, None)
    found = shaped(definitions, {**dict.fromkeys(known, ()), **shapes})
    check_sums(found, constants)
    count = next((word for word in constants if word not in known), "n")
    numbers = by_rows(found, data, count) if _all_numbers(found, start) else None
    if numbers is not None:
        return Shaping(numbers, None, constants, rows)
    arrays = {word: value for word, value in {**start, **constants}.items() if is_array(value) or word in constants}
    return _in_arrays(found, arrays, constants, rows)


def check_batches(definitions: Definitions | None) -> None:
    """Raise where a sum goes over rows that are counted in numbers: a mini-batch has other rows each time."""
    for tree in definitions.expressions if definitions is not None else ():
        for node in nodes(tree):
            if node.op == "series" and not any(bound.names for bound in node.args[2:]):
                raise InputError("range-with-batches", part=node.text())


def check_size(start: Mapping[str, Any], batch: int | None, records: int) -> None:
    """Raise where there are more parameters or runs, or more numbers to keep, than the limits allow."""
    numbers, runs = sum(value.size if is_array(value) else 1 for value in start.values()), batch or 1
    limits = author()
    for limit, found in (("parameters", numbers // runs), ("runs", runs), ("kept", records * max(numbers, runs))):
        if found > getattr(limits, limit):
            raise beyond(limit, getattr(limits, limit), found=found)


def _in_arrays(found: Shaped, known: Mapping[str, Any], constants: Mapping[str, Any], rows: int | None) -> Shaping:
    """A loss over arrays, its sums over an index as sums over whole arrays, or written out."""
    if not _has_series(found.definitions):
        return Shaping(found.definitions, found, constants, rows)
    trees = tuple(lowered(tree, known, found.shapes) for tree in found.definitions.expressions)
    again = shaped(Definitions(found.definitions.names, trees), found.shapes)
    return Shaping(again.definitions, again, constants, rows)


def _has_series(definitions: Definitions) -> bool:
    return any("series" in tree.operations for tree in definitions.expressions)


def _batch(start: Mapping[str, Any], let: Mapping[str, Any], data: Mapping[str, Any], rates: int | None) -> int | None:
    """How many entries the vectors of a start have, or rates there are, where nothing else is a vector."""
    lengths = {value.shape for value in start.values() if is_array(value)} | ({(rates,)} if rates else set())
    alone = len(lengths) == 1 and not data and not any(map(is_array, let.values()))
    (found,) = lengths if alone else ((),)
    return found[0] if len(found) == 1 else None


def _goes_entry_by_entry(definitions: Definitions | None) -> bool:
    return definitions is not None and all(STRUCTURAL.isdisjoint(tree.operations) for tree in definitions.expressions)


def _check_plain(definitions: Definitions) -> None:
    """Raise where a loss without vectors and data asks for them."""
    for tree in definitions.expressions:
        if not STRUCTURAL.isdisjoint(tree.operations):
            part = next(node for node in nodes(tree) if node.op in STRUCTURAL)
            raise InputError("needs-vector", name=part.op, part=part.text())


def _all_numbers(found: Shaped, start: Mapping[str, Any]) -> bool:
    """Whether every parameter and every definition is a number."""
    return not any(found.shapes.get(word) for word in (*start, *found.definitions.names))


def _count(
    definitions: Definitions, known: Mapping[str, Any], shapes: Mapping[str, Shape], rows: int | None
) -> dict[str, Fraction]:
    """The number of rows under a name of its own: n, where the author has no other use for it.

    A sum over an index may run over a vector that is no data: then n is how many entries its vectors have.
    """
    inner = index_names(definitions.expressions)
    asked = [word for tree in definitions.expressions for word in bounds_of(tree) if word not in {*known, *inner}]
    if rows is not None and "n" in definitions.free_names and "n" not in known:
        asked.append("n")
    lengths = {sides[0] for sides in shapes.values()}
    length = rows if rows is not None else next(iter(lengths)) if len(lengths) == 1 else None
    if length is None:
        if asked:
            raise InputError("no-rows", name=asked[0])
        return {}
    used = {*known, *definitions.names, *(word for word in definitions.free_names if word not in asked)}
    return {asked[0] if asked else count_name(used): Fraction(length)}
