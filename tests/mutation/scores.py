"""How many mutants were found, how sure that is of all of them, and which survived."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.mutation.mutants import Mutant
from tests.mutation.running import Tried

#: Mutants that no test can find, or that are numeric limits, each with why.
TABLE = Path(__file__).with_name("equivalent.toml")
_NORMAL = 1.959964  # 95 in 100


class Outcome(NamedTuple):
    """A mutant and what became of it."""

    mutant: Mutant
    tried: Tried


class Excused(NamedTuple):
    """A row of the table: the file, the line of code as it is written, and what becomes what in it."""

    path: str
    code: str
    before: str
    after: str


def excused() -> dict[Excused, str]:
    """The table of mutants that were looked at and count neither way, each with why.

    >>> all(excused().values())
    True
    """
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8")).get("mutant", [])
    return {
        Excused(row["path"], code, row["before"], after): row["why"]
        for row in rows
        for code in row["code"]
        for after in row["after"]
    }


def is_excused(mutant: Mutant, table: dict[Excused, str]) -> bool:
    """Whether the table has a mutant."""
    return Excused(mutant.path, mutant.code, mutant.before, mutant.after) in table


def interval(found: int, of: int) -> tuple[float, float]:
    """Between which shares, with 95 % confidence, that of all mutants lies (Wilson).

    >>> [round(share, 3) for share in interval(90, 100)]
    [0.826, 0.945]
    """
    share, square = found / of, _NORMAL**2 / of
    middle = (share + square / 2) / (1 + square)
    half = _NORMAL / (1 + square) * math.sqrt(share * (1 - share) / of + square / of / 4)
    return middle - half, middle + half


def score(outcomes: Sequence[Outcome]) -> str:
    """The share that was found, in a line."""
    found = sum(outcome.tried.state != "survived" for outcome in outcomes)
    if not outcomes:
        return "no mutants"
    low, high = interval(found, len(outcomes))
    slow = sum(outcome.tried.state == "slow" for outcome in outcomes)
    return f"{found} of {len(outcomes)} = {found / len(outcomes):.1%} (95 %: {low:.1%} to {high:.1%}; {slow} by time)"


def survivors(outcomes: Iterable[Outcome]) -> list[str]:
    """Those that no test found, a line each."""
    return [
        f"{mutant.path}:{mutant.line} {mutant.scope or 'module'} [{mutant.kind}{', ' + tried.by if tried.by else ''}]"
        f"  {mutant.change}"
        for mutant, tried in outcomes
        if tried.state == "survived"
    ]
