"""The files of a class set: sheets of each variant, an index, and the questions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from symgd.descent.advance import descend
from symgd.descent.data import data_table, is_path
from symgd.descent.problem import Problem
from symgd.errors import InputError, Reason
from symgd.expressions.names import name_latex
from symgd.files import sweep, write_file, write_text_file
from symgd.handouts.handout import Handout
from symgd.handouts.page import Layout, html_page
from symgd.handouts.quiz import gift, moodle_xml, questions, quiz_table
from symgd.handouts.toml_files import toml_text
from symgd.handouts.variants import Variant, Variants, variants_of
from symgd.language import sentence
from symgd.workers.spread import spread

KINDS = ("worksheet", "key")
#: The file of data of all variants, in their folder.
DATA = "data.csv"


def written(
    source: Path,
    count: int,
    seed: int,
    folder: Path,
    language: str | None,
    *,
    form: str,
    jobs: int,
    resume: bool,
    **sheet: Any,
) -> tuple[int, int]:
    """Write everything; how many variants there are, and how many were asked for. Raises InputError."""
    spoken: dict[str, Any] = {"language": language} if language else {}
    found = variants_of(source, count, seed, **spoken)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("write", name=folder.name, reason=Reason(error)) from None
    if resume:
        sweep(folder)
    first = found.found[0].run.problem
    looks = {**first.handout, **{key: value for key, value in sheet.items() if value is not None}}
    width = max(2, len(str(len(found.found))))
    _copy_data(found.found[0].table, source, folder)
    tasks = [_task(variant, seed, source, folder, looks, width, form, resume) for variant in found.found]
    _all(_write, tasks, jobs)
    files = {variant.number: _files(variant.number, width, form) for variant in found.found}
    _index(found, folder, files, first, seed)
    asked = list(questions(found.found, first.language))
    category = first.title(first.language) or source.stem
    write_text_file(folder / "moodle.xml", moodle_xml(asked, category))
    write_text_file(folder / "questions.gift", gift(asked, category))
    table = quiz_table(found.found, seed, source.name, files)
    write_text_file(folder / "variants.json", json.dumps(table, ensure_ascii=False, indent=2) + "\n")
    _say(found, count, folder, first.language)
    return len(found.found), count


def _copy_data(table: Mapping[str, Any], source: Path, folder: Path) -> None:
    """The file of data beside the problem files that name it: a problem file reads none that lies elsewhere."""
    file = data_table(table.get("data")).get("file")
    if not is_path(file):
        return
    try:
        content = (source.parent / str(file)).read_bytes()
    except OSError as error:
        raise InputError("file", name=Path(str(file)).name, reason=Reason(error)) from None
    write_file(folder / DATA, content)


def _files(number: int, width: int, form: str) -> dict[str, str]:
    stem = f"variant-{number:0{width}}"
    return {**{kind: f"{stem}-{kind}.{form}" for kind in KINDS}, "problem": f"{stem}.toml"}


def _task(
    variant: Variant,
    seed: int,
    source: Path,
    folder: Path,
    looks: Mapping[str, Any],
    width: int,
    form: str,
    resume: bool,
) -> dict[str, Any]:
    """What one process needs to write the sheets of a variant."""
    language = variant.run.problem.language
    label = sentence(language, "sheet.variant", number=variant.number, seed=seed)
    handout = {**variant.table.get("handout", {}), **looks, "label": label}
    table = {**variant.table, "handout": {**handout, "language": language}}
    if is_path(data_table(table.get("data")).get("file")):
        table["data"] = {**data_table(table["data"]), "file": DATA}
    files = {key: str(folder / name) for key, name in _files(variant.number, width, form).items()}
    return {"table": table, "folder": str(folder), "files": files, "resume": resume}


def _write(task: Mapping[str, Any]) -> None:
    """The sheets of one variant, and last its problem file, which says that it is whole."""
    files = task["files"]
    if task["resume"] and _is_whole(task):
        return
    problem = Problem.from_table(task["table"], folder=task["folder"])
    run = descend(problem)
    for kind in KINDS:
        own = problem.replaced(kind=kind)
        Handout(type(run)(own, run.records, run.outcome, run.outgrown, run.proved), own.language).save(files[kind])
    write_text_file(Path(files["problem"]), toml_text(task["table"]))


def _is_whole(task: Mapping[str, Any]) -> bool:
    """Whether the files of a variant are there, and are of these very tables."""
    if not all(Path(name).exists() for name in task["files"].values()):
        return False
    try:
        return Path(task["files"]["problem"]).read_text(encoding="utf-8") == toml_text(task["table"])
    except (OSError, ValueError):
        return False


def _all(work: Callable[[Any], None], tasks: list[dict[str, Any]], jobs: int) -> None:
    """Each task, with a bar on a terminal; what was written stays where one fails."""
    _shown((None for _ in spread(work, tasks, jobs)), len(tasks))


def _shown(done: Iterable[None], count: int) -> None:
    if not sys.stderr.isatty():
        for _ in done:
            pass
        return
    with click.progressbar(length=count, file=sys.stderr) as bar:
        for _ in done:
            bar.update(1)


def _index(found: Variants, folder: Path, files: Mapping[int, Mapping[str, str]], problem: Problem, seed: int) -> None:
    """A page with a row for each variant: its files, and its numbers."""
    language = problem.language
    words = {word: sentence(language, f"variants.{word}") for word in ("number", *KINDS, "problem")}
    names = list(found.found[0].numbers)
    heads = [words["number"], *(words[kind] for kind in (*KINDS, "problem")), *map(_head, names)]
    rows = [heads, ["---"] * len(heads)]
    for variant in found.found:
        links = [f"[{words[kind]}]({files[variant.number][kind]})" for kind in (*KINDS, "problem")]
        rows.append([str(variant.number), *links, *(variant.table_text(name).replace("-", "−") for name in names)])
    own = problem.title(language)
    title = sentence(language, "variants.title", title=own) if own else sentence(language, "variants.untitled")
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    head = sentence(language, "variants.seed", seed=seed, count=len(found.found))
    page = html_page(f"{head}\n\n{table}\n", title=title, language=language, layout=Layout(files_beside=True))
    write_text_file(folder / "index.html", page)


def _head(spot: str) -> str:
    """The place of a range as it stands in the handout: a name, an entry of one, the learning rate."""
    table, _, rest = spot.partition(".")
    name, *places = rest.split(".")
    if spot == "optimizer.learning_rate":
        return r"$\eta$"
    if table not in ("start", "let", "data") or not all(place.isdigit() for place in places):
        return f"`{spot}`"
    entry = ",".join(str(int(place) + 1) for place in places)
    return f"${name_latex(name)}{f'[{entry}]' if entry else ''}$"


def _say(found: Variants, asked: int, folder: Path, language: str) -> None:
    count = len(found.found)
    click.echo(sentence(language, "variants.written", count=count, folder=folder), err=True)
    if count < asked:
        why = ", ".join(
            sentence(language, f"variants.refused-{reason}", count=times) for reason, times in found.refused.items()
        )
        key = "variants.fewer" if why else "variants.no-more"
        click.echo(sentence(language, key, count=count, asked=asked, why=why), err=True)
