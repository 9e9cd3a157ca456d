"""How a handout is to look: the keys of [handout], read and refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import symgd
from symgd.cli import cli
from symgd.descent.files import SHEET
from symgd.handouts.sheet import FIGURES, Sheet, sheet_of
from symgd.language import LANGUAGES, sentence


def test_every_key_that_a_file_may_hold_is_read() -> None:
    assert set(SHEET) == {*Sheet.__slots__}


@pytest.mark.parametrize(
    ("value", "figures"),
    [
        ("none", ()),
        ("", ()),
        ([], ()),
        ("all", FIGURES),
        ("loss, contour,loss", ("loss", "contour")),
        (["data"], ("data",)),
    ],
)
def test_figures(value: object, figures: tuple[str, ...]) -> None:
    assert sheet_of({"figures": value}).figures == figures


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("figures", "contours", "one-of"),
        ("figures", 3, "one-of"),
        ("figures", "none,loss", "figures-none"),
        ("figures", "all,none", "figures-none"),
        ("pair", "w1", "not-a-pair-of-names"),
        ("pair", "w1,w1", "not-a-pair-of-names"),
        ("blank", "some", "one-of"),
        ("points", -1, "whole"),
        ("paper", "a5", "one-of"),
        ("large_prnt", True, "unknown-key-close"),
    ],
)
def test_what_means_nothing_is_refused(key: str, value: object, code: str) -> None:
    with pytest.raises(symgd.InputError) as caught:
        sheet_of({key: value})
    assert caught.value.code == code


def test_keys_stand_in_the_file_and_are_overridden_one_by_one() -> None:
    table = {"loss": "w^2", "start": {"w": "1"}, "handout": {"paper": "letter", "points": 2}}
    problem = symgd.Problem.from_table(table)
    sheet = symgd.explain(problem, points=3).sheet
    assert (sheet.paper, sheet.points) == ("letter", 3)


def test_the_command_line_offers_what_a_sheet_takes() -> None:
    from symgd.commands import options
    from symgd.handouts import sheet

    assert (options.BLANKS, options.PAPERS) == (sheet.BLANKS, sheet.PAPERS)


IDLE = {
    "reveal in Markdown": ("--reveal", "worked", "a.md", "reveal"),
    "reveal on a worksheet": ("--reveal", "worksheet", "a.html", "reveal"),
    "points of a worked handout": ("--points=2", "worked", "a.html", "points"),
    "blanks of a worked handout": ("--blank=final", "worked", "a.html", "blank"),
    "paper of a terminal": ("--paper=letter", "worked", "a.txt", "paper"),
    "large letters in Markdown": ("--large-print", "key", "a.md", "large_print"),
    "pictures on a worksheet": ("--figures=loss", "worksheet", "a.html", "figures"),
    "a part that gives answers away": ("--explain-rate", "worksheet", "a.html", "explain_rate"),
    "a static sheet": ("--static", "key", "a.html", "interactive"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("option", "kind", "file", "key"), IDLE.values(), ids=IDLE)
def test_an_option_that_changes_nothing_is_told(
    option: str, kind: str, file: str, key: str, language: str, tmp_path: Path
) -> None:
    words = ["explain", "w^2", "--at", "w=1", "--kind", kind, "--language", language, "-o", str(tmp_path / file)]
    plain, given = CliRunner().invoke(cli, words), CliRunner().invoke(cli, [*words, option])
    told = sentence(language, f"idle.{key}")
    assert (told in plain.stderr, told in given.stderr) == (False, True)
    assert given.exit_code == 0


USED = {
    "reveal": ("--reveal", "worked", "a.html"),
    "points": ("--points=2", "key", "a.md"),
    "paper": ("--paper=letter", "worksheet", "a.tex"),
    "figures": ("--figures=loss", "key", "a.md"),
    "no figures": ("--figures=none", "worksheet", "a.md"),
}


@pytest.mark.parametrize(("option", "kind", "file"), USED.values(), ids=USED)
def test_an_option_that_is_used_is_not_told(option: str, kind: str, file: str, tmp_path: Path) -> None:
    words = ["explain", "w^2", "--at", "w=1", "--kind", kind, "-o", str(tmp_path / file), option]
    assert len(CliRunner().invoke(cli, words).stderr.splitlines()) == 1
