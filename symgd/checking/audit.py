"""Every relation that a text prints, re-computed from the text alone.

A chain a = b ≈ c holds two relations. A lone name on the left is a definition: it binds for what follows. `w ← w + d`
uses the old w on its right and then rebinds it; ← itself is no relation.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from symgd.checking.arrays import Arrays
from symgd.checking.bindings import Bindings
from symgd.checking.chains import Chain, Side, Token, chains
from symgd.checking.judge import Judge, Verdict, unit_of
from symgd.checking.latex import KIND, latex_tokens
from symgd.checking.notebooks import is_notebook, notebook_pieces
from symgd.checking.pieces import Piece, pieces
from symgd.checking.prose import prose_tokens
from symgd.checking.quantities import Quantities, Read
from symgd.checking.said_cases import unfolded
from symgd.expressions.operations import WORDS

_HTML = re.compile(r"<!doctype html|<html|<body|<div|<p[ >]|<math[ >]|</(?:p|div|body|html|span)>", re.I)
_HEADER = re.compile(r"\s*([A-Za-z]\w*|\\?[A-Za-z_{}0-9\\]+?)\s*\((?:[\w{}\s.,\\−+-]|,)*\)\s*\Z")
_MATHEMATICAL = frozenset(("number", "op", "atom", "odd"))


#: A place to fill in within an operand: an entry of a matrix.
_BLANK = re.compile(r"\\underline\s*\{\s*\\hspace|\\blank|_{3,}")


@dataclass(frozen=True, slots=True)
class Relation:
    """A printed = or ≈: its text and place (line and column from 1), and whether it holds (None: undecided).

    `left` and `right` are what the sides are worth, as text; None where that is not known. `reason` is "no-value"
    where a side has no real value, "equal" where ≈ stands between equal values. `at` is where the right side begins in
    `text`; `blank` marks a side that is to be filled in.
    """

    text: str
    line: int
    column: int
    sign: str
    holds: bool | None
    left: str | None
    right: str | None
    reason: str = ""
    at: int = 0
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Audit:
    """The relations of a text in order, and how many definitions stand beside them. Iterates its relations.

    >>> found = audit("0.5+0.01=0.51 and 2*(0.750-1) = -0.499")
    >>> found.true, found.false, found.undecided, found.definitions
    (1, 1, 0, 0)
    >>> [relation.left for relation in found.wrong]
    ['-0.5']
    """

    relations: tuple[Relation, ...]
    definitions: int

    def __iter__(self) -> Iterator[Relation]:
        """The relations, in the order of the text."""
        return iter(self.relations)

    def __len__(self) -> int:
        """How many relations there are."""
        return len(self.relations)

    @property
    def true(self) -> int:
        """How many relations hold."""
        return sum(relation.holds is True for relation in self.relations)

    @property
    def false(self) -> int:
        """How many relations do not hold."""
        return sum(relation.holds is False for relation in self.relations)

    @property
    def undecided(self) -> int:
        """How many relations could not be decided from the text."""
        return sum(relation.holds is None for relation in self.relations)

    @property
    def wrong(self) -> tuple[Relation, ...]:
        """The relations that do not hold."""
        return tuple(relation for relation in self.relations if relation.holds is False)

    def table(self) -> dict[str, object]:
        """What `symgd audit --json` prints, schema symgd/audit/1."""
        keys = ("text", "line", "column", "holds", "left", "right")
        rows = [{key: getattr(relation, key) for key in keys} for relation in self.relations]
        counts = {key: getattr(self, key) for key in ("true", "false", "undecided", "definitions")}
        return {"schema": "symgd/audit/1", "relations": rows, **counts}


def _page_pieces(page: str) -> Iterator[Piece]:
    from symgd.checking.pages import page_pieces  # loads a reader of HTML, which text does without

    return page_pieces(page)


def _gift_pieces(bank: str) -> Iterator[Piece]:
    from symgd.checking.question_banks import gift_pieces

    return gift_pieces(bank)


def _moodle_pieces(bank: str) -> Iterator[Piece]:
    from symgd.checking.question_banks import moodle_pieces

    return moodle_pieces(bank)


#: How a text of each form is read; one of no known form is Markdown, or plain.
_PIECES: Mapping[str, Callable[[str], Iterator[Piece]]] = {
    "html": _page_pieces,
    "tex": lambda text: pieces(text, tex=True),
    "notebook": notebook_pieces,
    "gift": _gift_pieces,
    "moodle": _moodle_pieces,
}


def _form_of(text: str) -> str:
    """The form that a text looks like, "" for Markdown and plain text."""
    if is_notebook(text):
        return "notebook"
    if "::" in text or "<quiz" in text:
        from symgd.checking.question_banks import bank_of

        if bank := bank_of(text):
            return bank
    return "html" if _HTML.search(text[:100_000]) else ""


def audit(text: str, form: str = "") -> Audit:
    """Re-compute every relation that a text prints. It never raises on any text, and evaluates none of it.

    `form` is "html", "tex", "notebook" (of which the Markdown cells are read), "gift" or "moodle"; without it the text
    itself shows what it is, and is else Markdown, or plain. `=` needs exact equality, `≈` a correct rounding to the
    digits shown of a value that is not equal.

    >>> [relation.holds for relation in audit("所以 0.5+0.01=0.51，接著 0.2+0.02=0.23。")]
    [True, False]
    """
    auditor = _Auditor(text)
    for piece in _PIECES.get(form or _form_of(text), pieces)(text):
        auditor.read(piece)
    return Audit(tuple(auditor.relations), auditor.definitions)


class _Seen(NamedTuple):
    """A side as read, with its tokens."""

    side: Side
    read: Read
    start: int
    stop: int

    @property
    def blank(self) -> bool:
        return any(token.kind == "blank" or _BLANK.search(token.text) for token in self.side.tokens)

    @property
    def mathematical(self) -> bool:
        return any(token.kind in _MATHEMATICAL for token in self.side.tokens)


@dataclass(slots=True)
class _Auditor:
    """Goes through a text and remembers what its names are bound to."""

    source: str
    relations: list[Relation] = field(default_factory=list)
    definitions: int = 0
    bindings: Bindings = field(default_factory=Bindings)
    quantities: Quantities = field(default_factory=Quantities)
    arrays: Arrays = field(default_factory=Arrays)
    judge: Judge = field(default_factory=Judge)
    lines: list[int] = field(default_factory=list)

    def read(self, piece: Piece) -> None:
        if not any(sign in piece.text for sign in _SIGNS):
            return
        start, piece = piece.origin[0], unfolded(piece)
        if piece.latex:
            tokens = latex_tokens(piece.text)
        else:
            tokens = prose_tokens(piece.text, start == 0 or self.source[start - 1] == "\n")
        for chain in chains(tokens):
            self.chain(piece, chain)

    def chain(self, piece: Piece, chain: Chain) -> None:
        sides = [self.side(piece, side, place, len(chain.sides)) for place, side in enumerate(chain.sides)]
        head = _head(sides[0], chain.signs[0].text)
        for place, sign in enumerate(chain.signs):
            self.pair(piece, sign.text, sides[place], sides[place + 1], head if place == 0 else "")
        if head not in ("", _NAMELESS):
            reads, signs = [seen.read for seen in sides[1:]], [sign.text for sign in chain.signs]
            is_about = self.arrays.are_in(*reads) or head.removeprefix("-") in self.arrays.known
            if is_about and self.arrays.bind(head, reads, signs, self.bindings.known):
                return
            self.bindings.bind(head, reads, signs)

    def side(self, piece: Piece, side: Side, place: int, count: int) -> _Seen:
        tokens = side.tokens if piece.latex else _trimmed(side.tokens, place, count)
        side = side._replace(tokens=tokens)
        if not tokens:
            return _Seen(side, Read(None, "", "empty"), 0, 0)
        start, stop = tokens[0].start, tokens[-1].stop
        text = piece.text[start:stop]
        if any(token.kind in ("odd", "blank") for token in tokens) or (not piece.latex and _hangs(side)):
            return _Seen(side, Read(None, text, "odd"), start, stop)
        return _Seen(
            side, self.quantities.read(text, piece.latex, self.bindings.known, self.arrays.known), start, stop
        )

    def entry(self, piece: Piece, side: Side) -> _Seen:
        """A part of a side, which is neither the first nor the last side of its chain."""
        return self.side(piece, side, 1, 3)

    def pair(self, piece: Piece, sign: str, left: _Seen, right: _Seen, head: str) -> None:
        if sign == "←":
            return
        if not left.side.tokens:
            nameless = left.side.before and right.mathematical
            self.definitions += bool(nameless) and right.read.fault != "odd"
            return
        if not right.side.tokens and (head or not left.mathematical):
            return
        if head and not right.blank:
            self.definitions += 1
            return
        self.relate(piece, sign, left, right, self.verdict(piece, sign, left, right))

    def verdict(self, piece: Piece, sign: str, left: _Seen, right: _Seen) -> Verdict:
        first, second = (_components(seen.side.tokens) for seen in (left, right))
        if first and len(first) == len(second):
            return self.vectors(piece, sign, first, second)
        if first and second:
            return Verdict(False)
        if self.arrays.are_in(left.read, right.read):
            return self.arrays.verdict(sign, left.read, right.read, self.bindings.known)
        found = self.judge.verdict(sign, left.read, right.read, self.bindings.known, self.bindings.dependent)
        tree = left.read.tree
        if found.holds is False and tree is not None and tree.op in ("e", "pi") and unit_of(right.read) is None:
            return Verdict(None, found.left, found.right)  # e = a − y: a name
        return found

    def vectors(self, piece: Piece, sign: str, left: list[Side], right: list[Side]) -> Verdict:
        """Part by part."""
        found = []
        for pair in zip(left, right, strict=True):
            first, second = (self.entry(piece, side).read for side in pair)
            if self.arrays.are_in(first, second):  # rows of a matrix
                found.append(self.arrays.verdict(sign, first, second, self.bindings.known))
            else:
                found.append(self.judge.verdict(sign, first, second, self.bindings.known, self.bindings.dependent))
        holds = [verdict.holds for verdict in found]
        if sign == "≈" and False in holds and all(verdict.holds or verdict.reason == "equal" for verdict in found):
            holds = [True] if True in holds else holds  # (1/3, 0.5) ≈ (0.333, 0.5)
        worth = [[getattr(verdict, key) for verdict in found] for key in ("left", "right")]
        words = [None if None in values else f"({', '.join(values)})" for values in worth]
        return Verdict(False if False in holds else None if None in holds else True, words[0], words[1])

    def relate(self, piece: Piece, sign: str, left: _Seen, right: _Seen, verdict: Verdict) -> None:
        stop = right.stop if right.side.tokens else left.stop
        text = " ".join(piece.text[left.start : stop].split())
        before = piece.text[left.start : right.start]
        at = len(" ".join(before.split())) + before[-1:].isspace() if right.side.tokens else len(text)
        line, column = self.place(piece.origin[left.start])
        blank = left.blank or right.blank or not right.side.tokens
        self.relations.append(Relation(text, line, column, sign, *verdict, at=at, blank=blank))

    def place(self, offset: int) -> tuple[int, int]:
        if not self.lines:
            self.lines = [0, *(found.end() for found in re.finditer("\n", self.source))]
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1


_SIGNS = ("＝", *(word for word, kind in KIND.items() if kind == "sign"))
_NAMELESS = "="
_FUNCTIONS = frozenset(word.replace("_", "") for word in WORDS) | {"sigma", "σ"}
#: Words after which a minus is a sign and no operation: 所以-0.5+0.01=-0.49.
_BEFORE_A_SIGN = frozenset("以此故得即為則是成到出有，")


def _head(seen: _Seen, sign: str) -> str:
    """The name that a chain binds, with its minus; "=" where it defines what cannot be bound; "" where it is none."""
    tree = None if seen.read.derived else seen.read.tree  # a slope that is worked out may be but a name
    if tree is not None and tree.op == "name":
        return tree.name
    if tree is not None and tree.op == "neg" and tree.args[0].op == "name":
        return "-" + tree.args[0].name
    header = _HEADER.match(seen.read.text.replace(r"\left", "").replace(r"\right", "").replace("\\,", ""))
    if header and seen.read.fault != "odd" and sign != "≈":
        word = re.sub(r"operatorname|mathrm|[\\{}\s_]", "", header[1])
        return "" if word in _FUNCTIONS or not word[:1].isalpha() else _NAMELESS
    return ""


def _trimmed(tokens: tuple[Token, ...], place: int, count: int) -> tuple[Token, ...]:
    """Of two numbers side by side, the one next to the sign: `Step 2 0.5 + 0.01 = 0.51`."""
    cuts = [
        at
        for at in range(1, len(tokens))
        if tokens[at].spaced and tokens[at].kind == "number" and tokens[at - 1].kind in ("number", "close")
    ]
    if cuts and place == 0:
        tokens = tokens[cuts[-1] :]
    elif cuts and place == count - 1:
        tokens = tokens[: cuts[0]]
    return tokens


def _hangs(side: Side) -> bool:
    """Whether a side begins with an operation on the words before it: `學習率-0.5 = 0.1`."""
    first = side.tokens[0]
    if not side.before or side.before[-1] in _BEFORE_A_SIGN or first.kind != "op" or len(side.tokens) < 2:
        return False
    return not first.spaced or side.tokens[1].spaced


def _components(tokens: tuple[Token, ...]) -> list[Side]:
    """The parts of a side that is a vector (0.1, 0.2); none where it is not."""
    if len(tokens) < 5 or tokens[0].kind != "open" or tokens[-1].kind != "close":
        return []
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[1:-1]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return []
        if token.kind == "comma" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [Side(tuple(part)) for part in parts] if len(parts) > 1 else []
