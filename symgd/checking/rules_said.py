"""The rule of an update said as such: `w = w - lr * grad`, `w ← w − η∇L(w)`, without a number in it.

Where that is the rule of the run, it states no value and is passed over, whatever its letters and words are.
"""

from __future__ import annotations

import re

from symgd.checking.facts import Facts

_NAME = r"(?:\\(?:mathbf|boldsymbol|vec)\s*\{?)?(?:\\theta|[A-Za-zθ](?:_?\d{1,3})?|權重|參數|weights?)\}?"
_COUNT, _AFTER = r"[tkn](?:\s?[-−]\s?1)?", r"[tkn](?:\s?\+\s?1)?"
_NOW = rf"(?:_?\{{?(?:old|now|{_COUNT})\}}?|\^?\{{?[(\[]\s*{_COUNT}\s*[)\]]\}}?)?"
_NEXT = rf"(?:_?\{{?(?:new|next|{_AFTER})\}}?|\^?\{{?[(\[]\s*{_AFTER}\s*[)\]]\}}?|')?"
_MINUS = r"\s*[-−–]\s*"
_RATE = r"(?:\\(?:eta|alpha)(?![A-Za-z])|[ηα]|\b(?:eta|alpha|lr|(?:learning[\s_])?rate|step[\s_]size)\b|學習率)"
_TIMES = r"\s*(?:[*·×⋅∙]|\\(?:cdot|times)(?![A-Za-z]))?\s*"
_POINT = rf"(?:\s*\(\s*{_NAME}{_NOW}\s*\))?"
_SLOPE = (
    rf"(?:(?:\\nabla|∇)\s*[A-Za-z]?{_POINT}|[d∂][A-Z]/[d∂]{_NAME}|\\frac\s*\{{[^{{}}]{{1,20}}\}}\s*\{{[^{{}}]{{1,30}}\}}"
    r"|(?:the\s+)?\b(?:gradient|grad|slope|derivative|g(?:_\{?[tkn]\}?)?)(?![A-Za-z(])|梯度|斜率|導數)"
)
_SIGN = r"\s*(?::=|=|←|<-|\\leftarrow|\\gets)\s*"
_MOVE, _CLIMB = (rf"{sign}{_RATE}{_TIMES}{_SLOPE}" for sign in (_MINUS, r"\s*[+＋]\s*"))
#: The rows of gradient descent without more.
_PLAIN = ["n", "d", "w"]
#: Where a rule begins and ends: it is a statement of its own.
_BEGIN, _END = r"(?:(?<=^)|(?<=[:：,，;；。.$\s]))", r"(?=\s*\$?\s*(?:[,，;；。)]|\.\s|\.?$))"
_RULE, _RULE_OF_ASCENT = (
    re.compile(
        rf"(?im){_BEGIN}(?:(?:new|新的?)\s*)?(?P<weight>{_NAME}){_NEXT}{_SIGN}(?:(?:old|舊的?|原)\s*)?(?P=weight){_NOW}{move}{_END}"
        rf"|{_BEGIN}(?:Δ|\\Delta\s*){_NAME}{_SIGN}{move}{_END}"
    )
    for move in (_MOVE, _CLIMB)
)
#: A line about climbing.
_ASCENT = re.compile(r"(?im)^.*(?:\bascent\b|\bascend|\bmaximi[sz]|上升|爬升|最大化).*$")


def without_rules(text: str, facts: Facts) -> str:
    """The text with the rule of plain gradient descent blanked out, where the run follows it, and that of an ascent.

    A line about the one parameter in signs alone is left: it can be judged.

    >>> import symgd
    >>> from symgd.checking.facts import facts_of
    >>> facts = facts_of(symgd.Problem("(w - 3)^2", start={"w": 0}))
    >>> without_rules("rule: w = w - lr * grad", facts)
    'rule:                  '
    """
    if [row.target for row in facts.equations] != _PLAIN:
        return text
    text = _ASCENT.sub(lambda line: _RULE_OF_ASCENT.sub(_blank, line[0]), text)
    return _RULE.sub(lambda found: found[0] if _is_read(found[0], facts) else _blank(found), text)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


#: What is said of the slope or the rate in words, or of a function.
_IN_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{4}|\b(?:lr|new|old)\b|[\u4e00-\u9fff]|∇|\\nabla")


def _is_read(rule: str, facts: Facts) -> bool:
    """Whether a rule is one of signs about a parameter of the problem."""
    name = re.match(r"(?:Δ|\\Delta\s*)?([A-Za-z]\d*)", rule)
    return name is not None and name[1] in facts.start and not _IN_WORDS.search(rule)
