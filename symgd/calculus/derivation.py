"""Derivations as they are read: the steps by named rule, and the products along the paths, down to the gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from symgd.calculus.naming import rule_names, text_mode
from symgd.calculus.program import Formula, shown_latex, shown_text, slope_name
from symgd.calculus.steps import RuleStep, Side, check
from symgd.calculus.story import Story, stories
from symgd.expressions.reader import Definitions
from symgd.expressions.tree import Expression
from symgd.expressions.writer import latex as write_latex
from symgd.expressions.writer import text as write_text
from symgd.late import late


class Derivation:
    """Why a partial derivative is what it is: by named rules, and along the paths where the loss has definitions.

    Every step was compared with SymPy's derivative; the last side is the gradient that is shown.

    >>> import symgd
    >>> print(symgd.gradient("(w - 3)^2").derivation("w"))
    ∂L/∂w = ∂/∂w[(w − 3)²]
          = 2(w − 3)·∂/∂w[w − 3]  (power rule, chain rule)
          = 2(w − 3)·1            (difference rule)
          = 2(w − 3)              (tidied)
    """

    def __init__(self, parameters: Sequence[str], told: Sequence[Story]) -> None:
        """The stories that lead to the slopes of these parameters, in order, each told once."""
        self.parameters, self.stories = tuple(parameters), tuple(told)

    @property
    def steps(self) -> tuple[RuleStep, ...]:
        """Every rule applied, in order."""
        return tuple(part for story in self.stories for step in story.steps for part in step)

    @property
    def rules(self) -> tuple[str, ...]:
        """The keys of the rules that are named, each once."""
        return tuple(dict.fromkeys(rule for story in self.stories for rule in story.rules))

    @property
    def result(self) -> Expression:
        """The last side: the formula that is shown as the gradient."""
        return self.stories[-1].sides[-1].tree

    def text(self, language: str = "en") -> str:
        """Lines of Unicode text, the rules in brackets behind them."""
        return "\n".join(line for story in self.stories for line in _text_lines(story, language))

    def latex(self, language: str = "en") -> str:
        """One aligned environment, the rules as text behind the lines."""
        rows = [row for story in self.stories for row in _latex_rows(story, language)]
        return r"\begin{aligned}" + "\n" + " \\\\\n".join(rows) + "\n" + r"\end{aligned}"

    def __str__(self) -> str:
        """The text in English."""
        return self.text()

    def __repr__(self) -> str:
        """The type, the parameters and how many rules were applied."""
        return f"<Derivation for {', '.join(self.parameters)}: {len(self.steps)} steps>"

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def _repr_html_(self) -> str:
        return str(late("derivation-html")(self))

    def _repr_markdown_(self) -> str:
        return f"$$\n{self.latex()}\n$$"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text())


def derivation_of(
    parameters: Sequence[str],
    loss: str,
    program: Sequence[Formula],
    told: Callable[[Sequence[Formula]], Sequence[Story]],
    whole: Mapping[str, Expression],
) -> Derivation:
    """The derivation of the slopes of some parameters.

    `told` gives the stories of formulas, checked; `whole` are the slopes in terms of parameters and constants alone.
    """
    targets = {slope_name(loss, word) for word in parameters}
    stories = told(_needed(program, targets))
    return Derivation(parameters, [_put_in(story, whole) if story.quantity in targets else story for story in stories])


def checked(definitions: Definitions, program: Iterable[Formula], known: Mapping[str, Any]) -> list[Story]:
    """The stories of a program's slopes, each step compared with SymPy's derivative; raises DisagreementError."""
    told = stories(definitions, tuple(program))
    check((step for story in told for step in story.steps), known)
    return list(told)


def _put_in(story: Story, whole: Mapping[str, Expression]) -> Story:
    """The story down to parameters and constants alone."""
    result = whole[story.quantity]
    if story.sides[-1].tree == result:
        return story
    return replace(story, sides=(*story.sides, Side(result, ("put-in",))))


def _needed(program: Sequence[Formula], targets: set[str]) -> list[Formula]:
    """The slopes on which some slopes depend, in order."""
    wanted, kept = set(targets), list[Formula]()
    for line in reversed(program):
        if line.quantity in wanted:
            wanted |= set(line.tree.names) | set(() if line.paths is None else line.paths.names)
            kept.append(line)
    return kept[::-1]


# how it is written ---------------------------------------------------------------------------------------------


def _shown_names(trees: Iterable[Expression], write: Callable[[str], str]) -> dict[str, str]:
    return {word: write(word) for tree in trees for word in tree.names if "/" in word}


def _text_lines(story: Story, language: str) -> list[str]:
    names = _shown_names((side.tree for side in story.sides), shown_text)
    sides = [write_text(side.tree, names) for side in story.sides]
    notes = [rule_names(side.rules, language) for side in story.sides]
    left = shown_text(story.quantity) if story.quantity else sides.pop(0)
    notes = notes if story.quantity else notes[1:]
    width = max(map(len, sides))
    heads = [left] + [" " * len(left)] * (len(sides) - 1)
    return [
        f"{head} = {side:{width}}  ({note})" if note else f"{head} = {side}"
        for head, side, note in zip(heads, sides, notes, strict=True)
    ]


def _latex_cells(story: Story, language: str) -> list[tuple[str, str, str]]:
    names = _shown_names((side.tree for side in story.sides), shown_latex)
    sides = [(write_latex(side.tree, names), rule_names(side.rules, language)) for side in story.sides]
    left = shown_latex(story.quantity) if story.quantity else sides.pop(0)[0]
    heads = [left] + [""] * (len(sides) - 1)
    return [(head, side, note) for head, (side, note) in zip(heads, sides, strict=True)]


def _latex_rows(story: Story, language: str) -> list[str]:
    return [
        f"{head} &= {side}" + (rf" && \text{{{text_mode(note)}}}" if note else "")
        for head, side, note in _latex_cells(story, language)
    ]
