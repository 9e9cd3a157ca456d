"""The command `symgd variants`: a class set of worksheets and keys, an index, and questions for other systems."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from symgd.commands.options import BLANKS, CONTEXT, LANGUAGE, LIMIT, PAPERS

_FORMATS = ("html", "md", "txt", "tex", "pdf")


@click.command(context_settings=CONTEXT)
@click.argument("problem", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("-n", "--count", default=10, show_default=True, type=click.IntRange(1), help="How many variants.")
@click.option("--seed", default=0, show_default=True, type=int, help="The same seed gives the same files.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="A folder.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="html", help="What sheets are written as.")
@click.option("--figures", metavar="none|all|contour,loss,...", help="Pictures of the keys.")
@click.option("--blank", type=click.Choice(BLANKS), help="What a worksheet leaves blank.")
@click.option("--points", type=int, help="What each blank is worth.")
@click.option("--paper", type=click.Choice(PAPERS), help="The paper that a page is printed on.")
@click.option("--large-print", is_flag=True, default=None, help="Large letters.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="So many processes.")
@click.option("--resume", is_flag=True, help="Leave sheets alone that are there already.")
@LIMIT
@LANGUAGE
def variants(problem: Path, count: int, seed: int, output: Path, language: str | None, **options: Any) -> None:
    """Variants of a problem with ranges: a worksheet, a key and a problem file each.

    A range stands in the place of a number: w1 = {from = 0.1, to = 0.9, step = 0.1}, or {choose = [1, 2]}. Beside the
    sheets the folder gets an index, the final values as questions for Moodle (XML and GIFT), and one JSON file of
    everything. The exit status is 1 if the ranges hold fewer variants.

    \b
    symgd variants examples/variants/bowl.toml -n 30 --seed 7 -o sheets
    """
    from symgd.commands.variant_files import written

    found, asked = written(problem, count, seed, output, language, **options)
    if found < asked:
        sys.exit(1)
