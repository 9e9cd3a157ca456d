"""What is rare in a handout: letters without width, halves of pairs, questions of other methods, empty tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from symgd.handouts import latex
from symgd.handouts.graph_text import escaped
from symgd.handouts.quiz import questions, quiz_table
from symgd.handouts.variants import variants_of
from symgd.language import LANGUAGES, mended

BOWL: dict[str, Any] = {"loss": "(w - 3)^2", "steps": 2, "start": {"w": {"choose": ["0.5", "0.25"]}}}


def test_halves_of_pairs_are_no_letters() -> None:
    assert mended("a\ud800b") == "a?b"
    assert mended("\udce6\udca2\udcaf") == "梯"
    assert mended("plain") == "plain"
    assert mended("梯") == "梯"


def test_what_means_something_in_svg_is_escaped() -> None:
    assert escaped("a < b & \"c\" > 'd'") == "a &lt; b &amp; &quot;c&quot; &gt; &#x27;d&#x27;"


def test_a_mark_over_a_letter_takes_no_room() -> None:
    from symgd.handouts.graph_text import _share

    assert _share("\N{COMBINING ACUTE ACCENT}") == 0
    assert _share("梯") > _share("w") > 0


def test_a_formula_that_defines_is_shown_as_its_source() -> None:
    assert latex._formula(r"\def\x{1}", display=False) == r"\texttt{\textbackslash{}def\textbackslash{}x\{1\}}"
    assert latex._formula("w = 1", display=False) == "$w = 1$"
    assert latex._formula("w = 1", display=True) == "\\[\nw = 1\n\\]"
    assert latex._table([], []) == ""


def asked(**table: Any) -> list[Any]:
    return list(questions(variants_of(BOWL | table, 1).found, "en"))


def test_questions_say_the_method_and_the_numbers_that_are_given() -> None:
    (weight, loss) = asked(optimizer={"name": "momentum", "learning_rate": "0.1", "momentum": "0.5"})
    assert "momentum" in weight.text.lower()
    assert r"\(\mu = 0.5\)" in weight.text
    assert weight.name != loss.name
    (plain, _) = asked()
    assert "momentum" not in plain.text.lower()


def test_a_method_without_settings_is_told_by_its_equations_alone() -> None:
    (weight, loss) = asked(optimizer={"name": "newton"})
    assert "newton" in weight.text.lower()
    assert r"\Delta w \leftarrow \eta\,p" in weight.text
    assert (weight.answer, loss.answer) == ("3", "0")


@pytest.mark.parametrize("steps", [1, 2])
def test_what_is_answered_is_the_last_update_that_was_made(steps: int) -> None:
    """Newton's method is at the minimum after one update, and what would move nothing from there is no answer."""
    (weight, _) = asked(optimizer={"name": "newton"}, steps=steps)
    assert "= 0.5 + 2.5 = 3" in weight.feedback
    assert "after update 1?" in weight.text


def test_answers_are_what_is_written_in_the_end() -> None:
    (weight, loss) = asked(loss="exp(w)", steps=1, arithmetic="round:3")
    assert {weight.answer, loss.answer} <= {"0.335", "1.398", "0.122", "1.13"}
    assert weight.tolerance == loss.tolerance == "0.0005"


def test_a_table_of_answers() -> None:
    found = variants_of(BOWL, 2).found
    table = quiz_table(found, 7, "bowl.toml", {variant.number: {"problem": "p"} for variant in found})
    assert (table["seed"], table["source"], len(table["variants"])) == (7, "bowl.toml", 2)
    assert {row["number"] for row in table["variants"]} == {1, 2}
    for row in table["variants"]:
        assert set(row["answers"]) == {"w", "L"}


@pytest.mark.parametrize("given", [True, False])
def test_questions_of_a_given_gradient(given: bool) -> None:
    table: dict[str, Any] = {"gradient": {"w": "2*(w - 3)"}, "steps": 1, "start": {"w": {"choose": ["0.5"]}}}
    made = variants_of(table if given else BOWL, 1).found
    assert len(list(questions(made, "en"))) == (1 if given else 2)
    (row,) = quiz_table(made, 0, "p.toml", {1: {}})["variants"]
    assert set(row["answers"]) == ({"w"} if given else {"w", "L"})


def test_a_language_that_is_not_there_and_one_that_is_too_deep(tmp_path: Path) -> None:
    from symgd.errors import InputError
    from symgd.language import add_languages, own_sentences

    (tmp_path / "de.toml").write_text(f"a = {'[' * 200}{']' * 200}\n", encoding="utf-8")
    add_languages(tmp_path)
    for language, code in (("xx", "one-of"), ("de", "limit")):
        with pytest.raises(InputError) as caught:
            own_sentences(language)
        assert caught.value.code.startswith(code) or caught.value.code == "nesting"


def test_a_worker_that_dies_over_a_template_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import symgd
    from symgd import workers
    from symgd.workers import Answer

    class Dying:
        def call(self, *_: object) -> Answer:
            return Answer("crashed", None, "EOFError")

    (tmp_path / "mine.md").write_text("<< title >>", encoding="utf-8")
    monkeypatch.setattr(workers, "shared_pool", lambda _: Dying())
    with pytest.raises(symgd.InputError) as caught:
        symgd.explain("(w - 3)^2", template=tmp_path / "mine.md", start={"w": "0.5"}, steps=1).markdown()
    assert "EOFError" in caught.value.explain()


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ("momentum", [r"\(m \leftarrow \mu \cdot m + g\)", r"\(m = 0\)", r"\(\mu = 0.9\)"]),
        ("adam", [r"\(m = 0\)", r"\(v = 0\)", r"\(t\)", r"\(\beta_{2} = 0.999\)"]),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_tells_the_equations_and_where_they_start(method: str, says: list[str], language: str) -> None:
    table = {**BOWL, "optimizer": {"name": method, "learning_rate": "0.25"}, "arithmetic": "round:3"}
    text = next(questions(variants_of(table, 1).found, language)).text
    assert [part for part in says if part not in text] == []
    assert "weight_decay" not in text
