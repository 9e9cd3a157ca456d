"""A long search: `python -m tests.fuzz text latex --inputs 100000`, or all targets for hours with `--hours 8`.

Each batch runs in a process of its own; a batch that dies or hangs is a find like an exception. What is found is
made smaller and kept in tests/fuzz/corpus, from where the test line tries it for ever after. With atheris installed
(`pip install atheris`), `--atheris NAME` lets coverage choose the inputs of one target instead.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click

from symgd.errors import SymgdError
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


def fault_of(name: str, given: str) -> str:
    """What a text does that it must not; "" for nothing."""
    try:
        TARGETS[name].tried(given)
    except SymgdError:
        return ""
    except Exception as fault:
        return type(fault).__name__
    return ""


def work(batch: Batch, log: Path) -> None:
    """Run a batch in this process, and write what was found; the number of each text is written before it is tried."""
    finds, slowest, late = [], (0.0, -1), []
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
    log.write_text(json.dumps({"finds": finds, "slowest": slowest, "late": late}), encoding="utf-8")


def ran(batch: Batch, folder: Path) -> dict[str, list[tuple[int, object]]]:
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
        result: dict[str, list[tuple[int, object]]] = json.loads(written)
        return result
    last = int(written.split()[-1]) if written else batch.first
    return {"finds": [(last, f"exit {process.exitcode}")], "late": [], "slowest": [(0, 0.0)]}


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
    found, late, slowest, tried = 0, 0, (0.0, -1), 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        firsts = itertools.takewhile(lambda first: first < inputs and time.time() < until, itertools.count(0, BATCH))
        batches = [Batch(name, seed, first, min(BATCH, inputs - first)) for first in firsts]
        for batch, result in zip(batches, pool.map(lambda batch: ran(batch, Path(folder)), batches), strict=True):
            tried += batch.count
            for number, fault in result["finds"]:
                found += 1
                print(f"  {name} {seed} {number}: {fault} — {keep(name, text(name, seed, number), str(fault)).name}")
            late += len(result["late"])
            for number, seconds in result["late"]:
                print(f"  {name} {seed} {number}: {seconds:.2f} s")
            slowest = max(slowest, tuple(result["slowest"]))  # type: ignore[assignment]
    print(
        f"{name}: {tried} inputs, {found} finds, {late} late, slowest {1000 * slowest[0]:.0f} ms (input {slowest[1]})",
        flush=True,
    )
    return found


def by_coverage(name: str, arguments: list[str]) -> None:
    """Let atheris choose the inputs of a target, until it is stopped."""
    import atheris

    with atheris.instrument_imports(include=["symgd"]):
        import symgd.api
    assert symgd.api

    def one(raw: bytes) -> None:
        TARGETS[name].tried(raw.decode("utf-8", "replace"))

    (CORPUS / name).mkdir(parents=True, exist_ok=True)
    atheris.Setup([sys.argv[0], "-max_len=2000", "-timeout=10", *arguments, str(CORPUS / name)], one)
    atheris.Fuzz()


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(TARGETS)))
@click.option("--inputs", default=20_000, help="How many texts for each target.")
@click.option("--seed", default=1, help="Another seed, other texts.")
@click.option("--hours", default=0.0, help="Go on with further seeds for so long.")
@click.option("--jobs", default=2, help="Processes at once.")
@click.option("--atheris", "guided", is_flag=True, help="Let coverage choose (needs atheris; one target).")
def main(names: tuple[str, ...], inputs: int, seed: int, hours: float, jobs: int, guided: bool) -> None:
    """Search the targets NAMES, or all of them; exit 1 if anything was found."""
    if guided:
        by_coverage((names or ("text",))[0], [])
    until = time.time() + 3600 * hours if hours else float("inf")
    found = 0
    for turn in itertools.count():
        found += sum(search(name, seed + turn, inputs, until, jobs) for name in names or TARGETS)
        if not hours or time.time() > until:
            break
    raise SystemExit(found > 0)


if __name__ == "__main__":
    main()
