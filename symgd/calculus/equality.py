"""Whether two formulas are equal: by proof where algebra gives one, else by their values in certified balls.

    same tree ─ proof of equality or difference ─ values at telling points ─ more bits ─ SymPy in a worker (if asked)

A ball that does not hold 0 proves a difference, and the point where it was found is the counterexample. A point where
one formula has a value and the other has none is told apart from that: the two may still agree where both exist.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import ctx

from symgd.calculus.probing import PARTIAL, Point, domain_points, may_fail, points, small_points, values_at
from symgd.expressions.names import name_text
from symgd.expressions.tree import Expression, nodes
from symgd.expressions.writer import decimal_text
from symgd.language import joined, sentence
from symgd.late import late
from symgd.numbers.bounded import NoValue, shown
from symgd.numbers.meanings import is_rational

#: Bits to work with, one after the other, where a difference is too small to be seen.
_LADDER = (128, 1_024, 4_096)
#: So many points must agree before agreement is called evidence.
_ENOUGH = 6
#: Points looked at before anything else: most wrong answers are wrong there.
_AT_A_GLANCE = 1

Prove = Callable[[Expression, Expression], bool | None]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point, and what the two formulas are worth there; None where one has no value."""

    at: Mapping[str, Fraction]
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class Equality:
    """What is known of two formulas.

    `verdict` is "equal", "different", "domain" (equal where both exist) or "unknown"; `certainty` "proved" or
    "evidence" ("" for unknown). `points` were compared, at up to `bits` bits. A difference comes with a point that
    shows it, so does a difference of domains. `late` is the deadline in seconds where an unknown was not decided by
    then; its `message` says so.
    """

    verdict: str
    certainty: str
    counterexample: Counterexample | None = None
    points: int = 0
    bits: int = 0
    late: float | None = None

    def message(self, language: str = "en") -> str:
        """The verdict as a sentence.

        >>> Equality("unknown", "", late=1.0).message()
        'This could not be decided in 1 s.'
        """
        if self.late is not None:
            return sentence(language, "equality.late", seconds=f"{self.late:g}")
        return sentence(language, f"equality.{self.verdict}")

    def told(self, language: str = "en") -> str:
        """The verdict, and a point that shows it where there is one.

        >>> Equality("different", "proved", Counterexample({"x": Fraction(2)}, "4", None)).told()
        'The two are different. At x = 2 the first is 4, the second without a value.'
        """
        found = self.counterexample
        if found is None:
            return self.message(language)
        none = sentence(language, "equality.no-value")
        at = ", ".join(f"{name_text(word)} = {decimal_text(value) or value}" for word, value in found.at.items())
        seen = sentence(language, "equality.at", at=at, first=found.left or none, second=found.right or none)
        return joined(language, (self.message(language), seen))

    def __str__(self) -> str:
        """What is told in English."""
        return self.told()

    def _repr_html_(self) -> str:
        return str(late("equality-html")(self))

    def _repr_markdown_(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return str(late("equality-latex")(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def __bool__(self) -> bool:
        """Whether the two are equal, wherever both exist."""
        return self.verdict in ("equal", "domain")


def equality(left: Expression, right: Expression, first: Sequence[Point] = (), prove: Prove | None = None) -> Equality:
    """Compare two formulas; `first` are points to look at before all others.

    `prove` is asked for a proof where there is only evidence; it may take its time elsewhere.

    >>> import symgd
    >>> found = equality(symgd.parse("2*(w - 3)"), symgd.parse("2*w - 6"))
    >>> found.verdict, found.certainty
    ('equal', 'proved')
    >>> equality(symgd.parse("|x - 50|"), symgd.parse("50 - x")).counterexample.at
    {'x': Fraction(401, 8)}
    """
    if left.operations == right.operations and _in_order(left) == _in_order(right):
        return Equality("equal", "proved")
    glance = _compared(left, right, itertools.islice(points((left, right), first), _AT_A_GLANCE), deep=False)
    if glance.verdict == "different" and glance.points:
        return glance
    from symgd.calculus.proving import proves_equal  # the same form needs no algebra

    proof = proves_equal(left, right)
    if proof and not _is_partial(left) and not _is_partial(right):
        return Equality("equal", "proved")
    where = domain_points(left, right) if proof else points((left, right), first)
    found = _compared(left, right, where, deep=not proof)
    if proof and not found.points and found.counterexample is not None:  # is there a place where both exist?
        found = _compared(left, right, points((left, right), first), deep=False)
        if not found.points:
            return found
    if proof and found.verdict in ("equal", "unknown"):
        return Equality("equal", "proved", points=found.points, bits=found.bits)
    if proof is False and found.verdict != "different":
        return _looked_for(left, right, found)
    if proof:
        return Equality("domain", "proved", _by_hand(left, right) or found.counterexample, found.points, found.bits)
    if found.verdict == "equal" and prove is not None and prove(left, right):
        return Equality("equal", "proved", points=found.points, bits=found.bits)
    return found


def _by_hand(left: Expression, right: Expression) -> Counterexample | None:
    """A point of small numbers at which only one of two formulas has a value."""
    for point in small_points(tuple(dict.fromkeys((*left.names, *right.names)))):
        values = values_at(left, right, point, _LADDER[0])
        if None not in values and [isinstance(value, NoValue) for value in values].count(True) == 1:
            return Counterexample(point, *map(shown, values))
    return None


def _compared(left: Expression, right: Expression, where: Iterable[Point], deep: bool) -> Equality:
    """What the values at points say."""
    agreed, edge, bits, alike = 0, None, 0, list[Point]()
    for point in where:
        values = values_at(left, right, point, _LADDER[0])
        if None in values:
            continue
        lost = [isinstance(value, NoValue) for value in values]
        if any(lost):
            edge = edge or (Counterexample(point, *map(shown, values)) if not all(lost) else None)
            continue
        if _apart(*values, _LADDER[0]):
            return Equality("different", "proved", _example(point, values, _LADDER[0]), agreed + 1, _LADDER[0])
        agreed += 1
        bits = _LADDER[0]
        if not all(map(is_rational, values)):
            alike.append(point)
    for more in _LADDER[1:]:
        for point in alike[-3:] if deep else ():
            bits = more
            values = values_at(left, right, point, more)
            if None not in values and _apart(*values, more):
                return Equality("different", "proved", _example(point, values, more), agreed, more)
    if edge is not None and agreed:
        return Equality("domain", "evidence", edge, agreed, bits)
    if edge is not None:
        return Equality("different", "proved", edge, agreed, bits)
    enough = min(_ENOUGH, 1 if not (left.names or right.names) else _ENOUGH)
    return Equality("equal", "evidence", None, agreed, bits) if agreed >= enough else Equality("unknown", "")


def _looked_for(left: Expression, right: Expression, found: Equality) -> Equality:
    """A proved difference of which no point was seen yet: points of other sizes show it."""
    names = dict.fromkeys((*left.names, *right.names))
    for power in range(1, 40):
        point = {word: Fraction(power * (place + 2), 7 ** (power % 3)) * 3**power for place, word in enumerate(names)}
        values = values_at(left, right, point, _LADDER[1])
        known = None not in values and not any(isinstance(value, NoValue) for value in values)
        if known and _apart(*values, _LADDER[1]):
            return Equality("different", "proved", _example(point, values, _LADDER[1]), found.points, _LADDER[1])
    return Equality("different", "proved", None, found.points, found.bits)


def _example(point: Point, values: tuple[Any, Any], bits: int) -> Counterexample:
    """Two values that differ; where their digits are the same, the second as the first and what is added to it."""
    left, right = map(shown, values)
    if left is not None and left == right:
        with ctx.workprec(bits):
            apart = _size(values[1] - values[0])
        right = f"{left} {'−' if apart < 0 else '+'} {abs(apart):.6g}" if apart else None
    return Counterexample(point, left, right)


def _size(value: Any) -> float:
    """A number as a float; 0 where it is too small for one."""
    return int(value.p) / int(value.q) if is_rational(value) else float(value.mid())


def _apart(left: Any, right: Any, bits: int) -> bool:
    """Whether two values certainly differ."""
    if is_rational(left) and is_rational(right):
        return bool(left != right)
    with ctx.workprec(bits):
        return not (left - right).contains(0)


def _is_partial(tree: Expression) -> bool:
    """Whether a formula may have no value somewhere."""
    if PARTIAL.isdisjoint(tree.operations):
        return False
    return any(may_fail(node) for node in nodes(tree) if node.op in PARTIAL)


def _in_order(tree: Expression) -> str:
    """The tree with the operands of sums and products in one order, as something to compare."""
    if not tree.args:
        return tree.name or (f"#{tree.op}" if tree.op != "number" else f"{tree.value} ")  # no name has these signs
    if tree.op not in ("add", "mul"):
        return f"{tree.op}({', '.join(map(_in_order, tree.args))})"
    parts: list[Expression] = [tree]
    flat: list[str] = []
    while parts:
        part = parts.pop()
        if part.op == tree.op:
            parts += part.args
        else:
            flat.append(_in_order(part))
    return f"{tree.op}({', '.join(sorted(flat))})"
