"""What is written reads back to the same tree, in text and in LaTeX; and the reader is total."""

from __future__ import annotations

import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgd.errors import InputError
from symgd.expressions.limits import STRICT, WIDE, Limits
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.tree import Expression, name, operation
from symgd.expressions.writer import decimal_text
from tests.expressions.trees import trees

#: Refused when read though a tree of it can be built: constants outside the real domain, sizes.
OUTSIDE = {
    "divided-by-zero",
    "zero-to-zero",
    "root-of-negative",
    "constant-domain",
    "constant-too-large",
    "exponent-too-large",
    "negative-base",
    "degree",
    "too-many-calls",
    "sum-bound",
}


def reads_back(written: str, tree: Expression) -> bool:
    try:
        return read(written) == tree
    except InputError as error:
        if error.code in OUTSIDE:
            return True
        raise


@given(trees)
@settings(max_examples=150, deadline=None)
def test_text_reads_back(tree: Expression) -> None:
    assert reads_back(tree.text(), tree), tree.text()


@given(trees)
@settings(max_examples=150, deadline=None)
def test_latex_reads_back(tree: Expression) -> None:
    assert reads_back(tree.latex(), tree), tree.latex()


WORDS = (
    "0 1 . 5e-3 w w1 x_2 sin( sigmoid( max( piecewise(( ( ) [ ] { } + - * / ^ ** = < >= , ; | ! % # @ _ ' & ~ "
    "² ⁻¹ ½ √ π η σ( × ÷ − ０ （ ， а __import__ lambda if nan 1e999 true }{ _{ ^{ "
    r"\frac{ \frac12 \sqrt[3]{ \left( \right) \sin \sigma \begin{cases} \end{cases} \text{otherwise} \cdot \\"
)
FRAGMENTS = [*WORDS.split(" "), " ", "\n", "\u200b", "\x00", '"', "$", "\\"]


def refusal(text: str, limits: Limits) -> InputError | None:
    """Why a text is refused; None where it is read."""
    try:
        read_definitions(text, limits=limits)
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize("limits", [STRICT, WIDE], ids=["strict", "wide"])
@given(text=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(FRAGMENTS), max_size=24).map("".join)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_at_a_place_within_it(limits: Limits, text: str) -> None:
    fault = refusal(text, limits)
    if fault is not None:
        assert 0 <= fault.position <= len(text)
        assert fault.explain("en")
        assert fault.explain("zh-TW")


def test_reading_runs_nothing_and_opens_nothing() -> None:
    read("1 + sin(x)")
    seen: list[str] = []
    watching = [True]

    def hook(event: str, arguments: object) -> None:
        if watching[0] and event in ("exec", "compile", "import", "open", "subprocess.Popen", "os.system"):
            seen.append(event)

    sys.addaudithook(hook)
    for text in ("__import__('os').system('x')", "exp(w1)/2 + |x|", "().__class__", r"\frac{w_1}{2}", "open('x')"):
        refusal(text, WIDE)
    watching[0] = False
    assert seen == []


@pytest.mark.repeated
def test_a_sum_of_a_hundred_thousand_terms_is_read() -> None:
    tree = read(" + ".join(["w"] * 100_000), limits=WIDE)
    assert tree.names == ("w",)
    assert tree == read("+".join(["w"] * 100_000), limits=WIDE)


def test_a_long_sum_is_written() -> None:
    assert read(" + ".join(["w"] * 3_000)).text().count("+") == 2_999


def test_shared_trees_are_walked_once() -> None:
    tree = name("w")
    for _ in range(200):
        tree = operation("add", tree, tree)
    assert tree.names == ("w",)
    assert hash(tree) == hash(operation("add", tree.args[0], tree.args[1]))


def test_trees_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        read("w").op = "number"


@pytest.mark.parametrize("digits", [1, 3999, 4000, 4001, 12_345])
def test_a_number_of_many_digits_is_written_in_full(digits: int) -> None:
    whole = 3 * 10 ** (digits - 1) + 7
    written = "10" if digits == 1 else "3" + "7".rjust(digits - 1, "0")
    assert decimal_text(Fraction(whole)) == written
    assert decimal_text(Fraction(-whole, 10)) == f"-{written[:-1] or 0}.{written[-1]}".removesuffix(".0")
