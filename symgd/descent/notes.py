"""What a user should know about how their input was read, though nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symgd.language import sentence


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on what was read: a stable `code`, and the facts that fill its sentence.

    >>> Note("encoding", {"file": "points.csv", "encoding": "Big5 (cp950)"}).message()
    'points.csv is not UTF-8; it was read as Big5 (cp950).'
    """

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: str = "en") -> str:
        """The remark as a sentence."""
        return sentence(language, f"note.{self.code}", **self.facts)
