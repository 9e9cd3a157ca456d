"""Names: Greek letters and indices, one meaning however they are typed."""

from __future__ import annotations

import functools
import re

GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
_SMALL = "αβγδεζηθικλμνξοπρστυφχψω"
_BIG = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
_VARIANTS = {"ϵ": "epsilon", "µ": "mu", "ϕ": "phi", "ϑ": "theta", "ϱ": "rho", "ς": "sigma", "ϖ": "pi"}
#: Capital Greek letters that look like no Latin letter.
_OWN_CAPITALS = "ΓΔΘΛΞΠΣΥΦΨΩ"

#: The letter and the English word of the same name.
GREEK_WORDS = {
    **dict(zip(_SMALL, GREEK, strict=True)),
    **{letter: GREEK[_BIG.index(letter)].capitalize() for letter in _OWN_CAPITALS},
    **_VARIANTS,
}
GREEK_LETTERS = {word: letter for letter, word in GREEK_WORDS.items() if letter not in _VARIANTS}

_PARTS = re.compile(r"(?P<base>[A-Za-z]+?)(?:(?P<digits>\d+)|_(?P<index>[A-Za-z]\w*)|_(?P<pair>\d+(?:_\d+)+))?\Z")


@functools.lru_cache(maxsize=4096)
def canonical(word: str) -> str:
    """One spelling: w_1 is w1, η is eta, µ is mu.

    >>> canonical("w_1"), canonical("η"), canonical("θ_2"), canonical("w_out")
    ('w1', 'eta', 'theta2', 'w_out')
    """
    if word.isascii() and "_" not in word:
        return word
    spelled = "".join(GREEK_WORDS.get(letter, letter) for letter in word)
    return re.sub(r"\A([A-Za-z]+)_(\d+)\Z", r"\1\2", spelled)


def is_short(word: str) -> bool:
    """One letter or one Greek letter, with or without an index: such names may stand side by side.

    >>> is_short("w1"), is_short("theta2"), is_short("x_i"), is_short("rate")
    (True, True, True, False)
    """
    found = _PARTS.match(word)
    return found is not None and (len(found["base"]) == 1 or found["base"] in GREEK_LETTERS)


@functools.lru_cache(maxsize=4096)
def name_text(word: str) -> str:
    """The name as Unicode text.

    >>> name_text("eta"), name_text("theta1"), name_text("w1")
    ('η', 'θ1', 'w1')
    """
    found = _PARTS.match(word)
    if not found or found["base"] not in GREEK_LETTERS:
        return word
    return GREEK_LETTERS[found["base"]] + word[len(found["base"]) :]


@functools.lru_cache(maxsize=4096)
def name_latex(word: str) -> str:
    r"""The name in LaTeX; it reads back to the same name.

    >>> name_latex("w1"), name_latex("theta_out"), name_latex("rate"), name_latex("w_1_2")
    ('w_{1}', '\\theta_{\\mathrm{out}}', '\\mathrm{rate}', 'w_{1,2}')
    """
    found = _PARTS.match(word)
    if not found:
        return r"\mathrm{" + word.replace("_", r"\_") + "}"
    base, digits, index, pair = found.group("base", "digits", "index", "pair")
    below = digits or (pair and pair.replace("_", ",")) or (index and _word_latex(index, plain=True)) or ""
    return _word_latex(base) + (f"_{{{below}}}" if below else "")


def _word_latex(word: str, plain: bool = False) -> str:
    if word in GREEK_LETTERS and not plain:
        # Capital letters that LaTeX has no command for do not occur: they look Latin and are refused.
        return "\\" + word if word != "omicron" else r"\mathrm{omicron}"
    if len(word) == 1:
        return word
    return r"\mathrm{" + word.replace("_", r"\_") + "}"
