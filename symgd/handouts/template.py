"""Templates that a teacher can copy, or build upon: Jinja2 with delimiters that do not meet LaTeX's braces.

A template of the user's runs in Jinja2's sandbox, with few filters, and sums and products of a limited size.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgd.errors import InputError, Reason
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
#: What a user's template may use of Jinja2's filters, and its loops, numbers and texts at most.
FILTERS = ("default", "first", "int", "join", "last", "length", "lower", "replace", "title", "trim", "upper")
MOST_LOOPS, MOST_NUMBER, MOST_TEXT = 1_000, 10**9, 1_000_000


def fill(template: Path | None, view: Mapping[str, Any]) -> str:
    """Fill a template; one of the user's runs in Jinja2's sandbox. Raises InputError where it cannot be used."""
    from jinja2 import TemplateError

    name = template.name if template else DEFAULT
    try:
        made = _shipped() if template is None else _environment(template).from_string(_read(template))
        filled = "".join(_limited(made.generate(**view)))
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        line = getattr(error, "lineno", None) or _line_of(error)
        raise InputError("template", name=name, line=line, reason=str(error)) from None
    return re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"


@functools.cache
def _shipped() -> Any:
    return _environment(None).from_string(_read(None))


def _environment(template: Path | None) -> Any:
    from jinja2 import DictLoader, Environment, StrictUndefined

    shipped = DictLoader({DEFAULT: _read(None)} if template else {})
    settings = {"undefined": StrictUndefined, "autoescape": False, "loader": shipped, **DELIMITERS}
    return Environment(**settings) if template is None else _sandbox(settings)


def _sandbox(settings: Mapping[str, Any]) -> Any:
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(("*", "**", "%", "+"))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            sides = (left, right)
            if operator in ("**", "%") or not all(isinstance(side, int | float | str | list) for side in sides):
                raise SecurityError(f"{operator} is not for templates")
            sizes = [abs(side) if isinstance(side, int | float) else len(side) for side in sides]
            plain = all(isinstance(side, int | float) for side in sides)
            if (sizes[0] * sizes[1] if operator == "*" else sum(sizes)) > (MOST_NUMBER if plain else MOST_TEXT):
                raise SecurityError("too large")
            return super().call_binop(context, operator, left, right)

    def numbers(*ends: int) -> range:
        found = range(*ends)
        if len(found) > MOST_LOOPS:
            raise SecurityError(f"range: at most {MOST_LOOPS}")
        return found

    environment = Sandbox(**settings)
    environment.globals = {"range": numbers}
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


def _limited(parts: Any) -> Any:
    """The parts of what is written, as long as they stay together below a size."""
    size = 0
    for part in parts:
        size += len(part)
        if size > 20 * MOST_TEXT:
            raise ValueError(f"> {20 * MOST_TEXT}")
        yield part


def _line_of(error: BaseException) -> int:
    """The line of the template where an error arose; Jinja2 writes it into the traceback."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _read(template: Path | None) -> str:
    path = template or template_folder() / DEFAULT
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("file", name=path.name, reason=Reason(error)) from None
    except UnicodeDecodeError as error:
        raise InputError("encoding", name=path.name, byte=error.start + 1) from None
