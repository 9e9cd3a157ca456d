"""Answers in columns, each under the name of its quantity, as the lines of a working."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from symgd.checking.cells import undefused
from symgd.checking.facts import Facts
from symgd.checking.roster_heads import tight
from symgd.checking.working import claims_in

_RELATION = re.compile(r"[=≈≒≃≅＝]")
#: A name with the number of updates after which it is meant.
_AFTER = re.compile(r"(?P<word>[^\[]+)(?:\[(?P<update>\d{1,6})\])?\Z")
#: What may stand before an answer: 答：0.51, 約 0.518.
_CALLED = re.compile(r"(?i)\A(?:答案?|ans(?:wer)?)\s*[:：]\s*(?=\S)")
_ABOUT = re.compile(r"(?i)\A(?:大?約|about|approx\.?|~)\s*(?=[-−.]?\d)")
#: What says of a weight no more than that it was moved.
_NEW = re.compile(r"(?:_?\{?new\}?|'+)\Z")
#: A head whose formula is set off.
_SET_OFF = re.compile(r"(?:\$+|\\[(\[])(?P<inside>.+?)(?:\$+|\\[)\]])\Z")
_DELTA = re.compile(r"(?:\\?delta|Δ)\s+", re.IGNORECASE)


def quantity_of_head(head: str, facts: Facts) -> str | None:
    """The quantity that a head names in any notation that a working may use; None where it names none.

    An index in brackets says after how many updates: dL/dw1[2] is the slope at the weights after two.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w1 - 1)^2 + w2^2", start={"w1": 0, "w2": 1}))
    >>> [quantity_of_head(head, facts) for head in ("∂L/∂w1", "-dL/dw1[1]", "delta w1", "w1^(2)", "L[1]", "note")]
    ['dL/dw1', '-dL/dw1[1]', 'Δw1', 'w1[2]', 'L[1]', None]
    """
    plain = undefused(head.strip())
    if set_off := _SET_OFF.match(plain):
        plain = set_off["inside"].strip()
    quantity = _named(_DELTA.sub("Δ", plain), facts) or _indexed(_DELTA.sub("Δ", plain), facts)
    after = _AFTER.match(quantity or "")
    is_late = after and after["update"] and int(after["update"]) > facts.problem.steps
    return None if is_late else quantity


def _indexed(text: str, facts: Facts) -> str | None:
    """The quantity of a name with an index that no working has: dL/dw1[2], L[1]."""
    found = _AFTER.match(tight(text))
    if found is None or found["update"] is None:
        return None
    word = _named(found["word"], facts)
    return None if word is None or "[" in word else f"{word}[{int(found['update'])}]"


def _named(text: str, facts: Facts) -> str | None:
    """The quantity of a text that is nothing but its name."""
    claims = claims_in(f"{text} = 0", facts)
    if len(claims) != 1:
        return None
    (claim,) = claims
    quantity, is_plain = claim.quantity, len(claim.sides) == 1 and tight(claim.text) == tight(f"{text} = 0")
    if quantity is None or quantity.kind == "rate" or claim.at or not is_plain:
        return None
    index = f"[{quantity.update}]" if quantity.kind in ("slope", "negative") and quantity.update is not None else ""
    return quantity.text + index if quantity.parameter or quantity.kind != "weight" else None


def answer_line(quantity: str, cell: str, weights: Collection[str]) -> str:
    """The answer as a line that says what it is the answer for; of an empty cell, none.

    >>> [answer_line(word, "0.5", ["w1"]) for word in ("w1", "w1[2]", "dL/dw1[2]")]
    ['w1 = 0.5', 'w1[2] = 0.5', 'update 3: dL/dw1 = 0.5']
    >>> [answer_line(word, " w1 = 0.51 ", ["w1"]) for word in ("w1", "w1[2]")]
    ['w1 = 0.51', 'w1[2] = 0.51']
    >>> answer_line("w1", "答：約 0.51", ["w1"])
    'w1 ≈ 0.51'
    """
    answer = _CALLED.sub("", cell.strip())
    answer = _ABOUT.sub("≈ ", answer)
    if not answer:
        return ""
    lead, name = _told(quantity, weights)
    relation = _RELATION.search(answer)
    said = tight(answer[: relation.start()]).casefold() if relation else ""
    if relation and said in {tight(name).casefold(), tight(quantity).casefold()}:
        return f"{lead}{name} {answer[relation.start() :]}" if lead else answer
    if relation and _NEW.sub("", said) == tight(quantity.partition("[")[0]).casefold() != "":
        return f"{lead}{name} {answer[relation.start() :]}"  # the head says after which update
    return f"{lead}{name} {answer}" if relation and not relation.start() else f"{lead}{name} = {answer}"


def _told(quantity: str, weights: Collection[str]) -> tuple[str, str]:
    """What stands before a quantity to say its update, and its name: only a weight has an index in a working."""
    found = _AFTER.match(quantity)
    if found is None or found["update"] is None or found["word"] in weights:
        return "", quantity
    return f"update {int(found['update']) + 1}: ", found["word"]


def natural(answers: Mapping[str, str], weights: Collection[str]) -> list[tuple[str, str]]:
    """Heads and quantities as they follow each other in a working, whatever the order of the columns.

    By updates; in one the slopes, the changes, the weights. A loss that stands behind weights is that after them.

    >>> [head for head, _ in natural({"A": "w[2]", "B": "w[1]", "C": "Δw", "D": "dL/dw"}, ["w"])]
    ['D', 'C', 'B', 'A']
    """
    moved, found = False, list[tuple[tuple[int, int], tuple[str, str]]]()
    for answer in answers.items():
        found.append((_place(answer[1], weights, moved), answer))
        moved = moved or answer[1] in weights
    return [answer for _, answer in sorted(found, key=lambda each: each[0])]


def weights_in(quantities: Collection[str]) -> set[str]:
    """The names of weights among quantities: they have a change, or stand there with an index.

    >>> sorted(weights_in(["w1", "Δw1", "dL/dw1", "w2[1]"]))
    ['w1', 'w2']
    """
    changing = {word for word in quantities if f"Δ{word}" in quantities}
    return changing | {word.partition("[")[0] for word in quantities if word.endswith("]")}


def _place(quantity: str, weights: Collection[str], moved: bool) -> tuple[int, int]:
    """The update of a quantity, and its place in it."""
    found = _AFTER.match(quantity)
    if found is None:  # a row of the optimizer: m[w]
        return 0, 1
    update, word = int(found["update"] or 0), found["word"]
    if "/" in word:
        return update, 0
    if word.startswith("Δ"):
        return update, 1
    if update:
        return update - 1, _LAST
    return 0, 2 if word in weights else _LAST if moved else 0


#: The place of what is after an update.
_LAST = 3
