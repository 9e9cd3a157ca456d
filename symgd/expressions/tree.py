"""The tree: a name, an exact number, or an operation with arguments, in the author's order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Span = tuple[int, int]


class Expression:
    """A node: `op` is "number", "name", or the name of a row in the table of operations.

    `value` is the exact number of a "number", `name` the name of a "name", `args` the operands of all others.
    `span` is the stretch of text it was read from; equality and hash leave it out. Nodes are immutable, may be
    shared, and chains of any length are safe: nothing here recurses.

    >>> number("0.5") + name("w") if False else operation("add", number("0.5"), name("w"))
    Expression('0.5 + w')
    """

    __slots__ = ("_hash", "args", "name", "op", "span", "value")

    op: str
    args: tuple[Expression, ...]
    value: Fraction
    name: str
    span: Span | None
    _hash: int

    def __init__(
        self,
        op: str,
        args: tuple[Expression, ...] = (),
        value: Fraction | None = None,
        name: str = "",
        span: Span | None = None,
    ) -> None:
        """Make a node; prefer `number`, `name` and `operation`."""
        put = object.__setattr__
        put(self, "op", op)
        put(self, "args", args)
        put(self, "value", value)
        put(self, "name", name)
        put(self, "span", span)
        key = (op, name, args) if value is None else (value.numerator, value.denominator)
        put(self, "_hash", hash(key))

    def __setattr__(self, key: str, value: object) -> None:
        """Refuse: nodes are shared, so they never change."""
        raise AttributeError("an Expression cannot be changed")

    def __reduce__(self) -> tuple[Callable[..., Expression], tuple[list[Any]]]:
        """Other processes get the nodes one after the other, shared ones once: depth costs no recursion."""
        places: dict[int, int] = {}
        rows: list[Any] = []
        for node in nodes(self):
            places[id(node)] = len(rows)
            rows.append((node.op, tuple(places[id(part)] for part in node.args), node.value, node.name, node.span))
        return _from_rows, (rows,)

    def __hash__(self) -> int:
        """The hash made with the node."""
        return self._hash

    def __eq__(self, other: object) -> bool:
        """The same tree, spans aside."""
        if not isinstance(other, Expression):
            return NotImplemented
        pairs = [(self, other)]
        while pairs:
            left, right = pairs.pop()
            if left is right:
                continue
            if hash(left) != hash(right) or left.op != right.op or left.name != right.name:
                return False
            if left.value != right.value or len(left.args) != len(right.args):
                return False
            pairs += zip(left.args, right.args, strict=True)
        return True

    def __str__(self) -> str:
        """The expression as Unicode text on one line."""
        return self.text()

    def __repr__(self) -> str:
        """The type and the text."""
        return f"Expression({self.text()!r})"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def text(self) -> str:
        """The expression as Unicode text on one line, which reads back to the same tree."""
        from symgd.expressions.writer import text

        return text(self)

    def latex(self) -> str:
        """The expression as LaTeX, which reads back to the same tree."""
        from symgd.expressions.writer import latex

        return latex(self)

    @property
    def names(self) -> tuple[str, ...]:
        """The names in it, in order of first appearance.

        >>> import symgd
        >>> symgd.parse("b + a*b").names
        ('b', 'a')
        """
        return _facts(self).names

    @property
    def operations(self) -> frozenset[str]:
        """The operations in it, "number" and "name" among them.

        >>> import symgd
        >>> sorted(symgd.parse("a*b + 1").operations)
        ['add', 'mul', 'name', 'number']
        """
        return _facts(self).operations


def _from_rows(rows: list[Any]) -> Expression:
    """The tree that `__reduce__` wrote down."""
    made: list[Expression] = []
    for op, args, value, word, span in rows:
        made.append(Expression(op, tuple(made[place] for place in args), value, word, span))
    return made[-1]


class _Facts(NamedTuple):
    """What one walk over a tree finds; the tree is kept, so that its identity stays its own."""

    tree: Expression
    operations: frozenset[str]
    names: tuple[str, ...]
    nodes: tuple[Expression, ...] = ()  # of a tree that is walked over again and again; not of a very large one


#: By the identity of a tree: to compare large trees costs more than to walk over one.
_FOUND: dict[int, _Facts] = {}
_MOST_FOUND, _MOST_NODES = 4_096, 400


def _facts(tree: Expression) -> _Facts:
    found = _FOUND.get(id(tree))
    if found is not None and found.tree is tree:
        return found
    walked = tuple(_walk(tree, operands))
    operations = {node.op for node in walked}
    words = {node.name: None for node in walked if node.op == "name"}
    if "series" in operations:
        words = fold(tree, _free)
    if len(_FOUND) >= _MOST_FOUND:
        _FOUND.clear()
    kept = walked if len(walked) <= _MOST_NODES else ()
    made = _FOUND[id(tree)] = _Facts(tree, frozenset(operations), tuple(words), kept)
    return made


def _free(node: Expression, below: tuple[dict[str, None], ...]) -> dict[str, None]:
    """The free names of a node; a sum binds its index."""
    if node.op == "name":
        return {node.name: None}
    found = {word: None for names in below for word in names}
    if node.op == "series":
        body, index, *_ = below
        rest = {word: None for names in below[2:] for word in names}
        found = {word: None for word in body if word not in index} | rest
    return found


def number(value: Fraction | int | str, span: Span | None = None) -> Expression:
    """An exact number; text is read as a decimal or a fraction."""
    return Expression("number", value=Fraction(value), span=span)


def name(word: str, span: Span | None = None) -> Expression:
    """A name."""
    return Expression("name", name=word, span=span)


def operation(op: str, *args: Expression, span: Span | None = None) -> Expression:
    """An operation of the table with its operands, as they stand: nothing is folded."""
    return Expression(op, args, span=span)


ZERO, ONE, TWO = number(0), number(1), number(2)


def operands(node: Expression) -> tuple[Expression, ...]:
    """The operands of a node."""
    return node.args


def nodes(tree: Expression, below: Callable[[Expression], tuple[Expression, ...]] = operands) -> Iterator[Expression]:
    """Every distinct node (shared ones once), operands before what uses them, left to right.

    `below` gives the nodes to go on to from a node, where not all operands are wanted.
    """
    known = _FOUND.get(id(tree)) if below is operands else None
    return iter(known.nodes) if known is not None and known.tree is tree and known.nodes else _walk(tree, below)


def _walk(tree: Expression, below: Callable[[Expression], tuple[Expression, ...]]) -> Iterator[Expression]:
    seen: set[int] = set()
    stack: list[tuple[Expression, bool]] = [(tree, False)]
    while stack:
        node, ready = stack.pop()
        if id(node) in seen:
            continue
        if ready or not node.args:
            seen.add(id(node))
            yield node
        else:
            stack.append((node, True))
            stack += [(argument, False) for argument in reversed(below(node))]


def leaves(tree: Expression) -> Iterator[Expression]:
    """Every distinct node without operands, left to right."""
    return (node for node in nodes(tree) if not node.args)


def fold(tree: Expression, combine: Callable[[Expression, tuple[T, ...]], T]) -> T:
    """Work out a value from the leaves up: `combine(node, values of its operands)`, each node once.

    >>> fold(operation("add", ONE, TWO), lambda node, below: 1 + sum(below))   # how many nodes
    3
    """
    if not tree.args:
        return combine(tree, ())
    done: dict[int, T] = {}
    for node in nodes(tree):
        done[id(node)] = combine(node, tuple([done[id(argument)] for argument in node.args]))
    return done[id(tree)]


def rebuilt(node: Expression, args: tuple[Expression, ...]) -> Expression:
    """The node with other operands; itself where they are the same."""
    if len(args) == len(node.args) and all(a is b for a, b in zip(args, node.args, strict=True)):
        return node
    return Expression(node.op, args, span=node.span)


def substitute(tree: Expression, values: Mapping[str, Expression]) -> Expression:
    """Put trees in the place of names.

    >>> substitute(operation("mul", TWO, name("w")), {"w": number("0.5")})
    Expression('2 × 0.5')
    """

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        return values.get(node.name, node) if node.op == "name" else rebuilt(node, args)

    return fold(tree, put)


def index_names(trees: Iterable[Expression]) -> tuple[str, ...]:
    """The names that sums over an index bind."""
    series = (node for tree in trees if "series" in tree.operations for node in nodes(tree) if node.op == "series")
    return tuple(dict.fromkeys(node.args[1].name for node in series))


def bounds_of(tree: Expression) -> set[str]:
    """The names in the bounds of sums over an index."""
    if "series" not in tree.operations:
        return set()
    return {word for node in nodes(tree) if node.op == "series" for bound in node.args[2:] for word in bound.names}


def without_series(tree: Expression) -> tuple[Expression, dict[str, Expression]]:
    """The tree with a name in the place of every sum over an index, and the sums by these names.

    A sum inside another one goes with it.

    >>> without_series(operation("add", ONE, name("w")))
    (Expression('1 + w'), {})
    """
    sums: dict[Expression, str] = {}
    done: dict[int, Expression] = {}
    for node in nodes(tree, lambda node: () if node.op == "series" else node.args):
        if node.op == "series":
            word = sums.setdefault(node, f"sum/{len(sums) + 1}")
            done[id(node)] = name(word)
        else:
            done[id(node)] = rebuilt(node, tuple(done[id(part)] for part in node.args))
    return done[id(tree)], {word: node for node, word in sums.items()}
