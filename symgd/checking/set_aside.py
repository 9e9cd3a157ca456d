"""What of a working states nothing, blanked out in its place: what is struck out, headings, counters of steps.

A line that is called wrong behind it is not struck out: it stands, for the teacher.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgd.checking.as_typed import HEADING, RULE
from symgd.checking.facts import Facts
from symgd.checking.prose import typed
from symgd.checking.wordings import names_of

_STRUCK = re.compile(
    r"~~(?=\S)[^~\n]{1,400}~~|<(s|del|strike)>[^\n]{1,400}?</\1>"
    r"|\\(?:[bx]?cancel|sout|st)\s*\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]*\})*\})*\}"
    r"|(?:[^\n]\u0336)+"
)
#: What makes more than a heading of a line: a sign of relation, or another number.
_SAYS = re.compile(r"[=≈≒←\d]")
#: What parts a heading from what is stated of the update.
_BEHIND = re.compile(r"\s*[)）\]】*]*(?:\s*[:：,，]|\s+[-–—]+(?=\s)|\s*[–—]+)")


def without_struck(text: str) -> str:
    """The text with what is struck out, ~~so~~, blanked out.

    >>> without_struck("~~w = 0.4~~ w = 0.5")
    '            w = 0.5'
    """
    return _STRUCK.sub(lambda found: " " * len(found[0]), text)


def without_headings(text: str) -> str:
    """The text with its headings, and what underlines them, blanked out: they are no formulas.

    >>> without_headings("Step 1")
    '      '
    >>> without_headings("第一步：w＝0.6"), without_headings("Step 1 - w = 0.6")
    ('    w＝0.6', '         w = 0.6')
    """
    return "\n".join(_without_heading(line) for line in text.split("\n"))


def _without_heading(line: str) -> str:
    if RULE.fullmatch(line):
        return " " * len(line)
    plain = typed(line)
    heading = HEADING.match(plain)
    if heading is None:
        return line
    if not _SAYS.search(plain, heading.end()):
        return " " * len(line)
    behind = _BEHIND.match(plain, heading.end())
    return line if behind is None else " " * behind.end() + line[behind.end() :]


def without_counters(text: str, facts: Facts) -> str:
    """The text without `t = 0` before what stands after so many updates, where t is no name of the problem.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> without_counters("(t=1) w=0.6", facts)
    '      w=0.6'
    """
    names = {*names_of(facts), *facts.problem.counts, *facts.problem.data}
    letters = "".join(letter for letter in "tkni" if letter not in names and not _used(letter, text))
    if not letters:
        return text
    counter = re.compile(_COUNTER.replace("LETTERS", letters), re.MULTILINE)
    return counter.sub(lambda found: found["before"] + " " * (len(found[0]) - len(found["before"])), text)


def _used(letter: str, text: str) -> bool:
    """Whether a letter is worked with: β^t, 1/t."""
    return re.search(rf"(?:[\d)}}A-Za-zα-ω]\s*\^\s*[({{]?|[*/·×]\s*){letter}(?![A-Za-z])", text) is not None


#: A counter of steps that begins a line or a sentence, up to what parts it from the rest.
_COUNTER = (
    r"(?P<before>^|[.;。；]\s)[ \t]*+(?:[-*•][ \t]++)?(?i:(?:when|at|for|if|當|在)[ \t]*+)?"
    r"(?:\$?[(（\[]?\$?[ \t]*[LETTERS][ \t]*[=＝][ \t]*\d{1,6}(?:[ \t]*\$)?(?:[ \t]*時)?"
    r"(?:[ \t]*[)）\]]\$?[ \t]*[:：,，]?|[ \t]*[:：,，](?!\d)|(?=[ \t]*$|[ \t]+\$?[A-Za-z∂Δ][\w/∂]*[ \t]*[=＝])))"
)


def withdrawn(lines: Sequence[str], stops: Sequence[tuple[int, int]]) -> Iterator[int]:
    """The places of the stretches, each by its line from 1 and its column, that words behind them call wrong.

    >>> list(withdrawn(["w = 0.4", "No, that's wrong. w = 0.5"], [(1, 1), (2, 19)]))
    [0]
    """
    for number, line in enumerate(lines, 1):
        for found in _WITHDRAWS.finditer(line):
            before = [place for place, stop in enumerate(stops) if stop < (number, found.start() + 1)]
            if before:
                yield before[-1]


_WITHDRAWS = re.compile(
    r"(?i)(?:\b(?:that|this|it|which)(?:\s+is|\s+was|'s|’s)\s+(?:all\s+)?(?:wrong|incorrect|not\s+right|a\s+mistake)\b"
    r"|[(（\[]\s*(?:wrong|incorrect|mistake|oops|no)\b|\b(?:scratch|ignore|forget|cross\s+out)\s+(?:that|this|it)\b"
    r"|[?？]\s*(?:no|nope|wrong)\b|[?？]\s*(?:不對|不是|錯)|寫錯|算錯|錯了|[(（]\s*錯|這是錯|這行不算|作廢|劃掉|刪掉)"
)
