"""Lines of working that no update makes: a value by its name, a formula worked out, and a line as text."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from symgd.calculus.program import shown_text
from symgd.calculus.spectrum import as_number
from symgd.descent.trajectory import Line
from symgd.expressions.reader import read
from symgd.expressions.tree import ZERO, Expression
from symgd.expressions.writer import text as write_text
from symgd.numbers.relation import DIGITS, show, worked
from symgd.numbers.systems import ExactSystem
from symgd.numbers.values import Value


def quantity(word: str, value: Value) -> Line:
    """A line that names a value: λ1 = 2."""
    return Line("fact", word, "", ZERO, {}, value)


def line_of(word: str, formula: str, operands: Mapping[str, Value]) -> Line:
    """A line that works a value out: ηmax = 2/λmax = 2/2 = 1. Raises DomainError, PrecisionError.

    >>> from fractions import Fraction
    >>> line_text(line_of("eta_max", "2/lambda_max", {"lambda_max": Fraction(8)}))
    'η_max = 2/λ_max = 2/8 = 0.25'
    """
    tree = read(formula)
    used = {word: operands[word] for word in tree.names}
    return Line("fact", word, "", tree, used, value_of(tree, used))


def value_of(tree: Expression, operands: Mapping[str, Value], bits: int = 320) -> Value:
    """The value of a formula; operands may be Balls. Raises DomainError, PrecisionError."""
    system = ExactSystem(bits)
    with system.precision():
        return system.public(system.evaluate(tree, {word: as_number(value) for word, value in operands.items()}))


def line_text(line: Line, digits: int = DIGITS) -> str:
    """A line as text on one line, as a handout prints it."""
    left = worked(line.formula, line.operands, line.value, digits)
    end = left or show(line.value, digits)
    sides = [("", shown_text(line.quantity))]
    if end is None:
        return sides[0][1]
    if line.formula.op != "number":
        sides.append((" = ", write_text(line.formula)))
    if left is not None:
        sides.append((f" {left.left_sign} ", write_text(left.left)))
    sides.append((f" {end.sign} ", write_text(end.tree)))
    kept = [sides[0], *(side for before, side in pairwise(sides) if side[1] != before[1])]
    return "".join(sign + text for sign, text in kept)
