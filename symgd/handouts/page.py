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
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from symgd.resources import template_folder

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: The page's `lang`, where it is not the name of the catalogue.
_TAGS: Mapping[str, str] = {"zh-TW": "zh-Hant-TW"}


def html_page(markdown: str, *, title: str, language: str) -> str:
    """A complete HTML page. The same arguments give the same bytes.

    `markdown` is a handout with LaTeX formulas between dollar signs, `title` plain text, `language` the name of a
    catalogue.

    >>> page = html_page("# Down", title="Down & out", language="zh-TW")
    >>> '<html lang="zh-Hant-TW"' in page and "<title>Down &amp; out</title>" in page
    True
    """
    from markupsafe import Markup

    view = {
        "title": title,
        "language": _TAGS.get(language, language),
        "style": Markup(_page_style()),
        "body": Markup(_body(markdown, title)),
    }
    return str(_page_template().render(view))


def html_fragment(markdown: str) -> str:
    """The handout without a page around it, for a notebook; it brings the style of its formulas along.

    >>> "<h1>Down</h1>" in html_fragment("# Down")
    True
    """
    return f'<div class="symgd"><style>{_formula_style()}</style>\n{_body(markdown)}\n</div>\n'


# formulas

#: Role or blank, to the colour that carries it through math-core; colours that no handout uses otherwise.
_COLOURS: Mapping[str, tuple[str, str]] = {
    "old": ("RoyalBlue", "#0073C0"),
    "rate": ("RawSienna", "#9E3C0E"),
    "new": ("ForestGreen", "#129F57"),
    "blank": ("WildStrawberry", "#FF3769"),
}
_MACROS = {role: rf"\textcolor{{{_COLOURS[role][0]}}}{{#1}}" for role in ("old", "rate", "new")} | {
    "blank": rf"\underset{{#1}}{{\textcolor{{{_COLOURS['blank'][0]}}}{{\hspace{{4.4em}}}}}}"
}
#: A declaration of math-core's style attributes, to the class of ours that says the same in `page.css`.
_CLASSES: Mapping[str, str] = {
    "text-align:left": "left",
    "text-align:right": "right",
    "text-align:center": "center",
    "justify-items:start": "left",
    "justify-items:end": "right",
    "padding-left:0": "flush-left",
    "padding-right:0": "flush-right",
    "padding-left:1em": "gap",
    "border-right:0.05em solid currentcolor": "rule-right",
    "border-top:0.05em solid currentcolor": "rule-top",
} | {f"color:{colour}": role for role, (_, colour) in _COLOURS.items()}
#: What math-core writes and Chromium draws wrongly, to what it draws well.
_QUIRKS: Mapping[str, str] = {
    "&ApplyFunction;": "\N{FUNCTION APPLICATION}",
    "\N{COMBINING LOW LINE}</mo></mover>": "\N{OVERLINE}</mo></mover>",
    "\N{COMBINING LOW LINE}</mo></munder>": "_</mo></munder>",
}
_STYLE = re.compile(r'(<[a-z]+\b[^<>]*?) style="([^"<>]*)"')
#: What MathML of ours never holds: other elements, anchors, handlers.
_FOREIGN = re.compile(r"<(?!/?(?:math|m[a-z]+)\b)|<[^<>]*\s(?:id|href|on[a-z]+)=", re.IGNORECASE)
_BRACES = re.compile(r"\\(?:left|right|begin|end)(?![a-zA-Z])|\\.|[{}]", re.DOTALL)
_CHANGES = {r"\left": 1, r"\begin": 1, "{": 1, r"\right": -1, r"\end": -1, "}": -1}
#: math-core nests as deep as its input and ends the whole process at some thousand levels.
MOST_NESTED = 200
_PREFIXES = re.compile(rf"(?:\\[a-zA-Z]+\s*){{{MOST_NESTED}}}")


def mathml(latex: str, *, display: bool) -> str:
    r"""A formula as MathML; one that cannot be read is shown as its LaTeX source.

    `\old{..}`, `\rate{..}` and `\new{..}` become rows of that class, `\blank{7}` a line to write on with its number.

    >>> mathml(r"\old{0.5}", display=False)
    '<math><mrow class="old"><mn>0.5</mn></mrow></math>'
    >>> mathml(r"\unheard{x}", display=False)
    '<code>\\unheard{x}</code>'
    """
    from math_core import LatexError

    try:
        written = "" if _is_too_deep(latex) else _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError:
        written = ""
    if not written or _FOREIGN.search(written):
        return f"<code>{escape(latex.strip())}</code>"
    for quirk, character in _QUIRKS.items():
        written = written.replace(quirk, character)
    return _STYLE.sub(_classed, written)


@functools.cache
def _converter() -> Any:
    from math_core import LatexToMathML

    return LatexToMathML(macros=_MACROS, fancy_error=False)


def _is_too_deep(latex: str) -> bool:
    depth = 0
    for part in _BRACES.findall(latex):
        depth += _CHANGES.get(part, 0)
        if depth > MOST_NESTED:
            return True
    return _PREFIXES.search(latex) is not None


def _classed(match: re.Match[str]) -> str:
    """The opening of an element with classes for its style; a declaration that no class says stays."""
    declarations = [re.sub(r"\s*:\s*", ":", part).strip() for part in match[2].split(";") if part.strip()]
    classes = dict.fromkeys(_CLASSES[part] for part in declarations if part in _CLASSES)
    others = ";".join(part for part in declarations if part not in _CLASSES)
    written = f' class="{" ".join(classes)}"' if classes else ""
    return match[1] + written + (f' style="{others}"' if others else "")


# Markdown

_FORMULA = re.compile(
    r"\\[\s\S]"  # an escaped character: \$ is a dollar
    r"|`[^`\n]*`"  # code says what it says
    r"|\$\$(?P<display>(?:\\[\s\S]|[^$\\])+)\$\$"
    r"|\$(?P<inline>(?:\\.|[^$\\\n])+)\$"
)
#: Characters that HTML forbids.
_UNPRINTABLE = re.compile("[^\\t\\n -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
#: Signs that a line does not part from the formula behind or before them.
_OPENING = "(（「『《"
_CLOSING = r",.;:!?)\]，。、；：！？）」』》…"


class _Formulas:
    """Formulas set aside, each behind a token that stands for it until it is put back.

    A token holds a hash of the whole text, so that no part of the text can hold a token.
    """

    def __init__(self, text: str) -> None:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self.mark = f"formula{digest[:32]}"
        self.found: list[tuple[str, bool]] = []
        self.text = _FORMULA.sub(self._set_aside, text)

    def _set_aside(self, match: re.Match[str]) -> str:
        display, inline = match["display"], match["inline"]
        if display is None and inline is None:
            return match[0]
        self.found.append((display or inline, display is not None))
        token = f"{self.mark}n{len(self.found) - 1}e"
        own_line = display is not None and match.string[max(0, match.start() - 1)] in "$\n"
        return f"\n\n{token}\n\n" if own_line else token

    def is_display(self, text: str | None) -> bool:
        """Whether a text is the token of a display formula and nothing else."""
        match = re.fullmatch(rf"\s*{self.mark}n(\d+)e\s*", text or "")
        return match is not None and self.found[int(match[1])][1]

    def put_back(self, html: str) -> str:
        """The HTML with MathML in the place of the tokens."""
        token = rf"(?P<before>[{_OPENING}]?){self.mark}n(?P<place>\d+)e(?P<after>[{_CLOSING}]*)"
        return re.sub(token, self._formula, html)

    def _formula(self, match: re.Match[str]) -> str:
        """A formula that takes its brackets and points along: a line breaks nowhere between them."""
        latex, display = self.found[int(match["place"])]
        written = mathml(latex, display=display)
        if display:
            written = _in_lines(written)
        if not match["before"] and not match["after"]:
            return written
        return f'<span class="keep">{match["before"]}{written}{match["after"]}</span>'


#: An aligned formula of more rows may be taller than a sheet of paper, and no browser breaks inside one `<math>`.
MOST_ROWS = 12


def _in_lines(formula: str) -> str:
    """A tall or noted aligned formula as lines, between which a page may break, a `<math>` for each cell."""
    from xml.etree.ElementTree import fromstring

    noted = "<mtext>(" in formula  # in a fourth column, that is
    if not (noted or formula.count("<mtr>") > MOST_ROWS) or not formula.startswith('<math display="block"><mtable'):
        return formula
    math = fromstring(formula)
    if len(math) > 1 or (len(math[0]) <= MOST_ROWS and not (noted and max(map(len, math[0])) > 3)):
        return formula
    return f'<span class="lines">{"".join(map(_line, math[0]))}</span>'


def _line(row: Element) -> str:
    return f"<span>{''.join(map(_cell, row))}</span>"


def _cell(cell: Element) -> str:
    from xml.etree.ElementTree import tostring

    classes = cell.get("class", "")
    cell.tag, cell.attrib = "math", {"displaystyle": "true"}
    return f'<span class="{classes}">{tostring(cell, encoding="unicode", short_empty_elements=False)}</span>'


def _body(markdown: str, title: str = "") -> str:
    """What stands in `<main>`; a `title` becomes the heading where the text has none."""
    formulas = _Formulas(_UNPRINTABLE.sub("", markdown))
    return formulas.put_back(_sanitised(_converted(formulas, title), formulas.mark)).strip()


def _converted(formulas: _Formulas, title: str) -> str:
    from markdown import Markdown

    converter = Markdown(extensions=["tables"], extension_configs={"tables": {"use_align_attribute": True}})
    converter.ESCAPED_CHARS.extend("$~|")
    structure: Any = _Structure(formulas, title)
    converter.treeprocessors.register(structure, "structure", 15)  # after the inline markup, before the tidying
    return converter.convert(formulas.text)


_ELEMENTS = (
    "h1 h2 h3 h4 p ul ol li blockquote table thead tbody tr th td hr br strong em sub sup code pre a"
    " section div span footer"
)
_OWN_CLASSES = {"section": {"step"}, "div": {"eq", "table"}, "span": {"num"}}
_ALIGNMENTS = {"left", "right", "center"}


def _sanitised(html: str, mark: str) -> str:
    """Only harmless elements and attributes; a formula's token stands in no attribute."""
    import nh3

    return nh3.clean(
        html,
        tags=set(_ELEMENTS.split()),
        attributes={"a": {"href"}, "th": {"scope"}, "ol": {"start"}},
        allowed_classes={**_OWN_CLASSES, "th": _ALIGNMENTS, "td": _ALIGNMENTS},
        attribute_filter=lambda _element, name, value: None if mark in value or _leads_in(name, value) else value,
        link_rel="noopener noreferrer",
    )


def _leads_in(name: str, value: str) -> bool:
    """Whether an attribute is a link to anything but the web: a script, a file beside the page."""
    return name == "href" and not value.lower().startswith(("http://", "https://"))


# structure


class _Structure:
    """Markdown's tree made into a handout's: one h1, cards for steps, tables that scroll, a footer."""

    def __init__(self, formulas: _Formulas, title: str) -> None:
        self.formulas, self.title = formulas, title

    def run(self, root: Element) -> None:
        """Called by Markdown when the tree stands."""
        for node in list(root.iter("p")):
            if not len(node) and self.formulas.is_display(node.text):
                node.tag = "div"
                node.set("class", "eq")
        for node in list(root.iter("table")):
            _mark_cells(node)
            _wrap_table(node)
        for node in root.iter("h3"):
            _number_heading(node)
        self._one_title(root)
        _gather(root)

    def _one_title(self, root: Element) -> None:
        titles = list(root.iter("h1"))
        for further in titles[1:]:
            further.tag = "h2"
        if self.title and not titles:
            heading = root.makeelement("h1", {})
            heading.text = self.title
            root.insert(0, heading)


def _mark_cells(table: Element) -> None:
    """Heads say what they are heads of; the first cell of a row is its head."""
    for row in table.iterfind("tbody/tr"):
        row[0].tag = "th"
        row[0].set("scope", "row")
    for head in table.iterfind("thead/tr/th"):
        head.set("scope", "col")
    for cell in [*table.iter("th"), *table.iter("td")]:
        if side := cell.attrib.pop("align", ""):
            cell.set("class", side)


def _wrap_table(table: Element) -> None:
    inner = table.makeelement("table", {})
    inner[:] = table[:]
    table.tag = "div"
    table.set("class", "table")
    table[:] = [inner]


def _number_heading(heading: Element) -> None:
    """A circled digit in front becomes a number that the style puts into a circle."""
    text = (heading.text or "").lstrip()
    if not "①" <= text[:1] <= "⑳":
        return
    number = heading.makeelement("span", {"class": "num"})
    number.text, number.tail = str(ord(text[0]) - ord("①") + 1), f" {text[1:].lstrip()}"
    heading.text = None
    heading.insert(0, number)


def _gather(root: Element) -> None:
    """Put steps into cards, and paragraphs behind the last rule into a footer."""
    gathered: list[Element] = []
    target: list[Element] | Element = gathered
    children = list(root)
    for place, child in enumerate(children):
        wrapper = _wrapper(child, children[place + 1 :])
        if wrapper is not None:
            target = wrapper
            gathered.append(wrapper)
        elif child.tag in ("h1", "h2", "hr"):
            target = gathered
        target.append(child)
    root[:] = gathered


def _wrapper(child: Element, following: Iterable[Element]) -> Element | None:
    """The element that begins with this child, if one does."""
    if child.tag == "h3":
        return child.makeelement("section", {"class": "step"})
    if child.tag == "hr" and all(other.tag == "p" for other in following):
        return child.makeelement("footer", {})
    return None


# style


#: The styles of a page in the order in which they hold.
_STYLES = ("page.css", "figures.css", "print.css")


def _style_parts() -> tuple[str, str]:
    style = "\n".join((template_folder() / name).read_text(encoding="utf-8") for name in _STYLES)
    formulas, _, page = re.sub(r"/\* (?!Page\.).*?\*/\n?", "", style, flags=re.DOTALL).partition("/* Page. */\n")
    return formulas.strip(), re.sub(r"\n{2,}", "\n\n", page.strip())


def _formula_style() -> str:
    return _style_parts()[0]


@functools.cache
def _page_style() -> str:
    """The whole style with the font inside."""
    return _FONT.sub(_embedded, "\n".join(_style_parts()))


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
