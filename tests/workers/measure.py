"""What a call costs over the task itself, and how long a new worker takes: `python -m tests.workers.measure`."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

from symgd.workers import Pool
from symgd.workers.homes import Nursery
from symgd.workers.serving import answer
from symgd.workers.setup import Setup
from tests.workers import heavy_tasks, tasks

MIB = 2**20
MODULES = (tasks, heavy_tasks)


def milliseconds(work: Callable[[], object], times: int) -> tuple[float, float]:
    """The median and the 99th percentile."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - begin))
    return statistics.median(taken), sorted(taken)[int(0.99 * times)]


def fresh(nursery: Nursery) -> float:
    """Milliseconds from the order of a worker to its first answer, with no spare."""
    begin = time.perf_counter()
    line = nursery.spawn()
    line.exchange(b'\x00\x00\x00\x10["echo", 1, 9.0]', 9.0)
    taken = 1000 * (time.perf_counter() - begin)
    nursery.retire(line)
    return taken


def main() -> None:
    for module in MODULES:
        name = module.__name__
        with Pool(name, path=[os.getcwd()]) as pool:
            begin = time.perf_counter()
            pool.call("echo", 1)
            print(f"{name}: start {time.perf_counter() - begin:.2f} s")
            inside = milliseconds(lambda tasks=module.TASKS: answer(b'["echo", 1, 1.0]', tasks), 1000)  # type: ignore[misc]
            print(
                "  call in a worker, ms (median, 99 %)",
                *map("{:.3f}".format, milliseconds(lambda: pool.call("echo", 1), 2000)),
            )
            print("  the same in-process                ", *map("{:.3f}".format, inside))
            after = []
            for _ in range(60):
                pool.call("forever", 1, 0.05)
                after.append(milliseconds(lambda: pool.call("echo", 1), 1)[0])
            print(f"  the call after a kill, ms: median {statistics.median(after):.3f}, most {max(after):.3f}")
        nursery = Nursery(Setup(name, 512 * MIB, (os.getcwd(),)))
        new = [fresh(nursery) for _ in range(100)]
        nursery.close()
        print(f"  a new worker without a spare, ms: median {statistics.median(new):.3f}, most {max(new):.3f}")


if __name__ == "__main__":
    main()
