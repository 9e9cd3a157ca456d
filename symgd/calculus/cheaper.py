"""Cheaper instructions that give the same: constants folded, minus signs joined, small powers as products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symgd.calculus.graph import Graph

#: Whole exponents up to this are products.
_MOST_PRODUCT = 4


def _cheap_add(graph: Graph, left: int, right: int) -> int | None:
    a, b = graph.value(left), graph.value(right)
    if a is not None and b is not None:
        return graph.number(a + b)
    if a == 0:
        return right
    if b == 0:
        return left
    op, args = graph.instructions[right]
    if op == "neg":
        return graph.make("sub", left, args[0])
    op, args = graph.instructions[left]
    return graph.make("sub", right, args[0]) if op == "neg" else None


def _cheap_sub(graph: Graph, left: int, right: int) -> int | None:
    a, b = graph.value(left), graph.value(right)
    if a is not None and b is not None:
        return graph.number(a - b)
    if b == 0:
        return left
    if a == 0:
        return graph.make("neg", right)
    op, args = graph.instructions[right]
    return graph.make("add", left, args[0]) if op == "neg" else None


def _cheap_mul(graph: Graph, left: int, right: int) -> int | None:
    a, b = graph.value(left), graph.value(right)
    if a is not None and b is not None:
        return graph.number(a * b)
    if a is None and b is None:
        for one, other in ((left, right), (right, left)):
            op, args = graph.instructions[one]
            if op == "neg":
                return graph.make("neg", graph.make("mul", args[0], other))
        return graph.put("mul", (right, left)) if left > right else None
    number, other = (a, right) if a is not None else (b, left)
    return _times_number(graph, number or Fraction(0), other)


def _times_number(graph: Graph, number: Fraction, other: int) -> int | None:
    if number == 0:
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
    a, b = graph.value(left), graph.value(right)
    if b is not None and b != 0:
        if a is not None:
            return graph.number(a / b)
        if abs(b) == 1 or (b.denominator == 1 and abs(b.numerator) & (abs(b.numerator) - 1) == 0):
            return graph.make("mul", left, graph.number(1 / b))  # exact in floats: a power of 2
    if a == 0 and b is None:
        return graph.number(0)
    return None


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
    power, value = graph.value(exponent), graph.value(base)
    if graph.instructions[base][0] == "e":
        return graph.make("exp", exponent)
    if power is None:
        return None
    if value is not None and power.denominator == 1 and (value != 0 or power > 0) and abs(power) < 100:
        return graph.number(value ** int(power))
    if power == 1:
        return base
    if power == Fraction(1, 2):
        return graph.make("sqrt", base)
    if power.denominator != 1 or not 0 < abs(power) <= _MOST_PRODUCT:
        return None
    result = _repeated(graph, base, int(abs(power)))
    return result if power > 0 else graph.make("div", graph.number(1), result)


def _repeated(graph: Graph, base: int, count: int) -> int:
    square = graph.make("mul", base, base) if count > 1 else base
    return {1: base, 2: square}.get(count) or graph.make("mul", square, base if count == 3 else square)


def _cheap_matmul(graph: Graph, left: int, right: int) -> int | None:
    """A number before a matrix product goes to its result, which is smaller."""
    return _number_behind(graph, "matmul", left, right)


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
    "plain_matmul": _cheap_plain_matmul,
    **dict.fromkeys(("max", "min"), _cheap_one),
}
