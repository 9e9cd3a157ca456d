"""The gradient of a problem, derived once; one place decides how: of numbers, of rows of data, of vectors."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from symgd.calculus.gradient import Gradient
from symgd.descent.problem import Problem


@functools.lru_cache(maxsize=8)
def gradient_of(problem: Problem) -> Gradient:
    """The gradient of a problem's loss in its parameters. Raises InputError, or TypeError where no loss is known."""
    return gradient_in(problem, problem.parameters, problem.constants)


def gradient_in(problem: Problem, parameters: Sequence[str], constants: Mapping[str, Any]) -> Gradient:
    """The gradient in some of the names, the others being constants."""
    if problem.definitions is None:
        raise TypeError("a given gradient has no loss")
    known = {**problem.start, **constants}
    if problem.shaped is None:
        return Gradient(problem.definitions, parameters, constants, known, problem.renamed)
    from symgd.calculus.array_gradient import ArrayGradient  # loads NumPy

    return ArrayGradient(problem.shaped, parameters, constants, known, problem.rows)
