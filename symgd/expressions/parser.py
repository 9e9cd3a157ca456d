"""Text to tree: one Pratt parser for plain text and LaTeX.

It is linear in the text, evaluates nothing, and answers a fault with a code, a place and facts. What may stand
side by side as a product is decided in one function, `_product_or_refusal`, since a silently wrong meaning is
worse than a refusal.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import NoReturn

from symgd.closest import closest
from symgd.expressions.alphabet import VULGAR
from symgd.expressions.array_grammar import ArrayGrammar
from symgd.expressions.branch_grammar import BranchGrammar
from symgd.expressions.definitions import Definitions, free_loss_name
from symgd.expressions.limits import Limits
from symgd.expressions.names import is_short
from symgd.expressions.operations import (
    CONSTANTS,
    OPERATIONS,
    POWER,
    PRODUCT,
    STEP_FUNCTIONS,
    SUM,
    WORDS,
)
from symgd.expressions.tokens import Token
from symgd.expressions.tree import Expression

_INFIX = {
    "+": ("add", SUM),
    "-": ("sub", SUM),
    "*": ("mul", PRODUCT),
    "/": ("div", PRODUCT),
    "^": ("pow", POWER),
    "@": ("matmul", PRODUCT),
    ".*": ("hadamard", PRODUCT),
}
_OPENERS = frozenset({"word", "(", "|", "|(", "‖", "‖(", "root", "frac", "sqrt", "cases", "matrix", "sum", "{"})
_BEHIND = _OPENERS | {"superscript", "'", "[", "number"}
_CLOSERS = frozenset({")", ")|", "}", "]", "'", "superscript", "endcases", "endmatrix"})
_CLOSER = {"(": ")", "{": "}"}
_FUNCTION_LETTERS = frozenset("fgh")


def parse(text: str, tokens: list[Token], declared: frozenset[str], limits: Limits) -> Definitions:
    """The definitions that the tokens of a text make; raises InputError."""
    return _Parser(text, tokens, declared, limits).definitions()


class _Parser(ArrayGrammar, BranchGrammar):
    """The grammar: definitions, the Pratt loop, operands."""

    # definitions

    def definitions(self) -> Definitions:
        known: dict[str, Expression] = {}
        while True:
            while self.token.kind in (";", "row"):
                self.advance()
            if self.token.kind == "end":
                break
            if "" in known:
                self.fail("unnamed-line", self.token)
            word = self.definition_name(known)
            known[word] = self.statement()
            self.declared.add(word)
        if not known:
            self.fail("empty", self.token)
        if "" in known:
            known[free_loss_name({token.text for token in self.tokens if token.kind == "word"})] = known.pop("")
        return Definitions(tuple(known), tuple(known.values()))

    def definition_name(self, earlier: Collection[str]) -> str:
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
        return tree

    # the Pratt loop

    def expression(self, floor: int) -> Expression:
        """An operand and the operations that bind at least as tightly as `floor`."""
        left = self.operand(floor)
        while True:
            kind = self.token.kind
            if kind in _INFIX:
                op, binds = _INFIX[kind]
                if binds < floor:
                    return left
                self.at += 1
                self.token = self.tokens[self.at]
                left = self.infix(op, binds, left)
            elif kind in _BEHIND:
                longer = self.behind(left, floor)
                if longer is None:
                    return left
                left = longer
            else:
                return left

    def infix(self, op: str, binds: int, left: Expression) -> Expression:
        first = self.token
        if op == "pow" and self.is_transpose():
            return self.make("transpose", left, start=left)
        right = self.exponent(first, binds) if op == "pow" else self.expression(binds + 1)
        if op == "div":
            self.loose = (self.at, "/")
        elif op == "pow" and not self.latex and first.kind not in ("(", "|") and right.name != "T":  # w^T A w
            self.loose = (self.at, "^")
        return self.joined(op, (left, right), (left.span or (0, 0))[0])

    def exponent(self, first: Token, binds: int) -> Expression:
        """What stands behind ^: towers grow to the right, so each storey counts as nested."""
        self.go_deeper(first)
        tree = self.expression(binds)
        self.depth -= 1
        return tree

    def behind(self, left: Expression, floor: int) -> Expression | None:
        """What stands right behind an operand: an exponent, a mark, an index, a factor; None where that is not its."""
        token = self.token
        kind = token.kind
        if kind == "superscript":
            self.advance()
            return self.make("pow", left, self.superscript(token), start=left)
        if kind == "'":
            return self.transposed(left)
        if kind == "[":
            return self.index(left) if not token.spaced and left.op != "number" else None
        if (kind == "|" and self.bars) or (kind == "‖" and self.norms) or floor > PRODUCT:
            return None
        self._product_or_refusal(token)
        return self.make("mul", left, self.expression(PRODUCT + 1), start=left)

    def _product_or_refusal(self, token: Token) -> None:
        """Whether the tokens before and after may stand side by side as a product."""
        before = self.tokens[self.at - 1]
        if self.loose[0] == self.at:
            self.fail("ambiguous-product", token, sign=self.loose[1])
        if token.kind == "number":
            self.fail("two-numbers" if before.kind == "number" else "number-after", token, number=token.text)
        if before.kind == "'":
            self._after_transpose(token)
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

    def _after_transpose(self, token: Token) -> None:
        """w'x and w'(x) are products; f'(x) is a derivative, and a word behind a mark a string."""
        marked = self.tokens[self.at - 2]
        if token.kind == "(" and marked.text in _FUNCTION_LETTERS and marked.text not in self.declared:
            self.fail("function-letter", marked, name=marked.text)
        if token.kind == "word" and not is_short(token.text) and not token.spaced:
            self.fail("two-words", token, left=marked.text, right=token.text)

    def _name_before_bracket(self, before: Token) -> None:
        word = before.text
        if word in STEP_FUNCTIONS:
            self.fail("step-function", before, name=word)
        if word in _FUNCTION_LETTERS and word not in self.declared:
            self.fail("function-letter", before, name=word)
        if word in WORDS and word in self.declared:
            self.fail("function-as-name", before, name=word)
        if not is_short(word):
            close = closest(word.lower(), [w for w in WORDS if len(w) > 1], cutoff=0.7)
            code = "unknown-function-close" if close else "unknown-function"
            self.fail(code, before, name=word, close=close)

    # operands

    def operand(self, floor: int) -> Expression:
        token = self.token
        kind = token.kind
        if kind == "number":
            self.advance()
            return self.vulgar(token) if token.text in VULGAR else self.leaf(token, "number", token.exact)
        if kind == "word":
            return self.word(token)
        handler = _OPERANDS.get(kind)
        if handler is None:
            self.missing(token)
        self.go_deeper(token)
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
            return self.leaf(token, "name", name=word)
        if meaning in CONSTANTS:
            return self.leaf(token, meaning)
        if meaning == "true":
            self.fail("comparison", token)
        return self.call(meaning, token)

    def call(self, meaning: str, token: Token) -> Expression:
        power = self.power_of_function() if self.token.kind in ("superscript", "^") else None
        self.calls += 1
        if self.calls > self.limits.calls:
            self.fail("too-many-calls", token, most=self.limits.calls, limit="calls")
        if self.token.kind in ("(", "{"):
            args = self.arguments(meaning)
        elif self.latex and token.upright and self.token.kind in ("number", "word", "frac", "sqrt", "|("):
            args = (self.operand(POWER),)
            self.loose = (self.at, token.text)
        else:
            self.fail("function-brackets", token, name=token.text)
        self.calls -= 1
        low, high = (1, 1) if meaning == "sum" and len(args) != 4 else OPERATIONS[meaning].arity
        if not low <= len(args) <= high:
            self.wrong_arity(token, low, high, len(args))
        is_series = meaning == "sum" and len(args) == 4
        tree = self.series_of(args, token) if is_series else self.joined(meaning, args, token.start)
        return tree if power is None else self.make("pow", tree, power, start=token)

    def power_of_function(self) -> Expression:
        """The 2 of sin²(x) and sin^2(x); a negative one is refused, since it may mean the inverse."""
        token = self.token
        self.advance()
        power = self.superscript(token) if token.kind == "superscript" else self.operand(POWER)
        if power.op != "number":
            self.fail("function-power", token)
        return power

    def arguments(self, meaning: str) -> tuple[Expression, ...]:
        opener = self.token
        closer = _CLOSER[opener.kind]
        self.go_deeper(opener)
        bars, self.bars = self.bars, False
        norms, self.norms = self.norms, False
        self.advance()
        args = [] if self.token.kind == closer else [self.argument(meaning, 0)]
        while self.token.kind == ",":
            if self.is_decimal_comma(self.at) and not (meaning == "sum" and len(args) == 3):  # sum(…, i, 1,5)
                self.fail("decimal-comma", self.token)
            self.advance()
            args.append(self.argument(meaning, len(args)))
        self.close(closer, opener)
        self.bars, self.norms, self.depth = bars, norms, self.depth - 1
        if len(args) > self.limits.arguments:
            self.fail("too-many-arguments", opener, most=self.limits.arguments, limit="arguments")
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
        return self.make("branch", value, condition, start=opener)

    def wrong_arity(self, token: Token, low: int, high: int, found: int) -> NoReturn:
        wanted = str(low) if low == high else f"{low}–{high}"
        self.fail("arity", token, name=token.text, wanted=wanted, found=found)

    def bracket(self, token: Token, floor: int) -> Expression:
        closer = _CLOSER[token.kind]
        bars, self.bars = self.bars, False
        norms, self.norms = self.norms, False
        self.advance()
        tree = self.expression(0)
        self.close(closer, token)
        self.bars, self.norms = bars, norms
        return tree

    def magnitude(self, token: Token, floor: int) -> Expression:
        """|x|: a bar opens where an operand is due and closes where one has ended."""
        self.advance()
        bars, self.bars = self.bars, token.kind == "|"
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

    def superscript(self, token: Token) -> Expression:
        value = token.exact or Fraction(0)
        exponent = self.leaf(token, "number", abs(value))
        return exponent if value >= 0 else self.make("neg", exponent, start=token)


_OPERANDS = {
    "(": _Parser.bracket,
    "{": _Parser.bracket,
    "|": _Parser.magnitude,
    "|(": _Parser.magnitude,
    "-": _Parser.minus,
    "+": _Parser.plus,
    "root": _Parser.root,
    "frac": _Parser.fraction,
    "sqrt": _Parser.square_root,
    "cases": _Parser.cases,
    "[": _Parser.vector,
    "matrix": _Parser.matrix,
    "‖": _Parser.norm,
    "‖(": _Parser.norm,
    "sum": _Parser.latex_sum,
}
