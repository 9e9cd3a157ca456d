"""Questions about the final values of variants, as Moodle XML, as GIFT, and as JSON.

Moodle XML after the question types of Moodle's documentation ("Moodle XML format", numerical questions: an answer with
its tolerance); GIFT after "GIFT format": numerical answers `{#value:tolerance}`, general feedback behind `####`, and a
backslash before ~ = # { } : and itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any
from xml.etree import ElementTree

from symgd.descent.problem import Problem
from symgd.expressions.names import name_latex, name_text
from symgd.expressions.writer import decimal_text
from symgd.handouts.chain import Chain, Names, value_chain
from symgd.handouts.markdown import Pen
from symgd.handouts.method import Method
from symgd.handouts.variants import Variant
from symgd.language import joined, sentence
from symgd.numbers.values import Value, is_array


@dataclass(frozen=True, slots=True)
class Question:
    """A numerical question: `text` and `feedback` are HTML with LaTeX between \\( and \\); `tolerance` is absolute."""

    name: str
    text: str
    answer: str
    tolerance: str
    feedback: str


def questions(variants: Sequence[Variant], language: str) -> Iterator[Question]:
    """For every variant each parameter that is a number, and the loss, after the last update."""
    for variant in variants:
        problem, last = variant.run.problem, variant.run.records[-1]
        values: dict[str, Value] = {word: value for word, value in last.point.items() if not is_array(value)}
        if last.loss is not None:
            values[problem.reported_loss] = last.loss
        task = _task(problem, language)
        for word, value in values.items():
            asked = sentence(language, "quiz.asked", name=rf"\({name_latex(word)}\)", steps=last.step)
            number = sentence(language, "quiz.name", number=variant.number, name=name_text(word))
            text = f"<p>{task}</p><p>{_inert(asked)}</p>"
            yield Question(
                number, text, _decimal(value), _tolerance(problem), _feedback(variant, word, value, language)
            )


def _task(problem: Problem, language: str) -> str:
    pen = Pen(language, "markdown")
    start = [value_chain(word, value, problem.digits) for word, value in problem.start.items()]
    facts = {
        "start": tuple(chain for chain in start if chain is not None),
        "rate": Chain((_eta(), problem.learning_rate), ("=",), Names()),
    }
    parts = [
        pen.say(f"task.{'loss' if problem.definitions else 'given'}", **{k: pen.fact(v) for k, v in facts.items()})
    ]
    if problem.definitions is not None:
        named = zip(problem.definitions.names, problem.definitions.expressions, strict=True)
        given_lines = ", ".join(f"${name_latex(word)} = {tree.latex()}$" for word, tree in named)
        parts.append(pen.say("quiz.given", given=given_lines))
    given = [value_chain(word, value, problem.digits) for word, value in problem.constants.items()]
    if known := tuple(chain for chain in given if chain is not None):
        parts.append(f"{pen.say('task.constants')} {pen.say('quiz.given', given=pen.fact(known))}")
    parts += _method(problem, pen)
    if problem.arithmetic == "round":
        parts.append(sentence(language, "rule.rounded", places=problem.places))
    return _html(joined(language, parts))


def _method(problem: Problem, pen: Pen) -> Iterator[str]:
    """Equations, settings, and where they start, inside sentences; of plain gradient descent at most what t is."""
    told = Method(problem, problem.digits)
    if told.is_plain:
        yield from map(pen.sentence, told.counter())
        return
    yield pen.sentence(told.named())
    yield pen.say("quiz.given", given=pen.fact(told.lines()))
    if told.settings():
        yield pen.say("quiz.settings", settings=pen.fact(told.settings()))
    yield from map(pen.sentence, told.starts())


def _eta() -> Any:
    from symgd.expressions.tree import name

    return name("eta")


def _feedback(variant: Variant, word: str, value: Value, language: str) -> str:
    """The last update's line for a weight, or the loss there."""
    from symgd.calculus.program import slope_name
    from symgd.handouts.chain import chain_of

    problem, pen = variant.run.problem, Pen(language, "markdown")
    moves = [line for record in variant.run.records[:-1] for line in record.lines if line.kind == "update"]
    own = [line for line in moves if line.quantity == "w" and line.parameter == word]
    slope = slope_name(problem.loss_name, word)
    chain = chain_of(own[-1], problem.digits, slope, True) if own else value_chain(word, value, problem.digits)
    return "" if chain is None else f"<p>{_html(pen.inline(chain))}</p>"


def _html(markdown: str) -> str:
    """Formulas between the delimiters that Moodle's filters know; what stands around them is plain text of ours."""
    text = re.sub(r"\$([^$]+)\$", lambda found: rf"\({found[1]}\)", markdown)
    return _inert(text)


def _inert(text: str) -> str:
    return escape(text, quote=False)


def _decimal(value: Value) -> str:
    """A value of a variant, which has a finite decimal as all of them have."""
    text = decimal_text(value) if isinstance(value, Fraction) else None
    assert text is not None
    return text


def _tolerance(problem: Problem) -> str:
    """None for exact values; of rounded ones half a unit of the last place."""
    if problem.arithmetic != "round" or problem.places is None:
        return "0"
    return decimal_text(Fraction(1, 2 * 10**problem.places)) or "0"


# the formats


def moodle_xml(found: Sequence[Question], category: str) -> str:
    """A question bank for Moodle. Text that XML forbids is left out."""
    quiz = ElementTree.Element("quiz")
    head = ElementTree.SubElement(quiz, "question", type="category")
    _text(ElementTree.SubElement(head, "category"), _category(category))
    for question in found:
        node = ElementTree.SubElement(quiz, "question", type="numerical")
        _text(ElementTree.SubElement(node, "name"), question.name)
        _text(ElementTree.SubElement(node, "questiontext", format="html"), question.text)
        _text(ElementTree.SubElement(node, "generalfeedback", format="html"), question.feedback)
        for key, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
            ElementTree.SubElement(node, key).text = value
        answer = ElementTree.SubElement(node, "answer", fraction="100", format="moodle_auto_format")
        ElementTree.SubElement(answer, "text").text = question.answer
        ElementTree.SubElement(answer, "tolerance").text = question.tolerance
        _text(ElementTree.SubElement(answer, "feedback", format="html"), "")
    ElementTree.indent(quiz)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(quiz, encoding="unicode") + "\n"


def _text(node: ElementTree.Element, text: str) -> None:
    ElementTree.SubElement(node, "text").text = _FORBIDDEN.sub("", text)


def _category(name: str) -> str:
    """Where the questions go, on one line: what stands on the next would be questions."""
    return f"$course$/{' '.join(name.split()).replace('/', '//')}"


_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GIFT = re.compile(r"([\\~=#{}:])")


def gift(found: Sequence[Question], category: str) -> str:
    """The questions in GIFT, one paragraph each: a blank line parts them, so there is none inside."""
    blocks = [f"$CATEGORY: {_category(category)}"]
    for question in found:
        head = f"::{_escaped(question.name)}::[html]{_escaped(question.text)}"
        feedback = f"####{_escaped(question.feedback)}" if question.feedback else ""
        blocks.append(f"{head} {{#{question.answer}:{question.tolerance}{feedback}}}")
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    return _GIFT.sub(r"\\\1", " ".join(text.split()))


def quiz_table(
    variants: Sequence[Variant], seed: int, source: str, files: Mapping[int, Mapping[str, str]]
) -> dict[str, Any]:
    """Everything as a table for JSON: numbers and answers as decimals in full, or as fractions."""
    rows = []
    for variant in variants:
        last = variant.run.records[-1]
        answers = {word: _decimal(value) for word, value in last.point.items() if not is_array(value)}
        if last.loss is not None:
            answers[variant.run.problem.reported_loss] = _decimal(last.loss)
        numbers = {key: decimal_text(value) or str(value) for key, value in variant.numbers.items()}
        rows.append(
            {"number": variant.number, "numbers": numbers, "answers": answers, "files": dict(files[variant.number])}
        )
    return {"schema": "symgd/variants/1", "source": source, "seed": seed, "variants": rows}
