"""How operations are written in languages that compute: one table a language, one row an operation.

`{0}` and `{1}` stand for operands as they are, `{}` for all of them, split by commas. What a row calls is defined by
its language or stands in the language's helpers. Signs between operands bind as Python's do; all else is closed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

_INFIX = {"add": "{0} + {1}", "sub": "{0} - {1}", "mul": "{0} * {1}", "div": "{0} / {1}", "neg": "-{0}"}
_COMPARE = {"lt": "{0} < {1}", "le": "{0} <= {1}", "gt": "{0} > {1}", "ge": "{0} >= {1}"}
_IN_MATH = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("exp", "log", "log2", "log10", "sqrt", "erf"),
)

#: Python on plain floats: the functions of `math`, and the helpers below.
PYTHON: Mapping[str, str] = {
    **_INFIX,
    **_COMPARE,
    **{word: f"{word}({{0}})" for word in _IN_MATH},
    "pow": "{0} ** {1}",
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
    "sigmoid": "(1.0 / (1.0 + exp(-{0})) if {0} > -700.0 else exp({0}))",  # e^700 is a double, and 1 beside it nothing
    "logit": "(log({0}) - log1p(-{0}))",
    "relu": "({0} if {0} > 0.0 else 0.0)",
    "leaky_relu": "({0} if {0} > 0.0 else {1} * {0})",
    "elu": "({0} if {0} > 0.0 else {1} * expm1({0}))",
    "softplus": "({0} + log1p(exp(-{0})) if {0} > 0.0 else log1p(exp({0})))",
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
    "sigmoid": "sigmoid({0})",
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
    "row_product": "matmul({0}, {1})[0]",
    "hadamard": "{0} * {1}",
    "transpose": "transpose({0})",
    # of matrices that are known to be such, as `plain_products` writes them
    "plain_matmul": "{0} @ {1}",
    "plain_transpose": "{0}.T",
}


#: How tightly a sign binds, and how tightly each operand must bind to stand there without brackets. A product of three
#: is worked out from the left, so its brackets are those of the program: floats are not associative.
_COMPARES, _SUM, _PRODUCT, _UNARY, _POWER, CLOSED = range(6)
_BINDS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    **dict.fromkeys(_COMPARE, (_COMPARES, (_SUM, _SUM))),
    **dict.fromkeys(("add", "sub"), (_SUM, (_SUM, _PRODUCT))),
    **dict.fromkeys(("mul", "div", "hadamard", "plain_matmul"), (_PRODUCT, (_PRODUCT, _UNARY))),
    "neg": (_UNARY, (_UNARY,)),
    "pow": (_POWER, (CLOSED, _UNARY)),
}
#: An operand between brackets or commas, where it needs none of its own.
_FENCED = re.compile(r"(?:\(|, )\{\d\}(?=[,)])")


class Form(NamedTuple):
    """A row as it is used: how operands make a text, how tightly it binds, and how tightly they must.

    No `shields` ask for no brackets; `repeats` tells that an operand is written twice.
    """

    write: Callable[..., str]
    binds: int = CLOSED
    shields: tuple[int, ...] = ()
    repeats: bool = False


def _form(op: str, row: str) -> Form:
    if "{}" in row:
        return Form(lambda *operands: row.format(", ".join(operands)))
    binds, shields = _BINDS.get(op, (CLOSED, ()))
    places = re.findall(r"\{\d\}", row)
    if not shields and len(_FENCED.findall(row)) < len(places):
        shields = (CLOSED,) * len({*places})
    return Form(row.format, binds, shields, row.count("{0}") > 1)


def _choice(form: str, operands: Sequence[str]) -> str:
    """A piecewise: value by condition, and what holds otherwise."""
    last = operands[-2]
    for place in range(len(operands) - 4, -1, -2):
        last = form.format(operands[place], operands[place + 1], last)
    return last


@functools.cache
def forms_of(language: str) -> Mapping[str, Form]:
    """The rows of a language, ready to be used: "python" or "numpy".

    >>> forms_of("python")["logit"].write("x"), forms_of("numpy")["piecewise"].write("1.0", "x > 0.0", "x", "True")
    ('(log(x) - log1p(-x))', 'where(x > 0.0, 1.0, x)')
    """
    table, choice = _LANGUAGES[language]
    pieces = Form(lambda *operands: _choice(choice, operands))
    return {**{op: _form(op, row) for op, row in table.items()}, "piecewise": pieces}


_LANGUAGES = {"python": (PYTHON, "({0} if {1} else {2})"), "numpy": (NUMPY, "where({1}, {0}, {2})")}


def literal(value: Fraction) -> tuple[str, int]:
    """A constant as the nearest double, and how tightly it binds.

    >>> literal(Fraction(-1, 2)), literal(Fraction(3))
    (('-0.5', 3), ('3.0', 5))
    """
    try:
        shown = repr(float(value))
    except OverflowError:
        shown = "1e999" if value > 0 else "-1e999"
    return shown, _UNARY if shown.startswith("-") else CLOSED
