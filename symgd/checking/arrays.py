"""Relations between vectors and matrices: entry by entry, from what is printed and what names are bound to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symgd.checking.judge import Verdict, compared, near, unit_of
from symgd.checking.quantities import Read
from symgd.checking.values import Known
from symgd.errors import InputError
from symgd.expressions.operations import STRUCTURAL
from symgd.expressions.shapes import typed
from symgd.expressions.tree import Expression, nodes
from symgd.numbers.bounded import LADDER, NoValue, shown, value_of
from symgd.numbers.values import entries_of, is_array


@dataclass(slots=True)
class Arrays:
    """The vectors and matrices that names of a text are bound to; `rounded` are those that the text joined by ≈."""

    known: dict[str, Any] = field(default_factory=dict)
    rounded: set[str] = field(default_factory=set)

    def are_in(self, *sides: Read) -> bool:
        """Whether a side is about vectors or matrices."""
        return any(side.tree is not None and self.is_in(side.tree) for side in sides)

    def is_in(self, tree: Expression) -> bool:
        """Whether a vector stands in the tree, written out or by its name."""
        return bool(set(tree.names) & self.known.keys()) or any(node.op in STRUCTURAL for node in nodes(tree))

    def bind(self, head: str, sides: Sequence[Read], signs: Sequence[str], numbers: Mapping[str, Known]) -> bool:
        """Bind a name to the last side that is a known vector, which is what a reader sees; whether there was one.

        A minus before the name binds it to the negative.
        """
        word = head.removeprefix("-")
        worked = (side for side in reversed(sides) if not side.derived)
        found = next((value for side in worked if (value := self.value(side, numbers)) is not None), None)
        if not is_array(found):
            self.known.pop(word, None)
            return False
        self.known[word] = -found if head.startswith("-") else found
        self.rounded.discard(word)
        if "≈" in signs or any(self.rounded & set(side.tree.names) for side in sides if side.tree is not None):
            self.rounded.add(word)
        return True

    def value(self, side: Read, numbers: Mapping[str, Known]) -> Any:
        """What a side is worth; None where a name in it is not known."""
        if side.tree is None or set(side.tree.names) - self.known.keys() - numbers.keys():
            return None
        values = {word: known.full for word, known in numbers.items()} | self.known
        shapes = {word: value.shape for word, value in self.known.items()}
        try:
            tree = typed(side.tree, shapes).tree
        except InputError:  # shapes that do not fit
            return None
        found = value_of(tree, {word: values[word] for word in tree.names}, LADDER[1])
        return None if isinstance(found, NoValue) else found

    def verdict(self, sign: str, left: Read, right: Read, numbers: Mapping[str, Known]) -> Verdict:
        """Whether a relation holds; undecided where a name in it is unknown, or known only as rounded and it fails."""
        first, second = self.value(left, numbers), self.value(right, numbers)
        if first is None or second is None or left.derived or right.derived:
            return Verdict(None)  # ∂/∂w[…] of a vector stands for its Jacobian, which is not worked out here
        shapes = {getattr(value, "shape", ()) for value in (first, second)}
        if () in shapes and max(map(len, map(entries_of, (first, second)))) > 1:
            return Verdict(None)  # the dot of two vectors may be their product entry by entry, or a number
        if len(shapes) > 1 and () not in shapes:
            return Verdict(False)
        holds = _holds(sign, entries_of(first), entries_of(second), _units(right))
        if holds is False and self.is_soft(left, right, numbers):
            holds = None
        return Verdict(holds, _told(first), _told(second))

    def is_soft(self, left: Read, right: Read, numbers: Mapping[str, Known]) -> bool:
        """Whether a name in a side is known only as rounded."""
        names = {word for side in (left, right) if side.tree is not None for word in side.tree.names}
        return bool(names & self.rounded) or any(not numbers[word].exact for word in names & numbers.keys())


def _holds(sign: str, left: Sequence[Any], right: Sequence[Any], units: Sequence[Any]) -> bool | None:
    pairs = list(zip(left, right, strict=True))
    equal = [compared("=", first, second, None, LADDER[1]) for first, second in pairs]
    if sign == "=":
        return _all(equal)
    if all(equal):
        return False
    spread = units if len(units) == len(pairs) else [None] * len(pairs)
    close = [near(first, second, unit, LADDER[1]) for (first, second), unit in zip(pairs, spread, strict=True)]
    return _all([same or fits for same, fits in zip(equal, close, strict=True)])


def _all(found: Sequence[bool | None]) -> bool | None:
    return False if False in found else None if None in found else True


def _units(side: Read) -> list[Any]:
    """One unit in the last place of each entry that is printed."""
    tree = side.tree
    return [] if tree is None else [unit_of(Read(entry, side.text)) for entry in _entries(tree)]


def _entries(tree: Expression) -> list[Expression]:
    return [entry for part in tree.args for entry in _entries(part)] if tree.op == "vector" else [tree]


def _told(value: Any) -> str | None:
    if not is_array(value):
        return shown(value)
    words = [shown(entry) for entry in value.flat]
    return None if None in words else f"[{', '.join(word for word in words if word)}]"
