"""The gradient of a loss over vectors and data in languages without arrays: every entry worked out in plain loops.

Python's lists and sums, and C's loops over rows of doubles. What a matrix product is made of has a line of its own
where it takes long, so that no product is worked out again for each entry of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from symgd.calculus.languages import Language
from symgd.calculus.program import Formula
from symgd.calculus.source_names import Names
from symgd.expressions.operations import DEFAULTS
from symgd.expressions.shapes import Shape, typed_from
from symgd.expressions.tree import Expression, fold, name, nodes, number, operation, rebuilt
from symgd.numbers.values import whole

Piece = tuple[str, int]
#: How a part with operands of texts is written: node, operands, language.
Write = Callable[[Expression, tuple[Piece, ...], Language], Piece]
_ATOM, _PRODUCT = 100, 20
#: What takes a loop, and what is a line of its own.
_LOOPS = frozenset({"matmul", "row_product", "sum", "mean", "dot", "norm1", "norm2", "trace", "rowsum"})
_WHOLE = frozenset({"softmax", "vector"})


class Rows(int):
    """The number of rows of the data: a side of a shape that other data make longer or shorter."""


def row_shapes(shapes: Mapping[str, Shape], data: Sequence[str], rows: int) -> dict[str, Shape]:
    """The shapes with the sides of the data marked that are their rows.

    >>> row_shapes({"X": (3, 3), "w": (3,)}, ["X"], 3)["X"][0].__class__.__name__
    'Rows'
    """
    return {word: (Rows(rows), *shape[1:]) if word in data and shape else shape for word, shape in shapes.items()}


class Loops:
    """Writes the lines of a program for one language; `shapes` are those of parameters, constants and data."""

    def __init__(
        self, language: Language, shapes: Mapping[str, Shape], count: str, write: Write, identifier: Names
    ) -> None:
        """`count` is the name of the number of rows, `write` writes what goes entry by entry."""
        self.language, self.count, self.write = language, count, write
        self.in_c = not language.power
        self.shapes = dict(shapes)
        self.body: list[str] = []
        self.identifier = identifier
        self.depth = 0

    def lines(self, program: Sequence[Formula]) -> list[str]:
        """The statements of all lines, in order; slopes of C go to where the caller wants them."""
        for line in program:
            if line.kind == "partial":
                self.slope(line)
            else:
                self.assign(line.quantity, self.hoisted(line.tree))
        return self.body

    def slope(self, line: Formula) -> None:
        """A slope: a list in Python, in C the entries of what the caller gave."""
        tree = self.hoisted(line.tree)
        if not self.in_c:
            self.assign(line.quantity, tree)
            return
        shape = self.shape(tree)
        self.shapes[line.quantity] = shape
        with self.entries(shape) as places:
            target = self.identifier(line.quantity)
            spot = target + self.at(places, shape) if shape else f"*{target}"
            self.say(f"{spot} = {self.entry(tree, places)[0]};")

    # shapes and parts with a line of their own

    def shape(self, tree: Expression) -> Shape:
        """The shape of a tree."""
        done: dict[int, Shape] = {}
        for node in nodes(tree):
            done[id(node)] = typed_from(node, [done[id(part)] for part in node.args], self.shapes)
        return done[id(tree)]

    def hoisted(self, tree: Expression) -> Expression:
        """The tree with names for what is worked out once before it."""
        return fold(fold(tree, self.with_bare_ones), lambda node, args: self.named(rebuilt(node, args)))

    def with_bare_ones(self, node: Expression, args: tuple[Expression, ...]) -> Expression:
        """What only says how many ones there are is not worked out."""
        if node.op != "ones" or args[0].op == "name":
            return rebuilt(node, args)
        word = f"ones/{len(self.shapes)}"
        self.shapes[word] = self.shape(args[0])
        return operation("ones", name(word))

    def named(self, node: Expression) -> Expression:
        """A name for a node, or for its operands, where they are lines of their own."""
        alone = node.op in _WHOLE or (node.op == "logsumexp" and len(node.args) == 1 and self.shape(node.args[0]))
        if alone:
            return self.kept(node)
        if node.op not in ("matmul", "softmax") or not self.shape(node):
            return node
        parts = tuple(self.kept(part) if _is_slow(part) and self.shape(part) else part for part in node.args)
        return rebuilt(node, parts)

    def kept(self, tree: Expression) -> Expression:
        """A name for a part, which is worked out now."""
        word = self.identifier.part()
        self.assign(word, tree)
        return name(word)

    # statements

    def assign(self, word: str, tree: Expression) -> None:
        """A line that gives a name its value."""
        if tree.op in ("softmax", "logsumexp") and self.shape(tree.args[0]) and len(tree.args) == 1:
            self.of_rows(word, tree)
            return
        shape = self.shape(tree)
        self.shapes[word] = shape
        target = self.identifier(word)
        if not self.in_c:
            self.say(f"{target} = {self.listed(tree, shape)}")
        elif tree.op == "vector":
            self.say(f"double {target}[{self.size(shape)}];")
            for place, part in enumerate(tree.args):
                with self.entries(shape[1:]) as inner:
                    self.say(f"{target}{self.at((str(place), *inner), shape)} = {self.entry(part, inner)[0]};")
        elif not shape:
            self.say(f"double {target} = {self.entry(tree, ())[0]};")
        else:
            self.say(f"double {target}[{self.size(shape)}];")
            with self.entries(shape) as places:
                self.say(f"{target}{self.at(places, shape)} = {self.entry(tree, places)[0]};")

    def of_rows(self, word: str, tree: Expression) -> None:
        """softmax or log-sum-exp of a vector, or of each row of a matrix."""
        (operand,) = tree.args
        inner = operand if operand.op == "name" else self.kept(operand)
        shape, sides = self.shape(tree), self.shapes[inner.name]
        self.shapes[word] = shape
        target, source = self.identifier(word), self.identifier(inner.name)
        helper = f"{tree.op}_of"
        if not self.in_c:
            made = f"[{helper}(row) for row in {source}]" if len(sides) == 2 else f"{helper}({source})"
            self.say(f"{target} = {made}")
            return
        rows, length = (self.side(sides[0]), self.side(sides[1])) if len(sides) == 2 else ("1", self.side(sides[0]))
        filled = target if shape else self.identifier.fresh("part")
        self.say(f"double {filled}[{self.size(shape) if shape else 1}];")
        self.say(f"{helper}({rows}, {length}, {source}, {filled});")
        if not shape:
            self.say(f"double {target} = {filled}[0];")

    def listed(self, tree: Expression, shape: Shape) -> str:
        """A list of entries in Python, a list of lists for a matrix."""
        if tree.op == "vector":
            return "[" + ", ".join(self.entry(part, ())[0] for part in tree.args) + "]"
        places = self.indices(len(shape))
        text = self.entry(tree, places)[0]
        for place, side in zip(reversed(places), reversed(shape), strict=True):
            text = f"[{text} for {place} in range({self.side(side)})]"
        self.depth -= len(shape)
        return text

    def say(self, line: str) -> None:
        """Write a statement."""
        self.body.append(line)

    @contextmanager
    def entries(self, shape: Shape) -> Iterator[tuple[str, ...]]:
        """Loops over the entries of a shape, around what is said inside; C only."""
        places = self.indices(len(shape))
        for place, side in zip(places, shape, strict=True):
            self.say(f"for (int {place} = 0; {place} < {self.side(side)}; {place}++) {{")
        yield places
        self.body += ["}"] * len(shape)
        self.depth -= len(shape)

    def indices(self, count: int) -> tuple[str, ...]:
        """Names for so many loops inside the loops that are open."""
        self.depth += count
        places = range(self.depth - count + 1, self.depth + 1)
        return tuple(self.identifier.own(f"i{place}") for place in places)

    def side(self, side: int) -> str:
        """How long a side is: a number, or the number of rows."""
        return self.count if isinstance(side, Rows) else str(int(side))

    def size(self, shape: Shape) -> str:
        """How many entries there are."""
        return "*".join(map(self.side, shape))

    def at(self, places: Sequence[str], shape: Shape) -> str:
        """An entry of an array: x[i][k], in C x[2*i + k]."""
        if not self.in_c:
            return "".join(f"[{place}]" for place in places)
        return f"[{places[0]}]" if len(shape) == 1 else f"[{self.side(shape[1])}*{_tight(places[0])} + {places[1]}]"

    # entries

    def entry(self, tree: Expression, places: tuple[str, ...]) -> Piece:
        """One entry of a tree as an expression, what it needs said before."""
        if tree.op == "name":
            shape = self.shapes.get(tree.name, ())
            word = self.identifier(tree.name)
            return (word + self.at(places, shape) if shape else word), _ATOM
        if tree.op in _FORMS:
            return _FORMS[tree.op](self, tree, places)
        below = tuple(self.entry(part, self.spread(part, places)) for part in tree.args)
        if tree.op in DEFAULTS and len(below) == 1:
            below = (*below, self.write(number(DEFAULTS[tree.op]), (), self.language))
        return self.write(tree if tree.op != "hadamard" else operation("mul", *tree.args), below, self.language)

    def spread(self, part: Expression, places: tuple[str, ...]) -> tuple[str, ...]:
        """Where an operand is looked at: nowhere in a number; a column goes along the rows."""
        shape = self.shape(part)
        return tuple("0" if side == 1 else place for side, place in zip(shape, places, strict=False))

    def total(self, shape: Shape, term: Callable[[tuple[str, ...]], Piece]) -> Piece:
        """The sum over a shape."""
        if not self.in_c:
            places = self.indices(len(shape))
            text = term(places)[0]
            loops = " ".join(f"for {p} in range({self.side(side)})" for p, side in zip(places, shape, strict=True))
            self.depth -= len(shape)
            return f"sum({text} {loops})", _ATOM
        word = self.identifier.fresh("total")
        self.say(f"double {word} = 0.0;")
        with self.entries(shape) as places:
            self.say(f"{word} += {term(places)[0]};")
        return word, _ATOM

    def op(self, word: str, *below: Piece) -> Piece:
        """An operation on texts."""
        return self.write(operation(word, *[name("_")] * len(below)), below, self.language)


def _is_slow(tree: Expression) -> bool:
    return not _LOOPS.isdisjoint(tree.operations)


def _tight(place: str) -> str:
    return place if place.isalnum() else f"({place})"


def _sum(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    (part,) = tree.args
    shape = loops.shape(part)
    return loops.total(shape, lambda at: loops.entry(part, at)) if shape else loops.entry(part, ())


def _mean(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    shape = loops.shape(tree.args[0])
    total = _sum(loops, tree, places)
    return (
        loops.op("div", total, (f"({loops.size(shape)})" if len(shape) > 1 else loops.size(shape), _ATOM))
        if (shape)
        else total
    )


def _dot(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    left, right = tree.args
    return loops.total(loops.shape(left), lambda at: loops.op("mul", loops.entry(left, at), loops.entry(right, at)))


def _norm1(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    (part,) = tree.args
    return loops.total(loops.shape(part), lambda at: loops.op("abs", loops.entry(part, at)))


def _norm2(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    (part,) = tree.args
    two = loops.write(number(2), (), loops.language)
    squares = loops.total(loops.shape(part), lambda at: loops.op("pow", loops.entry(part, at), two))
    return loops.op("sqrt", squares)


def _trace(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    (part,) = tree.args
    return loops.total(loops.shape(part)[:1], lambda at: loops.entry(part, (at[0], at[0])))


def _rowsum(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    (part,) = tree.args
    return loops.total(loops.shape(part)[1:], lambda at: loops.entry(part, (places[0], *at)))


def _transpose(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    (part,) = tree.args
    return loops.entry(part, places[1:] if len(loops.shape(part)) == 1 else places[::-1])


def _matmul(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    left, right = tree.args
    first, second = loops.shape(left), loops.shape(right)
    if not first or not second:
        taken = (loops.entry(left, places if first else ()), loops.entry(right, places if second else ()))
        return loops.op("mul", *taken)
    if len(first) == 1 and len(second) == 2:  # a column times a row
        return loops.op("mul", loops.entry(left, places[:1]), loops.entry(right, ("0", places[1])))
    row = places[:1] if places else ("0",)
    behind = () if len(second) == 1 else (places[-1],)
    return loops.total(
        first[-1:],
        lambda at: loops.op("mul", loops.entry(left, (*row, *at)[-len(first) :]), loops.entry(right, (*at, *behind))),
    )


def _index(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    taken = []
    for place in tree.args[1:]:
        if place.op == "number":
            taken.append(str(whole(place.value) - 1))
        else:
            text = loops.entry(place, ())[0]
            taken.append(f"(int)({text}) - 1" if loops.in_c else f"int({text}) - 1")
    return loops.entry(tree.args[0], (*taken, *places))


def _one(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    return "1", _ATOM


def _eye(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    return f"({places[0]} == {places[1]})", _ATOM


def _column(loops: Loops, tree: Expression, places: tuple[str, ...]) -> Piece:
    (part,) = tree.args
    return loops.entry(part, places[:1] if len(loops.shape(part)) == 1 else places)


_FORMS: Mapping[str, Callable[[Loops, Expression, tuple[str, ...]], Piece]] = {
    "sum": _sum,
    "mean": _mean,
    "dot": _dot,
    "norm1": _norm1,
    "norm2": _norm2,
    "trace": _trace,
    "rowsum": _rowsum,
    "transpose": _transpose,
    "matmul": _matmul,
    "row_product": _matmul,
    "index": _index,
    "ones": _one,
    "eye": _eye,
    "column": _column,
}
#: The operations that loops can write beside those of a language.
WRITTEN = frozenset(_FORMS) | _WHOLE | {"logsumexp", "hadamard"}
