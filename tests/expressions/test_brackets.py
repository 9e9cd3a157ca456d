"""Brackets stand where they are needed, in text and in LaTeX, and nowhere else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

import pytest

from symgd.errors import InputError
from symgd.expressions.operations import OPERATIONS
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, name, number, operation

A, B, C = name("a"), name("b"), name("c")
INFIX = ("add", "sub", "mul", "div", "pow")
INNER: dict[str, Expression] = {
    **{op: operation(op, B, C) for op in INFIX},
    "neg": operation("neg", B),
    "sin": operation("sin", B),
    "sqrt": operation("sqrt", B),
    "abs": operation("abs", B),
    "number": number(2),
}
OUTER: dict[str, Callable[[Expression], Expression]] = {
    **{f"{op} left": lambda inner, op=op: operation(op, inner, A) for op in INFIX},  # type: ignore[misc]
    **{f"{op} right": lambda inner, op=op: operation(op, A, inner) for op in INFIX},  # type: ignore[misc]
    "neg": lambda inner: operation("neg", inner),
    "sin": lambda inner: operation("sin", inner),
}
TREES = [
    pytest.param(f"{word} of {inside}", outer(inner), id=f"{word} of {inside}")
    for (word, outer), (inside, inner) in itertools.product(OUTER.items(), INNER.items())
]
#: Where custom has brackets that the meaning needs not: no two signs in a row, and what is no digit as an exponent.
CUSTOM = re.compile("(add|sub|mul|div) right of neg|neg of neg|pow right of .*")
LATEX_CUSTOM = re.compile("(add|sub|mul|div) right of neg|neg of neg|pow left of div")


def without_one_pair(text: str, opens: str, closes: str) -> Iterator[str]:
    """The text without one pair of brackets, for each pair."""
    stack: list[re.Match[str]] = []
    for found in re.finditer(f"{opens}|{closes}", text):
        if re.fullmatch(opens, found[0]):
            stack.append(found)
        elif stack:
            start = stack.pop()
            if not re.search(r"[A-Za-z√}]\s*$", text[: start.start()]):  # those of a function are its own
                yield text[: start.start()] + " " + text[start.end() : found.start()] + " " + text[found.end() :]


def means(text: str) -> Expression | None:
    try:
        return read(text)
    except InputError:
        return None


@pytest.mark.parametrize(("case", "tree"), TREES)
def test_text_is_read_back_and_no_bracket_is_too_many(case: str, tree: Expression) -> None:
    text = tree.text()
    assert read(text) == tree
    for less in () if CUSTOM.fullmatch(case) else without_one_pair(text, r"\(", r"\)"):
        found = means(less)
        assert found is None or found != tree, less


@pytest.mark.parametrize(("case", "tree"), TREES)
def test_latex_is_read_back_and_no_bracket_is_too_many(case: str, tree: Expression) -> None:
    latex = tree.latex()
    assert read(latex) == tree
    for less in () if LATEX_CUSTOM.fullmatch(case) else without_one_pair(latex, r"\\left\(", r"\\right\)"):
        found = means(less)
        assert found is None or found != tree, less


@pytest.mark.parametrize("op", ["lt", "le", "gt", "ge"])
def test_conditions_are_read_back(op: str) -> None:
    for side in INNER.values():
        condition = operation(op, side, operation("add", A, C))
        tree = operation("piecewise", A, condition, side, operation("true"))
        assert read(tree.text()) == tree
        assert read(tree.latex()) == tree


def test_every_word_means_its_row() -> None:
    for row in OPERATIONS.values():
        if row.words and row.arity == (1, 1) and row.name not in ("piecewise", "sum"):
            assert {read(f"{word}(a)").op for word in row.words} == {row.name}


@pytest.mark.parametrize(
    ("text", "counts"),
    [("clip", (3, 3)), ("leaky_relu", (1, 2)), ("elu", (1, 2)), ("huber", (1, 2)), ("sin", (1, 1)), ("dot", (2, 2))],
)
def test_how_many_operands_a_function_takes(text: str, counts: tuple[int, int]) -> None:
    low, high = counts
    for count in range(1, high + 2):
        call = f"{text}({', '.join('abcd'[:count])})"
        if low <= count <= high:
            assert len(read(call).args) == count
        else:
            with pytest.raises(InputError) as caught:
                read(call)
            assert caught.value.code == "arity"


@pytest.mark.parametrize("op", ["max", "min", "logsumexp"])
def test_functions_of_any_number(op: str) -> None:
    for count in (1, 2, 7):
        assert len(read(f"{op}({', '.join('abcdfgh'[:count])})").args) == count
