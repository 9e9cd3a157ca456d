"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word that is most like a word; "" where none is like it.

    >>> closest("adma", ["adam", "newton"]), closest("x", ["adam"])
    ('adam', '')
    """
    import difflib  # only where something is wrong

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), "")
