"""A handout as a Jupyter notebook: the lines of its Markdown in cells, and cells that run the very problem.

The file is nbformat 4.5 (Jupyter's documentation, "The Notebook file format"), written with the standard library; ids
of cells are their numbers, so the same handout gives the same bytes.
"""

from __future__ import annotations

import json
import re
from typing import Any

from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory
from symgd.handouts.toml_files import toml_text
from symgd.numbers.values import Value, entries_of, is_array

_LOAD = '''import tomllib

import symgd

problem = symgd.Problem.from_table(tomllib.loads(r"""
{table}""", parse_float=str))'''
_RUN = "run = symgd.descend(problem)\nrun"
_CHECK = """final = {final!r}
assert {{word: [str(v) for v in getattr(value, "flat", [value])] for word, value in run.final.items()}} == final"""


def notebook_text(markdown: str, run: Trajectory) -> str:
    """The notebook of a handout: `markdown` is the handout, `run` what it is about."""
    parts = [part.strip() for part in re.split(r"(?m)^(?=## )", markdown) if part.strip()]
    final = {word: [str(entry) for entry in entries_of(value)] for word, value in run.final.items()}
    load = _LOAD.format(table=toml_text(table_of(run.problem)))
    cells = [
        _markdown(parts[0]),
        _code(load),
        _code(_RUN),
        *map(_markdown, parts[1:]),
        _code(_CHECK.format(final=final)),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


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
