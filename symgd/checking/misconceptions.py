"""The table of misconceptions: what a student may have done instead, as a wrong variant of a rule or of an equation.

A row gives the values that a line would have. Its id names its sentences in the catalogues ([mistake.ID]). Rows are
variants of the very rules and equations that make the truth, so they fit any loss and any optimizer.
"""

from __future__ import annotations

from typing import NamedTuple

from symgd.calculus.algebra import product
from symgd.checking import gradient_mistakes as g
from symgd.checking import step_mistakes as s
from symgd.checking.array_mistakes import transposed, wrong_axis
from symgd.checking.slips import SLIPS
from symgd.checking.spots import Rule
from symgd.expressions.tree import number, operation


class Misconception(NamedTuple):
    """A row: its id, the family (gradient, step, arithmetic), and what it makes of a line."""

    id: str
    family: str
    guesses: Rule


#: The rows of gradient and step; those of arithmetic stand in arithmetic.py.
ROWS: tuple[Misconception, ...] = (
    *(Misconception(word, "gradient", g.slipped(word)) for word in SLIPS),
    Misconception("wrong-sign", "gradient", g.of_slope(g.wrong_sign)),
    Misconception("residual-sign", "gradient", g.of_slope(g.residual)),
    Misconception("half-cancelled", "gradient", g.of_slope(g.half)),
    Misconception("not-differentiated", "gradient", g.of_slope(g.undifferentiated)),
    Misconception("other-parameter", "gradient", g.of_slope(g.others)),
    Misconception("transposed", "gradient", g.of_slope(transposed)),
    Misconception("wrong-axis", "gradient", g.of_slope(wrong_axis)),
    Misconception("bias-forgotten", "gradient", g.bias_forgotten),
    Misconception("sum-for-mean", "gradient", g.of_slope(g.scaled(lambda slope, rows: product(rows, slope)))),
    Misconception("mean-twice", "gradient", g.of_slope(g.scaled(lambda slope, rows: operation("div", slope, rows)))),
    Misconception("first-sample-only", "gradient", g.one_row(0)),
    Misconception("last-sample-only", "gradient", g.one_row(-1)),
    Misconception("regulariser-missing", "gradient", g.regularised(lambda rest, term: rest)),
    Misconception(
        "regulariser-half",
        "gradient",
        g.regularised(lambda rest, term: operation("add", rest, operation("div", term, number(2)))),
    ),
    Misconception("regulariser-sign", "gradient", g.regularised(lambda rest, term: operation("sub", rest, term))),
    Misconception("regulariser-on-bias", "gradient", g.regularised(g.on_the_bias)),
    Misconception("climbed", "step", s.climbed),
    Misconception("rate-forgotten", "step", s.rate_forgotten),
    Misconception("rate-alone", "step", s.rate_alone),
    Misconception("divided-by-rate", "step", s.divided),
    Misconception("negated-twice", "step", s.negated),
    Misconception("change-as-weight", "step", s.change_as_weight),
    Misconception("gradient-as-weight", "step", s.gradient_as_weight),
    Misconception("moved-first", "step", s.moved_first),
    Misconception("old-gradient", "step", s.earlier),
    Misconception("row-shifted", "step", s.shifted),
    Misconception("momentum-not-decayed", "step", s.momentum("m + g")),
    Misconception("momentum-reset", "step", s.momentum("g")),
    Misconception("adam-uncorrected", "step", s.equations(mhat="m", vhat="v")),
    Misconception("adam-eps-inside", "step", s.equations(d="-eta*mhat/sqrt(vhat + eps)")),
    Misconception("adam-t-from-zero", "step", s.from_zero),
    Misconception("decimal-point", "arithmetic", s.point_moved),
)
