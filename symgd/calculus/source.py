"""The gradient as source that stands alone, with the author's names: Python, NumPy, C, PyTorch, JAX.

One function returns the loss and its slopes, each definition and each slope as a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from symgd.calculus.languages import LANGUAGES, Language, c_over_arrays
from symgd.calculus.loops import WRITTEN, Loops, row_shapes
from symgd.calculus.lowering import lowered
from symgd.calculus.program import Formula
from symgd.calculus.source_names import Names
from symgd.errors import InputError
from symgd.expressions.operations import DEFAULTS, PRODUCT, SUM
from symgd.expressions.rowwise import COUNT_NAMES
from symgd.expressions.shapes import Shape, typed_from
from symgd.expressions.tree import Expression, fold, name, nodes, rebuilt
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


def source_in(
    language: str,
    lines: Sequence[Formula],
    parameters: Sequence[str],
    constants: Mapping[str, Any],
    shapes: Mapping[str, Shape] = {},
    in_rows: bool = True,
) -> str:
    """A module with `loss_and_gradient` in a language: python, numpy, c, torch or jax.

    It takes the parameters (and columns of data) by name and returns the loss and its slopes; in C it takes an array
    of the parameters and fills one with the slopes, or a pointer for each where some are vectors, whose `shapes` are
    given. `in_rows` says that the constant arrays are rows of data, of which there may be more or fewer. Raises
    InputError where a language has no word for an operation.

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
    plain = _with_true_traces([replace(line, tree=lowered(line.tree, constants)) for line in lines], constants, shapes)
    columns = [word for word, value in constants.items() if is_array(value)]
    in_loops = not written.arrays and (bool(columns) or any(shapes.values()))
    operations = {node.op for line in plain for node in nodes(line.tree)}
    absent = sorted(operations - written.known - (WRITTEN if in_loops else set()))
    if absent:
        raise InputError("format-operation", name=absent[0], format=language)
    write = _over_arrays if in_loops else _plainly
    function = write(_Task(written, plain, parameters, constants, shapes, in_rows))
    if in_loops:
        operations = {word for op in operations for word in (op, f"{op}_of") if f"{word}(" in function}
    helpers = written.helpers_for(operations)
    return "\n\n\n".join([written.imports, *helpers, function]) + "\n"


class _Task(NamedTuple):
    """What is to be written in a language: the lines, and the parameters and constants that they work with."""

    written: Language
    lines: Sequence[Formula]
    parameters: Sequence[str]
    constants: Mapping[str, Any]
    shapes: Mapping[str, Shape]
    in_rows: bool  # whether the constant arrays are rows of data

    @property
    def identifier(self) -> Names:
        """The names of the language: what the author named has the first choice, then the slopes."""
        slopes = [line.quantity for line in self.lines if "/" in line.quantity]
        given = [line.quantity for line in self.lines if "/" not in line.quantity]
        return Names(self.written, [*self.parameters, *self.constants, *given, *slopes])


def _plainly(task: _Task) -> str:
    """The function of a language in which a line is a formula."""
    written, lines, constants, identifier = task.written, task.lines, task.constants, task.identifier
    columns = [word for word, value in constants.items() if is_array(value)]
    fixed = {word: value for word, value in constants.items() if word not in columns}
    word, rows = _counted(constants)
    counted = (identifier(word), rows) if word else ("", 0)
    body = [written.assign.format(identifier(w), _constant(w, value, counted, written)) for w, value in fixed.items()]
    for line in lines:
        text = expression_source(_named(line.tree, identifier), written)
        body.append(written.assign.format(identifier(line.quantity), text))
    slopes = [identifier(line.quantity) for line in lines if line.kind == "partial"]
    arguments = [identifier(word) for word in (*task.parameters, *columns)]
    return written.function(arguments, body, identifier(_loss(lines)), slopes, identifier.own)


def _over_arrays(task: _Task) -> str:
    """The function of a language without arrays: every entry in loops."""
    written, lines, constants, identifier = task.written, task.lines, task.constants, task.identifier
    columns = {word: value.shape for word, value in constants.items() if is_array(value)}
    column, rows = _counted(constants) if task.in_rows else ("", 0)
    count = next((word for word, value in constants.items() if rows and _is_count(word, value, rows)), "")
    data = [word for word, sides in columns.items() if count and sides[0] == rows]
    known = row_shapes({**task.shapes, **columns}, data, rows)
    counted = identifier.own(f"{count}_rows") if count and not written.power else ""
    side = counted or f"len({identifier(column) if column else ''})"
    loops = Loops(written, known, side, _piece, identifier)
    fixed = {word: value for word, value in constants.items() if word not in columns}
    for word, value in fixed.items():
        text = side if word == count else _number(value, written)[0]
        loops.say(written.assign.format(identifier(word), text))
    body = loops.lines(lines)
    slopes = {line.quantity: bool(loops.shapes.get(line.quantity)) for line in lines if line.kind == "partial"}
    arguments = {identifier(word): bool(known.get(word)) for word in (*task.parameters, *columns)}
    if written.power:
        return written.function(
            [*arguments], body, identifier(_loss(lines)), list(map(identifier, slopes)), identifier.own
        )
    named = {identifier(word): is_wide for word, is_wide in slopes.items()}
    return c_over_arrays(arguments, counted, body, identifier(_loss(lines)), named)


def _with_true_traces(
    lines: Sequence[Formula], constants: Mapping[str, Any], shapes: Mapping[str, Shape]
) -> list[Formula]:
    """The lines without traces of numbers, such as of a row times a column: no array language has them."""
    known = {**shapes, **{word: value.shape for word, value in constants.items() if is_array(value)}}
    made: list[Formula] = []
    for line in lines:
        sides: dict[int, Shape] = {}
        done: dict[int, Expression] = {}
        for node in nodes(line.tree):
            sides[id(node)] = typed_from(node, [sides[id(part)] for part in node.args], known)
            idle = node.op == "trace" and not sides[id(node.args[0])]
            parts = tuple(done[id(part)] for part in node.args)
            done[id(node)] = parts[0] if idle else rebuilt(node, parts)
        known[line.quantity] = sides[id(line.tree)]
        made.append(replace(line, tree=done[id(line.tree)]))
    return made


def _loss(lines: Sequence[Formula]) -> str:
    return next(line.quantity for line in lines if line.kind == "loss")


def _counted(constants: Mapping[str, Any]) -> tuple[str, int]:
    """A column, and how many rows it has."""
    return next(((word, value.shape[0]) for word, value in constants.items() if is_array(value)), ("", 0))


def _is_count(word: str, value: Any, rows: int) -> bool:
    return bool(word in COUNT_NAMES and not is_array(value) and value == rows)


def _constant(word: str, value: Any, counted: tuple[str, int], written: Language) -> str:
    """A constant as written; the number of rows is that of the data which the function is given."""
    column, rows = counted
    if column and _is_count(word, value, rows):
        return f"len({column})"
    return written.constant.format(_number(value, written)[0])


def _named(tree: Expression, identifier: Names) -> Expression:
    """The tree with identifiers for its names."""
    return fold(tree, lambda node, args: name(identifier(node.name)) if node.op == "name" else rebuilt(node, args))


def expression_source(tree: Expression, language: Language) -> str:
    """One expression in a language, whose names are identifiers."""
    return fold(tree, lambda node, below: _piece(node, below, language))[0]


Piece = tuple[str, int]


def _piece(node: Expression, below: tuple[Piece, ...], language: Language) -> Piece:
    if node.op == "number":
        return _number(node.value, language)
    if node.op == "name":
        return node.name, _ATOM
    if node.op == "neg":
        return "-" + _within(below[0], PRODUCT), PRODUCT
    if node.op in _INFIX and node.op not in language.forms:
        form, binds, left, right = _INFIX[node.op]
        return form.format(_within(below[0], left), _within(below[1], right)), binds
    if node.op == "piecewise":
        fixed = [place for place in range(0, len(below), 2) if not node.args[place].names]
        values = [
            (language.constant.format(text), _ATOM) if at in fixed else (text, b) for at, (text, b) in enumerate(below)
        ]
        return _conditional(tuple(values), language), 0
    if node.op in language.pairwise:
        return _pairwise(below, language.forms[node.op])
    if node.op in DEFAULTS and len(below) == 1:
        below = (*below, _number(DEFAULTS[node.op], language))
    row, parts = language.forms[node.op], [text for text, _ in below]
    if len(node.args) == 1 and not node.args[0].names:
        parts[0] = language.constant.format(parts[0])
    return (row.format(", ".join(parts)) if "{}" in row else row.format(*parts)), _ATOM


def _pairwise(below: tuple[Piece, ...], form: str) -> Piece:
    """What a language knows of two operands only, of any number."""
    text, binds = below[0]
    for other, _ in below[1:]:
        text, binds = form.format(f"{text}, {other}"), _ATOM
    return text, binds


def _within(piece: Piece, least: int) -> str:
    return piece[0] if piece[1] >= least else f"({piece[0]})"


def _conditional(below: tuple[Piece, ...], language: Language) -> str:
    *pairs, last = list(zip(below[::2], below[1::2], strict=True))
    text = last[0][0]
    for value, condition in reversed(pairs):
        text = language.choice.format(value[0], condition[0], text)
    return f"({text})"


def _number(value: Fraction, language: Language) -> Piece:
    plain, binds = decimal_text(value), _UNARY if value < 0 else _ATOM
    if plain is None:
        over, under = (language.whole.format(part) for part in (value.numerator, value.denominator))
        return f"{over}/{under}", PRODUCT
    if len(plain) > 25:
        return repr(float(value)), binds
    return language.whole.format(plain) if value.denominator == 1 else plain, binds
