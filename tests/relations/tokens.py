"""The tokens that all three ways of writing are cut into, and the characters that they share."""

from __future__ import annotations

from dataclasses import dataclass, replace


class UnreadableFormula(Exception):
    """A formula that this reader cannot read; it says why and shows the source."""

    def __init__(self, why: str, source: str = "") -> None:
        super().__init__(f"{why}: {source!r}" if source else why)
        self.why, self.source = why, source


def words(text: str) -> list[str]:
    """The words of a text; tables are easier to read so."""
    return text.split()


@dataclass(frozen=True, slots=True)
class Token:
    """A printed thing: its kind, what it means, how it was written, where, and what is inside it.

    Kinds: number, symbol, constant, function, operator (+ - * /), sign, open, close, bar, comma, quad, text,
    row, cell, frac, root, radical, sub, sup, caret, prime, matrix, rows. `spaced`: behind a thin space.
    """

    kind: str
    text: str
    source: str
    start: int
    parts: tuple[tuple[Token, ...], ...] = ()
    spaced: bool = False

    @property
    def is_break(self) -> bool:
        """Whether one chain of relations may end here and the next begin."""
        return self.kind in ("comma", "quad", "text")


def after_space(tokens: list[Token]) -> list[Token]:
    """The same tokens, the first one marked as standing behind a thin space."""
    return [replace(token, spaced=True) if place == 0 else token for place, token in enumerate(tokens)]


def split(tokens: list[Token] | tuple[Token, ...], kind: str) -> list[list[Token]]:
    """The runs of tokens between those of one kind."""
    runs: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == kind:
            runs.append([])
        else:
            runs[-1].append(token)
    return runs


def written(tokens: list[Token]) -> str:
    """Tokens as one line, for a person to read."""
    line = ""
    for token in tokens:
        if token.kind == "operator":
            unary = not line.strip() or line.rstrip()[-1] in "([+-−*×·/⋅"
            line += token.source if unary else f" {token.source} "
        elif token.kind == "comma":
            line += token.source + " "
        elif line[-1:].isalpha() and token.source[:1].isalpha():
            line += " " + token.source
        else:
            line += token.source
    return " ".join(line.split())


OPERATORS = {
    **dict.fromkeys(["+"], "+"),
    **dict.fromkeys(["-", "−"], "-"),
    **dict.fromkeys(["*", "×", "⋅", "·", "∗", r"\times", r"\cdot", r"\ast"], "*"),
    **dict.fromkeys(["/", "⁄", "÷", "∕", r"\div"], "/"),
}

#: Only = and ≈ are relations to be checked; the others divide a chain into sides.
SIGNS = {
    **dict.fromkeys(["="], "="),
    **dict.fromkeys(["≈", r"\approx"], "≈"),
    **dict.fromkeys(["←", r"\leftarrow", r"\gets", ":", ":=", "≔", r"\colon"], "←"),
    **dict.fromkeys(["<", r"\lt", "≤", r"\le", r"\leq"], "<"),
    **dict.fromkeys([">", r"\gt", "≥", r"\ge", r"\geq"], ">"),
    **dict.fromkeys(["≠", r"\ne", r"\neq", "∈", r"\in"], "other"),
    **dict.fromkeys(["→", r"\to", r"\rightarrow", "↦", r"\mapsto"], "other"),
    **dict.fromkeys(["⇒", r"\Rightarrow", r"\implies", "⇔", r"\Leftrightarrow", r"\iff"], "other"),
}

OPENING = {"(": "(", "[": "[", r"\{": "{", r"\lbrace": "{", r"\lVert": "‖", r"\langle": "<", "⟨": "<"}
CLOSING = {")": "(", "]": "[", r"\}": "{", r"\rbrace": "{", r"\rVert": "‖", r"\rangle": "<", "⟩": "<"}

#: What a function is called in print, and the name it goes by here.
FUNCTIONS = {
    **{name: name for name in words("sin cos tan cot sec csc sinh cosh tanh exp ln log log2 log10")},
    **{name: name for name in words("arcsin arccos arctan arsinh arcosh artanh sqrt cbrt abs sign max min")},
    **{name: name for name in words("sigmoid relu leaky_relu elu softplus silu gelu erf huber logsumexp")},
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arsinh",
    "acosh": "arcosh",
    "atanh": "artanh",
    "arcsinh": "arsinh",
    "arccosh": "arcosh",
    "arctanh": "artanh",
    "sgn": "sign",
}
