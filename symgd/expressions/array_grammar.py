"""The part of the grammar that is about vectors, matrices and sums over rows. By form alone: no shapes are known."""

from __future__ import annotations

import re
from fractions import Fraction

from symgd.expressions.alphabet import PARTS_OF_SUM
from symgd.expressions.cursor import Cursor, written
from symgd.expressions.operations import CONSTANTS, PRODUCT
from symgd.expressions.tokens import Token
from symgd.expressions.tree import Expression, nodes, rebuilt

#: A name with an index behind its last underscore: x_i, A_i_j.
_INDEXED = re.compile(r"(?P<base>[A-Za-z][A-Za-z0-9]*?)_(?P<places>\w+)\Z")
#: Behind a comma without a blank, digits that begin with 0 are no number of their own: [1,000].
_THOUSANDS = re.compile(r"0\d")
_BOUND = re.compile(r"\s*(?P<name>[A-Za-z]\w*)?\s*(?:(?P<sign>[+-])?\s*(?P<number>\d+))?\s*\Z")


class ArrayGrammar(Cursor):
    """Operands and endings of operands that make or take apart vectors."""

    def expression(self, floor: int) -> Expression:
        """An operand and the operations behind it; the grammar of numbers knows it."""
        raise NotImplementedError

    # vectors and matrices

    def vector(self, token: Token, floor: int) -> Expression:
        """[a, b, c], or rows of such: [[a, b], [c, d]]."""
        self.advance()
        if self.token.kind == "]":
            self.fail("empty-vector", token)
        bars, self.bars = self.bars, False
        norms, self.norms = self.norms, False
        entries = [self.expression(0)]
        while self.token.kind == ",":
            self.advance()
            if _THOUSANDS.match(self.token.text) and not self.token.spaced:
                self.fail("decimal-comma", self.token)
            entries.append(self.expression(0))
        self.close("]", token)
        self.bars, self.norms = bars, norms
        return self.rows(entries, token)

    def rows(self, entries: list[Expression], start: Token) -> Expression:
        """A vector of entries; rows must be alike and no deeper."""
        widths = [len(entry.args) if entry.op == "vector" else 0 for entry in entries]
        if set(widths) == {0, 1}:
            self.fail("too-many-brackets", start)
        if len(set(widths)) > 1:
            odd = next(width for width in widths if width != widths[0])
            self.fail("unlike-rows", start, first=widths[0] or 1, other=odd or 1)
        if any(part.op == "vector" for entry in entries if entry.op == "vector" for part in entry.args):
            self.fail("too-many-brackets", start)
        return self.make("vector", *entries, start=start)

    def matrix(self, token: Token, floor: int) -> Expression:
        """\\begin{bmatrix} a & b \\\\ c & d \\end{bmatrix}: one column is a vector, anything else has rows."""
        self.advance()
        rows: list[list[Expression]] = [[]]
        while True:
            rows[-1].append(self.expression(0))
            if self.token.kind == "row":
                rows.append([])
            elif self.token.kind != "&":
                break
            self.advance()
            if self.token.kind == "endmatrix":
                rows.pop()
                break
        if self.token.kind == "endmatrix" and self.token.text != token.text:
            self.fail("unclosed", token, bracket=written(token))
        self.close("endmatrix", token)
        if len(rows) == len(rows[0]) == 1:
            return self.rows(rows[0], token)  # a column of one entry
        if all(len(row) == 1 for row in rows) and len(rows) > 1:
            return self.rows([row[0] for row in rows], token)
        return self.rows([self.make("vector", *row, start=token) for row in rows], token)

    # what may follow an operand

    def index(self, base: Expression) -> Expression:
        """x[3], x[i + 1], A[i, j]: entries are counted from 1."""
        opener = self.token
        self.go_deeper(opener)
        self.advance()
        places = [self.place()]
        while self.token.kind == ",":
            self.advance()
            places.append(self.place())
        self.close("]", opener)
        self.depth -= 1
        if len(places) > 2:
            self.fail("too-many-indices", opener)
        return self.make("index", base, *places, start=base)

    def place(self) -> Expression:
        """An index: any expression; a number must be whole and at least 1."""
        token = self.token
        if token.kind in ("]", ":"):
            self.fail("index", token)
        tree = self.expression(0)
        whole = tree.op != "number" or (tree.value.denominator == 1 and tree.value >= 1)
        if not whole or tree.op == "neg":
            self.fail("index", token)
        return tree

    def transposed(self, base: Expression) -> Expression:
        """w' and wᵀ."""
        self.advance()
        return self.make("transpose", base, start=base)

    def is_transpose(self) -> bool:
        """Whether what stands behind a ^ is no exponent but the sign of a transpose: ⊤, in braces or not."""
        place = self.at + 1 if self.token.kind == "{" else self.at
        if self.tokens[place].kind != "'" or (place > self.at and self.tokens[place + 1].kind != "}"):
            return False
        self.jump(place + 1 + (place > self.at))
        return True

    # norms

    def norm(self, token: Token, floor: int) -> Expression:
        """‖w‖, ‖w‖₁: a bar opens where an operand is due and closes where one has ended."""
        self.advance()
        bars, self.bars = self.bars, False
        norms, self.norms = self.norms, token.kind == "‖"
        tree = self.expression(0)
        self.bars, self.norms = bars, norms
        closer = self.token
        if closer.kind not in ("‖", ")‖"):
            self.fail("unclosed", token, bracket="‖")
        self.advance()
        self.tokens[self.at - 1] = closer._replace(kind=")|")  # a closing bracket for what follows it
        return self.make("norm1" if closer.text == "1" else "norm2", tree, start=token)

    # sums over an index

    def series_of(self, args: tuple[Expression, ...], token: Token) -> Expression:
        """sum(body, i, low, high); inside, x_i is x[i]."""
        body, index, low, high = args
        if index.op != "name" or index.name in self.declared or index.name in CONSTANTS:
            self.fail("sum-index", token, name=index.text())
        if any(node.op == "series" and node.args[1].name == index.name for node in nodes(body)):
            self.fail("sum-index-twice", token, name=index.name)
        return self.make("series", self.with_indices(body, index.name), index, low, high, start=token)

    def latex_sum(self, token: Token, floor: int) -> Expression:
        """\\sum_{i=1}^{n} and the product behind it."""
        self.advance()
        name, low, high = token.text.split(PARTS_OF_SUM)
        bounds = [self.bound(part, token) for part in (low or "1", high or "n")]
        index = self.leaf(token, "name", name=name)
        body = self.expression(PRODUCT)
        return self.series_of((body, index, *bounds), token)

    def bound(self, text: str, token: Token) -> Expression:
        """A bound of a sum: a name, a whole number, or a name plus or minus one."""
        found = _BOUND.match(text)
        if (
            found is None
            or not (found["name"] or found["number"])
            or (found["name"] and found["number"] and not found["sign"])
            or (found["name"] in CONSTANTS and found["name"] not in self.declared)
        ):
            self.fail("sum-bound", token, bound=text)
        number = self.leaf(token, "number", Fraction(found["number"])) if found["number"] else None
        if not found["name"]:
            assert number is not None
            return self.make("neg", number, start=token) if found["sign"] == "-" else number
        name = self.leaf(token, "name", name=found["name"])
        if number is None:
            return name
        return self.make("sub" if found["sign"] == "-" else "add", name, number, start=token)

    def with_indices(self, body: Expression, index: str) -> Expression:
        """The body with x_i as x[i], for names that are not declared as they stand."""
        done: dict[int, Expression] = {}
        for node in nodes(body):
            if node.op == "name":
                done[id(node)] = self.entry(node, index)
            else:
                made = rebuilt(node, tuple(done[id(part)] for part in node.args))
                done[id(node)] = made if made is node else self.bounds.weighed(made)
        return done[id(body)]

    def places_of(self, written: str) -> list[str]:
        """The indices behind a name: i_j, in LaTeX also ij."""
        places = written.split("_")
        return list(written) if self.latex and len(written) == 2 and written.isalpha() else places

    def entry(self, node: Expression, index: str) -> Expression:
        """A name such as x_i as the entry of a name; x_{1,i} is one of x1 where that is declared and x is not."""
        found = _INDEXED.match(node.name)
        if found is None or node.name in self.declared or index not in self.places_of(found["places"]):
            return node
        base, places = found["base"], self.places_of(found["places"])
        if len(places) > 1 and base + places[0] in self.declared and base not in self.declared:
            base, places = base + places[0], places[1:]
        parts = [Expression("name", name=base, span=node.span)]
        for place in places:
            number = Fraction(place) if place.isdigit() else None
            parts.append(
                Expression(
                    "name" if number is None else "number", (), number, place if number is None else "", node.span
                )
            )
        return self.bounds.weighed(Expression("index", tuple(map(self.bounds.weighed, parts)), span=node.span))
