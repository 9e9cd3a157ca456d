"""Forms that floats can bear: nothing overflows or cancels."""

from __future__ import annotations

from symgd.expressions.tree import ONE, Expression, fold, operation, rebuilt


def stable(tree: Expression) -> Expression:
    """The same function in a form that floats can bear: 1 − σ(z) is σ(−z), log σ(z) is −softplus(−z).

    >>> from symgd.expressions.reader import read
    >>> stable(read("log(1 - sigmoid(z))"))
    Expression('−softplus(−(−z))')
    """
    if tree.operations.isdisjoint(_REWRITTEN):
        return tree
    return fold(tree, lambda node, args: _stable(rebuilt(node, args)))


#: Every form that is rewritten has one of these in it.
_REWRITTEN = frozenset({"sigmoid", "exp", "e"})


def _stable(node: Expression) -> Expression:
    if node.op == "sub" and node.args[0] == ONE and node.args[1].op == "sigmoid":
        return operation("sigmoid", operation("neg", node.args[1].args[0]))
    if node.op == "log" and node.args[0].op == "sigmoid":
        return operation("neg", operation("softplus", operation("neg", node.args[0].args[0])))
    if node.op == "log" and _is_one_plus_exp(node.args[0]):
        return operation("softplus", _exponent(node.args[0].args[1]))
    if node.op == "div" and node.args[0] == ONE and _is_one_plus_exp(node.args[1]):
        return operation("sigmoid", operation("neg", _exponent(node.args[1].args[1])))
    return node


def _is_one_plus_exp(tree: Expression) -> bool:
    return tree.op == "add" and tree.args[0] == ONE and _exponent_or_none(tree.args[1]) is not None


def _exponent_or_none(tree: Expression) -> Expression | None:
    if tree.op == "exp":
        return tree.args[0]
    return tree.args[1] if tree.op == "pow" and tree.args[0].op == "e" else None


def _exponent(tree: Expression) -> Expression:
    exponent = _exponent_or_none(tree)
    assert exponent is not None
    return exponent
