"""Long runs in floats: the compiled loop does the work, the watch is asked where something may have happened.

Updates are made a block at a time. A block after which a weight is not finite, the loss is beyond what a run that
diverges may have, nothing moved, or the tolerance was met is made again by the interpreted engine, which knows what to
say of it. So there is one place that decides how a run ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symgd.calculus.compiled import FAULTS
from symgd.descent.engine import Engine, NoValue, State
from symgd.descent.loop import Loop
from symgd.descent.outcome import Outcome
from symgd.descent.problem import Problem
from symgd.descent.trajectory import LateRecords, Record
from symgd.descent.watch import Watch
from symgd.numbers.values import Value, entries_of, is_array

#: Updates between two looks at how a run goes.
_BLOCK = 64
#: A loss this many times 1 + |L0| may be that of a run that diverges; the watch decides.
_SUSPICIOUS = 10.0**5
#: Updates that are made again before a suspicious block, so that the watch sees a rise, or that nothing moved.
_BEFORE = 104
#: Updates in which a run may come back to its last state: a circle.
_LONGEST_CIRCLE = 64

Point = tuple[Any, ...]
Step = Callable[[Engine, Watch, State], tuple[Record, State, Outcome | None]]


class FastRun:
    """One long run of a problem in floats."""

    def __init__(self, engine: Engine, loop: Loop, step: Step, every: int, progress: Callable[[int], None]) -> None:
        """`step` makes one update by the interpreted engine; each `every`-th state is kept; `progress` hears of it."""
        self.engine, self.loop, self.step, self.every, self.progress = engine, loop, step, every, progress
        self.problem = engine.problem
        self.limit = math.inf
        self.steps: list[int] = []
        self.rows: list[Point] = []

    def outcome(self) -> Outcome:
        """Make all updates; how the run ended."""
        row, made, closely = self.first(), 0, 0
        while made < self.problem.steps:
            count = min(self.most_at_once(made < closely), self.problem.steps - made)
            moved, kept = self.block(row, made, count)
            if kept is None and count > _BLOCK:
                closely = made + count  # the interpreted engine is slow: only the block where something happens is its
                continue
            if kept is None:
                found = self.watched(row, made, count)
                if isinstance(found, Outcome):
                    return found
                moved, kept = found
            self.keep(made, kept)
            row, made = moved, made + count
            self.progress(count)
        return self.last(row, made)

    def most_at_once(self, closely: bool) -> int:
        """How many updates a block may have."""
        if self.problem.in_batches:
            return 1
        return min(_BLOCK, self.every) if closely else _BLOCK if self.every == 1 else self.every

    def first(self) -> Point:
        """The state at the start as floats, and what a suspicious loss is."""
        state = self.engine.start()
        row = self.row_of(state)
        try:
            out: list[Point] = []
            self.loop.keep(row, 1, 1, self.data_at(0), out.append)
            self.limit = _SUSPICIOUS * (1 + abs(float(out[0][0])))
        except FAULTS:
            self.limit = -1.0  # nothing is known of the start, so the watch looks at all
        return row

    def row_of(self, state: State) -> Point:
        """A state of the interpreted engine as a row of floats."""
        values = [state.point[word] for word in self.problem.parameters]
        values += [state.memory[word][key] for key in self.loop.state.carried for word in self.problem.parameters]
        shapes = [state.point[word] for word in self.problem.parameters] * (1 + len(self.loop.state.carried))
        return tuple(_floats(value, like) for value, like in zip(values, shapes, strict=True))

    def state_of(self, step: int, row: Point) -> State:
        """A row of floats as the state of the interpreted engine."""
        words = self.problem.parameters
        numbers = [_number(value) for value in row]
        memory: dict[str, dict[str, Any]] = {word: {} for word in words}
        for place, key in enumerate(self.loop.state.carried, 1):
            for number, word in enumerate(words):
                memory[word][key] = numbers[place * len(words) + number]
        return State(step, dict(zip(words, numbers, strict=False)), memory)

    def block(self, row: Point, made: int, count: int) -> tuple[Point, list[Point] | None]:
        """Some updates, and the states that are kept; None for them where the watch must look."""
        out: list[Point] = []
        loop, data = self.loop, self.data_at(made)
        try:
            with np.errstate(all="ignore"):
                if self.every == 1 or count == 1:
                    moved = loop.keep(row, made + 1, count, data, out.append)
                    before = out[-1][1:]
                else:
                    first = loop.keep(row, made + 1, 1, data, out.append)
                    before = loop.run(first, made + 2, count - 2, data)
                    moved = loop.run(before, made + count, 1, data)
                    loop.keep(moved, made + count + 1, 1, data, out.append)  # for its loss
        except FAULTS:
            return row, None
        return moved, None if self.is_suspicious(out, before, moved) else out[:count] if self.every == 1 else out[:1]

    def data_at(self, step: int) -> tuple[Any, ...]:
        """The data of an update: of a mini-batch its rows, and how many they are."""
        if not self.problem.in_batches:
            return self.loop.data
        rows = [row - 1 for row in self.problem.rows_of(step)]
        counts = self.problem.counts
        return tuple(
            np.float64(len(rows)) if word in counts else value[rows] if word in self.problem.data else value
            for word, value in self.loop.columns.items()
        )

    def is_suspicious(self, out: list[Point], before: Point, moved: Point) -> bool:
        """Whether the watch must look: something may have happened in a block."""
        losses = [abs(float(part[0])) for part in out]
        if not all(loss <= self.limit for loss in losses) or not all(map(_is_finite, moved)):
            return True
        words = len(self.problem.parameters)
        if self.problem.tolerance is not None:
            return True
        return not self.problem.in_batches and all(map(_same, before[:words], moved[:words]))

    def watched(self, row: Point, made: int, count: int) -> Outcome | tuple[Point, list[Point]]:
        """The same updates by the interpreted engine, with the watch looking on."""
        watch = self.warmed()
        state, kept = self.state_of(made, row), list[Point]()
        for _ in range(count):
            record, after, outcome = self.step(self.engine, watch, state)
            kept.append((record.loss, *self.row_of(state)))
            if outcome is not None:
                self.keep(made, kept, everything=True)
                return outcome
            state = after
        return self.row_of(state), kept if self.every == 1 else kept[:1]

    def warmed(self) -> Watch:
        """A watch that has seen the start and the last few updates."""
        watch = Watch(self.engine)
        places = sorted({0, *range(max(0, len(self.rows) - _BEFORE), len(self.rows))}) if self.rows else []
        for place in places:
            self.step(self.engine, watch, self.state_of(self.steps[place], self.rows[place]))
        return watch

    def keep(self, made: int, kept: Sequence[Point], everything: bool = False) -> None:
        """Note states by the number of updates made."""
        if self.every > 1 and len(kept) == 1 and made % self.every and not everything:
            return  # the block of a mini-batch is a single update
        last = made + len(kept) - 1
        for number, part in enumerate(kept, made):
            if number % self.every == 0 or (everything and number == last):
                self.steps.append(number)
                self.rows.append(tuple(part[1:]))

    def last(self, row: Point, made: int) -> Outcome:
        """The state after all updates: the engine looks at it, and whether it is one of a circle."""
        watch = self.warmed()
        circle = self.circle(row, made)
        if circle:
            watch.cycle = circle
        _, _, outcome = self.step(self.engine, watch, self.state_of(made, row))
        self.steps.append(made)
        self.rows.append(row)
        assert outcome is not None
        return outcome

    def circle(self, row: Point, made: int) -> dict[str, object]:
        """Where the run goes round: the first state of the circle and its length; empty where it does not.

        Floyd's search, on the compiled loop.
        """
        if Watch(self.engine).timed or made < 2:
            return {}
        length = self.period(row)
        if not length:
            return {}
        start = self.row_of(self.engine.start())
        ahead, behind, first = self.moved(start, length), start, 0
        while not _all_same(ahead, behind):
            ahead, behind, first = self.moved(ahead, 1), self.moved(behind, 1), first + 1
            if first > made:
                return {}
        return {"first": first, "length": length} if first + length <= made and self.is_wide(row, length) else {}

    def period(self, row: Point) -> int:
        """After how many updates a state comes back; 0 where it does not soon."""
        there = row
        for length in range(1, _LONGEST_CIRCLE + 1):
            there = self.moved(there, 1)
            if _all_same(there, row):
                return length
        return 0

    def is_wide(self, row: Point, length: int) -> bool:
        """Whether the circle is wider than the noise of floats."""
        there = self.moved(row, 1)
        words = len(self.problem.parameters)
        jump = max(float(np.max(np.abs(np.subtract(a, b)))) for a, b in zip(row[:words], there[:words], strict=True))
        size = max(1.0, *(float(np.max(np.abs(value))) for value in row))
        return length > 1 and jump > 1e-9 * size

    def moved(self, row: Point, count: int) -> Point:
        """The state after some updates; nan where there is none."""
        try:
            with np.errstate(all="ignore"):
                return tuple(self.loop.run(row, 1, count, self.loop.data))
        except FAULTS:
            return (math.nan,) * len(row)

    def records(self, make: Callable[[State, bool], Record]) -> LateRecords:
        """What was kept, as records that are made when they are read."""
        rows = _packed(self.rows)
        return LateRecords(
            self.steps,
            rows,
            lambda step, row, last: make(self.state_of(step, row), last),
            lambda row: self.engine.public(self.state_of(0, row).point),
            self.loss_at,
        )

    def loss_at(self, step: int, row: Any) -> Value | None:
        """The loss of a state over all rows; None where it has no value."""
        try:
            return self.engine.system.public(self.engine.whole_loss(self.state_of(step, row)))
        except NoValue:
            return None


def batch_run(problem: Problem, loop: Loop, every: int, progress: Callable[[int], None]) -> list[Record]:
    """Many starts at once: every value is an array with an entry for each start; what becomes nan or infinite stays.

    Nothing is watched: every run makes all its updates.
    """
    shape = (problem.batch or 1,)
    row: Point = tuple(np.full(shape, np.asarray(value, dtype=np.float64)) for value in problem.start.values())
    row += (np.zeros(shape),) * (len(loop.state.names) - len(row) - len(loop.state.kept))
    row += (np.array(problem.rates, dtype=np.float64),) if problem.rates else ()
    records: list[Record] = []
    made = 0
    with np.errstate(all="ignore"):
        while made <= problem.steps:
            out: list[Point] = []
            moved = loop.keep(row, made + 1, 1, loop.data, out.append)
            records.append(_batch_record(problem, made, out[0], moved if made < problem.steps else None))
            count = min(every, problem.steps - made)
            if not count:
                break
            row = loop.run(moved, made + 2, count - 1, loop.data) if count > 1 else moved
            made += count
            progress(count)
    return records


def _batch_record(problem: Problem, step: int, kept: Point, moved: Point | None) -> Record:
    words = problem.parameters
    loss, *point = kept
    shape = (problem.batch or 1,)
    change = None if moved is None else {w: after - now for w, after, now in zip(words, moved, point, strict=False)}
    return Record(step, dict(zip(words, point, strict=False)), np.broadcast_to(loss, shape), {}, change, ())


def _packed(rows: list[Point]) -> Any:
    """Rows of plain floats as one array: a tenth of the memory."""
    if rows and not any(is_array(value) for value in rows[0]):
        return np.array(rows, dtype=np.float64)
    return rows


def _floats(value: Any, like: Any) -> Any:
    """A number as a float; an array of them as NumPy's own, a number that stands for one spread."""
    if is_array(like):
        return np.broadcast_to(np.asarray(value, dtype=np.float64), like.shape)
    return float(value)


def _number(value: Any) -> Any:
    return value if is_array(value) else float(value)


def _is_finite(value: Any) -> bool:
    return bool(np.isfinite(value).all()) if is_array(value) else math.isfinite(value)


def _same(left: Any, right: Any) -> bool:
    return all(a == b for a, b in zip(entries_of(left), entries_of(right), strict=True))


def _all_same(left: Point, right: Point) -> bool:
    return all(map(_same, left, right))
