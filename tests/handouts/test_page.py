"""The page: structure, roles, safety, and nothing from outside."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

import symgd
from symgd.handouts.mathml import mathml
from symgd.handouts.page import html_fragment, html_page


def page(markdown: str, title: str = "T", language: str = "en") -> BeautifulSoup:
    return BeautifulSoup(html_page(markdown, title=title, language=language), "html5lib")


@pytest.fixture(scope="module")
def lesson() -> BeautifulSoup:
    text = symgd.explain("(w - 3)^2", start={"w": "0.5"}, steps=2, title="A first lesson").html()
    return BeautifulSoup(text, "html5lib")


def test_a_page_loads_nothing_and_runs_nothing(lesson: BeautifulSoup) -> None:
    assert lesson.find_all(["script", "link", "img", "iframe", "object"]) == []
    style = "".join(tag.text for tag in lesson.find_all("style"))
    assert re.findall(r"url\((?!data:font/woff2;base64,)", style) == []
    assert "@import" not in style
    assert [tag for tag in lesson.find_all(True) if any(name.startswith("on") for name in tag.attrs)] == []
    assert [tag for tag in lesson.find_all(True) if "style" in tag.attrs] == []


def test_each_step_is_a_card_with_its_number(lesson: BeautifulSoup) -> None:
    cards = lesson.select("section.step")
    assert [card.select_one("h3 .mark").text for card in cards] == ["1", "2", "3", "4", "5"] * 2  # type: ignore[union-attr]
    assert all(card.find("math") for card in cards)


def test_there_is_one_main_heading_and_a_table_with_heads(lesson: BeautifulSoup) -> None:
    assert [tag.text for tag in lesson.find_all("h1")] == ["A first lesson"]
    assert [tag["scope"] for tag in lesson.select("thead th")] == ["col"] * 5
    assert [tag.text for tag in lesson.select("tbody th[scope=row]")] == ["0", "1", "2"]


def test_roles_are_classes(lesson: BeautifulSoup) -> None:
    assert {tag.text for tag in lesson.select("math .old")} >= {"0.5", "1"}
    assert {tag.text for tag in lesson.select("math .rate")} == {"0.1"}
    assert [tag.text for tag in lesson.select("math .new")] == ["1", "1.4"]


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh-TW", "zh-Hant-TW")])
def test_the_language_is_declared(language: str, tag: str) -> None:
    html = page("# x", language=language).html
    assert html is not None
    assert html["lang"] == tag


def test_the_same_input_gives_the_same_bytes_and_a_small_file() -> None:
    first, second = (html_page("# x\n\n$w = 1$", title="x", language="en") for _ in range(2))
    assert first == second
    assert len(first.encode()) < 120_000


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        pytest.param(r"costs \$5 and \$6", "costs $5 and $6", id="escaped dollars are no formula"),
        pytest.param("a | b $|x|$", "a | b |x|", id="bars outside a table"),
        pytest.param("2 < 3 & 4 > 1", "2 < 3 & 4 > 1", id="signs"),
    ],
)
def test_text_stays_text(markdown: str, shown: str) -> None:
    assert BeautifulSoup(html_fragment(markdown), "html5lib").text.strip() == shown


def test_a_bar_in_a_formula_does_not_break_a_table() -> None:
    table = "| a | b |\n|---:|---:|\n| $|x|$ | 2 |\n"
    cells = BeautifulSoup(html_fragment(table), "html5lib").select("tbody tr > *")
    assert [cell.text for cell in cells] == ["|x|", "2"]


def test_line_ends_of_an_aligned_formula_survive() -> None:
    rows = BeautifulSoup(
        html_fragment("$$\n\\begin{aligned}\na &= 1 \\\\\n&= 2\n\\end{aligned}\n$$"), "html5lib"
    ).find_all("mtr")
    assert [row.text for row in rows] == ["a=1", "=2"]


def test_a_formula_that_cannot_be_set_is_shown_as_its_source() -> None:
    assert mathml(r"\nosuch{<b>}", display=False) == r"<code>\nosuch{&lt;b&gt;}</code>"


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    '![x](http://evil.example/x.png "t")',
    "<a href='javascript:alert(1)'>x</a>",
    "$\\text{<script>alert(1)</script>}$",
    "$</math><script>alert(1)</script>$",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<p style='background:url(http://evil.example)'>x</p>",
    "# heading\n\n> quote | table",
    "{{ 7*7 }} << 7*7 >> <% for x in y %>",
    "`code` *em* **strong** _u_ ~~s~~",
    "symgd0000000000000000x0x",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202eevil\u202c <b>",
    "javascript:alert(1)",
    "a\nb\r\nc\td",
    "[[x]] [x]: http://evil.example",
    "<details open ontoggle=alert(1)>",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_title_is_text_and_never_markup(payload: str) -> None:
    made = symgd.explain("w^2", start={"w": 1}, steps=1, title=payload)
    soup = BeautifulSoup(made.html(), "html5lib")
    heading = soup.find("h1")
    assert heading is not None
    visible = " ".join("".join(c if c.isprintable() else " " for c in payload).split())
    assert heading.text == visible
    assert heading.find(True) is None
    title = soup.find("title")
    assert title is not None
    assert len(soup.find_all("title")) == 1
    assert soup.find_all(["script", "img", "iframe", "svg", "a", "details"]) == []
    assert [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_of_others_is_made_harmless(payload: str) -> None:
    soup = page(payload, title=payload)
    assert soup.find_all(["script", "img", "iframe", "svg", "a", "details"]) == []
    assert [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)] == []
    assert len(soup.find_all("style")) == 1
