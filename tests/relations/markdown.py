r"""Where the formulas of a Markdown text stand: `$...$` and `$$...$$`; not `\$`, and none in code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.relations.tokens import UnreadableFormula

_PIECE = re.compile(
    r"(?P<fence>^ {0,3}(?P<mark>```+|~~~+)[^\n]*\n(?:.*?^ {0,3}(?P=mark)[`~]*[ \t]*$|.*\Z))"
    r"|\\(?P<escaped>.)"
    r"|(?P<ticks>`+)(?P<code>(?:(?!`).|(?!(?P=ticks)(?!`))`+)*?)(?P=ticks)(?!`)"
    r"|(?P<dollars>\$\$?)",
    re.DOTALL | re.MULTILINE,
)
_ENDS = {
    "$": re.compile(r"(?:\\.|[^$\\])*?\$", re.DOTALL),
    "$$": re.compile(r"(?:\\.|[^\\])*?\$\$", re.DOTALL),
}
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


class Formula(NamedTuple):
    """The LaTeX between two dollar signs, and where in the text it begins."""

    source: str
    start: int


def formulas(text: str) -> Iterator[Formula]:
    """The formulas, in the order of print. Raises UnreadableFormula where a dollar sign has no partner."""
    at = 0
    while (piece := _PIECE.search(text, at)) is not None:
        at = piece.end()
        if piece["dollars"]:
            closing = _ENDS[piece["dollars"]].match(text, at)
            if closing is None:
                raise UnreadableFormula("a dollar sign is not closed", text[at - 1 : at + 60])
            source = closing.group()[: -len(piece["dollars"])]
            if _BLANK_LINE.search(source):
                raise UnreadableFormula("a formula runs over a blank line", source)
            yield Formula(source, at)
            at = closing.end()
