"""Derivations: one rule after the other, from ∂/∂w[loss] to the gradient that is shown.

A `RuleStep` is one rule applied to one expression; there is one class for all rules. Each step's result is compared
with SymPy's derivative before anybody sees it. The lines that a teacher writes are the same tree of steps, opened
one level at a time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from symgd.calculus.agreement import check_agreement
from symgd.calculus.algebra import constant_of, moving_parts, replaced
from symgd.calculus.bridge import from_sympy, symbol, to_sympy
from symgd.calculus.rules import LEAVES, applied
from symgd.expressions.tree import ZERO, Expression, name, operation

#: Rules that say how parts are put together; all others are chained to the slope of what is inside.
STRUCTURAL = frozenset(
    {
        *("sum", "difference", "constant-multiple", "product", "quotient", "logarithmic"),
        *("piecewise", "max", "min", "finite-sum"),
    }
)


@dataclass(frozen=True, slots=True)
class RuleStep:
    """One rule applied: ∂/∂wrt[of] = shape, and with the parts worked out ∂/∂wrt[of] = result.

    `rule` is a key of the catalogues (derivation.power.name); `parts` are the steps of what `shape` leaves open.
    """

    rule: str
    of: Expression
    wrt: str
    shape: Expression
    result: Expression
    parts: tuple[RuleStep, ...]

    @property
    def open(self) -> Expression:
        """∂/∂wrt[of], still to be worked out."""
        return operation("derivative", self.of, name(self.wrt))

    @property
    def rules(self) -> tuple[str, ...]:
        """The rule, and the chain rule where something stands inside that has a slope of its own to multiply by."""
        if self.rule in STRUCTURAL or all(part.rule in LEAVES for part in self.parts):
            return (self.rule,)
        return (self.rule, "chain")

    def __iter__(self) -> Iterator[RuleStep]:
        """This step and all below it, each before its parts."""
        stack = [self]
        while stack:
            step = stack.pop()
            yield step
            stack += reversed(step.parts)


class Side(NamedTuple):
    """One line of a derivation: what stands behind its `=`, and the rules that lead to it."""

    tree: Expression
    rules: tuple[str, ...]


def derive(tree: Expression, wrt: str) -> RuleStep:
    """The steps by which the rules differentiate a tree; nothing is compared yet.

    >>> import symgd
    >>> [step.rule for step in derive(symgd.parse("(w - 3)^2"), "w")]
    ['power', 'difference', 'identity', 'constant']
    """
    moving, done = moving_parts(tree, wrt), dict[Expression, RuleStep]()
    stack = [(tree, False)]
    while stack:
        node, ready = stack.pop()
        if node in done:
            continue
        application = applied(node, wrt, moving)
        if ready or not application.parts:
            done[node] = _step(node, wrt, application.rule, application.shape, [done[p] for p in application.parts])
        else:
            stack.append((node, True))
            stack += [(part, False) for part in application.parts]
    return done[tree]


def _step(node: Expression, wrt: str, rule: str, shape: object, parts: list[RuleStep]) -> RuleStep:
    assert callable(shape)
    pending = tuple(part.result if part.rule in LEAVES else part.open for part in parts)
    result = shape(tuple(part.result for part in parts))
    return RuleStep(rule, node, wrt, shape(pending), ZERO if result == ZERO else result, tuple(parts))


def check(steps: Iterable[RuleStep], known: Mapping[str, Any]) -> None:
    """Compare every step with SymPy's derivative: the same expression, or the same values where the whole has one.

    `known` are values at which it certainly has one. Raises DisagreementError where they differ.
    """
    seen: set[Expression] = set()
    for root in steps:
        pairs = []
        for step in root:
            if step.parts and step.open not in seen:
                seen.add(step.open)
                theirs = _otherwise(step.of, step.wrt, step.result)
                if theirs is not None:
                    pairs.append((step.open.text(), step.result, theirs))
        if pairs:
            check_agreement(pairs, root.of.names, known, root.of)


@functools.lru_cache(maxsize=512)
def _otherwise(of: Expression, wrt: str, result: Expression) -> Expression | None:
    """SymPy's derivative where it is written otherwise than the result; None where they are the same expression.

    Kept for the next problem with the same loss.
    """
    theirs = to_sympy(of).diff(symbol(wrt))
    return None if theirs == to_sympy(result) else from_sympy(theirs)


def lines(step: RuleStep) -> list[Side]:
    """The derivation as a teacher writes it: each line opens what the line before left open.

    >>> import symgd
    >>> for side in lines(derive(symgd.parse("(w - 3)^2"), "w")):
    ...     print(side.tree, side.rules)
    2(w − 3)·∂/∂w[w − 3] ('power', 'chain')
    2(w − 3)·1 ('difference', 'identity', 'constant')
    2(w − 3) ('tidy',)
    """
    steps = {part.open: part for part in step}
    sides, tree = [Side(step.open, ())], step.open
    while pending := _pending(tree):
        opened = {part: _opened(steps[part]) for part in pending}
        rules = dict.fromkeys(rule for part in pending for rule in _named(steps[part]))
        tree = replaced(tree, opened)
        sides.append(Side(tree, tuple(rules)))
    if tree != step.result:
        sides.append(Side(step.result, ("tidy",)))
    return sides[1:]


def _opened(step: RuleStep) -> Expression:
    return step.result if _is_short(step) else step.shape


def _named(step: RuleStep) -> list[str]:
    """The rules that a line names when it opens a step."""
    if _is_short(step):
        return [rule for part in step for rule in part.rules]
    return [*step.rules, *(part.rule for part in step.parts if part.rule in ("constant", "other"))]


def _is_short(step: RuleStep) -> bool:
    """Whether the result is a number or a name, so that its steps are taken in one line."""
    result = step.result.args[0] if step.result.op == "neg" else step.result
    return not result.args or constant_of(result) is not None


def _pending(tree: Expression) -> list[Expression]:
    found: dict[Expression, None] = {}
    stack = [tree]
    while stack:
        node = stack.pop()
        if node.op == "derivative":
            found[node] = None
        else:
            stack += reversed(node.args)
    return list(found)
