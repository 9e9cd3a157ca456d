r"""LaTeX to the tokens that chains are cut from: only what parts sides matters, the reader takes the sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgd.checking.chains import Token, words
from symgd.expressions.alphabet import MATRICES

_RAW = re.compile(r"\\(?:[A-Za-z]+\*?|.|\Z)|\s+|\d+(?:\.\d+)?|\.\d+|.", re.DOTALL)


def _kinds(**rows: str) -> dict[str, str]:
    return {word: kind for kind, words in rows.items() for word in words.split()}


#: What a raw piece is; commands that are not here are operands.
KIND = _kinds(
    sign=r"= ≈ ≒ ≃ ≅ \approx \simeq \cong \fallingdotseq \risingdotseq \doteq \approxeq \thickapprox"
    r" \leftarrow \gets \coloneqq ← \eqsim",
    break_=r"\neq \ne \equiv \sim \propto \to \rightarrow \Rightarrow \implies \iff \mapsto \longrightarrow"
    r" \in < > ≤ ≥"
    r" ≠ → ⇒ ⇔ \le \leq \ge \geq \lt \gt \leqslant \geqslant \ll \gg ; : ? 。 ， ； ： 、 \therefore"
    r" \because \colon $",
    soft=r"\quad \qquad \hfill \newline",
    op=r"+ - * / \times \cdot \div \ast − × · ÷ ∗ ⋅ \pm \mp ∙",
    open=r"( [ \{ \lbrack \lparen \lbrace",
    close=r") ] \} \rbrack \rparen \rbrace",
    comma=", ",
    odd=r"\odd % \% # ! \# \infty ∞ \ldots \dots \cdots … \pm",
    blank=r"\blank",
    skip=r"\left \right \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \middle \displaystyle \textstyle"
    r" \, \; \: \! \> \  ~ \limits \nolimits \nonumber \notag \boxed \fbox \strut"
    r" \thinspace \relax \mathstrut \allowbreak",
)
_SIGN_OF = {**dict.fromkeys(["=", r"\coloneqq"], "="), **dict.fromkeys([r"\leftarrow", r"\gets", "←"], "←")}
_REMARKS = frozenset((r"\text", r"\textrm", r"\textit", r"\textbf", r"\mbox", r"\hbox", r"\texttt", r"\textsf"))
#: Commands that leave nothing on the page, with their argument.
DROPPED = frozenset(
    (r"\tag", r"\label", r"\color", r"\hspace", r"\vspace", r"\phantom", r"\hphantom", r"\vphantom", r"\tag*", r"\ref")
)
#: Commands with a colour before what they show.
COLOURED = frozenset((r"\textcolor", r"\colorbox"))
#: Environments whose rows are lines of working; all others are one operand.
ROWS = words("aligned align split gather gathered alignat alignedat flalign multline eqnarray equation")
#: What stands in a number before its next digit.
_COMMA = re.compile(r"(?:,|\{,\})(?=\d)")
#: What may be asked for behind the end of a row.
_SPACE = re.compile(r"\s*\[\s*-?[\d.]*\s*[a-z]{0,4}\s*\]")
_IDENTIFIER = re.compile(r"\s*[A-Za-z](?:[A-Za-z0-9]|\\?_)*\s*\Z")


def latex_tokens(source: str) -> list[Token]:
    """The tokens of a LaTeX formula, groups closed up."""
    return list(_rows(_without_notes(_Tokens(source).run())))


def _without_notes(tokens: list[Token]) -> list[Token]:
    r"""The tokens without the notes at the ends of rows: `&= b && \text{(sum rule)} \\` says = b."""
    kept: list[Token] = []
    following = [*(token.kind for token in tokens[1:]), "row"]
    for token, behind in zip(tokens, following, strict=False):
        is_remark = token.text.startswith(tuple(_REMARKS)) and token.kind in ("break", "prose")
        if is_remark and behind in ("row", "edge") and kept and kept[-1].kind == "cell":
            while kept and kept[-1].kind == "cell":
                kept.pop()
        else:
            kept.append(token)
    return kept


def partners(raw: list[re.Match[str]]) -> dict[int, int]:
    """For each brace that opens, the place of the one that closes it."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for place, match in enumerate(raw):
        if match[0] == "{":
            stack.append(place)
        elif match[0] == "}" and stack:
            found[stack.pop()] = place
    return found


class _Tokens:
    """Walks over raw pieces."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.raw = [match for match in _RAW.finditer(source) if not match[0].isspace()]
        self.partner = partners(self.raw)
        self.at = 0
        self.found: list[Token] = []

    def run(self) -> list[Token]:
        while self.at < len(self.raw):
            self.step()
        return self.found

    def step(self) -> None:
        piece, place = self.raw[self.at][0], self.at
        self.at += 1
        kind = KIND.get(piece)
        if piece in _REMARKS:
            self.remark(place)
        elif piece in (r"\begin", r"\end"):
            self.environment(piece, place)
        elif piece == r"\underline":
            self.groups()
            self.put("blank", place)
        elif piece in DROPPED or piece in COLOURED:
            self.group()
        elif piece in (r"\\", r"\cr"):
            self.row(place)
        elif piece == "&":
            self.put("cell", place)
        elif piece == "." or piece in "{}":
            if piece == "." and self.raw[place - 1][0] not in (r"\left", r"\right"):
                self.put("break", place)
        elif piece in "_^":
            self.script(place)
        elif kind == "sign":
            self.sign(place)
        elif kind is None:
            self.operand(piece, place)
        elif kind != "skip":
            self.put(kind.rstrip("_"), place)
            if kind == "blank":
                self.groups()

    def put(self, kind: str, place: int, text: str = "") -> None:
        stop = self.raw[self.at - 1].end()
        start = self.raw[place].start()
        self.found.append(Token(kind, start, stop, text or self.source[start:stop]))

    def group(self) -> bool:
        """Pass over a group in braces, if one stands here."""
        if self.at not in self.partner:
            return False
        self.at = self.partner[self.at] + 1
        return True

    def groups(self) -> None:
        while self.group():
            pass

    def operand(self, piece: str, place: int) -> None:
        if piece.startswith("\\"):
            self.index()
            self.groups()
            self.put("atom", place)
        elif piece[-1].isdigit():
            self.number(place)
        elif piece.isalpha() and ord(piece) > 0x2E80:
            self.put("prose", place)
        else:
            self.put("word", place)

    def index(self) -> None:
        """Pass over the [3] of a root."""
        ahead = [match[0] for match in self.raw[self.at - 1 : self.at + 3]]
        if ahead[:2] == [r"\sqrt", "["] and ahead[3:] == ["]"]:
            self.at += 3

    def number(self, place: int) -> None:
        """A number; 1,000, 1{,}000 and 0,5 may mean more than one thing."""
        comma = _COMMA.match(self.source, self.raw[place].end())
        while comma and self.raw[self.at].start() < comma.end():
            self.at += 1
        self.put("odd" if comma else "number", place)

    def script(self, place: int) -> None:
        if not self.group() and self.at < len(self.raw):
            self.at += 1
            if self.raw[self.at - 1][0].startswith("\\"):
                self.groups()
        self.put("atom", place)

    def sign(self, place: int) -> None:
        piece = self.raw[place][0]
        if piece == "=" and self.found and self.found[-1].stop == self.raw[place].start():
            before = self.found[-1]
            if before.text in (":", "<", ">", "!"):
                self.found.pop()
                self.put("sign" if before.text == ":" else "break", place)
                return
        doubled = self.at < len(self.raw) and piece == "=" and self.raw[self.at][0] in ("=", ">")
        if doubled and self.raw[self.at].start() == self.raw[place].end():
            self.at += 1
            self.put("break", place)
            return
        self.put("sign", place, _SIGN_OF.get(piece, "≈"))

    def row(self, place: int) -> None:
        """A row's end, with the space that may be asked for below it."""
        space = _SPACE.match(self.source, self.raw[place].end())
        while space and self.at < len(self.raw) and self.raw[self.at].start() < space.end():
            self.at += 1
        self.put("row", place)

    def remark(self, place: int) -> None:
        """Words: a name where they are one word that is worked with, else a remark."""
        self.group()
        start, stop = self.raw[place].end(), self.raw[self.at - 1].end()
        word = self.source[start:stop].strip("{} ")
        before = self.found[-1].kind if self.found else "break"
        following = KIND.get(self.raw[self.at][0]) if self.at < len(self.raw) else None
        joined = before in ("op", "sign") or following in ("op", "sign")
        if joined and _IDENTIFIER.match(word):
            self.put("atom", place)
        else:
            self.put("prose" if word and not word.isascii() else "break", place)

    def environment(self, piece: str, place: int) -> None:
        start = self.at
        self.group()
        name = "".join(match[0] for match in self.raw[start + 1 : self.at - 1]).rstrip("*")
        if name in ROWS or piece == r"\end":
            if name in ("alignat", "alignedat"):
                self.group()
            self.put("edge", place)
            return
        self.at = past_end(self.raw, self.at)
        self.group()
        self.put("atom" if name == "cases" or name in MATRICES else "odd", place)


def past_end(raw: Sequence[re.Match[str]], at: int) -> int:
    """The place behind the \\end of an environment whose inside begins at a place; others may stand in it."""
    depth = 1
    while at < len(raw) and depth:
        depth += {r"\begin": 1, r"\end": -1}.get(raw[at][0], 0)
        at += 1
    return at


def _rows(tokens: list[Token]) -> Iterator[Token]:
    """Rows that go on with a line are joined to it; every second & of a row parts two columns."""
    last, fresh = "break", False
    is_second, following = False, _following(tokens)
    for place, token in enumerate(tokens):
        kind = token.kind
        if kind == "soft" and fresh:
            continue  # the indent of a row
        fresh = kind in ("row", "cell")
        if kind == "row":
            is_second = False
            kind = "" if last in ("sign", "op") or _goes_on(following[place + 1]) else "break"
        elif kind == "cell":
            kind = "break" if is_second and last != "sign" and following[place][0] != "sign" else ""
            is_second = not is_second
        elif kind == "edge":
            kind = "break"
        if kind:
            last = kind if kind != "soft" else last
            yield token._replace(kind=kind)


def _following(tokens: list[Token]) -> list[tuple[str, bool]]:
    """For each place the kind of the next token that is no cell and no pause, and whether a cell stands before it."""
    found = [("break", False)] * (len(tokens) + 1)
    for place in reversed(range(len(tokens))):
        kind = tokens[place].kind
        if kind in ("cell", "soft"):
            found[place] = (found[place + 1][0], found[place + 1][1] or kind == "cell")
        else:
            found[place] = (kind, False)
    return found


def _goes_on(following: tuple[str, bool]) -> bool:
    """Whether a row begins with a sign, or behind its & with an operation."""
    kind, indented = following
    return kind == "sign" or (kind == "op" and indented)
