"""Random trees such as the reader makes, over every row of the table of operations."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from symgd.expressions.operations import CONDITIONS, OPERATIONS, STRUCTURAL
from symgd.expressions.tree import Expression, name, number, operation

NAMES = ("w", "x1", "eta", "theta_out", "rate", "w_1_2", "lambda")
FUNCTIONS = sorted(
    row.name
    for row in OPERATIONS.values()
    if row.words
    and row.arity[1] > 0
    and row.name not in CONDITIONS
    and row.name != "piecewise"
    and row.name not in STRUCTURAL
)
numbers = st.builds(
    lambda digits, places: number(Fraction(digits, 10**places)), st.integers(0, 9999), st.integers(0, 4)
)
leaves = st.one_of(numbers, st.sampled_from(NAMES).map(name), st.sampled_from(["e", "pi"]).map(operation))


def _function(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def call(op: str) -> st.SearchStrategy[Expression]:
        low, high = OPERATIONS[op].arity
        many = st.lists(children, min_size=low, max_size=min(high, 3))
        return many.map(lambda args: operation(op, *args))

    return st.sampled_from(FUNCTIONS).flatmap(call)


def _piecewise(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    condition = st.builds(operation, st.sampled_from(["lt", "le", "gt", "ge"]), children, children)
    return st.builds(
        lambda value, test, last: operation("piecewise", value, test, last, operation("true")),
        children,
        condition,
        children,
    )


def _extended(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    infix = st.builds(operation, st.sampled_from(["add", "sub", "mul", "div", "pow"]), children, children)
    return st.one_of(
        infix, infix, children.map(lambda tree: operation("neg", tree)), _function(children), _piecewise(children)
    )


trees = st.recursive(leaves, _extended, max_leaves=12)
