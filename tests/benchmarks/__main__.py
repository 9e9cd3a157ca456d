"""What things cost: ratios measured in one run, peers interleaved.

`python -m tests.benchmarks [handouts] [gradients] [loops] [checking] [--quick]`, peers from `.[bench]`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from tests.benchmarks import checking, gradients, handouts, loops
from tests.benchmarks.measure import machine, rows, shown

PACKAGES = ("numpy", "sympy", "symengine", "casadi", "jax", "autograd", "torch", "numba", "python-flint")


def of_handouts(quick: bool) -> Iterator[str]:
    """Reading, deriving, writing, certified numbers, exact rationals, a new process."""
    for title, measure in handouts.TABLES.items():
        seconds = measure()
        first = next(iter(seconds.values()))
        lines = [[name, shown(value), f"{value / first:.2g}"] for name, value in seconds.items()]
        yield rows([title, "median", "ratio"], lines)


PARTS: dict[str, Callable[[bool], Iterator[str]]] = {
    "handouts": of_handouts,
    "gradients": gradients.tables,
    "loops": loops.tables,
    "checking": checking.tables,
}


def main(words: list[str]) -> None:
    """Print every table that was asked for."""
    quick = "--quick" in words
    chosen = [word for word in words if word in PARTS] or list(PARTS)
    print(machine(PACKAGES), end="\n\n")
    for part in chosen:
        for table in PARTS[part](quick):
            print(table, end="\n\n", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
