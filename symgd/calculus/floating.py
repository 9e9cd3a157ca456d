"""The gradient's program for floats: the loss inlined and rewritten so that nothing overflows or cancels.

A loss that is too large for formulas, and for SymPy, goes by the reverse sweep alone: an instruction a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from symgd.calculus.gradient import Gradient
from symgd.calculus.graph import reverse_program
from symgd.calculus.program import Formula, slope_name
from symgd.calculus.rules import derivative
from symgd.calculus.stable import stable
from symgd.expressions.definitions import Definitions
from symgd.expressions.tree import Expression, name, nodes, number, operation, substitute

#: Nodes of a loss times its parameters, from which on formulas for each slope are too much.
_MOST_WORK = 100_000


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


def is_large(definitions: Definitions, wrt: Sequence[str]) -> bool:
    """Whether a loss is too large for a formula for each slope."""
    return len(wrt) * sum(1 for tree in definitions.expressions for _ in nodes(tree)) > _MOST_WORK


def sweep_program(
    definitions: Definitions, wrt: Sequence[str], constants: Mapping[str, Fraction]
) -> tuple[Formula, ...]:
    """Loss and partials by the reverse sweep, a formula for each instruction; raises InputError as the sweep does."""
    program = reverse_program(definitions, wrt, constants)
    trees: list[Expression] = [name(word) for word in program.inputs]
    lines: list[Formula] = []
    for place in range(len(trees), len(program.instructions)):
        op, args = program.instructions[place]
        if op == "number":
            trees.append(number(program.constants[place]))
            continue
        lines.append(Formula(f"step/{place}", operation(op, *[trees[arg] for arg in args]), "inner"))
        trees.append(name(f"step/{place}"))
    loss = definitions.loss_name
    lines.append(Formula(loss, trees[program.outputs["loss"]], "loss"))
    for word in wrt:
        lines.append(Formula(slope_name(loss, word), trees[program.outputs[f"slope/{word}"]], "partial"))
    return tuple(lines)
