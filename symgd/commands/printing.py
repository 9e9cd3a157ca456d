"""What the commands print: a gradient, a run, an expression, the table of methods; as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symgd.calculus.gradient import Gradient
from symgd.calculus.program import slope_name
from symgd.descent.findings import findings
from symgd.descent.optimizers import METHODS
from symgd.descent.problem import Problem
from symgd.descent.sums import sums_at
from symgd.descent.trajectory import Line, Record, Trajectory
from symgd.errors import InputError
from symgd.expressions.names import name_latex, name_text
from symgd.expressions.reader import Definitions, read_definitions
from symgd.expressions.tree import Expression, name
from symgd.expressions.writer import decimal_text
from symgd.handouts.chain import Chain, chain_of, slope_names
from symgd.handouts.document import Document
from symgd.handouts.rendering import Writer
from symgd.handouts.tables import run_table
from symgd.language import joined, sentence
from symgd.limits import author, stranger
from symgd.numbers.values import Ball, Value, entries_of, is_array, mapped

_PROVED = 30


def in_full(value: Value) -> str:
    """A value as text: an exact one in full ("0.51", "1/3"), else its proved digits.

    >>> in_full(Fraction("0.51")), in_full(Fraction(1, 3))
    ('0.51', '1/3')
    """
    if isinstance(value, Fraction):
        return decimal_text(value) or f"{value.numerator}/{value.denominator}"
    return value.proved(_PROVED) if isinstance(value, Ball) else repr(value)


def as_json(value: Value | None) -> Any:
    """A value for JSON: exact and rounded numbers as text, floats as numbers that round-trip."""
    if is_array(value):
        return mapped(as_json, value).tolist()
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value if isinstance(value, float) else in_full(value) or None


#: Formats that are source in a language.
SOURCES = ("python", "numpy", "c", "torch", "jax")

# gradient ------------------------------------------------------------------------------------------------------


def gradient_output(
    gradient: Gradient, problem: Problem, form: str, hessian: bool = False, derivation: bool = False
) -> str:
    """A gradient as text, LaTeX, Python or JSON, with values where the problem has a point; why, where asked."""
    if form in SOURCES:
        return gradient.source(form).rstrip("\n")
    if form == "json":
        table = _gradient_table(gradient, problem, hessian)
        return _dumps({**table, "derivation": _derivation_table(gradient)} if derivation else table)
    lines = _gradient_lines(gradient, problem, form, hessian)
    if not derivation:
        return lines
    why = gradient.derivation()
    told = why.latex(problem.language) if form == "latex" else why.text(problem.language)
    return f"{told}\n\n{lines}"


def _derivation_table(gradient: Gradient) -> list[dict[str, Any]]:
    """Every rule applied, in order."""
    return [
        {"rule": step.rule, "of": step.of.text(), "wrt": step.wrt, "result": step.result.text()}
        for step in gradient.derivation().steps
    ]


def _gradient_lines(gradient: Gradient, problem: Problem, form: str, hessian: bool) -> str:
    write = _latex_line if form == "latex" else _text_line
    chains = partial_chains(gradient, problem)
    if hessian:
        chains += [
            _second_chain(gradient, row, column) for row in gradient.parameters for column in gradient.parameters
        ]
    return "\n".join(write(chain) for chain in chains)


def partial_chains(gradient: Gradient, problem: Problem) -> list[Chain]:
    """A line for each partial derivative, with numbers put in where the problem has a point."""
    loss = gradient.definitions.loss_name
    if not problem.start:
        return [_bare(slope_name(loss, word), gradient.partial(word)) for word in gradient.parameters]
    values = gradient.at({word: problem.start[word] for word in gradient.parameters if word in problem.start})
    point = {**problem.start, **problem.constants}
    chains = []
    for word, value in values.items():
        tree = gradient.partial(word)
        line = Line("partial", slope_name(loss, word), "", tree, {**point, **sums_at(tree, point)}, value)
        chains.append(chain_of(line, problem.digits) or _bare(line.quantity, line.formula))
    return chains


def _second_chain(gradient: Gradient, row: str, column: str) -> Chain:
    return _bare(f"{slope_name(gradient.definitions.loss_name, row)}/d{column}", gradient.second(row, column))


def _bare(quantity: str, tree: Expression) -> Chain:
    return Chain((name(quantity), tree), ("=",), slope_names((quantity,)))


def _text_line(chain: Chain) -> str:
    return _writer("text").side_texts(chain)


def _latex_line(chain: Chain) -> str:
    return _writer("markdown").side_latex(chain)


def _writer(flavour: Any) -> Writer:
    return Writer(None, "en", flavour)  # type: ignore[arg-type]  # chains need no document


def _gradient_table(gradient: Gradient, problem: Problem, hessian: bool) -> dict[str, Any]:
    table: dict[str, Any] = {
        "schema": "symgd/gradient/1",
        "loss": gradient.definitions.text(),
        "parameters": list(gradient.parameters),
        "partials": {
            word: {"text": gradient.text(word), "latex": gradient.latex(word)} for word in gradient.parameters
        },
    }
    if hessian:
        table["hessian"] = {
            row: {column: gradient.second(row, column).text() for column in gradient.parameters}
            for row in gradient.parameters
        }
    if problem.start:
        values = gradient.at({word: problem.start[word] for word in gradient.parameters if word in problem.start})
        table["values"] = {word: _value_table(value) for word, value in values.items()}
    return table


def _value_table(value: Value) -> dict[str, Any]:
    """A value, or the nested entries of an array, and whether all of it is exact."""
    exact = all(isinstance(entry, Fraction) for entry in entries_of(value))
    return {"value": mapped(in_full, value).tolist() if is_array(value) else in_full(value), "exact": exact}


# descend -------------------------------------------------------------------------------------------------------


def descent_output(run: Trajectory, form: str, bom: bool) -> str:
    """A run as a table of text, JSON or CSV."""
    if form == "json":
        return _dumps(_descent_table(run))
    if form == "csv":
        return ("\ufeff" if bom else "") + _descent_csv(run)
    language = run.problem.language
    document = Document(run.problem, (), (), run_table(run), ())  # the table alone: a long run has many updates
    outcome = run.outcome
    table = Writer(document, language, "text").table(document.table)
    found = (finding.message(language) for finding in findings(run))
    message = joined(language, (outcome.message(language), outcome.remedy(language), *found))
    return f"{table}\n\n{message}"


def _descent_table(run: Trajectory) -> dict[str, Any]:
    problem = run.problem
    return {
        "schema": "symgd/descent/1",
        "parameters": list(problem.parameters),
        "optimizer": problem.method.name,
        "arithmetic": f"round:{problem.places}" if problem.arithmetic == "round" else problem.arithmetic,
        "steps": [_record_table(run, record) for record in run.records],
        "outcome": {"code": run.outcome.code, "message": run.outcome.message(problem.language)},
        "findings": [{"code": found.code, "message": found.message(problem.language)} for found in findings(run)],
    }


def _record_table(run: Trajectory, record: Record) -> dict[str, Any]:
    table: dict[str, Any] = {
        "step": record.step,
        "at": {word: as_json(value) for word, value in record.point.items()},
        "loss": as_json(record.loss),
        "gradient": {word: as_json(value) for word, value in record.gradient.items()},
        "change": None if record.change is None else {word: as_json(value) for word, value in record.change.items()},
    }
    inexact = run.inexact(record)
    return {**table, "inexact": inexact} if inexact else table


def _descent_csv(run: Trajectory) -> str:
    """A row a record; vectors and matrices have a column for each entry."""
    words, first = run.problem.parameters, run.records[0]
    heads = {word: [f"{word}{place}" for place in _places(first.point[word])] for word in words}
    names = [head for word in words for head in heads[word]]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["step", *names, "loss", *[f"gradient.{n}" for n in names], *[f"change.{n}" for n in names]])
    for record in run.records:
        tables = [_csv_entries(table, heads) for table in (record.point, record.gradient, record.change or {})]
        cells = [*tables[0], record.loss, *tables[1], *tables[2]]
        writer.writerow([record.step, *map(_csv_cell, cells)])
    return buffer.getvalue()


def _places(value: Value) -> list[str]:
    """[1], [2] of a vector, [1,2] of a matrix, nothing of a number."""
    if not is_array(value):
        return [""]
    places = itertools.product(*(range(1, side + 1) for side in value.shape))
    return [f"[{','.join(map(str, place))}]" for place in places]


def _csv_entries(table: Mapping[str, Value], heads: Mapping[str, list[str]]) -> list[Value | None]:
    return [
        entry
        for word, names in heads.items()
        for entry in (entries_of(table[word]) if word in table else [None] * len(names))
    ]


def _csv_cell(value: Value | None) -> str:
    """A decimal: a spreadsheet would take 1/3 for a date."""
    if value is None:
        return ""
    if isinstance(value, Fraction):
        return decimal_text(value) or Ball(value, value).proved(15)
    return in_full(value)


# parse ---------------------------------------------------------------------------------------------------------


def parse_output(text: str, as_json_text: bool, strict: bool, language: str) -> tuple[str, int]:
    """What was read, and the exit status."""
    try:
        definitions = read_definitions(text, limits=stranger() if strict else author())
    except InputError as error:
        return (_dumps({"error": _error_table(error, language)}), 2) if as_json_text else _raise(error)
    return (_dumps(_parse_table(definitions)), 0) if as_json_text else (_parsed_text(definitions, language), 0)


def _raise(error: InputError) -> tuple[str, int]:
    raise error


def _error_table(error: InputError, language: str) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": error.message(language),
        "position": error.position,
        "length": error.length,
        "hint": error.hint(language),
    }


def _parse_table(definitions: Definitions) -> dict[str, Any]:
    from symgd.calculus.bridge import to_sympy

    named = zip(definitions.names, definitions.expressions, strict=True)
    return {
        "schema": "symgd/parse/1",
        "text": definitions.text(),
        "latex": r" \\ ".join(_definition_latex(definitions)),
        "sympy": str(to_sympy(definitions.inlined)),
        "names": list(definitions.free_names),
        "definitions": {word: {"text": tree.text(), "latex": tree.latex()} for word, tree in named},
    }


def _definition_latex(definitions: Definitions) -> list[str]:
    if definitions.names == ("L",):
        return [definitions.loss.latex()]
    named = zip(definitions.names, definitions.expressions, strict=True)
    return [f"{name_latex(word)} = {tree.latex()}" for word, tree in named]


def _parsed_text(definitions: Definitions, language: str) -> str:
    rows = [
        (sentence(language, "word.understood"), definitions.text().replace("\n", "; ")),
        ("LaTeX", r" \\ ".join(_definition_latex(definitions))),
        (sentence(language, "word.names"), ", ".join(map(name_text, definitions.free_names)) or "—"),
    ]
    return "\n".join(f"{title}: {value}" for title, value in rows)


# optimizers ----------------------------------------------------------------------------------------------------


def optimizers_output(language: str) -> str:
    """Every method with its equations, defaults, its name in PyTorch, and its paper."""
    blocks = []
    for method in METHODS:
        rows = [method.name, *(f"    {line}" for line in method.lines)]
        rows.append("  " + ", ".join(f"{word} = {value}" for word, value in method.defaults.items()))
        if method.torch:
            rows.append(f"  {sentence(language, 'word.torch')}: torch.optim.{method.torch}")
        rows.append(f"  {sentence(language, 'word.paper')}: {method.paper}")
        blocks.append("\n".join(rows))
    return "\n\n".join(blocks) + "\n"


def _dumps(table: Any) -> str:
    return json.dumps(table, ensure_ascii=False, indent=2)
