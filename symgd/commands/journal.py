"""The journal of a class that is being marked: what is finished stands on the disk, whatever ends the program.

It lies beside the file of marks while the class is marked: a head that says of which work it is, then a line of JSON
for each different answer. `--resume` reads it; when the marks are written, it goes. What is known of the lines of an
answer is read from there when it is written, so that a large class is never held in memory.
"""

from __future__ import annotations

import functools
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, NamedTuple, overload

from symgd.checking.marks import Marked, MarkedLine
from symgd.checking.roster import Submission
from symgd.errors import InputError, Reason

SCHEMA = "symgd/journal/1"


class Finished(NamedTuple):
    """A submission that is marked: what other systems take, and the JSON of its report (with no student's name)."""

    marked: Marked
    report: Mapping[str, Any]

    def of(self, submission: Submission) -> Finished:
        """The same marks for another submission with the same answer."""
        return self._replace(marked=replace(self.marked, submission=submission))

    def table(self) -> dict[str, Any]:
        """The JSON of the report of this student."""
        return {**self.report, "student": self.marked.submission.student}


def path_of(output: Path) -> Path:
    """Where the journal of a file of marks lies."""
    return output.with_name(f"{output.name}.journal")


def fingerprint(*parts: Any) -> str:
    """A short name for what a work is of: other parts, another name.

    >>> fingerprint(1, "a") == fingerprint(1, "a") != fingerprint(1, "b")
    True
    """
    return hashlib.sha256(_plain_text(parts)).hexdigest()


def fingerprint_of_rows(rows: Iterable[Any]) -> str:
    """A short name for rows in their order.

    >>> fingerprint_of_rows(["a", "b"]) == fingerprint_of_rows(iter("ab")) != fingerprint_of_rows(["ab"])
    True
    """
    digest = hashlib.sha256()
    for row in rows:
        digest.update(_plain_text(row) + b"\n")
    return digest.hexdigest()


def _plain_text(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, default=str).encode("utf-8", "replace")


class Journal:
    """The finished answers of a class on the disk; without a path in a file that nobody sees."""

    def __init__(self, path: Path | None, of: str, resume: bool) -> None:
        """Begin, or with `resume` go on where a journal of the same work ends. Raises InputError."""
        self.path, self.other = path, False
        self._places: dict[bytes, int] = {}
        self._same: dict[Any, Any] = {}  # what many answers have alike is held once
        self._last: tuple[int, dict[str, Any]] = (-1, {})
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile() if path is None else _opened(path, resume)  # noqa: SIM115
        except OSError as error:
            raise self._unwritten(error) from None
        self._end = self._kept(of) if resume and path is not None else 0
        if not self._end:
            self._append(_line({"schema": SCHEMA, "of": of}))

    def add(self, text: str, finished: Finished) -> None:
        """Keep a finished answer. Raises InputError where it cannot be written."""
        answer, place = fingerprint(text), self._end
        self._append(_line({"answer": answer, **_plain(finished)}))
        self._places[bytes.fromhex(answer)] = place

    def get(self, text: str) -> Finished | None:
        """The finished marks of an answer; its lines are read when they are asked for."""
        place = self._places.get(bytes.fromhex(fingerprint(text)))
        return None if place is None else self._finished(place)

    def __enter__(self) -> Journal:
        """The journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file; it stays where it lies. What finds no room was told when it was to be kept."""
        with suppress(OSError):
            self._file.close()

    def finish(self) -> None:
        """Take the journal away: everything is written."""
        self._file.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def read(self, place: int) -> dict[str, Any]:
        """The line at a place; that of last time is not read again."""
        if self._last[0] != place:
            self._file.seek(place)
            self._last = place, json.loads(self._file.readline())
        return self._last[1]

    def _finished(self, place: int) -> Finished:
        score, most, status, _, feedback, first = self.read(place)["marked"]
        status, feedback = (self._same.setdefault(word, word) for word in (status, feedback))
        marked = Marked(_NOBODY, _amount(score), _amount(most), status, _Lines(self, place), feedback, first)
        return Finished(marked, _Report(self, place))

    def _kept(self, of: str) -> int:
        """How far the file holds this work: up to the last whole line; 0 where it is of another."""
        head = self._file.readline()
        if _parsed(head) != {"schema": SCHEMA, "of": of}:
            self.other = bool(head)
            return 0
        place = len(head)
        for line in self._file:
            table = _parsed(line) if line.endswith(b"\n") else None
            if table is None:
                break
            self._places[bytes.fromhex(table["answer"])] = place
            place += len(line)
        return place

    def _append(self, content: bytes) -> None:
        try:
            self._file.seek(self._end)
            self._file.write(content)
            self._file.truncate()
            self._file.flush()
        except OSError as error:
            raise self._unwritten(error) from None
        self._end += len(content)

    def _unwritten(self, error: OSError) -> InputError:
        return InputError("write", name="" if self.path is None else self.path.name, reason=Reason(error))


class _Lines(Sequence[MarkedLine]):
    """The marked lines of an answer in a journal."""

    __slots__ = ("_journal", "_place")

    def __init__(self, journal: Journal, place: int) -> None:
        self._journal, self._place = journal, place

    def _all(self) -> list[Any]:
        found: list[Any] = self._journal.read(self._place)["marked"][3]
        return found

    @overload
    def __getitem__(self, place: int) -> MarkedLine: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[MarkedLine]: ...

    def __getitem__(self, place: int | slice) -> MarkedLine | Sequence[MarkedLine]:
        found = self._all()[place]
        return [_marked_line(row) for row in found] if isinstance(place, slice) else _marked_line(found)

    def __iter__(self) -> Iterator[MarkedLine]:
        return map(_marked_line, self._all())

    def __len__(self) -> int:
        return len(self._all())


class _Report(Mapping[str, Any]):
    """The JSON of a report in a journal."""

    __slots__ = ("_journal", "_place")

    def __init__(self, journal: Journal, place: int) -> None:
        self._journal, self._place = journal, place

    def __getitem__(self, key: str) -> Any:
        return self._journal.read(self._place)["report"][key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._journal.read(self._place)["report"])

    def __len__(self) -> int:
        return len(self._journal.read(self._place)["report"])


_NOBODY = Submission("", "", 0, {})


def _opened(path: Path, resume: bool) -> IO[bytes]:
    return path.open("r+b" if resume and path.exists() else "w+b")


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
    return {"marked": whole, "report": dict(finished.report)}


def _marked_line(row: Sequence[Any]) -> MarkedLine:
    n, text, status, credit, worth, message, diagnosis = row
    return MarkedLine(n, text, status, _amount(credit), _amount(worth), message, tuple(diagnosis))


@functools.lru_cache(maxsize=4096)
def _amount(text: str) -> Fraction:
    return Fraction(text)
