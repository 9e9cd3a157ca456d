"""Every error by its code: an example that causes it, and what is then said in each language.

The table stands in `templates/errors.toml`. It is a record: a test causes every error and compares what is said.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from symgd.closest import closest
from symgd.errors import InputError
from symgd.language import LANGUAGES, sentence
from symgd.resources import template_folder


@dataclass(frozen=True, slots=True)
class Row:
    """An error: the command (without `symgd`) or the Python that causes it, files that it needs, and what is said.

    `long` is a text and how often it stands in the place of {long}. Where the `system` causes it, no input does.
    """

    code: str
    said: Mapping[str, str]
    run: str = ""
    python: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    long: tuple[str, int] = ("", 0)
    encoding: str = "utf-8"
    system: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def message(self, language: str) -> str:
        """What is said in a language; in English where it is not one of those that come along."""
        return self.said.get(language) or self.said["en"]


@functools.cache
def error_table() -> Mapping[str, Row]:
    """Every row by its code, in the order of the file.

    >>> error_table()["two-numbers"].run
    "parse '2 3'"
    """
    with (template_folder() / "errors.toml").open("rb") as file:
        table = tomllib.load(file)
    return {code: _row(code, row) for code, row in table.items()}


def _row(code: str, row: dict[str, Any]) -> Row:
    said = {language: row.pop(language, "").rstrip("\n") for language in LANGUAGES}
    long = row.pop("long", ["", 0])
    return Row(code, said, long=(long[0], long[1]), **row)


def found_row(code: str) -> Row:
    """The row of a code. Raises InputError for a code that does not exist."""
    table = error_table()
    if code in table:
        return table[code]
    if close := closest(code, table):
        raise InputError("unknown-code-close", name=code, close=close)
    raise InputError("unknown-code", name=code)


def list_text(language: str) -> str:
    """Every code with the first line of what is said."""
    rows = error_table().values()
    most = max(len(row.code) for row in rows)
    return "\n".join(f"{row.code:{most}}  {row.message(language).splitlines()[0]}" for row in rows)


def row_text(row: Row, language: str) -> str:
    """What an error means, an example that causes it, and what to do.

    >>> print(row_text(error_table()["two-numbers"], "en"))
    two-numbers: Two numbers stand side by side.
    <BLANKLINE>
    For example:
      symgd parse '2 3'
    <BLANKLINE>
    It says:
      Two numbers stand side by side.
        2 3
          ^
      Write the operation between them, for example 2 × 3.
    """
    said = row.message(language)
    head = f"{row.code}: {said.splitlines()[0]}"
    shown = [*_example(row, language), "", sentence(language, "explain-error.says"), *_indented(said)]
    return "\n".join([head, "", sentence(language, "explain-error.example"), *shown])


def _example(row: Row, language: str) -> Iterator[str]:
    if row.run:
        yield f"  symgd {row.run}"
    if row.python:
        yield f"  {sentence(language, 'explain-error.python')} {row.python}"
    for name, content in row.files.items():
        yield f"  {sentence(language, 'explain-error.file', name=name)}"
        yield from (f"  {line}" for line in _indented(content))
    if row.long[1]:
        text, count = row.long
        sign = "{long}"
        yield f"  {sentence(language, 'explain-error.long', sign=f'{sign} = {text.strip()!r}', count=count)}"
    if row.system:
        yield f"  {sentence(language, 'explain-error.system')}"


def _indented(text: str) -> Iterator[str]:
    return (f"  {line}".rstrip() for line in text.splitlines())
