"""The judge is judged: every row is an identity, every pair is what it says, every seed gives the same."""

from __future__ import annotations

from fractions import Fraction
from functools import partial, reduce
from random import Random

import pytest

from symgd.expressions.reader import read
from symgd.expressions.tree import operation
from tests.checking.rewritings import (
    DOMAIN_CHANGING,
    LONGEST,
    MUTATIONS,
    POINTS,
    REWRITINGS,
    Traced,
    WrongRewriting,
    apart,
    domain_pairs,
    equal_pairs,
    identity_of,
    loses_ground,
    must_agree,
    must_agree_where_both_exist,
    random_loss,
    random_points,
    some_parts,
    special_points,
    traced_domain_pairs,
    traced_equal_pairs,
    traced_unequal_pairs,
    unequal_pairs,
)
from tests.checking.rewritings_places import somewhere, typed
from tests.checking.rewritings_rules import RATIONAL, row, sign_by_form
from tests.checking.rewritings_truth import OutsideTheReals, value, value_or_none

TREES = 20
PAIRS = 100


@pytest.mark.parametrize("title", REWRITINGS)
def test_a_rewriting_keeps_value_and_domain(title: str) -> None:
    """Where one side has no value the other has none either, at random points and at special ones."""
    rng = Random(title)
    for _ in range(TREES):
        before = identity_of(REWRITINGS[title], some_parts(rng))
        after = somewhere(before, REWRITINGS[title].rewrite, rng)
        assert after is not None
        assert after != before
        points = special_points(before, rng)
        there = [value_or_none(before, point) is not None for point in points]
        assert there == [value_or_none(after, point) is not None for point in points]
        must_agree_where_both_exist(before, after, random_points(rng), title)


@pytest.mark.parametrize("title", DOMAIN_CHANGING)
def test_a_domain_changing_row_keeps_the_value_and_loses_ground(title: str) -> None:
    rng, lost = Random(title), 0
    for _ in range(TREES):
        before = identity_of(DOMAIN_CHANGING[title], some_parts(rng))
        after = DOMAIN_CHANGING[title].rewrite(before, rng)
        assert after is not None
        must_agree_where_both_exist(before, after, random_points(rng), title)
        lost += loses_ground(before, after, rng)
    assert lost


def test_each_rewriting_fits_somewhere_in_the_pairs() -> None:
    done = {step for traced in traced_equal_pairs(7, 5 * PAIRS) for step in traced.steps}
    assert len(done) >= len(REWRITINGS) * 2 // 3


@pytest.mark.parametrize("functions", [False, True])
def test_a_loss_exists_everywhere_and_is_rational_where_asked(functions: bool) -> None:
    rng = Random(5)
    losses = [random_loss(rng, functions) for _ in range(200)]
    assert all(value_or_none(loss, point) is not None for loss in losses for point in random_points(rng, 2))
    assert all((loss.operations <= RATIONAL) != functions for loss in losses)


# pairs --------------------------------------------------------------------------------------------------------


def read_back(traced: Traced) -> tuple[object, object]:
    """The trees that symgd reads from both texts; each has the value of the tree that was written."""
    trees = read(traced.pair.a), read(traced.pair.b)
    for written, tree in zip(traced.trees, trees, strict=True):
        must_agree_where_both_exist(written, tree, random_points(Random(3)), traced.pair)
    return trees


def test_equal_pairs_agree_as_they_are_read() -> None:
    for traced in traced_equal_pairs(1, PAIRS):
        must_agree(read(traced.pair.a), read(traced.pair.b), random_points(Random(2), POINTS), traced.steps)
        read_back(traced)


def test_unequal_pairs_differ_as_they_are_read() -> None:
    kinds = set()
    for traced in traced_unequal_pairs(1, PAIRS):
        read_back(traced)
        assert apart(read(traced.pair.a), read(traced.pair.b), random_points(Random(4), 12)), traced
        kinds.add(traced.steps[-1])
    assert kinds == set(MUTATIONS)


def test_pairs_of_different_domains_agree_where_both_exist() -> None:
    rng = Random(6)
    for traced in traced_domain_pairs(1, 2 * len(DOMAIN_CHANGING)):
        first, second = read(traced.pair.a), read(traced.pair.b)
        must_agree_where_both_exist(first, second, random_points(rng), traced.steps)
        assert loses_ground(first, second, rng), traced


@pytest.mark.parametrize("make", [equal_pairs, unequal_pairs, domain_pairs])
def test_a_seed_gives_the_same_pairs_and_another_seed_others(make: object) -> None:
    assert callable(make)
    once, again, other = list(make(8, 12)), list(make(8, 12)), list(make(9, 12))
    assert once == again != other
    assert list(make(8, 4)) == once[:4]
    for pair in once:
        assert max(len(pair.a), len(pair.b)) < LONGEST
        assert set(read(pair.a).names) | set(read(pair.b).names) == set(pair.names)


def test_half_of_the_pairs_have_functions() -> None:
    rational = [(read(pair.a).operations | read(pair.b).operations) <= RATIONAL for pair in equal_pairs(4, PAIRS)]
    assert rational == [True, False] * (PAIRS // 2)


# the judge can say no -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [("(A + B)^2", "A^2 + B^2"), ("sqrt(A^2)", "A"), ("sin(2*A)", "2*sin(A)"), ("A", "A*1.0000000000000000000000001")],
)
def test_a_false_identity_is_caught(left: str, right: str) -> None:
    false, rng = row(left, right), Random(left)
    pairs = [(tree, false.rewrite(tree, rng)) for tree in (identity_of(false, some_parts(rng)) for _ in range(TREES))]
    whole = [reduce(partial(operation, "sub"), side) for side in zip(*pairs, strict=True)]
    with pytest.raises(WrongRewriting):
        must_agree(whole[0], whole[1], random_points(rng))


def test_the_same_is_not_apart() -> None:
    tree = read("w1^2 + b")
    assert not apart(tree, operation("neg", operation("neg", tree)), random_points(Random(1)))


@pytest.mark.parametrize(
    ("text", "sign"), [("w^2", 1), ("w^3", 0), ("w^2 + 0.1", 2), ("-1", 0), ("exp(w)/w^2", 1), ("sqrt(w)", 1)]
)
def test_positive_is_by_form(text: str, sign: int) -> None:
    assert sign_by_form(read(text)) == sign


@pytest.mark.parametrize("text", ["1/(w - w)", "log(w - w)", "sqrt(-w^2 - 1)", "(w - w)^-1", "(-w^2 - 1)^0.5"])
def test_outside_the_reals_has_no_value(text: str) -> None:
    with pytest.raises(OutsideTheReals):
        value(read(text), {"w": Fraction(1, 3)})


@pytest.mark.parametrize(
    "text", ["-(w - 0.5)^2", "(-w)^2", "w - (b - 1)", "w/(b*2)", "(w/b)*2", "(w^2)^3", "2*(-w)", "e^(-w)", "-(-w)"]
)
def test_what_is_typed_reads_back_to_the_same_value(text: str) -> None:
    tree, point = read(text), {"w": Fraction(3, 7), "b": Fraction(-5, 3)}
    must_agree(tree, read(typed(tree)), [point])
