"""Formulas over large arrays of doubles: NumPy's own functions, a whole array at a time."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from symgd.expressions.operations import DEFAULTS
from symgd.expressions.tree import Expression, fold


def _np_sigmoid(x: Any) -> Any:
    """In IEEE arithmetic e^-x may be infinite: then the quotient is 0, as it should be."""
    return 1.0 / (1.0 + np.exp(-x))


def _np_logsumexp(*parts: Any) -> Any:
    """Of several numbers (or batches) their log-sum-exp; of one array that of its last axis."""
    stacked = np.stack(np.broadcast_arrays(*parts), axis=-1) if len(parts) > 1 else np.asarray(parts[0])
    top = stacked.max(axis=-1, keepdims=True)
    return (top + np.log(np.exp(stacked - top).sum(axis=-1, keepdims=True)))[..., 0]


def _np_softmax(x: Any) -> Any:
    powers = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _np_matmul(left: Any, right: Any) -> Any:
    """The matrix product where a vector is a column."""
    sides = np.ndim(left), np.ndim(right)
    if 0 in sides:
        return left * right
    if sides == (1, 2):
        return left.reshape(-1, 1) @ right
    return left @ right


def _np_entry(base: Any, *places: float) -> Any:
    """An entry, or a row, counted from 1."""
    return base[tuple(int(place) - 1 for place in places)]


def _np_huber(x: Any, delta: Any) -> Any:
    return np.where(np.abs(x) <= delta, x * x / 2, delta * (np.abs(x) - delta / 2))


_NUMPY = (
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"),
    *("exp", "log", "log2", "log10", "log1p", "sqrt", "expm1", "cbrt", "sign", "where", "maximum", "minimum"),
    *("abs", "logaddexp", "array", "sum", "mean", "vdot", "ones_like", "eye", "reshape"),
)
NUMPY_HELPERS: Mapping[str, Any] = {
    **{word: getattr(np, word) for word in _NUMPY},
    "erf": np.vectorize(math.erf, otypes=[float]),
    "sigmoid": _np_sigmoid,
    "logsumexp": _np_logsumexp,
    "softmax": _np_softmax,
    "matmul": _np_matmul,
    "entry": _np_entry,
    "transpose": lambda base: base.reshape(1, -1) if np.ndim(base) == 1 else np.transpose(base),
    "trace": lambda base: np.trace(base) if np.ndim(base) == 2 else base,
    "huber": _np_huber,
    "greatest": lambda *parts: functools.reduce(np.maximum, parts),
    "least": lambda *parts: functools.reduce(np.minimum, parts),
}


def _piecewise(*parts: Any) -> Any:
    value = parts[-2]
    for other, condition in zip(parts[-4::-2], parts[-3::-2], strict=True):
        value = np.where(condition, other, value)
    return value


_H = NUMPY_HELPERS
_SAME = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "log2", "log10", "sqrt", "cbrt", "sign", "abs")
#: What an operation does to arrays and numbers.
WHOLE: Mapping[str, Callable[..., Any]] = {
    **{word: getattr(np, word) for word in _SAME},
    **{word: getattr(np, f"arc{word[1:]}") for word in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "hadamard": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "neg": np.negative,
    "e": lambda: math.e,
    "pi": lambda: math.pi,
    "cot": lambda x: 1 / np.tan(x),
    "sec": lambda x: 1 / np.cos(x),
    "csc": lambda x: 1 / np.sin(x),
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x, slope: np.where(x > 0, x, slope * x),
    "elu": lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0))),
    "softplus": lambda x: np.logaddexp(0.0, x),
    "silu": lambda x: x * _H["sigmoid"](x),
    "gelu": lambda x: x * (1 + _H["erf"](x / math.sqrt(2))) / 2,
    "logit": lambda x: np.log(x) - np.log1p(-x),
    "clip": lambda x, low, high: np.minimum(np.maximum(x, low), high),
    "max": _H["greatest"],
    "min": _H["least"],
    "true": lambda: True,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "piecewise": _piecewise,
    "vector": lambda *entries: np.array(entries),
    "index": _H["entry"],
    "sum": np.sum,
    "mean": np.mean,
    "dot": np.vdot,
    "norm1": lambda x: np.sum(np.abs(x)),
    "norm2": lambda x: np.sqrt(np.vdot(x, x)),
    "ones": np.ones_like,
    "eye": lambda x: np.eye(len(x)),
    "rowsum": lambda x: np.sum(x, axis=1, keepdims=True),
    "row_product": lambda row, x: (row @ x)[0],
    "column": lambda x: np.reshape(x, (-1, 1)),
    **{word: _H[word] for word in ("sigmoid", "erf", "huber", "logsumexp", "softmax", "matmul", "transpose", "trace")},
}


def evaluate(tree: Expression, values: Mapping[str, Any], number: Callable[[Fraction], float]) -> Any:
    """The value of a tree in doubles; what has no real value is nan."""

    def put(node: Expression, below: tuple[Any, ...]) -> Any:
        if node.op == "number":
            return number(node.value)
        if node.op == "name":
            value = values[node.name]
            return np.asarray(value, dtype=np.float64) if isinstance(value, np.ndarray) else value
        if node.op in DEFAULTS and len(below) == 1:
            below = (*below, float(DEFAULTS[node.op]))
        return WHOLE[node.op](*below)

    with np.errstate(all="ignore"):
        return fold(tree, put)
