"""Other names for the loss: J, E, C, MSE and such, where what is said of them is so of the loss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from symgd.checking.comparing import alike, rounds_to
from symgd.checking.facts import Facts
from symgd.checking.wordings import beside_the_loss, names_of
from symgd.checking.world import Key, World, worth
from symgd.errors import SymgdError
from symgd.expressions.reader import read
from symgd.limits import stranger
from symgd.numbers.bounded import NoValue, Number, value_of
from symgd.numbers.values import is_array

#: What a loss is called elsewhere.
_NAMES = ("MSE", "SSE", "RSS", "BCE", "NLL", "CE", "Cost", "cost", "J", "E", "C", "mse")
_DIFFERENTIATED = r"(?:d|∂|\\partial(?![A-Za-z])\s*|\\mathrm\{d\}\s*)"
#: A decimal of fewer digits is no rounded loss.
_LEAST_DIGITS = 3
#: So many updates of a run are looked through for a value.
_MOST_STEPS = 30


def with_the_loss(text: str, facts: Facts) -> str:
    """The text with the name of the loss for another name of it.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 1}))
    >>> with_the_loss("J = 4, dJ/dw = -4", facts), with_the_loss("J = 5", facts)
    ('L = 4, dL/dw = -4', 'J = 5')
    """
    if facts.problem.definitions is None:
        return text
    known = {*names_of(facts), facts.problem.loss_name}
    for word in _NAMES:
        if word in text and word not in known and _is_the_loss(word, text, facts):
            name = re.compile(rf"(?<![A-Za-z\\])({_DIFFERENTIATED}?){word}(?![A-Za-z\d\[])")
            return name.sub(lambda found: found[1] + facts.problem.loss_name, text)
    return text


def _is_the_loss(word: str, text: str, facts: Facts) -> bool:
    """Whether the first thing that is said of a name is so of the loss; a name that is only differentiated is it."""
    name = rf"(?<![A-Za-z\\∂d]){word}\s*(?:[(（][^()（）=\n]{{1,40}}[)）])?"
    if said := re.search(rf"{name}\s*[=≈＝](?P<sides>[^,，;；。\n$]{{1,200}})", text):
        sides = [side.strip() for side in re.split("[=≈＝]", said["sides"])]
        return any(_says_the_loss(side, facts) for side in sides)
    return re.search(rf"(?<![A-Za-z]){_DIFFERENTIATED}{word}\s*(?:/|\}})", text) is not None


def _says_the_loss(side: str, facts: Facts) -> bool:
    """Whether a side is the formula of the loss, or the value of it somewhere on the run, rounded or not."""
    if re.search("[A-Za-z]", side):
        return beside_the_loss(side, facts) == "equal"
    try:
        shown = value_of(read(side, limits=stranger()), {})
    except SymgdError:
        return False
    if isinstance(shown, NoValue | None):
        return False
    decimal = re.fullmatch(r"(\d*)\.?(\d*)", side)
    is_fine = decimal is not None and len((decimal[1] + decimal[2]).lstrip("0")) >= _LEAST_DIGITS
    unit = Fraction(1, 10 ** len(decimal[2])) if decimal is not None and is_fine else None
    return any(alike(value, shown) or rounds_to(value, shown, unit) for value in _losses(facts))


def _losses(facts: Facts) -> Iterator[Number]:
    """The losses of a run."""
    truth, name = World(facts.problem), facts.problem.loss_name
    for step in range(min(facts.problem.steps, _MOST_STEPS) + 1):
        if (value := worth(truth, Key(name, "", step))) is not None and not is_array(value):
            yield value
