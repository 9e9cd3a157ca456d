"""Derivatives by the rules, by SymPy, and by differences: three roads that must meet."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from mpmath import mp

import symgd
from symgd.calculus import agreement
from symgd.calculus.bridge import SYMPY, from_sympy, to_sympy
from symgd.calculus.dialects import NUMPY, PYTHON
from symgd.calculus.gradient import Gradient
from symgd.calculus.rules import OUTER, RULES, derivative
from symgd.errors import DisagreementError, DomainError, InputError, PrecisionError
from symgd.expressions.operations import CONDITIONS, CONSTANTS, OPERATIONS, PENDING, STRUCTURAL
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.tree import Expression
from symgd.numbers.arrays import STRUCTURE
from symgd.numbers.meanings import BALL, EXACT, FLOAT
from symgd.numbers.systems import ExactSystem, rational
from tests.expressions.trees import trees

SYMBOLIC = set(OPERATIONS) - CONDITIONS - PENDING - STRUCTURAL - {"piecewise"}


def test_no_table_lacks_a_row_that_another_has() -> None:
    assert set(SYMPY) == set(OPERATIONS) - STRUCTURAL | {"index", "series"}
    assert set(STRUCTURE) == STRUCTURAL - {"series"}
    assert set(NUMPY) == set(OPERATIONS) - PENDING - {"series", "piecewise"} | {"plain_matmul", "plain_transpose"}
    assert set(PYTHON) == set(OPERATIONS) - PENDING - STRUCTURAL - {"piecewise"}
    assert set(BALL) == SYMBOLIC
    assert set(FLOAT) == SYMBOLIC
    assert set(EXACT) <= SYMBOLIC
    assert set(OUTER) | set(RULES) == set(OPERATIONS) - PENDING - STRUCTURAL | {"number", "series"}


#: A function and an interval on which it has a slope.
FUNCTIONS = {
    **dict.fromkeys(
        [
            "sin",
            "cos",
            "sinh",
            "cosh",
            "tanh",
            "asinh",
            "atan",
            "exp",
            "sigmoid",
            "softplus",
            "silu",
            "gelu",
            "erf",
            "huber",
            "abs",
            "relu",
        ],
        (-2, 2),
    ),
    **dict.fromkeys(["leaky_relu", "elu", "cbrt"], (-2, 2)),
    **dict.fromkeys(["log", "log2", "log10", "sqrt", "cot", "csc"], (Fraction(1, 5), 2)),
    **dict.fromkeys(["tan", "sec", "asin", "acos", "atanh"], (Fraction(-4, 5), Fraction(4, 5))),
    "acosh": (Fraction(6, 5), 3),
    "logit": (Fraction(1, 10), Fraction(9, 10)),
}


@pytest.mark.parametrize("word", FUNCTIONS)
def test_each_function_agrees_with_differences(word: str) -> None:
    low, high = map(Fraction, FUNCTIONS[word])  # type: ignore[arg-type]
    tree = read(f"{word}(x)")
    slope = derivative(tree, "x")
    for part in range(1, 8):
        point = low + (high - low) * Fraction(part * 101, 809)
        assert value(slope, point) == pytest.approx(difference(tree, point), rel=1e-18, abs=1e-18)


def value(tree: Expression, point: Fraction) -> mp.mpf:
    system = ExactSystem(400)
    with system.precision():
        return as_mp(system.public(system.evaluate(tree, {"x": rational(point)})))


def as_mp(number: object) -> mp.mpf:
    middle = number.middle if isinstance(number, symgd.Ball) else number
    assert isinstance(middle, Fraction)
    with mp.workdps(100):
        return mp.mpf(middle.numerator) / middle.denominator


def difference(tree: Expression, point: Fraction) -> mp.mpf:
    """A central difference of step 10^-20 at a hundred digits."""
    step = Fraction(1, 10**20)
    with mp.workdps(100):
        return (value(tree, point + step) - value(tree, point - step)) / (2 * mp.mpf(10) ** -20)


@pytest.mark.repeated
@given(trees)
@settings(max_examples=500, deadline=None)
def test_random_expressions_agree_with_sympy(tree: Expression) -> None:
    """A Gradient exists only where rules and SymPy agree; a disagreement would raise here."""
    compare(tree)


@pytest.mark.long
@given(trees)
@settings(max_examples=100_000, deadline=None)
def test_a_hundred_thousand_random_expressions_agree_with_sympy(tree: Expression) -> None:
    compare(tree)


#: Conditions in conditions, joined by SymPy; no tree of ours stands for them.
UNSUPPORTED = {"And", "Or", "Not", "Xor", "ITE"}


def compare(tree: Expression) -> None:
    fault = None
    try:
        definitions = read_definitions(tree.text())
        free = definitions.free_names
        Gradient(definitions, free[:2], {word: Fraction(3, 7) for word in free[2:]})
    except InputError as error:
        fault = error
    if fault is not None and fault.code == "sympy-unsupported":
        assert fault.facts["name"] in UNSUPPORTED


def test_a_wrong_rule_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.calculus import rules

    wrong = rules.Application("sin", (read("w"),), lambda slopes: slopes[0])
    monkeypatch.setitem(rules.RULES, "sin", lambda node, moving: wrong)
    with pytest.raises(DisagreementError):
        symgd.gradient("sin(w)*w")


def test_agreement_does_not_pass_where_nothing_could_be_compared() -> None:
    never = read("sqrt(-1 - w^2)")
    with pytest.raises(InputError, match="slope"):
        agreement.check_agreement([("slope", read("w"), never)], ["w"], {}, read("w"))


TEACHING = {
    "(w - 3)^2": "2(w − 3)",
    "(w - 3)^2/2": "w − 3",
    "0.5*(w - 3)^2": "w − 3",
    "sigmoid(w)": "σ(w)·(1 − σ(w))",
    "e^w": "e^w",
    "x^x": "x^x·(ln(x) + 1)",
    "w*w": "2·w",
    "3w + 2": "3",
    "1/w": "−1/w²",
    "sqrt(w)": "1/(2·√(w))",
    "w^3": "3·w²",
    "log(sigmoid(w))": "1 − σ(w)",
    "sin(w)^2": "2·sin(w)·cos(w)",
    "w^2/4": "w/2",
}


@pytest.mark.parametrize(("loss", "slope"), TEACHING.items())
def test_teaching_forms(loss: str, slope: str) -> None:
    tree = read(loss)
    assert derivative(tree, tree.names[0]).text() == slope


@pytest.mark.parametrize(
    ("loss", "point", "slope"),
    [
        ("relu(w)", 0, 0),
        ("abs(w)", 0, 0),
        ("leaky_relu(w)", 0, Fraction(1, 100)),
        ("max(w, 2*w)", 0, Fraction(3, 2)),
        ("min(w, 2*w)", 0, Fraction(3, 2)),
        ("huber(w)", 1, 1),
        ("max(w, 0*w, 3*w)", 0, Fraction(4, 3)),
    ],
)
def test_the_slope_at_a_kink_is_that_of_pytorch(loss: str, point: int, slope: Fraction) -> None:
    assert symgd.gradient(loss).at(w=point)["w"] == slope


def test_to_sympy_and_back_keeps_the_value() -> None:
    for text in (
        "(w - 0.5)^2/3 - sqrt(w + 2)",
        "exp(-w)*max(w, 1)",
        "|w| + sign(w)",
        "piecewise((w, w > 1), (2, true))",
    ):
        tree = read(text)
        again = from_sympy(to_sympy(tree))
        for point in (Fraction(1, 3), Fraction(7, 5)):
            system = ExactSystem(200)
            with system.precision():
                first, second = (system.evaluate(part, {"w": rational(point)}) for part in (tree, again))
                assert abs(first - second) < rational(Fraction(1, 10**40))


def test_values_at_points_outside_the_domain_are_refused() -> None:
    with pytest.raises(InputError, match="no real value"):
        symgd.gradient("log(w)").at(w=-1)
    assert issubclass(DomainError, symgd.SymgdError)
    assert issubclass(PrecisionError, symgd.SymgdError)
    assert CONSTANTS


@pytest.mark.parametrize("loss", ["-clip(w, 0, w)", "clip(w, 1, -1) + w", "e/1*w", "clip(2*w, w, 3)", "w/(1 - 1 + w)"])
def test_what_a_long_search_found(loss: str) -> None:
    symgd.gradient(loss)


def test_a_division_by_nothing_is_left_as_it_is() -> None:
    assert derivative(Expression("div", (read("w"), Expression("neg", (read("0"),)))), "w").op == "mul"
