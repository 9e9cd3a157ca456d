"""The table of differentiation rules: a row an operation, on our own tree.

The rule of a function of one variable is its derivative as text in the notation of the reader, in `u`; the chain
rule multiplies by u'. The few rules with a choice in them (power, quotient, max) are functions. At a kink the
member of the subgradient is PyTorch's: 0 for relu and abs, the mean of tied slopes for max and min.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction

from symgd.calculus.algebra import constant_of, fraction, negative, power, product, total
from symgd.expressions.operations import CONDITIONS, DEFAULTS
from symgd.expressions.reader import read
from symgd.expressions.tree import ONE, ZERO, Expression, fold, number, operation, substitute

#: d/du of each function of one variable.
OUTER: dict[str, str] = {
    "sin": "cos(u)",
    "cos": "-sin(u)",
    "tan": "1 + tan(u)^2",
    "cot": "-(1 + cot(u)^2)",
    "sec": "sec(u)*tan(u)",
    "csc": "-csc(u)*cot(u)",
    "asin": "1/sqrt(1 - u^2)",
    "acos": "-1/sqrt(1 - u^2)",
    "atan": "1/(1 + u^2)",
    "sinh": "cosh(u)",
    "cosh": "sinh(u)",
    "tanh": "1 - tanh(u)^2",
    "asinh": "1/sqrt(u^2 + 1)",
    "acosh": "1/(sqrt(u - 1)*sqrt(u + 1))",
    "atanh": "1/(1 - u^2)",
    "exp": "exp(u)",
    "log": "1/u",
    "log2": "1/(u*ln(2))",
    "log10": "1/(u*ln(10))",
    "sqrt": "1/(2*sqrt(u))",
    "cbrt": "1/(3*cbrt(u)^2)",
    "abs": "sign(u)",
    "sign": "0",
    "sigmoid": "sigmoid(u)*(1 - sigmoid(u))",
    "relu": "piecewise((1, u > 0), (0, true))",
    "softplus": "sigmoid(u)",
    "silu": "sigmoid(u)*(1 + u*(1 - sigmoid(u)))",
    "gelu": "(1 + erf(u/sqrt(2)))/2 + u*exp(-u^2/2)/sqrt(2*pi)",
    "erf": "2*exp(-u^2)/sqrt(pi)",
}

Args = tuple[Expression, ...]
Slopes = tuple[Expression, ...]
Rule = Callable[[Args, Slopes], Expression]


def derivative(tree: Expression, variable: str) -> Expression:
    """The partial derivative by the rules, tidied as a teacher would write it.

    >>> import symgd
    >>> derivative(symgd.parse("(w - 3)^2/2"), "w")
    Expression('w − 3')
    >>> derivative(symgd.parse("sigmoid(w*x)"), "w")
    Expression('σ(w·x)·(1 − σ(w·x))·x')
    """

    def slope(node: Expression, below: Slopes) -> Expression:
        if node.op == "name":
            return ONE if node.name == variable else ZERO
        if all(part is ZERO for part in below):
            return ZERO
        return _tidy(_rule(node.op)(node.args, below))

    return fold(tree, slope)


def _tidy(tree: Expression) -> Expression:
    return ZERO if tree == ZERO else tree


def _rule(op: str) -> Rule:
    return RULES.get(op) or _chain(op)


@functools.cache
def outer(op: str) -> Expression:
    """The derivative of a function of one variable, as a tree in u."""
    return read(OUTER[op], names=["u"])


@functools.cache
def _chain(op: str) -> Rule:
    def chain(args: Args, slopes: Slopes) -> Expression:
        return product(substitute(outer(op), {"u": args[0]}), slopes[0])

    return chain


def _sum(args: Args, slopes: Slopes) -> Expression:
    return total(slopes)


def _difference(args: Args, slopes: Slopes) -> Expression:
    return total([slopes[0], negative(slopes[1])])


def _product(args: Args, slopes: Slopes) -> Expression:
    (u, v), (du, dv) = args, slopes
    if du is ZERO:
        return product(u, dv)
    if dv is ZERO:
        return product(du, v) if constant_of(v) is None else product(v, du)
    return total([product(du, v), product(u, dv)])


def _quotient(args: Args, slopes: Slopes) -> Expression:
    (u, v), (du, dv) = args, slopes
    if dv is ZERO:
        return product(operation("div", ONE, v), du)
    square = power(v, Fraction(2))
    if du is ZERO:
        return negative(operation("div", product(u, dv), square))
    return operation("div", total([product(du, v), negative(product(u, dv))]), square)


def _power(args: Args, slopes: Slopes) -> Expression:
    (u, n), (du, dn) = args, slopes
    if dn is ZERO:
        exponent = constant_of(n)
        if exponent is None:
            return product(n, operation("pow", u, operation("sub", n, ONE)), du)
        return product(fraction(exponent), power(u, exponent - 1), du)
    raised = operation("pow", u, n)
    logarithm = operation("log", u)
    if du is ZERO:
        return product(raised, dn) if u.op == "e" else product(raised, logarithm, dn)
    inner = total([product(dn, logarithm), du if u == n else product(n, operation("div", du, u))])
    return product(raised, inner)


def _piecewise(args: Args, slopes: Slopes) -> Expression:
    parts: list[Expression] = []
    for value, condition in zip(slopes[::2], args[1::2], strict=True):
        parts += [value, condition]
    return operation("piecewise", *parts)


def _choice(*branches: tuple[Expression, Expression]) -> Expression:
    *conditional, (last, _) = branches
    if all(value == last for value, _ in conditional):
        return last
    return operation("piecewise", *[part for branch in branches for part in branch])


_OTHERWISE = operation("true")


def _extreme(better: str, worse: str, op: str) -> Rule:
    """max and min: the slope of the greatest; where several are equal, the mean of their slopes."""

    def pair(args: Args, slopes: Slopes) -> Expression:
        (u, v), (du, dv) = args, slopes
        tie = product(operation("div", ONE, number(2)), total([du, dv]))
        return _choice((du, operation(better, u, v)), (dv, operation(worse, u, v)), (tie, _OTHERWISE))

    def many(args: Args, slopes: Slopes) -> Expression:
        best = operation(op, *args)
        chosen = [_choice((ONE, operation("ge" if op == "max" else "le", u, best)), (ZERO, _OTHERWISE)) for u in args]
        weighted = total(product(share, slope) for share, slope in zip(chosen, slopes, strict=True))
        return operation("div", weighted, total_of(chosen))

    def rule(args: Args, slopes: Slopes) -> Expression:
        return slopes[0] if len(args) == 1 else pair(args, slopes) if len(args) == 2 else many(args, slopes)

    return rule


def total_of(parts: list[Expression]) -> Expression:
    """The plain sum, nothing collected."""
    tree = parts[0]
    for part in parts[1:]:
        tree = operation("add", tree, part)
    return tree


def _with_default(op: str, args: Args, slopes: Slopes) -> tuple[Args, Slopes]:
    if len(args) == 2:
        return args, slopes
    return (*args, number(DEFAULTS[op])), (*slopes, ZERO)


def _leaky(args: Args, slopes: Slopes) -> Expression:
    (u, a), (du, da) = _with_default("leaky_relu", args, slopes)
    below = total([product(a, du), product(u, da)])
    return _choice((du, operation("gt", u, ZERO)), (below, _OTHERWISE))


def _elu(args: Args, slopes: Slopes) -> Expression:
    (u, a), (du, da) = _with_default("elu", args, slopes)
    bend = operation("exp", u)
    below = total([product(a, bend, du), product(operation("sub", bend, ONE), da)])
    return _choice((du, operation("gt", u, ZERO)), (below, _OTHERWISE))


def _huber(args: Args, slopes: Slopes) -> Expression:
    (u, d), (du, dd) = _with_default("huber", args, slopes)
    size = operation("abs", u)
    outside = total([product(d, operation("sign", u), du), product(operation("sub", size, d), dd)])
    return _choice((product(u, du), operation("le", size, d)), (outside, _OTHERWISE))


def _logsumexp(args: Args, slopes: Slopes) -> Expression:
    whole = operation("logsumexp", *args)
    shares = [operation("exp", operation("sub", part, whole)) for part in args]
    return total(product(share, slope) for share, slope in zip(shares, slopes, strict=True))


def _none(args: Args, slopes: Slopes) -> Expression:
    return ZERO


RULES: dict[str, Rule] = {
    "add": _sum,
    "sub": _difference,
    "neg": lambda args, slopes: negative(slopes[0]),
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "max": _extreme("gt", "lt", "max"),
    "min": _extreme("lt", "gt", "min"),
    "leaky_relu": _leaky,
    "elu": _elu,
    "huber": _huber,
    "logsumexp": _logsumexp,
    "piecewise": _piecewise,
    **dict.fromkeys(("number", "e", "pi", *CONDITIONS), _none),
}
