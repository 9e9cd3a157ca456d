"""What may be written in two ways, and what a reader may cut short: fractions, products, sums in signs, arrows."""

from __future__ import annotations

import pytest

import symgd

QUADRATIC = symgd.Problem("(w - 3)^2", start={"w": 1}, steps=2)
FROM_ZERO = symgd.Problem("(w - 3)^2", start={"w": 0}, steps=2)
NEURON = symgd.Problem(
    "z = w*x + b; a = sigmoid(z); L = (a - y)^2", start={"w": "0.5", "b": 0}, let={"x": 2, "y": 1}, learning_rate="0.5"
)
LINE = symgd.Problem("mean((w*x + b - y)^2)", start={"w": 0, "b": 0}, data={"x": [1, 2, 3], "y": [2, 4, 6]})


@pytest.mark.parametrize(
    ("problem", "line", "found"),
    [
        # square brackets that group
        (QUADRATIC, "d/dw[(w-3)^2] = 2w - 6", ["ok"]),
        (QUADRATIC, "d/dw[w^2 - 6w + 9] = 2w - 5", ["slip"]),
        (LINE, "dL/dw = (2/3)[(−2)(1)+(−4)(2)+(−6)(3)] = −56/3", ["ok"]),
        (LINE, "dL/dw = (2/3)[(−2)(1)+(−4)(2)+(−6)(3)] = −50/3", ["slip"]),
        # a name before a bracket is a factor
        (NEURON, "dL/db = 2(a-y)a(1-a) = -0.1058", ["format"]),
        (NEURON, "dL/dz = 2(a-1)a(1-a) = -0.1058", ["format"]),
        (NEURON, "dL/dw = 2x(a-y)a(1-a) = -0.2115", ["format"]),
        (NEURON, "dL/dw = 2x(a-y)a(1-a) = -0.2315", ["slip"]),
        (NEURON, r"$\frac{\partial L}{\partial b} = 2(a-y)a(1-a) = -0.1058$", ["format"]),
        (NEURON, "∂L/∂z = ∂L/∂a·∂a/∂z = 2(a−y)a(1−a) = −0.1058", ["format"]),
        (NEURON, "a(1-a) = 0.1966", ["format"]),
        (NEURON, "dL/db = 2(a-y)a(a) = -0.2875", ["slip"]),
        (NEURON, "dL/db = 2 (a-y) a (1-a) = -0.1058", ["format"]),
        (NEURON, "dL/dw = 2 x (a-y) a (1-a) = -0.2115", ["format"]),
        # two names that are a product
        (NEURON, "z = wx + b = 1", ["ok"]),
        (NEURON, "dL/dw = 2(a-y)a(1-a)x, z = xw", ["ok", "slip"]),
        (LINE, "dL/dw = mean(2(wx+b-y)x) = -18.67", ["format"]),
        (LINE, "wx + b = 0", ["unknown"]),
        # roundings inside of a fraction
        (NEURON, "a = 1/(1+e^-1) = 1/1.3679 = 0.731", ["format"]),
        (NEURON, "a = 1/(1+e^{-1}) ≈ 1/1.3679 ≈ 0.7311", ["ok"]),
        (NEURON, "a = 1/1.3679 = 0.7310", ["format"]),
        (NEURON, "a = 1/1.37 = 0.7299", ["format"]),
        (NEURON, "a = 1/1.38 = 0.7246", ["slip"]),
        (NEURON, "a = 1/1.36 = 0.7353", ["slip"]),
        (NEURON, "a = 1/(1+e^-1) = 1/1.3779 = 0.7257", ["slip"]),
        (NEURON, "a = 1/(1+e^-1) = 3/4 = 0.75", ["slip"]),
        (NEURON, "a = 1/1.4 = 0.7143", ["slip"]),
        # a fraction right before a bracket
        (LINE, "dL/dw = 2/3[(−2)(1)+(−4)(2)+(−6)(3)] = −56/3", ["ok"]),
        (LINE, "dL/dw = 2/3 (1(-2) + 2(-4) + 3(-6)) = -56/3", ["ok"]),
        (LINE, "dL/db = 2/3(-12) = -8", ["ok"]),
        (LINE, "dL/db = 2/3(-12) = -9", ["unknown"]),
        (LINE, "L = 1/3 (2² + 4² + 6²) = 56/3", ["ok"]),
        (QUADRATIC, "w = 1 - 1/10(-4) = 1.4", ["ok"]),
        # mixed numbers
        (LINE, "dL/dw = -18 2/3", ["ok"]),
        (LINE, "dL/dw = -18 1/3", ["unknown"]),
        (LINE, r"$\frac{dL}{dw} = -18\frac{2}{3}$", ["unknown"]),
        (FROM_ZERO, "w = 3/5 = 0.6; w = 1 2/25", ["ok", "ok"]),
        (FROM_ZERO, "w = 3/5; step 2 5/2 = 2.5", ["ok", "ok"]),
        (QUADRATIC, "w = 2 6/5", ["unknown"]),
        # sums in signs are not read
        (LINE, "dL/dw = (2/n) Σ (w·x_i + b − y_i)·x_i = −18.67", ["unknown"]),
        (LINE, "dL/dw = −(2/n)Σ(y_i − w·x_i − b)·x_i = −18.67", ["unknown"]),
        (LINE, "dL/dw = (2/n) ∑ (w·x_i + b − y_i)·x_i", ["unknown"]),
        # a minus that begins a line
        (QUADRATIC, "w = 1\n  − 0.1 × (−4)\n  = 1.4", ["ok"]),
        (QUADRATIC, "w = 1\n  - 0.1 × (-4)\n  = 1.5", ["slip"]),
        (QUADRATIC, "Notes:\n- 0.1 × 4\n= 0.4\nw = 1.4", ["ok", "ok"]),
        # arrows and comparisons behind a value
        (QUADRATIC, "dL/dw=-4 -> w=1.4", ["ok", "ok"]),
        (QUADRATIC, "w = 1 -> 1.4 -> 1.72", ["ok", "ok", "ok"]),
        (FROM_ZERO, "Since dL/dw = -6 ≠ 0 we go on.", ["ok"]),
        (FROM_ZERO, "dL/dw = -6 < 0，w 變大", ["ok"]),
        (QUADRATIC, "dL/dw = -4 > 0 so it falls", ["unknown"]),
        # LaTeX in part
        (LINE, r"dL/dw = \frac{2}{3}(-28) = -18.67", ["format"]),
        (LINE, r"dL/dw = \frac{2}{3}(-27) = -18", ["slip"]),
        (QUADRATIC, r"dL/dw = 2(w-3) \Rightarrow dL/dw = -4", ["ok", "ok"]),
        (QUADRATIC, r"$\mathrm{d}L/\mathrm{d}w = -4$", ["ok"]),
        (QUADRATIC, "$dL/dw = -5$", ["slip"]),
        (QUADRATIC, r"$L^\prime(1) = -4$", ["ok"]),
    ],
)
def test_what_is_read_of_a_line(problem: symgd.Problem, line: str, found: list[str]) -> None:
    verdicts = symgd.check(problem, line)
    assert [verdict.status for verdict in verdicts if verdict.status != "missing"] == found


def test_a_slope_of_numbers_in_latex_with_an_index() -> None:
    bowl = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=1)
    found = next(iter(symgd.check(bowl, r"dL/dw1 = 2\cdot(0.5-0.55) = -0.1")))
    assert (found.quantity, found.status) == ("dL/dw1", "ok")


def test_what_is_right_but_lacks_something_is_not_all_right_where_nothing_earns() -> None:
    for line, status in (("w = 1.4", "partial"), ("w = 1.4, w = 1.72", "correct")):
        assert symgd.check(QUADRATIC.replaced(marks={"points": 0}), line).status == status


def test_a_working_that_is_cut_is_told_so_in_every_form() -> None:
    report = symgd.check(QUADRATIC, "w = 1.4\n" * 401)
    told = [report.table("en")["warnings"][0], report.text("en")]
    assert all("400 lines" in text for text in told)


def test_an_array_is_no_number_and_no_fault() -> None:
    assert symgd.equivalent("[w]", "w").verdict == symgd.equivalent("[w, 1]", "w + 1").verdict == "unknown"
