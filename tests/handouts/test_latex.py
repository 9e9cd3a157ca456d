"""LaTeX documents: balanced, escaped, with all the formulas of the Markdown; compiled where a TeX is at hand."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import symgd
from symgd.handouts.handout import Handout
from symgd.handouts.latex import latex_body, latex_document
from symgd.language import LANGUAGES
from tests.handouts.test_examples import FILES, handout

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\\)\$([^$\n]+?)\$", re.DOTALL)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_formula_goes_through(file: Path) -> None:
    for language in LANGUAGES:
        found = handout(file, language)
        document = found.tex()
        for display, inline in _FORMULA.findall(found.markdown()):
            assert (display or inline).strip() in document


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_environments_and_braces_are_balanced(file: Path) -> None:
    document = handout(file, "zh-TW").tex()
    opened: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", document):
        if kind == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert opened == []
    bare = re.sub(r"\\[{}\\]", "", document)
    assert bare.count("{") == bare.count("}")


def test_text_from_outside_is_text() -> None:
    title = r"50% of $x$ & \input{/etc/passwd} # ~ ^ _ { } < > | \\ η ①"
    document = symgd.explain("w^2", start={"w": 1}, steps=1, title=title).tex()
    heading = document.partition(r"\section*{")[2].partition("\n")[0]
    said = re.sub(r"\\text\w+\{\}|\\textcircled\{.*?\}\}?", "", heading).rstrip("}")
    for sign in "%&#_{}":
        assert not re.search(rf"(?<!\\){re.escape(sign)}(?![}}]*$)", said)
    assert r"\input" not in document
    assert r"$\eta$" in heading


def test_paper_language_and_size() -> None:
    assert r"\documentclass[11pt,letterpaper]{article}" in symgd.explain("w^2", start={"w": 1}, paper="letter").tex()
    assert "xeCJK" in latex_document("# 下", language="zh-TW")
    assert "xeCJK" not in latex_document("# Down", language="en")
    assert r"\Large" in symgd.explain("w^2", start={"w": 1}, large_print=True).tex()


def test_a_worksheet_has_its_blanks() -> None:
    handout = symgd.explain("w^2", start={"w": 1}, kind="worksheet", points=1)
    found = re.findall(r"\\underline\{\\hspace\{[\d.]+em\}\}_\{\((\d+)\)\}", handout.tex())
    assert {int(number) for number in found} == set(range(1, handout.document.blanks + 1))
    assert handout.tex().count("\n\\rule{0pt}{1.6em}\\dotfill\n") > 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_compiles(tmp_path: Path, language: str) -> None:
    if not shutil.which("xelatex"):
        pytest.skip("no XeLaTeX here")
    run = symgd.descend(symgd.Problem.load("examples/rows-of-data.toml"))
    Handout(run, language).save(tmp_path / "out.tex")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "out.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    if "xeCJK" in done.stdout and "not found" in done.stdout:
        pytest.skip("no xeCJK here")
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in done.stdout


def test_pictures_stand_beside_the_document(tmp_path: Path) -> None:
    """LaTeX had only what is said of them; the names are such as LaTeX takes."""
    made = symgd.explain("(w1 - 1)^2 + w2^2", start={"w1": 0, "w2": 1}, steps=2, figures="contour,loss")
    written = made.save(tmp_path / "a b%.tex")
    assert [file.name for file in written] == ["a-b--contour.pdf", "a-b--loss.pdf", "a b%.tex"]
    assert sorted(tmp_path.iterdir()) == sorted(written)
    text = written[-1].read_text(encoding="utf-8")
    assert r"{\detokenize{a-b--contour.pdf}}" in text
    assert r"graphicx" in text
    before = [file.read_bytes() for file in written]
    assert all(content.startswith(b"%PDF") for content in before[:2])
    made.save(tmp_path / "a b%.tex")
    assert [file.read_bytes() for file in written] == before
    assert "includegraphics" not in made.tex()


@pytest.mark.parametrize(("language", "title"), [("en", "The loss by update"), ("zh-TW", "每次更新後的損失")])
def test_a_picture_beside_the_document_has_its_title(language: str, title: str, tmp_path: Path) -> None:
    made = symgd.explain("(w - 1)^2", start={"w": 0}, steps=2, figures="loss", language=language)
    assert title in made.html()
    tex, markdown = (made.save(tmp_path / f"a.{ending}")[-1].read_text(encoding="utf-8") for ending in ("tex", "md"))
    assert rf"\textbf{{{title}}}" in tex[tex.index(r"\includegraphics") :]
    assert f"**{title}**" in markdown[markdown.index("](a-loss.svg)") :]


@pytest.mark.parametrize(
    "source", ["../a.pdf", "/etc/a.pdf", "http://x/a.pdf", "a}.pdf", "a.tex", "%2e%2e/a.pdf", "-a.pdf"]
)
def test_no_other_picture_is_taken_in(source: str) -> None:
    assert "includegraphics" not in latex_body(f"![x]({source})")
    assert r"\detokenize{a.pdf}" in latex_body("![x](a.pdf)")
