"""What the notation accepts, and what it means."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symgd.expressions.reader import read, read_definitions
from symgd.expressions.tree import number

SAME = {
    "superscript": ("w²", "w^2"),
    "negative superscript": ("e⁻¹", "e^(-1)"),
    "subscript": ("w₁", "w1"),
    "underscore": ("w_1", "w1"),
    "double star": ("w**2", "w^2"),
    "middle dot": ("a·b", "a*b"),
    "times": ("a×b", "a*b"),
    "dot operator": ("a⋅b", "a*b"),
    "asterisk operator": ("a∗b", "a*b"),
    "division sign": ("a÷b", "a/b"),
    "fraction slash": ("a⁄b", "a/b"),
    "minus sign": ("a−b", "a-b"),
    "full width": ("０．５＋０．０１ｗ", "0.5+0.01w"),
    "half": ("½x", "0.5x"),
    "a transpose before a product": ("w^T A w", "w^T*A*w"),
    "a third": ("⅓x", "1/3*x"),
    "leading point": (".5x", "0.5x"),
    "trailing point": ("5.x", "5x"),
    "power of ten": ("1e-3*x", "0.001*x"),
    "number before name": ("2w1", "2*w1"),
    "number before bracket": ("3(w+1)", "3*(w+1)"),
    "brackets": ("(a)(b)", "a*b"),
    "number before function": ("2sin(x)", "2*sin(x)"),
    "after superscript": ("x²y", "x^2*y"),
    "blank between letters": ("x y", "x*y"),
    "letter before bracket": ("w1(w2+1)", "w1*(w2+1)"),
    "Greek letter": ("η*g", "eta*g"),
    "both mu": ("µ", "μ"),
    "sigma function": ("σ(x)", "sigmoid(x)"),
    "ln": ("ln(x)", "log(x)"),
    "arcsin": ("arcsin(x)", "asin(x)"),
    "bars": ("|x|", "abs(x)"),
    "bars in bars": ("||x|-1|", "abs(abs(x)-1)"),
    "root sign": ("√(x+1)", "sqrt(x+1)"),
    "root of a name": ("√x + 1", "sqrt(x) + 1"),
    "minus binds below a power": ("-x^2", "-(x^2)"),
    "power of a negative": ("2^-1", "2^(-1)"),
    "powers to the right": ("2^3^2", "2^(3^2)"),
    "minus after division": ("6/-2*3", "(6/(-2))*3"),
    "division to the left": ("a/b/c", "(a/b)/c"),
    "power of a function": ("sin²(x)", "sin(x)^2"),
    "plus sign in front": ("+x", "x"),
    "LaTeX fraction": (r"\frac{1}{2}x", "(1/2)*x"),
    "LaTeX short fraction": (r"\frac12", "1/2"),
    "LaTeX in dollars": (r"$w_{1}^{2}$", "w1^2"),
    "LaTeX in two dollars": (r"$$\eta$$", "eta"),
    "LaTeX side by side": (r"ab\cdot c", "a*b*c"),
    "LaTeX power then letter": (r"\frac{x^2y}{2}", "(x^2*y)/2"),
    "LaTeX sine of a letter": (r"\sin x", "sin(x)"),
    "LaTeX sine squared": (r"\sin^2 x", "sin(x)^2"),
    "LaTeX brackets": (r"\left(a+b\right)c", "(a+b)*c"),
    "LaTeX bars": (r"\left|x\right| + \lvert y\rvert", "|x| + |y|"),
    "LaTeX cube root": (r"\sqrt[3]{x}", "cbrt(x)"),
    "LaTeX log base": (r"\log_2(x) + \log_{10}(x)", "log2(x) + log10(x)"),
    "LaTeX operator name": (r"\operatorname{relu}(x)", "relu(x)"),
    "LaTeX word": (r"\mathrm{rate}\,x", "rate*x"),
    "LaTeX cases": (
        r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}",
        "piecewise((x, x > 0), (0, true))",
    ),
    "LaTeX index in braces": (r"\frac{x_{1}}{w_{\mathrm{out}}}", "x1/w_out"),
    "LaTeX spaces": (r"a\,b\;c\quad d", "a*b*c*d"),
    "LaTeX le": (r"\begin{cases} x & x \le 1 \\ 1 & \text{otherwise} \end{cases}", "piecewise((x, x<=1), (1, true))"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_two_spellings_of_one_tree(one: str, other: str) -> None:
    assert read(one) == read(other)


def test_decimals_are_exact() -> None:
    assert read("0.1") == number(Fraction(1, 10))


def test_a_capital_letter_of_sympy_is_an_ordinary_name() -> None:
    assert read("E + I + N + O + Q + S + beta + gamma + zeta + lambda").names[:6] == ("E", "I", "N", "O", "Q", "S")


def test_the_order_and_the_brackets_of_the_author_stay() -> None:
    for text in ("2(a − y)", "w − η·g", "a − (b + c)", "a·(b·c)", "b + a", "0.5 + 0.01"):
        assert read(text).text() == text


def test_a_declared_word_is_one_name_in_latex() -> None:
    assert read(r"\frac{rate}{2}", names=["rate"]).names == ("rate",)
    assert read(r"\frac{ab}{2}").names == ("a", "b")


def test_a_declared_letter_may_stand_before_a_bracket() -> None:
    assert read("f(x+1)", names=["f"]) == read("f*(x+1)", names=["f"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("z = w*x + b; a = sigmoid(z); L = (a - y)^2", ("z", "a", "L")),
        ("z = w*x\nz^2", ("z", "L")),
        ("f = w\n\n  f^2 ;", ("f", "L")),
        ("E(w1, w2) = w1*w2", ("E",)),
        (r"z = w x \\ L = z^2", ("z", "L")),
        ("s = (a +\n b)\ns^2", ("s", "L")),
    ],
)
def test_definitions(text: str, names: tuple[str, ...]) -> None:
    assert read_definitions(text).names == names


def test_definitions_are_put_in() -> None:
    assert read("z = w + 1; z^2") == read("(w+1)^2")
    assert read_definitions("z = w*x; (z - y)^2").free_names == ("w", "x", "y")
