"""The catalogues: a key and its facts become a sentence in a language.

It stands on the ground floor, since errors speak too. A catalogue is a TOML file in `templates/languages`, or in a
folder of the user's own: all shipped languages have the same keys (a test holds them to that), and what another one
lacks is said in English.
"""

from __future__ import annotations

import functools
import os
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from symgd.limits import beyond
from symgd.resources import template_folder
from symgd.toml import Nested, tables

#: The languages that come along.
LANGUAGES = ("en", "zh-TW")
#: What a language calls itself.
_NAMES = ("language.tag", "language.name")
#: Names a folder with further catalogues.
VARIABLE = "SYMGD_LANGUAGES"
_folders: list[Path] = []
_HEAD = re.compile(r"^\[([\w.-]+)\]$", re.MULTILINE)
#: Controls and overrides of direction: on a terminal they move the cursor, colour, or turn text round.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def languages() -> tuple[str, ...]:
    """The languages there are: those that come along, then those of the user's folders.

    >>> languages()[:2]
    ('en', 'zh-TW')
    """
    own = [file.stem for folder in own_folders() if folder.is_dir() for file in sorted(folder.glob("*.toml"))]
    return (*LANGUAGES, *(word for word in dict.fromkeys(own) if word not in LANGUAGES))


def language_named(text: str) -> str:
    """The language of a name in any case, with a hyphen or an underscore; the text itself where there is none.

    >>> language_named("zh-tw"), language_named("EN"), language_named("fr")
    ('zh-TW', 'en', 'fr')
    """
    known = {_plain_name(word): word for word in reversed(languages())}
    return text if text in known.values() else known.get(_plain_name(text), text)


def _plain_name(text: str) -> str:
    return text.lower().replace("_", "-")


def add_languages(folder: str | Path) -> None:
    """Take further catalogues from a folder: NAME.toml is the language NAME. Raises InputError where it is none."""
    from symgd.errors import InputError

    if not Path(folder).is_dir():
        raise InputError("languages-folder", name=Path(folder).name)
    _folders.append(Path(folder).absolute())  # a worker may stand elsewhere
    catalogue.cache_clear()


def own_folders() -> list[Path]:
    """The folders with further catalogues."""
    given = os.environ.get(VARIABLE)
    return [*_folders, *([Path(given)] if given else [])]


@functools.cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of a language, by dotted key; what its catalogue lacks stands there in English.

    Raises InputError where a catalogue of the user's cannot be read, or names facts that a sentence does not have.

    >>> catalogue("en")["step.move"]
    'Move'
    """
    if language in LANGUAGES:
        return Shipped((template_folder() / "languages" / f"{language}.toml").read_text(encoding="utf-8"))
    return {**catalogue("en"), "language.tag": language, "language.name": language, **own_sentences(language)}


def own_sentences(language: str) -> Mapping[str, str]:
    """What the catalogue of a language itself holds, checked against the English one.

    The name and the tag of a language that comes along are none of its own: they were left standing in a copy.
    """
    if language in LANGUAGES:
        return catalogue(language)
    copied = {(key, catalogue(word)[key]) for key in _NAMES for word in LANGUAGES}
    return {key: text for key, text in _own(language).items() if key in catalogue("en") and (key, text) not in copied}


def _own(language: str) -> Mapping[str, str]:
    """All that the catalogue of a user's language holds."""
    from symgd.errors import InputError
    from symgd.files import bounded

    file = next((path for folder in own_folders() if (path := folder / f"{language}.toml").is_file()), None)
    if file is None:
        raise InputError("one-of", name="language", value=language, known=", ".join(languages()))
    try:
        with file.open("rb") as stream:
            found = _sentences(bounded(stream, "catalogue_bytes", file.name).decode("utf-8"))
    except Nested as error:
        raise beyond("nesting", error.most, file=file.name) from None
    except (OSError, ValueError, RecursionError, TypeError) as error:
        raise InputError("catalogue", name=file.name, reason=str(error)) from None
    english = catalogue("en")
    for key, text in found.items():
        if key in english and not _fields(text) <= _fields(english[key]):
            raise InputError(
                "catalogue-fact", name=file.name, where=key, facts=", ".join(sorted(_fields(english[key]))) or "—"
            )
    return found


def unknown_keys(language: str) -> tuple[str, ...]:
    """The keys of a catalogue that the English one does not have, and that are never said: slips of the pen."""
    return tuple(key for key in _own(language) if key not in catalogue("en")) if language not in LANGUAGES else ()


def missing_keys(language: str) -> tuple[str, ...]:
    """The keys that a catalogue lacks, in the order of the English one."""
    own = own_sentences(language)
    return tuple(key for key in catalogue("en") if key not in own)


class Shipped(Mapping[str, str]):
    """A catalogue that comes along: each of its tables is read when a sentence of it is first asked for.

    A command says some twenty sentences, and all of them take longer to read than a working to mark.

    >>> Shipped('[step]\\nmove = "Move"\\n')["step.move"]
    'Move'
    """

    def __init__(self, text: str) -> None:
        """Cut the text at its heads."""
        first, *rest = _HEAD.split(text)
        self._texts = {"": first, **dict(zip(rest[::2], rest[1::2], strict=True))}
        self._read: dict[str, dict[str, str]] = {}

    def _table(self, name: str) -> dict[str, str]:
        """The sentences of one table, by dotted key."""
        if name not in self._read:
            self._read[name] = _sentences(self._texts[name], name)
        return self._read[name]

    def __getitem__(self, key: str) -> str:
        """The sentence of a dotted key; raises KeyError."""
        name = key
        while name:
            name = name.rpartition(".")[0]
            if name in self._texts and key in (table := self._table(name)):
                return table[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        """The keys in the order of the file."""
        return (key for name in self._texts for key in self._table(name))

    def __len__(self) -> int:
        """How many sentences there are."""
        return sum(len(self._table(name)) for name in self._texts)

    def __bool__(self) -> bool:
        """Whether there are any, without reading them."""
        return bool(self._texts)


def _sentences(text: str, prefix: str = "") -> dict[str, str]:
    table = dict(_flat(prefix, tables(text)))
    wrong = [key for key, text in table.items() if not isinstance(text, str)]
    if wrong:
        raise TypeError(wrong[0])
    return table


def _fields(text: str) -> set[str]:
    """The facts that a sentence names; one with a conversion or a width counts as one that does not exist."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return {"{"}
    plain = {word for _, word, spec, conversion in parts if word is not None and not spec and not conversion}
    odd = {f"{word}:{spec}" for _, word, spec, conversion in parts if word is not None and (spec or conversion)}
    return plain | odd


def sentence(language: str, key: str, **facts: object) -> str:
    """The sentence of a key with its facts put in; facts are text and are never read as a format.

    >>> sentence("en", "update.heading", k=2)
    'Update 2'
    """
    text = catalogue(language)[key]
    return text.format_map({name: visible(str(value)) for name, value in facts.items()}) if "{" in text else text


def visible(text: str) -> str:
    r"""Text from outside as it may go to a terminal: what cannot be seen there becomes a sign that can.

    Line ends and tabs stay.

    >>> visible("\x1b[31mred")
    '\ufffd[31mred'
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", mended(text))


def mended(text: str) -> str:
    r"""Text of the command line or a name of a file whose bytes Python could not read as text: as UTF-8.

    >>> mended("\udce6\udca2\udcaf")
    '梯'
    """
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # halves of pairs that stand for no byte
        return text.encode("utf-8", "replace").decode("utf-8")


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
