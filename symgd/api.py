"""The Python door: parse, gradient, descend, explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgd.expressions.limits import WIDE, Limits
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression

if TYPE_CHECKING:
    from symgd.calculus.gradient import Gradient
    from symgd.descent.problem import Problem
    from symgd.descent.trajectory import Trajectory
    from symgd.handouts.handout import Handout


def parse(text: str, *, names: Sequence[str] = (), limits: Limits = WIDE) -> Expression:
    """Read an expression in plain text or LaTeX; definitions are put into the last line.

    `names` are declared names. Raises InputError with a code, a place and a remedy; nothing is ever evaluated.

    >>> parse("2w1^2 - 0.1").latex()
    '2\\\\,w_{1}^{2} - 0.1'
    """
    return read(text, names=names, limits=limits)


def to_sympy(expression: Expression) -> Any:
    """An expression as SymPy's, over real symbols.

    >>> to_sympy(parse("(w - 0.5)^2"))
    (w - 1/2)**2
    """
    from symgd.calculus.bridge import to_sympy as convert

    return convert(expression)


def gradient(
    loss: Any,
    *,
    wrt: Sequence[str] | None = None,
    start: Mapping[str, Any] | None = None,
    let: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Gradient:
    """The exact gradient of a loss: text, an Expression, a SymPy expression or a Problem.

    `wrt` names the parameters (else those of `start`, else all names in order of first appearance); `let` gives
    constants. Raises InputError.

    >>> gradient("(w1 - 0.55)^2 + (w2 - 0.3)^2")["w1"]
    2*w1 - 11/10
    """
    from symgd.calculus.gradient import Gradient
    from symgd.descent.problem import Problem
    from symgd.errors import InputError
    from symgd.expressions.names import canonical

    problem = loss if isinstance(loss, Problem) else Problem(loss, start=start, let=let, data=data, **settings)
    if problem.definitions is None:
        raise InputError("no-loss")
    free = [word for word in problem.definitions.free_names if word not in problem.let]
    parameters = [canonical(word) for word in wrt] if wrt is not None else list(problem.parameters) or free
    unknown = [word for word in parameters if word not in free and word not in problem.start]
    if unknown:
        raise InputError("not-a-parameter", name=unknown[0], names=", ".join(free))
    others = {word: value for word, value in problem.start.items() if word not in parameters}
    known = {**problem.start, **problem.let}
    return Gradient(problem.definitions, parameters, {**others, **problem.let}, known, problem.renamed)


def descend(problem: Any = None, **settings: Any) -> Trajectory:
    """Run the descent of a Problem, of a loss, or of keyword arguments of Problem. Raises InputError.

    >>> descend("(w - 3)^2", start={"w": 2}, steps=1).final
    {'w': Fraction(11, 5)}
    """
    from symgd.descent.advance import descend as run

    return run(_problem(problem, settings))


def explain(problem: Any = None, *, template: str | Path | None = None, **settings: Any) -> Handout:
    """The worked handout of a Problem, of a loss, or of keyword arguments of Problem. Raises InputError.

    >>> print(explain("(w - 3)^2", start={"w": 2}, steps=1).text().splitlines()[0])
    Gradient descent, worked out
    """
    from symgd.descent.advance import descend as run
    from symgd.handouts.handout import Handout

    language = settings.pop("language", None)
    found = _problem(problem, settings)
    return Handout(run(found), language or found.language, template)


def _problem(problem: Any, settings: Mapping[str, Any]) -> Problem:
    from symgd.descent.problem import Problem

    if not isinstance(problem, Problem):
        return Problem(problem, **settings)
    if settings:
        raise TypeError("settings go into the Problem: give a loss, or a Problem alone")
    return problem
