"""Tall, noted or wide display formulas of a page as lines, a `<math>` for each part: no browser breaks inside one.

Between lines a sheet may be parted; between the parts of a line a narrow screen breaks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from symgd.handouts.breaking import width_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: An aligned formula of more rows may be taller than what is left of a sheet of paper, and so may a noted one.
MOST_ROWS = 12
_UNNOTED = 3  # columns: a note stands in the fourth
#: A formula as wide as this, in halves of an em, fits a phone.
PHONE = 34.0
#: A part of so many characters may fit a line of a phone; a longer one is parted before + and − too.
_PART = 30
_RELATIONS = frozenset("=≈←")
_SUMS = frozenset("+−-")
#: Brackets that stretch, and the invisible one that stands for a bracket in another row.
_OPENING, _CLOSING = frozenset("([\u2063"), frozenset(")]|\u2063")


def in_lines(formula: str, latex: str) -> str:
    """The MathML of a display formula, as lines where it is noted, taller than a few rows, or too wide for a phone."""
    from xml.etree.ElementTree import fromstring

    wide = width_of(latex) > PHONE
    noted = "<mtext>(" in formula
    if not (wide or noted or formula.count("<mtr>") > MOST_ROWS) or not formula.startswith("<math"):
        return formula
    math = fromstring(formula)
    is_table = len(math) == 1 and math[0].tag == "mtable"
    rows = [list(row) for row in math[0]] if is_table else [[math]]
    tall = len(rows) > MOST_ROWS or (noted and max(map(len, rows)) > _UNNOTED)
    if not (wide or tall):
        return formula
    goes_on = [len(row) > 1 and not len(row[0]) for row in rows]
    written = "".join(
        _line(row, wide, _going_on(row[1], last) if on else "")
        for row, on, last in zip(rows, goes_on, [not on for on in [*goes_on[1:], False]], strict=True)
    )
    return f'<span class="lines{" wide" * wide}{" tall" * tall}">{written}</span>'


def in_parts(formula: str, latex: str) -> str:
    """The MathML of a formula in a sentence; of one too wide for a phone in parts between which a line may end.

    A part that is too wide by itself, such as a matrix or a broad fraction, can be scrolled.
    """
    from xml.etree.ElementTree import fromstring

    if width_of(latex) <= PHONE or not formula.startswith("<math"):
        return formula
    parts = list(_parts(list(fromstring(formula))))
    written = "".join(_math(part) if _length(part) <= _PART else _sliding(part) for part in parts)
    return f'<span class="lines run"><span><span>{written}</span></span></span>'


def _line(row: Sequence[Element], wide: bool, classes: str) -> str:
    """A row; one that goes on with the formula of the row before it says so by its classes."""
    opening = f'<span class="{classes}">' if classes else "<span>"
    return f"{opening}{''.join(_cell(cell, wide) for cell in row)}</span>"


def _going_on(cell: Element, last: bool) -> str:
    """The classes of a row whose cell begins with a relation sign, or with the room before the rest of a side.

    The rest of a side, a rounded value and the last value of a line are kept on the sheet of the row before.
    """
    first = next(iter(cell), None)
    if first is None:
        return ""
    if first.tag == "mspace" or _sign(first) == "≈" or (last and _sign(first) in _RELATIONS):
        return "on kept"
    return "on" if _sign(first) in _RELATIONS else ""


#: How the cells of an aligned formula stand, which the style knows: one pushes against the next.
_ALIGNED = ("right flush-right", "left flush-left")


def _cell(cell: Element, wide: bool) -> str:
    parts = _parts(list(cell)) if wide else [list(cell)]
    written = _note(cell) or "".join(_math(part) for part in parts if part)
    classes = cell.get("class", "")
    return f'<span class="{classes}">{written}</span>' if classes not in _ALIGNED else f"<span>{written}</span>"


def _math(nodes: list[Element]) -> str:
    from xml.etree.ElementTree import Element, tostring

    math = Element("math")
    math[:] = nodes
    return tostring(math, encoding="unicode", short_empty_elements=False)


def _sliding(nodes: list[Element]) -> str:
    return f'<span class="slide">{_math(nodes)}</span>'


def _note(cell: Element) -> str:
    """The words of a note, which break where words do; "" where a cell holds a formula."""
    only = cell[0] if len(cell) == 1 else None
    said = (only.text or "").replace("\u00a0", " ") if only is not None and only.tag == "mtext" else ""
    return escape(said, quote=False) if said.startswith("(") else ""


def _parts(nodes: list[Element]) -> Iterator[list[Element]]:
    """The parts of a line between which a narrow screen breaks it: of a list its items."""
    ends = [
        place for place in range(2, len(nodes)) if nodes[place - 1].tag == "mspace" and _sign(nodes[place - 2]) == ","
    ]
    if ends:
        yield from (nodes[start:stop] for start, stop in zip([0, *ends], [*ends, len(nodes)], strict=True))
        return
    for part in _before(nodes, _RELATIONS):
        yield from _before(_unfenced(part), _SUMS) if _length(part) > _PART else [part]


def _length(nodes: list[Element]) -> int:
    return sum(len(text) for node in nodes for text in node.itertext())


def _unfenced(nodes: list[Element]) -> list[Element]:
    """Nodes with what stands in wide brackets among them, so that a line may break there."""
    found: list[Element] = []
    for node in nodes:
        if not _is_bracket(node) or _length([node]) <= _PART:
            found.append(node)
            continue
        inside = list(node)
        inside[0].set("form", "prefix")
        inside[-1].set("form", "postfix")
        found += _unfenced(inside)
    return found


def _is_bracket(node: Element) -> bool:
    """Whether a node is a formula in brackets that stretch, one of which may stand in another row; not a matrix."""
    fenced = node.tag == "mrow" and len(node) > 1 and node[0].tag == node[-1].tag == "mo"
    return fenced and node.find("mtable") is None and _sign(node[0]) in _OPENING and _sign(node[-1]) in _CLOSING


def _before(nodes: list[Element], signs: frozenset[str]) -> Iterator[list[Element]]:
    """Nodes parted before each of the signs that stands between two of them."""
    start = 0
    for place in range(1, len(nodes)):
        if _sign(nodes[place]) in signs and _is_operand(nodes[place - 1]):
            yield nodes[start:place]
            start = place
            if _sign(nodes[place]) in _SUMS:
                nodes[place].set("form", "infix")  # at the beginning it would stand as a sign of its own
    yield nodes[start:]


def _is_operand(node: Element) -> bool:
    return node.tag not in ("mspace", "mo") or _sign(node) in _CLOSING


def _sign(node: Element) -> str:
    return (node.text or "").strip() if node.tag == "mo" else ""
