"""Random losses of the kind teachers set, and things that look like their gradients; all exist everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from symgd.expressions.reader import read
from symgd.expressions.tree import Expression

NAMES = ("w1", "w2", "b")

#: `{z}` is a linear part, `{r}` a residual, `{q}` a polynomial, `{p}` positive, `{d}` a decimal, `{n}` a name,
#: `{g}` a smooth function of a linear part; `{z1}` is one and the same part wherever it stands.
RATIONAL_LOSSES = (
    "({r})^2",
    "({r})^2/2",
    "1/2*({r})^2 + 1/2*({r})^2",
    "(({r})^2 + ({r})^2)/2",
    "({r})^2 + {d}*{n}^2",
    "{q}",
    "{q} + ({r})^2",
    "{d}*({q})^2",
    "({r})^3 - {d}*{n}",
    "({r})^2/({p})",
    "{d}/({p}) + {q}",
    "({q})/({p})",
    "(1 - {n})^2 + {d}*({n} - {n}^2)^2",
    "2*({r1})*{d} + {d}*{n}",
    "-2*{d}*({r}) - 2*{d}*({r})",
    "{d}*({r}) + {d}*({r})",
    "(({z1})*({p1}) - ({r})^2*2*{n})/({p1})^2",
    "{n}*{n}*({r})",
)
OTHER_LOSSES = (
    "({g} - {d})^2",
    "({g} - {d})^2/2 + {d}*{n}^2",
    "exp({z}) + ({r})^2",
    "exp(-({r})^2/2)",
    "exp({z})*({q})",
    "log({p}) + {d}*{n}",
    "log(({p})*({p})) - {g}",
    "log(1 + exp({z}))",
    "log(1 + exp(-({z}))) + {d}*{n}^2",
    "softplus({z}) - {d}*({z})",
    "-{d}*log(sigmoid({z1})) - {d}*log(1 - sigmoid({z1}))",
    "sqrt({p}) + ({r})^2",
    "{n}/sqrt({p})",
    "sin({z})*cos({z})",
    "sin({z})^2 + {q}",
    "sin(2*{n}) - {d}*cos({z})",
    "abs({r}) + {d}*{n}^2",
    "abs({r}) + abs({r})",
    "relu({z}) + {d}*abs({n})",
    "(relu({z}) - {d})^2",
    "max({z}, {r})^2 + {d}*{n}",
    "sqrt(({r})^2)",
    "{d}*tanh({z})/({p})",
    "2*({g} - {d})*({d} + {n})",
    "2*(sigmoid({z1}) - {d})*sigmoid({z1})*(1 - sigmoid({z1}))*{d}",
    "2*(tanh({z1}) - {d})*(1 - tanh({z1})^2)",
    "(sigmoid({z}) - {d})*{d} + 2*{d}*{n}",
    "exp({z1})/(1 + exp({z1})) - {d}",
    "-({r1})*exp(-({r1})^2/2)",
    "2*{n}/({n}^2 + {d}) - {d}*sin({z})",
)

_SHAPES: Mapping[str, tuple[str, ...]] = {
    "z": ("{d}*{n} + {d}", "{n}*{d} - {d}", "{n} + {d}*{n}", "{d}*{n} + {d}*{n} - {d}", "{n}", "-{n} + {d}"),
    "r": ("{n} - {d}", "{d}*{n} + {n} - {d}", "{d} - {n}*{d}", "{n}*{n} - {d}", "{d} - ({n} + {d}*{n})"),
    "q": ("{n}^2 - {d}*{n}", "{d}*{n}^3 + {n}", "{n}^4 - {d}*{n}^2 + {d}", "{n}^2 + {n}*{n} + {d}*{n}^2"),
    "p": ("{n}^2 + {d}", "1 + {d}*{n}^2", "({r})^2 + {d}", "2 + {n}^4", "{n}^2 + {n}^2 + 1"),
    "g": ("sigmoid({z})", "tanh({z})", "exp({z})", "sin({z})", "cos({z})", "softplus({z})"),
}
_DECIMALS = ("0.5", "0.1", "2", "3", "1.5", "0.25", "0.55", "0.3", "1.2", "0.75", "4", "0.125", "1.7", "2.5", "0.05")


def random_loss(rng: Random, transcendental: bool) -> Expression:
    """A loss or what looks like a gradient of one; rational unless `transcendental`.

    >>> random_loss(Random(1), False) == random_loss(Random(1), False)
    True
    """
    names = rng.sample(NAMES, rng.randint(1, 3))
    form = rng.choice(OTHER_LOSSES if transcendental else RATIONAL_LOSSES)
    return read(filled(form, rng, names))


def filled(form: str, rng: Random, names: list[str]) -> str:
    """The form with all its holes filled."""
    known: dict[str, str] = {}
    leaves: Mapping[str, Callable[[], str]] = {
        "n": lambda: rng.choice(names),
        "d": lambda: rng.choice(_DECIMALS),
    }

    def fill(hole: re.Match[str]) -> str:
        kind, mark = hole[1], hole[2]
        if mark and kind + mark in known:
            return known[kind + mark]
        made = leaves[kind]() if kind in leaves else filled(rng.choice(_SHAPES[kind]), rng, names)
        return known.setdefault(kind + mark, made) if mark else made

    return re.sub(r"\{(\w)(\d?)\}", fill, form)
