r"""Where a formula that is too wide for a line breaks: before + and −, else before a sign of a product.

LaTeX is cut into atoms whose widths are known by rule of thumb; the rows are the cheapest that fit, and may end inside
brackets. A bracket that stretches is closed at the end of a row by `\right.` and opened again by `\left.`; what
cannot be parted, such as a fraction, has rows of its own inside.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"(?P<stretched>\\(?:left|right)(?:\\[a-zA-Z]+|.))|\\(?:begin|end)\{[a-z*]+\}|\\[a-zA-Z]+|\\.|\s+|.", re.DOTALL
)
#: Commands with arguments, and how many; their widths are those of the widest argument.
_ARGUMENTS: Mapping[str, int] = {r"\frac": 2, r"\sqrt": 1} | dict.fromkeys(
    (r"\old", r"\rate", r"\new", r"\text", r"\mathrm", r"\operatorname", r"\hspace", r"\blank", r"\underline"), 1
)
#: Widths in halves of an em: a digit is 1.
_WIDTHS: Mapping[str, float] = {
    **dict.fromkeys((r"\times", "+", "-", "=", r"\approx", r"\leftarrow"), 2.6),
    **dict.fromkeys((r"\cdot", r"\quad"), 1.8),
    **dict.fromkeys(("(", ")", "[", "]", ",", ".", ";", "|", r"\,", r"\mid"), 0.6),
    **dict.fromkeys((r"\sum", r"\qquad"), 3.0),
}
_SMALLER = 0.7  # what stands above or below
_ROOT = 2.0
#: In less room than this nothing is given rows inside.
_LEAST = 12.0
#: What a row costs, besides 1: where it breaks, for a level of brackets and for a product; how empty it is; too wide.
_LEVEL, _PRODUCT, _EMPTY, _OVERFULL = 0.6, 0.3, 0.2, 10.0


@dataclass(frozen=True, slots=True)
class _Atom:
    """A part of a formula that stays whole; `role` is "sum", "product", "open", "close" or ""; `gap` stands before."""

    latex: str
    width: float
    role: str = ""
    command: str = ""
    arguments: tuple[str, ...] = ()
    gap: str = ""

    @property
    def stretches(self) -> bool:
        return self.latex.startswith((r"\left", r"\right"))


@functools.lru_cache(maxsize=4_096)
def width_of(latex: str) -> float:
    r"""About how wide a formula is, in halves of an em: as many as it has digits.

    >>> width_of(r"\frac{12.5}{3}"), width_of("1 + 2")
    (3.6, 4.6)
    """
    return round(sum(atom.width for atom in _atoms(latex)), 1)


def rows_of(latex: str, room: float) -> list[str]:
    r"""A formula in rows that are at most `room` wide, where it can be parted; each but the first begins with a sign.

    >>> rows_of(r"2 \times (10.25 + 20.25 + 30.25)", 20)
    ['2 \\times (10.25', '{} + 20.25 + 30.25)']
    """
    atoms = [atom if atom.width <= room else _stacked(atom, room) for atom in _atoms(latex)]
    if sum(atom.width for atom in atoms) <= room:
        return [_spaced(atoms)]
    return list(_written(atoms, _breaks(atoms, room)))


# reading


def _atoms(latex: str) -> list[_Atom]:
    tokens = [match[0] for match in _TOKEN.finditer(latex)]
    found: list[_Atom] = []
    at, gap = 0, ""
    while at < len(tokens):
        token = tokens[at]
        if token.isspace():
            at, gap = at + 1, " "
            continue
        atom, at = _atom(tokens, at)
        if token in "^_" and found:
            base = found[-1]
            beside = 0.0 if base.latex.startswith(r"\sum") else atom.width  # the bounds of a sum stand above and below
            found[-1] = replace(base, latex=base.latex + atom.latex, width=base.width + beside, command="")
            continue
        if token in ("+", "-") and not (gap and found and found[-1].role in ("", "close")):
            atom = replace(atom, role="", width=1.6)
        found.append(replace(atom, gap=gap))
        gap = ""
    return found


_ROLES: Mapping[str, str] = {
    **dict.fromkeys(("+", "-"), "sum"),
    **dict.fromkeys((r"\times", r"\cdot"), "product"),
    **dict.fromkeys("([", "open"),
    **dict.fromkeys(")]", "close"),
}


def _atom(tokens: Sequence[str], at: int) -> tuple[_Atom, int]:
    """The atom that begins at a token, and where the next one begins."""
    token = tokens[at]
    if token.startswith((r"\left", r"\right")) and token not in _WIDTHS:
        return _Atom(token, 0.8, "open" if token.startswith(r"\left") else "close"), at + 1
    if token.startswith(r"\begin"):
        stop = _past(tokens, at, r"\begin", r"\end")
        return _Atom("".join(tokens[at:stop]), _width_of_table(tokens[at + 1 : stop - 1])), stop
    if token in "^_":
        argument, stop = _argument(tokens, at + 1)
        return _Atom(token + "".join(tokens[at + 1 : stop]), _SMALLER * width_of(argument)), stop
    if token == "{":
        argument, stop = _argument(tokens, at)
        return _Atom(f"{{{argument}}}", width_of(argument)), stop
    if token in _ARGUMENTS:
        return _command(tokens, at)
    wide = 1.1 if token.startswith("\\") or token.isalpha() else 1.0
    return _Atom(token, _WIDTHS.get(token, wide), _ROLES.get(token, "")), at + 1


def _command(tokens: Sequence[str], at: int) -> tuple[_Atom, int]:
    """A command with its arguments: a fraction is as wide as the wider part, words are as wide as they are long."""
    name, stop = tokens[at], at + 1
    optional = ""
    if name == r"\sqrt" and tokens[stop : stop + 1] == ["["]:
        end = tokens.index("]", stop) + 1
        optional, stop = "".join(tokens[stop:end]), end
    arguments = []
    for _ in range(_ARGUMENTS[name]):
        argument, stop = _argument(tokens, stop)
        arguments.append(argument)
    wide = max(width_of(argument) for argument in arguments) + (_ROOT if name == r"\sqrt" else 0.0)
    written = name + optional + "".join(f"{{{argument}}}" for argument in arguments)
    return _Atom(written, wide, command=name + optional, arguments=tuple(arguments)), stop


def _argument(tokens: Sequence[str], at: int) -> tuple[str, int]:
    """What stands in the braces at a place, or the one token there, and where the next token is."""
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at >= len(tokens) or tokens[at] != "{":
        return "".join(tokens[at : at + 1]), at + 1
    stop = _past(tokens, at, "{", "}")
    return "".join(tokens[at + 1 : stop - 1]), stop


def _past(tokens: Sequence[str], at: int, opening: str, closing: str) -> int:
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].startswith(opening) - tokens[place].startswith(closing)
        if not depth:
            return place + 1
    return len(tokens)


def _width_of_table(tokens: Sequence[str]) -> float:
    rows = "".join(tokens).split(r"\\")
    return max(sum(width_of(cell) + 1 for cell in row.split("&")) for row in rows)


# breaking


def _stacked(atom: _Atom, room: float) -> _Atom:
    """A fraction or a root whose parts are too wide, with rows inside them."""
    if atom.command.partition("[")[0] not in (r"\frac", r"\sqrt") or room < _LEAST:
        return atom
    parts = [rows_of(argument, room - _ROOT) for argument in atom.arguments]
    written = "".join(f"{{{_rows_inside(rows)}}}" for rows in parts)
    return replace(atom, latex=atom.command + written, width=max(width_of(row) for rows in parts for row in rows))


def _rows_inside(rows: Sequence[str]) -> str:
    if len(rows) == 1:
        return rows[0]
    return r"\begin{aligned} & " + r" \\ & ".join(rows) + r" \end{aligned}"


def _breaks(atoms: Sequence[_Atom], room: float) -> list[int]:
    """The places at which rows begin, 0 among them: those that cost least."""
    ranks = dict(_ranks(atoms))
    places = [0, *ranks, len(atoms)]
    widths = [0.0]
    for atom in atoms:
        widths.append(widths[-1] + atom.width)
    cost, before = {0: 0.0}, dict[int, int]()
    for end in places[1:]:
        for start in reversed(places[: places.index(end)]):
            slack = room - (widths[end] - widths[start])
            row = 1 + ranks.get(start, 0.0) + (_EMPTY * (slack / room) ** 2 if slack >= 0 else _OVERFULL - slack)
            if end not in cost or cost[start] + row < cost[end]:
                cost[end], before[end] = cost[start] + row, start
            if slack < 0:
                break
    found = [len(atoms)]
    while found[-1]:
        found.append(before[found[-1]])
    return found[:0:-1]


def _ranks(atoms: Sequence[_Atom]) -> Iterator[tuple[int, float]]:
    """Where a row may begin, and what that costs."""
    depth = 0
    for place, atom in enumerate(atoms):
        depth += (atom.role == "open") - (atom.role == "close")
        if place and atom.role in ("sum", "product"):
            yield place, _LEVEL * depth + _PRODUCT * (atom.role == "product")


def _written(atoms: Sequence[_Atom], breaks: Sequence[int]) -> Iterator[str]:
    """The rows, with brackets that stretch closed and opened again at their ends."""
    open_brackets = 0
    for start, stop in zip(breaks, [*breaks[1:], len(atoms)], strict=True):
        row = atoms[start:stop]
        opened = r"\left. " * open_brackets + ("{} " if start else "")
        open_brackets += sum((atom.role == "open") - (atom.role == "close") for atom in row if atom.stretches)
        yield opened + _spaced(row) + r" \right." * open_brackets


def _spaced(atoms: Sequence[_Atom]) -> str:
    return "".join(atom.gap + atom.latex for atom in atoms).strip()
