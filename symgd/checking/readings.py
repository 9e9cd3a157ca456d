"""The reading of a working in which the fewest lines are wrong, found in the time that one working has."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from symgd.checking.claims import Claim
from symgd.checking.conventions import same_runs
from symgd.checking.guarded import DEADLINE
from symgd.checking.marking import Marker
from symgd.checking.placing import other_readings
from symgd.checking.scoring import is_start, lacking
from symgd.checking.working import claims_in, headings_of
from symgd.descent.problem import Problem

#: Naming the mistakes takes so many times as long as the first reading; a share of the time is kept for that at most.
_NAMING, _SHARE = 8, 0.4


def best_reading(problem: Problem, text: str) -> Marker:
    """A working marked by the order of its lines, or by another reading that makes more of it.

    Another reading takes about as long as the first: it is tried where that long is left.
    """
    best, until = Marker(problem), time.monotonic() + DEADLINE
    claims = claims_in(text, best.facts)
    read = time.monotonic()
    best.read(claims, until)
    took, least = time.monotonic() - read, _faults(best)
    stop = until - took - min(_SHARE * DEADLINE, _NAMING * took)
    if not least[0]:
        return best
    for other, others in _others(best, text, claims):
        if time.monotonic() > stop:
            break
        other.read(others, until)
        is_told = other.problem is best.problem or _moves(other)
        if not other.late and is_told and (found := _faults(other)) < least:
            best, least = other, found
    return best


def _others(first: Marker, text: str, claims: Sequence[Claim]) -> Iterator[tuple[Marker, list[Claim]]]:
    """What a working may mean as well: markers for the run in other words or in another order, with their claims."""
    has_velocity = any(key is not None and key.name == "m" for _, key, *_ in first.found)
    for same in same_runs(first.problem) if has_velocity else ():
        yield (marker := Marker(same)), claims_in(text, marker.facts)
    for others in other_readings(claims, *headings_of(text), first.facts):
        yield Marker(first.problem), others


def _moves(marker: Marker) -> bool:
    """Whether a weight is moved, and rightly so."""
    keys = (key for _, key, finding, _ in marker.found if finding.status in ("ok", "format"))
    return any(key is not None and key.name == "w" and key.step for key in keys)


def _faults(marker: Marker) -> tuple[int, int]:
    """How many lines are not right, or lacking; of as many, how many say nothing right beyond the start."""
    right = [key for _, key, finding, _ in marker.found if finding.status in ("ok", "format", "carried")]
    told = sum(key is not None and not is_start(key) for key in right)
    return len(marker.found) - len(right) + len(lacking(marker)), len(marker.found) - told
