"""The watch: sees how a run goes. Converged, diverged, in a circle, not moving, without a value.

It looks at values only and works out no update. Every end is an Outcome with its reason; what the user has to mend
before a first update can be made is an InputError.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import arb, fmpq

from symgd.descent.engine import Engine, NoValue, Sheet, State
from symgd.descent.outcome import Outcome
from symgd.errors import InputError
from symgd.expressions.tree import Expression, number, substitute
from symgd.expressions.writer import text as write_text
from symgd.numbers.relation import show
from symgd.numbers.values import Ball, Value, bounds, entries_of

#: A loss beyond this many times 1 + |L0|, after this many rises in a row, has diverged.
_BLOWN_UP, _RISES = 10**6, 3
#: A method with memory that moves no weight may start again; after so many updates it is taken to stand still.
_PATIENCE = 100
#: A float that goes to and fro by less than this is noise, not a circle.
_NOISE = 1e-9

#: What is wrong with a start, by the kind of the line that has no value there.
_START: Mapping[str, str] = {
    "forward": "start-outside",
    "loss": "start-outside",
    "inner": "start-no-slope",
    "partial": "start-no-slope",
    "given": "start-no-slope",
    "second": "start-no-second",
    "rate": "rate-undefined",
}


class Watch:
    """Sees how a run of an engine goes."""

    def __init__(self, engine: Engine) -> None:
        """Nothing has been seen yet."""
        self.engine, self.problem = engine, engine.problem
        self.first: Any = None
        self.recent: deque[Any] = deque(maxlen=_RISES + 1)
        self.falling = False
        self.still = 0
        self.rate: Fraction | float = Fraction(0)
        self.seen: dict[tuple[Any, ...], list[tuple[tuple[Any, ...], int]]] = {}
        self.cycle: dict[str, object] = {}
        self.jump: Fraction | float = Fraction(0)

    @property
    def timed(self) -> bool:
        """Whether the same state may go on in another way at another time."""
        rate = self.problem.learning_rate
        return bool(rate.names) or "t" in self.engine.read or self.engine.gradients.varying

    def at_point(self, sheet: Sheet) -> Outcome | None:
        """What the loss and the slopes at a point decide."""
        loss = sheet.known.get(self.engine.gradients.loss_name or "")
        slopes = [sheet.known[slope] for slope in self.engine.slopes.values()]
        if not all(map(_finite, _flat([*slopes, *sheet.state.point.values(), loss]))):
            return self.too_large(sheet.state)
        self._notice_cycle(sheet.state)
        if loss is not None and self._blows_up(loss):
            return Outcome("diverged", sheet.state.step, self._uphill(), {"rate": self._rate_text()})
        limit = self.problem.tolerance
        if (
            limit is not None
            and not self.engine.gradients.varying
            and all(max(map(abs, bounds(value))) <= limit for value in self._slopes(sheet))
        ):
            return Outcome("converged", sheet.state.step, "tolerance", {"tolerance": write_text(number(limit))})
        return None

    def after_update(self, sheet: Sheet, after: State, change: Mapping[str, Any]) -> Outcome | None:
        """Whether an update that moved nothing is the end."""
        state = sheet.state
        self.rate = _middle(self.engine.system.public(sheet.rate))
        if self.problem.arithmetic != "exact":  # only what is rounded moves by noise
            self.jump = max(
                (abs(_middle(value)) for value in _flat(self.engine.public(change).values())), default=Fraction(0)
            )
        if not all(map(_is_zero, _flat(change.values()))):
            self.still = 0
            return None
        self.still += 1
        if self.rate == 0:
            return None if self.problem.learning_rate.names else Outcome("does-not-move", state.step, "rate")
        if self.engine.gradients.varying:
            return None
        if self._is_flat(sheet):
            return self._flat(state.step)
        return self._stuck(state.step) if self._stands(state, after) else None

    def finished(self, state: State) -> Outcome:
        """The updates asked for were made; perhaps in a circle."""
        if self.cycle:
            return Outcome("cycle", state.step, self._by_rounding(), self.cycle)
        return Outcome("finished", state.step)

    def too_large(self, state: State) -> Outcome:
        """A value beyond what the number system bears; raises InputError at the start."""
        if state.step == 0 and not self.recent:
            raise InputError("start-too-large", arithmetic=self.problem.arithmetic)
        reason = self._uphill() or ("falling" if self.falling else "infinite")
        return Outcome("diverged", state.step, reason, {"rate": self._rate_text()})

    def stopped(self, error: NoValue, state: State) -> Outcome:
        """A part without a value; before the first update it is the user's to mend, so InputError is raised."""
        if not all(map(_finite, _flat(error.values))):
            return self.too_large(state)
        part = error.part
        if not isinstance(part, Expression):
            raise TypeError("a DomainError carries the part that failed")
        facts = {"part": write_text(part), "shown": write_text(self._with_numbers(part, error.known))}
        if state.step == 0 and error.kind in _START:
            raise InputError(_START[error.kind], part=facts["part"], shown=facts["shown"])
        reason = error.kind if error.kind in ("rate", "update") else ""
        return Outcome("left-domain", state.step, reason, {**facts, "update": state.step + 1})

    # what decides

    def _slopes(self, sheet: Sheet) -> list[Value]:
        return _flat(self.engine.system.public(sheet.known[slope]) for slope in self.engine.slopes.values())

    def _blows_up(self, loss: Any) -> bool:
        self.first = loss if self.first is None else self.first
        self.recent.append(loss)
        sizes = [_size(value) for value in self.recent]
        self.falling = sizes[-1] < _size(self.first)
        rising = all(low < high for low, high in pairwise(sizes))
        return len(sizes) > _RISES and rising and abs(sizes[-1]) > _BLOWN_UP * (1 + abs(_size(self.first)))

    def _notice_cycle(self, state: State) -> None:
        key = self._key(state)
        if self.cycle or key is None:
            return
        first = self._first_seen(key, state.step)
        noise = self.problem.arithmetic == "float" and self.jump <= _NOISE * max(1.0, *map(abs, map(_middle, key)))
        if first < state.step and not noise:
            self.cycle = {"first": first, "length": state.step - first}

    def _first_seen(self, key: tuple[Any, ...], step: int) -> int:
        """When a state was there first. Rationals are looked up by their sizes, since their hashes cost more."""
        sizes = tuple(value.height_bits() if isinstance(value, fmpq) else value for value in key)
        alike = self.seen.setdefault(sizes, [])
        for other, when in alike:
            if other == key:
                return when
        alike.append((key, step))
        return step

    def _key(self, state: State) -> tuple[Any, ...] | None:
        """The whole state, where it decides what follows and is known exactly."""
        if self.timed:
            return None
        numbers: Iterable[Any] = [*state.point.values(), *(v for row in state.memory.values() for v in row.values())]
        raw = _flat(numbers)
        if any(isinstance(value, arb) for value in raw):
            return None
        return tuple(raw)

    def _by_rounding(self) -> str:
        """A circle no wider than the last decimals that are kept comes from rounding them."""
        rounded = self.problem.arithmetic == "round"
        return "rounded" if rounded and self.jump <= Fraction(2, 10**self.problem.places) else ""

    def _is_flat(self, sheet: Sheet) -> bool:
        """Whether the slope that the method uses (with weight decay) is exactly 0 for every parameter."""
        slopes = (self.engine.system.public(values["g"]) for values in sheet.inside.values())
        return all(slope == 0 for slope in _flat(slopes))

    def _flat(self, step: int) -> Outcome:
        rounded = self.problem.arithmetic == "round"
        facts = {"places": self.problem.places} if rounded else {}
        if step:
            reason = {"round": "rounded", "float": "float"}.get(self.problem.arithmetic, "")
            return Outcome("converged", step, reason, facts)  # a float of 0 may be a slope too small for it
        return Outcome("does-not-move", step, "flat-rounded" if rounded else "flat", facts)

    def _stands(self, state: State, after: State) -> bool:
        """Whether nothing will move any more: the method's memory stands still too, or has had time enough."""
        same = all(
            _flat(self.engine.public(after.memory[word]).values())
            == _flat(self.engine.public(state.memory[word]).values())
            for word in state.point
        )
        if same and not self.timed:
            return True
        return self.problem.arithmetic != "exact" and self.still >= _PATIENCE

    def _stuck(self, step: int) -> Outcome:
        moved = step >= self.still  # an update before these moved something
        if self.problem.arithmetic == "float" and moved:
            return Outcome("converged", step, "float")
        return Outcome("does-not-move", step, "small")

    # what is said

    def _uphill(self) -> str:
        return "uphill" if self.rate < 0 else ""

    def _rate_text(self) -> str:
        return write_text(self.problem.learning_rate)

    def _with_numbers(self, part: Expression, known: Mapping[str, Any]) -> Expression:
        """The failing part with the numbers put in that are known."""
        shown = {word: show(self.engine.system.public(known[word])) for word in part.names if word in known}
        return substitute(part, {word: item.tree for word, item in shown.items() if item is not None})


def _flat(values: Iterable[Any]) -> list[Any]:
    """Numbers, and the entries of arrays."""
    return [entry for value in values for entry in entries_of(value)]


def _middle(value: Value) -> Any:
    """A number to compare sizes with: a Fraction or a float (whose abs has no type in common)."""
    return value.middle if isinstance(value, Ball) else value


def _size(value: Any) -> Any:
    """A number of a system to compare sizes with: the middle of a ball."""
    return value.mid() if isinstance(value, arb) else value


def _is_zero(value: Any) -> bool:
    """Whether a number of a system is certainly 0."""
    return bool(value.is_zero() if isinstance(value, arb) else value == 0)


def _finite(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)
