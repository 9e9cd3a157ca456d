"""THE table of operations: what exists, how it is typed, how it is written, where it is defined.

A row is one operation. What an operation means exactly, in balls, in floats and to SymPy stands on the floors
that know those worlds, keyed by the same name; a test holds that no table lacks a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

# How tightly things bind; a fraction bar binds its own parts but is no base of a power.
SUM, PRODUCT, FRACTION, POWER, ATOM = 10, 20, 35, 40, 100


class Operation(NamedTuple):
    """One row.

    `arity` counts operands (least, most); `words` are what an author may type, the first is the one in
    Python; `text` and `latex` are how it is written, `{}` standing for all operands and `{0}` for one;
    `binds` and `latex_binds` say how tightly the result binds; `shields` and `latex_shields` how tightly an
    operand must bind to stand without brackets; `domain` names the condition on the operands; `exactly` lists
    the rational values that it takes at rational points.
    """

    name: str
    arity: tuple[int, int]
    words: tuple[str, ...]
    text: str
    latex: str
    binds: int = ATOM
    latex_binds: int = ATOM
    shields: tuple[int, ...] = ()
    latex_shields: tuple[int, ...] = ()
    domain: str = "real"
    exactly: Mapping[Fraction, Fraction] = {}


def _infix(
    name: str,
    text: str,
    latex: str,
    binds: int,
    shields: tuple[int, int],
    latex_binds: int | None = None,
    latex_shields: tuple[int, int] | None = None,
    domain: str = "real",
) -> Operation:
    tight = binds if latex_binds is None else latex_binds
    return Operation(name, (2, 2), (), text, latex, binds, tight, shields, latex_shields or shields, domain)


#: How many operands a function of any number may have; the limit `arguments` is lower.
_ANY = 10**9


def _function(
    name: str,
    *words: str,
    text: str = "",
    latex: str = "",
    arity: tuple[int, int] = (1, 1),
    domain: str = "real",
    at: tuple[tuple[int, str], ...] = (),
) -> Operation:
    shown = text or f"{name}({{}})"
    command = latex or rf"\operatorname{{{{{name.replace('_', chr(92) + '_')}}}}}\left({{}}\right)"
    exactly = {Fraction(point): Fraction(value) for point, value in at}
    return Operation(name, arity, (name, *words), shown, command, domain=domain, exactly=exactly)


def _standard(name: str, *words: str, command: str = "", **columns: object) -> Operation:
    """A function for which LaTeX has a command of its own."""
    return _function(name, *words, latex=rf"\{command or name}\left({{}}\right)", **columns)  # type: ignore[arg-type]


_ARC = r"operatorname{{ar{0}}}"

ROWS: tuple[Operation, ...] = (
    _infix("add", "{0} + {1}", "{0} + {1}", SUM, (SUM, SUM + 1)),
    _infix("sub", "{0} − {1}", "{0} - {1}", SUM, (SUM, SUM + 1)),
    _infix("mul", "{0}{sign}{1}", "{0}{sign}{1}", PRODUCT, (PRODUCT, PRODUCT + 1)),
    _infix(
        "div",
        "{0}/{1}",
        r"\frac{{{0}}}{{{1}}}",
        PRODUCT,
        (PRODUCT, PRODUCT + 1),
        latex_binds=FRACTION,
        latex_shields=(0, 0),
        domain="divisor",
    ),
    _infix(
        "pow",
        "{0}{1}",
        "{0}^{{{1}}}",
        POWER,
        (POWER + 1, ATOM),
        latex_shields=(POWER + 1, 0),
        domain="power",
    ),
    Operation("neg", (1, 1), (), "−{0}", "-{0}", SUM, SUM, (PRODUCT,), (PRODUCT,)),
    Operation("e", (0, 0), ("e",), "e", r"\mathrm{{e}}"),
    Operation("pi", (0, 0), ("pi",), "π", r"\pi"),
    _standard("sin", at=((0, "0"),)),
    _standard("cos", at=((0, "1"),)),
    _standard("tan", domain="cosine", at=((0, "0"),)),
    _standard("cot", domain="sine"),
    _standard("sec", domain="cosine", at=((0, "1"),)),
    _standard("csc", domain="sine"),
    _standard("asin", "arcsin", text="arcsin({})", command="arcsin", domain="unit", at=((0, "0"),)),
    _standard("acos", "arccos", text="arccos({})", command="arccos", domain="unit", at=((1, "0"),)),
    _standard("atan", "arctan", text="arctan({})", command="arctan", at=((0, "0"),)),
    _standard("sinh", at=((0, "0"),)),
    _standard("cosh", at=((0, "1"),)),
    _standard("tanh", at=((0, "0"),)),
    _function("asinh", "arsinh", "arcsinh", at=((0, "0"),)),
    _function("acosh", "arcosh", "arccosh", domain="at_least_one", at=((1, "0"),)),
    _function("atanh", "artanh", "arctanh", domain="inside_unit", at=((0, "0"),)),
    _standard("exp", at=((0, "1"),)),
    _standard("log", "ln", text="ln({})", command="ln", domain="positive", at=((1, "0"),)),
    _function("log2", latex=r"\log_{{2}}\left({}\right)", domain="positive", at=((1, "0"),)),
    _function("log10", latex=r"\log_{{10}}\left({}\right)", domain="positive", at=((1, "0"),)),
    _function("sqrt", text="√({})", latex=r"\sqrt{{{}}}", domain="nonnegative"),
    _function("cbrt", latex=r"\sqrt[3]{{{}}}"),
    _function("abs", text="|{}|", latex=r"\left\lvert {} \right\rvert"),
    _function("sign", "sgn"),
    _standard("max", "maximum", arity=(1, _ANY)),
    _standard("min", "minimum", arity=(1, _ANY)),
    _function("sigmoid", "logistic", text="σ({})", latex=r"\sigma\left({}\right)", at=((0, "1/2"),)),
    _function("logit", domain="probability"),
    _function("relu"),
    _function("leaky_relu", arity=(1, 2)),
    _function("elu", arity=(1, 2)),
    _function("softplus"),
    _function("silu", "swish", at=((0, "0"),)),
    _function("gelu", at=((0, "0"),)),
    _function("erf", at=((0, "0"),)),
    _function("huber", arity=(1, 2)),
    _function("clip", "clamp", arity=(3, 3)),
    _function("logsumexp", arity=(1, _ANY)),
    _function("piecewise", latex=r"\begin{{cases}}{}\end{{cases}}", arity=(2, _ANY)),
    Operation("true", (0, 0), ("true", "otherwise"), "true", r"\text{{otherwise}}", 0, 0),
    _infix("lt", "{0} < {1}", "{0} < {1}", 0, (SUM, SUM)),
    _infix("le", "{0} ≤ {1}", r"{0} \le {1}", 0, (SUM, SUM)),
    _infix("gt", "{0} > {1}", "{0} > {1}", 0, (SUM, SUM)),
    _infix("ge", "{0} ≥ {1}", r"{0} \ge {1}", 0, (SUM, SUM)),
    # vectors, matrices, rows of data
    Operation("vector", (1, 1_000_000), (), "[{}]", r"\begin{{bmatrix}}{}\end{{bmatrix}}"),
    Operation("index", (2, 3), (), "{0}[{1}]", "{0}_{{{1}}}"),
    _function("sum", arity=(1, 4)),
    Operation("series", (4, 4), (), "sum({})", r"\sum_{{{1}={2}}}^{{{3}}} {0}", ATOM, PRODUCT),
    _function("mean"),
    _function("dot", arity=(2, 2)),
    _function("norm1", text="‖{}‖₁", latex=r"\left\lVert {} \right\rVert_{{1}}"),
    _function("norm2", "norm", text="‖{}‖", latex=r"\left\lVert {} \right\rVert"),
    _function("trace", "tr", latex=r"\operatorname{{tr}}\left({}\right)"),
    _function("softmax"),
    _function("ones"),
    _function("eye"),
    _function("rowsum"),
    _function("column"),
    _infix("matmul", "{0}{sign}{1}", "{0}{sign}{1}", PRODUCT, (PRODUCT, PRODUCT + 1)),
    _infix("row_product", "{0}{sign}{1}", "{0}{sign}{1}", PRODUCT, (PRODUCT, PRODUCT + 1)),
    _infix("hadamard", "{0} ⊙ {1}", r"{0} \odot {1}", PRODUCT, (PRODUCT, PRODUCT + 1)),
    Operation("transpose", (1, 1), (), "{0}ᵀ", r"{0}^{{\top}}", POWER, POWER, (POWER + 1,), (POWER + 1,)),
    Operation(
        "derivative",
        (2, 2),
        (),
        "∂/∂{1}[{0}]",
        r"\frac{{\partial}}{{\partial {1}}}\left[{0}\right]",
        FRACTION,
        FRACTION,
    ),
)

OPERATIONS: Mapping[str, Operation] = {row.name: row for row in ROWS}

#: What an author may type for a function, a constant or a condition, and the row that it means.
WORDS: Mapping[str, str] = {word: row.name for row in ROWS for word in row.words}

CONSTANTS = frozenset({"e", "pi"})
CONDITIONS = frozenset({"lt", "le", "gt", "ge", "true"})

#: What stands in a line of a derivation only: ∂/∂w[u], a slope that is still to be worked out.
PENDING = frozenset({"derivative"})

#: Functions that this notation knows but that are flat almost everywhere, so they have no useful slope.
STEP_FUNCTIONS = frozenset({"floor", "ceil", "ceiling", "round", "trunc", "heaviside", "mod"})

#: Operations whose value or operands are vectors or matrices as a whole; all others go element by element.
STRUCTURAL = frozenset(
    {
        *("vector", "index", "sum", "series", "mean", "dot", "norm1", "norm2", "trace", "softmax", "ones", "eye"),
        *("rowsum", "column", "matmul", "row_product", "hadamard", "transpose"),
    }
)

#: The products of linear algebra: of matrices, and of a row and a column, which is a number.
PRODUCTS = frozenset({"matmul", "row_product"})

#: Default of the last operand where it was left out (as in torch.nn.functional).
DEFAULTS: Mapping[str, Fraction] = {
    "leaky_relu": Fraction(1, 100),
    "elu": Fraction(1),
    "huber": Fraction(1),
}
