"""Facts to Markdown (formulas as LaTeX), to the Markdown that becomes HTML (with roles for colour), and to text.

A flavour says how a formula, a table and user's text are written; `rendering` puts a whole document together.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Literal
from urllib.parse import quote

from symgd.calculus.naming import rule_names
from symgd.descent.optimizers import SYMBOLS
from symgd.errors import width
from symgd.expressions.tree import Expression
from symgd.expressions.writer import Cases
from symgd.expressions.writer import latex as write_latex
from symgd.expressions.writer import text as write_text
from symgd.handouts.breaking import width_of
from symgd.handouts.chain import GAP, Chain, Joint, Names
from symgd.handouts.document import (
    Block,
    Cell,
    Equations,
    Figure,
    Listing,
    Picture,
    Room,
    Sentence,
    Table,
)
from symgd.handouts.layout import (
    BETWEEN,
    LARGE,
    TABLE,
    TERMINAL,
    aligned,
    as_block,
    noted_lines,
    parted,
    text_lines,
    text_table,
)
from symgd.language import joined, sentence

Flavour = Literal["markdown", "html", "text"]
_SIGNS: Mapping[Joint, str] = {"=": "=", "≈": r"\approx", "←": r"\leftarrow", ",": r",\quad"}
#: About how wide the place for a value in a table is, in digits.
_BLANK_CELL = 8
#: A line to write on, and what stands between two.
_WRITING: Mapping[Flavour, tuple[str, str]] = {
    "html": ('<div class="room"></div>', "\n"),
    "text": ("  " + "_" * 72, "\n"),
    "markdown": ("&nbsp;", "\n\n"),
}
_MARKUP = re.compile(r"([\\`*_\[\]$|#])")


class Pen:
    """Writes blocks of facts in one language and flavour."""

    def __init__(self, language: str, flavour: Flavour, large: bool = False) -> None:
        """Nothing is written yet; with `large` tables are parted so that they fit a sheet in large print."""
        self.language, self.flavour, self.large = language, flavour, large
        self.cases = cases_in(language)
        self.files: Mapping[str, str] = {}

    def say(self, key: str, **facts: object) -> str:
        """A sentence of the catalogue."""
        return sentence(self.language, key, **facts)

    # blocks

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """Each block as written."""
        return [written for block in blocks if (written := self.block(block))]

    def block(self, block: Block) -> str:
        """One block."""
        if isinstance(block, Sentence):
            return self.sentence(block)
        if isinstance(block, Table):
            return self.table(block)
        if isinstance(block, Picture):
            from symgd.handouts.pictures import mark_of  # loaded where there is a picture

            return mark_of(block) if self.flavour == "html" else ""
        if isinstance(block, Figure):
            return self.figure(block)
        if isinstance(block, Room):
            return self.room(block)
        return self.listing(block) if isinstance(block, Listing) else self.equations(block)

    def listing(self, block: Listing) -> str:
        """A sentence, and below it others as a list."""
        items = "\n".join(f"- {self.sentence(part)}" for part in block.sentences)
        return f"{self.say(block.head)}\n\n{items}"

    def room(self, block: Room) -> str:
        """Lines to write on, and what to do where they are not enough."""
        line, between = _WRITING[self.flavour]
        return between.join([*[line] * block.lines, *([] if block.enough else ["", self.say("task.more-paper")])])

    def figure(self, block: Figure) -> str:
        """A picture's place and what is seen in it."""
        caption = joined(self.language, (self.sentence(part) for part in block.caption))
        title = self.sentence(block.title)
        if self.flavour == "html":
            from symgd.handouts.figures import mark_of as figure_mark

            mark = figure_mark(block)
            return f"{mark}\n\n{mark}begin {self.say('figure.named', title=title, caption=caption)} {mark}end"
        if self.flavour == "text":
            return f"[{title}]\n{caption}"
        named = self.say("figure.named", title=title, caption=caption)
        if block.kind in self.files:
            return f"![{title.replace('$', '')}]({_link(self.files[block.kind])})\n\n{named}"
        return named

    def sentence(self, block: Sentence) -> str:
        """A sentence with its facts written as formulas or as escaped text."""
        return self.say(block.key, **{word: self.fact(fact) for word, fact in block.facts.items()})

    def fact(self, fact: object) -> str:
        """A fact inside a sentence."""
        if isinstance(fact, Sentence):
            return self.sentence(fact)
        if isinstance(fact, Chain):
            return self.inline(fact)
        if isinstance(fact, Expression):
            return self.inline(Chain((fact,), (), Names()))
        if isinstance(fact, tuple):
            return self.say("list.comma").join(self.fact(part) for part in fact)
        return self.escaped(str(fact))

    def escaped(self, text: str) -> str:
        """Text of the user's as text: no markup, no formula, one line."""
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        if self.flavour == "text":
            return line
        inert = escape(_MARKUP.sub(r"\\\1", line), quote=False)
        return inert.replace("~", "&#126;")

    def inline(self, chain: Chain) -> str:
        """A chain inside a sentence."""
        if self.flavour == "text":
            return self.side_texts(chain)
        return f"${self.side_latex(chain)}$"

    def equations(self, block: Equations) -> str:
        """Lines of working, one below the other; on a page their first signs stand in line."""
        if self.flavour == "text":
            return "\n".join(line for chain in block.chains for line in self.text_chain(chain))
        if self.flavour == "html":
            return "\n\n".join(self.in_line(group) for group in _groups(block.chains))
        return "\n\n".join(self.display(chain) for chain in block.chains)

    def in_line(self, chains: list[Chain]) -> str:
        """Several chains as one aligned block; the page writes a tall one in lines, which a sheet may part."""
        if _is_list(chains[0]) or len(chains) == 1:
            return "\n\n".join(self.display(chain) for chain in chains)
        return "$$\n" + as_block([row for chain in chains for row in self.rows(chain)]) + "\n$$"

    def rows(self, chain: Chain) -> list[str]:
        """A chain as rows of an aligned block: one, or more where it is long."""
        rows = self.broken(chain)
        sign = f" {_SIGNS[chain.joints[0] if chain.joints else '=']} "
        return rows or [self.side_latex(chain).replace(sign, sign.replace(" ", " &", 1), 1)]

    def broken(self, chain: Chain) -> list[str] | None:
        """A chain as rows of an aligned block where it is long, its blank or its number behind the last."""
        rows = aligned(chain, self.latex_sides(chain), _SIGNS, self.notes(chain))
        if rows is None or not chain.blank:
            return rows
        behind = self.latex_blank(chain)
        return [*rows, f"&{behind.strip()}"] if chain.hidden else [*rows[:-1], rows[-1] + behind]

    # chains

    def side_latex(self, chain: Chain) -> str:
        """A chain in LaTeX on one line."""
        parts = self.latex_sides(chain)
        written = parts[0]
        for joint, side in zip(chain.joints, parts[1:], strict=True):
            written += ("" if joint == "," else " ") + f"{_SIGNS[joint]} {side}"
        return written + self.latex_blank(chain)

    def latex_sides(self, chain: Chain) -> list[str]:
        """Each side in LaTeX."""
        roles = self.flavour == "html"
        return [write_latex(side, chain.names.latex, roles=roles) for side in chain.sides]

    def notes(self, chain: Chain) -> list[str]:
        """The names of the rules that lead over each joint, "" where there are none."""
        return [rule_names(rules, self.language) for rules in chain.notes] or [""] * len(chain.joints)

    def latex_blank(self, chain: Chain) -> str:
        """The empty place of a worksheet, or the number of an answer."""
        if not chain.blank:
            return ""
        if chain.hidden is None:
            return rf" \quad\text{{({chain.blank})}}"
        return f" {_SIGNS[chain.hidden]} {self.gaps(chain) or self.empty_place(chain.blank)}"

    def gaps(self, chain: Chain) -> str:
        """The empty places of a vector or matrix with their number; "" where a number is to be found."""
        if chain.gaps is None:
            return ""
        if self.flavour == "text":
            return f"({chain.blank}) {write_text(chain.gaps, {GAP: '______'})}"
        gap = r"\cellblank{}" if self.flavour == "html" else r"\underline{\hspace{3em}}"
        return rf"{write_latex(chain.gaps, {GAP: gap})}_{{({chain.blank})}}"

    def empty_place(self, number: int) -> str:
        """Where a reader writes a value."""
        if self.flavour == "text":
            return f"({number}) ________"
        return rf"\blank{{{number}}}" if self.flavour == "html" else rf"\underline{{\hspace{{4em}}}}_{{({number})}}"

    def display(self, chain: Chain) -> str:
        """A chain as a formula of its own; a long one breaks before its signs."""
        one_line = self.side_latex(chain)
        if "," in chain.joints:
            return f"$${one_line}$$"
        rows = self.broken(chain)
        return f"$${one_line}$$" if rows is None else f"$$\n{as_block(rows)}\n$$"

    def side_texts(self, chain: Chain) -> str:
        """A chain as Unicode text on one line."""
        sides = [write_text(side, chain.names.text, self.cases) for side in chain.sides]
        written = sides[0]
        for joint, side in zip(chain.joints, sides[1:], strict=True):
            written += f"{joint} {side}" if joint == "," else f" {joint} {side}"
        if chain.blank:
            place = self.gaps(chain) or self.empty_place(chain.blank)
            written += f" {chain.hidden} {place}" if chain.hidden else f"   ({chain.blank})"
        return written

    def text_chain(self, chain: Chain) -> list[str]:
        """A chain for the terminal, indented; a long one breaks before its signs, one with notes before each."""
        if chain.notes:
            sides = [write_text(side, chain.names.text, self.cases) for side in chain.sides]
            return noted_lines(sides, chain.joints, self.notes(chain))
        return text_lines(self.side_texts(chain))

    # the table

    def table(self, table: Table) -> str:
        """A pipe table, or columns of text; several where one would be too wide."""
        heads = [self.head(head) for head in table.heads]
        columns = [self.column([row[place] for row in table.rows]) for place in range(len(heads))]
        widths = [self.width(table, place) for place in range(len(heads))]
        if table.outcome:
            columns[0][-1] = self.say("table.last", k=table.rows[-1][0], outcome=self.say(f"short.{table.outcome}"))
        form, room = (
            (text_table, TERMINAL) if self.flavour == "text" else (_piped_table, LARGE if self.large else TABLE)
        )
        parts = parted(widths, table.groups, room)
        return "\n\n".join(form([heads[at] for at in part], [columns[at] for at in part]) for part in parts)

    def width(self, table: Table, place: int) -> float:
        """About how wide a column is, in digits."""
        head = table.heads[place]
        above = float(width(self.say(head))) if isinstance(head, str) else width_of(self.head(head).strip("$"))
        cells = [row[place] for row in table.rows]
        return max(above * (0.5 if isinstance(head, str) else 0.9), *map(self.width_of_cell, cells)) + BETWEEN

    def width_of_cell(self, cell: str | Cell | None) -> float:
        """About how wide a cell is, in digits."""
        number = len(_answer(cell))
        plain = _BLANK_CELL if isinstance(cell, Cell) and cell.hidden else len(self.cell(cell))
        return plain + (number + 3 if number else 0)

    def head(self, head: tuple[Expression, Names] | str) -> str:
        """The head of a column."""
        if isinstance(head, str):
            return self.say(head)
        tree, names = head
        return self.inline(Chain((tree,), (), names))

    def column(self, cells: list[str | Cell | None]) -> list[str]:
        """The cells of a column with their decimal points in line, and behind them the numbers of a key."""
        written, numbers = [self.cell(cell) for cell in cells], [_answer(cell) for cell in cells]
        behind = [len(text) - text.index(".") if "." in text else 0 for text in written]
        most, widest = max(behind), max(map(len, numbers))
        pad, point = ("&numsp;", "&puncsp;") if self.flavour == "html" else (" ", " ")
        decimals = [
            text + (point + pad * (most - 1) if not have else pad * (most - have))
            if _is_plain(text) and most
            else text
            for text, have in zip(written, behind, strict=True)
        ]
        if not widest:
            return decimals
        room = [pad * (widest - len(number)) for number in numbers]
        return [
            f"{text} ({number}){room}" if number else f"{text} {point * 2}{room}" if _is_plain(plain) else text
            for text, number, room, plain in zip(decimals, numbers, room, written, strict=True)
        ]

    def cell(self, cell: str | Cell | None) -> str:
        """A cell as written."""
        if cell is None:
            return "—"
        if isinstance(cell, str):
            return cell
        if cell.hidden:
            place = self.empty_place(cell.blank).replace(r"\blank", r"\cellblank")
            return place if self.flavour == "text" else f"${place}$"
        return write_text(cell.tree)


@functools.cache
def cases_in(language: str) -> Cases:
    """How a function in pieces reads in a language: {w², if w < 1; 2·w − 1, otherwise}.

    >>> cases_in("en").branch.format("w²", "w < 1")
    'w², if w < 1'
    """
    branch, last = (sentence(language, f"cases.{key}", value="{0}", condition="{1}") for key in ("branch", "last"))
    return Cases("{{{}}}", branch, last, sentence(language, "cases.between"))


def _answer(cell: str | Cell | None) -> str:
    """The number of an answer that a key shows, "" where there is none."""
    return str(cell.blank) if isinstance(cell, Cell) and cell.blank and not cell.hidden else ""


def _groups(chains: Iterable[Chain]) -> Iterable[list[Chain]]:
    """Chains whose first signs stand in line: the same equation for all weights."""
    for _, group in groupby(chains, key=lambda chain: (_is_list(chain), _equation_of(chain))):
        yield list(group)


def _equation_of(chain: Chain) -> str:
    word = chain.sides[0].name
    return word if word in SYMBOLS and word in chain.names.text else ""


def _is_list(chain: Chain) -> bool:
    return "," in chain.joints or not chain.joints


def _link(name: str) -> str:
    """The name of a file as a link of Markdown: signs that end one are written by their codes."""
    return re.sub(r"[^\w.~-]", lambda found: quote(found[0]), name)


def _is_plain(text: str) -> bool:
    return text.lstrip("−").replace(".", "").isdigit()


def _piped_table(heads: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    rule = "|" + "|".join(["---:"] * len(heads)) + "|"
    return "\n".join([_piped(heads), rule, *map(_piped, zip(*columns, strict=True))])


def _piped(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
