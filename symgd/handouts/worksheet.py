"""Worksheets and keys: the same document with the values numbered, and blanked or not.

What is blank is a row of a table: which steps are shown, which of them ask, and which cells of the run's table. A key
numbers what its worksheet leaves out, so the two cannot disagree; a value that stands in a step and in the table has
one number, so it earns its points once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from symgd.expressions.tree import Expression, fold, nodes, rebuilt
from symgd.expressions.writer import text as write_text
from symgd.handouts.chain import Chain, Joint, gaps_of
from symgd.handouts.document import (
    Block,
    Cell,
    Document,
    Equations,
    Figure,
    Picture,
    Room,
    Sentence,
    Step,
    Table,
    Update,
)
from symgd.handouts.sheet import sheet_of
from symgd.handouts.tables import Head

#: Characters that a hand writes on a line; beside its working a value has a line of its own.
_HAND = 45
#: Lines that a sheet has room for, formulas and rows of a table included, also in large print; so many are for
#: writing at least.
_SHEET, _LARGE_SHEET, _FEWEST = 20, 12, 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What a worksheet asks for.

    `task` is the key of what is to be done; where each number stands once, that with "-once" behind it. So many
    `updates` are shown step by step; steps after number `last` are left out, those whose key begins with one
    of `steps` ask for their values. The table asks for all its values; with `last_row_only` it has the start and
    what is asked for at the end, with `gradient_only` it asks for the gradient, and what would give that away is left out: the
    changes, and every other row, since two points in a row tell the change between them.
    """

    task: str
    steps: tuple[str, ...]
    updates: int = 1
    last: int = 5
    last_row_only: bool = False
    gradient_only: bool = False


#: Steps that work something out.
WORKED = ("weights", "gradient", "change", "move")
ASKED: Mapping[str, Asked] = {
    "every": Asked("task.blank-every", WORKED),
    "final": Asked("task.blank-final", (), last_row_only=True),
    "gradient": Asked("task.blank-gradient", ("gradient",), last=2, gradient_only=True),
}
#: The final values after a single update: the start is given, and all else would give them away.
_AFTER_ONE = Asked("task.blank-every", (), updates=0)
#: Where nothing moves, no update is to be made: that it changes nothing is to be found.
_AT_REST = Asked("task.blank-start", WORKED)


def blanked(document: Document) -> Document:
    """Number every value that the reader is to find; for a key the values stay beside their numbers."""
    sheet = sheet_of(document.problem.handout)
    asked = _asked(ASKED[sheet.blank], len(document.table.rows) - 1)
    lines = _LARGE_SHEET if sheet.large_print else _SHEET
    return _Blanker(asked, document.problem.kind == "worksheet", lines).document(document)


def _asked(asked: Asked, made: int) -> Asked:
    """What is asked for where so many updates are made."""
    if made == 0 and not asked.gradient_only:
        return _AT_REST
    return _AFTER_ONE if asked.last_row_only and made == 1 else asked


class _Blanker:
    def __init__(self, asked: Asked, hide: bool, lines: int) -> None:
        self.asked, self.hide, self.lines = asked, hide, lines
        self.numbers: dict[tuple[str, str], int] = {}
        self.twice = False

    def document(self, document: Document) -> Document:
        """The first update step by step, the others in the table."""
        weights = frozenset(document.problem.parameters)
        updates = tuple(map(self.update, document.updates[: self.asked.updates]))
        table = self.table(document.table, weights)
        return replace(
            document,
            introduction=(*document.introduction, *self.task(document)),
            updates=updates,
            table=table,
            closing=(),
            figures=() if self.hide else document.figures,
            room=self.room(self.further_work(document, table, len(updates)), len(table.rows)),
            blanks=len(self.numbers),
        )

    def further_work(self, document: Document, table: Table, shown: int) -> int:
        """How many lines a hand needs for what is not shown step by step."""
        points = table if self.asked.gradient_only else document.table
        once = sum(self.work(step) for update in document.updates[:1] for step in update.steps)
        return once * (len(points.rows) - shown)

    def task(self, document: Document) -> list[Sentence]:
        """What is to be done, on the sheet of the reader."""
        last, key = str(document.table.rows[-1][0]), self.asked.task
        key = key if self.twice or self.asked.last_row_only else f"{key}-once"
        return [Sentence(key, {"steps": last})] if self.hide else []

    def update(self, update: Update) -> Update:
        """The steps that are shown of an update."""
        return replace(update, steps=tuple(self.step(step, update.k) for step in update.steps[: self.asked.last]))

    def step(self, step: Step, k: int) -> Step:
        """A step; one that asks has room to write, and says nothing that gives its values away."""
        if not step.key.startswith(self.asked.steps or ("-",)):
            return step
        made = str(k if step.key == "move" else k - 1)
        kept = [block for block in step.blocks if not self.gives_away(block)]
        blocks = [
            Equations(tuple(self.chain(chain, made) for chain in block.chains))
            if isinstance(block, Equations)
            else block
            for block in kept
        ]
        formulas = sum(len(block.chains) for block in blocks if isinstance(block, Equations))
        return replace(step, blocks=(*blocks, *self.room(self.work(step), formulas)))

    def work(self, step: Step) -> int:
        """How many lines a hand needs for what a step works out."""
        if not step.key.startswith(self.asked.steps or WORKED):
            return 0
        return sum(
            _lines_of(chain)
            for block in step.blocks
            if isinstance(block, Equations)
            for chain in block.chains
            if _asks(chain)
        )

    def room(self, lines: int, beside: int) -> tuple[Room, ...]:
        """So many lines to write on, as far as they fit a sheet with what stands there."""
        if not self.hide or lines <= 0:
            return ()
        most = max(_FEWEST, self.lines - beside)
        return (Room(min(lines, most), lines <= most),)

    def gives_away(self, block: Block) -> bool:
        """Whether a block says values that are asked for; a key shows what its worksheet does."""
        return isinstance(block, Picture | Figure) or (isinstance(block, Sentence) and bool(block.facts))

    def chain(self, chain: Chain, made: str) -> Chain:
        """Quantity and formula stay; the numbers put in and the value are for the reader to write."""
        if not _asks(chain):
            return chain
        number = self.number(made, write_text(chain.sides[0], chain.names.text))
        if not self.hide:
            return replace(chain, blank=number)
        symbolic = _symbolic(chain)
        sign: Joint = "≈" if "≈" in chain.joints[symbolic - 1 :] else "="
        shown, joints = chain.sides[:symbolic], chain.joints[: symbolic - 1]
        return replace(chain, sides=shown, joints=joints, blank=number, hidden=sign, gaps=gaps_of(chain.sides[-1]))

    def number(self, made: str, quantity: str) -> int:
        """The number of a quantity after so many updates: the one that it has, else the next."""
        self.twice = self.twice or (made, quantity) in self.numbers
        return self.numbers.setdefault((made, quantity), len(self.numbers) + 1)

    def table(self, table: Table, weights: frozenset[str]) -> Table:
        """The rows that are shown; of the first one the start is given."""
        asked, rows = self.asked, table.rows
        if asked.last_row_only:
            rows = (rows[0], rows[-1]) if len(rows) > 1 else rows
        if asked.gradient_only:
            rows = rows[::2]
        kept = [place for place, head in enumerate(table.heads) if not (asked.gradient_only and _is_change(head))]
        made = tuple(
            tuple(
                self.cell(row[at], str(row[0]), table.heads[at])
                if self.asks(table.heads[at], row is rows[0], weights)
                else row[at]
                for at in kept
            )
            for row in rows
        )
        heads = tuple(table.heads[place] for place in kept)
        return replace(table, outcome="", heads=heads, rows=made, groups=_groups_of(table, kept))

    def asks(self, head: Head, first: bool, weights: frozenset[str]) -> bool:
        """Whether a cell of a row is asked for."""
        if self.asked.gradient_only:
            return _is_slope(head)
        return not first or not (_is_weight(head, weights) or self.asked.last_row_only)

    def cell(self, cell: str | Cell | None, made: str, head: Head) -> str | Cell | None:
        if not isinstance(cell, Cell) or isinstance(head, str):
            return cell
        entry, whole = (write_text(tree, head[1].text) for tree in (head[0], _whole(head[0])))
        number = self.number(made, whole if (made, whole) in self.numbers else entry)
        return replace(cell, blank=number, hidden=self.hide)


def _whole(tree: Expression) -> Expression:
    """The array of which a column holds an entry: a step asks for it as one value."""

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        return args[0] if node.op == "index" else rebuilt(node, args)

    return fold(tree, put)


def _groups_of(table: Table, kept: Sequence[int]) -> tuple[int, ...]:
    """How many of the columns that are kept belong together."""
    counts, start = list[int](), 1
    for size in table.groups:
        counts.append(sum(start <= place < start + size for place in kept))
        start += size
    return tuple(count for count in counts if count)


def _symbolic(chain: Chain) -> int:
    """How many sides of a chain stand in symbols: they stay where its numbers are to be found."""
    return sum(1 for side in chain.sides if side.names)


def _lines_of(chain: Chain) -> int:
    """How many lines a hand needs for the numbers of a chain, which a worksheet leaves out.

    Each term of a sum over rows is worked out before it is added; two of them fit a line.
    """
    symbolic = _symbolic(chain)
    written = [write_text(side) for side in chain.sides[symbolic:]]
    over_rows = any(node.op in ("sum", "series") for side in chain.sides[:symbolic] for node in nodes(side))
    terms = 1 + max(side.count(" + ") for side in written) if over_rows else 0
    return 1 + math.ceil(sum(map(len, written)) / _HAND) + math.ceil(terms / 2)


def _asks(chain: Chain) -> bool:
    """Whether a chain works something out: a start or a constant slope is given, a negative is to be found."""
    found = len(chain.sides) > 2 or (len(chain.sides) == 2 and chain.sides[0].op == "neg")
    return found and "," not in chain.joints and not chain.sides[-1].names


def _is_weight(head: Head, weights: frozenset[str]) -> bool:
    return isinstance(head, tuple) and not head[1].text and not weights.isdisjoint(head[0].names)


def _is_change(head: Head) -> bool:
    """Whether a column holds changes: with the rate they tell the gradient."""
    return isinstance(head, tuple) and "d" in head[0].names and "d" in head[1].text


def _is_slope(head: Head) -> bool:
    return isinstance(head, tuple) and head[0].op == "neg"
