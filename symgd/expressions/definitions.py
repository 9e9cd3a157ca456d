"""Definitions: named expressions, one a line; the last one is the loss."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from symgd.expressions.names import name_text
from symgd.expressions.tree import Expression, substitute


@dataclass(frozen=True, slots=True)
class Definitions:
    """Named expressions in the order written; the last one is the loss.

    >>> from symgd.expressions.reader import read_definitions
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
        known: set[str] = set()
        for word, expression in zip(self.names, self.expressions, strict=True):
            found.update(dict.fromkeys([part for part in expression.names if part not in known]))
            known.add(word)
        return tuple(found)

    @property
    def inlined(self) -> Expression:
        """The loss with every definition put in."""
        known: dict[str, Expression] = {}
        for word, expression in zip(self.names, self.expressions, strict=True):
            known[word] = substitute(expression, known)
        return known[self.names[-1]]

    def text(self) -> str:
        """The definitions as text, one a line, as the reader takes them; a lone L stands without its name."""
        if self.names == ("L",):
            return self.loss.text()
        pairs = zip(self.names, self.expressions, strict=True)
        return "\n".join(f"{name_text(word)} = {tree.text()}" for word, tree in pairs)


def free_loss_name(used: Collection[str]) -> str:
    """The name of a loss that was given none: L, or another where L is in use."""
    return next(word for word in ("L", "Loss", "loss_value", "total_loss") if word not in used)
