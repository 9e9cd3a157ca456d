"""What things cost: ratios measured in one run, peers interleaved, medians. `python -m tests.benchmarks`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

LOSS = "(w1 - 0.55)^2 + (w2 - 0.3)^2"
NEURON = "z = w*x + b; a = sigmoid(z); L = (a - y)^2"
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


def reading() -> dict[str, float]:
    """Reading a typical loss, beside SymPy's parser."""
    from sympy.parsing.sympy_parser import parse_expr

    from symgd.expressions.reader import read

    python = LOSS.replace("^", "**")
    return medians({"symgd reads a loss": lambda: read(LOSS), "SymPy parse_expr": lambda: parse_expr(python)}, 300)


def deriving() -> dict[str, float]:
    """A gradient, both roads and their comparison, beside SymPy's diff alone."""
    from sympy.parsing.sympy_parser import parse_expr

    import symgd

    expression = parse_expr(LOSS.replace("^", "**"))
    symbols = sorted(expression.free_symbols, key=str)
    return medians(
        {
            "symgd derives and cross-checks": lambda: symgd.gradient(LOSS),
            "SymPy diff, from its own tree": lambda: [expression.diff(symbol) for symbol in symbols],
        },
        60,
    )


def writing() -> dict[str, float]:
    """A handout of three updates, from text to text."""
    import symgd

    bowl: dict[str, Any] = {"start": {"w1": "0.5", "w2": "0.2"}, "steps": 3}
    neuron: dict[str, Any] = {"start": {"w": "0.5", "b": 0}, "let": {"x": 2, "y": 1}, "steps": 3}
    return medians(
        {
            "handout of three updates, Markdown": lambda: symgd.explain(LOSS, **bowl).markdown(),
            "handout of three updates, HTML": lambda: symgd.explain(LOSS, **bowl).html(),
            "handout of a neuron, Markdown": lambda: symgd.explain(NEURON, **neuron).markdown(),
            "handout of Adam on a neuron, Markdown": lambda: symgd.explain(
                NEURON, optimizer="adam", **neuron
            ).markdown(),
        },
        30,
    )


def starting() -> dict[str, float]:
    """A new process."""

    def run(*arguments: str) -> Work:
        return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    return medians(
        {
            "symgd --help": run("-m", "symgd", "--help"),
            "python -c 'import sympy'": run("-c", "import sympy"),
        },
        7,
    )


def table(title: str, seconds: Mapping[str, float]) -> str:
    """Rows with the ratio to the first."""
    first = next(iter(seconds.values()))
    rows = [f"| {name} | {value * 1e3:.3g} ms | {value / first:.2g} |" for name, value in seconds.items()]
    return "\n".join([f"| {title} | median | ratio |", "|:---|---:|---:|", *rows])


def main() -> None:
    """Print every table."""
    for title, measure in (("reading", reading), ("deriving", deriving), ("writing", writing), ("starting", starting)):
        print(table(title, measure()), end="\n\n")


if __name__ == "__main__":
    main()
