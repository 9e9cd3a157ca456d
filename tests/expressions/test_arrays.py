"""Vectors, matrices and sums over rows: what is read, and that what is written reads back to the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgd.errors import InputError
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.rowwise import by_rows
from symgd.expressions.shapes import Shape, shaped, typed
from symgd.expressions.tree import Expression, fold, name, number, operation


def shown(tree: Expression) -> str:
    """A tree as nested calls, which hide nothing."""
    if tree.op in ("number", "name"):
        return tree.name or str(tree.value)
    return f"{tree.op}({', '.join(map(shown, tree.args))})"


READ = {
    "[0.5, -0.25]": "vector(1/2, neg(1/4))",
    "[[1,2],[3,4]]": "vector(vector(1, 2), vector(3, 4))",
    r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}": "vector(vector(1, 2), vector(3, 4))",
    r"\begin{pmatrix}1 \\ 2 \\ \end{pmatrix}": "vector(1, 2)",
    r"\begin{bmatrix}1 & 2\end{bmatrix}": "vector(vector(1, 2))",
    "X*w - y": "sub(mul(X, w), y)",
    "X @ w": "matmul(X, w)",
    "x.^2 ./ y": "div(pow(x, 2), y)",
    "Y .* P": "hadamard(Y, P)",
    "Y ⊙ P ∘ Q": "hadamard(hadamard(Y, P), Q)",
    "w'*A*w": "mul(mul(transpose(w), A), w)",
    "w^T": "pow(w, T)",
    "w^⊤": "transpose(w)",
    "wᵀw": "mul(transpose(w), w)",
    r"w^{\top} A w": "mul(mul(transpose(w), A), w)",
    r"\sum_i \sum_j A_{ij} x_j": "series(series(mul(index(A, i, j), index(x, j)), j, 1, n), i, 1, n)",
    "sum²(x_i, i, 1, n)": "pow(series(index(x, i), i, 1, n), 2)",
    r"\sum_i x_{i+1}": "series(index(x, add(i, 1)), i, 1, n)",
    r"\begin{bmatrix}1\end{bmatrix}": "vector(1)",
    "[[sum([1, 2]), 3]]": "vector(vector(sum(vector(1, 2)), 3))",
    "(X*w - y)'(X*w - y)": "mul(transpose(sub(mul(X, w), y)), sub(mul(X, w), y))",
    "w'^2": "pow(transpose(w), 2)",
    "‖w‖^2 + ‖w‖₁": "add(pow(norm2(w), 2), norm1(w))",
    r"\lVert w \rVert_1 + \|w\|_{2} + \lVert w\rVert^2": "add(add(norm1(w), norm2(w)), pow(norm2(w), 2))",
    "x[3] + A[1, 2] + x[i + 1]": "add(add(index(x, 3), index(A, 1, 2)), index(x, add(i, 1)))",
    "sum(x[i]*y_i, i, 1, n)": "series(mul(index(x, i), index(y, i)), i, 1, n)",
    "sum(w)": "sum(w)",
    r"\sum_{i=1}^{n} (w x_i - y_{i})^2": "series(pow(sub(mul(w, index(x, i)), index(y, i)), 2), i, 1, n)",
    r"\sum_i x_i + b": "add(series(index(x, i), i, 1, n), b)",
    r"\sum_{i=1}^{n-1} x_i y_i / 2": "series(div(mul(index(x, i), index(y, i)), 2), i, 1, sub(n, 1))",
    "sum(sum(A_i_j, j, 1, 2), i, 1, 3)": "series(series(index(A, i, j), j, 1, 2), i, 1, 3)",
    "［０．５，１］": "vector(1/2, 1)",
    "tr(A) + norm(w)": "add(trace(A), norm2(w))",
}


@pytest.mark.parametrize("text", READ)
def test_what_is_read(text: str) -> None:
    assert shown(read(text)) == READ[text]


def test_a_declared_name_wins_over_a_word_and_over_an_index() -> None:
    assert shown(read("tr*w", names=["tr"])) == "mul(tr, w)"
    assert typed(read("w^T"), {"w": (2,), "T": ()}).tree.op == "pow"
    assert shown(read("sum(x_i, i, 1, 2)", names=["x_i"])) == "series(x_i, i, 1, 2)"
    assert shown(read(r"\sum_i x_{1,i}", names=["x1"])) == "series(index(x1, i), i, 1, n)"


def test_the_index_of_a_sum_is_no_free_name() -> None:
    assert read("sum(w*x[i], i, 1, n) + b").names == ("w", "x", "n", "b")
    assert read("sum(w*x[i], i, 1, n) + i").names == ("w", "x", "n", "i")


scalars = st.sampled_from(["w", "b", "x1", "eta"]).map(name) | st.integers(1, 9).map(number)
arrays = st.sampled_from(["X", "y", "W", "u"]).map(name)


def _grown(children: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    infix = st.builds(operation, st.sampled_from(["add", "sub", "mul", "hadamard", "div"]), children, children)
    whole = st.sampled_from(["sum", "mean", "norm1", "norm2", "trace", "softmax", "ones", "transpose", "neg"])
    entries = st.lists(scalars, min_size=1, max_size=3).map(lambda parts: operation("vector", *parts))
    series = children.map(lambda body: operation("series", body, name("i"), number(1), name("n")))
    entry = arrays.map(lambda base: operation("index", base, name("i")))
    square = children.map(lambda base: operation("pow", base, number(2)))
    return st.one_of(infix, st.builds(operation, whole, children), entries, series, entry, square)


trees = st.recursive(scalars | arrays, _grown, max_leaves=8)


def _series_inside(tree: Expression) -> bool:
    return fold(tree, lambda node, below: node.op == "series" or any(below))


def _needs_a_sum(node: Expression) -> bool:
    """Whether LaTeX means something else by it outside of a sum: x_{i} is a name there."""
    return node.op == "index" or (node.op == "vector" and len(node.args) == 1)


@given(trees)
@settings(max_examples=400, deadline=None)
def test_what_is_written_reads_back_to_the_same_tree(tree: Expression) -> None:
    nested = fold(tree, lambda n, below: (n.op == "series" and _series_inside(n.args[0])) or any(below))
    loose = fold(tree, lambda n, below: (n.op == "transpose" and n.args[0].op == "number") or any(below))
    if nested or loose:  # an index may stand for one sum only; a number has no transpose
        return
    alone = fold(tree, lambda node, below: node.op != "series" and (_needs_a_sum(node) or any(below)))
    for written in (tree.text(), *([] if alone else [tree.latex()])):
        assert read(written, names=["x1", "w", "b", "eta", "X", "y", "W", "u"]) == tree, written


# shapes --------------------------------------------------------------------------------------------------------

KNOWN: dict[str, Shape] = {"X": (3, 2), "w": (2,), "y": (3,), "A": (2, 2), "W": (2, 4), "r": (1, 2)}
SHAPES = {
    "X*w": (3,),
    "X*w - y": (3,),
    "w'": (1, 2),
    "w'*w": (),
    "w*w'": (2, 2),
    "w*w": (2,),
    "w'*A*w": (),
    "X*A": (3, 2),
    "X*W": (3, 4),
    "2*X": (3, 2),
    "softmax(X*W)": (3, 4),
    "logsumexp(X*W)": (3,),
    "logsumexp(y)": (),
    "sum(X)": (),
    "trace(A*A)": (),
    "X[1]": (2,),
    "X[1, 2]": (),
    "[1, w[1]]": (2,),
    "exp(y) + 1": (3,),
    "r'": (2, 1),
    "w^T": (1, 2),
    "w^T*A^T*w": (),
    "||w||": (),
    "dot(w, A*w)": (),
}


@pytest.mark.parametrize("text", SHAPES)
def test_shapes(text: str) -> None:
    assert typed(read(text, names=KNOWN), KNOWN).shape == SHAPES[text]


MISFITS = {
    "w*X": "shapes",
    "X*y": "shapes",
    "y + w": "shapes",
    "X + A": "shapes",
    "dot(w, y)": "shapes",
    "A*A'*y": "shapes",
    "trace(X)": "not-square",
    "A^2": "matrix-power",
    "X[4, 1]": "index-range",
    "w[1, 1]": "index-depth",
    "b[1]": "index-depth",
    "softmax(b)": "needs-vector",
    "norm2(b)": "needs-vector",
    "dot(b, b)": "needs-vector",
    "b'*b": "needs-vector",
    "max(w)": "one-vector",
    "sum(w, i, 1, 2)": "sum-of-vectors",
}


@pytest.mark.parametrize("text", MISFITS)
def test_shapes_that_do_not_fit(text: str) -> None:
    with pytest.raises(InputError) as caught:
        typed(read(text, names=KNOWN), KNOWN)
    assert caught.value.code == MISFITS[text]
    for language in ("en", "zh-TW"):
        assert caught.value.explain(language)


def test_a_misfit_names_both_shapes_and_the_part() -> None:
    with pytest.raises(InputError) as caught:
        shaped(read_definitions("mean((X*y - y)^2)"), KNOWN)
    assert "X·y: X is 3 × 2, y is 3" in str(caught.value)


def test_a_loss_is_one_number() -> None:
    with pytest.raises(InputError, match="shape is 3"):
        shaped(read_definitions("X*w - y"), KNOWN)


BY_ROWS = [
    "mean((w*x + b - y)^2)",
    "sum((w*x[i] + b - y[i])^2, i, 1, n)*1/n",
    r"\frac{1}{n}\sum_{i=1}^{n}(w x_i + b - y_i)^2",
    r"\frac{1}{n}\sum_i\left(w x_i + b - y_i\right)^2",
]


def test_all_ways_to_write_a_sum_over_rows_are_one_tree() -> None:
    shapes: dict[str, Shape] = {"x": (4,), "y": (4,)}
    found = set()
    for text in BY_ROWS:
        definitions = by_rows(shaped(read_definitions(text, names=["x", "y"]), shapes), {"x", "y"}, "n")
        assert definitions is not None
        found.add(definitions.loss.text().replace("·1/n", "").replace("1/n·", ""))
    assert found == {"sum((w·x[i] + b − y[i])², i, 1, n)"}
