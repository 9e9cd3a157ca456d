"""A student's text to claims: which quantity, after how many updates, and the chain of what it is said to be.

Formulas are found and read as the audit finds them; free text between them is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from symgd.checking.as_typed import Position, as_written, headings_in, indexed, may_be_steps_of_one
from symgd.checking.asides import without_asides
from symgd.checking.audit import _Auditor, _components, _Seen
from symgd.checking.behind import fault_behind
from symgd.checking.chains import Chain, Side, chains
from symgd.checking.claims import Claim, Part
from symgd.checking.commas import with_entries_apart
from symgd.checking.facts import Facts
from symgd.checking.judge import unit_of
from symgd.checking.latex import latex_tokens
from symgd.checking.located import KINDS, located
from symgd.checking.meanings import meanings_of
from symgd.checking.notations import BEFORE, Quantity, inner, outer, quantity_named, shape_of, stem_of
from symgd.checking.own_names import is_own
from symgd.checking.own_slopes import own_slope, plain
from symgd.checking.pieces import Piece, pieces
from symgd.checking.placing import placed
from symgd.checking.points import Place, point_of
from symgd.checking.prose import prose_tokens
from symgd.checking.quantities import Read
from symgd.checking.rules_said import without_rules
from symgd.checking.said_before import is_minus, is_something_of, label_in, line_before, with_words
from symgd.checking.set_aside import withdrawn, without_counters, without_headings
from symgd.checking.shown import shown_of
from symgd.checking.spellings import respelled
from symgd.checking.tables import tabled
from symgd.checking.tuples import bracketed, component, entry_of_vectors, grouped, of_one
from symgd.checking.unread import unread_lines
from symgd.checking.vectors import is_of_shape
from symgd.expressions.tree import Expression, name, nodes, number, operation, substitute
from symgd.numbers.values import is_array as is_array_

#: What opens what a line is about, before its first letter: \\left.\\frac{dL}{dw}, \\mathbf{w}, L(1.4).
_OPENED = re.compile(r"(?:\\left\s*\.\s*|\\[A-Za-z]+\s*\{)(?=.\Z)|[A-Za-z]\w{0,32}(?=\(\Z)")
#: A longer line is shown as it was read.
_LONGEST = 500
#: Brackets with commas inside one another: a matrix has rows, and no more.
_ROWS_OF_ROWS = 2


def claims_in(text: str, facts: Facts) -> list[Claim]:
    """The claims of a working, in order, with their updates; what is beyond the limits of a working is not read."""
    shown, _, updates = tabled(shown_of(text), facts)
    reader = _Reader(without_rules(without_counters(without_headings(shown), facts), facts), facts)
    found = [_of_row(claim, updates) for claim in reader.claims()]
    for place in withdrawn(reader.written, [(claim.line, claim.column) for claim in found]):
        found[place] = found[place].for_the_teacher()
    found += [
        Claim(line.line, line.column, line.text, None, (), ())
        for line in unread_lines(reader.written, reader.read, reader.seen, (*facts.start, facts.problem.loss_name))
    ]
    found = without_asides(sorted(found, key=lambda claim: claim.line), reader.written, facts)
    found = located(found, reader.written, facts)
    numbered = [replace(claim, place=place) for place, claim in enumerate(found)]
    return placed(numbered, headings_in(shown), facts)


def _of_row(claim: Claim, updates: Mapping[int, int]) -> Claim:
    """A claim in the row of a table, which says of which update it is."""
    quantity, update = claim.quantity, updates.get(claim.line)
    if update is None or quantity is None or quantity.update is not None:
        return claim
    return replace(claim, quantity=quantity._replace(update=update))


def headings_of(text: str) -> tuple[dict[Position, int], bool]:
    """The update that begins at a line, from 1, by the number of the line, and whether they may be steps of one."""
    shown = shown_of(text)
    return headings_in(shown), may_be_steps_of_one(shown)


def has_unread_table(text: str, facts: Facts) -> bool:
    """Whether a table, or a part of one, could not be read."""
    return tabled(shown_of(text), facts).unread


# reading


class _Reader:
    """Finds the chains of a text and names what they are about."""

    def __init__(self, text: str, facts: Facts) -> None:
        self.text, self.facts = with_entries_apart(indexed(respelled(text, facts)), facts), facts
        self.written, self.read = text.split("\n"), self.text.split("\n")
        self.auditor = _Auditor(self.text)
        problem = facts.problem
        for word in (*facts.start, *facts.constants, *facts.formulas):
            self.auditor.bindings.known.setdefault(word, None)  # type: ignore[arg-type]
        self.auditor.arrays.known |= {
            word: value
            for word, value in (*facts.constants.items(), *facts.start.items())
            if is_array_(value) or word in problem.data
        }
        self.parameters = tuple(problem.parameters)
        self.unclosed = 0  # the line in which a bracket was opened and not closed
        self.seen = set[int]()  # lines of which something was read
        self.owned, self.own_slopes = dict[str, str](), set[str]()  # names of the student's own, and slopes of them

    def claims(self) -> Iterator[Claim]:
        for piece in pieces(self.text):
            if piece.latex:
                tokens = latex_tokens(piece.text)
            else:
                start = piece.origin[0]
                tokens = prose_tokens(piece.text, start == 0 or self.text[start - 1] == "\n")
            found = list(chains(tokens))
            spelled = self.spelled(piece, [side for chain in found for side in chain.sides])
            for chain in found:
                yield from self.chain(piece, spelled, chain)

    def spelled(self, piece: Piece, sides: Sequence[Side]) -> Piece:
        """A piece with its brackets as the reader takes them; where parameters are vectors (0, 1) is one as well."""
        if not any(1 in getattr(value, "shape", ()) for value in self.facts.start.values()):  # [2] is no vector
            piece = grouped(piece, sides)
        if not self.facts.problem.has_arrays:
            return piece
        return piece if piece.latex else bracketed(piece, (side for side in sides if not _components(side.tokens)))

    def chain(self, piece: Piece, spelled: Piece, chain: Chain) -> Iterator[Claim]:
        count, at = len(chain.sides), chain.signs[0].start
        if not chain.sides[0].tokens:  # 「新的 = 0.5 + 0.01 = 0.51」: arithmetic
            chain = Chain(chain.sides[1:], chain.signs[1:])
        places = enumerate(chain.sides, count - len(chain.sides))
        sides = [self.auditor.side(spelled, side, place, count) for place, side in places]
        if any(seen.blank for seen in sides):
            self.seen.add(self.auditor.place(piece.origin[at])[0])
            return  # to be filled in
        if not chain.signs or not sides[0].side.tokens:
            return
        signs = [sign.text for sign in chain.signs]
        lines = [self.auditor.place(piece.origin[seen.start])[0] for seen in sides]
        parts = [self.part(spelled, seen)._replace(line=line) for seen, line in zip(sides, lines, strict=True)]
        start = piece.origin[sides[0].start]
        line, column = self.auditor.place(start)
        stop = max(*(seen.stop for seen in sides), chain.signs[-1].stop)
        text, column = self.as_written(piece, sides[0].start, stop, line, column)
        before_it = line_before(self.text, start)
        head = self.quantity(sides[0], parts[0], before_it)
        if head is None and (signs[0] == "←" or (not sides[-1].side.tokens and not self.is_known(parts[0]))):
            return
        if piece.text[: sides[0].start].rstrip().endswith(("(", "[")) and line == self.unclosed:
            return  # inside of what could not be read
        if fault := fault_behind(piece.text, sides[0].start, stop, parts[-1]):
            parts[-1] = Part(None, "", fault)
            self.unclosed = line if fault == "unclosed" else self.unclosed
        if head is not None:
            head = self.of_vector(head, parts[-1])
        first = 0 if head is None else 1
        if head is not None and is_something_of(head, before_it):
            head, parts, first = None, [Part(None, text, "words")], 0  # something else of it
        if head is not None and head.kind == "state":
            parts = [_carried(part, head) for part in parts]
        self.seen |= {*range(line, self.auditor.place(piece.origin[stop - 1])[0] + 1)}
        claim = Claim(line, column, text, head, tuple(parts[first:]), tuple(signs))
        if head is not None and head.kind in KINDS:
            claim = replace(claim, point=point_of(self.pointed(text, line), self.facts))
            if head.kind in ("slope", "negative") and head.update is not None:
                claim = replace(claim, point=(Place("", update=head.update),))
        before = line_before(piece.text, sides[0].start)
        if head is None and (own := self.own_name(parts[0])):
            claim = replace(claim, own=own, sides=claim.sides[1:], signs=claim.signs[1:])
        elif head is None:
            claim = replace(claim, label=label_in(before, self.facts))
        elif head.kind == "slope" and is_minus(before, self.text):
            claim = replace(claim, label=head._replace(kind="negative", name=head.name or "-"))
        if head is not None and _is_of_all(head):
            yield from self.by_parameter(claim, spelled, chain.sides[first:])
        else:
            yield claim

    def of_vector(self, head: Quantity, part: Part) -> Quantity | None:
        """What a vector or a matrix is of: w[1] = (0.8, 0.8), and w1 = (0.51, 0.22) of two, of an update."""
        shape, count = shape_of(head, self.facts), len(part.parts)
        if len(head.entry) == 1 and is_of_shape(part, shape, self.facts):
            (place,) = head.entry
            return head._replace(update=place - (head.kind == "state"), entry=())  # m_0 is where m starts
        if len(head.entry) not in (0, len(shape)):
            return None  # a row of a matrix
        number = re.fullmatch(rf"{re.escape(stem_of(self.facts))}_?(\d{{1,6}})", head.parameter)
        is_of_all = head.kind == "weight" and count == len(self.parameters)
        if not is_of_all or number is None or head.update is not None or is_array_(self.facts.start[head.parameter]):
            return head
        return head._replace(parameter="", update=int(number[1]))

    def as_written(self, piece: Piece, start: int, stop: int, line: int, column: int) -> tuple[str, int]:
        """A stretch of a piece as the student wrote it, and the column it begins in."""
        end, last = self.auditor.place(piece.origin[stop - 1])
        written, read = self.written[line - 1], self.read[line - 1]
        if end != line or written == read or len(read) > _LONGEST:
            return " ".join(piece.text[start:stop].split()), column
        first, last = as_written(written, read, column - 1, last)
        if opened := _OPENED.search(written[: first + 1]):
            first = opened.start()
        first += len(written[first:last]) - len(written[first:last].lstrip(" ,，、"))  # a value of a list
        return " ".join(written[first:last].split()), first + 1

    def own_name(self, part: Part) -> str:
        """The name of the student's own that a side is; "" of any other side."""
        back = {placeholder: key for key, placeholder in self.auditor.quantities.known.items()}
        word = part.tree.name if part.tree is not None else ""
        if word in self.own_slopes:
            return word
        is_one = bool(meanings_of(word, self.facts)) or is_own(word, back.get(word, word), self.facts)
        if is_one:
            self.owned[plain(back.get(word, word))] = word
        return word if is_one else ""

    def pointed(self, text: str, line: int) -> str:
        """A claim with its point: as it was written, or where it was not kept so, all of its line."""
        written = self.written[line - 1]
        return text if text in " ".join(written.split()) else written

    def is_known(self, part: Part) -> bool:
        """Whether a name of the problem stands in a side."""
        return part.tree is not None and any(word in self.facts.start for word in part.tree.names)

    def by_parameter(self, claim: Claim, piece: Piece, sides: Sequence[Side]) -> Iterator[Claim]:
        """grad = (−0.1, −0.2): a claim for each parameter."""
        words, kind = self.parameters, claim.quantity.kind if claim.quantity is not None else ""
        for place, word in enumerate(words):
            parts = [
                part if len(words) == 1 else self.of_one(piece, side, part, place)
                for part, side in zip(claim.sides, sides, strict=True)
            ]
            told = [part for part in parts if part is not None]
            if len(told) < len(parts):
                yield replace(claim, quantity=None, sides=(Part(None, claim.text, "comma"),), signs=())
                return
            own = self.facts.slopes[word] if kind in ("slope", "negative") else {"weight": "w", "change": "d"}[kind]
            assert claim.quantity is not None
            quantity = claim.quantity._replace(name=own, parameter=word)
            label = None if claim.label is None else quantity._replace(kind=claim.label.kind)  # - gradient = …
            yield replace(claim, quantity=quantity, label=label, sides=tuple(told))

    def of_one(self, piece: Piece, side: Side, part: Part, place: int) -> Part | None:
        """A side of a line about all parameters for one of them; None where it says nothing of it."""
        words, slope = self.parameters, self.facts.slopes[self.parameters[place]]
        if part.shape and 1 not in part.shape:
            return None  # a matrix
        if found := component(piece, side, place, len(words)):
            part = self.written_out(self.auditor.entry(*found).read)
        elif part.parts:
            if len(part.parts) != len(words):
                return None
            part = part.parts[place]
        elif part.tree is not None and "vector" in part.tree.operations:
            part = part._replace(tree=entry_of_vectors(part.tree, place, len(words)))
        elif part.tree is None or not any(word == "grad" or word.endswith("@") for word in part.tree.names):
            return None
        return part if part.tree is None else part._replace(tree=of_one(part.tree, words[place], slope))

    def part(self, piece: Piece, seen: _Seen, depth: int = 0) -> Part:
        is_read = seen.read.tree is not None and seen.read.tree.op == "vector"
        if depth < _ROWS_OF_ROWS and not is_read and (components := _components(seen.side.tokens)):
            parts = [self.part(piece, self.auditor.entry(piece, side), depth + 1) for side in components]
            return _of_parts(seen.read.text, parts)
        return self.written_out(seen.read)

    def written_out(self, read: Read) -> Part:
        """A formula; of a vector or a matrix, which brackets or an environment write out, its entries."""
        if read.tree is None:
            return Part(None, read.text, read.fault)
        if read.tree.op == "vector":
            entries = [
                self.written_out(Read(entry, read.text))._replace(text=entry.text()) for entry in read.tree.args
            ]
            return _of_parts(read.text, entries)
        return Part(self.named(read.tree), read.text, "", unit_of(read))

    def named(self, tree: Expression) -> Expression:
        """The tree with the names of quantities for those that stand for them."""
        back = {placeholder: key for key, placeholder in self.auditor.quantities.known.items()}
        found: dict[str, Expression] = {}
        for node in nodes(tree):
            if node.op == "name":
                key = back.get(node.name, node.name)
                if key == "haty":
                    found[node.name] = name("y_hat")
                    continue
                if own := own_slope(key, self.owned, self.facts):
                    found[node.name] = name(own)
                    self.own_slopes.add(own)
                    continue
                quantity = self.lone(quantity_named(key, self.facts))
                if quantity is not None:
                    alone = node is tree  # what a line is about, or a part of a formula
                    whole = name(inner(quantity._replace(entry=(), old=quantity.old and alone)) or "grad")
                    places = [number(place) for place in quantity.entry]
                    found[node.name] = operation("index", whole, *places) if places else whole
        return substitute(tree, found) if found else tree

    def lone(self, quantity: Quantity | None) -> Quantity | None:
        """The gradient of one number as its slope."""
        if quantity is None or quantity.name or len(self.parameters) > 1:
            return quantity
        (word,) = self.parameters
        is_vector = is_array_(self.facts.start[word])
        return quantity if is_vector else quantity._replace(name=self.facts.slopes[word], parameter=word)

    # what a line is about

    def quantity(self, seen: _Seen, part: Part, before: str) -> Quantity | None:
        """What a side is about, by its tree and by the words of its line before it."""
        tree, places = part.tree, list[int]()
        if tree is None:
            return self.of_all(part)
        minus = tree.op == "neg"
        if minus:
            (tree,) = tree.args
        if tree.op == "index" and all(place.op == "number" for place in tree.args[1:]):
            tree, *indices = tree.args
            places = [int(place.value) for place in indices]
        found = None
        if tree.op == "name" and tree.name not in self.own_slopes:
            found = outer(tree.name, self.facts) or quantity_named(tree.name, self.facts)
        if found is None:
            return None
        found = with_words(found, before, seen.side.before, self.facts)
        if places:
            shape = shape_of(found, self.facts)
            if not shape or len(places) not in (1, len(shape)):
                return None
            found = found._replace(entry=tuple(places))
        if not minus:
            return found
        return found._replace(kind="negative", name=found.name or "-") if found.kind == "slope" else None

    def of_all(self, part: Part) -> Quantity | None:
        """(w1, w2), (Δw1, Δw2): the quantity of all parameters, in their order."""
        words = [entry.tree.name if entry.tree is not None else "" for entry in part.parts]
        found = [outer(word, self.facts) or quantity_named(word, self.facts) for word in words]
        if [one.parameter if one else "" for one in found] != list(self.parameters):
            return None
        kinds = {(one.kind, one.update) for one in found if one}
        kind, update = kinds.pop()
        return Quantity(kind, "", "", update) if not kinds and kind in ("weight", "change", "slope") else None


def _of_parts(text: str, parts: Sequence[Part]) -> Part:
    """A vector of numbers, or a matrix of rows that are as long as each other."""
    width = len(parts[0].parts)
    if width and all(len(part.parts) == width and not part.shape for part in parts):
        entries = [entry for part in parts for entry in part.parts]
        return Part(None, text, parts=tuple(entries), shape=(len(parts), width))
    return Part(None, text, parts=tuple(parts))


def _is_of_all(quantity: Quantity) -> bool:
    """Whether a quantity is meant of every parameter: grad, Δw of w1 and w2."""
    if quantity.parameter:
        return False
    return quantity.kind in ("weight", "change") or (
        quantity.kind in ("slope", "negative") and quantity.name in ("", "-")
    )


def _carried(part: Part, head: Quantity) -> Part:
    """A side of a row of the optimizer: its own name is that of the update before."""
    own = inner(head._replace(update=None))
    if part.tree is None:
        return part
    before = name(inner(head._replace(name=head.name + BEFORE, update=None)))
    return part._replace(tree=substitute(part.tree, {own: before}))
