"""Where in a tree something may be put, and the tree as a student types it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random

from symgd.expressions.operations import OPERATIONS
from symgd.expressions.tree import Expression, fold, rebuilt
from symgd.expressions.writer import decimal_text

Path = tuple[int, ...]


def places(tree: Expression, path: Path = ()) -> Iterator[tuple[Path, Expression]]:
    """Every part and the way to it; not inside exponents, for w^(2 + w - w) has another domain than w^2."""
    yield path, tree
    reach = tree.args[:1] if tree.op == "pow" else tree.args
    for index, part in enumerate(reach):
        yield from places(part, (*path, index))


def replaced(tree: Expression, path: Path, part: Expression) -> Expression:
    """The tree with another part at the end of the way."""
    if not path:
        return part
    args = list(tree.args)
    args[path[0]] = replaced(args[path[0]], path[1:], part)
    return rebuilt(tree, tuple(args))


def somewhere(
    tree: Expression, change: Callable[[Expression, Random], Expression | None], rng: Random
) -> Expression | None:
    """The tree changed at a random one of the places that the change fits; None where it fits none."""
    found = list(places(tree))
    rng.shuffle(found)
    for path, part in found:
        new = change(part, rng)
        if new is not None and new != part:
            return replaced(tree, path, new)
    return None


_BINDS = {"add": 1, "sub": 1, "neg": 1, "mul": 2, "div": 2, "pow": 4}
_SIGNS = {"add": " + ", "sub": " - ", "mul": "*", "div": "/", "pow": "^"}
_ATOM = 5
#: How tightly the operands must bind to stand without brackets.
_SHIELDS = {"add": (1, 2), "sub": (1, 2), "mul": (2, 4), "div": (2, 4), "pow": (_ATOM, _ATOM), "neg": (2,)}


def typed(tree: Expression) -> str:
    """The tree in plain ASCII, as a student types it; written apart from symgd's own writer.

    >>> from symgd.expressions.reader import read
    >>> typed(read("−(w − 0.5)²·σ(w)/|w|"))
    '-(w - 0.5)^2*sigmoid(w)/abs(w)'
    """
    return fold(tree, _typed)[0]


def _typed(node: Expression, below: tuple[tuple[str, int], ...]) -> tuple[str, int]:
    if node.op == "number":
        return _typed_number(node.value)
    if node.op == "name":
        return node.name, _ATOM
    if node.op not in _SHIELDS:
        word = OPERATIONS[node.op].words[0]
        return (f"{word}({', '.join(text for text, _ in below)})" if below else word), _ATOM
    parts = [
        text if binds >= shield else f"({text})"
        for (text, binds), shield in zip(below, _SHIELDS[node.op], strict=True)
    ]
    shown = "-" + parts[0] if node.op == "neg" else _SIGNS[node.op].join(parts)
    return shown, _BINDS[node.op]


def _typed_number(value: Fraction) -> tuple[str, int]:
    """Decimals stand bare, other fractions as a quotient, negative numbers as an opposite."""
    plain = decimal_text(abs(value))
    shown, binds = (plain, _ATOM) if plain else (f"{abs(value.numerator)}/{value.denominator}", 2)
    return ("-" + shown, 1) if value < 0 else (shown, binds)
