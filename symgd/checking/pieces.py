r"""Where formulas may stand in a text: Markdown, LaTeX and plain prose to pieces with their places.

A piece is LaTeX (between dollar signs, in `\[...\]`, in an environment, or a line that has a command in it) or
prose, in which formulas stand between words. Code fences in a programming language are left out. Every closing
mark is looked for once, so the work is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """A stretch of text to read: where each character came from, and whether it is LaTeX."""

    text: str
    origin: Sequence[int]
    latex: bool


_ENVIRONMENTS = (
    "equation align gather multline eqnarray flalign alignat displaymath math dmath split aligned gathered cases"
)
_KNOWN = frozenset(name + star for name in _ENVIRONMENTS.split() for star in ("", "*"))
_VERBATIM = frozenset(("verbatim", "lstlisting", "minted", "comment"))
#: Fences of these kinds hold text and not a program.
_TEXT_FENCES = frozenset(("", "text", "txt", "plain", "math", "latex", "tex", "markdown", "md"))
_MARK = re.compile(
    r"(?P<fence>^[ ]{0,3}(?P<mark>`{3,}|~{3,})[ ]*(?P<kind>[^\s`]*)[^\n]*$)"
    r"|(?P<comment><!--)|\\begin\{(?P<environment>[A-Za-z]+\*?)\}|\\(?P<bracket>[(\[])"
    r"|\\(?P<escaped>.)|(?P<dollars>\$\$?)|(?P<note>%[^\n]*)",
    re.MULTILINE,
)
_COMMAND = re.compile(
    r"\\(?:[dt]?frac|sqrt|cdot|times|approx|left|div|partial|leftarrow|mathrm|text|operatorname|hat|Delta|nabla|sum"
    r"|sigma|alpha|eta|beta|theta|exp|ln|log|sin|cos|tan|tanh|begin\{[bp]matrix\})(?![A-Za-z])"
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_LINE = re.compile(r"[^\n]*\n?")
_CLOSERS_TRIED = 3


def pieces(text: str, tex: bool = False) -> Iterator[Piece]:
    """The pieces of a text, in order; `tex` for a LaTeX file, where % begins a comment.

    >>> [piece.text for piece in pieces("so $0.5 + 0.01 = 0.51$ it is")]
    ['so ', '0.5 + 0.01 = 0.51', ' it is']
    """
    return _Cutter(text, tex).run()


class _Cutter:
    """Walks from mark to mark."""

    def __init__(self, text: str, tex: bool) -> None:
        self.text, self.tex = text, tex
        self.missing: set[str] = set()  # closing marks that do not occur any more
        self.at = self.prose = 0

    def run(self) -> Iterator[Piece]:
        while (mark := _MARK.search(self.text, self.at)) is not None:
            inside = self.inside(mark)
            if inside is None:
                self.at = mark.end()
                continue
            yield from _prose(self.text, self.prose, mark.start())
            start, stop, self.at, latex = inside
            if stop > start:
                yield from self.found(start, stop, latex)
            self.prose = self.at
        yield from _prose(self.text, self.prose, len(self.text))

    def found(self, start: int, stop: int, latex: bool) -> Iterator[Piece]:
        if latex:
            yield Piece(self.text[start:stop], range(start, stop), True)
        else:
            yield from _prose(self.text, start, stop)

    def inside(self, mark: re.Match[str]) -> tuple[int, int, int, bool] | None:
        """First character, end, where to go on, and whether it is LaTeX; None where the mark is none."""
        if mark["fence"]:
            return self.fence(mark)
        if mark["comment"]:
            return self.closed(mark.end(), "-->", skip=True)
        if mark["environment"]:
            return self.environment(mark)
        if mark["bracket"]:
            return self.closed(mark.end(), r"\)" if mark["bracket"] == "(" else r"\]")
        if mark["dollars"]:
            return self.dollars(mark)
        return (mark.end(), mark.end(), mark.end(), False) if mark["note"] and self.tex else None

    def closed(self, start: int, closer: str, skip: bool = False) -> tuple[int, int, int, bool] | None:
        if closer in self.missing:
            return None
        stop = self.text.find(closer, start)
        if stop < 0:
            self.missing.add(closer)
            return None
        return start, start if skip else stop, stop + len(closer), True

    def fence(self, mark: re.Match[str]) -> tuple[int, int, int, bool]:
        closing = self.closed(mark.end(), "\n" + mark["mark"])
        start, stop, after = mark.end(), len(self.text), len(self.text)
        if closing is not None:
            _, stop, after, _ = closing
        kind = mark["kind"].lower()
        return start, stop if kind in _TEXT_FENCES else start, after, kind in ("math", "latex", "tex")

    def environment(self, mark: re.Match[str]) -> tuple[int, int, int, bool] | None:
        name = mark["environment"]
        if name not in _KNOWN and name not in _VERBATIM:
            return None
        return self.closed(mark.end(), rf"\end{{{name}}}", skip=name in _VERBATIM)

    def dollars(self, mark: re.Match[str]) -> tuple[int, int, int, bool] | None:
        """Money is no formula: `$5 and $6`; a formula's dollars stand close to it."""
        start = mark.end()
        if mark["dollars"] == "$$":
            return self.closed(start, "$$")
        stop, spaced = start, self.text[start : start + 1].isspace()
        for _ in range(_CLOSERS_TRIED):
            stop = -1 if "$" in self.missing else self.text.find("$", stop)
            if stop < 0:
                self.missing.add("$")
                return None
            if self.text[stop - 1] == "\\":
                stop += 1
                continue
            if _PARAGRAPH.search(self.text, start, stop):
                return None
            before, after = self.text[stop - 1], self.text[stop + 1 : stop + 2]
            if stop > start and before.isspace() == spaced and not after.isdigit():
                return start, stop, stop + 1, True
            stop += 1
        return None


def _prose(text: str, start: int, stop: int) -> Iterator[Piece]:
    """Prose as one piece; a line of bare LaTeX is a piece of its own."""
    if start >= stop:
        return
    if not _COMMAND.search(text, start, stop):
        yield Piece(text[start:stop], range(start, stop), False)
        return
    begin, at = start, start
    while at < stop:
        line = _LINE.match(text, at, stop)
        after = line.end() if line else stop
        if _COMMAND.search(text, at, after):
            if begin < at:
                yield Piece(text[begin:at], range(begin, at), False)
            yield Piece(text[at:after], range(at, after), True)
            begin = after
        at = after
    if begin < stop:
        yield Piece(text[begin:stop], range(begin, stop), False)
