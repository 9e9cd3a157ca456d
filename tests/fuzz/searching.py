"""Batches of inputs in processes of their own; what is found is made smaller and kept."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.inputs import smaller, text
from tests.fuzz.targets import CORPUS, TARGETS

BATCH = 1_000
#: Seconds that a text may take beyond what its target allows before the batch counts as hung.
HANGS = 60.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs `first` to `first + count - 1` of a target."""

    name: str
    seed: int
    first: int
    count: int


class Result(NamedTuple):
    """What came of a batch: finds and late texts by number, and the slowest text with its seconds."""

    finds: Sequence[tuple[int, str]]
    late: Sequence[tuple[int, float]]
    slowest: tuple[float, int]


def fault_of(name: str, given: str) -> str:
    """What a text does that it must not; "" for nothing."""
    try:
        TARGETS[name].tried(given)
    except Exception as fault:
        return type(fault).__name__
    return ""


def work(batch: Batch, log: Path) -> None:
    """Run a batch in this process, and write what was found; the number of each text is written before it is tried."""
    finds, late, slowest = [], [], (0.0, -1)
    fault_of(batch.name, text(batch.name, batch.seed, batch.first))  # loads what is loaded late
    with log.open("w", encoding="utf-8") as progress:
        for number in range(batch.first, batch.first + batch.count):
            progress.write(f"{number}\n")
            progress.flush()
            given = text(batch.name, batch.seed, number)
            begun = time.thread_time()
            if fault := fault_of(batch.name, given):
                finds.append((number, fault))
            taken = time.thread_time() - begun
            slowest = max(slowest, (taken, number))
            if taken > TARGETS[batch.name].seconds:
                late.append((number, taken))
    log.write_text(json.dumps([finds, late, slowest]), encoding="utf-8")


def ran(batch: Batch, folder: Path) -> Result:
    """The finds of a batch, its late texts, its slowest; a signal or a hang is a find of the text it happened at."""
    log = folder / f"{batch.name}-{batch.first}"
    process = multiprocessing.get_context("spawn").Process(target=work, args=(batch, log))
    process.start()
    process.join(HANGS + batch.count * TARGETS[batch.name].seconds)
    if process.is_alive():
        process.kill()
        process.join()
    written = log.read_text(encoding="utf-8") if log.exists() else ""
    if process.exitcode == 0:
        return Result(*json.loads(written))
    last = int(written.split()[-1]) if written else batch.first
    return Result([(last, f"exit {process.exitcode}")], [], (0.0, last))


def keep(name: str, given: str, fault: str) -> Path:
    """Put a find, made smaller, into the corpus."""
    if not fault.startswith("exit"):
        given = smaller(given, lambda shorter: fault_of(name, shorter) == fault)
    raw = given.encode("utf-8", "surrogatepass")
    file = CORPUS / name / f"{fault.replace(' ', '-')}-{hashlib.sha256(raw).hexdigest()[:8]}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(raw)
    return file


def search(name: str, seed: int, inputs: int, until: float, jobs: int) -> int:
    """Search one target; print what was tried and found; the number of finds."""
    found, late, tried, slowest = 0, 0, 0, (0.0, -1)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:

        def in_time(batch: Batch) -> Result | None:
            return ran(batch, Path(folder)) if time.time() < until else None

        batches = [Batch(name, seed, first, min(BATCH, inputs - first)) for first in range(0, inputs, BATCH)]
        for batch, result in zip(batches, pool.map(in_time, batches), strict=True):
            if result is None:
                continue
            tried, found, late = tried + batch.count, found + len(result.finds), late + len(result.late)
            slowest = max(slowest, (result.slowest[0], result.slowest[1]))
            for number, fault in result.finds:
                print(f"  {name} {seed} {number}: {fault} — {keep(name, text(name, seed, number), fault).name}")
            for number, seconds in result.late:
                print(f"  {name} {seed} {number}: {seconds:.2f} s")
    told = f"{found} finds, {late} late, slowest {1000 * slowest[0]:.0f} ms (input {slowest[1]})"
    print(f"{name}: {tried} inputs, {told}", flush=True)
    return found
