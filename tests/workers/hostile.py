"""Calls that mean harm, and what they leave behind in this process and in the nursery."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from symgd.workers import Answer, Pool

MIB = 2**20
#: By turns: what is asked for, with what, for how many seconds, and the states that it may come to. A memory bomb in
#: a worker of 32 MiB is quick; a bare loop is ended by its deadline.
KINDS: tuple[tuple[str, Any, float, frozenset[str]], ...] = (
    ("forever", None, 0.002, frozenset({"late"})),
    ("deaf", 10**7, 0.005, frozenset({"late"})),
    ("greedy", None, 5.0, frozenset({"failed"})),
    ("abort", None, 5.0, frozenset({"crashed"})),
    ("kill", None, 5.0, frozenset({"crashed"})),
    ("segfault", None, 5.0, frozenset({"crashed"})),
    ("says", "\xff" * 400, 5.0, frozenset({"crashed"})),
    ("says", "\x00\x00\x00\x02{}", 5.0, frozenset({"crashed"})),
    ("says", "\x03\xff\xff\xff[", 0.02, frozenset({"late"})),
    ("says", '\x00\x00\x00\x0d["done",1,""]', 5.0, frozenset({"crashed"})),
    ("says", '\x00\x00\x00\x0f["done",1,"",1]', 5.0, frozenset({"crashed"})),
    ("text", 3 * MIB, 5.0, frozenset({"done"})),
    ("text", 80 * MIB, 5.0, frozenset({"failed"})),
    ("nested", 10**5, 5.0, frozenset({"failed"})),
    ("digits", 10**5, 5.0, frozenset({"failed"})),
    ("raises", "SystemExit", 5.0, frozenset({"failed"})),
    ("nothing of the kind", "x" * MIB, 5.0, frozenset({"failed"})),
)


def hostile_calls(pool: Pool, count: int) -> Iterator[tuple[str, Answer, Answer]]:
    """So many calls by turns; each with what it came to, and with the answer to a good call after it."""
    for number in range(count):
        task, payload, deadline, states = KINDS[number % len(KINDS)]
        answer = pool.call(task, payload, deadline)
        assert answer.state in states, (number, task, answer.state, answer.message)
        yield task, answer, pool.call("echo", number, 20.0)


class Holding(NamedTuple):
    """What a process holds: MiB of memory, descriptors, and children that wait to be reaped."""

    memory: float
    descriptors: int
    zombies: int


def holding(pid: int) -> Holding:
    """Read it from /proc; the dead of the last call get a second to be reaped."""
    until = time.monotonic() + 1
    while _zombies(pid) and time.monotonic() < until:
        time.sleep(0.01)
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Holding(pages * os.sysconf("SC_PAGE_SIZE") / MIB, len(os.listdir(f"/proc/{pid}/fd")), _zombies(pid))


def _zombies(pid: int) -> int:
    found = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            state, parent = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        found += state == "Z" and int(parent) == pid
    return found
