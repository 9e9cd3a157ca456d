"""A second reader and evaluator of printed relations; it shares nothing with symgd.

LaTeX (from Markdown) and MathML (from HTML) are cut into flat items, one Pratt loop makes trees of them, and the
trees are worked out in fractions, or in mpmath's intervals where a value is not rational. A side with a symbol in it
cannot be decided; every other relation is true or false from the print alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from bs4 import BeautifulSoup, Tag
from mpmath import iv, mp

iv.dps = mp.dps = 60
Tree = tuple[Any, ...]
SYMBOL: Tree = ("symbol",)
SIGNS = {"=": "=", "≈": "≈", r"\approx": "≈", "←": "←", r"\leftarrow": "←"}
FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "acosh",
        "atanh",
        "exp",
        "ln",
        "log2",
        "log10",
        "sqrt",
        "cbrt",
        "sign",
        "max",
        "min",
        "sigmoid",
        "relu",
        "leaky_relu",
        "elu",
        "softplus",
        "silu",
        "gelu",
        "erf",
        "huber",
        "logsumexp",
        "abs",
    ]
)


class Unreadable(Exception):
    """A formula that this reader cannot read; nothing is passed over in silence."""


class Relation(NamedTuple):
    """A printed sign with its two sides as they were read, and whether it holds (None: a side has symbols)."""

    sign: str
    left: Tree
    right: Tree
    verdict: bool | None


# LaTeX to items -------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\s+|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|.", re.DOTALL)
_SKIP = frozenset([r"\,", r"\;", r"\left", r"\right", r"\quad", "&", "~"])
_NAMES = {r"\ln": "ln", r"\exp": "exp", r"\max": "max", r"\min": "min"} | {
    rf"\{word}": word
    for word in ["sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"]
}


class Latex:
    """Items of one LaTeX formula."""

    def __init__(self, source: str) -> None:
        self.tokens = [token for token in _TOKEN.findall(source) if not token.isspace()]
        self.at = 0

    def items(self, stop: str = "") -> list[Any]:
        """Items up to a closing token."""
        found: list[Any] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token == stop:
                return found
            found += self.item(token)
        if stop:
            raise Unreadable(f"no {stop}")
        return found

    def item(self, token: str) -> list[Any]:
        if token in _SKIP:
            return []
        if token[0].isdigit():
            return [self.number(token)]
        if token in SIGNS:
            return [SIGNS[token]]
        if token in ("+", "-", "(", ")", ",", "/"):
            return [token]
        handler = _LATEX.get(token)
        if handler:
            return handler(self)
        if token in _NAMES:
            return [("function", _NAMES[token])]
        if token.isalpha() or re.fullmatch(r"\\[A-Za-z]+", token):
            return [self.symbol(token)]
        raise Unreadable(token)

    def group(self) -> Tree:
        return parse(self.raw_group())

    def raw_group(self) -> list[Any]:
        if self.tokens[self.at] != "{":
            self.at += 1
            return self.item(self.tokens[self.at - 1])
        self.at += 1
        return self.items("}")

    def word(self) -> str:
        """The letters of a group as they stand."""
        self.at += 1
        start = self.at
        while self.tokens[self.at] != "}":
            self.at += 1
        self.at += 1
        return "".join(self.tokens[start : self.at - 1]).replace("\\", "")

    def number(self, token: str) -> Tree:
        if self.tokens[self.at : self.at + 4] == [r"\mathrm", "{", "e", "}"]:
            self.at += 4
            token += "e" + self.word()
        return literal(token)

    def symbol(self, token: str) -> Tree:
        if token == r"\sigma" and self.at < len(self.tokens) and self.next_bracket():
            return ("function", "sigmoid")
        return SYMBOL

    def next_bracket(self) -> bool:
        following = [token for token in self.tokens[self.at : self.at + 2] if token != r"\left"]
        return following[:1] == ["("]

    def subscript(self) -> list[Any]:
        self.raw_group()
        return []

    def root(self) -> list[Any]:
        index = "sqrt"
        if self.tokens[self.at] == "[":
            self.at += 3
            index = "cbrt"
        return [("call", index, (self.group(),))]

    def fraction(self) -> list[Any]:
        above = self.group()
        return [("/", above, self.group())]

    def upright(self) -> list[Any]:
        word = self.word()
        if word == "e":
            return [("constant", "e")]
        return [("function", word)] if word in FUNCTIONS else [SYMBOL]

    def logarithm(self) -> list[Any]:
        self.at += 1
        return [("function", "log" + self.word())]

    def environment(self) -> list[Any]:
        name = self.word()
        if name == "aligned":
            inside = self.items(r"\end")
            self.word()
            return ["row", *inside, "row"]
        while self.tokens[self.at] != r"\end":
            self.at += 1
        self.at += 1
        self.word()
        return [SYMBOL]


_LATEX: dict[str, Callable[[Latex], list[Any]]] = {
    "{": lambda self: self.items("}"),
    "^": lambda self: ["^", self.group()],
    "_": Latex.subscript,
    r"\frac": Latex.fraction,
    r"\sqrt": Latex.root,
    r"\cdot": lambda self: ["*"],
    r"\times": lambda self: ["*"],
    r"\\": lambda self: ["row"],
    r"\qquad": lambda self: ["continued"],
    r"\operatorname": Latex.upright,
    r"\mathrm": Latex.upright,
    r"\text": lambda self: [SYMBOL] if self.word() else [],
    r"\hat": lambda self: [SYMBOL] if self.raw_group() else [],
    r"\log": Latex.logarithm,
    r"\pi": lambda self: [("constant", "pi")],
    r"\lvert": lambda self: ["|("],
    r"\rvert": lambda self: [")|"],
    r"\begin": Latex.environment,
}


def literal(text: str) -> Tree:
    """A number with the unit of its last printed place."""
    mantissa, _, power = text.partition("e")
    places = len(mantissa.partition(".")[2])
    return ("number", Fraction(text), Fraction(10) ** (int(power or 0) - places))


# MathML to items ------------------------------------------------------------------------------------------------


def mathml_items(element: Tag) -> list[Any]:
    """Items of one MathML element."""
    handler = _MATHML.get(element.name)
    if handler is None:
        raise Unreadable(element.name)
    return handler(element)


def children(element: Tag) -> list[Tag]:
    return [child for child in element.children if isinstance(child, Tag)]


def flat(element: Tag) -> list[Any]:
    found: list[Any] = []
    for child in children(element):
        found += mathml_items(child)
    return found


def operator(element: Tag) -> list[Any]:
    text = element.text.strip()
    if text in SIGNS:
        return [SIGNS[text]]
    known = {"−": "-", "×": "*", "⋅": "*", "·": "*", "\N{FUNCTION APPLICATION}": None, "\u2063": None, "∂": SYMBOL}
    if text in FUNCTIONS:
        return [("function", text)]
    if text == "|":
        return ["|(" if element.get("form") != "postfix" else ")|"]
    item = known.get(text, text)
    return [] if item is None else [item]


def identifier(element: Tag) -> list[Any]:
    text = element.text.strip()
    if text in FUNCTIONS:
        return [("function", text)]
    following = element.find_next_sibling()
    if text == "σ" and isinstance(following, Tag) and following.text.strip().startswith("("):
        return [("function", "sigmoid")]
    if text == "e" and element.get("mathvariant") == "normal":
        return [("constant", "e")]
    return [("constant", "pi")] if text == "π" else [SYMBOL]


def raised(element: Tag) -> list[Any]:
    base, exponent = children(element)[0], children(element)[-1]
    return [*mathml_items(base), "^", parse(mathml_items(exponent))]


def lowered(element: Tag) -> list[Any]:
    base, below = children(element)[:2]
    if base.text.strip() == "log":
        return [("function", "log" + below.text.strip())]
    return [SYMBOL]


def table(element: Tag) -> list[Any]:
    if element.find("mtd", class_="wide-left"):  # cases
        return [SYMBOL]
    found: list[Any] = []
    for row in element.find_all("mtr", recursive=False):
        found += ["row", *flat(row)]
    return [*found, "row"]


def grouped(element: Tag) -> list[Any]:
    inside = children(element)
    if inside and inside[0].text == "{" and element.find("mtable"):
        return [SYMBOL]
    if len(inside) > 2 and inside[0].text == inside[-1].text == "|":
        return [("call", "abs", (parse([item for child in inside[1:-1] for item in mathml_items(child)]),))]
    return flat(element)


def space(element: Tag) -> list[Any]:
    return ["continued"] if element.get("width") == "2em" else []


_MATHML: dict[str, Callable[[Tag], list[Any]]] = {
    "math": flat,
    "mrow": grouped,
    "mtd": flat,
    "mn": lambda element: [literal(element.text.strip())],
    "mo": operator,
    "mi": identifier,
    "mtext": lambda element: [SYMBOL],
    "mspace": space,
    "mfrac": lambda e: [("/", parse(mathml_items(children(e)[0])), parse(mathml_items(children(e)[1])))],
    "msup": raised,
    "msub": lowered,
    "msubsup": lambda element: [SYMBOL, "^", parse(mathml_items(children(element)[2]))],
    "msqrt": lambda element: [("call", "sqrt", (parse(flat(element)),))],
    "mroot": lambda element: [("call", "cbrt", (parse(mathml_items(children(element)[0])),))],
    "mover": lambda element: [SYMBOL],
    "mtable": table,
}

# items to trees -------------------------------------------------------------------------------------------------

_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}


def parse(items: list[Any]) -> Tree:
    """One expression from all the items."""
    reader = _Items([item for item in items if item != "continued"])
    tree = reader.expression(0)
    if reader.items:
        raise Unreadable(f"left over: {reader.items}")
    return tree


class _Items:
    def __init__(self, items: list[Any]) -> None:
        self.items = list(items)

    def expression(self, floor: int) -> Tree:
        left = self.operand()
        while self.items:
            item = self.items[0]
            if item in (")", ")|", ","):
                return left
            op = item if isinstance(item, str) and item in _BINDS else "*"  # side by side is a product
            if _BINDS[op] < floor:
                return left
            if op == item:
                self.items.pop(0)
            left = (op, left, self.expression(_BINDS[op] + (op != "^")))
        return left

    def operand(self) -> Tree:
        if not self.items:
            raise Unreadable("an operand is missing")
        item = self.items.pop(0)
        if item == "-":
            return ("neg", self.expression(2))
        if item == "+":
            return self.expression(2)
        if item == "(":
            parts = self.inside(")")
            return parts[0] if len(parts) == 1 else ("vector", *parts)
        if item == "|(":
            return ("call", "abs", tuple(self.inside(")|")))
        if isinstance(item, tuple) and item[0] == "function":
            return self.call(item[1])
        if isinstance(item, tuple):
            return item
        raise Unreadable(f"unexpected {item}")

    def call(self, name: str) -> Tree:
        if not self.items or self.items.pop(0) != "(":
            raise Unreadable(f"{name} without brackets")
        return ("call", name, tuple(self.inside(")")))

    def inside(self, stop: str) -> list[Tree]:
        parts = [self.expression(0)]
        while self.items and self.items[0] == ",":
            self.items.pop(0)
            parts.append(self.expression(0))
        if not self.items or self.items.pop(0) != stop:
            raise Unreadable(f"no {stop}")
        return parts


# relations ------------------------------------------------------------------------------------------------------


def relations_of(items: list[Any]) -> Iterator[Relation]:
    """The relations of one formula: chains of sides, in rows or split by commas."""
    for chain in _chains(items):
        sides, signs = [[]], []  # type: tuple[list[list[Any]], list[str]]
        depth = 0
        for item in chain:
            depth += (item in ("(", "|(")) - (item in (")", ")|")) if isinstance(item, str) else 0
            if depth == 0 and isinstance(item, str) and item in ("=", "≈", "←"):
                signs.append(item)
                sides.append([])
            else:
                sides[-1].append(item)
        trees = [parse(side) for side in sides] if signs else []
        for left, sign, right in zip(trees, signs, trees[1:], strict=False):
            if sign != "←":
                yield Relation(sign, left, right, verdict(sign, left, right))


def _chains(items: list[Any]) -> Iterator[list[Any]]:
    """Split at rows and at commas outside brackets; a row that begins with a sign goes on with the one before."""
    chain: list[Any] = []
    depth = 0
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else "row"
        if item == "row":
            goes_on = isinstance(following, str) and following in ("=", "≈", "←", "continued")
        else:
            goes_on = not (item == "," and depth == 0)
        if not goes_on:
            if chain:
                yield chain
            chain = []
        elif item != "row":
            depth += (item in ("(", "|(")) - (item in (")", ")|")) if isinstance(item, str) else 0
            chain.append(item)
    if chain:
        yield chain


def verdict(sign: str, left: Tree, right: Tree) -> bool | None:
    """Whether a relation holds; None where a side has symbols."""
    if has_symbol(left) or has_symbol(right):
        return None
    a, b = value(left), value(right)
    if sign == "=":
        return same(a, b, mp.mpf(1))
    unit = unit_of(right)
    if same(a, b, abs(mid(a))):
        return False
    if unit is None:
        return bool(abs(mid(a) - mid(b)) <= mp.mpf(10) ** -4 * abs(mid(a)))
    return bool(abs(mid(a) - mid(b)) <= as_mp(unit) / 2 * (1 + mp.mpf(10) ** -40))


def has_symbol(tree: Tree) -> bool:
    return tree == SYMBOL or any(
        has_symbol(part)
        if isinstance(part, tuple) and part and isinstance(part[0], str)
        else isinstance(part, tuple) and any(has_symbol(inner) for inner in part)
        for part in tree[1:]
    )


def unit_of(tree: Tree) -> Fraction | None:
    """One unit of the last printed place of a lone decimal, also times a power of ten; None for anything else."""
    if tree[0] == "number":
        return Fraction(tree[2])
    if tree[0] == "neg":
        return unit_of(tree[1])
    if tree[0] == "*" and tree[1][0] == "number" and tree[2][0] == "^" and tree[2][1][:2] == ("number", Fraction(10)):
        scale = value(tree[2])
        return Fraction(tree[1][2]) * scale if isinstance(scale, Fraction) else None
    return None


def same(a: Any, b: Any, scale: Any) -> bool:
    """Equal: exactly, or to forty-eight digits of the scale where a value is not rational."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    return bool(abs(mid(a) - mid(b)) <= mp.mpf(10) ** -48 * max(scale, abs(mid(b))))


def mid(number: Any) -> Any:
    return (
        as_mp(number) if isinstance(number, Fraction) else mp.mpf(number.mid.a if hasattr(number, "mid") else number)
    )


def as_mp(number: Fraction) -> Any:
    return mp.mpf(number.numerator) / number.denominator


def as_iv(number: Any) -> Any:
    return iv.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


# values ---------------------------------------------------------------------------------------------------------


def value(tree: Tree) -> Any:
    """A Fraction, or an interval of sixty digits."""
    op = tree[0]
    if op == "number":
        return tree[1]
    if op == "constant":
        return iv.e if tree[1] == "e" else iv.pi
    if op == "neg":
        return -value(tree[1])
    if op == "call":
        return called(tree[1], [value(part) for part in tree[2]])
    a, b = value(tree[1]), value(tree[2])
    if op == "^":
        return power(a, b)
    if isinstance(a, Fraction) != isinstance(b, Fraction):
        a, b = as_iv(a), as_iv(b)
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[op]()


def power(a: Any, b: Any) -> Any:
    if isinstance(b, Fraction) and b.denominator == 1:
        return a ** int(b)
    root = perfect(a, b.denominator) if isinstance(a, Fraction) and isinstance(b, Fraction) else None
    return iv.exp(as_iv(b) * iv.log(as_iv(a))) if root is None else root**b.numerator


def perfect(number: Fraction, index: int) -> Fraction | None:
    """The exact root of a perfect power."""
    if number < 0:
        return None
    parts = [round(mp.root(part, index)) for part in (number.numerator, number.denominator)]
    root = Fraction(int(parts[0]), int(parts[1]))
    return root if root**index == number else None


def called(name: str, args: list[Any]) -> Any:
    x = args[0]
    if name in ("abs", "max", "min", "sign", "relu", "leaky_relu", "huber"):
        return _BY_CASES[name](*args)
    if name in ("sqrt", "cbrt") and isinstance(x, Fraction):
        root = perfect(abs(x), 2 if name == "sqrt" else 3)
        if root is not None and (x >= 0 or name == "cbrt"):
            return root if x >= 0 else -root
    if x == 0 and name in ("sin", "tan", "sinh", "tanh", "arcsin", "arctan", "asinh", "atanh", "erf", "silu", "gelu"):
        return Fraction(0)
    if x == 0 and name in ("exp", "cos", "cosh", "sec", "sigmoid"):
        return Fraction(1, 2) if name == "sigmoid" else Fraction(1)
    if x == 1 and name in ("ln", "log2", "log10", "acosh", "arccos"):
        return Fraction(0)
    # a point function of mpmath at sixty digits is enough to tell a rounding or an equality
    return iv.mpf(_POINT[name](*[mid(part) for part in args]))


def _sign(x: Any) -> int:
    return int(mp.sign(mid(x)))


_BY_CASES: dict[str, Callable[..., Any]] = {
    "abs": lambda x: x if _sign(x) >= 0 else -x,
    "sign": lambda x: Fraction(_sign(x)),
    "max": lambda *xs: max(xs, key=mid),
    "min": lambda *xs: min(xs, key=mid),
    "relu": lambda x: x if _sign(x) > 0 else Fraction(0),
    "leaky_relu": lambda x, a=Fraction(1, 100): x if _sign(x) > 0 else a * x,
    "huber": lambda x, d=Fraction(1): x * x / 2 if mid(abs(x)) <= mid(d) else d * (abs(x) - d / 2),
}
_POINT: dict[str, Callable[..., Any]] = {
    **{name: getattr(mp, name) for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")},
    **{name: getattr(mp, name) for name in ("asinh", "acosh", "atanh", "exp", "ln", "erf")},
    "sqrt": mp.sqrt,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "arcsin": mp.asin,
    "arccos": mp.acos,
    "arctan": mp.atan,
    "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * (1 + mp.erf(x / mp.sqrt(2))) / 2,
    "elu": lambda x, a=1: x if x > 0 else a * mp.expm1(x),
    "logsumexp": lambda *xs: mp.log(sum(mp.exp(x) for x in xs)),
}

# whole documents ------------------------------------------------------------------------------------------------

_FORMULA = re.compile(r"(?<!\\)(?:\$\$(.+?)\$\$|\$([^$\n]+?)\$)", re.DOTALL)


def relations_in_markdown(text: str) -> list[Relation]:
    """Every relation of every formula between dollar signs, in order."""
    return [
        relation for found in _FORMULA.finditer(text) for relation in relations_of(Latex(found[1] or found[2]).items())
    ]


def relations_in_html(html: str) -> list[Relation]:
    """Every relation of every <math>, in order."""
    soup = BeautifulSoup(html, "html5lib")
    return [relation for items in _formulas(soup) for relation in relations_of(items)]


def _formulas(soup: BeautifulSoup) -> Iterator[list[Any]]:
    """The items of each formula; one that was laid out in lines is put together again."""
    for element in soup.select("math, div.lines"):
        if element.name == "div":
            rows = [
                ["row", *(item for math in line.find_all("math") for item in flat(math))] for line in children(element)
            ]
            yield [item for row in rows for item in row]
        elif not element.find_parent("div", class_="lines"):
            yield mathml_items(element)


def results_in_markdown(text: str) -> list[tuple[int, int]]:
    """Where the last number of a relation that can be decided stands: behind a sign, at the end of a side."""
    places = []
    for found in _FORMULA.finditer(text):
        group = 1 if found[1] else 2
        for number in re.finditer(r"(?:=|\\approx) ?-?(\d+(?:\.\d+)?)(?=\s*(?:\\\\|,|$|\n))", found[group]):
            places.append((found.start(group) + number.start(1), found.start(group) + number.end(1)))
    return places
