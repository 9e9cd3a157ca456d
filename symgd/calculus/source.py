"""The gradient as source that stands alone, with the author's names: Python, NumPy, C, PyTorch, JAX.

One function returns the loss and its slopes, each definition and each slope as a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.calculus.languages import LANGUAGES, Language
from symgd.calculus.lowering import lowered
from symgd.calculus.program import Formula
from symgd.errors import InputError
from symgd.expressions.operations import DEFAULTS, PRODUCT, SUM
from symgd.expressions.rowwise import COUNT_NAMES
from symgd.expressions.tree import Expression, fold, nodes
from symgd.expressions.writer import decimal_text
from symgd.numbers.values import is_array

_UNARY = 30  # Python's minus binds tighter than a product
_POWER, _ATOM = 40, 100
_INFIX = {
    "add": ("{} + {}", SUM, SUM, SUM + 1),
    "sub": ("{} - {}", SUM, SUM, SUM + 1),
    "mul": ("{}*{}", PRODUCT, PRODUCT, PRODUCT + 1),
    "hadamard": ("{}*{}", PRODUCT, PRODUCT, PRODUCT + 1),
    "div": ("{}/{}", PRODUCT, PRODUCT, PRODUCT + 1),
    "pow": ("{}**{}", _POWER, _POWER + 1, _POWER),
    "lt": ("{} < {}", 0, SUM, SUM),
    "le": ("{} <= {}", 0, SUM, SUM),
    "gt": ("{} > {}", 0, SUM, SUM),
    "ge": ("{} >= {}", 0, SUM, SUM),
}
_KEYWORDS = frozenset(
    {"lambda", "double", "float", "int", "long", "short", "char", "auto", "register", "signed", "goto"}
)


def source_in(language: str, lines: Sequence[Formula], parameters: Sequence[str], constants: Mapping[str, Any]) -> str:
    """A module with `loss_and_gradient` in a language: python, numpy, c, torch or jax.

    It takes the parameters (and columns of data) by name and returns the loss and its slopes; in C it takes an array
    of the parameters and fills one with the slopes. Raises InputError where a language has no word for an operation.

    >>> from symgd.calculus.program import gradient_program
    >>> from symgd.expressions.reader import read_definitions
    >>> print(source_in("python", gradient_program(read_definitions("(w - 3)^2"), ["w"]), ["w"], {}))
    import math
    <BLANKLINE>
    <BLANKLINE>
    def loss_and_gradient(w):
        L = (w - 3)**2
        dL_dw = 2*(w - 3)
        return L, [dL_dw]
    <BLANKLINE>
    """
    if language not in LANGUAGES:
        raise InputError("unknown-format", name=language, known=", ".join(LANGUAGES))
    written = LANGUAGES[language]
    plain = [(line, lowered(line.tree, constants)) for line in lines]
    operations = {node.op for _, tree in plain for node in nodes(tree)}
    absent = sorted(operations - written.known)
    if absent:
        raise InputError("format-operation", name=absent[0], format=language)
    columns = [word for word, value in constants.items() if is_array(value)]
    fixed = {word: value for word, value in constants.items() if word not in columns}
    counted = next(((word, value.shape[0]) for word, value in constants.items() if is_array(value)), ("", 0))
    body = [written.assign.format(identifier(word), _constant(word, value, counted)) for word, value in fixed.items()]
    body += [
        written.assign.format(identifier(line.quantity), expression_source(tree, written)) for line, tree in plain
    ]
    loss = next(line.quantity for line in lines if line.kind == "loss")
    slopes = [identifier(line.quantity) for line in lines if line.kind == "partial"]
    function = written.function([*map(identifier, (*parameters, *columns))], body, identifier(loss), slopes)
    return "\n\n\n".join([written.imports, *written.helpers_for(operations), function]) + "\n"


def _constant(word: str, value: Any, counted: tuple[str, int]) -> str:
    """A constant as written; the number of rows is that of the data which the function is given."""
    column, rows = counted
    if column and value == rows and word in COUNT_NAMES:
        return f"len({identifier(column)})"
    return _number(value)[0]


def identifier(quantity: str) -> str:
    """A quantity as a Python name: dL/dw1 is dL_dw1, lambda is lambda_."""
    word = quantity.replace("/", "_")
    return word + "_" if word in _KEYWORDS else word


def expression_source(tree: Expression, language: Language) -> str:
    """One expression in a language."""
    return fold(tree, lambda node, below: _piece(node, below, language))[0]


Piece = tuple[str, int]


def _piece(node: Expression, below: tuple[Piece, ...], language: Language) -> Piece:
    if node.op == "number":
        return _number(node.value)
    if node.op == "name":
        return identifier(node.name), _ATOM
    if node.op == "neg":
        return "-" + _within(below[0], PRODUCT), PRODUCT
    if node.op in _INFIX and node.op not in language.forms:
        form, binds, left, right = _INFIX[node.op]
        return form.format(_within(below[0], left), _within(below[1], right)), binds
    if node.op == "piecewise":
        return _conditional(below, language), 0
    if node.op in DEFAULTS and len(below) == 1:
        below = (*below, _number(DEFAULTS[node.op]))
    row, parts = language.forms[node.op], [text for text, _ in below]
    return (row.format(", ".join(parts)) if "{}" in row else row.format(*parts)), _ATOM


def _within(piece: Piece, least: int) -> str:
    return piece[0] if piece[1] >= least else f"({piece[0]})"


def _conditional(below: tuple[Piece, ...], language: Language) -> str:
    *pairs, last = list(zip(below[::2], below[1::2], strict=True))
    text = last[0][0]
    for value, condition in reversed(pairs):
        text = language.choice.format(value[0], condition[0], text)
    return f"({text})"


def _number(value: Fraction) -> Piece:
    plain = decimal_text(value)
    if plain is None:
        return f"{value.numerator}/{value.denominator}", PRODUCT
    if len(plain) > 25:
        return repr(float(value)), _UNARY if value < 0 else _ATOM
    return plain, _UNARY if value < 0 else _ATOM
