"""What a line states at its end: a number, or the entries of a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symgd.checking.comparing import rounds_to
from symgd.numbers.bounded import NoValue, Number, value_of
from symgd.numbers.meanings import is_rational
from symgd.numbers.values import entries_of

if TYPE_CHECKING:
    from symgd.checking.claims import Claim, Part

#: The entries of what a line states at its end: of a number one.
Entries = tuple[Number, ...]


def stated(claim: Claim) -> Entries | None:
    """The number or the vector at the end of a claim, if there is one."""
    parts = _at_the_end(claim)
    if not parts or not all(part.is_number for part in parts):
        return None
    found = [value_of(part.tree, {}) for part in parts if part.tree is not None]
    return None if any(isinstance(value, NoValue | None) for value in found) else tuple(found)


def _at_the_end(claim: Claim) -> tuple[Part, ...]:
    """The last side of a claim, or its parts; none of a claim without sides."""
    return (claim.end.parts or (claim.end,)) if claim.sides else ()


def worked_out(claim: Claim) -> Entries | None:
    """What a claim states at its end, or what the numbers there come to."""
    tree = claim.end.tree if claim.sides else None
    if tree is None or tree.names:
        return stated(claim)
    value = value_of(tree, {})
    return None if isinstance(value, NoValue | None) else (value,)


def entries(value: Number | None) -> Entries | None:
    """The entries of a value: of a number itself."""
    return None if value is None else tuple(entries_of(value))


def are_rounded(value: Entries | None, known: Entries | None, claim: Claim) -> bool:
    """Whether what a claim states is what is known, to the places that it shows."""
    if value is None or known is None or len(value) != len(known):
        return False
    trios = zip(known, value, _at_the_end(claim), strict=True)
    return all(are_equal((shown,), (whole,)) or rounds_to(whole, shown, part.unit) for whole, shown, part in trios)


def are_equal(value: Entries | None, known: Entries | None) -> bool:
    """Whether all entries are proved to be the same."""
    if value is None or known is None or len(value) != len(known):
        return False
    return all(
        is_rational(one) and is_rational(other) and one == other for one, other in zip(value, known, strict=True)
    )
