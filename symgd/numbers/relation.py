"""The one place that decides between = and ≈, and with how many digits a line is printed.

A line `left sign right` is made of a formula with numbers put in and its value. Operands are printed with as many
digits as it takes for a reader who redoes the line from the print alone to get the printed result; that is proved
here by working out the printed left side.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from symgd.errors import DomainError, PrecisionError
from symgd.expressions.tree import ZERO, Expression, fold, operation, rebuilt, substitute, without_series
from symgd.expressions.writer import decimal_text
from symgd.numbers.values import (
    Ball,
    Value,
    bounds,
    entries_of,
    exact_decimal,
    is_array,
    is_short,
    is_small_fraction,
    rounded,
    written,
)

Sign = Literal["=", "≈"]
DIGITS = 6
_MOST_GUARD_DIGITS = 24
#: Top and bottom of a fraction that a line works with.
_LONGEST = 10_000
_BITS = 320


class Shown(NamedTuple):
    """A value as it is printed, and how it is joined: = where the print is the value, ≈ where it is rounded."""

    tree: Expression
    sign: Sign
    value: Any  # what the print says: a Fraction, of an array a list of them


class Worked(NamedTuple):
    """A formula with numbers put in, the sign before it, and its result as printed with the sign before that."""

    left_sign: Sign
    left: Expression
    sign: Sign
    tree: Expression


def show(value: Value, digits: int = DIGITS) -> Shown | None:
    """A value as it is printed; None where not even one digit is proved.

    >>> show(Fraction("0.51")).tree, show(Fraction(1, 3)).tree, show(Fraction(1, 7919), 4).tree
    (Expression('0.51'), Expression('1/3'), Expression('0.0001263'))
    """
    if is_array(value):
        return _show_array([show(entry, digits) for entry in value.flat], value)
    if not isinstance(value, Ball):
        exact = exact_decimal(value)
        if is_short(exact) or (isinstance(value, Fraction) and _as_fraction(exact)):
            return Shown(written(exact), "=", exact)
    for count in range(digits, 0, -1):
        rounding = rounded(value, count)
        if rounding is not None:
            return Shown(written(rounding, count), "≈", rounding)
    return None


def _show_array(entries: Sequence[Shown | None], value: Any) -> Shown | None:
    """An array as it is printed; = only where every entry is printed exactly."""
    shown = [entry for entry in entries if entry is not None]
    if len(shown) < len(entries):
        return None
    sign: Sign = "=" if all(entry.sign == "=" for entry in shown) else "≈"
    return Shown(nested([entry.tree for entry in shown], value.shape), sign, [entry.value for entry in shown])


def nested(entries: Sequence[Expression], shape: Sequence[int]) -> Expression:
    """Entries row by row as a written-out vector or matrix of this shape."""
    if len(shape) == 1:
        return operation("vector", *entries)
    step = len(entries) // shape[0]
    rows = [entries[place : place + step] for place in range(0, len(entries), step)]
    return operation("vector", *[nested(row, shape[1:]) for row in rows])


def _as_fraction(value: Fraction) -> bool:
    return is_small_fraction(value) and not is_short(value)


def decimal(value: Value, digits: int = DIGITS) -> Shown | None:
    """A value as a decimal, of an array each entry: no fractions."""
    if is_array(value):
        return _show_array([decimal(entry, digits) for entry in value.flat], value)
    shown = show(value, digits)
    if shown is None or is_short(shown.value):
        return shown
    rounding = rounded(value, digits)
    return None if rounding is None else Shown(written(rounding, digits), "≈", rounding)


def worked(formula: Expression, operands: Mapping[str, Value], result: Value, digits: int = DIGITS) -> Worked | None:
    """The line that redoes `formula` at `operands`; None where no number of digits makes a true line.

    >>> import symgd
    >>> line = worked(symgd.parse("w + d"), {"w": Fraction("0.5"), "d": Fraction("0.01")}, Fraction("0.51"))
    >>> str(line.left), line.sign, str(line.tree)
    ('0.5 + 0.01', '=', '0.51')
    """
    right = show(result, digits) if formula.args else None
    if right is None:
        return None
    formula, _ = without_series(formula)
    found = _redone(formula, operands, result, right, _more_and_more(digits))
    if found is None:  # a fraction is no rounding: its operands must be fractions too, or it a decimal
        found = _redone(formula, operands, result, right, [_AS_FRACTIONS])
    if found is None and (rounded_ := decimal(result, digits)) is not None and rounded_.tree != right.tree:
        found = _redone(formula, operands, result, rounded_, _more_and_more(digits))
    return found


def _redone(
    formula: Expression, operands: Mapping[str, Value], result: Value, right: Shown, digits: Iterable[int]
) -> Worked | None:
    """The line whose operands show the first of these numbers of digits that make it true."""
    for operand_digits in digits:
        shown = _operands(formula, operands, operand_digits)
        if shown is None:
            return None
        left = _taken(substitute(formula, {word: item.tree for word, item in shown.items()}))
        value = _value_of(left)
        exact = all(item.sign == "=" for item in shown.values())
        sign = None if value is None else _sign(value, right, result, exact)
        if sign is not None:
            return Worked("=" if exact else "≈", left, sign, right.tree)
        if exact:
            return None
    return None


def _taken(tree: Expression) -> Expression:
    """The tree with the entries themselves for what is taken from a written-out vector: [0.5, 2][1] is 0.5."""

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        places = args[1:] if node.op == "index" else ()
        base = args[0] if places else node
        for place in places:
            if base.op != "vector" or place.op != "number":
                return rebuilt(node, args)
            base = base.args[int(place.value) - 1]
        return base if places else rebuilt(node, args)

    return fold(tree, put)


def _more_and_more(digits: int) -> Iterator[int]:
    yield from range(digits + 1, digits + _MOST_GUARD_DIGITS)


def _operands(formula: Expression, operands: Mapping[str, Value], digits: int) -> dict[str, Shown] | None:
    """Each operand as printed with so many digits; None where they are not proved."""
    shown: dict[str, Shown] = {}
    for word in formula.names:
        value = operands[word]
        parts = [_operand(entry, digits) for entry in (value if isinstance(value, tuple) else entries_of(value))]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return None
        if isinstance(value, tuple):  # the terms of a sum over rows
            sign: Sign = "=" if all(part.sign == "=" for part in found) else "≈"
            shown[word] = Shown(_sum_of([part.tree for part in found]), sign, [part.value for part in found])
        else:
            whole = _show_array(found, value) if is_array(value) else found[0]
            assert whole is not None
            shown[word] = whole
    return shown


#: In the place of a number of digits: operands as fractions, as long as one still works with them.
_AS_FRACTIONS = 0


def _operand(value: Value, digits: int) -> Shown | None:
    """A number as an operand with so many digits; None where they are not proved."""
    exact = None if isinstance(value, Ball) else exact_decimal(value)
    if exact is not None and (is_short(exact) or (isinstance(value, Fraction) and _as_fraction(exact))):
        return Shown(written(exact), "=", exact)
    if digits == _AS_FRACTIONS:
        fits = exact is not None and exact.denominator < _LONGEST and abs(exact.numerator) < _LONGEST
        return Shown(written(exact), "=", exact) if exact is not None and fits else None
    rounding = rounded(value, digits)
    return None if rounding is None else Shown(written(rounding, digits), "≈", rounding)


def _sum_of(terms: Sequence[Expression]) -> Expression:
    """Terms added up as they are written; of none 0."""
    return functools.reduce(lambda left, right: operation("add", left, right), terms) if terms else ZERO


def _sign(left: Value, right: Shown, result: Value, exact: bool) -> Sign | None:
    """How the printed left side stands to the printed right side; None where neither sign is true.

    = needs equal prints, and equal values where the values are exact; ≈ needs a right rounding and a difference.
    """
    if is_array(result):
        return _sign_of_entries(left, right, result, exact)
    low, high = bounds(left)
    if low == high == right.value:
        true_equality = right.sign == "=" or isinstance(result, float)
        return "=" if true_equality and (exact or isinstance(result, float)) else None
    if low <= right.value <= high:
        return None
    unit = _unit(right.tree)
    return "≈" if _rounds_to(low, right.value, unit) and _rounds_to(high, right.value, unit) else None


def _sign_of_entries(left: Any, right: Shown, result: Any, exact: bool) -> Sign | None:
    """= where all entries are equal; ≈ where all are equal or rightly rounded, and one is rounded."""
    if not is_array(left) or left.shape != result.shape:
        return None
    equal = rounded_rightly = True
    triples = zip(left.flat, right.value, _written_entries(right.tree), strict=True)
    for value, print_, tree in triples:
        low, high = bounds(value)
        if low == high == print_:
            continue
        equal, unit = False, _unit(tree)
        fits = _rounds_to(low, print_, unit) and _rounds_to(high, print_, unit) and not low <= print_ <= high
        rounded_rightly = rounded_rightly and fits
    if equal:
        is_float = all(isinstance(entry, float) for entry in result.flat)
        return "=" if is_float or (exact and right.sign == "=") else None
    return "≈" if rounded_rightly else None


def _written_entries(tree: Expression) -> list[Expression]:
    """The entries of a written-out vector or matrix, row by row."""
    if tree.op != "vector":
        return [tree]
    return [entry for part in tree.args for entry in _written_entries(part)]


def _rounds_to(value: Fraction, print_: Fraction, unit: Fraction) -> bool:
    """Whether a reader who rounds the value gets the print: a half goes away from zero, as everywhere."""
    off = abs(value - print_)
    return off < unit / 2 or (off == unit / 2 and abs(print_) > abs(value))


def _unit(tree: Expression) -> Fraction:
    """One unit in the last place that a printed decimal shows; 0 for a fraction, which rounds nothing."""
    if tree.op in ("div", "neg"):  # a fraction, or the negative of one
        return Fraction(0)
    if tree.op == "mul":
        power = tree.args[1].args[1]
        scale = -power.args[0].value if power.op == "neg" else power.value
        return _unit(tree.args[0]) * Fraction(10) ** int(scale)
    _, _, decimals = (decimal_text(tree.value) or "").partition(".")
    return Fraction(1, 10 ** len(decimals))


def _value_of(tree: Expression) -> Value | None:
    """The value of a printed side, from the print alone; None where it has none or cannot be told."""
    from symgd.numbers.systems import ExactSystem

    system = ExactSystem(_BITS)
    with system.precision():
        try:
            return system.public(system.evaluate_print(tree))
        except (DomainError, PrecisionError):
            return None
