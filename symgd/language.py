"""The catalogues: a key and its facts become a sentence in a language.

It stands on the ground floor, since errors speak too. A catalogue is a TOML file in `templates/languages`;
all languages have the same keys (a test holds them to that).
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from symgd.resources import template_folder

LANGUAGES = ("en", "zh-TW")


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language, by dotted key.

    >>> catalogue("en")["step.move"]
    'Move'
    """
    path = template_folder() / "languages" / f"{language}.toml"
    return dict(_flat("", tomllib.loads(path.read_text(encoding="utf-8"))))


def sentence(language: str, key: str, **facts: object) -> str:
    """The sentence of a key with its facts put in; facts are text and are never read as a format.

    >>> sentence("en", "update.heading", k=2)
    'Update 2'
    """
    text = catalogue(language)[key]
    return text.format_map({name: str(value) for name, value in facts.items()}) if "{" in text else text


def joined(language: str, sentences: Iterable[str]) -> str:
    """Sentences one after the other, as the language sets them apart; empty ones are left out.

    >>> joined("en", ["One.", "", "Two."])
    'One. Two.'
    """
    kept = [text for text in sentences if text]
    return functools.reduce(lambda a, b: sentence(language, "list.sentences", first=a, second=b), kept) if kept else ""


def _flat(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}.{key}" if prefix else key
        rows += _flat(name, value) if isinstance(value, Mapping) else [(name, value)]
    return rows
