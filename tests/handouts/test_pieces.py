"""Functions in pieces as a school book writes them, in every format and language, and read back from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import symgd
from symgd.checking.pieces import Piece
from symgd.checking.said_cases import unfolded
from symgd.expressions.reader import read
from symgd.language import VARIABLE, catalogue

BENT = {
    "a maximum": ("max(w*x - 1, 0)^2", {"x": 2}),
    "huber": ("huber(w - 3, 1)", {}),
    "leaky": ("elu(w) + leaky_relu(w)", {}),
    "in pieces in pieces": ("piecewise((piecewise((w^2, w < 0), (w, true)), w < 1), (max(w, 1), true))", {}),
    "three pieces in a product": ("2*piecewise((w, w < 1), (2*w, w < 2), (3, true))^2", {}),
}


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("name", BENT)
def test_a_function_in_pieces_is_said_in_words_and_every_relation_of_it_is_decided(name: str, language: str) -> None:
    loss, let = BENT[name]
    handout = symgd.explain(loss, start={"w": "0.5"}, let=let, steps=1, language=language)
    for form, found in (
        ("markdown", symgd.audit(handout.markdown())),
        ("page", symgd.audit(handout.html(), "html")),
        ("text", symgd.audit(handout.text())),
        ("LaTeX", symgd.audit(handout.tex(), "tex")),
    ):
        assert not found.wrong, form
        assert not found.undecided, form
        assert found.true + found.definitions >= handout.relations, form
    said = ", if " if language == "en" else "，若 "
    assert said in handout.text()
    assert "piecewise" not in handout.text() + handout.markdown()


CASES: dict[str, tuple[str, Any]] = {
    "English": ("L = {w^2, if w < 1; 2, otherwise}", "L = piecewise((w^2, w < 1), (2, true))"),
    "Chinese": ("L = {w^2，若 w < 1；2，其他情況}", "L = piecewise((w^2, w < 1), (2, true))"),
    "a comma in a value": ("{max(a, b), if a > 0; 1, otherwise}", "piecewise((max(a, b), a > 0), (1, true))"),
    "inside": (
        "{{1, if a < 0; 2, otherwise}, if b < 1; 3, otherwise}",
        "piecewise((piecewise((1, a < 0), (2, true)), b < 1), (3, true))",
    ),
    "a set": ("{1, 2}", "{1, 2}"),
    "nothing otherwise": ("{1, if a < 0; 2}", "{1, if a < 0; 2}"),
    "a set, then cases": ("{1} {1, if a < 0; 2, otherwise}", "{1} piecewise((1, a < 0), (2, true))"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_in_braces_is_unfolded_and_keeps_its_places(name: str) -> None:
    said, plain = CASES[name]
    found = unfolded(Piece(said, range(len(said)), False))
    assert found.text == plain
    assert len(found.origin) == len(plain)
    assert found.origin[-1] == len(said) - 1


def test_the_words_of_another_language_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = '[word]\nif = "falls"\notherwise = "sonst"\n'
    cases = '[cases]\nbranch = "{value} falls {condition}"\nlast = "{value} sonst"\nbetween = " ; "\n'
    (tmp_path / "de.toml").write_text(words + cases, encoding="utf-8")
    (tmp_path / "broken.toml").write_text("x = [", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    handout = symgd.explain("huber(w - 3, 1)", start={"w": "0.5"}, steps=1, language="de")
    assert "{(w − 3)·1 falls |w − 3| ≤ 1 ; sign(w − 3)·1 sonst}" in handout.text()
    for form, text in (("", handout.text()), ("", handout.markdown()), ("html", handout.html())):
        found = symgd.audit(text, form)
        assert not found.wrong
        assert not found.undecided
    catalogue.cache_clear()


def test_a_false_value_of_cases_is_found_where_it_stands() -> None:
    relation = symgd.audit("w = 2\nL = {w^2, if w < 1; 3*w, otherwise} = 5").wrong[0]
    assert (relation.line, relation.column, relation.left) == (2, 5, "6")


@pytest.mark.parametrize("word", ["if", "若", "當"])
def test_the_word_before_a_condition_is_read(word: str) -> None:
    cases = rf"\begin{{cases}} a & \text{{{word} }} b > 0 \\ c & \text{{otherwise}} \end{{cases}}"
    assert read(cases) == read("piecewise((a, b > 0), (c, true))")
