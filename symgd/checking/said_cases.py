"""A function in pieces as handouts say it, in plain text and in LaTeX, as the reader takes it.

In text that is {w², if w < 1; 2·w − 1, otherwise}. The words are those of the catalogues, the user's own among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from symgd.checking.pieces import Piece
from symgd.checking.prose import typed
from symgd.errors import InputError
from symgd.language import catalogue, languages

_BRACES = re.compile(r"\{([^{}]*)\}")
_WORDS = re.compile(r"\\text\{([^{}]*)\}")
#: Cases in cases are read so deep.
_DEEPEST = 8
#: A stretch of text with the places that its characters came from.
Part = tuple[str, Sequence[int]]


class _Said(NamedTuple):
    """How a language says a branch and the last one, what parts them, and its words in LaTeX."""

    branch: re.Pattern[str]
    last: re.Pattern[str]
    between: str
    words: dict[str, str]


def unfolded(piece: Piece) -> Piece:
    """The piece with `piecewise(…)` for what is said in braces, and the reader's words in LaTeX; places are kept.

    >>> unfolded(Piece("a = {1, if b < 2; 0, otherwise}", range(31), False)).text
    'a = piecewise((1, b < 2), (0, true))'
    """
    if (r"\text" if piece.latex else "{") not in piece.text:
        return piece
    sayings = [said for language in languages() for said in _saying(language)]
    if piece.latex:
        return _with_words(piece, {word: plain for said in sayings for word, plain in said.words.items()})
    for _ in range(_DEEPEST):
        braces = _BRACES.finditer(typed(piece.text))
        found = [(brace, said) for brace in braces if (said := _cases(piece, brace, sayings))]
        if not found:
            break
        piece = _spliced(piece, found)
    return piece


def _with_words(piece: Piece, words: Mapping[str, str]) -> Piece:
    """LaTeX in which the words of every language are those of the reader."""
    found = []
    for said in _WORDS.finditer(piece.text):
        if plain := words.get(said[1].strip()):
            written = rf"\text{{{plain}}}"
            found.append((said, [(written, [piece.origin[said.start()]] * len(written))]))
    return _spliced(piece, found) if found else piece


def _saying(language: str) -> Iterator[_Said]:
    """How a language says it; nothing for one whose catalogue cannot be read."""
    try:
        sentences = catalogue(language)
    except InputError:
        return
    words = {sentences["word.if"]: "if ", sentences["word.otherwise"]: "otherwise"}
    yield _Said(
        _pattern(sentences["cases.branch"]),
        _pattern(sentences["cases.last"]),
        typed(sentences["cases.between"]).strip(),
        words,
    )


def _pattern(sentence: str) -> re.Pattern[str]:
    """A sentence as a pattern for its facts; blanks stand for any, and may be none beside a comma."""
    written = re.escape(typed(sentence)).replace(r"\ ", r"\s+").replace(r"\{", "{").replace(r"\}", "}")
    written = re.sub(r"([,;])\\s\+", r"\1\\s*", written)
    written = written.replace("{value}", r"(?P<value>\S.*)").replace("{condition}", r"(?P<condition>\S.*)")
    return re.compile(rf"\s*{written}\s*", re.DOTALL)


def _cases(piece: Piece, brace: re.Match[str], sayings: Iterable[_Said]) -> list[Part]:
    """What stands for a pair of braces; nothing where no cases stand in it."""
    for said in sayings:
        branches = brace[1].split(said.between) if said.between else [brace[1]]
        forms = [*[said.branch] * (len(branches) - 1), said.last]
        matches = [form.fullmatch(branch) for form, branch in zip(forms, branches, strict=True)]
        if all(matches) and len(matches) > 1:
            return list(_parts(piece, brace, [match for match in matches if match], len(said.between)))
    return []


def _parts(piece: Piece, brace: re.Match[str], branches: Sequence[re.Match[str]], gap: int) -> Iterator[Part]:
    """`piecewise((value, condition), …, (value, true))`, each character with its place."""
    start = brace.start(1)

    def written(text: str) -> Part:
        return text, [piece.origin[start - 1]] * len(text)

    yield written("piecewise(")
    for number, match in enumerate(branches):
        yield written(", (" if number else "(")
        yield _taken(piece, start, match.span("value"))
        yield written(", ")
        is_last = match is branches[-1]
        yield written("true") if is_last else _taken(piece, start, match.span("condition"))
        yield written(")")
        start += len(match.string) + gap
    yield ")", [piece.origin[brace.end() - 1]]


def _taken(piece: Piece, start: int, span: tuple[int, int]) -> Part:
    low, high = start + span[0], start + span[1]
    return piece.text[low:high], piece.origin[low:high]


def _spliced(piece: Piece, found: Iterable[tuple[re.Match[str], Sequence[Part]]]) -> Piece:
    """The piece with parts in the place of some matches."""
    parts, at = list[Part](), 0
    for match, others in found:
        parts += [(piece.text[at : match.start()], piece.origin[at : match.start()]), *others]
        at = match.end()
    parts.append((piece.text[at:], piece.origin[at:]))
    return Piece("".join(text for text, _ in parts), [place for _, places in parts for place in places], piece.latex)
