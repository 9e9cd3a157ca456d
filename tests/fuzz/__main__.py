"""A long search: `python -m tests.fuzz text latex --inputs 100000`, or all targets for hours with `--hours 8`.

Each batch runs in a process of its own; a batch that dies or hangs is a find like an exception. What is found is
made smaller and kept in tests/fuzz/corpus, from where the test line tries it for ever after. `tests.fuzz.guided` lets
coverage choose the inputs of one target instead.
"""

from __future__ import annotations

import itertools
import time

import click

from tests.fuzz.searching import search
from tests.fuzz.targets import TARGETS


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(TARGETS)))
@click.option("--inputs", default=20_000, help="How many texts for each target.")
@click.option("--seed", default=1, help="Another seed, other texts.")
@click.option("--hours", default=0.0, help="Go on with further seeds for so long.")
@click.option("--jobs", default=2, help="Processes at once.")
def main(names: tuple[str, ...], inputs: int, seed: int, hours: float, jobs: int) -> None:
    """Search the targets NAMES, or all of them; exit 1 if anything was found."""
    until = time.time() + 3600 * hours if hours else float("inf")
    found = 0
    for turn in itertools.count():
        found += sum(search(name, seed + turn, inputs, until, jobs) for name in names or TARGETS)
        if not hours or time.time() > until:
            break
    raise SystemExit(found > 0)


if __name__ == "__main__":
    main()
