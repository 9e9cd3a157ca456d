"""The value of a formula from outside: exact or in a ball, with so many bits, and never of a size that hangs."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from flint import arb, ctx, fmpq

from symgd.errors import DomainError, PrecisionError
from symgd.expressions.operations import DEFAULTS, OPERATIONS
from symgd.expressions.tree import Expression, fold, nodes
from symgd.expressions.writer import decimal_text
from symgd.numbers.meanings import DOMAIN, as_ball, is_rational, sign_of
from symgd.numbers.plan import has_structure, kept, rational_plan
from symgd.numbers.systems import apply_exactly, evaluate, public, rational
from symgd.numbers.values import Ball, entries_of, is_array

#: Bits to work with, one after the other, until a relation between numbers is decided.
LADDER = (128, 512, 2_048, 8_192)
#: Bits of the values that names are bound to.
BITS = 512
_MOST_BITS = 40_000
#: Of these a power of e (or of the base) must stay of a size that can be written: exp(exp(exp(9))) has no place.
GROWING = frozenset(
    ("exp", "sinh", "cosh", "tanh", "pow", "sigmoid", "softplus", "silu", "gelu", "erf", "logsumexp", "elu")
)
_GREATEST_POWER = 10**18
_GREATEST_DEGREE = 400
_MOST_TERMS = 200_000
_ONLY_RATIONALS = frozenset((fmpq,))

Number = Any  # fmpq or arb


class NoValue(NamedTuple):
    """A side without a real value (1/0, the root of a negative number)."""

    operation: str


def value_of(tree: Expression, values: Mapping[str, Number], bits: int = BITS) -> Number | NoValue | None:
    """The value of a side, NoValue where it has none, None where that cannot be told with so many bits.

    >>> from symgd.expressions.reader import read
    >>> value_of(read("0.5 + 0.01"), {})
    51/100
    """
    if (exact := _of_polynomial(tree, values, bits)) is not None:
        return exact
    if "series" in tree.operations and _terms(tree, values) > _MOST_TERMS:
        return None
    with ctx.workprec(bits):
        try:
            steps = _stepwise(tree)
            known = [] if steps is None else [values[word] for word in steps.names]
            if steps is not None and _NUMBERS.issuperset(map(type, known)):
                value = steps.value(known)
            else:
                value = evaluate(tree, values, rational, _bounded)
        except DomainError as error:
            return NoValue(error.operation)
        except _Lost as error:
            return NoValue(error.operation)
        except (PrecisionError, OverflowError, ValueError, ZeroDivisionError, KeyError, TypeError, AttributeError):
            return None
        if not all(is_rational(entry) or entry.is_finite() for entry in entries_of(value)):
            return None
        return value


def _terms(tree: Expression, values: Mapping[str, Number]) -> int:
    """How many terms the sums of a formula have in all, one inside another multiplied."""

    def count(node: Expression, below: tuple[int, ...]) -> int:
        if node.op != "series":
            return min(1 + sum(below), _MOST_TERMS + 1)
        ends: list[Any] = [value_of(bound, values) for bound in node.args[2:]]
        if not all(is_rational(end) and abs(end) < _GREATEST_POWER for end in ends):
            return 1
        return min(_span(*ends) * below[0], _MOST_TERMS + 1)

    return fold(tree, count)


def _span(low: Number, high: Number) -> int:
    """How many whole numbers there are from one bound to the other."""
    return max(0, int(high.p // high.q) - int(low.p // low.q) + 1)


def _of_polynomial(tree: Expression, values: Mapping[str, Number], bits: int) -> Number | None:
    """The value of a polynomial of no great degree where every name is worth a rational."""
    polynomial = rational_plan(tree)
    if polynomial is None or polynomial.degree > _GREATEST_DEGREE:
        return None
    known = [values.get(word) for word in polynomial.names]
    if not _ONLY_RATIONALS.issuperset(map(type, known)):
        return None
    value = polynomial.value(known)
    if value.height_bits() <= _MOST_BITS:
        return value
    with ctx.workprec(bits):
        return as_ball(value)


class _Lost(Exception):
    """An operation has no value where it stands."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation


#: What is worked out, and the places of its operands.
Step = tuple[Callable[..., Any], tuple[int, ...]]


class _Stepwise(NamedTuple):
    """A formula laid out for many points: its names, its constants, then one operation after the other."""

    names: tuple[str, ...]
    constants: tuple[Any, ...]
    steps: tuple[Step, ...]

    def value(self, values: Sequence[Number]) -> Number:
        """The value where the names have these values, in their order; raises _Lost, PrecisionError."""
        found = [*values, *self.constants]
        for work, places in self.steps:
            if len(places) == 2:
                found.append(work(found[places[0]], found[places[1]]))
            else:
                found.append(work(*[found[place] for place in places]))
        return found[-1]


@kept
def _stepwise(tree: Expression) -> _Stepwise | None:
    """The steps of a formula of numbers; None for sums over an index, cases, arrays, and what is very long."""
    found = tuple(nodes(tree)) if _BRANCHING.isdisjoint(tree.operations) and not has_structure(tree) else ()
    if not tree.args or not found or len(found) >= _MOST_STEPS:
        return None
    words, steps = tree.names, list[Step]()
    numbers = [node for node in found if node.op == "number"]
    constants = [rational(node.value) for node in numbers]
    at = {id(node): len(words) + place for place, node in enumerate(numbers)}
    for node in found:
        if node.op == "name":
            at[id(node)] = words.index(node.name)
    left_out = [node for node in found if node.op in DEFAULTS and len(node.args) == 1]
    defaults = {id(node): len(words) + len(constants) + place for place, node in enumerate(left_out)}
    constants += [rational(DEFAULTS[node.op]) for node in left_out]
    for node in found:
        if id(node) not in at:
            places = tuple([at[id(operand)] for operand in node.args])
            at[id(node)] = len(words) + len(constants) + len(steps)
            steps.append((_WORKS[node.op], places + ((defaults[id(node)],) if id(node) in defaults else ())))
    return _Stepwise(words, tuple(constants), tuple(steps))


_BRANCHING = frozenset(("piecewise", "lt", "le", "gt", "ge", "true", "series"))
_NUMBERS = frozenset((fmpq, arb))
_MOST_STEPS = 2_000


def _work(op: str, domain: str) -> Callable[..., Number]:
    """An operation on numbers that raises where it has no value."""
    exists = DOMAIN.get(domain)

    def work(*operands: Number) -> Number:
        if exists is not None and not exists(*operands):
            raise _Lost(op)
        return _bounded(op, operands)

    return work


def _product(a: Number, b: Number) -> Number:
    """Nothing times anything is nothing, exactly."""
    if (type(a) is fmpq and not a) or (type(b) is fmpq and not b):
        return fmpq(0)
    return a * b


def _quotient(a: Number, b: Number) -> Number:
    if sign_of(b) == 0:
        raise _Lost("div")
    return a / b


#: Operations that a few steps cannot make grow too long.
_PLAIN: Mapping[str, Callable[..., Number]] = {
    "add": operator.add,
    "sub": operator.sub,
    "neg": operator.neg,
    "mul": _product,
    "div": _quotient,
}


_WORKS = {row.name: _PLAIN.get(row.name) or _work(row.name, row.domain) for row in OPERATIONS.values()}


def _bounded(op: str, operands: Sequence[Number]) -> Number:
    """An operation; rationals that would grow without end go on as balls."""
    if op in GROWING and not all(abs(operand) < _GREATEST_POWER for operand in operands[-1:]):
        raise PrecisionError(op)
    if op == "pow" and _too_large(*operands):
        operands = [as_ball(operands[0]), operands[1]]
    return _in_bounds(apply_exactly(op, operands))


def _in_bounds(value: Number) -> Number:
    """The value, a rational too long to carry on as a ball."""
    return as_ball(value) if is_rational(value) and value.height_bits() > _MOST_BITS else value


def _too_large(base: Number, exponent: Number) -> bool:
    if not (is_rational(base) and is_rational(exponent)) or abs(base) in (0, 1):
        return False
    return bool(abs(exponent) * base.height_bits() > _MOST_BITS)


_DIGITS = 15
_LONGEST = 40


def shown(value: Number | NoValue | None) -> str | None:
    """A value for people and for JSON: in full where it is short, else its proved digits."""
    if value is None or isinstance(value, NoValue):
        return None
    if is_array(value):
        entries = [shown(entry) for entry in value]  # of a matrix its rows
        return None if None in entries else f"({', '.join(map(str, entries))})"
    try:
        exact = public(value)
    except (PrecisionError, OverflowError, ValueError):
        return None
    if isinstance(exact, Fraction):
        if max(exact.numerator.bit_length(), exact.denominator.bit_length()) < 400:
            written = decimal_text(exact) or f"{exact.numerator}/{exact.denominator}"
            if len(written) <= _LONGEST:
                return written
        exact = Ball(exact, exact)
    if abs(exact.middle) >= Fraction(10) ** 300 or (exact.middle and abs(exact.middle) < Fraction(1, 10**300)):
        return None
    for count in range(_DIGITS, 0, -1):
        if (digits := exact.digits(count)) is not None:
            return digits
    return None
