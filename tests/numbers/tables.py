"""What the golden tables of numbers hold: see tests/golden.py.

A value is a rational (1/3), a double (0.1f), a ball (0.3~0.4), or an array ([1, 2; 3, 4]).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq

from symgd.errors import DomainError, PrecisionError
from symgd.expressions.operations import OPERATIONS
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from symgd.numbers import bounded, float_arrays, plan, relation, values
from symgd.numbers.arrays import array
from symgd.numbers.meanings import BALL, DOMAIN, EXACT, FLOAT, as_ball
from symgd.numbers.systems import (
    ExactSystem,
    FloatSystem,
    NumberSystem,
    RoundedSystem,
    apply_exactly,
    is_proved,
    rational,
)
from tests.golden import Table


def value(written: str) -> Any:
    """A value as the rows write it."""
    if written.startswith("["):
        rows = [[value(part) for part in row.split(",")] for row in written[1:-1].split(";")]
        return array(rows if ";" in written else rows[0])
    written = written.strip()
    if "~" in written:
        low, high = written.split("~")
        return values.Ball(Fraction(low), Fraction(high))
    return float(written[:-1]) if written.endswith("f") else Fraction(written)


def told(found: Any) -> str:
    """A value in a line; doubles to the digits on which all machines agree."""
    if isinstance(found, np.ndarray) and not found.ndim:
        return told(found[()])
    if isinstance(found, np.ndarray | list):
        return f"[{', '.join(map(told, found))}]"
    if isinstance(found, values.Ball):
        return f"ball {found.proved(25)}"
    if isinstance(found, arb):
        if not found.is_finite():
            return "ball without bounds"
        return "ball about 0" if found.contains(0) else f"ball {found.str(12, radius=False)}"
    if isinstance(found, float | np.floating):
        return f"float {float(found):.13g}"
    if isinstance(found, fmpq):
        return f"{found}"
    return f"{found}" if isinstance(found, Fraction) else repr(found)


def tried(work: Callable[..., Any], *operands: Any) -> str:
    """What comes of it, or why nothing does."""
    try:
        return told(work(*operands))
    except DomainError as error:
        return f"no value: {error.operation} at {error.part} of {', '.join(map(told, error.values))}"
    except (PrecisionError, ValueError, ZeroDivisionError, OverflowError, TypeError, LookupError) as error:
        return f"{type(error).__name__}"


def meanings(op: str, *points: str) -> Iterator[str]:
    """An operation at rationals: exactly, in a ball, in doubles, in arrays, and whether it exists."""
    exists = DOMAIN.get(OPERATIONS[op].domain, lambda *operands: True)
    for point in points:
        operands = [Fraction(part) for part in point.split()]
        exactly = [rational(operand) for operand in operands]
        doubles = [float(operand) for operand in operands]
        with ctx.workprec(128), np.errstate(all="ignore"):
            found = [
                tried(exists, *exactly),
                tried(exists, *[as_ball(operand) for operand in exactly]),
                tried(exists, *doubles),
                tried(EXACT[op], *exactly) if op in EXACT else "—",
                tried(apply_exactly, op, exactly),
                tried(BALL[op], *exactly),
                tried(BALL[op], *[as_ball(operand) for operand in exactly]),
                tried(FLOAT[op], *doubles),
                tried(float_arrays.WHOLE[op], *map(np.float64, doubles)),
            ]
        yield f"{point}: {' | '.join(found)}"


def describing(written: str) -> Iterator[str]:
    """What a value is, and how it is written."""
    found = value(written)
    yield f"bounds {', '.join(map(str, values.bounds(found)))}; exact {values.is_exact(found)}; {values.whole(found)}"
    yield f"rounded {[str(values.rounded(found, digits)) for digits in (1, 2, 3, 6, 12, 13, 16)]}"
    if isinstance(found, values.Ball):
        yield f"{found} {found!r} {float(found):.15g} middle {found.middle}"
        yield f"proved {found.proved()!r} {found.proved(3)!r}"
        return
    exact = values.exact_decimal(found)
    yield f"short {values.is_short(exact)} small {values.is_small_fraction(exact)} power {values.exponent_of(exact)}"
    yield f"written {values.written(exact)} {values.written(exact).latex()}"
    yield f"round {[str(values.round_to(exact, places)) for places in (-2, -1, 0, 1, 2, 3)]}"


def showing(written: str) -> Iterator[str]:
    """How a value is printed with so many digits, and in a table."""
    found = value(written)
    for digits in (1, 2, 4, 6):
        shown, decimal = relation.show(found, digits), None
        if not values.is_array(found):
            decimal = relation.decimal(found, digits)
        lines = [f"{item.sign} {item.tree} ({item.value})" if item else "nothing" for item in (shown, decimal)]
        yield f"{digits}: {' | '.join(lines)}"


def working(formula: str, digits: str, *given: str) -> Iterator[str]:
    """The line that works a formula out; `=…` is its result, else it is worked out exactly or in doubles."""
    tree = read(formula)
    pairs = dict(field.split("=", 1) for field in given)
    result = pairs.pop("", "")
    known = {word: tuple(map(value, text.split("+"))) if "+" in text else value(text) for word, text in pairs.items()}
    found = value(result) if result else _worked_out(tree, known)
    line = relation.worked(tree, known, found, int(digits))
    yield f"{line.left_sign} {line.left} {line.sign} {line.tree}" if line else "no line"


def _worked_out(tree: Expression, known: Mapping[str, Any]) -> Any:
    floats = any(isinstance(entry, float) for each in known.values() for entry in values.entries_of(each))
    system: NumberSystem = FloatSystem() if floats else ExactSystem(256)
    with system.precision():
        return system.public(system.evaluate(tree, {word: _inside(system, each) for word, each in known.items()}))


def _inside(system: NumberSystem, found: Any) -> Any:
    """A value in a system; of terms their sum, of a ball the whole of it."""
    if isinstance(found, tuple):
        return system.number(sum(found, Fraction(0)))
    return _ball(found) if isinstance(found, values.Ball) else system.number(found)


def _systems() -> list[NumberSystem]:
    return [ExactSystem(), RoundedSystem(2), FloatSystem()]


def _prove(tree: Expression, point: Mapping[str, Fraction], candidate: Fraction) -> bool:
    from symgd.calculus.bridge import proves

    return proves(tree, point, candidate)


def evaluating(formula: str, *given: str) -> Iterator[str]:
    """A formula in every system: worked out, carried on, given back."""
    pairs = dict(field.split("=", 1) for field in given)
    declared = [word for word, text in pairs.items() if text.startswith("[")]
    tree = read(formula, names=declared)
    if declared:
        from symgd.expressions.shapes import typed

        tree = typed(tree, {word: value(pairs[word]).shape for word in declared}).tree
    known = {word: value(text) for word, text in pairs.items()}
    for system in [*_systems(), ExactSystem(128, _prove), RoundedSystem(3, 128, _prove)]:
        with system.precision():
            numbers = {word: _inside(system, each) for word, each in known.items()}
            made = tried(system.evaluate, tree, numbers)
            carried = tried(lambda: system.public(system.assign(tree, numbers)))  # noqa: B023 - used at once
        grown = " outgrown" if getattr(system, "outgrown", False) else ""
        yield f"{system.name}: {made} → {carried}{grown}"
    arrays = {word: each.astype(float) if values.is_array(each) else _double(each) for word, each in known.items()}
    yield f"whole: {tried(float_arrays.evaluate, tree, arrays, float)}"


def _double(number: Fraction) -> float:
    return float(FloatSystem().number(number))


def solving(matrix: str, right: str) -> Iterator[str]:
    """The solution of a linear system in every system."""
    rows, sides = value(matrix), value(right)
    for system in _systems():
        numbers = [[system.number(entry) for entry in row] for row in rows]
        found = tried(system.solve, numbers, [system.number(entry) for entry in sides])
        yield f"{system.name}: {found}"
    balls = [[as_ball(rational(entry)) for entry in row] for row in rows]
    yield f"balls: {tried(lambda: np.array(ExactSystem().solve(balls, [as_ball(rational(e)) for e in sides])))}"


def bounding(formula: str, *given: str) -> Iterator[str]:
    """The value of a formula from outside, with two precisions."""
    pairs = dict(field.split("=", 1) for field in given)
    tree = read(formula, names=list(pairs))
    known = {word: _number(text) for word, text in pairs.items()}
    for bits in (64, 512):
        found = bounded.value_of(tree, known, bits)
        kind = "rational" if isinstance(found, fmpq) else type(found).__name__
        yield f"{bits}: {kind} {bounded.shown(found)} {found if isinstance(found, bounded.NoValue) else ''}"


def _number(text: str) -> Any:
    found = value(text)
    if values.is_array(found):
        return values.mapped(rational, found)
    return _ball(found) if isinstance(found, values.Ball) else rational(found)


def _ball(found: values.Ball) -> Any:
    return as_ball(rational(found.low)).union(as_ball(rational(found.high)))


def showing_bounded(written: str) -> Iterator[str]:
    """A number as it is told in a report."""
    found = value(written)
    yield f"{bounded.shown(values.mapped(lambda entry: rational(entry), found))}"
    with ctx.workprec(128):
        ball = values.mapped(lambda entry: as_ball(rational(entry)), found)
        near = values.mapped(lambda entry: entry + arb(0, 1e-9), ball)
        yield f"as a ball {bounded.shown(ball)}, near it {bounded.shown(near)}"
        proved = [digits for digits in (1, 6, 8, 12, 30) if is_proved(ball + arb(0, 1e-12), digits)]
        yield f"{proved} digits with 1e-12 about it are proved"


def planning(formula: str) -> Iterator[str]:
    """How a formula is laid out."""
    tree = read(formula)
    stops = " ".join(f"{stop.op}{list(stop.operands)}{stop.domain}" for stop in plan.plan(tree))
    yield f"{stops}; structure {plan.has_structure(tree)}"
    squares = plan.with_squares(tree)
    if squares != tree:
        yield f"squares {squares}"
    made = plan.rational_plan(tree)
    if made is not None:
        steps = [(work.__name__.strip("<>"), left, right) for work, left, right in made.operations]
        yield f"polynomial of {made.names} with {made.constants}: {steps}, degree {made.degree}"
        yield f"worth {made.value([fmpq(place + 2, 3) for place in range(len(made.names))])}"


TABLES: Mapping[str, Table] = {
    "meanings": meanings,
    "describing": describing,
    "showing": showing,
    "working": working,
    "evaluating": evaluating,
    "solving": solving,
    "bounding": bounding,
    "showing_bounded": showing_bounded,
    "planning": planning,
}
