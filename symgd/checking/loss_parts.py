"""Parts of the loss that have a name everywhere: the prediction w·x + b in (w·x + b − y)², and its error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgd.calculus.algebra import negative
from symgd.checking.facts import Facts
from symgd.checking.wordings import OWN_WORDS
from symgd.expressions.tree import Expression, fold, nodes, rebuilt

_PREDICTION = re.compile(r"(?i)y_?hat|(?:y_?)?pred(?:iction|icted)?s?|out(?:put)?s?")
_ERROR = re.compile(r"(?i)e|r|own_e|err(?:or)?s?|resid(?:ual)?s?|diff(?:erence)?s?")
#: The same in Chinese, by the names that such words are read by.
_PREDICTIONS_SAID = frozenset(("預測值", "預測", "預估值", "輸出", "輸出值"))


def loss_parts(word: str, facts: Facts) -> tuple[Expression, ...]:
    """What a name stands for by itself: the prediction, or the error in either direction; nothing for any other name.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w*x - y)^2", start={"w": 1}, let={"x": 2, "y": 1}))
    >>> [[part.text() for part in loss_parts(word, facts)] for word in ("pred", "error", "q")]
    [['w·x'], ['w·x − y', '−(w·x − y)'], []]
    """
    place = re.fullmatch(r"own_?(\d+)", word)
    said = OWN_WORDS[int(place[1])] if place else ""
    found = tuple(dict.fromkeys(_differences(facts)))
    if said in _PREDICTIONS_SAID or _PREDICTION.fullmatch(word):
        return tuple(dict.fromkeys(part for part, _ in found))
    is_error = bool(said) or _ERROR.fullmatch(word) is not None
    return tuple(way for _, error in found for way in (error, negative(error))) if is_error else ()


def _differences(facts: Facts) -> Iterator[tuple[Expression, Expression]]:
    """What moves in the loss less what does not, and the difference of the two."""
    moving = {*facts.start, *facts.bodies}
    body = facts.bodies.get(facts.problem.loss_name)
    for node in nodes(_of_all_rows(body)) if body is not None else ():
        if node.op == "sub" and all({*part.names} for part in node.args):
            moves = [part for part in node.args if {*part.names} & moving]
            if len(moves) == 1:
                yield moves[0], node


def _of_all_rows(tree: Expression) -> Expression:
    """A sum over rows with the columns for their entries: x for x[i]."""

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        return args[0] if node.op == "index" else rebuilt(node, args)

    return fold(tree, put)
