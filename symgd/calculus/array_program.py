"""The gradient of a loss over vectors and matrices: each slope as a closed formula, and how it comes about.

The slopes go back from the loss, definition by definition; inside a definition they are pulled through one operation
after the other, and each round of that is a line of the derivation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from symgd.calculus.algebra import product, terms_of, total
from symgd.calculus.ground import Ground
from symgd.calculus.naming import HELD, SYMMETRIC
from symgd.calculus.program import Formula, slope_name
from symgd.calculus.pulling import pull
from symgd.calculus.steps import Side
from symgd.calculus.story import Story, held_names
from symgd.expressions.definitions import Definitions
from symgd.expressions.operations import PRODUCTS
from symgd.expressions.tree import ONE, ZERO, Expression, fold, name, nodes, number, operation, rebuilt


@dataclass(frozen=True, slots=True)
class ArrayProgram:
    """The formulas of definitions, loss and slopes in order, and the story of every slope."""

    lines: tuple[Formula, ...]
    stories: tuple[Story, ...]


def array_program(definitions: Definitions, wrt: Sequence[str], ground: Ground) -> ArrayProgram:
    """The program of a loss whose definitions know their matrix products; raises InputError where no rule is known.

    >>> from symgd.expressions.reader import read_definitions
    >>> from symgd.expressions.shapes import shaped
    >>> found = shaped(read_definitions("mean((X*w - y)^2)"), {"X": (3, 2), "w": (2,), "y": (3,)})
    >>> program = array_program(found.definitions, ["w"], Ground(found.shapes, rows=3))
    >>> print(program.lines[-1].tree)
    2/n·Xᵀ·(X·w − y)
    """
    bodies = dict(zip(definitions.names, definitions.expressions, strict=True))
    loss = definitions.loss_name
    lines = [Formula(word, tree, "loss" if word == loss else "forward") for word, tree in bodies.items()]
    slopes: dict[str, Expression] = {loss: ONE}
    told: list[Story] = []
    moving = _moving(bodies, wrt)
    inner = [word for word in reversed(definitions.names[:-1]) if word in moving]
    for word in (*inner, *wrt):
        uses = tuple(user for user, body in bodies.items() if word in body.names and user in slopes)
        held = dict.fromkeys(other for user in uses for other in held_names(definitions, user, word))
        story = _story(word, loss, [(bodies[user], slopes[user]) for user in uses], ground, tuple(held))
        tree = story.sides[-1].tree
        if not uses and word in inner:
            continue
        quantity = slope_name(loss, word)
        kind = "inner" if word in inner else "partial"
        lines.append(Formula(quantity, tree, kind, tuple((user, word) for user in uses)))
        told.append(story)
        slopes[word] = name(quantity)
        ground.shapes[quantity] = ground.shapes.get(word, ())
    return ArrayProgram(tuple(lines), tuple(told))


def _moving(bodies: Mapping[str, Expression], wrt: Iterable[str]) -> set[str]:
    moving = set(wrt)
    for word, tree in bodies.items():
        if moving & set(tree.names):
            moving.add(word)
    return moving


def _story(
    word: str, loss: str, uses: Sequence[tuple[Expression, Expression]], ground: Ground, held: Sequence[str]
) -> Story:
    """How the slope in a name comes about: what is open, then round by round what is opened.

    The first round says which names are `held` fixed though they depend on the name too.
    """
    state = _State(word, ground)
    for body, slope in uses:
        state.open(body, slope)
    sides = [Side(state.tree(), ())] if state.waiting else [Side(_zero(word, ground), ("other",))]
    note = (f"{HELD}:{','.join(held)}",) if held else ()
    while state.waiting:
        rules, note = (*state.round(), *note), ()
        side = Side(state.tree(), rules)
        if side.tree == sides[-1].tree:
            sides[-1] = Side(side.tree, tuple(dict.fromkeys((*sides[-1].rules, *rules))))
        else:
            sides.append(side)
    return Story(slope_name(loss, word), tuple(sides), ())


def _zero(word: str, ground: Ground) -> Expression:
    """A slope of 0 in the shape of the name."""
    return operation("mul", ZERO, operation("ones", name(word))) if ground.shape(name(word)) else ZERO


class _State:
    """A slope in a name, partly worked out: what is done, and what is still open."""

    def __init__(self, word: str, ground: Ground) -> None:
        self.word, self.ground = word, ground
        self.waiting: dict[Expression, Expression] = {}
        self.done: list[Expression] = []
        self.said: set[str] = set()  # which names are symmetric

    def open(self, part: Expression, slope: Expression) -> None:
        """A slope has come to a part; what does not contain the name is of no interest."""
        if part.op == "name" and part.name == self.word:
            self.done.append(self.ground.spread(slope, part))
        elif self.word in part.names:
            self.waiting[part] = added([self.waiting[part], slope]) if part in self.waiting else slope

    def round(self) -> tuple[str, ...]:
        """Take every open part one operation further; a part inside another one waits for it."""
        inside = {below for part in self.waiting for below in nodes(part) if below is not part}
        ready = [(part, self.waiting.pop(part)) for part in list(self.waiting) if part not in inside]
        rules: dict[str, None] = {}
        self.ground.left_as_they_are.clear()
        while ready:
            for pulled in pull(*ready.pop(0), self.ground):
                if self.word not in pulled.part.names:
                    continue
                rules.update(dict.fromkeys(pulled.rules))
                if self.is_spread(pulled.part, pulled.slope):
                    ready.append((pulled.part, pulled.slope))
                else:
                    self.open(pulled.part, pulled.slope)
        return (*rules, *self.notes())

    def notes(self) -> Iterator[str]:
        """What a round did beside its rules: took a matrix for its transpose (said once), added equal terms."""
        symmetric = [word for word in self.ground.left_as_they_are if word not in self.said]
        if symmetric:
            self.said.update(symmetric)
            yield f"{SYMMETRIC}:{','.join(symmetric)}"
        terms = self.terms()
        if sum(map(_count, terms)) > _count(added(terms)):
            yield "like-terms"

    def is_spread(self, part: Expression, slope: Expression) -> bool:
        """Whether a number stands for a slope in every entry: that is no line to write, so it goes on at once."""
        return part.op != "name" and bool(self.ground.shape(part)) and not self.ground.shape(slope)

    def tree(self) -> Expression:
        """The slope as far as it is known."""
        terms = self.terms()
        if not terms:
            return _zero(self.word, self.ground)
        ordered = sorted(terms, key=lambda term: term.op == "neg")  # A·w − b and not −b + A·w
        return in_a_row(added(ordered), self.ground)

    def terms(self) -> list[Expression]:
        """The terms of the slope, done and open."""
        return [*self.done, *(self.pending(part, slope) for part, slope in self.waiting.items())]

    def pending(self, part: Expression, slope: Expression) -> Expression:
        """∂/∂w[u]ᵀ·g, still to be worked out."""
        if not self.ground.shape(part):
            return product(slope, operation("derivative", part, name(self.word)))
        coefficient, rest = self.ground.split(self.ground.spread(slope, part))
        if self.is_row(part):  # ∂/∂w[A·w]ᵀ·w fits, ∂/∂w[wᵀ·A]ᵀ·wᵀ does not
            part, rest = self.ground.column_of(part), self.ground.column_of(rest)
        left = operation("transpose", operation("derivative", part, name(self.word)))
        return product(coefficient, operation("matmul", left, rest))

    def is_row(self, part: Expression) -> bool:
        """Whether a part is a vector that lies."""
        shape = self.ground.shape(part)
        return len(shape) == 2 and shape[0] == 1


def _count(tree: Expression) -> int:
    """How many terms a sum has."""
    return len(terms_of(tree))


def in_a_row(tree: Expression, ground: Ground) -> Expression:
    """Numbers before a matrix product as its first factor, so that no brackets are needed: 2·Xᵀ·r."""

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "mul" and args[1].op in PRODUCTS and not ground.shape(args[0]):
            first, second = args[1].args
            factor = operation("mul", args[0], first)
            return operation(args[1].op, put(factor, factor.args), second)
        return rebuilt(node, args)

    return fold(tree, put)


def added(slopes: Sequence[Expression]) -> Expression:
    """The sum of slopes; written-out vectors are added entry by entry."""
    distinct = set(slopes)
    if len(distinct) == 1:
        return product(number(len(slopes)), *distinct)
    vectors = [slope for slope in slopes if slope.op == "vector"]
    others = [slope for slope in slopes if slope.op != "vector"]
    if len(vectors) > 1:
        vectors = [operation("vector", *[added(entries) for entries in zip(*(v.args for v in vectors), strict=True)])]
    return total([*others, *vectors])
