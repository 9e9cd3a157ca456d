"""One HTML file that holds everything: the handout's Markdown, its formulas as MathML, the style and the font.

    Markdown ─ formulas set aside ─ HTML tree (cards, tables) ─ sanitised ─ formulas put back ─ page

Formulas stay away from Markdown, which would eat their backslashes and split tables at their bars, and from the
sanitiser, which guards against text that others wrote; MathML is written by `mathml` alone. Nothing is loaded from
anywhere and nothing runs.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from symgd.handouts.formulas import Formulas, with_names
from symgd.handouts.structure import Structure
from symgd.language import languages, sentence
from symgd.resources import template_folder


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page is laid out and what its script may do.

    With `reveal` the answers of each step and the pictures are folded. `walk` are the texts for each point of the
    run, said when a reader walks to it, with the updates made before; none where there is nothing to walk through.
    The script also lets keys reach what scrolls. `paper` and `large_print` are as in `Sheet`. With `files_beside`
    links may lead to files in the page's own folder.
    """

    reveal: bool = False
    walk: Mapping[int, str] = field(default_factory=dict)
    script: bool = True
    paper: str = "a4"
    large_print: bool = False
    files_beside: bool = False


def html_page(markdown: str, *, title: str, language: str, layout: Layout | None = None) -> str:
    """A complete HTML page. The same arguments give the same bytes.

    `markdown` is a handout with LaTeX formulas between dollar signs, `title` plain text, `language` the name of a
    catalogue.

    >>> page = html_page("# Down", title="Down & out", language="zh-TW")
    >>> '<html lang="zh-Hant-TW"' in page and "<title>Down &amp; out</title>" in page
    True
    """
    from markupsafe import Markup

    layout = layout or Layout()
    reveal = _folds(language) if layout.reveal else ()
    body = _body(markdown, title, reveal, layout.files_beside) + _bar(layout.walk, language, reveal)
    style = _page_style(layout.paper, layout.large_print, _RARE.search(body) is not None)
    script = _script() if layout.script else ""
    view = {
        "title": title,
        "language": _tag(language),
        "policy": Markup(_policy(style, script)),
        "style": Markup(style),
        "script": Markup(script),
        "body": Markup(body),
    }
    return str(_page_template().render(view))


def html_fragment(markdown: str) -> str:
    """The handout without a page around it, for a notebook; it brings the style of its formulas along.

    >>> "<h1>Down</h1>" in html_fragment("# Down")
    True
    """
    return f'<div class="symgd"><style>{_formula_style()}</style>\n{_body(markdown)}\n</div>\n'


def _folds(language: str) -> tuple[str, str]:
    """What stands before folded answers and pictures; the title of a picture is known when it is found."""
    return _said(language, "reveal.show"), sentence(language, "reveal.picture", title="{title}")


def _tag(language: str) -> str:
    """What the page calls its language; a name that is no language of ours stands for itself."""
    return sentence(language, "language.tag") if language in languages() else language


# what runs


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy: nothing is loaded, and only our own style and script hold."""
    rules = [
        "default-src 'none'",
        f"style-src '{_digest(style)}'",
        *([f"script-src '{_digest(script)}'"] if script else []),
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


@functools.cache
def _script() -> str:
    return (template_folder() / "page.js").read_text(encoding="utf-8").strip()


def _bar(walk: Mapping[int, str], language: str, reveal: tuple[str, ...]) -> str:
    """The place where the script builds its bar, with all that it says; hidden where nothing runs."""
    if not walk and not reveal:
        return ""
    words = {word: _said(language, f"walk.{word}") for word in ("back", "forward", "slider", "go")} if walk else {}
    folds = {word: _said(language, f"reveal.{word}") for word in ("open", "close")} if reveal else {}
    facts = json.dumps({"steps": list(walk), "texts": list(walk.values()), **words, **folds}, ensure_ascii=False)
    name = escape(_said(language, "walk.name" if walk else "reveal.name"))
    return f'\n<nav class="walk" aria-label="{name}" data-facts="{escape(facts)}" hidden></nav>'


def _said(language: str, key: str) -> str:
    return sentence(language, key)


# the body


#: Characters that HTML forbids.
_UNPRINTABLE = re.compile("[^\\t\\n -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def _body(markdown: str, title: str = "", reveal: tuple[str, ...] = (), files_beside: bool = False) -> str:
    """What stands in `<main>`; a `title` becomes the heading where the text has none."""
    formulas = Formulas(_UNPRINTABLE.sub("", markdown))
    return with_names(
        formulas.put_back(_sanitised(_converted(formulas, title, reveal), formulas.mark, files_beside))
    ).strip()


def _converted(formulas: Formulas, title: str, reveal: tuple[str, ...]) -> str:
    from markdown import Markdown

    converter = Markdown(extensions=["tables"], extension_configs={"tables": {"use_align_attribute": True}})
    converter.ESCAPED_CHARS.extend("$~|")
    structure: Any = Structure(formulas, title, reveal)
    converter.treeprocessors.register(structure, "structure", 15)  # after the inline markup, before the tidying
    return converter.convert(formulas.text)


_ELEMENTS = (
    "h1 h2 h3 h4 p ul ol li blockquote table thead tbody tr th td hr br strong em sub sup code pre a"
    " section div span footer caption details summary"
)
_OWN_CLASSES = {
    "section": {"step", "update"},
    "div": {"eq", "table", "long", "wide", "room"},
    "span": {"num", "keep"},
    "details": {"answer"},
    "caption": {"unseen"},
}
_ALIGNMENTS = {"left", "right", "center"}


def _sanitised(html: str, mark: str, files_beside: bool) -> str:
    """Only harmless elements and attributes; a formula's token stands in no attribute."""
    import nh3

    def leads_in(name: str, value: str) -> bool:
        return _leads_in(name, value) and not (files_beside and _FILE_BESIDE.fullmatch(value))

    return nh3.clean(
        html,
        tags=set(_ELEMENTS.split()),
        attributes={"*": set(), "a": {"href"}, "th": {"scope"}, "ol": {"start"}},
        allowed_classes={**_OWN_CLASSES, "th": _ALIGNMENTS, "td": _ALIGNMENTS},
        attribute_filter=lambda _, name, value: None if mark in value or leads_in(name, value) else value,
        link_rel="noopener noreferrer",
    )


#: A file in the folder of the page: no folder, no scheme.
_FILE_BESIDE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _leads_in(name: str, value: str) -> bool:
    """Whether an attribute is a link to anything but the web: a script, a file beside the page."""
    return name == "href" and not value.lower().startswith(("http://", "https://"))


# style


#: The styles of a page in the order in which they hold.
_STYLES = ("page.css", "figures.css", "print.css")


def _style_parts() -> tuple[str, str]:
    style = "\n".join(map(_style_of, _STYLES))
    formulas, _, page = re.sub(r"/\* (?!Page\.).*?\*/\n?", "", style, flags=re.DOTALL).partition("/* Page. */\n")
    return formulas.strip(), re.sub(r"\n{2,}", "\n\n", page.strip())


def _style_of(name: str) -> str:
    return (template_folder() / name).read_text(encoding="utf-8")


def _formula_style() -> str:
    return _style_parts()[0]


@functools.cache
def _page_style(paper: str, large_print: bool, rare: bool) -> str:
    """The whole style with the font inside: for `rare` characters the one that has them."""
    own = f"@page {{ size: {paper} }}\n" + (_style_of("large.css") if large_print else "")
    style = "\n".join((*_style_parts(), own)).strip()
    return _FONT.sub(_embedded, style.replace(*_FULL) if rare else style)


#: Bold letters, script and blackboard, which the lean font has not; and the font that has them in its place.
_RARE = re.compile(
    "[\U0001d400-\U0001d433\U0001d468-\U0001d5b2\U0001d5b4-\U0001d6a3\U0001d6a8-\U0001d6e1\U0001d71c-\U0001d7ff]"
)
_FULL = ("math-lean", "math-subset")
_FONT = re.compile(r'url\("(fonts/[\w.-]+)"\)')


def _embedded(match: re.Match[str]) -> str:
    font = base64.b64encode((template_folder() / match[1]).read_bytes()).decode("ascii")
    return f'url("data:font/woff2;base64,{font}")'


@functools.cache
def _page_template() -> Any:
    from jinja2 import Environment, StrictUndefined

    from symgd.handouts.template import DELIMITERS

    environment = Environment(undefined=StrictUndefined, autoescape=True, **DELIMITERS)
    return environment.from_string((template_folder() / "page.html").read_text(encoding="utf-8"))
