"""Worksheets and keys: the same document with the values numbered, and blanked or not.

What is blank is a row of a table: which steps are shown, which of them ask, and which cells of the run's table. A key
numbers what its worksheet leaves out, so the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from symgd.handouts.chain import Chain
from symgd.handouts.document import Block, Cell, Document, Equations, Figure, Picture, Room, Sentence, Step, Table
from symgd.handouts.sheet import sheet_of

#: Lines to write on for each value that is to be found, and at most in one step.
_LINES, _MOST_LINES = 2, 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What a worksheet asks for.

    Steps after number `last` are left out; those whose key begins with one of `steps` ask for their values. The table
    asks for all its values; with `last_row_only` it has the start and what is asked for at the end, with
    `gradient_only` it asks for the gradient, and what would give that away is left out.
    """

    steps: tuple[str, ...]
    last: int = 5
    last_row_only: bool = False
    gradient_only: bool = False


ASKED: Mapping[str, Asked] = {
    "every": Asked(("weights", "gradient", "change", "move")),
    "final": Asked((), last_row_only=True),
    "gradient": Asked(("gradient",), last=2, gradient_only=True),
}


def blanked(document: Document) -> Document:
    """Number every value that the reader is to find; for a key the values stay beside their numbers."""
    asked = ASKED[sheet_of(document.problem.handout).blank]
    return _Blanker(asked, document.problem.kind == "worksheet").document(document)


class _Blanker:
    def __init__(self, asked: Asked, hide: bool) -> None:
        self.asked, self.hide, self.count = asked, hide, 0

    def document(self, document: Document) -> Document:
        """The first update step by step, the others in the table."""
        updates = tuple(
            replace(update, steps=tuple(self.step(step) for step in update.steps[: self.asked.last]))
            for update in document.updates[:1]
        )
        table = self.table(document.table, 1 + len(document.problem.parameters))
        figures = () if self.hide else document.figures
        return replace(document, updates=updates, table=table, closing=(), figures=figures, blanks=self.count)

    def step(self, step: Step) -> Step:
        """A step; one that asks has room to write, and says nothing that gives its values away."""
        if not step.key.startswith(self.asked.steps or ("-",)):
            return step
        before = self.count
        kept = [block for block in step.blocks if not self.gives_away(block)]
        blocks = [
            Equations(tuple(map(self.chain, block.chains))) if isinstance(block, Equations) else block
            for block in kept
        ]
        lines = min(_MOST_LINES, _LINES * (self.count - before))
        return replace(step, blocks=(*blocks, *([Room(lines)] if self.hide and lines else [])))

    def gives_away(self, block: Block) -> bool:
        """Whether a block says values that are asked for; a key shows what its worksheet does."""
        return isinstance(block, Picture | Figure) or (isinstance(block, Sentence) and bool(block.facts))

    def chain(self, chain: Chain) -> Chain:
        """Quantity and formula stay; the numbers put in and the value are for the reader to write."""
        if "," in chain.joints or len(chain.sides) < 3:
            return chain
        self.count += 1
        if not self.hide:
            return replace(chain, blank=self.count)
        symbolic = sum(1 for side in chain.sides if side.names)
        return replace(
            chain, sides=chain.sides[:symbolic], joints=chain.joints[: symbolic - 1], blank=self.count, hidden=True
        )

    def table(self, table: Table, given: int) -> Table:
        """Of the first row the start is given."""
        asked, rows = self.asked, table.rows
        if asked.last_row_only:
            rows = (rows[0], rows[-1]) if len(rows) > 1 else rows
        kept = [place for place, head in enumerate(table.heads) if not (asked.gradient_only and _is_change(head))]
        made = tuple(
            tuple(self.cell(row[at]) if self.asks(table, row is rows[0], at, given) else row[at] for at in kept)
            for row in rows
        )
        return replace(table, outcome="", heads=tuple(table.heads[place] for place in kept), rows=made)

    def asks(self, table: Table, first: bool, place: int, given: int) -> bool:
        """Whether a cell of a row is asked for."""
        if self.asked.gradient_only:
            return _is_slope(table.heads[place])
        return not first or (place >= given and not self.asked.last_row_only)

    def cell(self, cell: str | Cell | None) -> str | Cell | None:
        if not isinstance(cell, Cell):
            return cell
        self.count += 1
        return replace(cell, blank=self.count, hidden=self.hide)


def _is_change(head: object) -> bool:
    """Whether a column holds changes: with the rate they tell the gradient."""
    return isinstance(head, tuple) and next(iter(head[0].names), "") == "d"


def _is_slope(head: object) -> bool:
    return isinstance(head, tuple) and head[0].op == "neg"
