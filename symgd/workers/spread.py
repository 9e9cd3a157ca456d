"""Work on many things with several processes, of which any may die: what was lost is done again, at last here."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
#: So many pools may break before the rest is done in this process.
_POOLS = 3


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
        waiting: dict[Future[Result], int] = {pool.submit(work, task): place for place, task in tasks.items()}
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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
