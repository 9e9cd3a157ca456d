"""How much a text, a file or a run may ask for: a row a limit. Costs are bounded before anything is worked out.

The strict column is for what strangers type, the wide one for an author's own files and for the library. Whoever runs
symgd may raise a row (`--limit steps=10000000`, `limits={"steps": 10_000_000}`); a problem file cannot.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from symgd.closest import closest


def _row(strict: int, wide: int, highest: int = 10**18) -> Any:
    """A limit: its value in each column, and how far it may be raised."""
    return dataclasses.field(default=wide, metadata={"strict": strict, "highest": highest})


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, each with a name; a catalogue says in words what it counts (`limit.NAME`).

    >>> Limits().characters, STRICT.characters
    (4000000, 2000)
    """

    # a formula, as text or LaTeX
    characters: int = _row(2_000, 4_000_000)
    depth: int = _row(60, 150, 200)
    calls: int = _row(16, 64, 150)
    parts: int = _row(1_000, 400_000)
    digits: int = _row(50, 1_000, 4_000)
    magnitude: int = _row(308, 4_000, 100_000)
    name: int = _row(32, 64)
    arguments: int = _row(16, 10_000)
    exponent: int = _row(100, 1_000, 100_000)
    bits: int = _row(4_096, 65_536, 10**8)
    degree: int = _row(1_000, 10_000, 10**6)
    # files
    problem_bytes: int = _row(100_000, 4_000_000)
    nesting: int = _row(8, 32, 100)
    text_bytes: int = _row(1_000_000, 50_000_000)
    catalogue_bytes: int = _row(200_000, 1_000_000)
    table_bytes: int = _row(1_000_000, 400_000_000)
    rows: int = _row(10_000, 1_000_000)
    columns: int = _row(100, 10_000)
    cells: int = _row(100_000, 20_000_000)
    cell: int = _row(1_000, 100_000)
    # a student's working, for which the strict column counts
    working_characters: int = _row(40_000, 400_000)
    working_lines: int = _row(400, 4_000)
    # a run
    steps: int = _row(1_000, 1_000_000)
    parameters: int = _row(100, 100_000)
    runs: int = _row(10, 1_000_000)
    kept: int = _row(100_000, 100_000_000)
    significant_digits: int = _row(20, 50, 1_000)
    decimal_places: int = _row(20, 100, 1_000)
    # what is written
    updates: int = _row(50, 10_000)
    template_loops: int = _row(100, 1_000)
    template_text: int = _row(100_000, 1_000_000)
    template_seconds: int = _row(2, 10)
    variants: int = _row(50, 1_000)
    ranges: int = _row(10, 40)
    choices: int = _row(100, 1_000)


ROWS: Mapping[str, dataclasses.Field[int]] = {row.name: row for row in dataclasses.fields(Limits)}
WIDE = Limits()
STRICT = Limits(**{name: row.metadata["strict"] for name, row in ROWS.items()})
PRESETS: Mapping[str, Limits] = {"strict": STRICT, "wide": WIDE}


class Allowed(NamedTuple):
    """The limits in force: for the author's own text and files, and for what strangers type."""

    author: Limits = WIDE
    stranger: Limits = STRICT


#: What may be given as limits: a whole table for the author's side, or some rows to be put over both.
Given: TypeAlias = "Limits | Mapping[str, int] | Allowed | None"
_USUAL = Allowed()
_ALLOWED: ContextVar[Allowed] = ContextVar("symgd-limits", default=_USUAL)


def allowed() -> Allowed:
    """The limits in force here."""
    return _ALLOWED.get()


def author() -> Limits:
    """The limits in force for an author's own text and files."""
    return _ALLOWED.get().author


def stranger() -> Limits:
    """The limits in force for what strangers type."""
    return _ALLOWED.get().stranger


@contextmanager
def allowing(given: Given) -> Iterator[Allowed]:
    """Put limits in force; None leaves them as they are. Raises InputError for a limit that there is not.

    >>> with allowing({"steps": 5}):
    ...     author().steps, stranger().steps
    (5, 5)
    """
    token = _ALLOWED.set(_put_over(_ALLOWED.get(), given))
    try:
        yield _ALLOWED.get()
    finally:
        _ALLOWED.reset(token)


def _put_over(below: Allowed, given: Given) -> Allowed:
    if given is None or isinstance(given, Allowed):
        return given or below
    if isinstance(given, Limits):
        return below._replace(author=given)
    if not isinstance(given, Mapping):
        from symgd.errors import InputError

        raise InputError("not-a-table", name="limits")
    rows = {name: _checked(name, value) for name, value in given.items()}
    return Allowed(*(dataclasses.replace(side, **rows) for side in below))


def _checked(name: object, value: object) -> int:
    from symgd.errors import InputError

    if name not in ROWS:
        close = closest(str(name), ROWS)
        code, more = ("unknown-limit-close", {"close": close}) if close else ("unknown-limit", {})
        raise InputError(code, name=str(name)[:60], known=", ".join(ROWS), **more)  # type: ignore[arg-type]
    highest = ROWS[str(name)].metadata["highest"]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise InputError("whole", name=f"limits.{name}", value=str(value)[:60], least=1, most=highest)
    return value


def limits_of(text: str) -> Given:
    """Limits as they are typed: `steps=10000000`, several split by commas; or one of the two columns, `strict`.

    Raises InputError.

    >>> limits_of("steps=5_000, rows=10")
    {'steps': 5000, 'rows': 10}
    >>> limits_of("strict") is STRICT
    True
    """
    from symgd.errors import InputError

    if text.strip() in PRESETS:
        return PRESETS[text.strip()]
    found: dict[str, int] = {}
    for part in text.split(","):
        name, sign, value = (side.strip() for side in part.partition("="))
        if not sign or not name:
            raise InputError("not-a-pair", value=part, text=text, position=text.find(part), length=len(part))
        plain = value.replace("_", "")
        digits = plain.isascii() and plain.isdigit() and len(plain) < 20
        found[name] = _checked(name, int(plain) if digits else value)
    return found


def beyond(name: str, most: int, **facts: Any) -> Any:
    """The InputError for what is beyond a limit; with `file=` it says of which file, with `found=` how much it was."""
    from symgd.errors import InputError

    return InputError("limit-file" if "file" in facts else "limit-found", limit=name, most=most, **facts)
