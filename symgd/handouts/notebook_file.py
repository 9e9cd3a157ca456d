"""A handout as a Jupyter notebook: the lines of its Markdown in cells, and cells that run the very problem.

The file is nbformat 4.5 (Jupyter's documentation, "The Notebook file format"), written with the standard library; ids
of cells are their numbers, so the same handout gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory
from symgd.handouts.sheet import PAIRED, sheet_of
from symgd.handouts.toml_files import toml_text
from symgd.numbers.values import Value, entries_of, is_array

_LOAD = '''import tomllib

import symgd

problem = symgd.Problem.from_table(tomllib.loads(r"""
{table}""", parse_float=str))'''
_RUN = "run = symgd.descend(problem)\nrun"
_PLOT = "run.plot({kind!r}{pair})"
_CHECK = """final = {final!r}
assert {{word: [str(v) for v in getattr(value, "flat", [value])] for word, value in run.final.items()}} == final"""


def notebook_text(markdown: str, run: Trajectory, figures: Iterable[str] = ()) -> str:
    """The notebook of a handout: `markdown` is the handout, `run` what it is about, `figures` the kinds to draw.

    A worksheet has the problem to work with, but no cell that would give the answers.
    """
    parts = [part.strip() for part in re.split(r"(?m)^(?=## )", markdown) if part.strip()]
    load = _LOAD.format(table=toml_text(table_of(run.problem)))
    answers = run.problem.kind != "worksheet"
    cells = [
        _markdown(parts[0]),
        _code(load),
        *([_code(_RUN)] if answers else []),
        *map(_markdown, parts[1:]),
        *([*map(_code, _plots(run.problem, figures)), _code(_check(run))] if answers else []),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


def _plots(problem: Problem, figures: Iterable[str]) -> Iterator[str]:
    pair = sheet_of(problem.handout).pair
    shown = f", pair={pair!r}" if pair else ""
    return (_PLOT.format(kind=kind, pair=shown if kind in PAIRED else "") for kind in figures)


def _check(run: Trajectory) -> str:
    final = {word: [str(entry) for entry in entries_of(value)] for word, value in run.final.items()}
    return _CHECK.format(final=final)


def table_of(problem: Problem) -> dict[str, Any]:
    """A problem as the tables of a file that holds all of it, its data too.

    >>> table_of(Problem("w^2", start={"w": "0.5"}, steps=1))["start"]
    {'w': '0.5'}
    """
    table: dict[str, Any] = {"steps": problem.steps, "digits": problem.digits}
    table["arithmetic"] = f"round:{problem.places}" if problem.arithmetic == "round" else problem.arithmetic
    if problem.source_text:
        table["loss"] = problem.source_text
    if problem.given:
        slopes = {word: [tree.text() for tree in trees] for word, trees in problem.given.items()}
        table["gradient"] = {word: texts if len(texts) > 1 else texts[0] for word, texts in slopes.items()}
    for key, values in (("start", problem.start), ("let", problem.let), ("data", problem.data)):
        if values:
            table[key] = {word: _plain(value) for word, value in values.items()}
    rate = {"learning_rate": problem.learning_rate.text()}
    table["optimizer"] = {"name": problem.method.name, **rate, **{k: str(v) for k, v in problem.settings.items()}}
    if problem.batches is not None and problem.in_batches:
        table["optimizer"] |= {"batch_size": problem.batches.size, "seed": problem.batches.seed}
    table["handout"] = {"language": problem.language}
    return table


def _plain(value: Value) -> Any:
    """A number as text, arrays as lists of them."""
    if not is_array(value):
        return _text(value)
    return [_plain(part) for part in value] if value.ndim > 1 else [_text(part) for part in value]


def _text(value: Any) -> str:
    from symgd.expressions.writer import decimal_text

    return decimal_text(value) or str(value) if hasattr(value, "denominator") else repr(float(value))


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str) -> dict[str, Any]:
    source = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": "", "metadata": {}, "outputs": [], "source": source}
