"""Names of mistakes where a slope has branches, or an update carries something on."""

from __future__ import annotations

import pytest

import symgd

BRANCHES = symgd.Problem("piecewise((w^2, w < 1), (2*w - 1, true))", start={"w": "0.4"}, learning_rate="0.1", steps=1)
BENT = symgd.Problem("a = piecewise((w^2, w < 1), (2*w - 1, true))\nL = a^2", start={"w": "0.4"}, steps=1)
MOMENTUM = symgd.Problem("(w - 3)^2", start={"w": "1"}, learning_rate="0.1", optimizer="momentum", steps=2)


@pytest.mark.parametrize(
    ("problem", "text", "names"),
    [
        (BRANCHES, "dL/dw = 2*0.4 = 0.8\nw = 0.4 + 0.1*0.8 = 0.48", ("climbed",)),
        (BRANCHES, "dL/dw = 2*0.4 = 0.8\nw = 0.4 + 0.1*1.3 = 0.53", ()),
        (BENT, "dL/dw = 0.256\nw = 0.4 + 0.1*0.256 = 0.4256", ("climbed",)),
        (BENT, "dL/dw = 0.256\nw = 0.47 + 0.1*(-0.444) = 0.4256", ()),
        (BENT, "dL/da = 2*0.16 = 0.32\ndL/dw = 0.47*0.32*1.7021 = 0.256", ()),
        (BENT, "dL/dw = 3.7*0.4 - 1.352 = 0.128", ()),
        (MOMENTUM, "w = 1 - 0.1*(-4) = 1.4\nw = 1.4 - 0.1*(-3.2) = 1.72", ("momentum-reset",)),
        (MOMENTUM, "w = 1 - 0.1*(-4) = 1.4\nw = 1.4 - 0.1*(-3.7) = 1.77", ()),
    ],
)
def test_numbers_of_the_line_are_those_of_the_mistake(problem: symgd.Problem, text: str, names: tuple[str]) -> None:
    assert symgd.check(problem, text).mistakes == names
