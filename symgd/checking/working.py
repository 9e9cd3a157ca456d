"""A student's text to claims: which quantity, after how many updates, and the chain of what it is said to be.

Formulas are found and read as the audit finds them; free text between them is passed over. A heading ("update 2",
第 2 次更新) says which update follows; without headings an update ends when something of it comes again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from symgd.checking.audit import _Auditor, _components, _Seen
from symgd.checking.chains import Chain, chains
from symgd.checking.judge import unit_of
from symgd.checking.latex import latex_tokens
from symgd.checking.pieces import Piece, pieces
from symgd.checking.prose import prose_tokens, typed
from symgd.checking.world import Facts
from symgd.expressions.names import canonical
from symgd.expressions.operations import WORDS
from symgd.expressions.tree import Expression, name, nodes, substitute
from symgd.numbers.bounded import value_of

#: A working of more characters, or with more lines, is not one that a student wrote.
MOST_CHARACTERS, MOST_LINES = 40_000, 400


class Quantity(NamedTuple):
    """What a line is about: the name of a row, of a definition or of a slope, and its parameter.

    `kind` is weight, change, slope, negative, state, loss, definition or rate; `update` is said by an index (w1[2]),
    else None.
    """

    kind: str
    name: str
    parameter: str = ""
    update: int | None = None

    @property
    def text(self) -> str:
        """As it is typed: dL/dw1, w1[2], m[w1]."""
        return _TYPED[self.kind].format(self.name, self.parameter) + (
            f"[{self.update}]" if self.update is not None else ""
        )


_TYPED = {
    "weight": "{1}",
    "change": "Δ{1}",
    "slope": "{0}",
    "negative": "-{0}",
    "state": "{0}[{1}]",
    "loss": "{0}",
    "definition": "{0}",
    "rate": "eta",
    "arithmetic": "",
}


class Part(NamedTuple):
    """One side: its tree (None where it could not be read: `fault` says why), its text, a unit in its last place.

    Names in the tree are those of quantities; a vector has its `parts`.
    """

    tree: Expression | None
    text: str
    fault: str = ""
    unit: Fraction | None = None
    parts: tuple[Part, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a lone decimal or fraction."""
        return self.tree is not None and not self.tree.names and (self.unit is not None or _is_fraction(self.tree))


@dataclass(frozen=True, slots=True)
class Claim:
    """A line that states something: where it stands, what it is about (None: nothing but arithmetic), and its chain.

    `update` is after how many updates the quantity is meant; for a row of the optimizer, before. Before each side of
    a quantity stands its sign; where there is no quantity, before each but the first.
    """

    line: int
    column: int
    text: str
    quantity: Quantity | None
    sides: tuple[Part, ...]
    signs: tuple[str, ...]
    update: int = 0

    @property
    def unreadable(self) -> str:
        """Why a side could not be read; "" where all could."""
        return next((side.fault for side in self.sides if side.tree is None and not side.parts), "")


def claims_in(text: str, facts: Facts) -> list[Claim]:
    """The claims of a working, in order, with their updates."""
    shown = "\n".join(text[:MOST_CHARACTERS].splitlines()[:MOST_LINES])
    return list(_placed(_Reader(_without_headings(shown), facts).claims(), _headings(shown), facts))


# headings

_HEADING = re.compile(
    r"(?i)^[\s#*>()\[\]【（-]*(?:(?P<word>update|iteration|epoch|step)\s*(?:no\.?\s*)?#?(?P<number>\d{1,6})\b(?!\s*[=/*+])"
    r"|第\s*(?P<count>\d{1,6}|[一二三四五六七八九十])\s*(?:次|步|回)(?:\s*(?:更新|迭代|疊代))?)"
)
_COUNTS = {word: place for place, word in enumerate("一二三四五六七八九十", 1)}
_LESSON = re.compile("[①-⑤]")


def _without_headings(text: str) -> str:
    """The text with its headings blanked out: they are no formulas."""
    return "\n".join(
        " " * len(line) if _HEADING.match(typed(line)) and "=" not in line else line for line in text.split("\n")
    )


def _headings(text: str) -> dict[int, int]:
    """The update that begins at a line, from 1, by the number of the line."""
    found: dict[int, tuple[str, int]] = {}
    lines = typed(text).split("\n")
    for number, line in enumerate(lines, 1):
        if match := _HEADING.match(line):
            count = match["number"] or match["count"]
            word = (match["word"] or "update").lower()
            if word != "step" or not _LESSON.search(line):
                found[number] = (word, int(_COUNTS.get(count, 0) or count))
    words = {word for word, _ in found.values()}
    chosen = words - {"step"} or words  # steps beside updates are the five steps of the lesson
    return {number: count for number, (word, count) in found.items() if word in chosen}


# reading


class _Reader:
    """Finds the chains of a text and names what they are about."""

    def __init__(self, text: str, facts: Facts) -> None:
        self.text, self.facts = _indexed(text), facts
        self.auditor = _Auditor(self.text)
        problem = facts.problem
        for word in (*facts.start, *facts.constants, *facts.formulas):
            self.auditor.bindings.known.setdefault(word, None)  # type: ignore[arg-type]
        self.parameters = tuple(problem.parameters)

    def claims(self) -> Iterator[Claim]:
        for piece in pieces(self.text):
            if piece.latex:
                tokens = latex_tokens(piece.text)
            else:
                start = piece.origin[0]
                tokens = prose_tokens(piece.text, start == 0 or self.text[start - 1] == "\n")
            for chain in chains(tokens):
                yield from self.chain(piece, chain)

    def chain(self, piece: Piece, chain: Chain) -> Iterator[Claim]:
        signs = [sign.text for sign in chain.signs]
        sides = [self.auditor.side(piece, side, place, len(chain.sides)) for place, side in enumerate(chain.sides)]
        parts = [self.part(piece, seen) for seen in sides]
        if not sides[0].side.tokens or len(parts) < 2 or not sides[-1].side.tokens:
            return
        line, column = self.auditor.place(piece.origin[sides[0].start])
        text = " ".join(piece.text[sides[0].start : sides[-1].stop].split())
        head = self.quantity(sides[0], parts[0])
        if signs[0] == "←" and head is None:
            return
        first = 0 if head is None else 1
        claim = Claim(line, column, text, head, tuple(parts[first:]), tuple(signs))
        if head is not None and not head.parameter and head.name in ("", "-") and head.kind in ("slope", "negative"):
            yield from self.by_parameter(claim)
        else:
            yield claim

    def by_parameter(self, claim: Claim) -> Iterator[Claim]:
        """grad = (−0.1, −0.2): a claim for each parameter."""
        words = self.parameters
        if len(words) != 1 and not all(len(side.parts) == len(words) for side in claim.sides):
            yield replace(claim, sides=(Part(None, claim.text, "comma"),), signs=())
            return
        for place, word in enumerate(words):
            sides = tuple(side.parts[place] if side.parts else side for side in claim.sides)
            assert claim.quantity is not None
            quantity = Quantity(claim.quantity.kind, self.facts.slopes[word], word)
            yield replace(claim, quantity=quantity, sides=sides)

    def part(self, piece: Piece, seen: _Seen) -> Part:
        components = _components(seen.side.tokens)
        if components:
            parts = tuple(self.part(piece, self.auditor.side(piece, side, 1, 3)) for side in components)
            return Part(None, seen.read.text, "" if all(part.tree for part in parts) else "comma", None, parts)
        tree = seen.read.tree
        if tree is not None and tree.op == "vector":
            entries = [entry for row in tree.args for entry in (row.args if row.op == "vector" else (row,))]
            return Part(
                None, seen.read.text, "", None, tuple(Part(self.named(entry), entry.text()) for entry in entries)
            )
        if tree is None:
            return Part(None, seen.read.text, seen.read.fault)
        return Part(self.named(tree), seen.read.text, "", unit_of(seen.read))

    def named(self, tree: Expression) -> Expression:
        """The tree with the names of quantities for those that stand for them."""
        back = {placeholder: key for key, placeholder in self.auditor.quantities.known.items()}
        found = {}
        for node in nodes(tree):
            if node.op == "name":
                quantity = self.named_by(back.get(node.name, node.name))
                if quantity is not None and quantity.kind not in ("loss", "definition"):
                    found[node.name] = name(_inner(quantity) or "grad")
        return substitute(tree, found) if found else tree

    # what a line is about

    def quantity(self, seen: _Seen, part: Part) -> Quantity | None:
        tree = part.tree
        minus = tree is not None and tree.op == "neg"
        if minus:
            assert tree is not None
            tree = tree.args[0]
        if tree is None or tree.op != "name":
            return self.called(seen) if tree is None else None
        word = tree.name
        found = outer(word, self.facts) or self.named_by(word)
        found = self.by_word(found, seen.side.before) if found is not None else None
        if minus:
            is_slope = found is not None and found.kind == "slope"
            return Quantity("negative", found.name or "-", found.parameter) if is_slope and found else None
        return found

    def called(self, seen: _Seen) -> Quantity | None:
        """L(0.5, 0.2): a definition at a point."""
        match = re.fullmatch(r"\s*([A-Za-z]\w*)\s*\(.*\)\s*", seen.read.text)
        found = self.named_by(canonical(match[1])) if match else None
        return found if found is not None and found.kind in ("loss", "definition") else None

    def by_word(self, found: Quantity, before: str) -> Quantity:
        """delta w1 = …, grad w1 = …: the word before the name says what of it is meant."""
        word = before.strip().lower()
        if found.kind == "weight" and word in ("delta", "change", "改變量", "變化量", "變化"):
            return Quantity("change", "d", found.parameter)
        if found.kind == "weight" and word in ("grad", "gradient", "梯度", "斜率"):
            return Quantity("slope", self.facts.slopes[found.parameter], found.parameter)
        return found

    def named_by(self, key: str) -> Quantity | None:
        """The quantity of a name or of a longer notation, None for what is none of this problem."""
        facts = self.facts
        if key in facts.start:
            return Quantity("weight", "w", key)
        if key in facts.constants:
            return None
        if key == facts.problem.loss_name:
            return Quantity("loss", key)
        if key in facts.bodies:
            return Quantity("definition", key)
        if len(facts.start) == 1 and key in {row.target for row in facts.equations} - {"w", "d", "n"}:
            return Quantity("state", key, next(iter(facts.start)))
        for pattern, make in _NOTATIONS:
            if match := pattern.fullmatch(key):
                found = make(match, facts)
                if found is not None:
                    return found
        return None


#: A quantity from what a notation matched; None where it is none of the problem's.
Made = Callable[[re.Match[str], Facts], Quantity | None]
_NAME = r"([A-Za-z][A-Za-z0-9_]*?)"
_RATES = frozenset(("eta", "η", "lr", "alpha", "rate", "learning_rate", "epsilon"))


def _slope(match: re.Match[str], facts: Facts) -> Quantity | None:
    above, below = canonical(match[1]), canonical(match[2])
    name_ = f"d{above}/d{below}"
    if name_ in facts.formulas or below in facts.start:
        return Quantity("slope", name_, below if below in facts.start and above == facts.problem.loss_name else "")
    known = {*facts.formulas, *facts.start}
    return Quantity("slope", name_, "") if above in facts.formulas and below in known else None


def _of_parameter(kind: str, row: str = "") -> Made:
    def make(match: re.Match[str], facts: Facts) -> Quantity | None:
        word = canonical(match["parameter"])
        if word not in facts.start:
            return None
        found = match.groupdict()
        named = facts.slopes[word] if kind == "slope" else row or found.get("row") or ""
        update = int(found["update"]) if found.get("update") else None
        return Quantity(kind, named, word, update)

    return make


def _state(match: re.Match[str], facts: Facts) -> Quantity | None:
    word, row = canonical(match["parameter"]), _STATES.get(match["row"], match["row"])
    targets = {equation.target for equation in facts.equations}
    row = "m" if row in ("b", "v", "u", "velocity") and row not in targets and "m" in targets else row
    return Quantity("state", row, word) if word in facts.start and row in targets else None


def _rate(match: re.Match[str], facts: Facts) -> Quantity | None:
    return Quantity("rate", "eta") if match[0] in _RATES else None


def _gradient(match: re.Match[str], facts: Facts) -> Quantity | None:
    return Quantity("slope", "")


_STATES = {"hatm": "mhat", "hatv": "vhat", "m̂": "mhat", "v̂": "vhat"}
_PARAMETER = r"(?P<parameter>[A-Za-z][A-Za-z0-9_]*?)"
#: Notations of quantities, by the key that the reader makes of them.
_NOTATIONS: tuple[tuple[re.Pattern[str], Made], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"[∂d]{_NAME}/[∂d]{_NAME}", _slope),
        (rf"(?:Delta|Δ|delta_?)(?P<parameter>{_NAME[1:-1]})", _of_parameter("change", "d")),
        (rf"{_PARAMETER}\[(?P<update>\d{{1,6}})\]", _of_parameter("weight", "w")),
        (rf"{_PARAMETER}\^\(?(?P<update>\d{{1,6}})\)?", _of_parameter("weight", "w")),
        (rf"{_PARAMETER}(?:_?(?:new|next)|')", _of_parameter("weight", "w")),
        (rf"(?P<row>hatm|hatv|mhat|vhat|m̂|v̂|m|v|s|b|u|n|velocity)(?:\[|_\{{?|_)?{_PARAMETER}[\]}}]?", _state),
        (rf"(?:g|grad|∇)_?(?:L_?)?\[?{_PARAMETER}\]?", _of_parameter("slope")),
        (r"(?:∇|nabla)[A-Za-z]\w*|grad|gradient|∇", _gradient),
        (r"\w+", _rate),
    )
)


def _inner(quantity: Quantity) -> str:
    """How a quantity is called in a tree."""
    if quantity.kind in ("slope", "loss", "definition"):
        return quantity.name
    update = "" if quantity.update is None else f"@{quantity.update}"
    if quantity.kind == "weight" and not update:
        return quantity.parameter
    return f"{quantity.name}@{quantity.parameter}{update}" if quantity.kind != "rate" else "eta"


def outer(word: str, facts: Facts) -> Quantity | None:
    """The quantity that a name in a tree stands for; None for a plain name."""
    if "@" in word:
        row, parameter, *update = word.split("@")
        kind = {"w": "weight", "d": "change"}.get(row, "state")
        return Quantity(kind, row, parameter, int(update[0]) if update else None)
    if word == "eta":
        return Quantity("rate", "eta")
    if word.startswith("d") and "/d" in word:
        below = word.split("/d")[1]
        return Quantity("slope", word, below if facts.slopes.get(below) == word else "")
    return None


_STATE_INDEX = re.compile(r"(?<![\\A-Za-z])(mhat|vhat|m|v|s|b|u)\[([A-Za-z]\w*)\]")
_TINY = re.compile(r"(?<![A-Za-z.\d])(\d+(?:\.\d+)?)e(-?\d{1,3})(?![\d.])")
_BARE = re.compile(rf"(?<![\\A-Za-z{{])({'|'.join(sorted(WORDS, key=len, reverse=True))})(?=\s*\()")


def _indexed(text: str) -> str:
    """w1^(2) at the head of a line as w1[2]; in lines with LaTeX also m[w], 1e-8 and relu(…) as LaTeX has them."""
    return "\n".join(_line_in_latex(line) if "\\" in line else _line_as_typed(line) for line in text.split("\n"))


def _line_as_typed(line: str) -> str:
    return _RATE_WORD.sub("η", _HEAD_INDEX.sub(r"\1[\2]", line))


def _line_in_latex(line: str) -> str:
    line = _STATE_INDEX.sub(lambda found: rf"{_LATEX_STATES.get(found[1], found[1])}_{{{found[2]}}}", line)
    line = _TINY.sub(r"\1 \\cdot 10^{\2}", line)
    return _BARE.sub(r"\\operatorname{\1}", line)


_RATE_WORD = re.compile(r"(?<![A-Za-z_\d])(?:eta|lr)(?![A-Za-z_\d\[])")
_HEAD_INDEX = re.compile(r"(?m)^([ \t]*[A-Za-zα-ω]\w*)\^\((\d{1,6})\)(?=\s*[=≈＝])")
_LATEX_STATES = {"mhat": r"\hat{m}", "vhat": r"\hat{v}"}


def _is_fraction(tree: Expression) -> bool:
    inner = tree.args[0] if tree.op == "neg" else tree
    return inner.op == "div" and all(part.op == "number" for part in inner.args)


# which update


def _placed(claims: Iterator[Claim], headings: Mapping[int, int], facts: Facts) -> Iterator[Claim]:
    """The claims with the update that each belongs to."""
    place = _Place(facts)
    starts = sorted(headings.items())
    for claim in claims:
        while starts and starts[0][0] <= claim.line:
            place.begin(starts.pop(0)[1] - 1)
        yield replace(claim, update=place.of(claim))


class _Place:
    """Where a student is: the update under way, and what was said in it."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.update, self.said, self.told = facts, 0, set[tuple[str, str, str]](), False

    def begin(self, update: int) -> None:
        self.update, self.said, self.told = update, set(), True

    def of(self, claim: Claim) -> int:
        quantity = claim.quantity
        if quantity is None or quantity.kind == "rate":
            return self.update
        if quantity.kind == "weight" and quantity.update is not None:
            self.say(quantity, max(quantity.update - 1, 0))
            return quantity.update
        if quantity.kind == "weight" and self.is_start(claim):
            return self.update
        again = (quantity.kind, quantity.name, quantity.parameter) in self.said
        moved = any(kind == "weight" for kind, *_ in self.said)
        all_moved = self.moved() >= set(self.facts.start)
        if quantity.kind == "loss":
            self.said.add((quantity.kind, quantity.name, ""))
            return self.update + (1 if all_moved else 0)
        if (again and moved) or (all_moved and not self.told and quantity.kind != "weight"):
            self.say(quantity, self.update + 1)
        else:
            self.say(quantity, self.update)
        return self.update + (1 if quantity.kind == "weight" else 0)

    def moved(self) -> set[str]:
        return {parameter for kind, _, parameter in self.said if kind == "weight"}

    def say(self, quantity: Quantity, update: int) -> None:
        if update != self.update:
            self.update, self.said = update, set()
        self.said.add((quantity.kind, quantity.name, quantity.parameter))

    def is_start(self, claim: Claim) -> bool:
        """Whether a line only repeats where the run begins: w1 = 0.5."""
        assert claim.quantity is not None
        side = claim.sides[0] if len(claim.sides) == 1 else None
        if self.update or side is None or not side.is_number or self.said:
            return False
        assert side.tree is not None
        return bool(value_of(side.tree, {}) == self.facts.start[claim.quantity.parameter])
