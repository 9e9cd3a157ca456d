"""Every refusal has a code, its place, and a remedy in both languages, as `templates/errors.toml` records them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from symgd.cli import cli
from symgd.commands.error_table import error_table, row_text
from symgd.language import LANGUAGES, catalogue
from tests.causes import cause, said

ROOT = Path(__file__).resolve().parent.parent
TABLE = error_table()
CODES = {key.split(".")[1] for key in catalogue("en") if key.startswith("error.") and key.count(".") == 2}
#: Functions that take a code, beside `InputError` itself.
RAISING = ("InputError", "fail", "_fault", "unknown")


def test_every_error_of_the_catalogues_has_a_row() -> None:
    assert set(TABLE) == CODES


@pytest.mark.parametrize("code", TABLE)
def test_the_example_causes_it_and_says_what_is_written(code: str) -> None:
    row = TABLE[code]
    error = cause(row)
    assert error is not None
    assert error.code == code
    assert said(error) == row.said


@pytest.mark.parametrize("code", TABLE)
def test_what_is_said_names_its_place(code: str) -> None:
    """A caret under the text, a file, or a word of what was typed."""
    row = TABLE[code]
    typed = " ".join([row.run, row.python, *row.files, *row.files.values(), *map(str, row.facts.values())])
    words = set(re.findall(r"\w+", typed.replace("--", "").replace("-", "_"))) | set(re.findall(r"\w+", typed)) - {
        "f",
        "a",
    }
    for language in LANGUAGES:
        told = row.said[language]
        assert "^" in told or words & set(re.findall(r"\w+", told)) or code in PLACELESS
        assert len(told.splitlines()) >= 2


#: What is about the whole of a problem or a run, and has no place in it.
PLACELESS = {
    *("empty", "empty-domain", "no-loss", "no-parameters", "no-second-arrays", "newton-needs-loss", "too-long"),
    *(
        "figure-too-large",
        "figure-two-parameters",
        "figure-one-parameter",
        "figure-no-columns",
        "figure-rates-schedule",
    ),
    *("figure-rates-none", "variants-float", "variants-spots", "resume-nowhere", "second-too-large", "several-rates"),
    *(
        "browser-missing",
        "browser-failed",
        "no-dask",
        "newton-too-large",
        "batch-handout",
        "output",
        "no-browser",
        "data-dash",
        "start-too-large",
        "no-marks",
        "recursion",
    ),
    *(f"variants-none-{why}" for why in ("irrational", "decimals", "flat", "rises", "fails")),
}


def raised(path: Path) -> Iterator[str]:
    """The codes that stand as text in the calls of a module that raise."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in RAISING:
            parts = ast.walk(node.args[0]) if node.args else ()
            texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            yield from (text for text in texts if re.fullmatch(r"[a-z]+(-[a-z]+)*", text))


def test_no_code_that_is_raised_lacks_a_row() -> None:
    found = {code for path in (ROOT / "symgd").rglob("*.py") for code in raised(path)}
    assert len(found) > 150
    assert found <= CODES


def test_no_row_is_of_a_code_that_nothing_raises() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "symgd").rglob("*.py"))
    made = {f"variants-none-{why}" for why in ("irrational", "decimals", "flat", "rises", "fails")}
    stems = {code.removesuffix("-close") for code in CODES - made}
    assert not [code for code in stems if f'"{code}' not in source]


# the command


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "symgd", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_a_refusal_names_its_code_and_the_command_explains_it() -> None:
    refused = run("parse", "2 3").stderr
    assert refused.splitlines()[-1] == "More: symgd explain-error two-numbers"
    assert run("explain-error", "two-numbers").stdout.rstrip("\n") == row_text(TABLE["two-numbers"], "en")
    chinese = run("explain-error", "two-numbers", "--language", "zh-TW").stdout
    assert chinese.startswith("two-numbers: 兩個數並排在一起。\n\n例如：\n  symgd parse '2 3'\n")


def test_a_misspelt_code_is_answered_and_codes_complete() -> None:
    assert "Did you mean two-numbers?" in run("explain-error", "two-number").stderr
    items = ShellComplete(cli, {}, "symgd", "_SYMGD_COMPLETE").get_completions(["explain-error"], "two-")
    assert [item.value for item in items] == ["two-numbers", "two-words"]


def test_without_a_code_all_are_listed() -> None:
    lines = run("explain-error").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(TABLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_can_be_shown(language: str) -> None:
    for row in TABLE.values():
        shown = row_text(row, language)
        assert row.code in shown
        assert "{" not in shown.replace("{long}", "") or row.files or row.python or "{" in row.said[language] + row.run
