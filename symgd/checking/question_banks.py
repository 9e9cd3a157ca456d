"""Questions of a learning system to pieces: what GIFT and Moodle XML say of each, their escapes undone.

A text of theirs is a fragment of HTML with LaTeX between \\( and \\).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgd.checking.pages import page_pieces, said
from symgd.checking.pieces import Piece

_GIFT = re.compile(r"(?m)^(?:\$CATEGORY:|::(?:[^:\\\n]|\\.)+::)")
_MOODLE = re.compile(r"<quiz\s*>", re.IGNORECASE)
#: So far into a text it is looked what it is.
_FAR = 10_000
#: In GIFT: a sign behind a backslash stands for itself; without one it parts answers from their question.
_GIFT_PART = re.compile(
    r"\\(?P<sign>[~=#{}:\\])|(?P<mark>[~=#{}]|:{2}|^//[^\n]*|\[(?:html|moodle|plain|markdown)\])|.",
    re.MULTILINE | re.DOTALL,
)
_XML_TAG = re.compile(r"<(?P<end>/?)text\s*>", re.IGNORECASE)
_RAW = re.compile(r"\s*<!\[CDATA\[")


def bank_of(text: str) -> str:
    r"""The form of a text that looks like a bank of questions: "gift", "moodle"; "" for any other.

    >>> bank_of(r"::Sum:: 1 + 1 \= ? {#2}"), bank_of("<quiz> <question>"), bank_of("a :: b")
    ('gift', 'moodle', '')
    """
    if "{" in text and _GIFT.search(text[:_FAR]):
        return "gift"
    return "moodle" if "<question" in text and _MOODLE.search(text[:_FAR]) else ""


def gift_pieces(text: str) -> Iterator[Piece]:
    r"""The pieces of questions in GIFT, with their places in the file.

    >>> [piece.text.strip() for piece in gift_pieces(r"::Sum::[html]<p>\\(1 + 1 \= 2\\)</p> {#2:0}")][1:-1]
    ['1 + 1 = 2']
    """
    words, origin = list[str](), list[int]()
    for part in _GIFT_PART.finditer(text):
        words.append(part["sign"] or ("\n" if part["mark"] else part[0]))
        origin.append(part.end() - 1 if part["sign"] else part.start())
    yield from _of_html("".join(words), origin)


def moodle_pieces(text: str) -> Iterator[Piece]:
    r"""The pieces of the texts of a question bank in Moodle XML, with their places in the file.

    >>> [piece.text.strip() for piece in moodle_pieces(r"<quiz><text>&lt;p&gt;\(1 + 1 = 2\)&lt;/p&gt;</text></quiz>")]
    ['', '1 + 1 = 2', '']
    """
    start = None
    for tag in _XML_TAG.finditer(text):
        if not tag["end"]:
            start = tag.end()
        elif start is not None:
            yield from _of_html(*_unescaped(text, start, tag.start()))
            start = None


def _unescaped(text: str, start: int, stop: int) -> tuple[str, list[int]]:
    """What an element says, and where each character of it stands."""
    raw = _RAW.match(text, start, stop)
    if raw is not None:
        stop = max(text.rfind("]]>", raw.end(), stop), raw.end())
        return text[raw.end() : stop], list(range(raw.end(), stop))
    signs = list(said(text, start, stop))
    return "".join(sign for sign, _ in signs), [place for _, place in signs]


def _of_html(html: str, origin: Sequence[int]) -> Iterator[Piece]:
    for piece in page_pieces(html):
        yield Piece(piece.text, [origin[place] for place in piece.origin], piece.latex)
