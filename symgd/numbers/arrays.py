"""Formulas over vectors, matrices and rows of data, in any number system.

An array is one of NumPy whose entries are numbers of the system. Operations on numbers go entry by entry; those on
arrays as a whole stand in one table and are made of the operations on numbers, so that exact stays exact.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symgd.errors import DomainError
from symgd.expressions.operations import STRUCTURAL
from symgd.expressions.tree import Expression, name
from symgd.numbers.meanings import Number
from symgd.numbers.plan import LayOut, Stop, prepared
from symgd.numbers.values import is_array

Array = NDArray[Any]
Step = Callable[[Stop, list[Any]], Any]
Apply = Callable[..., Number]


def array(nested: Any) -> Array:
    """Numbers in nested sequences (or an array) as an array of objects.

    >>> array([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    return np.array(nested, dtype=object)


def evaluate(
    tree: Expression,
    values: Mapping[str, Any],
    number: Callable[[Fraction], Number],
    step: Step,
    lay_out: LayOut = prepared,
) -> Any:
    """The value of a tree where names may be arrays; raises DomainError.

    `number` makes a number of the system, `step` works out one operation on numbers.
    """
    found: list[Any] = []
    for stop, constant in lay_out(tree, number):
        if constant is not None:
            found.append(constant)
        elif stop.op == "name":
            found.append(values[stop.node.name])
        else:
            found.append(_step(stop, [found[place] for place in stop.operands], values, number, step))
    result = found[-1]
    failed = next((entry for entry in _flat(result) if isinstance(entry, DomainError)), None)
    if failed is not None:
        raise failed
    return result


def _flat(value: Any) -> list[Any]:
    return list(value.flat) if is_array(value) else [value]


def _step(
    stop: Stop, operands: list[Any], values: Mapping[str, Any], number: Callable[[Fraction], Number], step: Step
) -> Any:
    if stop.op == "series":
        return _series(stop.node, operands, values, number, step)
    if stop.op in STRUCTURAL:
        failed = next((e for operand in operands for e in _flat(operand) if isinstance(e, DomainError)), None)
        return failed if failed is not None else _collapsed(STRUCTURE[stop.op](Scalars(number, step), *operands))
    if stop.op in _OF_ONE_ARRAY and len(operands) == 1 and is_array(operands[0]):
        return _collapsed(_OF_ONE_ARRAY[stop.op](Scalars(number, step), operands[0]))
    if not any(map(is_array, operands)):
        return step(stop, operands)
    return _entry_by_entry(lambda *entries: step(stop, list(entries)), *operands)


def _entry_by_entry(work: Apply, *operands: Any) -> Array:
    """The operation on each entry; numbers go to all entries."""
    spread = np.broadcast_arrays(*[operand if is_array(operand) else _boxed(operand) for operand in operands])
    result = np.empty(spread[0].size, dtype=object)
    result[:] = [work(*entries) for entries in zip(*(part.ravel().tolist() for part in spread), strict=True)]
    return result.reshape(spread[0].shape)


def _boxed(value: Any) -> Array:
    box = np.empty((), dtype=object)
    box[()] = value
    return box


def _collapsed(value: Any) -> Any:
    return value[()] if is_array(value) and value.shape == () else value


class Scalars:
    """The operations on numbers of a system, for those on arrays to be made of."""

    def __init__(self, number: Callable[[Fraction], Number], step: Step) -> None:
        """`number` makes a number of the system, `step` works out one operation."""
        self.zero, self.one = number(Fraction(0)), number(Fraction(1))
        self._number, self._step = number, step

    def __call__(self, op: str, *operands: Any) -> Any:
        """An operation on numbers, or entry by entry."""
        stop = Stop(op, (), "real", _NOWHERE)
        if any(map(is_array, operands)):
            return _entry_by_entry(lambda *entries: self._step(stop, list(entries)), *operands)
        return self._step(stop, list(operands))

    def count(self, value: int) -> Number:
        """A whole number."""
        return self._number(Fraction(value))

    def total(self, entries: Sequence[Any]) -> Any:
        """The sum of numbers; 0 of none."""
        return functools.reduce(lambda left, right: self("add", left, right), entries) if len(entries) else self.zero


_NOWHERE = name("_")


def _series(
    node: Expression, bounds: list[Any], values: Mapping[str, Any], number: Callable[[Fraction], Number], step: Step
) -> Any:
    terms = series_terms(node, values, bounds, number, step)
    failed = next((term for term in terms if isinstance(term, DomainError)), None)
    return failed if failed is not None else Scalars(number, step).total(terms)


def series_terms(
    node: Expression,
    values: Mapping[str, Any],
    bounds: Sequence[Any],
    number: Callable[[Fraction], Number],
    step: Step,
) -> list[Any]:
    """The terms of a sum over an index, in order; one without a value is its DomainError."""
    body, index = node.args[0], node.args[1].name
    low, high = (whole(bound) for bound in bounds)
    terms: list[Any] = []
    for place in range(low, high + 1):
        try:
            terms.append(evaluate(body, {**values, index: number(Fraction(place))}, number, step))
        except DomainError as error:
            terms.append(error)
    return terms


_NO_PLACE = Fraction(1, 2)


def whole(value: Any) -> int:
    """A number of a system that is a whole number, as such; raises DomainError for any other."""
    if isinstance(value, Expression):  # a formula is being written out
        from symgd.numbers.bounded import value_of

        value = value_of(value, {})
        value = Fraction(int(value.p), int(value.q)) if hasattr(value, "p") else _NO_PLACE
    found = int(float(value.mid())) if hasattr(value, "mid") else int(value)
    if value != found:
        raise DomainError("index", _NOWHERE, (value,))
    return found


def _index(scalars: Scalars, base: Any, *places: Any) -> Any:
    chosen = base
    for place in map(whole, places):
        if not 1 <= place <= len(chosen):
            return DomainError("index", _NOWHERE, (scalars.count(place),))
        chosen = chosen[place - 1]
    return chosen


def _matmul(scalars: Scalars, left: Any, right: Any) -> Any:
    if not (is_array(left) and is_array(right)):
        return scalars("mul", left, right)
    if left.ndim == 1 and right.ndim == 2:  # a column times a row
        left = left.reshape(-1, 1)
    if left.ndim == 1:
        return _dot(scalars, left, right)
    columns = right.reshape(len(right), -1)
    rows = [[_dot(scalars, row, column) for column in columns.T] for row in left]
    shape = left.shape[:1] + right.shape[1:]
    return array(rows).reshape(shape)


def _dot(scalars: Scalars, left: Any, right: Any) -> Any:
    return scalars.total([scalars("mul", a, b) for a, b in zip(left.flat, right.flat, strict=True)])


def _transpose(scalars: Scalars, base: Any) -> Any:
    return base.reshape(1, -1) if base.ndim == 1 else base.T


def _norm2(scalars: Scalars, base: Any) -> Any:
    return scalars("sqrt", scalars.total([scalars("mul", entry, entry) for entry in base.flat]))


def _by_rows(work: Callable[[Scalars, Any], Any]) -> Callable[[Scalars, Any], Any]:
    """What is done to a vector, done to each row of a matrix."""

    def done(scalars: Scalars, base: Any) -> Any:
        return work(scalars, base) if base.ndim == 1 else array([work(scalars, row) for row in base])

    return done


def _softmax(scalars: Scalars, row: Any) -> Any:
    """e^z over their sum; in floats e^(z - m) with the greatest entry m, so that nothing overflows."""
    top = max(row) if isinstance(row[0], float) else scalars.zero
    powers = [scalars("exp", scalars("sub", entry, top)) for entry in row]
    whole_sum = scalars.total(powers)
    return array([scalars("div", part, whole_sum) for part in powers])


def _logsumexp(scalars: Scalars, row: Any) -> Any:
    return scalars("logsumexp", *row)


def _sum(scalars: Scalars, base: Any) -> Any:
    return scalars.total(_flat(base))


#: What an operation on arrays makes of its operands.
STRUCTURE: Mapping[str, Callable[..., Any]] = {
    "vector": lambda scalars, *entries: array(entries),
    "index": _index,
    "sum": _sum,
    "mean": lambda scalars, base: scalars("div", _sum(scalars, base), scalars.count(len(_flat(base)))),
    "dot": _dot,
    "norm1": lambda scalars, base: scalars.total([scalars("abs", entry) for entry in _flat(base)]),
    "norm2": _norm2,
    "trace": lambda scalars, base: (
        scalars.total([base[place, place] for place in range(len(base))]) if is_array(base) else base
    ),
    "softmax": _by_rows(_softmax),
    "ones": lambda scalars, base: np.full(np.shape(base), scalars.one, dtype=object),
    "eye": lambda scalars, base: array(
        [[scalars.one if row == column else scalars.zero for column in range(len(base))] for row in range(len(base))]
    ),
    "rowsum": lambda scalars, base: array([[scalars.total(row)] for row in base]),
    "column": lambda scalars, base: base.reshape(-1, 1),
    "matmul": _matmul,
    "row_product": lambda scalars, row, column: _dot(scalars, row, column),
    "hadamard": lambda scalars, left, right: scalars("mul", left, right),
    "transpose": _transpose,
}
_OF_ONE_ARRAY: Mapping[str, Callable[..., Any]] = {"logsumexp": _by_rows(_logsumexp)}
