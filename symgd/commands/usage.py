"""Words of the command line that click refuses, told as every other error is: in both languages, with a code."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import click

from symgd.errors import InputError


def told(error: click.ClickException) -> InputError:
    """The error of ours that says what click found.

    >>> print(told(click.NoSuchOption("--stepz", possibilities=["--steps"])))
    There is no option --stepz.
    Did you mean --steps? symgd --help lists them.
    """
    command = _command(error)
    if isinstance(error, click.NoSuchOption):
        return _unknown("usage-option", error.option_name, error.possibilities or (), command)
    if isinstance(error, click.MissingParameter):
        return InputError("usage-missing", name=_name(error), command=command)
    if isinstance(error, click.BadParameter):
        return InputError("usage-value", name=_name(error), reason=error.message.rstrip("."), command=command)
    if isinstance(error, click.UsageError) and error.message.startswith(_NO_COMMAND):
        return _no_command(error, command)
    return InputError("usage", reason=error.format_message().rstrip("."), command=command)


_NO_COMMAND = "No such command"


def _no_command(error: click.UsageError, command: str) -> InputError:
    context = error.ctx
    name = error.message.removeprefix(_NO_COMMAND).partition("'")[2].partition("'")[0]
    known = context.command.list_commands(context) if context and isinstance(context.command, click.Group) else []
    return _unknown("usage-command", name, difflib.get_close_matches(name, known, n=1), command)


def _unknown(code: str, name: str, close: Sequence[str], command: str) -> InputError:
    if close:
        return InputError(f"{code}-close", name=name, close=", ".join(sorted(close)), command=command)
    return InputError(code, name=name, command=command)


def _command(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return context.command_path if context else "symgd"


def _name(error: click.BadParameter) -> str:
    """What the option or the argument is called."""
    param = error.param
    if param is None:
        return str(error.param_hint or "")
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name
