"""Which kinds and formats of a handout an option is for; one that can change nothing is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Effect(NamedTuple):
    """What an option is for: kinds of handouts, and formats; none stands for all."""

    kinds: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()

    def reaches(self, kind: str, form: str) -> bool:
        """Whether the option changes anything in a handout of a kind and format."""
        return (not self.kinds or kind in self.kinds) and (not self.formats or form in self.formats)


_PAGE = Effect(frozenset(("worked",)), frozenset(("html",)))
_PRINTED = Effect(formats=frozenset(("html", "pdf", "tex")))
_ASKING = Effect(frozenset(("worksheet", "key")))
_TELLING = Effect(frozenset(("worked", "key")))
EFFECTS: Mapping[str, Effect] = {
    "reveal": _PAGE,
    "interactive": _PAGE,
    "paper": _PRINTED,
    "large_print": _PRINTED,
    "blank": _ASKING,
    "points": _ASKING,
    "figures": _TELLING,
    "pair": _TELLING,
    "explain_rate": Effect(frozenset(("worked",))),
}


def idle_options(given: Mapping[str, Any], kind: str, output: Path | None) -> Iterator[str]:
    """The options of a command line that change nothing in a handout of this kind, as it is written.

    >>> list(idle_options({"reveal": True, "points": 2}, "worked", Path("a.md")))
    ['reveal', 'points']
    """
    from symgd.handouts.handout import FORMS

    form = "markdown" if output is None else FORMS.get(output.suffix.lower(), "")
    asked = (key for key in EFFECTS if given.get(key) not in (None, "none"))
    return (key for key in asked if not EFFECTS[key].reaches(kind, form))
