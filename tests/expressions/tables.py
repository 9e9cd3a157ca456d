"""What the golden tables of formulas hold: see tests/golden.py."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from fractions import Fraction

from symgd.errors import InputError
from symgd.expressions import names
from symgd.expressions.bounds import Bounds
from symgd.expressions.definitions import Definitions, free_loss_name
from symgd.expressions.operations import OPERATIONS
from symgd.expressions.reader import read, read_definitions
from symgd.expressions.rowwise import by_rows, count_name, rows_of
from symgd.expressions.shapes import Row, Shape, Typed, shape_text, shaped, typed, typed_from
from symgd.expressions.tree import (
    ONE,
    TWO,
    ZERO,
    Expression,
    bounds_of,
    index_names,
    name,
    nodes,
    number,
    operation,
    ordered,
    without_series,
)
from symgd.expressions.writer import decimal_text, latex, text
from symgd.limits import Limits
from tests.golden import Table


def spelled(tree: Expression) -> str:
    """A tree with the places that it was read from."""
    place = "" if tree.span is None else f"@{tree.span[0]}-{tree.span[1]}"
    if tree.op == "number":
        return f"{tree.value}{place}"
    if tree.op == "name":
        return f"{tree.name}{place}"
    return f"{tree.op}({', '.join(map(spelled, tree.args))}){place}"


def reading(written: str, *fields: str) -> Iterator[str]:
    """The tree of a text, how it is written, its names."""
    given = dict(field.split("=", 1) for field in fields)
    declared = [word for word in given.pop("names", "").split(",") if word]
    limits = Limits(**{word: int(most) for word, most in given.items()}) if given else None
    found = read_definitions(written, names=declared, limits=limits)
    for word, tree in zip(found.names, found.expressions, strict=True):
        yield f"{word} = {spelled(tree)}"
        yield f"  {text(tree)}"
        yield f"  {latex(tree)}"
        again = read(text(tree), names=[*declared, *found.names, *tree.names])
        if again != tree:
            yield f"  reads back as {spelled(again)}"
    whole = read(written, names=declared, limits=limits)
    yield f"names {', '.join(found.free_names)}; whole {whole}"
    again = pickle.loads(pickle.dumps(whole))
    assert spelled(again) == spelled(whole) and len(ordered(again)) == len(ordered(whole))  # noqa: PT018


def _shape(written: str) -> Shape:
    return tuple(int(side) for side in written.split("x") if side)


def _shapes(fields: tuple[str, ...]) -> dict[str, Shape]:
    return {word: _shape(sides) for word, sides in (field.split("=") for field in fields)}


def _sides(shape: Shape) -> str:
    return f"({', '.join(f'row {side}' if isinstance(side, Row) else str(side) for side in shape)})"


def shaping(written: str, *fields: str) -> Iterator[str]:
    """The products of a formula over arrays, and the shape of every definition."""
    shapes = _shapes(fields)
    found = shaped(read_definitions(written, names=shapes), shapes)
    for word, tree in zip(found.definitions.names, found.definitions.expressions, strict=True):
        yield f"{word} {_sides(found.shapes[word])} = {spelled(tree)}"
        yield f"  {text(tree)}"
        yield f"  {latex(tree)}"
        yield f"  {shape_text(found.shapes[word])}"


def typing(written: str, *fields: str) -> Iterator[str]:
    """The shape of a formula that is no loss, and the same from its settled products."""
    shapes = _shapes(fields)
    made: Typed = typed(read(written, names=shapes), shapes)
    yield f"{_sides(made.shape)} {made.tree}"
    done: dict[int, Shape] = {}
    for node in nodes(made.tree):
        done[id(node)] = typed_from(node, [done[id(part)] for part in node.args], shapes)
    assert done[id(made.tree)] == made.shape


def in_rows(written: str, data: str, *fields: str) -> Iterator[str]:
    """A loss over columns as sums over an index."""
    shapes = _shapes(fields)
    found = shaped(read_definitions(written, names=shapes), shapes)
    columns = data.split(",")
    made = by_rows(found, columns, count_name(found.definitions.free_names))
    yield f"{rows_of(found.shapes, columns)} rows"
    if made is None:
        yield "not row by row"
        return
    yield from made.text().splitlines()
    for tree in made.expressions:
        plain, sums = without_series(tree)
        yield f"  without sums {plain}; {', '.join(f'{word} is {body}' for word, body in sums.items())}"
        yield f"  indices {index_names([tree])}, bounds {sorted(bounds_of(tree))}, names {tree.names}"


def naming(word: str) -> Iterator[str]:
    """A name in every spelling."""
    yield f"{names.canonical(word)} short={names.is_short(word)}"
    yield f"{names.name_text(names.canonical(word))} {names.name_latex(names.canonical(word))}"


#: Trees that no text gives, or that stand in lines of a derivation only.
def _made() -> dict[str, Expression]:
    w, x, half, minus = name("w"), name("x"), number("1/2"), number(-3)
    slope = operation("derivative", operation("pow", w, number(2)), w)
    series = operation("series", operation("mul", w, x), name("i"), number(1), name("n"))
    matrix = operation("vector", operation("vector", w, x), operation("vector", x, half))
    return {
        "minus": minus,
        "a half": half,
        "a third": number("1/3"),
        "minus a third": number("-1/3"),
        "minus first": operation("mul", minus, w),
        "minus behind": operation("mul", w, minus),
        "minus twice": operation("mul", operation("mul", minus, w), minus),
        "minus over": operation("div", minus, w),
        "minus under": operation("div", w, minus),
        "minus to a power": operation("pow", minus, number(2)),
        "to minus": operation("pow", w, minus),
        "to minus one as negative": operation("pow", w, operation("neg", number(1))),
        "to nothing": operation("pow", w, number(0)),
        "to minus nothing": operation("pow", w, operation("neg", number(0))),
        "to 999": operation("pow", w, number(999)),
        "to 1000": operation("pow", w, number(1000)),
        "to a half": operation("pow", w, half),
        "to a name": operation("pow", w, x),
        "to a sum": operation("pow", w, operation("add", x, half)),
        "to a power": operation("pow", w, operation("pow", x, number(2))),
        "a power to a power": operation("pow", operation("pow", w, x), number(2)),
        "a third to a power": operation("pow", number("1/3"), number(2)),
        "a third times": operation("mul", number("1/3"), w),
        "times a third": operation("mul", w, number("1/3")),
        "numbers": operation("mul", number(2), operation("pow", number(3), number(2))),
        "number and sum": operation("mul", number(2), operation("add", w, x)),
        "sum and number": operation("mul", operation("add", w, x), number(2)),
        "name and sum": operation("mul", w, operation("add", w, x)),
        "two names": operation("mul", w, x),
        "number and name": operation("mul", number(2), w),
        "number and function": operation("mul", number(2), operation("sin", w)),
        "function and name": operation("mul", operation("sin", w), x),
        "name and function": operation("mul", w, operation("log", x)),
        "long name": operation("mul", name("rate"), w),
        "matrix product of numbers": operation("matmul", number(2), number(3)),
        "row product": operation("row_product", operation("transpose", w), x),
        "product of a transpose": operation("matmul", operation("transpose", operation("add", w, x)), x),
        "transpose of a transpose": operation("transpose", operation("transpose", w)),
        "transpose to a power": operation("pow", operation("transpose", w), number(2)),
        "entry by entry": operation("hadamard", operation("add", w, x), operation("hadamard", w, x)),
        "a sum minus a sum": operation("sub", operation("add", w, x), operation("sub", w, x)),
        "minus a sum": operation("neg", operation("add", w, x)),
        "minus a product": operation("neg", operation("mul", w, x)),
        "minus minus": operation("neg", operation("neg", w)),
        "a sum with a minus": operation("add", w, operation("neg", x)),
        "a sum with a number below 0": operation("add", w, minus),
        "a difference from a number below 0": operation("sub", minus, w),
        "a product with a negative": operation("mul", w, operation("neg", x)),
        "a quotient of quotients": operation("div", operation("div", w, x), operation("div", x, w)),
        "a quotient to a power": operation("pow", operation("div", w, x), number(2)),
        "a slope": slope,
        "a slope times": operation("mul", number(2), slope),
        "a slope to a power": operation("pow", slope, number(2)),
        "a slope of a quotient": operation("derivative", operation("div", w, x), w),
        "a series": series,
        "a series and more": operation("add", series, w),
        "more and a series": operation("add", w, series),
        "minus a series": operation("neg", series),
        "less a series": operation("sub", w, series),
        "times a series": operation("mul", number(2), series),
        "a series times": operation("mul", series, number(2)),
        "a product with a series to a power": operation("pow", operation("mul", w, series), number(2)),
        "a series of a sum": operation("series", operation("add", w, x), name("i"), number(1), name("n")),
        "a series of a series": operation("series", series, name("k"), number(0), number(3)),
        "a series over": operation("div", series, w),
        "a column": operation("vector", w, x, half),
        "a matrix": matrix,
        "a matrix in a vector": operation("add", matrix, operation("vector", w)),
        "a matrix in a function": operation("norm2", matrix),
        "an entry": operation("index", w, number(2)),
        "an entry of a matrix": operation("index", name("A"), number(2), name("i")),
        "an entry of an indexed name": operation("index", name("w1"), name("i")),
        "an entry of a sum": operation("index", operation("add", w, x), number(1)),
        "an entry times": operation("mul", operation("index", w, number(2)), x),
        "an entry to a power": operation("pow", operation("index", w, number(2)), number(2)),
        "a choice": operation("piecewise", w, operation("lt", w, half), minus, operation("true")),
        "a choice times": operation(
            "mul", number(2), operation("piecewise", w, operation("ge", w, x), x, operation("true"))
        ),
        "an old number": operation("sub", Expression("number", (), Fraction("0.5"), "old"), w),
        "a new number below 0": operation("mul", Expression("number", (), Fraction(-2), "new"), w),
        "e": operation("pow", operation("e"), w),
        "pi": operation("mul", number(2), operation("pi")),
        "pi and a name": operation("mul", operation("pi"), w),
        "30 places": number(Fraction(1, 2**30)),
        "10^41": number(10**41),
        "15·10^50": number(15 * 10**50),
        "10^-45": number(Fraction(1, 10**45)),
        "12345·10^-50": number(Fraction(12345, 10**50)),
        "-10^60 as a base": operation("pow", number(-(10**60)), number(2)),
        "50 digits": number(int("1234567890" * 5)),
        "0.00…1 and 50 digits": number(Fraction(int("1234567891" * 5), 10**60)),
        "long in a product": operation("mul", number(10**45), w),
        "a long product": operation("mul", w, number(10**45)),
    }


MADE = _made()


def writing(key: str) -> Iterator[str]:
    """A tree that was made by hand, as text, as LaTeX, with roles, with names of other forms."""
    tree = MADE[key]
    other = {"w": "∂L/∂w", "x": "ξ"}, {"w": r"\frac{\partial L}{\partial w}", "x": r"\xi"}
    yield text(tree)
    yield latex(tree)
    if latex(tree, roles=True) != latex(tree):
        yield latex(tree, roles=True)
    yield f"{text(tree, other[0])} | {latex(tree, other[1])}"
    yield f"names {tree.names}, in order {[node.op for node in ordered(tree)]}"


def decimals(written: str) -> Iterator[str]:
    """A rational as a decimal, and as it is written."""
    value = Fraction(written)
    yield f"{decimal_text(value)} {text(number(value))} {latex(number(value))}"


def losses(words: str) -> Iterator[str]:
    """The names of a loss and of a count that are not in use, and definitions as text."""
    used = words.split(",")
    yield f"{free_loss_name(used)} {count_name(used)}"
    yield Definitions((used[-1],), (name("w"),)).text()


def operations(op: str) -> Iterator[str]:
    """A row of the table of operations, and what the reader makes of it at constants."""
    row = OPERATIONS[op]
    yield f"{row.arity} {row.words} {row.domain} { ({str(at): str(value) for at, value in row.exactly.items()}) }"
    yield f"binds {row.binds} {row.latex_binds} shields {row.shields} {row.latex_shields}"
    yield f"{row.text} | {row.latex}"
    for points in ("-1", "0", "1/2", "1", "2", "3, 2", "1/2, 2", "2, 1/2", "0, -1"):
        yield f"{points}: {_weighed(operation(op, *map(number, points.split(', '))))}"


def _weighed(tree: Expression) -> str:
    bounds = Bounds(Limits(), "")
    try:
        for node in nodes(tree):
            bounds.weighed(node)
    except (InputError, IndexError, ValueError, TypeError, KeyError) as error:
        return error.code if isinstance(error, InputError) else type(error).__name__
    return str(bounds.constants.get(id(tree), "not known"))


def known_numbers(points: str) -> Iterator[str]:
    """Numbers that a tree holds for everybody."""
    yield f"{points} {ZERO} {ONE} {TWO}"


TABLES: Mapping[str, Table] = {
    "operations": operations,
    "known": known_numbers,
    "reading": reading,
    "refusing": reading,
    "latex": reading,
    "limits": reading,
    "shaping": shaping,
    "typing": typing,
    "in_rows": in_rows,
    "naming": naming,
    "writing": writing,
    "decimals": decimals,
    "losses": losses,
}
