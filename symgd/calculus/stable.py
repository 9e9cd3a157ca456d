"""Forms that floats can bear: nothing overflows or cancels."""

from __future__ import annotations

from symgd.expressions.tree import ONE, Expression, operation, rewritten


def stable(tree: Expression) -> Expression:
    """The same function in a form that floats can bear: 1 − σ(z) is σ(−z), log σ(z) is −softplus(−z).

    >>> from symgd.expressions.reader import read
    >>> stable(read("log(1 - sigmoid(z))"))
    Expression('−softplus(−(−z))')
    """
    return tree if tree.operations.isdisjoint(_REWRITTEN) else rewritten(tree, _FORMS)


#: Every form that is rewritten has one of these in it.
_REWRITTEN = frozenset({"sigmoid", "exp", "e"})


def _difference(node: Expression) -> Expression:
    first, second = node.args
    if second.op == "sigmoid" and first == ONE:
        return operation("sigmoid", operation("neg", second.args[0]))
    return node


def _logarithm(node: Expression) -> Expression:
    inner = node.args[0]
    if inner.op == "sigmoid":
        return operation("neg", operation("softplus", operation("neg", inner.args[0])))
    return operation("softplus", _exponent(inner.args[1])) if _is_one_plus_exp(inner) else node


def _quotient(node: Expression) -> Expression:
    above, below = node.args
    if _is_one_plus_exp(below) and above == ONE:
        return operation("sigmoid", operation("neg", _exponent(below.args[1])))
    return node


_FORMS = {"sub": _difference, "log": _logarithm, "div": _quotient}


def _is_one_plus_exp(tree: Expression) -> bool:
    return tree.op == "add" and _exponent_or_none(tree.args[1]) is not None and tree.args[0] == ONE


def _exponent_or_none(tree: Expression) -> Expression | None:
    if tree.op == "exp":
        return tree.args[0]
    return tree.args[1] if tree.op == "pow" and tree.args[0].op == "e" else None


def _exponent(tree: Expression) -> Expression:
    exponent = _exponent_or_none(tree)
    assert exponent is not None
    return exponent
