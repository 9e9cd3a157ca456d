"""What files of data hold: columns by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from symgd.descent.notes import Note

#: Names for the columns: heads of the file to names, or a name for each column in order.
Naming = Mapping[str, str] | Sequence[str] | None


class Columns(NamedTuple):
    """What a file holds: a column by each name, and what is worth saying about how it was read.

    A column is a NumPy array of Fractions, or of doubles where there are very many numbers.
    """

    columns: dict[str, Any]
    notes: tuple[Note, ...]
