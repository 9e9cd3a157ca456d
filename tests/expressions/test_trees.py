"""Small laws of trees: sameness, names, sums that bind, and shapes of what is written."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from symgd.errors import InputError
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.shapes import Shape, typed
from symgd.expressions.tree import (
    Expression,
    bounds_of,
    index_names,
    name,
    number,
    operation,
    substitute,
    without_series,
)

INNER = "sum(x[i]*k, i, a, b)"


def test_a_tree_is_the_same_as_its_like_and_as_nothing_else() -> None:
    tree = read("2*(w - 3)")
    assert tree == read("2(w - 3)")
    assert (tree == 3) is False
    assert (tree != "2·(w − 3)") is True
    assert hash(tree) == hash(read("2(w - 3)"))
    for other in ("2*(w + 3)", "2*(v - 3)", "2*(w - 4)", "2*w - 3", "w - 3", "max(2, w)", "max(2, w, 3)"):
        assert tree != read(other)
    assert read("max(a, b)") != read("max(a, b, c)")


def test_a_tree_never_changes() -> None:
    with pytest.raises(AttributeError):
        read("w").name = "v"


def test_a_tree_goes_to_other_processes_with_what_it_shares() -> None:
    shared = read("w - 3")
    tree = operation("mul", shared, shared)
    found: Expression = pickle.loads(pickle.dumps(tree))
    assert found == tree
    assert found.args[0] is found.args[1]
    assert found.args[0].span == shared.span


@pytest.mark.parametrize(
    ("text", "free", "bound", "bounds"),
    [
        ("a + b*a", ("a", "b"), (), set()),
        (INNER, ("x", "k", "a", "b"), ("i",), {"a", "b"}),
        (f"i + {INNER}", ("i", "x", "k", "a", "b"), ("i",), {"a", "b"}),
        ("sum(sum(x[i]*y[j], j, 1, m), i, 1, n)", ("x", "y", "m", "n"), ("j", "i"), {"m", "n"}),
    ],
)
def test_which_names_are_free(text: str, free: tuple[str, ...], bound: tuple[str, ...], bounds: set[str]) -> None:
    tree = read(text)
    assert tree.names == free
    assert index_names([tree]) == bound
    assert bounds_of(tree) == bounds


def test_sums_over_an_index_are_taken_out_whole() -> None:
    tree = read(f"w + {INNER} + 2*{INNER} + sum(y[j], j, 1, 2)")
    rest, sums = without_series(tree)
    assert "series" not in rest.operations
    assert [found.text() for found in sums.values()] == [read(INNER).text(), read("sum(y[j], j, 1, 2)").text()]
    assert substitute(rest, sums) == tree


# writing


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("3*2^x", "3·2^x"),
        ("3*x^2", "3·x²"),
        ("x*2", "x·2"),
        ("3*4", "3 × 4"),
        ("-3*4", "−3 × 4"),
        ("(-3)*x", "(−3)·x"),
        ("3*(-4)", "3 × (−4)"),
        ("3*(4*x)", "3(4·x)"),
        ("2*(x + 1)*4", "2(x + 1)·4"),
        ("2/3*4", "2/3 × 4"),
        ("x/3*4", "x/3·4"),
    ],
)
def test_the_sign_of_a_product(text: str, written: str) -> None:
    found = read(text).text()
    assert read(found) == read(text)
    assert found == written


# shapes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a @ A", (2, 3)),
        ("A @ a", (2, 3)),
        ("A + C", (2, 3)),
        ("C + A", (2, 3)),
        ("A*B", (2, 4)),
        ("A*z", (2,)),
        ("x*R", (2, 5)),
        ("x'", (1, 2)),
        ("A'", (3, 2)),
        ("[x, x, x]", (3, 2)),
        ("[a, b]", (2,)),
        ("rowsum(A)", (2, 1)),
        ("column(x)", (2, 1)),
        ("column(A)", (2, 3)),
        ("softmax(A)", (2, 3)),
        ("ones(x)", (2,)),
        ("A[2]", (3,)),
        ("A[2, 1]", ()),
        ("z[1]", ()),
        ("x + 1", (2,)),
        ("a*A/2", (2, 3)),
        ("||x||", ()),
        ("x @ x", ()),
        ("exp(A)", (2, 3)),
        ("max(A, C)", (2, 3)),
    ],
)
def test_the_shape_of_what_is_written(text: str, expected: Shape) -> None:
    shapes: dict[str, Shape] = {"A": (2, 3), "B": (3, 4), "C": (2, 1), "R": (1, 5), "x": (2,), "z": (3,)}
    tree = read_definitions(text, names=(*shapes, "a", "b")).expressions[-1]
    assert tuple(typed(tree, shapes).shape) == expected


@pytest.mark.parametrize("text", ["A*x", "A + B", "x + z", "dot(x, z)", "[x, z]", "B*A", "x @ z", "z @ B'"])
def test_shapes_that_do_not_fit_are_refused(text: str) -> None:
    shapes: dict[str, Shape] = {"A": (2, 3), "B": (3, 4), "x": (2,), "z": (3,)}
    tree = read_definitions(text, names=shapes).expressions[-1]
    with pytest.raises(InputError) as caught:
        typed(tree, shapes)
    assert caught.value.code == "shapes"


@pytest.mark.parametrize("word", ["lnn", "sigmod", "sqtr"])
def test_a_slip_in_the_name_of_a_function_is_seen(word: str) -> None:
    with pytest.raises(InputError) as caught:
        read(f"{word}(x + 1)")
    assert caught.value.code == "unknown-function-close"


def test_numbers_are_read_exactly() -> None:
    assert number("0.1").value == Fraction(1, 10)
    assert number("2/3").value == Fraction(2, 3)
    assert name("w").names == ("w",)
