"""MathML Core to LaTeX, so that one grammar reads both; only what is seen counts, classes do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from tests.relations.tokens import UnreadableFormula

_INVISIBLE = "\u2061\u2062\u2063\u2064\u200b"
_OPENING = ("(", "[", "{", "|", "‖")
_SIZED = {"prefix": {"|": r"\lvert ", "‖": r"\lVert "}, "postfix": {"|": r"\rvert ", "‖": r"\rVert "}}
_OPERATORS = {"{": r"\{", "}": r"\}", "∗": "*", "′": "'"}
_LETTERS = {"σ": r"\sigma ", "π": r"\pi ", "𝜎": r"\sigma ", "𝜋": r"\pi "}
_BRACES = frozenset("⏟⏞︸︷")
_LINES = frozenset("\u0332_‾¯")
_WIDTH = re.compile(r"(-?[\d.]+)em\Z")


def formulas(html: str) -> Iterator[str]:
    """Each formula of a page, as LaTeX; one that is written in lines is one formula, as an aligned one is."""
    for element in BeautifulSoup(html, "html5lib").select("math, .lines"):
        if element.name != "math":
            yield _in_lines(element)
        elif element.find_parent(class_="lines") is None:
            yield latex(element)


def _in_lines(element: Tag) -> str:
    """A cell may hold its formula in parts, between which a narrow screen breaks it."""
    rows = ["&".join(map(_cell, row.find_all(recursive=False))) for row in element.find_all(recursive=False)]
    return r"\begin{aligned}" + r"\\".join(rows) + r"\end{aligned}"


def _cell(element: Tag) -> str:
    return "".join(latex(part) for part in element.select("math"))


def latex(element: Tag) -> str:
    """One element as LaTeX that is read like it."""
    write = _ELEMENTS.get(element.name)
    if write is None:
        raise UnreadableFormula(f"<{element.name}> is not known", str(element))
    return write(element)


def _children(element: Tag) -> list[Tag]:
    found = [child for child in element.children if isinstance(child, Tag)]
    loose = "".join(child for child in element.children if isinstance(child, NavigableString)).strip()
    if loose:
        raise UnreadableFormula(f"text {loose!r} stands loose in <{element.name}>", str(element))
    return found


def _row(element: Tag) -> str:
    """Children side by side; a table behind a brace is a choice of cases."""
    children = _children(element)
    shown = [child for child in children if _text(child)]
    if [child.name for child in shown] == ["mo", "mtable"] and _text(shown[0]) == "{":
        return r"\begin{cases}\end{cases}"
    return "".join(latex(child) for child in children)


def _group(element: Tag) -> str:
    if "blank" in (element.get("class") or []):
        return r"\underline{}"
    return "{" + _row(element) + "}"


def _parts(element: Tag, count: int) -> list[str]:
    children = _children(element)
    if len(children) != count:
        raise UnreadableFormula(f"<{element.name}> with {len(children)} parts", str(element))
    return [latex(child) for child in children]


def _text(element: Tag) -> str:
    return element.get_text().strip("".join((_INVISIBLE, " \n\t")))


def _identifier(element: Tag) -> str:
    name = _text(element)
    if len(name) > 1:
        return rf"\operatorname{{{name}}}"
    if name == "e":
        return r"\mathrm{e}" if element.get("mathvariant") == "normal" else "e"
    return _LETTERS.get(name, name)


def _operator(element: Tag) -> str:
    sign = _text(element)
    if not sign:
        return ""
    if len(sign) > 1 and sign.replace("_", "").isalnum():
        return rf"\operatorname{{{sign}}}"
    sized = _SIZED.get(str(element.get("form")), {})
    shown = sized.get(sign) or _OPERATORS.get(sign, sign)
    return shown + " " if shown.startswith("\\") else shown


def _words(element: Tag) -> str:
    words = re.sub(r"[{}\\]", "", element.get_text())
    return rf"\text{{{words}}}" if words.strip() else r"\ "


def _space(element: Tag) -> str:
    if "blank" in (element.get("class") or []):
        return r"\underline{}"
    width = _WIDTH.match(str(element.get("width") or ""))
    if width is None or float(width[1]) <= 0:
        return ""
    return r"\quad " if float(width[1]) >= 0.9 else r"\,"


def _fraction(element: Tag) -> str:
    above, below = _parts(element, 2)
    return rf"\frac{{{above}}}{{{below}}}"


def _scripted(*marks: str) -> Callable[[Tag], str]:
    """A base with scripts; the braces around it leave no trace, so it may be a closing bracket alone."""

    def write(element: Tag) -> str:
        base, *scripts = _parts(element, 1 + len(marks))
        return f"{{{base}}}" + "".join(f"{mark}{{{s}}}" for mark, s in zip(marks, scripts, strict=True))

    return write


def _over(element: Tag) -> str:
    """A hat makes another symbol; a brace or a line leaves what it stands over; limits belong to a sum."""
    inside, script = _parts(element, 2)
    mark = _text(_children(element)[1])
    if mark in _BRACES:
        return inside
    if mark in _LINES and element.name == "munder":
        return rf"\underline{{{inside}}}"
    if element.name == "mover":
        return rf"\hat{{{inside}}}"
    labelled = any(_text(inner) in _BRACES for inner in element.find_all("mo"))
    return inside if labelled else f"{{{inside}}}_{{{script}}}"


def _under_and_over(element: Tag) -> str:
    inside, below, _ = _parts(element, 3)
    return f"{{{inside}}}_{{{below}}}"


def _root(element: Tag) -> str:
    inside, index = _parts(element, 2)
    return rf"\sqrt[{index}]{{{inside}}}"


def _table(element: Tag) -> str:
    """Numbers in a bracket are a matrix, else the rows are lines of working."""
    before = element.find_previous_sibling()
    bracketed = isinstance(before, Tag) and before.name == "mo" and _text(before) in _OPENING
    name = "matrix" if bracketed else "aligned"
    return rf"\begin{{{name}}}" + r"\\ ".join(_cells(row) for row in _children(element)) + rf"\end{{{name}}}"


def _cells(row: Tag) -> str:
    return " & ".join(_row(cell) for cell in _children(row))


_ELEMENTS: dict[str, Callable[[Tag], str]] = {
    **dict.fromkeys(["math", "mtd"], _row),
    **dict.fromkeys(["mrow", "mstyle", "mpadded", "menclose"], _group),
    "mi": _identifier,
    "mn": lambda element: _text(element) + " ",
    "mo": _operator,
    "mtext": _words,
    "mspace": _space,
    "mfrac": _fraction,
    "msup": _scripted("^"),
    "msub": _scripted("_"),
    "msubsup": _scripted("_", "^"),
    "msqrt": lambda element: rf"\sqrt{{{_row(element)}}}",
    "mroot": _root,
    **dict.fromkeys(["mover", "munder"], _over),
    "munderover": _under_and_over,
    "mtable": _table,
    "mphantom": lambda element: "",
    "semantics": lambda element: latex(_children(element)[0]),
}
