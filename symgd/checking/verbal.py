"""Words inside of formulas: 「Δw = 學習率 × 負梯度 = 0.1 × 5」, `w_new = w_old - lr * grad = …` in signs."""

from __future__ import annotations

import functools
import re

from symgd.checking.facts import Facts
from symgd.checking.notations import stem_of
from symgd.expressions.names import name_text

_SIGN = re.compile(r"[=≈＝]")
_OPERATION = r"[=≈＝+\-−–×*·⋅∙(（/]"
_RATE = r"學習率|learning[\s_]rate|step\s+size|\b(?:rate|lr)\b"
_SLOPE = r"(?P<minus>負|负|negative\s+)?(?:梯度|斜率|導數|gradient|grad|slope|derivative)(?![A-Za-z\w])"
#: The rate by a slope in words, before a sign of relation: 「學習率 × 負梯度 = …」, `0.1 * gradient = …`.
_MOVE = re.compile(
    rf"(?i)(?P<rate>{_RATE}|η|(?<![\d.])\d+(?:\.\d+)?)\s*(?:[×*·⋅∙]|乘以|乘|times|by)\s*(?:the\s+)?"
    rf"(?P<open>[(（]?)\s*{_SLOPE}\s*[)）]?\s*(?P<joined>[=≈＝]|\bis\b|是|為|[:：])(?=.*\d)"
)
#: What words stand for; {p} is the parameter, {g} its slope.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"(?:舊|原|目前|現在|更新前)的?(?:權重|參數)值?|(?:old|current)\s+weight|(?:舊|原|目前)的?\s*{p}", "{p}"),
    (r"(?:權重|參數)?(?:變化|改變)量?|(?:weight\s+)?change(?:\s+in\s+weight)?", "Δ{p}"),
    (r"(?:負|负)梯度|negative\s+gradient", "(-{g})"),
    (r"梯度|斜率|導數|gradient|grad|slope|derivative", "{g}"),
    (_RATE, "η"),
    (r"權重|參數|weight", "{p}"),
)
#: A side in words, that no sign stands for.
_VERBAL = re.compile(r"=[^=≈＝\d\\$]*(?:[\u4e00-\u9fff]{2}|[A-Za-z]{3,}\s+[A-Za-z]{3,})[^=≈＝\d\\$]*(?==)")


#: Settings of an optimizer as they are spelled, and their letters.
_SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("momentum", "momentum|mu", "μ"),
    ("rho", "rho", "ρ"),
    ("weight_decay", "weight_decay|lambda", "λ"),
    ("beta1", "beta_?1", "β1"),
    ("beta2", "beta_?2", "β2"),
    ("eps", "eps|epsilon", "ε"),
)
_TIMES = r"(?=\s*[·×⋅∙^]|\s\*\s|\*[\w(√∂]|\s*/\s*[\w(])"


@functools.lru_cache(maxsize=64)
def _settings(known: frozenset[str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The letters of settings, each for its spelling where that is worked with: a factor, or taken from 1."""
    return tuple(
        (re.compile(rf"(?<![\w\\*])(?:{words}){_TIMES}|(?<=[-+])(\s*)(?:{words})(?=\s*[)^])"), letter)
        for setting, words, letter in _SETTINGS
        if setting in known
    )


def _with_settings(line: str, facts: Facts) -> str:
    named = {*facts.constants, *facts.bodies, *facts.start}
    for pattern, letter in _settings(frozenset(facts.settings)):

        def signed(found: re.Match[str], letter: str = letter) -> str:
            return found[0] if found[0].strip() in named else (found[1] or "") + letter

        line = pattern.sub(signed, line)
    return line


def in_signs(line: str, facts: Facts) -> str:
    """The line with signs for the words of its formulas, behind its first sign of relation.

    A side in words is left out where it is not clear whose it is; a rule in words alone is left as it stands.
    """
    line = _with_settings(line, facts)
    if _MOVING.search(line):
        line = _MOVE.sub(lambda found: _move(found, facts), line)
    sign = _SIGN.search(line)
    if sign is None or not re.search(r"\d", line[sign.end() :]) or not _WORD.search(line, sign.end()):
        return line
    head, rest = line[: sign.start()], line[sign.start() :]
    parameter = _parameter(head, facts)
    if parameter:
        rest = _with_signs(rest, parameter, facts)
    return head + _VERBAL.sub(lambda found: " " * len(found[0]), rest)


#: What must stand in a line for the rate by a slope to be in it.
_MOVING = re.compile(r"(?i)梯度|斜率|導數|grad|slope|derivative")


def _move(found: re.Match[str], facts: Facts) -> str:
    """The rate by a slope in signs; where it is not clear by whose, a word that stands for nothing."""
    rate = found["rate"] if found["rate"][0].isdigit() else "η"
    slope = f"d{facts.problem.loss_name}/d{next(iter(facts.start))}" if len(facts.start) == 1 else "梯度"
    joined = found["joined"] if found["joined"] in "=≈＝" else "="
    return f"{rate} * ({'-' if found['minus'] else ''}{slope}) {joined}"


def _with_signs(text: str, parameter: str, facts: Facts) -> str:
    named = {*facts.constants, *facts.bodies, *facts.start}
    signs = {"p": parameter, "g": f"d{facts.problem.loss_name}/d{parameter}"}
    for words, sign in _WORDS:
        said, written = words.replace("{p}", re.escape(parameter)), sign.format(**signs)

        def signed(found: re.Match[str], written: str = written) -> str:
            return found[0] if found[2] in named else found[1] + written

        text = re.sub(rf"(?i)({_OPERATION}\s*)({said})(?=\s*(?:[=≈＝+\-−–×*·⋅∙/)）,，.;；。]|$))", signed, text)
    return text


#: Words that may be ones of a formula.
_WORD = re.compile(r"[\u4e00-\u9fff]{2}|[A-Za-z]{4}|(?<![A-Za-z])lr(?![A-Za-z])")


def _parameter(head: str, facts: Facts) -> str:
    """The one parameter that a line is about; "" where it may be several."""
    if len(facts.start) == 1:
        return next(iter(facts.start))
    stem = stem_of(facts)
    spelled = {
        word: {word, name_text(word), word.replace(stem, f"{stem}_", 1) if stem else word} for word in facts.start
    }
    said = [
        word
        for word, forms in spelled.items()
        if any(re.search(rf"{re.escape(form)}(?![A-Za-z0-9])", head) for form in forms)
    ]
    return said[0] if len(said) == 1 else ""
