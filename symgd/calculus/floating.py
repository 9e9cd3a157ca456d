"""The gradient's program for floats: the loss inlined and rewritten so that nothing overflows or cancels."""

from __future__ import annotations

from symgd.calculus.gradient import Gradient
from symgd.calculus.program import Formula, slope_name
from symgd.calculus.rules import derivative
from symgd.calculus.stable import stable
from symgd.expressions.tree import Expression, substitute


def float_program(gradient: Gradient) -> tuple[Formula, ...]:
    """Definitions, loss and partials, each in terms of parameters and constants, in forms that floats can bear."""
    definitions = gradient.definitions
    known: dict[str, Expression] = {}
    lines: list[Formula] = []
    for word, tree in zip(definitions.names, definitions.expressions, strict=True):
        known[word] = stable(substitute(tree, known))
        lines.append(Formula(word, known[word], "loss" if word == definitions.loss_name else "forward"))
    loss = known[definitions.loss_name]
    for word in gradient.parameters:
        lines.append(Formula(slope_name(definitions.loss_name, word), stable(derivative(loss, word)), "partial"))
    return tuple(lines)
