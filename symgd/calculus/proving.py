"""Whether algebra proves two formulas equal: their difference as a quotient of polynomials in names and kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar

from symgd.calculus.addends import with_numbers
from symgd.calculus.kernels import FEW_KERNELS, MOST_KERNELS, REFUSED, Beyond, Field, FinerUnit, Form, MoreRoom
from symgd.expressions.tree import ZERO, Expression, operation

Told = TypeVar("Told")
_TRIES = 6


def proves_equal(left: Expression, right: Expression) -> bool | None:
    """True where algebra proves two formulas equal wherever both have a value; False where it proves that they are
    not; None where it does not tell.

    >>> import symgd
    >>> proves_equal(symgd.parse("sin(x)^2 + cos(x)^2"), symgd.parse("1"))
    True
    >>> proves_equal(symgd.parse("(a + b)^2"), symgd.parse("a^2 + b^2"))
    False
    """
    if not REFUSED.isdisjoint(left.operations | right.operations):
        return None
    found = _in_a_field((left, right), _vanishes)
    if found is not None:
        return found
    parts = with_numbers(operation("sub", left, right), _constant)
    return True if parts.op != "sub" and _in_a_field((parts, ZERO), _vanishes) else None


def _vanishes(field: Field, left: Expression, right: Expression) -> bool | None:
    difference = field.sub(field.of(left), field.of(right))
    top = field.under_relations(difference.top)
    if top.is_zero():
        return True
    return False if top.is_constant() or not field.kernels else None


def _constant(tree: Expression) -> Fraction | None:
    """The rational that a formula is proved to be worth wherever it has a value."""
    return _in_a_field((tree,), lambda field, tree: field.constant(field.of(tree)))


def _in_a_field(trees: tuple[Expression, ...], tell: Callable[..., Told | None]) -> Told | None:
    """What is told of formulas in a field with room for their kernels; None where there is none."""
    units: dict[tuple[str, str], Fraction] = {}
    room = FEW_KERNELS
    for _ in range(_TRIES):
        field = Field(trees, _ROWS, room)
        field.units |= units
        try:
            return tell(field, *trees)
        except FinerUnit as more:
            units[more.key] = more.unit
        except MoreRoom:
            room = MOST_KERNELS
        except (Beyond, ZeroDivisionError, ValueError, OverflowError, RecursionError):
            return None
    return None


def _sigmoid(field: Field, z: Form) -> Form:
    power = field.exp(z)
    return field.div(power, field.add(power, field.number(Fraction(1))))


def _hyperbolic(sign: int) -> Callable[[Field, Form], Form]:
    def row(field: Field, z: Form) -> Form:
        power = field.exp(z)
        other = field.div(field.number(Fraction(sign)), power)
        return field.times(Fraction(1, 2), field.add(power, other))

    return row


def _tanh(field: Field, z: Form) -> Form:
    square = field.exp(field.times(2, z))
    one = field.number(Fraction(1))
    return field.div(field.sub(square, one), field.add(square, one))


def _softplus(field: Field, z: Form) -> Form:
    return field.log(field.add(field.number(Fraction(1)), field.exp(z)))


def _relu(field: Field, z: Form) -> Form:
    return field.times(Fraction(1, 2), field.add(z, field.absolute(z)))


def _extreme(sign: int) -> Callable[..., Form]:
    def row(field: Field, *args: Form) -> Form:
        if len(args) > 2:
            raise Beyond("max")
        if len(args) == 1:
            return args[0]
        a, b = args
        apart = field.times(sign, field.absolute(field.sub(a, b)))
        return field.times(Fraction(1, 2), field.add(field.add(a, b), apart))

    return row


def _quotient(above: str, below: str) -> Callable[[Field, Form], Form]:
    def row(field: Field, z: Form) -> Form:
        known = {"1": field.number(Fraction(1)), **dict(zip(("cos", "sin"), field.circle(z), strict=True))}
        return field.div(known[above], known[below])

    return row


def _log_to(base: int) -> Callable[[Field, Form], Form]:
    return lambda field, z: field.div(field.log(z), field.log(field.number(Fraction(base))))


#: What an operation makes of forms; an operation without a row is a kernel of its own.
_ROWS: Mapping[str, Callable[..., Form]] = {
    "add": Field.add,
    "sub": Field.sub,
    "mul": Field.mul,
    "div": Field.div,
    "pow": Field.power,
    "neg": lambda field, a: Form(-a.top, a.bottom),
    "exp": Field.exp,
    "e": lambda field: field.exp(field.number(Fraction(1))),
    "log": Field.log,
    "log2": _log_to(2),
    "log10": _log_to(10),
    "sqrt": Field.sqrt,
    "abs": Field.absolute,
    "sin": lambda field, z: field.circle(z)[1],
    "cos": lambda field, z: field.circle(z)[0],
    "tan": _quotient("sin", "cos"),
    "cot": _quotient("cos", "sin"),
    "sec": _quotient("1", "cos"),
    "csc": _quotient("1", "sin"),
    "sinh": _hyperbolic(-1),
    "cosh": _hyperbolic(1),
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "logit": lambda field, p: field.sub(field.log(p), field.log(field.sub(field.number(Fraction(1)), p))),
    "silu": lambda field, z: field.mul(z, _sigmoid(field, z)),
    "softplus": _softplus,
    "relu": _relu,
    "max": _extreme(1),
    "min": _extreme(-1),
}
