"""How a handout is to look: the table [handout] of a problem file beyond language and kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from symgd.descent.files import SHEET
from symgd.descent.reading import one_of, shortened, switch, unknown, whole
from symgd.errors import InputError

#: What can be drawn; "all" draws whatever the problem has.
FIGURES = ("contour", "curve", "loss", "rates", "data")
#: Those of two parameters.
PAIRED = ("contour", "rates")
#: What a worksheet leaves blank.
BLANKS = ("every", "final", "gradient")
PAPERS = ("a4", "letter")
MOST_POINTS = 1000
MOST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a handout is to look.

    `figures` are the pictures asked for ("all" stands for every one that the problem has); `pair` the two parameters
    of the contour lines where there are more. A worksheet leaves `blank` every value, the final ones, or the gradient,
    and a blank is worth `points` (0: it does not say). With `reveal` a page folds the answers of each step;
    `interactive` lets a page with pictures walk through the updates. `paper` is "a4" or "letter"; `large_print` is
    for readers who need large letters. `label` stands under the title: which variant a sheet is.

    >>> sheet_of({"figures": "contour,loss", "paper": "letter"}).figures
    ('contour', 'loss')
    """

    figures: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    blank: str = "every"
    points: int = 0
    reveal: bool = False
    interactive: bool = True
    paper: str = "a4"
    large_print: bool = False
    label: str = ""


def sheet_of(table: Mapping[str, Any]) -> Sheet:
    """The sheet of a table; raises InputError for a key or a value that means nothing."""
    for key in table:
        if key not in _READERS:
            raise unknown("unknown-key", key, SHEET, table="handout")
    return Sheet(**{key: _READERS[key](key, value) for key, value in table.items() if value is not None})


def _figures(key: str, value: Any) -> tuple[str, ...]:
    words = _words(key, value)
    if words in ((), ("none",)):
        return ()
    if "none" in words:
        raise InputError("figures-none", value=", ".join(words))
    return FIGURES if "all" in words else tuple(one_of(key, word, (*FIGURES, "all", "none")) for word in words)


def _pair(key: str, value: Any) -> tuple[str, ...]:
    words = _words(key, value)
    if len(words) != 2 or words[0] == words[1]:
        raise InputError("not-a-pair-of-names", name=key, value=", ".join(words))
    return words


def _words(key: str, value: Any) -> tuple[str, ...]:
    """Words from a list, or from text split by commas."""
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        raise InputError("one-of", name=key, value=value, known=", ".join((*FIGURES, "all", "none")))
    return tuple(dict.fromkeys(str(word).strip() for word in words if str(word).strip()))


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "figures": _figures,
    "pair": _pair,
    "blank": lambda key, value: one_of(key, value, BLANKS),
    "points": lambda key, value: whole(key, value, 0, MOST_POINTS),
    "reveal": switch,
    "interactive": switch,
    "paper": lambda key, value: one_of(key, str(value).lower(), PAPERS),
    "large_print": switch,
    "label": lambda key, value: shortened(value, MOST_LABEL),
}
