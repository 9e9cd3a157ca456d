"""The descent: updates repeated until the watch sees an end.

A run in exact arithmetic is repeated at doubled precision until every recorded digit that may be printed is proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from symgd.descent.directions import Singular
from symgd.descent.engine import Engine, NoValue, Sheet, State, TooLarge, gradients_of
from symgd.descent.outcome import Outcome
from symgd.descent.problem import Problem
from symgd.descent.trajectory import LateLines, Line, Record, Trajectory
from symgd.descent.watch import Watch
from symgd.errors import InputError, PrecisionError
from symgd.numbers.systems import ExactSystem, FloatSystem, RoundedSystem
from symgd.numbers.values import Ball, Value, rounded

_FIRST_BITS, _MOST_BITS, _GUARD = 128, 8_192, 8


class Update(NamedTuple):
    """One turn of a run: what it leaves, where it leads, and the outcome if it is the last."""

    record: Record
    after: State
    outcome: Outcome | None


def descend(problem: Problem) -> Trajectory:
    """Run a problem. Raises InputError where it cannot start.

    Exact runs have every value proved to `problem.digits` + 8 significant digits, or as far as 8,192 bits reach.

    >>> run = descend(Problem(loss="(w - 3)^2", start={"w": 2}, steps=1))
    >>> run.final, run.outcome.code
    ({'w': Fraction(11, 5)}, 'finished')
    """
    try:
        problem.require_start()
        return _float_run(problem) if problem.arithmetic == "float" else _proved_run(problem)
    except InputError as error:
        error.source = error.source or problem.source
        raise


def _float_run(problem: Problem) -> Trajectory:
    engine = Engine(problem, gradients_of(problem), FloatSystem())
    return Trajectory(problem, *_run(engine, keep_lines=False))


def _proved_run(problem: Problem) -> Trajectory:
    from symgd.calculus.bridge import proves

    gradients, bits = gradients_of(problem), _FIRST_BITS
    while True:
        rounds = problem.arithmetic == "round"
        system: ExactSystem = RoundedSystem(problem.places, bits, proves) if rounds else ExactSystem(bits, proves)
        with system.precision():
            records, outcome = _run(Engine(problem, gradients, system), keep_lines=True)
        proved = outcome.code != "undecided" and _all_proved(records, problem.digits + _GUARD)
        if proved or bits >= _MOST_BITS:
            return Trajectory(problem, records, outcome, system.outgrown)
        bits *= 2


def _all_proved(records: Iterable[Record], digits: int) -> bool:
    balls = (value for record in records for value in _values(record) if isinstance(value, Ball))
    return all(rounded(value, digits) is not None for value in balls)


def _values(record: Record) -> Iterable[Value | None]:
    yield record.loss
    yield from record.point.values()
    yield from record.gradient.values()
    yield from (record.change or {}).values()
    yield from (line.value for line in record.lines)


def _run(engine: Engine, keep_lines: bool) -> tuple[tuple[Record, ...], Outcome]:
    watch, records, state = Watch(engine), list[Record](), engine.start()
    while True:
        record, state, outcome = _update(engine, watch, state, keep_lines)
        records.append(record)
        if outcome is not None:
            return tuple(records), outcome


def _update(engine: Engine, watch: Watch, state: State, keep_lines: bool) -> Update:
    """Look at the point and, unless that is the end, move on from it."""
    sheet, after, change = Sheet(state, keep_lines), state, None
    try:
        engine.look(sheet)
        outcome = watch.at_point(sheet)
        if outcome is None and state.step == engine.problem.steps:
            outcome = _last(engine, watch, state)
        if outcome is None:
            after = engine.advance(sheet)
            change = engine.change(state, after)
            outcome = watch.after_update(sheet, after, change)
    except NoValue as error:
        outcome = watch.stopped(error, state)
    except Singular:
        outcome = Outcome("singular", state.step)
    except TooLarge:
        outcome = watch.too_large(state)
    except PrecisionError:
        outcome = Outcome("undecided", state.step)
    return Update(_record(engine, sheet, None if outcome else change), after, outcome)


def _last(engine: Engine, watch: Watch, state: State) -> Outcome:
    """After the updates asked for: one more, on a sheet of its own, would show whether the last point is the end."""
    sheet = Sheet(state, keep_lines=False)
    try:
        if state.step:
            engine.look(sheet)
            after = engine.advance(sheet)
            outcome = watch.after_update(sheet, after, engine.change(state, after))
            if outcome is not None and outcome.code == "converged":
                return outcome
    except (NoValue, Singular, TooLarge, PrecisionError):
        pass  # nobody asked for this update
    return watch.finished(state)


def _record(engine: Engine, sheet: Sheet, change: dict[str, Value] | None) -> Record:
    known, loss = sheet.known, engine.gradients.loss_name
    slopes = {word: known[slope] for word, slope in engine.slopes.items() if slope in known}
    return Record(
        sheet.state.step,
        engine.public(sheet.state.point),
        engine.system.public(known[loss]) if loss in known else None,
        engine.public(slopes),
        change,
        _lines(engine, sheet),
    )


def _lines(engine: Engine, sheet: Sheet) -> tuple[Line, ...] | LateLines:
    """The lines that were kept; else they are worked out again, the same, when somebody reads them."""
    if sheet.lines is not None:
        return tuple(sheet.lines)
    state, moved = sheet.state, bool(sheet.inside)
    return LateLines(lambda: _again(engine, state, moved))


def _again(engine: Engine, state: State, moved: bool) -> tuple[Line, ...]:
    sheet = Sheet(state, keep_lines=True)
    try:
        engine.look(sheet)
        if moved:
            engine.advance(sheet)
    except (NoValue, Singular, TooLarge):
        pass  # the run stopped here, with these lines
    return tuple(sheet.lines or ())
