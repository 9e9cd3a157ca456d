"""What was worked out last, kept for when it is asked for again: bounded, and always about as large."""

from __future__ import annotations

from collections import deque
from typing import TypeVar

Key = TypeVar("Key")
Found = TypeVar("Found")


class Recent(dict[Key, Found]):
    """What was found, up to so much and the last; where there is no room the older half goes.

    One that is emptied whenever it is full is now large, now empty, and several of them are all full but once in a
    while: a process would grow for hours.

    >>> known = Recent(most=4)
    >>> for word in ["a", "bb", "ccc", "dddd", "eeeee"]:
    ...     _ = known.keep(word, len(word))
    >>> dict(known)
    {'ccc': 3, 'dddd': 4, 'eeeee': 5}
    """

    def __init__(self, most: int) -> None:
        """Nothing is kept yet, and never more than weighs so much together."""
        super().__init__()
        self.most, self.weight = most, 0
        self._ages: deque[tuple[Key, int]] = deque()

    def keep(self, key: Key, found: Found, weight: int = 1) -> Found:
        """Keep what was found for a key that is not there, and give it back."""
        if self.weight + weight > self.most:
            self._make_room(max(self.most // 2, weight))
        self._ages.append((key, weight))
        self[key], self.weight = found, self.weight + weight
        return found

    def _make_room(self, room: int) -> None:
        while self._ages and self.most - self.weight < room:
            key, weight = self._ages.popleft()
            self.pop(key, None)  # another thread may have taken it away
            self.weight -= weight
