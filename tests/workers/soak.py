"""Hours of homework in minutes: `python -m tests.workers.soak --minutes M --seed S`; the exit status is 1 for a fault.

Mixed calls whose right marks are known (`soak_calls`), one after the other, while the memory of this process and of
the workers is sampled. A fault is a wrong mark, a lost row, an exception, a working that is undecided though nothing
in it is hard, a call later than its deadline and a tenth of a second, or memory, descriptors or processes that grow.
`--busy` is for a machine that has other work to do: there a call is late where this process alone has worked so long
on it, and what was not decided in time is counted and no fault.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import symgd
from symgd.checking.guarded import DEADLINE
from tests.workers.hostile import MIB
from tests.workers.processes import below
from tests.workers.soak_calls import UNDECIDED, Call, mixed

#: Seconds that a working may take.
LONGEST = DEADLINE + 0.1
#: Of so many samples at least the last two thirds are compared: what grows fills its caches before.
_LEAST = 6
#: MiB, descriptors and processes that may come on top between the middle third of the samples and the last.
MORE = {"parent": 8.0, "workers": 16.0, "descriptors": 4.0, "processes": 2.0}
_SHOWN = 100
#: The share of the pairs of formulas that may stay undecided.
_OPEN = 0.005


@dataclass
class Tally:
    """What the calls of one kind came to."""

    seconds: list[float] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    faults: int = 0

    def row(self, kind: str) -> str:
        """The line of the table."""
        times = sorted(self.seconds)
        shown = (statistics.median(times), times[int(0.99 * (len(times) - 1))], times[-1])
        cells = "".join(f"{1000 * each:>10.1f}" for each in shown)
        return f"{kind:<12}{len(times):>8}{self.faults:>8}{len(self.undecided):>11}{cells}"


@dataclass(frozen=True)
class Sample:
    """What runs after so many seconds: MiB of this process and of all below it, descriptors, and processes."""

    seconds: float
    parent: float
    workers: float
    descriptors: float
    processes: float

    def row(self) -> str:
        """The line of the table."""
        cells = f"{self.parent:>12.1f}{self.workers:>12.1f}{self.descriptors:>13.0f}{self.processes:>11.0f}"
        return f"{self.seconds:>12.0f}{cells}"


def resident(pid: int) -> float:
    """MiB that a process has in memory and shares with no other; 0 where it is gone."""
    try:
        parts = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return (int(parts[1]) - int(parts[2])) * os.sysconf("SC_PAGE_SIZE") / MIB


def sampled(begin: float) -> Sample:
    own = os.getpid()
    children = below(own)
    descriptors = len(os.listdir(f"/proc/{own}/fd"))
    return Sample(time.monotonic() - begin, resident(own), sum(map(resident, children)), descriptors, len(children))


def growth(samples: Sequence[Sample]) -> Iterator[str]:
    """What grew from the middle third of the samples to the last."""
    third = len(samples) // 3
    if len(samples) < _LEAST:
        return
    for name, more in MORE.items():
        before, after = (
            statistics.median(getattr(each, name) for each in part)
            for part in (samples[third : 2 * third], samples[2 * third :])
        )
        if after > before + more:
            yield f"{name} grew from {before:.1f} to {after:.1f}"


class Soak:
    """A soak under way."""

    def __init__(self, busy: bool) -> None:
        """Nothing was called yet; the workers are started, which no deadline counts."""
        self.busy = busy
        self.tallies: dict[str, Tally] = {}
        self.faults: list[str] = []
        self.begin = time.monotonic()
        self.samples: list[Sample] = []
        symgd.equivalent("(w + 1)^40", "(w + 2)^40")

    def call(self, call: Call) -> None:
        """One call, its time and its fault."""
        tally = self.tallies.setdefault(call.kind, Tally())
        begin, worked = time.perf_counter(), time.process_time()
        result, fault = self.tried(call)
        seconds, worked = time.perf_counter() - begin, time.process_time() - worked
        tally.seconds.append(seconds)
        if not fault:
            fault = call.fault(result)
        if call.timed and (worked if self.busy else seconds) > LONGEST:
            fault = f"{seconds:.2f} s, {worked:.2f} s of them this process at work"
        told = f"{call.kind} {len(tally.seconds)}: {fault}\n    {call.text[:_SHOWN]!r}"
        if fault == UNDECIDED:
            tally.undecided.append(told)
        elif fault:
            tally.faults += 1
            self.faults.append(told)

    def tried(self, call: Call) -> tuple[object, str]:
        """What comes of a call, and what it raised: nothing of a student's may."""
        try:
            return call.run(), ""
        except Exception as error:
            return None, f"{type(error).__name__}: {error}"

    def too_open(self) -> Iterator[str]:
        """What stayed undecided though it should not; of formulas a few may."""
        for kind, tally in self.tallies.items():
            most = max(1, _OPEN * len(tally.seconds)) if kind == "pairs" else 0
            if len(tally.undecided) > most and not self.busy:
                yield from tally.undecided

    def run(self, calls: Iterator[Call], seconds: float, samples: int = 30) -> None:
        """Calls for so many seconds, with so many samples."""
        self.samples = [sampled(self.begin)]
        for number in count():
            passed = time.monotonic() - self.begin
            if passed >= len(self.samples) * seconds / samples:
                self.samples.append(sampled(self.begin))
            if passed >= seconds and number:
                return
            self.call(next(calls))

    def report(self) -> int:
        """Print the tables; the exit status."""
        print(f"{'kind':<12}{'calls':>8}{'faults':>8}{'undecided':>11}{'median ms':>10}{'99 % ms':>10}{'most ms':>10}")
        for kind, tally in self.tallies.items():
            print(tally.row(kind))
        print(f"\n{'seconds':>12}{'parent MiB':>12}{'workers MiB':>12}{'descriptors':>13}{'processes':>11}")
        for sample in self.samples:
            print(sample.row())
        found = [*self.faults, *self.too_open(), *growth(self.samples)]
        print(f"\n{sum(len(tally.seconds) for tally in self.tallies.values())} calls, {len(found)} faults")
        for each in found:
            print(f"  {each}")
        return 1 if found else 0


def main(words: Sequence[str]) -> int:
    """Run the soak that the words ask for; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.workers.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--busy", action="store_true", help="the machine has other work to do")
    chosen = parser.parse_args(words)
    soak = Soak(chosen.busy)
    soak.run(mixed(chosen.seed, chosen.jobs), 60 * chosen.minutes)
    return soak.report()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
