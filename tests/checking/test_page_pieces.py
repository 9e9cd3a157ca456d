"""Pages to pieces: what is to be seen, each formula as LaTeX, each character with its place."""

from __future__ import annotations

import pytest

from symgd.checking.pages import page_pieces

#: A page, and what it says: formulas between dollars.
PAGES: tuple[tuple[str, list[str]], ...] = (
    ("a<br>b", ["a\nb"]),
    ("<p>1</p><p>2</p>", ["\n1\n\n2\n"]),
    ("w<sub>1</sub> = w<sup>2</sup>", ["w_1 = w^(2)"]),
    ("w<sub>1</sub>  = 2", ["w_1  = 2"]),
    ("w<sub>1</sub>x", ["w_1 x"]),
    ("w<sup>2</sup> = 1", ["w^(2) = 1"]),
    ("a<b>b</b>c", ["abc"]),
    ("a<script>b</script>c", ["ac"]),
    ("a<p hidden>b</p>c", ["a\n\nc"]),
    ('<p style="display : none">a</p>b', ["\n\nb"]),
    ('<p style="visibility:hidden">a</p>b', ["\n\nb"]),
    ('<p style="color:red">a</p>b', ["\na\nb"]),
    ("<p style>a</p>b", ["\na\nb"]),
    ("a<style>b<b>c</b>d</style>e", ["ae"]),
    ("a<script>b<sub>c</sub>d</script>e", ["ae"]),
    ("<svg><sub>1</sub></svg>a", ["a"]),
    ("a<img hidden>b", ["ab"]),
    ("a<input hidden>b<p>c</p>", ["ab\nc\n"]),
    ("a<p/>b", ["a\n\nb"]),
    ("a<sub/>b", ["a_ b"]),
    ("a<svg/>b", ["ab"]),
    ("a<br/>b", ["a\nb"]),
    ("a</p>b", ["a\nb"]),
    ("<b>a</i>b</b>c", ["abc"]),
    ("<svg><b>a</svg>b", ["b"]),
    ("<svg><i><i><i><i><i><i><i><i>a</svg>b", []),
    ("<svg><i><i><i><i><i><i><i>a</svg>b", ["b"]),
    ("text 1 = 1<math><mi>a</mi></math>b", ["$a$"]),
    ("<math><mi>a</mi></math><math><mi>b</mi></math>", ["$a$", "$b$"]),
    ("<p hidden><math><mi>a</mi></math></p>x", ["\n\nx"]),
    (
        (
            '<div class="lines"><span><span><math><mi>a</mi><mo>=</mo></math></span><span><math><mn>1</mn>'
            '</math></span><span class="note">by <b>hand</b></span><span>by hand</span></span></div>x'
        ),
        ["$\\begin{aligned}a=&1&&\\text{by hand}\\\\ \\end{aligned}$"],
    ),
    (
        '<span class="lines"><span><span><math><mi>a</mi></math></span><span>note</span></span></span>',
        ["$\\begin{aligned}a&\\text{note}\\\\ \\end{aligned}$"],
    ),
    ("a < b", ["a < b"]),
    ("1 & 2", ["1 & 2"]),
    ("1 = 1 &x", ["1 = 1 &x"]),
    ("a &lt; b&#62;c &frac12;&nosuch; &lt d", ["a < b>c ½&nosuch; < d"]),
    ("x <p y <b>z</b>", ["x ＜p y z"]),
    ("<![if x]>a", ["＜![if x]>a"]),
    ("<!-- 1 -->a", ["a"]),
    ("<math", ["＜math"]),
    ("a<![CDATA[b]]>c", ["ac"]),
    ("$1+1=2$ and <b>so</b>", ["$1+1=2$", " and so"]),
    ("<p>\\(w = 1\\)</p>", ["\n", "$w = 1$", "\n"]),
    ("<!doctype html><title>t</title><body>x", ["\nx"]),
    ("<p>a\n b</p>", ["\na\n b\n"]),
    ("w<sub>1</sub> <b> = 2</b>", ["w_1 = 2"]),
    ('<div hidden=""><p>a</p></div>b', ["\n\n\n\nb"]),
    ("<p class='blank'>a</p>", ["\na\n"]),
)
#: MathML, and the LaTeX of it.
FORMULAS: tuple[tuple[str, str], ...] = (
    ("<mn>1</mn>", "1"),
    ("<mi>a</mi><annotation>b</annotation>", "a"),
    (
        "<mi>ab</mi><mi>a_b</mi><mi>a-b</mi><mi></mi><mi>⊤</mi><mi>\u2061a</mi>",
        "\\operatorname{ab}\\operatorname{a\\_b}\\odd \\top a",
    ),
    (
        (
            "<mi> a </mi><mo>,</mo><mo>{</mo><mo>}</mo><mo>∗</mo><mo>′</mo><mo>⊤</mo><mo>&amp;</mo><mo>$"
            "</mo><mo>%</mo><mo>#</mo><mo>\\</mo>"
        ),
        "a, \\{\\}*'\\top \\odd  \\odd \\odd  ",
    ),
    ("<mn>2</mn><mo>\u2062</mo><mn>3</mn>", "2 3"),
    ("<mo>\u2061</mo><mo>ln</mo><mo>a_b</mo><mo>&lt;=</mo><mo>a</mo>", "\\operatorname{ln}\\operatorname{a\\_b}<=a"),
    ("<mn>1\\2</mn><mn> 3 </mn>", "1 23"),
    ("<mtext>so {x} $5 \\</mtext><mtext>  </mtext><ms>k</ms>", "\\text{so  x   5  }\\ \\text{k}"),
    (
        (
            '<mspace width="1em"/>a<mspace width="0.5em"/><mspace width="-1em"/><mspace width="0em"/>'
            '<mspace/><mspace width="x"/><mspace width="1.2.3em"/><mspace width="18px"/>'
            '<mspace width="13px"/><mspace width="14px"/><mspace width=" 2ex"/><mspace width="1.7ex"/>'
            '<mspace width="9pt"/><mspace width="8pt"/><mspace width="0.9rem"/><mspace width="0.8rem"/>'
        ),
        "\\quad \\,\\quad \\,\\quad \\quad \\,\\quad \\,\\quad \\,",
    ),
    ("<mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mn>2</mn></mrow></mfrac>", "\\frac{1}{a+2}"),
    ("<mfrac><mn>1</mn><mn>2</mn><mn>3</mn></mfrac>", "\\frac{1}{2}"),
    ("<msqrt><mi>a</mi><mi>b</mi></msqrt>", "\\sqrt{ab}"),
    ("<mroot><mi>a</mi><mn>3</mn></mroot>", "\\sqrt[3]{a}"),
    ("<mroot><mi>a</mi></mroot>", "\\odd "),
    (
        (
            "<msub><mi>w</mi><mn>1</mn></msub><msup><mi>w</mi><mn>2</mn></msup><msubsup><mi>w</mi><mn>1</mn>"
            "<mn>2</mn></msubsup>"
        ),
        "w_{1}w^{2}w_{1}^{2}",
    ),
    ("<msub><mi>w</mi></msub><msubsup><mi>a</mi><mi>b</mi></msubsup>", "\\odd \\odd "),
    (
        (
            "<mover><mi>w</mi><mo>^</mo></mover><munder><mi>w</mi><mo>^</mo></munder><mover><mi>w</mi><mo>→"
            "</mo></mover><mover><mi>w</mi><mo>x</mo></mover>"
        ),
        "\\hat{w}w_{^}\\vec{w}w^{x}",
    ),
    (
        (
            "<munder><mrow><mi>w</mi></mrow><mo>⏟</mo></munder><munder><munder><mi>w</mi><mo>⏟</mo></munder>"
            "<mn>3</mn></munder><mover><mi>w</mi></mover>"
        ),
        "ww\\odd ",
    ),
    ('<munder><mi>w</mi><mi class="blank">k</mi></munder><mrow class="x blank"><mi>q</mi></mrow>', "\\blank \\blank "),
    ("<munder><mrow><mi>a</mi><mi>b</mi></mrow><mi>k</mi></munder>", "ab_{k}"),
    ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>", "∑_{i}^{n}"),
    ("<mmultiscripts><mi>a</mi></mmultiscripts>", "\\odd "),
    (
        (
            "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mo>=</mo><mi>b</mi></mtd><mtd>c</mtd></mtr><mtr><mtd>"
            "<mi>c</mi></mtd></mtr></mtable>"
        ),
        "\\begin{aligned}a&=b&\\\\ c\\\\ \\end{aligned}",
    ),
    (
        (
            "<mi>f</mi><mo>=</mo><mo>{</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mtext>if</mtext></mtd></mtr><mtr><mtd><mi>c"
            "</mi></mtd></mtr></mtable><mi>z</mi>"
        ),
        "f=\\begin{cases}a&\\text{if}\\\\ c\\end{cases}z",
    ),
    (
        (
            "<mi>A</mi><mo>=</mo><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr>"
            "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo>]</mo><mo>+</mo><mo>[</mo>"
            "<mi>w</mi><mo>]</mo>"
        ),
        "A=\\begin{bmatrix}1&2\\\\ 3&4\\end{bmatrix}+[w]",
    ),
    (
        "<mo>(</mo><mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable><mo>)</mo><mo>(</mo><mi>a</mi><mo>)</mo>",
        "\\begin{bmatrix}1\\end{bmatrix}(a)",
    ),
    ("<mo>|</mo><mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable><mo>|</mo>", "|\\odd |"),
    ("<mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable><mo>)</mo>", "\\begin{bmatrix}1\\end{bmatrix})"),
    (
        "<mo>[</mo><mi>x</mi><mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable><mo>]</mo>",
        "[x\\begin{aligned}1\\\\ \\end{aligned}]",
    ),
    ("<mrow><mrow><mrow><mn>1</mn></mrow></mrow></mrow><mn>2</mn>", "12"),
)
#: Pages with the places of what they say.
PLACES: tuple[tuple[str, list[int]], ...] = (
    ("a<br>b", [0, 1, 5]),
    ("<p>1</p><p>2</p>", [0, 3, 4, 8, 11, 12]),
    ("w<sub>1</sub> = w<sup>2</sup>", [0, 1, 6, 13, 14, 15, 16, 17, 18, 22, 23]),
    ("w<sub>1</sub>  = 2", [0, 1, 6, 13, 14, 15, 16, 17]),
    ("w<sub>1</sub>x", [0, 1, 6, 7, 13]),
    ("a<p hidden>b</p>c", [0, 1, 12, 16]),
    ('<p style="display : none">a</p>b', [0, 27, 31]),
    ('<p style="visibility:hidden">a</p>b', [0, 30, 34]),
    ('<p style="color:red">a</p>b', [0, 21, 22, 26]),
    ("<p style>a</p>b", [0, 9, 10, 14]),
    ("a<input hidden>b<p>c</p>", [0, 15, 16, 19, 20]),
    ("a<p/>b", [0, 1, 1, 5]),
    ("a<sub/>b", [0, 1, 1, 7]),
    ("a<br/>b", [0, 1, 6]),
    ("<p hidden><math><mi>a</mi></math></p>x", [0, 33, 37]),
    ("x <p y <b>z</b>", [0, 1, 2, 3, 4, 5, 6, 10]),
    ("<p>\\(w = 1\\)</p>", [0, 5, 6, 7, 8, 9, 12]),
    ("<p>a\n b</p>", [0, 3, 4, 5, 6, 7]),
    ("a &lt; b&#62;c", [0, 1, 2, 6, 7, 8, 13]),
    ("1 < 2<br>&#x41;&NotEqualTilde;b", [0, 1, 2, 3, 4, 5, 9, 15, 15, 30]),
    ("&nosuch; a", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ("a &lt b&lt; c", [0, 1, 2, 3, 4, 5, 6, 7]),  # of a reference that is not ended the places are not told
    ("w<sub>1</sub> <b> = 2</b>", [0, 1, 6, 17, 18, 19, 20]),
    ('<div hidden=""><p>a</p></div>b', [0, 15, 19, 23, 29]),
    ("<p class='blank'>a</p>", [0, 17, 18]),
    ("<math><mn>2</mn><mo>\u2062</mo><mn>3</mn></math>", [6, 16, 26]),
    ("<math><mn>1\\2</mn><mn> 3 </mn></math>", [6, 7, 8, 18]),
    (
        "<math><mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mn>2</mn></mrow></mfrac></math>",
        [6, 7, 8, 9, 10, 13, 13, 13, 23, 29, 39, 49, 23],
    ),
    ("<math><mfrac><mn>1</mn><mn>2</mn><mn>3</mn></mfrac></math>", [6, 7, 8, 9, 10, 13, 13, 13, 23, 23, 23]),
    ("<math><msqrt><mi>a</mi><mi>b</mi></msqrt></math>", [6, 7, 8, 9, 10, 11, 13, 23, 6]),
    ("<math><mroot><mi>a</mi><mn>3</mn></mroot></math>", [6, 7, 8, 9, 10, 11, 23, 6, 13, 13, 13]),
    ("<math><mroot><mi>a</mi></mroot></math>", [6, 7, 8, 9, 10]),
    (
        (
            "<math><msub><mi>w</mi><mn>1</mn></msub><msup><mi>w</mi><mn>2</mn></msup><msubsup><mi>w</mi>"
            "<mn>1</mn><mn>2</mn></msubsup></math>"
        ),
        [12, 22, 22, 22, 22, 45, 55, 55, 55, 55, 81, 91, 91, 91, 91, 101, 101, 101, 101],
    ),
    (
        "<math><msub><mi>w</mi></msub><msubsup><mi>a</mi><mi>b</mi></msubsup></math>",
        [6, 7, 8, 9, 10, 29, 30, 31, 32, 33],
    ),
    (
        (
            "<math><munder><mrow><mi>w</mi></mrow><mo>⏟</mo></munder><munder><munder><mi>w</mi><mo>⏟</mo>"
            "</munder><mn>3</mn></munder><mover><mi>w</mi></mover></math>"
        ),
        [20, 72, 120, 121, 122, 123, 124],
    ),
    (
        '<math><munder><mi>w</mi><mi class="blank">k</mi></munder><mrow class="x blank"><mi>q</mi></mrow></math>',
        [6, 7, 8, 9, 10, 11, 12, 57, 58, 59, 60, 61, 62, 63],
    ),
    ("<math><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover></math>", [18, 28, 28, 28, 28, 38, 38, 38, 38]),
    ("<math><mmultiscripts><mi>a</mi></mmultiscripts></math>", [6, 7, 8, 9, 10]),
    (
        "<math><mo>|</mo><mtable><mtr><mtd><mn>1</mn></mtd></mtr></mtable><mo>|</mo></math>",
        [6, 16, 17, 18, 19, 20, 65],
    ),
    ("<math><mrow><mrow><mrow><mn>1</mn></mrow></mrow></mrow><mn>2</mn></math>", [24, 55]),
)


@pytest.mark.parametrize(("page", "said"), PAGES)
def test_what_a_page_says(page: str, said: list[str]) -> None:
    assert [f"${piece.text}$" if piece.latex else piece.text for piece in page_pieces(page)] == said


@pytest.mark.parametrize(("formula", "latex"), FORMULAS)
def test_the_latex_of_a_formula(formula: str, latex: str) -> None:
    found = [piece for piece in page_pieces(f"<math>{formula}</math>") if piece.text]
    assert "".join(piece.text for piece in found) == latex
    assert all(piece.latex for piece in found)


@pytest.mark.parametrize(("page", "places"), PLACES)
def test_where_a_page_says_it(page: str, places: list[int]) -> None:
    assert [place for piece in page_pieces(page) for place in piece.origin] == places


@pytest.mark.parametrize(("page", "_"), PAGES)
def test_letters_stand_where_they_are_said_to_stand(page: str, _: list[str]) -> None:
    pieces = [
        (sign, place) for piece in page_pieces(page) for sign, place in zip(piece.text, piece.origin, strict=True)
    ]
    prose = not any(piece.latex for piece in page_pieces(page))
    assert [
        sign for sign, place in pieces if prose and "&" not in page and sign.isalnum() and page[place] != sign
    ] == []


@pytest.mark.parametrize(("depth", "latex"), [(118, "12"), (119, "2")])
def test_formulas_are_read_to_a_depth(depth: int, latex: str) -> None:
    page = "<math>" + "<mrow>" * depth + "<mn>1</mn>" + "</mrow>" * depth + "<mn>2</mn></math>"
    assert [piece.text for piece in page_pieces(page)] == [latex]
