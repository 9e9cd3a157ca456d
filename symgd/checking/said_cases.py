"""A function in pieces as a handout says it in plain text: {w², if w < 1; 2·w − 1, otherwise}."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symgd.checking.pieces import Piece
from symgd.checking.prose import typed

_BRACES = re.compile(r"\{([^{}]*)\}")
_BRANCH = re.compile(r"\s*(?P<value>\S.*),\s*(?:if|若|當)\s+(?P<condition>.+)", re.DOTALL)
_LAST = re.compile(r"\s*(?P<value>\S.*),\s*(?P<condition>otherwise|其他情況|其他|否則)\s*", re.DOTALL)


def unfolded(piece: Piece) -> Piece:
    """The piece with `piecewise(…)` for what is said in braces, the innermost first; where it came from is kept.

    >>> unfolded(Piece("a = {1, if b < 2; 0, otherwise}", range(31), False)).text
    'a = piecewise((1, b < 2), (0, true))'
    """
    at = 0
    while (found := _BRACES.search(typed(piece.text), at)) is not None:
        said = _said(piece, found)
        if said is None:
            at = found.end()
        else:
            piece, at = said, 0
    return piece


def _said(piece: Piece, found: re.Match[str]) -> Piece | None:
    """The piece with one pair of braces rewritten; None where no cases stand in it."""
    parts, start = list[tuple[str, Sequence[int]]](), found.start(1)
    branches = found[1].split(";")
    for place, said in enumerate(branches):
        match = (_LAST if place == len(branches) - 1 else _BRANCH).fullmatch(said)
        if match is None:
            return None
        value, condition = (
            (piece.text[start + low : start + high], piece.origin[start + low : start + high])
            for low, high in (match.span("value"), match.span("condition"))
        )
        if match.re is _LAST:
            condition = ("true", [condition[1][0]] * 4)
        here = [piece.origin[start]]
        parts += [("(" if not parts else ", (", here * (1 if not parts else 3)), value, (", ", here * 2), condition]
        parts.append((")", here))
        start += len(said) + 1
    first = piece.origin[found.start()]
    whole = [
        (piece.text[: found.start()], piece.origin[: found.start()]),
        *[("piecewise(", [first] * len("piecewise(")), *parts, (")", [piece.origin[found.end() - 1]])],
        (piece.text[found.end() :], piece.origin[found.end() :]),
    ]
    return Piece("".join(text for text, _ in whole), [at for _, places in whole for at in places], piece.latex)
