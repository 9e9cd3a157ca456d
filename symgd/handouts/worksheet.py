"""Worksheets and keys: the same document with the values numbered, and blanked or not."""

from __future__ import annotations

from dataclasses import replace

from symgd.handouts.chain import Chain
from symgd.handouts.document import Block, Cell, Document, Equations, Sentence, Table


def blanked(document: Document) -> Document:
    """Number every value that the reader is to find; for a key the values stay beside their numbers."""
    return _Blanker(document.problem.kind == "worksheet").document(document)


class _Blanker:
    def __init__(self, hide: bool) -> None:
        self.hide, self.count = hide, 0

    def document(self, document: Document) -> Document:
        """The first update step by step, the others in the table."""
        updates = tuple(
            replace(update, steps=tuple(replace(step, blocks=self.blocks(step.blocks)) for step in update.steps))
            for update in document.updates[:1]
        )
        given = 1 + len(document.problem.parameters)
        return replace(document, updates=updates, table=self.table(document.table, given), closing=())

    def blocks(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        kept = [block for block in blocks if not (isinstance(block, Sentence) and block.facts)]
        return tuple(
            Equations(tuple(map(self.chain, block.chains))) if isinstance(block, Equations) else block
            for block in kept
        )

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
        first = (*table.rows[0][:given], *map(self.cell, table.rows[0][given:]))
        return replace(table, outcome="", rows=(first, *(tuple(map(self.cell, row)) for row in table.rows[1:])))

    def cell(self, cell: str | Cell | None) -> str | Cell | None:
        if not isinstance(cell, Cell):
            return cell
        self.count += 1
        return replace(cell, blank=self.count, hidden=self.hide)
