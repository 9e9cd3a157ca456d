"""What the lines of a working earn: its report, from what was found of each."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from symgd.checking.claims import Claim
from symgd.checking.facts import Facts
from symgd.checking.findings import Finding
from symgd.checking.guarded import DEADLINE
from symgd.checking.notations import Quantity
from symgd.checking.policy import Policy, spelled
from symgd.checking.shown import is_cut
from symgd.checking.verdict import EARNING, WRONG, Diagnosis, Report, Verdict
from symgd.checking.working import claims_in, has_unread_table
from symgd.checking.world import Key
from symgd.errors import InputError
from symgd.numbers.bounded import shown
from symgd.numbers.values import entries_of, is_array

if TYPE_CHECKING:
    from symgd.checking.marking import Marker


#: What a text that states nothing has none of.
_SAYS = re.compile(r"[\d=＝←]")


def report_of(marker: Marker, text: str, student: str = "") -> Report:
    """The report of a working that was marked, its verdicts in the order of the text."""
    named = _diagnoses(marker)
    order = sorted(range(len(marker.found)), key=lambda place: marker.found[place][0].place)
    verdicts = [_verdict(marker, place, named.get(place, ())) for place in order]
    verdicts += [_lacking(marker, word, key) for word, key in lacking(marker)]
    penalty = marker.policy.penalty * sum(verdict.status in WRONG for verdict in verdicts)
    score = max(Fraction(0), sum((verdict.credit for verdict in verdicts), Fraction(0)) - penalty)
    highest = sum((verdict.worth for verdict in verdicts), Fraction(0))
    odd = {"late": marker.late, "cut": is_cut(text), "table": has_unread_table(text, marker.facts)}
    odd["unread"] = not (marker.found or odd["table"]) and _SAYS.search(text) is not None
    warnings = tuple(word for word, is_so in odd.items() if is_so)
    report = Report(marker.problem, tuple(verdicts), score, highest, student, warnings)
    if not marker.policy.quantities:
        return report
    from symgd.checking.totals import out_of  # with all that reads a class

    return out_of(report, sum(marker.policy.quantities.values(), Fraction(0)))


def _diagnoses(marker: Marker) -> dict[int, tuple[Diagnosis, ...]]:
    """The mistakes by their names, by the places of their lines."""
    if not any(finding.status in WRONG for _, _, finding, _ in marker.found):
        return {}
    from symgd.checking.diagnosis import diagnoses  # a right working does without

    return diagnoses(marker, marker.until)


def lacking(marker: Marker) -> list[tuple[str, Key]]:
    """What should have been stated and was not: the quantities of the policy, or else the last weights."""
    last, said = marker.problem.steps, {key for _, key, *_ in marker.found}
    after = {
        word: f"{word}^({last})" if is_array(value) else f"{word}[{last}]"
        for word, value in marker.facts.start.items()
    }
    wanted = [(after[word], Key("w", word, last)) for word in marker.facts.start]
    if marker.policy.quantities:
        # L behind the weights is the loss after an update: a name without one is said at any.
        told = (
            (claim.quantity, claim.update) for claim, key, *_ in marker.found if not claim.at and not is_start(key)
        )
        names = {word for said, update in told if said and not said.entry for word in _words(said, update)}
        keys = {word: _named(marker, word) for word in marker.policy.quantities}
        wanted = [(word, key) for word, key in keys.items() if word not in names]
    parts = _entries_said(marker)
    return [(word, key) for word, key in wanted if key not in said and parts[key] < _size(marker, key)]


def _entries_said(marker: Marker) -> Counter[Key]:
    """Of how many entries of each quantity something was said."""
    return Counter(key._replace(entry=()) for key in {key for _, key, *_ in marker.found} if key and key.entry)


def _size(marker: Marker, key: Key) -> int:
    """How many entries a quantity has."""
    return len(entries_of(marker.expected(key._replace(entry=()), marker.truth)))


def _verdict(marker: Marker, place: int, diagnosis: Sequence[Diagnosis]) -> Verdict:
    """The verdict on what was found at a place."""
    claim, key, finding, _ = marker.found[place]
    value = None if key is None else marker.expected(key, marker.truth)
    worth = _worth(marker, place)
    return Verdict(
        claim.line,
        claim.text,
        "" if claim.quantity is None else claim.quantity.text,
        None if claim.quantity is None or claim.at else claim.update,
        finding.verdict,
        finding.certainty,
        finding.status,
        None if value is None else shown(value),
        finding.counterexample,
        tuple(diagnosis),
        worth * _share(marker.policy, finding),
        worth,
        finding.broken,
        claim,
        DEADLINE if finding.late else None,
    )


def _share(policy: Policy, finding: Finding) -> Fraction:
    """The share of its points that a line earns."""
    if finding.status not in EARNING or (finding.status == "carried" and not policy.follow_through):
        return Fraction(0)
    share = policy.form if finding.status == "format" else Fraction(1)
    return share * (policy.domain if finding.verdict == "domain" else 1)


def _worth(marker: Marker, place: int) -> Fraction:
    """What a line is worth: the points of its quantity, once; side calculations and the start are worth nothing.

    Of several lines about one quantity the last counts, which is what the student stands by.
    """
    claim, key, *_ = marker.found[place]
    policy = marker.policy
    if claim.quantity is None:
        return policy.points if claim.unreadable and not policy.quantities else Fraction(0)
    again = key is not None and any(later == key for _, later, *_ in marker.found[place + 1 :])
    if again or claim.at or is_start(key):
        return Fraction(0)
    if not policy.quantities:
        return Fraction(0) if claim.quantity.kind == "rate" else policy.points
    words = _words(claim.quantity, claim.update)
    points = next((policy.quantities[word] for word in words if word in policy.quantities), Fraction(0))
    return points / _size(marker, key) if key is not None and key.entry else points


def is_start(key: Key | None) -> bool:
    """Whether a quantity is a weight before any update."""
    return key is not None and key.name == "w" and key.step == 0


def _words(quantity: Quantity, update: int) -> tuple[str, str]:
    """The words by which a policy may name a quantity: with its update, or at any."""
    word = spelled(quantity._replace(update=None, entry=()).text)
    return f"{word}[{update}]", word


def _named(marker: Marker, text: str) -> Key:
    """The quantity that a policy names; raises InputError where the run has none."""
    claim = _claimed(text, marker.facts)
    key = None if claim is None else marker.key(claim)
    if key is None or key.step > marker.problem.steps:
        raise InputError("unknown-quantity", name=text)
    return key


@functools.lru_cache(maxsize=1024)
def _claimed(text: str, facts: Facts) -> Claim | None:
    """The claim that a quantity is 0."""
    from symgd.checking.answers import answer_line  # no need of it where no quantity is named

    return next(iter(claims_in(answer_line(text, "0", facts.start), facts)), None)


def _lacking(marker: Marker, text: str, key: Key) -> Verdict:
    """The verdict on what was not stated."""
    value = marker.expected(key, marker.truth)
    points = marker.policy.quantities.get(text, marker.policy.points)
    if marker.policy.quantities:
        points -= points * _entries_said(marker)[key] / _size(marker, key)
    expected = None if value is None else shown(value)
    return Verdict(0, "", text, key.step, "missing", "", "missing", expected, worth=points)
