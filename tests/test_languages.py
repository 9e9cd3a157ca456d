"""A language of the user's own: one catalogue file in a folder; what it lacks, and what it may not do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from symgd.errors import InputError
from symgd.language import VARIABLE, catalogue, languages, missing_keys, sentence
from symgd.resources import template_folder

ENGLISH = (template_folder() / "languages" / "en.toml").read_text(encoding="utf-8")


def run(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    own = ["--languages", str(folder)] if folder else []
    command = [sys.executable, "-m", "symgd", *own, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture
def pirate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A whole language, every sentence of which says that it is from there."""
    marked = "".join(
        line.replace(' = "', ' = "Arr ', 1) if ' = "' in line and not line.startswith(("tag", "name =")) else line
        for line in ENGLISH.splitlines(keepends=True)
    )
    named = marked.replace('tag = "en"', 'tag = "en-x-pirate"', 1).replace('name = "English"', 'name = "Pirate"', 1)
    (tmp_path / "pirate.toml").write_text(named, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    catalogue.cache_clear()
    return tmp_path


def test_a_third_language_speaks_everywhere(pirate: Path, tmp_path: Path) -> None:
    assert languages() == ("en", "zh-TW", "pirate")
    assert missing_keys("pirate") == ()
    page = tmp_path / "out.html"
    done = run(
        "explain", "(w-3)^2", "--at", "w=1", "--language", "pirate", "--figures", "all", "-o", str(page), folder=pirate
    )
    assert done.returncode == 0, done.stderr
    assert 'lang="en-x-pirate"' in page.read_text(encoding="utf-8")
    (tmp_path / "p.toml").write_text('loss = "(w-3)^2"\nsteps = 1\n[start]\nw = 1\n')
    (tmp_path / "w.txt").write_text("dL/dw = 4\nw = 0.6\n")
    (tmp_path / "c.csv").write_text("student,working\na,w = 1.4\n")
    problem = str(tmp_path / "p.toml")
    for words in (
        ["explain", problem],
        ["gradient", problem, "--derivation"],
        ["descend", problem],
        ["check", problem, str(tmp_path / "w.txt")],
        ["audit", str(tmp_path / "w.txt")],
        ["grade", problem, str(tmp_path / "c.csv"), "-o", str(tmp_path / "m.csv")],
        ["optimizers"],
        ["parse", "w^2"],
    ):
        done = run(*words, "--language", "pirate", folder=pirate)
        assert "Arr " in done.stdout + done.stderr, words
        assert "Traceback" not in done.stderr
    done = run("parse", "w +", "--language", "pirate", folder=pirate)
    assert done.returncode == 2
    assert done.stderr.startswith("Arr ")


def test_what_a_catalogue_lacks_is_english_and_listed(tmp_path: Path) -> None:
    (tmp_path / "de.toml").write_text('[step]\nmove = "Bewegen"\n[made]\nup = "x"\n', encoding="utf-8")
    done = run("explain", "(w-3)^2", "--at", "w=1", "--language", "de", folder=tmp_path)
    assert "### ⑤ Bewegen" in done.stdout
    assert "### ③ Learning rate" in done.stdout
    listed = run("languages", folder=tmp_path)
    assert listed.stdout.splitlines()[-1] == f"de\tde\t{len(catalogue('en')) - 1}"
    lacking = run("languages", "de", folder=tmp_path)
    assert lacking.returncode == 1
    assert "step.rate\t" in lacking.stdout
    assert "step.move\t" not in lacking.stdout
    assert run("languages", "zh-TW").returncode == 0


def test_a_key_that_there_is_not_is_told(tmp_path: Path) -> None:
    """It was dropped without a word, so a slip of the pen was never found."""
    (tmp_path / "de.toml").write_text('[step]\nmov = "Bewegen"\n[made]\nup = "x"\n', encoding="utf-8")
    told = "The catalogue de.toml has a sentence step.mov that there is not: it is never said. Did you mean step.move?"
    for asked in (("explain", "(w-3)^2", "--at", "w=1", "--language", "de"), ("languages", "de")):
        done = run(*asked, folder=tmp_path)
        assert told in done.stderr.splitlines()
        assert "a sentence made.up that there is not" in done.stderr


BAD = {
    "no TOML": ("[step\n", "catalogue"),
    "no sentence": ("[step]\nmove = 3\n", "catalogue"),
    "another fact": ('[update]\nheading = "{z}"\n', "catalogue-fact"),
    "an attribute": ('[update]\nheading = "{k.__class__}"\n', "catalogue-fact"),
    "an index": ('[update]\nheading = "{k[0]}"\n', "catalogue-fact"),
    "a width": ('[update]\nheading = "{k:>999999999}"\n', "catalogue-fact"),
    "a conversion": ('[update]\nheading = "{k!r}"\n', "catalogue-fact"),
    "a lone brace": ('[update]\nheading = "{"\n', "catalogue-fact"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_catalogue_that_cannot_be_used_is_told(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, code = BAD[name]
    (tmp_path / "xx.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    catalogue.cache_clear()
    with pytest.raises(InputError) as caught:
        sentence("xx", "update.heading", k=1)
    assert caught.value.code == code
    assert caught.value.explain("zh-TW")


def test_what_is_wrong_with_the_language_itself_is_told_in_another(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text("[step\n", encoding="utf-8")
    done = run("explain", "(w-3)^2", "--at", "w=1", "--language", "xx", folder=tmp_path)
    assert done.returncode == 2
    assert "xx.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_markup_in_a_catalogue_is_no_markup_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text('[step]\nmove = "<script>alert(1)</script>"\n', encoding="utf-8")
    page = tmp_path / "o.html"
    run("explain", "(w-3)^2", "--at", "w=1", "--language", "xx", "-o", str(page), folder=tmp_path)
    assert "alert(1)" not in page.read_text(encoding="utf-8").replace("&lt;script&gt;alert(1)", "")


def test_a_folder_or_a_language_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert run("languages", folder=tmp_path / "none").returncode == 2
    done = run("explain", "w^2", "--at", "w=1", "--language", "fr")
    assert done.returncode == 2
    assert "fr" in done.stderr


def test_templates_are_listed_and_written(tmp_path: Path) -> None:
    assert "handout.md" in run("template").stdout.splitlines()
    assert run("template", "handout.md").stdout == (template_folder() / "handout.md").read_text(encoding="utf-8")
    assert run("template", "languages/en.toml", "-o", str(tmp_path / "mine" / "de.toml")).returncode == 0
    assert (tmp_path / "mine" / "de.toml").read_text(encoding="utf-8") == ENGLISH
    assert run("template", "../pyproject.toml").returncode == 2


def test_the_name_and_the_tag_of_a_copy_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "nl.toml").write_text(ENGLISH, encoding="utf-8")
    assert run("languages", folder=tmp_path).stdout.splitlines()[-1].split("\t") == ["nl", "nl", "2"]
    listed = run("languages", "nl", folder=tmp_path)
    assert (listed.returncode, listed.stdout) == (1, "language.tag\t'en'\nlanguage.name\t'English'\n")
    page = run("explain", "w", "--at", "w=1", "--language", "nl", "-o", str(tmp_path / "a.html"), folder=tmp_path)
    assert page.returncode == 0
    assert '<html lang="nl"' in (tmp_path / "a.html").read_text(encoding="utf-8")
