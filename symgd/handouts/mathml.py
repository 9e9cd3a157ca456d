r"""LaTeX to MathML: the one place that knows math-core.

Colour roles (\old, \rate, \new) and the blanks of a worksheet are macros; what math-core marks with a style
attribute becomes a class, so that a page needs no inline style.
"""

from __future__ import annotations

import functools
import re
from html import escape
from typing import Any

#: Roles and the colour by which they are known again in math-core's output.
_ROLES = {"old": "red", "rate": "green", "new": "blue"}
_COLOURS = {"#FF0000": "old", "#03FF00": "rate", "#0000FF": "new"}
_STYLES = {
    "text-align: right": "right",
    "text-align: left": "left",
    "padding-left: 0": "tight-left",
    "padding-right: 0": "tight-right",
    "padding-left:1em": "wide-left",
    "padding-left: 1em": "wide-left",
}
_BLANK = re.compile(r"\\blank\{(\d+)\}")
_BLANK_TEXT = "SYMGDBLANK"


def mathml(latex: str, *, display: bool) -> str:
    r"""A formula as MathML; what math-core refuses is shown as its escaped source.

    >>> mathml("w_{1} = 0.5", display=False)
    '<math><msub><mi>w</mi><mn>1</mn></msub><mo>=</mo><mn>0.5</mn></math>'
    >>> mathml(r"\nosuch{x}", display=False)
    '<code>\\nosuch{x}</code>'
    """
    import math_core

    source = _BLANK.sub(rf"\\text{{{_BLANK_TEXT}\1}}", latex)
    try:
        converted = _converter().convert_with_local_state(source, displaystyle=display)
    except math_core.LatexError:
        return f"<code>{escape(latex)}</code>"
    return _with_classes(converted)


@functools.cache
def _converter() -> Any:
    import math_core

    macros = {role: rf"\textcolor{{{colour}}}{{#1}}" for role, colour in _ROLES.items()}
    return math_core.LatexToMathML(macros=macros, fancy_error=False)


def _with_classes(text: str) -> str:
    text = re.sub(r' style="([^"]*)"', lambda found: _class_of(found[1]), text)
    text = text.replace("&ApplyFunction;", "\N{FUNCTION APPLICATION}")
    return re.sub(rf"<mtext>{_BLANK_TEXT}(\d+)</mtext>", _blank, text)


def _class_of(style: str) -> str:
    declarations = [part.strip() for part in style.split(";") if part.strip()]
    classes = [_STYLES[part] for part in declarations if part in _STYLES]
    for part in declarations:
        name, _, value = part.partition(":")
        if name.strip() == "color" and value.strip().upper() in _COLOURS:
            classes.append(_COLOURS[value.strip().upper()])
    return f' class="{" ".join(classes)}"' if classes else ""


def _blank(found: re.Match[str]) -> str:
    """An empty place with a rule under it and its number."""
    return f'<mrow><mspace class="blank" width="4.5em" height="1em"/><mtext class="number">({found[1]})</mtext></mrow>'
