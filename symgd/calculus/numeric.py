"""Numeric functions: the loss and its gradient as one NumPy function of a point or of a batch of points.

SymPy's lambdify writes the code, with shared subexpressions. σ, softplus, log-sum-exp and their like are functions
of their own there, and 1 − σ(z) and log σ(z) are rewritten first, so that nothing overflows or cancels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from symgd.calculus.bridge import symbol, to_sympy
from symgd.calculus.rules import derivative
from symgd.expressions.tree import ONE, Expression, fold, operation, rebuilt

Array = NDArray[np.float64]
LossAndGradient = Callable[[Any], tuple[Any, Array]]


def stable(tree: Expression) -> Expression:
    """The same function in a form that floats can bear: 1 − σ(z) is σ(−z), log σ(z) is −softplus(−z).

    >>> from symgd.expressions.reader import read
    >>> stable(read("log(1 - sigmoid(z))"))
    Expression('−softplus(−(−z))')
    """
    return fold(tree, lambda node, args: _stable(rebuilt(node, args)))


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


def _sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1.0, small) / (1.0 + small)


def _logsumexp(*parts: Array) -> Array:
    stacked = np.stack(np.broadcast_arrays(*parts))
    top = stacked.max(axis=0)
    return np.asarray(top + np.log(np.exp(stacked - top).sum(axis=0)))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "sigmoid": _sigmoid,
    "softplus": lambda x: np.logaddexp(0.0, x),
    "silu": lambda x: x * _sigmoid(x),
    "logsumexp": _logsumexp,
    "elu": lambda x, a: np.where(x > 0, x, a * np.expm1(np.minimum(x, 0.0))),
    "cbrt": np.cbrt,
    "erf": np.vectorize(math.erf, otypes=[float]),
}


def loss_and_gradient(loss: Expression, wrt: Sequence[str], constants: Mapping[str, float]) -> LossAndGradient:
    """f(point of shape (n,) or points of shape (batch, n)) -> (loss, gradient), float64.

    The loss has shape () or (batch,), the gradient the shape of the argument. Where the loss has no real value the
    result is nan. Raises ValueError where the last axis is not n long.
    """
    tree = stable(loss)
    partials = [stable(derivative(tree, word)) for word in wrt]
    arguments = [symbol(word) for word in (*wrt, *constants)]
    outputs = [to_sympy(part, numeric=True) for part in (tree, *partials)]
    compiled = sp.lambdify(arguments, outputs, modules=[dict(_FUNCTIONS), "numpy"], cse=True)
    fixed = tuple(constants.values())

    def function(point: Any) -> tuple[Any, Array]:
        points = np.asarray(point, dtype=np.float64)
        if points.ndim not in (1, 2) or points.shape[-1] != len(wrt):
            raise ValueError(f"expected shape ({len(wrt)},) or (batch, {len(wrt)}), found {points.shape}")
        with np.errstate(all="ignore"):
            value, *slopes = compiled(*np.moveaxis(points, -1, 0), *fixed)
        shape = points.shape[:-1]
        gradient = np.stack([np.broadcast_to(slope, shape) for slope in slopes], axis=-1).astype(np.float64)
        loss_value = np.broadcast_to(np.asarray(value, dtype=np.float64), shape)
        return (float(loss_value) if not shape else loss_value.copy()), gradient

    return function
