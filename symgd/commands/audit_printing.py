"""What `symgd audit` prints: the false relations with their place and what they really are, then the counts."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence

from symgd.checking.audit import Audit, Relation, audit
from symgd.errors import clipped, width
from symgd.language import sentence

#: The form of a text by the ending of its file; all others are Markdown or plain.
FORMS = {".html": "html", ".htm": "html", ".xhtml": "html", ".tex": "tex", ".latex": "tex", ".gift": "gift"}


def audit_output(text: str, form: str, as_json: bool, language: str) -> tuple[str, int]:
    """The report on a text, and the exit status: 1 where a relation is false."""
    found = audit(text, form)
    status = 1 if found.false else 0
    if as_json:
        return json.dumps(found.table(), ensure_ascii=False, indent=2), status
    return audit_text(found, language), status


def audit_text(found: Audit, language: str = "en") -> str:
    """The false relations, each with its place, a caret and what it really is; the lines left open; the counts.

    >>> print(audit_text(audit("0.5+0.01=0.52")))
    Line 1, column 1: the two sides are not equal.
      0.5+0.01=0.52
               ^^^^
    The left side is 0.51, the right side 0.52.
    <BLANKLINE>
    0 true, 1 false, 0 undecided; 0 definitions.
    >>> print(audit_text(audit("a + b = c")).split(":")[0])
    Lines not decided
    """
    blocks = [_told(relation, language) for relation in found.wrong]
    keys = ("true", "false", "undecided", "definitions")
    counts = sentence(language, "audit.counts", **{key: getattr(found, key) for key in keys})
    return "\n\n".join([*blocks, *_open(found, language), counts])


def _open(found: Audit, language: str) -> list[str]:
    """Where the relations stand that are not decided, and what may be the reason; nothing where all are."""
    lines = sorted({relation.line for relation in found if relation.holds is None})
    return [sentence(language, "audit.open", lines=_ranges(lines))] if lines else []


def _ranges(lines: Sequence[int]) -> str:
    """Numbers in order, those that follow one another as a range: 2, 5–7."""
    runs = [
        [line for _, line in run] for _, run in itertools.groupby(enumerate(lines), lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _told(relation: Relation, language: str) -> str:
    wrong = relation.reason or ("rounding" if relation.sign == "≈" else "unequal")
    head = sentence(language, f"audit.{wrong}", line=relation.line, column=relation.column)
    shown, start = clipped(relation.text, relation.at)
    under = shown[start : start + len(relation.text) - relation.at]
    caret = " " * width(shown[:start]) + "^" * max(1, width(under))
    return "\n".join([head, "  " + shown, "  " + caret, _really(relation, language)]).rstrip()


def _really(relation: Relation, language: str) -> str:
    """What the sides are worth, where that is known."""
    if relation.left is None:
        return ""
    key = "audit.left" if relation.right is None else "audit.sides"
    return sentence(language, key, left=_minus(relation.left), right=_minus(relation.right or ""))


def _minus(text: str) -> str:
    return text.replace("-", "−")
