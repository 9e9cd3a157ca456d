"""The tree: a name, an exact number, or an operation with arguments, in the author's order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from symgd.recent import Recent

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

    __slots__ = ("_hash", "_made", "args", "name", "op", "span", "value")

    op: str
    args: tuple[Expression, ...]
    value: Fraction
    name: str
    span: Span | None
    _hash: int
    _made: dict[Any, Any]

    def __init__(
        self,
        op: str,
        args: tuple[Expression, ...] = (),
        value: Fraction | None = None,
        name: str = "",
        span: Span | None = None,
    ) -> None:
        """Make a node; prefer `number`, `name` and `operation`."""
        _put_op(self, op)
        _put_args(self, args)
        _put_value(self, value)
        _put_name(self, name)
        _put_span(self, span)

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
        """Worked out when it is first asked for, with those of all nodes below."""
        try:
            return self._hash
        except AttributeError:
            return _hashed(self)

    def __eq__(self, other: object) -> bool:
        """The same tree, spans aside."""
        if not isinstance(other, Expression):
            return NotImplemented
        pairs = [(self, other)]
        while pairs:
            left, right = pairs.pop()
            if left is right:
                continue
            if left.op != right.op or left.name != right.name or left.value != right.value:
                return False
            if len(left.args) != len(right.args) or (left.args and hash(left) != hash(right)):
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
        if not self.args:
            return (self.name,) if self.op == "name" else ()
        return _facts(self).names

    @property
    def operations(self) -> frozenset[str]:
        """The operations in it, "number" and "name" among them.

        >>> import symgd
        >>> sorted(symgd.parse("a*b + 1").operations)
        ['add', 'mul', 'name', 'number']
        """
        return _facts(self).operations


# A node is filled past the guard of `__setattr__`, slot by slot.
_put_op, _put_args, _put_value, _put_name, _put_span, _put_hash, _put_made = (
    Expression.__dict__[slot].__set__ for slot in ("op", "args", "value", "name", "span", "_hash", "_made")
)


def made_of(tree: Expression) -> dict[Any, Any]:
    """What others worked out of a tree and want again: it is kept for as long as the tree lives, and no longer.

    >>> tree = operation("add", number(1), number(2))
    >>> made_of(tree)["plan"] = "1 and 2"
    >>> made_of(tree)
    {'plan': '1 and 2'}
    """
    try:
        return tree._made
    except AttributeError:
        _put_made(tree, {})
        return tree._made


def _hashed(tree: Expression) -> int:
    """The hash of a tree, once every node in it has one."""
    is_new = not any(hasattr(part, "_hash") for part in tree.args)
    for node in _facts(tree).order if is_new else _walk(tree, _not_hashed):
        parts = tuple([part._hash for part in node.args])
        key = (node.op, node.name, parts) if node.value is None else node.value.as_integer_ratio()
        _put_hash(node, hash(key))
    return tree._hash


def _not_hashed(node: Expression) -> tuple[Expression, ...]:
    return tuple([part for part in node.args if not hasattr(part, "_hash")])


def _from_rows(rows: list[Any]) -> Expression:
    """The tree that `__reduce__` wrote down."""
    made: list[Expression] = []
    for op, args, value, word, span in rows:
        made.append(Expression(op, tuple(made[place] for place in args), value, word, span))
    return made[-1]


class _Facts(NamedTuple):
    """What one walk over a tree finds; the tree is kept, so that its identity stays its own."""

    tree: Expression
    order: tuple[Expression, ...]
    operations: frozenset[str]
    names: tuple[str, ...]


#: By the identity of a tree: to compare large trees costs more than to walk over one. So many nodes are kept by it.
_FOUND: Recent[int, _Facts] = Recent(most=20_000)


def _facts(tree: Expression) -> _Facts:
    found = _FOUND.get(id(tree))
    if found is not None:
        return found
    order = _in_order(tree)
    operations = frozenset([node.op for node in order])
    words = dict.fromkeys([node.name for node in order if node.op == "name"])
    if "series" in operations:
        words = fold(tree, _free)
    return _FOUND.keep(id(tree), _Facts(tree, order, operations, tuple(words)), len(order))


def _in_order(tree: Expression) -> tuple[Expression, ...]:
    """What `_walk` gives over all operands; where no node is shared, from the right and from above is the reverse."""
    order, seen, waiting = list[Expression](), set[int](), [tree]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            return tuple(_walk(tree, operands))
        seen.add(id(node))
        order.append(node)
        waiting += node.args
    order.reverse()
    return tuple(order)


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
    return Expression("number", value=value if type(value) is Fraction else Fraction(value), span=span)


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
    found = _FOUND.get(id(tree)) if below is operands else None
    return _walk(tree, below) if found is None else iter(found.order)


def _walk(tree: Expression, below: Callable[[Expression], tuple[Expression, ...]]) -> Iterator[Expression]:
    """Down to the first operand that is still to come, and up again: `rest` are those, `above` where to go on."""
    done: set[int] = set()
    above: list[tuple[Expression, Iterator[Expression]]] = []
    node, rest = tree, iter(below(tree))
    while True:
        for part in rest:
            if id(part) in done:
                continue
            if part.args:
                above.append((node, rest))
                node, rest = part, iter(below(part))
                break
            done.add(id(part))
            yield part
        else:
            done.add(id(node))
            yield node
            if not above:
                return
            node, rest = above.pop()


def ordered(tree: Expression) -> tuple[Expression, ...]:
    """What `nodes` gives, all at once, and kept for when it is asked for again.

    >>> [node.op for node in ordered(operation("neg", ONE))]
    ['number', 'neg']
    """
    return _facts(tree).order


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
    if len(args) == len(node.args) and all(map(operator.is_, args, node.args)):
        return node
    return Expression(node.op, args, span=node.span)


def rewritten(tree: Expression, rows: Mapping[str, Callable[[Expression], Expression]]) -> Expression:
    """What the rows make of the operations of their names, operands first; what they leave alone stays itself.

    >>> rewritten(operation("add", ONE, operation("neg", TWO)), {"neg": lambda node: node.args[0]})
    Expression('1 + 2')
    """
    new: dict[int, Expression] = {}
    for node in nodes(tree):
        made = node
        if not new.keys().isdisjoint(map(id, node.args)):
            made = rebuilt(node, tuple([new.get(id(part), part) for part in node.args]))
        if node.op in rows:
            made = rows[node.op](made)
        if made is not node:
            new[id(node)] = made
    return new.get(id(tree), tree)


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
    if "series" not in tree.operations:
        return tree, {}
    sums: dict[Expression, str] = {}
    done: dict[int, Expression] = {}
    for node in nodes(tree, lambda node: () if node.op == "series" else node.args):
        if node.op == "series":
            word = sums.setdefault(node, f"sum/{len(sums) + 1}")
            done[id(node)] = name(word)
        else:
            done[id(node)] = rebuilt(node, tuple(done[id(part)] for part in node.args))
    return done[id(tree)], {word: node for node, word in sums.items()}
