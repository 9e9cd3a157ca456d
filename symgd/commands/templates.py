"""The commands `symgd template`, `languages` and `limits`: what may be changed, what a translation lacks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from symgd.commands.options import CONTEXT, LANGUAGE, LIMIT, unknown_told
from symgd.commands.speaking import language_of

#: What can be written out to be edited; `--template` takes a Markdown one.
SHIPPED = (
    *("handout.md", "languages/en.toml", "languages/zh-TW.toml"),
    *("page.html", "page.css", "figures.css", "print.css"),
)


@click.command(context_settings=CONTEXT)
@click.argument("name", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; else it goes to stdout.")
@LANGUAGE
def template(name: str | None, output: Path | None, language: str | None) -> None:
    """Write out a shipped template to edit, or list them.

    \b
    symgd template handout.md -o mine.md
    symgd explain examples/five-steps.toml --template mine.md -o handout.html
    """
    from symgd.errors import InputError
    from symgd.files import write_text_file
    from symgd.language import sentence
    from symgd.resources import template_folder

    if name is None:
        click.echo("\n".join(SHIPPED))
        return
    if name not in SHIPPED:
        raise InputError("one-of", name="template", value=name, known=", ".join(SHIPPED))
    text = (template_folder() / name).read_text(encoding="utf-8")
    if output is None:
        click.echo(text, nl=False)
    else:
        _make_folder(output.parent)
        write_text_file(output, text)
        click.echo(sentence(language_of(language), "word.written", name=output), err=True)


def _make_folder(folder: Path) -> None:
    """The folder that a copy is to stand in, such as one for languages."""
    from symgd.errors import InputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("write", name=folder.name, reason=error.strerror or "") from None


@click.command(context_settings=CONTEXT)
@click.argument("name", required=False)
def languages(name: str | None) -> None:
    """The languages there are, and how many sentences each lacks; with a NAME, which.

    Further languages are NAME.toml files in a folder: `symgd --languages FOLDER ...`, or SYMGD_LANGUAGES. The exit
    status is 1 if the language NAME lacks sentences, or has some that there are not.

    \b
    symgd template languages/en.toml -o mine/de.toml
    symgd --languages mine languages de
    """
    from symgd.language import catalogue, missing_keys, unknown_keys
    from symgd.language import languages as known

    if name is None:
        for word in known():
            click.echo(f"{word}\t{catalogue(word)['language.name']}\t{len(missing_keys(word))}")
        return
    lacking = missing_keys(name)
    for key in lacking:
        click.echo(f"{key}\t{catalogue('en')[key]!r}")
    for key in (unknown := unknown_keys(name)):
        click.echo(unknown_told(name, key), err=True)
    if lacking or unknown:
        sys.exit(1)


@click.command(context_settings=CONTEXT)
@LIMIT
@LANGUAGE
def limits(language: str | None) -> None:
    """The limits that hold what symgd takes: their names, for strangers' text and for your own, what they count.

    The strict column is for students' working, and for everything with `--limit strict`. The limits of an author's
    own files are never met by ordinary work.

    \b
    symgd descend "(w - 3)^2" --at w=0 --steps 2000000 --arithmetic float --limit steps=2000000
    """
    from symgd.language import sentence
    from symgd.limits import ROWS, allowed

    own, strict = allowed()
    for name in ROWS:
        what = sentence(language_of(language), f"limit.{name}")
        click.echo(f"{name:<20} {getattr(strict, name):>10} {getattr(own, name):>11}  {what}")
