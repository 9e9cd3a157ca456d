"""How the golden tables of slopes read their fields and write what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symgd.calculus.graph import Program
from symgd.calculus.program import Formula
from symgd.calculus.source import source_in
from symgd.errors import InputError
from tests.golden import refusal
from tests.numbers.tables import told, value


def split(written: str) -> list[str]:
    return [word for word in written.split(",") if word]


def valued(fields: Sequence[str]) -> dict[str, Any]:
    return {word: value(text) for word, text in (field.split("=", 1) for field in fields)}


def formula_line(line: Formula) -> str:
    edges = " ".join(f"{user}<{word}" for user, word in line.edges)
    return f"{line.kind} {line.quantity} = {line.tree} [{edges}] paths {line.paths} {line.rule}".rstrip()


def source(language: str, *rest: Any) -> str:
    return or_refusal(lambda: source_in(language, *rest))


def or_refusal(work: Callable[[], Any]) -> str:
    try:
        return str(work())
    except InputError as error:
        return refusal(error)


def instructions(program: Program) -> Iterator[str]:
    steps = [
        f"{place}:{program.constants[place]}" if op == "number" else f"{place}:{op}{list(args)}"
        for place, (op, args) in enumerate(program.instructions)
    ]
    yield f"{' '.join(steps)} → {dict(program.outputs)}, {program.operations} operations"


def short(found: Any) -> str:
    return str(found) if isinstance(found, Fraction) else f"about {found.proved(20) or 'anything'}"


def places(count: int) -> list[list[float]]:
    return [[0.5 + 0.25 * place for place in range(count)], [-1.0 + 0.5 * place for place in range(count)]]


def loss_and_slopes(function: Callable[..., Any], point: Any) -> str:
    try:
        loss, slopes = function(point)
    except ValueError as error:
        return str(error)
    shown = {word: told(slope) for word, slope in slopes.items()} if isinstance(slopes, dict) else told(slopes)
    return f"{told(loss)} {shown} {np.shape(loss)}"


def or_fault(work: Callable[..., Any], *given: Any) -> str:
    try:
        return f"{work(*given)}"
    except ValueError as error:
        return str(error)
