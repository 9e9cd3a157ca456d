"""The Gradient: exact values, the caller's own symbols, the Hessian, Python source, the NumPy function."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp

import symgd
from symgd.calculus.rules import derivative
from symgd.errors import DomainError, InputError, PrecisionError
from symgd.expressions.tree import nodes
from symgd.numbers.systems import ExactSystem, rational

LOSSES = {
    "bowl": ("(w1 - 0.55)^2 + (w2 - 0.3)^2", {}),
    "Rosenbrock": ("(1 - w1)^2 + 100*(w2 - w1^2)^2", {}),
    "neuron": ("z = w1*x + w2; a = sigmoid(z); L = (a - y)^2", {"x": 2, "y": 1}),
    "quotient": ("w1/(1 + w2^2)", {}),
    "cross-entropy": ("a = sigmoid(w1 + w2); L = -y*log(a) - (1 - y)*log(1 - a)", {"y": "0.3"}),
    "kinks": ("abs(w1) + max(w1, w2) + relu(w2 - 1) + huber(w1 - w2)", {}),
    "activations": ("softplus(w1) + silu(w2) + gelu(w1*w2) + elu(w1) + leaky_relu(w2) + erf(w1)", {}),
    "roots": ("sqrt(w1^2 + 1) + cbrt(w2 + 3) + (w1^2 + 2)^(1/3)", {}),
    "logs": ("log(w1^2 + 1) + log2(w2^2 + 2) + log10(w1^2 + w2^2 + 1)", {}),
    "trigonometry": ("sin(w1)*cos(w2) + tan(w1/4) + atan(w2) + sec(w1/5) + csc(w2 + 4) + cot(w1 + 4)", {}),
    "hyperbolic": ("sinh(w1) + cosh(w2) + tanh(w1*w2) + asinh(w1) + acosh(w2^2 + 2) + atanh(w1/9)", {}),
    "pieces": ("piecewise((w1^2, w1 > w2), (w2, w1 > 0), (w1*w2, true))", {}),
    "log-sum-exp": ("logsumexp(w1, 2*w2, 1)", {}),
    "constants": ("pi*w1^2 + e^w2 + 2^w1", {}),
}
POINTS = [("0.3", "-0.7"), ("-1.1", "0.4"), ("1.25", "2.5")]


def numbers(values: dict[str, Any]) -> list[float]:
    return [float(value) for value in values.values()]


@pytest.mark.parametrize("name", LOSSES)
def test_the_numpy_function_and_the_python_source_agree_with_the_exact_values(name: str) -> None:
    loss, let = LOSSES[name]
    g = symgd.gradient(loss, wrt=["w1", "w2"], let=let)
    function = g.function()
    space: dict[str, Any] = {}
    exec(g.python(), space)
    for point in POINTS:
        exact = numbers(g.at(w1=point[0], w2=point[1]))
        value = float(g.loss_at(w1=point[0], w2=point[1]))
        at = np.array([float(part) for part in point])
        found, slopes = function(at)
        assert found == pytest.approx(value, rel=1e-12, abs=1e-12)
        assert slopes == pytest.approx(exact, rel=1e-12, abs=1e-12)
        plain, partials = space["loss_and_gradient"](*at)
        assert plain == pytest.approx(value, rel=1e-12, abs=1e-12)
        assert partials == pytest.approx(exact, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_gives_what_its_points_give(name: str) -> None:
    loss, let = LOSSES[name]
    function = symgd.gradient(loss, wrt=["w1", "w2"], let=let).function()
    batch = np.array([[float(part) for part in point] for point in POINTS])
    losses, slopes = function(batch)
    assert losses.shape == (3,)
    assert slopes.shape == (3, 2)
    assert slopes.dtype == np.float64
    for row, point in enumerate(batch):
        one, gradient = function(point)
        assert one == pytest.approx(losses[row])
        assert gradient == pytest.approx(slopes[row])


@pytest.mark.parametrize(
    ("loss", "point", "value", "slope"),
    [
        ("sigmoid(w)", -1000, 0, 0),
        ("sigmoid(w)", 1000, 1, 0),
        ("softplus(w)", 1000, 1000, 1),
        ("log(1 - sigmoid(w))", 40, -40, -1),
        ("log(sigmoid(w))", -1000, -1000, 1),
        ("logsumexp(w, 0)", 1000, 1000, 1),
        ("cbrt(w)", -8, -2, 1 / 12),
        ("1/(1 + exp(-w))", -1000, 0, 0),
        ("3", 1, 3, 0),
    ],
)
def test_the_numpy_function_is_stable(loss: str, point: float, value: float, slope: float) -> None:
    function = symgd.gradient(loss, start={"w": 1}).function()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, gradient = function([point])
    assert found == pytest.approx(value, abs=1e-15)
    assert gradient == pytest.approx([slope], abs=1e-15)


@pytest.mark.parametrize("power", range(-6, 7))
@pytest.mark.parametrize("order", [["w", "v"], ["v", "w"]])
def test_a_whole_power_of_a_parameter_is_that_power_wherever_it_stands(power: int, order: list[str]) -> None:
    found, slopes = symgd.function(f"w^({power}) + v", wrt=order)([2.0, 2.0])
    assert found == 2.0**power + 2
    assert dict(zip(order, slopes, strict=True)) == {"w": power * 2.0 ** (power - 1), "v": 1}


def _rational(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    infix = st.builds("({} {} {})".format, children, st.sampled_from("+-*/"), children)
    powers = st.builds("({})^({})".format, children, st.integers(-5, 5))
    return st.one_of(infix, powers, st.builds("(-{})".format, children))


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(st.sampled_from(["v", "w", "x", "1", "2", "0.5", "3"]), _rational, max_leaves=8),
    st.permutations(["v", "w", "x"]),
)
def test_the_compiled_function_has_the_exact_values_of_the_loss_and_of_the_rules(text: str, order: list[str]) -> None:
    at = {"v": Fraction(3, 2), "w": Fraction(-2), "x": Fraction(5, 4)}
    system, point = ExactSystem(), {word: rational(value) for word, value in at.items()}
    try:
        loss = symgd.parse(text)
        wanted = [loss, *(derivative(loss, word) for word in order)]
        sizes = [abs(float(system.evaluate(node, point))) for tree in wanted for node in nodes(tree)]
        expected = [float(system.public(system.evaluate(tree, point))) for tree in wanted]
    except (InputError, DomainError, PrecisionError):
        return
    assume(all(size == 0 or 1e-3 < size < 1e3 for size in sizes))  # nothing that floats cancel
    found, slopes = symgd.function(text, wrt=order, start=at)([float(at[word]) for word in order])
    assert [found, *slopes] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("place", [-800, -745, -709.9, -700.5, -700, -699.5, -40, -1, 0, 1, 40, 700, 710, 800])
def test_sigmoid_and_softplus_keep_their_digits_on_both_sides(place: float) -> None:
    power = mp.exp(mp.mpf(place))
    for loss, value in (("sigmoid(w)", power / (1 + power)), ("softplus(w)", mp.log1p(power))):
        found, _ = symgd.function(loss)([place])
        assert found == pytest.approx(float(value), rel=1e-15, abs=5e-324)


@pytest.mark.parametrize("unit", ["tanh", "sigmoid"])
@pytest.mark.parametrize("inside", [-40, -19, -5, "-0.3", 0, "0.3", 5, 18, 19, 40])
def test_the_slope_behind_a_weight_is_as_exact_as_the_weight_where_the_unit_is_saturated(
    unit: str, inside: Any
) -> None:
    values: dict[str, Any] = {"w": Fraction(1, 3), "v": Fraction(-7, 3), "z": Fraction(inside)}
    g = symgd.gradient(f"w*(v*{unit}(z))", wrt=list(values))
    exact = g.at(**values)["z"]
    _, slopes = g.function()([float(value) for value in values.values()])
    assert abs(float(exact) - slopes[2]) <= 8 * np.finfo(float).eps * 7 / 9


def test_outside_the_domain_is_nan_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, _ = symgd.gradient("log(w)").function()([-1.0])
    assert np.isnan(found)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1, 2), ()])
def test_a_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected shape"):
        symgd.gradient("w1*w2").function()(np.zeros(shape))


def test_values_are_exact_where_they_are_rational_and_proved_where_not() -> None:
    values = symgd.gradient("w1^2*w2 + exp(w2)").at(w1="1/3", w2=0)
    assert values["w1"] == 0
    assert values["w2"] == Fraction(10, 9)
    value = symgd.gradient("exp(w)").at(w=1)["w"]
    assert isinstance(value, symgd.Ball)
    assert value.digits(30) == "2.71828182845904523536028747135"
    assert symgd.gradient("cos(pi*w)").at(w=1)["w"] == 0


def test_the_callers_own_symbols_come_back() -> None:
    a, b = sp.symbols("a x_1")
    g = symgd.gradient((a - 3) ** 2 * b + sp.exp(b))
    assert sp.expand(g["a"] - 2 * b * (a - 3)) == 0
    assert g.symbols == {"a": a, "x1": b}
    assert set(g["x1"].free_symbols) == {a, b}


def test_constants_are_put_into_sympys_expressions_and_stay_names_in_ours() -> None:
    g = symgd.gradient("(w*x - y)^2", let={"x": 2, "y": 1})
    assert sp.simplify(g["w"] - 4 * (2 * g.symbols["w"] - 1)) == 0
    assert g.text("w") == "2(w·x − y)·x"


@pytest.mark.parametrize("name", ["bowl", "Rosenbrock", "neuron", "quotient", "roots", "trigonometry"])
def test_the_hessian_is_symmetric_and_equals_the_rules(name: str) -> None:
    loss, let = LOSSES[name]
    g = symgd.gradient(loss, wrt=["w1", "w2"], let=let)
    assert g.hessian.shape == (2, 2)
    assert sp.simplify(g.hessian[0, 1] - g.hessian[1, 0]) == 0
    assert g.second("w1", "w2") is not None


def test_a_parameter_that_the_loss_does_not_contain_has_slope_0() -> None:
    assert symgd.gradient("w1^2", wrt=["w1"], start={"w1": 1, "w2": 2}).at(w1=1) == {"w1": 2}
    assert symgd.gradient("w1^2", start={"w1": 1, "w2": 2}).at(w1=1, w2=5)["w2"] == 0


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: symgd.gradient("w").at(), "missing-value"),
        (lambda: symgd.gradient("w").at(w=1, v=2), "not-a-parameter"),
        (lambda: symgd.gradient("w")["v"], "not-a-parameter"),
        (lambda: symgd.gradient("max(w, arccos(e))"), "empty-domain"),
        (lambda: symgd.gradient("log(-1 - w^2)"), "empty-domain"),
        (lambda: symgd.gradient("exp(exp(w))").at(w=30), "undecided"),
    ],
)
def test_what_cannot_be_answered_is_refused(call: Any, code: str) -> None:
    with pytest.raises(symgd.InputError) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.explain("zh-TW")


def test_a_sign_whose_slope_sympy_leaves_open_is_flat() -> None:
    gradient = symgd.gradient("-sign(w/x1)")
    assert [gradient.text(word) for word in gradient] == ["0", "0"]


@pytest.mark.parametrize(
    ("loss", "slope"), [("|sqrt(w)|*w", 3), ("huber(sqrt(w))", "1/4"), ("cbrt(w*sqrt(w))", "1/4")]
)
def test_the_size_of_what_sympy_does_not_know_to_be_real(loss: str, slope: object) -> None:
    assert symgd.gradient(loss).at(w=4) == {"w": Fraction(str(slope))}


@pytest.mark.parametrize(("start", "given"), [({"w": [1, 2]}, [1, 2, 3]), ({"w": [1, 2]}, 3), ({"w": 1}, [1, 2])])
def test_a_point_has_the_shape_of_its_parameter(start: dict[str, object], given: object) -> None:
    found = symgd.gradient("sum(w^2)" if isinstance(start["w"], list) else "w^2", start=start)
    with pytest.raises(symgd.InputError) as caught:
        found.at(w=given)
    assert caught.value.code == "shape-of-point"
