"""The command line. Results go to stdout, all else to stderr; 0 is fine, 2 is input that cannot be used.

This module loads only click; what a command needs is loaded when it runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from click.shell_completion import shell_complete

from symgd import __version__
from symgd.commands.explaining import explain_error
from symgd.commands.options import (
    AT,
    BLANKS,
    CONTEXT,
    DATA,
    LANGUAGE,
    LET,
    LIMIT,
    PAPERS,
    PROBLEM,
    SOURCES,
    LossCommand,
    problem_of,
    run_of,
)
from symgd.commands.speaking import asked_language, end_when_asked, language_of, speak_utf8, write_no_more
from symgd.commands.templates import languages, limits, template
from symgd.commands.variants import variants
from symgd.errors import InputError, Reason, SymgdError
from symgd.language import add_languages, mended, sentence


def _take_languages(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        add_languages(value)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="symgd")
@click.option(
    "--languages",
    "_folder",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_take_languages,
    help="A folder with catalogues of further languages.",
)
@LIMIT
def cli() -> None:
    """Gradient descent, derived and explained: every printed line of arithmetic is true.

    \b
    symgd explain "(w - 3)^2" --at w=0.5 --steps 2
    symgd explain examples/five-steps.toml -o handout.html
    symgd gradient "z = w*x + b; (sigmoid(z) - 1)^2" --format python
    """


@cli.command(cls=LossCommand, context_settings=CONTEXT)
@PROBLEM
@click.option("--title", help="The title of the handout.")
@click.option("--kind", type=click.Choice(["worked", "worksheet", "key"]), help="What to write.")
@click.option("--explain-rate", is_flag=True, default=None, help="Add a part that explains the learning rate.")
@click.option("--figures", metavar="none|all|contour,loss,...", help="Pictures: contour, curve, loss, rates, data.")
@click.option("--pair", metavar="NAME,NAME", help="The two parameters of the contour lines.")
@click.option("--blank", type=click.Choice(BLANKS), help="What a worksheet leaves blank.")
@click.option("--points", type=int, help="What each blank of a worksheet is worth.")
@click.option("--reveal", is_flag=True, default=None, help="Fold the answers of each step (HTML).")
@click.option("--interactive/--static", default=None, help="Whether a page with pictures walks through the updates.")
@click.option("--paper", type=click.Choice(PAPERS), help="The paper that a page is printed on.")
@click.option("--large-print", is_flag=True, default=None, help="Large letters.")
@click.option("--template", type=click.Path(path_type=Path), help="A template of your own (see templates/handout.md).")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="OUT.html, .md, .txt, .tex, .pdf or .ipynb.")
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
    from symgd.commands.effects import idle_options
    from symgd.handouts.handout import Handout

    found = problem_of(problem, language=language, **options)
    for key in idle_options(options, found.kind, output):
        click.echo(sentence(found.language, f"idle.{key}"), err=True)
    handout = Handout(run_of(found), found.language, template)
    if output is not None:
        for name in handout.save(output):
            click.echo(sentence(found.language, "word.written", name=name), err=True)
    else:
        click.echo(handout.text() if sys.stdout.isatty() else handout.markdown(), nl=False)


@cli.command(cls=LossCommand, context_settings=CONTEXT)
@click.argument("problem", metavar="LOSS|FILE.toml")
@AT
@LET
@DATA
@click.option("--wrt", help="The parameters, split by commas.")
@click.option("--derivation", is_flag=True, help="Every step by named rule, before the result.")
@click.option("--hessian", is_flag=True, help="Second partial derivatives as well.")
@click.option("--format", "form", type=click.Choice(["text", "latex", "json", *SOURCES]), default="text")
@LIMIT
@LANGUAGE
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
    from symgd.commands.printing import gradient_output

    found = problem_of(problem, language=language, **options)
    names = [word.strip() for word in wrt.split(",")] if wrt else None
    click.echo(gradient_output(api.gradient(found, wrt=names), found, form, hessian, derivation))


@cli.command(cls=LossCommand, context_settings=CONTEXT)
@PROBLEM
@click.option("--json", "form", flag_value="json", help="The run as JSON.")
@click.option("--csv", "form", flag_value="csv", help="The run as CSV.")
@click.option("--no-bom", is_flag=True, help="CSV without a byte-order mark.")
def descend(problem: str | None, form: str | None, no_bom: bool, language: str | None, **options: Any) -> None:
    """The run as a table: point, loss, gradient and change of each update.

    \b
    symgd descend "(1 - a)^2 + 100*(b - a^2)^2" --at a=-1.2,b=1 --rate 0.001 --steps 5
    symgd descend examples/five-steps.toml --json
    """
    from symgd.commands.printing import descent_output

    found = problem_of(problem, language=language, **options)
    click.echo(descent_output(run_of(found), form or "text", bom=not no_bom), nl=form != "csv")


@cli.command(cls=LossCommand, context_settings=CONTEXT)
@click.argument("text", metavar="TEXT")
@click.option("--json", "as_json", is_flag=True, help="As JSON; a fault too.")
@click.option("--strict", is_flag=True, help="With the limits for students' text.")
@LIMIT
@LANGUAGE
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
    from symgd.commands.printing import parse_output

    output, status = parse_output(mended(text), as_json, strict, language_of(language))
    click.echo(output)
    if status:
        raise SystemExit(status)


@cli.command(context_settings=CONTEXT)
@click.argument(
    "text", metavar="TEXT.md|.html|.txt|.tex|.ipynb|.gift|.xml|-", type=click.Path(path_type=Path, allow_dash=True)
)
@click.option("--json", "as_json", is_flag=True, help="Every relation, as JSON.")
@LIMIT
@LANGUAGE
def audit(text: Path, as_json: bool, language: str | None) -> None:
    """Re-compute every equality printed in any text.

    The exit status is 1 if one of them is false. `=` needs exact equality, `≈` a correct rounding.

    \b
    symgd audit handout.html
    symgd audit homework.md --json
    """
    from symgd.commands.audit_printing import FORMS, audit_output
    from symgd.files import read_stream, read_text

    content = read_stream(sys.stdin.buffer) if str(text) == "-" else read_text(text)
    output, status = audit_output(content, FORMS.get(text.suffix.lower(), ""), as_json, language_of(language))
    click.echo(output)
    if status:
        raise SystemExit(status)


@cli.command(context_settings=CONTEXT)
@click.argument("problem", metavar="FILE.toml")
@click.argument("working", metavar="[WORKING.txt | -]", default="-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the feedback: .html, .md, .txt, .json.")
@click.option("--student", default="", help="Whose working it is.")
@LIMIT
@LANGUAGE
def check(problem: str, working: Path, as_json: bool, output: Path | None, student: str, language: str | None) -> None:
    """Verify a student's lines: the first wrong one, and the mistake by its name.

    The exit status is 1 if something is wrong, 3 if it could not be decided.

    \b
    symgd check examples/five-steps.toml working.txt
    echo "w1 = 0.5 + 0.01 = 0.51" | symgd check examples/five-steps.toml
    """
    from symgd.checking.marking import check as run
    from symgd.checking.notebooks import working_of
    from symgd.commands.check_printing import form_of, report_output, status_of
    from symgd.files import read_stream, read_text

    content = read_stream(sys.stdin.buffer) if str(working) == "-" else read_text(working)
    found = problem_of(problem, language=None)
    report, spoken = run(found, working_of(content), mended(student)), language or found.language
    if output is not None:
        from symgd.files import write_text_file

        write_text_file(output, report_output(report, form_of(output), spoken) + "\n")
        click.echo(f"{output}", err=True)
    else:
        click.echo(report_output(report, "json" if as_json else "text", spoken))
    if status := status_of(report):
        raise SystemExit(status)


@cli.command(context_settings=CONTEXT)
@click.argument("problem", metavar="FILE.toml")
@click.argument("submissions", metavar="SUBMISSIONS.csv|.jsonl", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the marks go: .csv, .json, .jsonl.")
@click.option("--format", "form", help="csv, json, jsonl, gradescope, nbgrader, moodle or canvas.")
@click.option("--feedback", type=click.Path(path_type=Path, file_okay=False), help="A folder for a page a student.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, help="So many processes.")
@click.option("--dask", metavar="ADDRESS", help="A Dask scheduler to spread the class over.")
@click.option("--resume", is_flag=True, help="Go on where a run that was stopped has ended.")
@click.option("--dry-run", is_flag=True, help="How the columns are taken, and three rows; writes nothing.")
@click.option("--strict", is_flag=True, help="Exit status 1 if an answer is wrong, 3 if one is not decided.")
@click.option("--no-bom", is_flag=True, help="CSV without a byte-order mark.")
@LIMIT
@LANGUAGE
def grade(problem: str, submissions: Path, output: Path | None, language: str | None, **options: Any) -> None:
    """Mark a whole class.

    \b
    symgd grade problem.toml class.csv -o marks.csv --feedback pages
    symgd grade problem.toml class.csv --dry-run
    """
    from symgd.commands.grading import run

    found = problem_of(problem, language=None)
    status = run(found, submissions, output, language or found.language, **options)
    if status:
        raise SystemExit(status)


@cli.command(context_settings=CONTEXT)
@LANGUAGE
def optimizers(language: str | None) -> None:
    """The table of methods with their equations and papers.

    \b
    symgd optimizers --language zh-TW
    """
    from symgd.commands.printing import optimizers_output

    click.echo(optimizers_output(language_of(language)), nl=False)


for command in (variants, template, languages, limits, explain_error):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    speak_utf8()
    end_when_asked()
    try:
        status = _status(words)
        sys.stdout.flush()
    except BrokenPipeError:
        status = 0
        write_no_more()
    except OSError as error:
        status = _refused(InputError("output", reason=Reason(error)), words)
        write_no_more()
    raise SystemExit(status)


def _status(words: list[str]) -> int:
    """Do what was asked for; the exit status."""
    try:
        return _invoked(words)
    except SymgdError as error:
        return _refused(error, words)
    except RecursionError:
        return _refused(InputError("recursion"), words)
    except click.ClickException as error:
        from symgd.commands.usage import told

        if type(error).__name__ == "NoArgsIsHelpError":  # newer than the oldest click that will do
            error.show()
            return error.exit_code
        return _refused(told(error), words)
    except (click.Abort, KeyboardInterrupt):
        return _stopped(words, 130)
    except SystemExit as leave:
        status = leave.code if isinstance(leave.code, int) else 0
        return _stopped(words, status) if status > 128 else status


#: By this variable a shell asks what a word may go on with.
_COMPLETION = "_SYMGD_COMPLETE"


def _invoked(words: list[str]) -> int:
    """What click's own `main` does, but for broken pipes: it leaves them with 1, which is a wrong answer here."""
    if asked := os.environ.get(_COMPLETION):
        return shell_complete(cli, {}, "symgd", _COMPLETION, asked)
    try:
        with cli.make_context("symgd", words) as context:
            cli.invoke(context)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    return 0


def _refused(error: SymgdError, words: list[str]) -> int:
    language = language_of(asked_language(words))
    if isinstance(error, InputError):
        click.echo(error.explain(language), err=True)
        click.echo(sentence(language, "explain-error.more", code=error.code), err=True)
    else:
        click.echo(f"{type(error).__name__}: {error}", err=True)
    return 2


#: Commands that keep what is finished.
_KEEPING = ("grade", "variants")


def _stopped(words: list[str], status: int) -> int:
    language = language_of(asked_language(words))
    keys = ["stop.stopped", *(["stop.kept"] if set(_KEEPING) & set(words[:3]) else [])]
    click.echo(" ".join(sentence(language, key) for key in keys), err=True)
    return status
