"""Measuring: peers interleaved in one run, medians, ratios, and what a missing peer is."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Work = Callable[[], object]


def medians(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Seconds of each piece of work; one after the other in every round, so that noise falls on all."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def best(works: Mapping[str, Work], rounds: int = 5, seconds: float = 0.02) -> dict[str, float]:
    """Seconds of the processor for one call, all threads together: the least of several rounds, interleaved.

    The processor's seconds, not the clock's: others may be at work on the same machine.
    """
    counts = {}
    for name, work in works.items():
        work()
        start = time.process_time()
        work()
        counts[name] = max(1, int(seconds / max(time.process_time() - start, 1e-6)))
    found = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            for _ in range(counts[name]):
                work()
            found[name] = min(found[name], (time.process_time() - start) / counts[name])
    return found


def shown(seconds: float) -> str:
    """Seconds with a unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def rows(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    aligned = "|:---" + "|---:" * (len(head) - 1) + "|"
    return "\n".join(["| " + " | ".join(head) + " |", aligned, *("| " + " | ".join(line) + " |" for line in lines)])


def machine(packages: Sequence[str]) -> str:
    """Cores, processor, Python, versions and date."""
    info = Path("/proc/cpuinfo")
    model = ""
    if info.exists():
        found = (
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        )
        model = next(found, "")
    versions = []
    for package in packages:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{package} missing")
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {model or platform.machine()}, "
        f"Python {platform.python_version()}; {', '.join(versions)}"
    )
