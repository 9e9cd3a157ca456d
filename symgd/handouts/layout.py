"""Where long lines break: before relation signs, then before + and −; and how columns of text line up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgd.calculus.naming import text_mode
from symgd.errors import width
from symgd.expressions.writer import text as write_text
from symgd.handouts.breaking import rows_of, width_of
from symgd.handouts.chain import Chain, Joint

LINE = 58  # characters of text that fit a line of an A4 page beside a card's margin
ROOM = 78.0  # halves of an em that fit it
TERMINAL = 100
TABLE = 104.0  # digits, and the room between columns, that fit it in the letters of a wide table
LARGE = 50.0  # the same in large print, where all letters have one size
BETWEEN = 1.5


def aligned(chain: Chain, sides: Sequence[str], signs: Mapping[Joint, str], notes: Sequence[str]) -> list[str] | None:
    """The chain as rows of an aligned block, broken before its signs, notes behind; None where it fits one line."""
    lengths = [len(write_text(side, chain.names.text)) for side in chain.sides]
    if len(sides) < 2 or (sum(lengths) + 3 * len(chain.joints) <= LINE and not any(notes)):
        return None
    rows, indent = _opening(sides[0])
    room = 0
    for place, joint in enumerate(chain.joints, 1):
        if any(notes[:place]) and not any(notes[place - 2 : place]) and lengths[place] + 3 <= room:
            rows[-1] += f" {signs[joint]} {sides[place]}"  # numbers after a derivation share a row
            room -= lengths[place] + 3
            continue
        first, *others = _rows(sides[place], lengths[place], ROOM - indent - _room_of(notes[place - 1]))
        start = rows.pop() if place == 1 and indent else ""
        rows.append(f"{start}&{signs[joint]} {first}")
        rows += [rf"&\qquad {part}" for part in others]
        room = LINE - lengths[0] - lengths[place]
        if notes[place - 1]:
            rows[-1] += rf" && \text{{({text_mode(notes[place - 1])})}}"
    return rows


def _opening(side: str) -> tuple[list[str], float]:
    """The rows of what stands before the first sign, and how far the rows of the other sides stand in.

    A wide one has rows of its own, and the signs stand in line with its beginning.
    """
    wide = width_of(side)
    if wide <= ROOM / 3:
        return [f"{side} "], wide
    first, *others = rows_of(side, ROOM)
    return [f"& {first}", *(rf"&\qquad {part}" for part in others)], 0


def _rows(side: str, length: int, room: float) -> list[str]:
    """A side in rows that fit; what is short as text is not measured."""
    return [side] if _WIDEST * length <= room else rows_of(side, room)


_WIDEST = 1.3  # halves of an em that a character takes on the whole


def _room_of(note: str) -> float:
    """The room that a note takes beside a row."""
    return 4 + min(0.75 * width(note), _NOTE) if note else 0.0


_NOTE = 20.0  # a longer note takes more lines


def as_block(rows: Sequence[str]) -> str:
    """Rows as an aligned environment."""
    return r"\begin{aligned}" + "\n" + " \\\\\n".join(rows) + "\n" + r"\end{aligned}"


def text_lines(line: str) -> list[str]:
    """A line for the terminal, indented by two; a long one breaks before its signs."""
    if len(line) + 2 <= TERMINAL:
        return ["  " + line]
    first, *rest = _split_at_signs(line)
    rows = ["  " + first]
    for part in rest:
        if len(rows[-1]) + len(part) + 1 <= TERMINAL and len(rows) > 1:
            rows[-1] += " " + part
        else:
            rows.append("      " + part)
    return rows


def noted_lines(sides: Sequence[str], joints: Sequence[Joint], notes: Sequence[str]) -> list[str]:
    """A chain with one sign a line, the notes in brackets behind, in line where that is not too far."""
    behind = [f"{joint} {side}" for joint, side in zip(joints, sides[1:], strict=True)]
    room = max((width(part) for part in behind if width(part) <= LINE), default=0)
    heads = [sides[0]] + [" " * width(sides[0])] * (len(behind) - 1)
    return [
        f"  {head} {part}" + (" " * max(0, room - width(part)) + f"  ({note})" if note else "")
        for head, part, note in zip(heads, behind, notes, strict=True)
    ]


def _split_at_signs(line: str) -> list[str]:
    parts, start = [], 0
    for place, character in enumerate(line):
        if character in "=≈" and line[place - 1 : place + 2] == f" {character} ":
            parts.append(line[start : place - 1])
            start = place
    return [*parts, line[start:]]


def parted(widths: Sequence[float], groups: Sequence[int], room: float) -> list[list[int]]:
    """The columns of a table as those of several where one is wider than the room, the first column in each.

    `groups` says how many columns behind the first belong together; those behind them stand alone. The tables are as
    few as will do, and of those the evenest.

    >>> parted([4, 9, 9, 9, 9, 9], [2, 2], 30)
    [[0, 1, 2], [0, 3, 4], [0, 5]]
    >>> parted([4, 9, 9, 9, 9], [], 35)
    [[0, 1, 2], [0, 3, 4]]
    """
    grouped, place = list[list[int]](), 1
    for count in [*groups, *[1] * (len(widths) - 1 - sum(groups))]:
        columns = list(range(place, place + count))
        fits = sum(widths[column] for column in (0, *columns)) <= room
        grouped += [columns] if fits else [[column] for column in columns]
        place += count
    found = _filled(widths, grouped, room)
    for less in range(1, int(room)):
        evener = _filled(widths, grouped, room - less)
        if len(evener) > len(found):
            break
        found = evener
    return found


def _filled(widths: Sequence[float], grouped: Sequence[Sequence[int]], room: float) -> list[list[int]]:
    """Tables filled one after the other."""
    parts, used = [[0]], widths[0]
    for columns in grouped:
        wide = sum(widths[column] for column in columns)
        if used + wide > room and len(parts[-1]) > 1:
            parts.append([0])
            used = widths[0]
        parts[-1] += columns
        used += wide
    return parts


def text_table(heads: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    """Columns lined up on the right, two blanks between them, a rule under the heads."""
    widths = [max(map(width, (head, *column))) for head, column in zip(heads, columns, strict=True)]
    rows = [list(heads), ["─" * size for size in widths], *map(list, zip(*columns, strict=True))]
    lines = (
        "  " + "  ".join(" " * (size - width(cell)) + cell for cell, size in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(lines)
