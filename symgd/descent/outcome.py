"""How a run ended: a value with its reason. The words, and what to do about it, are in the catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: finished          the updates asked for were made
#: converged         the gradient is exactly 0 (float: no weight changes), or within the tolerance given
#: diverged          not finite, or a loss beyond 10^6 (1 + |L0|) after three rises in a row
#: left-domain       a part of the loss, of the rate or of the update has no value at the point reached
#: does-not-move     no update can change anything: a flat start, a rate of 0, or too few digits
#: cycle             an earlier state came back exactly
#: singular          the Newton direction does not exist: the Hessian is singular
#: undecided         a comparison could not be decided at the highest precision
CODES = (
    "finished",
    "converged",
    "diverged",
    "left-domain",
    "does-not-move",
    "cycle",
    "singular",
    "undecided",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is one of CODES, `reason` a finer key for the catalogue, `step` the updates made, `facts` the rest.

    >>> Outcome("does-not-move", 0, "rate").message()
    'Nothing moves: the learning rate is 0.'
    """

    code: str
    step: int
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of its sentences in a catalogue."""
        return f"{self.code}-{self.reason}" if self.reason else self.code

    def message(self, language: str = "en") -> str:
        """What happened, in a sentence."""
        from symgd.language import sentence

        return sentence(language, f"outcome.{self.key}.message", step=self.step, **self.facts)

    def remedy(self, language: str = "en") -> str:
        """What to do about it, in a sentence; "" where nothing need be done."""
        from symgd.language import sentence

        return sentence(language, f"outcome.{self.key}.remedy", step=self.step, **self.facts)
