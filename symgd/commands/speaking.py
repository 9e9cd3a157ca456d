"""The language and the encoding in which the command line speaks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from symgd.errors import InputError
from symgd.language import catalogue, languages


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
    """Both streams in UTF-8 on every system."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
