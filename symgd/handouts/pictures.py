"""The picture of a loss at the start: what each quantity is worth, and the local derivative along each line.

In Markdown, set aside for the page, a picture is a mark in a paragraph of its own; the page puts the SVG in its
place once everything that came from outside has been made harmless.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from html import escape

from symgd.calculus.program import shown_text, slope_name
from symgd.calculus.rules import derivative
from symgd.descent.lines import value_of
from symgd.descent.problem import Problem
from symgd.errors import DomainError, PrecisionError
from symgd.expressions.definitions import Definitions
from symgd.expressions.names import name_text
from symgd.expressions.tree import Expression
from symgd.expressions.writer import text as write_text
from symgd.handouts.document import Document, Picture
from symgd.handouts.graph import graph_of, graph_svg
from symgd.language import sentence
from symgd.numbers.relation import show
from symgd.numbers.values import Value, exact_decimal

#: Significant digits in a picture: it shows how things hang together, the lines say exactly what they are.
DIGITS = 4


def picture_of(problem: Problem, known: Mapping[str, Value]) -> list[Picture]:
    """The graph of a loss in several definitions, with these values; nothing for a loss in one line."""
    definitions = problem.definitions
    if definitions is None or len(definitions.names) < 2 or problem.has_arrays:
        return []
    values = {word: _shown(value) for word, value in known.items()}
    slopes = _slopes(definitions, problem, known)
    return [Picture(graph_of(definitions, problem.parameters, problem.let, values, slopes), definitions.loss_name)]


def _slopes(
    definitions: Definitions, problem: Problem, known: Mapping[str, Value]
) -> dict[tuple[str, str], tuple[str, str]]:
    """For each use of something that moves: the local derivative and its value."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    moving = set(problem.parameters)
    for word, body in zip(definitions.names, definitions.expressions, strict=True):
        used = [other for other in body.names if other in moving]
        if used:
            moving.add(word)
        for other in used:
            found[word, other] = (shown_text(slope_name(word, other)), _value(derivative(body, other), known))
    return found


def _value(tree: Expression, known: Mapping[str, Value]) -> str:
    exact = {word: exact_decimal(value) if isinstance(value, float) else value for word, value in known.items()}
    try:
        return _shown(value_of(tree, {word: exact[word] for word in tree.names}))
    except (DomainError, PrecisionError, KeyError):
        return ""


def _shown(value: Value) -> str:
    shown = show(value, DIGITS)
    if shown is None:
        return ""
    return write_text(shown.tree) if shown.sign == "=" else f"≈ {write_text(shown.tree)}"


def mark_of(picture: Picture) -> str:
    """What stands for a picture in Markdown: a word that no other text has."""
    return "symgdpicture" + hashlib.sha256(repr(picture).encode()).hexdigest()[:32]


def with_pictures(html: str, document: Document, language: str) -> str:
    """The page or fragment with its pictures in the place of their marks."""
    for block in document.blocks:
        if isinstance(block, Picture):
            html = html.replace(f"<p>{mark_of(block)}</p>", _figure(block, language), 1)
    return html


def _figure(picture: Picture, language: str) -> str:
    """The SVG with its legend below; nothing where it would be too large to read."""
    title = sentence(language, "graph-picture.title", loss=name_text(picture.loss))
    svg = graph_svg(picture.graph, title=title, description=sentence(language, "graph-picture.description"))
    if not svg:
        return ""
    legend = escape(sentence(language, "graph-picture.legend"))
    return f'<figure class="graph">\n{svg}\n<figcaption>{legend}</figcaption>\n</figure>'
