"""What reading, deriving, writing and exact runs cost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any

from tests.benchmarks.measure import Work, medians

LOSS = "(w1 - 0.55)^2 + (w2 - 0.3)^2"
NEURON = "z = w*x + b; a = sigmoid(z); L = (a - y)^2"


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


def works_of_writing() -> dict[str, Work]:
    """Handouts of three updates, from text to text, each of another start: a class of them."""
    import symgd

    numbers = count(500)

    def explain(loss: str, **settings: Any) -> Any:
        start = {"w1": f"0.{next(numbers)}", "w2": "0.2"} if loss == LOSS else {"w": f"0.{next(numbers)}", "b": 0}
        return symgd.explain(loss, start=start, let={"x": 2, "y": 1} if loss == NEURON else {}, steps=3, **settings)

    return {
        "handout of three updates, Markdown": lambda: explain(LOSS).markdown(),
        "handout of three updates, HTML": lambda: explain(LOSS).html(),
        "handout of a neuron, Markdown": lambda: explain(NEURON).markdown(),
        "handout of Adam on a neuron, Markdown": lambda: explain(NEURON, optimizer="adam").markdown(),
    }


def writing() -> dict[str, float]:
    """Handouts of three updates."""
    return medians(works_of_writing(), 30)


def writing_a_thousand() -> dict[str, float]:
    """A thousand handouts on end, in the processor's seconds; what is swept up between them is counted too."""
    seconds = {}
    for name, work in works_of_writing().items():
        start = time.process_time()
        for _ in range(1000):
            work()
        seconds[f"1,000 times: {name}"] = time.process_time() - start
    return seconds


def certifying() -> dict[str, float]:
    """Two hundred updates of a neuron, the same interpreted engine in floats and in certified balls."""
    import symgd
    from symgd.calculus.bridge import proves
    from symgd.descent.advance import _run
    from symgd.descent.engine import Engine, gradients_of
    from symgd.numbers.systems import ExactSystem, FloatSystem

    settings: dict[str, Any] = {"start": {"w": "0.5", "b": 0}, "let": {"x": 2, "y": 1}, "steps": 200}

    def run(arithmetic: str, system: Any) -> Work:
        problem = symgd.Problem(NEURON, arithmetic=arithmetic, **settings)
        gradients = gradients_of(problem)

        def work() -> object:
            with system.precision():
                return _run(Engine(problem, gradients, system))

        return work

    return medians(
        {
            "200 float updates of a neuron": run("float", FloatSystem()),
            "200 certified updates of a neuron, 128 bits": run("exact", ExactSystem(128, proves)),
        },
        15,
    )


def exact_rationals(updates: int) -> dict[str, float]:
    """Exact updates of a coupled quadratic in ten parameters, beside the same with SymPy's Rational.

    Both work out loss, slopes, changes and points. The peer is lambdified, which is far quicker than `subs`; lambdify
    writes a rational constant as a quotient of floats, so constants go in as arguments.
    """
    import sympy as sp

    import symgd
    from symgd.descent.advance import _run
    from symgd.descent.engine import Engine, gradients_of
    from symgd.numbers.systems import ExactSystem

    words = [f"w{place}" for place in range(1, 11)]
    loss = " + ".join(f"({word} - 0.{place})^2" for place, word in enumerate(words))
    loss += "".join(f" + {left}*{right}/4" for left, right in pairwise(words))
    problem = symgd.Problem(loss, start=dict.fromkeys(words, "0.5"), learning_rate="1/7", steps=updates)
    gradients, system = gradients_of(problem), ExactSystem()
    gradient = symgd.gradient(loss)
    exact = [gradient.sympy_loss, *(gradient[word] for word in words)]
    constants = sorted(set().union(*(slope.atoms(sp.Rational) for slope in exact)))
    given = {constant: sp.Dummy() for constant in constants}
    arguments = [*gradient.symbols.values(), *given.values()]
    lambdified = sp.lambdify(arguments, [part.xreplace(given) for part in exact], modules="sympy")
    rate = sp.Rational(1, 7)

    def ours() -> Any:
        with system.precision():
            return _run(Engine(problem, gradients, system))

    def theirs() -> list[Any]:
        point, records = [sp.Rational(1, 2)] * 10, []
        for _ in range(updates):
            loss, *slopes = lambdified(*point, *constants)
            change = [-rate * slope for slope in slopes]
            records.append((point, loss, slopes, change))
            point = [value + move for value, move in zip(point, change, strict=True)]
        return point

    last = ours()[0][-1].point
    assert [sp.Rational(value.numerator, value.denominator) for value in last.values()] == theirs()
    works: dict[str, Work] = {f"{updates} exact updates, ten parameters": ours, "SymPy Rational, lambdified": theirs}
    return medians(works, 7)


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


TABLES: dict[str, Callable[[], dict[str, float]]] = {
    "reading": reading,
    "deriving": deriving,
    "writing": writing,
    "writing a thousand": writing_a_thousand,
    "certified numbers": certifying,
    "exact rationals": lambda: exact_rationals(100),
    "longer exact rationals": lambda: exact_rationals(200),
    "starting": starting,
}
