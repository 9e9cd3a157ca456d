"""Options that commands share, and the problem and the run that they ask for."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from symgd.commands.speaking import language_of
from symgd.errors import InputError
from symgd.language import catalogue, language_named, languages, mended, sentence, unknown_keys
from symgd.limits import allowing, limits_of

Command = TypeVar("Command", bound=Callable[..., Any])
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LossCommand(click.Command):
    """A command whose argument may begin with a minus: `symgd gradient "-x^2"`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such an argument behind `--`, so that it is not taken for an option."""
        flags = {flag: option for option in self.get_params(ctx) for flag in option.opts}
        kept, losses, takes_value = [], [], False
        for place, word in enumerate(args):
            if word == "--":
                kept += args[place:]
                break
            if not takes_value and word.startswith("-") and not word.startswith("--") and word[:2] not in flags:
                losses.append(word)
                continue
            option = flags.get(word)
            takes_value = isinstance(option, click.Option) and not option.is_flag and not takes_value
            kept.append(word)
        return super().parse_args(ctx, [*kept, "--", *losses] if losses else kept)


def _pairs(ctx: click.Context, param: click.Parameter, value: str | None) -> dict[str, str] | None:
    """name=number pairs, split by commas, as a table of texts; what they mean is for the problem to say."""
    if value is None:
        return None
    pairs = {}
    for part in parts_of(value):
        word, sign, number = part.partition("=")
        if not sign or not word.strip() or not number.strip():
            raise InputError("not-a-pair", value=part, text=value, position=value.find(part), length=len(part))
        pairs[word.strip()] = number.strip()
    return pairs


def parts_of(value: str) -> list[str]:
    """What stands between the commas; those inside square brackets part the entries of a vector."""
    parts, depth = [""], 0
    for sign in value:
        depth += (sign == "[") - (sign == "]")
        if sign == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _data(ctx: click.Context, param: click.Parameter, value: Path | None) -> dict[str, str] | None:
    """A CSV file as the data of a problem; its folder is the one that the command was given in."""
    if value is not None and str(value) == "-":
        raise InputError("data-dash")
    return None if value is None else {"file": str(value.absolute())}


def pairs_option(*names: str, help: str) -> Callable[[Command], Command]:
    """An option that takes names with numbers."""
    return click.option(*names, callback=_pairs, metavar="NAME=NUMBER,...", help=help)


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options at once."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def unknown_told(language: str, key: str) -> str:
    """What is said of a key of a catalogue that there is not, with the one that may be meant."""
    close = difflib.get_close_matches(key, catalogue("en"), n=1)
    facts = {"name": f"{language}.toml", "where": key, **({"close": close[0]} if close else {})}
    return sentence("en", "language.unknown-close" if close else "language.unknown", **facts)


class LanguageName(click.ParamType):  # type: ignore[type-arg]
    """One of the languages there are, those of the user's own folder among them."""

    name = "language"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, if there is such a language."""
        value = language_named(value)
        if value not in languages():
            self.fail(f"{value!r} is not one of {', '.join(map(repr, languages()))}.", param, ctx)
        for key in unknown_keys(value):
            click.echo(unknown_told(value, key), err=True)
        return value

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What stands in the help."""
        return f"[{'|'.join(languages())}]"


def _allow(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> None:
    """Put the limits that were raised in force until the command ends."""
    for text in value:
        ctx.with_resource(allowing(limits_of(text)))


LIMIT = click.option(
    "--limit",
    "_limits",
    multiple=True,
    metavar="NAME=NUMBER,...",
    is_eager=True,
    expose_value=False,
    callback=_allow,
    help="Raise (or lower) a limit; `symgd limits` lists them.",
)
LANGUAGE = click.option("--language", type=LanguageName(), help="Language of what is printed.")
AT = pairs_option("--at", help="The start (or the point): w1=0.5,w2=0.2 or w=[0.5,-0.25].")
LET = pairs_option("--let", help="Constants: x=2,y=1 or A=[[2,0],[0,3]].")
#: Languages that a gradient can be written in.
SOURCES = ("python", "numpy", "c", "torch", "jax")
BLANKS = ("every", "final", "gradient")
PAPERS = ("a4", "letter")
DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, allow_dash=True),
    callback=_data,
    help="Columns of data: a CSV file with names on top.",
)
PROBLEM = together(
    click.argument("problem", metavar="LOSS|FILE.toml", required=False),
    AT,
    LET,
    DATA,
    pairs_option("--gradient", help="A given gradient instead of a loss: w1=-0.1,w2=-0.2."),
    click.option("--optimizer", help="The method; `symgd optimizers` lists them."),
    click.option("--rate", help="The learning rate: a number, or an expression in t such as 0.1/t."),
    pairs_option("--set", "settings", help="Hyperparameters: momentum=0.9."),
    click.option("--steps", type=int, help="How many updates."),
    click.option("--epochs", type=int, help="Instead of --steps: how often to go through all rows of the data."),
    click.option("--batch-size", type=int, help="How many rows of the data each update uses."),
    click.option("--seed", type=int, help="Decides how the rows are shuffled; 0 if not given."),
    click.option("--arithmetic", metavar="exact|float|round:4", help="The number system."),
    click.option("--digits", type=int, help="Significant digits of rounded values."),
    click.option("--every", type=int, help="Keep only every so-many-th point of a run, and the last."),
    click.option("--tolerance", help="Converged when every partial is at most this in size."),
    LIMIT,
    LANGUAGE,
)


def problem_of(
    text: str | None, *, language: str | None, rate: str | None = None, settings: Any = None, **options: Any
) -> Any:
    """The problem of an argument and options; options override a file. Raises InputError."""
    from symgd.descent.files import SHEET
    from symgd.descent.problem import Problem

    given = {key: _mended(value) for key, value in options.items() if value is not None}
    if "at" in given:
        given["start"] = given.pop("at")
    if rate is not None:
        given["learning_rate"] = rate
    if language:
        given["language"] = language
    given |= settings or {}
    if sheet := {key: given.pop(key) for key in SHEET if key in given}:
        given["handout"] = sheet
    from_file = text is not None and text.lower().endswith(".toml")
    problem = Problem.load(str(text), **given) if from_file else Problem(_mended(text), **given)
    for note in problem.notes:
        click.echo(note.message(language_of(language)), err=True)
    return problem


def _mended(value: Any) -> Any:
    """Text of the command line whose bytes the locale could not read; a name of a file stays as it is."""
    if isinstance(value, dict) and "file" not in value:
        return {mended(word): mended(part) for word, part in value.items()}
    return mended(value) if isinstance(value, str) else value


#: Runs of so many updates show how far they are, on a terminal.
_LONG = 100_000


def run_of(problem: Any) -> Any:
    """The run of a problem; a long one shows on a terminal how far it is."""
    from symgd.descent.advance import descend as run

    if problem.arithmetic != "float" or problem.steps < _LONG or not sys.stderr.isatty():
        return run(problem)
    with click.progressbar(length=problem.steps, file=sys.stderr) as bar:
        return run(problem, bar.update)
