"""Chains: what a line of a handout says, side by side, with the signs between the sides.

A side is a tree and how its names are shown. Whether a sign is = or ≈ was decided by `numbers.relation`; here it is
only carried.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from symgd.calculus.program import shown_latex, shown_text
from symgd.descent.optimizers import SYMBOLS
from symgd.descent.trajectory import Line
from symgd.expressions.names import name_latex, name_text
from symgd.expressions.tree import Expression, fold, name, number, rebuilt, without_series
from symgd.expressions.writer import text as write_text
from symgd.numbers.relation import show, worked
from symgd.numbers.values import Value, is_array

Joint = Literal["=", "≈", "←", ","]


#: Stands for an entry of a vector that the reader is to find.
GAP = "gap"


def gaps_of(value: Expression) -> Expression | None:
    """A vector or matrix with a gap for each entry; None for a number.

    >>> import symgd
    >>> print(gaps_of(symgd.parse("[[1, 2], [3, 4]]")))
    [[gap, gap], [gap, gap]]
    """
    if value.op != "vector":
        return None
    return Expression("vector", tuple(gaps_of(entry) or name(GAP) for entry in value.args))


@dataclass(frozen=True, slots=True)
class Names:
    """How names that are no plain names are shown, as text and in LaTeX."""

    text: Mapping[str, str] = field(default_factory=dict)
    latex: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: Names) -> Names:
        """Both; where there is nothing to add one of them itself, as what was written is kept by its names."""
        if not other.text or other is self:
            return self
        return Names({**self.text, **other.text}, {**self.latex, **other.latex}) if self.text else other


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides joined by signs: `w1 ← w1 + Δw1 = 0.5 + 0.01 = 0.51`.

    `blank` numbers the value as one that the reader is to find; if `hidden`, an empty place follows the sides, behind
    the sign that the value would stand behind; of a vector or matrix `gaps` is the same with `GAP` for each entry.
    `notes` are the rules that lead over each joint; none where there is nothing to note.
    """

    sides: tuple[Expression, ...]
    joints: tuple[Joint, ...]
    names: Names
    blank: int = 0
    hidden: Joint | None = None
    gaps: Expression | None = None
    notes: tuple[tuple[str, ...], ...] = ()

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
    return _slope_names(tuple(sorted({word for word in words if "/" in word})))


@functools.lru_cache(maxsize=1024)
def _slope_names(special: Sequence[str]) -> Names:
    return Names({word: shown_text(word) for word in special}, {word: shown_latex(word) for word in special})


@functools.lru_cache(maxsize=1024)
def update_names(slope: str, parameter: str) -> Names:
    """The display of an optimizer's names for one parameter: d is Δw1, m is m[w1], g is ∂L/∂w1."""
    texts = {word: form[0].format(name_text(parameter), g=shown_text(slope)) for word, form in SYMBOLS.items()}
    latexes = {word: form[1].format(name_latex(parameter), g=shown_latex(slope)) for word, form in SYMBOLS.items()}
    texts |= {"g": shown_text(slope), "n": f"(−{shown_text(slope)})"}
    latexes |= {"g": shown_latex(slope), "n": rf"\left(-{shown_latex(slope)}\right)"}
    return Names(texts, latexes)


def chain_of(
    line: Line, digits: int, slope: str = "", in_place: bool = False, parameters: Collection[str] = ()
) -> Chain | None:
    """A line of working as a chain: quantity, formula, formula with numbers put in, value.

    `slope` is the name of the parameter's slope where the line is an equation of the optimizer; `in_place` writes ←
    since the quantity has an old value too; `parameters` are marked as old values. None where not one digit is proved.
    """
    if is_array(line.value) and line.value.size > MOST_ENTRIES:
        return collapsed([_quantity(line), line.formula], ["="], _names(line, slope))
    left = None if is_large(line) else worked(line.formula, line.operands, line.value, digits)
    if left is not None and _is_plain_number(left.left):
        left = None  # nothing to work out: the value alone says it
    end = left or show(line.value, digits)
    if end is None:
        return None
    sides, joints = [_quantity(line)], list[Joint]()
    if line.formula.op != "number":
        joints.append("←" if in_place else "=")
        sides.append(line.formula)
    if left is not None and line.formula.names:
        joints.append(left.left_sign)
        formula, _ = without_series(line.formula)
        sides.append(_cancelled(with_roles(formula, left.left, _roles(line, parameters))))
    joints.append(end.sign)
    sides.append(tagged(end.tree, "new") if line.quantity == "w" and line.parameter else end.tree)
    return collapsed(sides, joints, _names(line, slope))


def worked_chain(line: Line, digits: int, parameters: Collection[str]) -> Chain | None:
    """A line without its formula in symbols: `r1 = 3 × 0.5 − 2 = −0.5`. None where no print of it is true."""
    left = worked(line.formula, line.operands, line.value, digits)
    if left is None:
        return None
    numbers = with_roles(line.formula, left.left, dict.fromkeys(parameters, "old"))
    sides, joints = [_quantity(line), numbers, left.tree], [left.left_sign, left.sign]
    return collapsed(sides, joints, slope_names((line.quantity,)))


def test_chain(line: Line, digits: int) -> Chain:
    """A formula with numbers put in and its value, no quantity on the left: `w·x − 1 = 0.5 × 2 − 1 = 0`."""
    left = worked(line.formula, line.operands, line.value, digits)
    end = left or show(line.value, digits)
    sides, joints = [line.formula], list[Joint]()
    if left is not None and line.formula.names:
        joints.append(left.left_sign)
        sides.append(left.left)
    if end is not None:
        joints.append(end.sign)
        sides.append(end.tree)
    return collapsed(sides, joints, slope_names(line.formula.names))


#: Vectors and matrices with more entries are not printed in a line.
MOST_ENTRIES = 24


def is_large(line: Line) -> bool:
    """Whether vectors or matrices stand in a line that are too large to be printed."""
    return any(is_array(value) and value.size > MOST_ENTRIES for value in line.operands.values())


def _is_plain_number(tree: Expression) -> bool:
    inner = tree.args[0] if tree.op == "neg" else tree
    return inner.op == "number" and inner.value >= 0


def _names(line: Line, slope: str) -> Names:
    slopes = slope_names((line.quantity, *line.formula.names))
    return update_names(slope, line.parameter) | slopes if line.parameter else slopes


def _quantity(line: Line) -> Expression:
    """What stands on the left; the negative gradient is written as what it is."""
    if line.parameter and line.quantity == "n":
        return Expression("neg", (name("g"),))
    return name(line.quantity)


def _roles(line: Line, parameters: Collection[str]) -> Mapping[str, str]:
    """How numbers put in are marked: the weight's old value, the rate."""
    if line.parameter:
        return {"w": "old", "eta": "rate"}
    return dict.fromkeys(parameters, "old")


def with_roles(formula: Expression, left: Expression, roles: Mapping[str, str]) -> Expression:
    """Walk formula and its substituted form side by side; mark what stands where a name stood."""
    marked: dict[int, Expression] = {}
    stack: list[tuple[Expression, Expression, bool]] = [(formula, left, False)]
    while stack:
        symbolic, numeric, ready = stack.pop()
        if symbolic.op == "name":
            role = roles.get(symbolic.name)
            marked[id(symbolic)] = tagged(numeric, role) if role else numeric
        elif not symbolic.args:
            marked[id(symbolic)] = numeric
        elif symbolic.op == "index" and numeric.op != "index":  # an entry that was taken
            role = roles.get(symbolic.args[0].name)
            marked[id(symbolic)] = tagged(numeric, role) if role else numeric
        elif ready:
            marked[id(symbolic)] = Expression(numeric.op, tuple(marked[id(part)] for part in symbolic.args))
        else:
            stack.append((symbolic, numeric, True))
            stack += [(a, b, False) for a, b in zip(symbolic.args, numeric.args, strict=True)]
    return marked[id(formula)]


def _cancelled(side: Expression) -> Expression:
    """The side in which a factor such as 2/2 is gone, and 4/2 is 2: what 2/n comes to for a number n."""

    def put(node: Expression, args: tuple[Expression, ...]) -> Expression:
        times = _whole_quotient(args[0]) if node.op == "mul" else 0
        if not times:
            return rebuilt(node, args)
        return args[1] if times == 1 else rebuilt(node, (number(times), args[1]))

    return fold(side, put)


def _whole_quotient(factor: Expression) -> Fraction | int:
    """What a fraction of two numbers comes to, where that is whole; else 0."""
    if factor.op != "div" or any(part.op != "number" for part in factor.args) or not factor.args[1].value:
        return 0
    quotient = factor.args[0].value / factor.args[1].value
    return quotient if quotient.denominator == 1 else 0


def collapsed(
    sides: Sequence[Expression], joints: Sequence[Joint], names: Names, notes: Sequence[tuple[str, ...]] = ()
) -> Chain:
    """The chain without a side that says again what stands before it."""
    kept, signs, noted = [sides[0]], list[Joint](), list[tuple[str, ...]]()
    for joint, side, note in zip(joints, sides[1:], notes or [()] * len(joints), strict=True):
        if joint != "←" and _says_again(side, kept[-1]):
            continue
        signs.append(joint)
        kept.append(side)
        noted.append(note)
    return Chain(tuple(kept), tuple(signs), names, notes=tuple(noted) if any(noted) else ())


def _says_again(side: Expression, before: Expression) -> bool:
    """Whether two sides are written the same; with other names they are not, and none has to be written to tell."""
    return side is before or (side.names == before.names and write_text(side) == write_text(before))


def value_chain(word: str, value: Value, digits: int, role: str = "", names: Names | None = None) -> Chain | None:
    """`w1 = 0.5`, or ≈ where the print is rounded."""
    shown = show(value, digits)
    if shown is None:
        return None
    tree = tagged(shown.tree, role) if role else shown.tree
    return Chain((name(word), tree), (shown.sign,), names or slope_names((word,)))


def in_rows(chains: Iterable[Chain], width: int = 4) -> list[Chain]:
    """Short chains side by side, a few to a line, split by commas."""
    every = list(chains)
    return [_joined(every[place : place + width]) for place in range(0, len(every), width)]


_BETWEEN: tuple[Joint, ...] = (",",)


def _joined(chains: list[Chain]) -> Chain:
    sides = tuple(side for chain in chains for side in chain.sides)
    joints: tuple[Joint, ...] = ()
    for place, chain in enumerate(chains):
        joints += (*_BETWEEN[:place], *chain.joints)
    return Chain(sides, joints, functools.reduce(operator.or_, (chain.names for chain in chains)))
