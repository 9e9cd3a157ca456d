"""The compiled loop: the gradient's program and the optimizer's equations as one function that holds the loop.

The equations are those of optimizers.py, run once on the graph; the state (weights and what the optimizer carries)
are local variables. The same source runs as it is, or compiled by numba where that is installed and the run is long.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

import numpy as np

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
    """The places of a run's state: each weight, what the optimizer carries over for it, and what stays as it is."""

    weights: tuple[str, ...]
    carried: tuple[str, ...]
    kept: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every place: w, and m of w."""
        return (*self.weights, *(f"{word}/{row}" for row in self.carried for word in self.weights), *self.kept)


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
    program, state, data = _update_program(problem)
    language = "numpy" if batch or data or problem.has_arrays else "python"
    source = loop_source(program, state, len(data), language)
    helpers = HELPERS[language]
    run, keep = (compiled(text, word, helpers) for text, word in zip(source, ("run", "keep"), strict=True))
    loop = Loop(state, run, keep, data, language, program)
    if not _pays(problem, program, steps):
        return loop
    plain = batch_source(program, state) if batch else source[0]
    fast = _by_numba(
        plain, _sample(problem, state, batch), () if batch else loop.data, "python" if batch else language
    )
    return loop if fast is None else replace(loop, run=fast, by="numba")


def _pays(problem: Problem, program: Program, steps: int) -> bool:
    """Whether the time of a compiler is less than it saves; it compiles `run`, so not where every state is kept."""
    entries = max((np.size(value) for value in problem.constants.values()), default=1)
    work = steps * program.operations * (problem.batch or entries)
    kept = problem.in_batches or (problem.every == 1 and problem.batch is None)
    return work >= _WORTH_COMPILING and program.operations <= _MOST_COMPILED and not kept


def _sample(problem: Problem, state: State, batch: bool) -> tuple[Any, ...]:
    """A state of the types that a run has."""
    if batch:
        return tuple(np.zeros(1) for _ in state.names)
    weights = [np.zeros(value.shape) if is_array(value) else 0.0 for value in problem.start.values()]
    return tuple(weights * (1 + len(state.carried)))


def _update_program(problem: Problem) -> tuple[Program, State, dict[str, Any]]:
    """One update as a program: from the state, the number of the update and the data to the next state, and the loss.

    The names of its inputs are those of the state, t, and data/x for each column x.
    """
    equations = active_equations(problem.method, problem.settings)
    state = State(problem.parameters, carried(equations), ("eta/each",) if problem.rates else ())
    columns = {word: value for word, value in problem.constants.items() if is_array(value)}
    if problem.in_batches:
        columns |= {word: problem.constants[word] for word in problem.counts}
    graph = Graph((*state.names, "t", *(f"data/{word}" for word in columns)))
    losses = _gradient_places(graph, problem, columns)
    shared = {word: graph.number(value) for word, value in problem.settings.items()} | {"t": graph.places["t"]}
    shared["eta"] = graph.places["eta/each"] if problem.rates else graph.add_tree(problem.learning_rate, shared)
    outputs = {"loss": losses["loss"], **{word: graph.places[word] for word in state.kept}}
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
def _numba_helpers(language: str) -> dict[str, Any] | None:
    """What a source calls, compiled; the functions of libraries that numba knows stay as they are."""
    try:
        import numba
    except ImportError:
        return None
    own = {word: helper for word, helper in HELPERS[language].items() if isinstance(helper, FunctionType)}
    ours = {word: numba.njit(helper) for word, helper in own.items() if helper.__module__.startswith("symgd")}
    return {**HELPERS[language], **ours}


def _by_numba(source: str, sample: tuple[Any, ...], data: tuple[Any, ...], language: str) -> Callable[..., Any] | None:
    """The function compiled by numba; None where that is not installed, or cannot compile this."""
    helpers = _numba_helpers(language)
    if helpers is None:
        return None
    import numba

    run = numba.njit(compiled(source, "run", helpers))
    try:
        run(sample, 1, 0, data)
    except (numba.errors.NumbaError, ImportError):  # products of matrices take SciPy's
        return None
    return run if language == "python" else _contiguous(run)


def _contiguous(run: Callable[..., Any]) -> Callable[..., Any]:
    """The same on arrays as they lie in memory when it was compiled."""

    def on_arrays(state: Any, t: int, steps: int, data: Any) -> Any:
        return run(tuple(np.ascontiguousarray(v) if np.ndim(v) else v for v in state), t, steps, data)

    return on_arrays
