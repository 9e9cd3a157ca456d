"""The command line. Results go to stdout, all else to stderr; 0 is fine, 2 is input that cannot be used.

This module loads only click; what a command needs is loaded when it runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from symgd import __version__
from symgd.errors import InputError, SymgdError
from symgd.language import LANGUAGES
from symgd.speaking import asked_language, language_of, speak_utf8

Command = TypeVar("Command", bound=Callable[..., Any])
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


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
    for part in _parts(value):
        word, sign, number = part.partition("=")
        if not sign or not word.strip() or not number.strip():
            raise InputError("not-a-pair", value=part, text=value, position=value.find(part), length=len(part))
        pairs[word.strip()] = number.strip()
    return pairs


def _parts(value: str) -> list[str]:
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


def _pairs_option(*names: str, help: str) -> Callable[[Command], Command]:
    return click.option(*names, callback=_pairs, metavar="NAME=NUMBER,...", help=help)


@click.group(context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="symgd")
def cli() -> None:
    """Gradient descent, derived and explained: every printed line of arithmetic is true.

    \b
    symgd explain "(w - 3)^2" --at w=0.5 --steps 2
    symgd explain examples/five-steps.toml -o handout.html
    symgd gradient "z = w*x + b; (sigmoid(z) - 1)^2" --format python
    """


def _options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options at once."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_LANGUAGE = click.option("--language", type=click.Choice(LANGUAGES), help="Language of what is printed.")
_AT = _pairs_option("--at", help="The start (or the point): w1=0.5,w2=0.2 or w=[0.5,-0.25].")
_LET = _pairs_option("--let", help="Constants: x=2,y=1 or A=[[2,0],[0,3]].")
#: Languages that a gradient can be written in.
_SOURCES = ("python", "numpy", "c", "torch", "jax")
_DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, allow_dash=True),
    callback=_data,
    help="Columns of data: a CSV file with names on top.",
)
_PROBLEM = _options(
    click.argument("problem", metavar="LOSS|FILE.toml", required=False),
    _AT,
    _LET,
    _DATA,
    _pairs_option("--gradient", help="A given gradient instead of a loss: w1=-0.1,w2=-0.2."),
    click.option("--optimizer", help="The method; `symgd optimizers` lists them."),
    click.option("--rate", help="The learning rate: a number, or an expression in t such as 0.1/t."),
    _pairs_option("--set", "settings", help="Hyperparameters: momentum=0.9."),
    click.option("--steps", type=int, help="How many updates."),
    click.option("--epochs", type=int, help="Instead of --steps: how often to go through all rows of the data."),
    click.option("--batch-size", type=int, help="How many rows of the data each update uses."),
    click.option("--seed", type=int, help="Decides how the rows are shuffled; 0 if not given."),
    click.option("--arithmetic", metavar="exact|float|round:4", help="The number system."),
    click.option("--digits", type=int, help="Significant digits of rounded values."),
    click.option("--every", type=int, help="Keep only every so-many-th point of a run, and the last."),
    click.option("--tolerance", help="Converged when every partial is at most this in size."),
    _LANGUAGE,
)


@cli.command(cls=LossCommand, context_settings=_SETTINGS)
@_PROBLEM
@click.option("--title", help="The title of the handout.")
@click.option("--kind", type=click.Choice(["worked", "worksheet", "key"]), help="What to write.")
@click.option("--explain-rate", is_flag=True, default=None, help="Add a part that explains the learning rate.")
@click.option("--template", type=click.Path(path_type=Path), help="A template of your own (see templates/handout.md).")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="OUT.html, OUT.md or OUT.txt.")
def explain(
    problem: str | None, template: Path | None, output: Path | None, language: str | None, **options: Any
) -> None:
    """The worked handout of a descent.

    To a terminal as readable text, to a pipe as Markdown, to a file by its ending.

    \b
    symgd explain "(w1 - 0.55)^2 + (w2 - 0.3)^2" --at w1=0.5,w2=0.2
    symgd explain --gradient w1=-0.1,w2=-0.2 --at w1=0.5,w2=0.2 --language zh-TW
    symgd explain examples/adam.toml -o adam.html
    """
    from symgd.handouts.handout import Handout

    found = _problem(problem, language=language, **options)
    handout = Handout(_descend(found), found.language, template)
    if output is not None:
        handout.save(output)
        from symgd.language import sentence

        click.echo(sentence(found.language, "word.written", name=output), err=True)
    else:
        click.echo(handout.text() if sys.stdout.isatty() else handout.markdown(), nl=False)


@cli.command(cls=LossCommand, context_settings=_SETTINGS)
@click.argument("problem", metavar="LOSS|FILE.toml")
@_AT
@_LET
@_DATA
@click.option("--wrt", help="The parameters, split by commas.")
@click.option("--derivation", is_flag=True, help="Every step by named rule, before the result.")
@click.option("--hessian", is_flag=True, help="Second partial derivatives as well.")
@click.option("--format", "form", type=click.Choice(["text", "latex", "json", *_SOURCES]), default="text")
@_LANGUAGE
def gradient(
    problem: str,
    wrt: str | None,
    derivation: bool,
    hessian: bool,
    form: str,
    language: str | None,
    **options: Any,
) -> None:
    """The exact gradient of a loss; with --at, its values at a point; with --derivation, why.

    \b
    symgd gradient "(w1 - 0.55)^2 + (w2 - 0.3)^2" --at w1=0.5,w2=0.2
    symgd gradient "(sigmoid(w*x + b) - y)^2" --let x=2,y=1 --format latex
    symgd gradient "z = w*x + b; a = sigmoid(z); L = (a - y)^2" --wrt w --derivation
    """
    from symgd import api
    from symgd.printing import gradient_output

    found = _problem(problem, language=language, **options)
    names = [word.strip() for word in wrt.split(",")] if wrt else None
    click.echo(gradient_output(api.gradient(found, wrt=names), found, form, hessian, derivation))


@cli.command(cls=LossCommand, context_settings=_SETTINGS)
@_PROBLEM
@click.option("--json", "form", flag_value="json", help="The run as JSON.")
@click.option("--csv", "form", flag_value="csv", help="The run as CSV.")
@click.option("--no-bom", is_flag=True, help="CSV without a byte-order mark.")
def descend(problem: str | None, form: str | None, no_bom: bool, language: str | None, **options: Any) -> None:
    """The run as a table: point, loss, gradient and change of each update.

    \b
    symgd descend "(1 - a)^2 + 100*(b - a^2)^2" --at a=-1.2,b=1 --rate 0.001 --steps 5
    symgd descend examples/five-steps.toml --json
    """
    from symgd.printing import descent_output

    found = _problem(problem, language=language, **options)
    click.echo(descent_output(_descend(found), form or "text", bom=not no_bom), nl=form != "csv")


@cli.command(cls=LossCommand, context_settings=_SETTINGS)
@click.argument("text", metavar="TEXT")
@click.option("--json", "as_json", is_flag=True, help="As JSON; a fault too.")
@click.option("--strict", is_flag=True, help="With the limits for students' text.")
@_LANGUAGE
def parse(text: str, as_json: bool, strict: bool, language: str | None) -> None:
    """What was understood, or what is wrong and where.

    \b
    Functions: sin cos tan cot sec csc asin acos atan sinh cosh tanh asinh acosh atanh exp log ln log2 log10
    sqrt cbrt abs sign max min sigmoid logit relu leaky_relu elu softplus silu
    gelu erf huber clip logsumexp piecewise
    \b
    symgd parse "2w1^2 - 0.1"
    symgd parse "\\frac{1}{2}(w - 3)^2" --json
    """
    from symgd.printing import parse_output

    output, status = parse_output(text, as_json, strict, language_of(language))
    click.echo(output)
    if status:
        raise SystemExit(status)


@cli.command(context_settings=_SETTINGS)
@click.argument("text", metavar="TEXT.md|.html|.txt|.tex|-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Every relation, as JSON.")
@_LANGUAGE
def audit(text: Path, as_json: bool, language: str | None) -> None:
    """Re-compute every equality printed in any text.

    The exit status is 1 if one of them is false. `=` needs exact equality, `≈` a correct rounding.

    \b
    symgd audit handout.html
    symgd audit homework.md --json
    """
    from symgd.audit_printing import FORMS, audit_output
    from symgd.files import decoded, read_text

    dash = str(text) == "-"
    content = decoded(sys.stdin.buffer.read(), "-") if dash else read_text(text)
    output, status = audit_output(content, FORMS.get(text.suffix.lower(), ""), as_json, language_of(language))
    click.echo(output)
    if status:
        raise SystemExit(status)


@cli.command(context_settings=_SETTINGS)
@click.argument("problem", metavar="FILE.toml")
@click.argument("working", metavar="[WORKING.txt | -]", default="-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the feedback: .html, .md, .txt, .json.")
@click.option("--student", default="", help="Whose working it is.")
@_LANGUAGE
def check(problem: str, working: Path, as_json: bool, output: Path | None, student: str, language: str | None) -> None:
    """Verify a student's lines: the first wrong one, and the mistake by its name.

    The exit status is 1 if something is wrong, 3 if it could not be decided.

    \b
    symgd check examples/five-steps.toml working.txt
    echo "w1 = 0.5 + 0.01 = 0.51" | symgd check examples/five-steps.toml
    """
    from symgd.check_printing import form_of, report_output, status_of
    from symgd.checking.marking import check as run
    from symgd.files import decoded, read_text

    content = decoded(sys.stdin.buffer.read(), "-") if str(working) == "-" else read_text(working)
    found = _problem(problem, language=None)
    report, spoken = run(found, content, student), language or found.language
    if output is not None:
        from symgd.files import write_text_file

        write_text_file(output, report_output(report, form_of(output), spoken) + "\n")
        click.echo(f"{output}", err=True)
    else:
        click.echo(report_output(report, "json" if as_json else "text", spoken))
    if status := status_of(report):
        raise SystemExit(status)


@cli.command(context_settings=_SETTINGS)
@click.argument("problem", metavar="FILE.toml")
@click.argument("submissions", metavar="SUBMISSIONS.csv|.jsonl", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the marks go: .csv, .json, .jsonl.")
@click.option("--format", "form", help="csv, json, jsonl, gradescope, nbgrader, moodle or canvas.")
@click.option("--feedback", type=click.Path(path_type=Path, file_okay=False), help="A folder for a page a student.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, help="So many processes.")
@click.option("--dask", metavar="ADDRESS", help="A Dask scheduler to spread the class over.")
@click.option("--dry-run", is_flag=True, help="How the columns are taken, and three rows; writes nothing.")
@click.option("--strict", is_flag=True, help="Exit status 1 if an answer is wrong, 3 if one is not decided.")
@click.option("--no-bom", is_flag=True, help="CSV without a byte-order mark.")
@_LANGUAGE
def grade(problem: str, submissions: Path, output: Path | None, language: str | None, **options: Any) -> None:
    """Mark a whole class.

    \b
    symgd grade problem.toml class.csv -o marks.csv --feedback pages
    symgd grade problem.toml class.csv --dry-run
    """
    from symgd.grade_command import run

    found = _problem(problem, language=None)
    status = run(found, submissions, output, language or found.language, **options)
    if status:
        raise SystemExit(status)


@cli.command(context_settings=_SETTINGS)
@_LANGUAGE
def optimizers(language: str | None) -> None:
    """The table of methods with their equations and papers.

    \b
    symgd optimizers --language zh-TW
    """
    from symgd.printing import optimizers_output

    click.echo(optimizers_output(language_of(language)), nl=False)


def _problem(
    text: str | None, *, language: str | None, rate: str | None = None, settings: Any = None, **options: Any
) -> Any:
    """The problem of an argument and options; options override a file."""
    from symgd.descent.problem import Problem

    given = {key: value for key, value in options.items() if value is not None}
    if "at" in given:
        given["start"] = given.pop("at")
    if rate is not None:
        given["learning_rate"] = rate
    if language:
        given["language"] = language
    given |= settings or {}
    from_file = text is not None and text.lower().endswith(".toml")
    problem = Problem.load(str(text), **given) if from_file else Problem(text, **given)
    for note in problem.notes:
        click.echo(note.message(language_of(language)), err=True)
    return problem


#: Runs of so many updates show how far they are, on a terminal.
_LONG = 100_000


def _descend(problem: Any) -> Any:
    from symgd.descent.advance import descend as run

    if problem.arithmetic != "float" or problem.steps < _LONG or not sys.stderr.isatty():
        return run(problem)
    with click.progressbar(length=problem.steps, file=sys.stderr) as bar:
        return run(problem, bar.update)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    speak_utf8()
    try:
        status = cli.main(words, prog_name="symgd", standalone_mode=False)
        sys.stdout.flush()
    except SymgdError as error:
        language = language_of(asked_language(words))
        told = error.explain(language) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        click.echo(told, err=True)
        status = 2
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 0
    raise SystemExit(status if isinstance(status, int) else 0)
