"""What a worker does with a template of the user's: Jinja2's sandbox, with few filters, texts and ranges bounded.

A template that runs for ever, or takes all memory, ends with its worker.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from symgd.handouts.template import settings
from symgd.language import add_languages, own_folders, sentence

#: What a user's template may use of Jinja2's filters.
FILTERS = ("default", "first", "int", "join", "last", "length", "lower", "replace", "title", "trim", "upper")
#: The largest number that a sum or a product may have; and how many times the longest text may be written in all.
_MOST_NUMBER, _WHOLE = 10**9, 20


class TooMuch(Exception):
    """The template is beyond a limit, whose name is the argument."""


def fill(payload: Mapping[str, Any]) -> list[Any]:
    """The filled template, ["filled", text, 0]; else a limit's name, another template that is not there, or a fault.

    Those are ["limit", name, 0], ["other", name, line] and ["fault", what is wrong, line]; ["block", name, line] is a
    block that the template it builds upon does not have, which would be left out without a word.
    """
    for folder in payload["folders"]:
        if folder not in map(str, own_folders()):
            add_languages(folder)
    say = functools.partial(sentence, payload["language"])
    try:
        environment = _environment(payload)
        if strange := _strange_block(environment, payload):
            return ["block", *strange]
        made = environment.from_string(payload["template"])
        parts = _bounded(made.generate(**payload["view"], say=lambda key, **facts: say(key, **facts)), payload["text"])
        return ["filled", "".join(parts), 0]
    except TooMuch as error:
        return ["limit", str(error), 0]
    except MemoryError:
        return ["limit", "template_text", 0]
    except TemplateNotFound as error:
        return ["other", error.name or "", _line_of(error) or 1]
    except Exception as error:  # whatever a template does, it is told with its line
        return ["fault", str(error) or type(error).__name__, getattr(error, "lineno", None) or _line_of(error)]


def _environment(payload: Mapping[str, Any]) -> Any:
    longest, loops = payload["text"], payload["loops"]

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset(("*", "**", "%", "+"))

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            sides = (left, right)
            if operator in ("**", "%") or not all(isinstance(side, int | float | str | list) for side in sides):
                raise SecurityError(f"{operator} is not for templates")
            sizes = [abs(side) if isinstance(side, int | float) else len(side) for side in sides]
            size = sizes[0] * sizes[1] if operator == "*" else sum(sizes)
            if all(isinstance(side, int | float) for side in sides):
                if size > _MOST_NUMBER:
                    raise SecurityError("too large")
            elif size > longest:
                raise TooMuch("template_text")
            return super().call_binop(context, operator, left, right)

    def numbers(*ends: int) -> range:
        found = range(*ends)
        if len(found) > loops:
            raise TooMuch("template_loops")
        return found

    environment = Sandbox(**settings(payload["sources"]))
    environment.globals = {"range": numbers}
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


def _strange_block(environment: Any, payload: Mapping[str, Any]) -> tuple[str, int] | None:
    """The first block of a template, and its line, that the one it builds upon does not have."""
    tree = environment.parse(payload["template"])
    base = tree.find(nodes.Extends)
    name = base.template.value if base and isinstance(base.template, nodes.Const) else ""
    if name not in payload["sources"]:
        return None
    known = {block.name for block in environment.parse(payload["sources"][name]).find_all(nodes.Block)}
    own = (node for node in tree.body if isinstance(node, nodes.Block) and node.name not in known)
    return next(((block.name, block.lineno) for block in own), None)


def _bounded(parts: Iterator[str], longest: int) -> Iterator[str]:
    """The parts of what is written, as long as they stay together below a size."""
    size = 0
    for part in parts:
        size += len(part)
        if size > _WHOLE * longest:
            raise TooMuch("template_text")
        yield part


def _line_of(error: BaseException) -> int:
    """The line of the template where an error arose; Jinja2 writes it into the traceback."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


TASKS: Mapping[str, Callable[[Any], Any]] = {"fill": fill}
