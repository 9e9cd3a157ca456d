"""The table of differentiation rules: a row an operation, on our own tree.

A rule says which parts are still to be differentiated and what is made of their slopes; with the slopes of the parts
it is the derivative, with ∂/∂w[part] in their place it is the line that a teacher writes. The rule of a function of
one variable is its derivative as text in the notation of the reader, in `u`; the chain rule multiplies by u'. At a
kink the member of the subgradient is PyTorch's: 0 for relu and abs, the mean of tied slopes for max and min.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from symgd.calculus.algebra import (
    Moving,
    coefficient_of,
    constant_of,
    fraction,
    moving_parts,
    negative,
    power,
    product,
    signed_terms,
    total,
)
from symgd.calculus.entropy import cross_entropy
from symgd.errors import InputError
from symgd.expressions.operations import CONDITIONS, DEFAULTS
from symgd.expressions.reader import read
from symgd.expressions.tree import ONE, ZERO, Expression, number, operation, substitute

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
    "logit": "1/(u*(1 - u))",
    "relu": "piecewise((1, u > 0), (0, true))",
    "softplus": "sigmoid(u)",
    "silu": "sigmoid(u)*(1 + u*(1 - sigmoid(u)))",
    "gelu": "(1 + erf(u/sqrt(2)))/2 + u*exp(-u^2/2)/sqrt(2*pi)",
    "erf": "2*exp(-u^2)/sqrt(pi)",
}

#: Rules that need no working: what they give is put in at once.
LEAVES = frozenset({"identity", "constant", "other"})

#: A product of more varying factors than this is taken two by two.
_MOST_FACTORS = 8

Args = tuple[Expression, ...]
Slopes = tuple[Expression, ...]


class Application(NamedTuple):
    """A rule at a node: its key, the parts still to be differentiated, and what is made of their slopes."""

    rule: str
    parts: Args
    shape: Callable[[Slopes], Expression]


Rule = Callable[[Expression, Moving], Application]


#: What takes the place of the result of a rule at a node, from the slopes of its parts; None leaves it as it is.
Slip = Callable[[Expression, Application, Slopes, Expression], Expression | None]


def derivative(tree: Expression, variable: str, slip: Slip | None = None) -> Expression:
    """The partial derivative by the rules, tidied as a teacher would write it; `slip` puts mistakes in.

    >>> import symgd
    >>> derivative(symgd.parse("(w - 3)^2/2"), "w")
    Expression('w − 3')
    >>> derivative(symgd.parse("sigmoid(w*x)"), "w")
    Expression('σ(w·x)·(1 − σ(w·x))·x')
    """
    moving, done = moving_parts(tree, variable), dict[Expression, Expression]()
    stack: list[tuple[Expression, Application | None]] = [(tree, None)]
    while stack:
        node, application = stack.pop()
        if application is not None:
            slopes = tuple([done[part] for part in application.parts])
            result = application.shape(slopes)
            if slip is not None:
                result = slip(node, application, slopes, result) or result
            done[node] = ZERO if result == ZERO else result
        elif node not in done:
            found = applied(node, variable, moving)
            if not found.parts:
                done[node] = found.shape(())
            else:
                stack.append((node, found))
                stack += [(part, None) for part in found.parts]
    return done[tree]


def applied(node: Expression, variable: str, moving: Moving) -> Application:
    """The rule that differentiates a node."""
    if node.op == "name":
        return Application("identity", (), lambda slopes: ONE) if node.name == variable else _OTHER
    if node not in moving:
        return _CONSTANT
    if node.op not in RULES and node.op not in OUTER:
        raise InputError("no-rule", part=node.text(), name=node.op)
    return (RULES.get(node.op) or _chain(node.op))(node, moving)


_OTHER = Application("other", (), lambda slopes: ZERO)
_CONSTANT = Application("constant", (), lambda slopes: ZERO)


@functools.cache
def outer(op: str) -> Expression:
    """The derivative of a function of one variable, as a tree in u."""
    return read(OUTER[op], names=["u"])


@functools.cache
def _chain(op: str) -> Rule:
    def chain(node: Expression, moving: Moving) -> Application:
        return Application(op, node.args, lambda slopes: product(substitute(outer(op), {"u": node.args[0]}), *slopes))

    return chain


# sums and products -------------------------------------------------------------------------------------------


def _cross_entropy(node: Expression, moving: Moving) -> Application | None:
    """The slope σ(z) − y of a cross-entropy, y − σ(z) of its negative; None where it is none, or y moves as well."""
    for tree, sign in ((node, 1), (operation("neg", node), -1)):
        pair = cross_entropy(tree)
        if pair is not None and pair.probability.op == "sigmoid" and pair.target not in moving:
            sides = (pair.probability, pair.target)[::sign]
            return Application("cross-entropy", pair.probability.args, functools.partial(_times, sides))
    return None


def _times(sides: Args, slopes: Slopes) -> Expression:
    return product(operation("sub", *sides), slopes[0])


def _sum(node: Expression, moving: Moving) -> Application:
    if (known := _cross_entropy(node, moving)) is not None:
        return known
    terms = signed_terms(node)
    rule = "sum" if any(sign > 0 for sign, _ in terms[1:]) else "difference"

    def shape(slopes: Slopes) -> Expression:
        signed = zip(terms, slopes, strict=True)
        return total(slope if sign > 0 else negative(slope) for (sign, _), slope in signed)

    return Application(rule, tuple(term for _, term in terms), shape)


def _negative(node: Expression, moving: Moving) -> Application:
    return _cross_entropy(node, moving) or Application(
        "constant-multiple", node.args, lambda slopes: negative(slopes[0])
    )


def _product(node: Expression, moving: Moving) -> Application:
    factors = _factors(node)
    places = [place for place, factor in enumerate(factors) if factor in moving]
    if len(places) == 1:
        return _one_factor(factors, places[0])
    if len(places) < len(factors):
        fixed = [factor for factor in factors if factor not in moving]
        inner = _chained([factors[place] for place in places])
        moving.add(inner)
        return Application("constant-multiple", (inner,), lambda slopes: product(*fixed, slopes[0]))
    if len(factors) > _MOST_FACTORS:
        factors = [*node.args]
        moving.add(factors[0])

    def shape(slopes: Slopes) -> Expression:
        return total(product(*factors[:place], slope, *factors[place + 1 :]) for place, slope in enumerate(slopes))

    return Application("product", tuple(factors), shape)


def _one_factor(factors: list[Expression], place: int) -> Application:
    def shape(slopes: Slopes) -> Expression:
        return product(*factors[:place], slopes[0], *factors[place + 1 :])

    return Application("constant-multiple", (factors[place],), shape)


def _factors(node: Expression) -> list[Expression]:
    found: list[Expression] = []
    while node.op == "mul":
        found.append(node.args[1])
        node = node.args[0]
    return [node, *reversed(found)]


def _chained(factors: list[Expression]) -> Expression:
    return functools.reduce(lambda left, right: operation("mul", left, right), factors)


def _quotient(node: Expression, moving: Moving) -> Application:
    u, v = node.args
    if v not in moving:
        return Application("constant-multiple", (u,), lambda slopes: product(operation("div", ONE, v), slopes[0]))
    square = power(v, Fraction(2))
    if u not in moving:
        return Application("reciprocal", (v,), lambda s: negative(operation("div", product(u, s[0]), square)))

    def shape(slopes: Slopes) -> Expression:
        above = total([product(slopes[0], v), negative(product(u, slopes[1]))])
        return operation("div", above, square)

    return Application("quotient", (u, v), shape)


def _power(node: Expression, moving: Moving) -> Application:
    u, n = node.args
    if n not in moving:
        exponent = constant_of(n)
        if exponent is None:
            return Application(
                "power", (u,), lambda s: product(n, operation("pow", u, operation("sub", n, ONE)), s[0])
            )
        outside = (fraction(exponent), power(u, exponent - 1))
        return Application("power", (u,), lambda slopes: product(*outside, slopes[0]))
    if u.op == "e":
        return Application("exp", (n,), lambda slopes: product(node, slopes[0]))
    logarithm = operation("log", u)
    if u not in moving:
        return Application("exponential", (n,), lambda slopes: product(node, logarithm, slopes[0]))

    def shape(slopes: Slopes) -> Expression:
        du, dn = slopes
        scaled = du if u == n else product(n, operation("div", du, u))
        return product(node, total([product(dn, logarithm), scaled]))

    return Application("logarithmic", (u, n), shape)


# choices -----------------------------------------------------------------------------------------------------


def _piecewise(node: Expression, moving: Moving) -> Application:
    def shape(slopes: Slopes) -> Expression:
        pairs = zip(slopes, node.args[1::2], strict=True)
        return operation("piecewise", *[part for pair in pairs for part in pair])

    return Application("piecewise", node.args[::2], shape)


def _choice(*branches: tuple[Expression, Expression]) -> Expression:
    *conditional, (last, _) = branches
    if all(value == last for value, _ in conditional):
        return last
    return operation("piecewise", *[part for branch in branches for part in branch])


_OTHERWISE = operation("true")


def _extreme(better: str, worse: str) -> Rule:
    """max and min: the slope of the greatest; where several are equal, the mean of their slopes."""

    def pair(args: Args, slopes: Slopes) -> Expression:
        (u, v), (du, dv) = args, slopes
        tie = product(operation("div", ONE, number(2)), total([du, dv]))
        return _choice((du, operation(better, u, v)), (dv, operation(worse, u, v)), (tie, _OTHERWISE))

    def many(node: Expression, slopes: Slopes) -> Expression:
        reaches = "ge" if better == "gt" else "le"
        chosen = [_choice((ONE, operation(reaches, u, node)), (ZERO, _OTHERWISE)) for u in node.args]
        weighted = total(product(share, slope) for share, slope in zip(chosen, slopes, strict=True))
        return operation("div", weighted, functools.reduce(lambda a, b: operation("add", a, b), chosen))

    def rule(node: Expression, moving: Moving) -> Application:
        def shape(slopes: Slopes) -> Expression:
            if len(node.args) == 1:
                return slopes[0]
            return pair(node.args, slopes) if len(node.args) == 2 else many(node, slopes)

        return Application(node.op, node.args, shape)

    return rule


Choice = Callable[[Args, Slopes], Expression]


def _of_two(shape: Choice) -> Rule:
    """A function of u and of a constant that may be left out."""

    def rule(node: Expression, moving: Moving) -> Application:
        args = node.args if len(node.args) == 2 else (*node.args, number(DEFAULTS[node.op]))
        return Application(node.op, args, lambda slopes: shape(args, slopes))

    return rule


def _leaky(args: Args, slopes: Slopes) -> Expression:
    (u, a), (du, da) = args, slopes
    below = total([product(a, du), product(u, da)])
    return _choice((du, operation("gt", u, ZERO)), (below, _OTHERWISE))


def _elu(args: Args, slopes: Slopes) -> Expression:
    (u, a), (du, da) = args, slopes
    bend = operation("exp", u)
    below = total([product(a, bend, du), product(operation("sub", bend, ONE), da)])
    return _choice((du, operation("gt", u, ZERO)), (below, _OTHERWISE))


def _huber(args: Args, slopes: Slopes) -> Expression:
    (u, d), (du, dd) = args, slopes
    size = operation("abs", u)
    outside = total([product(d, operation("sign", u), du), product(operation("sub", size, d), dd)])
    return _choice((product(u, du), operation("le", size, d)), (outside, _OTHERWISE))


def _clip(node: Expression, moving: Moving) -> Application:
    u, low, high = node.args
    bounds = constant_of(low), constant_of(high)
    in_order = bounds[0] is not None and bounds[1] is not None and bounds[0] <= bounds[1]
    raised = u if in_order else operation("max", u, low)

    def shape(slopes: Slopes) -> Expression:
        du, dlow, dhigh = slopes
        return _choice((dhigh, operation("gt", raised, high)), (dlow, operation("lt", u, low)), (du, _OTHERWISE))

    return Application("clip", node.args, shape)


def _logsumexp(node: Expression, moving: Moving) -> Application:
    shares = [operation("exp", operation("sub", part, node)) for part in node.args]

    def shape(slopes: Slopes) -> Expression:
        return total(product(share, slope) for share, slope in zip(shares, slopes, strict=True))

    return Application("logsumexp", node.args, shape)


def _series(node: Expression, moving: Moving) -> Application:
    """The derivative of a sum over an index: the sum of the derivatives, numbers in front."""
    body, *limits = node.args

    def shape(slopes: Slopes) -> Expression:
        if slopes[0] == ZERO:
            return ZERO
        coefficient, rest = coefficient_of(slopes[0])
        return product(coefficient, operation("series", rest, *limits))

    return Application("finite-sum", (body,), shape)


RULES: dict[str, Rule] = {
    "add": _sum,
    "sub": _sum,
    "neg": _negative,
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "max": _extreme("gt", "lt"),
    "min": _extreme("lt", "gt"),
    "leaky_relu": _of_two(_leaky),
    "elu": _of_two(_elu),
    "huber": _of_two(_huber),
    "clip": _clip,
    "logsumexp": _logsumexp,
    "piecewise": _piecewise,
    "series": _series,
    **dict.fromkeys(("number", "e", "pi", *CONDITIONS), lambda node, moving: _CONSTANT),
}
