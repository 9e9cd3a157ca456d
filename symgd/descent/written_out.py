"""A problem over vectors and data written out in numbers: a parameter for each entry, a term for each row.

What is known of losses in numbers (curvature, the kind of a flat place, learning rates) is so known of it too.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product as pairs
from typing import Any

from symgd.descent.problem import Problem
from symgd.descent.trajectory import Record, Trajectory
from symgd.expressions.tree import name
from symgd.numbers.values import Value, entries_of, is_array, shaped_as

#: A problem of more numbers than these is not written out.
MOST_ENTRIES = 200


def entry_names(word: str, shape: Sequence[int], used: frozenset[str] = frozenset()) -> list[str]:
    """A name for each entry, row by row: w1, w2, of a matrix W_1_1; where that is in use, w_1_1.

    >>> entry_names("w", (2,)), entry_names("W", (1, 2)), entry_names("w", (), frozenset())
    (['w1', 'w2'], ['W_1_1', 'W_1_2'], ['w'])
    """
    if not shape:
        return [word]
    places = list(pairs(*(range(1, side + 1) for side in shape)))
    plain = [f"{word}{place}" for (place,) in places] if len(shape) == 1 else []
    if plain and word.isalpha() and not used & set(plain):
        return plain
    stem = word if len(shape) == 2 else f"{word}_1"
    return [f"{stem}_{'_'.join(map(str, place))}" for place in places]


@functools.lru_cache(maxsize=8)
def written_out(problem: Problem) -> Problem:
    """The same problem in numbers alone; itself where it has no arrays. Raises InputError, DomainError."""
    if not problem.has_arrays:
        return problem
    from symgd.calculus.written import loss_in_numbers  # loads NumPy

    assert problem.definitions is not None
    start: dict[str, Any] = {}
    known: dict[str, Any] = {}
    for word, value in problem.start.items():
        names = entry_names_of(problem, word)
        start |= dict(zip(names, entries_of(value), strict=True))
        known[word] = _named(names, value)
    loss = loss_in_numbers(problem.definitions, known, problem.constants)
    bare = {"start": None, "let": None, "data": None, "batch_size": None, "epochs": None}
    return problem.replaced(loss=loss, steps=problem.steps, **bare).replaced(start=start)


def _named(names: Sequence[str], value: Any) -> Any:
    """A name for each entry, in the shape of the value."""
    return shaped_as(value, list(map(name, names)))


def entry_names_of(problem: Problem, word: str) -> list[str]:
    """The names of a parameter's entries in the problem written out."""
    value: Any = problem.start[word]
    used = frozenset((*problem.start, *problem.constants)) - {word}
    return entry_names(word, value.shape if is_array(value) else (), used)


def is_small(problem: Problem) -> bool:
    """Whether a problem over arrays is small enough to be written out in numbers."""
    entries = sum(len(entries_of(value)) for value in (*problem.start.values(), *problem.constants.values()))
    return not problem.has_arrays or entries <= MOST_ENTRIES


def entries_at(problem: Problem, point: Mapping[str, Value]) -> dict[str, Value]:
    """The entries of a point under the names that they have in the problem written out."""
    return {
        entry: value
        for word in problem.parameters
        if word in point
        for entry, value in zip(entry_names_of(problem, word), entries_of(point[word]), strict=True)
    }


def flattened(run: Trajectory) -> Trajectory:
    """The run of the problem written out: the same values under the names of the entries."""
    problem = run.problem
    if not problem.has_arrays:
        return run
    records = tuple(_flat_record(record, problem) for record in run.records)
    return replace(run, problem=written_out(problem), records=records)


def _flat_record(record: Record, problem: Problem) -> Record:
    change = None if record.change is None else entries_at(problem, record.change)
    slopes = entries_at(problem, record.gradient)
    return replace(record, point=entries_at(problem, record.point), gradient=slopes, change=change)
