"""The handout of a problem, handed in as its working, has no wrong line: worked and key, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

import symgd

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
#: Statuses of lines that are not right.
WRONG = {"slip", "carried", "lucky"}


def wrong_lines(problem: symgd.Problem, text: str) -> list[tuple[int, str, str]]:
    report = symgd.check(problem, text)
    assert sum(verdict.status == "ok" for verdict in report) >= 5
    return [(verdict.n, verdict.text, verdict.status) for verdict in report if verdict.status in WRONG]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("name", NAMES)
def test_a_worked_handout_is_right(name: str, language: str) -> None:
    text = (EXAMPLES / f"{name}.{language}.md").read_text(encoding="utf-8")
    assert wrong_lines(symgd.Problem.load(EXAMPLES / f"{name}.toml"), text) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_key_is_right_in_markdown_and_in_text(name: str) -> None:
    problem = symgd.Problem.load(EXAMPLES / f"{name}.toml")
    language = "en" if NAMES.index(name) % 2 else "zh-TW"
    key = symgd.explain(problem, kind="key", language=language)
    assert wrong_lines(problem, key.markdown()) == []
    assert wrong_lines(problem, key.text()) == []


def test_a_wrong_number_in_a_handout_is_found_where_it_stands() -> None:
    problem = symgd.Problem.load(EXAMPLES / "five-steps.toml")
    text = (EXAMPLES / "five-steps.en.md").read_text(encoding="utf-8")
    place = text.index("= 0.51")
    report = symgd.check(problem, text[:place] + "= 0.52" + text[place + 6 :])
    assert report.first_wrong_line == text[:place].count("\n") + 1


def test_what_a_loss_was_and_what_comes_behind_the_updates() -> None:
    problem = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=1)
    before = "# Update 1\ndL/dw = -5\nw = 1\n"
    told = "The loss was L = 6.25; after the move it is L = 4.\n# Pictures\nFrom w = 0.5 to w = 1, L = 6.25 to L = 4"
    assert symgd.check(problem, before + told).status == "correct"
    assert symgd.check(problem, before + "After the move L = 6.25").first_wrong_line == 4
    assert symgd.check(problem, before + "# Pictures\nFrom w = 0.5 to w = 2").first_wrong_line == 5


WORDS = """權重變化 = 學習率 × 負梯度 = 0.1×5 = 0.5
新權重 = 舊權重 + 權重變化 = 0.5 + 0.5 = 1
Δw = 學習率 × 負梯度 = 0.1 × 5 = 0.5
change = rate × negative gradient = 0.1 * 5 = 0.5
new weight = old weight + change = 0.5 + 0.5 = 1
w = w - 學習率*梯度 = 0.5 - 0.1*(-5) = 1
w_new = w_old - learning_rate * gradient = 0.5 - 0.1*(-5) = 1
w_new = w_old - lr * grad = 0.5 - 0.1*(-5) = 1
負梯度 = −梯度 = −(−5) = 5"""


@pytest.mark.parametrize("line", WORDS.split("\n"))
def test_words_inside_of_a_formula_are_signs(line: str) -> None:
    problem = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=1)
    first = symgd.check(problem, line).verdicts[0]
    assert (first.text, first.status) == (line, "ok")
    wrong = line.replace(" + ", " - ", 1) if " + " in line else line.replace("5", "6")
    assert symgd.check(problem, wrong).verdicts[0].status == "slip"


def test_words_of_one_parameter_among_several() -> None:
    problem = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=1)
    text = "Δw1 = 學習率 × 負梯度 = 0.1 × 0.1 = 0.01\nw_1 = w_1 + change = 0.5 + 0.01 = 0.51"
    text += "\nw2 = 舊權重 + 權重變化 = 0.22"
    assert symgd.check(problem, text).status == "correct"
