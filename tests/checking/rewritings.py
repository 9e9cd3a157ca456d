"""The judge of `symgd.equivalent`: pairs of texts that are equal, unequal, or equal where both exist.

Nothing here looks at how symgd decides: pairs come from rows of identities and from mutations, and every pair is
held against mpmath (`rewritings_truth`) before it is given out. The same seed gives the same pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import partial
from itertools import count as counted
from random import Random
from typing import Any, NamedTuple

import mpmath

from symgd.errors import InputError
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression, nodes, operation, substitute
from symgd.expressions.writer import text
from tests.checking.rewritings_losses import NAMES, filled, random_loss
from tests.checking.rewritings_mutations import MUTATIONS
from tests.checking.rewritings_places import somewhere, typed
from tests.checking.rewritings_rules import LETTERS, Rewriting
from tests.checking.rewritings_table import DOMAIN_CHANGING, REWRITINGS
from tests.checking.rewritings_truth import DIGITS, MANY_DIGITS, Point, distance, value_or_none

__all__ = ["DOMAIN_CHANGING", "MUTATIONS", "REWRITINGS", "Pair", "Traced", "domain_pairs", "equal_pairs"]
__all__ += ["random_loss", "traced_domain_pairs", "traced_equal_pairs", "traced_unequal_pairs", "unequal_pairs"]

LONGEST = 400
POINTS = 4
#: Equal is nearer than this, unequal is farther than that: see `rewritings_truth.distance`.
SAME, APART = mpmath.mpf("1e-45"), mpmath.mpf("1e-25")


class Pair(NamedTuple):
    """Two texts and the names in them."""

    a: str
    b: str
    names: tuple[str, ...]


class Traced(NamedTuple):
    """A pair, both trees, and what was done to `a` to come to `b`."""

    pair: Pair
    trees: tuple[Expression, Expression]
    steps: tuple[str, ...]


class WrongRewriting(AssertionError):
    """A row of the table is no identity: the fault is the judge's own."""


def equal_pairs(seed: int, count: int) -> Iterator[Pair]:
    """Pairs that are equal, with the same real domain; every second one has functions."""
    return (traced.pair for traced in traced_equal_pairs(seed, count))


def unequal_pairs(seed: int, count: int) -> Iterator[Pair]:
    """Pairs that differ at a point where both exist; every second one has functions."""
    return (traced.pair for traced in traced_unequal_pairs(seed, count))


def domain_pairs(seed: int, count: int) -> Iterator[Pair]:
    """Pairs that are equal where both exist, but `b` does not exist everywhere where `a` does."""
    return (traced.pair for traced in traced_domain_pairs(seed, count))


def traced_equal_pairs(seed: int, count: int) -> Iterator[Traced]:
    """The equal pairs with what was done."""
    for index in range(count):
        yield next(filter(None, (_equal(Random(f"equal {seed} {index} {go}"), bool(index % 2)) for go in counted())))


def traced_unequal_pairs(seed: int, count: int) -> Iterator[Traced]:
    """The unequal pairs with what was done, the mutation last; the kinds take turns."""
    for index in range(count):
        kinds = [kind for kind in MUTATIONS if index % 2 or kind != "swapped function"]
        kind = kinds[index // 2 % len(kinds)]
        tries = (_unequal(Random(f"unequal {seed} {index} {go}"), bool(index % 2), kind) for go in counted())
        yield next(filter(None, tries))


def traced_domain_pairs(seed: int, count: int) -> Iterator[Traced]:
    """The pairs of different domains with what was done, the changing step first; the rows take turns."""
    rows = list(DOMAIN_CHANGING)
    for index in range(count):
        row = rows[index % len(rows)]
        tries = (_domain(Random(f"domain {seed} {index} {go}"), row) for go in counted())
        yield next(filter(None, tries))


# making -------------------------------------------------------------------------------------------------------


def _equal(rng: Random, functions: bool) -> Traced | None:
    traced = _rewritten(rng, functions)
    if traced is not None:
        must_agree(*traced.trees, random_points(rng), traced.steps)
    return traced


def _unequal(rng: Random, functions: bool, kind: str) -> Traced | None:
    start = _rewritten(rng, functions)
    if start is None:
        return None
    first, second = start.trees
    changed = somewhere(second, partial(_mutated, MUTATIONS[kind], first.names), rng)
    if changed is None or not apart(first, changed, random_points(rng)):
        return None
    traced = _traced(first, changed, (*start.steps, kind), rng)
    return traced if traced is not None and readable(traced.pair) else None


def _mutated(mutation: Any, names: tuple[str, ...], part: Expression, rng: Random) -> Expression | None:
    new: Expression | None = mutation(part, names, rng)
    return new


def _domain(rng: Random, row: str) -> Traced | None:
    """A loss and a place where the row fits; the row, then 2 to 4 rewritings, which keep the domain."""
    functions = rng.random() < 0.5
    place = identity_of(DOMAIN_CHANGING[row], some_parts(rng))
    first = operation("add", random_loss(rng, functions), place)
    changed = somewhere(first, DOMAIN_CHANGING[row].rewrite, rng)
    if changed is None:
        return None
    second, steps = _steps(changed, rng, functions, rng.randint(2, 4))
    if not loses_ground(first, second, rng):
        return None
    must_agree_where_both_exist(first, second, random_points(rng), (row, *steps))
    return _traced(first, second, (row, *steps), rng)


def _rewritten(rng: Random, functions: bool) -> Traced | None:
    """A loss rewritten 3 to 6 times."""
    first = random_loss(rng, functions)
    tree, steps = _steps(first, rng, functions, rng.randint(3, 6))
    return None if tree == first else _traced(first, tree, steps, rng)


def _steps(tree: Expression, rng: Random, functions: bool, many: int) -> tuple[Expression, tuple[str, ...]]:
    """The tree rewritten so many times, and the titles of what was done."""
    titles: list[str] = []
    for _ in range(many):
        title, tree = _one_step(tree, rng, functions)
        titles.append(title)
    return tree, tuple(titles)


def _one_step(tree: Expression, rng: Random, functions: bool) -> tuple[str, Expression]:
    """One rewriting that fits somewhere: the rows are drawn until one does."""
    allowed: list[tuple[str, Rewriting]] = [
        (title, row) for title, row in REWRITINGS.items() if functions or row.rational
    ]
    while True:
        title, row = rng.choice(allowed)
        new = somewhere(tree, row.rewrite, rng)
        if new is not None:
            return title, new


def _traced(first: Expression, second: Expression, steps: tuple[str, ...], rng: Random) -> Traced | None:
    """The pair in one of two ways of writing; None where it grew too long or cannot be typed at all."""
    write = rng.choice([typed, text])
    names = tuple(word for word in NAMES if word in first.names + second.names)
    pair = Pair(write(first), write(second), names)
    if max(len(pair.a), len(pair.b)) >= LONGEST:
        return None
    return Traced(pair, (first, second), steps)


# judging ------------------------------------------------------------------------------------------------------


def random_points(rng: Random, count: int = POINTS) -> list[Point]:
    """Points with every name, from -2 to 2, far from where anything is special."""
    return [{word: Fraction(rng.randint(-(2 * 10**9), 2 * 10**9), 10**9 + 7) for word in NAMES} for _ in range(count)]


def apart(first: Expression, second: Expression, points: list[Point]) -> bool:
    """Whether they differ clearly at a point, and exist together at half of the points at least."""
    far = [gap for gap in (distance(first, second, point) for point in points) if gap is not None]
    return 2 * len(far) >= len(points) and max(far) > APART


def must_agree(first: Expression, second: Expression, points: list[Point], told: object = "") -> None:
    """Both exist at all points with the same value; raises WrongRewriting."""
    for point in points:
        gap = _settled(first, second, point)
        if gap is None or gap > SAME:
            raise WrongRewriting(f"{told}: {typed(first)} and {typed(second)} at {dict(point)}: {gap}")


def must_agree_where_both_exist(first: Expression, second: Expression, points: list[Point], told: object = "") -> None:
    """The same value wherever both exist; raises WrongRewriting."""
    together = [point for point in points if distance(first, second, point) is not None]
    must_agree(first, second, together, told)


def _settled(first: Expression, second: Expression, point: Point) -> Any:
    """The distance, looked at again with more digits where it is not nothing."""
    gap = distance(first, second, point, DIGITS)
    return gap if gap is not None and gap <= SAME else distance(first, second, point, MANY_DIGITS)


def loses_ground(first: Expression, second: Expression, rng: Random) -> bool:
    """Whether there is a point where only the first exists, and one where both do."""
    ground = [point for point in special_points(second, rng) if value_or_none(first, point) is not None]
    exists = [value_or_none(second, point) is not None for point in ground]
    return any(exists) and not all(exists)


def special_points(tree: Expression, rng: Random) -> list[Point]:
    """Random points, and such with one name at 0 or at plus or minus a number of the tree."""
    numbers = dict.fromkeys([Fraction(0), *(node.value for node in nodes(tree) if node.op == "number")])
    points = random_points(rng, 6)
    for size in numbers:
        for word in tree.names:
            points += [{**points[0], word: size}, {**points[0], word: -size}]
    return points


def readable(pair: Pair) -> bool:
    """Whether symgd's reader takes both texts (a mutation may make 1/0 of them)."""
    try:
        read(pair.a), read(pair.b)
    except InputError:
        return False
    return True


def identity_of(row: Rewriting, parts: Mapping[str, Expression]) -> Expression:
    """The sample of a row with parts in the place of its letters."""
    return substitute(read(row.sample, names=LETTERS), parts)


def some_parts(rng: Random) -> dict[str, Expression]:
    """Something for each letter that a sample may have."""
    words = [rng.choice(NAMES), rng.choice(NAMES)]
    forms = {"A": "{z}", "B": "{r}", "C": "{z}", "P": "{p}", "Q": "{p}", "X": "{n}", "K": "{d}"}
    return {letter: read(filled(form, rng, words)) for letter, form in forms.items()}
