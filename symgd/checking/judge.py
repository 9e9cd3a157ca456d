"""Whether a relation holds, from its two sides and what is known of the names in them.

`=` stands only between equal values. `≈` stands only before a correct rounding (a half may go either way) of a value
that is not equal: between equal values `=` would stand. Where the right side of `≈` is no lone decimal, the two must
lie within one part in ten thousand.
"""

from __future__ import annotations

import functools
import itertools
import random
import re
import time
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from flint import ctx

from symgd.checking.guarded import simplifies_to_equal
from symgd.checking.kinks import KINKED, pairs_of
from symgd.checking.quantities import Read
from symgd.checking.values import Known
from symgd.errors import SymgdError
from symgd.expressions.tree import Expression, fold, nodes, number, substitute
from symgd.expressions.writer import decimal_text
from symgd.numbers.bounded import GROWING, LADDER, NoValue, Number, shown, value_of
from symgd.numbers.meanings import as_ball, is_rational
from symgd.numbers.systems import public, rational
from symgd.numbers.values import Ball, bounds, exponent_of, round_to

#: How close two formulas joined by ≈ must be when the right one is no lone decimal.
CLOSE = Fraction(1, 10_000)
#: Faults of the reader that say that a side has no real value.
_VALUELESS = frozenset(("divided-by-zero", "constant-domain", "root-of-negative"))
#: So many proofs are tried in a text; a second of waiting counts for so many.
_PROOFS, _SLOW = 200, 20
_MOST_NODES, _MOST_TO_SIMPLIFY = 60, 24
#: SymPy takes for ever over functions inside functions even before it simplifies: a worker does it.
_MOST_LEVELS = 4
_PLAIN = frozenset(("add", "sub", "mul", "div", "neg", "pow"))
#: So many verdicts are kept.
_MOST_SEEN = 20_000
#: Longer numbers and higher powers are not given to algebra, nor is a higher power of ten a unit.
_LONG, _HIGH, _HIGHEST = 10**12, 20, 5_000
#: Random points: what chooses them, and the fractions that they are.
_SEED, _FINE = 20_261_123, 10**18 + 9
#: The signs of the first names, the second, and so on, at each random point.
_SIGNS = ((1, 1), (1, 1), (-1, -1), (-1, 1))
#: So many points must agree.
_FEW = 2
#: A logarithm that does not say its base: natural here, decimal in other books.
_LOG = re.compile(r"(?<![A-Za-z])log\s*\}?\s*(?:\\left\s*)?[({\d]|\\log(?!\s*_)")


class Verdict(NamedTuple):
    """True, false or None, and what the sides are worth as text."""

    holds: bool | None
    left: str | None = None
    right: str | None = None
    reason: str = ""


class Judge:
    """Judges relations; it has so many proofs by algebra to spend on one text."""

    def __init__(self) -> None:
        """Nothing is spent yet."""
        self.proofs = _PROOFS
        self.seen: dict[tuple[str, str, str], Verdict] = {}

    def verdict(
        self, sign: str, left: Read, right: Read, known: Mapping[str, Known], dependent: Collection[str] = ()
    ) -> Verdict:
        """Whether `left sign right` holds; `dependent` are names that stand for formulas in other names."""
        if left.tree is None or right.tree is None:
            return _valueless(left, right, known)
        names = {*left.tree.names, *right.tree.names}
        if left.derived or right.derived:
            return self.of_derivatives(sign, left, right, known, dependent)
        if names - known.keys():
            return Verdict(self.identical(left.tree, right.tree))
        if names:
            return self.with_names(sign, left, right, {word: known[word] for word in names})
        key = (sign, left.text, right.text)
        if key not in self.seen:
            if len(self.seen) > _MOST_SEEN:
                self.seen.clear()
            found = self.closed(sign, left, right)
            ambiguous = found.holds is False and any(_LOG.search(side.text) for side in (left, right))
            self.seen[key] = found._replace(holds=None) if ambiguous else found
        return self.seen[key]

    def of_derivatives(
        self, sign: str, left: Read, right: Read, known: Mapping[str, Known], dependent: Collection[str]
    ) -> Verdict:
        """A line with ∂/∂w[...] in it: an identity, or true of the present values; false if it can be neither."""
        assert left.tree
        assert right.tree
        names = {*left.tree.names, *right.tree.names}
        free = not any(word in dependent for word in (*left.derived, *right.derived, *names))
        same = self.identical(left.tree, right.tree, refute=free)
        if same or names - known.keys():
            return Verdict(same)
        here = self.with_names(sign, left, right, {word: known[word] for word in names})
        return here if free or here.holds else Verdict(None)

    def closed(self, sign: str, left: Read, right: Read) -> Verdict:
        """Two sides of numbers alone, with more bits until it is decided."""
        assert left.tree
        assert right.tree
        unit, first, second = unit_of(right), None, None
        for bits in LADDER:
            first, second = value_of(left.tree, {}, bits), value_of(right.tree, {}, bits)
            if isinstance(first, NoValue) or isinstance(second, NoValue):
                return Verdict(False, shown(first), shown(second), "no-value")
            if first is None or second is None:
                continue
            holds, same = compared(sign, first, second, unit, bits), _equal(first, second)
            if holds is None and bits == LADDER[0] and self.proved(left.tree, right.tree):
                holds, same = sign == "=", True
            if holds is not None:
                words = (shown(first), shown(second)) if same or holds else told_apart(first, second)
                return Verdict(holds, *words, "equal" if same and not holds else "")
        known = first is not None and second is not None
        close = sign == "≈" and known and near(first, second, unit, LADDER[-1])
        return Verdict(True if close else None, shown(first), shown(second))

    def with_names(self, sign: str, left: Read, right: Read, known: Mapping[str, Known]) -> Verdict:
        """True for the values in full or as printed; false only if it is so for all that they can be."""
        assert left.tree
        assert right.tree
        unit = unit_of(right)
        exact = all(value.exact for value in known.values())
        # Between names ≈ may join equal values: a text may carry on a rounded value that it printed.
        question = near if sign == "≈" else functools.partial(compared, sign)
        judged, worth = [], list[tuple[Any, Any]]()
        for form in ("full",) if exact else ("full", "printed", "hull"):
            values = {word: getattr(value, form) for word, value in known.items()}
            first, second = value_of(left.tree, values), value_of(right.tree, values)
            worth.append((first, second))
            undefined = None in (first, second) or isinstance(first, NoValue) or isinstance(second, NoValue)
            judged.append(None if undefined else question(first, second, unit, LADDER[1]))
        words = shown(worth[0][0]), shown(worth[0][1])
        if exact and any(isinstance(value, NoValue) for value in worth[0]):
            return Verdict(False, *words, "no-value")
        if judged[-1] is False:
            return Verdict(False, *told_apart(*worth[0]))
        if True in judged:
            return Verdict(True, *words)
        same = sign == "=" and (self.identical(left.tree, right.tree) or self.put_in(left.tree, right.tree, known))
        return Verdict(True if same else None, *words)

    # algebra

    def put_in(self, left: Expression, right: Expression, known: Mapping[str, Known]) -> bool:
        """Whether two sides are equal with the rational values of their names put in."""
        for form in ("full", "printed"):
            values = {word: getattr(value, form) for word, value in known.items()}
            if all(is_rational(value) for value in values.values()):
                trees = {word: number(Fraction(int(value.p), int(value.q))) for word, value in values.items()}
                if self.proved(substitute(left, trees), substitute(right, trees)):
                    return True
        return False

    def proved(self, left: Expression, right: Expression) -> bool:
        """Whether algebra shows that two sides are equal; small ones only, and not too many in a text."""
        if left == right:
            return True
        size = len([*nodes(left), *nodes(right)])
        if self.proofs <= 0 or size > _MOST_NODES or not _tame(left) or not _tame(right):
            return False
        self.proofs -= 1
        if max(map(_levels, (left, right))) > _MOST_LEVELS:
            return self.simplified(left, right)
        from symgd.calculus.bridge import to_sympy  # loads SymPy, which numbers do without

        try:
            difference = to_sympy(left) - to_sympy(right)
            if difference == 0:
                return True
            return size <= _MOST_TO_SIMPLIFY and self.simplified(left, right)
        except (
            SymgdError,
            ArithmeticError,
            ValueError,
            TypeError,
            RecursionError,
            AttributeError,
            NotImplementedError,
        ):
            return False

    def simplified(self, left: Expression, right: Expression) -> bool:
        """Whether SymPy proves it in a worker; what takes long uses up the proofs of the text."""
        begun = time.monotonic()
        try:
            return simplifies_to_equal(left, right)
        finally:
            self.proofs -= int(_SLOW * (time.monotonic() - begun))

    def identical(self, left: Expression, right: Expression, refute: bool = False) -> bool | None:
        """Whether two formulas are equal whatever their names stand for.

        Random points decide for quotients of polynomials (Schwartz and Zippel: a lucky hit has less than one chance in
        10^15 a point); for all others they can only refute.
        """
        if left == right:
            return True
        agreed = 0
        for point in _points(left, right):
            pair = value_of(left, point), value_of(right, point)
            if None in pair or any(isinstance(value, NoValue) for value in pair):
                continue
            if _equal(*pair):
                agreed += 1
            elif _apart(*pair):
                return False if refute else None
        is_plain = (left.operations | right.operations).isdisjoint(KINKED)
        if agreed >= _FEW and (is_plain or self.by_cases(left, right)):
            return True
        return True if self.proved(left, right) else None

    def by_cases(self, left: Expression, right: Expression) -> bool:
        """Whether formulas in pieces are equal piece by piece, or whatever their pieces are worth."""
        pairs = pairs_of(left, right)
        return bool(pairs) and all(self.identical(*pair) for pair in pairs)


def _points(left: Expression, right: Expression) -> Iterator[dict[str, Any]]:
    """Random points of two formulas."""
    names = dict.fromkeys((*left.names, *right.names))
    choose = random.Random(_SEED)
    for signs in _SIGNS:
        signed = list(zip(names, itertools.cycle(signs), strict=False))
        yield {word: rational(Fraction(sign * choose.randint(1, _FINE), _FINE)) for word, sign in signed}


def unit_of(side: Read) -> Fraction | None:
    """One unit in the last place that a lone decimal shows; None for a formula or a fraction.

    >>> from symgd.expressions.reader import read
    >>> unit_of(Read(read("-2.50"), "-2.50"))
    Fraction(1, 100)
    """
    tree = side.tree
    while tree is not None and tree.op == "neg":
        tree = tree.args[0]
    if tree is None:
        return None
    if tree.op == "number":
        return _unit(side.text, tree)
    if tree.op == "mul" and tree.args[0].op in ("number", "neg"):
        power = _power_of_ten(tree.args[1])
        first = tree.args[0].args[0] if tree.args[0].op == "neg" else tree.args[0]
        unit = _unit(side.text, first) if first.op == "number" else None
        return None if power is None or unit is None else unit * Fraction(10) ** power
    return None


def _unit(text: str, literal: Expression) -> Fraction | None:
    start, stop = literal.span or (0, 0)
    found = re.match(r"(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|\s*\\mathrm\s*\{e\}\s*\{?([+-]?\d+)\}?)?", text[start:])
    if found is None or stop <= start:
        return None
    power = int(found[3] or found[4] or 0) - len(found[2] or "")
    return Fraction(10) ** power if abs(power) < _HIGHEST else None


def _power_of_ten(tree: Expression) -> int | None:
    if tree.op != "pow" or tree.args[0].op != "number" or tree.args[0].value != 10:
        return None
    exponent = tree.args[1]
    minus = exponent.op == "neg"
    exponent = exponent.args[0] if minus else exponent
    if exponent.op != "number" or exponent.value.denominator != 1 or abs(exponent.value) > _HIGHEST:
        return None
    return -int(exponent.value) if minus else int(exponent.value)


def _valueless(left: Read, right: Read, known: Mapping[str, Known]) -> Verdict:
    """A side that could not be read; one that divides by zero makes the relation false if the other has a value."""
    for bad, good in ((left, right), (right, left)):
        if bad.fault in _VALUELESS and good.tree is not None and not good.tree.names:
            value = value_of(good.tree, {})
            worth = shown(value)
            return Verdict(False, None if bad is left else worth, worth if bad is left else None, "no-value")
    return Verdict(None, _worth(left, known), _worth(right, known))


def _worth(side: Read, known: Mapping[str, Known]) -> str | None:
    if side.tree is None or set(side.tree.names) - known.keys():
        return None
    return shown(value_of(side.tree, {word: known[word].full for word in side.tree.names}))


def compared(sign: str, left: Number, right: Number, unit: Fraction | None, bits: int) -> bool | None:
    """Whether a relation between two numbers holds, None where so many bits do not tell."""
    if sign == "=":
        return True if _equal(left, right) else False if _apart(left, right) else None
    close = near(left, right, unit, bits)
    if close is not True:
        return close
    if _equal(left, right):
        return False
    return True if _apart(left, right) else None


def told_apart(left: Number, right: Number) -> tuple[str | None, str | None]:
    """What two sides are worth; where that reads the same, with the digits or the bounds in which they differ."""
    words = shown(left), shown(right)
    if words[0] != words[1] or None in words:
        return words
    digits = _proved(left), _proved(right)
    return digits if digits[0] != digits[1] else (_between(left), _between(right))


def _proved(value: Number) -> str:
    return Ball(*bounds(public(value))).proved()


def _between(value: Number) -> str:
    low, high = bounds(public(value))
    if low == high:
        return _proved(value)
    places = 1 - exponent_of(high - low)
    return f"[{decimal_text(round_to(low, places))}, {decimal_text(round_to(high, places))}]"


def _equal(left: Number, right: Number) -> bool:
    return is_rational(left) and is_rational(right) and bool(left == right)


def _apart(left: Number, right: Number) -> bool:
    if is_rational(left) and is_rational(right):
        return bool(left != right)
    with ctx.workprec(LADDER[-1]):
        return not as_ball(left).overlaps(as_ball(right))


def near(left: Number, right: Number, unit: Fraction | None, bits: int) -> bool | None:
    """Whether the right side is the left one rounded, or close to it where it is no lone decimal."""
    with ctx.workprec(bits):
        off = abs(left - right)
        most = max(abs(as_ball(left)).upper(), abs(as_ball(right)).upper()) if unit is None else None
        allowed = rational(unit / 2) if unit is not None else most * as_ball(rational(CLOSE))
        if off <= allowed:
            return True
        return False if off > allowed else None


def _tame(tree: Expression) -> bool:
    """Whether algebra cannot run away with it: small numbers, small powers, and no power inside a power."""
    for node in nodes(tree):
        if node.op == "number" and max(abs(node.value.numerator), node.value.denominator) >= _LONG:
            return False
        if node.op in ("piecewise", "branch"):
            return False
        below = node.args[1] if node.op == "pow" else node if node.op in GROWING else None
        if below is not None and not _small_power(below, node):
            return False
    return True


def _levels(tree: Expression) -> int:
    """How deep functions stand inside one another."""
    return fold(tree, lambda node, below: max(below, default=0) + (node.op not in _PLAIN and bool(node.args)))


def _small_power(exponent: Expression, node: Expression) -> bool:
    inside = [part for part in nodes(exponent) if part is not node]
    return all(abs(part.value) <= _HIGH if part.op == "number" else part.op not in GROWING for part in inside)
