"""The picture of a loss at the start: what each quantity is worth, and the local derivative along each line.

In Markdown, set aside for the page, a picture is a mark in a paragraph of its own; the page puts the SVG in its
place once everything that came from outside has been made harmless.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from symgd.calculus.program import shown_text, slope_name
from symgd.calculus.rules import derivative
from symgd.calculus.story import held_names
from symgd.descent.lines import value_of
from symgd.descent.problem import Problem
from symgd.errors import DomainError, PrecisionError
from symgd.expressions.definitions import Definitions
from symgd.expressions.names import name_text
from symgd.expressions.tree import Expression, name, operation
from symgd.expressions.writer import text as write_text
from symgd.handouts import figures
from symgd.handouts.document import Document, Figure, Picture
from symgd.handouts.graph import Graph, graph_of, graph_svg
from symgd.language import joined, sentence
from symgd.numbers.relation import show
from symgd.numbers.values import Value, entries_of, exact_decimal, is_array

#: Significant digits in a picture: it shows how things hang together, the lines say exactly what they are.
DIGITS = 4
#: A vector of more entries is shown by its length.
MOST_ENTRIES = 3
_SIDES = " × "
#: Behind a local derivative and before what it holds fixed though that moves too: ∂L/∂a|s is not ∂L/∂a.
HELD = "|"


def picture_of(problem: Problem, known: Mapping[str, Value]) -> list[Picture]:
    """The graph of a loss in several definitions, with these values; nothing for a loss in one line."""
    definitions = problem.definitions
    if definitions is None or len(definitions.names) < 2:
        return []
    return [Picture(definitions.loss_name, functools.partial(_graph, definitions, problem, known))]


def _graph(definitions: Definitions, problem: Problem, known: Mapping[str, Value]) -> Graph:
    values = {word: _shown(value) for word, value in known.items()}
    slopes = _slopes(definitions, problem, known)
    return graph_of(definitions, problem.parameters, problem.let, values, slopes)


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
            held = held_names(definitions, word, other)
            label = shown_text(slope_name(word, other)) + (HELD + ",".join(map(name_text, held)) if held else "")
            found[word, other] = (label, _slope(problem, word, body, other, known))
    return found


def _slope(problem: Problem, word: str, body: Expression, other: str, known: Mapping[str, Value]) -> str:
    """The local derivative: its value, of a vector in a vector its shape."""
    if problem.shaped is None:
        return _value(derivative(body, other), known)
    shapes = problem.shaped.shapes
    of, by = shapes.get(word, ()), shapes.get(other, ())
    if of:
        return _sides((*of, *by))
    from symgd.calculus.array_program import array_program  # loads SymPy, which a working in numbers does without
    from symgd.calculus.ground import Ground

    ground = Ground(shapes, problem.rows)
    closed = array_program(Definitions((word,), (body,)), [other], ground).lines[-1].tree
    return _value(operation("mul", closed, operation("ones", name(other))) if by else closed, known)


def _sides(shape: Sequence[int]) -> str:
    return _SIDES.join(map(str, shape)) if len(shape) > 1 else f"{shape[0]}{_SIDES}1"


def _value(tree: Expression, known: Mapping[str, Value]) -> str:
    exact = {word: exact_decimal(value) if isinstance(value, float) else value for word, value in known.items()}
    try:
        return _shown(value_of(tree, {word: exact[word] for word in tree.names}))
    except (DomainError, PrecisionError, KeyError):
        return ""


def _shown(value: Value) -> str:
    if is_array(value):
        return _list(value)
    shown = show(value, DIGITS)
    if shown is None:
        return ""
    return write_text(shown.tree) if shown.sign == "=" else f"≈ {write_text(shown.tree)}"


def _list(value: Any) -> str:
    """A short vector by its entries, any other array by its sides."""
    entries = [_shown(entry) for entry in entries_of(value)] if value.size <= MOST_ENTRIES and value.ndim == 1 else []
    if not entries or not all(entries):
        return _sides(value.shape)
    about = "≈ " if any(entry.startswith("≈") for entry in entries) else ""
    return f"{about}({', '.join(entry.removeprefix('≈ ') for entry in entries)})"


def mark_of(picture: Picture) -> str:
    """What stands for a picture in Markdown: a word that no other text has."""
    return "symgdpicture" + hashlib.sha256(repr((picture.loss, picture.graph)).encode()).hexdigest()[:32]


def with_pictures(html: str, document: Document, language: str) -> str:
    """The page or fragment with its pictures in the place of their marks."""
    for block in document.blocks:
        if isinstance(block, Picture):
            html = html.replace(f"<p>{mark_of(block)}</p>", _figure(block, language), 1)
        if isinstance(block, Figure):
            html = _drawn(html, block, language)
    return html


def _drawn(html: str, block: Figure, language: str) -> str:
    """A drawing of the run in its place, with the sentences about it as its caption."""
    mark, svg = figures.mark_of(block), figures.figure_svg(block, *spoken(block, language))
    opening = f'<figure class="figure {block.kind}" data-figure="{block.kind}">\n{svg}\n<figcaption>'
    html = re.sub(rf"<p>{mark}</p>\s*<p>{mark}begin\s*", lambda _: opening, html, count=1)
    return re.sub(rf"\s*{mark}end</p>", "</figcaption>\n</figure>", html, count=1)


def spoken(block: Figure, language: str) -> tuple[str, str]:
    """The name of a drawing, and all that is said of it to those who do not see it, as text."""
    from symgd.handouts.markdown import Pen

    pen = Pen(language, "text")
    title, caption = pen.sentence(block.title), joined(language, map(pen.sentence, block.caption))
    return title, pen.say("figure.spoken", title=title, caption=caption)


def _figure(picture: Picture, language: str) -> str:
    """The SVG with its legend below; nothing where it would be too large to read."""
    title = sentence(language, "graph-picture.title", loss=name_text(picture.loss))
    svg = graph_svg(picture.graph, title=title, description=sentence(language, "graph-picture.description"))
    if not svg:
        return ""
    shown = [*(node.value for node in picture.graph.nodes), *(edge.value for edge in picture.graph.edges)]
    held = any(HELD in edge.label for edge in picture.graph.edges)
    keys = ["legend", *["sides"] * any(_SIDES in value for value in shown), *["held"] * held]
    legend = escape(" ".join(sentence(language, f"graph-picture.{key}") for key in keys))
    return f'<figure class="graph">\n{svg}\n<figcaption>{legend}</figcaption>\n</figure>'
