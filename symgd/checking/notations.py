"""What a line may be about, and how that is written: dL/dw1, ∂L/∂w1, Δw1, w1[2], m[w1], grad, L, z."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from symgd.checking.world import Facts
from symgd.expressions.names import canonical


class Quantity(NamedTuple):
    """What a line is about: the name of a row, of a definition or of a slope, and its parameter.

    `kind` is weight, change, slope, negative, state, loss, definition or rate; `update` is said by an index (w1[2]),
    else None.
    """

    kind: str
    name: str
    parameter: str = ""
    update: int | None = None

    @property
    def text(self) -> str:
        """As it is typed: dL/dw1, w1[2], m[w1]."""
        return _TYPED[self.kind].format(self.name, self.parameter) + (
            f"[{self.update}]" if self.update is not None else ""
        )


_TYPED = {
    "weight": "{1}",
    "change": "Δ{1}",
    "slope": "{0}",
    "negative": "-{0}",
    "state": "{0}[{1}]",
    "loss": "{0}",
    "definition": "{0}",
    "rate": "eta",
    "arithmetic": "",
}


def quantity_named(key: str, facts: Facts) -> Quantity | None:
    """The quantity of a name or of a longer notation, None for what is none of this problem."""
    if key in facts.start:
        return Quantity("weight", "w", key)
    if key in facts.constants:
        return None
    if key == facts.problem.loss_name:
        return Quantity("loss", key)
    if key in facts.bodies:
        return Quantity("definition", key)
    if len(facts.start) == 1 and key in {row.target for row in facts.equations} - {"w", "d", "n"}:
        return Quantity("state", key, next(iter(facts.start)))
    for pattern, make in _NOTATIONS:
        if match := pattern.fullmatch(key):
            found = make(match, facts)
            if found is not None:
                return found
    return None


#: A quantity from what a notation matched; None where it is none of the problem's.
Made = Callable[[re.Match[str], Facts], Quantity | None]
_NAME = r"([A-Za-z][A-Za-z0-9_]*?)"
_RATES = frozenset(("eta", "η", "lr", "alpha", "rate", "learning_rate", "epsilon"))


def _slope(match: re.Match[str], facts: Facts) -> Quantity | None:
    above, below = canonical(match[1]), canonical(match[2])
    name_ = f"d{above}/d{below}"
    if name_ in facts.formulas or below in facts.start:
        return Quantity("slope", name_, below if below in facts.start and above == facts.problem.loss_name else "")
    known = {*facts.formulas, *facts.start}
    return Quantity("slope", name_, "") if above in facts.formulas and below in known else None


def _of_parameter(kind: str, row: str = "") -> Made:
    def make(match: re.Match[str], facts: Facts) -> Quantity | None:
        word = canonical(match["parameter"])
        if word not in facts.start:
            return None
        found = match.groupdict()
        named = facts.slopes[word] if kind == "slope" else row or found.get("row") or ""
        update = int(found["update"]) if found.get("update") else None
        return Quantity(kind, named, word, update)

    return make


def _state(match: re.Match[str], facts: Facts) -> Quantity | None:
    word, row = canonical(match["parameter"]), _STATES.get(match["row"], match["row"])
    targets = {equation.target for equation in facts.equations}
    row = "m" if row in ("b", "v", "u", "velocity") and row not in targets and "m" in targets else row
    return Quantity("state", row, word) if word in facts.start and row in targets else None


def _rate(match: re.Match[str], facts: Facts) -> Quantity | None:
    return Quantity("rate", "eta") if match[0] in _RATES else None


def _gradient(match: re.Match[str], facts: Facts) -> Quantity | None:
    return Quantity("slope", "")


_STATES = {"hatm": "mhat", "hatv": "vhat", "m̂": "mhat", "v̂": "vhat"}
_PARAMETER = r"(?P<parameter>[A-Za-z][A-Za-z0-9_]*?)"
#: Notations of quantities, by the key that the reader makes of them.
_NOTATIONS: tuple[tuple[re.Pattern[str], Made], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"[∂d]{_NAME}/[∂d]{_NAME}", _slope),
        (rf"(?:Delta|Δ|delta_?)(?P<parameter>{_NAME[1:-1]})", _of_parameter("change", "d")),
        (rf"{_PARAMETER}\[(?P<update>\d{{1,6}})\]", _of_parameter("weight", "w")),
        (rf"{_PARAMETER}\^\(?(?P<update>\d{{1,6}})\)?", _of_parameter("weight", "w")),
        (rf"{_PARAMETER}(?:_?(?:new|next)|')", _of_parameter("weight", "w")),
        (rf"(?P<row>hatm|hatv|mhat|vhat|m̂|v̂|m|v|s|b|u|n|velocity)(?:\[|_\{{?|_)?{_PARAMETER}[\]}}]?", _state),
        (rf"(?:g|grad|∇)_?(?:L_?)?\[?{_PARAMETER}\]?", _of_parameter("slope")),
        (r"(?:∇|nabla)[A-Za-z]\w*|grad|gradient|∇", _gradient),
        (r"\w+", _rate),
    )
)


def inner(quantity: Quantity) -> str:
    """How a quantity is called in a tree."""
    if quantity.kind in ("slope", "loss", "definition"):
        return quantity.name
    update = "" if quantity.update is None else f"@{quantity.update}"
    if quantity.kind == "weight" and not update:
        return quantity.parameter
    return f"{quantity.name}@{quantity.parameter}{update}" if quantity.kind != "rate" else "eta"


def outer(word: str, facts: Facts) -> Quantity | None:
    """The quantity that a name in a tree stands for; None for a plain name."""
    if "@" in word:
        row, parameter, *update = word.split("@")
        kind = {"w": "weight", "d": "change"}.get(row, "state")
        return Quantity(kind, row, parameter, int(update[0]) if update else None)
    if word == "eta":
        return Quantity("rate", "eta")
    if word.startswith("d") and "/d" in word:
        below = word.split("/d")[1]
        return Quantity("slope", word, below if facts.slopes.get(below) == word else "")
    return None
