"""A side of a student's line: what it is worth, and how it stands to what it should be."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import ctx

from symgd.checking.claims import Part
from symgd.checking.notations import BEFORE, outer
from symgd.checking.sharpening import is_narrow, sharp
from symgd.checking.world import Key, World, worth
from symgd.errors import InputError
from symgd.expressions.shapes import typed
from symgd.expressions.tree import Expression, number, substitute
from symgd.expressions.writer import decimal_text
from symgd.numbers.bounded import NoValue
from symgd.numbers.meanings import as_ball, is_rational
from symgd.numbers.systems import rational
from symgd.numbers.values import entries_of, is_array

#: A decimal of more digits than this is written rounded by anyone.
_SHORT = 6
#: Significant digits that a rounded value must show where nothing else was asked for.
_LEAST_DIGITS = 2
#: A single digit behind ≈ leaves out no larger share of a value: 3 of 3.2, but not 1 of 1.4.
_MOST_LOST = Fraction(1, 10)
#: Bits to compare balls with: rationals beside them become balls as well.
_BITS = 8_192
Number = Any
#: How names of the optimizer's settings are written.
_SETTINGS = {"mu": "momentum", "lambda": "weight_decay", "epsilon": "eps"}


def side_value(tree: Expression, world: World, step: int) -> Number | NoValue | None:
    """What a side is worth in a world with the weights of a step; None where a name in it means nothing."""
    values: dict[str, Number] = {}
    for word in tree.names:
        found = name_value(word, world, step)
        if found is None and word != "T":  # w^T
            return None
        values |= {} if found is None else {word: found}
    if "vector" not in tree.operations and not any(map(is_array, values.values())):
        return None if len(values) < len(tree.names) else sharp(tree, values)
    try:
        return sharp(typed(tree, {word: getattr(value, "shape", ()) for word, value in values.items()}).tree, values)
    except (InputError, KeyError):  # shapes that do not fit, a T that is no sign of a transpose
        return None


def entries_at(part: Part, world: World, step: int) -> tuple[list[Number], tuple[int, ...]] | None:
    """The entries of a side that is a vector or a matrix, and its shape; None where something in it means nothing."""
    if part.parts:
        found = [None if entry.tree is None else side_value(entry.tree, world, step) for entry in part.parts]
        is_known = not any(value is None or is_array(value) or isinstance(value, NoValue) for value in found)
        return (found, part.shape or (len(found),)) if is_known else None
    whole = None if part.tree is None else side_value(part.tree, world, step)
    is_known = whole is not None and not isinstance(whole, NoValue)
    return (entries_of(whole), getattr(whole, "shape", ())) if is_known else None


def name_value(word: str, world: World, step: int) -> Number | None:
    """The value of a name in a student's formula."""
    facts = world.facts
    quantity = outer(word, facts)
    if word in facts.constants:
        return facts.constant(word, step)
    is_free = quantity is None and word not in facts.bodies
    if is_free and _SETTINGS.get(word, word) in facts.settings:
        return facts.settings[_SETTINGS.get(word, word)]
    if is_free and word == "t" and word not in facts.start:
        return rational(Fraction(step + 1))
    if quantity is not None and quantity.kind == "slope" and quantity.update not in (None, step):
        return None  # who counts from 1 may mean the slope of this update
    key = key_of(word, step, world)
    return rational(Fraction(0)) if key.parameter and key.step < 0 else worth(world, key)


def key_of(word: str, step: int, world: World) -> Key:
    """The quantity that a name in a formula stands for."""
    quantity = outer(word, world.facts)
    if quantity is not None and quantity.kind in ("weight", "change", "state"):
        if quantity.name.endswith(BEFORE):
            return Key(quantity.name.removesuffix(BEFORE), quantity.parameter, step - 1)
        return Key(quantity.name, quantity.parameter, step if quantity.update is None else quantity.update)
    if word in world.facts.start:
        return Key("w", word, step)
    if quantity is not None and quantity.kind == "slope":
        return Key(quantity.name, "", step)
    if quantity is not None and quantity.kind == "loss" and quantity.update is not None:
        return Key(quantity.name, "", quantity.update)
    return Key(word, "", step)


def same(left: Number, right: Number) -> bool | None:
    """Whether two values are one: True and False are proved, None is what balls cannot tell.

    >>> one, e = rational(Fraction(1)), sharp(Expression("e"), {})
    >>> same(one, one), same(one, e), same(e, e)
    (True, False, None)
    """
    if is_array(left) or is_array(right):
        return False
    if is_rational(left) and is_rational(right):
        return bool(left == right)
    with ctx.workprec(_BITS):
        return None if as_ball(left).overlaps(as_ball(right)) else False


def alike(left: Number, right: Number) -> bool | None:
    """The same, and True for narrow balls that overlap, which are one as far as anyone can write them."""
    found = same(left, right)
    return True if found is None and is_narrow(left) and is_narrow(right) else found


def rounds_to(value: Number, shown: Number, unit: Fraction | None) -> bool:
    """Whether a shown decimal is a value rounded to its last place (a half may go either way)."""
    if unit is None or is_array(value) or is_array(shown):
        return False
    if is_rational(value) and is_rational(shown):
        return bool(abs(value - shown) <= rational(unit / 2))
    with ctx.workprec(192):
        return bool(abs(as_ball(value) - as_ball(shown)) <= as_ball(rational(unit / 2)))


def standing(
    value: Number | None, part: Part, shown: Number, decimals: int | None, sign: str, loose: bool = False
) -> str:
    """How a side stands to a value: "equal", "rounded" as it may be, "format" (rounded otherwise), "no"; "unknown".

    `decimals` is how many places were asked for. Without that a rounding wants ≈, or a value that has no short
    decimal; `loose` where a student works with rounded values all the time.
    """
    if value is None:
        return "unknown"
    if isinstance(value, NoValue) or isinstance(shown, NoValue):
        return "no"
    if (found := alike(value, shown)) is not False:
        return "equal" if found else "unknown"
    if not rounds_to(value, shown, part.unit):
        return "no"
    assert part.unit is not None
    if decimals is not None:
        if rounds_to(value, shown, min(part.unit, Fraction(1, 10**decimals))):
            return "rounded"  # a zero at the end may be left out: 0.69 for 0.6900
        return "format" if _digits(shown, part.unit) >= _LEAST_DIGITS else "no"
    if sign == "≈":
        if _digits(shown, part.unit) >= _LEAST_DIGITS or _is_close(value, shown):
            return "rounded"
        return "format" if part.unit <= _TWO_PLACES or _is_within(_MOST_LOST, value, shown) else "no"
    if _is_close(value, shown):
        return "rounded"
    return "no" if is_short(value) and not loose else "format" if _digits(shown, part.unit) >= _LEAST_DIGITS else "no"


#: Who writes all to two places or more shows 0.00 for what is small.
_TWO_PLACES = Fraction(1, 100)
#: Of values that agree so far nobody who works by hand says that they differ: Adam's ε moves the eighth digit.
_CLOSE = Fraction(1, 10**6)


def _is_close(value: Number, shown: Number) -> bool:
    """Whether a value that has no short decimal agrees with a shown one to six digits or more."""
    return not is_short(value) and _is_within(_CLOSE, value, shown)


def _is_within(share: Fraction, value: Number, shown: Number) -> bool:
    """Whether a shown number is off by no larger share of a value."""
    apart, size = abs(as_ball(value) - as_ball(shown)), abs(as_ball(value))
    return bool(apart <= as_ball(rational(share)) * size)


def digits_of(part: Part, shown: Number) -> int:
    """How many significant digits a lone decimal shows; 0 of what is none."""
    return 0 if part.unit is None else _digits(shown, part.unit)


def _digits(shown: Number, unit: Fraction) -> int:
    """How many significant digits a decimal with this last place shows."""
    return len(str(int(abs(Fraction(int(shown.p), int(shown.q))) / unit)))


def is_short(value: Number) -> bool:
    """Whether a value has a short decimal, which anyone writes in full."""
    if not is_rational(value):
        return False
    written = decimal_text(Fraction(int(value.p), int(value.q)))
    return written is not None and len(written.partition(".")[2]) <= _SHORT


def with_constants(tree: Expression, world: World) -> Expression | None:
    """A formula with definitions and slopes put in, and numbers for the constants; None where a name means nothing."""
    facts = world.facts
    plain = facts.whole(tree)
    numbers: dict[str, Expression] = {}
    for word in plain.names:
        if word in facts.start:
            continue
        value = facts.constants.get(word)
        if value is None or is_array(value) or not is_rational(value):
            return None
        numbers[word] = number(Fraction(int(value.p), int(value.q)))
    return substitute(plain, numbers)


Judge = Callable[[Number], str]
