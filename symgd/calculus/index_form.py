"""The second road for vectors and matrices: SymPy, entry by entry.

SymPy's own matrix derivatives have silent faults, so the loss is written out in numbers and one symbol for each entry
of the name in question, and differentiated by each. What comes out is compared with the closed formula at points.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from symgd.calculus.bridge import SYMPY, from_sympy, symbol
from symgd.calculus.program import Formula
from symgd.errors import DisagreementError, DomainError, InputError, PrecisionError
from symgd.expressions.definitions import Definitions
from symgd.expressions.shapes import Shape
from symgd.expressions.tree import Expression, nodes
from symgd.numbers.arrays import Array, array, evaluate
from symgd.numbers.plan import Stop
from symgd.numbers.systems import ExactSystem, rational
from symgd.numbers.values import entries_of, is_array, mapped

_POINTS, _TRIES, _BITS = 2, 40, 192
#: Losses with more entries than this are compared at smaller shapes.
_MOST_ENTRIES = 24


def in_entries(tree: Expression, values: Mapping[str, Any]) -> Any:
    """The SymPy expression of a tree; names stand for SymPy expressions or arrays of them."""
    return evaluate(tree, values, _sympy_number, _sympy_step)


def _sympy_number(value: Fraction) -> Any:
    return sp.Rational(value.numerator, value.denominator)


def _sympy_step(stop: Stop, operands: list[Any]) -> Any:
    return SYMPY[stop.op](*operands)


def entry_symbols(word: str, shape: Shape, form: str = "{}[{}]") -> Any:
    """A real symbol for each entry: w[1], w[2], A[1, 2]; of a number the symbol itself.

    >>> entry_symbols("w", (2,))
    array([w[1], w[2]], dtype=object)
    """
    if not shape:
        return symbol(word)
    symbols = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        symbols[place] = sp.Symbol(form.format(word, ", ".join(str(part + 1) for part in place)), real=True)
    return symbols


def loss_in_entries(definitions: Definitions, constants: Mapping[str, Any], shapes: Mapping[str, Shape] = {}) -> Any:
    """The loss as a SymPy expression of the entries of what is no constant."""
    known = {word: mapped(_sympy_number, value) for word, value in constants.items()}
    known |= {word: entry_symbols(word, shapes.get(word, ())) for word in definitions.free_names if word not in known}
    for word, tree in zip(definitions.names, definitions.expressions, strict=True):
        known[word] = in_entries(tree, known)
    return known[definitions.loss_name]


def check_slopes(
    lines: Sequence[Formula], slopes: Mapping[str, str], shapes: Mapping[str, Shape], fixed: Mapping[str, Any]
) -> None:
    """Compare every slope (quantity by the name it is of) with SymPy's, entry by entry, at random points.

    `fixed` are values that are not free: the number of rows, targets that sum to 1. Raises DisagreementError where
    they differ, InputError where the loss has no value anywhere.
    """
    small, kept = _smaller(lines, shapes, fixed)
    loss = next(line.quantity for line in lines if line.kind == "loss")
    told = {word for line in lines for word in (line.quantity, *line.tree.names)}
    for word, quantity in slopes.items():
        if word in told:  # of a parameter that the loss does not contain there is nothing to compare
            _check(lines, loss, word, quantity, small, kept)


def _check(
    lines: Sequence[Formula],
    loss: str,
    word: str,
    quantity: str,
    shapes: Mapping[str, Shape],
    fixed: Mapping[str, Any],
) -> None:
    system, seen, exists = ExactSystem(_BITS), 0, False
    with system.precision():
        for point in _points(lines, shapes, fixed):
            try:
                ours = _ours(system, lines, point, word, quantity)
                exists = True
                theirs = _theirs(system, lines, point, word, loss)
            except (DomainError, PrecisionError):
                continue
            _compare(quantity, ours, theirs)
            seen += 1
            if seen == _POINTS:
                return
    if not exists:
        raise InputError("empty-domain")
    raise InputError("no-slope-anywhere", name=quantity)


def _points(
    lines: Sequence[Formula], shapes: Mapping[str, Shape], fixed: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Random rationals at three scales, the same every time; definitions too, since slopes in them are compared."""
    choose = random.Random(20_240_229)
    words = dict.fromkeys(word for line in lines for word in (line.quantity, *line.tree.names) if "/" not in word)
    for attempt in range(_TRIES):
        scale = (2, 1, 8)[attempt % 3]
        low = 0 if attempt % 3 == 1 else -scale

        def entry(low: int = low, scale: int = scale) -> Fraction:
            return Fraction(choose.randint(low * 97 + 1, scale * 97), 97)

        yield {word: fixed[word] if word in fixed else _filled(shapes.get(word, ()), entry) for word in words}


def _filled(shape: Shape, entry: Any) -> Any:
    if not shape:
        return entry()
    return array([entry() for _ in range(math.prod(shape))]).reshape(shape)


def _ours(system: ExactSystem, lines: Sequence[Formula], point: Mapping[str, Any], word: str, quantity: str) -> Any:
    """The closed formula at a point; a definition whose slope is asked for has the value of the point."""
    known = {key: system.number(value) for key, value in point.items()}
    for line in lines:
        if line.quantity != word:
            known[line.quantity] = system.evaluate(line.tree, known)
        if line.quantity == quantity:
            return known[quantity]
    raise AssertionError(quantity)


def _theirs(system: ExactSystem, lines: Sequence[Formula], point: Mapping[str, Any], word: str, loss: str) -> Array:
    """SymPy's derivatives of the loss by each entry, at a point."""
    known = {key: mapped(_sympy_number, value) for key, value in point.items()}
    shape = np.shape(point[word])
    symbols = entry_symbols("u", shape, "{}{}").reshape(-1) if shape else [symbol("u")]
    names = [symbol(f"u{place}") for place in range(len(symbols))]
    known[word] = array(names).reshape(shape) if shape else names[0]
    for line in lines:
        if line.kind in ("forward", "loss") and line.quantity != word:
            known[line.quantity] = in_entries(line.tree, known)
        if line.quantity == loss:
            break
    at = {f"u{place}": rational(value) for place, value in enumerate(entries_of(point[word]))}
    return array([system.evaluate(from_sympy(known[loss].diff(each)), at) for each in names])


def _compare(quantity: str, ours: Any, theirs: Array) -> None:
    for left, right in zip(entries_of(ours), theirs, strict=True):
        difference = left - right
        if difference != 0 and not (hasattr(difference, "contains") and difference.contains(0)):
            raise DisagreementError(f"{quantity}: the rules give {left}, SymPy gives {right}")


def _smaller(
    lines: Sequence[Formula], shapes: Mapping[str, Shape], fixed: Mapping[str, Any]
) -> tuple[dict[str, Shape], dict[str, Any]]:
    """Shapes that are small and still differ where the shapes differ; not where single entries are named."""
    are_small = all(math.prod(shape) <= _MOST_ENTRIES for shape in shapes.values())
    named = any(node.op in ("index", "vector") for line in lines for node in nodes(line.tree))
    if are_small or named:
        return dict(shapes), dict(fixed)
    sides = sorted({side for shape in shapes.values() for side in shape if side > 1})
    less = {1: 1, **{side: min(side, place + 2) for place, side in enumerate(sides)}}
    small = {word: tuple(less[side] for side in shape) for word, shape in shapes.items()}
    kept = {word: _cut(value, less) for word, value in fixed.items()}
    return small, kept


def _cut(value: Any, less: Mapping[int, int]) -> Any:
    """The first entries of an array with the same sums of rows, symmetric where it was; a smaller number of rows."""
    if is_array(value):
        cut = value[tuple(slice(less[side]) for side in value.shape)].copy()
        rows, sums = cut.reshape(-1, cut.shape[-1]), np.atleast_1d(value.sum(axis=-1))
        for place, row in enumerate(rows):
            row[place if cut.ndim == 2 and len(rows) == len(row) else -1] += sums[place] - row.sum()
        return cut
    whole = isinstance(value, Fraction) and value.denominator == 1
    return Fraction(less.get(int(value), int(value))) if whole else value
