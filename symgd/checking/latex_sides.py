r"""One side in LaTeX as the reader of symgd takes it: quantities as names, braces that only group left out."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Protocol

from symgd.checking.chains import words
from symgd.checking.latex import _RAW, COLOURED, DROPPED, ROWS, partners, past_end
from symgd.checking.prose import typed
from symgd.errors import InputError
from symgd.expressions.alphabet import MATRICES
from symgd.expressions.names import GREEK_WORDS, canonical

#: Followed by a number: a name that no text has.
PREFIX = "Q7731"
#: Brackets and their partners.
PAIRS = {"[": "]", "(": ")"}


class Names(Protocol):
    """Gives names to quantities."""

    def name_of(self, key: str) -> str:
        """The placeholder of a quantity."""


class Context(Protocol):
    """What the text around a side knows: the names of quantities, the arrays, how a derivative is worked out."""

    @property
    def quantities(self) -> Names:
        """The names given to quantities."""

    @property
    def arrays(self) -> Collection[str]:
        """The names of vectors and matrices."""

    def differentiated(self, text: str, variable: str, latex: bool) -> str:
        """The placeholder of a derivative that is worked out here and now."""


def latex_side(context: Context, source: str) -> str:
    """A side as the reader takes it; raises InputError where a derivative in it cannot be read."""
    return _Latex(context, source).run()


def ascii_names(text: str) -> str:
    """Greek letters as their words, raised digits as digits, so that all notations name a quantity alike."""
    return "".join(GREEK_WORDS.get(letter, letter) for letter in text).replace("²", "2").replace("³", "3")


def closing(text: str, start: int) -> int:
    """Where the bracket at `start` is closed; raises InputError where it is not."""
    opener, closer, depth = text[start], PAIRS[text[start]], 0
    for place in range(start, len(text)):
        depth += (text[place] == opener) - (text[place] == closer)
        if depth == 0:
            return place
    raise InputError("unclosed", text=text)


def _commands(text: str) -> frozenset[str]:
    return frozenset("\\" + word for word in words(text))


_ACCENTS = _commands("hat widehat bar overline tilde widetilde dot ddot vec check")
_FRACTIONS = frozenset((r"\frac", r"\dfrac", r"\tfrac"))
_FONTS = _commands("boldsymbol bm mathsf mathtt mathbb mathfrak")
_SEE_THROUGH = _commands("boxed fbox underbrace overbrace mathop mathrel old new rate")
_WORDS = _commands("mathrm operatorname text mathit mathbf mathcal textrm mathnormal")
_SIMPLE_INDEX = re.compile(
    r"(?:\\(?:mathrm|text|operatorname)\s*)?\{*\s*[A-Za-z0-9]+(?:\s*(?:,|\\?_)\s*[A-Za-z0-9]+)*\s*\}*\Z"
)
_SPACES = {r"\>": r"\,", "~": r"\,", r"\thinspace": r"\,", r"\ast": "*", "∗": "*", r"\nonumber": "", r"\notag": ""}
_LAYOUT = frozenset((r"\\", "&", r"\quad", r"\qquad", r"\cr"))
_PARTIAL = ("\\partial", "∂")
_GREEK_COMMANDS = frozenset("\\" + word for word in GREEK_WORDS.values()) | {r"\varepsilon", r"\vartheta", r"\varphi"}


#: A fraction of single digits without braces.
_SHORT_FRACTION = re.compile(r"(\\[dt]?frac)\s*(?:(\d)|(\{[^{}]*\}))\s*(?:(\d)|(?=\{|\\|[A-Za-z]))")


def _braced(found: re.Match[str]) -> str:
    r"""\frac12 w as \frac{1}{2} w."""
    above = f"{{{found[2]}}}" if found[2] else found[3]
    return f"{found[1]}{above}{{{found[4]}}}" if found[4] else f"{found[1]}{above}"


class _Latex:
    """Rewrites the LaTeX of a side: quantities as names, braces that only group left out."""

    def __init__(self, side: Context, source: str) -> None:
        self.side, self.source = side, _SHORT_FRACTION.sub(_braced, typed(source))
        self.raw = [match for match in _RAW.finditer(self.source) if not match[0].isspace()]
        self.partner = partners(self.raw)
        self.at = 0

    def run(self) -> str:
        return self.upto(len(self.raw))

    def upto(self, stop: int) -> str:
        parts = []
        while self.at < stop:
            parts.append(self.item())
        # 3.333\mathrm{e}{-301} is one number, so nothing may part it.
        return " ".join(parts).replace(r" \mathrm{e}{", r"\mathrm{e}{")

    def peek(self) -> str:
        return self.raw[self.at][0] if self.at < len(self.raw) else ""

    def argument(self) -> str:
        """The source of a group, or of one piece, which is passed over."""
        if self.at in self.partner:
            first, last = self.raw[self.at], self.raw[self.partner[self.at]]
            self.at = self.partner[self.at] + 1
            return self.source[first.end() : last.start()]
        self.at += 1
        return self.raw[self.at - 1][0] if self.at <= len(self.raw) else ""

    def inside(self) -> str:
        """A group, rewritten, without its braces."""
        if self.at in self.partner:
            stop = self.partner[self.at]
            self.at += 1
            written = self.upto(stop)
            self.at = stop + 1
            return written
        return self.item()

    def item(self) -> str:
        if self.at in self.partner:
            return self.inside()
        piece, start = self.peek(), self.at
        self.at += 1
        if piece in _FRACTIONS:
            return self.fraction()
        if piece in _ACCENTS or (piece in (r"\Delta", r"\nabla", "Δ", "∇") and self.peek() not in ")]}+-*/="):
            return self.quantity(piece + self.argument() + self.indices())
        if piece in _SEE_THROUGH:
            written = self.inside()
            if piece in (r"\underbrace", r"\overbrace") and self.peek() in ("_", "^"):
                self.at += 1
                self.argument()
            return written
        if piece in DROPPED or piece in COLOURED:
            self.argument()
            return self.inside() if piece in COLOURED else ""
        return self.operand(piece, start)

    def operand(self, piece: str, start: int) -> str:
        if piece in (r"\left", r"\right") and self.peek() == ".":  # a bracket that another row opens or closes
            self.at += 1
            return ""
        if piece in _LAYOUT or piece in "{}":  # a brace whose partner stands outside the side leaves no trace
            return ""
        if piece in (r"\begin", r"\end"):
            return self.environment(start)
        if piece == r"\sqrt":
            index = ""
            if self.peek() == "[":
                self.at += 1
                index = f"[{self.item()}]"
                self.at += 1
            return rf"\sqrt{index}{{{self.inside()}}}"
        if piece == "^":
            return "^{" + self.inside() + "}"
        if piece == "_":
            return "_{" + self.argument() + "}"
        if piece in _WORDS or piece in _FONTS:
            return self.named(piece + "{" + self.argument() + "}" if piece in _WORDS else self.argument())
        if piece in _GREEK_COMMANDS or piece.isalpha():
            return self.named(piece)
        return _SPACES.get(piece, piece)

    def environment(self, start: int) -> str:
        """An environment inside a side: cases and matrices by cells, rows of one formula as the formula."""
        name = self.argument()
        if name in ROWS or self.raw[start][0] == r"\end":
            return ""
        end = past_end(self.raw, self.at)
        if (name == "cases" or name in MATRICES) and end < len(self.raw):
            return self.cells(name, end - 1)
        return rf"\begin{{{name}}}"

    def cells(self, name: str, end: int) -> str:
        """An environment whose `\\end` stands at a place: each cell rewritten, the words between formulas kept."""
        parts = [rf"\begin{{{name}}}"]
        while self.at < end:
            piece = self.peek()
            if piece == r"\text":
                self.at += 1
                parts.append(rf"\text{{{self.argument()}}}")
            elif piece in ("&", r"\\"):
                self.at += 1
                parts.append(piece)
            else:
                parts.append(self.item())
        return " ".join((*parts, rf"\end{{{name}}}"))

    def named(self, name: str) -> str:
        """A letter or word with the indices that make it a name."""
        if name == r"\mathrm{e}" and self.peek() == "{":
            return name + "{" + self.argument() + "}"
        if name in (r"\log", r"\mathrm{log}", r"\operatorname{log}"):
            return name
        if canonical(_bare(name)) in self.side.arrays:
            return self.entry(name)
        below = self.indices()
        if below and not _SIMPLE_INDEX.match(below[1:]):
            return self.quantity(name + below + self.indices())
        marks = self.marks()
        if marks:
            return self.quantity(name + below + marks)
        return f"{name}_{{{below[1:]}}}" if below else name

    def entry(self, name: str) -> str:
        """The name of a vector, with the index of an entry as it stands in plain text."""
        place = self.at
        index = self.indices()[1:]
        if re.fullmatch(r"\s*[A-Za-z0-9](?:\s*,\s*[A-Za-z0-9])?\s*", index):
            return f"{name}[{index}]"
        self.at = place
        return name

    def marks(self) -> str:
        """Primes, stars, (k), T and a place to be taken at, which all make another quantity of a name."""
        place = self.at
        found = ""
        while self.peek() in ("'", "′", r"\prime"):
            self.at += 1
            found += "'"
        if self.peek() == "^":
            self.at += 1
            script = self.argument()
            if re.fullmatch(
                r"\s*(?:\(.*\)|\*|\\ast|\\star|\\prime|\\top|\\mathsf\{T\}|T|\[.*\]|(?:\\(?:text|mathrm)\s*\{)?\s*(?:new|old)\s*\}?)\s*",
                script,
                re.DOTALL,
            ):
                found += "^" + script
            else:
                self.at = place + len(found)
        return found

    def indices(self) -> str:
        """The source of the index that stands here, "" where there is none."""
        if self.peek() == "_":
            self.at += 1
            return "_" + self.argument()
        return ""

    def quantity(self, key: str) -> str:
        word = self.side.quantities.name_of(ascii_names(_LETTER.sub(lambda found: _LETTERS[found[0]], key)))
        return rf" {PREFIX[0]}_{{{word[1:]}}} "

    def fraction(self) -> str:
        """A derivative, or a fraction."""
        first = self.at
        above = self.argument()
        below = self.argument()
        over = _differential(above)
        under = _differential(below)
        if over is None or not under:
            self.at = first
            return rf"\frac{{{self.inside()}}}{{{self.inside()}}}"
        if over:
            return self.quantity(f"∂{over}/∂{under}" + self.taken_at())
        return self.operator(under)

    def taken_at(self) -> str:
        """The |_{w=0.5} behind a derivative."""
        place = self.at
        while self.peek() in (r"\Big", r"\big", r"\bigg", r"\right", r"\Bigg", r"\left", r"\bigr", r"\Bigr"):
            self.at += 1
        if self.peek() in ("|", r"\vert", r"\rvert"):
            self.at += 1
            if index := self.indices():
                return "|" + index
        self.at = place
        return ""

    def operator(self, variable: str) -> str:
        if self.peek() == r"\left":
            self.at += 1
        if self.peek() not in PAIRS:
            raise InputError("derivative", text=self.source)
        opener = self.raw[self.at]
        stop = closing(self.source, opener.start())
        inner = self.source[opener.end() : stop].removesuffix(r"\right")
        while self.at < len(self.raw) and self.raw[self.at].start() <= stop:
            self.at += 1
        if self.peek() == "^":  # d/dw (w − 3)^2
            if opener[0] != "(":
                raise InputError("derivative", text=self.source)
            self.at += 1
            inner = f"({inner})^{{{self.argument()}}}"
        word = self.side.differentiated(inner, _bare(variable), latex=True)
        return rf" {PREFIX[0]}_{{{word[1:]}}} "


#: Commands in the key of a quantity: the signs that plain text has for them.
_LETTERS = {r"\text": "", r"\partial": "∂", r"\Delta": "Delta", r"\nabla": "∇", r"\varepsilon": "epsilon"}
_LETTER = re.compile(rf"(?:{'|'.join(map(re.escape, _LETTERS))})(?![A-Za-z])")


def _bare(variable: str) -> str:
    return re.sub(r"[\\{}\s]", "", variable)


def _differential(source: str) -> str | None:
    """What a ∂ or a d stands before: "" for a lone ∂ or d, None where there is none."""
    bare = source.strip()
    for mark in (*_PARTIAL, r"\mathrm{d}", "d"):
        if bare.startswith(mark):
            rest = bare[len(mark) :].strip()
            return rest if mark != "d" or re.match(r"\\?[A-Za-z]|\Z|\^", rest) else None
    return None
