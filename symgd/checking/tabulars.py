"""Tables without bars as those with bars: LaTeX's tabular, cells parted by commas, columns of blanks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_TABULAR = re.compile(r"\\(begin|end)\s*\{(?:tabular[x*]?|longtable)\}.*")
_LINES = re.compile(r"\\(?:hline|(?:top|mid|bottom)rule|cline\{[^{}]*\})|\\\\(?:\[[^\]]*\])?\s*$")
_NUMBER = re.compile(r"[-−+]?(?:\d{1,30}(?:\.\d{1,30})?|\.\d{1,30})")
_HEAD = re.compile(r"[^\d\s=≈,:：;。.|&][^=≈,:：;。.|&]{0,24}")
_WIDE = re.compile(r"\s{2,}|\t")
#: How the cells of a line may be parted.
_PARTED: tuple[Callable[[str], list[str]], ...] = (
    lambda line: [cell.strip() for cell in line.split(",")],
    lambda line: _WIDE.split(line.strip()),
)


def barred(text: str) -> str:
    r"""The text with bars between the cells of its tables, each row in its line.

    >>> print(barred("t,w\n0,0.5\n1,0.6"))
    | t | w |
    | 0 | 0.5 |
    | 1 | 0.6 |
    """
    lines = text.split("\n")
    if "\\begin{" in text:
        lines = _without_latex(lines)
    place = 0
    while place < len(lines):
        rows = next((rows for parted in _PARTED if (rows := _rows(lines, place, parted))), [])
        lines[place : place + len(rows)] = map(_row, rows)
        place += max(1, len(rows))
    return "\n".join(lines)


def _without_latex(lines: Iterable[str]) -> list[str]:
    """The lines with bars for the marks of LaTeX's tables."""
    found, inside = [], False
    for line in lines:
        if mark := _TABULAR.search(line):
            inside = mark[1] == "begin"
            line = line[: mark.start()]
        elif inside:
            plain = _LINES.sub("", line).strip()
            plain = _LINES.sub("", plain).strip()
            line = _row(plain.split("&")) if "&" in plain else plain
        found.append(line)
    return found


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.strip() for cell in cells)} |"


def _rows(lines: list[str], place: int, parted: Callable[[str], list[str]]) -> list[list[str]]:
    """The rows of a table that begins in a line with its heads; [] where none does."""
    heads = parted(lines[place])
    rows = [heads]
    is_head = len(heads) > 1 and all(map(_HEAD.fullmatch, heads))
    for line in lines[place + 1 :] if is_head else ():
        cells = parted(line)
        if len(cells) != len(heads) or not all(_NUMBER.fullmatch(cell) for cell in cells):
            break
        rows.append(cells)
    return rows if len(rows) > 1 else []
