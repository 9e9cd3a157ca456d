"""Cells of a CSV file as numbers: decimal points or commas, and what is wrong with a cell that is no number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from symgd.descent.reading import shortened

#: Digits of one cell: more is no measurement.
MOST_DIGITS = 50
#: The power of ten behind an e; with fifty digits before it a double still holds the number.
MOST_POWER = 250
#: A decimal of so many significant digits comes back from a double as it was.
DOUBLE_DIGITS = 15

_POWER = r"(?:[eE][+-]?0{0,4}(?:250|2[0-4][0-9]|1[0-9]{2}|[0-9]{1,2}))?"
_POINT = re.compile(rf"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+){_POWER}\s*")
_COMMA = re.compile(rf"\s*[+-]?[0-9]+,[0-9]+{_POWER}\s*")
#: A comma that may part thousands; no group of thousands begins with 0.
_THOUSANDS = re.compile(r"\s*[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+\s*")

#: What is wrong with a cell: the first pattern that matches all of it says so.
_DIAGNOSES = tuple(
    (code, re.compile(pattern, re.IGNORECASE | re.DOTALL))
    for code, pattern in (
        ("csv-missing", r""),
        ("csv-digits", r"[+-]?(?=(?:[.,]?[0-9]){51})[0-9.,]+(?:e[+-]?[0-9]+)?"),
        (
            "csv-nan",
            r"[+-]?(?:nan|inf|infinity|∞|na|n/a|n\.a\.|#n/a|null|none|nil|\?|-+|–|—|\.+|無|缺|缺值)",
        ),
        ("csv-percent", r".*[%‰]"),
        ("csv-size", r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)e[+-]?[0-9]+"),
        ("csv-grouped", r"[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:[\s'_’][0-9]{3})+|(?:\.[0-9]{3})+)(?:[.,][0-9]+)?"),
        ("csv-cell", r".*"),
    )
)


def is_number(cell: str) -> bool:
    """Whether the cell is a decimal, with a point or a comma.

    >>> is_number(" 1e-3"), is_number("1,5"), is_number("1.5 kg"), is_number("")
    (True, True, False, False)
    """
    return bool(_POINT.fullmatch(cell) or _COMMA.fullmatch(cell))


def is_plain(cells: Sequence[str]) -> bool:
    """Whether all cells are decimals with a point and not too many digits."""
    return all(map(_POINT.fullmatch, cells)) and all(map(_is_short, cells))


def _is_short(cell: str) -> bool:
    return len(cell) <= MOST_DIGITS or sum(sign.isdigit() for sign in re.split("[eE]", cell)[0]) <= MOST_DIGITS


def with_points(cells: Sequence[str]) -> list[str]:
    """The cells with their decimal commas as points; what is no such number stays as it is.

    >>> with_points(["1,5", "2", "1,234,567"])
    ['1.5', '2', '1,234,567']
    """
    return [cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell for cell in cells]


def fault(cell: str) -> tuple[str, dict[str, object]]:
    """The code of what is wrong with a cell that is no number, and its facts.

    >>> fault("5%")[0], fault("1 234")[0], fault(" ")[0], fault("1e999")[0], fault("tall")[0]
    ('csv-percent', 'csv-grouped', 'csv-missing', 'csv-size', 'csv-cell')
    """
    text = cell.strip()
    code = next(code for code, pattern in _DIAGNOSES if pattern.fullmatch(text))
    return code, {"cell": shortened(text, 30), "digits": MOST_DIGITS, "power": MOST_POWER}


def exact(cells: Iterable[str]) -> list[Fraction]:
    """Decimals exactly.

    >>> exact(["0.1", " 1e-3"])
    [Fraction(1, 10), Fraction(1, 1000)]
    """
    return [Fraction(cell) for cell in cells]


def survives_a_double(cell: str) -> bool:
    """Whether the decimal has few enough digits to come back from a double as it was.

    >>> survives_a_double("0.123456789012345"), survives_a_double("1.2345678901234567")
    (True, False)
    """
    if len(cell) <= DOUBLE_DIGITS:
        return True
    digits = re.split("[eE]", cell)[0].strip().lstrip("+-").replace(".", "").strip("0")
    return len(digits) <= DOUBLE_DIGITS


class Commas:
    """Whether a comma inside the cells of a file is a decimal comma: each cell adds what it tells.

    `ambiguous` is the first comma that may part thousands while nothing else in the file decides; `mixed` the first
    decimal comma of a file that has decimal points as well. Each is the place that it was seen with.

    >>> commas = Commas()
    >>> for place, cell in enumerate(["1,234", "0,5"]):
    ...     commas.see(cell, place)
    >>> commas.decimal, commas.ambiguous, commas.mixed
    (True, None, None)
    """

    def __init__(self) -> None:
        """Nothing seen."""
        self._first: object = None
        self._thousands: object = None
        self._points = self._clear = False

    def see(self, cell: str, place: object) -> None:
        """Take a cell and the place where it stands."""
        if "," not in cell:
            self._points = self._points or ("." in cell and bool(_POINT.fullmatch(cell)))
        elif _COMMA.fullmatch(cell):
            may_part = bool(_THOUSANDS.fullmatch(cell))
            self._first = place if self._first is None else self._first
            self._clear = self._clear or not may_part
            if may_part and self._thousands is None:
                self._thousands = place

    @property
    def decimal(self) -> bool:
        """Whether there are decimal commas."""
        return self._first is not None

    @property
    def ambiguous(self) -> object:
        """Where a comma may be either; None where it is clear."""
        return None if self._clear and not self._points else self._thousands

    @property
    def mixed(self) -> object:
        """Where a decimal comma stands though the file has decimal points; None where none does."""
        return self._first if self._points else None
