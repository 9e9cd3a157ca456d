"""The oracle is itself tested: what is true, false, undecidable, unreadable, in all three ways of writing."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path

import math_core
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.relations import (
    Relation,
    UnreadableFormula,
    numeric_literals,
    relations_in_html,
    relations_in_latex,
    relations_in_markdown,
    relations_in_text,
    result_literals,
)
from tests.relations.samples import CHAINS, FALSE, LINES, SYMBOLIC, TRUE, UNREADABLE

CONVERTER = math_core.LatexToMathML(macros={"old": r"\textcolor{red}{#1}"})


def verdicts(latex: str) -> list[bool | None]:
    return [relation.verdict for relation in relations_in_latex(latex)]


def as_html(latex: str) -> str:
    return str(CONVERTER.convert_with_local_state(latex, displaystyle=True))


def in_html(latex: str) -> list[bool | None]:
    return [relation.verdict for relation in relations_in_html(f"<p>{as_html(latex)}</p>")]


@pytest.mark.parametrize("latex", TRUE.values(), ids=TRUE)
def test_true_is_true(latex: str) -> None:
    assert verdicts(latex) == in_html(latex) == [True]


@pytest.mark.parametrize("latex", FALSE.values(), ids=FALSE)
def test_false_is_false(latex: str) -> None:
    assert verdicts(latex) == in_html(latex) == [False]


@pytest.mark.parametrize("latex", SYMBOLIC.values(), ids=SYMBOLIC)
def test_symbols_cannot_be_decided(latex: str) -> None:
    assert verdicts(latex) == in_html(latex) == [None]


@pytest.mark.parametrize("latex", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_an_error_that_shows_it(latex: str) -> None:
    with pytest.raises(UnreadableFormula) as caught:
        relations_in_markdown(f"So ${latex}$.")
    assert caught.value.source == latex


def test_what_cannot_be_read_in_html_is_an_error() -> None:
    for page in ("<math><nosuch>1</nosuch><mo>=</mo><mn>1</mn></math>", "<math>1<mo>=</mo><mn>1</mn></math>"):
        with pytest.raises(UnreadableFormula):
            relations_in_html(page)


# chains -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("latex", "expected"), CHAINS.values(), ids=CHAINS)
def test_a_chain_is_a_relation_for_each_pair(latex: str, expected: list[bool | None]) -> None:
    assert verdicts(latex) == expected
    if "frame" not in latex:
        assert sorted(map(str, in_html(latex))) == sorted(map(str, expected))


def test_a_relation_says_what_it_read() -> None:
    (relation,) = relations_in_markdown(r"So $0.5 - 0.1 \times (-0.187) = 0.5187$.")
    assert relation.sign == "="
    assert relation.left_source == r"0.5 - 0.1 \times (-0.187)"
    assert relation.right_source == "0.5187"


def test_markdown_is_read_where_it_is_a_formula() -> None:
    text = r"""# A title with \$5 = 6 and `$1 = 2$`

$1 + 1 = 2$ and $$1 + 2 = 4$$ in a line.

$$
\begin{aligned}
w &= 0.5 + 0.01 \\
&= 0.51
\end{aligned}
$$

```
$1 = 2$
```

| $w$ | $0.1 \times 0.1 = 0.02$ |
|---:|---:|
| 1 = 2 | $\frac{1}{3} \approx 0.333$ |
"""
    found = [relation.verdict for relation in relations_in_markdown(text)]
    assert found == [True, False, None, True, False, True]


@pytest.mark.parametrize("text", ["It costs $5.", "$1 + 1 =\n\n2$", "$$1 = 1$"])
def test_a_dollar_sign_without_its_partner_is_an_error(text: str) -> None:
    with pytest.raises(UnreadableFormula):
        relations_in_markdown(text)


def test_roles_in_html_do_not_matter() -> None:
    old, new = '<mrow class="old"><mo>−</mo><mn>0.5</mn></mrow>', '<mrow class="new"><mn>0.25</mn></mrow>'
    page = f"<math>{old}<mo>×</mo><mo>(</mo>{old}<mo>)</mo><mo>=</mo>{new}</math>"
    assert [relation.verdict for relation in relations_in_html(page)] == [True]


def test_functions_in_html_may_be_operators() -> None:
    page = "<math><mo>exp</mo><mo>(</mo><mn>0</mn><mo>)</mo><mo>=</mo><mn>2</mn></math>"
    assert [relation.verdict for relation in relations_in_html(page)] == [False]


@pytest.mark.parametrize(
    "relations",
    [
        relations_in_latex(r"w = \underline{\hspace{4em}}_{(3)}"),
        relations_in_html('<math><mi>w</mi><mo>=</mo><mrow class="blank"><mspace/></mrow></math>'),
        relations_in_text("  w = (3) ________"),
    ],
)
def test_a_blank_is_known_as_one(relations: list[Relation]) -> None:
    assert [(relation.verdict, relation.is_blank) for relation in relations] == [(None, True)]


# text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "expected"), LINES.values(), ids=LINES)
def test_lines_of_a_terminal(text: str, expected: list[bool | None]) -> None:
    assert [relation.verdict for relation in relations_in_text(text)] == expected


def test_text_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(UnreadableFormula):
        relations_in_text("  1 + 1 = 2 %")


# literals ---------------------------------------------------------------------------------------------------

SHEET = r"""$w_{1} = 0.5$, so $$w_{1} \leftarrow w_{1} + \Delta w_{1} = 0.5 + 0.01 = 0.51$$

$\frac{2}{3} \approx 0.667$, $\mathrm{e}^{-20} \approx -(-2.06) \times 10^{-9}$ and $2\mathrm{e}{-3} = 0.002$.
"""


def test_literals_are_those_of_decidable_relations() -> None:
    found = [SHEET[start:stop] for start, stop in numeric_literals(SHEET)]
    assert found == ["0.5", "0.01", "0.51", "2", "3", "0.667", "20", "2.06", "10", "9", "2", "0.002"]
    assert [SHEET[start:stop] for start, stop in result_literals(SHEET)] == ["0.51", "0.667", "0.002"]


def test_one_other_digit_in_a_result_is_caught() -> None:
    text = "\n\n".join(f"${latex}$" for name, latex in TRUE.items() if not name.startswith("a tie"))
    spans = result_literals(text)
    places = [place for span in spans for place in range(*span) if text[place] != "."]
    assert len(places) > 100
    for place in places:
        altered = text[:place] + str((int(text[place]) + 3) % 10) + text[place + 1 :]
        start, stop = altered.rfind("$", 0, place), altered.index("$", place) + 1
        assert False in [relation.verdict for relation in relations_in_markdown(altered[start:stop])]


# laws -------------------------------------------------------------------------------------------------------

DECIMALS = st.integers(-9999, 9999).flatmap(
    lambda digits: st.integers(0, 4).map(lambda places: Fraction(digits, 10**places))
)


def decimal(value: Fraction) -> str:
    """A decimal in full, in brackets where it is negative."""
    places = next(places for places in range(60) if (value * 10**places).denominator == 1)
    digits = str(abs(value.numerator * 10**places // value.denominator)).rjust(places + 1, "0")
    shown = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"({'-' * (value < 0)}{shown})" if value < 0 else shown


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> tuple[str, Fraction]:
    """LaTeX of a random sum, difference, product or square, and its value."""
    if depth == 0 or draw(st.booleans()):
        value = draw(DECIMALS)
        return decimal(value), value
    (left, a), (right, b) = draw(formulas(depth=depth - 1)), draw(formulas(depth=depth - 1))
    kind = draw(st.sampled_from("+-*^"))
    if kind == "^":
        return rf"\left({left}\right)^{{2}}", a * a
    if kind == "*":
        return rf"({left}) \times \left({right}\right)", a * b
    return f"{left} {kind} ({right})", a + b if kind == "+" else a - b


@given(formulas(), DECIMALS)
@example(("0.5 + 0.01", Fraction("0.51")), Fraction(0))
def test_random_formulas_are_true_with_their_value_and_with_no_other(
    formula: tuple[str, Fraction], other: Fraction
) -> None:
    latex, value = formula
    for claimed in (value, value + other):
        exact = f"{latex} = {decimal(claimed)}"
        assert verdicts(exact) == in_html(exact) == [claimed == value]


@given(st.integers(-999, 999), st.integers(1, 999), st.integers(0, 8), st.integers(-1, 1))
def test_a_quotient_is_joined_to_its_rounding_alone(above: int, below: int, places: int, off: int) -> None:
    value = Fraction(above, below)
    rounding = round(value * 10**places) + off
    shown = f"{abs(rounding):0{places + 1}d}"
    shown = "-" * (rounding < 0) + (f"{shown[:-places]}.{shown[-places:]}" if places else shown)
    latex = rf"\frac{{{above}}}{{{below}}} \approx {shown}"
    distance = abs(value * 10**places - rounding)
    assert verdicts(latex) == in_html(latex) == [0 < distance <= Fraction(1, 2)]


def test_the_oracle_shares_nothing_with_symgd() -> None:
    folder = Path(__file__).resolve().parent / "relations"
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in ("symgd", "sympy", "flint")]
