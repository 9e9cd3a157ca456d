"""Points behind quantities, losses and slopes at points, other names of the loss: what the text becomes."""

from __future__ import annotations

from fractions import Fraction

import pytest

import symgd
from symgd.checking.facts import facts_of
from symgd.checking.loss_names import with_the_loss
from symgd.checking.losses_at import with_losses_at
from symgd.checking.points import places_in, point_of, without_points
from symgd.checking.slopes_at import with_slopes_at

ONE = facts_of(symgd.Problem("(w - 3)^2", start={"w": "1.1"}, steps=1))
TWO = facts_of(symgd.Problem("(w1 - 1)^2 + 3*(w2 + 1)^2", start={"w1": 0, "w2": 0}, steps=2))
NEURON = facts_of(
    symgd.Problem("z = w*x; a = sigmoid(z); L = (a - y)^2", start={"w": 1}, let={"x": 2, "y": 1}, steps=1)
)
VECTOR = facts_of(symgd.Problem("norm2(w - c)^2", start={"w": [0, 0]}, let={"c": [1, 2]}, steps=1))
GIVEN = facts_of(symgd.Problem(gradient={"w": "-0.1"}, start={"w": 1}, steps=1))
LEAVES = facts_of(symgd.Problem("ln(w)", start={"w": 1}, learning_rate=2, steps=1))


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("1", [("", "1", "1")]),
        ("−0.5", [("", "-1/2", "1/10")]),
        (".25", [("", "1/4", "1/100")]),
        ("2/3", [("", "2/3", None)]),
        ("0.5/2", [("", "1/4", None)]),
        ("w = 0.50, 2", [("w", "1/2", "1/100"), ("", "2", "1")]),
        ("w ≈ 0.5; b = 2", [("w", "1/2", "1/10"), ("b", "2", "1")]),
        ("(w1, w2) = (1, 2)", [("w1", "1", "1"), ("w2", "2", "1")]),
        ("w1, w2 = [1, 2]", [("w1", "1", "1"), ("w2", "2", "1")]),
        ("w = (1, 2)", [("", "1", "1"), ("", "2", "1")]),
        ("(1, 2)", [("", "1", "1"), ("", "2", "1")]),
        ("[1, 2]", [("", "1", "1"), ("", "2", "1")]),
        (r"\left(1,\, 2\right)", [("", "1", "1"), ("", "2", "1")]),
        ("w_1", [("w1", None, None)]),
        ("w ≈ w_1", [("w1", None, None)]),
        ("w_t+1", [("w_t+1", None, None)]),
        ("rounded to 2 places", []),
        ("2 places", []),
        ("四捨五入", []),
    ],
)
def test_the_parts_of_a_point(inside: str, found: list[tuple[str, str | None, str | None]]) -> None:
    told = places_in(inside)
    assert told is not None
    assert [(place.word, place.value, place.unit) for place in told] == [
        (word, value and Fraction(value), unit and Fraction(unit)) for word, value, unit in found
    ]


@pytest.mark.parametrize("inside", ["1/0", "w + 1", "1, ?", "?, 1", ""])
def test_what_is_no_point(inside: str) -> None:
    assert places_in(inside) is None


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("L'(2) = -2", "L'    = -2"),
        ("L'(2) 是 -2", "L'    是 -2"),
        ("2L'(2) = -4", "2L'(2) = -4"),
        ("3 - L(2) = 2", "3 - L(2) = 2"),
        (r"\left.L'\right|_{w=2} = -2", r"\left.L'              = -2"),
        ("dL/dw at w = 2: -2", "dL/dw         : -2"),
        ("dL/dw 在 w = 2 時 = -2", "dL/dw           = -2"),
        ("dL/dw|_{w=2} = -2", "dL/dw        = -2"),
        ("dL/dw @ (2) = -2", "dL/dw       = -2"),
        ("q(2) = -2", "q(2) = -2"),
    ],
)
def test_points_are_blanked_out_behind_what_a_line_is_about(line: str, left: str) -> None:
    assert without_points(line, ONE) == left


def test_a_bracket_behind_a_definition_may_be_a_factor() -> None:
    for line in ("a(1 − a) = 0.1", "2(a - y)a(2) = 3"):
        assert without_points(line, NEURON) == line
    assert without_points("a(2) = 0.88", NEURON) == "a    = 0.88"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("L'(2) = -2", [2]),
        ("dL/dw at w = 2 = -2", [2]),
        ("L = 1, L'(2) = -2", []),
        ("= L'(2) = -2", []),
        ("dL/dw = -2", []),
        ("L'(2 + 1) = 0", None),
    ],
)
def test_the_point_of_a_line_stands_behind_what_it_is_about(text: str, values: list[int] | None) -> None:
    found = point_of(text, ONE)
    assert (found if found is None else [place.value for place in found]) == values


@pytest.mark.parametrize(
    ("facts", "line", "said"),
    [
        (ONE, "L(1.4) - L(2) = 1.56", "((1.4 − 3)²) - ((2 − 3)²) = 1.56"),
        (ONE, "L(1.4) - L(2)", "((1.4 − 3)²) - ((2 − 3)²)"),  # the line below may go on
        (ONE, "$L(1.4) - L(2) = 1.56$", r"$((1.4 - 3)^{2}) - ((2 - 3)^{2}) = 1.56$"),
        (ONE, r"L(1.4) \cdot 2 = 5.12", r"((1.4 - 3)^{2}) \cdot 2 = 5.12"),
        (ONE, "2*L(2) = 2", "2*((2 − 3)²) = 2"),
        (ONE, "0.5*L(2) = 0.5", "0.5*((2 − 3)²) = 0.5"),
        (ONE, "L(1) - L(0) = -5", "Ξ - Ξ = -5"),  # counts, or points
        (ONE, "L(2) - L(1) = -3", "((2 − 3)²) - ((1 − 3)²) = -3"),
        (ONE, "L(w = 1) - L(w = 0) = -5", "((1 − 3)²) - ((0 − 3)²) = -5"),
        (ONE, "L(w = 1, w = 2) - 1 = 3", "Ξ - 1 = 3"),
        (ONE, "L(1, 2) - 1 = 3", "Ξ - 1 = 3"),
        (ONE, "L(b = 2) - 1 = 3", "Ξ - 1 = 3"),
        (ONE, "L(w_1)/L(w_0) = 0.64", "L_1/L_0 = 0.64"),
        (ONE, "L(q_1) - 1 = 3", "Ξ - 1 = 3"),
        (ONE, "L(?) - 1 = 3", "Ξ - 1 = 3"),
        (ONE, "L(w) - 1 = 3", "Ξ - 1 = 3"),
        (ONE, "L(2) = 1", "L(2) = 1"),
        (TWO, "L(3, 2) - 1 = 30", "((3 − 1)² + 3 × (2 + 1)²) - 1 = 30"),
        (TWO, "L(w2 = 2, w1 = 3) - 1 = 30", "((3 − 1)² + 3 × (2 + 1)²) - 1 = 30"),
        (TWO, "L(3) - 1 = 30", "Ξ - 1 = 30"),
        (TWO, "L(3) - L(2) = 30", "Ξ - Ξ = 30"),
        (TWO, "L(w1[1], w2[1]) - 1 = 0.12", "L_1 - 1 = 0.12"),
        (TWO, "L(w1[1], w2[0]) - 1 = 0.12", "Ξ - 1 = 0.12"),
        (TWO, "L(w1[1], 2) - 1 = 0.12", "Ξ - 1 = 0.12"),
        (VECTOR, "L(1, 2) - 1 = 0", "Ξ - 1 = 0"),
        (GIVEN, "L(3) - 1 = 0", "Ξ - 1 = 0"),
    ],
)
def test_the_loss_at_a_point_inside_of_a_formula(facts: symgd.checking.facts.Facts, line: str, said: str) -> None:
    assert with_losses_at(line, facts) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("w = 1 - 0.1*L'(2)", "w = 1 - 0.1*(2 × (2 − 3))"),
        (r"w = 1 - 0.1 \nabla L(2)", r"w = 1 - 0.1 (2 \times (2 - 3))"),
        (r"w = 1 - 0.1 \frac{dL}{dw}(2)", r"w = 1 - 0.1 (2 \times (2 - 3))"),
        ("w = 1 - 0.1*dL/dw(2)", "w = 1 - 0.1*(2 × (2 − 3))"),
        ("w = 1 - 0.1*∇L(2)", "w = 1 - 0.1*(2 × (2 − 3))"),
        ("w = 1 - 0.1*L'(w)", "w = 1 - 0.1*(dL/dw)"),
        ("w = 1 - 0.1*L'(w_t)", "w = 1 - 0.1*(dL/dw)"),
        ("w = 1 - 0.1*L'(w_5)", "w = 1 - 0.1*(Ξ)"),
        ("w = 1 - 0.1*L'(1, 2)", "w = 1 - 0.1*(Ξ)"),
        ("w = 1 - 0.1*dL/dw|_{w=2} = 1.2", "w = 1 - 0.1*(2 × (2 − 3)) = 1.2"),
        ("L'(1.4) - L'(1) = 0.8", "(2 × (1.4 − 3)) - (2 × (1 − 3)) = 0.8"),
        ("w - L'(2)", "w - L'(2)"),
    ],
)
def test_the_slope_at_a_point_inside_of_a_formula(line: str, said: str) -> None:
    assert with_slopes_at(line, ONE) == said


def test_the_slope_of_a_definition_at_a_point_is_left_as_it_is() -> None:
    assert with_slopes_at("w = 1 - 0.1*z'(2)", NEURON) == "w = 1 - 0.1*z'(2)"


@pytest.mark.parametrize(
    ("facts", "value", "is_the_loss"),
    [
        (ONE, "3.61", True),
        (ONE, "2.3104", True),  # after the update
        (ONE, "1.478656", False),  # after one more
        (ONE, "2.31", True),
        (ONE, "2.310", True),
        (ONE, "2.3", False),  # of two digits
        (ONE, "2.32", False),
        (ONE, "2.311", False),
        (ONE, "5 = 3.61", True),
        (ONE, "3.61 = 5", True),
        (ONE, "(w - 3)^2", True),
        (ONE, "(w - 2)^2", False),
        (ONE, "3.61)", False),
        (ONE, "1/0", False),
        (ONE, "(0 - 1)^(1/2)", False),  # no value
        (ONE, "1/(2^(1/2)*2^(1/2) - 2)", False),  # none that can be told
        (ONE, "5", False),
        (facts_of(symgd.Problem("(w - 3)^2", start={"w": "-0.5"}, steps=1)), "12.3", True),
        (facts_of(symgd.Problem("(w - 3)^2", start={"w": "2.25"}, steps=1)), "0.563", True),
        (facts_of(symgd.Problem("(w - 3)^2", start={"w": "2.25"}, steps=1)), "0.56", False),
        (GIVEN, "5", False),
        (LEAVES, "5", False),  # the loss has no value after the update
        (LEAVES, "0", True),
    ],
)
def test_another_name_is_the_loss_where_it_has_its_value(
    facts: symgd.checking.facts.Facts, value: str, is_the_loss: bool
) -> None:
    assert with_the_loss(f"J = {value}", facts) == f"{'L' if is_the_loss else 'J'} = {value}"
