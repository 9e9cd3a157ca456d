"""The journal of a class that is being marked: what is finished stands on the disk, whatever ends the program.

It lies beside the file of marks while the class is marked: a head that says of which work it is, then a line of JSON
for each different answer. `--resume` reads it; when the marks are written, it goes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from symgd.checking.marks import Marked, MarkedLine
from symgd.checking.roster import Submission
from symgd.errors import InputError, Reason

SCHEMA = "symgd/journal/1"


class Finished(NamedTuple):
    """A submission that is marked: what other systems take, and the JSON of its report."""

    marked: Marked
    table: Mapping[str, Any]

    def of(self, submission: Submission) -> Finished:
        """The same marks for another submission with the same answer."""
        student = submission.student
        return Finished(replace(self.marked, submission=submission), {**self.table, "student": student})


def path_of(output: Path) -> Path:
    """Where the journal of a file of marks lies."""
    return output.with_name(f"{output.name}.journal")


def fingerprint(*parts: Any) -> str:
    """A short name for what a work is of: other parts, another name.

    >>> fingerprint(1, "a") == fingerprint(1, "a") != fingerprint(1, "b")
    True
    """
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()


class Journal:
    """The finished answers of a class on the disk; without a path nothing is kept."""

    def __init__(self, path: Path | None, of: str, resume: bool) -> None:
        """Begin, or with `resume` go on where a journal of the same work ends. Raises InputError."""
        self.path, self.other = path, False
        self.found: dict[str, Finished] = {}
        if path is None:
            return
        kept = self._kept(of) if resume and path.exists() else b""
        self._write(kept or _line({"schema": SCHEMA, "of": of}), "wb")

    def add(self, text: str, finished: Finished) -> None:
        """Keep a finished answer. Raises InputError where it cannot be written."""
        if self.path is not None:
            self._write(_line({"answer": fingerprint(text), **_plain(finished)}), "ab")

    def get(self, text: str) -> Finished | None:
        """The finished marks of an answer, from before."""
        return self.found.get(fingerprint(text)) if self.found else None

    def close(self) -> None:
        """Take the journal away: everything is written."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _kept(self, of: str) -> bytes:
        """What the file holds of this work, up to the last whole line."""
        assert self.path is not None
        head, *lines = self.path.read_bytes().split(b"\n")[:-1] or [b""]
        if _parsed(head) != {"schema": SCHEMA, "of": of}:
            self.other = True
            return b""
        kept = [head]
        for line in lines:
            table = _parsed(line)
            if table is None:
                break
            self.found[table["answer"]] = _finished(table)
            kept.append(line)
        return b"\n".join(kept) + b"\n"

    def _write(self, content: bytes, mode: str) -> None:
        assert self.path is not None
        try:
            with self.path.open(mode) as file:
                file.write(content)
        except OSError as error:
            raise InputError("write", name=self.path.name, reason=Reason(error)) from None


def _line(table: Mapping[str, Any]) -> bytes:
    return json.dumps(table).encode() + b"\n"


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _plain(finished: Finished) -> dict[str, Any]:
    marked = finished.marked
    lines = [
        [line.n, line.text, line.status, str(line.credit), str(line.worth), line.message, line.diagnosis]
        for line in marked.lines
    ]
    whole = [str(marked.score), str(marked.max_score), marked.status, lines, marked.feedback, marked.first_wrong_line]
    return {"marked": whole, "table": finished.table}


def _finished(table: Mapping[str, Any]) -> Finished:
    score, most, status, lines, feedback, first = table["marked"]
    nobody = Submission("", "", 0, {})
    return Finished(
        Marked(nobody, Fraction(score), Fraction(most), status, tuple(map(_marked_line, lines)), feedback, first),
        table["table"],
    )


def _marked_line(row: Sequence[Any]) -> MarkedLine:
    n, text, status, credit, worth, message, diagnosis = row
    return MarkedLine(n, text, status, Fraction(credit), Fraction(worth), message, tuple(diagnosis))
