"""The language and the encoding in which the command line speaks."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from symgd.errors import InputError
from symgd.language import catalogue, language_named, languages


def language_of(chosen: str | None) -> str:
    """The language of messages: as asked, else of the locale, else English."""
    if chosen:
        return chosen
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-TW" if locale.replace("-", "_").startswith(("zh_TW", "zh_HK", "zh_Hant")) else "en"


def asked_language(arguments: Sequence[str]) -> str | None:
    """The value of --language, for messages about arguments that could not be read."""
    for place, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--language=") else ""
        if word == "--language" and place + 1 < len(arguments):
            value = arguments[place + 1]
        value = language_named(value)
        if value in languages() and _is_spoken(value):
            return value
    return None


def _is_spoken(language: str) -> bool:
    """Whether its catalogue can be read; what is wrong with one is told in another language."""
    try:
        return bool(catalogue(language))
    except InputError:
        return False


def speak_utf8() -> None:
    """Both streams in UTF-8 on every system; a stream that is closed leads nowhere."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _open_what_is_closed() -> None:
    """Put the null device where a stream was closed, before a file of ours takes its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # stays open


def end_when_asked() -> None:
    """A request to end unwinds what is under way, as Ctrl-C does: no file is left half-written."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    with suppress(ValueError):  # only the main thread hears signals
        signal.signal(signal.SIGTERM, end)


def write_no_more() -> None:
    """Nothing more goes to stdout: Python would complain when it leaves."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
