"""What a line of a working came to, and small questions about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgd.calculus.equality import Equality
from symgd.checking.verdict import Shown
from symgd.checking.world import Key
from symgd.expressions.tree import Expression
from symgd.expressions.writer import decimal_text
from symgd.numbers.bounded import NoValue
from symgd.numbers.meanings import is_rational
from symgd.numbers.values import entries_of

Number = Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What a line came to: its status, what was compared, where its chain breaks, and its value."""

    status: str
    verdict: str
    certainty: str = "proved"
    broken: int | None = None
    counterexample: Shown | None = None
    value: Number | None = None
    full: Number | None = None
    late: bool = False
    follows: bool = False  # from the student's own lines, which stopped everything: nothing to be named
    by_formula: bool = False  # whether its formulas were proved equal, whatever the values are

    def __post_init__(self) -> None:
        """Balls that overlap are evidence that two irrational values are equal, and no proof."""
        is_equal = self.verdict in ("equal", "domain")
        if self.certainty == "proved" and is_equal and not self.by_formula and not _is_exact(self.value):
            object.__setattr__(self, "certainty", "evidence")


def but(stated: Mapping[Key, Number], key: Key) -> dict[Key, Number]:
    """What is stated of all quantities but one."""
    return {other: value for other, value in stated.items() if other != key}


def best(found: Sequence[str]) -> str:
    """The best of several standings."""
    return next((one for one in ("equal", "rounded", "format") if one in found), "no")


def _is_exact(value: Number | NoValue | None) -> bool:
    """Whether a value is rational in all its entries, so that it was compared exactly."""
    return value is None or isinstance(value, NoValue) or all(map(is_rational, entries_of(value)))


def is_zero(value: Number | None) -> bool:
    """Whether a number is 0, or a vector with all its entries."""
    return value is not None and all(is_rational(entry) and entry == 0 for entry in entries_of(value))


def shown_apart(found: Equality, formulas: tuple[Expression, Expression]) -> Shown | None:
    """The point at which two formulas differ, as a student reads it."""
    example = found.counterexample
    if example is None:
        return None
    at = {word: decimal_text(value) or str(value) for word, value in example.at.items()}
    return Shown(at, example.left, example.right, formulas)
