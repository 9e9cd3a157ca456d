"""What the golden tables of slopes hold: see tests/golden.py. Numbers are written as in tests/numbers/tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.calculus import (
    algebra,
    bridge,
    entropy,
    floating,
    naming,
)
from symgd.calculus.compiled import Writer, hessian_vector_product, in_order, loss_and_gradient, source_of
from symgd.calculus.derivation import Derivation, derivation_of
from symgd.calculus.gradient import Gradient
from symgd.calculus.graph import curvature_program, program_of, reverse_program
from symgd.calculus.languages import LANGUAGES
from symgd.calculus.program import gradient_program, inlined, shown_latex, shown_text, slope_name
from symgd.calculus.rules import derivative
from symgd.calculus.stable import stable
from symgd.calculus.steps import derive, lines
from symgd.calculus.story import Story, stories
from symgd.expressions.definitions import Definitions
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.tree import ZERO, substitute
from tests.calculus.tables_of_arrays import (
    array_sources,
    checking_arrays,
    cutting,
    entries,
    grounding,
    lowering_sums,
    running_arrays,
    telling_arrays,
)
from tests.calculus.tables_of_proofs import (
    adding,
    agreeing,
    bending,
    curved,
    equalities,
    kinds,
    looking,
    numbers,
    proofs,
    proving_values,
    sentences,
    spectra,
)
from tests.calculus.told import (
    formula_line,
    instructions,
    loss_and_slopes,
    or_fault,
    or_refusal,
    places,
    source,
    split,
    valued,
)
from tests.golden import Table
from tests.numbers.tables import told, tried


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
    definitions, wrt = read_definitions(formula), split(words)
    for line in gradient_program(definitions, wrt):
        yield f"{formula_line(line)}"
    for word, tree in inlined(gradient_program(definitions, wrt)).items():
        yield f"{shown_text(word)} whole {tree}"
    found = _derivation(definitions, wrt)
    yield from (found.text(), found.text("zh-TW"), found.latex())
    yield f"{found!r} {found.rules} {found.result} {str(found) == found.text()}"
    yield f"{found._repr_latex_() == f'$${found.latex()}$$'} {found._repr_markdown_()[:3]!r}"
    if len(wrt) > 1:
        yield _derivation(definitions, wrt[-1:]).text()


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


def sources(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The gradient as source in every language."""
    constants = valued(fields)
    definitions = read_definitions(formula, names=[*constants, *split(words)])
    program = gradient_program(definitions, split(words))
    for language in (*LANGUAGES, "fortran"):
        yield f"— {language}"
        yield source(language, program, split(words), constants, {}, True)


def graphs(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The instructions of a loss, of its reverse sweep, of its curvature, and their source."""
    definitions, wrt, constants = read_definitions(formula), split(words), valued(fields)
    free = [word for word in definitions.free_names if word not in wrt]
    forward = program_of(list(zip(definitions.names, definitions.expressions, strict=True)), [*wrt, *free])
    yield from instructions(forward)
    swept = reverse_program(definitions, wrt, constants)
    yield from instructions(swept)
    yield from instructions(swept.only("loss"))
    yield from instructions(curvature_program(definitions, wrt, constants))
    for language in ("python", "numpy"):
        yield source_of("f", swept, language)
    assigned, outputs = Writer(swept).lines([f"p{place}" for place in range(len(wrt))], "t")
    yield f"{'; '.join(assigned)} {outputs}"
    for line in floating.sweep_program(definitions, wrt, constants):
        yield formula_line(line)


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
    yield f"{[str(found) for found in in_order(values[written], split(words), bool(plain))]}"


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


def whole(formula: str, words: str, *fields: str) -> Iterator[str]:
    """A gradient as a whole: what it prints, its values, its second slopes, its programs."""
    given = valued(fields)
    definitions, wrt = read_definitions(formula, names=given), split(words)
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
        yield formula_line(line)
    for wrong in (lambda: gradient.partial("q"), lambda: gradient.at(q=1), lambda: gradient.at({wrt[0]: [1, 2]})):
        yield or_refusal(wrong)
    first = places(len(wrt))[0]
    along = tried(gradient.hvp(), first, first)
    yield f"{loss_and_slopes(gradient.function(), first)} {along} {gradient.shape(wrt[0])}"
    yield f"{gradient.python() == gradient.source('python')} {gradient.whole == gradient._trees}"
    yield f"twice by the first {gradient.second(wrt[0], wrt[0])}"
    yield gradient.derivation().text()
    yield gradient.derivation(wrt[-1]).text("zh-TW")
    told_all: list[Story] = gradient.stories
    yield f"{[story.quantity for story in told_all]} {slope_name('L', 'w')}"


def running(formula: str, words: str, *fields: str) -> Iterator[str]:
    """The compiled loss of numbers, its slopes, and its curvature along a vector: at good points and at wrong ones."""
    definitions, wrt, constants = read_definitions(formula), split(words), valued(fields)
    function, along = (
        loss_and_gradient(definitions, wrt, constants),
        hessian_vector_product(definitions, wrt, constants),
    )
    first, second = places(len(wrt))
    for point in (first, second, [first, second], [*first, 1.0], [[first]]):
        yield f"{point}: {loss_and_slopes(function, point)}"
    yield f"along {tried(along, first, second)} {tried(along, second, first)} {or_fault(along, first, [*second, 1.0])}"


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
