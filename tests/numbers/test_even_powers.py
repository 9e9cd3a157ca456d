"""An even power of a norm or a root of rationals is rational, and no value is given where the root has none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import symgd
from symgd.errors import DomainError
from symgd.expressions.reader import read_definitions
from symgd.numbers.plan import with_squares
from symgd.numbers.systems import ExactSystem

ROWS = [
    ("norm2(w)^2", [1, Fraction(1, 3)], Fraction(10, 9)),
    ("norm2(w)^4/7", [1, 2], Fraction(25, 7)),
    ("sum(sqrt(w)^2)", [2, Fraction(1, 3)], Fraction(7, 3)),
    ("sum(sqrt(w)^6)", [2, 3], Fraction(35)),
]


@pytest.mark.parametrize(("loss", "point", "value"), ROWS, ids=[row[0] for row in ROWS])
def test_it_is_exact(loss: str, point: list[Fraction], value: Fraction) -> None:
    assert symgd.gradient(loss, start={"w": point}).loss_at({"w": point}) == value


def test_a_norm_of_a_matrix_of_rows() -> None:
    data = {"X": [[1, 2], [3, -4]], "y": [1, 0]}
    gradient = symgd.gradient("norm2(X*w - y)^2", let=data, start={"w": [1, 2]})
    assert gradient.loss_at({"w": [1, 2]}) == 41
    text = symgd.explain("norm2(X*w - y)^2", let=data, start={"w": [1, 2]}, rate="0.01", steps=1).markdown()
    assert "The loss was $L = 41$" in text


def test_where_the_root_has_no_value_its_square_has_none() -> None:
    system = ExactSystem()
    tree = read_definitions("sqrt(x)^2").loss
    third = system.number(Fraction(1, 3))
    assert system.evaluate(tree, {"x": third}) == third
    with pytest.raises(DomainError):
        system.evaluate(tree, {"x": system.number(Fraction(-1))})


@pytest.mark.parametrize("text", ["sqrt(x)", "sqrt(x)^3", "sqrt(x)^(-2)", "x^2", "sqrt(x)^n"])
def test_other_powers_stay_as_they_are(text: str) -> None:
    tree = read_definitions(text).loss
    assert with_squares(tree) == tree


def test_a_float_agrees() -> None:
    gradient = symgd.gradient("norm2(w)^2", start={"w": [1, 2]})
    assert gradient.function()(np.array([1.5, 2.0]))[0] == pytest.approx(6.25)
