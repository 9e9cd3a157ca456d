"""Why the slopes are what they are: derivations before their numbers, and the rules that were used.

The first update shows each slope from ∂/∂w[…] through the named rules to its formula, then with numbers put in, then
its value; later updates show the products along the paths and the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from symgd.calculus.kinks import Kink
from symgd.calculus.naming import rule_formula
from symgd.calculus.program import Formula
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Line
from symgd.expressions.tree import Expression, name, number
from symgd.handouts.chain import Chain, Joint, Names, collapsed, slope_names, test_chain
from symgd.handouts.document import Listing, Sentence
from symgd.numbers.values import Value, exact_decimal

#: A line of working as a chain; None where not one digit is proved.
Work = Callable[[Line], Chain | None]
#: A chain, and the line that it is of; None where it is a derivation alone.
Worked = tuple[Line | None, Chain]
#: What follows on a quantity, each with the rules that lead to it.
Sides = list[tuple[Expression, tuple[str, ...]]]


class Reasons:
    """The stories of a problem's slopes, compared with SymPy once; empty where the gradient is given."""

    def __init__(self, problem: Problem, lines: Iterable[Line]) -> None:
        """`lines` are the first update's. Raises DisagreementError."""
        self.program: dict[str, Formula] = {}
        self.told: list[tuple[str, Sides]] = []
        if problem.definitions is None:
            return
        from symgd.descent.gradients import gradient_of  # loads SymPy, which a given gradient does without

        gradient = gradient_of(problem)
        self.program = {formula.quantity: formula for formula in gradient.program}
        whole, worked = gradient.whole, {line.quantity: line.formula for line in lines}
        for story in gradient.stories:
            sides: Sides = [(side.tree, side.rules) for side in story.sides]
            formula = worked.get(story.quantity, sides[-1][0])
            if formula != sides[-1][0]:  # floats work with definitions put in, in a form that loses no digits
                rewritten = ("put-in", "stable") if formula != whole[story.quantity] else ("put-in",)
                sides.append((formula, rewritten))
            self.told.append((story.quantity, sides))

    def first(self, lines: Sequence[Line], work: Work) -> list[Worked]:
        """The chains of the first update: each story, and behind it the numbers of its line."""
        waiting = {line.quantity: line for line in lines}
        chains: list[Worked] = []
        for quantity, sides in self.told:
            line = waiting.pop(quantity, None)
            worked = None if line is None else work(line)
            chains.append((line, _story_chain(quantity, sides) if worked is None else _led(worked, sides)))
        rest = [(line, work(line)) for line in waiting.values()]
        return [*chains, *((line, chain) for line, chain in rest if chain is not None)]

    def later(self, lines: Iterable[Line], work: Work) -> list[Worked]:
        """The chains of a later update: where a slope is made of several, first as the products along the paths."""
        chains = [(line, work(line)) for line in lines]
        return [(line, self.along(line, chain)) for line, chain in chains if chain is not None]

    def along(self, line: Line, chain: Chain) -> Chain:
        """The chain with the products along the paths before its formula."""
        formula = self.program.get(line.quantity)
        if formula is None or formula.paths is None or formula.tree != line.formula:
            return chain
        return _led(chain, [(formula.paths, ()), (formula.tree, ())])

    def rules(self) -> list[Listing]:
        """The rules that were used, each as a sentence with its formula."""
        used = dict.fromkeys(rule for _, sides in self.told for _, rules in sides for rule in rules)
        used = dict.fromkeys(rule.partition(":")[0] for rule in used)
        return [Listing("derivation.rules", tuple(map(_rule_sentence, used)))] if used else []


def _rule_sentence(rule: str) -> Sentence:
    sides = rule_formula(rule)
    return Sentence(f"derivation.{rule}.says", {} if sides is None else {"formula": Chain(sides, ("=",), Names())})


def kink_sentence(kink: Kink, operands: Mapping[str, Value], digits: int) -> Sentence:
    """What bends, why (its test in numbers), which slopes would do, and which one is used."""
    line = Line("test", "", "", kink.test, {word: operands[word] for word in kink.test.names}, Fraction(0))
    facts = {"part": kink.part, "of": kink.of, "test": test_chain(line, digits)}
    slopes = {
        word: number(exact_decimal(value)) for word, value in zip(("low", "high", "member"), kink[4:], strict=True)
    }
    return Sentence(f"kink.{kink.kind}", {**facts, **slopes})


def _story_chain(quantity: str, sides: Sides) -> Chain:
    shown = [(name(quantity), ()), *sides] if quantity else sides
    trees = [tree for tree, _ in shown]
    joints: list[Joint] = ["="] * (len(trees) - 1)
    return collapsed(trees, joints, _names(trees), [rules for _, rules in shown[1:]])


def _led(chain: Chain, sides: Sides) -> Chain:
    """A worked chain (quantity, formula, numbers, value) that comes to its formula over these sides."""
    start = 2 if chain.sides[1] == sides[-1][0] else 1
    trees = [chain.sides[0], *(tree for tree, _ in sides), *chain.sides[start:]]
    joints: list[Joint] = ["=" for _ in sides]
    joints += chain.joints[start - 1 :]
    notes = [*(rules for _, rules in sides), *[()] * (len(chain.sides) - start)]
    return collapsed(trees, joints, chain.names | _names(trees), notes)


def _names(trees: Iterable[Expression]) -> Names:
    return slope_names(word for tree in trees for word in tree.names)
