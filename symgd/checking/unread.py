"""Lines of a working that say something which was not read: they are for the teacher, and never pass in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple


class Unread(NamedTuple):
    """Where a stretch of text begins, from 1, and what it says."""

    line: int
    column: int
    text: str


_JOIN = r"(?:(?<=[A-Za-z])\s~\s|[=≈＝≒←→⟶⇒≔↦]|->|<-|\\(?:approx|to|gets|coloneqq)\b|\\(?:left|right|Right)arrow\b)"
_DIGIT = "[0-9０-９]"
#: A number beside a sign that joins a value to what it is of.
_STATES = re.compile(rf"{_JOIN}\s*[-−－+(（\[［$\\{{]*\s*[.．]?{_DIGIT}|{_DIGIT}\s*[)\]）］$}}]*\s*{_JOIN}")
_LINK = re.compile(r"(?:https?|ftp|file)://\S*|<[A-Za-z/!][^<>\n]*>")
#: A number behind a word for an answer.
_ANSWER = re.compile(rf"(?i)(?:\b(?:answers?|ans|results?|solution)\b|答案?|結果|解)\s*[:：].*{_DIGIT}")
#: A number behind a verb, of a quantity in words or by one of the names.
_SAID = (
    r"(?i)(?:\b(?:gradient|slope|derivative|weight|loss)(?:s|es)?\b|梯度|斜率|權重|損失|(?<![A-Za-z\\])(?:NAMES)(?![A-Za-z0-9]))"
    rf"[^.;。；\d]{{0,40}}?(?:\b(?:is|are|becomes?|equals?)\b|變成|成為|更新為|為|是|等於)"
    rf"\s*(?:(?:now|then|about|equal\s+to)\s+)?[-−]?{_DIGIT}"
)
#: Lines of signs alone: rules and the frames of tables.
_RULE = re.compile(r"[\s|:+=~_*#-]*")


#: A number behind an arrow that nothing was made of.
_ARROW = re.compile(rf"(?:→|⟶|⇒|[-–=]>|\\(?:to|rightarrow)\b)\s*[-−]?{_DIGIT}")


def unread_lines(
    lines: Sequence[str], spelled: Sequence[str], read: Collection[int], names: Collection[str] = ()
) -> Iterator[Unread]:
    """The lines that state a number and are none of those that were read, whose numbers are given.

    A word may say it of a quantity: the slope, or one of the `names`. `spelled` are the lines as the reader has
    them: an arrow that is still there says more than what was read.

    >>> lines = ["so = 5", "I like 5", "w = 1", "答：5", "w is now 5"]
    >>> [found.text for found in unread_lines(lines, lines, {3}, ("w",))]
    ['so = 5', '答：5', 'w is now 5']
    """
    said = re.compile(_SAID.replace("NAMES", "|".join(map(re.escape, names)) or "(?!)"))
    for number, (line, ours) in enumerate(zip(lines, spelled, strict=True), 1):
        plain = _LINK.sub("", line)
        states = _STATES.search(plain) or _ANSWER.search(plain) or said.search(plain)
        is_lost = _ARROW.search(ours) if number in read else states and not _RULE.fullmatch(plain)
        if is_lost:
            yield Unread(number, len(line) - len(line.lstrip()) + 1, " ".join(line.split()))
