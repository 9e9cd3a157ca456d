"""Work on many things with several processes, of which any may die: what was lost is done again, at last here."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import parent_process
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
#: So many pools may break before the rest is done in this process.
_POOLS = 3
#: So many tasks for each process are begun before the first of them is done.
_AHEAD = 4


def spread(work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Result]]:
    """Each task with its result, as they are done. What `work` raises is raised here.

    A process that is killed takes what it had in hand with it; another pool does that again. Who stops asking for
    results stops the work: nothing further is begun.

    >>> sorted(spread(abs, [-1, -2, -3], jobs=1))
    [(-3, 3), (-2, 2), (-1, 1)]
    """
    left = dict(enumerate(tasks))
    for _ in range(_POOLS if jobs > 1 and len(tasks) > 1 else 0):
        try:
            for place, result in _in_pool(work, left, jobs):
                yield left.pop(place), result
        except BrokenProcessPool:
            continue
        return
    for task in left.values():
        yield task, work(task)


def _in_pool(work: Callable[[Task], Result], tasks: dict[int, Task], jobs: int) -> Iterator[tuple[int, Result]]:
    """The places of the tasks that one pool has done, with their results."""
    pool = ProcessPoolExecutor(jobs, initializer=_begin)
    try:
        for place, future in as_they_end(lambda place: pool.submit(work, tasks[place]), list(tasks), _AHEAD * jobs):
            yield place, future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def as_they_end(
    begin: Callable[[Task], Future[Result]], tasks: Iterable[Task], most: int
) -> Iterator[tuple[Task, Future[Result]]]:
    """Each task with its future when that is done, of which no more than `most` are begun at once.

    What is done is held by nobody but the caller, so that many results need no memory.
    """
    left, waiting = iter(tasks), dict[Future[Result], Task]()
    while True:
        waiting |= {begin(task): task for task in islice(left, most - len(waiting))}
        if not waiting:
            return
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        while done:
            future = done.pop()
            yield waiting.pop(future), future


def _begin() -> None:
    """Leave Ctrl-C to the parent, obey a request to end, and end where the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
