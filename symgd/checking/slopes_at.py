r"""The slope at a point inside of a formula: `w ← w − 0.1·L'(w)`, `w_1 = w_0 − η·L'(w_0)`, `\frac{dL}{dw}\Big|_{w=0}`.

A reader of formulas takes a bracket behind a name for a product. Behind a prime it is a point: that where the weight
stands, or a number. What it is at any other point is not told from the problem, and left to the teacher.
"""

from __future__ import annotations

import re

from symgd.checking.facts import Facts
from symgd.checking.notations import is_the_loss
from symgd.checking.points import BARRED, LATEX_SLOPE, SLOPE, Place, places_in
from symgd.expressions.names import canonical
from symgd.expressions.tree import number, substitute

#: L'(…), L′(…), L^{\prime}\left(…\right), ∇L(…), with no bracket in the point but those of its index.
_CALLED = re.compile(
    r"(?<![A-Za-z\\])(?:(?P<name>[A-Za-z])(?:['′’]|\^\{?\\prime\s*\}?)(?!['′’])|(?P<nabla>(?:∇|\\nabla)\s?[A-Z])"
    rf"|(?P<quotient>[d∂][A-Za-z]\s?/\s?[d∂][A-Za-z]|{LATEX_SLOPE}))\s*"
    r"(?:\\left\s*)?\((?P<point>(?:[^()=]|\(\s*[tkn\d][-+−1\d\s]{0,9}\)){1,40}?)(?:\\right\s*)?\)"
)
#: \left.\frac{dL}{dw}\right|_{w=0}, dL/dw|_{w=0}, \nabla L |_{w}
_BARRED = re.compile(
    rf"(?:\\left\s*\.\s*)?(?<![A-Za-z0-9_\\])(?P<slope>{SLOPE}|{LATEX_SLOPE}|(?:∇|\\nabla(?![A-Za-z]))\s?[A-Z]?)\s*{BARRED}"
)
#: The number of an update behind a weight: that of now.
_NOW = re.compile(r"(?:_?\{?[tkn]\}?|\[[tkn]\]|\^\{?\([tkn]\)\}?|_\{?(?:old|prev)\}?)?")
_RELATION = re.compile(r"[=≈＝←]|\\(?:approx|leftarrow|gets)(?![A-Za-z])")
#: A bracket that is worked with before the first relation: L'(1.4) - L'(1) = 0.8.
_WORKED_WITH = re.compile(r"['′’}]\s*(?:\\left\s*)?\([^()]{1,40}\)\s*(?:[+−*/·×⋅]|-(?![->])|\\cdot|\\times)")
#: A name that means nothing: the line is for the teacher.
_UNTOLD = "(Ξ)"


def with_slopes_at(line: str, facts: Facts) -> str:
    """The line with the slope of the loss for each L'(…) behind its first relation, as far as it is told which."""
    relation = _RELATION.search(line)
    if relation is None or not any(mark in line for mark in ("(", "|", "vert")):
        return line
    head, behind = line[: relation.start()], line[relation.start() :]
    if len(facts.start) == 1 and _WORKED_WITH.search(head):
        head = _CALLED.sub(lambda found: _called(found, head, facts), head)
    behind = _BARRED.sub(lambda found: _barred(found, behind, facts), behind)
    if len(facts.start) == 1:
        behind = _CALLED.sub(lambda found: _called(found, behind, facts), behind)
    return head + behind


def _barred(found: re.Match[str], behind: str, facts: Facts) -> str:
    """A slope behind a bar: as it is where only names stand at the bar, else with the numbers in its formula."""
    inside = next(group for group in found.groups()[1:] if group is not None)
    if found[0].endswith(inside) and not _RELATION.search(behind, found.end()):
        return f" {found['slope']} = {inside.partition('=')[2]}"  # dL/dw|_w = −6: what it is, not where
    places, below = places_in(inside), re.search(r"([A-Za-z]\w*?)(?:_\{(\w+)\})?\s*\}?\s*\Z", found["slope"])
    if places is not None and all(place.value is None for place in places):
        return f" {found['slope']}"
    words = canonical(below[1].removeprefix("d") + (f"_{below[2]}" if below[2] else "")) if below else ""
    word = words if words in facts.start else next(iter(facts.start)) if len(facts.start) == 1 else ""
    return _UNTOLD if places is None or not word else _at_places(places, word, _is_latex(behind), facts)


def _at_places(places: tuple[Place, ...], word: str, in_latex: bool, facts: Facts) -> str:
    """The formula of a slope with the numbers of a point in it."""
    known = list(facts.start)
    named = {
        place.word or (known[at] if len(places) == len(known) else ""): place.value for at, place in enumerate(places)
    }
    slope = facts.formula(facts.slopes[word])
    if slope is None or facts.problem.has_arrays or not {*named} <= {*known} or None in named.values():
        return _UNTOLD
    values = {each: number(value) for each, value in named.items() if value is not None}
    tree = substitute(facts.whole(slope), values)
    return f"({tree.latex() if in_latex else tree.text()})"


def _called(found: re.Match[str], behind: str, facts: Facts) -> str:
    """What takes the place of a slope at a point: the slope where the weight stands, or its formula with a number."""
    (word,), point = facts.start, found["point"].strip()
    if not is_the_loss(found["name"] or _above(found), facts):
        return found[0]
    places = places_in(point)
    if places is not None and len(places) == 1 and places[0].value is not None:
        return _at_places(places, word, _is_latex(behind), facts)
    if point.startswith(word) and (_NOW.fullmatch(point[len(word) :]) or _is_weight_before(point, found, behind)):
        return f"({_named(facts, behind)})"
    return _UNTOLD


def _is_latex(text: str) -> bool:
    """Whether a line is read as LaTeX, or a part of it between dollars."""
    return "\\" in text or "$" in text


def _above(found: re.Match[str]) -> str:
    """What is differentiated in ∇L, dL/dw, \\frac{dL}{dw}."""
    said = found["nabla"] or re.split(r"/|\}\s*\{", found["quotient"])[0]
    return said.rstrip()[-1]


def _named(facts: Facts, around: str) -> str:
    """The slope of the loss as the reader of such a text knows it."""
    loss, (word,) = facts.problem.loss_name, facts.start
    return rf"\frac{{d{loss}}}{{d{word}}}" if _is_latex(around) else f"d{loss}/d{word}"


def _is_weight_before(point: str, found: re.Match[str], behind: str) -> bool:
    """Whether the line starts from the weight at this point as well: w_2 = w_1 − η·L'(w_1)."""
    return re.match(rf"[=≈＝←]\s*{re.escape(point)}\s*[-+−]", behind[: found.start()]) is not None
