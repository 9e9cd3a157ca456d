"""The identifiers of a generated source: each quantity has one that nothing else there has."""

from __future__ import annotations

import functools
import keyword
import re
from collections.abc import Iterable

from symgd.calculus.languages import Language

_C_KEYWORDS = (
    *("auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern"),
    *("float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed"),
    *("sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while"),
    *("alignas", "alignof", "bool", "constexpr", "false", "nullptr", "thread", "true", "typeof", "asm"),
    *("static_assert", "thread_local", "typeof_unqual"),
)
#: What the header of C's mathematics and its compilers replace wherever it stands.
_C_MACROS = (
    *("unix", "linux", "i386", "INFINITY", "NAN", "MAXFLOAT", "DOMAIN", "SING", "OVERFLOW", "UNDERFLOW"),
    *("PLOSS", "TLOSS", "HUGE", "HUGE_VAL", "HUGE_VALF", "HUGE_VALL", "X_TLOSS"),
    *(f"M_{word}" for word in ("E", "LOG2E", "LOG10E", "LN2", "LN10", "PI", "PI_2", "PI_4", "1_PI", "2_PI")),
    *("M_2_SQRTPI", "M_SQRT2", "M_SQRT1_2", "SNAN", "FP_FAST_FMA", "MATH_ERRNO", "MATH_ERREXCEPT"),
    *(f"FP_{word}" for word in ("NAN", "INFINITE", "ZERO", "SUBNORMAL", "NORMAL", "ILOGB0", "ILOGBNAN")),
)
_PYTHON_OWN = (*keyword.kwlist, "sum", "len", "range", "int", "float")
_RESERVED = {True: frozenset(_PYTHON_OWN), False: frozenset((*_C_KEYWORDS, *_C_MACROS))}
#: A word that is no attribute and no name of an argument.
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*\b(?!=)")
_DEFINED = re.compile(r"^(?:def|static \w+) (\w+)", re.MULTILINE)


@functools.cache
def _words_of(forms: tuple[str, ...], helpers: tuple[str, ...], is_python: bool) -> frozenset[str]:
    written = _WORD.findall(" ".join(forms))
    defined = _DEFINED.findall("\n".join(helpers))
    return _RESERVED[is_python].union(written, defined, ("loss_and_gradient",))


def reserved_words(language: Language) -> frozenset[str]:
    """The words that a source of a language needs for itself: keywords, modules, functions and helpers.

    >>> from symgd.calculus.languages import LANGUAGES
    >>> sorted({"np", "lambda", "double", "w"} & reserved_words(LANGUAGES["numpy"]))
    ['lambda', 'np']
    """
    modules = language.imports.replace(".", " ") if language.power else ""
    forms = (modules, language.choice, language.constant, *language.forms.values())
    return _words_of(forms, tuple(language.helpers.values()), language.power)


class Names:
    """The identifier of each quantity of one source: the author's own name wherever nothing else has it.

    >>> from symgd.calculus.languages import LANGUAGES
    >>> names = Names(LANGUAGES["python"], ["w", "dL_dw", "lambda"])
    >>> names("w"), names("dL_dw"), names("lambda"), names("dL/dw"), names.own("w")
    ('w', 'dL_dw', 'lambda_', 'dL_dw_', 'w_')
    """

    def __init__(self, language: Language, quantities: Iterable[str]) -> None:
        """The quantities choose first, in their order."""
        self._taken = set(reserved_words(language))
        self._given: dict[str, str] = {}
        for word in quantities:
            self(word)

    def __call__(self, quantity: str) -> str:
        """The identifier of a quantity: dL/dw1 is dL_dw1."""
        return self._lasting(quantity, quantity.replace("/", "_"))

    def own(self, word: str) -> str:
        """The identifier of what no author named, such as an argument or the index of a loop."""
        return self._lasting(f"own {word}", word)

    def fresh(self, word: str) -> str:
        """A numbered identifier that is given once."""
        number = 1
        while f"{word}{number}" in self._taken:
            number += 1
        self._taken.add(f"{word}{number}")
        return f"{word}{number}"

    def part(self) -> str:
        """A quantity that is its own identifier, for what is worked out on the way."""
        word = self.fresh("part")
        self._given[word] = word
        return word

    def _lasting(self, key: str, wanted: str) -> str:
        if key not in self._given:
            while wanted in self._taken:
                wanted += "_"
            self._taken.add(wanted)
            self._given[key] = wanted
        return self._given[key]
