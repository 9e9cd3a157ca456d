r"""Tree to text and to LaTeX, both from the table of operations and one fold.

Brackets are put by how tightly things bind, never by guess, so what is written reads back to the same tree.
A product between numbers is ×, between symbols · (in LaTeX \times, and a thin space or \cdot).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from symgd.expressions.names import is_short, name_latex, name_text
from symgd.expressions.operations import ATOM, FRACTION, OPERATIONS, POWER, PRODUCT, SUM
from symgd.expressions.tree import Expression, fold
from symgd.recent import Recent

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Piece(NamedTuple):
    """A written part: how tightly it binds, whether it has no names, and what its ends are.

    `left` and `right` are "number", "name", "bracket" or "other".
    """

    text: str
    binds: int
    numeric: bool
    left: str
    right: str
    minus: bool = False  # begins with a negative number that stands without brackets


class Cases(NamedTuple):
    """How a function in pieces is written: as a whole, a branch and its condition, the last one, what joins them."""

    whole: str
    branch: str
    last: str
    between: str


class Style(NamedTuple):
    """What differs between text and LaTeX."""

    column: str  # of the table of operations
    name: Callable[[str], str]
    number: Callable[[Fraction], tuple[str, int]]
    bracket: str
    times: str
    dot: str
    beside: str  # between a number and a name
    cases: Cases
    roles: bool = False  # whether numbers show the role they carry


def text(tree: Expression, names: Mapping[str, str] | None = None, cases: Cases | None = None) -> str:
    """The tree as Unicode text on one line; `names` says how names are shown where it differs.

    With `cases`, a function in pieces is not written as the reader takes it but with these words.

    >>> import symgd
    >>> text(symgd.parse("(w1-0.55)**2 * 2"))
    '(w1 − 0.55)²·2'
    """
    return _write(tree, TEXT if cases is None else _worded(cases), names or _NO_NAMES)


@functools.cache
def _worded(cases: Cases) -> Style:
    return TEXT._replace(cases=cases)


def latex(tree: Expression, names: Mapping[str, str] | None = None, *, roles: bool = False) -> str:
    r"""The tree as LaTeX; `names` says how names are shown where it differs.

    With `roles`, a number that carries a role is wrapped in its macro: \old{0.5}, \rate{0.1}, \new{0.51}.

    >>> import symgd
    >>> latex(symgd.parse("(w1-0.55)**2/2"))
    '\\frac{(w_{1} - 0.55)^{2}}{2}'
    """
    return _write(tree, COLOURED if roles else LATEX, names or _NO_NAMES)


#: Python writes no whole number of more than 4300 digits at once.
_AT_ONCE = 4_000
_TOO_LONG = 10**_AT_ONCE


def _digits(whole: int) -> str:
    """The digits of a whole number, however many."""
    pieces = []
    while whole >= _TOO_LONG:
        whole, piece = divmod(whole, _TOO_LONG)
        pieces.append(str(piece).rjust(_AT_ONCE, "0"))
    return "".join([str(whole), *reversed(pieces)])


def decimal_text(value: Fraction) -> str | None:
    """A terminating decimal in full with an ASCII minus, None where the value does not terminate.

    >>> decimal_text(Fraction(-1, 8)), decimal_text(Fraction(1, 3))
    ('-0.125', None)
    """
    return _decimal_text(value.numerator, value.denominator)


@functools.lru_cache(maxsize=4_096)
def _decimal_text(top: int, bottom: int) -> str | None:
    rest, fives, twos = bottom, 0, (bottom & -bottom).bit_length() - 1
    rest >>= twos
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = _digits(abs(top) * 10**places // bottom).rjust(places + 1, "0")
    sign = "-" if top < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


#: What was written last, by the identity of tree and names, which are kept so that it stays their own: a handout
#: measures a line before it writes it. So many characters.
_WRITTEN: Recent[tuple[int, int, int], tuple[Expression, Mapping[str, str], str]] = Recent(most=60_000)
_NO_NAMES: Mapping[str, str] = {}


def _write(tree: Expression, style: Style, names: Mapping[str, str]) -> str:
    if not tree.args:
        return _piece(tree, (), style, names).text
    if names and names.keys().isdisjoint(tree.names):
        names = _NO_NAMES
    key = (id(tree), id(style), id(names))
    found = _WRITTEN.get(key)
    if found is None:
        shown = _written(tree, style, names)
        found = _WRITTEN.keep(key, (tree, names, shown), len(shown))
    return found[2]


def _written(tree: Expression, style: Style, names: Mapping[str, str]) -> str:
    return fold(tree, lambda node, below: _piece(node, below, style, names)).text.replace(_BREAK, r" \\ ")


def _piece(node: Expression, below: tuple[Piece, ...], style: Style, names: Mapping[str, str]) -> Piece:
    if node.op == "number":
        shown, binds = style.number(node.value)
        if style.roles and node.name:
            shown = rf"\{node.name}{{{shown}}}"
        return Piece(shown, binds, True, "number" if binds == ATOM else "other", "number", node.value.numerator < 0)
    if node.op == "name":
        return _name_piece(node.name, style, names)
    if node.op != "vector":  # what stands in a vector that is no row of it is whole
        below = tuple(
            part._replace(text=part.text.replace(_BREAK, r" \\ ")) if _BREAK in part.text else part for part in below
        )
    special = _SPECIAL.get(node.op)
    return special(node, below, style) if special else _by_table(node, below, style)


def _name_piece(word: str, style: Style, names: Mapping[str, str]) -> Piece:
    """A name; ∂L/∂w is a name too, but a fraction to the eye, so it takes brackets under a power."""
    if word not in names:
        end = "name" if is_short(word) else "other"
        return Piece(style.name(word), ATOM, False, end, end)
    shown = names[word]
    binds = FRACTION if shown.startswith(("∂", r"\frac")) else ATOM
    return Piece(shown, binds, False, "other", "other")


def _by_table(node: Expression, below: tuple[Piece, ...], style: Style) -> Piece:
    row = OPERATIONS[node.op]
    in_latex = style.column == "latex"
    shields = row.latex_shields if in_latex else row.shields
    form = row.latex if in_latex else row.text
    binds = row.latex_binds if in_latex else row.binds
    numeric = all(part.numeric for part in below)
    if not shields:
        shown = _fitted(form.format(", ".join(part.text for part in below)))
        return Piece(shown, binds, numeric, "other", "bracket")
    parts = [_shielded(part, shield, style) for part, shield in zip(below, shields, strict=True)]
    open_ended = in_latex and node.args[-1].op == "series" and node.op in _TAKE_SUMS
    if open_ended:  # what stands behind a sum would be taken into it
        parts[-1], binds = below[-1], SUM
    minus = row.binds == PRODUCT and below[0].minus and bool(style.column == "text" or node.op == "mul")
    if minus:
        # a leading negative number needs no brackets, but then the product begins with a minus
        parts[0], binds = below[0], SUM
    sign = _product_sign(parts[0], parts[1], style, node.op) if node.op in ("mul", "matmul", "row_product") else ""
    shown = form.format(*[part.text for part in parts], sign=sign)
    ends = ("other", "bracket") if node.op == "div" and in_latex else (parts[0].left, parts[-1].right)
    left = "other" if node.op == "neg" else ends[0]
    return Piece(shown, binds, numeric, left, ends[1], minus)


def _shielded(part: Piece, shield: int, style: Style) -> Piece:
    return part if part.binds >= shield else _bracketed(part, style)


def _bracketed(part: Piece, style: Style) -> Piece:
    return Piece(_fitted(style.bracket.format(part.text)), ATOM, part.numeric, "bracket", "bracket")


_TALL = (r"\frac", r"\begin", r"\sqrt", r"\sum")


def _fitted(written: str) -> str:
    """LaTeX brackets stretch only around what is tall; else plain ones stand closer."""
    if any(tall in written for tall in _TALL):
        return written
    return written.replace(r"\left(", "(").replace(r"\right)", ")")


#: Operations whose last operand may be a sum over an index without brackets.
_TAKE_SUMS = frozenset({"add", "sub", "mul", "neg"})
#: Between the rows of a matrix, until it is known whether they are entries of a vector or of a row.
_BREAK = "\0"


def _product_sign(left: Piece, right: Piece, style: Style, op: str) -> str:
    """× between numbers; nothing in 2(w − 3); a thin space in 2 w and w x in LaTeX; else a dot."""
    if left.numeric and right.numeric:
        return style.times if op == "mul" else style.dot
    lone_number = left.binds == ATOM and left.left == left.right == "number"
    if lone_number and right.left == "bracket":
        return ""
    if (lone_number or left.right == "name") and right.left == "name":
        return style.beside
    return style.dot


def _power(node: Expression, below: tuple[Piece, ...], style: Style) -> Piece:
    base = _shielded(below[0], POWER + 1, style)
    exponent, shown = node.args[1], below[1]
    numeric = shown.numeric and base.numeric
    if style.column == "latex":
        return Piece(f"{base.text}^{{{shown.text}}}", POWER, numeric, base.left, "other")
    whole = _small_integer(exponent)
    if whole is not None:
        return Piece(base.text + str(whole).translate(_SUPERSCRIPT), POWER, numeric, base.left, "bracket")
    raised = shown if shown.binds == ATOM and exponent.op in ("name", "number") else _bracketed(shown, style)
    return Piece(f"{base.text}^{raised.text}", POWER, numeric, base.left, "other")


def _small_integer(exponent: Expression) -> int | None:
    """The exponent that superscript digits can show."""
    sign, tree = (-1, exponent.args[0]) if exponent.op == "neg" else (1, exponent)
    if tree.op != "number" or tree.value.denominator != 1 or not 0 <= tree.value < 1000:
        return None
    return None if sign < 0 and tree.value == 0 else sign * int(tree.value)


def _piecewise(node: Expression, below: tuple[Piece, ...], style: Style) -> Piece:
    form = style.cases
    branches = [
        (form.last if condition.op == "true" else form.branch).format(below[place].text, below[place + 1].text)
        for place, condition in zip(range(0, len(below), 2), node.args[1::2], strict=True)
    ]
    shown = form.whole.format(form.between.join(branches))
    return Piece(shown, ATOM, all(part.numeric for part in below), "other", "bracket")


def _pending(node: Expression, below: tuple[Piece, ...], style: Style) -> Piece:
    row = OPERATIONS[node.op]
    in_latex = style.column == "latex"
    shown = (row.latex if in_latex else row.text).format(*[part.text for part in below])
    if in_latex and not any(tall in below[0].text for tall in _TALL):
        shown = shown.replace(r"\left[", "[").replace(r"\right]", "]")
    return Piece(shown, FRACTION, False, "other", "bracket")


def _vector(node: Expression, below: tuple[Piece, ...], style: Style) -> Piece:
    """A vector is a column, a vector of vectors a matrix of these rows."""
    numeric = all(part.numeric for part in below)
    row = OPERATIONS["vector"]
    if style.column == "text":
        return Piece(row.text.format(", ".join(part.text for part in below)), ATOM, numeric, "bracket", "bracket")
    begin, end = row.latex.format(_BREAK).split(_BREAK)
    entries = [part.text for part in below]
    if node.args[0].op == "vector":
        entries = [text.removeprefix(begin).removesuffix(end).replace(_BREAK, " & ") for text in entries]
    return Piece(begin + _BREAK.join(entries) + end, ATOM, numeric, "bracket", "bracket")


def _index(node: Expression, below: tuple[Piece, ...], style: Style) -> Piece:
    """x[i] in text; in LaTeX a subscript, behind the one that a name may have: x_{1,i}."""
    places = ("," if style.column == "latex" else ", ").join(part.text for part in below[1:])
    base = _shielded(below[0], ATOM, style).text
    if style.column == "text":
        return Piece(f"{base}[{places}]", ATOM, False, "other", "bracket")
    own = base.endswith("}") and "_{" in base and node.args[0].op == "name"
    shown = f"{base[:-1]},{places}}}" if own else f"{base}_{{{places}}}"
    return Piece(shown, ATOM, False, below[0].left, "name")


def _series(node: Expression, below: tuple[Piece, ...], style: Style) -> Piece:
    if style.column == "text":
        return Piece(f"sum({', '.join(part.text for part in below)})", ATOM, False, "other", "bracket")
    body = _shielded(below[0], PRODUCT, style)
    shown = OPERATIONS["series"].latex.format(body.text, *[part.text for part in below[1:]])
    return Piece(shown, SUM, False, "other", body.right)


_SPECIAL = {
    "pow": _power,
    "piecewise": _piecewise,
    "derivative": _pending,
    "vector": _vector,
    "index": _index,
    "series": _series,
}


def _number_text(value: Fraction) -> tuple[str, int]:
    return _number(value, "−", "{}e{}", "{}/{}", PRODUCT)


def _number_latex(value: Fraction) -> tuple[str, int]:
    return _number(value, "-", r"{}\mathrm{{e}}{{{}}}", r"\frac{{{}}}{{{}}}", FRACTION)


def _number(value: Fraction, minus: str, power: str, ratio: str, ratio_binds: int) -> tuple[str, int]:
    sign, size = (minus, -value) if value.numerator < 0 else ("", value)  # a fraction compares slowly
    plain = decimal_text(size)
    if plain is None:
        shown, binds = ratio.format(size.numerator, size.denominator), ratio_binds
    elif len(plain) > 40:
        shown, binds = _scientific(plain, power), POWER
    else:
        shown, binds = plain, ATOM
    return sign + shown, SUM if sign else binds


def _scientific(plain: str, form: str) -> str:
    """A very long decimal with its zeros as a power of ten: 1.5e-300, every digit kept."""
    whole, _, decimals = plain.partition(".")
    digits = (whole + decimals).lstrip("0")
    exponent = len(whole) - 1 if whole != "0" else len(digits) - len(decimals) - 1
    kept = digits.rstrip("0")
    if len(kept) > 36:
        return plain
    return form.format(kept[0] + ("." + kept[1:] if len(kept) > 1 else ""), exponent)


TEXT = Style(
    "text", name_text, _number_text, "({})", " × ", "·", "·", Cases("piecewise({})", "({}, {})", "({}, {})", ", ")
)
LATEX = Style(
    *("latex", name_latex, _number_latex, r"\left({}\right)", r" \times ", r" \cdot ", r"\,"),
    Cases(r"\begin{{cases}}{}\end{{cases}}", r"{} & \text{{if }} {}", "{} & {}", r" \\ "),
)
COLOURED = LATEX._replace(roles=True)
