"""Put faults into symgd and see whether the tests find them.

`python -m tests.mutation record` runs all tests once and keeps which lines each runs; then
`python -m tests.mutation numbers --sample 150 --seed 1 --jobs 2` tries so many mutants of a package, and
`python -m tests.mutation checking/marking --sample 0` all of a module.
"""

from __future__ import annotations

import queue
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from tests.mutation.choosing import Tests, record
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.running import Runner, Tried
from tests.mutation.scores import Outcome, excused, is_excused, score, survivors

PACKAGES = ("expressions", "numbers", "calculus", "checking")
#: A mutant has so many times the seconds that its tests take where nothing is wrong, and so many more.
_TIMES, _MORE = 3.0, 10.0
#: Seconds for one test without a mutant.
_ALONE = 120.0


def _all_of(package: str, place: Path) -> list[Mutant]:
    """Those of the copy in which they are tried: whoever works on the checkout meanwhile changes nothing."""
    named = place / "symgd" / package
    paths = sorted(named.glob("*.py")) if named.is_dir() else [named.with_suffix(".py")]
    return [mutant for path in paths for mutant in mutants(place, path.relative_to(place).as_posix())]


def _tried(chosen: Sequence[Mutant], tests: Tests, runners: queue.SimpleQueue[Runner], jobs: int) -> Iterator[Outcome]:
    passing: set[str] = set()

    def one(mutant: Mutant) -> Outcome:
        rounds = tests.of(mutant)
        tried = Tried("survived", "" if rounds else "no test runs it")
        runner = runners.get()
        try:
            for wanted in rounds:
                allowed = _TIMES * tests.clean_seconds(wanted) + _MORE
                tried = _sure(runner, runner.try_(mutant, wanted, allowed), wanted, passing)
                if tried.state != "survived":
                    break
            return Outcome(mutant, tried)
        finally:
            runners.put(runner)

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(one, chosen)


def _sure(runner: Runner, tried: Tried, tests: Sequence[str], passing: set[str]) -> Tried:
    """What finds a mutant must pass where there is none: the test or file that failed, or all where none is named."""
    if tried.state == "killed" and tried.by not in passing:
        file = tried.by.partition("::")[0]
        named = [tried.by] if "::" in tried.by else [test for test in tests if file and test.startswith(file)][:1]
        again = runner.try_(None, named or tests, _ALONE)
        if again.state != "survived":
            return Tried("survived", f"{tried.by} fails, and {again.by or again.state} without the mutant")
        passing.update(filter(None, [tried.by]))
    return tried


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("packages", nargs=-1)
@click.option("--sample", default=150, help="How many mutants of each package or module; 0 for all.")
@click.option("--seed", default=1, help="Another seed, other mutants.")
@click.option("--jobs", default=1, help="Processes at once.")
@click.option("--seconds", default=6.0, help="So long the tests for a mutant take where nothing is wrong.")
@click.option("--more", default=60.0, help="And so long further ones where those find nothing.")
def main(packages: tuple[str, ...], sample: int, seed: int, jobs: int, seconds: float, more: float) -> None:
    """Try mutants of PACKAGES or modules (all four packages where none is named), or `record WORDS…` for pytest."""
    if packages[:1] == ("record",):
        raise SystemExit(record(packages[1:]))
    tests, table = Tests(seconds, more), excused()
    runners: queue.SimpleQueue[Runner] = queue.SimpleQueue()
    started = [Runner() for _ in range(jobs)]
    for runner in started:
        runners.put(runner)
    try:
        for package in packages or PACKAGES:
            there = [mutant for mutant in _all_of(package, started[0].place) if not is_excused(mutant, table)]
            chosen = random.Random(seed).sample(there, min(sample or len(there), len(there)))
            outcomes = []
            for outcome in _tried(chosen, tests, runners, jobs):
                outcomes.append(outcome)
                for line in survivors([outcome]):
                    click.echo(line)
            click.echo(f"— {package}: {score(outcomes)} of {len(there)} mutants, seed {seed}")
    finally:
        for runner in started:
            runner.close()


if __name__ == "__main__":
    main()
