"""Other ways to write the same run: a velocity that holds the rate, v = 0.9v + η·g, or that points down the slope."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from symgd.checking.facts import facts_of
from symgd.descent.problem import Problem

#: For the rows of a method the rows of the same run in other words, where the rate is the same all the time.
_OTHERS: dict[str, dict[str, str]] = {
    "m = momentum*m + g": {
        "holds": "m = momentum*m + eta*g",
        "moves": "m = momentum*m - eta*g",
        "falls": "m = momentum*m - g",
    },
    "d = -eta*m": {"holds": "d = -m", "moves": "d = m", "falls": "d = eta*m"},
    "d = -eta*(g + momentum*m)": {
        "holds": "d = -(eta*g + momentum*m)",
        "moves": "d = momentum*m - eta*g",
        "falls": "d = eta*(momentum*m - g)",
    },
}


def same_runs(problem: Problem) -> tuple[Problem, ...]:
    """The problem with the rows of its optimizer in other conventions.

    >>> momentum = Problem("(w - 3)^2", start={"w": 1}, optimizer="momentum")
    >>> [other.method.lines[1:3] for other in same_runs(momentum)][0]
    ('m = momentum*m + eta*g', 'd = -m')
    """
    facts = facts_of(problem)
    if facts.same_runs is None:
        facts.same_runs = tuple(_same_runs(problem))
    return facts.same_runs


def _same_runs(problem: Problem) -> Iterator[Problem]:
    lines = problem.method.lines
    if "t" in problem.learning_rate.names or not any(line in _OTHERS for line in lines):
        return
    for convention in ("holds", "moves", "falls"):
        other = copy.copy(problem)
        rows = tuple(_OTHERS[line][convention] if line in _OTHERS else line for line in lines)
        other.method = problem.method._replace(lines=rows)
        yield other
