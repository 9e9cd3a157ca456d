"""Prose to the tokens that chains are cut from: which characters beside a sign are formula, and which are words.

Formulas may stand between Chinese words without a blank, or between English ones. A word of several letters is
part of a formula only where it is worked with, and two such words side by side are a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from symgd.checking.chains import BREAK, Token, token_at, words
from symgd.checking.continued import continued
from symgd.expressions.alphabet import AS_TYPED, GREEK, SUBSCRIPTS, VULGAR
from symgd.expressions.operations import WORDS

_LETTER = rf"A-Za-z{GREEK}ΑΒΕΖΗΙΚΜΝΟΡΤΧ"
NAME = rf"[{_LETTER}][\u0300-\u036f]?[A-Za-z0-9]*(?:_(?:[A-Za-z0-9]+|\{{[A-Za-z0-9]+\}}))*[₀-₉]*"
#: Quantities that are written with more than letters: ∂L/∂w1, dL/dw, Δw1, m[w1], w'.
QUANTITY = (
    rf"∂[²³]?(?:{NAME})?/∂{NAME}[²³]?(?:∂{NAME})*|d{NAME}/d{NAME}|d\^?[2²]{NAME}/d{NAME}(?:\^2|²|d{NAME})?"
    rf"|[Δ∇]{NAME}(?:\[[^\]\[\n=]{{1,40}}\])?|{NAME}(?:\[(?:[tkn][-+−]1|[A-Za-z0-9_{GREEK}]{{1,32}})\]|'+|′+)"
)
_TOKEN = re.compile(
    rf"""(?P<blank>[ \t]+|[$€£¥](?=[ ]?[\d.]))
    |(?P<line>\n)
    |(?P<link>(?:https?|ftp|file)://[^\s<>"]*|<[A-Za-z/!][^<>\n]*>)
    |(?P<odd_number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d])|\d+,\d+(?![\d.])|\d{{1,3}}(?:\ \d{{3}})+(?![\d.])
        |\d+(?:\.\d+){{2,}}|\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}(?!\d)|\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{4}}(?!\d)|0[xXbBoO][0-9A-Fa-f]+|\d+(?::\d+)+)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+−]?\d+)?|[{VULGAR}])
    |(?P<blank_place>_{{3,}}|□+|﹍+|＿{{2,}})
    |(?P<quantity>{QUANTITY})
    |(?P<operator>∂/∂{NAME}|d/d{NAME})
    |(?P<word>{NAME})
    |(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]+|[ᵀ⊤]+|[|‖]_\w|‖[₁₂]?)
    |(?P<equals>[=<>!:~+*/%&|^-]{{0,40}}={{1,}}[=<>~]*)
    |(?P<compare>[<>≤≥])
    |(?P<sign>[≈≒≃≅←])
    |(?P<op>\.?\*+|[-+/^√⊙∘])
    |(?P<open>[(\[{{])
    |(?P<close>[)\]}}])
    |(?P<bar>\|)
    |(?P<comma>,)
    |(?P<odd>[%‰°!'′∞…∑∏∫])
    |(?P<cjk>[\u2e80-\u2fff\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_KINDS = {
    "number": "number",
    "quantity": "atom",
    "operator": "atom",
    "odd_number": "odd",
    "blank_place": "blank",
    "raised": "atom",
    "sign": "sign",
    "op": "op",
    "open": "open",
    "close": "close",
    "bar": "atom",
    "comma": "comma",
    "compare": "compare",
    "odd": "odd",
    "cjk": "prose",
    "word": "word",
}
#: Words behind a number that change its size.
_SCALES = words("thousand million billion trillion dozen percent pct degrees degree deg k K M")
_CHINESE_SCALES = frozenset("十百千萬万億亿兆成折倍打")
_BULLET = re.compile(r"[ \t>]*(?:[-*+•]|\d{1,3}[.)、]|\(\d{1,3}\)|\([a-h]\)(?=[ \t]+[A-Za-zΔ∂∇])|[①-⑳])[ \t]+")
_FULL_WIDTH_STOPS = str.maketrans({"＝": "="})
#: No bullet: a line that is taken away from the one above, and the result below.
_SUBTRAHEND = re.compile(r"[ \t]+-[ \t]+[^\n=≈A-Za-z\u4e00-\u9fff]{1,80}\n[ \t]*[=≈]")
#: A remark behind a line of working, set off by blanks: `= 2(w − 3)·1  (difference rule)`.
_NOTE = re.compile(r"(?<=  )\((?=[^()\n]{0,80}[A-Za-z\u4e00-\u9fff]{2})[^()=≈+*/<>\n]{2,200}\)(?=[ \t]{0,8}(?:\n|\Z))")
#: What is said of the numbers behind it, and is none of them: 50% of 2 = 1, the sum of 1 and 2 = 3.
_SAID_OF = re.compile(
    r"(?i)(?:%|\b(?:percent|half|third|quarter|square|cube|root|log(?:arithm)?|exponential|reciprocal|inverse|sum|product"
    r"|difference|average|mean|max(?:imum)?|min(?:imum)?|negative|opposite))[ ]of[ ](?:the[ ])?"
    r"(?=[-+(\[.\d]|\w+ ?[-+*/^])(?:[-+]?[\d.]+[ ]?(?:,|,?[ ]and)[ ])*"
)
#: Operations in words between numbers and brackets.
_SPOKEN = re.compile(
    r"(?i)(?<=[\d)\]])(?:(?P<add>[ ]plus\b|[ ]?加上?)|(?P<sub>[ ]minus\b|[ ]?減去?)"
    r"|(?P<mul>[ ](?:times|multiplied by)\b|[ ]?乘以?)|(?P<div>[ ]divided by\b|[ ]?除以))(?=[ ]?[-−]?[ ]?[(（\d])"
)
_SPOKEN_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
#: Word processors make an en dash of a minus.
_AS_TYPED = {**AS_TYPED, **SUBSCRIPTS, ord("–"): "-", ord("‒"): "-"}
#: What no reader takes.
_UNTOLD = "°"
_TABLE = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE)


def typed(text: str) -> str:
    """The text with full-width digits and signs as they stand on a keyboard, each character in its place.

    >>> typed("０．５＋０．０１＝０．５１")
    '0.5+0.01=0.51'
    """
    return text.translate(_AS_TYPED) if not text.isascii() else text.replace("\t", " ").replace("\r", " ")


def signed(text: str) -> str:
    """The text with signs for operations in words, each character in its place.

    >>> signed("w1 = 0.5 plus 0.01 = 0.51, 0.1乘以(-4)")
    'w1 = 0.5 +    0.01 = 0.51, 0.1 *(-4)'
    """

    def sign(spoken: re.Match[str]) -> str:
        found = _SPOKEN_SIGNS[spoken.lastgroup or ""]
        return f" {found}".ljust(len(spoken[0])) if len(spoken[0]) > 1 else found

    return _SPOKEN.sub(sign, text)


def prose_tokens(text: str, at_line_start: bool) -> list[Token]:
    """The tokens of prose: formulas, and the words between them."""
    plain = _TABLE.sub(lambda row: row[0].replace("|", ";"), signed(typed(text)))
    plain = _SAID_OF.sub(lambda said: _UNTOLD * len(said[0]), plain)
    plain = _NOTE.sub(lambda note: " " * len(note[0]), plain)
    more = continued(plain)
    return list(_with_lines(_worded(list(_raw(plain, at_line_start, more))), more))


def _raw(text: str, at_line_start: bool, more: Mapping[int, bool]) -> Iterator[Token]:
    spaced, at = False, 0
    if at_line_start and 0 not in more and (bullet := _BULLET.match(text)):
        at = bullet.end()
    while (found := _TOKEN.match(text, at)) is not None:
        kind, at = found.lastgroup or "other", found.end()
        if kind == "blank":
            spaced = True
            if at - found.start() > 1 and not text.startswith("\n", at):
                yield Token("soft", found.start(), at, found["blank"])
            continue
        if kind == "line":
            yield Token("line", found.start(), at, "\n", spaced)
            if at not in more and (bullet := _BULLET.match(text, at)) and not _SUBTRAHEND.match(text, at):
                yield Token("break", at, bullet.end(), "")
                at = bullet.end()
            spaced = True
            continue
        yield _token(kind, found, spaced)
        spaced = False


def _token(kind: str, found: re.Match[str], spaced: bool) -> Token:
    said = found[0]
    if kind == "equals":
        kind = "sign" if said in ("=", ":=") else "break"
        return Token(kind, *found.span(), "=", spaced)
    if kind == "sign":
        return Token("sign", *found.span(), said if said == "←" else "≈", spaced)
    return Token(_KINDS.get(kind, "break"), *found.span(), said, spaced)


def _worded(tokens: list[Token]) -> list[Token]:
    """Each word as formula or prose, and what follows a number as its unit."""
    near = [token for token in tokens if token.kind != "soft"]
    counted = Counter(token.text for token in near if token.kind == "word")
    names = {word for word, count in counted.items() if count > 1 and not _is_long(word)}
    trios = zip([BREAK, *near], near, near[1:], strict=False)
    said = {word.text for before, word, sign in trios if _is_said(before, word, sign)}
    settled = [_settle(near, place, names, said) for place in range(len(near))]
    kinds = iter(settled)
    return [token if token.kind == "soft" else next(kinds) for token in tokens]


def _is_said(before: Token, word: Token, sign: Token) -> bool:
    """Whether a word is said to be something: it stands before a sign, and behind no operation."""
    return word.kind == "word" and sign.kind == "sign" and before.kind != "op"


def _settle(tokens: list[Token], place: int, names: set[str], said: set[str]) -> Token:
    """A token as what it is; `names` are letters that are used, `said` what stands before a sign somewhere."""
    token = tokens[place]
    before, after, beyond = (token_at(tokens, place + step) for step in (-1, 1, 2))
    if after.kind == "line" and beyond.kind == "sign":
        after = beyond  # the line goes on below
    if token.kind == "prose" and before.kind == "number" and token.text[0] in _CHINESE_SCALES:
        return token._replace(kind="odd")
    if token.kind == "odd" and token.text in "!'′" and not (before.kind in _ENDS and not token.spaced):
        return token._replace(kind="break")
    if token.kind == "op":
        return _operation(token, before, after, beyond, after.kind == "word" and after.text in said)
    if token.kind != "word":
        return token
    if before.kind == "number" and token.text in names and after.kind != "prose":
        return token  # 2 w, where w stands elsewhere
    return token._replace(kind=_kind_of_word(token, before, after))


_ENDS = frozenset(("number", "word", "atom", "close"))


def _operation(token: Token, before: Token, after: Token, beyond: Token, is_named: bool) -> Token:
    """A dash between a formula and a sentence is no minus; stars that begin or end a stretch are Markdown's.

    Behind it may stand a word that the text `is_named` something elsewhere.
    """
    is_apart = token.text == "*" and before.kind == "word" and token.spaced and after.spaced  # learning rate × 2
    is_joined = before.kind == "word" and not token.spaced and not after.spaced  # dz*x
    follows = _is_operand(before) or is_apart or is_joined
    if token.text[0] == "*" and not (follows and (is_named or _is_operand(after) or after.kind in ("open", "op"))):
        return token._replace(kind="break")
    lone_dash = token.text == "-" and token.spaced and after.spaced
    is_sentence = _is_long_word(after) and beyond.kind != "close"
    if lone_dash and is_sentence and not is_named:
        return token._replace(kind="break")
    return token


def _is_operand(token: Token) -> bool:
    return token.kind in _ENDS and not (token.spaced and _is_long_word(token))


def _is_long_word(token: Token) -> bool:
    return token.kind == "word" and _is_long(token.text)


def _is_long(word: str) -> bool:
    base = word.split("_")[0].rstrip("0123456789₀₁₂₃₄₅₆₇₈₉")
    return len(base) > 1 and base.isascii() and word not in WORDS


#: What is written before its operand without brackets as well, and is no English word.
_FUNCTIONS = words("ln log exp sqrt sin cos tan sinh cosh tanh arcsin arccos arctan sigmoid")


def _kind_of_word(token: Token, before: Token, after: Token) -> str:
    word = token.text
    if word[0] == "Σ" and after.kind in ("open", "word", "atom"):
        return "odd"
    if before.kind == "number" and token.spaced and word in _SCALES:
        return "odd"
    if word in WORDS and len(word) > 1:
        return (
            "word"
            if after.kind in ("open", "atom")
            or after.text == "^"
            or (word in _FUNCTIONS and after.kind in ("number", "word"))
            or word == "pi"
            or (word == "true" and after.kind == "close")
            else "prose"
        )
    joined_left = before.kind in ("op", "sign", "open", "compare") or (
        before.kind in ("number", "close") and not token.spaced
    )
    joined_right = after.kind in ("op", "sign", "close", "compare") or (after.kind == "open" and not after.spaced)
    if _is_long(word):
        if _is_long_word(after) or (_is_long_word(before) and after.kind != "sign"):
            return "prose"
        return "word" if (joined_left and before.kind != "open") or joined_right else "prose"
    listed = before.kind == "comma" and after.kind in ("comma", "close")  # sum(…, i, 1, n)
    if joined_left or joined_right or listed or after.kind == "atom":
        return "word"
    if before.kind in ("close", "number") and after.kind == "open":  # (a − y) a (1 − a)
        return "word"
    beside_name = any(near.kind == "word" and not _is_long(near.text) for near in (before, after))
    return "word" if beside_name and word not in ("a", "I", "A") else "prose"


def _with_lines(tokens: list[Token], more: Mapping[int, bool]) -> Iterator[Token]:
    """A line that begins with a sign goes on with the one before, with an operation if it is indented further.

    So do those that begin where `more` says.
    """
    last, signs, margin = "break", False, 0
    for place, token in enumerate(tokens):
        if token.kind != "line":
            last = token.kind if token.kind != "soft" else last
            signs |= token.kind == "sign"
            yield token
            continue
        following = next((near for near in tokens[place + 1 : place + 3] if near.kind != "soft"), BREAK)
        indent = following.start - token.stop
        is_term = following.kind == "op" and signs and (indent > margin or more.get(token.stop, False))
        goes_on = following.kind == "sign" or is_term
        hangs = last in ("op", "sign") and following.kind != "line" and not _begins_anew(tokens, place + 1)
        if last not in ("break", "prose") and (goes_on or hangs):
            continue
        yield token._replace(kind="break")
        last, signs, margin = "break", False, indent


def _begins_anew(tokens: Sequence[Token], place: int) -> bool:
    """Whether a line states a quantity of its own, `w2 = …`: what hangs above it was left unfinished."""
    near = [token for token in tokens[place : place + 4] if token.kind != "soft"]
    near = near[1:] if near and near[0].text in ("-", "−") else near
    return [token.kind for token in near[:2]] in (["word", "sign"], ["atom", "sign"])
