"""Two roads to a gradient must agree before anything is printed.

Rules on our tree are one road, SymPy's derivative of the plain definitions the other. They are compared at random
rational points in ball arithmetic: equal trees are proof, overlapping narrow balls are evidence, and a ball that
excludes zero is a disagreement.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.calculus.kinks import BENDING, kinks
from symgd.errors import DisagreementError, DomainError, InputError, PrecisionError
from symgd.expressions.tree import Expression, bounds_of, index_names
from symgd.numbers.systems import ExactSystem, rational
from symgd.numbers.values import is_array, mapped

_POINTS, _TRIES, _BITS = 3, 80, 192


def check_agreement(
    pairs: Sequence[tuple[str, Expression, Expression]],
    names: Sequence[str],
    known: Mapping[str, Any],
    domain_of: Expression,
) -> None:
    """Compare (what, one road, other road) at points where `domain_of` (the loss) exists.

    `known` values are one of the points; arrays, and the bounds and indices of sums, stay so at every point.

    Each pair that is not the same tree must agree at several points where both sides have a value; a point at which
    one has none counts for nothing. Raises DisagreementError where two roads differ, InputError where the loss or a
    slope was found to exist nowhere.
    """
    waiting = {pair[0]: _POINTS for pair in pairs if pair[1] != pair[2]}
    system = ExactSystem(_BITS)
    exists = False
    with system.precision():
        for point in _points(names, known, domain_of):
            if not _exists(system, domain_of, point):
                continue
            exists = True
            for what, left, right in pairs:
                if waiting.get(what) and _compared(system, what, left, right, point):
                    waiting[what] -= 1
            if not any(waiting.values()):
                return
    if not exists:
        raise InputError("empty-domain")
    unseen = [what for what, left in waiting.items() if left == _POINTS]
    if unseen:
        raise InputError("no-slope-anywhere", name=unseen[0])


def _points(names: Sequence[str], known: Mapping[str, Any], domain_of: Expression) -> Iterator[dict[str, Any]]:
    """The known values first, then random points at three scales; the same points every time.

    At a kink every road takes the slope it likes, so nothing is compared there.
    """
    choose = random.Random(20_240_229)
    held = {*bounds_of(domain_of), *index_names([domain_of]), *(w for w, value in known.items() if is_array(value))}
    fixed = {word: mapped(rational, known[word]) for word in held if word in known}
    bent = "series" in domain_of.operations and not BENDING.isdisjoint(domain_of.operations)  # in some row perhaps
    if all(word in known for word in names) and not bent and not kinks(domain_of, known):
        yield {**{word: rational(known[word]) for word in names if word not in fixed}, **fixed}
    for attempt in range(_TRIES):
        scale = (2, 1, 8)[attempt % 3]
        low = 0 if attempt % 3 == 1 else -scale
        yield {word: rational(Fraction(choose.randint(low * 997 + 1, scale * 997), 997)) for word in names} | fixed


def _exists(system: ExactSystem, tree: Expression, point: Mapping[str, Any]) -> bool:
    try:
        system.evaluate(tree, point)
    except (DomainError, PrecisionError):
        return False
    return True


def _compared(system: ExactSystem, what: str, left: Expression, right: Expression, point: Mapping[str, Any]) -> bool:
    """Whether both roads have a value at the point; raises DisagreementError where the values differ."""
    try:
        first, second = system.evaluate(left, point), system.evaluate(right, point)
    except (DomainError, PrecisionError):
        return False  # a kink, or a hole that one form alone has: it proves nothing
    difference = first - second
    if difference != 0 and not (hasattr(difference, "contains") and difference.contains(0)):
        raise DisagreementError(f"{what}: the rules give {left}, SymPy gives {right}")
    return True
