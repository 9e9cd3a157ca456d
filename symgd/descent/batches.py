"""Mini-batches: which rows of the data each update uses."""

from __future__ import annotations

import functools
import random
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batches:
    """The rows of each update: `size` of `rows` rows at a time, in an order that the `seed` decides.

    An epoch goes once through all rows, and each epoch shuffles them afresh. Anyone can redo it in Python:

        generator = random.Random(seed)
        for epoch in range(epochs):
            order = list(range(1, rows + 1))
            generator.shuffle(order)
            for first in range(0, rows, size):
                batch = sorted(order[first : first + size])

    The last batch of an epoch is smaller where `size` does not divide `rows`. Where a batch holds all rows nothing is
    shuffled.

    >>> batches = Batches(rows=5, size=2, seed=0)
    >>> [batches.rows_of(step) for step in range(batches.per_epoch)]
    [(2, 3), (1, 5), (4,)]
    """

    rows: int
    size: int
    seed: int = 0

    @property
    def per_epoch(self) -> int:
        """How many updates go through all rows once.

        >>> Batches(rows=10, size=4).per_epoch
        3
        """
        return -(-self.rows // self.size)

    @property
    def all_rows(self) -> bool:
        """Whether every update uses all rows."""
        return self.size == self.rows

    def rows_of(self, step: int) -> tuple[int, ...]:
        """The rows of an update, from 1 and in the order of the file; `step` is how many updates came before it.

        >>> Batches(rows=3, size=3).rows_of(7)
        (1, 2, 3)
        """
        if self.all_rows:
            return tuple(range(1, self.rows + 1))
        epoch, batch = divmod(step, self.per_epoch)
        order = _orders(self.rows, self.seed).of(epoch)
        return tuple(sorted(order[batch * self.size : (batch + 1) * self.size]))

    def epoch_of(self, step: int) -> int:
        """The epoch that an update belongs to, from 1.

        >>> [Batches(rows=5, size=2).epoch_of(step) for step in (0, 2, 3)]
        [1, 1, 2]
        """
        return step // self.per_epoch + 1


class _Orders:
    """The order of the rows in each epoch; holds one at a time, and begins again to go back."""

    def __init__(self, rows: int, seed: int) -> None:
        """Before the first epoch."""
        self.rows, self.seed = rows, seed
        self.lock = threading.Lock()  # the cache shares it between runs, which may go on side by side
        self._restart()

    def _restart(self) -> None:
        self.generator, self.epoch = random.Random(self.seed), -1
        self.order: list[int] = []

    def of(self, epoch: int) -> list[int]:
        """The rows as they are shuffled in an epoch, from 0."""
        with self.lock:
            if epoch < self.epoch:
                self._restart()
            while self.epoch < epoch:
                self.order = list(range(1, self.rows + 1))
                self.generator.shuffle(self.order)
                self.epoch += 1
            return self.order


@functools.lru_cache(maxsize=4)
def _orders(rows: int, seed: int) -> _Orders:
    return _Orders(rows, seed)
