"""Causes every error of `templates/errors.toml`, and writes what is said into it (`python -m tests.causes`)."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import click

from symgd.cli import cli
from symgd.commands.error_table import Row, error_table
from symgd.commands.usage import told
from symgd.errors import InputError, Reason
from symgd.language import LANGUAGES
from symgd.resources import template_folder

#: What the system lacks: variables of the environment, and modules that are not there.
SYSTEMS: Mapping[str, tuple[Mapping[str, str], Mapping[str, Any]]] = {
    "no browser": ({"PATH": "", "SYMGD_BROWSER": ""}, {}),
    "a browser that is not there": ({"SYMGD_BROWSER": "/nowhere/chromium"}, {}),
    "a browser that fails": ({"SYMGD_BROWSER": "/bin/false"}, {}),
    "no dask": ({}, {"distributed": None}),
}


def cause(row: Row) -> InputError | None:
    """The error that a row causes; None where it causes none."""
    if row.facts:
        facts = {word: _reason(fact) if word == "reason" else fact for word, fact in row.facts.items()}
        return InputError(row.code, **facts)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), _system(row.system):
        try:
            _prepare(row)
            _do(row)
        except InputError as error:
            return error
        except click.ClickException as error:
            return told(error)
    return None


def _reason(name: str) -> Any:
    return Reason(OSError(getattr(errno, name), ""))


@contextlib.contextmanager
def _system(name: str) -> Iterator[None]:
    environment, modules = SYSTEMS.get(name, ({}, {}))
    before = {word: sys.modules[word] for word in modules if word in sys.modules}
    sys.modules.update(modules)
    with mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(io.StringIO()):
        yield
    for word in modules:
        del sys.modules[word]
    sys.modules.update(before)


def _prepare(row: Row) -> None:
    for name, content in row.files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(_filled(content, row).encode(row.encoding))


def _do(row: Row) -> None:
    if row.python:
        import sympy

        import symgd

        exec(row.python, {"symgd": symgd, "sympy": sympy})
        return
    with contextlib.redirect_stderr(io.StringIO()):
        cli.main([_filled(word, row) for word in shlex.split(row.run)], prog_name="symgd", standalone_mode=False)


def _filled(text: str, row: Row) -> str:
    return text.replace("{long}", row.long[0] * row.long[1])


def said(error: InputError) -> dict[str, str]:
    return {language: error.explain(language) for language in LANGUAGES}


def renewed() -> Iterator[str]:
    """The table with what is said now."""
    text = (template_folder() / "errors.toml").read_text(encoding="utf-8")
    head, *blocks = re.split(r"(?m)^(?=\[)", text)
    yield head
    for block in blocks:
        code = block[1 : block.index("]")]
        error = cause(error_table()[code])
        assert error is not None, code
        assert error.code == code, (code, error.code)
        kept = re.sub(rf'(?ms)^({"|".join(LANGUAGES)}) = """\n.*?^"""\n', "", block).rstrip("\n")
        messages = [f'{word} = """\n{_literal(told)}\n"""' for word, told in said(error).items()]
        yield "\n".join([kept, *messages, "", ""])


def _literal(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


if __name__ == "__main__":
    whole = "".join(renewed()).rstrip("\n") + "\n"
    (template_folder() / "errors.toml").write_text(whole, encoding="utf-8")
