"""The document: a handout as facts, before any language and any markup.

Blocks carry keys (for the catalogues) and chains (for the eye). A worksheet is the same document with values
blanked, and an answer key is those values.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symgd.descent.problem import Problem
from symgd.expressions.tree import Expression
from symgd.handouts.chain import Chain, Names

if TYPE_CHECKING:
    from symgd.handouts.graph import Graph


@dataclass(frozen=True, slots=True)
class Sentence:
    """A key of the catalogue with its facts: text, chains or trees."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Equations:
    """Lines of working, one below the other."""

    chains: tuple[Chain, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of numbers: heads are chains' sides, cells are exact or rounded decimals, None where there is none.

    `outcome` is the code of how the run ended; it stands beside the number of the last row. `groups` says how many
    columns behind the first belong together, where the table is too wide for one.
    """

    heads: tuple[tuple[Expression, Names] | str, ...]
    rows: tuple[tuple[str | Cell | None, ...], ...]
    outcome: str = ""
    groups: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table; `blank` numbers it as one to find, `hidden` leaves its place empty."""

    tree: Expression
    blank: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences one below the other under a sentence of their own."""

    head: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, eq=False)
class Picture:
    """The graph of a loss; only a page shows it, and has it made."""

    loss: str
    make: Callable[[], Graph]

    @functools.cached_property
    def graph(self) -> Graph:
        """What is drawn."""
        return self.make()


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A picture of the run: its kind, what is drawn, a name for it, and the sentences that say what is seen."""

    kind: str
    drawing: Any
    title: Sentence
    caption: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """So many lines to write on; where they are not `enough`, that is said."""

    lines: int
    enough: bool = True


Block = Sentence | Equations | Table | Listing | Picture | Figure | Room


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five steps: its number, its key, and what stands in it."""

    number: int
    key: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """The five steps of the k-th update."""

    k: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole handout as facts: what is asked, each update in five steps, the table, and how it ended.

    `rates` explains the learning rate and `figures` are the pictures, where they were asked for;
    `blanks` is how many values a worksheet asks for, and `room` where those of the table are worked out.
    """

    problem: Problem
    introduction: tuple[Block, ...]
    updates: tuple[Update, ...]
    table: Table
    closing: tuple[Block, ...]
    rates: tuple[Block, ...] = ()
    figures: tuple[Figure, ...] = ()
    blanks: int = 0
    room: tuple[Room, ...] = ()

    @property
    def blocks(self) -> list[Block]:
        """Every block in order."""
        inside = [block for update in self.updates for step in update.steps for block in step.blocks]
        return [*self.introduction, *inside, self.table, *self.closing, *self.figures, *self.rates]

    @property
    def chains(self) -> list[Chain]:
        """Every chain that is printed."""
        found: list[Chain] = []
        for block in self.blocks:
            if isinstance(block, Equations):
                found += block.chains
            elif isinstance(block, Sentence):
                found += _chains_in(block)
            elif isinstance(block, Listing):
                found += [chain for part in block.sentences for chain in _chains_in(part)]
            elif isinstance(block, Figure):
                found += [chain for part in block.caption for chain in _chains_in(part)]
        return found

    @property
    def relations(self) -> int:
        """How many = and ≈ the handout prints."""
        return sum(chain.relations for chain in self.chains)


def _chains_in(sentence: Sentence) -> list[Chain]:
    found: list[Chain] = []
    for fact in sentence.facts.values():
        facts = fact if isinstance(fact, tuple) else (fact,)
        found += [part for part in facts if isinstance(part, Chain)]
    return found
