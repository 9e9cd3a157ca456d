"""The compiled loop: the gradient's program and the optimizer's equations as one function that holds the loop.

The equations are those of optimizers.py, run once on the graph; the state (weights and what the optimizer carries)
are local variables. The same source runs as it is, or compiled by numba where that is installed and the run is long.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgd.calculus.compiled import HELPERS, Writer, array_program_of, compiled
from symgd.calculus.graph import Graph, Program
from symgd.calculus.lowering import lowered
from symgd.calculus.stable import stable
from symgd.descent.gradients import gradient_of
from symgd.descent.optimizers import active_equations, carried
from symgd.descent.problem import Problem
from symgd.expressions.tree import number, substitute
from symgd.numbers.values import is_array

#: Operations from which a compiler pays for itself.
_WORTH_COMPILING = 3_000_000
#: numba takes minutes for a function of more operations.
_MOST_COMPILED = 1_500
#: Starts that are run together.
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class State:
    """The places of a run's state: each weight, then what the optimizer carries over for it."""

    weights: tuple[str, ...]
    carried: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every place: w, and m of w."""
        return (*self.weights, *(f"{word}/{row}" for row in self.carried for word in self.weights))


@dataclass(frozen=True, slots=True)
class Loop:
    """A compiled run: `run(state, t, steps, data)` gives the state after so many updates from update t on.

    `keep(state, t, steps, data, out)` does the same and puts each state with its loss into `out` before it moves on.
    """

    state: State
    run: Callable[..., Any]
    keep: Callable[..., Any]
    columns: Mapping[str, Any]
    by: str
    program: Program

    @property
    def data(self) -> tuple[Any, ...]:
        """The columns of data in order, as the functions take them."""
        return tuple(self.columns.values())


def loop_of(problem: Problem, steps: int, batch: bool = False) -> Loop:
    """The loop of a problem; `batch` runs many starts at once. Raises InputError, TypeError without a loss."""
    import numpy as np

    program, state, data = _update_program(problem)
    language = "numpy" if batch or data or problem.has_arrays else "python"
    source = loop_source(program, state, len(data), language)
    helpers = HELPERS[language]
    run, keep = (compiled(text, word, helpers) for text, word in zip(source, ("run", "keep"), strict=True))
    by, work = language, steps * program.operations * (problem.batch or 1)
    small = program.operations <= _MOST_COMPILED and (batch or language == "python")
    if work >= _WORTH_COMPILING and small:
        plain = batch_source(program, state) if batch else source[0]
        fast = _by_numba(plain, tuple(np.zeros(1) if batch else 0.0 for _ in state.names))
        run, by = (fast, "numba") if fast is not None else (run, by)
    return Loop(state, run, keep, data, by, program)


def _update_program(problem: Problem) -> tuple[Program, State, dict[str, Any]]:
    """One update as a program: from the state, the number of the update and the data to the next state, and the loss.

    The names of its inputs are those of the state, t, and data/x for each column x.
    """
    import numpy as np

    equations = active_equations(problem.method, problem.settings)
    state = State(problem.parameters, carried(equations))
    columns = {word: value for word, value in problem.constants.items() if is_array(value)}
    if problem.in_batches:
        columns |= {word: problem.constants[word] for word in problem.counts}
    graph = Graph((*state.names, "t", *(f"data/{word}" for word in columns)))
    losses = _gradient_places(graph, problem, columns)
    shared = {word: graph.number(value) for word, value in problem.settings.items()} | {"t": graph.places["t"]}
    shared["eta"] = graph.add_tree(problem.learning_rate, shared)
    outputs = {"loss": losses["loss"]}
    for word in state.weights:
        places = {**shared, "w": graph.places[word], "g": losses[f"slope/{word}"]}
        places |= {row: graph.places[f"{word}/{row}"] for row in state.carried}
        for target, tree in equations:
            places[target] = graph.add_tree(tree, places)
        outputs[word] = places["w"]
        outputs |= {f"{word}/{row}": places[row] for row in state.carried}
    return graph.program(outputs), state, {w: np.asarray(value, dtype=np.float64) for w, value in columns.items()}


def _gradient_places(graph: Graph, problem: Problem, columns: Mapping[str, Any]) -> dict[str, int]:
    """The places of the loss and of every slope: by the reverse sweep, over arrays by the closed formulas."""
    assert problem.definitions is not None
    places = {**graph.places, **{word: graph.places[f"data/{word}"] for word in columns}}
    if columns or problem.has_arrays:
        program = array_program_of(gradient_of(problem), columns)
        return graph.taken_over(program, [places[word] for word in program.inputs])
    places |= {word: graph.number(value) for word, value in problem.constants.items()}
    fixed = {word: number(value) for word, value in problem.constants.items()}
    for word, tree in zip(problem.definitions.names, problem.definitions.expressions, strict=True):
        places[word] = graph.add_tree(stable(substitute(lowered(tree, problem.constants), fixed)), places)
    loss = places[problem.loss_name]
    slopes = graph.slopes(loss, [graph.places[word] for word in problem.parameters])
    return {"loss": loss, **{f"slope/{w}": slope for w, slope in zip(problem.parameters, slopes, strict=True)}}


def loop_source(program: Program, state: State, data: int, language: str) -> tuple[str, str]:
    """The source of `run` and of `keep`."""
    names = [f"s{place}" for place in range(len(state.names))]
    inputs = [*names, "t", *(f"d{place}" for place in range(data))]
    unpack = [f"{_tuple(names)} = state"]
    if data:
        unpack.append(f"{_tuple(inputs[len(names) + 1 :])} = data")
    moved = program.only(*state.names)
    lines, outputs = Writer(moved, language).lines(inputs)
    move = f"{_tuple(names)} = {_tuple([outputs[word] for word in state.names])}"
    run = _function("run(state, t, steps, data)", unpack, [*lines, move], names)
    lines, outputs = Writer(program, language).lines(inputs)
    move = f"{_tuple(names)} = {_tuple([outputs[word] for word in state.names])}"
    note = f"out(({outputs['loss']}, {', '.join(names)},))"
    return run, _function("keep(state, t, steps, data, out)", unpack, [*lines, note, move], names)


def batch_source(program: Program, state: State) -> str:
    """The source of `run` for many starts: a block of them at a time, so that it stays in the cache."""
    places = range(len(state.names))
    names = [f"s{place}" for place in places]
    lines, outputs = Writer(program.only(*state.names), "python").lines([*names, "t"])
    moved = _tuple([outputs[word] for word in state.names])
    body = [
        *(f"a{place} = state[{place}].copy()" for place in places),
        f"for low in range(0, len(a0), {_BLOCK}):",
        f"    high = min(len(a0), low + {_BLOCK})",
        *(f"    b{place} = a{place}[low:high]" for place in places),
        "    for t in range(first, first + steps):",
        "        for i in range(high - low):",
        *(f"            s{place} = b{place}[i]" for place in places),
        *(f"            {line}" for line in lines),
        f"            {_tuple([f'b{place}[i]' for place in places])} = {moved}",
        f"return {_tuple([f'a{place}' for place in places])}",
    ]
    return "def run(state, first, steps, data):\n" + "\n".join(f"    {line}" for line in body) + "\n"


def _tuple(parts: Sequence[str]) -> str:
    return ", ".join(parts) + ("," if len(parts) == 1 else "")


def _function(head: str, before: Sequence[str], body: Sequence[str], names: Sequence[str]) -> str:
    lines = [*before, "for t in range(t, t + steps):", *(f"    {line}" for line in body), f"return {_tuple(names)}"]
    return f"def {head}:\n" + "\n".join(f"    {line}" for line in lines) + "\n"


@functools.lru_cache(maxsize=16)
def _numba_helpers() -> dict[str, Any] | None:
    try:
        import numba
    except ImportError:
        return None
    import math

    made = {}
    for word, helper in HELPERS["python"].items():
        made[word] = helper if helper is getattr(math, word, None) else numba.njit(helper)
    return made


def _by_numba(source: str, sample: tuple[Any, ...]) -> Callable[..., Any] | None:
    """The function compiled by numba; None where that is not installed, or cannot compile this."""
    fast = _numba_helpers()
    if fast is None:
        return None
    import numba

    run = numba.njit(compiled(source, "run", fast))
    try:
        run(sample, 1, 0, ())
    except numba.errors.NumbaError:
        return None
    return run  # type: ignore[no-any-return]
