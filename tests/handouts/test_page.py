"""The page: structure, formulas, and text from outside that stays text."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from bs4 import BeautifulSoup, Tag

import symgd
from symgd.handouts.formulas import MOST_NESTED, mathml
from symgd.handouts.lines import MOST_ROWS
from symgd.handouts.page import _RARE, html_fragment, html_page
from symgd.resources import template_folder

# A handout as it comes to the page, in both languages; the browser's tests take it too.

_STEPS = (
    r"""
## %(update)s

### ① %(weights)s

$$w_{1} = \old{0.5},\quad w_{2} = \old{0.2}$$

$$
\begin{aligned}
L &= \left(w_{1} - 0.55\right)^{2} + \left(w_{2} - 0.3\right)^{2} \\
&= \left(\old{0.5} - 0.55\right)^{2} + \left(\old{0.2} - 0.3\right)^{2} \\
&= 0.0125
\end{aligned}
$$

%(here)s

### ② %(gradient)s

$$
\begin{aligned}
\frac{\partial L}{\partial w_{1}} &= 2\left(w_{1} - 0.55\right) = 2 \times (\old{0.5} - 0.55) = -0.1 \\
\frac{\partial L}{\partial w_{2}} &= 2\left(w_{2} - 0.3\right) = 2 \times (\old{0.2} - 0.3) = -0.2
\end{aligned}
$$

%(uphill)s

### ③ %(rate)s

$$\eta = \rate{0.1}$$

### ④ %(change)s

$$\Delta w_{1} = \eta \cdot \left(-\frac{\partial L}{\partial w_{1}}\right) = \rate{0.1} \times 0.1 = 0.01$$

$$\Delta w_{2} = -\frac{\rate{0.1} \times 4}{\sqrt{16} + 0.00000001} \approx -0.1$$

### ⑤ %(move)s

$$
\begin{aligned}
w_{1} &\leftarrow w_{1} + \Delta w_{1} = \old{0.5} + 0.01 = \new{0.51} \\
w_{2} &\leftarrow w_{2} + \Delta w_{2} = \old{0.2} + 0.02 = \new{0.22}
\end{aligned}
$$

%(fell)s

## %(all)s

| %(made)s | $w_{1}$ | $w_{2}$ | $-\frac{\partial L}{\partial w_{1}}$ | $-\frac{\partial L}{\partial w_{2}}$ """
    r"""| $\Delta w_{1}$ | $\Delta w_{2}$ | $L$ |
|---:|---:|---:|---:|---:|---:|---:|---:|
| 0 | 0.5&numsp;&numsp;&numsp; | 0.2&numsp;&numsp;&numsp; | 0.1&numsp;&numsp;&numsp; | 0.2&numsp;&numsp;&numsp; """
    r"""| 0.01&numsp;&numsp; | 0.02&numsp;&numsp; | 0.0125&numsp;&numsp;&numsp; |
| 1 | 0.51&numsp;&numsp; | 0.22&numsp;&numsp; | 0.08&numsp;&numsp; | 0.16&numsp;&numsp; """
    r"""| 0.008&numsp; | 0.016&numsp; | 0.008&numsp;&numsp;&numsp;&numsp; |
| 2 | 0.518&numsp; | 0.236&numsp; | 0.064&numsp; | 0.128&numsp; | 0.0064 | 0.0128 | 0.00512&numsp;&numsp; |
| 3 | 0.5244 | 0.2488 | 0.0512 | 0.1024 | — | $\blank{7}$ | 0.0032768 |

> %(outcome)s

---

%(footer)s
"""
)

ENGLISH = (
    r"""# Five steps of gradient descent

Minimise the loss function below. We start from $w_{1} = \old{0.5}$, $w_{2} = \old{0.2}$; it costs 5 \$.

- the learning rate is $\eta = \rate{0.1}$
- **exact** decimals, $\left|w\right|$
"""
    + _STEPS
    % {
        "update": "Update 1",
        "weights": "Current weights",
        "gradient": "Gradient and negative gradient",
        "rate": "Learning rate",
        "change": "Weight change",
        "move": "Move",
        "here": "This is where we stand.",
        "uphill": "The gradient points uphill, so the negative gradient points the way down.",
        "fell": "The loss was $L = 0.0125$; after the move it is $L = 0.008$. It has fallen.",
        "all": "All updates at a glance",
        "made": "updates made",
        "outcome": "3 updates were made, as asked.",
        "footer": "Made by symgd. 88 relations are printed here; each was checked.",
    }
)

CHINESE = (
    r"""# 梯度下降五步驟

用梯度下降法求下列損失函數的最小值。起始點為 $w_{1} = \old{0.5}$、$w_{2} = \old{0.2}$，學習率為 $\eta = \rate{0.1}$。
"""
    + _STEPS
    % {
        "update": "第 1 次更新",
        "weights": "目前的權重",
        "gradient": "梯度與負梯度",
        "rate": "學習率",
        "change": "權重變化",
        "move": "移動",
        "here": "這是目前所在的位置。",
        "uphill": "梯度指向上坡，因此負梯度指出下坡的方向。",
        "fell": "移動前的損失為 $L = 0.0125$，移動後為 $L = 0.008$，損失變小了。",
        "all": "所有更新一覽",
        "made": "更新次數",
        "outcome": "依照題目的要求，共更新了 3 次。",
        "footer": "由 symgd 製作。",
    }
)

SAMPLES = {"en": ENGLISH, "zh-TW": CHINESE}


def without_our_script(page: str) -> str:
    """The page less the one script that every page has, which says what the file says."""
    own = (template_folder() / "page.js").read_text(encoding="utf-8").strip()
    assert page.count(f"<script>{own}</script>") == 1
    return page.replace(f"<script>{own}</script>", "")


def soup(markdown: str, language: str = "en") -> BeautifulSoup:
    page = without_our_script(html_page(markdown, title="A title", language=language))
    html5lib.HTMLParser(strict=True).parse(page)  # raises where the page is not well-formed HTML
    return BeautifulSoup(page, "html5lib")


def main_of(markdown: str) -> Tag:
    main = soup(markdown).main
    assert main is not None
    return main


@pytest.fixture(scope="module", params=SAMPLES)
def handout(request: pytest.FixtureRequest) -> BeautifulSoup:
    return soup(SAMPLES[request.param], request.param)


# structure


def test_the_page_says_its_language_and_title() -> None:
    page = soup(CHINESE, "zh-TW")
    assert page.html is not None
    assert page.title is not None
    assert (page.html["lang"], page.title.string) == ("zh-Hant-TW", "A title")
    assert soup(ENGLISH).select_one("html[lang=en]")


def test_every_step_is_a_card_with_its_number(handout: BeautifulSoup) -> None:
    cards = handout.select("main > section.update > section.step")
    assert [card.select_one("h3 > span.num").string for card in cards] == list("12345")  # type: ignore[union-attr]
    assert all(len(card.find_all("h3")) == 1 and card.select(".eq math") for card in cards)
    assert not handout.find(string=re.compile("[①-⑤]"))


def test_there_is_one_main_with_one_title_and_one_footer(handout: BeautifulSoup) -> None:
    assert [len(handout.find_all(name)) for name in ("main", "h1", "footer", "blockquote")] == [1, 1, 1, 1]
    assert handout.select_one("footer > hr + p")
    assert handout.select_one("main > blockquote > p")


def test_a_text_without_a_title_gets_it_and_further_titles_go_down() -> None:
    assert [h.string for h in main_of("Text.").find_all("h1")] == ["A title"]
    assert [h.string for h in main_of("# One\n\n# Two").find_all(["h1", "h2"])] == ["One", "Two"]
    assert len(main_of("# One\n\n# Two").find_all("h1")) == 1


def test_tables_have_heads_that_say_of_what(handout: BeautifulSoup) -> None:
    (table,) = handout.select("div.table > table")
    assert [head["scope"] for head in table.select("thead th")] == ["col"] * 8
    assert [head.string for head in table.select("tbody th[scope=row]")] == ["0", "1", "2", "3"]
    assert [len(row.find_all(["th", "td"])) for row in table.find_all("tr")] == [8] * 5
    assert len(table.select("td.right")) == 28


def test_a_rule_in_the_middle_is_a_rule() -> None:
    main = main_of("one\n\n---\n\n## Two\n\n---\n\nend")
    assert [tag.name for tag in main.find_all(recursive=False)] == ["h1", "p", "hr", "h2", "footer"]


# formulas


def test_display_formulas_stand_in_boxes_that_scroll(handout: BeautifulSoup) -> None:
    boxed = handout.select('div.eq > math[display="block"], div.eq > .lines')
    assert len(boxed) == len(handout.select('math[display="block"], .lines')) == 7


def test_roles_are_classes_and_no_element_has_a_style(handout: BeautifulSoup) -> None:
    assert [tag.get_text() for tag in handout.select("mn.new")] == ["0.51", "0.22"]
    assert {tag.get_text() for tag in handout.select("mn.rate")} == {"0.1"}
    assert {tag.get_text() for tag in handout.select("mn.old")} == {"0.5", "0.2"}
    assert not handout.select("[style]")


@pytest.mark.parametrize("role", ["old", "rate", "new"])
def test_a_role_is_a_class(role: str) -> None:
    assert mathml(rf"\{role}{{0.5}}", display=False) == f'<math><mn class="{role}">0.5</mn></math>'


def test_a_row_around_one_sign_is_left_out() -> None:
    assert mathml(r"\Delta w", display=False) == '<math><mi mathvariant="normal">Δ</mi><mi>w</mi></math>'
    assert mathml(r"\old{-1}", display=False).count("<mrow") == 1
    assert "<mrow" not in mathml(r"\old{1} = \new{w}", display=False)


def test_a_blank_is_a_line_with_its_number() -> None:
    blank = BeautifulSoup(mathml(r"w = \blank{7}", display=True), "html5lib").select_one("munder")
    assert blank is not None
    assert blank.select_one("mrow.blank > mspace")
    assert blank.get_text() == "7"


def test_aligned_columns_are_classes() -> None:
    written = mathml(r"\begin{aligned}L&=1\\&=2\end{aligned}", display=True)
    assert written.count("<mtr>") == 2
    assert written.count('<mtd class="right flush-right">') == written.count('<mtd class="left flush-left">') == 2


def test_another_colour_is_an_attribute_and_no_style_is_left() -> None:
    assert '<mrow mathcolor="#0000FF">' in mathml(r"\textcolor{blue}{x}", display=False)
    assert " style=" not in mathml(r"\begin{gather}\begin{array}{|c:c|}a&b\end{array}\end{gather}", display=True)


def test_every_class_of_a_formula_has_its_rule() -> None:
    from symgd.handouts.formulas import _CLASSES

    style = (template_folder() / "page.css").read_text(encoding="utf-8")
    assert not [name for name in _CLASSES.values() if not re.search(rf"\.{name}\b[^{{}}]*\{{", style)]


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        pytest.param(r"\ln x", "\N{FUNCTION APPLICATION}", id="function application is a character"),
        pytest.param(r"\overline{x}", "\N{OVERLINE}", id="overline"),
        pytest.param(r"\underline{x}", '<mo stretchy="true">_</mo>', id="underline"),
        pytest.param(r"\text{舊 a}", "<mtext>舊\N{NO-BREAK SPACE}a</mtext>", id="Chinese"),
    ],
)
def test_quirks_of_the_library_are_mended(latex: str, shown: str) -> None:
    assert shown in mathml(latex, display=True)


def test_the_table_of_roles_covers_what_the_library_writes() -> None:
    formulas = (r"\old{1}", r"\rate{1}", r"\new{1}", r"\blank{1}", r"\begin{cases}1&2\end{cases}")
    written = [mathml(latex, display=True) for latex in (*formulas, r"\begin{array}{l|r}1&2\\\hline3&4\end{array}")]
    assert not [text for text in written if " style=" in text]


@pytest.mark.parametrize(
    "latex",
    [
        pytest.param(r"\unheard{x} < 1", id="unknown command"),
        pytest.param(r"\frac{1", id="unclosed"),
        pytest.param(r"x & y", id="a stray &"),
        pytest.param("{" * (MOST_NESTED + 1) + "}" * (MOST_NESTED + 1), id="too deep"),
        pytest.param(r"\sqrt" * 5000 + "x", id="too long a chain"),
        pytest.param(r"\left(" * 5000 + r"\right)" * 5000, id="too many brackets"),
        pytest.param(r"\begin{align}\label{a}x\end{align}\eqref{a}", id="an anchor"),
    ],
)
def test_a_formula_that_is_refused_is_shown_as_its_source(latex: str) -> None:
    code = main_of(f"See ${latex}$ here.").code
    assert code is not None
    assert code.string == latex


def test_a_formula_may_nest_to_the_limit() -> None:
    depth = MOST_NESTED - 1
    assert mathml(r"\frac{" * depth + "x" + "}1" * depth, display=True).count("<mfrac>") == depth


def test_a_bar_in_a_formula_does_not_split_a_cell() -> None:
    main = main_of("| a | b |\n|---|---|\n| $|x|$ | $\\left|w\\right|$ |")
    assert [cell.get_text() for cell in main.select("tbody math")] == ["|x|", "|w|"]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        pytest.param(r"5 \$ and 6 \$.", "5 $ and 6 $.", id="escaped dollars"),
        pytest.param("5 $ alone", "5 $ alone", id="a lone dollar"),
        pytest.param(r"\\$x$", "\\x", id="an escaped backslash, then a formula"),
        pytest.param("`$x$`", "$x$", id="code"),
        pytest.param(r"\*a\* \_b\_ \# \~ \| \[c\] &lt;d&gt;", "*a* _b_ # ~ | [c] <d>", id="escaped markup"),
        pytest.param(r"$a\$b$", "a$b", id="a dollar in a formula"),
        pytest.param("$x_1$ and $y_2$", "x1 and y2", id="underscores are no emphasis"),
        pytest.param("a\x00b\x02c\ud800d", "abcd", id="no characters that HTML forbids"),
    ],
)
def test_what_is_a_formula_and_what_is_text(markdown: str, text: str) -> None:
    paragraph = main_of(markdown).p
    assert paragraph is not None
    assert paragraph.get_text().replace("\N{FUNCTION APPLICATION}", "") == text


def test_a_point_stays_with_the_formula_before_it() -> None:
    assert [tag.get_text() for tag in main_of("We take ($x$)，以及 $y$. And $z$ too.").select(".keep")] == [
        "(x)，",
        "y.",
    ]


def test_a_tall_formula_becomes_lines_and_loses_nothing() -> None:
    numbers = [f"{k}.25" for k in range(MOST_ROWS + 1)]
    rows = [
        rf"x_{{{k}}} &= \old{{{number}}} && \begin{{pmatrix}}a\\b\end{{pmatrix}}" for k, number in enumerate(numbers)
    ]
    tall = "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$"
    lines = main_of(tall).select(".eq > .lines > span")
    assert [line.select_one("mn.old").get_text() for line in lines] == numbers  # type: ignore[union-attr]
    assert all(len(line.select("math mtr")) == 2 for line in lines)
    low = tall.replace(rows[0] + " \\\\\n", "")
    assert len(main_of(low).select(".eq > math > mtable > mtr")) == MOST_ROWS


# text from outside


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</script>",
        r"$\text{<script>alert(1)</script>}$",
        r"$\text{</mtext></math><img src=x onerror=alert(1)>}$",
        r"$\unheard{</code><img src=x onerror=alert(1)>}$",
        "$x</math><script>alert(1)</script>$",
        "<img src=x onerror=alert(1)>",
        "![x](http://example.org/x.png)",
        "[x](javascript:alert(1))",
        "[x](JaVa&#115;cript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<javascript:alert(1)>",
        "<a href='x' onclick='alert(1)' id='a' style='color:red'>x</a>",
        '<a href="$x$" title="$y$">x</a>',
        '[x](http://example.org/$x"onclick=alert(1)$)',
        "<svg onload=alert(1)><style>*{}</style></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<iframe src='http://example.org'></iframe><object data=x></object><form action=x><input></form>",
        "<style>*{display:none}</style><link rel=stylesheet href=//example.org><meta http-equiv=refresh>",
        "<!-- $x$ --><textarea>$x$</textarea><noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "</div></section></main></body></html><script>alert(1)</script>",
        "### ① <script>alert(1)</script>\n\n| <script>x</script> |\n|---|\n| <img src=x> |",
    ],
)
def test_nothing_from_outside_runs_or_loads(markdown: str) -> None:
    page = soup(f"# T\n\n{markdown}\n\nthe end")
    assert not page.body.select("script, img, svg, iframe, object, form, input, style, link, meta, textarea, base")  # type: ignore[union-attr]
    for tag in page.body.find_all(True):  # type: ignore[union-attr]
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("style", "id", "src", "title")]
        assert str(tag.get("href", "http:")).startswith(("http:", "https:"))
    assert "the end" in page.main.get_text()  # type: ignore[union-attr]


def test_a_token_cannot_be_forged() -> None:
    page = html_page("# T\n\n$x$ and `token`", title="t", language="en")
    for text in ("formula0n0e", "formula" + "0" * 32 + "n0e", "n0e"):
        assert text in main_of(f"{text} and $y$").get_text()
    assert "formula" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_the_title_is_text() -> None:
    page = html_page("text", title="</title><script>alert(1)</script> & $x$", language='"><script>')
    parsed = BeautifulSoup(without_our_script(page), "html5lib")
    assert not parsed.find("script")
    assert parsed.title is not None
    assert parsed.title.string == "</title><script>alert(1)</script> & $x$"


# the file


def test_the_same_text_gives_the_same_bytes() -> None:
    code = "import sys; from symgd.handouts.page import html_page\n"
    code += "sys.stdout.buffer.write(html_page(sys.stdin.buffer.read().decode(), title='T', language='en').encode())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=ENGLISH.encode(),
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(template_folder().parent)},
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {html_page(ENGLISH, title="T", language="en").encode()}


@pytest.mark.parametrize("language", SAMPLES)
def test_the_page_is_one_file_and_small(language: str) -> None:
    page = html_page(SAMPLES[language], title="T", language=language)
    assert len(page.encode()) < 100_000
    assert not re.findall(r"https?://|<script|<link|@import|<img", without_our_script(page))
    assert re.findall(r"url\(\"?([a-z]+:[a-z0-9/]+)", page) == ["data:font/woff2"]
    assert page.count("url(") == 1


def test_a_fragment_carries_the_style_of_its_formulas_and_no_font() -> None:
    fragment = html_fragment(ENGLISH)
    assert fragment.startswith('<div class="symgd"><style>')
    assert ".flush-right" in fragment
    assert "@font-face" not in fragment
    assert "<html" not in fragment
    assert len(BeautifulSoup(fragment, "html5lib").select("div.symgd > section.update > section.step")) == 5


def test_importing_the_module_loads_no_library() -> None:
    code = "import sys, symgd.handouts.page\n"
    code += "print([m for m in ('markdown', 'nh3', 'math_core', 'jinja2') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    parts = [int(part * (6 // len(digits)), 16) / 255 for part in re.findall("." * (len(digits) // 3), digits)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_can_be_read_on_its_ground() -> None:
    names = ("page.css", "figures.css", "print.css")
    style = "\n".join((template_folder() / name).read_text(encoding="utf-8") for name in names)
    schemes = [
        dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r"\.symgd-page \{([^}]*--bg[^}]*)", style)
    ]
    assert len(schemes) == 3  # light, dark, print
    for scheme in schemes:
        for ink in ("fg", "muted", "old", "rate", "new"):
            for ground in ("bg", "card"):
                light, dark = sorted((luminance(scheme[ink]), luminance(scheme[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground, scheme)  # WCAG 2.2, 1.4.3


def characters(file: Path) -> set[str]:
    """What a font has, which says that it is ours."""
    pytest.importorskip("brotli", reason="fonttools and brotli read the font")
    fonts = pytest.importorskip("fontTools.ttLib", reason="fonttools and brotli read the font")
    font = fonts.TTFont(file)
    assert "MATH" in font
    assert font["name"].getDebugName(1) == "symgd math"
    return set(map(chr, font.getBestCmap()))


FONTS = template_folder() / "fonts"


def test_the_fonts_hold_what_formulas_are_made_of() -> None:
    lean, full = (characters(FONTS / f"stix-two-math-{name}.woff2") for name in ("lean", "subset"))
    assert not set("0123456789+−=≈×·←∂∇ΔΣ∞≤≥√()[]{}|‖ˆ¯‾𝑤𝜂𝛽𝜎ℎ∑⏟") - lean
    assert lean < full
    assert {sign for sign in full if _RARE.search(sign)} == full - lean
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("formula", "name"), [("w_1 + \\alpha", "lean"), ("\\mathbf{x}", "subset"), ("\\boldsymbol{\\alpha}", "subset")]
)
def test_a_page_carries_the_font_that_has_its_characters(formula: str, name: str) -> None:
    page = html_page(f"# T\n\n${formula}$", title="T", language="en")
    carried = base64.b64decode(page.partition("base64,")[2].partition('"')[0])
    assert carried == (FONTS / f"stix-two-math-{name}.woff2").read_bytes()


def test_an_english_page_takes_its_apostrophes_from_a_latin_font() -> None:
    """A font for Chinese sets ’ as wide as a character: it comes behind serif fonts that every system has."""
    rule = next(
        line for line in (template_folder() / "page.css").read_text().splitlines() if line.startswith(":lang(en)")
    )
    assert all(rule.index(font) < rule.index("Noto Serif TC") for font in ("Georgia", "Liberation Serif", "Times"))


def test_a_table_of_three_weights_is_parted_and_loses_no_column() -> None:
    """Eleven columns of twelve digits fit no sheet of A4; two weights are set as before."""
    three = {"a": "0.517", "b": "-0.219", "c": "0.333"}
    page = symgd.explain("(a-0.137)^2 + 2*(b-0.253)^2 + 3*(c+0.117)^2", start=three, steps=3).html()
    tables = BeautifulSoup(page, "html5lib").select("main > .table")
    assert [len(table.select("thead th")) for table in tables] == [7, 5]
    assert all(len(table.select("tbody th")) == 4 for table in tables)
    assert "dense" not in page
    two = symgd.explain("(a-1)^2 + 2*b^2", start={"a": 2, "b": 1}, steps=3).html()
    assert two.count('<div class="table wide"') == 1


def test_a_word_of_the_head_of_a_sheet_stays_with_its_line() -> None:
    sheet = symgd.explain("(w - 3)^2", start={"w": 1}, kind="worksheet", language="zh-TW").html()
    fields = [field.get_text() for field in BeautifulSoup(sheet, "html5lib").select("p > span.keep")]
    assert [field.split("\u00a0")[0] for field in fields[:3]] == ["姓名", "班級", "日期"]
    assert all(set(field.split("\u00a0")[1]) == {"_"} for field in fields[:3])


def test_the_bars_of_a_norm_around_a_matrix_are_single_ones() -> None:
    tall = r"\left\lVert \old{\begin{bmatrix}1 \\ 2\end{bmatrix}} \right\rVert^{2}"
    plain = r"\left\lVert w \right\rVert"
    assert mathml(plain, display=True).count("‖") == 2
    for latex in (tall, f"{plain} + {tall}", f"{tall} + {plain}"):
        written = mathml(latex, display=True)
        assert written.count(">|</mo>") == 4
        assert written.count("‖") == (2 if plain in latex else 0)


def test_the_rest_of_a_sum_is_kept_on_the_sheet_of_the_row_before() -> None:
    numbers = [f"{place}.{place}7" for place in range(10, 34, 2)]
    data = {"x": numbers, "y": list(range(12))}
    written = symgd.explain("mean((w*x + b - y)^2)", data=data, start={"w": "0.1", "b": "0.37"}, steps=1).html()
    page = BeautifulSoup(written, "html5lib")
    rest = [
        row
        for row in page.select(".lines.tall > .on")
        if row.select_one("span:nth-of-type(2) > math:first-child > mspace:first-child")
    ]
    assert len(rest) >= 2
    kept = page.select(".lines > .kept")
    assert all(row in kept for row in rest)
    assert {sign.text for row in kept for sign in row.select("mo")[:1]} <= {"≈", "+", "="}
    breakable = [row for row in page.select(".lines > .on") if row not in kept]
    assert {sign.text for row in breakable for sign in row.select("mo")[:1]} == {"="}  # else nothing could be kept
    assert ".lines > .kept > span { break-before: avoid }" in written
