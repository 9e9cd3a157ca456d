"""Formulas in pieces: |u|, max, huber, piecewise.

Points prove nothing of them, for they may differ in one piece alone.
"""

from __future__ import annotations

from symgd.expressions.tree import Expression, name

#: What may be equal at some points and not at others.
KINKED = frozenset(("abs", "sign", "max", "min", "relu", "leaky_relu", "elu", "huber", "clip", "piecewise", "norm1"))


def pairs_of(left: Expression, right: Expression) -> list[tuple[Expression, Expression]]:
    """The pairs of formulas that must be equal so that two formulas in pieces are; none where that cannot be told.

    >>> from symgd.expressions.reader import read
    >>> def shown(left, right):
    ...     return [f"{one} = {other}" for one, other in pairs_of(read(left), read(right))]
    >>> shown("piecewise((2*x, x < 1), (0, true))", "piecewise((x + x, x < 1), (0*x, true))")
    ['2·x = x + x', '0 = 0·x']
    >>> shown("0", "piecewise((x - x, x < 1), (0*x, true))"), shown("2*|x|", "|x| + |x|")
    (['0 = x − x', '0 = 0·x'], ['2·κ0 = κ0 + κ0'])
    >>> shown("piecewise((x, x < 10^6), (0, true))", "x"), shown("|x|", "x")
    (['x = x', '0 = x'], [])
    """
    first, second = _branches(left), _branches(right)
    if first and second:
        same = [condition for _, condition in first] == [condition for _, condition in second]
        return [(one, other) for (one, _), (other, _) in zip(first, second, strict=True)] if same else []
    if first or second:
        return [(value, right) for value, _ in first] or [(left, value) for value, _ in second]
    if KINKED & {left.op, right.op}:
        return []
    known: dict[Expression, Expression] = {}
    return [(_without_pieces(left, known), _without_pieces(right, known))]


def _branches(tree: Expression) -> list[tuple[Expression, Expression]]:
    """The values of cases with their conditions; none of what is no case by case."""
    return list(zip(tree.args[::2], tree.args[1::2], strict=True)) if tree.op == "piecewise" else []


def _without_pieces(tree: Expression, known: dict[Expression, Expression]) -> Expression:
    """A tree with a name for each formula in pieces, the same for the same one."""
    if tree.op in KINKED:
        return known.setdefault(tree, name(f"κ{len(known)}"))
    if not tree.args:
        return tree
    return Expression(tree.op, tuple(_without_pieces(part, known) for part in tree.args))
