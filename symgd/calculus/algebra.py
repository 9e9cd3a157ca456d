"""Small tidy constructors for derived trees: what a teacher would write, and nothing cleverer.

0·x vanishes, 1·x is x, numbers come to the front and are multiplied, 2(w − 3)/2 is w − 3, x + x is 2x.
Nothing is expanded and the author's order stays.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from fractions import Fraction

from symgd.expressions.tree import ONE, ZERO, Expression, fold, nodes, number, operation, rebuilt
from symgd.numbers.values import is_short


def constant_of(tree: Expression) -> Fraction | None:
    """The value of a tree that is a number, the negative of one, or a quotient of two; else None."""
    if tree.op == "number":
        return tree.value
    if tree.op == "neg":
        inner = constant_of(tree.args[0])
        return None if inner is None else -inner
    if tree.op == "div":
        above, below = constant_of(tree.args[0]), constant_of(tree.args[1])
        return None if above is None or below is None or below == 0 else above / below
    return None


def negative(tree: Expression) -> Expression:
    """-tree."""
    return product(number(-1), tree)


def product(*factors: Expression) -> Expression:
    """The product in its order, numbers in front, quotients joined into one.

    >>> import symgd
    >>> product(number("0.5"), number(2), symgd.parse("w - 3"))
    Expression('w − 3')
    """
    top, bottom = _Factors(), _Factors()
    for factor in factors:
        _collect(factor, top, bottom)
    if bottom.number == 0:  # a hole: nothing is tidied away
        return functools.reduce(lambda left, right: operation("mul", left, right), factors)
    if top.number == 0:
        return ZERO
    _cancel_positive(top.others, bottom.others)
    coefficient = top.number / bottom.number
    as_fraction = not is_short(coefficient) or (top.whole and bottom.whole)
    above, below = (
        (Fraction(abs(coefficient.numerator)), Fraction(coefficient.denominator))
        if as_fraction
        else (abs(coefficient), Fraction(1))
    )
    whole = [factor for factor in top.others if factor.op in _KEPT_WHOLE]
    result = _chain(above, [factor for factor in top.others if factor.op not in _KEPT_WHOLE] if whole else top.others)
    if below != 1 or bottom.others:
        result = operation("div", result, _chain(below, bottom.others))
    if whole:
        result = _chain(Fraction(1), whole) if result == ONE else operation("mul", result, _chain(Fraction(1), whole))
    return operation("neg", result) if coefficient < 0 else result


#: Factors that stand behind a fraction and not in it: 2/n·sum(…), 2/n·Xᵀ·r.
_KEPT_WHOLE = frozenset({"sum", "series", "matmul", "row_product", "dot"})


def coefficient_of(tree: Expression) -> tuple[Expression, Expression]:
    """The number before a product, and the rest of it.

    >>> import symgd
    >>> coefficient_of(symgd.parse("-2*x*y"))
    (Expression('−2'), Expression('x·y'))
    """
    top, bottom = _Factors(), _Factors()
    _collect(tree, top, bottom)
    coefficient = top.number / bottom.number if bottom.number else Fraction(1)
    if coefficient in (0, 1) or not (top.others or bottom.others):
        return ONE, tree
    return fraction(coefficient), product(fraction(1 / coefficient), tree)


class _Factors:
    """One side of a fraction: the numbers multiplied, whether all were whole, the other factors in order."""

    def __init__(self) -> None:
        self.number, self.whole = Fraction(1), True
        self.others: list[Expression] = []


def _collect(tree: Expression, top: _Factors, bottom: _Factors) -> None:
    stack = [(tree, top, bottom)]
    while stack:
        node, above, below = stack.pop()
        if node.op == "number":
            above.number *= node.value
            above.whole = above.whole and node.value.denominator == 1
        elif node.op == "neg":
            above.number = -above.number
            stack.append((node.args[0], above, below))
        elif node.op == "mul":
            stack += [(node.args[1], above, below), (node.args[0], above, below)]
        elif node.op == "div" and not (node.args[1].op == "number" and node.args[1].value == 0):
            stack += [(node.args[1], below, above), (node.args[0], above, below)]
        else:
            above.others.append(node)


def _cancel_positive(above: list[Expression], below: list[Expression]) -> None:
    """Strike out common factors that are positive everywhere, so that no hole is lost: e^u, σ(u), 1 − σ(u)."""
    for factor in list(below):
        if factor in above and _is_positive(factor):
            above.remove(factor)
            below.remove(factor)


def _is_positive(tree: Expression) -> bool:
    if tree.op == "sub" and tree.args[0] == ONE:
        return tree.args[1].op == "sigmoid"
    return tree.op in ("exp", "sigmoid", "cosh")


def _powers(factors: list[Expression]) -> list[Expression]:
    """Equal factors joined into powers, each at its first place: x · y · x² is x³ · y."""
    if len(factors) < 2:
        return factors
    exponents: dict[Expression, Fraction] = {}
    for factor in factors:
        exponent = constant_of(factor.args[1]) if factor.op == "pow" else None
        base = factor if exponent is None else factor.args[0]
        exponents[base] = exponents.get(base, Fraction(0)) + (1 if exponent is None else exponent)
    if len(exponents) == len(factors):
        return factors
    return [power(base, exponent) for base, exponent in exponents.items() if exponent]


def _chain(coefficient: Fraction, factors: list[Expression]) -> Expression:
    parts = ([] if coefficient == 1 and factors else [number(coefficient)]) + _powers(factors)
    tree = parts[0]
    for part in parts[1:]:
        tree = operation("mul", tree, part)
    return tree


def total(terms: Iterable[Expression]) -> Expression:
    """The sum in its order; zeros vanish, equal terms are counted, a negative term is subtracted.

    >>> import symgd
    >>> total([symgd.parse("x"), ZERO, symgd.parse("x"), negative(symgd.parse("y"))])
    Expression('2·x − y')
    """
    tree: Expression | None = None
    for coefficient, term in _counted(terms):
        tree = _joined(tree, coefficient, term)
    return ZERO if tree is None else tree


def _counted(terms: Iterable[Expression]) -> list[tuple[int, Expression]]:
    counts: dict[Expression, int] = {}
    for term in (part for whole in terms for part in terms_of(whole)):
        sign, core = (-1, term.args[0]) if term.op == "neg" else (1, term)
        counts[core] = counts.get(core, 0) + sign
    return [(count, core) for core, count in counts.items() if count and core != ZERO]


def terms_of(tree: Expression) -> list[Expression]:
    """The terms of a sum as it is written without brackets, a subtracted one as its negative."""
    parts: list[Expression] = []
    while tree.op in ("add", "sub"):
        last = tree.args[1]
        parts.append(last if tree.op == "add" else operation("neg", last))
        tree = tree.args[0]
    return [tree, *reversed(parts)]


def _joined(tree: Expression | None, coefficient: int, term: Expression) -> Expression:
    size = term if abs(coefficient) == 1 else product(number(abs(coefficient)), term)
    if tree is None:
        return size if coefficient > 0 else operation("neg", size) if size.op not in ("add", "sub") else negative(size)
    return operation("add" if coefficient > 0 else "sub", tree, size)


def power(base: Expression, exponent: Fraction) -> Expression:
    """base to a rational power; the first power is the base, a root is a root."""
    if exponent == 0:
        return ONE
    if exponent == 1:
        return base
    if exponent < 0:
        return operation("div", ONE, power(base, -exponent))
    return operation("pow", base, fraction(exponent))


def fraction(value: Fraction) -> Expression:
    """A rational as it is typed: whole, a short decimal of the author's kind, or a quotient."""
    if value < 0:
        return operation("neg", fraction(-value))
    if value.denominator == 1:
        return number(value)
    return operation("div", number(value.numerator), number(value.denominator))


def replaced(tree: Expression, by: Mapping[Expression, Expression]) -> Expression:
    """The tree with parts replaced; a product put at the end of a product joins it: a·(b·c) is a·b·c.

    >>> import symgd
    >>> replaced(symgd.parse("2*u"), {symgd.parse("u"): symgd.parse("v*w")})
    Expression('2·v·w')
    """

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node in by:
            return by[node]
        if node.op in ("mul", "add") and args[1] is not node.args[1] and args[1].op == node.op:
            return _spliced(node.op, *args)
        return rebuilt(node, args)

    return fold(tree, put)


def _spliced(op: str, left: Expression, right: Expression) -> Expression:
    parts: list[Expression] = []
    while right.op == op:
        parts.append(right.args[1])
        right = right.args[0]
    tree = operation(op, left, right)
    for part in reversed(parts):
        tree = operation(op, tree, part)
    return tree


#: Every part that contains a variable.
Moving = set[Expression]


def moving_parts(tree: Expression, variable: str) -> Moving:
    """Every part of the tree that contains the variable."""
    moving: set[Expression] = set()
    for node in nodes(tree):
        if node.name == variable if node.op == "name" else any(part in moving for part in node.args):
            moving.add(node)
    return moving


def factors_of(tree: Expression) -> tuple[list[Expression], list[Expression]]:
    """The factors above and below the bar, in order.

    >>> from symgd.expressions.reader import read
    >>> factors_of(read("2*w/x"))
    ([Expression('2'), Expression('w')], [Expression('x')])
    """
    if tree.op in ("mul", "hadamard"):
        first, second = factors_of(tree.args[0]), factors_of(tree.args[1])
        return first[0] + second[0], first[1] + second[1]
    if tree.op == "div":
        first, second = factors_of(tree.args[0]), factors_of(tree.args[1])
        return first[0] + second[1], first[1] + second[0]
    if tree.op == "neg":
        above, below = factors_of(tree.args[0])
        return [number(-1), *above], below
    return [tree], []


def signed_terms(node: Expression) -> list[tuple[int, Expression]]:
    """The terms of a sum as it is written without brackets, each with its sign."""
    found: list[tuple[int, Expression]] = []
    while node.op in ("add", "sub"):
        found.append((1 if node.op == "add" else -1, node.args[1]))
        node = node.args[0]
    return [(1, node), *reversed(found)]


def power_of_entries(base: Expression, exponent: Expression) -> Expression:
    """A power of every entry of a square matrix, which A^2 might not be read as: A .* A.

    >>> from symgd.expressions.tree import name
    >>> power_of_entries(name("A"), number(2))
    Expression('A ⊙ A')
    """
    times = exponent.value if exponent.op == "number" else ZERO.value
    if times.denominator != 1 or not 2 <= abs(times) <= 8:
        return operation("pow", base, exponent)
    made = base
    for _ in range(abs(int(times)) - 1):
        made = operation("hadamard", made, base)
    return made if times > 0 else operation("div", ONE, made)
