"""What the golden tables of slopes hold: see tests/golden.py. Numbers are written as in tests/numbers/tables."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symgd.calculus import (
    addends,
    agreement,
    algebra,
    bridge,
    curvature,
    entropy,
    equality,
    floating,
    index_form,
    kernels,
    kinks,
    lowering,
    naming,
    probing,
    proved_values,
    proving,
    rationals,
    spectrum,
)
from symgd.calculus.array_gradient import ArrayGradient
from symgd.calculus.array_program import array_program
from symgd.calculus.compiled import Writer, hessian_vector_product, in_order, loss_and_gradient, source_of
from symgd.calculus.derivation import Derivation, derivation_of
from symgd.calculus.gradient import Gradient
from symgd.calculus.graph import Program, curvature_program, program_of, reverse_program
from symgd.calculus.ground import Ground
from symgd.calculus.languages import LANGUAGES
from symgd.calculus.program import Formula, gradient_program, inlined, shown_latex, shown_text, slope_name
from symgd.calculus.rules import derivative
from symgd.calculus.source import source_in
from symgd.calculus.stable import stable
from symgd.calculus.steps import derive, lines
from symgd.calculus.story import Story, stories
from symgd.calculus.written import ArrayProduct, loss_in_numbers
from symgd.errors import InputError
from symgd.expressions.definitions import Definitions
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.shapes import Shape, shaped, typed
from symgd.expressions.tree import ZERO, Expression, name, nodes, number, substitute
from symgd.numbers.arrays import array
from symgd.numbers.values import is_array
from tests.golden import Table, refusal
from tests.numbers.tables import told, tried, value


def _words(written: str) -> list[str]:
    return [word for word in written.split(",") if word]


def _constants(fields: Sequence[str]) -> dict[str, Any]:
    return {word: value(text) for word, text in (field.split("=", 1) for field in fields)}


# slopes of formulas in numbers


def deriving(formula: str, variable: str = "x") -> Iterator[str]:
    """A slope by the rules, line by line."""
    tree = read(formula)
    step = derive(tree, variable)
    yield f"{derivative(tree, variable)}"
    for side in lines(step):
        yield f"  {side.tree}  {', '.join(side.rules)}"
    yield " ".join(f"{part.rule}[{part.of}]" for part in step)
    assert step.result == derivative(tree, variable)


def _derivation(definitions: Definitions, wrt: Sequence[str]) -> Derivation:
    program = gradient_program(definitions, wrt)
    return derivation_of(
        wrt, definitions.loss_name, program, lambda needed: stories(definitions, tuple(needed)), inlined(program)
    )


def telling(formula: str, words: str) -> Iterator[str]:
    """The program of a loss and its derivation, as text in both languages and as LaTeX."""
    definitions, wrt = read_definitions(formula), _words(words)
    for line in gradient_program(definitions, wrt):
        yield f"{_formula(line)}"
    for word, tree in inlined(gradient_program(definitions, wrt)).items():
        yield f"{shown_text(word)} whole {tree}"
    found = _derivation(definitions, wrt)
    yield from (found.text(), found.text("zh-TW"), found.latex())
    yield f"{found!r} {found.rules} {found.result} {str(found) == found.text()}"
    yield f"{found._repr_latex_() == f'$${found.latex()}$$'} {found._repr_markdown_()[:3]!r}"
    if len(wrt) > 1:
        yield _derivation(definitions, wrt[-1:]).text()


def _formula(line: Formula) -> str:
    edges = " ".join(f"{user}<{word}" for user, word in line.edges)
    return f"{line.kind} {line.quantity} = {line.tree} [{edges}] paths {line.paths} {line.rule}".rstrip()


def quantities(quantity: str) -> Iterator[str]:
    """How a quantity is shown."""
    yield f"{shown_text(quantity)} {shown_latex(quantity)}"


def rules_named(*rules: str) -> Iterator[str]:
    """Rules as they stand behind a line, and the equation of the first."""
    for language in ("en", "zh-TW"):
        yield naming.rule_names(rules, language)
    sides = naming.rule_formula(rules[0])
    yield " = ".join(map(str, sides)) if sides else "in words"
    yield naming.text_mode(" ".join(rules))


# arrays


def _ground(fields: Sequence[str]) -> tuple[dict[str, Shape], int | None, dict[str, frozenset[str]]]:
    """Shapes (X=3x2), the rows (n=3), names that are symmetric (symmetric=A) or sum to 1 (stochastic=y)."""
    pairs = dict(field.split("=", 1) for field in fields)
    rows = int(pairs.pop("rows")) if "rows" in pairs else None
    special = {key: frozenset(_words(pairs.pop(key, ""))) for key in ("symmetric", "stochastic")}
    return {word: tuple(int(s) for s in sides.split("x") if s) for word, sides in pairs.items()}, rows, special


def telling_arrays(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The slopes of a loss over arrays, and how they come about."""
    shapes, rows, special = _ground(fields)
    found = shaped(read_definitions(formula, names=shapes), shapes)
    program = array_program(found.definitions, _words(words), Ground(found.shapes, rows, **special))
    for line in program.lines:
        yield _formula(line)
    whole = Derivation(_words(words), program.stories)
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


def sources(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The gradient as source in every language."""
    constants = _constants(fields)
    definitions = read_definitions(formula, names=[*constants, *_words(words)])
    program = gradient_program(definitions, _words(words))
    for language in (*LANGUAGES, "fortran"):
        yield f"— {language}"
        yield _source(language, program, _words(words), constants, {}, True)


def _source(language: str, *rest: Any) -> str:
    return _refused(lambda: source_in(language, *rest))


def _refused(work: Callable[[], Any]) -> str:
    try:
        return str(work())
    except InputError as error:
        return refusal(error)


def array_sources(formula: str, words: str, in_rows: str, *fields: str) -> Iterator[str]:
    """The gradient of a loss over arrays as source: w=2 is a shape, X=[…] a constant."""
    given = dict(field.split("=", 1) for field in fields)
    constants = {word: value(text) for word, text in given.items() if word not in _words(words)}
    shapes: dict[str, Shape] = {word: tuple(int(s) for s in given[word].split("x") if s) for word in _words(words)}
    sides = {word: entry.shape for word, entry in constants.items() if is_array(entry)}
    rows = next((side[0] for side in sides.values()), 0) if in_rows else None
    found = shaped(read_definitions(formula, names=given), {**shapes, **sides})
    program = array_program(found.definitions, _words(words), Ground(found.shapes, rows)).lines
    if rows:
        constants["n"] = Fraction(rows)
    for language in LANGUAGES:
        yield f"— {language}"
        yield _source(language, program, _words(words), constants, shapes, bool(in_rows))


def lowering_sums(formula: str, *fields: str) -> Iterator[str]:
    """A sum over an index as one of whole columns, or written out; and what is wrong with it."""
    constants = _constants(fields)
    definitions = read_definitions(formula, names=constants)
    sides = {word: entry.shape for word, entry in constants.items() if is_array(entry)}
    found = shaped(definitions, sides)
    lowering.check_sums(found, constants)
    for word, tree in zip(definitions.names, found.definitions.expressions, strict=True):
        yield f"{word} = {lowering.lowered(tree, constants)}"


def entries(formula: str, words: str, *fields: str) -> Iterator[str]:
    """A loss over data entry by entry: to SymPy, and in numbers."""
    given = dict(field.split("=", 1) for field in fields)
    constants = {word: value(text) for word, text in given.items() if word not in _words(words)}
    shapes: dict[str, Shape] = {word: tuple(int(s) for s in given[word].split("x") if s) for word in _words(words)}
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
    point = {word: value(given[word]) for word in _words(words)}
    constants = {word: value(text) for word, text in given.items() if word not in point}
    shapes = {word: entry.shape for word, entry in {**constants, **point}.items() if is_array(entry)}
    found = shaped(read_definitions(formula, names=given), shapes)
    gradient = ArrayGradient(found, _words(words), constants, point)
    for word in _words(words):
        yield f"{word} {gradient.shape(word)}: {gradient.text(word)}"
    for word, slope in gradient.at(point).items():
        yield f"{word} at the point {told(slope)}"
    yield f"{told(gradient.loss_at(point))} {gradient.sympy_loss}"


# what floats run


def _program(program: Program) -> Iterator[str]:
    steps = [
        f"{place}:{program.constants[place]}" if op == "number" else f"{place}:{op}{list(args)}"
        for place, (op, args) in enumerate(program.instructions)
    ]
    yield f"{' '.join(steps)} → {dict(program.outputs)}, {program.operations} operations"


def graphs(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The instructions of a loss, of its reverse sweep, of its curvature, and their source."""
    definitions, wrt, constants = read_definitions(formula), _words(words), _constants(fields)
    free = [word for word in definitions.free_names if word not in wrt]
    forward = program_of(list(zip(definitions.names, definitions.expressions, strict=True)), [*wrt, *free])
    yield from _program(forward)
    swept = reverse_program(definitions, wrt, constants)
    yield from _program(swept)
    yield from _program(swept.only("loss"))
    yield from _program(curvature_program(definitions, wrt, constants))
    for language in ("python", "numpy"):
        yield source_of("f", swept, language)
    assigned, outputs = Writer(swept).lines([f"p{place}" for place in range(len(wrt))], "t")
    yield f"{'; '.join(assigned)} {outputs}"
    for line in floating.sweep_program(definitions, wrt, constants):
        yield _formula(line)


def stabilising(formula: str) -> Iterator[str]:
    """A form that floats can bear."""
    yield f"{stable(read(formula))}"


def ordering(written: str, words: str, plain: str) -> Iterator[str]:
    """One value for each parameter."""
    values: dict[str, Any] = {
        "mapping": {"a": 1.0, "b": 2.0},
        "numbers": [1.0, 2.0],
        "batch": [[1.0, 2.0], [3.0, 4.0]],
    }
    values |= {"one": 5.0, "three": [1.0, 2.0, 3.0], "arrays": ([1.0, 2.0], 3.0)}
    yield f"{[str(found) for found in in_order(values[written], _words(words), bool(plain))]}"


# algebra


def simplifying(*written: str) -> Iterator[str]:
    """Products, sums and parts of trees, as a teacher would write them."""
    trees = [substitute(read(each), {"nothing": ZERO}) for each in written]  # no text divides by 0
    yield f"product {algebra.product(*trees)} sum {algebra.total(trees)} negative {algebra.negative(trees[0])}"
    for tree in trees:
        above, below = algebra.factors_of(tree)
        coefficient = " | ".join(map(str, algebra.coefficient_of(tree)))
        yield f"constant {algebra.constant_of(tree)} coefficient {coefficient}"
        yield f"factors {list(map(str, above))} over {list(map(str, below))}"
        terms = [f"{'+' if sign > 0 else '-'}{term}" for sign, term in algebra.signed_terms(tree)]
        yield f"terms {terms} {list(map(str, algebra.terms_of(tree)))}"
        exponents = [str(algebra.power(tree, Fraction(each))) for each in ("0", "1", "2", "1/2", "-1", "-2", "-1/2")]
        entries_to = [
            str(algebra.power_of_entries(tree, read(each))) for each in ("1", "2", "8", "9", "0.5", "-2", "k")
        ]
        yield f"powers {exponents} of entries {entries_to}"
        yield f"moving {sorted(map(str, algebra.moving_parts(tree, 'x')))}"


def replacing(tree: str, part: str, by: str) -> Iterator[str]:
    """A part replaced."""
    yield f"{algebra.replaced(read(tree), {read(part): read(by)})}"


def recognising(formula: str) -> Iterator[str]:
    """A cross-entropy, recognised."""
    found = entropy.cross_entropy(read(formula))
    yield "no cross-entropy" if found is None else f"target {found.target} probability {found.probability}"


def to_sympy(formula: str) -> Iterator[str]:
    """A formula as SymPy's, its slope there, and back."""
    theirs = bridge.to_sympy(read(formula))
    yield f"{theirs}"
    yield f"back {tried(bridge.from_sympy, theirs)}"
    yield f"slope {tried(lambda: bridge.from_sympy(theirs.diff(bridge.symbol('x'))))}"


def from_sympy(python: str) -> Iterator[str]:
    """What SymPy has and what is made of it: a key of the rows below."""
    import sympy as sp

    x, i = sp.Symbol("x", real=True), sp.Symbol("i", integer=True)
    made: dict[str, Any] = {
        "whole": 3,
        "double": 0.1,
        "fraction": Fraction(1, 3),
        "float": sp.Float("0.25"),
        "sum": x + 2 - 1 / x,
        "product": -2 * x * sp.sin(x) / 3,
        "roots": sp.sqrt(x) + x ** sp.Rational(3, 2) + x ** sp.Rational(-1, 2) + 1 / x**2 + x**-1,
        "power": 2**x,
        "negative power": sp.exp(-x) ** 2,
        "series": sp.Sum(x * i, (i, 1, 3)),
        "two series": sp.Sum(x * i, (i, 1, 3), (x, 0, 2)),
        "heaviside": sp.Max(x, 0).diff(x),
        "slope of a sign": sp.Abs(x / i).diff(x),
        "dirac": sp.sign(x).diff(x),
        "cases": sp.Piecewise((x, x < 0), (2 * x, x <= 1), (3, x > 5), (4, True)),
        "open cases": sp.Piecewise((x, x < 0), (2 * x, x >= 1)),
        "constants": sp.E**x + sp.pi,
        "not real": sp.sqrt(-1) * x,
        "infinite": sp.oo,
        "unknown function": sp.Function("x")(i),
        "unsupported": sp.gamma(x),
        "a greek name": sp.Symbol("eta_1"),
        "a name with a blank": sp.Symbol("a b"),
        "a name in chinese": sp.Symbol("權重"),
        "a name of signs": sp.Symbol("_x"),
        "greatest": sp.Max(x, 2, i) + sp.Min(x, i),
        "false": sp.Piecewise((x, sp.false), (1, True), evaluate=False),
    }
    yield f"{bridge.from_sympy(made[python])}"


def proving_values(formula: str, candidate: str, *fields: str) -> Iterator[str]:
    """Whether SymPy proves a value, and the value with proved digits."""
    tree, point = read(formula), _constants(fields)
    yield f"{bridge.proves(tree, point, Fraction(candidate))} {told(proved_values.value_at(tree, point))}"


# equality


def proofs(left: str, right: str) -> Iterator[str]:
    """What algebra proves of two formulas, and their forms."""
    first, second = read(left), read(right)
    yield f"{proving.proves_equal(first, second)}"
    field = kernels.Field((first, second), proving._ROWS)
    for tree in (first, second):
        yield f"  {tried(lambda: _form(field, tree))}"  # noqa: B023 - used at once
    kinds = {f"{kind} {inside}": str(poly) for (kind, inside), poly in field.kernels.items()}
    yield f"  {kinds} relations {list(map(str, field.relations))} positive {sorted(field.positive)}"
    yield f"  units { ({f'{kind} {key}': str(unit) for (kind, key), unit in field.units.items()}) } room {field.room}"


def _form(field: kernels.Field, tree: Expression) -> Any:
    try:
        return field.key(field.of(tree))
    except (kernels.Beyond, kernels.FinerUnit, kernels.MoreRoom) as error:
        return f"{type(error).__name__} {error}"


def equalities(left: str, right: str, *fields: str) -> Iterator[str]:
    """The verdict on two formulas."""
    first = [_constants(fields)] if fields else []
    found = equality.equality(read(left), read(right), first, _never)
    yield f"{found.verdict} {found.certainty} {found.points} points {found.bits} bits {bool(found)}"
    if found.counterexample is not None:
        at = ", ".join(f"{word}={number}" for word, number in found.counterexample.at.items())
        yield f"at {at}: {found.counterexample.left} and {found.counterexample.right}"
    yield f"{found.message()} {found.message('zh-TW')}"


def _never(left: Expression, right: Expression) -> bool | None:
    return None


def looking(left: str, right: str) -> Iterator[str]:
    """Where two formulas are looked at."""
    first, second = read(left), read(right)
    for kind, found in (
        ("all", probing.points((first, second), [{"x": Fraction(17)}], 3)),
        ("domain", probing.domain_points(first, second)),
    ):
        yield f"{kind}: {'; '.join(' '.join(f'{w}={v}' for w, v in point.items()) for point in found)}"


def adding(formula: str) -> Iterator[str]:
    """A long sum, part by part: each group is taken to come to 7, or to nothing known."""
    seen: list[str] = []

    def constant(group: Expression) -> Fraction | None:
        seen.append(str(group))
        return Fraction(7) if "cos" in str(group) else None

    yield f"{addends.with_numbers(read(formula), constant)} groups {seen}"


def numbers(a: str, b: str) -> Iterator[str]:
    """Rationals and counts that proofs need."""
    first, second = Fraction(a), Fraction(b)
    yield f"unit {rationals.common_unit(first, second)} primes {rationals.primes(first)} {rationals.primes(second)}"
    yield f"square {rationals.square_part(first)} {rationals.square_part(second)}"
    yield f"terms {rationals.spread(int(first), int(second))}"


# curvature


def _matrix(written: str) -> spectrum.Matrix:
    return tuple(tuple(value(part) for part in row.split(",")) for row in written.split(";"))


def spectra(written: str) -> Iterator[str]:
    """The eigenvalues of a matrix, their signs, their vectors, their sums."""
    matrix = _matrix(written)
    yield f"{tuple(tried(lambda: spectrum.inertia(matrix)).split())}"
    found = spectrum.eigenvalues(matrix)
    yield f"{', '.join(map(_short, found))}"
    for vector in spectrum.eigenvectors(matrix):
        yield f"  {'no vector' if vector is None else ', '.join(map(_short, vector))}"
    if len(found) > 1:
        yield f"sums {_short(spectrum.pair_sum(matrix, 0, 1))} {_short(spectrum.pair_sum(matrix, 0, len(found) - 1))}"


def _short(found: Any) -> str:
    return str(found) if isinstance(found, Fraction) else f"about {found.proved(20) or 'anything'}"


def curved(formula: str, words: str, point: str, *fields: str) -> Iterator[str]:
    """The curvature of a loss at a point, with and without a weight decay."""
    definitions, wrt = read_definitions(formula), _words(words)
    gradient = Gradient(definitions, wrt, _constants(fields))
    at = dict(zip(wrt, map(value, point.split(",")), strict=True))
    yield f"quadratic {curvature.is_quadratic(gradient)} smooth {curvature.is_smooth_at(gradient, at)}"
    for decay in ((), (Fraction(1, 2),)):
        slopes = curvature.slopes_at(gradient, at, *decay)
        yield f"slopes {', '.join(map(_short, slopes.values()))}"
        found = curvature.curvature_at(gradient, at, *decay)
        assert found.hessian == curvature.hessian_at(gradient, at, *decay)
        rows = "; ".join(", ".join(map(_short, row)) for row in found.hessian)
        yield f"[{rows}] {found.kind} {tuple(found.inertia)} {', '.join(map(_short, found.eigenvalues))}"
    yield f"{gradient.second(wrt[0], wrt[-1])} {gradient.hessian}"


def kinds(positive: str, negative: str, zero: str, unknown: str) -> Iterator[str]:
    """What a stationary point is by the signs of its eigenvalues."""
    signs = spectrum.Inertia(int(positive), int(negative), int(zero), int(unknown))
    yield f"{curvature.kind_of(signs, False)} {curvature.kind_of(signs, True)}"


def bending(formula: str, *fields: str) -> Iterator[str]:
    """The kinks of a formula at a point."""
    tree, point = read(formula), _constants(fields)
    for values in (point, {word: float(at) for word, at in point.items()}):
        found = kinks.kinks(tree, values)
        yield "; ".join(f"{k.kind} {k.part}: {k.test} of {k.of} {k.low}…{k.high} {k.member}" for k in found) or "none"


def agreeing(left: str, right: str, domain: str, *fields: str) -> Iterator[str]:
    """Whether two roads to a slope agree."""
    trees = [read(left), read(right), read(domain)]
    words = tuple(dict.fromkeys(word for tree in trees for word in tree.names))
    agreement.check_agreement([("∂L/∂x", trees[0], trees[1])], words, _constants(fields), trees[2])
    yield "they agree"
    points = list(agreement._points(words, _constants(fields), trees[2]))
    shown = [" ".join(f"{word}={number}" for word, number in point.items()) for point in points[:4]]
    yield f"{len(points)} points: {'; '.join(shown)}"


def whole(formula: str, words: str, *fields: str) -> Iterator[str]:
    """A gradient as a whole: what it prints, its values, its second slopes, its programs."""
    given = _constants(fields)
    definitions, wrt = read_definitions(formula, names=given), _words(words)
    constants = {word: number for word, number in given.items() if word not in wrt}
    gradient = Gradient(definitions, wrt, constants, {word: given[word] for word in wrt if word in given})
    yield f"{gradient}"
    yield f"{gradient!r} {list(gradient)} {len(gradient)} {[gradient.latex(word) for word in wrt]}"
    yield f"{[str(gradient[word]) for word in wrt]} {gradient.sympy_loss} {gradient.symbols}"
    point = {word: given[word] for word in wrt if word in given}
    if len(point) == len(wrt):
        yield f"{told(gradient.loss_at(point))} {[told(slope) for slope in gradient.at(point).values()]}"
        yield f"near { ({word: told(number) for word, number in gradient._near.items()}) }"
    for line in floating.float_program(gradient):
        yield _formula(line)
    for wrong in (lambda: gradient.partial("q"), lambda: gradient.at(q=1), lambda: gradient.at({wrt[0]: [1, 2]})):
        yield _refused(wrong)
    first = _points(len(wrt))[0]
    yield f"{_both(gradient.function(), first)} {tried(gradient.hvp(), first, first)} {gradient.shape(wrt[0])}"
    yield f"{gradient.python() == gradient.source('python')} {gradient.whole == gradient._trees}"
    yield f"twice by the first {gradient.second(wrt[0], wrt[0])}"
    yield gradient.derivation().text()
    yield gradient.derivation(wrt[-1]).text("zh-TW")
    told_all: list[Story] = gradient.stories
    yield f"{[story.quantity for story in told_all]} {slope_name('L', 'w')}"


def _points(count: int) -> list[list[float]]:
    return [[0.5 + 0.25 * place for place in range(count)], [-1.0 + 0.5 * place for place in range(count)]]


def running(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The compiled loss of numbers, its slopes, and its curvature along a vector: at good points and at wrong ones."""
    definitions, wrt, constants = read_definitions(formula), _words(words), _constants(fields)
    function, along = (
        loss_and_gradient(definitions, wrt, constants),
        hessian_vector_product(definitions, wrt, constants),
    )
    first, second = _points(len(wrt))
    for point in (first, second, [first, second], [*first, 1.0], [[first]]):
        yield f"{point}: {_both(function, point)}"
    yield f"along {tried(along, first, second)} {tried(along, second, first)} {_fault(along, first, [*second, 1.0])}"


def _both(function: Callable[..., Any], point: Any) -> str:
    try:
        loss, slopes = function(point)
    except ValueError as error:
        return str(error)
    shown = {word: told(slope) for word, slope in slopes.items()} if isinstance(slopes, dict) else told(slopes)
    return f"{told(loss)} {shown} {np.shape(loss)}"


def _fault(work: Callable[..., Any], *given: Any) -> str:
    try:
        return f"{work(*given)}"
    except ValueError as error:
        return str(error)


def running_arrays(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The compiled loss over arrays: w=[…] is the point, what is not among the words is constant."""
    given = dict(field.split("=", 1) for field in fields)
    point = {word: value(given[word]) for word in _words(words)}
    constants = {word: value(text) for word, text in given.items() if word not in point}
    sides = {word: entry.shape for word, entry in {**constants, **point}.items() if is_array(entry)}
    found = shaped(read_definitions(formula, names=given), sides)
    rows = int(constants["n"]) if "n" in constants else None
    gradient = ArrayGradient(found, _words(words), constants, point, rows)
    for line in gradient.program:
        yield f"{line.quantity} = {' '.join(_operations(gradient.plain_products(line.tree)))}"
    floats = {word: np.asarray(entry, dtype=float) for word, entry in point.items()}
    function = gradient.function()
    yield from _program(function.program)
    yield _both(function, floats)
    yield _both(function, {word: np.stack([entry, entry + 1]) for word, entry in floats.items()})
    yield _both(function, {word: np.ones((2, 2, 7)) for word in floats})
    yield _both(function, [np.ones(3)] * (len(floats) + 1))
    yield _fault(gradient.hvp(), floats, {word: np.ones(5) for word in floats})
    yield f"{gradient.source('numpy')}"
    yield f"{[str(gradient[word]) for word in _words(words)]} {gradient.symbols}"
    yield f"{gradient.hessian}"
    yield _refused(lambda: gradient.second(_words(words)[0], _words(words)[0]))
    yield f"{[story.quantity for story in gradient.stories]}"
    yield gradient.derivation(_words(words)[-1]).text()


def _operations(tree: Expression) -> list[str]:
    return [node.op if node.args else str(node) for node in nodes(tree)]


def cutting(formula: str, words: str, rows: str, *sides: str) -> Iterator[str]:
    """Shapes that are small and still differ, and what is left of arrays: their symmetry, the sums of rows."""
    shapes = {word: tuple(map(int, text.split("x"))) for word, text in (side.split("=") for side in sides)}
    found = shaped(read_definitions(formula, names=shapes), shapes)
    program = array_program(found.definitions, _words(words), Ground(found.shapes)).lines
    fixed: dict[str, Any] = {"n": Fraction(int(rows)), "k": Fraction(1, 2)}
    for word, shape in shapes.items():
        if word not in _words(words):
            symmetric = len(shape) > 1 and shape[0] == shape[1]
            places = [sum(place) if symmetric else place[-1] for place in np.ndindex(*shape)]
            fixed[word] = array(list(map(Fraction, places))).reshape(shape)
    small, kept = index_form._smaller(program, shapes, fixed)
    yield f"{small} { ({word: told(entry) for word, entry in kept.items()}) }"
    for point in itertools.islice(index_form._points(program, small, kept), 3):
        yield str({word: told(entry) for word, entry in point.items()})


def sentences(verdict: str, late: str) -> Iterator[str]:
    """A verdict in words."""
    found = equality.Equality(verdict, "", late=float(late) if late else None)
    yield f"{found.message()} {found.message('zh-TW')} {bool(found)}"


TABLES: Mapping[str, Table] = {
    "running": running,
    "running_arrays": running_arrays,
    "cutting": cutting,
    "sentences": sentences,
    "deriving": deriving,
    "telling": telling,
    "quantities": quantities,
    "rules_named": rules_named,
    "telling_arrays": telling_arrays,
    "grounding": grounding,
    "sources": sources,
    "array_sources": array_sources,
    "lowering": lowering_sums,
    "entries": entries,
    "checking_arrays": checking_arrays,
    "graphs": graphs,
    "stabilising": stabilising,
    "ordering": ordering,
    "simplifying": simplifying,
    "replacing": replacing,
    "recognising": recognising,
    "to_sympy": to_sympy,
    "from_sympy": from_sympy,
    "proving_values": proving_values,
    "proofs": proofs,
    "equalities": equalities,
    "looking": looking,
    "adding": adding,
    "numbers": numbers,
    "spectra": spectra,
    "curved": curved,
    "kinds": kinds,
    "bending": bending,
    "agreeing": agreeing,
    "whole": whole,
}
