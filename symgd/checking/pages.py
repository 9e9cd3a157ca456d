"""HTML to pieces: the formulas of its visible MathML as LaTeX, or its visible text where it has no MathML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import islice

from symgd.checking.chains import words
from symgd.checking.pieces import Piece, pieces

_HIDDEN = words("script style annotation annotation-xml template noscript head title mphantom svg")
_VOID = words("br hr img input meta link wbr col area base embed source track")
_BLOCKS = words(
    "p div br hr li ul ol table tr td th h1 h2 h3 h4 h5 h6 pre section article header footer blockquote dt dd figure"
    " figcaption details summary main nav aside caption body"
)
_SCRIPTS = {"sub": ("_", " "), "sup": ("^(", ")")}
_DEEPEST = 120
_NO_DISPLAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
#: What begins no tag and is text: a tag that another one interrupts, for whose end the parser would look again and
#: again, and a marked section of a kind that the parser does not know (it stops with an assertion).
_UNENDED = re.compile(r"<(?=[a-zA-Z/][^<>]{0,5000}(?:<|\Z)|!\[(?!CDATA\[))")
#: A reference to a character, or a character.
_SIGN = re.compile(r"&(?:#x?[0-9a-f]{1,8}|[a-z][0-9a-z]{0,31});|.", re.IGNORECASE | re.DOTALL)
Fragments = list[tuple[str, int]]


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str | None]
    at: int
    parts: list[_Node] = field(default_factory=list)
    words: list[tuple[str, int]] = field(default_factory=list)


def page_pieces(html: str) -> Iterator[Piece]:
    """The pieces of a page.

    >>> [piece.text for piece in page_pieces("<p><math><mn>1</mn><mo>=</mo><mn>1</mn></math></p>")]
    ['1=1']
    """
    page = _Page(_UNENDED.sub("＜", html))
    page.feed(page.html)
    page.close()
    if page.formulas:
        yield from (Piece(*_together(_latex(root)), latex=True) for root in page.formulas)
        return
    text, origin = _together(page.visible)
    for piece in pieces(text):
        yield Piece(piece.text, [origin[place] for place in piece.origin], piece.latex)


def _together(fragments: Fragments) -> tuple[str, list[int]]:
    """The text of fragments, and the place of each of its characters."""
    origin = [place for text, start in fragments for place in range(start, start + len(text))]
    return "".join(text for text, _ in fragments), origin


def said(html: str, start: int, stop: int) -> Iterator[tuple[str, int]]:
    """What a stretch of HTML without tags says, sign by sign, each with the place of what stands for it.

    >>> list(said("a&lt;b", 0, 6))
    [('a', 0), ('<', 1), ('b', 5)]
    """
    for part in _SIGN.finditer(html, start, stop):
        yield from ((sign, part.start()) for sign in unescape(part[0]))


class _Page(HTMLParser):
    """Collects the trees of MathML, and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.lines = [0, *(found.end() for found in re.finditer("\n", html))]
        self.open: list[tuple[str, bool]] = []  # tags, and whether each hides what is inside
        self.hidden = 0
        self.math: list[_Node] = []
        self.formulas: list[_Node] = []
        self.visible: Fragments = []

    def place(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in _BLOCKS:
            self.visible.append(("\n", self.place()))
        if tag in _SCRIPTS and not self.hidden:
            self.visible.append((_SCRIPTS[tag][0], self.place()))
        if tag in _VOID:
            return
        hides = tag in _HIDDEN or "hidden" in attributes or bool(_NO_DISPLAY.search(attributes.get("style") or ""))
        self.open.append((tag, hides))
        self.hidden += hides
        is_formula = tag == "math" or _is_in_lines(attributes)
        if not self.hidden and (is_formula or self.math) and len(self.math) < _DEEPEST:
            self.element(_Node(tag, attributes, self.place()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def element(self, node: _Node) -> None:
        if self.math:
            self.math[-1].parts.append(node)
        else:
            self.formulas.append(node)
        self.math.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.visible.append(("\n", self.place()))
        if tag in _SCRIPTS and not self.hidden:
            self.visible.append((_SCRIPTS[tag][1], self.place()))
        # A tag that is closed out of turn closes what was left open inside it, a few at most.
        recent = [name for name, _ in self.open[-8:]]
        if tag not in recent:
            return
        while self.open:
            name, hides = self.open.pop()
            self.hidden -= hides
            if self.math and self.math[-1].tag == name:
                self.math.pop()
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if self.math:
            self.math[-1].words.append((data, self.place()))
            return
        if data[0].isspace() and self.visible and self.visible[-1][0] == _SCRIPTS["sub"][1]:
            self.visible.pop()  # the end of an index: two blanks would part a formula
        self.visible += self.placed(data)

    def placed(self, data: str) -> Fragments:
        """Text that was read, with its places in the page, where a reference takes more room than what it says."""
        start = self.place()
        if self.html.startswith(data, start):
            return [(data, start)]
        signs = list(islice(said(self.html, start, len(self.html)), len(data)))
        return signs if "".join(sign for sign, _ in signs) == data else [(data, start)]


# MathML to LaTeX -------------------------------------------------------------------------------------------------

_TIMES = "\u2062"
_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b\ufeff"), "")
_ACCENTS = {"^": "hat", "ˆ": "hat", "\u0302": "hat", "¯": "bar", "‾": "bar", "~": "tilde", "˜": "tilde", "→": "vec"}
_BRACES = frozenset("⏟⏞︸︷")
_WIDTH = re.compile(r"\s*(\d+\.?\d*|\.\d+)(em|ex|px|pt|rem)")
_WIDE = {"em": 0.9, "rem": 0.9, "ex": 1.8, "px": 14, "pt": 9}


def _latex(node: _Node) -> Fragments:
    write = _table if _is_in_lines(node.attributes) else _ELEMENTS.get(node.tag, _row)
    return write(node)


def _is_in_lines(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element is an aligned formula written as a grid: spans of spans, a `<math>` in each cell."""
    return "lines" in (attributes.get("class") or "").split()


def _text(node: _Node) -> str:
    return "".join(text for text, _ in node.words)


def _said(node: _Node) -> str:
    return _text(node).translate(_INVISIBLE).strip()


def _row(node: _Node) -> Fragments:
    if "blank" in (node.attributes.get("class") or "").split():
        return [(r"\blank ", node.at)]
    if node.tag == "span" and not node.parts and _said(node):
        return _words(node)  # a note beside a line
    found: Fragments = []
    before = closer = ""
    for part in node.parts:
        sign = _said(part) if part.tag == "mo" else ""
        if part.tag == "mtable" and before == "{":
            found = [*found[:-1], *_cases(part)]
        elif part.tag == "mtable" and before in _MATRIX:
            found, closer = [*found[:-1], *_matrix(part)], _MATRIX[before]
        elif part.tag == "mtable" and before == "|":
            found += [(r"\odd ", part.at)]
        elif closer and sign == closer:
            closer = ""
        else:
            found += _latex(part)
        before = sign
    return found


#: The brackets of a matrix.
_MATRIX = {"[": "]", "(": ")"}


def _matrix(node: _Node) -> Fragments:
    """A table in brackets: a vector or a matrix."""
    rows = _table(node)[1:-2]  # no sign behind the last row
    return [(r"\begin{bmatrix}", node.at), *rows, (r"\end{bmatrix}", node.at)]


def _cases(node: _Node) -> Fragments:
    """A table behind a brace: values, and the conditions under which they hold."""
    rows = _table(node)[1:-2]  # no sign behind the last row
    return [(r"\begin{cases}", node.at), *rows, (r"\end{cases}", node.at)]


def _identifier(node: _Node) -> Fragments:
    word = _said(node)
    if not word:
        return []
    if len(word) > 1:
        return [(_word(word) if word.replace("_", "").isalnum() else r"\odd ", node.at)]
    return [(r"\top " if word == "⊤" else word, node.at)]


def _word(word: str) -> str:
    return r"\operatorname{" + word.replace("_", r"\_") + "}"


_FIXED = {
    ",": ", ",
    "{": r"\{",
    "}": r"\}",
    "∗": "*",
    "′": "'",
    "⊤": r"\top ",
    "&": r"\odd ",
    "$": " ",
    "%": r"\odd ",
    "#": r"\odd ",
}


def _operator(node: _Node) -> Fragments:
    sign = _said(node)
    if not sign and _TIMES in _text(node):
        return [(" ", node.at)]  # two numbers with nothing to be seen between them are not one
    if len(sign) > 1 and sign.replace("_", "").isalpha():
        return [(_word(sign), node.at)]
    return [(_FIXED.get(sign, sign.replace("\\", " ")), node.at)]


def _number(node: _Node) -> Fragments:
    return [(_said(node).replace("\\", " "), node.at)]


def _words(node: _Node) -> Fragments:
    words = re.sub(r"[{}\\$]", " ", _text(node))
    return [(rf"\text{{{words}}}" if words.strip() else r"\ ", node.at)]


def _space(node: _Node) -> Fragments:
    found = _WIDTH.match(node.attributes.get("width") or "")
    if found is None or not float(found[1]):
        return []
    return [(r"\quad " if float(found[1]) >= _WIDE[found[2]] else r"\,", node.at)]


def _argument(node: _Node) -> Fragments:
    return [("{", node.at), *_latex(node), ("}", node.at)]


def _fraction(node: _Node) -> Fragments:
    return [(r"\frac", node.at), *[item for part in node.parts[:2] for item in _argument(part)]]


def _root(node: _Node) -> Fragments:
    return [(r"\sqrt{", node.at), *_row(node), ("}", node.at)]


def _indexed_root(node: _Node) -> Fragments:
    if len(node.parts) != 2:
        return [(r"\odd ", node.at)]
    base, index = node.parts
    return [(r"\sqrt[", node.at), *_latex(index), ("]", node.at), *_argument(base)]


def _scripted(*marks: str) -> Callable[[_Node], Fragments]:
    def write(node: _Node) -> Fragments:
        if len(node.parts) != 1 + len(marks):
            return [(r"\odd ", node.at)]
        found = _latex(node.parts[0])
        for mark, script in zip(marks, node.parts[1:], strict=True):
            found += [(mark, script.at), *_argument(script)]
        return found

    return write


def _over(node: _Node) -> Fragments:
    """An accent makes another name, a brace leaves what it stands over, the rest is an index."""
    if any("blank" in (part.attributes.get("class") or "").split() for part in node.parts):
        return [(r"\blank ", node.at)]
    if len(node.parts) != 2:
        return [(r"\odd ", node.at)]
    base, mark = node.parts
    sign = _said(mark)
    if sign in _BRACES or any(_said(part) in _BRACES for part in base.parts):
        return _latex(base)
    if node.tag == "mover" and sign in _ACCENTS:
        return [(rf"\{_ACCENTS[sign]}", node.at), *_argument(base)]
    return [*_latex(base), ("_" if node.tag == "munder" else "^", mark.at), *_argument(mark)]


def _table(node: _Node) -> Fragments:
    found: Fragments = [(r"\begin{aligned}", node.at)]
    for row in node.parts:
        for place, cell in enumerate(row.parts):
            found += [*([("&", cell.at)] if place else []), *_row(cell)]
        found.append((r"\\ ", row.at))
    return [*found, (r"\end{aligned}", node.at)]


_ELEMENTS: dict[str, Callable[[_Node], Fragments]] = {
    "mi": _identifier,
    "mo": _operator,
    "mn": _number,
    "mtext": _words,
    "ms": _words,
    "mspace": _space,
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _indexed_root,
    "msub": _scripted("_"),
    "msup": _scripted("^"),
    "msubsup": _scripted("_", "^"),
    "munder": _over,
    "mover": _over,
    "munderover": _scripted("_", "^"),
    "mtable": _table,
    "mmultiscripts": lambda node: [(r"\odd ", node.at)],
}
