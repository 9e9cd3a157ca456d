"""A right working stays right under any rewriting of its formulas; with one mutation its line is the first wrong one.

The working is made from the run and the gradient, and its formulas are rewritten by the rows that judge
`symgd.equivalent`: nothing here looks at how the checker decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple
from unittest import mock

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import symgd
from symgd.checking import guarded, readings
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from symgd.expressions.writer import decimal_text
from tests.checking.rewritings import REWRITINGS, apart, random_points
from tests.checking.rewritings_mutations import MUTATIONS
from tests.checking.rewritings_places import somewhere, typed
from tests.checking.rewritings_rules import RATIONAL

START = {"w1": "0.5", "w2": "0.25"}
PROBLEMS: dict[str, dict[str, Any]] = {
    "a bowl": {"loss": "(w1 - 0.55)^2 + 2*(w2 - 0.3)^2"},
    "a product": {"loss": "(w1*w2 - 1)^2 + w1^2/4", "optimizer": "momentum"},
    "a quotient": {"loss": "1/(1 + w1^2) + w2^2*w1", "learning_rate": "0.5"},
    "a neuron": {"loss": "(sigmoid(2*w1 + w2) - 1)^2 + w2^2"},
    "an exponential": {"loss": "exp(w1 - w2) + w1*w2 + w2^2", "learning_rate": "0.25"},
}
#: How wrong a value is, in 1/10000: it is no weight of the run.
WRONG = (-313, -107, 101, 719)
#: Digits that are shown of what has no short decimal.
DIGITS = 10


class Line(NamedTuple):
    """A line: its head, its formula (None: numbers alone) and its value, written."""

    head: str
    formula: Expression | None
    value: str

    @property
    def text(self) -> str:
        return " = ".join([self.head, *([] if self.formula is None else [typed(self.formula)])]) + f" {self.value}"


def shown(value: Any) -> str:
    """`= 0.51`, or `≈` and digits."""
    exact = decimal_text(value) if isinstance(value, Fraction) else None
    if exact is not None and len(exact) <= DIGITS + 2:
        return f"= {exact}"
    middle = value if isinstance(value, Fraction) else value.middle
    return f"≈ {float(middle):.{DIGITS}f}"


def updates(title: str, steps: int) -> tuple[symgd.Problem, list[list[Line]]]:
    """The lines of each update: the loss, the slopes, the new weights."""
    settings_ = dict(PROBLEMS[title])
    loss = settings_.pop("loss")
    problem = symgd.Problem(loss, start=START, steps=steps, **settings_)
    gradient, records = symgd.gradient(problem), symgd.descend(problem).records
    found = []
    for before, after in itertools.pairwise(records):
        lines = [Line("L", read(loss), shown(before.loss))]
        slopes = {word: gradient.partial(word) for word in problem.parameters}
        lines += [Line(f"dL/d{word}", slope, shown(before.gradient[word])) for word, slope in slopes.items()]
        lines += [Line(word, None, shown(after.point[word])) for word in problem.parameters]
        found.append(lines)
    return problem, found


def rewritten(line: Line, choose: Random) -> Line:
    """The line with its formula rewritten up to three times."""
    tree = line.formula
    if tree is None:
        return line
    plain = RATIONAL.issuperset(tree.operations)
    rows = [row for row in REWRITINGS.values() if row.rational or not plain]
    for _ in range(choose.randint(0, 3)):
        tree = somewhere(tree, choose.choice(rows).rewrite, choose) or tree
    return line._replace(formula=tree)


def mutated(line: Line, choose: Random) -> Line | None:
    """The line with one mistake in its formula, or in its value; None where the mutation does not fit."""
    if line.formula is None:
        sign, _, digits = line.value.partition(" ")
        return line._replace(value=f"{sign} {Decimal(digits) + Decimal(choose.choice(WRONG)) / 10_000}")
    mutation, names = MUTATIONS[choose.choice(sorted(MUTATIONS))], line.formula.names
    wrong = somewhere(line.formula, lambda part, rng: mutation(part, names, rng), choose)
    differ = wrong is not None and apart(line.formula, wrong, random_points(choose))
    return line._replace(formula=wrong) if differ else None


def text_of(lines: Sequence[Sequence[Line]], headings: bool) -> str:
    parts = []
    for number, own in enumerate(lines, 1):
        parts += [f"Update {number}"] if headings else []
        parts += [line.text for line in own]
    return "\n".join(parts)


def report_of(problem: symgd.Problem, text: str) -> symgd.Report:
    """Without haste: what a busy machine leaves undecided after a second is not what is tested here."""
    with mock.patch.object(readings, "DEADLINE", 60.0), mock.patch.object(guarded, "DEADLINE", 60.0):
        return symgd.check(problem, text)


@given(st.sampled_from(sorted(PROBLEMS)), st.integers(1, 2), st.booleans(), st.integers(0, 10**9))
@settings(max_examples=60)
def test_a_right_working_is_right_under_any_rewriting(title: str, steps: int, headings: bool, seed: int) -> None:
    problem, lines = updates(title, steps)
    choose = Random(seed)
    text = text_of([[rewritten(line, choose) for line in own] for own in lines], headings)
    report = report_of(problem, text)
    assert [(v.text, v.status) for v in report if v.status not in ("ok", "format")] == [], text
    assert report.status == "correct"


@pytest.mark.repeated
@given(st.sampled_from(sorted(PROBLEMS)), st.integers(1, 2), st.booleans(), st.integers(0, 10**9))
@settings(max_examples=80)
def test_with_one_mutation_its_line_is_the_first_wrong_one(title: str, steps: int, headings: bool, seed: int) -> None:
    problem, lines = updates(title, steps)
    choose = Random(seed)
    changed = [[rewritten(line, choose) for line in own] for own in lines]
    update, place = choose.randrange(len(changed)), choose.randrange(len(changed[0]))
    wrong = mutated(changed[update][place], choose)
    assume(wrong is not None)
    assert wrong is not None
    changed[update][place] = wrong
    text = text_of(changed, headings)
    report = report_of(problem, text)
    number = 1 + text.split("\n").index(wrong.text)
    assert report.first_wrong_line == number, text
    assert report.first_wrong_line_certain
