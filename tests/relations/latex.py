r"""LaTeX to tokens. Braces that only group leave no trace, since a reader of the print does not see them."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.relations.tokens import (
    CLOSING,
    FUNCTIONS,
    OPENING,
    OPERATORS,
    SIGNS,
    Token,
    UnreadableFormula,
    after_space,
    split,
    words,
)

_NUMBER = r"(?P<mantissa>\d+(?:\.\d+)?|\.\d+)"
_EXPONENT = r"\s*\{*\s*\\mathrm\s*\{e\}\s*\}*\s*(?:\{\s*(?P<grouped>[-−]?\s*\d+)\s*\}|(?P<bare>\d+))"
_RAW = re.compile(
    rf"(?P<space>\s+)|{_NUMBER}(?:{_EXPONENT})?|\\\\(?:\[-?[\d.]+(?:pt|em|ex|mm|cm|px)\])?|:="
    r"|\\[A-Za-z]+\*?|\\.|.",
    re.DOTALL,
)
_SIZES = re.compile(r"\\(?P<side>left|right|middle|[bB]igg?[lrm]?)\Z")
_THIN = frozenset([r"\,", r"\;", r"\:", r"\>", r"\ ", "~", "\u2009", r"\thinspace", r"\enspace"])
_NOTHING = frozenset(words(r"\! \displaystyle \textstyle \scriptstyle \limits \nolimits \mathstrut"))
_SYMBOLS = frozenset(
    words(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho"
        " varrho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi"
        " Psi Omega partial nabla infty ell hbar dots ldots cdots vdots top dagger star sum prod int lim"
    )
)
_LETTER_SYMBOLS = frozenset("∂∇∞∑∏∫…⋯⊤†□ℓ")
_WORD_FUNCTIONS = frozenset(rf"\{name}" for name in FUNCTIONS)
_FONTS = frozenset(words(r"\mathbf \boldsymbol \bm \mathit \mathsf \mathtt \mathcal \mathbb \mathfrak"))
_SEE_THROUGH = frozenset(words(r"\old \rate \new \boxed \mathop \mathrel \mathbin"))
_SECOND_COUNTS = frozenset(words(r"\textcolor \class \htmlClass \overset \underset \stackrel"))
_ACCENTS = frozenset(words(r"\hat \widehat \bar \overline \tilde \widetilde \dot \ddot \vec \overrightarrow"))
_DROPPED = frozenset(words(r"\phantom \hphantom \vphantom \tag \label \color"))
_MATRICES = frozenset(words("matrix pmatrix bmatrix Bmatrix array"))
_ROWS = frozenset(words("aligned align align* alignedat split gather gather* gathered"))


def tokens_of(source: str) -> list[Token]:
    """The tokens of one LaTeX formula."""
    reader = _Reader(source)
    try:
        return reader.read()
    except UnreadableFormula as error:
        raise UnreadableFormula(error.why, source) from None


class _Reader:
    """Walks over the raw pieces of a formula."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.raw = [match for match in _RAW.finditer(source) if not match["space"]]
        self.at = 0
        self.spaced = False

    # raw pieces

    def peek(self) -> str:
        return self.raw[self.at].group() if self.at < len(self.raw) else ""

    def next(self) -> str:
        if self.at >= len(self.raw):
            raise UnreadableFormula("the formula ends too soon")
        self.at += 1
        return self.raw[self.at - 1].group()

    def place(self) -> int:
        return self.raw[self.at].start() if self.at < len(self.raw) else len(self.source)

    def word(self) -> str:
        """What stands between braces, as it stands."""
        if self.next() != "{":
            raise UnreadableFormula("a { is missing")
        start, depth = self.place(), 1
        while depth:
            piece = self.next()
            depth += (piece == "{") - (piece == "}")
        return self.source[start : self.raw[self.at - 1].start()].strip()

    # tokens

    def read(self, stop: str = "") -> list[Token]:
        """Tokens up to a closing piece, or to the end."""
        found: list[Token] = []
        while self.at < len(self.raw):
            if stop and self.peek() == stop:
                self.at += 1
                return found
            found += self.item()
        if stop:
            raise UnreadableFormula(f"no {stop}")
        return found

    def argument(self) -> list[Token]:
        if self.peek() != "{":
            if len(self.peek()) > 1 and self.peek()[-1].isdigit():
                raise UnreadableFormula(f"braces are missing around {self.peek()}")
            return self.item()
        self.at += 1
        return self.read("}")

    def item(self) -> list[Token]:
        """What one raw piece and its arguments say: mostly one token, none for a space, many for a group."""
        spaced, self.spaced = self.spaced, False
        start, piece = self.place(), self.next()
        if piece in _THIN:
            self.spaced = True
            return []
        if piece in _NOTHING:
            self.spaced = spaced
            return []
        if piece[0].isdigit() or (piece[0] == "." and len(piece) > 1):
            found = [self.number(start)]
        elif piece in _HANDLERS:
            found = _HANDLERS[piece](self, start)
        else:
            found = self.plain(piece, start)
        return after_space(found) if spaced else found

    def token(self, kind: str, text: str, start: int, parts: tuple[tuple[Token, ...], ...] = ()) -> Token:
        """A token written from `start` to here."""
        end = self.raw[self.at - 1].end()
        return Token(kind, text, self.source[start:end], start, parts)

    def number(self, start: int) -> Token:
        match = self.raw[self.at - 1]
        power = (match["grouped"] or match["bare"] or "0").replace("−", "-").replace(" ", "")
        return self.token("number", f"{match['mantissa']}e{power}", start)

    def plain(self, piece: str, start: int) -> list[Token]:
        """Pieces that need no arguments."""
        if _SIZES.match(piece):
            return self.sized(piece, start)
        for table, kind in ((OPERATORS, "operator"), (SIGNS, "sign"), (OPENING, "open"), (CLOSING, "close")):
            if piece in table:
                return [self.token(kind, table[piece], start)]
        if piece in _FIXED:
            return [self.token(*_FIXED[piece], start)]
        if piece in _WORD_FUNCTIONS:
            return [self.token("function", FUNCTIONS[piece[1:]], start)]
        if piece.startswith(r"\\"):
            return [self.token("row", "", start)]
        if piece[1:] in _SYMBOLS or piece in _LETTER_SYMBOLS or (len(piece) == 1 and piece.isalpha()):
            return [self.token("symbol", piece, start)]
        for group, handle in _GROUPS:
            if piece in group:
                return handle(self, start)
        raise UnreadableFormula(f"{piece} is not known")

    def sized(self, piece: str, start: int) -> list[Token]:
        """A delimiter behind a word for its size; a bar then may know its direction."""
        if self.peek() == ".":
            self.at += 1
            return []
        found = self.item()
        match = _SIZES.match(piece)
        side = match["side"] if match else ""
        end = {"left": "open", "right": "close"}.get(side) or {"l": "open", "r": "close"}.get(side[-1:])
        if end and found and found[0].kind == "bar":
            return [self.token("bar", end, start)]
        if end and found and found[0].text == "‖":
            return [self.token(end, "‖", start)]
        return [self.token(token.kind, token.text, start) for token in found]

    def fraction(self, start: int) -> list[Token]:
        parts = (tuple(self.argument()), tuple(self.argument()))
        return [self.token("frac", "/", start, parts)]

    def root(self, start: int) -> list[Token]:
        index: list[Token] = []
        if self.peek() == "[":
            self.at += 1
            index = self.read("]")
        return [self.token("root", "", start, (tuple(index), tuple(self.argument())))]

    def script(self, start: int) -> list[Token]:
        kind = "sub" if self.source[start] == "_" else "sup"
        return [self.token(kind, "", start, (tuple(self.argument()),))]

    def upright(self, start: int) -> list[Token]:
        r"""\mathrm and \operatorname: a function, the constant e, or a name of several letters."""
        word = self.word().replace("\\", "")
        if word == "e":
            return [self.token("constant", "e", start)]
        known = FUNCTIONS.get(word)
        if known or (self.source[start:].startswith(r"\operatorname") and len(word) > 1):
            return [self.token("function", known or f"?{word}", start)]
        return [self.token("symbol", word, start)]

    def font(self, start: int) -> list[Token]:
        inside = self.argument()
        letters = all(token.kind in ("symbol", "constant") for token in inside)
        return [self.token("symbol", "", start)] if letters else inside

    def accent(self, start: int) -> list[Token]:
        self.argument()
        return [self.token("symbol", "", start)]

    def underline(self, start: int) -> list[Token]:
        """A line under nothing is a blank to fill in; under something it is only a line."""
        inside = [token for token in self.argument() if token.kind != "quad"]
        return inside or [self.token("symbol", "blank", start)]

    def braced(self, start: int) -> list[Token]:
        """A brace under or over something, with its label."""
        inside = self.argument()
        if self.peek() in ("_", "^"):
            self.at += 1
            self.argument()
        return inside

    def dropped(self, start: int) -> list[Token]:
        self.word()
        return []

    def second(self, start: int) -> list[Token]:
        self.word()
        return self.argument()

    def remark(self, start: int) -> list[Token]:
        return [self.token("text", self.word(), start)]

    def space(self, start: int) -> list[Token]:
        self.word()
        self.spaced = True
        return []

    def environment(self, start: int) -> list[Token]:
        name = self.word()
        if name not in _ROWS and name not in _MATRICES:
            self.skip(name)
            return [self.token("symbol", name, start)]
        if name in ("array", "alignedat"):
            self.word()
        inside = self.read(r"\end")
        if self.word() != name:
            raise UnreadableFormula(f"{name} is not ended")
        rows = tuple(tuple(row) for row in split(inside, "row"))
        return [self.token("rows" if name in _ROWS else "matrix", name, start, rows)]

    def skip(self, name: str) -> None:
        """Pass over an environment that is symbolic as a whole."""
        if name != "cases":
            raise UnreadableFormula(f"the environment {name} is not known")
        depth = 1
        while depth:
            piece = self.next()
            depth += (piece == r"\begin") - (piece == r"\end")
        self.word()


_FIXED = {
    ",": ("comma", ","),
    ";": ("comma", ";"),
    ".": ("comma", "."),
    "，": ("comma", ","),
    "、": ("comma", ","),
    "|": ("bar", ""),
    r"\vert": ("bar", ""),
    r"\lvert": ("bar", "open"),
    r"\rvert": ("bar", "close"),
    r"\|": ("symbol", "‖"),
    "‖": ("symbol", "‖"),
    "&": ("cell", ""),
    "'": ("prime", ""),
    "′": ("prime", ""),
    r"\prime": ("prime", ""),
    "e": ("constant", "e"),
    r"\pi": ("constant", "pi"),
    "π": ("constant", "pi"),
    r"\quad": ("quad", ""),
    r"\qquad": ("quad", ""),
}

_Handler = Callable[[_Reader, int], list[Token]]
_HANDLERS: dict[str, _Handler] = {
    "{": lambda reader, start: reader.read("}"),
    "^": _Reader.script,
    "_": _Reader.script,
    **dict.fromkeys([r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"], _Reader.fraction),
    r"\sqrt": _Reader.root,
    **dict.fromkeys([r"\operatorname", r"\operatorname*", r"\mathrm"], _Reader.upright),
    **dict.fromkeys([r"\text", r"\textrm", r"\mbox", r"\textbf", r"\textit"], _Reader.remark),
    **dict.fromkeys([r"\hspace", r"\hspace*", r"\mspace"], _Reader.space),
    **dict.fromkeys([r"\underbrace", r"\overbrace"], _Reader.braced),
    r"\underline": _Reader.underline,
    r"\begin": _Reader.environment,
}
_GROUPS: tuple[tuple[frozenset[str], _Handler], ...] = (
    (_FONTS, _Reader.font),
    (_ACCENTS, _Reader.accent),
    (_SEE_THROUGH, lambda reader, start: reader.argument()),
    (_SECOND_COUNTS, _Reader.second),
    (_DROPPED, _Reader.dropped),
)
