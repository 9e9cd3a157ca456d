"""Templates that a teacher can copy, or build upon: Jinja2 with delimiters that do not meet LaTeX's braces.

A template of the user's runs in a worker with a deadline, in Jinja2's sandbox (see `symgd.handouts.sandbox`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgd.descent.reading import unknown
from symgd.errors import InputError
from symgd.files import read_bytes
from symgd.limits import author, beyond
from symgd.resources import template_folder

DELIMITERS: Mapping[str, Any] = {
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "block_start_string": "<%",
    "block_end_string": "%>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
}
DEFAULT = "handout.md"
_BLOCK = re.compile(r"<% block (\w+)")
_SIGNS = re.compile(r"<#.*?#>|<<|>>|<%|%>", re.DOTALL)
_CLOSERS = {"<<": ">>", "<%": "%>"}
_TASKS = "symgd.handouts.sandbox"


def fill(template: Path | None, view: Mapping[str, Any], language: str = "en") -> str:
    """Fill a template; one of the user's runs in a worker. Raises InputError where it cannot be used."""
    filled = _shipped().render(**view) if template is None else _filled_elsewhere(template, view, language)
    return re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"


@functools.cache
def _shipped() -> Any:
    from jinja2 import Environment

    return Environment(**settings({})).from_string(_read(None))


def settings(sources: Mapping[str, str]) -> dict[str, Any]:
    """How every template is read; `sources` are those that it may include or build upon, by their names."""
    from jinja2 import DictLoader, StrictUndefined

    return {"undefined": StrictUndefined, "autoescape": False, "loader": DictLoader(dict(sources)), **DELIMITERS}


def _filled_elsewhere(template: Path, view: Mapping[str, Any], language: str) -> str:
    from symgd.language import LANGUAGES, own_folders
    from symgd.workers import shared_pool

    limits = author()
    payload = {
        "template": _read(template),
        "sources": {DEFAULT: _read(None)},
        "view": {key: value for key, value in view.items() if key != "say"},
        "language": language,
        "folders": [] if language in LANGUAGES else list(map(str, own_folders())),
        "loops": limits.template_loops,
        "text": limits.template_text,
    }
    answer = shared_pool(_TASKS).call("fill", payload, float(limits.template_seconds))
    if answer.state == "late":
        raise beyond("template_seconds", limits.template_seconds, file=template.name)
    if answer.state != "done":
        raise InputError("template", name=template.name, line=0, reason=answer.message)
    what, said, line = answer.value
    if what == "limit":
        raise beyond(said, getattr(limits, said), file=template.name)
    if what == "other":
        raise InputError("template-other", name=template.name, line=line, other=said)
    if what == "block":
        raise unknown("template-block", said, _BLOCK.findall(_read(None)), file=template.name, line=line)
    if what == "fault":
        if found := _unclosed(_read(template), line):
            raise InputError("template-open", name=template.name, line=found[0], opener=found[1], closer=found[2])
        raise InputError("template", name=template.name, line=line, reason=said)
    return str(said)


def _unclosed(text: str, line: int) -> tuple[int, str, str] | None:
    """The line of a sign that opens and is not closed, the sign, and what closes it; none below `line`.

    There is the fault, not where the next word is strange.
    """
    signs = [found for found in _SIGNS.finditer(text) if not found[0].startswith("<#")]
    for here, there in zip(signs, [*signs[1:], None], strict=True):
        at = text.count("\n", 0, here.start()) + 1
        closer = _CLOSERS.get(here[0])
        if closer and at <= line and (there is None or there[0] != closer):
            return at, here[0], closer
    return None


def _read(template: Path | None) -> str:
    path = template or template_folder() / DEFAULT
    try:
        return read_bytes(path, "text_bytes").decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError("encoding", name=path.name, byte=error.start + 1) from None
