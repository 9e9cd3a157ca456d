"""Values from outside, read and checked one by one: numbers, names, whole numbers, choices.

Everything is exact and nothing is evaluated: text is read by our own reader. Each function raises InputError.
"""

from __future__ import annotations

import contextlib
import functools
import numbers
import operator
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from symgd.calculus.algebra import constant_of
from symgd.closest import closest
from symgd.errors import DomainError, InputError, PrecisionError
from symgd.expressions.names import canonical
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from symgd.language import languages
from symgd.limits import Limits, author
from symgd.numbers.values import exact_decimal, is_array


@functools.cache
def _reach(power: int) -> tuple[Fraction, Fraction]:
    """The least and the greatest number that may be written."""
    return Fraction(1, 10**power), Fraction(10) ** power


def exact_number(value: Any, word: str = "") -> Fraction:
    """A number, exactly: text is read as a constant, a float at its shortest decimal.

    `word` names the value in the message. Raises InputError for what is no number, for infinities, and for sizes
    beyond 10^4000.

    >>> exact_number("0.1"), exact_number(0.1), exact_number("-1/3"), exact_number(Decimal("2.50"))
    (Fraction(1, 10), Fraction(1, 10), Fraction(-1, 3), Fraction(5, 2))
    """
    if isinstance(value, str):
        return _constant(value, word, author())
    found = _number(value)
    if found is None and is_range(value):
        raise InputError("range", name=word)
    if found is None:
        raise InputError("not-exact", name=word, value=shortened(value))
    return _within_reach(found)


#: The keys of what stands for several numbers, of which every variant of a class set takes one.
RANGE, CHOICE = frozenset(("from", "to", "step")), frozenset(("choose",))


def is_range(value: Any) -> bool:
    """Whether a value is a range: {"from": 0, "to": 1, "step": "0.1"} or {"choose": [1, 2]}."""
    return isinstance(value, Mapping) and not (RANGE | CHOICE).isdisjoint(value)


def _within_reach(value: Fraction) -> Fraction:
    least, greatest = _reach(author().magnitude)
    if value and not least <= abs(value) <= greatest:
        raise InputError("magnitude", most=author().magnitude, limit="magnitude")
    return value


def _number(value: Any) -> Fraction | None:
    """The exact value of a number of Python, NumPy or SymPy; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, numbers.Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Decimal):
        return _decimal(value)
    try:
        # A float of any width (NumPy's too) stands for the shortest decimal that it prints.
        return exact_decimal(float(str(value))) if isinstance(value, numbers.Real) else _scalar(value)
    except (ValueError, OverflowError):
        return None


def _decimal(value: Decimal) -> Fraction | None:
    if not value.is_finite():
        return None
    if value and abs(value.adjusted()) > author().magnitude:  # before a power of ten is worked out
        raise InputError("magnitude", most=author().magnitude, limit="magnitude")
    return Fraction(value)


def _scalar(value: Any) -> Fraction | None:
    """The one entry of an array of NumPy without axes."""
    if getattr(value, "shape", None) != () or not hasattr(value, "item"):
        return None
    entry = value.item()
    return _number(entry) if isinstance(entry, int | float) else None


@functools.lru_cache(maxsize=1024)
def _constant(text: str, word: str, limits: Limits) -> Fraction:
    tree = read(text, limits=limits)
    value = constant_of(tree)
    if value is None:
        value = _worked_out(tree)
    if value is None:
        raise InputError("not-exact", name=word, value=shortened(text), text=text, length=len(text))
    return _within_reach(value)


def _worked_out(tree: Expression) -> Fraction | None:
    """The value of a constant expression such as 2*3 + 1, where it is rational."""
    from symgd.numbers.systems import ExactSystem

    if tree.names:
        return None
    system = ExactSystem()
    try:
        with system.precision():
            value = system.public(system.evaluate(tree, {}))
    except (DomainError, PrecisionError):
        return None
    return value if isinstance(value, Fraction) else None


def shortened(value: object, most: int = 60) -> str:
    """A value as it stands in a message: never longer than a line.

    >>> shortened("0.5"), shortened([1, 2]), len(shortened("9" * 500))
    ('0.5', '[1, 2]', 60)
    """
    try:
        text = str(value)
    except ValueError:  # an integer of more digits than Python writes
        text = type(value).__name__
    return text if len(text) <= most else text[: most - 1] + "…"


def name_of(word: object) -> str:
    """The one spelling of a name: w_1 is w1, η is eta.

    >>> name_of("w_1"), name_of("η")
    ('w1', 'eta')
    """
    tree = read(str(word), names=[canonical(str(word))]) if str(word).strip() else None
    if tree is None or tree.op != "name":
        raise InputError("not-a-name", name=shortened(word))
    return tree.name


def named(table: object, where: str) -> dict[str, Any]:
    """A table by the one spelling of its names; refuses what is no table and a name that stands there twice.

    >>> named({"w_1": "0.5"}, "start")
    {'w1': '0.5'}
    """
    if table is None:
        return {}
    if not isinstance(table, Mapping):
        raise InputError("not-a-table", name=where)
    found: dict[str, Any] = {}
    for word, value in table.items():
        name = name_of(word)
        if name in found:
            raise InputError("name-twice", name=name, table=where)
        found[name] = value
    return found


def exact_entries(value: Any, word: str = "") -> Any:
    """A number exactly, or a vector or matrix of numbers as an array of Fractions (of floats as it is, if large).

    Text may be a written-out vector: "[0.5, -0.25]". Raises InputError for rows of unlike length, for what is nested
    deeper, for nothing at all, and for what is no number.

    >>> exact_entries("0.1"), exact_entries([1, "1/2"]).tolist()
    (Fraction(1, 10), [Fraction(1, 1), Fraction(1, 2)])
    """
    if isinstance(value, str) and value.lstrip().startswith(("[", "［")):
        return _read_vector(value, word)
    large = _large(value, word)
    if large is not None:
        return large
    nested = entries(value)
    return exact_number(value, word) if nested is None else exact_array(nested, word)


#: Arrays of floats with more entries stay floats: exact ones would only be slow.
MOST_EXACT = 20_000


def _large(value: Any, word: str) -> Any:
    """A large array, or list, of floats or whole numbers as doubles that mean the same; None for anything else."""
    if not is_array(value) and not _is_long_list(value):
        return None
    import numpy as np

    found = np.asarray(value)
    if found.size <= MOST_EXACT or found.dtype.kind not in "fiu" or found.ndim > 2:
        return None
    if found.dtype.kind != "f" and max(abs(int(found.min())), abs(int(found.max()))) > 2**53:
        return None
    bad = np.argwhere(~np.isfinite(found))
    if len(bad):
        raise InputError("not-exact", name=entry_name(word, *bad[0]), value=found[tuple(bad[0])])
    # A narrow float stands for the shortest decimal that it prints, as everywhere.
    narrow = found.dtype.kind == "f" and found.dtype.itemsize < 8
    return (found.astype(str) if narrow else found).astype(np.float64)


def _is_long_list(value: Any) -> bool:
    """Whether it is a list of so many plain numbers that exact ones would be slow."""
    return isinstance(value, list | tuple) and len(value) > MOST_EXACT and {*map(type, value)} <= {int, float}


def entry_name(word: str, *places: int) -> str:
    """What messages call an entry, counted from 1.

    >>> entry_name("X", 0, 2)
    'X[1,3]'
    """
    return f"{word}[{','.join(str(place + 1) for place in places)}]"


def exact_array(nested: Sequence[Any], word: str) -> Any:
    """Nested sequences of numbers as an array of Fractions; raises InputError."""
    from symgd.numbers.arrays import array  # loads NumPy, which numbers do without

    if not nested:
        raise InputError("empty-array", name=word)
    rows = [entries(part) for part in nested]
    if all(row is None for row in rows):
        return array([exact_number(part, entry_name(word, row)) for row, part in enumerate(nested)])
    lengths = [1 if row is None else len(row) for row in rows]
    odd = next((place for place, length in enumerate(lengths) if length != lengths[0]), None)
    if odd is not None:
        raise InputError("ragged", name=word, row=odd + 1, found=lengths[odd], first=lengths[0])
    if not lengths[0]:
        raise InputError("empty-array", name=word)
    full = [row for row in rows if row is not None]
    if len(full) < len(rows) or any(entries(part) is not None for row in full for part in row):
        raise InputError("too-deep-array", name=word)
    return array(
        [
            [exact_number(part, entry_name(word, row, column)) for column, part in enumerate(parts)]
            for row, parts in enumerate(full)
        ]
    )


def _read_vector(text: str, word: str) -> Any:
    tree = read(text)
    if tree.op != "vector":
        raise InputError("not-exact", name=word, value=shortened(text), text=text, length=len(text))
    rows = [[_entry(part, word, text) for part in row.args] if row.op == "vector" else row for row in tree.args]
    flat = [row if isinstance(row, list) else _entry(row, word, text) for row in rows]
    return exact_array(flat, word)


def _entry(tree: Expression, word: str, text: str) -> Fraction:
    value = constant_of(tree)
    if value is None:
        value = _worked_out(tree)
    if value is None:
        raise InputError("not-exact", name=word, value=shortened(tree.text()), text=text, length=len(text))
    return value


def entries(value: Any) -> list[Any] | None:
    """The entries of a list, a tuple or an array with an axis; None for a single value."""
    if getattr(value, "shape", ()) and hasattr(value, "tolist"):
        value = value.tolist()
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else None


def whole(key: str, value: Any, least: int, most: int) -> int:
    """A whole number within bounds; a NumPy integer is one, a boolean is not."""
    try:
        found = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = None
    if found is None or not least <= found <= most:
        raise InputError("whole", name=key, value=shortened(value), least=least, most=most)
    return found


def within(key: str, value: Any, least: int, limit: str) -> int:
    """A whole number that a limit bounds; raises InputError, which says how the limit is raised.

    >>> within("steps", 3, 0, "steps")
    3
    """
    most = getattr(author(), limit)
    try:
        return whole(key, value, least, most)
    except InputError as error:
        with contextlib.suppress(TypeError):
            if not isinstance(value, bool) and (found := operator.index(value)) > most:
                error.facts = {**error.facts, "limit": limit, "found": found}
        raise


def one_of(key: str, value: Any, known: Sequence[str]) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in known:
        raise InputError("one-of", name=key, value=shortened(value), known=", ".join(known))
    return value


def switch(key: str, value: Any) -> bool:
    """True or false, as TOML and Python have it, or the word.

    >>> switch("explain_rate", True), switch("explain_rate", "false")
    (True, False)
    """
    word = str(value).lower() if isinstance(value, bool) else value
    return one_of(key, word, ("true", "false")) == "true"


def plain_text(key: str, value: Any) -> str:
    """Text."""
    if not isinstance(value, str):
        raise InputError("not-text", name=key, value=shortened(value))
    return value


def titles_of(value: Any) -> dict[str, str]:
    """The title in each language: one text for all, or a table of texts."""
    if not isinstance(value, Mapping):
        return dict.fromkeys(languages(), plain_text("title", value))
    return {one_of("title", language, languages()): plain_text("title", text) for language, text in value.items()}


def arithmetic_of(value: Any) -> tuple[str, int]:
    """The number system and, where values are rounded, the decimals.

    >>> arithmetic_of("exact"), arithmetic_of("round:4")
    (('exact', 0), ('round', 4))
    """
    word, colon, places = str(value).partition(":")
    if word in ("exact", "float") and not colon:
        return word, 0
    if word == "round" and places.isascii() and places.isdigit() and len(places) < 9:
        most = author().decimal_places
        if int(places) <= most:
            return "round", int(places)
        raise InputError("arithmetic", value=shortened(value), limit="decimal_places", most=most, found=places)
    raise InputError("arithmetic", value=shortened(value))


def unknown(code: str, word: str, known: Iterable[str], **facts: object) -> InputError:
    """The error for a word that does not exist, with the word that was meant where one is close.

    >>> unknown("unknown-optimizer", "adma", ["adam", "newton"]).hint()
    'Did you mean adam?'
    """
    words = list(known)
    if close := closest(word, words):
        return InputError(f"{code}-close", name=shortened(word), close=close, **facts)  # type: ignore[arg-type]
    return InputError(code, name=shortened(word), known=", ".join(words), **facts)  # type: ignore[arg-type]
