"""Text to tree: one Pratt parser for plain text and LaTeX.

It is linear in the text, evaluates nothing, and answers a fault with a code, a place and facts. What may stand
side by side as a product is decided in one function, `_product_or_refusal`, since a silently wrong meaning is
worse than a refusal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from symgd.errors import InputError
from symgd.expressions.bounds import check_bounds
from symgd.expressions.lexer import Lexer, Token
from symgd.expressions.limits import WIDE, Limits
from symgd.expressions.names import canonical, is_short, name_text
from symgd.expressions.operations import (
    CONDITIONS,
    CONSTANTS,
    DATA_FUNCTIONS,
    OPERATIONS,
    POWER,
    PRODUCT,
    STEP_FUNCTIONS,
    SUM,
    WORDS,
)
from symgd.expressions.tree import Expression, name, number, operation, substitute

_INFIX = {
    "+": ("add", SUM),
    "-": ("sub", SUM),
    "*": ("mul", PRODUCT),
    "/": ("div", PRODUCT),
    "^": ("pow", POWER),
}
_OPENERS = frozenset({"word", "(", "|", "|(", "root", "frac", "sqrt", "cases", "{"})
_CLOSERS = frozenset({")", ")|", "}", "superscript", "endcases"})
_FUNCTION_LETTERS = frozenset("fgh")


@dataclass(frozen=True, slots=True)
class Definitions:
    """Named expressions in the order written; the last one is the loss.

    >>> read_definitions("z = w*x; L = (z - y)^2").loss_name
    'L'
    """

    names: tuple[str, ...]
    expressions: tuple[Expression, ...]

    @property
    def loss_name(self) -> str:
        """The name on the left of the last line, L if none stands there."""
        return self.names[-1]

    @property
    def loss(self) -> Expression:
        """The last expression, in terms of the names before it."""
        return self.expressions[-1]

    @property
    def free_names(self) -> tuple[str, ...]:
        """The names that no line defines, in order of first appearance."""
        found: dict[str, None] = {}
        for position, expression in enumerate(self.expressions):
            known = self.names[:position]
            found.update(dict.fromkeys(word for word in expression.names if word not in known))
        return tuple(found)

    @property
    def inlined(self) -> Expression:
        """The loss with every definition put in."""
        known: dict[str, Expression] = {}
        for word, expression in zip(self.names, self.expressions, strict=True):
            known[word] = substitute(expression, known)
        return known[self.names[-1]]

    def text(self) -> str:
        """The definitions as text, one a line, as the reader takes them."""
        return self._lines("{} = {}", name_text, lambda tree: tree.text())

    def _lines(self, form: str, write_name: object, write: object) -> str:
        assert callable(write_name)
        assert callable(write)
        if len(self.names) == 1 and self.names == ("L",):
            return str(write(self.loss))
        pairs = zip(self.names, self.expressions, strict=True)
        return "\n".join(form.format(write_name(word), write(tree)) for word, tree in pairs)


def read(text: str, *, names: Iterable[str] = (), limits: Limits = WIDE) -> Expression:
    r"""Read one expression, plain text or LaTeX.

    `names` are declared names (start, let, data). Raises InputError with a code, a place and a remedy.

    >>> read("2w1^2 - 0.1")
    Expression('2·w1² − 0.1')
    >>> read(r"\frac{1}{2}(w - 3)^2")
    Expression('1/2·(w − 3)²')
    """
    definitions = read_definitions(text, names=names, limits=limits)
    if len(definitions.names) == 1:
        return definitions.loss
    return definitions.inlined


def read_definitions(text: str, *, names: Iterable[str] = (), limits: Limits = WIDE) -> Definitions:
    """Read definitions split by `;` or line ends; the last one is the loss.

    Raises InputError, also for a name that is defined twice.
    """
    declared = frozenset(canonical(word) for word in names)
    tokens = Lexer(text, declared, limits).run()
    return _Reader(text, tokens, declared, limits).definitions()


class _Reader:
    """The parser's state: tokens, where it stands in them, and how deep."""

    def __init__(self, text: str, tokens: list[Token], declared: frozenset[str], limits: Limits) -> None:
        self.text, self.tokens, self.limits = text, tokens, limits
        self.declared = set(declared)
        self.latex = any(token.upright for token in tokens) or "\\" in text or "$" in text or "^{" in text
        self.at, self.depth, self.calls, self.parts = 0, 0, 0, 0
        self.token = tokens[0]
        self.loose: tuple[int, str] = (-1, "")  # where a product would be ambiguous, and after which sign
        self.bars = 0

    # definitions

    def definitions(self) -> Definitions:
        names: list[str] = []
        expressions: list[Expression] = []
        while True:
            while self.token.kind in (";", "row"):
                self.advance()
            if self.token.kind == "end":
                break
            if names and not names[-1]:
                self.fail("unnamed-line", self.token)
            names.append(self.definition_name(names))
            expressions.append(self.statement())
            self.declared.add(names[-1])
        if not names:
            self.fail("empty", self.token)
        names[-1] = names[-1] or self.default_name(names, expressions)
        return Definitions(tuple(names), tuple(expressions))

    def default_name(self, names: list[str], expressions: list[Expression]) -> str:
        """L; or Loss where a name L is in use."""
        used = set(names) | {word for tree in expressions for word in tree.names}
        return next(word for word in ("L", "Loss", "loss_value", "total_loss") if word not in used)

    def definition_name(self, earlier: list[str]) -> str:
        """The name before an `=` and its place in the tokens passed over, "" where there is none."""
        first, stop = self.token, self.at + 1
        if first.kind != "word":
            return ""
        if self.tokens[stop].kind == "(":
            stop = self._end_of_header(stop)
        if self.tokens[stop].kind != "=":
            return ""
        word = first.text
        if word in earlier:
            self.fail("defined-twice", first, name=word)
        if word in WORDS and word not in ("e", "pi") and not first.upright and len(word) > 1:
            self.fail("reserved-name", first, name=word)
        if word in CONSTANTS:
            self.fail("reserved-name", first, name=word)
        self.jump(stop + 1)
        return word

    def _end_of_header(self, place: int) -> int:
        """After the bracket of `L(w1, w2) =`: the place of what follows, or of the bracket if it is no header."""
        stop = place + 1
        while self.tokens[stop].kind in ("word", ","):
            stop += 1
        return stop + 1 if self.tokens[stop].kind == ")" else place

    def statement(self) -> Expression:
        tree = self.expression(0)
        if self.token.kind not in (";", "row", "end"):
            self.unexpected()
        check_bounds(tree, self.limits, self.text)
        return tree

    # the Pratt loop

    def expression(self, floor: int) -> Expression:
        """An operand and the operations that bind at least as tightly as `floor`."""
        left = self.operand(floor)
        while True:
            token = self.token
            kind = token.kind
            if kind in _INFIX:
                op, binds = _INFIX[kind]
                if binds < floor:
                    return left
                self.advance()
                left = self.infix(op, binds, left)
            elif kind == "superscript":
                self.advance()
                left = self.make("pow", left, self.superscript(token), start=left)
            elif kind == "number" or kind in _OPENERS:
                if kind == "|" and self.bars:
                    return left
                if floor > PRODUCT:
                    return left
                self._product_or_refusal(token)
                left = self.make("mul", left, self.expression(PRODUCT + 1), start=left)
            else:
                return left

    def infix(self, op: str, binds: int, left: Expression) -> Expression:
        first = self.token
        right = self.expression(binds if op == "pow" else binds + 1)
        if op == "div":
            self.loose = (self.at, "/")
        elif op == "pow" and not self.latex and first.kind not in ("(", "|"):
            self.loose = (self.at, "^")
        return self.make(op, left, right, start=left)

    def _product_or_refusal(self, token: Token) -> None:
        """Whether the tokens before and after may stand side by side as a product."""
        before = self.tokens[self.at - 1]
        if self.loose[0] == self.at:
            self.fail("ambiguous-product", token, sign=self.loose[1])
        if token.kind == "number":
            self.fail("two-numbers" if before.kind == "number" else "number-after", token, number=token.text)
        if before.kind == "number" or before.kind in _CLOSERS:
            return
        if token.kind in ("(", "{") and not before.upright:
            self._name_before_bracket(before)
            return
        if token.kind == "word" and not self.latex:
            callable_word = WORDS.get(token.text) not in (None, *CONSTANTS)
            if not is_short(before.text) or not (is_short(token.text) or callable_word):
                self.fail("two-words", token, left=before.text, right=token.text)
            if not token.spaced:
                self.fail("two-words", token, left=before.text, right=token.text)

    def _name_before_bracket(self, before: Token) -> None:
        word = before.text
        if word in DATA_FUNCTIONS:
            self.fail("needs-data", before, name=word)
        if word in STEP_FUNCTIONS:
            self.fail("step-function", before, name=word)
        if word in _FUNCTION_LETTERS and word not in self.declared:
            self.fail("function-letter", before, name=word)
        if not is_short(word) or (word in self.declared and len(word) > 2 and "_" not in word and not self.latex):
            if is_short(word):
                return
            close = difflib.get_close_matches(word.lower(), [w for w in WORDS if len(w) > 1], n=1, cutoff=0.6)
            code = "unknown-function-close" if close else "unknown-function"
            self.fail(code, before, name=word, close=close[0] if close else "")

    # operands

    def operand(self, floor: int) -> Expression:
        token = self.token
        kind = token.kind
        if kind == "number":
            self.advance()
            self.parts += 1
            return number(token.exact or Fraction(0), (token.start, token.stop))
        if kind == "word":
            return self.word(token)
        handler = _OPERANDS.get(kind)
        if handler is None:
            self.missing(token)
        self.depth += 1
        if self.depth > self.limits.depth:
            self.fail("too-deep", token, most=self.limits.depth)
        tree = handler(self, token, floor)
        self.depth -= 1
        return tree

    def word(self, token: Token) -> Expression:
        word = token.text
        meaning = WORDS.get(word)
        self.advance()
        if word == "sigma" and self.token.kind == "(" and "sigma" not in self.declared:
            meaning = "sigmoid"
        if meaning is None or (word in self.declared and meaning not in CONSTANTS):
            self.parts += 1
            return name(word, (token.start, token.stop))
        if meaning in CONSTANTS or meaning == "true":
            return operation(meaning, span=(token.start, token.stop))
        return self.call(meaning, token)

    def call(self, meaning: str, token: Token) -> Expression:
        power = self.power_of_function()
        self.calls += 1
        if self.calls > self.limits.calls:
            self.fail("too-many-calls", token, most=self.limits.calls)
        if self.token.kind in ("(", "{"):
            args = self.arguments(meaning)
        elif self.latex and token.upright and self.token.kind in ("number", "word", "frac", "sqrt", "|("):
            args = (self.operand(POWER),)
            self.loose = (self.at, token.text)
        else:
            self.fail("function-brackets", token, name=token.text)
        self.calls -= 1
        low, high = OPERATIONS[meaning].arity
        if not low <= len(args) <= high:
            self.wrong_arity(token, low, high, len(args))
        tree = self.make(meaning, *args, start=token)
        return tree if power is None else self.make("pow", tree, power, start=token)

    def power_of_function(self) -> Expression | None:
        """The 2 of sin²(x) and sin^2(x); a negative one is refused, since it may mean the inverse."""
        token = self.token
        if token.kind == "superscript":
            self.advance()
            power = self.superscript(token)
        elif token.kind == "^":
            self.advance()
            power = self.operand(POWER)
        else:
            return None
        if power.op != "number":
            self.fail("function-power", token)
        return power

    def arguments(self, meaning: str) -> tuple[Expression, ...]:
        opener = self.token
        closer = {"(": ")", "{": "}"}[opener.kind]
        self.depth += 1
        if self.depth > self.limits.depth:
            self.fail("too-deep", opener, most=self.limits.depth)
        bars, self.bars = self.bars, 0
        self.advance()
        args = [] if self.token.kind == closer else [self.argument(meaning, 0)]
        while self.token.kind == ",":
            if self.is_decimal_comma(self.at):
                self.fail("decimal-comma", self.token)
            self.advance()
            args.append(self.argument(meaning, len(args)))
        self.close(closer, opener)
        self.bars, self.depth = bars, self.depth - 1
        if len(args) > self.limits.arguments:
            self.fail("too-many-arguments", opener, most=self.limits.arguments)
        if meaning == "piecewise":
            self.check_branches(args, opener)
        return tuple(args)

    def argument(self, meaning: str, position: int) -> Expression:
        """An argument; for piecewise a pair in brackets, given flat: value, condition."""
        if meaning != "piecewise":
            return self.expression(0)
        opener = self.token
        if opener.kind != "(":
            self.fail("piecewise", opener)
        self.advance()
        value = self.expression(0)
        if self.token.kind != ",":
            self.fail("piecewise", self.token)
        self.advance()
        condition = self.condition()
        self.close(")", opener)
        return operation("branch", value, condition)

    def condition(self) -> Expression:
        left = self.expression(0)
        if left.op == "true":
            return left
        token = self.token
        if token.kind != "compare":
            self.fail("condition", token)
        self.advance()
        return self.make(token.text, left, self.expression(0), start=left)

    def check_branches(self, branches: list[Expression], opener: Token) -> None:
        if not branches or branches[-1].args[1].op != "true":
            self.fail("piecewise-otherwise", opener)
        branches[:] = [part for branch in branches for part in branch.args]

    def wrong_arity(self, token: Token, low: int, high: int, found: int) -> NoReturn:
        wanted = str(low) if low == high else f"{low}–{high}"
        self.fail("arity", token, name=token.text, wanted=wanted, found=found)

    def bracket(self, token: Token, floor: int) -> Expression:
        closer = {"(": ")", "{": "}"}[token.kind]
        bars, self.bars = self.bars, 0
        self.advance()
        tree = self.expression(0)
        self.close(closer, token)
        self.bars = bars
        return tree

    def magnitude(self, token: Token, floor: int) -> Expression:
        """|x|: a bar opens where an operand is due and closes where one has ended."""
        self.advance()
        bars, self.bars = self.bars, self.bars + 1 if token.kind == "|" else 0
        tree = self.expression(0)
        self.bars = bars
        self.close("|" if token.kind == "|" else ")|", token)
        # The closing bar counts as a closing bracket for what follows it.
        self.tokens[self.at - 1] = self.tokens[self.at - 1]._replace(kind=")|")
        return self.make("abs", tree, start=token)

    def minus(self, token: Token, floor: int) -> Expression:
        """-x² is -(x²) and -2x is -(2x); after an operation it takes one factor: 6/-2·3 is (6/-2)·3."""
        self.advance()
        return self.make("neg", self.expression(max(floor, PRODUCT)), start=token)

    def plus(self, token: Token, floor: int) -> Expression:
        self.advance()
        return self.expression(max(floor, PRODUCT))

    def root(self, token: Token, floor: int) -> Expression:
        self.advance()
        bracketed = self.token.kind in ("(", "{", "|")
        tree = self.operand(POWER)
        if not bracketed:
            self.loose = (self.at, "√")
        return self.make("sqrt", tree, start=token)

    def fraction(self, token: Token, floor: int) -> Expression:
        self.advance()
        above = self.latex_argument()
        return self.make("div", above, self.latex_argument(), start=token)

    def square_root(self, token: Token, floor: int) -> Expression:
        self.advance()
        op = "cbrt" if token.text == "3" else "sqrt"
        return self.make(op, self.latex_argument(), start=token)

    def latex_argument(self) -> Expression:
        """A group in braces, or one digit or letter as TeX takes it."""
        token = self.token
        if token.kind == "{":
            return self.operand(0)
        if token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
            first = token._replace(text=token.text[0], exact=Fraction(token.text[0]), stop=token.start + 1)
            rest = token._replace(text=token.text[1:], exact=Fraction(token.text[1:]), start=token.start + 1)
            self.tokens[self.at : self.at + 1] = [first, rest]
            self.token = first
        if token.kind not in ("number", "word"):
            self.missing(token)
        return self.operand(POWER)

    def cases(self, token: Token, floor: int) -> Expression:
        """\\begin{cases} value & condition \\\\ ... \\end{cases}."""
        self.advance()
        branches: list[Expression] = []
        while True:
            value = self.expression(0)
            if self.token.kind not in ("&", ","):
                self.fail("piecewise", self.token)
            self.advance()
            branches.append(operation("branch", value, self.condition()))
            if self.token.kind != "row":
                break
            self.advance()
            if self.token.kind == "endcases":
                break
        self.close("endcases", token)
        self.check_branches(branches, token)
        return self.make("piecewise", *branches, start=token)

    def superscript(self, token: Token) -> Expression:
        value = token.exact or Fraction(0)
        span = (token.start, token.stop)
        exponent = number(abs(value), span)
        return exponent if value >= 0 else operation("neg", exponent, span=span)

    # small tools

    def make(self, op: str, *args: Expression, start: Expression | Token) -> Expression:
        self.parts += 1
        if self.parts > self.limits.parts:
            self.fail("too-many-parts", self.tokens[self.at - 1], most=self.limits.parts)
        first = start.start if isinstance(start, Token) else (start.span or (0, 0))[0]
        return Expression(op, args, span=(first, self.tokens[self.at - 1].stop))

    def advance(self) -> None:
        self.at += 1
        self.token = self.tokens[self.at]

    def jump(self, place: int) -> None:
        self.at, self.token = place, self.tokens[place]

    def close(self, kind: str, opener: Token) -> None:
        if self.token.kind == kind:
            self.advance()
        elif self.token.kind in ("end", ";"):
            self.fail("unclosed", opener, bracket=opener.text or "\\begin{cases}")
        else:
            self.unexpected()

    def is_decimal_comma(self, place: int) -> bool:
        if self.tokens[place].kind != "," or place == 0:
            return False
        before, after = self.tokens[place - 1], self.tokens[place + 1]
        return before.kind == after.kind == "number" and before.stop + 1 == after.start

    def missing(self, token: Token) -> NoReturn:
        """Where an operand is due, something else stands."""
        before = self.tokens[self.at - 1] if self.at else None
        if token.kind in ("end", ";", "row") and before is None:
            self.fail("empty", token)
        if token.kind == ")" and before is not None and before.kind == "(":
            self.fail("empty-brackets", token)
        if token.kind in (")", ")|", "}") and not self.depth:
            self.fail("unopened", token, bracket=token.text)
        if token.kind in ("=", "compare", ",") or (token.kind == "/" and before and before.kind == "/"):
            self.unexpected()
        place = before if before is not None and token.kind in ("end", ";", "row") else token
        self.fail("missing-operand", place, sign=place.text)

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
            "}": "unopened",
            "end": "unclosed",
        }
        self.fail(code.get(token.kind, "unexpected"), token, bracket=token.text, sign=token.text)

    def fail(self, code: str, token: Token, **facts: object) -> NoReturn:
        length = max(1, token.stop - token.start)
        raise InputError(code, text=self.text, position=token.start, length=length, **facts)


_OPERANDS = {
    "(": _Reader.bracket,
    "{": _Reader.bracket,
    "|": _Reader.magnitude,
    "|(": _Reader.magnitude,
    "-": _Reader.minus,
    "+": _Reader.plus,
    "root": _Reader.root,
    "frac": _Reader.fraction,
    "sqrt": _Reader.square_root,
    "cases": _Reader.cases,
}

assert CONDITIONS  # the rows that `condition` makes
