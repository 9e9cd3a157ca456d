"""Variants of a problem: numbers drawn from ranges, kept where they are pleasant to work with by hand.

A range stands in a problem file in the place of a number: `w1 = {from = 0.1, to = 0.9, step = 0.1}`, or
`{choose = [1, 2, 4]}`. The same seed gives the same variants, and a longer list begins with a shorter one.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

from symgd.descent.advance import descend
from symgd.descent.data import check_inside
from symgd.descent.files import read_toml
from symgd.descent.problem import Problem
from symgd.descent.reading import CHOICE, RANGE, exact_number, is_range, shortened, within
from symgd.descent.trajectory import Record, Trajectory
from symgd.errors import InputError, SymgdError, found_in
from symgd.expressions.writer import decimal_text
from symgd.limits import Given, allowing, author
from symgd.numbers.values import Value, bounds, entries_of

#: Decimals that a pleasant number has at most.
PLACES = 4
#: Spaces up to this size are shuffled whole; from larger ones it is drawn.
_WHOLE = 200_000
#: So many draws for each variant that is asked for, before the ranges are said to hold too few.
_PATIENCE = 400
Key = tuple[str | int, ...]
#: How a run is refused where other numbers may do.
_UNLUCKY = ("start-outside", "start-no-slope", "start-no-second", "start-too-large", "rate-undefined")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the tables of a problem file, and the numbers that it may hold."""

    key: Key
    choices: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the variants: its number from 1, what was chosen by the place in the file, its tables and its run."""

    number: int
    numbers: Mapping[str, Fraction]
    table: Mapping[str, Any]
    run: Trajectory

    def table_text(self, key: str) -> str:
        """What was chosen for a place, as a decimal where it is one."""
        return decimal_text(self.numbers[key]) or str(self.numbers[key])


@dataclass(frozen=True, slots=True)
class Variants:
    """What was found, and how many draws each condition turned away."""

    found: tuple[Variant, ...]
    refused: Mapping[str, int] = field(default_factory=dict)


def variants_of(
    source: str | Path | Mapping[str, Any], count: int, seed: int = 0, limits: Given = None, **options: Any
) -> Variants:
    """So many variants of a problem file, or of its tables; fewer where the ranges hold no more.

    `options` override the file, as in `Problem.load`. In exact arithmetic every printed value has at most four
    decimals; no partial derivative is 0, and the loss falls in every update. Raises InputError where there is no
    range, where a range means nothing, and where no variant is pleasant.

    >>> table = {"loss": "(w - 3)^2", "steps": 2, "start": {"w": {"from": 0, "to": 2, "step": "0.5"}}}
    >>> [str(variant.numbers["start.w"]) for variant in variants_of(table, 3, seed=1).found]
    ['1', '3/2', '2']
    """
    with allowing(limits):
        return _variants(source, count, seed, options)


def _variants(source: str | Path | Mapping[str, Any], count: int, seed: int, options: Mapping[str, Any]) -> Variants:
    folder = Path(".") if isinstance(source, Mapping) else Path(source).parent
    name = "" if isinstance(source, Mapping) else Path(source).name
    table = dict(source) if isinstance(source, Mapping) else read_toml(Path(source))
    with found_in(name):
        if not isinstance(source, Mapping):
            check_inside(table.get("data"), folder)
        spots = spots_of(table)
    within("n", count, 1, "variants")
    if not spots:
        raise InputError("variants-no-range", name=name)
    if str(table.get("arithmetic", "exact")) == "float":
        raise InputError("variants-float")
    found: list[Variant] = []
    refused: Counter[str] = Counter()
    for tries, chosen in enumerate(_drawn(spots, seed)):
        if len(found) == count or tries >= _PATIENCE * count:
            break
        filled = _filled(table, chosen)
        run, fault = _tried(filled, {"source": name, "folder": folder, **options})
        if run is None:
            refused[fault] += 1
            continue
        numbers = {".".join(map(str, key)): value for key, value in chosen.items()}
        found.append(Variant(len(found) + 1, numbers, filled, run))
    if not found:
        worst = refused.most_common(1)[0][0] if refused else "fails"
        raise InputError(f"variants-none-{worst}")
    return Variants(tuple(found), dict(refused))


# ranges


def spots_of(table: Mapping[str, Any]) -> tuple[Spot, ...]:
    """Every range of the tables, in their order. Raises InputError for one that means nothing."""
    spots = tuple(_spots(table, ()))
    if len(spots) > author().ranges:
        raise InputError("variants-spots", most=author().ranges, limit="ranges")
    return spots


def _spots(value: Any, key: Key) -> Iterator[Spot]:
    if isinstance(value, Mapping):
        if len(key) > 1 and is_range(value):  # a table such as [start] may have a name "to"
            yield Spot(key, _choices(value, ".".join(map(str, key))))
            return
        for word, inner in value.items():
            yield from _spots(inner, (*key, word))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _spots(inner, (*key, place))


def _choices(given: Mapping[str, Any], where: str) -> tuple[Fraction, ...]:
    most = author().choices
    if set(given) == CHOICE:
        if not isinstance(given["choose"], list) or not given["choose"]:
            raise InputError("variants-choose", name=where)
        found = [exact_number(value, where) for value in given["choose"]]
    elif set(given) in (RANGE, RANGE - {"step"}):
        low, high = (exact_number(given[word], where) for word in ("from", "to"))
        step = exact_number(given.get("step", 1), where)
        if step <= 0:
            raise InputError("variants-step", name=where, step=shortened(given["step"]))
        if low > high:
            raise InputError("variants-order", name=where, low=shortened(given["from"]), high=shortened(given["to"]))
        if (high - low) / step >= most:
            raise InputError("variants-range", name=where, most=most, limit="choices")
        found = [low + step * place for place in range(int((high - low) / step) + 1)]
    else:
        raise InputError("variants-keys", name=where, keys=shortened(", ".join(map(str, given))))
    if len(found) > most:
        raise InputError("variants-range", name=where, most=most, limit="choices")
    return tuple(dict.fromkeys(found))


def _drawn(spots: Sequence[Spot], seed: int) -> Iterator[dict[Key, Fraction]]:
    """Every combination once, in an order that the seed decides."""
    total = prod(len(spot.choices) for spot in spots)
    for place in _places(total, random.Random(seed)):
        chosen = {}
        for spot in spots:
            place, which = divmod(place, len(spot.choices))
            chosen[spot.key] = spot.choices[which]
        yield chosen


def _places(total: int, choose: random.Random) -> Iterator[int]:
    if total <= _WHOLE:
        order = list(range(total))
        choose.shuffle(order)
        yield from order
        return
    seen: set[int] = set()
    while len(seen) < total:
        place = choose.randrange(total)
        if place not in seen:
            seen.add(place)
            yield place


def _filled(table: Mapping[str, Any], chosen: Mapping[Key, Fraction]) -> dict[str, Any]:
    """The tables with numbers in the place of ranges."""

    def fill(value: Any, key: Key) -> Any:
        if key in chosen:
            return decimal_text(chosen[key]) or str(chosen[key])
        if isinstance(value, Mapping):
            return {word: fill(inner, (*key, word)) for word, inner in value.items()}
        return [fill(inner, (*key, place)) for place, inner in enumerate(value)] if isinstance(value, list) else value

    return {word: fill(value, (word,)) for word, value in table.items()}


# what is pleasant


def _tried(table: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[Trajectory | None, str]:
    """The run of a table if it is pleasant; else the condition that it fails."""
    try:
        run = descend(Problem.from_table(table, **options))
    except InputError as error:
        if error.code in _UNLUCKY:
            return None, "fails"
        raise
    except SymgdError:
        return None, "fails"
    fault = fault_of(run)
    return (None, fault) if fault else (run, "")


def fault_of(run: Trajectory) -> str:
    """The first condition of a pleasant run that this one does not meet; "" where it meets all.

    >>> import symgd
    >>> fault_of(symgd.descend("(w - 3)^2", start={"w": 1}, steps=2))
    ''
    >>> fault_of(symgd.descend("exp(w)", start={"w": 1}, steps=1))
    'irrational'
    """
    moving = [record for record in run.records if record.change is not None] or run.records[:1]
    if any(bounds(entry)[0] <= 0 <= bounds(entry)[1] for record in moving for entry in _slopes(record)):
        return "flat"
    if run.outcome.code not in ("finished", "converged") or run.outgrown:
        return "fails"
    if run.problem.arithmetic == "exact":
        values = [entry for value in _printed(run) for entry in entries_of(value)]
        if not all(isinstance(value, Fraction) for value in values):
            return "irrational"
        if not all(_is_short(value) for value in values):
            return "decimals"
    losses = [record.loss for record in run.records if record.loss is not None]
    falling = all(bounds(b)[1] < bounds(a)[0] for a, b in itertools.pairwise(losses))
    return "" if falling else "rises"


def _printed(run: Trajectory) -> Iterator[Value]:
    for record in run.records:
        yield from record.point.values()
        yield from record.gradient.values()
        yield from (line.value for line in record.lines)
        if record.loss is not None:
            yield record.loss


def _slopes(record: Record) -> Iterator[Value]:
    return (entry for value in record.gradient.values() for entry in entries_of(value))


def _is_short(value: Fraction) -> bool:
    return bool((value * 10**PLACES).denominator == 1)
