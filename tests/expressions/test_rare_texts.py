"""Texts that few people type: each has its tree or its code, place for place."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symgd.errors import InputError
from symgd.expressions.definitions import Definitions
from symgd.expressions.names import name_latex
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.rowwise import by_rows, count_name, rows_of
from symgd.expressions.shapes import Shape, shaped
from symgd.expressions.tree import nodes
from symgd.limits import author


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        (r"\begin{cases} a \end{cases}", "piecewise", 16),
        (r"\begin{cases} a & b > 0 \\ c \end{cases}", "piecewise", 29),
        ("piecewise((a), (b, true))", "piecewise", 12),
        ("piecewise(a, b)", "piecewise", 10),
        ("x¹²³⁴⁵⁶⁷", "exponent-too-large", 1),
        (r"\operatorname x", "latex-command", 0),
        (r"\begin{tabular}a\end{tabular}", "latex-command", 0),
        (r"\begin x", "latex-command", 0),
        (r"\frac)2", "missing-operand", 5),
        (r"\frac{1})", "missing-operand", 8),
        ("0^0", "zero-to-zero", 0),
        ("0^(-1)", "divided-by-zero", 0),
        ("(-2)^(1/2)", "root-of-negative", 1),
        ("(-1)^x", "negative-base", 1),
        ("0^x", "negative-base", 0),
        ("1/0", "divided-by-zero", 2),
        ("pi/0", "divided-by-zero", 3),
        ("x/(1 - 1)", "divided-by-zero", 3),
        ("log(0)", "constant-domain", 0),
        ("log(-1)", "constant-domain", 0),
        ("sqrt(-1)", "constant-domain", 0),
        ("asin(1.01)", "constant-domain", 0),
        ("atanh(1)", "constant-domain", 0),
        ("acosh(0.99)", "constant-domain", 0),
        ("cot(0)", "constant-domain", 0),
        ("logit(0)", "constant-domain", 0),
        ("logit(1)", "constant-domain", 0),
        ("log(max(0, -1))", "constant-domain", 0),
        ("log(|1 - 1|)", "constant-domain", 0),
        ("log(sin(0))", "constant-domain", 0),
    ],
)
def test_it_is_refused_at_its_place(text: str, code: str, position: int) -> None:
    with pytest.raises(InputError) as caught:
        read_definitions(text)
    assert (caught.value.code, caught.value.position) == (code, position)


@pytest.mark.parametrize(
    "text",
    [
        *("1^x", "2^x", "0^2", "x^0", "(-2)^2", "(-8)^3", "asin(1)", "asin(-1)", "atanh(0.99)", "acosh(1)", "sqrt(0)"),
        *("log(0.001)", "logit(0.5)", "log(cos(0))", "log(max(0, 1))", "1/(2 - 1)", "cot(1)", "cot(-1)"),
    ],
)
def test_it_is_inside(text: str) -> None:
    assert read_definitions(text).loss


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("0.0e99999999", "0"),
        ("1e-3", "0.001"),
        ("0012.50", "12.5"),
        (r"\begin{cases} a & b > 0 \\ c & \text{otherwise} \\ \end{cases}", "piecewise((a, b > 0), (c, true))"),
        (
            r"\begin{cases} a & \text{if } b > 0 \\ c & \text{otherwise} \end{cases}",
            "piecewise((a, b > 0), (c, true))",
        ),
        (r"\begin{bmatrix} a \\ b \end{bmatrix}", "[a, b]"),
        (r"\begin{bmatrix} a & b \\ c & d \\ \end{bmatrix}", "[[a, b], [c, d]]"),
        (r"\begin{bmatrix} a & b \end{bmatrix}", "[[a, b]]"),
        (r"\begin{bmatrix} a \end{bmatrix}", "[a]"),
        (r"\frac12", "1/2"),
        (r"\frac1{23}", "1/23"),
    ],
)
def test_it_means_the_same(text: str, same: str) -> None:
    assert read(text) == read(same)


def test_rows_that_are_not_alike_are_counted() -> None:
    with pytest.raises(InputError) as caught:
        read("[a, [b, c]]")
    assert (caught.value.facts["first"], caught.value.facts["other"]) == (1, 2)
    with pytest.raises(InputError) as caught:
        read("[[b, c], a]")
    assert (caught.value.facts["first"], caught.value.facts["other"]) == (2, 1)
    with pytest.raises(InputError) as caught:
        read(r"\begin{bmatrix} a & b \\ c \end{bmatrix}")
    assert (caught.value.facts["first"], caught.value.facts["other"]) == (2, 1)


def test_calls_side_by_side_are_not_calls_inside_one_another() -> None:
    limits = author()
    beside = " + ".join(["sin(x)"] * (limits.calls + 5))
    assert read(beside)
    deep = "sin(" * (limits.calls + 1) + "x" + ")" * (limits.calls + 1)
    with pytest.raises(InputError) as caught:
        read(deep)
    assert caught.value.code == "too-many-calls"
    assert read("sin(" * limits.calls + "x" + ")" * limits.calls)


def test_definitions_as_text_are_read_back() -> None:
    found = read_definitions("u = w*x; v = u^2; (v - 1)^2")
    assert found.text() == "u = w·x\nv = u²\nL = (v − 1)²"
    assert read_definitions(found.text()) == found
    assert read_definitions("(w - 1)^2").text() == "(w − 1)²"


def test_a_name_of_a_definition_is_a_name_in_later_ones() -> None:
    found = read_definitions("f = w^2; f(w - 1)")
    assert {node.op for node in nodes(found.loss)} >= {"mul"}


def test_names_that_fit_no_pattern_are_upright() -> None:
    assert name_latex("_") == r"\mathrm{\_}"


def test_very_small_and_large_numbers_keep_every_digit() -> None:
    for text in ("1.25e-50", "3e60", "7.5e45"):
        tree = read(text)
        assert tree.value == Fraction(text)
        assert read(tree.text()).value == Fraction(text)
        assert len(tree.text()) < 15
    long = "0." + "123456789" * 5
    assert read(read(long).text()).value == Fraction(long)


# shapes


def shape(text: str, **shapes: Shape) -> Shape:
    found = shaped(read_definitions(text, names=shapes), shapes)
    return found.shapes[found.definitions.names[-1]]


def refused(text: str, **shapes: Shape) -> str:
    with pytest.raises(InputError) as caught:
        shape(text, **shapes)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("z = column(x); sum(z)", {"x": (3,)}, ()),
        ("z = x*2 + y; sum(z)", {"x": (3,), "y": (3,)}, ()),
        ("z = A + b*A; sum(z)", {"A": (2, 3)}, ()),
        ("z = softmax(x); sum(z)", {"x": (3,)}, ()),
        ("z = [x, y]; sum(z)", {"x": (3,), "y": (3,)}, ()),
    ],
)
def test_the_loss_has_no_axes(text: str, shapes: dict[str, Shape], expected: Shape) -> None:
    assert shape(text, **shapes) == expected


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("sum([x, y])", {"x": (3,), "y": (2,)}),
        ("sum(x + y)", {"x": (3,), "y": (2,)}),
        ("sum(A*x)", {"A": (2, 3), "x": (2,)}),
        ("dot(x, y)", {"x": (3,), "y": (2,)}),
        ("sum(A + B)", {"A": (2, 3), "B": (3, 2)}),
    ],
)
def test_unlike_shapes_are_refused(text: str, shapes: dict[str, Shape]) -> None:
    assert refused(text, **shapes) == "shapes"


def test_products_of_what_has_no_axes_are_products_of_numbers() -> None:
    found = shaped(read_definitions("a @ b"), {})
    assert found.definitions.loss.op == "mul"
    dotted = shaped(read_definitions("x @ w", names=("x", "w")), {"x": (3,), "w": (3,)})
    assert dotted.definitions.loss.op == "dot"


# rows of data


def rows(text: str, **shapes: Shape) -> Definitions | None:
    return by_rows(shaped(read_definitions(text, names=shapes), shapes), set(shapes), "n")


def test_losses_over_columns_become_sums_over_an_index() -> None:
    found = rows("sum((w*x[i] + b - y[i])^2, i, 1, 3)/3 + mean(x)", x=(3,), y=(3,))
    assert found is not None
    assert found.loss.text().endswith("1/n·sum(x[j], j, 1, n)")
    mixed = rows("mean((x - x[1])^2)", x=(3,))
    assert mixed is not None
    assert mixed.loss.text() == "1/n·sum((x[i] − x[1])², i, 1, n)"
    assert rows("sum(x) + sum(y)", x=(3,), y=(4,)) is None
    assert rows("norm2(x)", x=(3,)) is None
    assert rows("sum(A)", A=(2, 3)) is None
    whole = rows("dot(x, y)", x=(3,), y=(3,))
    assert whole is not None
    assert whole.loss.text() == "sum(x[i]·y[i], i, 1, n)"


def test_how_rows_are_counted_and_called() -> None:
    assert (rows_of({"x": (7,), "w": ()}, ["w", "x"]), rows_of({"w": ()}, ["w"])) == (7, None)
    assert (count_name([]), count_name(["n"]), count_name(["n", "N", "rows"])) == ("n", "N", "row_count")


@pytest.mark.parametrize(
    ("text", "code", "position", "length"),
    [
        ("w_", "underscore", 1, 1),
        ("a.b", "attribute", 1, 2),
        (r"w_{+} + \alpha", "subscript", 1, 1),
        (r"w^{\top + 1}", "missing-operand", 3, 4),
        ("a := b", "python", 2, 1),
        ("‖w + 1", "unclosed", 0, 1),
        ("a & b", "character", 2, 1),
        ("a {b}", "brace", 2, 1),
    ],
)
def test_the_part_that_is_refused(text: str, code: str, position: int, length: int) -> None:
    with pytest.raises(InputError) as caught:
        read_definitions(text)
    error = caught.value
    assert (error.code, error.position, error.length) == (code, position, length)


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("‖w‖₁", "norm1"),
        ("‖w‖_1", "norm1"),
        ("‖w‖", "norm2"),
        ("‖w‖₂", "norm2"),
        (r"\lVert w \rVert_1", "norm1"),
        (r"\lVert w \rVert_2", "norm2"),
        (r"w^\top", "transpose"),
        (r"w^{\top}", "transpose"),
        ("w^T", "pow"),
    ],
)
def test_norms_and_transposes(text: str, op: str) -> None:
    tree = read(text)
    assert tree.op == op
    assert tree.args[0].op == "name"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("w*x", r"w\,x"),
        ("2*w", r"2\,w"),
        ("2*(w - 3)", "2(w - 3)"),
        ("2*3", r"2 \times 3"),
        ("(w/2)*x", r"\frac{w}{2} \cdot x"),
        ("w*sin(x)", r"w \cdot \sin(x)"),
        ("w*x*y", r"w\,x\,y"),
        ("(w + 1)*x", r"(w + 1) \cdot x"),
    ],
)
def test_signs_of_products_in_latex(text: str, latex: str) -> None:
    assert read(text).latex() == latex


@pytest.mark.parametrize("text", ["[sum([[a, b], [c, d]]), 5]", "[[a, b], [c, d]]", "[dot([a, b], [c, d]), 1]"])
def test_arrays_inside_arrays_in_latex(text: str) -> None:
    tree = read(text)
    assert read(tree.latex()) == tree
