r"""One side of a relation to a tree. Quantities such as ∂L/∂w1, Δw1, \hat{m}_{w_1} become names of their own.

The reader of symgd takes the rest, with limits for strangers' text; nothing is ever evaluated.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Collection
from typing import NamedTuple

from symgd.calculus.rules import derivative
from symgd.checking.latex_sides import PREFIX, ascii_names, closing, latex_side
from symgd.checking.prose import NAME, QUANTITY, signed, typed
from symgd.errors import InputError
from symgd.expressions.names import canonical
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, substitute
from symgd.limits import Limits, stranger

#: As for students' text, with room for powers such as 0.999^1000.
_AT_LEAST = {"bits": 16_384, "digits": 120, "exponent": 10_000, "degree": 10_000}


@functools.cache
def _widened(strict: Limits) -> Limits:
    """The limits for a student's text, those of numbers wider: what is marked may be long decimals."""
    return dataclasses.replace(strict, **{row: max(most, getattr(strict, row)) for row, most in _AT_LEAST.items()})


_DEEPEST = 12


class Read(NamedTuple):
    """A side as read: its tree, or the code of why there is none; the text that the tree's places count in."""

    tree: Expression | None
    text: str
    fault: str = ""
    derived: tuple[str, ...] = ()  # the names inside the operators ∂/∂w[...] that were worked out in it


class Quantities:
    """The names given to quantities, the same for the same quantity all over a text."""

    def __init__(self) -> None:
        """Nothing is named yet."""
        self.known: dict[str, str] = {}
        self.found: dict[tuple[str, bool], Read] = {}

    def name_of(self, key: str) -> str:
        """The placeholder of a quantity, by what it says without its markup."""
        plain = re.sub(r"[\\{}\s_,]|mathrm|operatorname|varepsilon", "", key)
        return self.known.setdefault(plain, f"{PREFIX}{len(self.known)}")

    def read(self, text: str, latex: bool, declared: Collection[str], arrays: Collection[str] = ()) -> Read:
        """A side as a tree; what could not be read says why. A mark behind one of the `arrays` transposes it."""
        spelled = {word: canonical(word) for word in re.findall(r"[A-Za-z]\w*", text)}
        used = tuple(sorted(word for word, plain in spelled.items() if len(word) > 1 and plain in declared))
        transposable = tuple(sorted(plain for plain in set(spelled.values()) if plain in arrays))
        key = ("\0".join((text, *used, "", *transposable)), latex)
        if key not in self.found:
            if len(self.found) > 20_000:
                self.found.clear()
            self.found[key] = _Side(self, used, arrays=transposable).read(text, latex)
        return self.found[key]


class _Side:
    """Reads one side; operators inside it are worked out first."""

    def __init__(
        self, quantities: Quantities, declared: tuple[str, ...], depth: int = 0, arrays: tuple[str, ...] = ()
    ) -> None:
        self.quantities, self.declared, self.depth, self.arrays = quantities, declared, depth, arrays
        self.derived: dict[str, Expression] = {}
        self.inside: dict[str, None] = {}  # names inside operators

    def read(self, text: str, latex: bool) -> Read:
        limits = _widened(stranger())
        if len(text) > limits.characters or self.depth > _DEEPEST:
            return Read(None, text, "too-long")
        try:
            plain = latex_side(self, text) if latex else self.plain(text)
            names = {*self.declared, *self.derived, *re.findall(PREFIX + r"\d+", plain)}
            # Behind a command the reader takes all of it for LaTeX.
            tree = read(r"\," + plain if latex else plain, names=names, limits=limits)
        except (InputError, RecursionError) as error:
            return Read(None, text, getattr(error, "code", "too-deep"))
        shown = r"\," + plain if latex else plain
        return Read(
            substitute(tree, self.derived) if self.derived else tree,
            shown,
            "",
            tuple(self.inside) or tuple(self.derived),
        )

    def inner(self, text: str, latex: bool) -> Expression:
        """What stands inside an operator; raises InputError where it cannot be read."""
        inside = _Side(self.quantities, self.declared, self.depth + 1, self.arrays)
        found = inside.read(text, latex)
        if found.tree is None:
            raise InputError(found.fault or "character", text=text)
        self.inside.update(dict.fromkeys(inside.inside))
        return found.tree

    def differentiated(self, text: str, variable: str, latex: bool) -> str:
        """The placeholder of a derivative that is worked out here and now."""
        whole = self.inner(text, latex)
        self.inside.update(dict.fromkeys(whole.names))
        tree = derivative(whole, canonical(variable))
        word = self.quantities.name_of(f"∂{variable}[{text}]")
        self.derived[word] = tree
        return word

    # plain text

    def plain(self, text: str) -> str:
        shown = signed(typed(text)).translate(_BLANKS)
        while (found := _OPERATOR.search(shown)) is not None:
            stop = closing(shown, found.end() - 1)
            inner, power = shown[found.end() : stop], _RAISED.match(shown, stop + 1)
            if power is not None:  # d/dw (w − 3)^2
                inner, stop = f"({inner}){power[0]}", power.end() - 1
            elif shown[stop + 1 :].lstrip()[:1] in ("^", "²", "³"):  # of the slope, or of what it is taken of?
                raise InputError("derivative", text=text)
            word = self.differentiated(inner, found[1], latex=False)
            shown = f"{shown[: found.start()]}{word}{shown[stop + 1 :]}"
        return _QUANTITY.sub(lambda found: self.word_of(found, shown), shown)

    def word_of(self, found: re.Match[str], shown: str) -> str:
        """The placeholder of a quantity in plain text; an entry or a transpose of an array stays what it is."""
        if re.split(r"[\['′]", found[0])[0] in self.arrays:
            return found[0].replace("′", "'")
        beside = shown[: found.start()][-1:].isalpha()  # η∇L
        return ("*" if beside else "") + self.quantities.name_of(ascii_names(found[0]))


_BLANKS = str.maketrans("\n$€£¥", "     ")
_OPERATOR = re.compile(rf"(?:∂/∂|\bd/d)({NAME})\s*[\[(]")
#: The power of a bracket in round brackets.
_RAISED = re.compile(r"(?<=\))\s*(?:\^\s*\d+|[²³])")
_QUANTITY = re.compile(rf"(?<![A-Za-z_])(?:{QUANTITY})")
