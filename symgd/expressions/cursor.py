"""Where a parser stands: the token, how deep, how many parts; and what it says when something is out of place."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NoReturn

from symgd.errors import InputError
from symgd.expressions.bounds import Bounds
from symgd.expressions.lexer import is_latex
from symgd.expressions.limits import Limits
from symgd.expressions.tokens import Token
from symgd.expressions.tree import Expression


class Cursor:
    """A place among the tokens of one text."""

    def __init__(self, text: str, tokens: list[Token], declared: frozenset[str], limits: Limits) -> None:
        """Stand before the first token."""
        self.text, self.tokens, self.limits = text, tokens, limits
        self.declared = set(declared)
        self.latex = is_latex(text)
        self.at, self.depth, self.calls, self.parts = 0, 0, 0, 0
        self.token = tokens[0]
        self.loose: tuple[int, str] = (-1, "")  # where a product would be ambiguous, and after which sign
        self.bars, self.norms = False, False  # whether a bar is open: |x and ‖x
        self.bounds = Bounds(limits, text)

    def make(self, op: str, *args: Expression, start: Expression | Token) -> Expression:
        """A node over what was read since `start`; raises where there are too many."""
        return self.joined(op, args, start.start if isinstance(start, Token) else (start.span or (0, 0))[0])

    def joined(self, op: str, args: tuple[Expression, ...], first: int) -> Expression:
        """A node over what was read since the place `first`."""
        self.parts += 1
        if self.parts > self.limits.parts:
            self.fail("too-many-parts", self.tokens[self.at - 1], most=self.limits.parts, limit="parts")
        return self.bounds.weighed(Expression(op, args, None, "", (first, self.tokens[self.at - 1].stop)))

    def leaf(self, token: Token, op: str, exact: Fraction | None = None, name: str = "") -> Expression:
        """A number, a name or a constant."""
        self.parts += 1
        return self.bounds.weighed(Expression(op, (), exact, name, (token.start, token.stop)))

    def advance(self) -> None:
        """Go to the next token."""
        self.at += 1
        self.token = self.tokens[self.at]

    def go_deeper(self, token: Token) -> None:
        """Count a bracket that opens; raises where they are nested too deep."""
        self.depth += 1
        if self.depth > self.limits.depth:
            self.fail("too-deep", token, most=self.limits.depth, limit="depth")

    def jump(self, place: int) -> None:
        """Go to a token by its place."""
        self.at, self.token = place, self.tokens[place]

    def close(self, kind: str, opener: Token) -> None:
        """Pass over a closing token, or say which bracket was left open."""
        if self.token.kind == kind:
            self.advance()
        elif self.token.kind in ("end", ";"):
            self.fail("unclosed", opener, bracket=written(opener))
        else:
            self.unexpected()

    def is_decimal_comma(self, place: int) -> bool:
        """Whether a comma stands between digits with no blank."""
        if self.tokens[place].kind != "," or place == 0:
            return False
        before, after = self.tokens[place - 1], self.tokens[place + 1]
        return before.kind == after.kind == "number" and before.stop + 1 == after.start

    def missing(self, token: Token) -> NoReturn:
        """Where an operand is due, something else stands."""
        before = self.tokens[self.at - 1] if self.at else None
        if token.kind == ")" and before is not None and before.kind == "(":
            self.fail("empty-brackets", token)
        if token.kind in (")", ")|", "}") and not self.depth:
            self.fail("unopened", token, bracket=token.text)
        if token.kind in ("=", "compare", ",") or (token.kind == "/" and before and before.kind == "/"):
            self.unexpected()
        place = before if before is not None and token.kind in ("end", ";", "row") else token
        self.fail("missing-operand", place, sign=place.text)

    def vulgar(self, token: Token) -> Expression:
        """½ is the number 0.5, and ⅓, which no decimal says, is 1/3."""
        assert token.exact is not None
        if token.exact.denominator % 3:
            return self.leaf(token, "number", token.exact)
        top, bottom = (self.leaf(token, "number", Fraction(part)) for part in token.exact.as_integer_ratio())
        return self.make("div", top, bottom, start=token)

    def unexpected(self) -> NoReturn:
        """Something stands where an expression has ended."""
        token = self.token
        if token.kind == ",":
            self.fail("decimal-comma" if self.is_decimal_comma(self.at) else "comma", token)
        code = {
            "=": "equals",
            "compare": "comparison",
            ")": "unopened",
            ")|": "unopened",
            "|": "unopened",
            ")‖": "unopened",
            "‖": "unopened",
            "]": "unopened",
            "}": "unopened",
            "end": "unclosed",
        }
        self.fail(code.get(token.kind, "unexpected"), token, bracket=token.text, sign=token.text)

    def fail(self, code: str, token: Token, **facts: Any) -> NoReturn:
        """Raise InputError at a token."""
        raise InputError(code, text=self.text, position=token.start, length=token.stop - token.start, **facts)


def written(opener: Token) -> str:
    """An opening bracket as it was typed."""
    return rf"\begin{{{opener.text or 'cases'}}}" if opener.kind in ("cases", "matrix") else opener.text
