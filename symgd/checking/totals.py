"""What a class is marked out of: the same for every student, whatever each has written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from symgd.checking.answers import quantity_of_head
from symgd.checking.facts import facts_of
from symgd.checking.policy import policy_of
from symgd.checking.roster import Submission
from symgd.checking.verdict import WRONG, Report, line_points
from symgd.descent.problem import Problem

_CENT = 100


def with_asked(problem: Problem, submissions: Sequence[Submission]) -> Problem:
    """The problem with points for the quantities that the columns ask for, unless its policy names some.

    Where a working may say more than the columns, it stays as it is.

    >>> row = Submission("s001", "w = 1", 2, {}, ("w", "dL/dw"))
    >>> with_asked(Problem("(w - 3)^2", start={"w": 1}, marks={"points": 2}), [row]).marks["quantities"]
    {'w': Fraction(2, 1), 'dL/dw': Fraction(2, 1)}
    """
    policy = policy_of(problem.marks)
    heads = dict.fromkeys(head for each in submissions for head in each.asked)
    if policy.quantities or not all(each.asked for each in submissions):
        return problem
    words = [word for head in heads if (word := quantity_of_head(head, facts_of(problem))) is not None]
    return problem.replaced(marks={**problem.marks, "quantities": dict.fromkeys(words, policy.points)})


def total_of(problem: Problem) -> Fraction:
    """What a working of the problem is marked out of.

    That is the points of its quantities; without any, those of a slope and a weight for each parameter and update.

    >>> total_of(Problem("(w - 3)^2", start={"w": 1}, steps=3))
    Fraction(6, 1)
    """
    policy = policy_of(problem.marks)
    if policy.quantities:
        return sum(policy.quantities.values(), Fraction(0))
    return policy.points * 2 * len(problem.start) * max(1, problem.steps)


def out_of(report: Report, total: Fraction) -> Report:
    """The report with its score as a share of the total, whether many lines were written or none.

    The lines keep their own points. What the share comes to is rounded to two decimal places, a half upwards; what is
    not whole is not rounded up to the whole.
    """
    if report.max_score == total:
        return report
    earned, worth = line_points(report)
    share = earned / worth if worth else Fraction(0)
    penalty = policy_of(report.problem.marks).penalty * sum(verdict.status in WRONG for verdict in report)
    score = max(Fraction(0), share * total - penalty)
    rounded = Fraction(math.floor(score * _CENT + Fraction(1, 2)), _CENT)
    return replace(report, score=rounded if score == total else min(rounded, _below(total)), max_score=total)


def _below(total: Fraction) -> Fraction:
    """The highest mark with two decimal places that is less than the whole."""
    return Fraction(math.ceil(total * _CENT) - 1, _CENT)
