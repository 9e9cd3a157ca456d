"""Where to look at two formulas: the problem's own numbers, small ones, the edges of their parts, and chance.

An edge is where a part bends or loses its value: the zero of |x − 50|'s inside, of a divisor, of a logarithm's
operand. It is looked for in each name with the others fixed; on an edge and on both sides of it two formulas differ
that agree everywhere else.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.expressions.tree import Expression, nodes, number, operation
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.meanings import is_rational
from symgd.numbers.systems import rational
from symgd.numbers.values import is_array

Point = Mapping[str, Fraction]

#: Operands whose zero is an edge, by operation: the places of the operands, and what is taken from them.
_EDGES: Mapping[str, tuple[tuple[int, int], ...]] = {
    **dict.fromkeys(("abs", "sign", "relu", "leaky_relu", "elu", "log", "log2", "log10", "sqrt", "cbrt"), ((0, 0),)),
    "div": ((1, 0),),
    "pow": ((0, 0),),
    **dict.fromkeys(("asin", "acos", "atanh", "acosh"), ((0, 1), (0, -1))),
    "logit": ((0, 0), (0, 1)),
}
#: Operations that have no value somewhere, as far as their operands let them.
PARTIAL = frozenset(
    (
        "div",
        "pow",
        "log",
        "log2",
        "log10",
        "sqrt",
        "tan",
        "cot",
        "sec",
        "csc",
        "asin",
        "acos",
        "acosh",
        "atanh",
        "logit",
    )
)
_FEW = tuple(map(Fraction, ("2", "1/2", "3", "-1", "0", "1", "-2", "1/3", "5/2", "-1/2", "7", "-3")))
_SHIFTS = (Fraction(0), Fraction(1, 8), Fraction(-1, 8), Fraction(10), Fraction(-10))
_MOST_EDGES = 16
_SCALES = (2, 50)


def points(trees: Sequence[Expression], first: Sequence[Point] = (), chance: int = 6) -> Iterator[dict[str, Fraction]]:
    """The points at which to compare formulas, each once, the most telling for a reader first.

    >>> import symgd
    >>> {"x": Fraction(50)} in list(points([symgd.parse("|x - 50|")]))
    True
    """
    names = tuple(dict.fromkeys(word for tree in trees for word in tree.names))
    seen: set[tuple[tuple[int, int], ...]] = set()
    for point in itertools.chain(
        _given(names, first), small_points(names), _at_edges(trees, names), _by_chance(names, chance)
    ):
        key = tuple([point[word].as_integer_ratio() for word in names])
        if key not in seen:
            seen.add(key)
            yield point


def domain_points(left: Expression, right: Expression) -> Iterator[dict[str, Fraction]]:
    """Points that tell where one of two formulas that agree has no value: on the edges that only one of them has."""
    names = tuple(dict.fromkeys((*left.names, *right.names)))
    edges = [set(_insides((tree,), PARTIAL)) for tree in (left, right)]
    own = [inside for inside in dict.fromkeys(_insides((left, right), PARTIAL)) if not all(inside in e for e in edges)]
    yield from itertools.islice(small_points(names), 2)
    if own:
        yield from _corners(names)
        yield from _near(own, names, _SHIFTS[:3])


def _given(names: Sequence[str], first: Sequence[Point]) -> Iterator[dict[str, Fraction]]:
    for point in first:
        if all(word in point for word in names):
            yield {word: point[word] for word in names}


def small_points(names: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    """Small numbers, another one for each name.

    >>> next(small_points(["a", "b"]))
    {'a': Fraction(2, 1), 'b': Fraction(1, 1)}
    """
    for turn in range(len(_FEW) if names else 1):
        yield {word: _FEW[(turn + 5 * place) % len(_FEW)] for place, word in enumerate(names)}


def _at_edges(trees: Sequence[Expression], names: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    yield from _near(dict.fromkeys(_insides(trees)), names, _SHIFTS)


def _corners(names: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    """Far out in every direction, where what can be negative is."""
    for signs in itertools.islice(itertools.product((1, -1), repeat=len(names)), 8):
        yield {
            word: Fraction(sign * (40 + place)) for place, (word, sign) in enumerate(zip(names, signs, strict=True))
        }


def _near(
    insides: Iterable[Expression], names: Sequence[str], shifts: Sequence[Fraction]
) -> Iterator[dict[str, Fraction]]:
    factors = dict.fromkeys(factor for inside in insides for factor in _factors(inside))
    for inside in itertools.islice(factors, _MOST_EDGES):
        for word in inside.names:
            base = {other: _FEW[place % 3] for place, other in enumerate(names)}
            for root in _roots(inside, word, base):
                for shift in shifts:
                    yield {**base, word: root + shift}


def _insides(trees: Sequence[Expression], only: Collection[str] = ()) -> Iterator[Expression]:
    """What is 0 at an edge, of some operations or of all."""
    for tree in trees:
        for node in nodes(tree):
            if (only and not (node.op in only and may_fail(node))) or (node.op == "pow" and not may_fail(node)):
                continue
            for place, at in _EDGES.get(node.op, ()):
                inside = node.args[place]
                if at:
                    yield operation("sub", inside, number(at))
                else:
                    yield inside
            if node.op in ("max", "min") or node.op in ("lt", "le", "gt", "ge"):
                yield from (operation("sub", *pair) for pair in itertools.combinations(node.args[:4], 2))


def _factors(tree: Expression) -> Iterator[Expression]:
    """What is 0 where a product is."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if part.op in ("mul", "div"):
            waiting += part.args
        elif part.op in ("neg", "pow"):
            waiting.append(part.args[0])
        elif part.names:
            yield part


def _roots(inside: Expression, word: str, base: Point) -> Iterator[Fraction]:
    """Rational zeros in a name: by the secant where it is a line, by trial where it is not."""
    low, high = _at(inside, word, base, Fraction(0)), _at(inside, word, base, Fraction(1))
    if low is not None and high is not None and low != high:
        root = -low / (high - low)
        if _at(inside, word, base, root) == 0:
            yield root
            return
    for trial in _FEW:
        if _at(inside, word, base, trial) == 0:
            yield trial


def _at(tree: Expression, word: str, base: Point, value: Fraction) -> Fraction | None:
    found = value_at(tree, {**base, word: value}, 128)
    return Fraction(int(found.p), int(found.q)) if _is_rational(found) else None


def _is_rational(value: Any) -> bool:
    return value is not None and not isinstance(value, NoValue) and is_rational(value)


def _by_chance(names: Sequence[str], count: int) -> Iterator[dict[str, Fraction]]:
    """Rationals at two scales, the same every time."""
    choose = random.Random(20_261_123)
    for turn in range(count):
        scale = _SCALES[turn % len(_SCALES)]
        yield {word: Fraction(choose.randint(-scale * 97, scale * 97), 97) for word in names}


def value_at(tree: Expression, point: Point, bits: int) -> Any:
    """The value of a formula at a point: see `bounded.value_of`."""
    return value_of(tree, {word: rational(point[word]) for word in tree.names}, bits)


def values_at(left: Expression, right: Expression, point: Point, bits: int) -> tuple[Any, Any]:
    """The values of two formulas at one point; None where that is not known, or is no number but an array."""
    known = {word: rational(value) for word, value in point.items()}
    values = [value_of(tree, known, bits) for tree in (left, right)]
    first, second = (None if is_array(value) else value for value in values)
    return first, second


def may_fail(node: Expression) -> bool:
    """Whether an operation of that kind may have no value, as far as its form tells."""
    if node.op == "div":
        return bool(node.args[1].names)
    if node.op == "pow":
        exponent = node.args[1]
        return not (exponent.op == "number" and exponent.value.denominator == 1 and exponent.value > 0)
    return bool(node.names)
