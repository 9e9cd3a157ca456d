"""The gradient as a sequence of named formulas: back-propagation by definitions.

For `z = w*x + b; a = sigmoid(z); L = (a - y)^2` the lines are z, a, L, then ∂L/∂a, ∂L/∂z and at last ∂L/∂w and
∂L/∂b, each in terms of what stands before it. The same lines are worked out in every number system and printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from symgd.calculus.algebra import constant_of, product, replaced, total
from symgd.calculus.entropy import cross_entropy
from symgd.calculus.rules import derivative
from symgd.expressions.names import name_latex, name_text
from symgd.expressions.reader import Definitions
from symgd.expressions.tree import ONE, ZERO, Expression, fold, name, operation, rebuilt


@dataclass(frozen=True, slots=True)
class Formula:
    """A line of the program: `kind` is forward, loss, local, inner (a slope on the way), partial, second or given.

    `edges` are the uses (definition, name) whose local derivatives the line is made of; `paths` is the line as the
    products along those edges, where it is more than one derivative; `rule` names what made `tree` of them.
    """

    quantity: str
    tree: Expression
    kind: str
    edges: tuple[tuple[str, str], ...] = ()
    paths: Expression | None = None
    rule: str = ""


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


def gradient_program(
    definitions: Definitions, wrt: Sequence[str], derive: Callable[[Expression, str], Expression] = derivative
) -> tuple[Formula, ...]:
    """The formulas that give every definition, the loss and its partial derivatives, in order.

    `derive` differentiates a body by a name; it may make mistakes. Each local derivative that takes any working is a
    line of its own, named once.

    >>> from symgd.expressions.reader import read_definitions
    >>> for line in gradient_program(read_definitions("z = w*x; a = sigmoid(z); L = (a - 1)^2"), ["w"]):
    ...     print(line.quantity, line.tree)
    z w·x
    a σ(z)
    L (a − 1)²
    dL/da 2(a − 1)
    da/dz a·(1 − a)
    dL/dz dL/da·da/dz
    dL/dw dL/dz·x
    """
    loss = definitions.loss_name
    bodies = dict(zip(definitions.names, definitions.expressions, strict=True))
    lines = [Formula(word, tree, "loss" if word == loss else "forward") for word, tree in bodies.items()]
    moving = _depends(bodies, wrt)
    inner = [word for word in reversed(definitions.names[:-1]) if word in moving]
    sweep = _Sweep(bodies, loss, derive)
    for word in (*inner, *wrt):
        lines += sweep.slope(word, "inner" if word in inner else "partial")
    return tuple(lines)


def _depends(bodies: Mapping[str, Expression], wrt: Iterable[str]) -> set[str]:
    """The names that change when a parameter does."""
    moving = set(wrt)
    for word, tree in bodies.items():
        if moving & set(tree.names):
            moving.add(word)
    return moving


class _Term(NamedTuple):
    """One path's share of a slope: in names, as it is worked out, the local line that it needs, and a rule."""

    path: Expression
    tree: Expression
    local: Formula | None
    rule: str = ""


class _Sweep:
    """The way back from the loss: the slope of each name from the slopes of what uses it."""

    def __init__(
        self, bodies: Mapping[str, Expression], loss: str, derive: Callable[[Expression, str], Expression]
    ) -> None:
        self.bodies, self.loss, self.derive = bodies, loss, derive
        self.slopes: dict[str, Expression] = {loss: ONE}
        self.users: dict[str, list[str]] = {}
        for user, body in bodies.items():
            for word in body.names:
                self.users.setdefault(word, []).append(user)

    def slope(self, word: str, kind: str) -> list[Formula]:
        """The lines that give ∂L/∂word; none for a definition on which the loss does not depend."""
        edges = tuple((user, word) for user in self.users.get(word, ()) if user in self.slopes)
        terms = [term for user, _ in edges if (term := self.term(user, word)) is not None]
        tree = total(term.tree for term in terms)
        if tree == ZERO and kind == "inner":
            return []
        quantity = slope_name(self.loss, word)
        self.slopes[word] = name(quantity)
        paths = total(term.path for term in terms)
        simple = [user for user, _ in edges] == [self.loss]
        rule = next((term.rule for term in terms if term.rule), "")
        line = Formula(quantity, tree, kind, edges, None if simple or not edges else paths, rule)
        return [*(term.local for term in terms if term.local is not None), line]

    def term(self, user: str, word: str) -> _Term | None:
        """What the way through one use of the name gives; None where it gives nothing."""
        local = self.local(user, word)
        if local == ZERO:
            return None
        if user == self.loss:
            return _Term(local, local, None)
        quantity = slope_name(user, word)
        path = product(self.slopes[user], name(quantity))
        fused = self.fused(user)
        line = Formula(quantity, local, "local", ((user, word),)) if _takes_working(local) else None
        tree = path if line is not None else product(self.slopes[user], local)
        return _Term(path, tree, line) if fused is None else _Term(path, fused, line, "cross-entropy")

    def local(self, user: str, word: str) -> Expression:
        """∂user/∂word, with the name of a definition in the place of its body: a(1 − a)."""
        body = self.bodies[user]
        found = self.derive(body, word)
        return found if user == self.loss or not body.args else replaced(found, {body: name(user)})

    def fused(self, user: str) -> Expression | None:
        """a − y for a = σ(z) that goes into a cross-entropy alone."""
        above, body = self.users.get(user, []), self.bodies[user]
        if body.op != "sigmoid" or body.args[0].op != "name" or len(above) != 1 or above[0] not in self.slopes:
            return None
        pair = cross_entropy(self.bodies[above[0]])
        if pair is None or pair.probability != name(user):
            return None
        return product(self.slopes[above[0]], operation("sub", name(user), pair.target))


def _takes_working(tree: Expression) -> bool:
    """Whether a local derivative is more than a number or a name."""
    inner = tree.args[0] if tree.op == "neg" else tree
    return bool(inner.args) and constant_of(inner) is None


def inlined(lines: Iterable[Formula]) -> dict[str, Expression]:
    """Every quantity in terms of parameters and constants alone."""
    known: dict[Expression, Expression] = {}
    for line in lines:
        whole = replaced(line.tree, known)
        known[name(line.quantity)] = _without_ones(whole) if line.edges else whole
    return {quantity.name: tree for quantity, tree in known.items()}


def _without_ones(tree: Expression) -> Expression:
    """A slope of 1 that was put in is no factor."""

    def leave_out(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "mul" and ONE in args:
            return args[1] if args[0] == ONE else args[0]
        return rebuilt(node, args)

    return fold(tree, leave_out)
