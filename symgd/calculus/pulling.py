"""How a slope goes back through an operation on vectors and matrices: one row an operation.

For u = f(v) and the slope g of the loss in u, the row gives the slope in v: the transposed Jacobian of f times g
(Baydin, Pearlmutter, Radul and Siskind 2018, section 3.2; the matrix products as in Giles 2008). What goes entry by
entry is differentiated by the rules for numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from symgd.calculus.algebra import negative, product
from symgd.calculus.ground import Ground
from symgd.calculus.rules import LEAVES
from symgd.calculus.steps import derive
from symgd.errors import InputError
from symgd.expressions.operations import STRUCTURAL
from symgd.expressions.shapes import Shape
from symgd.expressions.tree import (
    ONE,
    TWO,
    ZERO,
    Expression,
    name,
    nodes,
    number,
    operation,
    rebuilt,
    substitute,
)


class Pull(NamedTuple):
    """A slope that has come to a part: the part, its slope (a number stands for that number in every entry), why."""

    part: Expression
    slope: Expression
    rules: tuple[str, ...]


def pull(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    """Take a slope through one operation, to its parts; raises InputError for one that has no row."""
    if _is_log_softmax(node):
        return _log_softmax(node, slope, ground)
    if _is_square_of_norm(node):
        inside = node.args[0].args[0]
        return [Pull(inside, ground.times(TWO, slope, inside), ("squared-norm",))]
    if node.op in _ROWS:
        return _ROWS[node.op](node, slope, ground)
    if node.op == "logsumexp" and len(node.args) == 1 and ground.shape(node.args[0]):
        return _logsumexp(node, slope, ground)
    if node.op in STRUCTURAL:
        raise InputError("no-rule", part=node.text(), name=node.op)
    return _entry_by_entry(node, slope, ground)


Row = Callable[[Expression, Expression, Ground], list[Pull]]


def _is_log_softmax(node: Expression) -> bool:
    return node.op == "log" and node.args[0].op == "softmax"


def _is_square_of_norm(node: Expression) -> bool:
    return node.op == "pow" and node.args[0].op == "norm2" and node.args[1] == TWO


def is_leaf(node: Expression) -> bool:
    """Where what goes entry by entry ends: at names and at operations on arrays as a whole."""
    whole = node.op == "logsumexp" and len(node.args) == 1
    structural = node.op in STRUCTURAL and node.op != "hadamard"
    return not node.args or structural or whole or _is_log_softmax(node) or _is_square_of_norm(node)


def _inside(root: Expression) -> Callable[[Expression], tuple[Expression, ...]]:
    """The way down from a root through what goes entry by entry."""
    return lambda part: () if part is not root and is_leaf(part) else part.args


def _leaves(root: Expression) -> list[Expression]:
    """Where what goes entry by entry from a root on ends, each once."""
    found = (part for part in nodes(root, _inside(root)) if part is not root and is_leaf(part))
    return list(dict.fromkeys(part for part in found if part.names))


def _entry_by_entry(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    holes = {leaf: name(f"u_hole{place}") for place, leaf in enumerate(_leaves(node))}
    plain = _with_holes(node, holes)
    back = {hole.name: leaf for leaf, hole in holes.items()}
    found = []
    for leaf, hole in holes.items():
        step = derive(plain, hole.name)
        if step.result == ZERO:
            continue
        local = substitute(step.result, back)
        rules = [rule for part in step for rule in part.rules if part.rule not in LEAVES]
        found.append(Pull(leaf, _through(leaf, local, slope, node, ground), tuple(dict.fromkeys(rules))))
    return found


def _with_holes(node: Expression, holes: Mapping[Expression, Expression]) -> Expression:
    """What goes entry by entry as a formula of numbers: a name for every leaf."""
    done: dict[int, Expression] = {}
    for part in nodes(node, _inside(node)):
        if part is not node and part in holes:
            done[id(part)] = holes[part]
        elif part is not node and is_leaf(part):
            done[id(part)] = part
        else:
            args = tuple(done[id(arg)] for arg in part.args)
            done[id(part)] = operation("mul", *args) if part.op == "hadamard" else rebuilt(part, args)
    return done[id(node)]


def _through(leaf: Expression, local: Expression, slope: Expression, node: Expression, ground: Ground) -> Expression:
    """Slope times local slope; summed over all entries where a number went to all of them."""
    whole = ground.times(slope, local)
    if ground.shape(leaf) or not ground.shape(node):
        return whole
    return ground.summed(whole) if ground.shape(whole) else product(ground.count(node), whole)


# rows ----------------------------------------------------------------------------------------------------------


def _sum(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    return [Pull(node.args[0], slope, ("sum",))]


def _mean(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    (inside,) = node.args
    share = operation("div", ONE, ground.count(inside))
    return [Pull(inside, product(slope, share), ("mean",))]


def _dot(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    left, right = node.args
    return [
        Pull(left, ground.times(slope, right), ("dot",)),
        Pull(right, ground.times(slope, left), ("dot",)),
    ]


def _norm1(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    (inside,) = node.args
    return [Pull(inside, ground.times(slope, operation("sign", inside)), ("norm1",))]


def _norm2(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    (inside,) = node.args
    unit = operation("piecewise", operation("div", inside, node), operation("gt", node, ZERO), ZERO, operation("true"))
    return [Pull(inside, ground.times(slope, unit), ("norm2",))]


def _matmul(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    left, right = node.args
    if not ground.shape(left) or not ground.shape(right):
        return _entry_by_entry(operation("mul", left, right), slope, ground)
    rule = "quadratic-form" if _is_quadratic_form(node, ground) else "matrix-product"
    if not ground.shape(node):
        to_left, to_right = product(slope, ground.transposed(right)), product(slope, ground.column_of(left))
    else:
        whole = ground.spread(slope, node)
        to_left = ground.matmul(whole, ground.transposed(right))
        to_right = ground.matmul(ground.transposed(left), whole)
    return [Pull(left, to_left, (rule,)), Pull(right, to_right, (rule,))]


def _is_quadratic_form(node: Expression, ground: Ground) -> bool:
    """xᵀ·A·x."""
    left, right = node.args
    return left.op == "matmul" and left.args[0] == ground.transposed(right) and not ground.shape(node)


def _transpose(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    return [Pull(node.args[0], ground.turned(slope, node.args[0]), ("transpose",))]


def _trace(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    (inside,) = node.args
    if inside.op == "matmul" and len(ground.shape(inside)) == 2:
        left, right = inside.args
        to_left, to_right = ground.transposed(right), ground.transposed(left)
        return [Pull(left, product(slope, to_left), ("trace",)), Pull(right, product(slope, to_right), ("trace",))]
    return [Pull(inside, product(slope, operation("eye", inside)) if ground.shape(inside) else slope, ("trace",))]


def _softmax(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    """p ⊙ (g − Σ p ⊙ g), row by row."""
    (inside,) = node.args
    weighted = ground.times(node, slope)
    mean = ground.summed(weighted) if len(ground.shape(inside)) == 1 else operation("rowsum", weighted)
    return [Pull(inside, ground.times(node, operation("sub", slope, mean)), ("softmax",))]


def _log_softmax(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    """g − p Σ g, row by row; for targets y that sum to 1 that is p − y."""
    chances = node.args[0]
    (inside,) = chances.args
    whole = ground.spread(slope, inside)
    coefficient, rest = ground.split(whole)
    if rest.op == "name" and rest.name in ground.stochastic:
        miss = operation("sub", chances, rest)
        return [Pull(inside, ground.times(negative(coefficient), miss), ("softmax-cross-entropy",))]
    over = ground.summed(rest) if len(ground.shape(inside)) == 1 else operation("rowsum", rest)
    share = ground.times(chances, over)
    return [Pull(inside, ground.times(coefficient, operation("sub", rest, share)), ("log-softmax",))]


def _logsumexp(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    (inside,) = node.args
    chances = operation("softmax", inside)
    if len(ground.shape(inside)) == 2:
        coefficient, rest = ground.split(ground.spread(slope, node))
        along = chances if rest.op == "ones" else ground.times(operation("column", rest), chances)
        return [Pull(inside, product(coefficient, along), ("logsumexp",))]
    return [Pull(inside, ground.times(slope, chances), ("logsumexp",))]


def _index(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    """The Kronecker delta: the slope stands in the entry that was taken, 0 in all others."""
    base, *places = node.args
    if any(place.op != "number" for place in places):
        raise InputError("no-rule", part=node.text(), name="index")
    taken = [int(place.value) - 1 for place in places]
    return [Pull(base, _only(ground.shape(base), taken, slope, node, ground), ("index",))]


def _only(shape: Shape, taken: Sequence[int], slope: Expression, node: Expression, ground: Ground) -> Expression:
    def entry(here: int, rest: Shape, places: Sequence[int]) -> Expression:
        if places and here != places[0]:
            return _zeros(rest)
        return _only(rest, places[1:], slope, node, ground)

    if not shape:
        return slope
    if not taken:  # a whole row was taken
        return ground.spread(slope, node)
    return operation("vector", *[entry(here, shape[1:], taken) for here in range(shape[0])])


def _zeros(shape: Shape) -> Expression:
    """Of an entry, or of a row."""
    return operation("vector", *[ZERO for side in shape for _ in range(side)]) if shape else ZERO


def _vector(node: Expression, slope: Expression, ground: Ground) -> list[Pull]:
    def entry(place: int) -> Expression:
        if slope.op == "vector":
            return slope.args[place]
        return operation("index", slope, number(place + 1)) if ground.shape(slope) else slope

    return [Pull(part, entry(place), ("vector",)) for place, part in enumerate(node.args)]


_ROWS: Mapping[str, Row] = {
    "sum": _sum,
    "mean": _mean,
    "dot": _dot,
    "norm1": _norm1,
    "norm2": _norm2,
    "matmul": _matmul,
    "row_product": _matmul,
    "transpose": _transpose,
    "trace": _trace,
    "softmax": _softmax,
    "index": _index,
    "vector": _vector,
    "hadamard": _entry_by_entry,
    "ones": lambda node, slope, ground: [],
    "eye": lambda node, slope, ground: [],
}
