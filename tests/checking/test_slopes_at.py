"""L'(w), f'(w_t), L'(0.6) inside of a formula are slopes at a point, and no products."""

from __future__ import annotations

import pytest

import symgd

TWO = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, learning_rate="0.1", steps=2)
VECTOR = symgd.Problem("norm2(w - [1, 2])^2", start={"w": [0, 0]}, learning_rate="0.1", steps=2)
NEURON = symgd.Problem(
    "z = w*x + b\na = sigmoid(z)\nL = (a - y)^2",
    start={"w": 1, "b": 0},
    let={"x": 2, "y": 1},
    learning_rate="0.5",
    steps=1,
)
ONE = symgd.Problem("(w - 3)^2", start={"w": 0}, learning_rate="0.1", steps=3)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("w ← w − 0.1·L'(w) = 0 + 0.6 = 0.6", "ok"),
        ("w_{t+1} = w_t - 0.1 L'(w_t)", "ok"),
        ("w(t+1) = w(t) - 0.1 * L'(w(t))", "ok"),
        ("w_new = w − η·L'(w)", "ok"),
        ("w_t = w_{t-1} - 0.1 L'(w_{t-1})", "ok"),
        ("w_1 = w_0 - 0.1*f'(w_0) = 0.6", "ok"),
        ("w = 0 - 0.1*dL/dw(w) = 0.6", "ok"),
        (r"$w_1 = w_0 - 0.1 L^{\prime}\left(w_0\right) = 0.6$", "ok"),
        ("w = 0 - 0.1*L'(0) = 0.6", "ok"),
        ("f'(w) = 2(w-3) = -6", "ok"),
        ("w = 0 - 0.1*L'(0.6) = 0.6", "slip"),
        ("w ← w + 0.1·L'(w)", "slip"),
        ("w ← w − 0.2·L'(w)", "slip"),
        ("w_{t+1} = w_t - 0.1 L'(w_{t-1})", "unknown"),
        ("w_1 = w_0 - 0.1*L'(w_1) = 0.6", "unknown"),
    ],
)
def test_a_bracket_behind_a_prime_is_a_point(line: str, status: str) -> None:
    assert next(iter(symgd.check(ONE, line))).status == status


def test_another_function_with_a_prime_is_not_the_loss() -> None:
    problem = symgd.Problem("z = w^2\nL = (z - 3)^2", start={"w": 1}, learning_rate="0.1", steps=1)
    assert next(iter(symgd.check(problem, "w = 1 - 0.1*f'(w) = 1.8"))).status != "ok"


#: By hand: L' = 2(w − 3), so −4 at 1 and −6 at 0 where the run starts; ∂L/∂w1 = 2(w1 − 0.55), so 0.9 at 1.
@pytest.mark.parametrize(
    ("problem", "line", "found"),
    [
        (ONE, "L'(1) = -4", [("ok", None)]),
        (ONE, "L'(1) = -6", [("slip", None)]),
        (ONE, "-L'(1) = 4", [("ok", None)]),
        (ONE, "f'(1) = -4", [("ok", None)]),
        (ONE, "$f'(1) = -6$", [("slip", None)]),
        (ONE, "L'(1) = 2(w-3) = -4", [("ok", None)]),
        (ONE, "L'(1) = -4w = -4", [("slip", None)]),  # right at 1 alone
        (ONE, "L'(1/2) = -5", [("ok", None)]),
        (ONE, "L(1) = 4", [("ok", None)]),
        (ONE, "dL/dw(0.7) = -5", [("slip", None)]),
        (ONE, "dL/dw(0.7): -4.6", [("ok", None)]),
        (ONE, "dL/dw at w = 1 = -4", [("ok", None)]),
        (ONE, "dL/dw|w=1 = -6", [("slip", None)]),
        (ONE, "the slope at 0.5 is -6", [("slip", None)]),
        (ONE, "斜率在 w = 1 時 = -4", [("ok", None)]),
        (ONE, r"\left.\frac{dL}{dw}\right|_{w=1} = -4", [("ok", None)]),
        (ONE, r"\left.\frac{dL}{dw}\right|_{w=1} = -6", [("slip", None)]),
        (ONE, "At w = 1: dL/dw = -4, L = 4", [("ok", None), ("ok", None)]),
        (ONE, "當 w = 1 時，dL/dw = -6", [("slip", None)]),
        # where the run or the student is
        (ONE, "L'(0) = -6", [("ok", 0)]),
        (ONE, "L'(0.6) = -4.8", [("ok", 1)]),
        (ONE, "L'(w_2) = -6", [("slip", 2)]),
        (ONE, "L'(w_1) = -6", [("unknown", None)]),  # who counts from 1 is right
        (ONE, "L(0) = 9, L(1) = 5.76, L(2) = 3.6864", [("ok", 0), ("ok", 1), ("ok", 2)]),
        (ONE, "w = 0.7\nL'(0.7) = -4.6\nw = 1.16", [("slip", 1), ("carried", 1), ("carried", 2)]),
        (ONE, "When w = 0.6, dL/dw = -4.8", [("ok", 1), ("ok", 1)]),
        # an index says after how many updates
        (ONE, "dL/dw[1] = -4.8", [("ok", 1)]),
        (ONE, "dL/dw[2] = -6", [("slip", 2)]),
        (ONE, "dL/dw[1] = -6", [("unknown", None)]),  # who counts from 1 is right
        (ONE, "dL/dw_1 = -4.8", [("ok", 1)]),
        (TWO, "∂L/∂w1^(1) = -0.08", [("ok", 1)]),  # no power
        (TWO, r"\frac{\partial L}{\partial w_1^{(1)}} = -0.08", [("ok", 1)]),
        (TWO, r"\frac{\partial L}{\partial w_1}^{(1)} = -0.08", [("ok", 1)]),
        (TWO, "w1[1] = 0.51\ndL/dw1[0] = -0.1", [("ok", 1), ("ok", 0)]),
        (ONE, "w[2] = w[1] - 0.1*dL/dw[1] = 1.08", [("ok", 2)]),
        (ONE, "w[1] = w[0] - 0.1*dL/dw[1] = 0.6", [("unknown", 1)]),
        (VECTOR, "dL/dw[1] = -2", [("ok", 0)]),  # an entry
        # several parameters
        (TWO, "∂L/∂w1(1, 2) = 3", [("slip", None)]),
        (TWO, "∂L/∂w1(1, 2) = 0.9", [("ok", None)]),
        (TWO, "∂L/∂w1(w1=1) = 0.9", [("ok", None)]),
        (TWO, "∂L/∂w1(0.5, 0.2) = -0.1", [("ok", 0)]),
        (TWO, "L(0.51, 0.22) = 0.008", [("ok", 1)]),
        (TWO, "∇L(1, 2) = (0.9, 3.4)", [("ok", None), ("ok", None)]),
        (TWO, "∇L(w1=1, w2=2) = (0.9, 3)", [("ok", None), ("slip", None)]),
        (TWO, r"\nabla L(w^{(1)}) = (-0.08, -0.16)", [("ok", 1), ("ok", 1)]),
        (TWO, r"\left.\frac{\partial L}{\partial w_1}\right|_{(1,2)} = -0.1", [("slip", None)]),
        (TWO, r"\frac{\partial L}{\partial w_1}(1, 2) = 0.9", [("ok", None)]),
        (TWO, "At w1 = 1, w2 = 2, dL/dw1 = 0.9", [("ok", None)]),
        # a function of what stands between
        (NEURON, "dL/da(0.5) = -1", [("ok", None)]),
        (NEURON, "a(2) = 0.8808", [("format", 0)]),
        (NEURON, "a(0) = 0.6", [("slip", None)]),
        (NEURON, "dL/dw(0, 0) = -0.5", [("ok", None)]),
        (NEURON, "z(1) = 2", [("unknown", None)]),  # of w, or of x?
        (VECTOR, "∇L(0, 0) = (-2, -4)", [("ok", 0)]),
        (VECTOR, "∇L([0.2, 0.4]) = [-1.6, -3.2]", [("ok", 1)]),
        (VECTOR, "∇L(1, 1) = (0, -2)", [("ok", None)]),
        (VECTOR, "∇L(1, 1, 1) = (0, -2)", [("unknown", None)]),
        # points that are told in other ways, or not at all
        (TWO, r"\left.\frac{\partial L}{\partial w_1}\right|_{(w_1, w_2) = (1, 2)} = 0.9", [("ok", None)]),
        (TWO, r"\left.\frac{\partial L}{\partial w_1}\right|_{w = (1, 2)} = 0.9", [("ok", None)]),
        (TWO, "∇L(x_0) = (-0.1, -0.2)", [("ok", 0), ("ok", 0)]),
        (TWO, "∇L(w_1) = (-0.08, -0.16)", [("ok", 1), ("ok", 1)]),
        (TWO, "∂L/∂w1(w1=1, w2) = 0.9", [("unknown", None)]),
        (TWO, r"w_1 = 0.5 - 0.1 \left.\frac{\partial L}{\partial w_1}\right|_{q=1} = 0.51", [("unknown", 1)]),
        (ONE, "L(w_0, w_1) = 9", [("unknown", None)]),
        (ONE, "L(2w) = 9", [("unknown", None)]),
        (ONE, "L(1/0) = 9", [("unknown", None)]),
        (ONE, "L(q=1) = 9", [("unknown", None)]),
        # words
        (ONE, "loss at 0.6 = 5.76", [("ok", 1)]),
        (ONE, "Loss at w = 1: 5", [("slip", None)]),
        (ONE, "L(1) = 5.7", [("unknown", None)]),  # the loss after update 1, or where w is 1
        (ONE, "L (before the move) = 9", [("ok", 0)]),
        (ONE, "dL/dw (rounded to 2 places) = -6", [("ok", 0)]),
        # inside of a formula
        (ONE, r"w_1 = 0 - 0.1 \left.\frac{dL}{dw}\right|_{w=0} = 0.6", [("ok", 1)]),
        (ONE, r"w_1 = 0 - 0.1 \left.\frac{dL}{dw}\right|_{w=1} = 0.6", [("slip", 1)]),
        (ONE, r"$w_1 = w_0 - 0.1 \frac{dL}{dw}\Big|_{w_0} = 0.6$", [("ok", 1)]),
        (TWO, r"w_1 = 0.5 - 0.1 \left.\frac{\partial L}{\partial w_1}\right|_{w_1=1} = 0.51", [("slip", 1)]),
    ],
)
def test_what_is_said_of_a_point_is_judged_there(
    problem: symgd.Problem, line: str, found: list[tuple[str, int | None]]
) -> None:
    verdicts = [verdict for verdict in symgd.check(problem, line) if verdict.status != "missing"]
    assert [(verdict.status, verdict.step) for verdict in verdicts] == found


def test_what_is_true_of_another_point_earns_nothing_and_the_right_line_is_that_of_the_point() -> None:
    report = symgd.check(ONE, "L'(1) = -4\nw = 0.6\nw = 1.08\nw = 1.464")
    assert (f"{report.score}/{report.max_score}", report.status) == ("3/3", "correct")
    assert "2 × (1 − 3) = −4" in symgd.check(ONE, "L'(1) = -6").text("en")
