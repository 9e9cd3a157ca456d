"""The gradient of a loss over vectors and matrices: closed formulas, compared with SymPy entry by entry."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symgd.calculus.array_program import ArrayProgram, array_program
from symgd.calculus.gradient import Gradient
from symgd.calculus.ground import Ground
from symgd.calculus.index_form import check_slopes, entry_symbols, loss_in_entries
from symgd.calculus.program import Formula, inlined, slope_name
from symgd.calculus.story import Story
from symgd.errors import InputError
from symgd.expressions.definitions import Definitions
from symgd.expressions.shapes import Shape, Shaped, typed_from
from symgd.expressions.tree import Expression, nodes, operation, rebuilt
from symgd.numbers.values import is_array


class ArrayGradient(Gradient):
    """The exact gradient where parameters or definitions are vectors or matrices.

    `g.text("w")` is a closed formula, `g.at(w=[...])` gives arrays of Fractions in the shape of the parameter,
    `g["w"]` SymPy's own derivative by each entry. All else is as in `Gradient`.
    """

    def __init__(
        self,
        found: Shaped,
        wrt: Sequence[str],
        constants: Mapping[str, Any],
        start: Mapping[str, Any] | None = None,
        rows: int | None = None,
    ) -> None:
        """Derive; `rows` is the number of rows of data, which the formulas call n. Raises as Gradient does."""
        self.shapes: Mapping[str, Shape] = found.shapes
        self.rows = rows
        super().__init__(found.definitions, wrt, constants, start)

    @functools.cached_property
    def _ground(self) -> Ground:
        arrays = {word: value for word, value in self.constants.items() if is_array(value)}
        symmetric = frozenset(word for word, value in arrays.items() if _is_symmetric(value))
        stochastic = frozenset(word for word, value in arrays.items() if _sums_to_one(value))
        return Ground(self.shapes, self.rows, symmetric, stochastic)

    @functools.cached_property
    def _array_program(self) -> ArrayProgram:
        return array_program(self.definitions, self.parameters, self._ground)

    def _derive(self) -> tuple[Formula, ...]:
        return self._array_program.lines

    def _put_in(self) -> dict[str, Expression]:
        """The slopes as closed formulas: those of the loss with its definitions put in."""
        loss, trees = self.definitions.loss_name, inlined(self.program)
        whole = Definitions((loss,), (trees[loss],))
        closed = array_program(whole, self.parameters, self._ground).lines
        return trees | {line.quantity: line.tree for line in closed}

    def _told(self, program: Sequence[Formula]) -> list[Story]:
        wanted = {line.quantity for line in program}
        return [story for story in self._array_program.stories if story.quantity in wanted]

    def _check(self, start: Mapping[str, Any]) -> None:
        ground, loss = self._ground, self.definitions.loss_name
        special = ground.symmetric | ground.stochastic
        fixed = {word: self.constants[word] for word in (*special, *self._bounds) if word in self.constants}
        if self.rows is not None:
            fixed["n"] = Fraction(self.rows)
        quantities = {line.quantity for line in self.program}
        slopes = {word: slope_name(loss, word) for word in (*self.definitions.names[:-1], *self.parameters)}
        told = {word: quantity for word, quantity in slopes.items() if quantity in quantities}
        check_slopes(self.program, told, self.shapes, fixed)

    def __getitem__(self, word: str) -> Any:
        """SymPy's derivative by each entry, constants and data put in: an expression, or an array of SymPy's."""
        import sympy as sp

        symbols = entry_symbols(self._known(word), self.shapes.get(word, ()))
        if not is_array(symbols):
            return self._in_entries.diff(symbols)
        rows = symbols if symbols.ndim == 2 else symbols.reshape(-1, 1)
        return sp.Matrix([[self._in_entries.diff(entry) for entry in row] for row in rows])

    @functools.cached_property
    def _in_entries(self) -> Any:
        return loss_in_entries(self.definitions, self.constants, self.shapes)

    @property
    def sympy_loss(self) -> Any:
        """The loss as a SymPy expression of the entries, constants and data put in."""
        return self._in_entries

    def shape(self, word: str) -> Shape:
        """The shape of a parameter: () of a number, (n,) of a vector, (rows, columns) of a matrix."""
        return self.shapes.get(self._known(word), ())

    def plain_products(self, tree: Expression) -> Expression:
        """The tree with those products marked that NumPy works out as they stand: of matrices of two rows or more."""
        shapes: dict[int, Shape] = {}
        done: dict[int, Expression] = {}
        for node in nodes(tree):
            args = tuple(done[id(part)] for part in node.args)
            sides = [shapes[id(part)] for part in node.args]
            shapes[id(node)] = typed_from(node, sides, self._ground.shapes)
            plain = node.op in _PLAIN and len(sides[0]) == 2 and sides[0][0] > 1 and all(sides)
            done[id(node)] = operation(_PLAIN[node.op], *args) if plain else rebuilt(node, args)
        return done[id(tree)]

    def function(self) -> Any:
        """The loss and its gradient in NumPy: see `compiled.ArrayFunction`."""
        from symgd.calculus.compiled import array_function

        return array_function(self)

    def source(self, language: str) -> str:
        """Source that stands alone: see `Gradient.source`."""
        from symgd.calculus.source import source_in

        shapes = {word: self.shape(word) for word in self.parameters}
        return source_in(language, self.program, self.parameters, self.constants, shapes, self.rows is not None)

    @property
    def symbols(self) -> dict[str, Any]:
        """The real SymPy symbols of each parameter: an array of them in its shape."""
        return {word: entry_symbols(word, self.shapes.get(word, ())) for word in self.parameters}

    @functools.cached_property
    def hessian(self) -> Any:
        """The matrix of second derivatives by the entries of all parameters, row by row, by SymPy."""
        import sympy as sp

        entries = [entry for symbols in self.symbols.values() for entry in np.reshape(symbols, -1)]
        return sp.hessian(self._in_entries, entries)

    def second(self, row: str, column: str) -> Expression:
        """Second derivatives have no closed formula here: raises InputError."""
        raise InputError("no-second-arrays")


_PLAIN = {"matmul": "plain_matmul", "transpose": "plain_transpose"}


def _is_symmetric(value: Any) -> bool:
    return bool(value.ndim == 2 and value.shape[0] == value.shape[1] and np.all(value == value.T))


def _sums_to_one(value: Any) -> bool:
    """Whether every row is exactly a distribution: entries that sum to 1."""
    return bool(np.all(value.sum(axis=-1) == 1))
