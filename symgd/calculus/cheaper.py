"""Cheaper instructions that give the same: constants folded, minus signs joined, small powers as products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symgd.calculus.graph import Graph

#: Whole exponents up to this are products.
_MOST_PRODUCT = 4
_HALF = Fraction(1, 2)


def _cheap_add(graph: Graph, left: int, right: int) -> int | None:
    a, b = graph.constants.get(left), graph.constants.get(right)
    if a is not None and b is not None:
        return graph.number(a + b)
    if a is not None and not a:
        return right
    if b is not None and not b:
        return left
    op, args = graph.instructions[right]
    if op == "neg":
        return graph.make("sub", left, args[0])
    op, args = graph.instructions[left]
    return graph.make("sub", right, args[0]) if op == "neg" else None


def _cheap_sub(graph: Graph, left: int, right: int) -> int | None:
    a, b = graph.constants.get(left), graph.constants.get(right)
    if a is not None and b is not None:
        return graph.number(a - b)
    if b is not None and not b:
        return left
    if a is not None and not a:
        return graph.make("neg", right)
    op, args = graph.instructions[right]
    return graph.make("add", left, args[0]) if op == "neg" else None


def _cheap_mul(graph: Graph, left: int, right: int) -> int | None:
    a, b = graph.constants.get(left), graph.constants.get(right)
    if a is not None:
        return _times_number(graph, a, right) if b is None else graph.number(a * b)
    if b is not None:
        return _times_number(graph, b, left)
    op, args = graph.instructions[left]
    if op == "neg":
        return graph.make("neg", graph.make("mul", args[0], right))
    op, args = graph.instructions[right]
    if op == "neg":
        return graph.make("neg", graph.make("mul", args[0], left))
    return graph.put("mul", (right, left)) if left > right else None


def _times_number(graph: Graph, number: Fraction, other: int) -> int | None:
    if not number:
        return graph.number(0)
    if number == 1:
        return other
    op, args = graph.instructions[other]
    if op == "neg":
        return graph.make("mul", graph.number(-number), args[0])
    if op == "mul" and (inner := graph.value(args[0])) is not None:
        return graph.make("mul", graph.number(number * inner), args[1])
    if number == -1:
        return graph.make("neg", other)
    return graph.put("mul", (graph.number(number), other))


def _cheap_div(graph: Graph, left: int, right: int) -> int | None:
    a, b = graph.constants.get(left), graph.constants.get(right)
    if b:
        if a is not None:
            return graph.number(a / b)
        if b.denominator == 1 and _is_power_of_two(abs(b.numerator)):
            return graph.make("mul", left, graph.number(1 / b))  # exact in floats
    if a is not None and not a and b is None:
        return graph.number(0)
    return None


def _is_power_of_two(count: int) -> bool:
    return count & (count - 1) == 0


def _cheap_neg(graph: Graph, inner: int) -> int | None:
    value = graph.value(inner)
    if value is not None:
        return graph.number(-value)
    op, args = graph.instructions[inner]
    if op == "neg":
        return args[0]
    if op == "sub":
        return graph.make("sub", args[1], args[0])
    if op == "mul" and (number := graph.value(args[0])) is not None:
        return graph.make("mul", graph.number(-number), args[1])
    return None


def _cheap_pow(graph: Graph, base: int, exponent: int) -> int | None:
    power, value = graph.constants.get(exponent), graph.constants.get(base)
    if graph.instructions[base][0] == "e":
        return graph.make("exp", exponent)
    if power is None:
        return None
    if power.denominator != 1:
        return graph.make("sqrt", base) if power == _HALF else None
    count = power.numerator
    if value is not None and (value or count > 0) and abs(count) < 100:
        return graph.number(value**count)
    if count == 1:
        return base
    if not 0 < abs(count) <= _MOST_PRODUCT:
        return None
    result = _repeated(graph, base, abs(count))
    return result if count > 0 else graph.make("div", graph.number(1), result)


def _repeated(graph: Graph, base: int, count: int) -> int:
    if count == 1:
        return base
    square = graph.make("mul", base, base)
    return square if count == 2 else graph.make("mul", square, base if count == 3 else square)


def _cheap_matmul(graph: Graph, left: int, right: int) -> int | None:
    """A number before a matrix product goes to its result, which is smaller."""
    return _number_behind(graph, "matmul", left, right)


def _cheap_row_product(graph: Graph, left: int, right: int) -> int | None:
    return _number_behind(graph, "row_product", left, right)


def _cheap_plain_matmul(graph: Graph, left: int, right: int) -> int | None:
    return _number_behind(graph, "plain_matmul", left, right)


def _number_behind(graph: Graph, product: str, left: int, right: int) -> int | None:
    for one, other, first in ((left, right, True), (right, left, False)):
        op, args = graph.instructions[one]
        if op == "mul" and graph.value(args[0]) is not None:
            inside = (args[1], other) if first else (other, args[1])
            return graph.make("mul", args[0], graph.make(product, *inside))
    return None


def _cheap_one(graph: Graph, *args: int) -> int | None:
    return args[0] if len(args) == 1 else None


CHEAPER: Mapping[str, Callable[..., int | None]] = {
    "add": _cheap_add,
    "sub": _cheap_sub,
    "mul": _cheap_mul,
    "div": _cheap_div,
    "neg": _cheap_neg,
    "pow": _cheap_pow,
    "matmul": _cheap_matmul,
    "row_product": _cheap_row_product,
    "plain_matmul": _cheap_plain_matmul,
    **dict.fromkeys(("max", "min"), _cheap_one),
}
