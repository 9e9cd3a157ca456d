"""Cells of a table that a spreadsheet opens: what it would run is made text, and back.

Source: OWASP, "CSV Injection" (a cell that begins with =, +, -, @, a tab or a line end, and their full-width twins).
"""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from symgd.descent.csv_numbers import is_number

_RUN = ("=", "+", "-", "@")
_CONTROLS = ("\t", "\r", "\n")
_MARK = "'"
#: Digits behind the point of a mark that is no short decimal.
PLACES = 6


def defused(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet would run it; plain numbers stay as they are.

    What a spreadsheet would work out, such as -1/2, is no plain number: it stays what the student typed.

    >>> defused("=1+1"), defused("-0.1"), defused("+3"), defused("1e-5"), defused("-1/2"), defused("－grad")
    ("'=1+1", '-0.1', '+3', '1e-5', "'-1/2", "'－grad")
    """
    return _MARK + cell if _is_live(cell) else cell


def undefused(cell: str) -> str:
    """The cell without the apostrophe that `defused` put in front.

    >>> undefused("'=1+1"), undefused("'tis"), undefused("'-0.1")
    ('=1+1', "'tis", "'-0.1")
    """
    return cell[1:] if cell.startswith(_MARK) and _is_live(cell[1:]) else cell


def _is_live(cell: str) -> bool:
    # Some readers trim blanks, zero-width ones too, before they look for a sign.
    text = cell.lstrip()
    while text and (text[0].isspace() or unicodedata.category(text[0]) in ("Cf", "Cc")):
        text = text[1:]
    runs = text != "" and unicodedata.normalize("NFKC", text[0]).startswith(_RUN)
    return cell.startswith(_CONTROLS) or (runs and not is_number(text))


def decimal_text(value: Fraction | int) -> str:
    """A mark as a decimal, exact up to six places and rounded there: a fraction would be a date to a spreadsheet.

    >>> decimal_text(Fraction(7, 2)), decimal_text(Fraction(1, 3)), decimal_text(5), decimal_text(Fraction(-1, 8))
    ('3.5', '0.333333', '5', '-0.125')
    """
    below = value.denominator
    scaled = (2 * abs(value.numerator) * 10**PLACES + below) // (2 * below)  # half goes away from nothing
    whole, part = divmod(scaled, 10**PLACES)
    digits = f"{part:0{PLACES}d}".rstrip("0")
    return ("-" if value < 0 and scaled else "") + (f"{whole}.{digits}" if digits else str(whole))
