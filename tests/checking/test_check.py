"""A working line by line: statuses, follow-through, updates, notations, marks, and the feedback's own truth."""

from __future__ import annotations

import json
import random
import time
from fractions import Fraction
from typing import Any

import pytest

import symgd
from symgd.checking.facts import facts_of
from symgd.checking.feedback import known_mistakes
from symgd.checking.misconceptions import ROWS
from symgd.checking.world import Key, World
from symgd.numbers.systems import rational

FIRST: dict[str, Any] = {
    "loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2",
    "start": {"w1": "0.5", "w2": "0.2"},
    "learning_rate": "0.1",
    "steps": 2,
}
NEURON: dict[str, Any] = {
    "loss": "z=w*x+b; a=sigmoid(z); L=(a-y)^2",
    "start": {"w": "0.5", "b": 0},
    "let": {"x": 2, "y": 1},
    "steps": 1,
}


def statuses(problem: dict[str, Any], text: str, **more: Any) -> list[str]:
    report = symgd.check(symgd.Problem(**problem, **more), text)
    return [verdict.status for verdict in report if verdict.status != "missing"]


RIGHT = """update 1
dL/dw1 = 2*(w1 - 0.55) = 2*(0.5 - 0.55) = -0.1
∂L/∂w2 = 2(0.2 - 0.3) = -0.2
-grad = (0.1, 0.2)
and then the change:
Δw1 = 0.1*0.1 = 0.01
w1 = 0.5 + 0.01 = 0.51
The new weight is w2 = 0.2+0.02=0.22.
第 2 次更新
dL/dw1 = 2*(0.51-0.55) = -0.08
w1 = 0.51+0.008 = 0.518
w2[2] ＝ 0.22 + 0.016 ＝ 0.236
L = 0.005120
"""


def test_a_right_working_is_right_in_every_notation() -> None:
    report = symgd.check(symgd.Problem(**FIRST), RIGHT)
    assert report.status == "correct", [(v.n, v.status) for v in report]
    assert report.score == report.max_score == 11
    assert [verdict.step for verdict in report][-3:] == [2, 2, 2]


@pytest.mark.parametrize(
    "line",
    [
        r"$\frac{\partial L}{\partial w_1} = 2(0.5 - 0.55) = -0.1$",
        r"$$-\frac{\partial L}{\partial w_1} = 0.1$$",
        r"\nabla L = (-0.1, -0.2)",
        "grad = (-0.1, -0.2)",
        "ｄＬ／ｄｗ１＝－０．１",
        "delta w1 = 0.01",
        "w1_new = 0.51",
        "w1^(1) = 0.51",
        "w1[1] = 0.51",
        "w1 ← w1 + Δw1 = 0.51",
        "w1 = w1 - eta*dL/dw1 = 0.51",
        "L = (0.5-0.55)^2 + (0.2-0.3)^2 = 0.0125",
        "η = 0.1",
    ],
)
def test_notations(line: str) -> None:
    found = statuses(FIRST, line)
    assert found
    assert set(found) == {"ok"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dL/dw1 = 0.1\nw1 = 0.5 - 0.01 = 0.49\nupdate 2\ndL/dw1 = 2*(0.49-0.55) = -0.12", "slip carried carried"),
        ("dL/dw1 = 0.1\nw1 = 0.51", "slip lucky"),
        ("w1 = 0.5 + 0.02 = 0.51", "slip"),
        ("0.5 + 0.01 = 0.51\n0.1*0.1 = 0.1", "ok slip"),
        ("dL/dw1 = foo(2)\nw1 = 0.51", "unknown ok"),
        ("dL/dw1 = 0\nw1 = 0.5 - 0 = 0.5", "slip slip"),  # nothing moves: no follow-through
        ("w1 = 0.51 ≈ 0.5", "format"),
        ("I thought about it.\nw1 is 0.51, I think", "ok"),
        ("I thought about it.\nMaybe 0.51 is right", ""),
    ],
)
def test_statuses(text: str, expected: str) -> None:
    assert statuses(FIRST, text) == expected.split()


def test_rounded_working() -> None:
    lines = "z = 1\na = sigmoid(1) ≈ 0.7311\nL ≈ 0.0723\nda/dz = a(1-a) ≈ 0.1966\ndL/dw ≈ -0.2115\nw ≈ 0.52115"
    assert set(statuses(NEURON, lines)) == {"ok"}
    assert statuses(NEURON, "a = 0.7311") == ["format"]  # = for a rounding
    assert statuses(NEURON, "a = 0.73", marks={"decimals": 2}) == ["ok"]
    assert statuses(NEURON, "a = 0.73", marks={"decimals": 4}) == ["format"]
    assert statuses(NEURON, "a = 0.7312", marks={"decimals": 4}) == ["slip"]


def test_nothing_is_named_from_one_line_that_fits_three_rows() -> None:
    report = symgd.check(symgd.Problem(**FIRST), "w1 = 0.6")
    assert report.first_wrong is not None
    assert report.first_wrong.named == ""
    assert {found.id for found in report.first_wrong.diagnosis} == {"rate-forgotten", "rate-alone", "decimal-point"}
    assert "perhaps" not in report.text()


def test_a_second_line_decides() -> None:
    report = symgd.check(symgd.Problem(**FIRST), "w1 = 0.5 + 0.1 = 0.6\nw2 = 0.2 + 0.1 = 0.3")
    assert report.mistakes == ("rate-alone",)


def test_every_row_has_its_sentences() -> None:
    ids = {row.id for row in ROWS} | {"truncated", "rounded-early", "digits-swapped", "unequal-chain"}
    for language in ("en", "zh-TW"):
        assert set(known_mistakes(language)) == ids


def test_marks() -> None:
    text = "dL/dw1 = 0.1\nw1 = 0.49\nw2 = 0.22"

    def score(**marks: Any) -> tuple[Any, Any]:
        report = symgd.check(symgd.Problem(**{**FIRST, "steps": 1}, marks=marks), text)
        return report.score, report.max_score

    assert score() == (2, 3)
    assert score(points=2) == (4, 6)
    assert score(follow_through=False) == (1, 3)
    assert score(penalty="0.5") == (Fraction(3, 2), 3)
    assert score(quantities={"w1[1]": 3, "w2[1]": 1, "dL/dw2": 2}) == (4, 6)
    with pytest.raises(symgd.InputError, match="follow_through"):
        score(folow_through=False)
    with pytest.raises(symgd.InputError) as caught:
        score(quantities={"dL/dq": 1})
    assert caught.value.code == "unknown-quantity"


def test_a_formula_is_checked_for_all_values_and_not_for_one() -> None:
    report = symgd.check(symgd.Problem("w^2", start={"w": 2}, steps=1), "dL/dw = w^2 = 4")
    assert report.first_wrong is not None
    shown = report.first_wrong.counterexample
    assert shown is not None
    assert shown.student != shown.expected


@pytest.mark.parametrize("form", ["2*w1 - 1.1", "(4*w1 - 2.2)/2", "-2*(0.55 - w1)", "sin(w1)^2*0 + 2*(w1-0.55)"])
def test_any_algebraic_form_of_a_gradient_is_right(form: str) -> None:
    assert statuses(FIRST, f"dL/dw1 = {form}") == ["ok"]


def test_any_optimizer() -> None:
    setting = {"loss": "(w-3)^2", "start": {"w": 1}, "steps": 2}
    momentum = "m[w] = -4\nw = 1.4\nm[w] = 0.9*(-4) - 3.2 = -6.8\nw = 1.4 + 0.68 = 2.08"
    assert set(statuses(setting, momentum, optimizer="momentum")) == {"ok"}
    adam = "m = -0.4\nv = 0.016\nmhat[w] = -0.4/(1-0.9) = -4\nvhat[w] = 0.016/0.001 = 16\nw ≈ 1.1"
    assert set(statuses(setting, adam, optimizer="adam")) == {"ok"}


def test_the_json_is_as_it_was_decided() -> None:
    report = symgd.check(symgd.Problem(**FIRST, title="Five steps"), "w1 = 0.49\nw2 = ??", student="s001")
    table = json.loads(json.dumps(report.table("en")))
    assert table["schema"] == "symgd/check/1"
    assert (table["student"], table["first_wrong_line"]) == ("s001", 1)
    assert list(table["lines"][0]) == [
        *("n", "text", "quantity", "step", "verdict", "certainty", "status", "expected", "counterexample"),
        *("diagnosis", "credit", "column"),
    ]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_what_the_feedback_prints_itself_is_true(language: str) -> None:
    report = symgd.check(symgd.Problem(**FIRST), "dL/dw1 = (w1 - 0.55) = -0.05\nw1 = 0.505")
    text = report.markdown(language)
    own = text[text.index("$$") :]
    assert symgd.audit(own).false == 0
    assert symgd.audit(own).true >= 2


def test_text_of_a_student_is_never_live() -> None:
    hostile = "dL/dw1 = <script>alert(1)</script> = `x` | [a](javascript:b) $\\href{javascript:c}{d}$ = 0.3"
    page = symgd.check(symgd.Problem(**FIRST), hostile, student="<img src=x onerror=y>").html()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    "text", ["", "\0", "=" * 5000, "w1 = " + "(" * 3000, "w1 = 9^9^9^9", "w1 = " + "1+" * 9000 + "1"]
)
def test_no_text_raises(text: str) -> None:
    report = symgd.check(symgd.Problem(**FIRST), text)
    assert report.status in ("incorrect", "undecided", "partial")


def test_a_working_that_takes_too_long_is_undecided_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symgd.checking.readings.DEADLINE", -1)
    report = symgd.check(symgd.Problem(**FIRST), RIGHT)
    assert report.status == "undecided"
    assert "too long" in report.text("en")


SQUARES: dict[str, Any] = {
    "loss": "mean((X*w - y)^2)",
    "data": {"X": [[1, 2], [3, -4]], "y": [1, 0]},
    "start": {"w": ["0.5", "-0.25"]},
    "learning_rate": "0.05",
    "steps": 1,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dL/dw = 2/n*X'*(X*w - y) = (6.5, -12)\nw = (0.175, 0.35)", "ok ok"),
        ("grad = (6.5, -12)", "ok"),
        (r"\nabla L = \begin{bmatrix} 6.5 \\ -12 \end{bmatrix}", "ok"),
        ("dL/dw = (6, -12)\nw = (0.2, 0.35)", "slip carried"),
        ("w = (0.175, 0.36)", "slip"),
        ("w = (0.175, foo(1))", "unknown"),
    ],
)
def test_vectors(text: str, expected: str) -> None:
    assert statuses(SQUARES, text) == expected.split()


def test_a_matrix_that_was_not_transposed() -> None:
    wrong = "dL/dw = (4, -13)"  # X·(Xw − y) for Xᵀ·(Xw − y)
    assert symgd.check(symgd.Problem(**SQUARES), wrong).mistakes == ("transposed",)


def test_a_sum_along_the_wrong_axis() -> None:
    wrong = "dL/dw = (-3, -2.5)"  # the residuals times the sums of the rows of X, for sums down its columns
    assert symgd.check(symgd.Problem(**SQUARES), wrong).mistakes == ("wrong-axis",)


# generated workings -------------------------------------------------------------------------------------------------

PROBLEMS: dict[str, dict[str, Any]] = {
    "valley": FIRST,
    "coupled": {"loss": "(1-a)^2 + (b-a^2)^2", "start": {"a": "0.5", "b": 1}, "learning_rate": "0.1", "steps": 2},
    "row": {"loss": "(w*x+b-y)^2", "start": {"w": 1, "b": "0.5"}, "let": {"x": 2, "y": 1}, "steps": 2},
    "momentum": {"loss": "(w-3)^2 + v^2/2", "start": {"w": 1, "v": "0.4"}, "optimizer": "momentum", "steps": 2},
}


def text_of(value: Any) -> str:
    return str(Fraction(int(value.p), int(value.q)))


@pytest.mark.parametrize("seed", range(50))
@pytest.mark.parametrize("name", PROBLEMS)
def test_the_first_wrong_line_of_generated_workings(name: str, seed: int) -> None:
    choose = random.Random(f"{name} {seed}")
    problem = symgd.Problem(**PROBLEMS[name])
    facts = facts_of(problem)
    per = len(facts.slopes) * 2
    count = choose.choice((1, 1, 2))
    at = sorted(choose.sample(range(per * problem.steps), count))
    lines, stated, number = list[str](), dict[Key, Any](), 0
    wrong: list[int] = []
    for step in range(problem.steps):
        lines.append(f"update {step + 1}")
        keys = [(slope, Key(slope, "", step)) for slope in facts.slopes.values()]
        keys += [(f"{word}[{step + 1}]", Key("w", word, step + 1)) for word in problem.parameters]
        for shown, key in keys:
            value = World(problem, stated).value(key)
            if number in at:
                value = value + rational(Fraction(choose.choice((-3, -1, 1, 2)), choose.choice((7, 10, 100))))
                stated[key] = value
            lines.append(f"{shown} = {text_of(value)}")
            if number in at:
                wrong.append(len(lines))
            number += 1
    report = symgd.check(problem, "\n".join(lines))
    slipped = [verdict.n for verdict in report if verdict.status == "slip"]
    assert report.first_wrong_line == wrong[0]
    assert set(slipped) <= set(wrong)


BOWL = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=2)
LINE = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=2)


@pytest.mark.parametrize(
    "text", ["dL/dw = sum(i^2, i, 1, 10^9)", r"\sum_{i=1}^{99999999} i = 1", "sum(i,i,1,10^7) = 3"]
)
def test_a_sum_without_end_is_undecided_at_once(text: str) -> None:
    begun = time.monotonic()
    assert symgd.check(LINE, text).status == "undecided"
    assert symgd.equivalent("sum(i, i, 1, 10^8)", "1").verdict == "unknown"
    assert time.monotonic() - begun < 2


def test_only_quantities_earn_points_each_once() -> None:
    assert symgd.check(BOWL, "1 + 1 = 2\n" * 50).score == 0
    assert symgd.check(BOWL, "w1 = 0.5\nw2 = 0.2\nw1 = 0.5\nw2 = 0.2").score == 0
    again = symgd.check(LINE, "dL/dw = -5\nw = 1\nw = 1\ndL/dw = -4\nw = 1.4")
    assert again.score == again.max_score == 4
    weighted = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=2, marks={"quantities": {"w[2]": 2}})
    assert symgd.check(weighted, "w[2] = 1.4\nw[2] = 1.5\nw[2] = 1.4").score == 2
    assert symgd.check(weighted, "w[2] = 1.4\nw[2] = 1.5").score == 0


@pytest.mark.parametrize(
    "text",
    [
        "dL/dw1 = -0.1\ndL/dw2 = -0.2\nw1 = 0.51\nw2 = 0.22\nAnswer: w1 = 0.51, w2 = 0.22",
        "dL/dw1=-0.1\nw1 = 0.51\n$w_1 = 0.51$\ndL/dw2 = –0.2",
        "∂L/∂w₁ = 2(w₁−0.55) = −0.1",
        "update 2\nw1 = 0.51\ndL/dw1 = -0.08\nw1=0.518",
        "update 2: start from w1 = 0.51, w2 = 0.22\ndL/dw1 = -0.08\ndL/dw2 = -0.16\nw1=0.518\nw2 = 0.236",
        "w1 = 0.5 + 0.1✕0.1 = 0.51",
    ],
)
def test_other_ways_to_say_what_is_right(text: str) -> None:
    assert {verdict.status for verdict in symgd.check(BOWL, text)} <= {"ok", "missing"}


def test_a_current_weight_that_is_said_again_is_no_update() -> None:
    text = "當 w = 0.5，dL/dw = 2(0.5-3) = -5\n更新：w = 1\n當 w = 1，dL/dw = -4\n更新：w = 1.4"
    assert {verdict.status for verdict in symgd.check(LINE, text)} == {"ok"}


def test_what_adam_adds_below_the_root_need_not_be_written() -> None:
    problem = LINE.replaced(optimizer="adam", learning_rate="0.1", steps=1)
    for text in ("w ≈ 0.6", "w = 0.5 + 0.1*5/sqrt(25) = 0.6"):
        assert symgd.check(problem, text).score == 1


@pytest.mark.parametrize(
    "text",
    [
        "1 = w",
        "w: 1",
        "w <- 1",
        "w <- 0.5 + 0.5 = 1",
        "w(1) = 1",
        "dL/dw(0.5) = -5",
        "L(0.5) = 6.25",
        "w = 0.5 + 0.1x5 = 1",
        "w = 0.5 + 0.1 x 5 = 1",
        "d/dw (w-3)^2 = 2(w-3) = -5",
        "d/dw (w - 3)^2 = 2*(0.5-3) = -5",
    ],
)
def test_other_spellings_of_what_is_right(text: str) -> None:
    found = [verdict for verdict in symgd.check(LINE, text) if verdict.status != "missing"]
    assert [verdict.status for verdict in found] == ["ok"]
    assert found[0].quantity


@pytest.mark.parametrize("text", ["2 = w", "w: 1.5", "w <- 2", "d/dw (w-3)^2 = w-3 = -2.5", "w = 0.5 + 0.1x5 = 2"])
def test_other_spellings_of_what_is_wrong(text: str) -> None:
    assert symgd.check(LINE, text).first_wrong_line == 1


def test_a_name_that_the_line_itself_speaks_against_is_not_given() -> None:
    line = LINE.replaced(steps=3)
    old_weight = symgd.check(line, "dL/dw=-5\nw=1\ndL/dw=-4\nw=0.5+0.4 = 0.9")  # 1 − 0.1 is 0.9 too
    assert (old_weight.first_wrong_line, old_weight.mistakes) == (4, ())
    assert symgd.check(BOWL, "dL/dw1 = 4*(0.5-0.55) = -0.2").mistakes == ()
    assert symgd.check(LINE, "w = 0.5 + 0.1 = 0.6").mistakes == ("rate-alone",)


def test_a_share_of_points_is_a_share() -> None:
    with pytest.raises(symgd.InputError) as caught:
        symgd.check(LINE.replaced(marks={"form": 2}), "w = 1")
    assert caught.value.code == "setting-share"
