"""What a line of a working states: a quantity, and the chain of what it is said to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from symgd.checking.notations import Quantity
from symgd.checking.points import Place
from symgd.checking.world import Point
from symgd.expressions.tree import Expression


class Part(NamedTuple):
    """One side: its tree (None where it could not be read: `fault` says why), its text, a unit in its last place.

    Names in the tree are those of quantities; a vector or a matrix has its `parts`, row by row, and its `shape`.
    `line` is the one that it stands in, where that is known.
    """

    tree: Expression | None
    text: str
    fault: str = ""
    unit: Fraction | None = None
    parts: tuple[Part, ...] = ()
    shape: tuple[int, ...] = ()
    line: int = 0

    @property
    def is_number(self) -> bool:
        """Whether it is a lone decimal or fraction."""
        return self.tree is not None and not self.tree.names and (self.unit is not None or _is_fraction(self.tree))


@dataclass(frozen=True, slots=True)
class Claim:
    """A line that states something: where it stands, what it is about (None: nothing but arithmetic), and its chain.

    `update` is after how many updates the quantity is meant; for a row of the optimizer, before. Before each side of
    a quantity stands its sign; where there is no quantity, before each but the first. `place` counts the claims. A
    line without sides was not read. `label` is what a line may be about as well: the weight before arithmetic
    (`w1: 0.5 + 0.01 = 0.51`), the negative of a slope behind a dash (`- dL/dw = 5`). `point` is the point that is
    written behind the quantity (None: it cannot be told), `at` the values of names there, where that is none that the
    run or the student comes to. `own` is the name of the student's own that it defines.
    """

    line: int
    column: int
    text: str
    quantity: Quantity | None
    sides: tuple[Part, ...]
    signs: tuple[str, ...]
    update: int = 0
    place: int = 0
    label: Quantity | None = None
    point: tuple[Place, ...] | None = ()
    at: Point = ()
    own: str = ""

    def for_the_teacher(self) -> Claim:
        """The same place in the working, of which nothing is judged."""
        return replace(self, quantity=None, sides=(), signs=(), label=None, own="")

    @property
    def kind(self) -> str:
        """The kind of its quantity; "" of none."""
        return "" if self.quantity is None else self.quantity.kind

    @property
    def end(self) -> Part:
        """The last side of a claim that has any."""
        return self.sides[-1]

    @property
    def last_sign(self) -> str:
        """The sign before the last side of a chain."""
        return self.signs[-1]

    @property
    def names(self) -> frozenset[str]:
        """The names in its sides."""
        return frozenset(word for side in self.sides if side.tree is not None for word in side.tree.names)

    @property
    def unreadable(self) -> str:
        """Why a side could not be read; "" where all could."""
        return next((side.fault for side in self.sides if side.tree is None and not side.parts), "")


def _is_fraction(tree: Expression) -> bool:
    inner = tree.args[0] if tree.op == "neg" else tree
    return inner.op == "div" and all(part.op == "number" for part in inner.args)
