"""The story of a gradient: each slope from its definition to the formula that is shown, line by line.

A local derivative is taken by named rules; a slope further back is the sum of the products along the paths. What is
shown at the end is the very formula that the run works out.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from symgd.calculus.naming import HELD
from symgd.calculus.program import Formula, slope_name
from symgd.calculus.steps import RuleStep, Side, derive, lines
from symgd.expressions.reader import Definitions
from symgd.expressions.tree import Expression


@dataclass(frozen=True, slots=True)
class Story:
    """How one quantity comes about: `∂L/∂a = ∂/∂a[(a − y)²] = …`, each side with the rules that lead to it.

    `quantity` is "" where the first side itself stands on the left; `steps` are the derivations by rule behind it.
    """

    quantity: str
    sides: tuple[Side, ...]
    steps: tuple[RuleStep, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that are named, each once."""
        return tuple(dict.fromkeys(rule for side in self.sides for rule in side.rules))


@functools.lru_cache(maxsize=64)
def stories(definitions: Definitions, program: tuple[Formula, ...]) -> tuple[Story, ...]:
    """The story of every slope of a program, in its order; nothing is compared with SymPy yet.

    Kept for the next problem with the same loss.
    """
    teller = _Teller(definitions)
    told = (teller.tell(line) for line in program if line.kind in ("local", "inner", "partial"))
    return tuple(story for line in told for story in line)


def held_names(definitions: Definitions, user: str, word: str) -> tuple[str, ...]:
    """The definitions that a local derivative of `user` by `word` holds fixed although they depend on `word` too.

    >>> from symgd.expressions.reader import read_definitions
    >>> held_names(read_definitions("s = a*b; L = s^2 + a"), "L", "a")
    ('s',)
    """
    bodies = dict(zip(definitions.names, definitions.expressions, strict=True))
    moving = {word}
    for name, body in bodies.items():
        if moving & set(body.names):
            moving.add(name)
    return tuple(name for name in bodies[user].names if name in moving and name != word)


class _Teller:
    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.bodies = dict(zip(definitions.names, definitions.expressions, strict=True))
        self.loss = definitions.loss_name

    def tell(self, line: Formula) -> list[Story]:
        """A local derivative by rules, else the products along the paths (and what the loss uses directly)."""
        if not line.edges:
            return [Story(line.quantity, (Side(line.tree, ("other",)),), ())]
        if line.paths is None:
            return [self.local(line)]
        direct = [self.direct(word) for user, word in line.edges if user == self.loss]
        return [*direct, self.along(line, line.paths)]

    def local(self, line: Formula) -> Story:
        """∂user/∂word by the rules, at last with the names of the definitions."""
        user, word = line.edges[0]
        step = derive(self.bodies[user], word)
        sides = self.opened(step, user, word)
        if sides[-1].tree != line.tree:
            sides.append(Side(line.tree, ("named",)))
        return Story(line.quantity, tuple(sides), (step,))

    def direct(self, word: str) -> Story:
        """What the loss has of a name beside the definitions that use it too."""
        step = derive(self.bodies[self.loss], word)
        return Story("", tuple(self.opened(step, self.loss, word)), (step,))

    def opened(self, step: RuleStep, user: str, word: str) -> list[Side]:
        """The lines of a local derivative; the first says what is held fixed though it depends on the name too."""
        first, *rest = lines(step) or [Side(step.result, step.rules)]
        held = held_names(self.definitions, user, word)
        note = (f"{HELD}:{','.join(held)}",) if held else ()
        return [Side(step.open, ()), Side(first.tree, (*first.rules, *note)), *rest]

    def along(self, line: Formula, paths: Expression) -> Story:
        """The products along the edges, and the same with the local derivatives that are names or numbers."""
        sides = [Side(paths, ("paths",) if len(line.edges) > 1 else ("chain",))]
        inside = [edge for edge in line.edges if edge[0] != self.loss]
        steps = {edge: derive(self.bodies[edge[0]], edge[1]) for edge in inside}
        if line.tree != paths:
            put_in = [step for edge, step in steps.items() if slope_name(*edge) not in line.tree.names]
            rules = [line.rule] if line.rule else [rule for step in put_in for part in step for rule in part.rules]
            sides.append(Side(line.tree, tuple(dict.fromkeys(rules))))
        return Story(line.quantity, tuple(sides), tuple(steps.values()))
