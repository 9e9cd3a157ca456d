"""The doors of the reader: text, plain or LaTeX, to a tree or to definitions. Nothing is evaluated."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from symgd.expressions.definitions import Definitions
from symgd.expressions.lexer import Lexer
from symgd.expressions.names import canonical
from symgd.expressions.parser import parse
from symgd.expressions.tree import Expression
from symgd.limits import Limits, author

__all__ = ["Definitions", "read", "read_definitions"]

#: So many calls, and some to spare, for a bracket inside another.
_FRAMES = 20


def read(text: str, *, names: Iterable[str] = (), limits: Limits | None = None) -> Expression:
    r"""Read one expression, plain text or LaTeX.

    `names` are declared names (start, let, data); `limits` those in force where none are given. Raises InputError with
    a code, a place and a remedy.

    >>> read("2w1^2 - 0.1")
    Expression('2·w1² − 0.1')
    >>> read(r"\frac{1}{2}(w - 3)^2")
    Expression('1/2·(w − 3)²')
    """
    definitions = read_definitions(text, names=names, limits=limits)
    if len(definitions.names) == 1:
        return definitions.loss
    return definitions.inlined


def read_definitions(text: str, *, names: Iterable[str] = (), limits: Limits | None = None) -> Definitions:
    """Read definitions split by `;` or line ends; the last one is the loss.

    Raises InputError, also for a name that is defined twice.
    """
    declared = frozenset(canonical(word) for word in names)
    limits = limits or author()
    tokens = Lexer(text, declared, limits).run()
    try:
        return parse(text, tokens, declared, limits)
    except RecursionError:  # the caller's stack is deep, or the text is: it may be as deep as the limits say
        with _room(limits):
            return parse(text, tokens, declared, limits)


@contextmanager
def _room(limits: Limits) -> Iterator[None]:
    """Let Python call itself as deep as text may be nested."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(usual + _FRAMES * (limits.depth + limits.calls))
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)
