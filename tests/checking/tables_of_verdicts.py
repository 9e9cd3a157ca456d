"""Tables of workings and texts with everything that is found of each: read by eye, one line a verdict.

A file holds blocks. `@` begins one: `@ check {…}` with the arguments of a problem, `@ audit FORM` or `@ told {…}`
(a working with its feedback in both languages). In it stand texts, each line behind `>`, and below each text what
is found, set in by two blanks. `python -m tests.checking.renew_tables` writes those lines anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import symgd
from symgd.checking import guarded, readings
from symgd.checking.audit import Relation
from symgd.checking.verdict import Report, Verdict, amount
from symgd.language import LANGUAGES

FOLDER = Path(__file__).parent / "tables"
#: Seconds for what is decided in far fewer: a busy machine changes no verdict here.
_LONG = 30.0
_asked = guarded._asked
_HOLDS = {True: "holds", False: "false", None: "open"}


class Case(NamedTuple):
    """A text under the head of its block, and the lines that are found of it."""

    head: str
    text: str
    found: tuple[str, ...]


class Block(NamedTuple):
    """A head with its remarks, and its cases."""

    head: str
    remarks: tuple[str, ...]
    cases: tuple[Case, ...]


def blocks_of(path: Path) -> Iterator[Block]:
    """The blocks of a file."""
    for part in path.read_text(encoding="utf-8").split("\n@ ")[1:]:
        head, *lines = part.rstrip("\n").split("\n")
        remarks = tuple(line for line in lines if line.startswith("#"))
        yield Block(head, remarks, tuple(_cases(head, [line for line in lines if not line.startswith("#")])))


def _cases(head: str, lines: Sequence[str]) -> Iterator[Case]:
    for case in "\n".join(lines).strip("\n").split("\n\n"):
        told = case.split("\n")
        text = "\n".join(line[1:].removeprefix(" ") for line in told if line.startswith(">"))
        yield Case(head, text, tuple(line for line in told if not line.startswith(">")))


def written(block: Block) -> str:
    """A block as its file has it, with what is found now."""
    cases = [
        "\n".join([*(f"> {line}".rstrip() for line in case.text.split("\n")), *found(case)]) for case in block.cases
    ]
    return "\n".join([f"@ {block.head}", *block.remarks, "\n\n".join(cases)]) + "\n"


def found(case: Case) -> list[str]:
    """What is found of a text now, a line each."""
    kind, _, rest = case.head.partition(" ")
    with mock.patch.object(readings, "DEADLINE", _LONG), mock.patch.object(guarded, "_asked", _asked_patiently):
        if kind == "audit":
            audit = symgd.audit(case.text, rest)
            return [*map(_relation, audit), f"  = {audit.definitions} defined"]
        settings = json.loads(rest)
        report = symgd.check(symgd.Problem(settings.pop("loss", None), **settings), case.text)
        return _told(report) if kind == "told" else [*map(_verdict, report), _sum(report)]


def _asked_patiently(task: str, payload: Any, seconds: float = 0.0) -> Any:
    return _asked(task, payload, _LONG)


def _relation(found: Relation) -> str:
    left, right = ("?" if worth is None else worth for worth in (found.left, found.right))
    more = " ".join(filter(None, [found.reason, "blank" if found.blank else ""]))
    place = f"{found.line}:{found.column}+{found.at}"
    return f"  {place} {found.text} · {_HOLDS[found.holds]} {left} {found.sign} {right} {more}".rstrip()


def _verdict(found: Verdict) -> str:
    about = f"{found.quantity or '-'}@{'-' if found.step is None else found.step}"
    place = f"{found.n}:{'-' if found.claim is None else found.claim.column}"
    status = "/".join(filter(None, [found.status, found.verdict, found.certainty]))
    told = [
        "" if found.expected is None else f"is {found.expected}",
        "" if found.broken is None else f"breaks at {found.broken}",
        ", ".join(one.id if one.certain else f"{one.id}?" for one in found.diagnosis),
        _example(found),
        "" if found.late is None else "late",
    ]
    points = f"{amount(found.credit)}/{amount(found.worth)}"
    return f"  {place} {found.text} · {about} {status} {points} · {' · '.join(filter(None, told))}".rstrip(" ·")


def _example(found: Verdict) -> str:
    shown = found.counterexample
    if shown is None:
        return ""
    return (
        f"at {', '.join(f'{word} {value}' for word, value in shown.at.items())}: {shown.student} not {shown.expected}"
    )


def _sum(report: Report) -> str:
    first = report.first_wrong_line
    wrong = "" if first is None else f" first wrong {first}{'' if report.first_wrong_line_certain else '?'}"
    warned = "".join(f" {word}!" for word in report.warnings)
    certain = "" if first is not None or report.first_wrong_line_certain else " ?"
    return f"  = {amount(Fraction(report.score))}/{amount(report.max_score)} {report.status}{wrong}{certain}{warned}"


def _told(report: Report) -> list[str]:
    texts = [report.text(language).split("\n") for language in LANGUAGES]
    return [f"  {line}" for lines in texts for line in lines if line.strip()]
