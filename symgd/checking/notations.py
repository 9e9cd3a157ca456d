"""What a line may be about, and how that is written: dL/dw1, ∂L/∂w1, Δw1, w1[2], m[w1], grad, L, z."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from symgd.checking.facts import Facts
from symgd.expressions.names import canonical
from symgd.numbers.values import is_array


class Quantity(NamedTuple):
    """What a line is about: the name of a row, of a definition or of a slope, and its parameter.

    `kind` is weight, change, slope, negative, state, loss, definition or rate; `update` is said by an index (w1[2]),
    else None. Of a vector or a matrix, `entry` is the place of the one entry that is meant, from 1. An `old` weight is
    that before the update under way.
    """

    kind: str
    name: str
    parameter: str = ""
    update: int | None = None
    entry: tuple[int, ...] = ()
    old: bool = False

    @property
    def text(self) -> str:
        """As it is typed: dL/dw1, w1[2], m[w1]."""
        after = f"[{self.update}]" if self.update is not None and self.kind in ("weight", "loss") else ""
        entry = f"[{', '.join(map(str, self.entry))}]" if self.entry else ""
        return _TYPED[self.kind].format(self.name, self.parameter) + after + entry


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
    if facts.problem.has_arrays and (found := _entry_named(key, facts)):
        return found
    for pattern, make in _NOTATIONS if len(facts.start) != 1 else (*_LONELY, *_NOTATIONS):
        if match := re.fullmatch(pattern, key):
            found = make(match, facts)
            if found is not None:
                return found
    return None


def _entry_named(key: str, facts: Facts) -> Quantity | None:
    """dL/dw_2, Δw2, W_12: an entry of what the key without its number is."""
    match = re.fullmatch(r"(.*[A-Za-z])_?(\d{1,4})", key)
    if match and (whole := quantity_named(canonical(match[1]), facts)):
        shape = shape_of(whole, facts)
        digits = (match[2],) if len(shape) == 1 else tuple(match[2])
        if len(digits) == len(shape):
            return whole._replace(entry=tuple(map(int, digits)))
    return None


def shape_of(quantity: Quantity, facts: Facts) -> tuple[int, ...]:
    """The shape of a quantity that belongs to a parameter; () of a number."""
    start = facts.start.get(quantity.parameter)
    return start.shape if is_array(start) else ()


def stem_of(facts: Facts) -> str:
    """What all parameters are called but for their numbers: w of w1, w2; "" where there is no such name."""
    stems = {word.rstrip("0123456789").rstrip("_") for word in facts.start}
    stem = stems.pop() if len(stems) == 1 and len(facts.start) > 1 else ""
    return "" if stem in facts.constants or stem in facts.bodies else stem


#: A quantity from what a notation matched; None where it is none of the problem's.
Made = Callable[[re.Match[str], Facts], Quantity | None]
_NAME = r"([A-Za-z][A-Za-z0-9_]*?)"
_RATES = frozenset(("eta", "η", "lr", "alpha", "rate", "learning_rate", "epsilon"))


def _slope(match: re.Match[str], facts: Facts) -> Quantity | None:
    above, below = canonical(match[1]), canonical(match[2])
    name_ = f"d{above}/d{below}"
    update = int(match["update"]) if match["update"] else None
    if update is not None or below not in {*facts.start, *facts.bodies}:
        return _slope_after(above, below, update, facts)
    if name_ in facts.formulas or below in facts.start:
        return Quantity("slope", name_, below if below in facts.start and above == facts.problem.loss_name else "")
    known = {*facts.formulas, *facts.start}
    return Quantity("slope", name_, "") if above in facts.formulas and below in known else None


def _slope_after(above: str, below: str, update: int | None, facts: Facts) -> Quantity | None:
    """∂L/∂w1^(1), dL/dw1[1]; dL/dw_1 where w is a parameter: the slope after so many updates."""
    if update is None and (numbered := re.fullmatch(r"(.*?)_?(\d{1,6})", below)):
        below, update = numbered[1], int(numbered[2])
    is_slope = above == facts.problem.loss_name and below in facts.start and not facts.problem.has_arrays
    return Quantity("slope", facts.slopes[below], below, update) if is_slope else None


def _of_parameter(kind: str, row: str = "") -> Made:
    def make(match: re.Match[str], facts: Facts) -> Quantity | None:
        word = canonical(match["parameter"])
        found = match.groupdict()
        update = int(found["update"]) if found.get("update") else None
        old = found.get("when") in ("old", "prev")
        if word == stem_of(facts):
            return Quantity(kind, row, "", update, old=old)
        if word not in facts.start:
            return None
        named = facts.slopes[word] if kind == "slope" else row or found.get("row") or ""
        return Quantity(kind, named, word, update, old=old)

    return make


def _weight_after(match: re.Match[str], facts: Facts) -> Quantity | None:
    """w_1, w1 where w is a parameter and w1 is none."""
    word = canonical(match["parameter"].rstrip("_"))
    return Quantity("weight", "w", word, int(match["update"])) if word in facts.start else None


def _twice(match: re.Match[str], facts: Facts) -> Quantity | None:
    """w1'': behind w1' the weight after two updates."""
    word = canonical(match["parameter"])
    return Quantity("weight", "w", word, 2) if word in facts.start else None


def _numbered(match: re.Match[str], facts: Facts) -> Quantity | None:
    """g1 of w1, m2 of w2."""
    words = [word for word in facts.start if re.fullmatch(rf"[A-Za-z]+_?{match['number']}", word)]
    if len(words) != 1:
        return None
    (word,) = words
    return Quantity("slope", facts.slopes[word], word) if match["row"] == "g" else _row_of(match["row"], word, facts)


def _row_of(row: str, word: str, facts: Facts, update: int | None = None) -> Quantity | None:
    """A row of the optimizer by any of its names."""
    targets = {equation.target for equation in facts.equations}
    row = _STATES.get(row, row)
    row = "m" if row in ("b", "v", "u", "velocity") and row not in targets and "m" in targets else row
    row = "s" if row in ("v", "G") and row not in targets and "s" in targets else row
    return Quantity("state", row, word, update) if row in targets - {"w", "d", "n"} else None


def _loss_at(match: re.Match[str], facts: Facts) -> Quantity | None:
    """L_1, L[1]: the loss after an update."""
    name = facts.problem.loss_name
    return Quantity("loss", name, "", int(match["update"])) if match[1] == name else None


def _second(match: re.Match[str], facts: Facts) -> Quantity | None:
    """A second derivative of the loss."""
    above, pair = canonical(match[1]), (canonical(match[2]), canonical(match[3] or match[2]))
    known = above == facts.problem.loss_name and all(word in facts.start for word in pair)
    return Quantity("slope", f"d{above}/d{pair[0]}/d{pair[1]}") if known else None


# where there is but one parameter: its letter need not be said


def _lone_row(match: re.Match[str], facts: Facts) -> Quantity | None:
    """m, v, mhat; m_1 is that of the first update."""
    update = int(match["update"]) - 1 if match["update"] else None
    return _row_of(match["row"], next(iter(facts.start)), facts, update)


def _lone_slope(match: re.Match[str], facts: Facts) -> Quantity | None:
    """g, g_t, L'; f' where nothing but the loss is differentiated."""
    word, slope = next(iter(facts.slopes.items()))
    is_slope = match[0][:1] == "g" or is_the_loss(match[0].removesuffix("'"), facts)
    return Quantity("slope", slope, word) if is_slope else None


def is_the_loss(name: str, facts: Facts) -> bool:
    """Whether a function is the loss: by its name, or f where nothing else could be meant."""
    loss, others = facts.problem.loss_name, {*facts.constants, *facts.bodies, *facts.start}
    return name == loss or (len(name) == 1 and name not in others and {*facts.bodies} == {loss})


def _lone_second(match: re.Match[str], facts: Facts) -> Quantity | None:
    """H, L''."""
    word, loss = next(iter(facts.start)), facts.problem.loss_name
    is_second = match[0] == "H" or is_the_loss(match[0].removesuffix("''"), facts)
    return Quantity("slope", f"d{loss}/d{word}/d{word}") if is_second else None


def _state(match: re.Match[str], facts: Facts) -> Quantity | None:
    word = canonical(match["parameter"])
    return _row_of(match["row"], word, facts) if word in facts.start else None


def _rate(match: re.Match[str], facts: Facts) -> Quantity | None:
    is_rate = match[0] in _RATES and not (match[0] == "epsilon" and "eps" in facts.settings)
    return Quantity("rate", "eta") if is_rate else None


def _gradient(match: re.Match[str], facts: Facts) -> Quantity | None:
    return Quantity("slope", "")


_STATES = {"hatm": "mhat", "hatv": "vhat", "m̂": "mhat", "v̂": "vhat", "m_hat": "mhat", "v_hat": "vhat"}
_PARAMETER = r"(?P<parameter>[A-Za-z][A-Za-z0-9_]*?)"
_ROW = r"(?P<row>hatm|hatv|m_?hat|v_?hat|m̂|v̂|m|v|s|b|u|G|velocity)"
#: The number of the update as a letter: that of now, the next or the one before.
_NOW = r"(?:\[[tkn](?:[+−-]1)?\]|\^\(?[tkn](?:[+−-]1)?\)?|_?[tkn](?:[+−-]1)?)"


#: Notations of quantities, by the key that the reader makes of them; few of them are ever compiled in one run.
_NOTATIONS: tuple[tuple[str, Made], ...] = (
    (rf"[∂d]{_NAME}/[∂d]{_NAME}(?:_?at_?|\^\()(?P<update>\d{{1,6}})\)?", _slope),
    (rf"[∂d]{_NAME}/[∂d]{_NAME}(?P<update>)", _slope),
    (rf"[∂d]\^?2{_NAME}/[∂d]{_NAME}\^?2()", _second),
    (rf"[∂d]\^?2{_NAME}/[∂d]{_NAME}[∂d]{_NAME}", _second),
    (rf"(?:Delta|Δ|delta_?)(?P<parameter>{_NAME[1:-1]})", _of_parameter("change", "d")),
    (rf"{_PARAMETER}\[(?P<update>\d{{1,6}})\]", _of_parameter("weight", "w")),
    (rf"{_PARAMETER}\^\(?(?P<update>\d{{1,6}})\)?", _of_parameter("weight", "w")),
    (rf"{_PARAMETER}(?:[_^]?(?P<when>new|next|old|prev)|'|{_NOW})", _of_parameter("weight", "w")),
    (rf"{_PARAMETER}''", _twice),
    (r"(?P<parameter>[A-Za-z][A-Za-z0-9]*_|[A-Za-z]+)(?P<update>\d{1,6})", _weight_after),
    (rf"(?P<parameter>{_NAME[1:-1]})", _of_parameter("weight", "w")),
    (rf"{_NAME}(?:\[|_)?(?P<update>\d{{1,6}})\]?", _loss_at),
    (rf"(?P<row>hatm|hatv|mhat|vhat|m̂|v̂|m|v|s|b|u|n|velocity)(?:\[|_\{{?|_)?{_PARAMETER}[\]}}]?", _state),
    (r"(?P<row>g|hatm|hatv|mhat|vhat|m|v|s|b|u)_?(?P<number>\d{1,3})", _numbered),
    (rf"(?:grad|g|∇)_?(?:L_?)?\[?{_PARAMETER}\]?", _of_parameter("slope")),
    (r"(?:∇|nabla)[A-Za-z]\w*|grad|gradient|∇", _gradient),
    (r"\w+", _rate),
)
#: Those of a problem with one parameter, which come first.
_LONELY: tuple[tuple[str, Made], ...] = (
    (rf"{_ROW}(?:{_NOW})?(?P<update>)", _lone_row),
    (rf"{_ROW}_?(?P<update>\d{{1,6}})", _lone_row),
    (rf"g(?:{_NOW}|_?\d{{1,6}})?|[A-Za-z]\w*'", _lone_slope),
    (r"H|[A-Za-z]\w*''", _lone_second),
)


#: Behind a row of the optimizer in a tree: that of the update before.
BEFORE = "<"


def inner(quantity: Quantity) -> str:
    """How a quantity is called in a tree."""
    if quantity.kind == "loss" and quantity.update is not None:
        return f"{quantity.name}@@{quantity.update}"
    if quantity.kind == "slope" and quantity.name and quantity.update is not None:
        return f"{quantity.name}@@{quantity.update}"
    if quantity.kind in ("slope", "loss", "definition"):
        return quantity.name
    update = "" if quantity.update is None else f"@{quantity.update}"
    if quantity.kind == "weight" and not update:
        return (quantity.parameter or "w@") if not quantity.old else f"w@{quantity.parameter}@old"
    return f"{quantity.name}@{quantity.parameter}{update}" if quantity.kind != "rate" else "eta"


def outer(word: str, facts: Facts) -> Quantity | None:
    """The quantity that a name in a tree stands for; None for a plain name."""
    if "@" in word:
        row, parameter, *update = word.split("@")
        kind = {"w": "weight", "d": "change"}.get(row, "state")
        kind = "slope" if "/d" in row else "loss" if not parameter and row == facts.problem.loss_name else kind
        old = update == ["old"]
        return Quantity(kind, row, parameter, int(update[0]) if update and not old else None, old=old)
    if word == "eta":
        return Quantity("rate", "eta")
    if word.startswith("d") and "/d" in word:
        below = word.split("/d")[1]
        return Quantity("slope", word, below if facts.slopes.get(below) == word else "")
    return None
