"""Tokens to chains of sides, and each side to a tree.

What is ambiguous to a human reader (`1/2(3)`, `2 3`, `2½`, `sin 2`) is refused where it would be decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.relations.tokens import FUNCTIONS, Token, UnreadableFormula, split, words, written


@dataclass(frozen=True, slots=True)
class Node:
    """A tree. Operations: number, symbol, constant, + - * / ^ neg, call (name in `text`), vector."""

    op: str
    args: tuple[Node, ...] = ()
    text: str = ""
    start: int = 0
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides, how each was written, and the signs between them."""

    sides: tuple[Node, ...]
    sources: tuple[str, ...]
    signs: tuple[str, ...]


SYMBOL = Node("symbol", numeric=False)
BLANK = Node("symbol", text="blank", numeric=False)  # an empty place of a worksheet


def node(op: str, *args: Node, text: str = "") -> Node:
    """An operation; with a symbol anywhere in it, it is symbolic."""
    return Node(op, args, text, numeric=all(arg.numeric for arg in args))


def chains_of(tokens: list[Token]) -> list[Chain]:
    """The chains of relations in one formula."""
    if all(token.kind in ("sign", "quad") for token in tokens):
        return []
    return [chain for line in _lines(tokens) for chain in _Parser(line).chains()]


# lines of an aligned block ------------------------------------------------------------------------------


def _lines(tokens: list[Token]) -> list[list[Token]]:
    """The formula as lines; rows that go on with a line of the same column are joined to it."""
    inside = [token for token in tokens if not token.is_break]
    block = len(inside) == 1 and inside[0].kind == "rows"
    rows = [list(row) for row in inside[0].parts] if block else split(tokens, "row")
    lines: list[list[Token]] = []
    current: dict[int, list[Token]] = {}
    for row in rows:
        cells = [_without_indent(cell) for cell in split(row, "cell")]
        for column in range(0, len(cells), 2):
            head, rest = cells[column], [token for cell in cells[column + 1 : column + 2] for token in cell]
            if not head and not rest:
                continue
            if column in current and _goes_on(current[column], head, rest):
                current[column] += head + rest
            else:
                current[column] = head + rest
                lines.append(current[column])
    return lines


def _without_indent(cell: list[Token]) -> list[Token]:
    while cell and cell[0].kind == "quad":
        cell = cell[1:]
    return cell


def _goes_on(before: list[Token], head: list[Token], rest: list[Token]) -> bool:
    first = (head or rest)[0]
    open_end = before[-1].kind in ("sign", "operator", "open")
    return open_end or first.kind == "sign" or (first.kind == "operator" and not head)


# one line -------------------------------------------------------------------------------------------------

#: What can stand beside a factor without a sign.
_STARTS = frozenset(words("number symbol constant function open frac root radical matrix rows"))


class _Parser:
    """Recursive descent; one method a level of binding."""

    def __init__(self, tokens: list[Token] | tuple[Token, ...]) -> None:
        self.tokens = list(tokens)
        self.at = 0
        self.bars = 0  # bars that are open in the present bracket

    def peek(self, ahead: int = 0) -> Token | None:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def sees(self, kind: str, text: str | None = None) -> bool:
        token = self.peek()
        return token is not None and token.kind == kind and text in (None, token.text)

    def next(self) -> Token:
        token = self.peek()
        if token is None:
            raise UnreadableFormula("something is missing at the end")
        self.at += 1
        return token

    # chains

    def chains(self) -> list[Chain]:
        found: list[Chain] = []
        while self.peek() is not None:
            token = self.peek()
            if token is not None and token.is_break and not (token.kind == "text" and self.is_operand_text()):
                self.at += 1
                continue
            found.append(self.chain())
        return found

    def is_operand_text(self) -> bool:
        """Words that are a side of a relation, or a factor, and no remark between formulas."""
        before = self.tokens[self.at - 1] if self.at else None
        after = self.peek(1)
        joined = after is not None and after.kind in ("sign", "operator", "sub", "sup")
        return joined or (before is not None and before.kind in ("sign", "operator"))

    def chain(self) -> Chain:
        sides, sources, signs = [], [], []
        while True:
            start = self.at
            sides.append(self.expression())
            sources.append(written(self.tokens[start : self.at]))
            self.skip_idle_quads()
            if not self.sees("sign"):
                break
            signs.append(self.next().text)
            self.skip_idle_quads(always=True)
        token = self.peek()
        if token is not None and not token.is_break:
            raise UnreadableFormula(f"{token.source} is not expected here")
        return Chain(tuple(sides), tuple(sources), tuple(signs))

    def skip_idle_quads(self, always: bool = False) -> None:
        """Wide spaces beside a sign part nothing."""
        ahead = 0
        while (token := self.peek(ahead)) is not None and token.kind == "quad":
            ahead += 1
        if always or (token is not None and token.kind == "sign"):
            self.at += ahead

    # levels of binding

    def expression(self) -> Node:
        left = self.term()
        while self.sees("operator", "+") or self.sees("operator", "-"):
            op = self.next().text
            left = node(op, left, self.term())
        return left

    def term(self) -> Node:
        left, slash = self.factor(), False
        while True:
            if self.sees("operator", "*"):
                self.at += 1
                left, slash = node("*", left, self.factor()), False
            elif self.sees("operator", "/"):
                self.at += 1
                left, slash = node("/", left, self.factor()), True
            elif self.begins_factor():
                before, start = self.tokens[self.at - 1], self.tokens[self.at]
                right = self.postfix()
                if left.numeric and right.numeric:
                    _refuse_ambiguous(before, start, slash)
                left = node("*", left, right)
            else:
                return left

    def begins_factor(self) -> bool:
        token = self.peek()
        if token is None:
            return False
        if token.kind == "bar":
            return token.text == "open" or self.bars == 0
        return token.kind in _STARTS or (token.kind == "text" and self.is_operand_text())

    def factor(self) -> Node:
        if self.sees("operator", "-"):
            self.at += 1
            return node("neg", self.factor())
        if self.sees("operator", "+"):
            self.at += 1
            return self.factor()
        return self.postfix()

    def postfix(self) -> Node:
        base = self.primary()
        while (token := self.peek()) is not None:
            if token.kind == "sup":
                self.at += 1
                base = node("^", base, _exponent(token))
            elif token.kind == "caret":
                self.at += 1
                base = node("^", base, self.factor())
            elif token.kind in ("sub", "prime"):
                self.at += 1
                base = _indexed(base, token)
            else:
                break
        return base

    # operands

    def primary(self) -> Node:
        token = self.next()
        if token.kind == "number":
            return Node("number", (), token.text, token.start)
        if token.kind == "constant":
            return Node("constant", (), token.text)
        if token.kind == "symbol":
            return self.symbol(token)
        if token.kind == "text":
            return SYMBOL
        if token.kind in _OPERANDS:
            return _OPERANDS[token.kind](self, token)
        raise UnreadableFormula(f"an operand is missing before {token.source}")

    def symbol(self, token: Token) -> Node:
        if token.text in (r"\sigma", "σ") and self.sees("open"):
            return node("call", *self.arguments(), text="sigmoid")
        return BLANK if token.text == "blank" else SYMBOL

    def fraction(self, token: Token) -> Node:
        return node("/", *map(_whole, token.parts))

    def root(self, token: Token) -> Node:
        index, inside = token.parts
        if not index:
            return node("call", _whole(inside), text="sqrt")
        return node("call", _whole(inside), _whole(index), text="root")

    def radical(self, token: Token) -> Node:
        return node("call", self.primary(), text=token.text)

    def matrix(self, token: Token) -> Node:
        rows = [[_whole(tuple(cell)) for cell in split(row, "cell")] for row in token.parts if row]
        return node("vector", *(row[0] if len(row) == 1 else node("vector", *row) for row in rows))

    def rows(self, token: Token) -> Node:
        """A long numerator or radicand in rows, each but the first going on with it."""
        return _whole(
            tuple(part for row in token.parts for cell in split(row, "cell") for part in _without_indent(cell))
        )

    def size(self, token: Token) -> Node:
        if token.text == "close" or self.sees("sub"):
            return SYMBOL  # "at": what stands before it, at the point that the subscript names
        self.bars += 1
        inside = self.expression()
        if not self.sees("bar") or self.next().text == "open":
            raise UnreadableFormula("a bar is not closed")
        self.bars -= 1
        return node("call", inside, text="abs")

    def bracket(self, token: Token) -> Node:
        self.at -= 1
        parts = self.arguments()
        if token.text == "‖":
            return node("call", *parts, text="norm")
        if len(parts) == 1:
            return parts[0]
        return node("vector", *parts)

    def function(self, token: Token) -> Node:
        name = token.text
        exponent: Node | None = None
        while (script := self.peek()) is not None and script.kind in ("sub", "sup"):
            self.at += 1
            if script.kind == "sup":
                exponent = _exponent(script)
            else:
                name += written(list(script.parts[0])).replace(" ", "")
        if not self.sees("open"):
            return self.bare(name)
        called = _call(name, self.arguments())
        if exponent is None:
            return called
        if called.numeric and exponent.op == "neg":
            raise UnreadableFormula(f"{name}^-1 may be the inverse or the reciprocal")
        return node("^", called, exponent)

    def bare(self, name: str) -> Node:
        """A function without brackets, or a name of several letters."""
        if name.startswith("?") or not self.begins_factor():
            return SYMBOL
        if self.postfix().numeric:
            raise UnreadableFormula(f"{name} without brackets")
        return SYMBOL

    def arguments(self) -> list[Node]:
        """What stands in a bracket, split at its commas."""
        opening = self.next()
        bars, self.bars = self.bars, 0
        parts = [self.condition()]
        while self.sees("comma"):
            self.at += 1
            parts.append(self.condition())
        if not self.sees("close", opening.text):
            raise UnreadableFormula(f"{opening.source} is not closed")
        self.at += 1
        self.bars = bars
        return parts

    def condition(self) -> Node:
        """An expression in a bracket; a sign in it makes it symbolic, unless it hides a numeric relation."""
        self.skip_idle_quads(always=True)
        left = self.expression()
        while self.sees("sign"):
            sign = self.next().text
            right = self.expression()
            if sign in "=≈" and left.numeric and right.numeric:
                raise UnreadableFormula("a numeric relation stands inside brackets")
            left = SYMBOL
        return left


_OPERANDS: dict[str, Callable[[_Parser, Token], Node]] = {
    "function": _Parser.function,
    "open": _Parser.bracket,
    "bar": _Parser.size,
    "frac": _Parser.fraction,
    "root": _Parser.root,
    "radical": _Parser.radical,
    "matrix": _Parser.matrix,
    "rows": _Parser.rows,
}


def _whole(tokens: tuple[Token, ...]) -> Node:
    """All the tokens as one expression."""
    parser = _Parser([token for token in tokens if token.kind != "quad"])
    found = parser.condition()
    if (left_over := parser.peek()) is not None:
        raise UnreadableFormula(f"{left_over.source} is not expected here")
    return found


def _exponent(token: Token) -> Node:
    """What is raised; a star or a prime there is an ornament of a symbol."""
    inside = token.parts[0]
    if all(part.kind in ("operator", "prime") for part in inside):
        return SYMBOL
    return _whole(inside)


def _indexed(base: Node, token: Token) -> Node:
    """A subscript or a prime makes a symbol of anything, but a norm may say which one it is."""
    if base.op == "call" and base.text == "norm" and token.kind == "sub":
        index = written(list(token.parts[0]))
        if index in ("1", "2"):
            return Node("call", base.args, f"norm{index}", numeric=base.numeric)
    return BLANK if base is BLANK else SYMBOL


def _call(name: str, arguments: list[Node]) -> Node:
    numeric = all(argument.numeric for argument in arguments)
    if not numeric:
        return SYMBOL
    if name == "log" or name not in FUNCTIONS.values():
        raise UnreadableFormula(f"the function {name.strip('?')} is not known")
    return node("call", *arguments, text=name)


def _refuse_ambiguous(before: Token, start: Token, slash: bool) -> None:
    """Two numeric factors side by side must not be read by a person as something else."""
    if slash:
        raise UnreadableFormula("a product straight after / may mean two things")
    if before.kind == "number" and start.kind in ("number", "frac"):
        raise UnreadableFormula("two numbers side by side")
    if start.kind == "number" and not start.spaced:
        raise UnreadableFormula(f"{start.source} straight after a factor")
