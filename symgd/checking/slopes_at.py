"""The slope at a point inside of a formula: `w ← w − 0.1·L'(w)`, `w_1 = w_0 − η·L'(w_0)`, `0.1·f'(0.6)`.

A reader of formulas takes a bracket behind a name for a product. Behind a prime it is a point: that where the weight
stands, or a number. What it is at any other point is not told from the problem, and left to the teacher.
"""

from __future__ import annotations

import re

from symgd.checking.world import Facts
from symgd.expressions.reader import read
from symgd.expressions.tree import substitute

#: L'(…), L′(…), L^{\prime}\left(…\right), ∇L(…), with no bracket in the point but those of its index.
_CALLED = re.compile(
    r"(?<![A-Za-z\\])(?:(?P<name>[A-Za-z])(?:['′’]|\^\{?\\prime\s*\}?)(?!['′’])|(?P<nabla>(?:∇|\\nabla)\s?[A-Z])"
    r"|(?P<quotient>[d∂][A-Za-z]\s?/\s?[d∂][A-Za-z]))\s*"
    r"(?:\\left\s*)?\((?P<point>(?:[^()=]|\(\s*[tkn\d][-+−1\d\s]{0,9}\)){1,40}?)(?:\\right\s*)?\)"
)
_NUMBER = re.compile(r"\s*[-−]?\d+(?:\.\d+)?\s*")
#: The number of an update behind a weight: that of now.
_NOW = re.compile(r"(?:_?\{?[tkn]\}?|\[[tkn]\]|\^\{?\([tkn]\)\}?|_\{?(?:old|prev)\}?)?")
_RELATION = re.compile(r"[=≈＝←]")
#: A name that means nothing: the line is for the teacher.
_UNTOLD = "(Ξ)"


def with_slopes_at(line: str, facts: Facts) -> str:
    """The line with the slope of the loss for each L'(…) behind its first relation, where there is one parameter."""
    relation = _RELATION.search(line) if "(" in line and len(facts.start) == 1 else None
    if relation is None or facts.problem.has_arrays or not _CALLED.search(line):
        return line
    head, behind = line[: relation.start()], line[relation.start() :]
    if (called := _CALLED.fullmatch(head.strip())) and called["name"] and _is_of_the_loss(called, facts):
        head = head.replace(called[0], _named(facts, head))
    return head + _CALLED.sub(lambda found: _slope(found, behind, facts), behind)


def _is_of_the_loss(found: re.Match[str], facts: Facts) -> bool:
    """Whether it is the loss that is differentiated: by its name, or any other where nothing else could be meant."""
    loss = facts.problem.loss_name
    said = found["name"] or (found["nabla"] or found["quotient"].partition("/")[0])[-1]
    return said == loss or (said not in {*facts.constants, *facts.bodies, *facts.start} and {*facts.bodies} == {loss})


def _named(facts: Facts, around: str) -> str:
    """The slope of the loss as the reader of such a text knows it."""
    loss, (word,) = facts.problem.loss_name, facts.start
    return rf"\frac{{d{loss}}}{{d{word}}}" if "\\" in around else f"d{loss}/d{word}"


def _slope(found: re.Match[str], behind: str, facts: Facts) -> str:
    """What takes the place of a slope at a point: the slope where the weight stands, or its formula with a number."""
    (word,), point = facts.start, found["point"].strip()
    if not _is_of_the_loss(found, facts):
        return found[0]
    if _NUMBER.fullmatch(point):
        return _at_number(point, word, facts)
    if point.startswith(word) and (_NOW.fullmatch(point[len(word) :]) or _is_weight_before(point, found, behind)):
        return f"({_named(facts, behind)})"
    return _UNTOLD


def _is_weight_before(point: str, found: re.Match[str], behind: str) -> bool:
    """Whether the line starts from the weight at this point as well: w_2 = w_1 − η·L'(w_1)."""
    return re.match(rf"[=≈＝←]\s*{re.escape(point)}\s*[-+−]", behind[: found.start()]) is not None


def _at_number(point: str, word: str, facts: Facts) -> str:
    slope = facts.formula(facts.slopes[word], 0)
    if slope is None:
        return _UNTOLD
    return f"({substitute(facts.whole(slope), {word: read(point.replace('−', '-'))}).text()})"
