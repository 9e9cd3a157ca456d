"""The table of optimizers: each method is the text of its equations, as a book prints them, written once.

The names on the right: w (the weight), g (its slope), t (the number of the update, from 1), eta (the rate), p (the
Newton direction) and the hyperparameters. A name read before it is assigned is last update's value, 0 at first.
An equation that a hyperparameter of 0 makes idle (g = g + 0·w) is left out.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from symgd.calculus.algebra import negative, product, total
from symgd.expressions.reader import read_definitions
from symgd.expressions.tree import ZERO, Expression, fold, name, rebuilt


class Equation(NamedTuple):
    """One row: the name on the left and the tree on the right."""

    target: str
    tree: Expression


class Method(NamedTuple):
    """A row of the table: equations, defaults of the hyperparameters, the variant and its paper.

    `torch` is the optimizer of PyTorch that does the same, "" where it has none.

    >>> [str(row.tree) for row in OPTIMIZERS["momentum"].equations]
    ['g + weight_decay·w', 'momentum·m + g', '−η·m', 'w + d']
    """

    name: str
    lines: tuple[str, ...]
    defaults: Mapping[str, str]
    paper: str
    torch: str

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The equations as trees."""
        return tuple(_equation(line) for line in self.lines)

    @property
    def second_order(self) -> bool:
        """Whether it asks for the Newton direction, and so for the second derivatives of a loss."""
        return any("p" in row.tree.names for row in self.equations)


@functools.cache
def _equation(line: str) -> Equation:
    definition = read_definitions(line)
    return Equation(definition.names[0], definition.expressions[0])


_DECAY = "g = g + weight_decay*w"
_MOMENTS = ("m = beta1*m + (1 - beta1)*g", "v = beta2*v + (1 - beta2)*g^2")
_CORRECTED = ("mhat = m/(1 - beta1^t)", "vhat = v/(1 - beta2^t)")
_ADAM_STEP = ("d = -eta*mhat/(sqrt(vhat) + eps)", "w = w + d")
_ADAM = {"beta1": "0.9", "beta2": "0.999", "eps": "1e-8"}
_NONE = {"weight_decay": "0"}

METHODS: tuple[Method, ...] = (
    Method(
        "gradient-descent",
        (_DECAY, "n = -g", "d = eta*n", "w = w + d"),
        {"learning_rate": "0.1", **_NONE},
        "Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées",
        "SGD",
    ),
    Method(
        "momentum",
        (_DECAY, "m = momentum*m + g", "d = -eta*m", "w = w + d"),
        {"learning_rate": "0.1", "momentum": "0.9", **_NONE},
        "Polyak (1964), Some methods of speeding up the convergence of iteration methods",
        "SGD(momentum=0.9)",
    ),
    Method(
        "nesterov",
        (_DECAY, "m = momentum*m + g", "d = -eta*(g + momentum*m)", "w = w + d"),
        {"learning_rate": "0.1", "momentum": "0.9", **_NONE},
        "Nesterov (1983); Sutskever, Martens, Dahl and Hinton (2013)",
        "SGD(momentum=0.9, nesterov=True)",
    ),
    Method(
        "adagrad",
        (_DECAY, "s = s + g^2", "d = -eta*g/(sqrt(s) + eps)", "w = w + d"),
        {"learning_rate": "0.1", "eps": "1e-10", **_NONE},
        "Duchi, Hazan and Singer (2011), Adaptive subgradient methods",
        "Adagrad",
    ),
    Method(
        "rmsprop",
        (_DECAY, "s = rho*s + (1 - rho)*g^2", "d = -eta*g/(sqrt(s) + eps)", "w = w + d"),
        {"learning_rate": "0.1", "rho": "0.99", "eps": "1e-8", **_NONE},
        "Tieleman and Hinton (2012), Lecture 6.5 of Neural networks for machine learning",
        "RMSprop",
    ),
    Method(
        "adam",
        (_DECAY, *_MOMENTS, *_CORRECTED, *_ADAM_STEP),
        {"learning_rate": "0.1", **_ADAM, **_NONE},
        "Kingma and Ba (2015), Adam: a method for stochastic optimization, Algorithm 1",
        "Adam",
    ),
    Method(
        "adamw",
        ("w = w - eta*weight_decay*w", *_MOMENTS, *_CORRECTED, *_ADAM_STEP),
        {"learning_rate": "0.1", **_ADAM, "weight_decay": "0.01"},
        "Loshchilov and Hutter (2019), Decoupled weight decay regularization, Algorithm 2",
        "AdamW",
    ),
    Method(
        "newton",
        ("d = eta*p", "w = w + d"),
        {"learning_rate": "1"},
        "Nocedal and Wright (2006), Numerical optimization, chapter 3",
        "",
    ),
)
OPTIMIZERS: Mapping[str, Method] = {row.name: row for row in METHODS}

#: What other libraries call the same hyperparameters, and other names of the methods.
SYNONYMS: Mapping[str, str] = {
    "lr": "learning_rate",
    "eta": "learning_rate",
    "alpha": "rho",
    "mu": "momentum",
    "rate": "learning_rate",
}
METHOD_SYNONYMS: Mapping[str, str] = {
    "sgd": "gradient-descent",
    "gd": "gradient-descent",
    "adam-w": "adamw",
    "rms-prop": "rmsprop",
    "ada-grad": "adagrad",
}

#: The names that an update is given, beside the hyperparameters.
SUPPLIED = ("w", "g", "t", "eta", "p")

#: How the names of the equations are shown: as text and in LaTeX; {} is the parameter.
SYMBOLS: Mapping[str, tuple[str, str]] = {
    "n": ("(−{g})", "{g}"),
    "d": ("Δ{}", r"\Delta {}"),
    "m": ("m[{}]", "m_{{{}}}"),
    "v": ("v[{}]", "v_{{{}}}"),
    "s": ("s[{}]", "s_{{{}}}"),
    "mhat": ("m̂[{}]", r"\hat{{m}}_{{{}}}"),
    "vhat": ("v̂[{}]", r"\hat{{v}}_{{{}}}"),
    "p": ("p[{}]", "p_{{{}}}"),
    "w": ("{}", "{}"),
    "momentum": ("μ", r"\mu"),
    "rho": ("ρ", r"\rho"),
    "eps": ("ε", r"\varepsilon"),
    "weight_decay": ("λ", r"\lambda"),
    "eta": ("η", r"\eta"),
}


def active_equations(method: Method, settings: Mapping[str, Fraction]) -> tuple[Equation, ...]:
    """The equations that do something under these settings.

    >>> [row.target for row in active_equations(OPTIMIZERS["momentum"], {"weight_decay": Fraction(0)})]
    ['m', 'd', 'w']
    """
    zeros = {word for word, value in settings.items() if value == 0}
    return tuple(row for row in method.equations if _without(row.tree, zeros) != name(row.target))


def carried(equations: Sequence[Equation]) -> tuple[str, ...]:
    """The names whose value an update takes over from the one before: read before they are assigned.

    >>> carried(OPTIMIZERS["adam"].equations), carried(OPTIMIZERS["gradient-descent"].equations)
    (('m', 'v'), ())
    """
    targets = {row.target for row in equations} - set(SUPPLIED)
    assigned: set[str] = set()
    found: dict[str, None] = {}
    for row in equations:
        found.update(dict.fromkeys(word for word in row.tree.names if word in targets - assigned))
        assigned.add(row.target)
    return tuple(found)


def _without(tree: Expression, zeros: set[str]) -> Expression:
    """The tree with these names 0, tidied: g + 0·w is g."""

    def tidy(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "name":
            return ZERO if node.name in zeros else node
        if node.op == "mul":
            return product(*args)
        if node.op == "add":
            return total(args)
        if node.op == "sub":
            return total([args[0], negative(args[1])])
        return rebuilt(node, args)

    return fold(tree, tidy)
