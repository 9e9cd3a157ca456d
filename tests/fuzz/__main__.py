"""A long search: `python -m tests.fuzz text latex --inputs 100000`, or all targets for hours with `--hours 8`.

Each batch runs in a process of its own; a batch that dies or hangs is a find like an exception. What is found is
made smaller and kept in tests/fuzz/corpus, from where the test line tries it for ever after. With atheris installed
(`pip install atheris`), `--atheris NAME` lets coverage choose the inputs of one target instead.
"""

from __future__ import annotations

import itertools
import sys
import time

import click

from tests.fuzz.searching import search
from tests.fuzz.targets import CORPUS, TARGETS


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
