"""Lines as students type them, written as the reader takes them: headings, indices, half-LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice

from symgd.checking.prose import typed
from symgd.expressions.operations import CONSTANTS, WORDS

_HEAD = (
    r"(?:(?P<word>update|iteration|epoch|step)\s*(?:no\.?\s*)?#?(?P<number>\d{1,6})\b(?!\s*(?:[=/+]|\*(?!\*|\s*$)))"
    r"|(?:the\s+)?(?P<order>first|second|third|fourth|fifth|1st|2nd|3rd|[4-9]th)\s+(?P<ordered>update|iteration|epoch|step)\b"
    r"|第\s*(?P<count>\d{1,6}|[一二三四五六七八九十])\s*(?P<unit>次|步|回)(?P<more>\s*(?:更新|迭代|疊代))?)"
)
HEADING = re.compile(rf"(?i)^[\s#*>()\[\]【（-]*{_HEAD}")
#: One that begins in the middle of a line: "Update 1: dL/dw = -4; Update 2: dL/dw = -3.2".
_WITHIN = re.compile(rf"(?i)(?<=[,;.，；。])\s*\**{_HEAD}\**\s*[:：]")
_COUNTS = {word: place for place, word in enumerate("一二三四五六七八九十", 1)}
_COUNTS |= {word: place for place, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)}
RULE = re.compile(r"\s*(?:-{3,}|={3,}|─{3,}|═{3,}|━{3,}|~{3,}|\*{3,})\s*")
_LESSON = re.compile("[①-⑤]")
#: Stands for the number of an update where the updates are over.
OVER = -1


#: A line, from 1, and a column in it, from 0.
Position = tuple[int, int]


def headings_in(text: str) -> dict[Position, int]:
    """The number of the update that begins at a place; OVER where the updates are over.

    >>> headings_in("## Update 1\\n### ① Current weights\\n## Pictures")
    {(1, 0): 1, (3, 0): -1}
    >>> headings_in("Update 1: dL/dw = -4; Update 2: dL/dw = -3.2")
    {(1, 0): 1, (1, 21): 2}
    """
    lines = typed(text).split("\n")
    found = _numbered(lines)
    words = {word for word, _ in found.values()}
    chosen = words - {"step"} or words  # steps beside updates are the five steps of the lesson
    begun = {place: count for place, (word, count) in found.items() if word in chosen}
    levels = [level for number, _ in begun if (level := _level(lines, number))]
    if not levels:
        return begun
    first, _ = min(begun)
    others = (number for number in range(first, len(lines) + 1) if (number, 0) not in found)
    over = ((number, 0) for number in others if 0 < _level(lines, number) <= min(levels))
    return begun | dict.fromkeys(over, OVER)


def may_be_steps_of_one(text: str) -> bool:
    """Whether the headings of a working say "step" alone: of the descent, or of one update (gradient, move).

    >>> may_be_steps_of_one("Step 1: the gradient"), may_be_steps_of_one("第 1 次更新")
    (True, False)
    """
    return {word for word, _ in _numbered(typed(text).split("\n")).values()} == {"step"}


def _numbered(lines: Sequence[str]) -> dict[Position, tuple[str, int]]:
    """The headings with a number, by their places: their word (step for 步, else update) and the number."""
    found: dict[Position, tuple[str, int]] = {}
    for number, line in enumerate(lines, 1):
        if (match := HEADING.match(line)) is None:
            continue
        if (told := _told(match))[0] != "step" or not _LESSON.search(line):
            found[number, 0] = told
        found |= {(number, within.start()): _told(within) for within in _WITHIN.finditer(line, match.end())}
    return found


def _told(heading: re.Match[str]) -> tuple[str, int]:
    count = heading["number"] or heading["count"] or heading["order"].lower()
    unit = "step" if heading["unit"] == "步" and not heading["more"] else "update"
    word = (heading["word"] or heading["ordered"] or unit).lower()
    return word, _COUNTS.get(count, 0) or int(count.rstrip("stndrh"))


def _level(lines: Sequence[str], number: int) -> int:
    """The level of the heading that a line is, 0 of none: `## Pictures`, or a line that is underlined."""
    line = lines[number - 1]
    if mark := _MARKS.match(line):
        return len(mark[0])
    below = lines[number] if number < len(lines) else ""
    under = _UNDER.fullmatch(below) if line.strip() and "|" not in line else None
    return _UNDERLINES[under[1]] if under else 0


#: What makes a heading of a line: marks before it, or a line below it.
_MARKS = re.compile(r"#{1,6}(?=\s)")
_UNDER = re.compile(r"([=═─━-])\1{2,}\s*")
_UNDERLINES = {"=": 1, "═": 1, "─": 2, "━": 2, "-": 2}


_STATE_INDEX = re.compile(r"(?<![\\A-Za-z])(mhat|vhat|m|v|s|b|u)\[([A-Za-z]\w*)\]")
_TINY = re.compile(r"(?<![A-Za-z.\d])(\d+(?:\.\d+)?)e(-?\d{1,3})(?![\d.])")
_BARE = re.compile(rf"(?<![\\A-Za-z{{])({'|'.join(sorted(WORDS, key=len, reverse=True))})(?=\s*\()")


def indexed(text: str) -> str:
    """w1^(2), w_1^{(2)} before a relation as w1[2]; in lines with LaTeX also m[w], 1e-8, relu(…) as LaTeX has them."""
    return "\n".join(_line_in_latex(line) if "\\" in line else _line_as_typed(line) for line in text.split("\n"))


def _line_as_typed(line: str) -> str:
    line = _POWER_TIMES.sub(_power_times, line) if "^" in line else line
    if heads := {found["name"].strip(" \t,;，；、").partition("_{")[0] for found in _HEAD_INDEX.finditer(line)}:
        line = _HEAD_INDEX.sub(_with_index, line)
        for name in heads:  # w^(1) = w^(0) − …
            line = re.sub(rf"(?<![A-Za-z\d]){re.escape(name)}\^\((\d{{1,6}})\)", rf"{name}[\1]", line)
    return _RATE_WORD.sub("η", line)


def _with_index(found: re.Match[str]) -> str:
    name = found["name"] if found["number"] is None else found["name"].partition("{")[0] + found["number"]
    return f"{name}[{found['typed'] or found['braced']}]"


def _line_in_latex(line: str) -> str:
    line = _STATE_INDEX.sub(lambda found: rf"{_LATEX_STATES.get(found[1], found[1])}_{{{found[2]}}}", line)
    line = _TINY.sub(r"\1 \\cdot 10^{\2}", line)
    return _BARE.sub(r"\\operatorname{\1}", line)


def _power_times(found: re.Match[str]) -> str:
    """w^2(w − 1) with a sign of multiplication; not sin^2(w), f^2(w), nor what may stand below a line: 1/w^2(3)."""
    base = found[1].lstrip("0123456789.")
    is_call = base in _LETTERS_OF_FUNCTIONS or any(base.endswith(word) for word in _FUNCTIONS)
    begin = _beginning(found.string, found.end(1))
    is_below = begin is None or _BELOW.search(found.string[max(0, begin - 8) : begin])
    return found[0] if is_call or is_below else f"{found[1]}^{found[2]}*"


def _beginning(line: str, stop: int) -> int | None:
    """Where the operand that ends at a place begins: a word with its number, or a bracket with its function.

    None where that is far away.
    """
    depth = 0
    for at in islice(reversed(range(stop)), _FARTHEST):
        depth += (line[at] in ")]") - (line[at] in "([")
        if depth < 0 or (depth == 0 and not (line[at].isalnum() or line[at] in "_.([")):
            return at + 1
    return 0 if stop <= _FARTHEST else None


#: An operand of more characters is left as it is.
_FARTHEST = 200
#: What stands before an operand that divides, or is an exponent.
_BELOW = re.compile(r"(?:[/÷]|\^)\s*[-−+]?\s*$")
#: A power that is one number, and a bracket behind it.
_POWER_TIMES = re.compile(r"((?<![\w.^])[\w.]+|[)\]])\^(\d+(?:\.\d+)?) ?(?=\()")
_LETTERS_OF_FUNCTIONS = frozenset(("f", "g", "h", "σ", "sigma"))
_FUNCTIONS = tuple(word for word in WORDS if WORDS[word] not in CONSTANTS)
_RATE_WORD = re.compile(r"(?<![A-Za-z_\d])(?:eta|lr)(?![A-Za-z_\d\[])")
_HEAD_INDEX = re.compile(
    r"(?P<name>(?:^|[,;，；、])[ \t]*[A-Za-zα-ω](?:_\{(?P<number>\w+)\}|\w*))"
    r"\^(?:\((?P<typed>\d{1,6})\)|\{\s*\((?P<braced>\d{1,6})\)\s*\})(?=\s*[=≈＝←])"
)
_LATEX_STATES = {"mhat": r"\hat{m}", "vhat": r"\hat{v}"}


def as_written(written: str, read: str, start: int, stop: int) -> tuple[int, int]:
    """Where a stretch of a line as it is read stood in the line as it was written.

    >>> line, read = "so 負梯度 = 5", "so -∇L = 5"
    >>> start, stop = as_written(line, read, 3, len(read))
    >>> line[start:stop]
    '負梯度 = 5'
    """
    written, read = typed(written), typed(read)  # each character in its place
    if len(written) == len(read) and all(new in (old, " ") for old, new in zip(written, read, strict=True)):
        return start, stop  # what was blanked out stands in its place
    first, last = 0, len(written)
    for kind, old, old_stop, new, new_stop in SequenceMatcher(None, written, read, autojunk=False).get_opcodes():
        if new <= start < new_stop:
            first = old + (start - new if kind == "equal" else 0)
        if new < stop <= new_stop:
            last = old + (stop - new) if kind == "equal" else old_stop
    return first, last
