"""The gradient as a sequence of named formulas: back-propagation by definitions.

For `z = w*x + b; a = sigmoid(z); L = (a - y)^2` the lines are z, a, L, then ∂L/∂a, ∂L/∂z and at last ∂L/∂w and
∂L/∂b, each in terms of what stands before it. The same lines are worked out in every number system and printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from symgd.calculus.algebra import product, replaced, total
from symgd.calculus.rules import derivative
from symgd.expressions.names import name_latex, name_text
from symgd.expressions.reader import Definitions
from symgd.expressions.tree import ONE, ZERO, Expression, name, substitute


@dataclass(frozen=True, slots=True)
class Formula:
    """A line of the program: `kind` is forward, loss, inner (a slope on the way) or partial."""

    quantity: str
    tree: Expression
    kind: str


def slope_name(loss: str, of: str) -> str:
    """The name of a partial derivative among the quantities: dL/dw1."""
    return f"d{loss}/d{of}"


def shown_text(quantity: str) -> str:
    """A quantity as text: ∂L/∂w1 for dL/dw1.

    >>> shown_text("dL/dw1"), shown_text("eta")
    ('∂L/∂w1', 'η')
    """
    return _shown(quantity, name_text, ("∂{}/∂{}", "∂²{}/∂{}²", "∂²{}/∂{}∂{}"))


def shown_latex(quantity: str) -> str:
    r"""A quantity in LaTeX.

    >>> shown_latex("dL/dw1")
    '\\frac{\\partial L}{\\partial w_{1}}'
    """
    forms = (
        r"\frac{{\partial {}}}{{\partial {}}}",
        r"\frac{{\partial^{{2}} {}}}{{\partial {}^{{2}}}}",
        r"\frac{{\partial^{{2}} {}}}{{\partial {}\,\partial {}}}",
    )
    return _shown(quantity, name_latex, forms)


def _shown(quantity: str, write: Callable[[str], str], forms: tuple[str, str, str]) -> str:
    """A name; or a first, a pure second, or a mixed second derivative."""
    above, *below = quantity.split("/")
    if not below:
        return write(quantity)
    words = list(dict.fromkeys(below))
    form = forms[0] if len(below) == 1 else forms[len(words)]
    return form.format(write(above[1:]), *[write(word[1:]) for word in words])


def gradient_program(definitions: Definitions, wrt: Sequence[str]) -> tuple[Formula, ...]:
    """The formulas that give every definition, the loss and its partial derivatives, in order.

    >>> from symgd.expressions.reader import read_definitions
    >>> for line in gradient_program(read_definitions("a = sigmoid(w); L = (a - 1)^2"), ["w"]):
    ...     print(line.quantity, line.tree)
    a σ(w)
    L (a − 1)²
    dL/da 2(a − 1)
    dL/dw dL/da·a·(1 − a)
    """
    loss = definitions.loss_name
    bodies = dict(zip(definitions.names, definitions.expressions, strict=True))
    lines = [Formula(word, tree, "forward") for word, tree in bodies.items()]
    lines[-1] = Formula(loss, bodies[loss], "loss")
    moving = _depends(bodies, wrt)
    inner = [word for word in reversed(definitions.names[:-1]) if word in moving]
    slopes: dict[str, Expression] = {loss: ONE}
    for word in (*inner, *wrt):
        tree = _slope(word, bodies, slopes)
        if tree == ZERO and word in inner:
            continue
        quantity = slope_name(loss, word)
        lines.append(Formula(quantity, tree, "inner" if word in inner else "partial"))
        slopes[word] = name(quantity)
    return tuple(lines)


def _depends(bodies: dict[str, Expression], wrt: Iterable[str]) -> set[str]:
    """The names that change when a parameter does."""
    moving = set(wrt)
    for word, tree in bodies.items():
        if moving & set(tree.names):
            moving.add(word)
    return moving


def _slope(word: str, bodies: dict[str, Expression], slopes: dict[str, Expression]) -> Expression:
    """The sum over everything that uses the name: its slope times the local derivative."""
    terms = []
    for user, body in bodies.items():
        if user in slopes and word in body.names:
            local = derivative(body, word)
            terms.append(product(slopes[user], replaced(local, body, name(user)) if body.args else local))
    return total(terms)


def inlined(lines: Iterable[Formula]) -> dict[str, Expression]:
    """Every quantity in terms of parameters and constants alone."""
    known: dict[str, Expression] = {}
    for line in lines:
        known[line.quantity] = substitute(line.tree, known)
    return known
