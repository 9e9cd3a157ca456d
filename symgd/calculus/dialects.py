"""How operations are written in languages that compute: one table a language, one row an operation.

`{0}` and `{1}` stand for operands as they are, `{}` for all of them, split by commas. What a row calls is defined by
its language or stands in the language's helpers.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

_INFIX = {"add": "({0} + {1})", "sub": "({0} - {1})", "mul": "({0} * {1})", "div": "({0} / {1})", "neg": "(-{0})"}
_COMPARE = {"lt": "({0} < {1})", "le": "({0} <= {1})", "gt": "({0} > {1})", "ge": "({0} >= {1})"}
_IN_MATH = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("exp", "log", "log2", "log10", "sqrt", "erf"),
)

#: Python on plain floats: the functions of `math`, and the helpers below.
PYTHON: Mapping[str, str] = {
    **_INFIX,
    **_COMPARE,
    **{word: f"{word}({{0}})" for word in _IN_MATH},
    "pow": "({0} ** {1})",
    "e": "2.718281828459045",
    "pi": "3.141592653589793",
    "cot": "(1.0 / tan({0}))",
    "sec": "(1.0 / cos({0}))",
    "csc": "(1.0 / sin({0}))",
    "cbrt": "cbrt({0})",
    "abs": "abs({0})",
    "sign": "sign({0})",
    "max": "max({})",
    "min": "min({})",
    "sigmoid": "sigmoid({0})",
    "logit": "(log({0}) - log1p(-{0}))",
    "relu": "({0} if {0} > 0.0 else 0.0)",
    "leaky_relu": "({0} if {0} > 0.0 else {1} * {0})",
    "elu": "({0} if {0} > 0.0 else {1} * expm1({0}))",
    "softplus": "softplus({0})",
    "silu": "({0} * sigmoid({0}))",
    "gelu": "({0} * (1.0 + erf({0} / 1.4142135623730951)) / 2.0)",
    "huber": "huber({0}, {1})",
    "clip": "min(max({0}, {1}), {2})",
    "logsumexp": "logsumexp({})",
    "true": "True",
}

#: NumPy, on arrays of one shape or on numbers.
NUMPY: Mapping[str, str] = {
    **PYTHON,
    "asin": "arcsin({0})",
    "acos": "arccos({0})",
    "atan": "arctan({0})",
    "asinh": "arcsinh({0})",
    "acosh": "arccosh({0})",
    "atanh": "arctanh({0})",
    "max": "greatest({})",
    "min": "least({})",
    "relu": "maximum({0}, 0.0)",
    "leaky_relu": "where({0} > 0.0, {0}, {1} * {0})",
    "elu": "where({0} > 0.0, {0}, {1} * expm1(minimum({0}, 0.0)))",
    "softplus": "logaddexp(0.0, {0})",
    "clip": "minimum(maximum({0}, {1}), {2})",
    "index": "entry({})",
    "vector": "array([{}])",
    "sum": "sum({0})",
    "mean": "mean({0})",
    "dot": "vdot({0}, {1})",
    "norm1": "sum(abs({0}))",
    "norm2": "sqrt(vdot({0}, {0}))",
    "trace": "trace({0})",
    "softmax": "softmax({0})",
    "logsumexp": "logsumexp({})",
    "ones": "ones_like({0})",
    "eye": "eye(len({0}))",
    "rowsum": "sum({0}, axis=1, keepdims=True)",
    "column": "reshape({0}, (-1, 1))",
    "matmul": "matmul({0}, {1})",
    "hadamard": "({0} * {1})",
    "transpose": "transpose({0})",
    # of matrices that are known to be such, as `plain_products` writes them
    "plain_matmul": "({0} @ {1})",
    "plain_transpose": "{0}.T",
}


def choice(conditions: list[tuple[str, str]], last: str, language: str) -> str:
    """A piecewise: value by condition, and what holds otherwise."""
    form = "where({1}, {0}, {2})" if language == "numpy" else "({0} if {1} else {2})"
    for value, condition in reversed(conditions):
        last = form.format(value, condition, last)
    return last


def literal(value: Fraction) -> str:
    """A constant as the nearest double."""
    try:
        shown = repr(float(value))
    except OverflowError:
        shown = "1e999" if value > 0 else "-1e999"
    return f"({shown})" if shown.startswith("-") else shown
