"""Random problems for the tests of truth: polynomials, quotients, neurons, roots; every method, every arithmetic."""

from __future__ import annotations

import random

from symgd.descent.optimizers import OPTIMIZERS
from symgd.descent.problem import Problem

_LOSSES = (
    "(w1 - {a})^2 + {b}*(w2 + {c})^2",
    "{a}*w1^2 + w1*w2 + {b}*w2^2 - {c}*w1",
    "(w1^2 - w2)^2 + (1 - w1)^2/{b}",
    "w1^2/(1 + w2^2) + {a}*w2^2",
    "z = w1*{a} + w2; s = sigmoid(z); L = (s - {b})^2",
    "p = w1*{a} + w2; L = log(1 + exp(-p)) + {b}*w1^2",
    "exp({a}*w1) - w1 + (w2 - {c})^2",
    "sqrt(w1^2 + {b}) + (w1 - w2)^2/3",
    "|w1 - {a}| + (w2 - {b})^2",
    "e1 = w1*1 + w2 - {a}; e2 = w1*2 + w2 - {b}; L = (e1^2 + e2^2)/2",
    "h = tanh(w1); L = (h*w2 - {c})^2",
    "max(w1, {a}*w2) + w1^2 + w2^2",
)

#: What a whole run is made of, for the tests of ten updates: polynomials, quotients, neurons, softplus, norms by hand.
_FAMILIES = (
    "(w1 - {a})^2 + {b}*(w2 + {c})^2 + w1*w2/4",
    "(w1^2 + w2 - {a})^2/{b} + (w1 - w2)^2",
    "w1^3/{a} - w1*w2 + {b}*w2^2 + w1^4/4",
    "w1^2/(1 + w2^2) + {a}*w2^2",
    "(w1 - {a})^2/(2 + w1^2) + w2^2/{b}",
    "z = {a}*w1 + w2; a = sigmoid(z); L = (a - {b}/4)^2",
    "z = {a}*w1 + w2; a = sigmoid(z); L = -0.3*ln(a) - 0.7*ln(1 - a)",
    "h = tanh({a}*w1); o = w2*h; L = (o - {c})^2 + {b}*w1^2/10",
    "softplus({a}*w1 - w2) + {b}*(w1 - {c})^2/2 + w2^2",
    "log(1 + exp(-{a}*w1)) + {b}*w1^2/2 + (w2 - {c})^2",
    "sqrt(w1^2 + w2^2 + {b}) + (w1 - {a})^2/3",
    "sqrt((w1 - {a})^2 + 0.25) + sqrt((w2 + {c})^2 + 1)",
    "|w1 - {a}| + |w2 + {b}| + (w1 - w2)^2/8",
)


def random_run(seed: int, method: str, steps: int = 10) -> Problem:
    """Ten exact updates of a loss of one of the families; always the same for a seed."""
    choose = random.Random(seed)
    values = {key: f"{choose.randint(1, 30) / 10}" for key in "abc"}
    start = {"w1": f"{choose.randint(-20, 20) / 10}", "w2": f"{choose.randint(-20, 20) / 10}"}
    loss = _FAMILIES[seed % len(_FAMILIES)].format(**values)
    rate = choose.choice(["0.1", "0.05", "0.02", "1/8"])
    return Problem(loss, start=start, optimizer=method, learning_rate=rate, steps=steps)


def random_problem(seed: int) -> Problem:
    """The problem of a seed; always the same one."""
    choose = random.Random(seed)
    values = {key: f"{choose.randint(1, 30) / 10}" for key in "abc"}
    method = choose.choice([*OPTIMIZERS, "gradient-descent", "gradient-descent", "adam"])
    start = {"w1": f"{choose.randint(-20, 20) / 10}", "w2": f"{choose.randint(-20, 20) / 10}"}
    return Problem(
        choose.choice(_LOSSES).format(**values),
        start=start,
        optimizer=method,
        learning_rate=choose.choice(["0.1", "0.05", "1/3", "0.1/t", "0.25"]),
        arithmetic=choose.choice(["exact", "exact", "exact", "float", "round:3", "round:6"]),
        digits=choose.choice([4, 6, 6, 9]),
        steps=choose.randint(1, 3),
    )
