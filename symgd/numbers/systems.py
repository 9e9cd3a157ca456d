"""Number systems: the same formula worked out exactly, in certified balls, rounded by hand's rule, or in floats.

A system turns numbers into its own, evaluates a formula, finishes the value that is written after a relation
sign (`assign`), and gives it back as a public value. Everything that runs a descent knows only these four.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Protocol

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpz

from symgd.errors import DomainError, PrecisionError
from symgd.expressions.operations import OPERATIONS
from symgd.expressions.tree import Expression
from symgd.numbers.meanings import BALL, DOMAIN, EXACT, FLOAT, Number, as_ball, is_rational, sign_of
from symgd.numbers.plan import LayOut, Stop, has_structure, laid_out, prepared, rational_plan, with_squares
from symgd.numbers.values import FULL_DIGITS, Ball, Value, exact_decimal, is_array, mapped

#: Bits of the bounds of a public ball: more than the digits that are printed ever need.
_PUBLIC_BITS = 448
_ONLY_RATIONALS = frozenset({fmpq})
#: An exact rational with more bits than this goes on as a certified ball.
MOST_BITS = 4_096

Prove = Callable[[Expression, Mapping[str, Fraction], Fraction], bool]


class NumberSystem(Protocol):
    """What a descent needs of numbers."""

    name: str

    def number(self, value: Fraction) -> Number:
        """A rational as a number of this system."""

    def evaluate(self, tree: Expression, values: Mapping[str, Number]) -> Number:
        """The value of a formula; raises DomainError or PrecisionError."""

    def assign(self, tree: Expression, values: Mapping[str, Number]) -> Number:
        """The value of a formula as it is carried on: what stands after its relation sign."""

    def public(self, value: Number) -> Value:
        """The value as a Fraction, a Ball or a float."""

    def solve(self, matrix: list[list[Number]], right: list[Number]) -> list[Number]:
        """The solution of a square linear system; raises ZeroDivisionError where it is singular."""

    def precision(self) -> Any:
        """A context in which this system's numbers are worked out."""


def evaluate(
    tree: Expression,
    values: Mapping[str, Number],
    number: Callable[[Fraction], Number],
    apply: Callable[[str, Sequence[Number]], Number],
    lay_out: LayOut = prepared,
) -> Number:
    """Walk the plan of a tree. A part without a value is fatal only if the result needs it.

    (piecewise may leave a branch unused, so a DomainError travels as a value until it is asked for.) The plan is kept
    for the next time; `laid_out` keeps none.
    """
    if has_structure(tree) or any(is_array(values[word]) for word in tree.names):
        from symgd.numbers.arrays import evaluate as evaluate_arrays  # loads NumPy, which numbers do without

        return evaluate_arrays(tree, values, number, functools.partial(_step, apply=apply), lay_out)
    found: list[Any] = []
    for stop, constant in lay_out(tree, number):
        if constant is not None:
            found.append(constant)
        elif stop.op == "name":
            found.append(values[stop.node.name])
        else:
            found.append(_step(stop, [found[place] for place in stop.operands], apply))
    result = found[-1]
    if isinstance(result, DomainError):
        raise result
    return result


def _step(stop: Stop, operands: list[Any], apply: Callable[[str, Sequence[Number]], Number]) -> Any:
    if stop.op == "piecewise":
        return _chosen(operands)
    for operand in operands:
        if isinstance(operand, DomainError):
            return operand
    if stop.op in _COMPARE:
        return _COMPARE[stop.op](sign_of(operands[0] - operands[1]))
    if stop.op == "true":
        return True
    if stop.domain != "real" and not DOMAIN[stop.domain](*operands):
        return DomainError(stop.op, stop.node, tuple(operands))
    return apply(stop.op, operands)


_COMPARE: dict[str, Callable[..., bool]] = {
    "lt": lambda sign: sign < 0,
    "le": lambda sign: sign <= 0,
    "gt": lambda sign: sign > 0,
    "ge": lambda sign: sign >= 0,
}


def _chosen(operands: list[Any]) -> Any:
    """The first branch whose condition holds."""
    for value, condition in zip(operands[::2], operands[1::2], strict=True):
        if isinstance(condition, DomainError):
            return condition
        if condition:
            return value
    raise AssertionError("the reader lets no piecewise through without a last branch")


@functools.lru_cache(maxsize=8_192)
def rational(value: Fraction) -> Any:
    """A Fraction as flint's rational."""
    return fmpq(value.numerator, value.denominator)


def apply_exactly(op: str, operands: Sequence[Number]) -> Number:
    """An operation on rationals and balls: rational wherever the value is known to be."""
    if _ONLY_RATIONALS.issuperset(map(type, operands)):
        value = _rational_value(op, operands)
        if value is not None:
            return value
    elif op == "mul" and any(is_rational(operand) and operand == 0 for operand in operands):
        return fmpq(0)
    elif op == "pow" and is_rational(operands[1]) and operands[1] == 0:
        return fmpq(1)
    value = BALL[op](*operands)
    if not is_rational(value) and not value.is_finite():
        raise PrecisionError(op)
    return value


def _rational_value(op: str, operands: Sequence[Number]) -> Number:
    exact = EXACT.get(op)
    value = exact(*operands) if exact else None
    if value is None and len(operands) == 1:
        (operand,) = operands
        if operand.q == 1 and operand.p in (0, 1):
            known = OPERATIONS[op].exactly.get(Fraction(int(operand.p)))
            return None if known is None else rational(known)
    return value


def _exactly(value: Any) -> Any:
    return rational(value if isinstance(value, Fraction) else exact_decimal(float(value)))


class ExactSystem:
    """Rationals; a value that is not rational is a ball at `bits` of precision.

    `prove` may show that a very narrow ball is a certain rational (sin π is 0); it knows algebra, this floor
    does not.
    """

    name = "exact"

    def __init__(self, bits: int = 128, prove: Prove | None = None) -> None:
        """Work with so many bits where a value is not rational."""
        self.bits, self.prove = bits, prove
        self.outgrown = False

    def number(self, value: Fraction) -> Number:
        """A rational; of an array each entry. A float is taken at its shortest decimal."""
        return mapped(_exactly, value)

    def evaluate(self, tree: Expression, values: Mapping[str, Number]) -> Number:
        """The value of a formula, rational or a ball."""
        polynomial = rational_plan(tree)
        if polynomial is not None:
            given = [values[word] for word in polynomial.names]
            if _ONLY_RATIONALS.issuperset(map(type, given)):
                return polynomial.value(given)
        return evaluate(with_squares(tree), values, rational, apply_exactly)

    def evaluate_print(self, tree: Expression) -> Number:
        """The value of a formula without names, which is worked out once: nothing of it is kept."""
        return evaluate(with_squares(tree), {}, rational, apply_exactly, laid_out)

    def assign(self, tree: Expression, values: Mapping[str, Number]) -> Number:
        """The value of a formula; one that outgrew 4,096 bits goes on as a ball."""
        value = self.evaluate(tree, values)
        if is_array(value):
            return mapped(self._kept_small, value)
        return self._kept_small(value) if type(value) is fmpq else self._recognised(tree, values, value)

    def _kept_small(self, value: Number) -> Number:
        if type(value) is not fmpq or value.height_bits() <= MOST_BITS:
            return value
        self.outgrown = True
        return as_ball(value)

    def public(self, value: Number) -> Value:
        """A Fraction or a Ball; of an array each entry."""
        return mapped(public, value)

    def solve(self, matrix: list[list[Number]], right: list[Number]) -> list[Number]:
        """The solution of a square linear system; raises ZeroDivisionError where it is singular."""
        rows, size = [value for row in matrix for value in row], len(right)
        rational_system = all(map(is_rational, (*rows, *right)))
        make = fmpq_mat if rational_system else arb_mat
        solution = make(size, size, rows).solve(make(size, 1, right))
        return [solution[place, 0] for place in range(size)]

    @contextmanager
    def precision(self) -> Iterator[None]:
        """Balls of `bits` bits inside."""
        with ctx.workprec(self.bits):
            yield

    def _recognised(self, tree: Expression, values: Mapping[str, Number], ball: Number) -> Number:
        """A rational, where the ball closes on a short decimal and algebra proves that it is that."""
        if self.prove is None:
            return ball
        candidate = _short_decimal_in(ball, self.bits)
        if candidate is None:
            return ball
        used = {word: values[word] for word in tree.names}
        if has_structure(tree) or not all(is_rational(value) for value in used.values()):
            return ball
        point = {word: Fraction(int(value.p), int(value.q)) for word, value in used.items()}
        return rational(candidate) if self.prove(tree, point, candidate) else ball


def _short_decimal_in(ball: Number, bits: int) -> Fraction | None:
    """A decimal with at most eight places that a narrow ball contains."""
    scaled = ball * 10**8
    if scaled.rad() > arb(2) ** (-bits // 2) or not scaled.contains_integer():
        return None
    return Fraction(int(scaled.unique_fmpz()), 10**8)


def public(value: Number) -> Fraction | Ball:
    """A rational of flint's as Fraction, a ball with its exact bounds."""
    if isinstance(value, fmpq):
        return _lowest_terms(int(value.p), int(value.q))
    if value.is_exact():
        return dyadic(value)
    with ctx.workprec(_PUBLIC_BITS):
        value = +value  # a little wider, and shorter
    middle, radius = dyadic(value.mid()), dyadic(value.rad())
    return Ball(middle - radius, middle + radius)


def is_proved(value: Number, digits: int) -> bool:
    """Whether so many significant digits of a number are proved, or that it is 0 to far more digits than are printed.

    >>> is_proved(arb(1) / 3, 6), is_proved(arb(1, 1e-6), 6)
    (True, False)
    """
    if is_array(value):
        return all(is_proved(entry, digits) for entry in value.flat)
    if not isinstance(value, arb):
        return True
    bits = int(digits * _BITS_A_DIGIT) + _BITS_OF_AN_EDGE
    return bool(value.rel_accuracy_bits() >= bits or abs(value) < arb(10) ** -(FULL_DIGITS + digits))


#: So much narrower a ball must be that hardly one reaches over the edge of a rounding.
_BITS_OF_AN_EDGE = 24
_BITS_A_DIGIT = 3.3219280948873626
#: A ball further from 1 than 2 to this power is not written out as fractions.
_MOST_EXPONENT = 1 << 18


def _lowest_terms(top: int, bottom: int) -> Fraction:
    """A Fraction of what has no common factor: flint has divided by it already, and looking again takes long."""
    make = getattr(Fraction, "_from_coprime_ints", None)  # from Python 3.12 on
    return make(top, bottom) if make else Fraction(top, bottom, _normalize=False)  # type: ignore[call-overload,no-any-return]


def dyadic(exact_ball: Number) -> Fraction:
    """An exact ball as a fraction; raises PrecisionError for a size that no one could write out."""
    mantissa, exponent = exact_ball.man_exp()
    power = int(exponent)
    if abs(power) > _MOST_EXPONENT:
        raise PrecisionError("size")
    return Fraction(int(mantissa) * 2**power) if power >= 0 else _lowest_terms(int(mantissa), 2**-power)  # it is odd


class RoundedSystem(ExactSystem):
    """By hand: every value written after a relation sign is rounded to `places` decimals, half away from zero."""

    name = "rounded"

    def __init__(self, places: int, bits: int = 128, prove: Prove | None = None) -> None:
        """Round to so many decimals."""
        super().__init__(bits, prove)
        self.scale = fmpz(10) ** places

    def assign(self, tree: Expression, values: Mapping[str, Number]) -> Number:
        """The value of a formula, rounded; raises PrecisionError where a ball cannot tell which way."""
        value = self.evaluate(tree, values)
        if is_array(value):
            return mapped(self.round, value)
        if not is_rational(value):
            value = self._recognised(tree, values, value)
        return self.round(value)

    def solve(self, matrix: list[list[Number]], right: list[Number]) -> list[Number]:
        """The solution, each entry rounded."""
        return [self.round(value) for value in super().solve(matrix, right)]

    def round(self, value: Number) -> Number:
        """Half away from zero."""
        scaled = abs(value) * self.scale + fmpq(1, 2)
        whole = scaled.floor() if is_rational(scaled) else scaled.floor().unique_fmpz()
        if whole is None:
            raise PrecisionError("rounding")
        size = fmpq(int(whole.p) if isinstance(whole, fmpq) else int(whole)) / self.scale
        return size if whole == 0 or sign_of(value) >= 0 else -size


class FloatSystem:
    """IEEE doubles."""

    name = "float"

    def number(self, value: Fraction) -> Any:
        """The nearest double; of an array each entry."""
        if is_array(value) and (value.dtype.kind == "f" or value.size > _MOST_ENTRIES):
            return value.astype("float64", copy=False)
        return mapped(_double, value)

    def evaluate(self, tree: Expression, values: Mapping[str, Any]) -> Any:
        """The value of a formula in doubles; overflow is infinite, and of large arrays what has no value is nan."""
        if _is_large(tree, values):
            from symgd.numbers.float_arrays import evaluate as evaluate_whole  # loads NumPy

            value = evaluate_whole(tree, values, _double)
            return value if is_array(value) else float(value)
        return mapped(float, evaluate(tree, values, _double, _apply_float))

    assign = evaluate

    def public(self, value: Any) -> Any:
        """The float; of an array each entry."""
        return value if is_array(value) and value.dtype.kind == "f" else mapped(float, value)

    def solve(self, matrix: list[list[float]], right: list[float]) -> list[float]:
        """The solution of a square linear system; raises ZeroDivisionError where it is singular."""
        import numpy as np

        try:
            return [float(value) for value in np.linalg.solve(np.array(matrix), np.array(right))]
        except np.linalg.LinAlgError:
            raise ZeroDivisionError from None

    @contextmanager
    def precision(self) -> Iterator[None]:
        """Nothing to set."""
        yield


#: Arrays with more entries are worked out a whole array at a time.
_MOST_ENTRIES = 256


def _is_large(tree: Expression, values: Mapping[str, Any]) -> bool:
    """Whether large arrays stand in a formula that needs no terms one by one."""
    sizes = [values[word].size for word in tree.names if word in values and is_array(values[word])]
    return sum(sizes) > _MOST_ENTRIES and "series" not in tree.operations


@functools.lru_cache(maxsize=8_192)
def _double(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _apply_float(op: str, operands: Sequence[float]) -> float:
    try:
        return float(FLOAT[op](*operands))
    except (ValueError, ZeroDivisionError):
        return math.nan
