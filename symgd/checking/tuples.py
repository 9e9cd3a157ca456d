"""Lines about all parameters at once: (w1, w2) = (0.5, 0.2) − 0.1·(−0.1, −0.2) says something of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from symgd.checking.chains import Side, Token
from symgd.checking.pieces import Piece
from symgd.expressions.tree import Expression, fold, name, rebuilt, substitute


def component(piece: Piece, side: Side, place: int, count: int) -> tuple[Piece, Side] | None:
    """A side with one component in the place of each of its tuples; None where it has none of so many."""
    found = list(_tuples(side.tokens, count))
    if not found:
        return None
    text, gone = list(piece.text), set[Token]()
    for parts in found:
        for at, tokens in enumerate(parts):
            gone |= set() if at == place else set(tokens)
    for token in gone:
        text[token.start : token.stop] = " " * (token.stop - token.start)
    kept = tuple(token for token in side.tokens if token not in gone)
    return piece._replace(text="".join(text)), side._replace(tokens=kept)


def bracketed(piece: Piece, sides: Iterable[Side]) -> Piece:
    """Sides in which (0, 1) stands as [0, 1], as vectors are read."""
    found = (ends for side in sides for ends in _bracketed(side.tokens, with_commas=True))
    return _with_brackets(piece, found, "[]")


def grouped(piece: Piece, sides: Iterable[Side]) -> Piece:
    """Sides about numbers in which [2(0.5 − 0.55)] stands as (2(0.5 − 0.55)), as brackets are read."""
    found = (ends for side in sides for ends in _bracketed(side.tokens, with_commas=False))
    return _with_brackets(piece, (ends for ends in found if [end.text for end in ends] == ["[", "]"]), "()")


def _bracketed(tokens: Sequence[Token], with_commas: bool) -> Iterator[tuple[Token, Token]]:
    """The brackets of a side that are no call's, with a comma directly inside or without any."""
    for opener, closer, commas in _pairs(tokens):
        if bool(commas) == with_commas and not _is_call(tokens, opener):
            yield tokens[opener], tokens[closer]


def _with_brackets(piece: Piece, found: Iterable[tuple[Token, Token]], brackets: str) -> Piece:
    """A piece with other brackets in these places; it may be long, so it is copied once at most."""
    places = {end.start: bracket for ends in found for end, bracket in zip(ends, brackets, strict=True)}
    if not places:
        return piece
    return piece._replace(text="".join(places.get(place, letter) for place, letter in enumerate(piece.text)))


def entry_of_vectors(tree: Expression, place: int, count: int) -> Expression:
    """A formula with one entry in the place of each vector of so many that is written out in it."""

    def chosen(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if [row.op for row in node.args] == ["vector"] == [node.op]:
            return args[0]  # a vector that lies is its row
        entries = [entry for row in args for entry in (row.args if row.op == "vector" else (row,))]
        return entries[place] if node.op == "vector" and len(entries) == count else rebuilt(node, args)

    return fold(tree, chosen)


def of_one(tree: Expression, parameter: str, slope: str) -> Expression:
    """A formula about all parameters, about one of them: `w@` is its weight, `grad` its slope."""
    found = {"grad": name(slope)}
    for word in tree.names:
        row, at, rest = word.partition("@")
        if at and rest[:1] in ("", "@"):
            found[word] = name(parameter if row == "w" and not rest else f"{row}@{parameter}{rest}")
    return substitute(tree, {word: tree_ for word, tree_ in found.items() if word in tree.names})


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[int, int, list[int]]]:
    """The places of brackets, of their partners, and of the commas between them that stand in no other bracket."""
    open_: list[tuple[int, list[int]]] = []
    for at, token in enumerate(tokens):
        if token.kind == "open":
            open_.append((at, []))
        elif token.kind == "comma" and open_:
            open_[-1][1].append(at)
        elif token.kind == "close" and open_:
            opener, commas = open_.pop()
            yield opener, at, commas


def _tuples(tokens: Sequence[Token], count: int) -> Iterator[list[Sequence[Token]]]:
    """The tuples of so many components, behind them their commas."""
    for opener, closer, commas in _pairs(tokens):
        if len(commas) + 1 == count:
            parts = [tokens[start + 1 : stop] for start, stop in pairwise((opener, *commas, closer))]
            if all(parts) and not _is_call(tokens, opener):
                yield [*parts, [tokens[comma] for comma in commas]]


def _is_call(tokens: Sequence[Token], opener: int) -> bool:
    return opener > 0 and tokens[opener - 1].kind in ("word", "atom") and not tokens[opener].spaced
