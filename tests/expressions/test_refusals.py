"""Every refusal has a row: the text, its code, its place; and words with a remedy in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symgd.errors import InputError
from symgd.expressions.limits import STRICT
from symgd.expressions.reader import read_definitions

ROWS = [
    ("", "empty", 0, 1),
    ("   ", "empty", 3, 1),
    ("z = w;; w; w", "unnamed-line", 11, 1),
    ("z = 1; z = 2", "defined-twice", 7, 1),
    ("sin = 2", "reserved-name", 0, 3),
    ("e = 2", "reserved-name", 0, 1),
    ("2 3", "two-numbers", 2, 1),
    ("2½", "two-numbers", 1, 1),
    ("x 2", "number-after", 2, 1),
    ("(a)2", "number-after", 3, 1),
    ("the loss", "two-words", 4, 4),
    ("ηx", "two-words", 1, 1),
    ("1/2x", "ambiguous-product", 3, 1),
    ("x^2y", "ambiguous-product", 3, 1),
    ("√2x", "ambiguous-product", 2, 1),
    ("a/(b)(c)", "ambiguous-product", 5, 1),
    ("f(x)", "function-letter", 0, 1),
    ("sigmod(x)", "unknown-function-close", 0, 6),
    ("qqqqq(x)", "unknown-function", 0, 5),
    ("rate(x+1)", "unknown-function", 0, 4),
    ("max(a, b) + max", "function-as-name", 0, 3),
    ("floor(x)", "step-function", 0, 5),
    ("[]", "empty-vector", 0, 1),
    ("[[1, 2], [3]]", "unlike-rows", 0, 1),
    ("[1, [2, 3]]", "unlike-rows", 0, 1),
    ("[[[1]]]", "too-many-brackets", 0, 1),
    ("[1,000]", "decimal-comma", 3, 3),
    ("f'(x)", "function-letter", 0, 1),
    ("x'abc", "two-words", 2, 3),
    (r"\begin{bmatrix}1\end{pmatrix}", "unclosed", 0, 15),
    ("x[" * 70 + "1" + "]" * 70, "too-deep", 121, 1),
    ("A[1, 2, 3]", "too-many-indices", 1, 1),
    ("x[0]", "index", 2, 1),
    ("x[-1]", "index", 2, 1),
    ("x[1.5]", "index", 2, 3),
    ("x[]", "index", 2, 1),
    ("sum(x[e], e, 1, 3)", "sum-index", 0, 3),
    ("sum(x, 2, 1, 3)", "sum-index", 0, 3),
    ("sum(sum(x[i], i, 1, 2), i, 1, 3)", "sum-index-twice", 0, 3),
    ("sum(x, i, 1)", "arity", 0, 3),
    (r"\sum x", "sum-limits", 0, 4),
    (r"\sum_{i=1}^{n*n} x_i", "sum-bound", 0, 16),
    ("‖w", "unclosed", 0, 1),
    ("w‖", "missing-operand", 1, 1),
    ("w]", "unopened", 1, 1),
    ("'abc'", "string", 0, 1),
    ("w '", "string", 2, 1),
    ("sin x", "function-brackets", 0, 3),
    ("sin^-1(x)", "function-power", 3, 1),
    ("sin(a, b)", "arity", 0, 3),
    ("max()", "arity", 0, 3),
    ("piecewise(x, y)", "piecewise", 10, 1),
    ("piecewise((x, x > 0))", "piecewise-otherwise", 9, 1),
    ("piecewise((x, x), (0, true))", "condition", 15, 1),
    ("x < 1", "comparison", 2, 1),
    ("a + b = 3", "equals", 6, 1),
    ("a, b", "comma", 1, 1),
    ("0,5", "decimal-comma", 1, 1),
    ("1,000", "decimal-comma", 1, 1),
    ("max(0,5)", "decimal-comma", 5, 1),
    ("(x", "unclosed", 0, 1),
    ("|x", "unclosed", 0, 1),
    ("x)", "unopened", 1, 1),
    ("x|", "missing-operand", 1, 1),
    ("()", "empty-brackets", 1, 1),
    ("x +", "missing-operand", 2, 1),
    ("*x", "missing-operand", 0, 1),
    ("x ? 2", "character", 2, 1),
    ("x\x00", "control-character", 1, 1),
    ("x\u200b", "control-character", 1, 1),
    ("а + 1", "look-alike", 0, 1),
    ("Α + 1", "look-alike", 0, 1),
    ("a – b", "look-alike", 2, 1),
    ("0.1.2", "number", 0, 5),
    ("0x10", "number", 0, 4),
    ("2e-3x", "number", 0, 5),
    ("nan", "not-a-number", 0, 3),
    ("oo", "not-a-number", 0, 2),
    ("∞", "not-a-number", 0, 1),
    ("x!", "factorial", 1, 1),
    ("5%", "percent", 1, 1),
    ("'a'", "string", 0, 1),
    ('"a"', "string", 0, 1),
    ("x # y", "comment", 2, 1),
    ("__import__('os')", "underscore", 0, 1),
    ("w_", "underscore", 1, 1),
    ("x.y", "attribute", 1, 2),
    ("(x).y", "attribute", 3, 1),
    ("{x}", "brace", 0, 1),
    ("import os", "python", 0, 6),
    ("x if y", "python", 2, 2),
    ("x // y", "python", 2, 2),
    ("x == y", "python", 2, 2),
    ("∂x", "derivative", 0, 1),
    (r"\foo{x}", "latex-command", 0, 4),
    (r"w_12 \cdot x", "subscript", 1, 1),
    ("w" * 33, "name-too-long", 0, 33),
    ("1 + " * 600 + "1", "too-long", 0, 1),
    ("(" * 61 + "x" + ")" * 61, "too-deep", 60, 1),
    ("sin(" * 17 + "x" + ")" * 17, "too-many-calls", 64, 3),
    ("x+" * 600 + "x", "too-many-parts", 1000, 1),
    ("1" * 51, "too-many-digits", 0, 51),
    ("1e400", "magnitude", 0, 5),
    ("max(" + ",".join("abcdefghijklmnopqrstuvwxyz"[:17]) + ")", "too-many-arguments", 3, 1),
    ("x^101", "exponent-too-large", 2, 3),
    ("9**9**9", "constant-too-large", 0, 7),
    ("((x^100)^11)", "degree", 2, 9),
    ("1/0", "divided-by-zero", 2, 1),
    ("x/(1 - 1)", "divided-by-zero", 3, 5),
    ("0^0", "zero-to-zero", 0, 3),
    ("(-8)^(1/3)", "root-of-negative", None, None),
    ("(-2)^x", "negative-base", None, None),
    ("log(0)", "constant-domain", 0, 6),
    ("sqrt(-1)", "constant-domain", 0, 8),
    ("asin(2)", "constant-domain", 0, 7),
]

#: Names that a row needs declared.
DECLARED = {"function-as-name": ["max"]}


@pytest.mark.parametrize(
    ("text", "code", "position", "length"), ROWS, ids=[f"{row[1]}: {row[0][:20]!r}" for row in ROWS]
)
def test_a_refusal_has_its_code_its_place_and_its_remedy(
    text: str, code: str, position: int | None, length: int | None
) -> None:
    with pytest.raises(InputError) as caught:
        read_definitions(text, names=DECLARED.get(code, ()), limits=STRICT)
    error = caught.value
    assert error.code == code
    if position is not None:
        assert (error.position, error.length) == (position, length)
    for language in ("en", "zh-TW"):
        assert error.message(language)
        assert error.hint(language)
    assert re.search("[一-鿿]", error.hint("zh-TW"))


def test_every_code_of_the_reader_has_a_row() -> None:
    folder = Path(__file__).resolve().parents[2] / "symgd" / "expressions"
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    raised = set(re.findall(r"fail\(\s*\"([a-z-]+)\"", source)) | set(re.findall(r": \"([a-z-]+)\",", source))
    known = {row[1] for row in ROWS}
    assert {code for code in raised if "-" in code or code in known} - known <= {"unexpected"}


@pytest.mark.parametrize(
    ("text", "under"),
    [("w1 + 2 3", "       ^"), ("０．５ ０．１", "       ^^^^^^"), ("x + sigmod(x)", "    ^^^^^^")],
)
def test_the_caret_stands_under_the_fault(text: str, under: str) -> None:
    with pytest.raises(InputError) as caught:
        read_definitions(text)
    assert str(caught.value).splitlines()[2] == "  " + under
