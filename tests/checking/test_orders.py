"""Orders in which lines may stand without headings: right work stays right, and one slip stays one slip."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

import symgd

# By hand: w = 0.5, 1, 1.4 with slopes −5, −4.
LINE: dict[str, Any] = {"loss": "(w - 3)^2", "start": {"w": "0.5"}, "steps": 2}
# By hand: w1 = 0.5, 0.51, 0.518 with slopes −0.1, −0.08; w2 = 0.2, 0.22, 0.236 with slopes −0.2, −0.16.
BOWL: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 2}
VECTOR: dict[str, Any] = {
    "loss": "1/2*w'*A*w - b'*w",
    "start": {"w": [1, 1]},
    "let": {"A": [[2, 1], [1, 3]], "b": [1, 2]},
    "learning_rate": "0.1",
    "steps": 2,
}
FIRST, SECOND = ("w1 = 0.51", "w2 = 0.22"), ("w1 = 0.518", "w2 = 0.236")
FIRST_SLOPES, SECOND_SLOPES = ("dL/dw1 = -0.1", "dL/dw2 = -0.2"), ("dL/dw1 = -0.08", "dL/dw2 = -0.16")

RIGHT: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "weights before slopes, one update": ({**BOWL, "steps": 1}, (*FIRST, *FIRST_SLOPES)),
    "weights before slopes": (BOWL, (*FIRST, *FIRST_SLOPES, *SECOND, *SECOND_SLOPES)),
    "all weights before all slopes": (BOWL, (*FIRST, *SECOND, *FIRST_SLOPES, *SECOND_SLOPES)),
    "all slopes before all weights": (BOWL, (*FIRST_SLOPES, *SECOND_SLOPES, *FIRST, *SECOND)),
    "one parameter after the other": (
        BOWL,
        tuple(lines[place] for place in (0, 1) for lines in (FIRST_SLOPES, FIRST, SECOND_SLOPES, SECOND)),
    ),
    "each quantity by itself": (
        BOWL,
        tuple(lines[place] for place in (0, 1) for lines in (FIRST, SECOND, FIRST_SLOPES, SECOND_SLOPES)),
    ),
    "with the start": (LINE, ("w = 0.5", "w = 1", "dL/dw = -5", "w = 1.4", "dL/dw = -4")),
    "the formula, then its values": (LINE, ("w = 1", "w = 1.4", "dL/dw = 2(w - 3)", "dL/dw = -5", "dL/dw = -4")),
    "losses first": (LINE, ("L = 6.25", "L = 4", "L = 2.56", "w = 1", "w = 1.4")),
    "the last loss, weights first": (LINE, ("w = 1", "dL/dw = -5", "w = 1.4", "dL/dw = -4", "L = 2.56")),
    "changes after weights": (LINE, ("w = 1", "Δw = 0.5", "dL/dw = -5", "w = 1.4", "Δw = 0.4", "dL/dw = -4")),
    "vectors": (VECTOR, ("w = [0.8, 0.8]", "w = [0.66, 0.68]")),
    "vectors in round brackets": (VECTOR, ("w = (1, 1)", "w = (0.8, 0.8)", "w = (0.66, 0.68)")),
    "vectors before slopes": (VECTOR, ("w = [0.8, 0.8]", "dL/dw = [2, 2]", "w = [0.66, 0.68]", "dL/dw = [1.4, 1.2]")),
}


MATRIX = r"\begin{bmatrix} w_1 \\ w_2 \end{bmatrix} = \begin{bmatrix} 0.5 \\ 0.2 \end{bmatrix}"
MATRIX += r" - 0.1 \begin{bmatrix} -0.1 \\ -0.2 \end{bmatrix} = \begin{bmatrix} 0.51 \\ 0.22 \end{bmatrix}"
LAID_OUT: dict[str, tuple[dict[str, Any], str]] = {
    "counted from the start": (LINE, "t = 0: w = 0.5, L = 6.25, g = -5\nt = 1: w = 1, L = 4, g = -4\nt = 2: w = 1.4"),
    "steps from the start": (LINE, "step 0: w = 0.5, g = -5\nstep 1: w = 1, L = 4, g = -4\nstep 2: w = 1.4"),
    "what was come to": (LINE, "update 1: w = 1, L = 4, g = -4\nupdate 2: w = 1.4, L = 2.56"),
    "steps of one update": (
        {**LINE, "steps": 1},
        "Step 1: the slope\ndL/dw = -5\nStep 2: the change\nΔw = 0.5\nStep 3: move\nw = 1",
    ),
    "steps of one update in Chinese": ({**LINE, "steps": 1}, "第一步：梯度\ndL/dw = -5\n第二步：移動\nw = 1"),
    "steps that are updates": (LINE, "第一步\ndL/dw = -5\nw = 1\n第二步\ndL/dw = -4\nw = 1.4"),
    "underlined headings": (
        BOWL,
        "Iteration 1\n-----\ngrad = [-0.1, -0.2]\nw = [0.51, 0.22]\nIteration 2\n=====\nw = [0.518, 0.236]",
    ),
    "a list of values": (LINE, "w: 0.5 → 1 → 1.4"),
    "a column of weights": ({**BOWL, "steps": 1}, f"## Step 1\n$\\nabla L = (-0.1, -0.2)$\n## Step 2\n$${MATRIX}$$"),
}


@pytest.mark.parametrize("title", LAID_OUT)
def test_headings_and_lists_that_mean_the_same(title: str) -> None:
    problem, text = LAID_OUT[title]
    report = symgd.check(symgd.Problem(**problem), text)
    assert ([v.text for v in report if v.status != "ok"], report.status) == ([], "correct")
    wrong = symgd.check(
        symgd.Problem(**problem), text.replace("1.4", "1.5").replace("= 1", "= 2").replace("0.22", "0.23")
    )
    assert wrong.status != "correct"


@pytest.mark.parametrize("title", RIGHT)
def test_no_order_makes_right_work_wrong(title: str) -> None:
    problem, lines = RIGHT[title]
    report = symgd.check(symgd.Problem(**problem), "\n".join(lines))
    assert ([verdict.text for verdict in report], report.status) == (list(lines), "correct")


@pytest.mark.parametrize("lines", list(itertools.permutations(["dL/dw = -5", "w = 1", "dL/dw = -4", "w = 1.4"])))
def test_any_order_in_which_values_of_one_kind_follow_each_other(lines: tuple[str, ...]) -> None:
    in_turn = lines.index("dL/dw = -5") < lines.index("dL/dw = -4") and lines.index("w = 1") < lines.index("w = 1.4")
    report = symgd.check(symgd.Problem(**LINE), "\n".join(lines))
    assert (report.status == "correct") == in_turn


WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...], dict[str, str]]] = {
    "a weight, weights first": (BOWL, (*FIRST, *FIRST_SLOPES, "w1 = 0.519", *SECOND[1:]), {"w1 = 0.519": "slip"}),
    "a slope, weights first": (
        LINE,
        ("w = 1.1", "dL/dw = -6", "w = 1.48", "dL/dw = -3.8"),
        {"dL/dw = -6": "slip", "w = 1.1": "carried", "w = 1.48": "carried", "dL/dw = -3.8": "carried"},
    ),
    "a slope of the update before": (
        LINE,
        ("dL/dw = -5", "w = 1", "dL/dw = -5", "w = 1.5"),
        {"dL/dw = -5": "slip", "w = 1.5": "carried"},
    ),
}


@pytest.mark.parametrize("title", WRONG)
def test_what_is_wrong_stays_wrong_in_any_order(title: str) -> None:
    problem, lines, wrong = WRONG[title]
    report = symgd.check(symgd.Problem(**problem), "\n".join(lines))
    assert {verdict.text: verdict.status for verdict in report if verdict.status not in ("ok", "missing")} == wrong


def test_headings_say_the_order() -> None:
    text = "update 1\nw = 1\nupdate 2\ndL/dw = -5\nw = 1.4"
    assert symgd.check(symgd.Problem(**LINE), text).first_wrong_line == 4


def check_line(text: str) -> Any:
    return symgd.check(symgd.Problem(**LINE), text)


@pytest.mark.parametrize("heading", ["Update {}", "## Iteration {}", "Step {}:", "第 {} 步"])
def test_headings_may_count_from_0(heading: str) -> None:
    lines = [
        [heading.format(0), "dL/dw = 2*(0.5 - 3) = -5", "w = 0.5 + 0.5 = 1"],
        [heading.format(1), "dL/dw = 2*(1 - 3) = -4", "w = 1 + 0.4 = 1.4"],
    ]
    assert check_line("\n".join(lines[0] + lines[1])).status == "correct"
    wrong = check_line("\n".join(lines[0] + lines[1][:2] + ["w = 1 - 0.4 = 0.6"]))
    assert (wrong.first_wrong_line, wrong.mistakes) == (6, ("climbed",))


def test_iteration_0_may_be_the_start() -> None:
    states = [("0.5", "-5"), ("1", "-4"), ("1.4", "-3.2")]
    listed = [f"Iteration {k}\nw = {weight}\ndL/dw = {slope}" for k, (weight, slope) in enumerate(states)]
    assert check_line("\n".join(listed)).status == "correct"
    moves = "Iteration 0\nw = 0.5\nIteration 1\ndL/dw = -5\nw = 1\nIteration 2\ndL/dw = -4\nw = 1.4"
    assert check_line(moves).status == "correct"


STILL = symgd.Problem(
    "1/2*w'*A*w - b'*w", start={"w": [0, 1]}, let={"A": [[2, 1], [1, 3]], "b": [1, 2]}, learning_rate="0.1", steps=2
)


@pytest.mark.parametrize("entries", [("w[1]", "w[2]"), ("w_1", "w_2")])
def test_an_entry_that_the_first_update_leaves_counts_as_updated(entries: tuple[str, str]) -> None:
    one, two = entries
    lines = [f"{one} = 0, {two} = 0.9", f"{one} = 0.01, {two} = 0.83"]
    for text in ("\n".join(lines), "\n".join([f"{one} = 0, {two} = 1", *lines])):
        assert symgd.check(STILL, text).status == "correct"
    wrong = symgd.check(STILL, f"{lines[0]}\n{one} = 0.02, {two} = 0.83")
    assert wrong.status == "partial"


def test_a_parameter_that_the_first_update_leaves_counts_as_updated() -> None:
    problem = symgd.Problem("(a*b - 1)^2 + b^2", start={"a": 1, "b": 0}, learning_rate="0.1", steps=2)
    assert symgd.check(problem, "a = 1, b = 0.2\na = 1.032, b = 0.32").status == "correct"


def test_a_vector_that_lacks_is_named_as_after_an_update_and_not_as_an_entry() -> None:
    lacking = [verdict.quantity for verdict in symgd.check(STILL, "w = (0, 0.9)") if verdict.status == "missing"]
    assert lacking == ["w^(2)"]


THREE = symgd.Problem("(w - 3)^2", start={"w": 0}, learning_rate="0.1", steps=3)


def test_the_last_weight_alone_is_that_of_the_last_update() -> None:
    for text in ("w = 1.464", "w = 0\nThe answer is w = 1.464", "w = 1.464, L = 2.359296"):
        assert symgd.check(THREE, text).status == "correct"
    assert symgd.check(THREE, "w = 1.5").status == "incorrect"
    assert symgd.check(THREE, "w = 1.08").status == "incorrect"


@pytest.mark.repeated
def test_a_run_of_a_thousand_updates_is_followed_to_its_end() -> None:
    long = symgd.Problem("(w - 3)^2", start={"w": 1}, learning_rate="0.5", steps=1000)
    momentum = symgd.Problem(
        "(w - 3)^2", start={"w": 1}, optimizer="momentum", learning_rate="0.1", steps=1000, arithmetic="round:4"
    )
    for problem in (long, momentum):
        assert [verdict.status for verdict in symgd.check(problem, "w[1000] = 3")] == ["ok"]
        assert [verdict.status for verdict in symgd.check(problem, "w[1000] = 4")] == ["slip"]


@pytest.mark.parametrize(
    ("problem", "lines"),
    [
        (BOWL, ("w1 = 0.49", *FIRST, *SECOND)),
        (BOWL, ("w1 = 0.5 - 0.01 = 0.49", "w1 = 0.5 + 0.01 = 0.51", FIRST[1], *SECOND)),
        (LINE, ("w = 0.9", "w = 1", "w = 1.4")),
        (LINE, ("dL/dw = -4", "w = 0.9", "dL/dw = -5", "w = 1", "dL/dw = -4", "w = 1.4")),
        (LINE, ("w = 0.9", "L = 4.41", "w = 1", "L = 4", "w = 1.4")),
        (LINE, ("Update 1", "w = 0.9", "w = 1", "Update 2", "w = 1.4")),
    ],
)
def test_a_wrong_value_that_is_said_again_rightly_is_one_mistake(
    problem: dict[str, Any], lines: tuple[str, ...]
) -> None:
    report = symgd.check(symgd.Problem(**problem), "\n".join(lines))
    first, *others = [verdict.status for verdict in report]
    assert first == "slip"
    assert {*others} <= {"ok", "carried"}


def test_a_slope_that_was_right_and_comes_again_is_that_of_the_update_before() -> None:
    report = symgd.check(symgd.Problem(**LINE), "dL/dw = -5\nw = 1\ndL/dw = -5\nw = 1.5")
    assert [verdict.status for verdict in report] == ["ok", "ok", "slip", "carried"]
