"""Words in a picture: a name over its value, names in italics with their indices, and how much room they take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

#: Sizes in units of the picture: values and indices are the smallest letters.
VALUE_SIZE = INDEX_SIZE = 12.0
_DROP = 3.0
_LEADING, _CAPITAL = 1.15, 0.72
#: What an index reaches below its line, the room for a fraction's bar, and how broad a derivative is on one line.
_UNDER, _BAR, _BROAD = 2.0, 4.0, 110.0
#: Shares of an em as in the wider of the usual serif fonts; what is in no row takes the last.
_SHARES = (("MWmw%", 0.95), ("≈≠≤≥=+−±×÷", 0.72), (" .,:;'|!ijltfI()[]", 0.35), ("/r-s", 0.5))
_USUAL = 0.6
#: A sign that many fonts of text lack, and where to look for it first.
_SIGN, _SIGN_FONTS = "∂", "symgd math, STIX Two Math, Cambria Math, serif"
#: A name of a formula: one letter in italics or a word upright, and an index.
_NAME = re.compile(r"(?P<base>[^\W\d_]+)(?:_?(?P<index>\d+(?:_\d+)*)|_(?P<word>\w+))?")

_UNPRINTABLE = re.compile("[^\\t\\n -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


class Run(NamedTuple):
    """A stretch of text in one manner."""

    text: str
    manner: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of runs at a size; `barred` where a fraction's bar runs below it."""

    runs: tuple[Run, ...]
    size: float
    barred: bool = False

    @property
    def width(self) -> float:
        """How wide it is at most in the usual fonts."""
        return sum(text_width(run.text, INDEX_SIZE if run.manner == "index" else self.size) for run in self.runs)

    @property
    def height(self) -> float:
        """How high it is, with room for an index and a bar."""
        indexed = any(run.manner == "index" for run in self.runs)
        return self.size * _LEADING + indexed * _UNDER + self.barred * _BAR

    def svg(self, x: float, top: float) -> str:
        """The line as SVG text around x, below a height."""
        base = top + self.size * (_LEADING + _CAPITAL) / 2
        return (
            f'<text x="{shown(x)}" y="{shown(base)}" font-size="{shown(self.size)}" text-anchor="middle" '
            f'fill="currentColor" stroke="none">{"".join(_spans(self.runs))}</text>'
        )


@dataclass(frozen=True, slots=True)
class Words:
    """Lines one above the other; none for nothing."""

    lines: tuple[Line, ...]

    @property
    def width(self) -> float:
        """The width of the widest line."""
        return max((line.width for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """The height of all lines."""
        return sum(line.height for line in self.lines)

    def svg(self, x: float, y: float) -> str:
        """The lines as SVG text, their middle at a point."""
        parts = []
        top = y - self.height / 2
        for line in self.lines:
            parts.append(line.svg(x, top))
            top += line.height
            if line.barred:
                parts.append(f'<path d="M{shown(x - self.width / 2)} {shown(top - _BAR / 2)}h{shown(self.width)}"/>')
        return "".join(parts)


def read_words(name: str, value: str, *, name_size: float) -> Words:
    """A formula over its value; what is empty takes no line, and a broad derivative is a fraction with a bar.

    >>> [[run.text for run in line.runs] for line in read_words("∂z/∂w1", "0.5", name_size=14).lines]
    [['∂', 'z', '/', '∂', 'w', '1'], ['0.5']]
    >>> [line.barred for line in read_words("∂prediction/∂weight_of_area", "0.5", name_size=14).lines]
    [True, False, False]
    """
    return Words((*_formula(name, name_size), *([Line((Run(value),), VALUE_SIZE)] if value else [])))


def _formula(text: str, size: float) -> list[Line]:
    if not text:
        return []
    line = Line(tuple(_runs(text)), size)
    if line.width <= _BROAD or text.count("/") != 1:
        return [line]
    above, below = text.split("/")
    return [Line(tuple(_runs(above)), size, barred=True), Line(tuple(_runs(below)), size)]


def text_width(text: str, size: float) -> float:
    """The width of a text at a size, rather too much than too little.

    >>> text_width("0.5", 10) < text_width("權重", 10) <= 24
    True
    """
    return size * sum(map(_share, text))


def escaped(text: str) -> str:
    r"""Text for SVG in a page: what means something there is escaped, what HTML forbids is replaced.

    >>> escaped("a < \x0b")
    'a &lt; \ufffd'
    """
    return escape(_UNPRINTABLE.sub("\ufffd", text))


def shown(value: float, digits: int = 1) -> str:
    """A coordinate, rounded, without idle zeros.

    >>> shown(2.04), shown(-0.04), shown(12.5)
    ('2', '0', '12.5')
    """
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _share(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    return next((share for row, share in _SHARES if character in row), _USUAL)


def _runs(text: str) -> Iterator[Run]:
    start = 0
    for found in _NAME.finditer(text):
        yield from _others(text[start : found.start()])
        yield Run(found["base"], "name" if len(found["base"]) == 1 else "")
        if found["index"] or found["word"]:
            yield Run(found["word"] or found["index"].replace("_", ","), "index")
        start = found.end()
    yield from _others(text[start:])


def _others(text: str) -> Iterator[Run]:
    """What is no name: signs, and what stands between them."""
    for part in re.split(f"({_SIGN})", text):
        if part:
            yield Run(part, "sign" if part == _SIGN else "")


_ATTRIBUTES = {
    "index": f' font-size="{shown(INDEX_SIZE)}"',
    "name": ' font-style="italic"',
    "sign": f' font-family="{_SIGN_FONTS}"',
}


def _spans(runs: Sequence[Run]) -> Iterator[str]:
    """The runs as `<tspan>` elements: an index stands lower, what follows it on the line again."""
    low = False
    for run in runs:
        index = run.manner == "index"
        attributes = f' dy="{shown(_DROP if index else -_DROP)}"' if index != low else ""
        attributes += _ATTRIBUTES.get(run.manner, "")
        yield f"<tspan{attributes}>{escaped(run.text)}</tspan>" if attributes else escaped(run.text)
        low = index
