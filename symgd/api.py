"""The Python door: parse, gradient, descend, explain, audit, check, grade, equivalent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgd.errors import InputError
from symgd.expressions.names import canonical
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from symgd.limits import Given, allowing

if TYPE_CHECKING:
    from symgd.calculus.equality import Equality
    from symgd.calculus.gradient import Gradient
    from symgd.checking.audit import Audit
    from symgd.checking.grading import ClassReport
    from symgd.checking.verdict import Report
    from symgd.descent.problem import Problem
    from symgd.descent.trajectory import Trajectory
    from symgd.handouts.handout import Handout
    from symgd.handouts.variants import Variants


def parse(text: str, *, names: Sequence[str] = (), limits: Given = None) -> Expression:
    """Read an expression in plain text or LaTeX; definitions are put into the last line.

    `names` are declared names; `limits` are STRICT, WIDE, or some rows to raise: {"depth": 200}. Raises InputError
    with a code, a place and a remedy; nothing is ever evaluated.

    >>> parse("2w1^2 - 0.1").latex()
    '2\\\\,w_{1}^{2} - 0.1'
    """
    with allowing(limits):
        return read(text, names=names)


def to_sympy(expression: Expression) -> Any:
    """An expression as SymPy's, over real symbols.

    >>> to_sympy(parse("(w - 0.5)^2"))
    (w - 1/2)**2
    """
    from symgd.calculus.bridge import to_sympy as convert

    return convert(expression)


def gradient(loss: Any = None, *, wrt: Sequence[Any] | str | None = None, **settings: Any) -> Gradient:
    """The exact gradient of a loss: text, an Expression, a SymPy expression, a Problem, or keyword arguments of one.

    `wrt` names the parameters (else those of `start`, else all names in order of first appearance), as words, as
    SymPy symbols, or as text split by commas; `let` gives constants. Raises InputError.

    >>> gradient("(w1 - 0.55)^2 + (w2 - 0.3)^2")["w1"]
    2*w1 - 11/10
    >>> gradient("(w*x - y)^2", wrt="w", let={"x": 2, "y": 1}).text("w")
    '2(w·x − y)·x'
    """
    from symgd.descent.gradients import gradient_in

    problem = _problem(loss, settings)
    if problem.definitions is None:
        raise InputError("no-loss")
    parameters = _parameters(problem, wrt)
    others = {word: value for word, value in problem.start.items() if word not in parameters}
    return gradient_in(problem, parameters, {**others, **problem.constants})


def function(loss: Any, *, wrt: Sequence[Any] | str | None = None, **settings: Any) -> Any:
    """The loss and its gradient as a compiled function, straight from the text: f(point) -> (loss, gradient).

    `point` has shape (n,) or (batch, n), the parameters in the order of `wrt`, else of `start`, else of first
    appearance; float64. Derived by the reverse sweep alone (Griewank and Walther 2008), so it is ready many times
    sooner than `gradient(...)`, which compares it with other roads. Over vectors and data it is
    `gradient(...).function()`. Raises InputError.

    >>> function("(w1 - 0.55)^2 + (w2 - 0.3)^2")([0.55, 0.8])
    (0.25, array([0., 1.]))
    """
    from symgd.calculus.compiled import loss_and_gradient

    problem = _problem(loss, settings)
    if problem.definitions is None:
        raise InputError("no-loss")
    if problem.has_arrays:
        return gradient(problem, wrt=wrt).function()
    parameters = _parameters(problem, wrt)
    others = {word: value for word, value in problem.start.items() if word not in parameters}
    return loss_and_gradient(problem.definitions, parameters, {**others, **problem.constants})


def descend(problem: Any = None, **settings: Any) -> Trajectory:
    """Run the descent of a Problem, of a loss, or of keyword arguments of Problem. Raises InputError.

    A loss is text, an Expression or a SymPy expression. Arguments beside a Problem override it.

    In floats a start of several numbers for each parameter is a batch: a run for each of them, in one loop; every
    point then holds arrays. A long run in floats is compiled (`run.compiled_by`), by numba where it is installed.

    >>> descend("(w - 3)^2", start={"w": [0, 2]}, steps=1, learning_rate="0.5", arithmetic="float").final
    {'w': array([3., 3.])}
    >>> descend("(w - 3)^2", start={"w": 2}, steps=1).final
    {'w': Fraction(11, 5)}
    """
    from symgd.descent.advance import descend as run

    return run(_problem(problem, settings))


def explain(problem: Any = None, *, template: str | Path | None = None, **settings: Any) -> Handout:
    """The worked handout of a Problem, of a loss, or of keyword arguments of Problem. Raises InputError.

    `language` is "en" or "zh-TW"; `template` a file to use instead of the one that comes along; `figures`, `blank`,
    `paper` and the other keys of [handout] say how it looks (see `Sheet`).

    >>> print(explain("(w - 3)^2", start={"w": 2}, steps=1).text().splitlines()[0])
    Gradient descent, worked out
    """
    from symgd.descent.advance import descend as run
    from symgd.handouts.handout import Handout

    found = _problem(problem, settings)
    return Handout(run(found), found.language, template)


def audit(text: str, form: str = "", limits: Given = None) -> Audit:
    """Every relation that a text prints, re-computed from the text alone: Markdown, HTML, LaTeX, plain text, prose.

    `form` is "html", "tex", "notebook", "gift" or "moodle" where that is known. `=` needs exact equality, `≈` a right
    rounding to the digits shown, of a value that is not equal. A lone name on the left binds and is counted as a
    definition. Raises nothing.

    >>> found = audit("w = 0.5, so w + 0.01 = 0.51; but 2*(0.750-1) = -0.499")
    >>> found.true, found.false, found.undecided, found.definitions
    (1, 1, 0, 1)
    >>> [(relation.text, relation.left) for relation in found.wrong]
    [('2*(0.750-1) = -0.499', '-0.5')]
    """
    from symgd.checking.audit import audit as run

    with allowing(limits):
        return run(text, form)


def check(problem: Any, working: str, *, student: str = "", **settings: Any) -> Report:
    """A student's working, line by line: marks, the first wrong line, and mistakes by their names.

    `problem` is as for `explain`, its table [marks] the policy. Nothing in the text raises; InputError is raised where
    the problem cannot be used.

    >>> report = check("(w - 0.55)^2", "dL/dw = -0.1\\nw = 0.5 - 0.01 = 0.49", start={"w": "0.5"}, steps=1)
    >>> report.first_wrong_line, report.mistakes
    (2, ('climbed',))
    """
    from symgd.checking.marking import check as run

    return run(_problem(problem, settings), working, student)


def grade(problem: Any, rows: Any, *, executor: Any = None, jobs: int = 1, **settings: Any) -> ClassReport:
    """A whole class: `rows` are mappings with "student" and "working" or quantities, or (student, working) pairs.

    `executor` is any concurrent.futures.Executor, `jobs` a number of processes on this machine. Equal answers are
    checked once; a bad row never stops the rest. Everyone is marked out of the same: what the policy asks for, else
    the quantities that are the keys of the rows, else a slope and a weight for each parameter and update, of which a
    working gets the share that its lines earn. Raises InputError where the problem cannot be used.

    >>> found = grade("(w1 - 0.55)^2", [("s001", "w1 = 0.51"), ("s002", "w1 = 0.49")], start={"w1": "0.5"}, steps=1)
    >>> [(report.student, report.status) for report in found]
    [('s001', 'correct'), ('s002', 'incorrect')]
    """
    from symgd.checking.grading import grade as run

    return run(_problem(problem, settings), rows, executor=executor, jobs=jobs)


def variants(source: Any, count: int, seed: int = 0, **settings: Any) -> Variants:
    """So many variants of a problem file (or of its tables) with ranges, with numbers that are pleasant by hand.

    The same seed gives the same variants. `.found` are they, each with its `.run` and the `.numbers` that were chosen;
    `.refused` says how many draws were turned away, and why. Raises InputError.

    >>> table = {"loss": "(w - 3)^2", "steps": 2, "start": {"w": {"from": 0, "to": 2, "step": "0.5"}}}
    >>> [str(variant.run.final["w"]) for variant in variants(table, 2, seed=1).found]
    ['43/25', '51/25']
    """
    from symgd.handouts.variants import variants_of

    return variants_of(source, count, seed, **settings)


def equivalent(left: Any, right: Any, *, names: Sequence[str] = (), prove: bool = False) -> Equality:
    """Whether two formulas (text, or expressions) are equal: `.verdict`, `.certainty`, `.counterexample`.

    The verdict is "equal", "different", "domain" (equal where both exist) or "unknown". With `prove` SymPy is asked
    for a proof where there is only evidence. Never takes longer than about a second. Raises InputError for text that
    cannot be read.

    >>> equivalent("2*(w-3)", "2w - 6").verdict
    'equal'
    >>> equivalent("log(x^2)", "2*log(x)").verdict, equivalent("relu(x - 100)", "0").counterexample.at
    ('domain', {'x': Fraction(801, 8)})
    """
    from symgd.checking.guarded import judged, proved

    first, second = (parse(side, names=names) if isinstance(side, str) else side for side in (left, right))
    return (proved if prove else judged)(first, second)


def _problem(problem: Any, settings: Mapping[str, Any]) -> Problem:
    """A Problem with settings put over it, or one made of a loss and settings; None is as good as left out."""
    from symgd.descent.files import SHEET
    from symgd.descent.problem import Problem

    given = {word: value for word, value in settings.items() if value is not None}
    sheet = {word: given.pop(word) for word in SHEET if word in given}
    if sheet:
        given["handout"] = {**given.get("handout", {}), **sheet}
    if isinstance(problem, Problem):
        return problem.replaced(**given)
    if problem is not None and "loss" in given:
        raise InputError("setting-twice", name="loss")
    return Problem(**({"loss": problem} | given))


def _parameters(problem: Problem, wrt: Sequence[Any] | str | None) -> list[str]:
    """The names asked for, else those of the start, else all that are free."""
    definitions = problem.definitions
    free = [word for word in (definitions.free_names if definitions else ()) if word not in problem.constants]
    if wrt is None:
        return list(problem.parameters) or free
    words = wrt.split(",") if isinstance(wrt, str) else wrt
    asked = list(dict.fromkeys([canonical(str(word).strip()) for word in words]))
    known = {*free, *problem.start}
    for word in asked:
        if word not in known:
            raise InputError("not-a-parameter", name=word, names=", ".join(free))
    return asked
