"""What each operation means: exactly, in balls, and in floats. One row an operation in each table.

Exact functions get rationals (flint.fmpq) and return a rational, or None where the value is not rational; then
the ball's meaning is used. Float functions have the forms that do not overflow (softplus(1000) is 1000).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

from symgd.errors import PrecisionError

Number = Any  # fmpq, arb or float


def sign_of(value: Number) -> int:
    """-1, 0 or 1; raises PrecisionError where a ball cannot tell."""
    if isinstance(value, arb):
        if value > 0:
            return 1
        if value < 0:
            return -1
        if value.is_zero():
            return 0
        raise PrecisionError("sign")
    return int(value > 0) - int(value < 0)


def as_ball(value: Number) -> arb:
    """The number as a ball of the present precision."""
    return value if isinstance(value, arb) else arb(value)


def is_rational(value: Number) -> bool:
    """Whether the number is an exact rational."""
    return isinstance(value, fmpq)


# exact ---------------------------------------------------------------------------------------------------------


def _integer_root(value: Any, index: int) -> Any:
    """The exact root of a rational that is a perfect power, else None."""
    if value < 0:
        return None if index % 2 == 0 else _negated(_integer_root(-value, index))
    top, bottom = value.p.root(index), value.q.root(index)
    root = fmpq(top, bottom)
    return root if root**index == value else None


def _negated(value: Any) -> Any:
    return None if value is None else -value


#: An exact power of more bits goes on as a ball.
_MOST_POWER_BITS = 1 << 20


def exact_power(base: Any, exponent: Any) -> Any:
    """The power of two rationals where it is rational and can be written out; flint ends the process on others."""
    if exponent.q == 1:
        if abs(base) != 1 and base != 0 and base.height_bits() * abs(int(exponent.p)) > _MOST_POWER_BITS:
            return None
        return base ** int(exponent.p)
    if base == 0:
        return fmpq(0)
    if exponent.q > 64:
        return None
    root = _integer_root(base, int(exponent.q))
    return None if root is None else root ** int(exponent.p)


def _exact_log(base: int) -> Callable[[Any], Any]:
    def power_of_base(value: Any) -> Any:
        top, bottom = int(value.p), int(value.q)
        if 1 not in (top, bottom):
            return None
        power = round(math.log(max(top, bottom), base))
        if base**power != max(top, bottom):
            return None
        return fmpq(power if bottom == 1 else -power)

    return power_of_base


def _leaky(x: Any, slope: Any) -> Any:
    return x if sign_of(x) > 0 else slope * x


def _huber(x: Any, delta: Any) -> Any:
    size = abs(x)
    if sign_of(delta - size) >= 0:
        return x * x / 2
    return delta * (size - delta / 2)


EXACT: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": exact_power,
    "abs": abs,
    "sign": lambda x: fmpq(sign_of(x)),
    "max": lambda *xs: max(xs),
    "min": lambda *xs: min(xs),
    "relu": lambda x: max(x, fmpq(0)),
    "leaky_relu": _leaky,
    "huber": _huber,
    "elu": lambda x, a: x if x > 0 else (fmpq(0) if x == 0 else None),
    "sqrt": lambda x: _integer_root(x, 2),
    "cbrt": lambda x: _integer_root(x, 3),
    "log2": _exact_log(2),
    "log10": _exact_log(10),
    "logsumexp": lambda *xs: xs[0] if len(xs) == 1 else None,
    "clip": lambda x, low, high: min(max(x, low), high),
    "logit": lambda x: fmpq(0) if 2 * x == 1 else None,
}

# balls ---------------------------------------------------------------------------------------------------------


def _ball_power(base: Any, exponent: Any) -> Any:
    if isinstance(exponent, fmpq) and exponent.q == 1:
        return as_ball(base) ** int(exponent.p)
    return as_ball(base) ** as_ball(exponent)


def _ball_cbrt(x: Any) -> Any:
    direction = sign_of(x)
    return direction * abs(as_ball(x)).root(3) if direction else arb(0)


def _ball_max(*xs: Any) -> Any:
    best = as_ball(xs[0])
    for x in xs[1:]:
        best = best.max(as_ball(x))
    return best


def _ball_min(*xs: Any) -> Any:
    return -_ball_max(*[-as_ball(x) for x in xs])


def _ball_sigmoid(x: Any) -> Any:
    return 1 / (1 + (-as_ball(x)).exp())


def _ball_softplus(x: Any) -> Any:
    ball = as_ball(x)
    if ball > 0:
        return ball + (-ball).exp().log1p()
    return ball.exp().log1p()


def _ball_logsumexp(*xs: Any) -> Any:
    highest = as_ball(max((as_ball(x).mid() for x in xs), key=float))
    return highest + sum(((as_ball(x) - highest).exp() for x in xs), arb(0)).log()


def _ball_elu(x: Any, a: Any) -> Any:
    return as_ball(x) if sign_of(x) > 0 else as_ball(a) * as_ball(x).expm1()


def _through(method: str) -> Callable[[Any], Any]:
    """A function that flint has under this name."""
    function = getattr(arb, method)
    return lambda x: function(as_ball(x))


BALL: dict[str, Callable[..., Any]] = {
    **{
        word: _through(word)
        for word in (
            [
                "sin",
                "cos",
                "tan",
                "cot",
                "sec",
                "csc",
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
                "sqrt",
                "erf",
            ]
        )
    },
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": _ball_power,
    "e": lambda: arb.const_e(),
    "pi": lambda: arb.pi(),
    "log2": lambda x: as_ball(x).log() / arb(2).log(),
    "log10": lambda x: as_ball(x).log() / arb(10).log(),
    "cbrt": _ball_cbrt,
    "abs": lambda x: abs(as_ball(x)),
    "sign": lambda x: arb(sign_of(x)),
    "max": _ball_max,
    "min": _ball_min,
    "sigmoid": _ball_sigmoid,
    "relu": lambda x: _ball_max(x, fmpq(0)),
    "leaky_relu": _leaky,
    "elu": _ball_elu,
    "softplus": _ball_softplus,
    "silu": lambda x: as_ball(x) * _ball_sigmoid(x),
    "gelu": lambda x: as_ball(x) * (1 + (as_ball(x) / arb(2).sqrt()).erf()) / 2,
    "huber": lambda x, delta: _huber(as_ball(x), as_ball(delta)),
    "logsumexp": _ball_logsumexp,
    "clip": lambda x, low, high: _ball_min(_ball_max(x, low), high),
    "logit": lambda x: (as_ball(x) / (1 - as_ball(x))).log(),
}

# floats --------------------------------------------------------------------------------------------------------


def _guarded(function: Callable[..., float]) -> Callable[..., float]:
    """Overflow is infinite, as in IEEE arithmetic, and not an exception."""

    def safe(*values: float) -> float:
        try:
            return function(*values)
        except OverflowError:
            return math.inf

    return safe


def float_sigmoid(x: float) -> float:
    """1/(1 + e^-x) without overflow on either side."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    power = math.exp(x)
    return power / (1 + power)


def float_logsumexp(*xs: float) -> float:
    """log of the sum of e^x, shifted by the greatest."""
    top = max(xs)
    return top if math.isinf(top) else top + math.log(sum(math.exp(x - top) for x in xs))


def _float_power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        odd = exponent % 2 == 1
        return -math.inf if base < 0 and odd else math.inf


FLOAT: dict[str, Callable[..., float]] = {
    **{
        word: getattr(math, word)
        for word in [
            "sin",
            "cos",
            "tan",
            "asin",
            "acos",
            "atan",
            "tanh",
            "asinh",
            "acosh",
            "atanh",
            "sqrt",
            "cbrt",
            "erf",
        ]
    },
    **{word: _guarded(getattr(math, word)) for word in ("sinh", "cosh", "exp")},
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": _float_power,
    "e": lambda: math.e,
    "pi": lambda: math.pi,
    "cot": lambda x: math.cos(x) / math.sin(x),
    "sec": lambda x: 1 / math.cos(x),
    "csc": lambda x: 1 / math.sin(x),
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "abs": abs,
    "sign": lambda x: float(x > 0) - float(x < 0),
    "max": lambda *xs: max(xs),
    "min": lambda *xs: min(xs),
    "sigmoid": float_sigmoid,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x, a: x if x > 0 else a * x,
    "elu": lambda x, a: x if x > 0 else a * math.expm1(x),
    "softplus": lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    "silu": lambda x: x * float_sigmoid(x),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "huber": lambda x, d: x * x / 2 if abs(x) <= d else d * (abs(x) - d / 2),
    "logsumexp": float_logsumexp,
    "clip": lambda x, low, high: min(max(x, low), high),
    "logit": lambda x: math.log(x) - math.log1p(-x),
}

# where an operation has a value ----------------------------------------------------------------------------------


def _power_defined(base: Number, exponent: Number) -> bool:
    whole = (isinstance(exponent, fmpq) and exponent.q == 1) or (isinstance(exponent, float) and exponent.is_integer())
    if whole and exponent > 0:
        return True
    if whole:
        return sign_of(base) != 0
    direction = sign_of(base)
    return direction > 0 or (direction == 0 and sign_of(exponent) > 0)


def _nonzero_cosine(x: Number) -> bool:
    if isinstance(x, float):
        return not math.isfinite(x) or math.cos(x) != 0
    return sign_of(as_ball(x).cos()) != 0


def _nonzero_sine(x: Number) -> bool:
    if not isinstance(x, arb) and x == 0:
        return False
    if isinstance(x, float):
        return not math.isfinite(x) or math.sin(x) != 0
    return sign_of(as_ball(x).sin()) != 0


#: By the name of a domain: whether an operation has a value at these operands.
DOMAIN: dict[str, Callable[..., bool]] = {
    "divisor": lambda a, b: sign_of(b) != 0,
    "positive": lambda x: sign_of(x) > 0,
    "nonnegative": lambda x: sign_of(x) >= 0,
    "power": _power_defined,
    "unit": lambda x: sign_of(1 - abs(x)) >= 0,
    "inside_unit": lambda x: sign_of(1 - abs(x)) > 0,
    "at_least_one": lambda x: sign_of(x - 1) >= 0,
    "cosine": _nonzero_cosine,
    "sine": _nonzero_sine,
    "probability": lambda x: sign_of(x) > 0 and sign_of(1 - x) > 0,
}
