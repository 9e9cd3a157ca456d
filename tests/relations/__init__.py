"""An independent oracle: it reads every printed relation back and works it out from the text alone.

It imports nothing from symgd. Markdown (LaTeX in dollar signs), HTML (MathML) and plain text become the same
tokens, one grammar makes chains of sides of them, and each pair of neighbours is judged: `=` may stand only
between equal values, `≈` only before a correct rounding that is not equal. A side with a symbol in it cannot
be decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from tests.relations import latex, markdown, mathml, plain
from tests.relations.grammar import BLANK, Node, chains_of
from tests.relations.tokens import Token, UnreadableFormula
from tests.relations.truth import unit_of, verdict

__all__ = [
    "Relation",
    "UnreadableFormula",
    "numeric_literals",
    "relations_in_html",
    "relations_in_latex",
    "relations_in_markdown",
    "relations_in_text",
    "result_literals",
]


@dataclass(frozen=True, slots=True)
class Relation:
    """A printed = or ≈, how its sides were written, and whether it holds (None: a side has symbols)."""

    sign: str
    left_source: str
    right_source: str
    verdict: bool | None
    trees: tuple[Node, Node] = field(repr=False, compare=False)

    @property
    def is_blank(self) -> bool:
        """Whether a side is, or holds, an empty place that is to be filled in."""
        return any(_holds_blank(tree) for tree in self.trees)


def relations_in_markdown(text: str) -> list[Relation]:
    """The relations in the formulas of a Markdown text, in the order of print. Raises UnreadableFormula."""
    return [found for formula in markdown.formulas(text) for found in relations_in_latex(formula.source)]


def relations_in_html(html: str) -> list[Relation]:
    """The relations in the MathML of a page. Raises UnreadableFormula."""
    return [relation for formula in mathml.formulas(html) for relation in relations_in_latex(formula)]


def relations_in_text(text: str) -> list[Relation]:
    """The relations in the indented lines of a text, as a terminal shows it. Raises UnreadableFormula."""
    return [relation for line in plain.formulas(text) for relation in _relations(line, plain.tokens_of)]


def relations_in_latex(source: str) -> list[Relation]:
    """The relations in one LaTeX formula. Raises UnreadableFormula."""
    if not any(sign in source for sign in ("=", "≈", r"\approx")):
        return []
    return _relations(source, latex.tokens_of)


def numeric_literals(text: str) -> list[tuple[int, int]]:
    """Where in a Markdown text the numbers of decidable relations stand (first character, behind the last).

    Of a number like 4.1 × 10^{-17} all three literals are given; of 1.5e-300 the digits before the e.
    """
    return sorted(set(_spans(text, lambda relation: map(_literals, relation.trees))))


def result_literals(text: str) -> list[tuple[int, int]]:
    """Of the numeric literals those that alone are the right side of a decidable relation.

    Any other digit in one of them makes a true relation false, unless it hits the other rounding of a tie.
    """
    return sorted(set(_spans(text, lambda relation: [_lone(relation.trees[1])])))


def _relations(source: str, tokens_of: Callable[[str], list[Token]]) -> list[Relation]:
    try:
        return list(_judged(tokens_of(source)))
    except UnreadableFormula as error:
        raise UnreadableFormula(error.why, source) from error


def _judged(tokens: list[Token]) -> Iterator[Relation]:
    for line in chains_of(tokens):
        pairs = zip(line.sides, line.sides[1:], strict=False)
        sources = zip(line.sources, line.sources[1:], strict=False)
        for sign, trees, written in zip(line.signs, pairs, sources, strict=True):
            if sign in ("=", "≈"):
                yield Relation(sign, *written, verdict(sign, *trees), trees)


def _spans(text: str, literals: Callable[[Relation], Iterable[Iterable[Node]]]) -> Iterator[tuple[int, int]]:
    for formula in markdown.formulas(text):
        decided = [found for found in relations_in_latex(formula.source) if found.verdict is not None]
        for number in chain.from_iterable(trees for found in decided for trees in literals(found)):
            start = formula.start + number.start
            yield start, start + len(number.text.partition("e")[0])


def _holds_blank(tree: Node) -> bool:
    return tree is BLANK or any(map(_holds_blank, tree.args))


def _literals(tree: Node) -> Iterator[Node]:
    if tree.op == "number":
        yield tree
    for arg in tree.args:
        yield from _literals(arg)


def _lone(tree: Node) -> list[Node]:
    """The number that a side is, behind a minus or before a power of ten; of a vector all of them."""
    if unit_of(tree) is None:
        return []
    if tree.op == "vector":
        return [literal for arg in tree.args for literal in _lone(arg)]
    return [tree] if tree.op == "number" else _lone(tree.args[0])
