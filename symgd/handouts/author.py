"""The author: a run becomes a document, one update after the other, each in the five steps.

① the current weights, ② the gradient there, ③ the learning rate, ④ the weight change, ⑤ the move; then again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from symgd.calculus.kinks import BENDING, kinks
from symgd.calculus.program import slope_name
from symgd.descent.trajectory import Line, Record, Trajectory
from symgd.descent.written_out import entries_at, is_small, written_out
from symgd.errors import InputError
from symgd.expressions.tree import name
from symgd.handouts.chain import Chain, Names, chain_of, in_rows, tagged, value_chain
from symgd.handouts.document import Block, Document, Equations, Figure, Sentence, Step, Update
from symgd.handouts.method import Method
from symgd.handouts.pictures import picture_of
from symgd.handouts.reasons import Reasons, Worked, kink_sentence
from symgd.handouts.rows import Rows, row_formulas
from symgd.handouts.sheet import sheet_of
from symgd.handouts.tables import run_table
from symgd.handouts.worksheet import blanked
from symgd.numbers.relation import show
from symgd.numbers.values import Ball, Value, bounds, entries_of, is_array, is_short


def document_of(run: Trajectory) -> Document:
    """The worked handout of a run; blanked where the problem asks for a worksheet.

    Raises InputError for a batch of runs.
    """
    if run.problem.batch is not None:
        raise InputError("batch-handout", count=run.problem.batch)
    document = _Author(run).document()
    return blanked(document) if run.problem.kind != "worked" else document


class _Author:
    """Turns a run into blocks, one update after the other."""

    def __init__(self, run: Trajectory) -> None:
        self.run, self.problem, self.digits = run, run.problem, run.problem.digits
        self.loss = self.problem.loss_name
        self.told = Method(self.problem, self.digits)
        self.known = {**self.problem.constants, **_values_at(run.records[0])}
        self.reasons = Reasons(self.problem, run.records[0].lines)
        self.rows = Rows(self.problem, self.digits)

    def document(self) -> Document:
        moving = [record for record in self.run.records if _has_move(record)]
        updates = tuple(self.update(record, first=place == 0) for place, record in enumerate(moving))
        before, after = tuple(self.introduction()), tuple(self.closing())
        return Document(self.problem, before, updates, run_table(self.run), after, self.rates(), self.figures())

    # before the first update

    def introduction(self) -> Iterable[Block]:
        problem = self.problem
        start = self.point(self.run.records[0])
        yield Sentence("task.loss" if problem.definitions else "task.given", {"start": start, "rate": self.rate()})
        if problem.definitions:
            yield Equations(tuple(self.definitions()))
        yield from self.constants()
        yield from self.told.blocks()
        yield from self.rules()

    def definitions(self) -> Iterable[Chain]:
        definitions = self.problem.definitions
        assert definitions is not None
        for word, tree in zip(definitions.names, definitions.expressions, strict=True):
            yield Chain((name(word), tree), ("=",), Names())

    def constants(self) -> Iterable[Block]:
        """What is given and does not move; columns of data are a table of their own."""
        given = {word: value for word, value in self.problem.constants.items() if word in self.used}
        varying = self.problem.counts if self.problem.in_batches else ()
        plain = {word: value for word, value in given.items() if word not in self.rows.columns and word not in varying}
        if plain:
            yield Sentence("task.constants")
            yield Equations(tuple(in_rows(self.values(plain))))
        yield from self.rows.data()

    @property
    def used(self) -> set[str]:
        """The names that stand in the loss, in its slopes, or that the user gave."""
        lines = self.run.records[0].lines
        return {word for line in lines if line.kind != "update" for word in line.formula.names} | set(self.problem.let)

    def rules(self) -> Iterable[Block]:
        problem = self.problem
        if problem.arithmetic == "round":
            yield Sentence("rule.rounded", {"places": problem.places})
        elif problem.arithmetic == "float":
            yield Sentence("rule.float", {"digits": self.digits})
        elif self.is_rounded_anywhere():
            yield Sentence("rule.approximate", {"digits": self.digits})
        for word in self.unused():
            yield Sentence("rule.unused", {"name": name(word)})
        if problem.given:
            constant = all(len(trees) == 1 and not trees[0].names for trees in problem.given.values())
            yield Sentence("rule.given-constant" if constant else "rule.given")

    def is_rounded_anywhere(self) -> bool:
        numbers = [value for record in self.run.records for value in _numbers(record)]
        values = [entry for value in numbers for entry in entries_of(value)]
        return any(isinstance(value, Ball) or not _prints_in_full(value) for value in values)

    def unused(self) -> list[str]:
        definitions = self.problem.definitions
        if definitions is None:
            return []
        return [word for word in self.problem.parameters if word not in definitions.free_names]

    # one update

    def update(self, record: Record, first: bool) -> Update:
        lines = record.lines
        before = [line for line in lines if line.kind in ("forward", "loss")]
        slopes = [line for line in lines if line.kind in ("local", "inner", "partial", "given")]
        newton = [line for line in lines if line.kind in ("second", "determinant", "direction")]
        rows = [line for line in lines if line.kind == "update"]
        downhill = [line for line in rows if line.quantity == "n"]
        moves = rows[-len(record.point) :]
        changes = [line for line in rows[: -len(record.point)] if line.quantity != "n"]
        why = self.explanations(record, moves) if first else {}
        steps = (
            self.begun(self.step(1, "weights", in_rows(self.point(record)), before, why), record),
            self.slopes("gradient" if downhill else "gradient-only", record, [before, slopes, downhill], why),
            self.step(3, "rate", [self.rate_chain(record)], [], why),
            self.step(4, "change", [], [*newton, *changes], why),
            self.step(5, "move", [], moves, why, self.after(record)),
        )
        return Update(record.step + 1, steps)

    def step(
        self,
        number: int,
        key: str,
        chains: list[Chain],
        lines: list[Line],
        why: Mapping[str, str],
        after: list[Block] | None = None,
    ) -> Step:
        worked = [(line, chain) for line in lines if (chain := self.chain(line)) is not None]
        all_chains = [*chains, *self.by_rows(worked)]
        blocks: list[Block] = [Equations(tuple(all_chains))] if all_chains else []
        if key in why:
            blocks.append(Sentence(why[key]))
        return Step(number, key, (*blocks, *(after or [])))

    def begun(self, step: Step, record: Record) -> Step:
        """The first step, with the rows of its mini-batch before everything that is worked out of them."""
        batch = [*self.rows.batch(record.step)]
        if not batch:
            return step
        counts = self.values({word: Fraction(len(self.problem.rows_of(record.step))) for word in self.problem.counts})
        return replace(step, blocks=(*batch, Equations(tuple(counts)), *step.blocks))

    def slopes(self, key: str, record: Record, working: list[list[Line]], why: Mapping[str, str]) -> Step:
        """The gradient: where it is explained with the derivations before the numbers, and the rules behind them.

        `working` are the lines of loss and definitions, of the slopes, and of their negatives.
        """
        before, lines, downhill = working
        told = bool(why) and self.problem.kind == "worked"
        chains = (self.reasons.first if told else self.reasons.later)(lines, self.chain)
        step = self.step(2, key, self.by_rows(chains), downhill, why)
        reasons: list[Block] = [*picture_of(self.problem, self.known), *self.reasons.rules()] if told else []
        table = self.rows.worked(before, lines, record.step) if self.problem.kind == "worked" else ()
        return replace(step, blocks=(*self.kinks(record.point, before), *table, *step.blocks, *reasons))

    def kinks(self, point: Mapping[str, Value], lines: list[Line]) -> Iterable[Sentence]:
        """Where a formula bends at this point: the test, the slopes that would do, and the one that is used."""
        if self.problem.shaped is not None:
            yield from self.kinks_of_entries(point)
            return
        for line in lines:
            numbers = {word: value for word, value in line.operands.items() if not is_array(value)}
            for tree in row_formulas(line):
                for kink in kinks(tree, numbers):
                    yield kink_sentence(kink, numbers, self.digits)

    def kinks_of_entries(self, point: Mapping[str, Value]) -> Iterable[Sentence]:
        """The same over vectors and matrices: of the loss written out in their entries."""
        definitions = self.problem.definitions
        trees = definitions.expressions if definitions else ()
        if all(BENDING.isdisjoint(tree.operations) for tree in trees) or not is_small(self.problem):
            return
        loss, numbers = written_out(self.problem).definitions, entries_at(self.problem, point)
        assert loss is not None
        for kink in kinks(loss.expressions[0], numbers):
            yield kink_sentence(kink, numbers, self.digits)

    def explanations(self, record: Record, moves: list[Line]) -> Mapping[str, str]:
        """The sentence behind each step; where nothing slopes or moves one that says so, which no sheet gives away."""
        why = {key: f"step.{key}-why" for key in _STEPS}
        if self.problem.method.name != "gradient-descent":
            why["change"] = "step.change-method-why"
        if all(entry == 0 for slope in record.gradient.values() for entry in entries_of(slope)):
            why |= dict.fromkeys(("gradient", "gradient-only"), "step.gradient-zero-why")
        if all(_same(line.value, record.point[line.parameter]) for line in moves):
            why["move"] = "step.move-still-why"
        sheet = self.problem.kind != "worked"
        return {key: said for key, said in why.items() if not (sheet and said in _TELLING)}

    def chain(self, line: Line) -> Chain | None:
        slope = slope_name(self.loss, line.parameter) if line.parameter else ""
        in_place = line.kind == "update" and (line.quantity == "w" or line.quantity in line.formula.names)
        return chain_of(line, self.digits, slope, in_place, self.problem.parameters)

    def by_rows(self, worked: Sequence[Worked]) -> list[Chain]:
        """The chains, those over large vectors and matrices row by row; on a sheet the rows are for the reader."""
        if self.problem.shaped is None or self.problem.kind != "worked":
            return [chain for _, chain in worked]
        from symgd.handouts.by_rows import by_rows

        words = self.problem.parameters
        parts = [[chain] if line is None else by_rows(line, chain, self.digits, words) for line, chain in worked]
        return [chain for part in parts for chain in part]

    def after(self, record: Record) -> list[Block]:
        """How the loss changed by the move."""
        following = self.run.records[record.step + 1] if record.step + 1 < len(self.run.records) else None
        if record.loss is None or following is None or following.loss is None:
            return []
        word = self.problem.reported_loss
        before, now = self.value(word, record.loss), self.value(word, following.loss)
        if before is None or now is None:
            return []
        direction = _direction(record.loss, following.loss)
        over = "-over-all" if self.problem.in_batches else ""
        return [Sentence(f"step.loss-{direction}{over}", {"before": before, "after": now})]

    def point(self, record: Record) -> tuple[Chain, ...]:
        chains = [self.value(word, value, role="old") for word, value in record.point.items()]
        return tuple(chain for chain in chains if chain is not None)

    def value(self, word: str, value: Value, names: Names | None = None, role: str = "") -> Chain | None:
        return value_chain(word, value, self.digits, role, names)

    def values(self, table: Mapping[str, Value], names: Names | None = None) -> list[Chain]:
        chains = [self.value(word, value, names) for word, value in table.items()]
        return [chain for chain in chains if chain is not None]

    def rate(self) -> Chain:
        rate = self.problem.learning_rate
        tree = tagged(rate, "rate") if not rate.names else rate
        return Chain((name("eta"), tree), ("=",), Names())

    def rate_chain(self, record: Record) -> Chain:
        """η for this update, worked out where it is a schedule."""
        rate = self.problem.learning_rate
        if not rate.names:
            return self.rate()
        used = next((line.operands["eta"] for line in record.lines if "eta" in line.operands), None)
        operands = {"t": Fraction(record.step + 1)}
        if used is None:
            return self.rate()
        return chain_of(Line("rate", "eta", "", rate, operands, used), self.digits) or self.rate()

    # after the last

    def closing(self) -> Iterable[Block]:
        outcome = self.run.outcome
        yield Sentence(f"outcome.{outcome.key}.message", {"step": outcome.step, **outcome.facts})
        yield Sentence(f"outcome.{outcome.key}.remedy", {"step": outcome.step, **outcome.facts})
        if self.run.outgrown:
            yield Sentence("rule.outgrown")
        if not self.run.proved:
            yield Sentence("rule.unproved", {"digits": self.digits})
        if self.problem.definitions:
            from symgd.handouts.rates import finding_sentences  # loads SymPy, which a given gradient does without

            yield from finding_sentences(self.run)

    def rates(self) -> tuple[Block, ...]:
        from symgd.handouts.rates import rate_blocks

        return rate_blocks(self.run) if self.problem.explain_rate and self.problem.kind == "worked" else ()

    def figures(self) -> tuple[Figure, ...]:
        """The pictures; on a worksheet they would show what is asked for."""
        sheet = sheet_of(self.problem.handout)
        if not sheet.figures or self.problem.kind == "worksheet":
            return ()
        from symgd.handouts.figures import figures_of

        return figures_of(self.run, sheet)


_STEPS = ("weights", "gradient", "gradient-only", "rate", "change", "move")
#: What is said of a step that would answer what a worksheet asks.
_TELLING = frozenset({"step.gradient-zero-why", "step.move-still-why"})


def _same(one: Value, other: Value) -> bool:
    return entries_of(one) == entries_of(other)


def _values_at(record: Record) -> dict[str, Value]:
    """What is known at a point by name: parameters, constants and definitions."""
    known = dict(record.point)
    for line in record.lines:
        if line.kind in ("forward", "loss"):
            known |= {**line.operands, line.quantity: line.value}
    return known


def _has_move(record: Record) -> bool:
    return any(line.kind == "update" and line.quantity == "w" for line in record.lines) and (
        record.change is not None or record.step == 0
    )


def _numbers(record: Record) -> list[Value]:
    values = [*record.point.values(), *record.gradient.values(), *(line.value for line in record.lines)]
    return values if record.loss is None else [*values, record.loss]


def _prints_in_full(value: Value) -> bool:
    shown = show(value)
    return shown is not None and shown.sign == "=" and is_short(shown.value)


def _direction(before: Value, after: Value) -> str:
    (low, high), (new_low, new_high) = bounds(before), bounds(after)
    return "falls" if new_high < low else "rises" if new_low > high else "stays"
