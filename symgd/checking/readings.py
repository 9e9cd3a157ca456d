"""The reading of a working in which the fewest lines are wrong, found in the time that one working has."""

from __future__ import annotations

import time

from symgd.checking.guarded import DEADLINE
from symgd.checking.marking import Marker
from symgd.checking.placing import other_readings
from symgd.checking.scoring import lacking
from symgd.checking.working import claims_in, headings_of
from symgd.descent.problem import Problem

#: The share of the time in which other readings may be tried: mistakes are named in what is left.
_SHARE = 0.6


def best_reading(problem: Problem, text: str) -> Marker:
    """A working marked by the order of its lines, or by another order in which fewer lines are wrong.

    Another reading takes about as long as the first: it is tried where that long is left.
    """
    begun = time.monotonic()
    best, until = Marker(problem), begun + DEADLINE
    claims = claims_in(text, best.facts)
    read = time.monotonic()
    best.read(claims, until)
    took, least = time.monotonic() - read, _faults(best)
    if not least:
        return best
    for others in other_readings(claims, *headings_of(text), best.facts):
        if time.monotonic() + took > begun + _SHARE * DEADLINE:
            break
        other = Marker(problem)
        other.read(others, until)
        if not other.late and (found := _faults(other)) < least:
            best, least = other, found
    return best


def _faults(marker: Marker) -> int:
    """How many lines are not right, or lacking."""
    wrong = [finding for _, _, finding, _ in marker.found if finding.status not in ("ok", "format", "carried")]
    return len(wrong) + len(lacking(marker))
