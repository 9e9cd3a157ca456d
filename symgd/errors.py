"""What can go wrong, and how it is told.

    SymgdError
    ├── InputError        text or a setting that cannot be read or used (the user can mend it)
    ├── DomainError       an expression has no real value at a point (the run stops there and says where)
    ├── PrecisionError    a ball is too wide to decide; the caller repeats with more bits
    └── DisagreementError two roads to one result differ (a fault of symgd: please report it)

No sentence stands here: a `code` and its facts are turned into words by a language catalogue.
"""

from __future__ import annotations

import errno
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from symgd.language import joined, sentence


class SymgdError(Exception):
    """The root of all errors that symgd raises on purpose."""


#: What the system may say of a file, and the key of our sentence.
_REASONS: Mapping[int, str] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "large",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "read-only",
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EISDIR: "folder",
    errno.ENAMETOOLONG: "long",
    errno.ELOOP: "circle",
    errno.ETIMEDOUT: "late",
    errno.EPROTO: "failed",
}


class Reason:
    """Why the system refused a file, in words of ours where we have them.

    >>> Reason(OSError(28, "No space left on device")).said("en")
    'there is no room left'
    """

    def __init__(self, error: BaseException) -> None:
        """Keep the error."""
        self.error = error

    def said(self, language: str) -> str:
        """The reason in a language; in the system's own words where there is no sentence."""
        key = _REASONS.get(getattr(self.error, "errno", None) or 0)
        return sentence(language, f"reason.{key}") if key else getattr(self.error, "strerror", None) or str(self.error)

    def __str__(self) -> str:
        """The reason in English."""
        return self.said("en")


class InputError(SymgdError):
    """Text or a setting that cannot be read or used.

    `code` is stable; `position` and `length` count characters of `text`; `facts` fill the sentence.
    `source` says where the text came from (a file and its key), where that is known.

    >>> error = InputError("two-numbers", text="2 3", position=2, length=1)
    >>> print(error)
    Two numbers stand side by side.
      2 3
        ^
    Write the operation between them, for example 2 × 3.
    """

    def __init__(
        self,
        code: str,
        *,
        text: str = "",
        position: int = 0,
        length: int = 1,
        source: str = "",
        **facts: object,
    ) -> None:
        """Keep the facts; the words are made when they are asked for."""
        super().__init__(code)
        self.code = code
        self.text = text
        self.position = position
        self.length = max(1, length)
        self.source = source
        self.facts: Mapping[str, object] = facts

    def message(self, language: str = "en") -> str:
        """What is wrong, as a sentence."""
        return sentence(language, f"error.{self.code}.message", **self._said(language))

    def hint(self, language: str = "en") -> str:
        """What to do about it, as a sentence."""
        hint = sentence(language, f"error.{self.code}.hint", **self._said(language))
        if "limit" not in self.facts:
            return hint
        return joined(language, (hint, sentence(language, "error.raise-limit", **self._said(language))))

    def _said(self, language: str) -> dict[str, object]:
        """The facts, reasons in words; of a limit also what it counts, in words, and a value to raise it to."""
        told = {word: fact.said(language) if isinstance(fact, Reason) else fact for word, fact in self.facts.items()}
        if "limit" not in told:
            return told
        name, most, found = (told.get(key, 0) for key in ("limit", "most", "found"))
        more = max(2 * int(str(most)), int(str(found)))
        return {**told, "what": sentence(language, f"limit.{name}"), "more": more}

    def explain(self, language: str = "en") -> str:
        """The message, the place with a caret under it, and the remedy."""
        where = [sentence(language, "error.where", source=self.source)] if self.source else []
        return "\n".join([self.message(language), *where, *self._caret(), self.hint(language)])

    def __str__(self) -> str:
        """The explanation in English."""
        return self.explain()

    def _caret(self) -> list[str]:
        if not self.text.strip():
            return []
        start = self.text.rfind("\n", 0, self.position) + 1
        line = self.text[start:].split("\n", 1)[0]
        column = self.position - start
        shown, offset = clipped(line, column)
        before, under = shown[:offset], shown[offset : offset + self.length]
        return ["  " + shown, "  " + " " * width(before) + "^" * max(1, width(under))]


@contextmanager
def found_in(source: str) -> Iterator[None]:
    """Say of every InputError inside where what it is about was found, unless it says so itself.

    >>> with found_in("problem.toml"):
    ...     raise InputError("no-loss")
    Traceback (most recent call last):
        ...
    symgd.errors.InputError: There is no loss and no gradient.
      (in problem.toml)
    Give a loss, for example "(w − 3)^2", or a gradient.
    """
    try:
        yield
    except InputError as error:
        error.source = error.source or source
        raise


class DomainError(SymgdError):
    """An expression has no real value: `operation` at `values`, in `part` of the formula (a tree)."""

    def __init__(self, operation: str, part: object, values: tuple[object, ...]) -> None:
        """Keep the operation, the part of the tree and the values of its operands."""
        super().__init__(operation)
        self.operation, self.part, self.values = operation, part, values


class PrecisionError(SymgdError):
    """A ball is too wide to decide a comparison, a domain or a digit; more bits may decide it."""


class DisagreementError(SymgdError):
    """Two independent roads to one result differ; nothing may be printed."""


def clipped(line: str, column: int, width: int = 96) -> tuple[str, int]:
    """The part of a long line around a column, control characters made visible, and the column in it."""
    start = max(0, column - width // 2)
    part = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line[start : start + width])
    return ("…" + part, column - start + 1) if start else (part, column)


def width(text: str) -> int:
    """Columns that a terminal gives to the text: two for a wide East Asian character, none for a mark."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
