"""What a page may hold: the elements and attributes that symgd itself writes, and nothing else."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import html5lib

from symgd.resources import template_folder

_MATH, _SVG = "{http://www.w3.org/1998/Math/MathML}", "{http://www.w3.org/2000/svg}"
_TEXT = "h1 h2 h3 h4 p ul ol li blockquote table thead tbody tr th td caption hr br strong em sub sup code pre a"
_PAGE = "html head meta title style body main nav script section div span footer details summary figure figcaption"
_FORMULAS = (
    "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts"
    " mprescripts mtable mtr mtd mpadded mphantom mstyle menclose merror"
)
_PICTURES = "svg g path rect circle line polyline polygon text tspan title desc defs clipPath use"
_OF_PAGES = "class hidden aria-label aria-hidden role"
_OF_FORMULAS = (
    "class aria-hidden display displaystyle scriptlevel mathvariant mathcolor stretchy form lspace rspace accent"
    " accentunder movablelimits symmetric minsize maxsize width height depth voffset linethickness fence separator"
    " notation largeop"
)
_OF_PICTURES = (
    "class aria-label role id data-step viewBox width height x y x1 x2 y1 y2 cx cy r rx ry d dx dy points transform"
    " fill fill-rule fill-opacity stroke stroke-width stroke-dasharray stroke-dashoffset stroke-linecap"
    " stroke-linejoin stroke-opacity stroke-miterlimit opacity font-size font-family font-style font-weight"
    " text-anchor dominant-baseline clip-path clip-rule href {http://www.w3.org/1999/xlink}href xmlns"
    " {http://www.w3.org/2000/xmlns/}xmlns {http://www.w3.org/2000/xmlns/}xlink"
)
#: The elements of each kind, and the attributes that they may have.
_KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "": (frozenset(f"{_TEXT} {_PAGE}".split()), frozenset(_OF_PAGES.split())),
    _MATH: (frozenset(_FORMULAS.split()), frozenset(_OF_FORMULAS.split())),
    _SVG: (frozenset(_PICTURES.split()), frozenset(_OF_PICTURES.split())),
}
_OF: dict[str, frozenset[str]] = {
    "html": frozenset(("lang",)),
    "meta": frozenset(("charset", "http-equiv", "content", "name")),
    "a": frozenset(("href", "rel")),
    "th": frozenset(("scope", "align")),
    "td": frozenset(("align",)),
    "ol": frozenset(("start",)),
    "nav": frozenset(("data-facts",)),
    "figure": frozenset(("data-figure",)),
}
#: Where a link may lead: to the web, to a file of a class set, and in a picture to a part of it.
_LINK = {"": r"https?://.*|variant-\d+[\w.-]*", _SVG: r"#.*", _MATH: r"(?!)"}
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@functools.cache
def _own_script() -> str:
    return (template_folder() / "page.js").read_text(encoding="utf-8").strip()


def faults(html: str, words: list[str] | None = None, *, fragment: bool = False) -> list[str]:
    """What a page holds that symgd does not write, and which words on it no reader would see.

    The first style is its own; it is compared with the policy and otherwise passed over, as it holds a whole font.
    """
    style = found[1] if (found := _STYLE.search(html)) else ""
    page: Any = html5lib.parse(_STYLE.sub("<style></style>", html, count=1), namespaceHTMLElements=False)
    told = [fault for node in page.iter() if isinstance(node.tag, str) for fault in _faults_of(node)]
    told += ["a comment" for node in page.iter() if not isinstance(node.tag, str)]
    told += [] if [node.text or "" for node in page.iter("style")] in ([""], []) else ["a style"]
    scripts = [node.text or "" for node in page.iter("script")]
    told += [] if scripts in ([], [_own_script()]) else [f"scripts: {scripts}"]
    told += [] if fragment else _policy_faults(page, style, scripts)
    seen = "".join(page.find("body").itertext())
    return told + [f"unseen: {word}" for word in words or () if word not in seen]


def _faults_of(node: Any) -> Iterator[str]:
    brace = node.tag.rfind("}") + 1
    kind, tag = node.tag[:brace], node.tag[brace:]
    elements, attributes = _KINDS.get(kind, (frozenset(), frozenset()))
    if tag not in elements:
        yield f"<{node.tag}> {node.attrib} {(node.text or '')[:60]}"
    for key, value in node.attrib.items():
        if key not in attributes | (_OF.get(tag, frozenset()) if not kind else frozenset()):
            yield f"{key}={value[:60]!r} of <{node.tag}>"
        if key.endswith("href") and not re.fullmatch(_LINK.get(kind, ""), value):
            yield f"a link to {value!r}"


def _policy_faults(page: Any, style: str, scripts: list[str]) -> list[str]:
    """What the Content-Security-Policy lacks: it stands first, and only our own style and script hold."""
    metas = [node.attrib for node in page.iter("meta")]
    if metas[0] != {"charset": "utf-8"} or metas[1].get("http-equiv") != "Content-Security-Policy":
        return ["no policy before all else"]
    wanted = {"default-src": "'none'", "font-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    wanted["style-src"] = _digest(style)
    if scripts:
        wanted["script-src"] = _digest(scripts[0])
    rules = dict(part.strip().split(" ", 1) for part in metas[1]["content"].split(";"))
    return [] if rules == wanted else [f"policy: {rules}"]


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
