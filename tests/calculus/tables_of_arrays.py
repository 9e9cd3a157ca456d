"""What the golden tables hold of slopes over vectors, matrices and data: see tests/golden.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symgd.calculus import (
    index_form,
    lowering,
)
from symgd.calculus.array_gradient import ArrayGradient
from symgd.calculus.array_program import array_program
from symgd.calculus.derivation import Derivation
from symgd.calculus.ground import Ground
from symgd.calculus.languages import LANGUAGES
from symgd.calculus.written import ArrayProduct, loss_in_numbers
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.shapes import Shape, shaped, typed
from symgd.expressions.tree import Expression, name, nodes, number
from symgd.numbers.arrays import array
from symgd.numbers.values import is_array
from tests.calculus.told import (
    formula_line,
    instructions,
    loss_and_slopes,
    or_fault,
    or_refusal,
    source,
    split,
    valued,
)
from tests.numbers.tables import told, value


def _ground(fields: Sequence[str]) -> tuple[dict[str, Shape], int | None, dict[str, frozenset[str]]]:
    """Shapes (X=3x2), the rows (n=3), names that are symmetric (symmetric=A) or sum to 1 (stochastic=y)."""
    pairs = dict(field.split("=", 1) for field in fields)
    rows = int(pairs.pop("rows")) if "rows" in pairs else None
    special = {key: frozenset(split(pairs.pop(key, ""))) for key in ("symmetric", "stochastic")}
    return {word: tuple(int(s) for s in sides.split("x") if s) for word, sides in pairs.items()}, rows, special


def telling_arrays(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The slopes of a loss over arrays, and how they come about."""
    shapes, rows, special = _ground(fields)
    found = shaped(read_definitions(formula, names=shapes), shapes)
    program = array_program(found.definitions, split(words), Ground(found.shapes, rows, **special))
    for line in program.lines:
        yield formula_line(line)
    whole = Derivation(split(words), program.stories)
    yield from (whole.text(), whole.text("zh-TW"), whole.latex())


def grounding(formula: str, *fields: str) -> Iterator[str]:
    """What is made of a formula over arrays on its ground."""
    shapes, rows, special = _ground(fields)
    ground = Ground(shapes, rows, **special)
    tree = typed(read(formula, names=shapes), shapes).tree
    yield f"shape {ground.shape(tree)} count {ground.count(tree)}"
    yield f"split {' | '.join(map(str, ground.split(tree)))}; transposed {ground.transposed(tree)}"
    yield f"left as they are {list(ground.left_as_they_are)}"
    yield f"summed {ground.summed(tree)}; marked {ground.marked(tree)}"
    yield f"spread {ground.spread(name('g'), tree)}; twice {ground.times(number(2), tree)}"


def array_sources(formula: str, words: str, in_rows: str, *fields: str) -> Iterator[str]:
    """The gradient of a loss over arrays as source: w=2 is a shape, X=[…] a constant."""
    given = dict(field.split("=", 1) for field in fields)
    constants = {word: value(text) for word, text in given.items() if word not in split(words)}
    shapes: dict[str, Shape] = {word: tuple(int(s) for s in given[word].split("x") if s) for word in split(words)}
    sides = {word: entry.shape for word, entry in constants.items() if is_array(entry)}
    rows = next((side[0] for side in sides.values()), 0) if in_rows else None
    found = shaped(read_definitions(formula, names=given), {**shapes, **sides})
    program = array_program(found.definitions, split(words), Ground(found.shapes, rows)).lines
    if rows:
        constants["n"] = Fraction(rows)
    for language in LANGUAGES:
        yield f"— {language}"
        yield source(language, program, split(words), constants, shapes, bool(in_rows))


def lowering_sums(formula: str, *fields: str) -> Iterator[str]:
    """A sum over an index as one of whole columns, or written out; and what is wrong with it."""
    constants = valued(fields)
    definitions = read_definitions(formula, names=constants)
    sides = {word: entry.shape for word, entry in constants.items() if is_array(entry)}
    found = shaped(definitions, sides)
    lowering.check_sums(found, constants)
    for word, tree in zip(definitions.names, found.definitions.expressions, strict=True):
        yield f"{word} = {lowering.lowered(tree, constants)}"


def entries(formula: str, words: str, *fields: str) -> Iterator[str]:
    """A loss over data entry by entry: to SymPy, and in numbers."""
    given = dict(field.split("=", 1) for field in fields)
    constants = {word: value(text) for word, text in given.items() if word not in split(words)}
    shapes: dict[str, Shape] = {word: tuple(int(s) for s in given[word].split("x") if s) for word in split(words)}
    sides = {word: entry.shape for word, entry in constants.items() if is_array(entry)}
    found = shaped(read_definitions(formula, names=given), {**shapes, **sides})
    yield f"{index_form.loss_in_entries(found.definitions, constants, shapes)}"
    named = {word: index_form.entry_symbols(word, shape) for word, shape in shapes.items()}
    yield f"{named}"
    trees = {word: _trees(word, shape) for word, shape in shapes.items()}
    yield loss_in_numbers(found.definitions, trees, constants).loss.text()
    product = ArrayProduct(found.definitions, shapes, constants)
    point = {word: np.full(shape, 0.5) if shape else 0.5 for word, shape in shapes.items()}
    found_slopes = product(point, {word: 2 * number for word, number in point.items()})
    slopes = found_slopes.items() if isinstance(found_slopes, dict) else [("all", found_slopes)]
    yield f"{product.shapes} {[(word, told(slope)) for word, slope in slopes]}"


def _trees(word: str, shape: Shape) -> Any:
    from symgd.numbers.values import shaped_as

    if not shape:
        return name(word)
    symbols = index_form.entry_symbols(word, shape, "{}{}")
    return shaped_as(symbols, [name(str(symbol).replace(", ", "_")) for symbol in symbols.flat])


def checking_arrays(formula: str, words: str, *fields: str) -> Iterator[str]:
    """A gradient over arrays that is compared with SymPy: shapes, slopes at a point, derivation."""
    given = dict(field.split("=", 1) for field in fields)
    point = {word: value(given[word]) for word in split(words)}
    constants = {word: value(text) for word, text in given.items() if word not in point}
    shapes = {word: entry.shape for word, entry in {**constants, **point}.items() if is_array(entry)}
    found = shaped(read_definitions(formula, names=given), shapes)
    gradient = ArrayGradient(found, split(words), constants, point)
    for word in split(words):
        yield f"{word} {gradient.shape(word)}: {gradient.text(word)}"
    for word, slope in gradient.at(point).items():
        yield f"{word} at the point {told(slope)}"
    yield f"{told(gradient.loss_at(point))} {gradient.sympy_loss}"


def running_arrays(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The compiled loss over arrays: w=[…] is the point, what is not among the words is constant."""
    given = dict(field.split("=", 1) for field in fields)
    point = {word: value(given[word]) for word in split(words)}
    constants = {word: value(text) for word, text in given.items() if word not in point}
    sides = {word: entry.shape for word, entry in {**constants, **point}.items() if is_array(entry)}
    found = shaped(read_definitions(formula, names=given), sides)
    rows = int(constants["n"]) if "n" in constants else None
    gradient = ArrayGradient(found, split(words), constants, point, rows)
    for line in gradient.program:
        yield f"{line.quantity} = {' '.join(_operations(gradient.plain_products(line.tree)))}"
    floats = {word: np.asarray(entry, dtype=float) for word, entry in point.items()}
    function = gradient.function()
    yield from instructions(function.program)
    yield loss_and_slopes(function, floats)
    yield loss_and_slopes(function, {word: np.stack([entry, entry + 1]) for word, entry in floats.items()})
    yield loss_and_slopes(function, {word: np.ones((2, 2, 7)) for word in floats})
    yield loss_and_slopes(function, [np.ones(3)] * (len(floats) + 1))
    yield or_fault(gradient.hvp(), floats, {word: np.ones(5) for word in floats})
    yield f"{gradient.source('numpy')}"
    yield f"{[str(gradient[word]) for word in split(words)]} {gradient.symbols}"
    yield f"{gradient.hessian}"
    yield or_refusal(lambda: gradient.second(split(words)[0], split(words)[0]))
    yield f"{[story.quantity for story in gradient.stories]}"
    yield gradient.derivation(split(words)[-1]).text()


def _operations(tree: Expression) -> list[str]:
    return [node.op if node.args else str(node) for node in nodes(tree)]


def cutting(formula: str, words: str, rows: str, *sides: str) -> Iterator[str]:
    """Shapes that are small and still differ, and what is left of arrays: their symmetry, the sums of rows."""
    shapes = {word: tuple(map(int, text.split("x"))) for word, text in (side.split("=") for side in sides)}
    found = shaped(read_definitions(formula, names=shapes), shapes)
    program = array_program(found.definitions, split(words), Ground(found.shapes)).lines
    fixed: dict[str, Any] = {"n": Fraction(int(rows)), "k": Fraction(1, 2)}
    for word, shape in shapes.items():
        if word not in split(words):
            symmetric = len(shape) > 1 and shape[0] == shape[1]
            places = [sum(place) if symmetric else place[-1] for place in np.ndindex(*shape)]
            fixed[word] = array(list(map(Fraction, places))).reshape(shape)
    small, kept = index_form._smaller(program, shapes, fixed)
    yield f"{small} { ({word: told(entry) for word, entry in kept.items()}) }"
    for point in itertools.islice(index_form._points(program, small, kept), 3):
        yield str({word: told(entry) for word, entry in point.items()})
