"""Comparisons of formulas from outside: small ones here, those that may run away in a worker with a deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.calculus.equality import Counterexample, Equality, equality
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, name, ordered, substitute
from symgd.recent import Recent

if TYPE_CHECKING:
    from symgd.workers.answers import JSON, Answer

#: Seconds for a comparison, for a proof by SymPy.
DEADLINE = 1.0
#: A formula is given this long though the time of its working is up.
_LEAST = 0.05
#: A formula of more nodes, with a longer number or a higher power may take long.
_SMALL_NODES, _SMALL_BITS, _SMALL_POWER = 80, 200, 12
_MODULE = "symgd.checking.tasks"
#: What was compared last, up to so many nodes of formulas.
_FOUND: Recent[tuple[Expression, Expression, tuple[tuple[str, Fraction], ...]], Equality] = Recent(most=20_000)


def compared(
    left: Expression, right: Expression, first: Sequence[Mapping[str, Fraction]] = (), seconds: float = DEADLINE
) -> Equality:
    """The same as `judged`, kept for when it is asked for again: in a class the same lines come again and again."""
    key = (left, right, tuple((word, value) for point in first[:1] for word, value in sorted(point.items())))
    found = _FOUND.get(key)
    if found is None:
        found = judged(left, right, first, seconds)
        if found.certainty or seconds >= DEADLINE:
            _FOUND.keep(key, found, len(ordered(left)) + len(ordered(right)))
    return found


def judged(
    left: Expression, right: Expression, first: Sequence[Mapping[str, Fraction]] = (), seconds: float = DEADLINE
) -> Equality:
    """The equality of two formulas, never later than after so many seconds: then it is unknown.

    >>> import symgd
    >>> judged(symgd.parse("2(w - 3)"), symgd.parse("2w - 6")).verdict
    'equal'
    """
    if _is_small(left) and _is_small(right):
        return equality(left, right, first)
    return _elsewhere("equality", left, right, first, max(_LEAST, min(seconds, DEADLINE)))


def proved(left: Expression, right: Expression, first: Sequence[Mapping[str, Fraction]] = ()) -> Equality:
    """The same, and where there is only evidence SymPy is asked for a proof."""
    found = compared(left, right, first)
    if found.verdict != "equal" or found.certainty == "proved":
        return found
    if simplifies_to_equal(left, right):
        return Equality("equal", "proved", points=found.points, bits=found.bits)
    return found


def simplifies_to_equal(left: Expression, right: Expression) -> bool:
    """Whether SymPy shows in a worker that two formulas are equal; False where it does not, or not in time."""
    words = dict.fromkeys((*left.names, *right.names))
    plain = {word: name(f"v{place}") for place, word in enumerate(words, 1)}  # not every name could be read again
    sides = {"left": substitute(left, plain).text(), "right": substitute(right, plain).text()}
    answer = _asked("prove", sides)
    return answer.state == "done" and answer.value is True


def _is_small(tree: Expression) -> bool:
    found = ordered(tree)
    if len(found) > _SMALL_NODES:
        return False
    for node in found:
        if node.op == "number" and not _is_short(node.value):
            return False
        if node.op == "pow" and not all(_is_low(part.value) for part in ordered(node.args[1]) if part.op == "number"):
            return False
    return True


def _is_short(value: Fraction) -> bool:
    return max(value.numerator.bit_length(), value.denominator.bit_length()) <= _SMALL_BITS


def _is_low(power: Fraction) -> bool:
    return abs(power.numerator) <= _SMALL_POWER * power.denominator


def _elsewhere(
    task: str, left: Expression, right: Expression, first: Sequence[Mapping[str, Fraction]], seconds: float
) -> Equality:
    points = [{word: str(value) for word, value in point.items()} for point in first]
    payload = {"left": left.text(), "right": right.text(), "first": points}
    answer = _asked(task, payload, seconds)
    if answer.state == "done":
        return equality_from(answer.value)
    return Equality("unknown", "", late=seconds if answer.state == "late" else None)


def _asked(task: str, payload: JSON, seconds: float = DEADLINE) -> Answer:
    from symgd.workers import shared_pool  # loaded when something is not small

    return shared_pool(_MODULE).call(task, payload, seconds)


def equality_table(found: Equality) -> dict[str, Any]:
    """An equality as JSON."""
    example = found.counterexample
    at = None if example is None else {word: str(value) for word, value in example.at.items()}
    shown = None if example is None else [at, example.left, example.right]
    return {"found": [found.verdict, found.certainty, found.points, found.bits], "example": shown}


def equality_from(table: Mapping[str, Any]) -> Equality:
    """An equality from its JSON."""
    verdict, certainty, points, bits = table["found"]
    shown = table["example"]
    example = None
    if shown is not None:
        example = Counterexample({word: Fraction(value) for word, value in shown[0].items()}, shown[1], shown[2])
    return Equality(verdict, certainty, example, points, bits)


def read_back(text: str) -> Expression:
    """A tree from its own text."""
    return read(text)
