"""What the names of a text are bound to, as far as the text says it.

A name that is called equal to a formula has that value; one that is joined by ≈ is known to half a unit in its last
place, or better by the formula that it came from. A text may carry on the value in full or the one it printed, so all
are kept: a relation is true if it is so for either, false only if it is so for neither nor for anything between.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgd.checking.judge import CLOSE, unit_of
from symgd.checking.quantities import Read
from symgd.checking.values import Known, between, both, overlap
from symgd.errors import PrecisionError
from symgd.expressions.tree import Expression
from symgd.numbers.bounded import NoValue, Number, value_of
from symgd.numbers.meanings import as_ball, is_rational
from symgd.numbers.systems import public
from symgd.numbers.values import Ball, is_array


@dataclass(slots=True)
class Bindings:
    """The latest binding of each name, and the names that stand for formulas in other names."""

    known: dict[str, Known] = field(default_factory=dict)
    dependent: set[str] = field(default_factory=set)

    def bind(self, head: str, sides: Sequence[Read], signs: Sequence[str]) -> None:
        """Bind the name at the head of a chain; a minus before it binds the name to the negative."""
        minus = head.startswith("-")
        word = head.removeprefix("-")
        tree = sides[0].tree
        found = self.worth(sides, signs)
        if found is None:
            if not minus:
                self.known.pop(word, None)
        else:
            found = _negated(found) if minus else found
            self.known[word] = _refined(self.known.get(word), found)
        if tree is not None and tree.names:
            self.dependent.add(word)

    def worth(self, sides: Sequence[Read], signs: Sequence[str]) -> Known | None:
        """What a chain says of the name at its head."""
        equal: list[Number] = []
        rounded: list[Number] = []
        printed: Number | None = None
        for sign, read in zip(signs, sides, strict=True):
            value = self.present(read)
            if sign == "≈" or rounded:
                rounded += [] if value is None else [_around(value, unit_of(read))]
            elif value is not None:
                equal.append(value)
            if is_rational(value) and _is_lone(read):
                printed = value
        return _known(equal, rounded, printed) if equal or rounded else None

    def present(self, read: Read) -> Number | None:
        """The value of a side in full, None where it is not known."""
        if read.tree is None or set(read.tree.names) - self.known.keys():
            return None
        values = {word: self.known[word].full for word in read.tree.names}
        value = value_of(read.tree, values)
        return None if isinstance(value, NoValue) or is_array(value) else value


def _is_lone(read: Read) -> bool:
    tree: Expression | None = read.tree
    while tree is not None and tree.op == "neg":
        tree = tree.args[0]
    return tree is not None and (tree.op == "number" or unit_of(read) is not None or _is_fraction(tree))


def _is_fraction(tree: Expression) -> bool:
    return tree.op == "div" and all(part.op == "number" for part in tree.args)


def _around(value: Number, unit: Fraction | None) -> Number:
    """What a value joined by ≈ may stand for: half a unit in its last place, or what ≈ allows between formulas."""
    if unit is not None and is_rational(value):
        exact = Fraction(int(value.p), int(value.q))
        return between(exact - unit / 2, exact + unit / 2)
    try:
        exact_or_ball = public(value)
    except (PrecisionError, ValueError, OverflowError):
        return value
    low, high = (exact_or_ball.low, exact_or_ball.high) if isinstance(exact_or_ball, Ball) else (exact_or_ball,) * 2
    slack = max(abs(Fraction(low)), abs(Fraction(high))) * CLOSE
    return between(Fraction(low) - slack, Fraction(high) + slack)


def _narrower(first: Number, second: Number) -> bool:
    return bool(as_ball(first).rad() < as_ball(second).rad())


def _known(equal: list[Number], rounded: list[Number], printed: Number | None) -> Known:
    """What a name is known to be, from the values that its chain calls equal to it and from those it is rounded to."""
    full = min(equal or rounded, key=_width)
    if equal and not all(overlap(full, value) for value in equal):
        full = equal[0]  # the chain contradicts itself: its first value, and all that it says
    hull = functools.reduce(both, equal) if equal and not _agree(equal) else full
    if rounded:
        last = rounded[-1]
        if not overlap(full, last):
            hull = both(hull, last)
        elif _narrower(last, full):
            full = hull = last
        else:
            hull = both(hull, last)
    carried = full if printed is None else printed
    if not overlap(hull, carried):
        hull = both(hull, carried)
    return Known(full, carried, hull)


def _agree(values: list[Number]) -> bool:
    narrowest = min(values, key=_width)
    return all(overlap(narrowest, value) for value in values)


def _width(value: Number) -> Number:
    return as_ball(value).rad() if not is_rational(value) else as_ball(0)


def _negated(known: Known) -> Known:
    return Known(-known.full, -known.printed, -known.hull)


def _refined(old: Known | None, new: Known) -> Known:
    """A value that is printed again, rounded, is still known as well as before."""
    if old is None or is_rational(new.full) or not overlap(old.full, new.full) or not _narrower(old.full, new.full):
        return new
    return Known(old.full, new.printed, both(new.hull, old.full) if not is_rational(new.hull) else new.hull)
