"""Wrong variants of the rules of differentiation: what students write instead, made from the right rules.

A row is an operation and what takes the place of its result. A variant is used at every place where it fits, and at
each place alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from symgd.calculus.algebra import moving_parts, negative, product, total
from symgd.calculus.rules import Application, Slip, Slopes, applied, derivative, outer
from symgd.expressions.tree import ONE, ZERO, Expression, name, nodes, number, operation, substitute

#: (node, the rule, slopes of its parts, right result, variable) to the wrong result; None where there is none.
Wrong = Callable[[Expression, Application, Slopes, Expression, str], Expression | None]
#: A formula with more places for a slip is only given it at all of them.
_MOST_PLACES = 10


class Row(NamedTuple):
    """A slip: the operations it may happen at (none: any function of one variable), and what it makes there."""

    operations: frozenset[str]
    wrong: Wrong


@functools.lru_cache(maxsize=2_048)
def variants(row: Row, tree: Expression, variable: str) -> tuple[Expression, ...]:
    """The derivative with the slip at all its places, then at each place alone; only those that differ."""
    fitting = list(_places(row, tree, variable))
    alone = [[place] for place in fitting] if len(fitting) <= _MOST_PLACES else []
    slips = (_slip(row, variable, set(map(id, places))) for places in (fitting, *alone))
    found = dict.fromkeys(derivative(tree, variable, slip) for slip in slips)
    right = derivative(tree, variable)
    return tuple(wrong for wrong in found if wrong != right)


def slipping(row: Row, variable: str) -> Slip:
    """The slip at every place where it fits."""
    return _slip(row, variable, None)


def _places(row: Row, tree: Expression, variable: str) -> Iterator[Expression]:
    for node in nodes(tree):
        if _fits(row, node) and variable in node.names:
            yield node


def _fits(row: Row, node: Expression) -> bool:
    return node.op in row.operations if row.operations else len(node.args) == 1 or node.op == "pow"


def _slip(row: Row, variable: str, places: set[int] | None) -> Slip:
    def slip(node: Expression, rule: Application, slopes: Slopes, right: Expression) -> Expression | None:
        if (places is not None and id(node) not in places) or not _fits(row, node):
            return None
        return row.wrong(node, rule, slopes, right, variable)

    return slip


# what is written instead


def _inner_forgotten(
    node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
) -> Expression | None:
    """f′(u) without u′."""
    if len(slopes) != 1 or slopes[0] in (ONE, ZERO) or node.op in ("neg", "div", "log", "log2", "log10"):
        return None
    is_input = slopes[0].op in ("name", "index")  # a lone x: a row of its own
    return None if is_input else rule.shape((ONE,))


def _log_inner_forgotten(
    node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
) -> Expression | None:
    """1/u without u′."""
    return rule.shape((ONE,))


def _outer_not_at_inner(
    node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
) -> Expression | None:
    """f′(x)·u′ for f′(u)·u′."""
    if node.op == "neg" or len(slopes) != 1 or variable not in node.args[0].names:
        return None
    bare = Expression(node.op, (name(variable), *node.args[1:]))
    return applied(bare, variable, moving_parts(bare, variable)).shape(slopes)


def _power(shape: Callable[[Expression, Expression, Expression], Expression]) -> Wrong:
    def wrong(
        node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
    ) -> Expression | None:
        base, exponent = node.args
        if variable in exponent.names:
            return None
        return product(shape(base, exponent, operation("pow", base, _less(exponent))), *slopes)

    return wrong


def _less(exponent: Expression) -> Expression:
    if exponent.op == "number":
        return number(exponent.value - 1)
    return operation("sub", exponent, ONE)


def _of_two(shape: Callable[[Expression, Expression, Expression, Expression], Expression]) -> Wrong:
    """A slip in the product or quotient of two parts that both move, or of which the lower one does."""

    def wrong(
        node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
    ) -> Expression | None:
        u, v = node.args
        if variable not in v.names or (node.op == "mul" and variable not in u.names):
            return None
        first, second = (derivative(part, variable) for part in (u, v))
        return shape(u, v, first, second)

    return wrong


def _square(tree: Expression) -> Expression:
    return operation("pow", tree, number(2))


def _difference(left: Expression, right: Expression) -> Expression:
    return total([left, negative(right)])


def _outer_is(text: Callable[[Expression, Expression], Expression]) -> Wrong:
    """Another outer derivative, from the operation a and its operand z, times u′."""

    def wrong(
        node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
    ) -> Expression | None:
        return product(text(node, node.args[0]), *slopes) if len(slopes) == 1 else None

    return wrong


def _degrees(
    node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
) -> Expression | None:
    turned = operation("div", product(node.args[0], operation("pi")), number(180))
    return product(substitute(outer(node.op), {"u": turned}), *slopes)


def _factor_forgotten(
    node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
) -> Expression | None:
    """w·x by w is x; without it 1."""
    u, v = node.args
    for fixed, moving in ((u, v), (v, u)):
        if fixed.op in ("name", "index") and variable not in fixed.names:
            return derivative(moving, variable)
    return None


def _entropy_extra(
    node: Expression, rule: Application, slopes: Slopes, right: Expression, variable: str
) -> Expression | None:
    if rule.rule != "cross-entropy":
        return None
    (z,) = rule.parts
    a = operation("sigmoid", z)
    return product(right, a, operation("sub", ONE, a))


_ANY: frozenset[str] = frozenset()
_POW, _MUL, _DIV = frozenset(("pow",)), frozenset(("mul",)), frozenset(("div",))
_SIGMOID, _TANH = frozenset(("sigmoid",)), frozenset(("tanh",))
_SUMS = frozenset(("add", "sub", "neg"))

#: The slips of differentiation, by the id of their row among the misconceptions.
SLIPS: Mapping[str, Row] = {
    "inner-forgotten": Row(_ANY, _inner_forgotten),
    "outer-not-at-inner": Row(_ANY, _outer_not_at_inner),
    "power-factor-forgotten": Row(_POW, _power(lambda u, n, lower: lower)),
    "power-not-lowered": Row(_POW, _power(lambda u, n, lower: product(n, operation("pow", u, n)))),
    "product-of-derivatives": Row(_MUL, _of_two(lambda u, v, du, dv: product(du, dv))),
    "quotient-of-derivatives": Row(_DIV, _of_two(lambda u, v, du, dv: operation("div", du, dv))),
    "quotient-swapped": Row(
        _DIV, _of_two(lambda u, v, du, dv: operation("div", _difference(product(u, dv), product(du, v)), _square(v)))
    ),
    "quotient-not-squared": Row(
        _DIV, _of_two(lambda u, v, du, dv: operation("div", _difference(product(du, v), product(u, dv)), v))
    ),
    "exp-as-power": Row(
        frozenset(("exp",)),
        _outer_is(lambda a, z: product(z, operation("pow", operation("e"), operation("sub", z, ONE)))),
    ),
    "log-inner-forgotten": Row(frozenset(("log", "log2", "log10")), _log_inner_forgotten),
    "sigmoid-slope-a": Row(_SIGMOID, _outer_is(lambda a, z: a)),
    "sigmoid-slope-plus": Row(_SIGMOID, _outer_is(lambda a, z: product(a, operation("add", ONE, a)))),
    "sigmoid-slope-z": Row(_SIGMOID, _outer_is(lambda a, z: product(z, operation("sub", ONE, z)))),
    "tanh-not-squared": Row(_TANH, _outer_is(lambda a, z: operation("sub", ONE, a))),
    "tanh-plus": Row(_TANH, _outer_is(lambda a, z: operation("add", ONE, _square(a)))),
    "relu-mask-forgotten": Row(frozenset(("relu",)), _outer_is(lambda a, z: ONE)),
    "cross-entropy-extra": Row(_SUMS, _entropy_extra),
    "input-forgotten": Row(_MUL, _factor_forgotten),
    "degrees": Row(frozenset(("sin", "cos", "tan")), _degrees),
}
