"""What a tree would cost and whether its constants exist, found before anything is worked out.

Each node carries its constant rational value (None where it is no rational constant) and its
degree; a constant outside the real domain, an exponent or a degree that is too large is refused at its place.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn

from symgd.errors import InputError
from symgd.expressions.limits import Limits
from symgd.expressions.operations import CONDITIONS, OPERATIONS
from symgd.expressions.tree import Expression


class Cost(NamedTuple):
    """A node's constant value (None where it is no rational constant), its degree, and whether it has no names."""

    constant: Fraction | None
    degree: int
    fixed: bool


_NAME = Cost(None, 1, False)


class Bounds:
    """Weighs each node as it is made, from the weights of its operands."""

    def __init__(self, limits: Limits, text: str) -> None:
        """Start with nothing weighed."""
        self.limits, self.text = limits, text
        self.costs: dict[int, Cost] = {}

    def weighed(self, node: Expression) -> Expression:
        """The node, once it is known that it may stand; raises InputError where it may not.

        The node must live as long as this object: costs are kept by identity.
        """
        if node.op == "name":
            cost = _NAME
        elif node.op == "number":
            cost = Cost(node.value, 0, True)
        else:
            cost = self.cost(node, [self.costs[id(part)] for part in node.args])
        self.costs[id(node)] = cost
        return node

    def cost(self, node: Expression, below: list[Cost]) -> Cost:
        """The weight of an operation."""
        fixed = all(part.fixed for part in below)
        if node.op == "pow":
            return self.power(node, below[0], below[1])
        degree = _degree(node.op, below)
        if degree > self.limits.degree:
            self.fail("degree", node, most=self.limits.degree, limit="degree")
        return Cost(self.constant(node, below), degree, fixed)

    def power(self, node: Expression, base: Cost, exponent: Cost) -> Cost:
        """The weight of a power."""
        power = exponent.constant
        if power is None:
            if base.constant is not None and base.constant <= 0 and not exponent.fixed:
                self.fail("negative-base", node.args[0])
            return Cost(None, base.degree, base.fixed and exponent.fixed)
        if base.constant is not None:
            return Cost(self.constant_power(node, base.constant, power), 0, True)
        if abs(power) > self.limits.exponent:
            self.fail("exponent-too-large", node.args[1], most=self.limits.exponent, limit="exponent")
        degree = base.degree * max(1, int(abs(power)))
        if degree > self.limits.degree:
            self.fail("degree", node, most=self.limits.degree, limit="degree")
        return Cost(None, degree, base.fixed)

    def constant_power(self, node: Expression, base: Fraction, power: Fraction) -> Fraction | None:
        """The value of a constant power, None where it is not rational."""
        if base == 0 and power <= 0:
            self.fail("zero-to-zero" if power == 0 else "divided-by-zero", node)
        if base < 0 and power.denominator != 1:
            self.fail("root-of-negative", node)
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if abs(base) != 1 and base != 0 and size * abs(power) > self.limits.bits:
            self.fail("constant-too-large", node, most=self.limits.bits, limit="bits")
        return base ** int(power) if power.denominator == 1 else None

    def constant(self, node: Expression, below: list[Cost]) -> Fraction | None:
        """The rational value of an operation on constants, None where there is none."""
        values = [part.constant for part in below]
        if not values or any(value is None for value in values) or node.op not in OPERATIONS:
            if node.op == "div" and values[1] == 0:
                self.fail("divided-by-zero", node.args[1])
            return None
        known = [value for value in values if value is not None]
        problem = OUTSIDE.get(OPERATIONS[node.op].domain, _inside)(known)
        if problem == "zero":
            self.fail("divided-by-zero", node.args[1])
        if problem:
            self.fail("constant-domain", node, part=node.text())
        return _worked_out(node.op, known)

    def fail(self, code: str, node: Expression, **facts: Any) -> NoReturn:
        """Raise InputError at a node."""
        start, stop = node.span or (0, len(self.text))
        raise InputError(code, text=self.text, position=start, length=stop - start, **facts)


def _inside(values: list[Fraction]) -> str:
    return ""


#: By the name of a domain: why rational operands are outside it, "" where they are inside.
OUTSIDE: dict[str, Callable[[list[Fraction]], str]] = {
    "divisor": lambda v: "zero" if v[1] == 0 else "",
    "positive": lambda v: "" if v[0] > 0 else "outside",
    "nonnegative": lambda v: "" if v[0] >= 0 else "outside",
    "unit": lambda v: "" if abs(v[0]) <= 1 else "outside",
    "inside_unit": lambda v: "" if abs(v[0]) < 1 else "outside",
    "at_least_one": lambda v: "" if v[0] >= 1 else "outside",
    "sine": lambda v: "outside" if v[0] == 0 else "",
    "probability": lambda v: "" if 0 < v[0] < 1 else "outside",
}

_ARITHMETIC: dict[str, Callable[..., Fraction]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "abs": abs,
    "max": max,
    "min": min,
}


def _worked_out(op: str, values: list[Fraction]) -> Fraction | None:
    if op in _ARITHMETIC:
        return _ARITHMETIC[op](*values) if op not in ("max", "min") else _ARITHMETIC[op](values)
    return OPERATIONS[op].exactly.get(values[0]) if len(values) == 1 else None


def _degree(op: str, below: list[Cost]) -> int:
    if op in ("mul", "div") and not below[0].fixed and not below[1].fixed:
        return below[0].degree + below[1].degree
    return 0 if op in CONDITIONS else max([part.degree for part in below], default=0)
