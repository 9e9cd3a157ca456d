"""What a method does, told before the first update: its equations as a book prints them, and where they start."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symgd.descent.optimizers import active_equations, carried
from symgd.descent.problem import Problem
from symgd.expressions.tree import name
from symgd.handouts.chain import Chain, Names, in_rows, update_names, value_chain
from symgd.handouts.document import Block, Equations, Sentence
from symgd.numbers.values import is_array


class Method:
    """The method of a problem in words and equations.

    >>> import symgd
    >>> told = Method(symgd.Problem("w^2", start={"w": 1}, optimizer="momentum"), 6)
    >>> [block.key for block in told.blocks() if isinstance(block, Sentence)]
    ['method.name', 'method.settings', 'method.starts', 'method.paper']
    """

    def __init__(self, problem: Problem, digits: int) -> None:
        """Only the equations that do something under the settings of the problem are told."""
        self.problem, self.digits = problem, digits
        self.equations = active_equations(problem.method, problem.settings)

    @property
    def is_plain(self) -> bool:
        """Whether it is plain gradient descent, whose steps say all that there is."""
        return self.problem.method.name == "gradient-descent" and len(self.equations) == 3

    def blocks(self) -> Iterable[Block]:
        """All that is told of the method; of plain gradient descent only what t is, where the rate asks for it."""
        if self.is_plain:
            yield from self.counter()
            return
        yield self.named()
        yield Equations(self.lines())
        if self.settings():
            yield Sentence("method.settings")
            yield Equations(tuple(in_rows(self.settings())))
        yield from self.starts()
        yield Sentence("method.paper", {"paper": self.problem.method.paper})

    def named(self) -> Sentence:
        """The name, which leads to the equations."""
        shown = Sentence(f"optimizer.{self.problem.method.name}")
        return Sentence("method.name", {"name": shown, "w": name("w"), "g": name("g")})

    def lines(self) -> tuple[Chain, ...]:
        """The equations of an update."""
        return tuple(Chain((name(row.target), row.tree), ("←",), _BOOK_NAMES) for row in self.equations)

    def settings(self) -> tuple[Chain, ...]:
        """The hyperparameters that stand in the equations."""
        read = {word for row in self.equations for word in row.tree.names}
        shown = [(word, value) for word, value in self.problem.settings.items() if word in read]
        names = update_names("g", "w")
        chains = [value_chain(word, value, self.digits, "", names) for word, value in shown]
        return tuple(chain for chain in chains if chain is not None)

    def starts(self) -> Iterable[Sentence]:
        """What the first update finds: moments of 0 and t = 1; and how the equations are meant for vectors."""
        starts = [value_chain(word, Fraction(0), self.digits) for word in carried(self.equations)]
        if starts:
            yield Sentence("method.starts", {"starts": tuple(starts)})
            if any(map(is_array, self.problem.start.values())):
                yield Sentence("method.entries")
        yield from self.counter()

    def counter(self) -> Iterable[Sentence]:
        """What t is, where it stands in an equation or in the learning rate."""
        read = {word for row in self.equations for word in row.tree.names}
        if "t" in read | set(self.problem.learning_rate.names):
            yield Sentence("method.counter", {"t": name("t")})


_BOOK_NAMES = Names(
    {
        "d": "Δw",
        "n": "(−g)",
        "mhat": "m̂",
        "vhat": "v̂",
        "momentum": "μ",
        "rho": "ρ",
        "eps": "ε",
        "weight_decay": "λ",
    },
    {
        "d": r"\Delta w",
        "n": r"\left(-g\right)",
        "mhat": r"\hat{m}",
        "vhat": r"\hat{v}",
        "momentum": r"\mu",
        "rho": r"\rho",
        "eps": r"\varepsilon",
        "weight_decay": r"\lambda",
    },
)
