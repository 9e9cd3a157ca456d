"""To SymPy and back. Every symbol is real. Text never passes here: trees become SymPy objects one by one.

`to_sympy` gives each function its plain definition (σ(x) is 1/(1 + e^-x)), so that SymPy's derivative is a road of its
own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from symgd.calculus.algebra import fraction, product, total
from symgd.errors import InputError
from symgd.expressions.names import canonical
from symgd.expressions.operations import DEFAULTS
from symgd.expressions.tree import ONE, ZERO, Expression, fold, name, number, operation, substitute
from symgd.numbers.values import exact_decimal


@functools.lru_cache(maxsize=4096)
def symbol(word: str) -> Any:
    """The real symbol of a name."""
    return sp.Symbol(word, real=True)


def _abs(x: Any) -> Any:
    """|x|; as √(x²) where SymPy does not know that x is real (√w), since it would go on with re, im and atan2."""
    known = x.is_extended_real or x.is_rational_function()
    return sp.Abs(x) if known else sp.sqrt(x**2)


def _leaky(x: Any, slope: Any) -> Any:
    return sp.Piecewise((x, x > 0), (slope * x, True))


def _elu(x: Any, alpha: Any) -> Any:
    return sp.Piecewise((x, x > 0), (alpha * (sp.exp(x) - 1), True))


def _huber(x: Any, delta: Any) -> Any:
    return sp.Piecewise((x**2 / 2, _abs(x) <= delta), (delta * (_abs(x) - delta / 2), True))


def _piecewise(*parts: Any) -> Any:
    return sp.Piecewise(*zip(parts[::2], parts[1::2], strict=True))


#: What an operation means to SymPy, in functions that SymPy knows by itself.
SYMPY: dict[str, Callable[..., Any]] = {
    **{
        word: getattr(sp, word)
        for word in ["sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "tanh"]
    },
    **{word: getattr(sp, word) for word in ["asinh", "acosh", "atanh", "exp", "log", "sqrt", "sign", "erf"]},
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": lambda a, b: a**b,
    "e": lambda: sp.E,
    "pi": lambda: sp.pi,
    "log2": lambda x: sp.log(x) / sp.log(2),
    "log10": lambda x: sp.log(x) / sp.log(10),
    "cbrt": lambda x: sp.sign(x) * _abs(x) ** sp.Rational(1, 3),
    "abs": _abs,
    "max": sp.Max,
    "min": sp.Min,
    "sigmoid": lambda x: 1 / (1 + sp.exp(-x)),
    "relu": lambda x: sp.Max(x, 0),
    "leaky_relu": _leaky,
    "elu": _elu,
    "softplus": lambda x: sp.log(1 + sp.exp(x)),
    "silu": lambda x: x / (1 + sp.exp(-x)),
    "gelu": lambda x: x * (1 + sp.erf(x / sp.sqrt(2))) / 2,
    "huber": _huber,
    "logsumexp": lambda *xs: sp.log(sp.Add(*[sp.exp(x) for x in xs])),
    "logit": lambda x: sp.log(x / (1 - x)),
    "clip": lambda x, low, high: sp.Min(sp.Max(x, low), high),
    "piecewise": _piecewise,
    "true": lambda: sp.true,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "derivative": lambda part, variable: part.diff(variable),
    "index": lambda base, place: sp.Function(base.name, real=True)(place),
    "series": lambda body, index, low, high: sp.Sum(body, (index, low, high)),
}


def to_sympy(tree: Expression) -> Any:
    """The tree as a SymPy expression over real symbols.

    Raises InputError where a condition or a maximum compares constants that are not real.

    >>> from symgd.expressions.reader import read
    >>> to_sympy(read("(w - 0.5)^2"))
    (w - 1/2)**2
    """

    def convert(node: Expression, below: tuple[Any, ...]) -> Any:
        if node.op == "number":
            return sp.Rational(node.value.numerator, node.value.denominator)
        if node.op == "name":
            return symbol(node.name)
        if node.op in DEFAULTS and len(below) == 1:
            default = DEFAULTS[node.op]
            below = (*below, sp.Rational(default.numerator, default.denominator))
        return SYMPY[node.op](*below)

    try:
        return fold(tree, convert)
    except (TypeError, ValueError):  # a condition, or a max, of values which are not real
        raise InputError("empty-domain") from None


# and back ------------------------------------------------------------------------------------------------------


def from_sympy(expression: Any) -> Expression:
    """A SymPy expression as a tree; raises InputError for what the notation does not have.

    >>> from_sympy((sp.Symbol("w") - 3)**2)
    Expression('(w − 3)²')
    """
    if isinstance(expression, int | float | Fraction):
        return fraction(exact_decimal(expression))
    if expression.has(sp.Derivative):
        expression = expression.replace(_is_slope_of_sign, lambda _: sp.Integer(0))
    done: dict[Any, Expression] = {}
    for part in sp.postorder_traversal(expression):
        if part not in done:
            done[part] = _convert(part, done)
    return done[expression]


@functools.lru_cache(maxsize=64)
def sympy_slope(tree: Expression, word: str) -> tuple[Any, Expression]:
    """SymPy's derivative of a tree by a name, and the same as a tree; kept for the next problem with the same loss.

    >>> from symgd.expressions.reader import read
    >>> sympy_slope(read("(w - 3)^2"), "w")
    (2*w - 6, Expression('2·w − 6'))
    """
    slope = _kept_sympy(tree).diff(symbol(word))
    return slope, from_sympy(slope)


_kept_sympy = functools.lru_cache(maxsize=8)(to_sympy)


def _is_slope_of_sign(part: Any) -> bool:
    """SymPy leaves ∂/∂w sign(w/x) as it is, since it does not know that w/x is real; it is 0 as that of sign(w)."""
    return isinstance(part, sp.Derivative) and isinstance(part.expr, sp.sign)


def _convert(part: Any, done: Mapping[Any, Expression]) -> Expression:
    if isinstance(part, sp.Symbol):
        return name(_checked_name(part))
    if isinstance(part, sp.Float):
        return fraction(exact_decimal(float(part)))
    if isinstance(part, sp.Rational):
        return fraction(Fraction(int(part.p), int(part.q)))
    if isinstance(part, sp.core.function.AppliedUndef):
        return operation("index", name(str(part.func)), done[part.args[0]])
    handler = _FROM.get(type(part).__name__)
    if type(part).__name__ in _NOT_REAL:
        raise InputError("empty-domain")
    if handler is None:
        raise InputError("sympy-unsupported", name=type(part).__name__)
    return handler(part, done)


def _checked_name(part: Any) -> str:
    word = str(part.name)
    if not word.replace("_", "a").isalnum() or not word[0].isalpha() or not canonical(word).isascii():
        raise InputError("sympy-name", name=word)
    return canonical(word)


def _sum(part: Any, done: Mapping[Any, Expression]) -> Expression:
    return total(done[term] for term in part.as_ordered_terms())


def _product(part: Any, done: Mapping[Any, Expression]) -> Expression:
    return product(*[done[factor] for factor in part.args])


def _power(part: Any, done: Mapping[Any, Expression]) -> Expression:
    base, exponent = part.args
    if exponent.is_Rational and exponent < 0:
        positive = Fraction(int(-exponent.p), int(exponent.q))
        return operation("div", ONE, _root_or_power(done[base], positive))
    if exponent.is_Rational:
        return _root_or_power(done[base], Fraction(int(exponent.p), int(exponent.q)))
    return operation("pow", done[base], done[exponent])


def _root_or_power(base: Expression, exponent: Fraction) -> Expression:
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return operation("sqrt", base)
    return operation("pow", base, fraction(exponent))


def _branches(part: Any, done: Mapping[Any, Expression]) -> Expression:
    parts = [done[item] for branch in part.args for item in branch.args]
    if part.args[-1].cond != sp.true:
        raise InputError("piecewise-otherwise")
    return operation("piecewise", *parts)


def _heaviside(part: Any, done: Mapping[Any, Expression]) -> Expression:
    """SymPy's derivative of Max; its value at 0 is the mean of the slopes."""
    u = done[part.args[0]]
    half = operation("div", ONE, number(2))
    branches = (ONE, operation("gt", u, ZERO), ZERO, operation("lt", u, ZERO), half, operation("true"))
    return operation("piecewise", *branches)


def _function(op: str) -> Callable[[Any, Mapping[Any, Expression]], Expression]:
    return lambda part, done: operation(op, *[done[argument] for argument in part.args])


def _comparison(part: Any, done: Mapping[Any, Expression]) -> Expression:
    assert isinstance(part, Relational)
    return operation({"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[part.rel_op], done[part.lhs], done[part.rhs])


#: What SymPy makes of a loss that has no real value: (−e)^w, 1/(e − e).
_NOT_REAL = frozenset({"ImaginaryUnit", "ComplexInfinity", "Infinity", "NegativeInfinity", "NaN", "re", "im", "arg"})

_FROM: dict[str, Callable[[Any, Mapping[Any, Expression]], Expression]] = {
    **{
        word: _function(word)
        for word in ["sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "tanh"]
    },
    **{word: _function(word) for word in ["asinh", "acosh", "atanh", "exp", "log", "sign", "erf"]},
    "Add": _sum,
    "Mul": _product,
    "Pow": _power,
    "Sum": lambda part, done: functools.reduce(  # SymPy writes a sum of sums as one sum over several indices
        lambda body, limits: operation("series", body, *map(from_sympy, limits)), part.limits, done[part.function]
    ),
    "Tuple": lambda part, done: ZERO,  # the limits of a sum are read by its row
    "Abs": _function("abs"),
    "Max": _function("max"),
    "Min": _function("min"),
    "Exp1": lambda part, done: operation("e"),
    "Pi": lambda part, done: operation("pi"),
    "Heaviside": _heaviside,
    "DiracDelta": lambda part, done: ZERO,  # 0 everywhere but at the kink
    "Piecewise": _branches,
    "ExprCondPair": lambda part, done: ZERO,  # its parts are read by _branches
    "BooleanTrue": lambda part, done: operation("true"),
    "BooleanFalse": lambda part, done: operation("lt", ONE, ZERO),
    **dict.fromkeys(("StrictLessThan", "LessThan", "StrictGreaterThan", "GreaterThan"), _comparison),
}


def proves(tree: Expression, point: Mapping[str, Fraction], candidate: Fraction) -> bool:
    """Whether SymPy's automatic evaluation shows that the tree at a rational point is the candidate (sin π = 0)."""
    values = {word: number(value) for word, value in point.items()}
    difference = to_sympy(substitute(tree, values)) - sp.Rational(candidate.numerator, candidate.denominator)
    return bool(difference == 0)
