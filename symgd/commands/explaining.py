"""The command `symgd explain-error`: what an error means, an example that causes it, and what to do."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from symgd.commands.options import CONTEXT, LANGUAGE
from symgd.commands.speaking import language_of


def _codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes that begin as what is typed."""
    from symgd.commands.error_table import error_table

    rows = [row for row in error_table().values() if row.code.startswith(incomplete)]
    return [CompletionItem(row.code, help=row.message("en").splitlines()[0]) for row in rows]


@click.command("explain-error", context_settings=CONTEXT)
@click.argument("code", required=False, shell_complete=_codes)
@LANGUAGE
def explain_error(code: str | None, language: str | None) -> None:
    """What an error means, an example that causes it, and what to do; without a CODE, all of them.

    \b
    symgd explain-error two-numbers
    symgd explain-error --language zh-TW
    """
    from symgd.commands.error_table import found_row, list_text, row_text

    spoken = language_of(language)
    click.echo(row_text(found_row(code), spoken) if code else list_text(spoken))
