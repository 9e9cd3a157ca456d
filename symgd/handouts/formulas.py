"""Formulas of a page: LaTeX to MathML, and how formulas keep out of Markdown's and the sanitiser's way."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from symgd.handouts.lines import in_lines, in_parts

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Role or blank, to the colour that carries it through math-core; colours that no handout uses otherwise.
_COLOURS: Mapping[str, tuple[str, str]] = {
    "old": ("RoyalBlue", "#0073C0"),
    "rate": ("RawSienna", "#9E3C0E"),
    "new": ("ForestGreen", "#129F57"),
    "blank": ("WildStrawberry", "#FF3769"),
}
_MACROS = {role: rf"\textcolor{{{_COLOURS[role][0]}}}{{#1}}" for role in ("old", "rate", "new")} | {
    word: rf"\underset{{#1}}{{\textcolor{{{_COLOURS['blank'][0]}}}{{\hspace{{{width}em}}}}}}"
    for word, width in (("blank", 4.4), ("cellblank", 3))
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
#: The bars of a norm around a matrix: Chromium puts tall ones together out of pieces that do not meet.
_TALL_NORM = re.compile(
    r"<mo(?P<space>[^<>]*)>‖</mo>(?P<inside>(?:(?!‖).)*<mtable(?:(?!‖).)*)<mo[^<>]*>‖</mo></mrow>", re.DOTALL
)
_BARS = (
    r'<mo form="prefix" stretchy="true"\g<space> rspace="0">|</mo>'
    r'<mo form="prefix" stretchy="true" lspace=".1em" rspace="0">|</mo>\g<inside>'
    r'<mo form="postfix" stretchy="true" lspace="0" rspace="0">|</mo>'
    r'<mo form="postfix" stretchy="true" lspace=".1em" rspace="0">|</mo><mspace width=".1em"></mspace></mrow>'
)
_STYLE = re.compile(r'(<[a-z]+\b[^<>]*?) style="([^"<>]*)"')
_COLOUR = re.compile(r"color:(#[0-9A-Fa-f]{3,8})")
#: What MathML of ours never holds: other elements, anchors, handlers.
_FOREIGN = re.compile(r"<(?!/?(?:math|m[a-z]+)\b)|<[^<>]*\s(?:id|href|on[a-z]+)=", re.IGNORECASE)
_BRACES = re.compile(r"\\(?:left|right|begin|end)(?![a-zA-Z])|\\.|[{}]", re.DOTALL)
_CHANGES = {r"\left": 1, r"\begin": 1, "{": 1, r"\right": -1, r"\end": -1, "}": -1}
#: math-core nests as deep as its input and ends the whole process at some thousand levels.
MOST_NESTED = 200
_PREFIXES = re.compile(rf"(?:\\[a-zA-Z]+\s*){{{MOST_NESTED}}}")


def mathml(latex: str, *, display: bool) -> str:
    r"""A formula as MathML; one that cannot be read is shown as its LaTeX source.

    `\old{..}`, `\rate{..}` and `\new{..}` become rows of that class, `\blank{7}` a line to write on with its number,
    `\cellblank{7}` a shorter one.

    >>> mathml(r"\old{0.5}", display=False)
    '<math><mn class="old">0.5</mn></math>'
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
    written = _STYLE.sub(_classed, _TALL_NORM.sub(_BARS, written))
    for longer, shorter in _SHORTER:
        written = longer.sub(shorter, written)
    return _LENGTH.sub(lambda found: f"{float(found[1]):.3f}".rstrip("0").lstrip("0") + 'em"', written)


#: Lengths with more digits than anyone sees.
_LENGTH = re.compile(r'(?<=")(0\.\d{4,})em"')
#: The same with fewer characters, of which a page has very many: a row around one number or name, and around a space
#: of no width; a sign of its own, which has no space around it.
_SHORTER = (
    (re.compile(r'<mrow class="(\w+)">(<m[in])>([^<]*</m[in]>)</mrow>'), r'\2 class="\1">\3'),
    (re.compile(r"<mrow><mspace(?:/|></mspace)>(<mi [^<]*</mi>)</mrow>"), r"\1"),
    (re.compile(r'<mo lspace="0" rspace="0">−</mo>'), '<mo form="prefix">−</mo>'),
)


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
    """The opening of an element with classes for its style, and any other colour as an attribute of MathML.

    No style is left: the page's Content-Security-Policy lets none hold that stands at an element.
    """
    declarations = [re.sub(r"\s*:\s*", ":", part).strip() for part in match[2].split(";") if part.strip()]
    classes = dict.fromkeys(_CLASSES[part] for part in declarations if part in _CLASSES)
    colours = [found[1] for part in declarations if part not in _CLASSES and (found := _COLOUR.fullmatch(part))]
    written = f' class="{" ".join(classes)}"' if classes else ""
    return match[1] + written + (f' mathcolor="{colours[0]}"' if colours else "")


# set aside

_FORMULA = re.compile(
    r"\\[\s\S]"  # an escaped character: \$ is a dollar
    r"|`[^`\n]*`"  # code says what it says
    r"|\$\$(?P<display>(?:\\[\s\S]|[^$\\])+)\$\$"
    r"|\$(?P<inline>(?:\\.|[^$\\\n])+)\$"
)
#: Signs that a line does not part from the formula behind or before them.
_OPENING = "(（「『《"
_CLOSING = r",.;:!?)\]，。、；：！？）」』》…"


class Formulas:
    """Formulas set aside, each behind a token that stands for it until it is put back.

    A token holds a hash of the whole text, so that no part of the text can hold a token.
    """

    def __init__(self, text: str) -> None:
        """Set the formulas of a text aside; `text` is what is left."""
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
        is_cell = match.string.startswith("</t", match.end())
        written = in_lines(written, latex) if display else written if is_cell else in_parts(written, latex)
        if not match["before"] and not match["after"]:
            return written
        return f'<span class="keep">{match["before"]}{written}{match["after"]}</span>'


_HEAD = re.compile(r"<th([^<>]*)><math>((?:(?!</?th\b).)*)</math></th>", re.DOTALL)
#: What is said between the parts of a formula.
_BETWEEN = {"mfrac": "/", "msup": "^"}


def with_names(html: str) -> str:
    """The page with words for each head of a table that is a formula: a reader of pages says them at every cell.

    >>> with_names("<th><math><msub><mi>w</mi><mn>1</mn></msub></math></th>")
    '<th><span class="unseen">w1</span><math aria-hidden="true"><msub><mi>w</mi><mn>1</mn></msub></math></th>'
    """
    from xml.etree.ElementTree import fromstring

    def named(head: re.Match[str]) -> str:
        words = escape(_said(fromstring(f"<math>{head[2]}</math>")))
        return f'<th{head[1]}><span class="unseen">{words}</span><math aria-hidden="true">{head[2]}</math></th>'

    return _HEAD.sub(named, html)


def _said(node: Element) -> str:
    parts = [_said(part) for part in node]
    return (node.text or "").strip() + _BETWEEN.get(node.tag, "").join(parts)
