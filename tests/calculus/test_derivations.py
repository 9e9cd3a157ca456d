"""Derivations: every rule named, every step true, the last line the gradient that is shown."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings

import symgd
from symgd.calculus import rules
from symgd.calculus.bridge import symbol, sympy_slope, to_sympy
from symgd.calculus.naming import PATTERNS, rule_formula, rule_names
from symgd.calculus.program import gradient_program, inlined
from symgd.calculus.rules import LEAVES, OUTER, derivative
from symgd.calculus.steps import derive, lines
from symgd.calculus.story import stories
from symgd.errors import DisagreementError, DomainError, InputError, PrecisionError
from symgd.expressions.definitions import Definitions
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.shapes import typed
from symgd.expressions.tree import Expression, fold, name, nodes, rebuilt
from symgd.language import LANGUAGES, catalogue
from symgd.numbers.systems import ExactSystem, rational
from tests.expressions.trees import trees

#: What a one-variable step engine should know, and the rules it must name.
KNOWN = {
    "x^3": "power",
    "3*x + 2": "constant-multiple",
    "x^2 + sin(x)": "sum",
    "x^2 - x": "difference",
    "x*sin(x)": "product",
    "x*sin(x)*exp(x)": "product",
    "sin(x)/x": "quotient",
    "1/(x^2 + 1)": "reciprocal",
    "sin(x^2)": "chain",
    "(x^2 + 1)^5": "power",
    "sqrt(x)": "sqrt",
    "cbrt(x)": "cbrt",
    "x^(2/3)": "power",
    "exp(x)": "exp",
    "2^x": "exponential",
    "ln(x)": "log",
    "log10(x)": "log10",
    "x^x": "logarithmic",
    "sin(x)^cos(x)": "logarithmic",
    "cos(x)": "cos",
    "tan(x)": "tan",
    "sec(x)": "sec",
    "asin(x)": "asin",
    "acos(x)": "acos",
    "atan(x)": "atan",
    "sinh(x)": "sinh",
    "cosh(x)": "cosh",
    "tanh(x)": "tanh",
    "abs(x)": "abs",
    "max(x, x^2)": "max",
    "piecewise((x^2, x < 1), (2*x - 1, true))": "piecewise",
    "huber(x)": "huber",
    "erf(x)": "erf",
    "(x*1 - 2)^2 + (x*2 - 3)^2 + (x*3 - 5)^2": "sum",
    "a*x^2 + b*x*y": "constant-multiple",
    "clip(x, 0, 1)": "clip",
    "logit(x)": "logit",
    "-y*ln(sigmoid(x)) - (1 - y)*ln(1 - sigmoid(x))": "cross-entropy",
    "-(0.3*ln(sigmoid(x)) + 0.7*ln(1 - sigmoid(x)))": "cross-entropy",
    "logsumexp(x, 2*x, y)": "logsumexp",
}


@pytest.mark.parametrize(("loss", "rule"), KNOWN.items())
def test_what_a_step_engine_should_know(loss: str, rule: str) -> None:
    gradient = symgd.gradient(loss, wrt="x")
    derivation = gradient.derivation("x")  # each step is compared with SymPy here
    assert rule in derivation.rules
    assert derivation.result == gradient.partial("x")
    for language in LANGUAGES:
        assert rule_names([rule], language) in derivation.text(language)


def test_there_are_more_than_the_thirty_three() -> None:
    assert len(KNOWN) >= 33


@pytest.mark.parametrize("op", sorted(OUTER))
def test_every_function_has_a_derivation_with_its_own_name(op: str) -> None:
    step = derive(read(f"{op}(3*x)"), "x")
    assert step.rules == (op, "chain")
    assert step.result == derivative(read(f"{op}(3*x)"), "x")


#: Rules of vectors, matrices and rows of data: tests/calculus/test_arrays.py applies each.
ARRAY_RULES = {
    *("finite-sum", "mean", "matrix-product", "quadratic-form", "dot", "norm1", "norm2", "squared-norm", "trace"),
    *("symmetric", "like-terms", "transpose", "softmax", "log-softmax", "softmax-cross-entropy", "index", "vector"),
}


def test_every_rule_that_can_be_applied_has_its_sentences() -> None:
    applied = {step.rule for loss in KNOWN for step in derive(read(loss), "x")} | set(OUTER)
    applied |= {
        "leaky_relu",
        "elu",
        "min",
        "chain",
        "paths",
        "tidy",
        "named",
        "put-in",
        "stable",
        "other",
        "log2",
        "held",
    }
    for language in LANGUAGES:
        named = {key.split(".")[1] for key in catalogue(language) if re.fullmatch(r"derivation\.[\w-]+\.name", key)}
        assert applied <= named
        assert named - applied == ARRAY_RULES


def test_a_rule_has_a_formula_where_its_sentence_asks_for_one() -> None:
    for key, text in catalogue("en").items():
        if match := re.fullmatch(r"derivation\.([\w-]+)\.says", key):
            assert (rule_formula(match[1]) is not None) == ("{formula}" in text), key


@pytest.mark.parametrize("rule", sorted({*PATTERNS, *OUTER}))
def test_the_formula_of_a_rule_is_true(rule: str) -> None:
    """With functions of x in the place of u and v, SymPy's derivative is what the formula says."""
    sides = rule_formula(rule)
    assert sides is not None
    x, y = symbol("x"), symbol("y")
    u, v = sp.Rational(3, 10) + x**2 / 5, sp.Rational(1, 2) + x / 7
    found, said = (to_sympy(side) for side in _with(sides, {"u": u, "v": v}))
    point = {
        x: sp.Rational(7, 10),
        y: sp.Rational(2, 7),
        **{symbol(w): sp.Rational(k, 9) for w, k in zip("acdn", (2, 4, 5, 6), strict=True)},
    }
    point |= {symbol("b"): sp.Rational(8, 9)}
    if rule == "acosh":
        point[x] = sp.Rational(3)
    assert abs(sp.N((found - said).subs(point), 30)) < sp.Float("1e-20")


def _with(sides: tuple[Expression, Expression], functions: dict[str, sp.Expr]) -> list[Expression]:
    from symgd.calculus.bridge import from_sympy
    from symgd.expressions.tree import substitute

    return [substitute(side, {word: from_sympy(function) for word, function in functions.items()}) for side in sides]


@given(trees)
@settings(max_examples=200, deadline=None)
def test_every_line_of_a_derivation_has_the_same_value(tree: Expression) -> None:
    """Each line, its open derivatives taken by SymPy, equals the result at a random point."""
    if not tree.names:
        return
    word = tree.names[0]
    step = derive(tree, word)
    sides = lines(step)
    assert not any(node.op == "derivative" for node in nodes(sides[-1].tree))
    assert sides[-1].tree == step.result == derivative(tree, word)
    assert all(side.rules for side in sides)
    point = {other: rational(Fraction(7 + place, 11)) for place, other in enumerate(tree.names)}
    values = [value for side in sides if (value := _value(side.tree, point)) is not None]
    for value in values[1:]:
        difference = value - values[0]
        assert difference == 0 or difference.contains(0)


def _value(tree: Expression, point: dict[str, Any]) -> Any:
    """The value of a line with the rules' own results in the place of what is open; None where it has none."""
    from symgd.calculus.algebra import replaced

    pending = {node: derivative(node.args[0], node.args[1].name) for node in nodes(tree) if node.op == "derivative"}
    system = ExactSystem(256)
    with system.precision():
        try:
            return system.evaluate(replaced(tree, pending), point)
        except (DomainError, PrecisionError):
            return None


def test_a_wrong_rule_is_noticed_when_the_step_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = symgd.gradient("(w - 3)^2 * exp(w)")
    monkeypatch.setitem(rules.OUTER, "exp", "exp(u) + 1")
    forget()
    try:
        with pytest.raises(DisagreementError):
            gradient.derivation("w")
    finally:
        monkeypatch.undo()
        forget()


def forget() -> None:
    rules.outer.cache_clear()
    stories.cache_clear()


def test_the_same_loss_with_other_numbers_is_derived_once() -> None:
    for start in ("0.5", "0.6"):
        before = stories.cache_info().misses, sympy_slope.cache_info().misses
        symgd.explain("u = q*x; L = (u - 2)^2", start={"q": start}, let={"x": 3}, steps=1)
    assert (stories.cache_info().misses, sympy_slope.cache_info().misses) == before


# the reverse road ---------------------------------------------------------------------------------------------


def taken_apart(tree: Expression) -> Definitions:
    """Every operation of the tree as a definition of its own: back-propagation by definitions is the reverse sweep."""
    names: dict[Expression, Expression] = {}
    bodies: list[Expression] = []
    for node in nodes(tree):
        if node.args and node.op not in ("lt", "le", "gt", "ge"):
            args = tuple(_named(part, names) for part in node.args)
            names[node] = name(f"q{len(bodies) + 1}")
            bodies.append(Expression(node.op, args))
    if not bodies or bodies[-1].op != tree.op:
        bodies.append(names.get(tree, tree))
    return Definitions(tuple(f"q{place}" for place in range(1, len(bodies) + 1)), tuple(bodies))


def _named(part: Expression, names: dict[Expression, Expression]) -> Expression:
    if part in names:
        return names[part]
    return Expression(part.op, tuple(_named(arg, names) for arg in part.args)) if part.args else part


def roads_meet(tree: Expression) -> None:
    """Rules on the whole, and the reverse sweep over its parts, have one value where both have one."""
    free = tree.names
    if not free:
        return
    apart = taken_apart(tree)
    slopes = inlined(gradient_program(apart, free))
    system = ExactSystem(256)
    point = {word: rational(Fraction(7 + 2 * place, 11)) for place, word in enumerate(free)}
    for word in free:
        with system.precision():
            try:
                forward = system.evaluate(derivative(tree, word), point)
                reverse = system.evaluate(slopes[f"d{apart.loss_name}/d{word}"], point)
            except (DomainError, PrecisionError):
                continue
            difference = forward - reverse
            assert difference == 0 or difference.contains(0), (tree, word)


@given(trees)
@settings(max_examples=500, deadline=None)
def test_rules_and_the_reverse_road_agree(tree: Expression) -> None:
    roads_meet(tree)


@pytest.mark.long
@given(trees)
@settings(max_examples=100_000, deadline=None)
def test_rules_and_the_reverse_road_agree_a_hundred_thousand_times(tree: Expression) -> None:
    roads_meet(tree)


# back-propagation -----------------------------------------------------------------------------------------------

NEURON = "z = w*x + b; a = sigmoid(z); L = (a - y)^2"


def test_a_neuron_takes_about_a_dozen_lines() -> None:
    program = gradient_program(read_definitions(NEURON), ["w", "b"])
    assert [line.quantity for line in program] == ["z", "a", "L", "dL/da", "da/dz", "dL/dz", "dL/dw", "dL/db"]


def test_no_quantity_is_named_twice_and_a_value_used_twice_is_a_sum_over_paths() -> None:
    shared = "h = w*x; p = h^2 + w; q = sin(h); L = p*q + w^2"
    program = gradient_program(read_definitions(shared), ["w"])
    quantities = [line.quantity for line in program]
    assert len(set(quantities)) == len(quantities)
    found = {line.quantity: line for line in program}
    assert str(found["dL/dh"].paths) == "dL/dp·dp/dh + dL/dq·dq/dh"
    assert str(found["dL/dw"].paths) == "dL/dh·dh/dw + dL/dp·dp/dw + 2·w"
    derivation = symgd.gradient(shared, wrt="w").derivation("w")
    assert "paths" in derivation.rules
    assert sum(story.quantity == "" for story in derivation.stories) == 1  # what L has of w itself


def test_a_sigmoid_that_goes_into_a_cross_entropy_leaves_a_minus_y() -> None:
    loss = "z = w*x; a = sigmoid(z); L = -y*ln(a) - (1 - y)*ln(1 - a)"
    found = {line.quantity: line for line in gradient_program(read_definitions(loss), ["w"])}
    assert str(found["dL/dz"].tree) == "a − y"
    assert str(found["dL/dz"].paths) == "dL/da·da/dz"


@pytest.mark.parametrize(
    "loss",
    [
        "z = w; a = sigmoid(z); L = -y*ln(a) - (1 - y)*ln(1 - z)",  # another probability
        "z = w; a = sigmoid(z); L = -y*ln(a) - (2 - y)*ln(1 - a)",  # other weights
        "z = w; a = sigmoid(z); L = -y*ln(a) + (1 - y)*ln(1 - a)",  # another sign
        "z = w; a = sigmoid(z); m = -y*ln(a) - (1 - y)*ln(1 - a); L = m + a",  # used twice
        "z = w; a = tanh(z); L = -y*ln(a) - (1 - y)*ln(1 - a)",  # no sigmoid
    ],
)
def test_what_only_looks_like_it_is_not_fused(loss: str) -> None:
    symgd.gradient(loss, wrt="w", let={"y": "0.3"})  # compared with SymPy's
    assert not any(line.rule for line in gradient_program(read_definitions(loss), ["w"]))


def test_a_derivation_is_asked_for_by_name() -> None:
    gradient = symgd.gradient("u^2 + v")
    assert list(gradient.derivation().parameters) == ["u", "v"]
    with pytest.raises(InputError):
        gradient.derivation("x")


def test_a_notebook_gets_formulas_with_nothing_live_in_them() -> None:
    html = symgd.gradient("piecewise((w, w < 1), (w^2, true))").derivation("w")._repr_html_()
    assert "<math" in html
    assert html.count("<mtr>") >= 2
    assert "w < 1" not in html  # escaped


def test_leaves_are_named_only_where_nothing_else_is() -> None:
    assert {"constant", "identity"} <= LEAVES
    assert rule_names(["sum", "constant"], "en") == "sum rule"
    assert rule_names(["constant"], "en") == "constant rule"


HELD = "t = a^2; s = t*b; L = s^2 + a + t"


@pytest.mark.parametrize(
    ("language", "notes"), [("en", ("s, t held fixed", "s held fixed")), ("zh-TW", ("s、t 視為不變",))]
)
def test_a_local_derivative_says_what_it_holds_fixed(language: str, notes: tuple[str, ...]) -> None:
    """∂L/∂a is 9 where ∂/∂a[s² + a] is 1: without the words one symbol would have two values."""
    told = symgd.gradient(HELD, wrt=["a", "b"]).derivation().text(language)
    assert all(note in told for note in notes)
    plain = symgd.gradient("s = a*b; L = s^2 + c", wrt=["a", "b", "c"]).derivation().text(language)
    assert "held" not in plain
    assert "不變" not in plain


def test_a_line_of_the_picture_does_not_carry_the_name_of_the_whole_slope() -> None:
    page = symgd.explain("s = a*b; L = s^2 + a", start={"a": 1, "b": 2}, steps=1).html()
    assert "∂L/∂a|s counts only" in page
    assert "held fixed" not in symgd.explain("s = a*b; L = s^2", start={"a": 1, "b": 2}, steps=1).html()


def test_what_is_held_fixed_is_said_of_vectors_too() -> None:
    settings: dict[str, Any] = {"start": {"w": [0, 1]}, "let": {"A": [[2, 1], [1, 3]]}}
    told = str(symgd.gradient("s = A*w; L = dot(s, s) + dot(s, w)", **settings).derivation("w"))
    assert "s held fixed" in told
    assert "held" not in str(symgd.gradient("s = A*w; L = dot(s, s)", **settings).derivation("w"))


@pytest.mark.parametrize("loss", ["1/2*w'*A*w - b'*w", "w'*A*w", "3*w'*(A*w) + (b'*w)^2", "(w - b)'*A*(w - b)"])
def test_shapes_fit_in_every_line_of_a_derivation(loss: str) -> None:
    """A vector that lies has no slope that is multiplied from the left: ∂/∂w[wᵀ·A]ᵀ·wᵀ fits nothing."""
    given = {"A": [[2, 1], [0, 3]], "b": [1, 2]}
    told = symgd.gradient(loss, start={"w": [0, 1]}, let=given).derivation("w")
    shapes = {"w": (2,), "A": (2, 2), "b": (2,)}
    sides = [side for story in told.stories for side in story.sides]
    assert len(sides) > 2
    for side in sides[1:]:
        plain = fold(side.tree, _without_derivatives)
        assert typed(plain, shapes).shape == (2,), side.tree


def _without_derivatives(node: Expression, args: tuple[Expression, ...]) -> Expression:
    """∂/∂w[u] of a vector u is a square matrix here, of a number a vector."""
    if node.op != "derivative":
        return rebuilt(node, args)
    return name("A") if typed(args[0], {"w": (2,), "A": (2, 2), "b": (2,)}).shape else name("w")


@pytest.mark.parametrize(("corner", "symmetric"), [(1, True), (0, False)])
def test_a_matrix_that_stands_for_its_transpose_is_said_to_be_symmetric(corner: int, symmetric: bool) -> None:
    problem = symgd.Problem("1/2*w'*A*w - b'*w", let={"A": [[2, 1], [corner, 3]], "b": [1, 2]}, start={"w": [0, 1]})
    told = symgd.gradient(problem).derivation().text()
    assert told.count("A symmetric") == told.count("like terms") == symmetric
    assert ("Aᵀ" in told) != symmetric
