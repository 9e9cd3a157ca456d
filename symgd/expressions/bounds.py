"""What a tree would cost and whether its constants exist, found before anything is worked out.

Each node has its degree where it moves, or its rational value where it has one; a constant outside the real domain, an
exponent or a degree that is too large is refused at its place.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NoReturn

from symgd.errors import InputError
from symgd.expressions.limits import Limits
from symgd.expressions.operations import CONDITIONS, OPERATIONS
from symgd.expressions.tree import Expression


class Bounds:
    """Weighs each node as it is made, from the weights of its operands.

    `degrees` are those of the nodes with names in them, `constants` the values of those that are rational; a node in
    neither is a constant of another kind.
    """

    def __init__(self, limits: Limits, text: str) -> None:
        """Start with nothing weighed."""
        self.limits, self.text = limits, text
        self.degrees: dict[int, int] = {}
        self.constants: dict[int, Fraction] = {}
        self.kept: list[Expression] = []  # weights are kept by identity, so every node must live as long

    def weighed(self, node: Expression) -> Expression:
        """The node, once it is known that it may stand; raises InputError where it may not."""
        self.kept.append(node)
        op = node.op
        if op == "name":
            self.degrees[id(node)] = 1
        elif op == "number":
            self.constants[id(node)] = node.value
        elif op == "pow":
            self.power(node)
        else:
            degrees, moving = self.degrees, list[int]()
            for part in node.args:
                if id(part) in degrees:
                    moving.append(degrees[id(part)])
            if moving:
                self.move(node, _DEGREES.get(op, max)(moving))
            else:
                self.stand(node)
        return node

    def move(self, node: Expression, degree: int) -> None:
        """Note the degree of an operation in which names stand."""
        if degree > self.limits.degree:
            self.fail("degree", node, most=self.limits.degree, limit="degree")
        if node.op == "div" and self.constants.get(id(node.args[1]), 1) == 0:
            self.fail("divided-by-zero", node.args[1])
        self.degrees[id(node)] = degree

    def stand(self, node: Expression) -> None:
        """Note the value of an operation without names, where it is rational."""
        value = self.constant(node)
        if value is not None:
            self.constants[id(node)] = value

    def power(self, node: Expression) -> None:
        """Note the weight of a power."""
        base, exponent = node.args
        value, power = self.constants.get(id(base)), self.constants.get(id(exponent))
        degree = self.degrees.get(id(base))
        if power is None:
            if id(exponent) in self.degrees:
                degree = degree or 0
                if value is not None and value <= 0:
                    self.fail("negative-base", base)
        elif value is not None:
            found = self.constant_power(node, value, power)
            if found is not None:
                self.constants[id(node)] = found
        else:
            size = abs(power.numerator)
            if size > self.limits.exponent * power.denominator:
                self.fail("exponent-too-large", exponent, most=self.limits.exponent, limit="exponent")
            if degree is not None:
                degree *= max(1, size // power.denominator)
        if degree is not None:
            self.move(node, degree)

    def constant_power(self, node: Expression, base: Fraction, power: Fraction) -> Fraction | None:
        """The value of a constant power, None where it is not rational."""
        if base == 0 and power <= 0:
            self.fail("zero-to-zero" if power == 0 else "divided-by-zero", node)
        if base < 0 and power.denominator != 1:
            self.fail("root-of-negative", node)
        bits = Fraction(math.log2(max(abs(base.numerator), base.denominator)))
        if base != 0 and bits * abs(power) >= self.limits.bits:
            self.fail("constant-too-large", node, most=self.limits.bits, limit="bits")
        return base ** int(power) if power.denominator == 1 else None

    def constant(self, node: Expression) -> Fraction | None:
        """The rational value of an operation on constants, None where there is none."""
        known = [self.constants[id(part)] for part in node.args if id(part) in self.constants]
        if not known or len(known) < len(node.args) or node.op not in OPERATIONS:
            if node.op == "div" and self.constants.get(id(node.args[1]), 1) == 0:
                self.fail("divided-by-zero", node.args[1])
            return None
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


#: The degree of an operation from those of its operands, where it is not the greatest of them.
_DEGREES: dict[str, Callable[[list[int]], int]] = {
    **dict.fromkeys(("mul", "div"), sum),
    **dict.fromkeys(CONDITIONS, lambda moving: 0),
}
