"""The engine: one update of a problem, in any number system.

An update works out the program of the gradient (`look`), then the optimizer's equations, each for every parameter
(`advance`). It decides nothing about how a run goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from flint import arb

from symgd.calculus.lowering import lowered
from symgd.calculus.program import Formula, slope_name
from symgd.descent.directions import Hessian, newton_direction
from symgd.descent.optimizers import active_equations, carried
from symgd.descent.problem import Problem
from symgd.descent.sums import sums_in
from symgd.descent.trajectory import Line, PublicValues
from symgd.descent.written_out import MOST_ENTRIES, entry_names_of, is_small, written_out
from symgd.errors import DomainError, InputError, PrecisionError, SymgdError
from symgd.expressions.tree import Expression
from symgd.numbers.systems import NumberSystem, is_proved
from symgd.numbers.values import entries_of, shaped_as

Numbers = dict[str, Any]

#: Sums over more rows are worked out a whole column at a time, in floats.
_MANY_ROWS = 500
#: Digits proved beyond those that are printed: operands of a line show more of them than its result.
_GUARD = 8
#: Balls beyond this are not carried on: their digits could not be written.
_HUGE = arb(10) ** 4_000
#: A size between 0 and this is not written out as a fraction.
_TINY = arb(10) ** -40_000


class NoValue(DomainError):
    """A part of a formula has no value: `kind` is that of its line, `known` the values by name."""

    def __init__(self, error: DomainError, kind: str, known: Mapping[str, Any]) -> None:
        """Keep what failed, and where."""
        super().__init__(error.operation, error.part, error.values)
        self.kind, self.known = kind, known


class TooLarge(SymgdError):
    """A value is beyond 10^4000."""


class TooSmall(PrecisionError):
    """A value is so close to 0 that nobody could write it out, 0 or not."""


class State(NamedTuple):
    """Where a run stands: updates made, the point, and what the optimizer carries over for each parameter."""

    step: int
    point: Numbers
    memory: Mapping[str, Numbers]


class Sheet:
    """What one update works out: quantities, each parameter's own, and the lines of working (if they are kept)."""

    __slots__ = ("inside", "known", "lines", "rate", "state")

    def __init__(self, state: State, keep_lines: bool) -> None:
        """An empty sheet at a state."""
        self.state = state
        self.known: Numbers = {}
        self.inside: dict[str, Numbers] = {}
        self.rate: Any = None
        self.lines: list[Line] | None = [] if keep_lines else None


class Gradients(NamedTuple):
    """Where slopes come from: the formulas of an update, and second derivatives for Newton's method.

    `plain` are the formulas as they are taught, where `formulas` were rewritten for floats: they name a part
    without a value. `varying` says that the formulas are not the same in every update.
    """

    formulas: Callable[[int], Sequence[Formula]]
    loss_name: str | None
    plain: Sequence[Formula] = ()
    second: Callable[[str, str], Expression] | None = None
    varying: bool = False

    def slope(self, word: str) -> str:
        """The name of a slope among the quantities."""
        return slope_name(self.loss_name or "L", word)


class Engine:
    """A problem made ready in a number system: constants, hyperparameters, and the equations that are not idle."""

    def __init__(self, problem: Problem, gradients: Gradients, system: NumberSystem) -> None:
        """Turn the problem's numbers into the system's."""
        self.problem, self.gradients, self.system = problem, gradients, system
        self.equations = active_equations(problem.method, problem.settings)
        self.carried = carried(self.equations)
        self.read = frozenset(word for row in self.equations for word in row.tree.names)
        self.slopes = {word: gradients.slope(word) for word in problem.parameters}
        self.digits, self.proved = problem.digits + _GUARD, True  # of every value that is worked out
        self.constants = self._numbers(problem.constants)
        self.settings = self._numbers(problem.settings)

    def start(self) -> State:
        """The state before the first update."""
        zero = self.system.number(Fraction(0))
        memory = {word: dict.fromkeys(self.carried, zero) for word in self.problem.parameters}
        return State(0, self._numbers(self.problem.start), memory)

    def look(self, sheet: Sheet) -> None:
        """Work out every quantity of the gradient's program at the point; raises NoValue, TooLarge, PrecisionError."""
        sheet.known = {**self.constants_at(sheet.state.step), **sheet.state.point}
        for formula in self.gradients.formulas(sheet.state.step):
            value = self._assign(sheet, formula.kind, formula.quantity, "", formula.tree, sheet.known)
            sheet.known[formula.quantity] = value

    def constants_at(self, step: int) -> Numbers:
        """The constants of an update: of a mini-batch only its rows of the data, and their number."""
        if not self.problem.in_batches:
            return self.constants
        rows = self.problem.rows_of(step)
        columns = {word: self.constants[word][[row - 1 for row in rows]] for word in self.problem.data}
        counts = dict.fromkeys(self.problem.counts, self.system.number(Fraction(len(rows))))
        return {**self.constants, **columns, **counts}

    def whole_loss(self, state: State) -> Any:
        """The loss over all rows of the data; raises NoValue, PrecisionError."""
        known = {**self.constants, **state.point}
        for formula in self.gradients.formulas(state.step):
            if formula.kind in ("forward", "loss"):
                try:
                    known[formula.quantity] = self.system.assign(formula.tree, known)
                except DomainError as error:
                    raise NoValue(error, formula.kind, known) from None
        return known[self.gradients.loss_name or "L"]

    def advance(self, sheet: Sheet) -> State:
        """One update from a point that was looked at; raises NoValue, TooLarge, Singular, PrecisionError."""
        state = sheet.state
        shared = {**self.settings, **self._schedule(sheet)}
        for word, slope in self.slopes.items():
            own = {"w": state.point[word], "g": sheet.known[slope]}
            sheet.inside[word] = {**shared, **state.memory[word], **own}
        if "p" in self.read:
            self._supply_direction(sheet)
        for target, tree in self.equations:
            for word, values in sheet.inside.items():
                values[target] = self._assign(sheet, "update", target, word, tree, values)
        point = {word: values["w"] for word, values in sheet.inside.items()}
        memory = {word: {key: values[key] for key in self.carried} for word, values in sheet.inside.items()}
        return State(state.step + 1, point, memory)

    def change(self, before: State, after: State) -> Numbers:
        """The new weights minus the old ones."""
        return {word: after.point[word] - before.point[word] for word in before.point}

    def public(self, numbers: Mapping[str, Any]) -> PublicValues:
        """Numbers of the system as public values."""
        return PublicValues(numbers, self.system.public)

    def _numbers(self, values: Mapping[str, Fraction]) -> Numbers:
        return {word: self.system.number(value) for word, value in values.items()}

    def _schedule(self, sheet: Sheet) -> Numbers:
        """The number of the update and the rate in it; the rate is given, so it is never rounded."""
        update = {"t": self.system.number(Fraction(sheet.state.step + 1))}
        rate = self.problem.learning_rate
        try:
            sheet.rate = self.system.evaluate(rate, update)
        except DomainError as error:
            raise NoValue(error, "rate", update) from None
        return {**update, "eta": sheet.rate}

    def _supply_direction(self, sheet: Sheet) -> None:
        second, loss = self.gradients.second, self.gradients.loss_name
        if second is None or loss is None:
            raise TypeError("a problem with a given gradient lets no second-order method through")

        def assign(kind: str, quantity: str, parameter: str, tree: Expression, values: Mapping[str, Any]) -> Any:
            return self._assign(sheet, kind, quantity, parameter, tree, values)

        point, shaped = sheet.state.point, self.problem.shaped is not None
        names = {word: entry_names_of(self.problem, word) if shaped else [word] for word in point}
        slopes = {entry: slope_name(loss, entry) for entries in names.values() for entry in entries}
        known = dict(sheet.known)
        for word, slope in self.slopes.items() if shaped else ():
            known |= _by_entry(names[word], point[word])
            known |= _by_entry([slopes[entry] for entry in names[word]], sheet.known[slope])
        found = newton_direction(self.system, Hessian(loss, slopes, second), known, assign)
        for word, entries in names.items():
            sheet.inside[word]["p"] = shaped_as(point[word], [found[entry] for entry in entries])

    def _assign(
        self, sheet: Sheet, kind: str, quantity: str, parameter: str, tree: Expression, values: Mapping[str, Any]
    ) -> Any:
        """The value of one line, noted on the sheet."""
        try:
            value = self.system.assign(tree, values)
        except DomainError as error:
            raise self._as_taught(NoValue(error, kind, values)) from None
        for entry in entries_of(value):
            if isinstance(entry, arb):
                _check_size(entry, quantity)
                self.proved = self.proved and is_proved(entry, self.digits)
        if sheet.lines is not None:
            operands = {word: self.system.public(values[word]) for word in tree.names} | sums_in(
                tree, values, self.system
            )
            sheet.lines.append(Line(kind, quantity, parameter, tree, operands, self.system.public(value)))
        return value

    def _as_taught(self, error: NoValue) -> NoValue:
        """The same failure, in the part that the formulas as taught name: log(z) and not log(w − 1)."""
        if error.kind in ("update", "second", "direction"):
            return error
        known = dict(error.known)
        for formula in self.gradients.plain:
            try:
                known[formula.quantity] = self.system.evaluate(formula.tree, known)
            except DomainError as found:
                return NoValue(found, formula.kind, known)
        return error


def _check_size(value: Any, quantity: str) -> None:
    """Raise TooLarge or TooSmall for a ball that nobody could write out, PrecisionError for one that may be such."""
    size = abs(value)
    if not size < _HUGE:
        raise TooLarge(quantity) if size > _HUGE else PrecisionError(quantity)
    if size < _TINY and not value.is_zero():
        raise TooSmall(quantity)


def _by_entry(names: Sequence[str], value: Any) -> Numbers:
    """Each entry under its name; a number that stands for an array is that number in every entry."""
    entries = entries_of(value)
    return dict(zip(names, entries * len(names) if len(entries) < len(names) else entries, strict=True))


def gradients_of(problem: Problem) -> Gradients:
    """Where a problem's slopes come from; raises InputError where the loss exists nowhere."""
    if problem.definitions is None:
        varying = any(len(trees) > 1 for trees in problem.given.values())
        return Gradients(lambda step: given_formulas(problem, step), None, varying=varying)
    if problem.goes_by_sweep:
        from symgd.calculus.floating import sweep_program

        lines = sweep_program(problem.definitions, problem.parameters, problem.constants)
        return Gradients(lambda step: lines, problem.loss_name)
    from symgd.descent.gradients import gradient_of  # loads SymPy, which a given gradient does without

    gradient = gradient_of(problem)
    formulas: Sequence[Formula] = gradient.program
    if problem.arithmetic == "float" and (problem.rows or 0) > _MANY_ROWS:
        formulas = [replace(line, tree=lowered(line.tree, problem.constants)) for line in formulas]
    elif problem.arithmetic == "float" and not problem.has_arrays:
        from symgd.calculus.floating import float_program

        formulas = float_program(gradient)
    plain = gradient.program if problem.arithmetic == "float" else ()
    second = _second_by_entry(problem) if problem.shaped and problem.method.second_order else gradient.second
    return Gradients(lambda step: formulas, problem.loss_name, plain, second, problem.in_batches)


def _second_by_entry(problem: Problem) -> Callable[[str, str], Expression]:
    """The second derivatives by the entries of vectors and matrices: those of the problem written out in numbers."""
    from symgd.descent.gradients import gradient_of

    if problem.in_batches or not is_small(problem):
        raise InputError("newton-too-large" if not problem.in_batches else "newton-in-batches", most=MOST_ENTRIES)
    return gradient_of(written_out(problem)).second


def given_formulas(problem: Problem, step: int) -> list[Formula]:
    """The slope of each parameter in this update; after the last of a list its last value stands."""
    return [
        Formula(slope_name("L", word), trees[min(step, len(trees) - 1)], "given")
        for word, trees in ((word, problem.given[word]) for word in problem.parameters)
    ]
