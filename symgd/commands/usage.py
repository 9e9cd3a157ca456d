"""Words of the command line that click refuses, told as every other error is: in both languages, with a code."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import click

from symgd.errors import InputError, Reason
from symgd.language import sentence


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
        return InputError("usage-value", name=_name(error), reason=Refused(error), command=command)
    if isinstance(error, click.UsageError) and error.message.startswith(_NO_COMMAND):
        return _no_command(error, command)
    return InputError("usage", reason=error.format_message().rstrip("."), command=command)


#: What click says of a value, and the key of our sentence.
_REASONS = {
    "choice": re.compile(r"(?P<value>.+?) is not one of (?P<known>.+)\.", re.S),
    "integer": re.compile(r"(?P<value>.+) is not a valid integer\.", re.S),
    "number": re.compile(r"(?P<value>.+) is not a valid float\.", re.S),
    "range": re.compile(r"(?P<value>.+) is not in the range (?P<known>.+)\.", re.S),
}


class Refused(Reason):
    """Why click refused a value, in words of ours where we have them.

    >>> Refused(click.BadParameter("'x' is not a valid integer.")).said("zh-TW")
    "'x' 不是整數"
    """

    def said(self, language: str) -> str:
        """The reason in a language; in click's own words where there is no sentence."""
        message = str(getattr(self.error, "message", self.error))
        for key, pattern in _REASONS.items():
            if found := pattern.fullmatch(message):
                return sentence(language, f"usage-reason.{key}", **found.groupdict())
        return message.rstrip(".")


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
