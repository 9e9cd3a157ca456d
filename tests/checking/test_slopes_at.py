"""L'(w), f'(w_t), L'(0.6) inside of a formula are slopes at a point, and no products."""

from __future__ import annotations

import pytest

import symgd

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
