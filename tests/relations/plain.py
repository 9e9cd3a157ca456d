"""Lines of Unicode text to tokens: formulas as a terminal shows them, indented by two blanks or more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.relations.tokens import CLOSING, FUNCTIONS, OPENING, OPERATORS, SIGNS, Token, UnreadableFormula

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?P<mantissa>\d+(?:\.\d+)?|\.\d+)(?:e(?P<power>[-−+]?\d+))?(?![^\W\d_]?\.\d))"
    r"|(?P<raised>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<word>[^\W\d](?:\w|[\u0300-\u036f])*(?:\[[^\]]*\])?|[∂∇∞…⋯_□]+)"
    r"|(?P<other>:=|.)"
)
_NUMBERED = re.compile(r"\s{2,}\(\d+\)\s*\Z")  # the number of an answer in a key
_SIGN = re.compile(r"[=≈]")
_CONTINUES = re.compile(r"[=≈←+*×·/]")


def formulas(text: str) -> Iterator[str]:
    """The formulas among the lines.

    A line that begins with a sign goes on with the one before; with a minus only if it is indented further.
    """
    current, margin = "", 0
    for line in text.splitlines():
        shown = _NUMBERED.sub("", line).strip()
        indent = len(line) - len(line.lstrip())
        if current and shown and indent >= 2 and _goes_on(shown, indent > margin):
            current += " " + shown
            continue
        if _SIGN.search(current):
            yield current
        current, margin = (shown, indent) if indent >= 2 else ("", 0)
    if _SIGN.search(current):
        yield current


def _goes_on(shown: str, deeper: bool) -> bool:
    return bool(_CONTINUES.match(shown)) or (deeper and shown.startswith("−"))


def tokens_of(source: str) -> list[Token]:
    """The tokens of one formula."""
    return [_token(match, source) for match in _TOKEN.finditer(source) if not match["space"]]


def _token(match: re.Match[str], source: str) -> Token:
    shown, start = match.group(), match.start()
    if match["number"]:
        power = (match["power"] or "0").replace("−", "-")
        return Token("number", f"{match['mantissa']}e{power}", shown, start)
    if match["raised"]:
        return Token("sup", "", shown, start, (tuple(tokens_of(shown.translate(_RAISED))),))
    if match["word"]:
        return _word(shown, start, source)
    for table, kind in ((OPERATORS, "operator"), (SIGNS, "sign"), (OPENING, "open"), (CLOSING, "close")):
        if shown in table:
            return Token(kind, table[shown], shown, start)
    if shown in _OTHERS:
        return Token(*_OTHERS[shown], shown, start)
    raise UnreadableFormula(f"{shown} is not known", source)


def _word(shown: str, start: int, source: str) -> Token:
    if shown in ("e", "π", "pi"):
        return Token("constant", "e" if shown == "e" else "pi", shown, start)
    if shown in FUNCTIONS:
        return Token("function", FUNCTIONS[shown], shown, start)
    if not shown.strip("_"):
        return Token("symbol", "blank", shown, start)
    called = source[start + len(shown) : start + len(shown) + 1] == "("
    if called and len(shown) > 1 and shown.isascii() and shown.replace("_", "").isalpha():
        return Token("function", f"?{shown}", shown, start)
    return Token("symbol", shown, shown, start)


_OTHERS = {
    **dict.fromkeys([",", ";", "，", "、", "；"], ("comma", ",")),
    "：": ("sign", "←"),
    "|": ("bar", ""),
    "^": ("caret", ""),
    "√": ("radical", "sqrt"),
    "∛": ("radical", "cbrt"),
    "'": ("prime", ""),
    "′": ("prime", ""),
    "‖": ("symbol", "‖"),
}
