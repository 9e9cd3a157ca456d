"""Slips of arithmetic: which of the usual ones turns what a side is worth into the number that was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from symgd.checking.claims import Part
from symgd.checking.comparing import is_short, rounds_to
from symgd.errors import PrecisionError
from symgd.expressions.tree import Expression, fold, nodes, number, operation, rebuilt
from symgd.expressions.writer import decimal_text
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.meanings import is_rational
from symgd.numbers.systems import dyadic, rational

Number = Any
#: A decimal point is not put further away than this.
_PLACES = 3
#: A value that is cut to this place or before was rounded early.
_COARSE = Fraction(1, 1000)
#: Nobody rounds away more than this share of a value, nor leaves more of it out with a single digit.
_MOST_LOST, _MOST_LOST_BY_A_DIGIT = Fraction(1, 5), Fraction(1, 20)


def slips_between(value: Number, part: Part, written: Number, formula: Expression | None) -> Iterator[str]:
    """The ids of the slips that lead from a value (of a formula, where one is seen) to what was written for it."""
    if not is_rational(written):
        return
    shown = _fraction(written)
    for id_, fits in _SLIPS:
        if fits(value, part, shown, formula):
            yield id_


def slips_inside(before: Expression, after: Expression) -> Iterator[str]:
    """The ids of the slips by which a part of a formula became a number: 0.5 − 0.3·1.18 = 0.5 − 0.4."""
    differing = list(_differing(before, after))
    if len(differing) != 1 or differing[0] is None:
        return
    tree, literal = differing[0]
    value, shown = value_of(tree, {}), value_of(literal, {})
    if not isinstance(value, NoValue | None):
        yield from slips_between(value, Part(literal, literal.text(), "", _unit_of(literal)), shown, tree)


def _differing(before: Expression, after: Expression) -> Iterator[tuple[Expression, Expression] | None]:
    """The parts that became other numbers; None where the forms do not match."""
    inner = after.args[0] if after.op == "neg" else after
    if inner.op == "number":
        value, shown = value_of(before, {}), value_of(after, {})
        if not is_rational(value) or value != shown:
            yield before, after
    elif before.op == after.op and len(before.args) == len(after.args):
        for left, right in zip(before.args, after.args, strict=True):
            yield from _differing(left, right)
    else:
        yield None


def _unit_of(literal: Expression) -> Fraction | None:
    inner = literal.args[0] if literal.op == "neg" else literal
    written = decimal_text(inner.value)
    return None if written is None else Fraction(1, 10 ** len(written.partition(".")[2]))


def _in_degrees(value: Number, part: Part, shown: Fraction, formula: Expression | None) -> bool:
    """Sines and cosines of degrees."""
    if formula is None or formula.operations.isdisjoint(_TURNING):
        return False

    def turned(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op in _TURNING:
            return operation(node.op, operation("div", operation("mul", args[0], operation("pi")), number(180)))
        return rebuilt(node, args)

    found = value_of(fold(formula, turned), {})
    return not isinstance(found, NoValue | None) and rounds_to(found, rational(shown), part.unit)


_TURNING = frozenset(("sin", "cos", "tan"))


def _fraction(value: Number) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _near(value: Number) -> Fraction | None:
    """A value as a rational: itself, or the middle of a narrow ball; None of what no one could write out."""
    if is_rational(value):
        return _fraction(value)
    try:
        return dyadic(value.mid())
    except (AttributeError, ValueError, OverflowError, PrecisionError):
        return None


def _point_moved(value: Number, part: Part, shown: Fraction, formula: Expression | None) -> bool:
    exact = _near(value)
    if not exact or not shown:
        return False
    for places in range(1, _PLACES + 1):
        for factor in (Fraction(10) ** places, Fraction(1, 10**places)):
            moved = exact * factor
            if moved == shown or (
                part.unit is not None and not is_rational(value) and abs(moved - shown) <= part.unit / 2
            ):
                return True
    return False


def _truncated(value: Number, part: Part, shown: Fraction, formula: Expression | None) -> bool:
    """Cut at its last place, where rounding would give another number."""
    exact = _near(value)
    if exact is None or part.unit is None or rounds_to(value, rational(shown), part.unit):
        return False
    if _may_be_chance(exact, shown, part.unit, formula):
        return False
    return int(exact / part.unit) * part.unit == shown


def _may_be_chance(exact: Fraction, shown: Fraction, unit: Fraction, formula: Expression | None) -> bool:
    """Whether a number of one digit is near a value as any wrong one may be: 2 for 2.4 says nothing of rounding."""
    if abs(shown) / unit >= _TWO_DIGITS:
        return False
    return formula is None or abs(exact - shown) > _MOST_LOST_BY_A_DIGIT * abs(exact)


_TWO_DIGITS = 10


def _rounded_early(value: Number, part: Part, shown: Fraction, formula: Expression | None) -> bool:
    """Rounded though the exact value is short, or rounded on the way: then the result differs."""
    exact = _near(value)
    if exact is None or exact == shown or part.unit is None or _may_be_chance(exact, shown, part.unit, formula):
        return False
    if is_rational(value) and abs(exact - shown) <= part.unit / 2 and part.unit >= _COARSE:
        return True
    return formula is not None and any(
        _with_inner_rounded(formula, places, part.unit) == shown for places in _PLACES_INSIDE
    )


_PLACES_INSIDE = (1, 2, 3, 4)


def _with_inner_rounded(formula: Expression, places: int, unit: Fraction) -> Fraction | None:
    """The value where every part of it was first rounded to so many places, the result to the unit."""
    done: dict[int, Fraction] = {}
    moved, result = False, formula
    while result.op == "neg":
        result = result.args[0]
    for node in nodes(formula):
        exact = _of_rounded(node, [done[id(part)] for part in node.args])
        if exact is None:
            return None
        if node.args and node is not result and node.op != "neg":
            rounded = _rounded(exact, Fraction(1, 10**places))
            if abs(rounded - exact) > _MOST_LOST * abs(exact):
                return None
            moved = moved or rounded != exact
            exact = rounded
        done[id(node)] = exact
    return _rounded(done[id(formula)], unit) if moved else None


def _of_rounded(node: Expression, parts: Sequence[Fraction]) -> Fraction | None:
    """The value of one operation on such parts; None where it has none."""
    leaves = tuple(Expression("number", value=part) for part in parts)
    return _near(value_of(Expression(node.op, leaves) if parts else node, {}))


def _rounded(value: Fraction, unit: Fraction) -> Fraction:
    count = int(abs(value) / unit + Fraction(1, 2))
    return count * unit if value >= 0 else -count * unit


def _digits_swapped(value: Number, part: Part, shown: Fraction, formula: Expression | None) -> bool:
    """Two neighbouring digits have changed places."""
    exact = _near(value)
    if exact is None or (exact < 0) != (shown < 0) or part.unit is None:
        return False
    right = _rounded(exact, part.unit)
    if is_short(value) and (right != exact or (part.unit < 1 and right % (10 * part.unit) == 0)):
        return False  # 2.04 has not the digits of 2.4
    sizes = [int(abs(number) / part.unit) for number in (right, shown)]
    if max(sizes) >= _LONGEST:
        return False
    first, second = map(str, sizes)
    swapped = (f"{first[:at]}{first[at + 1]}{first[at]}{first[at + 2 :]}" for at in range(len(first) - 1))
    return first != second and second in swapped


#: No longer number is written by hand.
_LONGEST = 10**60

_Fits = Callable[[Number, Part, Fraction, Expression | None], bool]
_SLIPS: tuple[tuple[str, _Fits], ...] = (
    ("degrees", _in_degrees),
    ("decimal-point", _point_moved),
    ("truncated", _truncated),
    ("rounded-early", _rounded_early),
    ("digits-swapped", _digits_swapped),
)
