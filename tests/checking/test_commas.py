"""Entries of vectors as they are typed, parted as the reader parts them: by what a line is about."""

from __future__ import annotations

from typing import Any

import pytest

import symgd
from symgd.checking.commas import with_entries_apart
from symgd.checking.facts import facts_of

PROBLEMS: dict[str, dict[str, Any]] = {
    "one": {"loss": "(w-3)^2", "start": {"w": 0}},
    "two": {"loss": "(a-1)^2 + (b-2)^2", "start": {"a": 1, "b": 2}},
    "three": {"loss": "(a-1)^2 + b^2 + k*c^2", "start": {"a": 1, "b": 2, "c": 3}, "let": {"k": 2}},
    "indexed": {"loss": "(w1-1)^2 + (w2-2)^2", "start": {"w1": 1, "w2": 2}},
    "vector": {"loss": "w'*w", "start": {"w": [0, 1]}},
    "mixed": {"loss": "w'*w + b^2", "start": {"w": [0, 1], "b": 1}},
    "data": {"loss": "mean((w*x - y)^2)", "start": {"w": 1}, "data": {"x": [1, 2], "y": [1, 2]}},
}
FACTS = {name: facts_of(symgd.Problem(**form)) for name, form in PROBLEMS.items()}

#: A problem, a text, and the text as the reader takes it.
CASES: tuple[tuple[str, str, str], ...] = (
    ("two", "grad = (2,4) = [2,4]", "grad = (2, 4) = [2, 4]"),
    ("two", "= [2,4]", "= [2,4]"),
    ("two", "1 = [2,4]", "1 = [2,4]"),
    ("two", "[2 4] = 1", "[2 4] = 1"),
    ("two", "grad = [1,2] 3,4 [5,6]", "grad = [1, 2] 3,4 [5, 6]"),
    ("two", "grad = [[1,2],3,4] 5,6 [7,8]", "grad = [[1, 2],3, 4] 5,6 [7, 8]"),
    ("three", "a, b = [1,2]", "a, b = [1,2]"),
    ("vector", "w = [1; 2 3]", "w = [[1], [2, 3]]"),
    (
        "indexed",
        (
            "\\mathbf{w} + \\mathbf w + \\vec{w} + \\vec w + \\mathbf{v} + \\bm{w}x = \\begin"
            "{pmatrix} 1, 2 \\end{pmatrix}"
        ),
        " w +  w +  w +  w + \\mathbf{v} +  wx = \\begin{pmatrix} 1 &  2 \\end{pmatrix}",
    ),
    ("two", "da = (2,4)", "da = (2,4)"),
    ("two", "(a,b) = (2,4)", "(a,b) = (2, 4)"),
    ("two", "(a,b) = (2,4,5)", "(a,b) = (2,4,5)"),
    ("two", "(a,b) = (2, 4)", "(a,b) = (2, 4)"),
    ("two", "grad = f(2,4)", "grad = f(2,4)"),
    ("two", "grad = (05,4)", "grad = (05, 4)"),
    ("two", "grad = (2,05)", "grad = (2,05)"),
    ("two", "grad = [1,000]", "grad = [1,000]"),
    ("two", "grad ≈ (-2,+4)", "grad ≈ (-2,+4)"),
    ("two", "grad ← (2,4)", "grad ← (2, 4)"),
    ("two", "grad <- (2,4)", "grad <- (2, 4)"),
    ("two", "grad ≒ (2,4)", "grad ≒ (2, 4)"),
    ("two", "grad ＝ (2,4)", "grad ＝ (2, 4)"),
    ("two", "grad (2,4)", "grad (2,4)"),
    ("two", "= (2,4)", "= (2,4)"),
    ("two", "1 = (2,4)", "1 = (2,4)"),
    ("two", "∇ = (2,4)", "∇ = (2, 4)"),
    ("two", "Δ = (2,4)", "Δ = (2, 4)"),
    ("two", "梯度 = (2,4)", "梯度 = (2, 4)"),
    ("two", "L = (2,4)", "L = (2,4)"),
    ("two", " L = (2,4)", " L = (2,4)"),
    ("two", "eta = (2,4)", "eta = (2,4)"),
    ("two", "lr = 0,1 (2,4)", "lr = 0,1 (2,4)"),
    ("two", "η = (2,4)", "η = (2,4)"),
    ("two", "x = (2,4)", "x = (2, 4)"),
    ("two", "a, b = [2 4]", "a, b = [2, 4]"),
    ("two", "grad = [2 4]", "grad = [2, 4]"),
    ("two", "grad = [2; 4]", "grad = [2, 4]"),
    ("two", "da = [2 4]", "da = [2 4]"),
    ("two", "grad = [1 2; 3 4]", "grad = [[1, 2], [3, 4]]"),
    ("two", "grad = [ 1/2  3 ]", "grad = [1/2, 3]"),
    ("two", "w1[1 2]", "w1[1 2]"),
    ("two", "grad = [2 4]^T", "grad = [2, 4]"),
    ("two", "grad = [2, 4]'", "grad = [2, 4]"),
    ("two", "grad = (2, 4)ᵀ = 1", "grad = (2, 4) = 1"),
    ("two", "grad = (2, 4)^{\\top}, b", "grad = (2, 4), b"),
    ("two", "x\ngrad = [2 4]\nL = [2 4]", "x\ngrad = [2, 4]\nL = [2 4]"),
    ("two", "grad = [2 4] \\cdot", "grad = [2 4] \\cdot"),
    ("two", "grad = [0,5] and [1,5", "grad = [0, 5] and [1,5"),
    ("two", "grad = [0,5]] 1,5", "grad = [0, 5]] 1,5"),
    ("two", "grad = 1,5 [2,5] 3,5", "grad = 1,5 [2, 5] 3,5"),
    ("two", "grad = [[1,2],3,4],5,6", "grad = [[1, 2],3, 4],5,6"),
    ("two", "a 1,2 = 3\ngrad = [1,2]\nb", "a 1,2 = 3\ngrad = [1, 2]\nb"),
    ("two", "grad = ]1,2[ 1,2 ]", "grad = ]1,2[ 1, 2 ]"),
    ("two", "grad = [1,2[3,4]", "grad = [1, 2[3, 4]"),
    ("one", "w = [0,5]", "w = [0,5]"),
    ("one", "w = (0,5)", "w = (0,5)"),
    ("one", "grad = [2 4]", "grad = [2 4]"),
    ("one", "grad = [2, 4]'", "grad = [2, 4]'"),
    ("one", "dw = [1,2]", "dw = [1,2]"),
    ("three", "grad = (2,4)", "grad = (2,4)"),
    ("three", "grad = (2,4,6)", "grad = (2, 4, 6)"),
    ("three", "k = (1,2,3)", "k = (1,2,3)"),
    ("three", "da, db, dc = (1,2,3)", "da, db, dc = (1, 2, 3)"),
    ("three", "a, b = (1,2,3)", "a, b = (1,2,3)"),
    ("three", "a, b = (1,2)", "a, b = (1,2)"),
    ("three", "ka, kb = (1,2,3)", "ka, kb = (1, 2, 3)"),
    ("three", "Δa = (1,2,3)", "Δa = (1,2,3)"),
    ("three", "delta a = (1,2,3)", "delta a = (1,2,3)"),
    ("indexed", "w_1, w_2 = (1,2)", "w_1, w_2 = (1, 2)"),
    ("indexed", "w₁, w₂ = (1,2)", "w₁, w₂ = (1, 2)"),
    ("indexed", "dL = (1,2)", "dL = (1, 2)"),
    ("indexed", "w = [1 2]", "w = [1, 2]"),
    ("vector", "w = (1,2)", "w = (1, 2)"),
    ("vector", "w = [1,2]", "w = [1, 2]"),
    ("vector", "w = (1,2,3)", "w = (1,2,3)"),
    ("vector", "L = [1,2]", "L = [1, 2]"),
    ("vector", "L = (1,2)", "L = (1,2)"),
    ("vector", "w = [1 2]'", "w = [1, 2]"),
    ("vector", "A = [1 2; 3 4]", "A = [[1, 2], [3, 4]]"),
    ("vector", "w = [1; 2] + [3 4]", "w = [1, 2] + [3, 4]"),
    ("vector", "w = (1, 2)^T = (3, 4)′", "w = (1, 2) = (3, 4)"),
    ("vector", "grad = (1,2)", "grad = (1, 2)"),
    ("vector", "x = 1,5 + [0,5]", "x = 1,5 + [0, 5]"),
    ("vector", "wx = (1,2)", "wx = (1, 2)"),
    ("vector", "dL/dw = (1,2)", "dL/dw = (1, 2)"),
    ("vector", "[1 2]", "[1, 2]"),
    ("vector", "w = [1 -2]\nw = [1  2 3]", "w = [1, -2]\nw = [1, 2, 3]"),
    ("vector", "w = [1]", "w = [1]"),
    ("vector", "w = [1;2;3]", "w = [1, 2, 3]"),
    ("mixed", "w = (1,2)", "w = (1, 2)"),
    ("mixed", "b = (1,2)", "b = (1,2)"),
    ("mixed", "grad = (1,2)", "grad = (1,2)"),
    ("mixed", "b = [1,2]", "b = [1, 2]"),
    ("mixed", "w, b = (1,2)", "w, b = (1,2)"),
    ("data", "w = [1,2]", "w = [1, 2]"),
    ("data", "x = [1,2]", "x = [1, 2]"),
    ("data", "w = (1,2)", "w = (1,2)"),
    (
        "vector",
        "\\mathbf{w} = \\mathbf w + \\vec{w} + \\mathbf{v} \\begin{pmatrix} 1, 2 \\end{pmatrix}",
        "\\mathbf{w} = \\mathbf w + \\vec{w} + \\mathbf{v} \\begin{pmatrix} 1 &  2 \\end{pmatrix}",
    ),
    ("vector", "w = \\begin{pmatrix} 1 & 2 \\end{pmatrix}^T", "w = \\begin{pmatrix} 1 & 2 \\end{pmatrix}"),
    (
        "vector",
        "w = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}^T",
        "w = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}^T",
    ),
    (
        "vector",
        "w = \\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}^\\top = 1",
        "w = \\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix} = 1",
    ),
    (
        "vector",
        "w = \\left[\\begin{array}{cc} 1 & 2 \\end{array}\\right]",
        "w = \\begin{pmatrix} 1 & 2 \\end{pmatrix}",
    ),
    (
        "vector",
        "w = \\left(\\begin{array}{c|c} 1 & 2 \\end{array}\\right)",
        "w = \\begin{pmatrix} 1 & 2 \\end{pmatrix}",
    ),
    ("vector", "w = \\begin{bmatrix}1,2\\end{bmatrix}", "w = \\begin{bmatrix}1 & 2\\end{bmatrix}"),
    (
        "vector",
        "\\begin{aligned} \\boldsymbol{w} &= 1 \\bm{w}\\end{aligned}",
        "\\begin{aligned} \\boldsymbol{w} &= 1 \\bm{w}\\end{aligned}",
    ),
    ("indexed", "\\mathbf{w} = \\begin{pmatrix} 1, 2 \\end{pmatrix}", " w = \\begin{pmatrix} 1 &  2 \\end{pmatrix}"),
    (
        "two",
        "\\mathbf{w} = \\begin{pmatrix} 1, 2 \\end{pmatrix}",
        "\\mathbf{w} = \\begin{pmatrix} 1 &  2 \\end{pmatrix}",
    ),
    ("vector", "\\mathbf{w} = [1, 2]", "\\mathbf{w} = [1, 2]"),
    (
        "one",
        "\\mathbf{w} = \\begin{pmatrix} 1, 2 \\end{pmatrix}",
        "\\mathbf{w} = \\begin{pmatrix} 1 &  2 \\end{pmatrix}",
    ),
)


@pytest.mark.parametrize(("problem", "text", "read"), CASES)
def test_entries_of_vectors_are_parted(problem: str, text: str, read: str) -> None:
    assert with_entries_apart(text, FACTS[problem]) == read
