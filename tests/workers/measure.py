"""The pool held to its figures: `python -m tests.workers.measure`; the exit status is 1 where one is missed.

A thousand kills in a row, each with a right answer after it; how long a new worker takes; what a call costs over the
task itself; what ten thousand hostile calls leave behind. `--short` does a twentieth of it.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from symgd.workers import Pool
from symgd.workers.homes import Nursery
from symgd.workers.serving import answer
from symgd.workers.setup import Setup
from tests.workers import heavy_tasks, tasks
from tests.workers.hostile import MIB, holding, hostile_calls
from tests.workers.processes import parent_of

MODULES = (tasks, heavy_tasks)
ROOT = str(Path(__file__).resolve().parents[2])


class Figure(NamedTuple):
    """What was measured, and the most it may be (None: only told)."""

    name: str
    value: float
    unit: str
    most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it is more than it may be."""
        return self.most is not None and self.value > self.most

    def __str__(self) -> str:
        bound = "" if self.most is None else f"  (at most {self.most:g}{': MISSED' if self.missed else ''})"
        return f"  {self.name:<58} {self.value:>10.3f} {self.unit}{bound}"


def milliseconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def fresh(nursery: Nursery) -> float:
    """Milliseconds from the order of a worker to its first answer, with no spare."""
    begin = time.perf_counter()
    line = nursery.spawn()
    line.exchange(b'\x00\x00\x00\x10["echo", 1, 9.0]', 9.0)
    taken = 1000 * (time.perf_counter() - begin)
    nursery.retire(line)
    return taken


def processor_time(pid: int) -> float:
    """Seconds that a process and its children that have ended spent."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, parts[11:15])) / os.sysconf("SC_CLK_TCK")


def calls(pool: Pool, module: object, count: int) -> Iterator[Figure]:
    """A call in a warm worker and the same in this process, by turns."""
    own = module.TASKS  # type: ignore[attr-defined]
    pool.call("echo", 1)
    pairs = [
        (milliseconds(lambda: pool.call("echo", 1)), milliseconds(lambda: answer(b'["echo", 1, 1.0]', own)))
        for _ in range(count)
    ]
    over = sorted(there - here for there, here in pairs)
    yield Figure("a call in a warm worker over in-process, median", statistics.median(over), "ms", 1)
    yield Figure("the same, 99 % are below", over[int(0.99 * count)], "ms")


def kills(pool: Pool, count: int) -> Iterator[Figure]:
    """Kills in a row, each followed by a call whose answer must be right."""
    wrong, after = 0, []
    for number in range(count):
        wrong += pool.call("forever", None, 0.002).state != "late"
        begin = time.perf_counter()
        wrong += pool.call("echo", number, 20.0).value != number
        after.append(1000 * (time.perf_counter() - begin))
    yield Figure(f"wrong answers in {count} kills in a row", wrong, "", 0)
    yield Figure("the call after a kill, median", statistics.median(after), "ms")


def respawns(name: str, count: int) -> Iterator[Figure]:
    """A new worker, from its order to its first answer; by the clock, and as processor time."""
    nursery = Nursery(Setup(name, 512 * MIB, (ROOT,)))
    pid = nursery._process.pid
    try:
        fresh(nursery)
        begin = processor_time(pid)
        taken = [fresh(nursery) for _ in range(count)]
        spent = 1000 * (processor_time(pid) - begin) / count
    finally:
        nursery.close()
    yield Figure("a worker's birth, first answer and end, processor time", spent, "ms", 20)
    yield Figure("a new worker to its first answer by the clock, median", statistics.median(taken), "ms", 20)
    yield Figure("the same, the slowest", max(taken), "ms")


def hostility(count: int) -> Iterator[Figure]:
    """What hostile calls leave behind, from the hundredth on."""
    wrong = 0
    with Pool(tasks.__name__, path=[ROOT], memory=32 * MIB) as pool:
        nursery = parent_of(pool.call("pid").value)
        before = holding(os.getpid()), holding(nursery)
        for number, (_, _, after) in enumerate(hostile_calls(pool, count)):
            wrong += after.value != number
            if number == 100:
                before = holding(os.getpid()), holding(nursery)
        later = holding(os.getpid()), holding(nursery)
    yield Figure(f"wrong answers after {count} hostile calls", wrong, "", 0)
    for name, first, last in zip(("this process", "the nursery"), before, later, strict=True):
        yield Figure(f"{name} has grown by", last.memory - first.memory, "MiB", 20)
        yield Figure(f"{name}: more descriptors", last.descriptors - first.descriptors, "", 0)
        yield Figure(f"{name}: children not reaped", last.zombies, "", 0)


def measured(share: int) -> Iterator[Figure]:
    """Every figure, from a share of the full numbers: 1 is all, 20 a twentieth."""
    for module in MODULES:
        with Pool(module.__name__, path=[ROOT]) as pool:
            yield Figure(f"{module.__name__}: start", milliseconds(pool.start), "ms")
            yield from calls(pool, module, 2_000 // share)
            yield from kills(pool, 1_000 // share)
        yield from respawns(module.__name__, 200 // share)
    yield from hostility(10_000 // share)


def main() -> int:
    missed = 0
    for figure in measured(20 if "--short" in sys.argv else 1):
        print(figure, flush=True)
        missed += figure.missed
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
