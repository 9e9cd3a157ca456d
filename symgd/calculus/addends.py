"""Long sums, part by part: addends that share what stands inside their functions, and come to a number together.

A proof with all of a long sum at once has more kernels than its polynomials bear: thirty terms sin²(k) + cos²(k) have
sixty. Each pair for itself has two.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symgd.expressions.tree import Expression, nodes, number, operation

#: What the addends of a group come to, None where that is no number; for a group by itself.
Constant = Callable[[Expression], Fraction | None]
#: Shorter sums are proved as a whole.
_LEAST = 4
_ARITHMETIC = frozenset({"number", "name", "add", "sub", "mul", "div", "neg", "pow"})


def with_numbers(tree: Expression, constant: Constant) -> Expression:
    """The sum in which groups of addends that come to a number are that number; other trees as they are.

    >>> import symgd
    >>> with_numbers(symgd.parse("sin(1)^2 + exp(2) + cos(1)^2 + w + 3"), lambda group: Fraction(1))
    Expression('w + 3 + 1 + 1')
    """
    parts = _addends(tree)
    if len(parts) < _LEAST:
        return tree
    left, found = list[Expression](), list[Expression]()
    for inside, group in _groups(parts):
        whole = _sum(group)
        value = constant(whole) if inside else None
        if value is None:
            left += group
        else:
            found.append(number(value))
    return _sum([*left, *found]) if found else tree


def _addends(tree: Expression) -> list[Expression]:
    """What is added up; what is taken away is its negative."""
    found, waiting = list[Expression](), [(tree, False)]
    while waiting:
        node, taken = waiting.pop()
        if node.op == "add":
            waiting += [(part, taken) for part in reversed(node.args)]
        elif node.op == "sub":
            waiting += [(node.args[1], not taken), (node.args[0], taken)]
        elif node.op == "neg":
            waiting.append((node.args[0], not taken))
        else:
            found.append(operation("neg", node) if taken else node)
    return found


def _groups(parts: list[Expression]) -> list[tuple[frozenset[Expression], list[Expression]]]:
    """Addends by what stands inside their functions; groups that share some of it are one."""
    groups: list[tuple[frozenset[Expression], list[Expression]]] = []
    at: dict[Expression, int] = {}
    for part in parts:
        inside = _inside(part)
        places = sorted({at[each] for each in inside if each in at})
        joined = [groups[place] for place in places]
        whole = frozenset().union(inside, *(words for words, _ in joined))
        for place in places:
            groups[place] = (frozenset(), [])
        groups.append((whole, [*(each for _, members in joined for each in members), part]))
        at |= dict.fromkeys(whole, len(groups) - 1)
    return [group for group in groups if group[1]]


def _inside(part: Expression) -> frozenset[Expression]:
    """What stands inside the outermost functions."""
    return frozenset(arg for node in nodes(part, _above) if node.op not in _ARITHMETIC for arg in node.args)


def _above(node: Expression) -> tuple[Expression, ...]:
    return node.args if node.op in _ARITHMETIC else ()


def _sum(parts: list[Expression]) -> Expression:
    whole = parts[0]
    for part in parts[1:]:
        whole = operation("add", whole, part)
    return whole
