"""What a run leaves: lines of working, records, and the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from symgd.descent.outcome import Outcome
from symgd.expressions.tree import Expression
from symgd.late import late
from symgd.numbers.values import Ball, Value, entries_of

if TYPE_CHECKING:
    from symgd.descent.problem import Problem


@dataclass(frozen=True, slots=True)
class Line:
    """One line of working: `quantity` by `formula` at `operands` is `value`.

    `kind` is forward, loss, inner, partial, second or given, or "update" for an equation of the optimizer; then
    `parameter` is the weight it is about, and the names of the formula are the optimizer's own.
    """

    kind: str
    quantity: str
    parameter: str
    formula: Expression
    operands: Mapping[str, Value]
    value: Value


class LateLines(Sequence[Line]):
    """Lines of working that are worked out when they are first read: a long run in floats keeps none.

    >>> len(LateLines(lambda: ()))
    0
    """

    __slots__ = ("_lines", "_work")

    def __init__(self, work: Callable[[], tuple[Line, ...]]) -> None:
        """`work` gives the lines, the same each time."""
        self._work = work
        self._lines: tuple[Line, ...] | None = None

    def __len__(self) -> int:
        """How many lines."""
        return len(self._now())

    def __iter__(self) -> Iterator[Line]:
        """The lines in order."""
        return iter(self._now())

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Line, ...]: ...
    def __getitem__(self, place: int | slice) -> Line | tuple[Line, ...]:
        """A line, or some."""
        return self._now()[place]

    def __eq__(self, other: object) -> bool:
        """The same lines."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """As few as are equal."""
        return hash(len(self))

    def __reduce__(self) -> tuple[type[tuple[Line, ...]], tuple[tuple[Line, ...]]]:
        """Other processes get the lines themselves."""
        return tuple, (self._now(),)

    def _now(self) -> tuple[Line, ...]:
        if self._lines is None:
            self._lines = self._work()
        return self._lines


class PublicValues(Mapping[str, Value]):
    """Numbers of a system that become public values when they are first read.

    >>> PublicValues({"w": 2}, float)
    {'w': 2.0}
    """

    __slots__ = ("_public", "_raw", "_values")

    def __init__(self, raw: Mapping[str, Any], public: Callable[[Any], Value]) -> None:
        """`public` turns a number of the system into a public value."""
        self._raw, self._public = raw, public
        self._values: dict[str, Value] | None = None

    def __getitem__(self, word: str) -> Value:
        """A value by name."""
        return self._now()[word]

    def __iter__(self) -> Iterator[str]:
        """The names in order."""
        return iter(self._raw)

    def __len__(self) -> int:
        """How many values."""
        return len(self._raw)

    def __repr__(self) -> str:
        """As a dict is shown."""
        return repr(self._now())

    def __reduce__(self) -> tuple[type[dict[str, Value]], tuple[dict[str, Value]]]:
        """Other processes get the values themselves."""
        return dict, (self._now(),)

    def _now(self) -> dict[str, Value]:
        if self._values is None:
            self._values = {word: self._public(value) for word, value in self._raw.items()}
        return self._values


@dataclass(frozen=True, slots=True)
class Record:
    """The point, loss and gradient after `step` updates, and the change of the next one (None in the last)."""

    step: int
    point: Mapping[str, Value]
    loss: Value | None
    gradient: Mapping[str, Value]
    change: Mapping[str, Value] | None
    lines: Sequence[Line]


class LateRecords(Sequence[Record]):
    """Records that are worked out when they are read: kept are only the states, as rows of floats.

    >>> len(LateRecords([], [], lambda step, row, last: None, dict, lambda step, row: None))
    0
    """

    def __init__(
        self,
        steps: Sequence[int],
        rows: Sequence[Any],
        make: Callable[[int, Any, bool], Record],
        point: Callable[[Any], Mapping[str, Value]],
        loss: Callable[[int, Any], Value | None],
    ) -> None:
        """`make` gives the record of a state; of the last one there is no change.

        `point` gives the weights of a state alone, `loss` its loss.
        """
        self._steps, self._rows, self._make, self._point, self._loss = steps, rows, make, point, loss
        self._made: dict[int, Record] = {}

    def __len__(self) -> int:
        """How many records."""
        return len(self._steps)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, place: int | slice) -> Record | tuple[Record, ...]:
        """A record, or some."""
        if isinstance(place, slice):
            return tuple(self[number] for number in range(*place.indices(len(self))))
        place = place + len(self) if place < 0 else place
        if not 0 <= place < len(self):
            raise IndexError(place)
        if place not in self._made:
            if len(self._made) > 10_000:
                self._made.clear()
            last = place == len(self) - 1
            self._made[place] = self._make(self._steps[place], self._rows[place], last)
        return self._made[place]

    def __iter__(self) -> Iterator[Record]:
        """The records in order."""
        return (self[place] for place in range(len(self)))

    def points(self) -> list[Mapping[str, Value]]:
        """The weights of every record: they are there, and no record is worked out for them."""
        return list(map(self._point, self._rows))

    def losses(self) -> list[Value | None]:
        """The loss of every record: its slopes are not worked out for it."""
        return list(map(self._loss, self._steps, self._rows))

    def __eq__(self, other: object) -> bool:
        """The same records."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """As few as are equal."""
        return hash(len(self))

    def __reduce__(self) -> tuple[type[tuple[Record, ...]], tuple[tuple[Record, ...]]]:
        """Other processes get the records themselves."""
        return tuple, (tuple(self),)


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A run in one number system.

    >>> import symgd
    >>> run = symgd.descend("(w - 3)^2", start={"w": 0}, steps=2)
    >>> [str(point["w"]) for point in run.points], run.outcome.code
    (['0', '3/5', '27/25'], 'finished')
    """

    problem: Problem
    records: Sequence[Record]
    outcome: Outcome
    outgrown: bool = False  # exact values passed 4,096 bits and went on as certified balls
    proved: bool = True  # every value has the digits that were asked for, and more, proved
    compiled_by: str = ""  # "python", "numpy" or "numba" where a compiled loop made the updates

    @property
    def points(self) -> list[Mapping[str, Value]]:
        """The weights before the first update and after each."""
        records = self.records
        return records.points() if isinstance(records, LateRecords) else [record.point for record in records]

    @property
    def losses(self) -> list[Value | None]:
        """The loss at each point; None where it has no value or is not known."""
        records = self.records
        return records.losses() if isinstance(records, LateRecords) else [record.loss for record in records]

    @property
    def lines(self) -> list[Line]:
        """Every line of working, in order."""
        return [line for record in self.records for line in record.lines]

    @property
    def final(self) -> Mapping[str, Value]:
        """The last point."""
        return self.records[-1].point

    def plot(self, kind: str = "", pair: Sequence[str] = ()) -> Any:
        """A picture of the run as a Figure of matplotlib: see `symgd.handouts.figures.plot`. Raises InputError."""
        return late("plot")(self, kind, pair)

    def __str__(self) -> str:
        """The table of the run, as `symgd descend` prints it."""
        return str(late("run-text")(self))

    def _repr_html_(self) -> str:
        return str(late("run-html")(self))

    def _repr_markdown_(self) -> str:
        return str(late("run-markdown")(self))

    def _repr_latex_(self) -> str:
        return str(late("run-latex")(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(late("run-text")(self))

    def inexact(self, record: Record) -> list[str]:
        """The keys of a record that are proved digits and not exact: "at.w1", "loss"."""
        entries: list[tuple[str, Value | None]] = [(f"at.{word}", value) for word, value in record.point.items()]
        entries.append(("loss", record.loss))
        entries += [(f"gradient.{word}", value) for word, value in record.gradient.items()]
        entries += [(f"change.{word}", value) for word, value in (record.change or {}).items()]
        return [key for key, value in entries if any(isinstance(entry, Ball) for entry in entries_of(value))]
