"""Markdown to one HTML page that needs nothing else: formulas as MathML, the font inside, no script.

The order makes it safe: formulas are set aside, the rest goes through Markdown and then through the sanitiser, and
only then our own MathML and cards go in. Nothing that a user typed is ever markup.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from html import escape
from typing import Any

from symgd.handouts.mathml import mathml
from symgd.resources import template_folder

LANGUAGE_TAGS = {"en": "en", "zh-TW": "zh-Hant-TW"}
_FORMULA = re.compile(r"(?<!\\)(?:\$\$(?P<display>.+?)(?<!\\)\$\$|\$(?P<inline>[^$\n]+?)(?<!\\)\$)", re.DOTALL)
_ALLOWED = {
    "h1", "h2", "h3", "h4", "p", "em", "strong", "ul", "ol", "li", "blockquote", "hr", "br", "code", "pre",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"


def html_page(markdown: str, *, title: str, language: str) -> str:
    """The whole page.

    >>> page = html_page("# A title\\n\\n$w = 0.5$", title="A title", language="en")
    >>> page.startswith("<!doctype html>"), "<math>" in page, "<script" in page
    (True, True, False)
    """
    from symgd import __version__

    template = _page_template()
    return str(
        template.render(
            lang=LANGUAGE_TAGS.get(language, language),
            title=escape(title),
            style=_style(),
            body=html_fragment(markdown),
            version=__version__,
        )
    )


def html_fragment(markdown: str) -> str:
    """The body alone, as a notebook shows it.

    >>> html_fragment("2 > 1 and <script>")
    '<p>2 &gt; 1 and </p>'
    """
    import nh3
    from markdown import markdown as convert

    aside = _Aside(markdown)
    html = convert(aside.text, extensions=["tables"], output_format="html")
    clean = nh3.clean(html, tags=_ALLOWED, attributes={}, link_rel=None)
    return aside.put_back(_structured(clean))


class _Aside:
    """Formulas out of a text and back into its HTML, under tokens that no text can hold by chance."""

    def __init__(self, markdown: str) -> None:
        self.formulas: list[str] = []
        self.nonce = hashlib.sha256(markdown.encode()).hexdigest()[:16]
        self.text = _FORMULA.sub(self._set_aside, markdown).replace(r"\$", "&#36;")

    def _set_aside(self, found: re.Match[str]) -> str:
        display = found["display"]
        latex = found["inline"] if display is None else display
        formula = mathml(latex.strip(), display=display is not None)
        self.formulas.append(f'<div class="formula">{formula}</div>' if display is not None else formula)
        return f"symgd{self.nonce}x{len(self.formulas) - 1}x"

    def put_back(self, html: str) -> str:
        html = re.sub(rf"<p>\s*(symgd{self.nonce}x\d+x)\s*</p>", self._block, html)
        return re.sub(rf"symgd{self.nonce}x(\d+)x", lambda found: self.formulas[int(found[1])], html)

    def _block(self, found: re.Match[str]) -> str:
        """A paragraph that is one formula on a line of its own needs no paragraph."""
        number = int(found[1].split("x")[-2])
        return found[1] if self.formulas[number].startswith("<div") else found[0]


def _structured(html: str) -> str:
    """Steps as cards, tables that scroll, heads and row heads."""
    html = re.sub(r"<table>.*?</table>", lambda found: _table(found[0]), html, flags=re.DOTALL)
    parts = re.split(r"(?=<h[123]>|<hr)", html)
    return "".join(_card(part) if part.startswith("<h3>") else part for part in parts)


def _card(part: str) -> str:
    heading, _, rest = part.partition("</h3>")
    text = heading.removeprefix("<h3>")
    number = _CIRCLED.find(text[:1]) + 1 if text else 0
    if number:
        text = f'<span class="mark">{number}</span>{text[1:].lstrip()}'
    return f'<section class="step">\n<h3>{text}</h3>{rest.rstrip()}\n</section>\n'


def _table(table: str) -> str:
    table = table.replace("<th>", '<th scope="col">')
    table = re.sub(r"<tr>\s*<td>(.*?)</td>", r'<tr>\n<th scope="row">\1</th>', table, flags=re.DOTALL)
    return f'<div class="table">{table}</div>'


@functools.cache
def _style() -> str:
    folder = template_folder()
    font = base64.b64encode((folder / "fonts" / "stix-two-math-subset.woff2").read_bytes()).decode("ascii")
    face = f'@font-face {{ font-family: "symgd math"; src: url(data:font/woff2;base64,{font}) format("woff2"); }}\n'
    return face + (folder / "page.css").read_text(encoding="utf-8")


@functools.cache
def _page_template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,
        variable_start_string="<<",
        variable_end_string=">>",
        keep_trailing_newline=True,
    )
    return environment.from_string((template_folder() / "page.html").read_text(encoding="utf-8"))
