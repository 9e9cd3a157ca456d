"""A tree laid out for evaluation: each shared node once, operands by their place. Made once a formula."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from flint import fmpq

from symgd.expressions.operations import DEFAULTS, OPERATIONS, STRUCTURAL
from symgd.expressions.tree import Expression, fold, made_of, nodes, number, operation, ordered, rebuilt


class Stop(NamedTuple):
    """One node: its operation, the places of its operands, the name of its domain, and the node itself."""

    op: str
    operands: tuple[int, ...]
    domain: str
    node: Expression


Made = TypeVar("Made")


def kept(make: Callable[..., Made]) -> Callable[..., Made]:
    """Keep what is made of a tree with the tree itself: to compare trees costs more than to work one out."""

    @functools.wraps(make)
    def keeper(tree: Expression, *more: Any) -> Made:
        known, key = made_of(tree), (make, *more)
        found: Made
        if key in known:
            found = known[key]
        else:
            found = known[key] = make(tree, *more)
        return found

    return keeper


def with_squares(tree: Expression) -> Expression:
    """The tree in which an even power of a norm or a square root is one of the square, which may be rational.

    The root stays as a term that is 0, for where it has no value the power has none.

    >>> import symgd
    >>> with_squares(symgd.parse("sqrt(x)^4"))
    Expression('(x + 0·√(x))²')
    """
    return _with_squares(tree) if _ROOTS & tree.operations else tree


_ROOTS = frozenset({"norm2", "sqrt"})


@kept
def _with_squares(tree: Expression) -> Expression:
    return fold(tree, lambda node, args: _square(node, args) or rebuilt(node, args))


def _square(node: Expression, args: tuple[Expression, ...]) -> Expression | None:
    if node.op != "pow" or args[0].op not in _ROOTS or args[1].op != "number":
        return None
    half, (root,) = args[1].value / 2, args[0].args
    if half.denominator != 1 or half < 1:
        return None
    square = operation("dot", root, root)
    if args[0].op == "sqrt":
        square = operation("add", root, operation("mul", number(0), args[0]))
    return square if half == 1 else operation("pow", square, number(half))


#: A plan with the constants as numbers of a system.
Prepared = tuple[tuple[Stop, Any], ...]
LayOut = Callable[[Expression, Callable[[Fraction], Any]], Prepared]


def laid_out(tree: Expression, number: Callable[[Fraction], Any]) -> Prepared:
    """The plan of a tree that is worked out once."""
    return tuple((stop, number(stop.node.value) if stop.op == "number" else None) for stop in plan(tree))


prepared: LayOut = kept(laid_out)


def plan(tree: Expression) -> tuple[Stop, ...]:
    """The nodes in an order in which operands come first; defaults of left-out operands are filled in.

    >>> [stop.op for stop in plan(number(2))]
    ['number']
    """
    places: dict[int, int] = {}
    stops: list[Stop] = []
    for node in nodes(tree, _before) if "series" in tree.operations else ordered(tree):
        operands = tuple(places[id(argument)] for argument in _before(node))
        if node.op in DEFAULTS and len(operands) == 1:
            stops.append(Stop("number", (), "real", _default(DEFAULTS[node.op])))
            operands += (len(stops) - 1,)
        domain = OPERATIONS[node.op].domain if node.op in OPERATIONS else "real"
        places[id(node)] = len(stops)
        stops.append(Stop(node.op, operands, domain, node))
    return tuple(stops)


def _before(node: Expression) -> tuple[Expression, ...]:
    """What is worked out before a node: of a sum over an index only the bounds, its body once for each term."""
    return node.args[2:] if node.op == "series" else node.args


def has_structure(tree: Expression) -> bool:
    """Whether an operation on vectors, matrices or rows of data stands in the tree."""
    return not STRUCTURAL.isdisjoint(tree.operations)


class RationalPlan(NamedTuple):
    """A polynomial laid out for rationals: names, then constants, then one operation after the other.

    Each operation takes the values at two places (a negative takes its one value twice). `degree` bounds how often a
    value is multiplied with values, and so how long the result may grow.
    """

    names: tuple[str, ...]
    constants: list[Any]
    operations: tuple[tuple[Callable[[Any, Any], Any], int, int], ...]
    degree: int

    def value(self, values: Sequence[Any]) -> Any:
        """The value where the names have these rational values, in their order."""
        found = [*values, *self.constants]
        for operate, left, right in self.operations:
            found.append(operate(found[left], found[right]))
        return found[-1]


@kept
def rational_plan(tree: Expression) -> RationalPlan | None:
    """The plan of a tree that is a polynomial, so that it has a rational value at every rational point; else None.

    >>> from flint import fmpq
    >>> from symgd.expressions.reader import read
    >>> rational_plan(read("(w - 0.5)^2")).value([fmpq(1, 4)])
    1/16
    """
    if not _POLYNOMIAL.keys() | _LEAVES >= tree.operations:
        return None
    found = tuple(nodes(tree))
    inner = [node for node in found if node.args]
    if not inner or not all(map(_is_polynomial, inner)):
        return None
    leaves = [node for node in found if not node.args]
    numbers = [node for node in leaves if node.op == "number"]
    words = tree.names
    places: dict[int, int] = {id(node): words.index(node.name) for node in leaves if node.op == "name"}
    places |= {id(node): len(words) + place for place, node in enumerate(numbers)}
    operations, degrees = [], [1] * (len(words) + len(numbers))
    for place, node in enumerate(inner, len(words) + len(numbers)):
        operations.append((_POLYNOMIAL[node.op], places[id(node.args[0])], places[id(node.args[-1])]))
        degrees.append(_degree(node, *(degrees[place] for place in operations[-1][1:])))
        places[id(node)] = place
    constants = [fmpq(node.value.numerator, node.value.denominator) for node in numbers]
    return RationalPlan(words, constants, tuple(operations), degrees[-1])


def _degree(node: Expression, first: int, last: int) -> int:
    """Of sums too the degrees are added: over unlike denominators they grow as products do."""
    if node.op == "pow":
        return first * int(node.args[1].value)
    return first if node.op == "neg" else first + last


_POLYNOMIAL: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": lambda base, exponent: base ** int(exponent.p),
    "neg": lambda inner, _: -inner,
}


_LEAVES = frozenset(("number", "name"))


def _is_polynomial(node: Expression) -> bool:
    """Whether an operation of polynomials is one here: what it divides by, or raises to, is such a number."""
    last = node.args[-1]
    if node.op == "div":
        return last.op == "number" and last.value != 0
    return node.op != "pow" or (last.op == "number" and last.value.denominator == 1 and last.value >= 1)


@functools.cache
def _default(value: Fraction) -> Expression:
    return number(value)
