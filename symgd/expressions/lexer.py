"""Text to tokens: what the characters are, plain and LaTeX, each with its place.

Both notations end in the same few kinds of token, so the reader above knows one grammar.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from fractions import Fraction
from typing import Any, NoReturn

from symgd.errors import InputError
from symgd.expressions.alphabet import (
    ALIKE,
    ALWAYS_ALIKE,
    AS_TYPED,
    BASE_OF_LOG,
    BELOW,
    BLANK_COMMANDS,
    CLOSING,
    COMMANDS,
    COMPARE,
    CONDITION,
    ENVIRONMENT,
    GROUPED_WORD,
    KIND_OF_NORM,
    LIMITS_OF_SUM,
    MATRICES,
    OPENING,
    OTHERWISE,
    PARTS_OF_SUM,
    PATTERN,
    REFUSED,
    REFUSED_WORDS,
    ROOT_INDEX,
    SCIENTIFIC,
    SHIFTED_INDEX,
    SUBSCRIPT,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TWINS,
    WORD_COMMANDS,
)
from symgd.expressions.limits import Limits
from symgd.expressions.names import GREEK_WORDS, canonical
from symgd.expressions.operations import CONSTANTS, WORDS
from symgd.expressions.tokens import ENDS_OF_OPERANDS, NESTING, Token


def is_latex(text: str) -> bool:
    """Whether the text is written in LaTeX: it has a command, dollar signs, or a script in braces."""
    return "\\" in text or "$" in text or "^{" in text or "_{" in text


_SHORT = 12


@functools.lru_cache(maxsize=4_096)
def _short_decimal(text: str) -> Fraction | None:
    """A decimal of few digits, as it is typed again and again; None where a power of ten stands behind it."""
    return Fraction(text) if text.replace(".", "", 1).isdigit() else None


class Lexer:
    """Cuts one text into tokens; raises InputError at what no notation has."""

    def __init__(self, text: str, declared: frozenset[str], limits: Limits) -> None:
        """Prepare a text; `declared` are the canonical names that the problem knows."""
        self.text, self.declared, self.limits = text, declared, limits
        plain = text.isascii() and "\t" not in text and "\r" not in text
        self.typed = text if plain else text.translate(AS_TYPED)
        self.latex = is_latex(text)
        self.at = 0
        self.tokens: list[Token] = []
        self.spaced = False
        self.depth, self.weighed = 0, 0

    def run(self) -> list[Token]:
        """All tokens, closed by one of kind "end"."""
        if len(self.text) > self.limits.characters:
            raise InputError(
                "too-long", position=0, most=self.limits.characters, limit="characters", found=len(self.text)
            )
        stop = len(self.typed)
        if self.latex:
            self.at, stop = self._inside_dollars()
        self._cut(stop)
        self._put("end", "", stop, stop)
        return self.tokens

    def _cut(self, stop: int) -> None:
        """The tokens up to a place; a piece of text that always means the same is looked at once."""
        typed, tokens, match, new = self.typed, self.tokens, PATTERN.match, tuple.__new__
        alike = ALWAYS_ALIKE if self.latex else ALIKE
        known: dict[str, Token] = {}
        at = self.at
        while at < stop:
            if typed[at] == " ":
                self.spaced, at = True, at + 1
                continue
            found = match(typed, at, stop)
            if found is None:
                self._refuse_character(at)
            piece = found[0]
            model = known.get(piece)
            if model is not None:
                after = found.end()
                tokens.append(new(Token, (model[0], model[1], at, after, self.spaced, model[5], False)))
                self.spaced, at = False, after
                continue
            kind = found.lastgroup or ""
            _HANDLERS[kind](self, found)
            if kind in alike:
                known[piece] = tokens[-1]
            at = self.at

    def fail(self, code: str, start: int, stop: int, **facts: Any) -> NoReturn:
        """Raise at a stretch of the text."""
        raise InputError(code, text=self.text, position=start, length=stop - start, **facts)

    def _put(
        self,
        kind: str,
        text: str,
        start: int,
        stop: int,
        exact: Fraction | None = None,
        upright: bool = False,
    ) -> None:
        self.tokens.append(Token(kind, text, start, stop, self.spaced, exact, upright))
        self.spaced, self.at = False, stop

    def _inside_dollars(self) -> tuple[int, int]:
        """Where the formula begins and ends: without what sets it off, and the blanks around."""
        typed = self.typed
        start, stop = len(typed) - len(typed.lstrip()), len(typed.rstrip())
        start = next((start + len(mark) for mark in OPENING if typed.startswith(mark, start, stop)), start)
        return start, next((stop - len(mark) for mark in CLOSING if typed.endswith(mark, start, stop)), stop)

    def _number(self, found: re.Match[str]) -> None:
        text, stop = found[0], found.end()
        if self.latex and (power := SCIENTIFIC.match(self.typed, stop)):
            text, stop = f"{text}e{power[1]}", power.end()
        self._put("number", found[0], found.start(), stop, self._decimal(text, found.start(), stop))

    def _decimal(self, text: str, start: int, stop: int) -> Fraction:
        is_short = len(text) <= min(_SHORT, self.limits.digits, self.limits.magnitude)
        if is_short and (short := _short_decimal(text)) is not None:
            return short
        mantissa, _, power = text.lower().partition("e")
        whole, _, decimals = mantissa.partition(".")
        digits = (whole + decimals).lstrip("0")
        if len(digits) > self.limits.digits:
            self.fail("too-many-digits", start, stop, most=self.limits.digits, limit="digits")
        if not digits:  # whatever power of ten stands behind it
            return Fraction(0)
        exponent = (int(power or "0") if len(power) < 8 else 10**8) - len(decimals)
        if abs(exponent + len(digits)) > self.limits.magnitude:
            self.fail("magnitude", start, stop, most=self.limits.magnitude, limit="magnitude")
        value = int(digits)
        return Fraction(value * 10**exponent) if exponent >= 0 else Fraction(value, 10**-exponent)

    def _vulgar(self, found: re.Match[str]) -> None:
        value = Fraction(unicodedata.numeric(found[0])).limit_denominator(10)
        self._put("number", found[0], found.start(), found.end(), value)

    def _bad_number(self, found: re.Match[str]) -> None:
        self.fail("number", *found.span(), number=found[0])

    def _word(self, found: re.Match[str]) -> None:
        if self.latex:
            self._letters(found)
            return
        word, (start, stop) = found[0], found.span()
        if word.endswith("_"):
            self.fail("underscore", stop - 1, stop)
        self._named(word if word.isascii() else word.translate(SUBSCRIPTS), start, stop)

    def _named(self, word: str, start: int, stop: int, upright: bool = False) -> None:
        if word in REFUSED_WORDS:
            self.fail(REFUSED_WORDS[word], start, stop, word=word)
        if len(word) > self.limits.name:
            self.fail("name-too-long", start, stop, most=self.limits.name, limit="name")
        self._put("word", canonical(word), start, stop, upright=upright)

    def _letters(self, found: re.Match[str]) -> None:
        """In LaTeX, letters side by side are a product unless the word is declared or is a function's."""
        run = re.match(r"[A-Za-z]+|.", found[0])
        letters = run[0] if run else found[0]
        start = found.start()
        whole = re.match(r"[A-Za-z0-9]+", found[0])
        if whole and (canonical(whole[0]) in self.declared or (len(whole[0]) > 1 and whole[0] in WORDS)):
            self._indexed(whole[0], start, start + len(whole[0]))
            return
        if len(letters) > 1:
            self._put("word", letters[0], start, start + 1)
            return
        digits = re.match(r"\d*[₀-₉]*", found[0][1:])
        index = digits[0] if digits else ""
        self._indexed((letters + index).translate(SUBSCRIPTS), start, start + 1 + len(index))

    def _indexed(self, word: str, start: int, stop: int, upright: bool = False) -> None:
        """A name in LaTeX with the subscript that may follow it."""
        if shifted := SHIFTED_INDEX.match(self.typed, stop):
            self._named(word, start, stop, upright)
            self._shifted(shifted)
            return
        below = SUBSCRIPT.match(self.typed, stop)
        if not below:
            if BELOW.match(self.typed, stop):
                self.fail("subscript", stop, stop + 1)
            self._named(word, start, stop, upright)
            return
        index = below["plain"] or re.sub(r"\s*(?:,|\\?_)\s*", "_", below["group"] or below["word"])
        self._named(f"{word}_{index}", start, below.end(), upright)

    def _shifted(self, found: re.Match[str]) -> None:
        """The index of x_{i+1} as if it stood in square brackets."""
        at, stop = found.start(), found.end()
        self.spaced = False
        self._put("[", "[", at, at)
        self._put("word", found["index"], *found.span("index"))
        self._put(found["sign"], found["sign"], *found.span("sign"))
        self._put("number", found["number"], *found.span("number"), exact=Fraction(int(found["number"])))
        self._put("]", "]", stop, stop)

    def _superscript(self, found: re.Match[str]) -> None:
        digits = found[0].translate(SUPERSCRIPTS)
        if len(digits) > 6:
            self.fail("exponent-too-large", *found.span(), most=self.limits.exponent, limit="exponent")
        self._put("superscript", found[0], *found.span(), exact=Fraction(int(digits)))

    def _power(self, found: re.Match[str]) -> None:
        self._put("^", found[0], *found.span())

    def _compare(self, found: re.Match[str]) -> None:
        self._put("compare", COMPARE[found[0]], *found.span())

    def _sign(self, found: re.Match[str]) -> None:
        sign, (start, stop) = found[0], found.span()
        if sign in "{}&" and not self.latex:
            self.fail("brace" if sign != "&" else "character", start, stop, character=sign, number="U+0026")
        self._put(sign, sign, start, stop)

    def _doubled(self, found: re.Match[str]) -> None:
        self.fail("python", *found.span(), word=found[0])

    def _entrywise(self, found: re.Match[str]) -> None:
        """Products of matrices are told from those entry by entry; powers and quotients are always entry by entry."""
        self._put({"./": "/", ".^": "^"}.get(found[0], ".*"), found[0], *found.span())

    def _transpose(self, found: re.Match[str]) -> None:
        """The sign of a transpose stands right behind an operand, or as an exponent; else it may begin a string."""
        before = self.tokens[-1].kind if self.tokens and not self.spaced else ""
        if before not in ENDS_OF_OPERANDS and before != "^":
            self.fail("string", *found.span(), character=found[0])
        self._put("'", found[0], *found.span())

    def _norm(self, found: re.Match[str]) -> None:
        self._norm_bar("‖", *found.span())

    def _norm_bar(self, kind: str, start: int, stop: int) -> None:
        """A bar of a norm; with a 1 or a 2 behind it, it is a closing one."""
        index = KIND_OF_NORM.match(self.typed, stop)
        if index is None or kind == "‖(":
            self._put(kind, "‖", start, stop)
            return
        which = (index[1] or index[2] or index[3]).translate(SUBSCRIPTS)
        self._put(")‖", which, start, index.end())

    def _sum(self, start: int, stop: int) -> None:
        limits = LIMITS_OF_SUM.match(self.typed, stop)
        if limits is None:
            self.fail("sum-limits", start, stop)
        parts = limits["index"] or limits["bare"], limits["low"] or "", limits["high"] or limits["one"] or ""
        self._put("sum", PARTS_OF_SUM.join(part.strip() for part in parts), start, limits.end())

    def _root(self, found: re.Match[str]) -> None:
        self._put("root", found[0], *found.span())

    def _newline(self, found: re.Match[str]) -> None:
        """A line end ends a statement, but not inside brackets nor after an operation."""
        self.depth += sum(NESTING.get(token.kind, 0) for token in self.tokens[self.weighed :])
        self.weighed = len(self.tokens)
        last = self.tokens[-1].kind if self.tokens else ";"
        if self.depth > 0 or last in {"+", "-", "*", "/", "^", ",", "=", ";", "row", "cases", "matrix", "@", ".*"}:
            self.spaced, self.at = True, found.end()
        else:
            self._put(";", found[0], *found.span())

    def _command(self, found: re.Match[str]) -> None:
        command, start, stop = found[0], found.start(), found.end()
        if command in BLANK_COMMANDS:
            self.spaced, self.at = True, stop
            if command in (r"\left", r"\right"):
                self._bar_after(command)
        elif command in (r"\rVert", r"\Vert", r"\|"):
            self._norm_bar(")‖" if command == r"\rVert" else "‖", start, stop)
        elif command == r"\sum":
            self._sum(start, stop)
        elif command in COMMANDS:
            kind, text = COMMANDS[command]
            if kind == "sqrt" and (index := ROOT_INDEX.match(self.typed, stop)):
                text, stop = index[1], index.end()
            self._put(kind, text, start, stop)
        elif command in WORD_COMMANDS:
            self._grouped_word(command, start, stop)
        elif command in (r"\begin", r"\end"):
            self._environment(command, start, stop)
        else:
            self._command_word(command, start, stop)

    def _bar_after(self, command: str) -> None:
        if self.typed.startswith("|", self.at):
            self._put("|(" if command == r"\left" else ")|", "|", self.at, self.at + 1)

    def _grouped_word(self, command: str, start: int, stop: int) -> None:
        if otherwise := OTHERWISE.match(self.typed, stop):
            self._put("word", "otherwise", start, otherwise.end(), upright=True)
            return
        if condition := CONDITION.match(self.typed, stop):
            self.spaced, self.at = True, condition.end()
            return
        found = GROUPED_WORD.match(self.typed, stop)
        if not found:
            self.fail("latex-command", start, stop, command=command)
        self._indexed(found["word"].replace("\\", ""), start, found.end(), upright=True)

    def _environment(self, command: str, start: int, stop: int) -> None:
        found = ENVIRONMENT.match(self.typed, stop)
        name = found["name"] if found else ""
        if not found or name not in ("cases", *MATRICES):
            self.fail("latex-command", start, stop, command=command + (found[0] if found else ""))
        kind = "cases" if name == "cases" else "matrix"
        text = name if kind == "matrix" else ""
        self._put(kind if command == r"\begin" else f"end{kind}", text, start, found.end())

    def _command_word(self, command: str, start: int, stop: int) -> None:
        word = command[1:]
        if word == "log" and (base := BASE_OF_LOG.match(self.typed, stop)):
            self._put("word", "log" + (base[1] or base[2]), start, base.end(), upright=True)
        elif word in WORDS and word != "e":
            self._refuse_subscript(word, start, stop)
            self._indexed(word, start, stop, upright=True)
        elif word.removeprefix("var") in GREEK_WORDS.values():
            self._indexed(word.removeprefix("var"), start, stop, upright=True)
        else:
            self.fail("latex-command", start, stop, command=command)

    def _refuse_subscript(self, word: str, start: int, stop: int) -> None:
        """\\log_3(x) is no product of a name and x, and no logarithm that is known here."""
        below = SUBSCRIPT.match(self.typed, stop)
        if below and WORDS[word] not in CONSTANTS:
            self.fail("latex-command", start, below.end(), command=self.typed[start : below.end()])

    def _refuse_character(self, place: int) -> NoReturn:
        here, typed = self.text[place], self.typed[place]
        category = unicodedata.category(here)
        if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            self.fail("control-character", place, place + 1, number=f"U+{ord(here):04X}")
        if here in TWINS:
            self.fail("look-alike", place, place + 1, character=here, twin=TWINS[here], number=f"U+{ord(here):04X}")
        if typed == "." and self.tokens and self.tokens[-1].kind in ("word", ")"):
            self.fail("attribute", place, place + 1 + self._begins_a_name(place + 1))
        code = REFUSED.get(typed, "character")
        self.fail(code, place, place + 1, character=here, word=here, number=f"U+{ord(here):04X}")

    def _begins_a_name(self, place: int) -> bool:
        """Whether a name of Python stands here, right behind the dot behind a word."""
        last = self.tokens[-1]
        close = last.kind == "word" and last.stop == place - 1 and not self.latex
        return close and re.match(r"[A-Za-z_]", self.typed[place : place + 1]) is not None


_HANDLERS = {
    "doubled": Lexer._doubled,
    "number": Lexer._number,
    "vulgar": Lexer._vulgar,
    "bad_number": Lexer._bad_number,
    "word": Lexer._word,
    "superscript": Lexer._superscript,
    "power": Lexer._power,
    "compare": Lexer._compare,
    "sign": Lexer._sign,
    "entrywise": Lexer._entrywise,
    "transpose": Lexer._transpose,
    "norm": Lexer._norm,
    "root": Lexer._root,
    "newline": Lexer._newline,
    "command": Lexer._command,
}
