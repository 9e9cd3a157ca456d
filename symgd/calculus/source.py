"""The gradient as Python source that stands alone: definitions, slopes, and a function that returns both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from symgd.calculus.program import Formula
from symgd.expressions.operations import DEFAULTS, PRODUCT, SUM
from symgd.expressions.tree import Expression, fold
from symgd.expressions.writer import decimal_text

_UNARY = 30  # Python's minus binds tighter than a product
_POWER, _ATOM = 40, 100

#: Functions that Python's math has under the same name.
_MATH = [
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "exp",
    "log",
    "log2",
    "log10",
    "sqrt",
    "cbrt",
    "erf",
]

_FORMS: Mapping[str, str] = {
    **{word: f"math.{word}({{}})" for word in _MATH},
    "cot": "(1 / math.tan({}))",
    "sec": "(1 / math.cos({}))",
    "csc": "(1 / math.sin({}))",
    "abs": "abs({})",
    "sign": "sign({})",
    "max": "max({})",
    "min": "min({})",
    "e": "math.e",
    "pi": "math.pi",
    "relu": "max({}, 0.0)",
    "clip": "clip({})",
    "true": "True",
    **{
        word: f"{word}({{}})"
        for word in ("sigmoid", "leaky_relu", "elu", "softplus", "silu", "gelu", "huber", "logsumexp", "logit")
    },
}
_INFIX = {
    "add": ("{} + {}", SUM, SUM, SUM + 1),
    "sub": ("{} - {}", SUM, SUM, SUM + 1),
    "mul": ("{}*{}", PRODUCT, PRODUCT, PRODUCT + 1),
    "div": ("{}/{}", PRODUCT, PRODUCT, PRODUCT + 1),
    "pow": ("{}**{}", _POWER, _POWER + 1, _POWER),
    "lt": ("{} < {}", 0, SUM, SUM),
    "le": ("{} <= {}", 0, SUM, SUM),
    "gt": ("{} > {}", 0, SUM, SUM),
    "ge": ("{} >= {}", 0, SUM, SUM),
}

#: What the source defines for itself, only where it is used.
_HELPERS: Mapping[str, str] = {
    "sign": "def sign(x):\n    return float(x > 0) - float(x < 0)",
    "sigmoid": (
        "def sigmoid(x):\n    if x >= 0:\n        return 1 / (1 + math.exp(-x))\n"
        "    return math.exp(x) / (1 + math.exp(x))"
    ),
    "softplus": "def softplus(x):\n    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))",
    "silu": "def silu(x):\n    return x * sigmoid(x)",
    "gelu": "def gelu(x):\n    return x * (1 + math.erf(x / math.sqrt(2))) / 2",
    "leaky_relu": "def leaky_relu(x, slope):\n    return x if x > 0 else slope * x",
    "elu": "def elu(x, alpha):\n    return x if x > 0 else alpha * math.expm1(x)",
    "huber": ("def huber(x, delta):\n    return x * x / 2 if abs(x) <= delta else delta * (abs(x) - delta / 2)"),
    "logit": "def logit(x):\n    return math.log(x) - math.log1p(-x)",
    "clip": "def clip(x, low, high):\n    return min(max(x, low), high)",
    "logsumexp": (
        "def logsumexp(*parts):\n    top = max(parts)\n"
        "    return top + math.log(sum(math.exp(part - top) for part in parts))"
    ),
}
_NEEDS = {"silu": ("sigmoid",)}
_KEYWORDS = frozenset({"lambda"})


def python_source(lines: Sequence[Formula], parameters: Sequence[str], constants: Mapping[str, Fraction]) -> str:
    """A module with `loss_and_gradient(parameters) -> (loss, [partials])`; it needs only `math`.

    >>> from symgd.calculus.program import gradient_program
    >>> from symgd.expressions.reader import read_definitions
    >>> print(python_source(gradient_program(read_definitions("(w - 3)^2"), ["w"]), ["w"], {}))
    import math
    <BLANKLINE>
    <BLANKLINE>
    def loss_and_gradient(w):
        L = (w - 3)**2
        dL_dw = 2*(w - 3)
        return L, [dL_dw]
    <BLANKLINE>
    """
    used = [op for op in _HELPERS if op in _operations(lines)]
    helpers = list(dict.fromkeys(op for word in used for op in (*_NEEDS.get(word, ()), word)))
    body = [f"    {identifier(word)} = {_number(value)[0]}" for word, value in constants.items()]
    body += [f"    {identifier(line.quantity)} = {expression_source(line.tree)}" for line in lines]
    loss = next(line.quantity for line in lines if line.kind == "loss")
    partials = ", ".join(identifier(line.quantity) for line in lines if line.kind == "partial")
    body.append(f"    return {identifier(loss)}, [{partials}]")
    head = f"def loss_and_gradient({', '.join(map(identifier, parameters))}):"
    blocks = ["import math", *[_HELPERS[op] for op in helpers], "\n".join([head, *body])]
    return "\n\n\n".join(blocks) + "\n"


def _operations(lines: Sequence[Formula]) -> set[str]:
    from symgd.expressions.tree import nodes

    return {node.op for line in lines for node in nodes(line.tree)}


def identifier(quantity: str) -> str:
    """A quantity as a Python name: dL/dw1 is dL_dw1, lambda is lambda_."""
    word = quantity.replace("/", "_")
    return word + "_" if word in _KEYWORDS else word


def expression_source(tree: Expression) -> str:
    """One expression as Python source."""
    return fold(tree, _piece)[0]


Piece = tuple[str, int]


def _piece(node: Expression, below: tuple[Piece, ...]) -> Piece:
    if node.op == "number":
        return _number(node.value)
    if node.op == "name":
        return identifier(node.name), _ATOM
    if node.op == "neg":
        return "-" + _within(below[0], PRODUCT), PRODUCT
    if node.op in _INFIX:
        form, binds, left, right = _INFIX[node.op]
        return form.format(_within(below[0], left), _within(below[1], right)), binds
    if node.op == "piecewise":
        return _conditional(below), 0
    if node.op in DEFAULTS and len(below) == 1:
        below = (*below, _number(DEFAULTS[node.op]))
    return _FORMS[node.op].format(", ".join(text for text, _ in below)), _ATOM


def _within(piece: Piece, least: int) -> str:
    return piece[0] if piece[1] >= least else f"({piece[0]})"


def _conditional(below: tuple[Piece, ...]) -> str:
    *pairs, last = list(zip(below[::2], below[1::2], strict=True))
    text = last[0][0]
    for value, condition in reversed(pairs):
        text = f"{value[0]} if {condition[0]} else {text}"
    return f"({text})"


def _number(value: Fraction) -> Piece:
    plain = decimal_text(value)
    if plain is None:
        return f"{value.numerator}/{value.denominator}", PRODUCT
    if len(plain) > 25:
        return repr(float(value)), _UNARY if value < 0 else _ATOM
    return plain, _UNARY if value < 0 else _ATOM
