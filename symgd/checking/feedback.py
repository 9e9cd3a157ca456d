"""Feedback for a student: a report as text, Markdown and HTML, through the machinery of the handouts.

The student's lines come first, each marked; then the first wrong one with what was done, why it is wrong, the right
line, and a point that shows it. Mistakes that are not certain are left to the teacher: they stand in the JSON.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symgd.calculus.program import shown_latex
from symgd.checking.facts import facts_of
from symgd.checking.policy import policy_of
from symgd.checking.verdict import WRONG, Report, Shown, Verdict, line_points, mistake
from symgd.checking.world import Key, World, worth
from symgd.descent.sums import sums_in
from symgd.descent.trajectory import Line
from symgd.errors import PrecisionError
from symgd.expressions.names import name_latex
from symgd.expressions.tree import Expression
from symgd.expressions.tree import number as number_tree
from symgd.expressions.writer import decimal_text
from symgd.expressions.writer import text as write_text
from symgd.handouts.chain import Chain, Names, chain_of, test_chain
from symgd.handouts.document import Block, Equations, Listing, Sentence
from symgd.handouts.markdown import Flavour, Pen
from symgd.language import catalogue, sentence
from symgd.numbers.bounded import NoValue, value_of
from symgd.numbers.systems import public, rational


def feedback_text(report: Report, language: str) -> str:
    """The feedback for a terminal."""
    return _written(report, language, "text")


def feedback_markdown(report: Report, language: str) -> str:
    """The feedback as Markdown."""
    return _written(report, language, "markdown")


def feedback_page(report: Report, language: str) -> str:
    """The feedback as one HTML page without scripts."""
    from symgd.handouts.page import html_page

    return html_page(_written(report, language, "html"), title=_title(report, language), language=language)


def feedback_fragment(report: Report, language: str) -> str:
    """The feedback as HTML for a notebook."""
    from symgd.handouts.page import html_fragment

    return html_fragment(_written(report, language, "html"))


def verdict_told(verdict: Verdict, flavour: Flavour) -> str:
    """One line of a working, in English: how it is, and the formula that was read."""
    formula = "" if flavour == "text" else _as_read(verdict)
    return "\n\n".join(part for part in (Pen("en", flavour).sentence(_line(verdict)), formula) if part)


def _as_read(verdict: Verdict) -> str:
    claim = verdict.claim
    if claim is None or claim.unreadable or any(side.tree is None for side in claim.sides):
        return ""
    left = r"\text{" + claim.quantity.text.replace("_", r"\_") + "}" if claim.quantity else ""
    if claim.quantity and claim.quantity.kind == "weight":
        left = name_latex(claim.quantity.parameter)
    elif claim.quantity and claim.quantity.kind == "slope":
        left = shown_latex(claim.quantity.name)
    signs = claim.signs if claim.quantity else ("", *claim.signs)
    sides = [side.tree.latex() for side in claim.sides if side.tree is not None]
    chain = " ".join(f"{_SIGNS.get(sign, sign)} {side}" for sign, side in zip(signs, sides, strict=False))
    return f"$${left} {chain}$$"


_SIGNS = {"≈": r"\approx", "←": r"\leftarrow"}


def _title(report: Report, language: str) -> str:
    title = report.problem.title(language)
    return sentence(language, "feedback.title-of", title=title) if title else sentence(language, "feedback.title")


def _written(report: Report, language: str, flavour: Flavour) -> str:
    pen = Pen(language, flavour)
    head = pen.escaped(_title(report, language))
    parts = [head + "\n" + "═" * len(head) if flavour == "text" else f"# {head}"]
    parts += pen.blocks(_summary(report))
    for verdict in report:
        if verdict.status in WRONG and (verdict is report.first_wrong or verdict.named):
            about = sentence(language, "feedback.about", n=verdict.n)
            parts.append(about + "\n" + "─" * (2 * len(about)) if flavour == "text" else f"## {about}")
            parts += pen.blocks(_details(report, verdict, first=verdict is report.first_wrong))
    return "\n\n".join(parts) + "\n"


def _summary(report: Report) -> Iterator[Block]:
    if report.student:
        yield Sentence("feedback.student", {"student": report.student})
    yield Sentence("feedback.score", {"score": _points(report.score), "max": _points(report.max_score)})
    earned, worth = line_points(report)
    if worth != report.max_score:
        yield Sentence("feedback.share", {"score": _points(earned), "max": _points(worth)})
    yield Sentence(f"feedback.{report.status}")
    yield from (Sentence(f"feedback.{key}", facts) for key, facts in report.warned.items())
    if report.first_wrong_line is not None:
        sure = "first-wrong" if report.first_wrong_line_certain else "first-wrong-maybe"
        yield Sentence(f"feedback.{sure}", {"n": report.first_wrong_line})
    asked = report.problem.arithmetic == "round" or policy_of(report.problem.marks).decimals is not None
    yield Listing("feedback.lines", tuple(_line(verdict, asked) for verdict in report))


def _line(verdict: Verdict, decimals: bool = False) -> Sentence:
    """One line; `decimals` says whether the task asked for a number of decimals."""
    special = {
        "unknown-late": verdict.late is not None,
        "unreadable": verdict.verdict == "syntax",
        "ok-domain": verdict.status == "ok" and verdict.verdict == "domain",
        "rounded": verdict.status == "format" and not decimals,
    }
    key = next((key for key, is_so in special.items() if is_so), verdict.status)
    column = verdict.claim.column if verdict.claim is not None else 1
    facts = {"n": verdict.n, "column": column, "text": verdict.text, "quantity": verdict.quantity}
    facts["seconds"] = f"{verdict.late or 0:g}"
    return Sentence(f"feedback.{key}", {**facts, "credit": _points(verdict.credit), "worth": _points(verdict.worth)})


def _points(value: Fraction) -> str:
    return decimal_text(value) or f"{value.numerator}/{value.denominator}"


def _details(report: Report, verdict: Verdict, first: bool) -> Iterator[Block]:
    """What was done, why it is wrong, the right line, and a point that shows it."""
    yield Sentence("feedback.wrote", {"text": verdict.text})
    with contextlib.suppress(PrecisionError):  # a value of a size that no one could write out
        yield from _broken(report, verdict)
    if verdict.named:
        yield Sentence(f"mistake.{verdict.named}.did")
        yield Sentence(f"mistake.{verdict.named}.why")
    if first:
        with contextlib.suppress(PrecisionError):
            yield from _right(report, verdict)
        with contextlib.suppress(PrecisionError):
            yield from _at_a_point(verdict)


def _broken(report: Report, verdict: Verdict) -> Iterator[Sentence]:
    """Which two sides of a chain are not equal."""
    claim, place = verdict.claim, verdict.broken
    if claim is None or place is None:
        return
    left, right = claim.sides[place], claim.sides[place + 1]
    if left.tree is None or left.tree.names or right.tree is None:
        return
    value = value_of(left.tree, {})
    if isinstance(value, NoValue | None):
        return
    chain = test_chain(Line("test", "", "", left.tree, {}, public(value)), report.problem.digits)
    yield Sentence(
        "feedback.broken",
        {"left": left.tree, "value": Chain((chain.sides[-1],), (), Names()), "written": right.tree},
    )


def _right(report: Report, verdict: Verdict) -> Iterator[Block]:
    """The right line, where there is one."""
    chain = _right_line(report, verdict)
    if chain is not None:
        yield Sentence("feedback.right")
        yield Equations((chain,))


def _right_line(report: Report, verdict: Verdict) -> Chain | None:
    """The quantity, its formula, the right numbers in it, and its value."""
    claim = verdict.claim
    if claim is None or claim.quantity is None:
        return None
    problem, quantity = report.problem, claim.quantity
    world, step = World(problem), claim.update - (quantity.kind == "weight")
    if claim.at:
        world = world.at_point(Key("", "", step, at=claim.at))
    if step < 0:
        return None  # where it starts follows from nothing
    if _is_row(quantity.kind, world, quantity.name):
        line = _row_line(world, quantity.name, quantity.parameter, step)
    else:
        line = _formula_line(world, quantity.name.removeprefix("-"), step)
    if line is None:
        return None
    slope = facts_of(problem).slopes.get(quantity.parameter, "") if line.parameter else ""
    return chain_of(line, problem.digits, slope, line.quantity == "w", problem.parameters)


def _is_row(kind: str, world: World, name_: str) -> bool:
    return kind in ("weight", "change", "state", "negative") and name_ in {row.target for row in world.facts.equations}


def _formula_line(world: World, quantity: str, step: int) -> Line | None:
    """The line of a definition, the loss or a slope."""
    formula = world.problem.learning_rate if quantity == "eta" else world.facts.formula(quantity, step)
    value = worth(world, Key(quantity, "", step))
    if formula is None or value is None:
        return None
    of = Key(quantity, "", step)
    given = {"t": world.number(step + 1)} if quantity == "eta" else {}
    operands = _operands(world, formula, {word: given.get(word) or world.at(word, of) for word in formula.names})
    kind = "loss" if quantity == world.problem.loss_name else "forward"
    return Line(kind, quantity, "", formula, operands, world.facts.system.public(value))


def _row_line(world: World, target: str, parameter: str, step: int) -> Line | None:
    """The line of a row of the optimizer: the last equation of its target."""
    key = Key(target, parameter, step)
    tree = next((row.tree for row in reversed(world.facts.equations) if row.target == target), None)
    value = worth(world, Key("w", parameter, step + 1) if target == "w" else key)
    if tree is None or value is None:
        return None
    known = world.supplied(key)
    for row in itertools.takewhile(lambda row: row.target != target, world.facts.equations):
        known[row.target] = world.facts.system.assign(row.tree, {word: known[word] for word in row.tree.names})
    operands = _operands(world, tree, {word: known[word] for word in tree.names})
    return Line("update", target, parameter, tree, operands, world.facts.system.public(value))


def _operands(world: World, tree: Expression, values: dict[str, Any]) -> dict[str, Any]:
    """The numbers that are put into a formula, and the terms of its sums over rows."""
    system = world.facts.system
    with system.precision():
        return {word: system.public(value) for word, value in values.items()} | sums_in(tree, values, system)


def _at_a_point(verdict: Verdict) -> Iterator[Block]:
    """The student's formula and the right one at a point where they differ."""
    shown = verdict.counterexample
    if shown is None or not shown.at:
        return
    if shown.formulas is None:
        yield from _values_there(shown)
        return
    point = {word: Fraction(value) for word, value in shown.at.items()}
    facts = tuple(f"{word} = {write_text(number_tree(value))}" for word, value in point.items())
    chains = [chain for tree in shown.formulas if (chain := _worked(tree, point)) is not None]
    if len(chains) == 2:
        yield Sentence("feedback.at-point", {"point": ", ".join(facts)})
        yield Equations(tuple(chains))


def _values_there(shown: Shown) -> Iterator[Sentence]:
    """What a formula over vectors or data comes to at a point, and what it should."""
    point = ", ".join(f"{word} = {value}" for word, value in shown.at.items())
    if shown.student and shown.expected:
        facts = {"point": point, "student": shown.student, "expected": shown.expected}
        yield Sentence("feedback.at-values", facts)


def _worked(tree: Expression, point: dict[str, Fraction]) -> Chain | None:
    value = value_of(tree, {word: rational(point[word]) for word in tree.names})
    if isinstance(value, NoValue | None):
        return None
    operands = {word: point[word] for word in tree.names}
    return test_chain(Line("test", "", "", tree, operands, public(value)), 6)


def known_mistakes(language: str = "en") -> dict[str, str]:
    """Every misconception by its id.

    >>> known_mistakes()["climbed"]
    'The step went uphill. Descent takes rate times gradient away from the weight.'
    """
    ids = [key.split(".")[1] for key in catalogue(language) if key.startswith("mistake.") and key.endswith(".did")]
    return {id_: mistake(id_, language) for id_ in ids}
