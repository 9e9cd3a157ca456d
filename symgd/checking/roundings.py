"""Roundings inside of a formula and at its end: 1.1 + 0.05·4.86 = 1.1 + 0.24 to two places, 2(a−1) ≈ 2(0.73−1)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from typing import Any

from flint import ctx

from symgd.checking.claims import Part
from symgd.checking.comparing import alike, is_short, rounds_to
from symgd.checking.judge import CLOSE
from symgd.checking.values import around, overlap
from symgd.expressions.tree import Expression, fold, nodes, rebuilt
from symgd.expressions.writer import decimal_text
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.meanings import as_ball, is_rational
from symgd.numbers.systems import rational
from symgd.numbers.values import is_array

Number = Any
#: What a part of a formula is worth to the student; None where that cannot be told.
Worth = Callable[[Expression], Number | NoValue | None]
_SUMS = frozenset(("add", "sub", "neg"))


#: Significant digits of a number that is rounded where no places were asked for.
_LEAST_DIGITS = 2
#: A result of rounded numbers is no further off than this share of what it should be.
_MOST_OFF = Fraction(1, 100)


def is_rounded_inside(before: Expression, after: Expression, worth: Worth, decimals: int | None) -> bool:
    """Whether a formula is another one in which parts were worked out and rounded.

    They are rounded to so many places or finer; where none were asked for (None), to two significant digits or more.

    >>> from symgd.expressions.reader import read
    >>> from symgd.numbers.bounded import value_of
    >>> is_rounded_inside(read("1.1 + 0.05*4.86"), read("1.1 + 0.24"), lambda tree: value_of(tree, {}), 2)
    True
    """
    value, shown = worth(before), worth(after)
    if isinstance(value, NoValue | None) or isinstance(shown, NoValue | None):
        return False
    if alike(value, shown):
        return True
    literal = after.args[0] if after.op == "neg" else after
    if literal.op == "number":
        return _is_rounding(literal, value, shown, decimals)
    pairs = _paired(before, after)
    if pairs and all(is_rounded_inside(*pair, worth, decimals) for pair in pairs):
        return True
    if before.op == "mul" and _has_factors_of(before, after, worth, decimals):
        return True
    return decimals is None and is_nearly(value, shown, CLOSE)


def _has_factors_of(before: Expression, after: Expression, worth: Worth, decimals: int | None) -> bool:
    """Whether a product has the factors of another one, rounded, in any order."""
    left = _factors(after)
    if len(left) > _MOST_FACTORS:
        return False
    for factor in _factors(before):
        found = next((other for other in left if is_rounded_inside(factor, other, worth, decimals)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


#: Factors of a longer product are compared in their order alone.
_MOST_FACTORS = 8


def _is_rounding(literal: Expression, value: Number, shown: Number, decimals: int | None) -> bool:
    written = decimal_text(literal.value)
    if written is None:
        return False
    places = _places(written) if decimals is None else max(decimals, _places(written))
    if not rounds_to(value, shown, Fraction(1, 10**places)):
        return False
    return decimals is not None or _significant(written) >= _LEAST_DIGITS


def is_irrational(value: Number | None) -> bool:
    """Whether a value is known as a ball: nobody writes it in full."""
    return value is not None and not is_array(value) and not is_rational(value)


def is_nearly(value: Number | None, shown: Number, share: Fraction = _MOST_OFF) -> bool:
    """Whether a result is what it should be but for numbers that were rounded on the way: off by such a share."""
    if value is None or is_array(value) or is_array(shown) or isinstance(shown, NoValue):
        return False
    with ctx.workprec(192):
        return bool(abs(as_ball(value) - as_ball(shown)) <= as_ball(rational(share)) * abs(as_ball(value)))


def is_too_fine(part: Part, shown: Number, decimals: int) -> bool:
    """Whether a number is written with more places than were asked for; zeros at its end are none."""
    if part.unit is None or not is_rational(shown):
        return False
    return bool((Fraction(int(shown.p), int(shown.q)) * 10**decimals).denominator > 1)


def _places(written: str) -> int:
    return len(written.partition(".")[2])


def _paired(before: Expression, after: Expression) -> list[tuple[Expression, Expression]]:
    """The parts of two formulas of one form, side by side; none where their forms differ."""
    ops = {before.op, after.op}
    if "mul" in ops:
        sides = _factors(before), _factors(after)
    elif _SUMS.issuperset(ops) and ops != {"neg"}:
        sides = _terms(before), _terms(after)
    else:
        sides = ([*before.args], [*after.args]) if before.op == after.op else ([], [])
    return list(zip(*sides, strict=True)) if len(sides[0]) == len(sides[1]) else []


def _terms(tree: Expression, minus: bool = False) -> list[Expression]:
    """The terms of a sum with their signs."""
    if tree.op not in _SUMS:
        return [Expression("neg", (tree,)) if minus else tree]
    signs = [minus != (tree.op == "neg" or (tree.op == "sub" and place > 0)) for place in range(len(tree.args))]
    return [term for part, sign in zip(tree.args, signs, strict=True) for term in _terms(part, sign)]


def _factors(tree: Expression) -> list[Expression]:
    """The factors of a product; a minus before it is that of the first."""
    if tree.op == "neg" and tree.args[0].op in ("mul", "neg"):
        first, *others = _factors(tree.args[0])
        return [first.args[0] if first.op == "neg" else Expression("neg", (first,)), *others]
    return [factor for part in tree.args for factor in _factors(part)] if tree.op == "mul" else [tree]


def is_of_roundings(tree: Expression, value: Number, exact: Collection[Fraction]) -> bool:
    """Whether a formula of numbers may come to a value with what its decimals were rounded from; `exact` are none.

    >>> from symgd.expressions.reader import read
    >>> half = rational(Fraction(1, 2))
    >>> [is_of_roundings(read(text), half, ()) for text in ("0.03*16.67", "0.03*16.6", "0.03*17", "0.5")]
    [True, False, False, False]
    """
    known = {f"literal@{place}": of for place, of in enumerate(_roundings(tree, exact))}
    is_alone = tree.operations <= {"number", "neg"}
    if tree.names or not known or is_alone or is_array(value):
        return False
    names = {of: Expression("name", name=word) for word, of in known.items()}
    wide = fold(tree, lambda node, args: names.get(node.value, node) if node.op == "number" else rebuilt(node, args))
    found = value_of(wide, {word: _before_rounding(of) for word, of in known.items()})
    return not isinstance(found, NoValue | None) and overlap(found, as_ball(value))


def is_rounded_in(tree: Expression, value: Number, exact: Collection[Fraction]) -> bool:
    """Whether a number in a formula is a value, or its negative, rounded that has no short decimal."""
    if is_array(value) or is_short(value):
        return False
    units = _roundings(tree, exact)
    return any(rounds_to(abs(value), rational(number), unit) for number, unit in units.items())


def _roundings(tree: Expression, exact: Collection[Fraction]) -> dict[Fraction, Fraction]:
    """The decimals of a formula that may be rounded numbers, of two significant digits or more, and not `exact`.

    With one in the last place of each.
    """
    numbers = (node.value for node in nodes(tree) if node.op == "number" and node.value not in exact)
    written = {number: text for number in numbers if (text := decimal_text(number)) and _places(text)}
    of_digits = {number: text for number, text in written.items() if _significant(text) >= _LEAST_DIGITS}
    return {number: Fraction(1, 10 ** _places(text)) for number, text in of_digits.items()}


def _significant(written: str) -> int:
    return len(written.replace(".", "").lstrip("0"))


def may_be_rounded_from(tree: Expression | None, value: Number | None) -> bool:
    """Whether a fraction of decimals may be a value whose parts were rounded: 1/1.3679 and 1/1.37 of 1/(1 + e^-1).

    >>> from symgd.expressions.reader import read
    >>> [may_be_rounded_from(read(text), rational(Fraction(1, 3))) for text in ("1/3.01", "1/3.0", "1/2.995", "2/6")]
    [False, False, False, False]
    >>> may_be_rounded_from(read("0.67/2.01"), rational(Fraction(1, 3)))
    True
    """
    inner = tree.args[0] if tree is not None and tree.op == "neg" else tree
    if inner is None or value is None or is_array(value) or inner.op != "div":
        return False
    parts = [part.value for part in inner.args]
    if None in parts or all(part.denominator == 1 for part in parts):
        return False
    top, bottom = (_before_rounding(part) for part in parts)
    with ctx.workprec(192):
        return overlap(top / bottom, -as_ball(value) if inner is not tree else as_ball(value))


def _before_rounding(number: Fraction) -> Number:
    """All that a decimal may be rounded from; a whole number is none but itself."""
    written = decimal_text(number) or ""
    places = _places(written)
    return around(rational(number), Fraction(1, 10**places)) if places else as_ball(rational(number))
