"""A problem: a loss (or a given gradient), a start, constants, an optimizer. Three ways in, one meaning.

Nothing is evaluated: numbers are read by our own reader, exactly.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgd.calculus.algebra import constant_of
from symgd.closest import closest
from symgd.descent.batches import Batches
from symgd.descent.data import check_inside, data_table, is_path, read_data
from symgd.descent.files import BATCHES, KEYS, arguments_of, overridden, read_toml
from symgd.descent.reading import (
    arithmetic_of,
    entries,
    exact_entries,
    exact_number,
    named,
    one_of,
    shortened,
    switch,
    titles_of,
    unknown,
    whole,
    within,
)
from symgd.descent.settings import SETTINGS, method_of, settings_of, spelled_out, within_range
from symgd.descent.shaping import check_batches, check_size, shape
from symgd.errors import InputError, found_in
from symgd.expressions.names import canonical
from symgd.expressions.reader import Definitions, read, read_definitions
from symgd.expressions.shapes import Shaped
from symgd.expressions.tree import Expression, number
from symgd.language import language_named, languages
from symgd.limits import Given, allowing
from symgd.numbers.values import is_array

STEPS = 3
MOST_SEED = 2**63 - 1
KINDS = ("worked", "worksheet", "key")

__all__ = ["KINDS", "Problem", "exact_number"]


class Problem:
    """What to descend, from where, and how.

    `loss` is text (definitions one a line or split by `;`), an Expression or a SymPy expression; `gradient` is given
    instead for a first lesson: for each parameter a number, an expression in the parameters, or a list with one for
    each update. `start` maps parameters to numbers, `let` constants: text, int, Fraction and Decimal are exact, a
    float is taken at its shortest decimal. `learning_rate` may be text with `t`, the number of the update from 1, or
    in floats a list: a run with each of them. `arithmetic` is "exact", "float" or "round:4". Hyperparameters stand by
    their names (`momentum="0.9"`). With a `tolerance` a run has converged when every partial derivative is at most so
    large. Of a long run only every `every`-th record is kept, and the last. `title` is text, or a table with a text
    for each language. `explain_rate` adds a part about the learning rate to the handout. `data` are columns as
    `read_data` takes them; with a `batch_size` each update uses so many of their rows, shuffled by the `seed` (see
    `Batches`), and `epochs`, how often to go through all rows, may stand instead of `steps`. `marks` is how a working
    is marked (see `Policy`), `handout` how a handout looks (see `Sheet`). `limits` raises limits by their names:
    {"steps": 10_000_000} (see `symgd.limits`); a file cannot. Raises InputError.

    >>> problem = Problem(loss="(w - 3)^2", start={"w": "0.5"}, learning_rate="0.1", steps=2)
    >>> problem.parameters, problem.learning_rate, problem.method.name
    (('w',), Expression('0.1'), 'gradient-descent')
    """

    def __init__(
        self,
        loss: Any = None,
        *,
        start: Mapping[str, Any] | None = None,
        gradient: Mapping[str, Any] | None = None,
        let: Mapping[str, Any] | None = None,
        data: Any = None,
        optimizer: str = "gradient-descent",
        steps: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        seed: int | None = None,
        arithmetic: str = "exact",
        digits: int = 6,
        tolerance: Any = None,
        title: str | Mapping[str, str] = "",
        language: str = "en",
        kind: str = "worked",
        explain_rate: bool = False,
        every: int = 1,
        source: str = "",
        folder: str | Path = "",
        limits: Given = None,
        marks: Mapping[str, Any] | None = None,
        handout: Mapping[str, Any] | None = None,
        **hyperparameters: Any,
    ) -> None:
        """Read and check everything; nothing is worked out yet."""
        self._arguments = {key: value for key, value in locals().items() if key not in ("self", "hyperparameters")}
        self._arguments |= hyperparameters
        with allowing(limits) as self.allowed:
            self._read(self._arguments, hyperparameters)

    def _read(self, given: Mapping[str, Any], hyperparameters: Mapping[str, Any]) -> None:
        self.marks, self.handout = dict(given["marks"] or {}), dict(given["handout"] or {})
        self.titles, self.source = titles_of(given["title"]), str(given["source"])
        self.language = one_of("language", language_named(str(given["language"])), languages())
        self.kind = one_of("kind", given["kind"], KINDS)
        self.start, self.let = (
            {word: exact_entries(value, word) for word, value in named(given[key], key).items()}
            for key in ("start", "let")
        )
        self.data, self.notes = read_data(given["data"], given["folder"])
        self.batches = self._read_batches(given["batch_size"], given["seed"], given["gradient"])
        self.steps = self._read_steps(given["steps"], given["epochs"])
        self.method = method_of(given["optimizer"])
        self.learning_rate, self.settings = settings_of(self.method, _known_settings(hyperparameters))
        self.explain_rate = switch("explain_rate", given["explain_rate"])
        self.every = within("every", given["every"], 1, "steps")
        self.arithmetic, self.places = arithmetic_of(given["arithmetic"])
        self.digits = within("digits", given["digits"], 1, "significant_digits")
        self.tolerance = None
        if given["tolerance"] is not None:
            self.tolerance = within_range("tolerance", exact_number(given["tolerance"], "tolerance"))
        self.renamed: dict[str, Any] = {}
        self.definitions = self._read_loss(given["loss"])
        self.given = self._read_given(named(given["gradient"], "gradient"))
        self._check_names()
        if self.in_batches:
            check_batches(self.definitions)
        self.shaping = shape(
            self.definitions, self.start, self.let, self.data, self.arithmetic == "float", len(self.rates) or None
        )
        self.definitions = self.shaping.definitions
        check_size(self.start, self.batch, self.steps // self.every + 1)

    @property
    def constants(self) -> Mapping[str, Any]:
        """Everything that is given and does not move: let, the columns of data, and the number of their rows."""
        return self.shaping.constants

    @property
    def rows(self) -> int | None:
        """How many rows of data there are; None without data."""
        return self.shaping.rows

    @property
    def in_batches(self) -> bool:
        """Whether an update uses only some of the rows."""
        return self.batches is not None and not self.batches.all_rows

    def rows_of(self, step: int) -> tuple[int, ...]:
        """The rows of the data, from 1, that the update after `step` updates uses."""
        if self.batches is not None:
            return self.batches.rows_of(step)
        return tuple(range(1, (self.rows or 0) + 1))

    @property
    def counts(self) -> tuple[str, ...]:
        """The name of the number of rows, where the loss may have one."""
        return tuple(word for word in self.constants if word not in self.let and word not in self.data)

    @functools.cached_property
    def goes_by_sweep(self) -> bool:
        """Whether the loss is so large that a run in floats takes its slopes from the reverse sweep alone."""
        if self.arithmetic != "float" or self.definitions is None or self.has_arrays or self.method.second_order:
            return False
        from symgd.calculus.floating import is_large

        return is_large(self.definitions, self.parameters)

    @property
    def shaped(self) -> Shaped | None:
        """The shapes of a loss in which parameters or definitions are vectors or matrices; else None."""
        return self.shaping.shapes

    @property
    def has_arrays(self) -> bool:
        """Whether a parameter, a constant or the data is a vector or a matrix."""
        return self.batch is None and any(map(is_array, (*self.start.values(), *self.constants.values())))

    @property
    def batch(self) -> int | None:
        """How many starts there are, each a run of its own; None for one."""
        return self.shaping.batch

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """The learning rates of a batch of runs, one each; none where all have the same."""
        rate = self.learning_rate
        return tuple(constant_of(part) or Fraction(0) for part in rate.args) if rate.op == "vector" else ()

    def title(self, language: str) -> str:
        """The title in a language; "" where the author gave none.

        >>> Problem("w^2", title={"en": "A bowl", "zh-TW": "碗"}).title("zh-TW")
        '碗'
        """
        return self.titles.get(language, "")

    @classmethod
    def load(cls, path: str | Path, **options: Any) -> Problem:
        """A problem from a TOML file; `options` override what the file says. Raises InputError, which names the file.

        The file's own data lie in its folder or below.

        >>> Problem.load("examples/five-steps.toml", steps=1).steps
        1
        """
        file = Path(path)
        table = read_toml(file)
        if not is_path(data_table(options.get("data")).get("file")):  # else the file's own is not read
            with found_in(file.name):
                check_inside(table.get("data"), file.parent)
        return cls.from_table(table, source=file.name, **{"folder": file.parent, **options})

    @classmethod
    def from_table(cls, table: Mapping[str, Any], source: str = "", **options: Any) -> Problem:
        """A problem from the tables of a TOML file; `options` override them, names one by one. Raises InputError.

        >>> Problem.from_table({"loss": "w^2", "start": {"w": "0.5"}}, start={"w": 2}).start
        {'w': Fraction(2, 1)}
        """
        with found_in(source):
            return cls(**{**overridden(arguments_of(table), options), "source": source})

    def replaced(self, **options: Any) -> Problem:
        """The same problem with options put over it, as over a file. Raises InputError.

        >>> Problem("(w - 3)^2", start={"w": 1}).replaced(steps=7).steps
        7
        """
        return Problem(**overridden(self._arguments, options)) if options else self

    @property
    def source_text(self) -> str:
        """The loss as it was given, or as text; "" for a given gradient."""
        loss = self._arguments["loss"]
        if isinstance(loss, str):
            return loss
        return "" if self.definitions is None else self.definitions.text()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters, in the order of the start."""
        return tuple(self.start)

    @property
    def loss_name(self) -> str:
        """The name of the loss."""
        return self.definitions.loss_name if self.definitions else "L"

    @property
    def reported_loss(self) -> str:
        """The name of the loss over all rows: with mini-batches the lines of an update have that of its rows."""
        return f"{self.loss_name}_all" if self.in_batches else self.loss_name

    def require_start(self) -> None:
        """Raise InputError where a name of the loss has no value, saying which."""
        free = self.definitions.free_names if self.definitions else ()
        missing = [word for word in free if word not in self.start and word not in self.constants]
        close = closest(missing[0], [*self.start, *self.constants]) if missing else ""
        if close:
            raise InputError("missing-start-close", names=", ".join(missing), close=close)
        if missing:
            code = "missing-in-data" if self.data else "missing-start"
            raise InputError(code, names=", ".join(missing), columns=", ".join(self.data))
        if not self.start:
            raise InputError("no-parameters")

    # reading

    def _read_batches(self, size: Any, seed: Any, gradient: Any) -> Batches | None:
        """Which rows each update uses; None without data, and where the gradient is given."""
        start = whole("seed", 0 if seed is None else seed, 0, MOST_SEED)
        rows = None if gradient else next(map(len, self.data.values()), None)
        if rows is None:
            if size is not None:
                raise InputError("batches-without-data", name="batch_size")
            return None
        return Batches(rows, rows if size is None else whole("batch_size", size, 1, rows), start)

    def _read_steps(self, steps: Any, epochs: Any) -> int:
        if epochs is None:
            return within("steps", STEPS if steps is None else steps, 0, "steps")
        if steps is not None:
            raise InputError("steps-and-epochs")
        if self.batches is None:
            raise InputError("batches-without-data", name="epochs")
        each = self.batches.per_epoch
        return within("steps", whole("epochs", epochs, 1, MOST_SEED) * each, 1, "steps")

    def _read_loss(self, loss: Any) -> Definitions | None:
        if loss is None or isinstance(loss, Definitions):
            return loss
        if isinstance(loss, Expression):
            return Definitions((_free_name(loss),), (loss,))
        if isinstance(loss, str):
            return read_definitions(loss, names=(*self.start, *self.let, *self.data))
        if not hasattr(loss, "free_symbols"):
            raise InputError("not-a-loss", value=shortened(loss))
        return self._from_sympy(loss)

    def _from_sympy(self, loss: Any) -> Definitions:
        from symgd.calculus.bridge import from_sympy

        tree = from_sympy(loss)
        self.renamed = {canonical(str(theirs)): theirs for theirs in loss.free_symbols}
        return Definitions((_free_name(tree),), (tree,))

    def _read_given(self, gradient: Mapping[str, Any]) -> dict[str, tuple[Expression, ...]]:
        """For each parameter one expression for all updates, or one for each."""
        if gradient and self.definitions is not None:
            raise InputError("loss-and-gradient")
        given = {}
        for word, value in gradient.items():
            values = entries(value)
            if values == []:
                raise InputError("given-empty", name=word)
            given[word] = tuple(self._slope(item, word) for item in values or [value])
        return given

    def _slope(self, value: Any, word: str) -> Expression:
        if isinstance(value, str):
            return read(value, names=(*self.start, *self.let, *self.data))
        return number(exact_number(value, word))

    # checking

    def _check_names(self) -> None:
        if self.definitions is None and not self.given:
            raise InputError("no-loss")
        both = [word for word in self.start if word in self.let]
        if both:
            raise InputError("start-and-let", name=both[0])
        twice = [word for word in (*self.start, *self.let) if word in self.data]
        if twice:
            raise InputError("data-and-other", name=twice[0])
        defined = self.definitions.names if self.definitions else ()
        twice = [word for word in (*self.start, *self.let, *self.data) if word in defined]
        if twice:
            raise InputError("start-defined", name=twice[0])
        if self.given:
            self._check_given()

    def _check_given(self) -> None:
        missing = [word for word in self.given if word not in self.start]
        without = [word for word in self.start if word not in self.given]
        if missing:
            raise InputError("missing-start", names=", ".join(missing))
        if without:
            raise InputError("missing-slope", names=", ".join(without))
        if self.method.second_order:
            raise InputError("newton-needs-loss")
        for word, trees in self.given.items():
            if 1 < len(trees) < self.steps:
                raise InputError("given-short", name=word, found=len(trees), steps=self.steps)
            used = [part for tree in trees for part in tree.names if part not in self.start and part not in self.let]
            if used:
                raise InputError("unknown-name", name=used[0], line=word)


def _known_settings(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """The hyperparameters by our names; what is no setting of any method may be a misspelt argument."""
    for word in hyperparameters:
        if word not in SETTINGS:
            raise unknown(
                "unknown-key", word, [*KEYS, *BATCHES, *sorted(SETTINGS), "language", "kind"], table="Problem"
            )
    return {word: value for word, value in spelled_out(hyperparameters).items() if value is not None}


def _free_name(tree: Expression) -> str:
    """A name for a loss that has none: L, if no name in it is L."""
    return next(word for word in ("L", "J", "E", "F", "loss") if word not in tree.names)
