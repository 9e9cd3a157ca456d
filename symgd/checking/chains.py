"""Tokens to chains: sides joined by relation signs, found beside the signs and cut out of what surrounds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: What a token may be: an operand, an operation, a bracket, a sign, the end of a formula, a pause that ends one
#: unless a sign stands beside it, the words of a sentence, or something that no reader takes.
KINDS = "number word atom op open close sign break soft prose odd blank comma compare"


def words(text: str) -> frozenset[str]:
    """The words of a table that is written on one line."""
    return frozenset(text.split())


class Token(NamedTuple):
    """A piece of a formula: its kind, where it stands in its piece, and what it says."""

    kind: str
    start: int
    stop: int
    text: str
    spaced: bool = False  # a blank stands before it


#: Stands where no token is.
BREAK = Token("break", 0, 0, "")


class Side(NamedTuple):
    """The tokens of one side, and the words that stood before them."""

    tokens: tuple[Token, ...]
    before: str = ""


class Chain(NamedTuple):
    """Sides and the signs between them; a side may be empty."""

    sides: tuple[Side, ...]
    signs: tuple[Token, ...]


def chains(tokens: Sequence[Token]) -> Iterator[Chain]:
    """The chains among the tokens of a piece, each with at least one sign."""
    segment: list[Token] = []
    before = ""
    for token in [*_settled(_freed(tokens)), BREAK]:
        if token.kind in ("break", "prose"):
            yield from _chain(segment, before)
            segment, before = [], token.text if token.kind == "prose" else ""
        else:
            segment.append(token)


def _chain(segment: list[Token], before: str) -> Iterator[Chain]:
    signs = tuple(token for token in segment if token.kind == "sign")
    if not signs:
        return
    sides: list[Side] = []
    current: list[Token] = []
    for token in segment:
        if token.kind == "sign":
            sides.append(Side(tuple(current), "" if sides else before))
            current = []
        else:
            current.append(token)
    sides.append(Side(tuple(current)))
    yield Chain(tuple(sides), signs)


def _freed(tokens: Sequence[Token]) -> list[Token]:
    """Brackets without a partner, or around a relation or a sentence, are no part of a formula; nor are commas
    and pauses inside a pair of brackets the end of one."""
    freed = list(tokens)
    open_places: list[int] = []
    holds: list[bool] = []  # whether each open bracket has a sign directly inside
    for place, token in enumerate(freed):
        if token.kind == "open":
            open_places.append(place)
            holds.append(False)
        elif token.kind == "close":
            if not open_places:
                freed[place] = token._replace(kind="break")
                continue
            start, parts = open_places.pop(), holds.pop()
            if parts:
                freed[start] = freed[start]._replace(kind="break")
                freed[place] = token._replace(kind="break")
        elif token.kind == "compare":  # a condition inside brackets, else the end of a formula
            freed[place] = token._replace(kind="atom" if holds and not holds[-1] else "break")
        elif token.kind in ("sign", "break", "prose") and holds:
            holds[-1] = True
            if token.kind != "sign":  # what a sentence interrupts is closed by nothing
                for start in open_places:
                    freed[start] = freed[start]._replace(kind="break")
                open_places, holds = [], []
    for start in open_places:
        freed[start] = freed[start]._replace(kind="break")
    return freed


def _settled(tokens: Sequence[Token]) -> Iterator[Token]:
    """Commas and pauses outside brackets become ends; pauses beside a sign, and those inside brackets, are nothing."""
    depth = 0
    kept = [token for at, token in enumerate(tokens) if not token.kind == token_at(tokens, at + 1).kind == "soft"]
    for place, token in enumerate(kept):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "comma":
            yield token if depth > 0 else token._replace(kind="break")
        elif token.kind == "soft":
            if depth <= 0 and not _beside_sign(kept, place) and not _beside_operation(kept, place):
                yield token._replace(kind="odd" if _may_subtract(kept, place) else "break")
        else:
            yield token


def _beside_operation(tokens: Sequence[Token], place: int) -> bool:
    """Whether a pause stands inside a formula: 0.5  + 0.01, 0.5 +  0.01; a minus before a number may be its sign."""
    before, op, after = (token_at(tokens, at) for at in (place - 1, place + 1, place + 2))
    if before.kind == "op":
        return place > 1
    return before.kind in _OPERANDS and op.kind == "op" and (op.text not in _MINUS or after.spaced)


def _may_subtract(tokens: Sequence[Token], place: int) -> bool:
    """Whether a pause may stand inside a formula as well as between two: 0.3  -0.2."""
    before, op, after = (token_at(tokens, at) for at in (place - 1, place + 1, place + 2))
    is_plain = not tokens[place].text.strip()
    return is_plain and before.kind in _OPERANDS and op.kind == "op" and after.kind == "number"


_OPERANDS, _MINUS = frozenset(("number", "word", "atom", "close")), ("-", "−", "–")


def token_at(tokens: Sequence[Token], place: int) -> Token:
    """The token at a place; before the first and behind the last one a break.

    >>> token_at([], -1).kind
    'break'
    """
    return tokens[place] if 0 <= place < len(tokens) else BREAK


def _beside_sign(tokens: Sequence[Token], place: int) -> bool:
    return "sign" in (token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind)
