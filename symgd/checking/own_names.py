"""Names that a student gives to what the problem does not name: pred = w·x + b = 1.3, error = pred − y = 0.3.

What is said of such a name is its definition: the relations behind it are tested, later lines may work with it, and
it earns nothing. A lone number says nothing that could be tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symgd.checking.claims import Claim
from symgd.checking.comparing import alike, name_value, side_value
from symgd.checking.findings import Finding
from symgd.checking.relations import chain_of
from symgd.checking.vectors import is_of_vectors
from symgd.checking.wordings import names_of
from symgd.checking.world import Own, World
from symgd.expressions.tree import Expression, substitute
from symgd.numbers.bounded import NoValue, Number

if TYPE_CHECKING:
    from symgd.checking.facts import Facts
    from symgd.checking.marking import Marker

#: Definitions inside one another are followed so deep.
_DEEPEST = 12
#: What is written for a change or a slope of something is no plain name.
_PLAIN = re.compile(r"(?!Δ|∇|Delta|nabla)[^\W\d][\w\u0300-\u036f]*")


def is_own(word: str, written: str, facts: Facts) -> bool:
    """Whether a name that is written so is a student's own: a plain one that means nothing in the problem.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> [is_own(word, word, facts) for word in ("pred", "w", "eta", "dL/dpred", "dw", "new_w")]
    [True, False, False, False, False, False]
    """
    if _PLAIN.fullmatch(written) is None or word == "T" or _may_be_known(written, facts):
        return False
    return name_value(word, World(facts.problem), 0) is None


def _may_be_known(written: str, facts: Facts) -> bool:
    """Whether a name may be meant for something of the problem: dw, new_w, a_1."""
    parameters, others = _any_of(facts.start), _any_of((*names_of(facts), facts.problem.loss_name))
    words = r"(?!delta\Z)\w*(?:grad|slope|deriv|delta|new|old|next|prev|step|update)\w*"
    like = rf"(?i:{words}|d\w{{0,2}}?_?d?(?:{parameters}))"
    return re.fullmatch(rf"{like}|(?:{parameters})_?\w*|\w+_(?:{parameters})|(?:{others})_?\d+", written) is not None


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


def own_finding(marker: Marker, claim: Claim) -> Finding | None:
    """What a definition comes to, which is kept for the lines behind it; None of a formula alone, which just is."""
    marker.forget(claim.own)
    if claim.unreadable or is_of_vectors(claim, None):
        return Finding("unknown", "syntax" if claim.unreadable else "unknown", "")
    found = [(step, _values(marker, claim, step)) for step in (claim.update, claim.update + 1, claim.update - 1)]
    told = [(step, values) for step, values in found if None not in values]
    formula = _formula(marker, claim)
    if not told:
        last = marker.last_number(claim, found[0][1])
        marker.name(claim.own, Own(None, last, claim.update), Own(None, last, claim.update))
        return Finding("unknown", "unknown", "", value=last)
    judged = [
        (step, values, chain_of(marker, replace(claim, update=step), values, claim.signs)) for step, values in told
    ]
    step, values, (broken, status) = next((each for each in judged if each[2][0] is None), judged[0])
    marker.name(claim.own, Own(formula, _number(values[-1]), step), Own(formula, _number(values[0]), step))
    if len(values) == 1:
        return Finding("unknown", "unknown", "", value=values[0]) if formula is None else None
    return Finding(status, "different" if broken is not None else "equal", broken=broken, value=values[-1])


def _values(marker: Marker, claim: Claim, step: int) -> list[Number | NoValue | None]:
    world = marker.worlds()[0]
    return [None if side.tree is None else side_value(side.tree, world, step) for side in claim.sides]


def _number(value: Number | NoValue | None) -> Number | None:
    return None if isinstance(value, NoValue) else value


def _formula(marker: Marker, claim: Claim) -> Expression | None:
    """The first side with names of the problem, the student's own put in."""
    trees = (side.tree for side in claim.sides if side.tree is not None and side.tree.names)
    return next((found for tree in trees if (found := spelled_out(marker, tree)) is not None), None)


def spelled_out(marker: Marker, tree: Expression) -> Expression | None:
    """A formula with the formulas of a student's own names in it; None where one of them has none."""
    for _ in range(_DEEPEST):
        own = [word for word in tree.names if word in marker.own]
        formulas = {word: formula for word in own if (formula := marker.own[word].formula) is not None}
        if len(formulas) < len(own):
            return None
        if not own:
            return tree
        tree = substitute(tree, formulas)
    return None


def follows_from_own(marker: Marker, claim: Claim, wanted: Sequence[Number | None]) -> bool:
    """Whether a line is wrong only for a wrong value of a student's own name: with the right one it is as wanted."""
    tree = claim.sides[0].tree if claim.sides else None
    if tree is None or not any(word in marker.own for word in tree.names):
        return False
    value = side_value(tree, marker.worlds()[-1], marker.base(claim))
    return value is not None and any(each is not None and alike(value, each) for each in wanted)
