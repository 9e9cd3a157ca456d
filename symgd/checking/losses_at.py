r"""The loss at a point inside of a formula: `L(1.4) - L(1)`, `L(w_1)/L(w_0)`, `0.64*L(1)`.

A reader of formulas takes a bracket behind a name for a product. A loss at numbers is its formula with these in it,
one at the weights of an update is that of the update; at any other point it is left to the teacher.
"""

from __future__ import annotations

import re

from symgd.checking.facts import Facts
from symgd.checking.notations import is_the_loss, quantity_named
from symgd.checking.points import Place, places_in
from symgd.expressions.tree import number, substitute

_LOSS = re.compile(
    r"(?<![A-Za-z0-9_\\∂Δ∇'])(?<!∇\s)(?P<name>[A-Za-z]\w{0,32})\s?(?:\\left\s*)?"
    r"\((?P<point>(?:[^()=]|[=]\s*[-−]?[\d.]|\(\s*\d{1,6}\s*\)){1,60}?)(?:\\right\s*)?\)"
)
#: A name that means nothing: the line is for the teacher.
_UNTOLD = "Ξ"
#: So far before a loss it is looked whether it is a part of something.
_NEAR = 40
#: What stands before and behind a part of a sum, a product or a quotient.
_BEFORE = re.compile(r"(?:[\w)\]}'][ \t]*[-+−*/·×⋅]|\\(?:cdot|times)|\\[dt]?frac\s*\{|\}\s*\{)\s*\Z")
_BEHIND = re.compile(r"\s*(?:[+−*/·×⋅]|-(?![->])|\\(?:cdot|times))")


def with_losses_at(line: str, facts: Facts) -> str:
    """The line with what the loss is for each L(…) in it, as far as it is told which.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 1}))
    >>> with_losses_at("L(1.4) - L(1) = -1.44", facts), with_losses_at("L(w_1)/L(w_0) = 0.64", facts)
    ('((1.4 − 3)²) - ((1 − 3)²) = -1.44', 'L_1/L_0 = 0.64')
    """
    if "(" not in line:
        return line
    told = [each for each in _LOSS.finditer(line) if is_the_loss(each["name"], facts)]
    points = {each.start(): places_in(each["point"]) for each in told}
    inside = [each for each in told if _is_part(each)]
    may_count = all(_may_be_count(point, facts) for point in points.values())
    for each in reversed(inside):
        is_latex, point = "\\" in line or "$" in line, points[each.start()]
        now = _UNTOLD if may_count else _loss_at(point, is_latex, facts)
        line = line[: each.start()] + now + line[each.end() :]
    return line


def _is_part(found: re.Match[str]) -> bool:
    """Whether a loss stands in a sum, a product or a quotient."""
    before, behind = found.string[max(0, found.start() - _NEAR) : found.start()], found.string[found.end() :]
    return _BEFORE.search(before) is not None or _BEHIND.match(behind) is not None


def _may_be_count(point: tuple[Place, ...] | None, facts: Facts) -> bool:
    """Whether a point may be the number of an update."""
    if point is None or len(point) != 1:
        return False
    (place,) = point
    return not place.word and place.value in range(facts.problem.steps + 1)


def _loss_at(point: tuple[Place, ...] | None, in_latex: bool, facts: Facts) -> str:
    """What stands for the loss at a point."""
    loss, known = facts.problem.loss_name, list(facts.problem.parameters)
    if not point:
        return _UNTOLD
    if all(place.value is None for place in point):
        updates = {_update(place, facts) for place in point}
        update = updates.pop()
        return _UNTOLD if updates or update is None else f"{loss}_{update}"
    formula = facts.formula(loss)
    if formula is None or facts.problem.has_arrays:
        return _UNTOLD
    whole = facts.whole(formula)
    is_plain = known == [word for word in whole.names if word in facts.start]  # else nobody knows in which order
    ordered = known if is_plain and len(point) == len(known) else [""] * len(point)
    words = [place.word or word for place, word in zip(point, ordered, strict=True)]
    values = {word: number(place.value) for word, place in zip(words, point, strict=True) if place.value is not None}
    if {*values} != {*known} or len(values) < len(point):
        return _UNTOLD
    tree = substitute(whole, values)
    return f"({tree.latex() if in_latex else tree.text()})"


def _update(place: Place, facts: Facts) -> int | None:
    """After how many updates the weight of a point is meant; None where that is not told."""
    named = quantity_named(place.word, facts)
    return named.update if named is not None and named.kind == "weight" else None
