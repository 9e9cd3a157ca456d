"""The gradient of a loss: exact partials, values at a point, the Hessian, LaTeX, Python, a numeric function."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgd.calculus.agreement import check_agreement
from symgd.calculus.bridge import from_sympy, symbol, sympy_slope, to_sympy
from symgd.calculus.derivation import Derivation, checked, derivation_of
from symgd.calculus.program import Formula, gradient_program, inlined, shown_text, slope_name
from symgd.calculus.proved_values import value_at
from symgd.calculus.rules import derivative
from symgd.calculus.story import Story
from symgd.errors import InputError
from symgd.expressions.reader import Definitions
from symgd.expressions.shapes import shape_text
from symgd.expressions.tree import Expression, bounds_of, index_names, number, substitute
from symgd.expressions.writer import latex as write_latex
from symgd.expressions.writer import text as write_text
from symgd.late import late
from symgd.numbers.values import Ball, Value, exact_decimal, exact_value, is_array, mapped

#: Columns with more rows are compared by their first few.
_MOST_ROWS, _FEW_ROWS = 24, 6


class Gradient:
    """The exact partial derivatives of a loss with respect to its parameters.

    Indexing gives SymPy's expression (constants put in); `text`, `latex` and `python` give the teaching form. Two
    roads, SymPy's derivative and the rules on our own tree, have agreed before an instance exists.

    >>> import symgd
    >>> g = symgd.gradient("(w1 - 0.55)^2 + (w2 - 0.3)^2")
    >>> g["w1"], g.text("w1")
    (2*w1 - 11/10, '2(w1 − 0.55)')
    >>> g.at(w1="0.5", w2="0.2")
    {'w1': Fraction(-1, 10), 'w2': Fraction(-1, 5)}
    """

    def __init__(
        self,
        definitions: Definitions,
        wrt: Sequence[str],
        constants: Mapping[str, Any],
        start: Mapping[str, Any] | None = None,
        renamed: Mapping[str, Any] | None = None,
    ) -> None:
        """Derive; raises InputError where the loss exists nowhere, DisagreementError where two roads differ.

        `renamed` maps our names to the caller's own SymPy symbols.
        """
        self.definitions = definitions
        self.parameters = tuple(wrt)
        self.constants = dict(constants)
        self._renamed = dict(renamed or {})
        self._start = dict(start or {})
        self.program = self._derive()
        self._trees = self._put_in()
        self._check(self._start)

    # the exact expressions

    @property
    def loss(self) -> Expression:
        """The loss in terms of parameters and constants."""
        return self._trees[self.definitions.loss_name]

    def partial(self, word: str) -> Expression:
        """A partial derivative as a tree, by the rules, in terms of parameters and constants."""
        return self._trees[slope_name(self.definitions.loss_name, self._known(word))]

    def __getitem__(self, word: str) -> Any:
        """SymPy's own partial derivative, constants and data put in."""
        found = self._sympy[self._known(word)][0] if not self._columns else self._in_entries.diff(symbol(word))
        return found.xreplace(self._renaming)

    def __iter__(self) -> Any:
        """The parameters."""
        return iter(self.parameters)

    def __len__(self) -> int:
        """How many parameters."""
        return len(self.parameters)

    @property
    def symbols(self) -> dict[str, Any]:
        """The real SymPy symbol of each parameter, or the caller's own."""
        return {word: self._renamed.get(word, symbol(word)) for word in self.parameters}

    @property
    def sympy_loss(self) -> Any:
        """The loss as a SymPy expression, constants and data put in."""
        return (self._in_entries if self._columns else self._sympy_loss).xreplace(self._renaming)

    @functools.cached_property
    def hessian(self) -> Any:
        """The matrix of second partial derivatives, by SymPy."""
        import sympy as sp

        symbols = [symbol(word) for word in self.parameters]
        return sp.Matrix([[self[row].diff(column) for column in symbols] for row in self.parameters]).xreplace(
            self._renaming
        )

    def second(self, row: str, column: str) -> Expression:
        """A second partial derivative as a tree, by the rules."""
        return self._second[self._known(row), self._known(column)]

    def derivation(self, word: str | None = None) -> Derivation:
        """Why a partial derivative is what it is: by named rules, each compared with SymPy, down to what is shown.

        Without a name it is that of all parameters, what they share told once. It prints as text and is a table in a
        notebook. Raises InputError for a name that is no parameter.

        >>> import symgd
        >>> print(symgd.gradient("z = w*x; L = z^2", wrt="w").derivation("w").text())
        ∂L/∂z = ∂/∂z[z²]
              = 2·z       (power rule)
        ∂L/∂w = ∂L/∂z·∂z/∂w  (chain rule)
              = ∂L/∂z·x      (constant multiple rule)
              = 2·w·x·x      (definitions put in)
        """
        words = self.parameters if word is None else [self._known(word)]
        return derivation_of(words, self.definitions.loss_name, self.program, self._told, self._trees)

    @functools.cached_property
    def stories(self) -> list[Story]:
        """How every slope comes about, definition by definition, each step compared with SymPy.

        Raises DisagreementError where one differs.
        """
        return self._told(self.program)

    @property
    def whole(self) -> Mapping[str, Expression]:
        """Every quantity of the program in terms of parameters and constants alone."""
        return self._trees

    # values

    def at(self, point: Mapping[str, Any] | None = None, **values: Any) -> dict[str, Value]:
        """The partials at a point: Fractions where rational, else a Ball that knows its proved digits.

        Raises InputError for a missing or unknown name, or where the gradient does not exist.
        """
        given = self._point({**(point or {}), **values})
        value_at(self.loss, given)  # a slope exists only where the loss does
        return {word: value_at(self.partial(word), given) for word in self.parameters}

    def loss_at(self, point: Mapping[str, Any] | None = None, **values: Any) -> Value:
        """The loss at a point."""
        return value_at(self.loss, self._point({**(point or {}), **values}))

    def function(self) -> Any:
        """f(array of shape (n,) or (batch, n)) -> (loss, gradient), NumPy float64.

        >>> import symgd
        >>> symgd.gradient("(w - 3)^2").function()([1.0])
        (4.0, array([-4.]))
        """
        from symgd.calculus.compiled import array_function, loss_and_gradient

        if self._columns:
            return array_function(self)
        return loss_and_gradient(self.definitions, self.parameters, self.constants)

    def hvp(self) -> Any:
        """f(point, vector) -> the Hessian at the point times the vector, NumPy float64, in the shapes of the slopes.

        Two reverse sweeps, no matrix; a loss over data is written out. Raises InputError where it is too large.

        >>> import symgd
        >>> symgd.gradient("a^2*b").hvp()([1.0, 2.0], [1.0, 0.0])
        array([4., 2.])
        """
        from symgd.calculus.written import hessian_product

        return hessian_product(self)

    def plain_products(self, tree: Expression) -> Expression:
        """The tree with those matrix products marked that NumPy works out as they stand."""
        return tree

    def shape(self, word: str) -> tuple[int, ...]:
        """The shape of a parameter: () of a number."""
        return ()

    # how it is written

    def text(self, word: str) -> str:
        """A partial derivative as text, in the teaching form."""
        return write_text(self.partial(word))

    def latex(self, word: str) -> str:
        """A partial derivative in LaTeX, in the teaching form."""
        return write_latex(self.partial(word))

    def python(self) -> str:
        """Python source of a function that returns the loss and its gradient; it needs only `math`."""
        return self.source("python")

    def source(self, language: str) -> str:
        """Source that stands alone: a function that returns the loss and its slopes.

        `language` is python, numpy, c, torch or jax. Raises InputError where it has no word for an operation.
        """
        from symgd.calculus.source import source_in

        return source_in(language, self.program, self.parameters, self.constants)

    def __str__(self) -> str:
        """One line a parameter."""
        loss = self.definitions.loss_name
        return "\n".join(f"{shown_text(slope_name(loss, word))} = {self.text(word)}" for word in self.parameters)

    def __repr__(self) -> str:
        """The type and its parameters."""
        return f"<Gradient of {self.definitions.loss_name} in {', '.join(self.parameters)}>"

    def _repr_latex_(self) -> str:
        return str(late("gradient-latex")(self))

    def _repr_html_(self) -> str:
        return str(late("gradient-html")(self))

    def _repr_markdown_(self) -> str:
        return str(late("gradient-markdown")(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    # inside

    def _derive(self) -> tuple[Formula, ...]:
        return gradient_program(self.definitions, self.parameters)

    def _put_in(self) -> dict[str, Expression]:
        """Every quantity in terms of parameters and constants alone."""
        return inlined(self.program)

    def _told(self, program: Sequence[Formula]) -> list[Story]:
        """The stories of some slopes, each step compared with SymPy."""
        return checked(self.definitions, program, {**self._near, **self._held})

    @property
    def _columns(self) -> dict[str, Any]:
        """The columns of data among the constants."""
        return {word: value for word, value in self.constants.items() if is_array(value)}

    @functools.cached_property
    def _in_entries(self) -> Any:
        from symgd.calculus.index_form import loss_in_entries

        return loss_in_entries(self.definitions, self.constants)

    def _known(self, word: str) -> str:
        if word not in self.parameters:
            raise InputError("not-a-parameter", name=word, names=", ".join(self.parameters))
        return word

    @functools.cached_property
    def _fixed_loss(self) -> Expression:
        return substitute(self.loss, self._fixed)

    @property
    def _fixed(self) -> dict[str, Expression]:
        """The constants that are numbers, as trees; data and the number of its rows stay names."""
        kept = {*self._columns, *self._bounds}
        return {word: number(value) for word, value in self.constants.items() if word not in kept}

    @property
    def _bounds(self) -> set[str]:
        """The names that say how far a sum goes."""
        return {word for tree in self.definitions.expressions for word in bounds_of(tree)}

    @functools.cached_property
    def _sample(self) -> dict[str, Any]:
        """The constants with only the first rows of long columns: enough to compare two roads."""
        longest = max((len(value) for value in self._columns.values()), default=0)
        if longest <= _MOST_ROWS:
            return self.constants
        cut = {word: mapped(exact_value, value[:_FEW_ROWS]) for word, value in self._columns.items()}
        counts = {word: Fraction(_FEW_ROWS) for word in self._bounds if self.constants.get(word) == longest}
        return {**self.constants, **cut, **counts}

    @property
    def _held(self) -> dict[str, Any]:
        """What stays as it is at every point where roads are compared: data, bounds, an index."""
        held = {word: self._sample[word] for word in (*self._columns, *self._bounds) if word in self._sample}
        return {**held, **dict.fromkeys(index_names(self.definitions.expressions), Fraction(1))}

    @functools.cached_property
    def _sympy_loss(self) -> Any:
        return to_sympy(self._fixed_loss)

    @functools.cached_property
    def _sympy(self) -> dict[str, tuple[Any, Expression]]:
        return {word: sympy_slope(self._fixed_loss, word) for word in self.parameters}

    @functools.cached_property
    def _renaming(self) -> dict[Any, Any]:
        return {symbol(word): theirs for word, theirs in self._renamed.items()}

    @functools.cached_property
    def _second(self) -> dict[tuple[str, str], Expression]:
        trees = {
            (row, column): derivative(self.partial(row), column)
            for row in self.parameters
            for column in self.parameters
        }
        fixed = self._fixed
        pairs = [
            (
                f"∂²/∂{row}∂{column}",
                substitute(tree, fixed),
                from_sympy(self._sympy[row][0].diff(symbol(column))),
            )
            for (row, column), tree in trees.items()
        ]
        check_agreement(pairs, self._names, self._held, self._fixed_loss)
        return trees

    @property
    def _names(self) -> tuple[str, ...]:
        free = [word for word in self.definitions.free_names if word not in self.constants]
        return tuple(dict.fromkeys((*self.parameters, *free)))

    def _check(self, start: Mapping[str, Any]) -> None:
        fixed = self._fixed
        pairs = [
            (
                shown_text(slope_name(self.definitions.loss_name, word)),
                substitute(self.partial(word), fixed),
                other,
            )
            for word, (_, other) in self._sympy.items()
        ]
        check_agreement(pairs, self._names, {**start, **self._held}, self._fixed_loss)

    @functools.cached_property
    def _near(self) -> dict[str, Fraction]:
        """Constants, start, and what the definitions are there (nearly): a point at which roads are compared."""
        near = {**self._sample, **{word: value for word, value in self._start.items() if word not in self.constants}}
        for line in self.program:
            if line.kind == "forward" and all(word in near for word in line.tree.names):
                try:
                    value = value_at(line.tree, near)
                except InputError:
                    break
                near[line.quantity] = value.middle if isinstance(value, Ball) else exact_decimal(value)
        return near

    def _point(self, values: Mapping[str, Any]) -> dict[str, Fraction]:
        point = dict(self.constants)
        for word, value in values.items():
            if word not in self._names and word not in self.constants:
                raise InputError("not-a-parameter", name=word, names=", ".join(self._names))
            point[word] = exact_value(value)
            self._check_shape(word, point[word])
        missing = [word for word in self._names if word not in point]
        if missing:
            code = "missing-in-data" if self._columns else "missing-value"
            raise InputError(code, names=", ".join(missing), columns=", ".join(self._columns))
        return point

    def _check_shape(self, word: str, value: Any) -> None:
        """Raise where a parameter is given a value of another shape."""
        if word not in self._names:
            return
        wanted, given = self.shape(word), value.shape if is_array(value) else ()
        if wanted != given:
            raise InputError("shape-of-point", name=word, wanted=shape_text(wanted), given=shape_text(given))
