"""Chains: what a line of a handout says, side by side, with the signs between the sides.

A side is a tree and how its names are shown. Whether a sign is = or ≈ was decided by `numbers.relation`; here it is
only carried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from symgd.calculus.program import shown_latex, shown_text
from symgd.descent.optimizers import SYMBOLS
from symgd.descent.trajectory import Line
from symgd.expressions.names import name_latex, name_text
from symgd.expressions.tree import Expression, fold, name, rebuilt
from symgd.numbers.relation import Shown, Worked, show, worked
from symgd.numbers.values import Value

Joint = Literal["=", "≈", "←", ","]


@dataclass(frozen=True, slots=True)
class Names:
    """How names that are no plain names are shown, as text and in LaTeX."""

    text: Mapping[str, str] = field(default_factory=dict)
    latex: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides joined by signs: `w1 ← w1 + Δw1 = 0.5 + 0.01 = 0.51`.

    `blank` numbers the value as one that the reader is to find; if `hidden`, an empty place follows the sides.
    """

    sides: tuple[Expression, ...]
    joints: tuple[Joint, ...]
    names: Names
    blank: int = 0
    hidden: bool = False

    @property
    def relations(self) -> int:
        """How many = and ≈ are printed with a side on both hands."""
        return sum(joint in ("=", "≈") for joint in self.joints)


def tagged(tree: Expression, role: str) -> Expression:
    """The tree with its numbers marked by a role: old, rate or new."""

    def mark(node: Expression, args: tuple[Expression, ...]) -> Expression:
        if node.op == "number":
            return Expression("number", value=node.value, name=role)
        return rebuilt(node, args)

    return fold(tree, mark)


def slope_names(words: Iterable[str]) -> Names:
    """The display of quantities like dL/dw1."""
    special = [word for word in words if "/" in word]
    return Names({word: shown_text(word) for word in special}, {word: shown_latex(word) for word in special})


def update_names(slope: str, parameter: str) -> Names:
    """The display of an optimizer's names for one parameter: d is Δw1, m is m[w1], g is ∂L/∂w1."""
    texts = {word: form[0].format(name_text(parameter), g=shown_text(slope)) for word, form in SYMBOLS.items()}
    latexes = {word: form[1].format(name_latex(parameter), g=shown_latex(slope)) for word, form in SYMBOLS.items()}
    texts |= {"g": shown_text(slope), "n": f"(−{shown_text(slope)})"}
    latexes |= {"g": shown_latex(slope), "n": rf"\left(-{shown_latex(slope)}\right)"}
    return Names(texts, latexes)


def chain_of(line: Line, digits: int, slope: str = "", in_place: bool = False) -> Chain | None:
    """A line of working as a chain; `in_place` writes ← since the quantity has an old value too."""
    return _Working(line, digits, slope, in_place).chain()


class _Working:
    def __init__(self, line: Line, digits: int, slope: str, in_place: bool) -> None:
        self.line, self.digits, self.in_place = line, digits, in_place
        if line.parameter:
            own, slopes = update_names(slope, line.parameter), slope_names(line.formula.names)
            self.names = Names({**own.text, **slopes.text}, {**own.latex, **slopes.latex})
        else:
            self.names = slope_names((line.quantity, *line.formula.names))

    def chain(self) -> Chain | None:
        line = self.line
        shown = show(line.value, self.digits)
        if shown is None:
            return None
        left = worked(line.formula, line.operands, line.value, self.digits)
        sides: list[Expression] = [self._quantity()]
        joints: list[Joint] = []
        if line.formula.names:
            joints.append("←" if self.in_place else "=")
            sides.append(line.formula)
        if left is not None and line.formula.names:
            self._put_numbers(sides, joints, left)
        joints.append("←" if self.in_place and not joints else self._last_sign(shown, left))
        sides.append(self._result(shown))
        return _collapsed(sides, joints, self.names)

    def _quantity(self) -> Expression:
        if self.line.kind == "update" and self.line.quantity == "n":
            return Expression("neg", (name("g"),))
        return name(self.line.quantity)

    def _put_numbers(self, sides: list[Expression], joints: list[Joint], left: Worked) -> None:
        joints.append(left.left_sign)
        sides.append(self._coloured(left.left))

    def _last_sign(self, shown: Shown, left: Worked | None) -> Joint:
        return left.sign if left is not None else shown.sign

    def _coloured(self, left: Expression) -> Expression:
        """The numbers put in, marked by what they are: the weight's old value, the rate."""
        return _mark_operands(self.line.formula, left, self._role)

    def _role(self, word: str) -> str:
        if self.line.parameter:
            return {"w": "old", "eta": "rate"}.get(word, "")
        return "" if "/" in word or (self.line.kind in ("forward",) and word not in self.line.operands) else "old"

    def _result(self, shown: Shown) -> Expression:
        return tagged(shown.tree, "new") if self.line.quantity == "w" else shown.tree


def _mark_operands(formula: Expression, left: Expression, role: object) -> Expression:
    """Walk formula and its substituted form side by side; mark what stands where a name stood."""
    assert callable(role)
    marked: dict[int, Expression] = {}
    stack: list[tuple[Expression, Expression, bool]] = [(formula, left, False)]
    while stack:
        symbolic, numeric, ready = stack.pop()
        if symbolic.op == "name":
            marked[id(symbolic)] = tagged(numeric, role(symbolic.name)) if role(symbolic.name) else numeric
        elif not symbolic.args:
            marked[id(symbolic)] = numeric
        elif ready:
            marked[id(symbolic)] = Expression(numeric.op, tuple(marked[id(part)] for part in symbolic.args))
        else:
            stack.append((symbolic, numeric, True))
            stack += [(a, b, False) for a, b in zip(symbolic.args, numeric.args, strict=True)]
    return marked[id(formula)]


def _collapsed(sides: list[Expression], joints: list[Joint], names: Names) -> Chain:
    """Drop a side that says again what stands before it."""
    kept, signs = [sides[0]], []
    for joint, side in zip(joints, sides[1:], strict=True):
        if side == kept[-1] and joint != "←":
            continue
        signs.append(joint)
        kept.append(side)
    return Chain(tuple(kept), tuple(signs), names)


def value_chain(word: str, value: Value, digits: int, role: str = "", names: Names | None = None) -> Chain | None:
    """`w1 = 0.5`, or ≈ where the print is rounded."""
    shown = show(value, digits)
    if shown is None:
        return None
    tree = tagged(shown.tree, role) if role else shown.tree
    return Chain((name(word), tree), (shown.sign,), names or slope_names((word,)))
