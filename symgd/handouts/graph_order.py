"""The order of slots in the rows of a drawing, with few crossings: barycentre sweeps, then swaps of neighbours.

Sugiyama, Tagawa and Toda (1981) for the sweeps; Gansner, Koutsofios, North and Vo, "A technique for drawing directed
graphs" (1993), for the swaps. The same rows and links give the same order.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

Rows = list[list[int]]
#: Lines from a slot to a slot of the next row: (upper, lower).
Links = list[tuple[int, int]]

#: What a pair of slots that stand against their numbers costs, in lines that go across the whole drawing.
_LISTED = 0.1
_STARTS = 5
_SWEEPS = 10
_SWAPS = 8


def in_good_order(rows: Rows, links: Links, listed: Mapping[int, int] | None = None) -> Rows:
    """The rows with their slots in an order of few crossings.

    `listed` numbers slots (the nodes, say) that rather stand in the order of their numbers.

    >>> in_good_order([[0, 1], [2, 3]], [(0, 3), (1, 2)])
    [[1, 0], [2, 3]]
    >>> in_good_order([[0, 1], [2, 3]], [(0, 3), (1, 2)], {0: 1, 1: 2})
    [[0, 1], [3, 2]]
    """

    def cost(order: Rows) -> tuple[int, float]:
        return crossings(order, links), _LISTED * _out_of_order(order, listed or {}) + _lean(order, links)

    found = [rows]
    for start in range(_STARTS):
        turned = [_turned(row, start * place) for place, row in enumerate(rows)]
        found += _with_mirror(min(_improvements(turned, links), key=cost))
    return min(found, key=cost)


def _turned(row: Sequence[int], by: int) -> list[int]:
    """A row begun elsewhere: another start may end with fewer crossings."""
    cut = by % len(row)
    return [*row[cut:], *row[:cut]]


def _with_mirror(rows: Rows) -> list[Rows]:
    return [rows, [row[::-1] for row in rows]]


def _improvements(rows: Rows, links: Links) -> Iterator[Rows]:
    """The rows after each sweep."""
    above, below = _neighbours(links)
    for sweep in range(_SWEEPS):
        rows = _swept(rows, above if sweep % 2 else below, upwards=not sweep % 2)
        rows = _swapped(rows, above, below)
        yield rows


def _lean(rows: Rows, links: Links) -> float:
    """How far sideways the lines go in all, in breadths of the drawing."""
    place = {slot: (at + 0.5) / len(row) for row in rows for at, slot in enumerate(row)}
    return sum(abs(place[upper] - place[lower]) for upper, lower in links)


def _out_of_order(rows: Rows, listed: Mapping[int, int]) -> int:
    """The pairs in a row that stand against their numbers."""
    numbers = ([listed[slot] for slot in row if slot in listed] for row in rows)
    return sum(one > other for row in numbers for one, other in combinations(row, 2))


def crossings(rows: Sequence[Sequence[int]], links: Links) -> int:
    """How often two lines cross between the rows.

    >>> crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)])
    1
    """
    place = {slot: number for row in rows for number, slot in enumerate(row)}
    _, below = _neighbours(links)
    return sum(_inversions([sorted(place[lower] for lower in below.get(slot, ())) for slot in row]) for row in rows)


def _inversions(groups: Sequence[Sequence[int]]) -> int:
    """The pairs of different groups that stand the wrong way round."""
    seen: list[int] = []
    count = 0
    for group in groups:
        count += sum(len(seen) - bisect_right(seen, end) for end in group)
        for end in group:
            insort(seen, end)
    return count


def _neighbours(links: Links) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    above: defaultdict[int, list[int]] = defaultdict(list)
    below: defaultdict[int, list[int]] = defaultdict(list)
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    return above, below


def _swept(rows: Rows, neighbours: dict[int, list[int]], *, upwards: bool) -> Rows:
    """Row after row sorted by the mean place of each slot's neighbours; one without any keeps its place."""
    done: Rows = []
    place: dict[int, float] = {}
    for row in reversed(rows) if upwards else rows:
        kept = {slot: (at + 0.5) / len(row) for at, slot in enumerate(row)}
        key = {slot: _mean([place[n] for n in neighbours.get(slot, ())], kept[slot]) for slot in row}
        done.append(sorted(row, key=key.__getitem__))
        place |= {slot: (at + 0.5) / len(row) for at, slot in enumerate(done[-1])}
    return done[::-1] if upwards else done


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _swapped(rows: Rows, above: dict[int, list[int]], below: dict[int, list[int]]) -> Rows:
    """Neighbours change places as long as that takes crossings away."""
    rows = [list(row) for row in rows]
    place = {slot: at for row in rows for at, slot in enumerate(row)}
    for _ in range(_SWAPS):
        changed = [_swap_once(row, place, above, below) for row in rows]
        if not any(changed):
            break
    return rows


def _swap_once(
    row: list[int], place: dict[int, int], above: dict[int, list[int]], below: dict[int, list[int]]
) -> bool:
    changed = False
    for at in range(len(row) - 1):
        left, right = row[at], row[at + 1]
        now = sum(_inversions([_places(left, side, place), _places(right, side, place)]) for side in (above, below))
        then = sum(_inversions([_places(right, side, place), _places(left, side, place)]) for side in (above, below))
        if then < now:
            row[at], row[at + 1] = right, left
            place[left], place[right] = at + 1, at
            changed = True
    return changed


def _places(slot: int, neighbours: dict[int, list[int]], place: dict[int, int]) -> list[int]:
    return sorted(place[other] for other in neighbours.get(slot, ()))
