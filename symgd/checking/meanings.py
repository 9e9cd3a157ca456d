"""Names that may mean more than one thing of the problem: dw the slope or the change, step the change or the rate.

The meaning that makes a line right is taken. A dw that is right of neither is wrong, and no mistake is named; of a
step nobody knows what else it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from symgd.checking.claims import Claim
from symgd.checking.findings import Finding
from symgd.checking.notations import Quantity
from symgd.checking.world import Own

if TYPE_CHECKING:
    from symgd.checking.facts import Facts
    from symgd.checking.marking import Marker

#: Words for the size of a move.
_STEPS = re.compile(r"(?i)(?:步長|步幅|移動量|(?<![A-Za-z])step[ -]size)(?=\s*[=≈＝])")
#: Names that may be something else as well.
_LENIENT = frozenset(("step", "delta"))
#: What makes a meaning the one that was meant, the better first.
_RIGHT = (("ok", "format"), ("carried", "lucky"))


def with_steps(text: str) -> str:
    """The text with one word for the size of a move.

    >>> with_steps("步長 = 0.4")
    'step = 0.4'
    """
    return _STEPS.sub("step", text)


def meanings_of(word: str, facts: Facts) -> tuple[Quantity, ...]:
    """What a name may mean.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> [[found.text for found in meanings_of(word, facts)] for word in ("dw", "step", "v")]
    [['dL/dw', 'Δw'], ['Δw', 'eta'], []]
    """
    moved = word.removeprefix("d").removeprefix("_")
    if word.startswith("d") and moved in facts.start:
        return Quantity("slope", facts.slopes[moved], moved), Quantity("change", "d", moved)
    if word in _LENIENT and len(facts.start) == 1:
        return Quantity("change", "d", next(iter(facts.start))), Quantity("rate", "eta")
    return ()


def as_meant(marker: Marker, claim: Claim) -> tuple[Claim, Finding | None]:
    """A claim about a name with what it means, where it is right of that; or what it comes to, where of none."""
    tried = list(_tried(marker, claim))
    for statuses in _RIGHT:
        for meant, found in tried:
            if found.status in statuses:
                own = Own(None, found.value, meant.update)
                marker.name(claim.own, own, own)
                return meant, None
    if tried and claim.own not in _LENIENT and all(found.status == "slip" for _, found in tried):
        return claim, Finding("slip", "different")
    return claim, None


def _tried(marker: Marker, claim: Claim) -> Iterator[tuple[Claim, Finding]]:
    """A claim in all its meanings, in this update and the next, with what each comes to."""
    first = "≈" if re.match(r"[^=≈≒≃≅＝]*(?:[≈≒≃≅]|\\approx)", claim.text) else "="
    has_moved = any(key.name == "w" and key.step == claim.update + 1 for key in marker.printed)
    for quantity in meanings_of(claim.own, marker.facts):
        for update in (claim.update, claim.update + 1) if has_moved else (claim.update,):
            meant = replace(claim, quantity=quantity, own="", update=update, signs=(first, *claim.signs))
            yield meant, marker.finding(meant, marker.key(meant), marker.worlds())
