"""Templates that a teacher can copy and edit: Jinja2 with delimiters that do not meet LaTeX's braces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgd.errors import InputError
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


def fill(template: Path | None, view: Mapping[str, Any]) -> str:
    """Fill a template; one of the user's runs in Jinja2's sandbox. Raises InputError where it cannot be used."""
    from jinja2 import DictLoader, Environment, StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    kind = Environment if template is None else ImmutableSandboxedEnvironment
    environment = kind(undefined=StrictUndefined, autoescape=False, loader=DictLoader({}), **DELIMITERS)
    source = _read(template)
    try:
        filled = environment.from_string(source).render(**view)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        name = template.name if template else DEFAULT
        line = getattr(error, "lineno", None) or 0
        raise InputError("template", name=name, line=line, reason=str(error)) from None
    return re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"


def _read(template: Path | None) -> str:
    path = template or template_folder() / DEFAULT
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("file", name=path.name, reason=error.strerror or "") from None
    except UnicodeDecodeError as error:
        raise InputError("encoding", name=path.name, position=error.start) from None
