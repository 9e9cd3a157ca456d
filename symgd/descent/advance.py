"""The descent: one `advance` for all number systems, and the run that repeats it.

An update works out the program of the gradient, then the optimizer's equations, each for every parameter. A run in
exact arithmetic is repeated at doubled precision until the digits to be printed are proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from symgd.calculus.program import Formula, slope_name
from symgd.descent.directions import Singular, newton_direction
from symgd.descent.optimizers import Equation, active_equations
from symgd.descent.outcome import Outcome
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Line, Record, Trajectory
from symgd.errors import DomainError, InputError, PrecisionError
from symgd.expressions.tree import Expression, number, operation, substitute
from symgd.expressions.writer import text as write_text
from symgd.numbers.values import Ball, Value, bounds, rounded

_FIRST_BITS, _MOST_BITS, _GUARD = 128, 8_192, 8
Numbers = dict[str, Any]


class State(NamedTuple):
    """Where a run stands: updates made, the point, and the optimizer's own quantities for each parameter."""

    step: int
    point: Numbers
    memory: Mapping[str, Numbers]


class Gradients(NamedTuple):
    """Where slopes come from: the formulas of an update, and second derivatives for Newton's method."""

    formulas: Callable[[int], Sequence[Formula]]
    loss_name: str | None
    second: Callable[[str, str], Expression] | None = None

    def slope(self, word: str) -> str:
        """The name of a slope among the quantities."""
        return slope_name(self.loss_name or "L", word)


class Engine:
    """A problem made ready: its gradient in a number system."""

    def __init__(self, problem: Problem, gradients: Gradients, system: Any) -> None:
        """Prepare constants, hyperparameters and the equations that are not idle."""
        self.problem, self.gradients, self.system = problem, gradients, system
        self.equations = active_equations(problem.method, problem.settings)
        constants = {**problem.let}
        self.constants: Numbers = {word: system.number(value) for word, value in constants.items()}
        self.settings: Numbers = {word: system.number(value) for word, value in problem.settings.items()}

    def start(self) -> State:
        """The state before the first update."""
        point = {word: self.system.number(value) for word, value in self.problem.start.items()}
        zero = self.system.number(Fraction(0))
        memory = {word: {row.target: zero for row in self.equations if row.target != "w"} for word in point}
        return State(0, point, memory)

    def look(self, state: State, lines: list[Line]) -> Numbers:
        """Every quantity of the gradient's program at the point; appends the lines of working."""
        known: Numbers = {**self.constants, **state.point}
        for formula in self.gradients.formulas(state.step):
            known[formula.quantity] = self.system.assign(formula.tree, known)
            lines.append(self._line(formula.kind, formula.quantity, "", formula.tree, known, known[formula.quantity]))
        return known

    def advance(self, state: State, known: Numbers, lines: list[Line]) -> State:
        """One update from a point whose gradient is known; appends the lines of working."""
        shared = self._shared(state)
        inside = {
            word: {
                **self.settings,
                **state.memory[word],
                **shared,
                "w": state.point[word],
                "g": known[self.gradients.slope(word)],
            }
            for word in state.point
        }
        if "p" in self._read:
            for word, direction in self._newton(state, known, lines).items():
                inside[word]["p"] = direction
        for equation in self.equations:
            for word, values in inside.items():
                value = self.system.assign(equation.tree, values)
                lines.append(self._line("update", equation.target, word, equation.tree, values, value))
                values[equation.target] = value
        point = {word: values["w"] for word, values in inside.items()}
        memory = {word: {key: inside[word][key] for key in state.memory[word]} for word in point}
        return State(state.step + 1, point, memory)

    def change(self, before: State, after: State) -> Numbers:
        """The new weights minus the old ones."""
        return {word: after.point[word] - before.point[word] for word in before.point}

    @property
    def _read(self) -> set[str]:
        return {word for row in self.equations for word in row.tree.names}

    def _shared(self, state: State) -> Numbers:
        update = self.system.number(Fraction(state.step + 1))
        rate = self.system.evaluate(self.problem.learning_rate, {"t": update})
        return {"t": update, "eta": rate}

    def _newton(self, state: State, known: Numbers, lines: list[Line]) -> Numbers:
        second = self.gradients.second
        if second is None:
            raise InputError("newton-needs-loss")
        slopes = {word: self.gradients.slope(word) for word in state.point}
        record = lambda kind, quantity, parameter, tree, values, value: lines.append(  # noqa: E731
            self._line(kind, quantity, parameter, tree, values, value)
        )
        return newton_direction(self.system, known, slopes, self.gradients.loss_name or "L", second, record)

    def _line(
        self,
        kind: str,
        quantity: str,
        parameter: str,
        tree: Expression,
        values: Mapping[str, Any],
        value: Any,
    ) -> Line:
        operands = {word: self.system.public(values[word]) for word in tree.names}
        return Line(kind, quantity, parameter, tree, operands, self.system.public(value))


def gradients_of(problem: Problem) -> Gradients:
    """The formulas of a problem's gradient; raises InputError where the loss exists nowhere."""
    if problem.definitions is None:
        return Gradients(lambda step: _given_formulas(problem, step), None)
    gradient = derived(problem)
    if problem.arithmetic == "float":
        from symgd.calculus.floating import float_program

        formulas: Sequence[Formula] = float_program(gradient)
    else:
        formulas = gradient.program
    return Gradients(lambda step: formulas, problem.loss_name, gradient.second)


def derived(problem: Problem) -> Any:
    """The Gradient of a problem's loss in its parameters."""
    from symgd.calculus.gradient import Gradient

    assert problem.definitions is not None
    start = {**problem.start, **problem.let}
    return Gradient(problem.definitions, problem.parameters, problem.let, start, problem.renamed)


def _given_formulas(problem: Problem, step: int) -> list[Formula]:
    """The slope of each parameter in this update; after the last of a list its last value stands."""
    return [
        Formula(slope_name("L", word), trees[min(step, len(trees) - 1)], "given")
        for word, trees in problem.given.items()
    ]


def descend(problem: Problem) -> Trajectory:
    """Run a problem. Raises InputError where it cannot start.

    >>> run = descend(Problem(loss="(w - 3)^2", start={"w": 2}, steps=1))
    >>> run.final, run.outcome.code
    ({'w': Fraction(11, 5)}, 'finished')
    """
    from symgd.calculus.bridge import proves
    from symgd.numbers.systems import ExactSystem, FloatSystem, RoundedSystem

    problem.require_start()
    gradients = gradients_of(problem)
    if problem.arithmetic == "float":
        return _run(Engine(problem, gradients, FloatSystem()))
    bits = _FIRST_BITS
    while True:
        system = (
            RoundedSystem(problem.places, bits, proves) if problem.arithmetic == "round" else ExactSystem(bits, proves)
        )
        last = bits * 2 > _MOST_BITS
        with system.precision():
            run = _run(Engine(problem, gradients, system), undecided_is_final=last)
        if run is not None and (last or _all_proved(run, problem.digits)):
            return run
        bits *= 2


def _all_proved(run: Trajectory, digits: int) -> bool:
    return all(
        rounded(value, digits + _GUARD) is not None
        for record in run.records
        for value in _values(record)
        if isinstance(value, Ball)
    )


def _values(record: Record) -> Iterable[Value | None]:
    yield record.loss
    yield from record.point.values()
    yield from record.gradient.values()
    yield from (record.change or {}).values()
    yield from (line.value for line in record.lines)


def _run(engine: Engine, undecided_is_final: bool = True) -> Any:
    """Repeat `advance`; None where a ball could not decide and more bits may."""
    watch = Watch(engine)
    state = engine.start()
    records: list[Record] = []
    while True:
        lines: list[Line] = []
        known: Numbers = {}
        try:
            known = engine.look(state, lines)
            outcome = watch.at_point(state, known)
            if outcome is None and state.step == engine.problem.steps:
                outcome = watch.finished(state)
            if outcome is not None:
                records.append(_record(engine, state, known, None, lines))
                break
            after = engine.advance(state, known, lines)
            change = engine.change(state, after)
            outcome = watch.after_update(state, known, after, change)
        except PrecisionError:
            if not undecided_is_final:
                return None
            outcome = Outcome("undecided", state.step)
        except (DomainError, Singular) as error:
            outcome = _stopped(error, state, engine)
        if outcome is not None:
            records.append(_record(engine, state, known, None, lines))
            break
        records.append(_record(engine, state, known, change, lines))
        state = after
    outgrown = bool(getattr(engine.system, "outgrown", False))
    return Trajectory(engine.problem, tuple(records), outcome, outgrown)


def _record(engine: Engine, state: State, known: Numbers, change: Numbers | None, lines: list[Line]) -> Record:
    public = engine.system.public
    loss = engine.gradients.loss_name
    slopes = {word: engine.gradients.slope(word) for word in state.point}
    return Record(
        state.step,
        {word: public(value) for word, value in state.point.items()},
        public(known[loss]) if loss in known else None,
        {word: public(known[key]) for word, key in slopes.items() if key in known},
        None if change is None else {word: public(value) for word, value in change.items()},
        tuple(lines),
    )


def _stopped(error: Exception, state: State, engine: Engine) -> Outcome:
    """A part without a value: where the run stops. Before the first update it is the user's to mend."""
    if isinstance(error, Singular):
        return Outcome("singular", state.step)
    assert isinstance(error, DomainError)
    part = error.part
    assert isinstance(part, Expression)
    shown = write_text(_with_numbers(part, engine, state))
    if state.step == 0 and not set(part.names) & {"mhat", "vhat", "s", "v"}:
        raise InputError("start-outside", part=write_text(part), shown=shown) from None
    return Outcome("left-domain", state.step, facts={"part": write_text(part), "shown": shown})


def _with_numbers(part: Expression, engine: Engine, state: State) -> Expression:
    """The failing part with the numbers that are known put in, for the message."""
    from symgd.numbers.relation import show

    known = {**engine.constants, **state.point}
    shown = {word: show(engine.system.public(known[word])) for word in part.names if word in known}
    return substitute(part, {word: item.tree for word, item in shown.items() if item is not None})


class Watch:
    """Sees how a run goes: converged, diverged, in a circle, not moving."""

    def __init__(self, engine: Engine) -> None:
        """Remember what decides: losses so far, points so far."""
        self.engine, self.problem = engine, engine.problem
        self.losses: list[Any] = []
        self.seen: dict[tuple[Any, ...], int] = {}
        self.cycle: tuple[int, int] | None = None

    def at_point(self, state: State, known: Numbers) -> Outcome | None:
        """What the loss and the slopes at a point decide."""
        self._notice_cycle(state)
        loss = self.engine.gradients.loss_name
        if loss is not None:
            self.losses.append(_middle(self.engine.system.public(known[loss])))
            if self._diverges():
                return self._diverged(state)
        elif any(not _finite(value) for value in state.point.values()):
            return self._diverged(state)
        if self._within_tolerance(state, known):
            return Outcome("converged", state.step, "tolerance", {"tolerance": _plain(self.problem.tolerance)})
        return None

    def after_update(self, state: State, known: Numbers, after: State, change: Numbers) -> Outcome | None:
        """Whether an update that changed nothing is the end."""
        if any(value != 0 for value in change.values()) or self.problem.learning_rate.names:
            return None
        slopes = [known[self.engine.gradients.slope(word)] for word in state.point]
        flat = all(value == 0 for value in slopes)
        if (
            not flat
            and any(after.memory[word] != state.memory[word] for word in state.point)
            and not self._rate_is_zero()
        ):
            if self.problem.arithmetic != "float":
                return None
        if state.step and (flat or self.problem.arithmetic == "float") and not self._rate_is_zero():
            return Outcome("converged", state.step, "" if flat else "float")
        reason = "flat" if flat else "rate" if self._rate_is_zero() else "small"
        return Outcome("does-not-move", state.step, reason)

    def finished(self, state: State) -> Outcome:
        """The updates asked for were made; perhaps in a circle."""
        if self.cycle and not self.problem.method.memory and not self.problem.learning_rate.names:
            first, length = self.cycle
            return Outcome("cycle", state.step, facts={"first": first, "length": length})
        return Outcome("finished", state.step)

    def _notice_cycle(self, state: State) -> None:
        key = tuple(str(value) for value in state.point.values())
        if self.cycle is None and key in self.seen and not isinstance(next(iter(state.point.values())), float):
            self.cycle = (self.seen[key], state.step - self.seen[key])
        self.seen.setdefault(key, state.step)

    def _rate_is_zero(self) -> bool:
        rate = self.problem.learning_rate
        return rate.op == "number" and rate.value == 0

    def _within_tolerance(self, state: State, known: Numbers) -> bool:
        limit = self.problem.tolerance
        if limit is None:
            return False
        slopes = [self.engine.system.public(known[self.engine.gradients.slope(word)]) for word in state.point]
        return all(max(map(abs, bounds(value))) <= limit for value in slopes if _finite(value))

    def _diverges(self) -> bool:
        losses = self.losses
        if losses[-1] is None:
            return True
        if len(losses) < 4 or losses[0] is None:
            return False
        rising = all(low is not None and low < high for low, high in zip(losses[-4:], losses[-3:], strict=False))
        return rising and abs(losses[-1]) > 10**6 * (1 + abs(losses[0]))

    def _diverged(self, state: State) -> Outcome:
        rate = write_text(self.problem.learning_rate)
        reason = "infinite" if self.losses and self.losses[-1] is None else ""
        return Outcome("diverged", state.step, reason, {"rate": rate})


def _middle(value: Value) -> Fraction | None:
    """A number to compare sizes with; None where it is not finite."""
    if not _finite(value):
        return None
    low, high = bounds(value)
    return (low + high) / 2


def _finite(value: Any) -> bool:
    return not isinstance(value, float) or abs(value) < float("inf")


def _plain(value: Fraction | None) -> str:
    return write_text(number(value or Fraction(0)))


__all__ = ["Engine", "Equation", "derived", "descend", "operation"]
