"""The descent: updates repeated until the watch sees an end.

A run in exact arithmetic is repeated at doubled precision until every recorded digit that may be printed is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from symgd.descent.directions import Singular
from symgd.descent.engine import Engine, NoValue, Sheet, State, TooLarge, TooSmall, gradients_of
from symgd.descent.outcome import Outcome
from symgd.descent.problem import Problem
from symgd.descent.trajectory import LateLines, Line, Record, Trajectory
from symgd.descent.watch import Watch
from symgd.errors import InputError, PrecisionError, SymgdError
from symgd.numbers.systems import ExactSystem, FloatSystem, RoundedSystem
from symgd.numbers.values import Value, is_array

#: Precision: at first, at most, and what is added to a guess of what a run will need.
_FIRST_BITS, _MOST_BITS, _SPARE_BITS = 128, 8_192, 64


#: A run in floats of so many updates is worth a compiled loop; over data, every so many numbers count as one more.
_LONG, _MANY = 200, 500


class NotProved(SymgdError):
    """Digits that may be printed are not proved at this precision; `step` is how far the run came."""

    def __init__(self, step: int) -> None:
        """Note how far the run came."""
        super().__init__("not proved")
        self.step = step


class Update(NamedTuple):
    """One turn of a run: what it leaves, where it leads, and the outcome if it is the last."""

    record: Record
    after: State
    outcome: Outcome | None


def descend(problem: Problem, progress: Callable[[int], None] = lambda count: None) -> Trajectory:
    """Run a problem. Raises InputError where it cannot start.

    `progress` is told how many updates were made, now and then, in a long run in floats.

    Exact runs have every value proved to `problem.digits` + 8 significant digits, or as far as 8,192 bits reach.

    >>> run = descend(Problem(loss="(w - 3)^2", start={"w": 2}, steps=1))
    >>> run.final, run.outcome.code
    ({'w': Fraction(11, 5)}, 'finished')
    """
    try:
        problem.require_start()
        return _float_run(problem, progress) if problem.arithmetic == "float" else _proved_run(problem)
    except InputError as error:
        error.source = error.source or problem.source
        raise


def _float_run(problem: Problem, progress: Callable[[int], None]) -> Trajectory:
    """A short run, or one without a loss, by the interpreted engine; a long one by the compiled loop."""
    if problem.batch is not None:
        return _batch(problem, progress)
    engine = Engine(problem, gradients_of(problem), FloatSystem())
    if not _is_long(problem) or problem.definitions is None or problem.method.second_order:
        return Trajectory(problem, *_thinned(*_run(engine), problem.every))
    from symgd.descent.fast import FastRun
    from symgd.descent.loop import loop_of

    loop = loop_of(problem, problem.steps)
    fast = FastRun(engine, loop, _update, problem.every, progress)
    outcome = fast.outcome()
    records = fast.records(lambda state, last: _record_at(engine, state, last))
    return Trajectory(problem, records, outcome, compiled_by=loop.by)


def _is_long(problem: Problem) -> bool:
    entries = sum(value.size for value in problem.constants.values() if is_array(value))
    return problem.steps * (1 + entries // _MANY) >= _LONG


def _batch(problem: Problem, progress: Callable[[int], None]) -> Trajectory:
    from symgd.descent.fast import batch_run
    from symgd.descent.loop import loop_of

    loop = loop_of(problem, problem.steps, batch=True)
    records = batch_run(problem, loop, problem.every, progress)
    return Trajectory(problem, records, Outcome("finished", problem.steps), compiled_by=loop.by)


def _record_at(engine: Engine, state: State, last: bool) -> Record:
    """The record of a state that was kept."""
    sheet, change = Sheet(state, keep_lines=False), None
    try:
        engine.look(sheet)
        if not last:
            change = engine.public(engine.change(state, engine.advance(sheet)))
    except (NoValue, TooLarge):
        pass  # the run stopped here
    return _record(engine, sheet, change)


def _thinned(records: tuple[Record, ...], outcome: Outcome, every: int) -> tuple[tuple[Record, ...], Outcome]:
    """Every so-many-th record, and the last."""
    return tuple(record for record in records[:-1] if record.step % every == 0) + records[-1:], outcome


def _proved_run(problem: Problem) -> Trajectory:
    """The run at the least precision found that proves every digit; at the highest, with what is proved there."""
    from symgd.calculus.bridge import proves

    gradients, bits = gradients_of(problem), _FIRST_BITS
    while True:
        rounds = problem.arithmetic == "round"
        system: ExactSystem = RoundedSystem(problem.places, bits, proves) if rounds else ExactSystem(bits, proves)
        engine = Engine(problem, gradients, system)
        try:
            with system.precision():
                records, outcome = _run(engine, strict=bits < _MOST_BITS)
            records, outcome = _thinned(records, outcome, problem.every)
            return Trajectory(problem, records, outcome, system.outgrown, engine.proved)
        except NotProved as error:
            bits = _more_bits(bits, error.step, problem)


def _more_bits(bits: int, step: int, problem: Problem) -> int:
    """A precision for the whole run, from how many bits each update has lost so far: errors grow geometrically."""
    needed = int(4 * problem.digits) + _SPARE_BITS
    lost = max(bits - needed, 1) / max(step, 1)
    guess = needed + int(1.1 * lost * problem.steps) + _SPARE_BITS
    return min(_MOST_BITS, max(guess, bits + bits // 2))


def _run(engine: Engine, strict: bool = False) -> tuple[tuple[Record, ...], Outcome]:
    """All updates. Raises NotProved, where it is strict, at the first value without enough proved digits."""
    watch, records, state = Watch(engine), list[Record](), engine.start()
    while True:
        record, state, outcome = _update(engine, watch, state)
        if strict and (not engine.proved or (outcome is not None and outcome.key == "undecided")):
            raise NotProved(record.step)
        records.append(record)
        if outcome is not None:
            return tuple(records), outcome


def _update(engine: Engine, watch: Watch, state: State) -> Update:
    """Look at the point and, unless that is the end, move on from it."""
    sheet, after, change = Sheet(state, keep_lines=False), state, None
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
    except TooSmall:
        outcome = Outcome("undecided", state.step, "tiny")
    except PrecisionError:
        outcome = Outcome("undecided", state.step)
    return Update(_record(engine, sheet, None if outcome or change is None else engine.public(change)), after, outcome)


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


def _record(engine: Engine, sheet: Sheet, change: Mapping[str, Value] | None) -> Record:
    known, loss = sheet.known, engine.gradients.loss_name
    if engine.problem.in_batches and loss in known:
        known = {**known, loss: engine.whole_loss(sheet.state)}
    slopes = {word: known[slope] for word, slope in engine.slopes.items() if slope in known}
    return Record(
        sheet.state.step,
        engine.public(sheet.state.point),
        engine.system.public(known[loss]) if loss in known else None,
        engine.public(slopes),
        change,
        _lines(engine, sheet),
    )


def _lines(engine: Engine, sheet: Sheet) -> LateLines:
    """The lines are worked out again, the same, when somebody reads them."""
    state, moved = sheet.state, bool(sheet.inside)
    return LateLines(lambda: _again(engine, state, moved))


def _again(engine: Engine, state: State, moved: bool) -> tuple[Line, ...]:
    sheet = Sheet(state, keep_lines=True)
    with engine.system.precision():
        try:
            engine.look(sheet)
            if moved:
                engine.advance(sheet)
        except (NoValue, Singular, TooLarge, PrecisionError):
            pass  # the run stopped here, with these lines
    return tuple(sheet.lines or ())
