"""A problem: a loss (or a given gradient), a start, constants, an optimizer. Three ways in, one meaning.

Nothing is evaluated: numbers are read by our own reader, exactly.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from symgd.calculus.algebra import constant_of
from symgd.descent.optimizers import METHOD_SYNONYMS, OPTIMIZERS, SYNONYMS, Method
from symgd.errors import InputError
from symgd.expressions.limits import WIDE, Limits
from symgd.expressions.names import canonical
from symgd.expressions.reader import Definitions, read, read_definitions
from symgd.expressions.tree import Expression, number
from symgd.language import LANGUAGES
from symgd.numbers.values import exact_decimal

MOST_STEPS = 1_000_000
KINDS = ("worked", "worksheet", "key")
_TABLES = ("start", "let", "data", "optimizer", "handout")
_KEYS = ("title", "loss", "gradient", "steps", "arithmetic", "digits", "tolerance", *_TABLES)
_ARGUMENTS = frozenset({*_KEYS, "learning_rate", "language", "kind"})
_HANDOUT_KEYS = ("language", "kind", "digits", "template")


class Problem:
    """What to descend, from where, and how.

    `loss` is text (definitions one a line or split by `;`), an Expression or a SymPy expression; `gradient` is given
    instead for a first lesson. `start` maps parameters to numbers: text, int, Fraction and Decimal are exact, a float
    is taken at its shortest decimal. Hyperparameters stand by their names. Raises InputError.

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
        data: Mapping[str, Any] | None = None,
        optimizer: str = "gradient-descent",
        learning_rate: Any = None,
        steps: int = 3,
        arithmetic: str = "exact",
        digits: int = 6,
        tolerance: Any = None,
        title: str = "",
        language: str = "en",
        kind: str = "worked",
        source: str = "",
        limits: Limits = WIDE,
        **hyperparameters: Any,
    ) -> None:
        """Read and check everything; nothing is worked out yet."""
        self.title, self.source = str(title), source
        self.language = _one_of("language", language, LANGUAGES)
        self.kind = _one_of("kind", kind, KINDS)
        self.start = {_name(word): exact_number(value, str(word)) for word, value in (start or {}).items()}
        self.let = {_name(word): exact_number(value, str(word)) for word, value in (let or {}).items()}
        self.method = _method(optimizer)
        self.learning_rate, self.settings = _settings(self.method, learning_rate, hyperparameters)
        self.steps = _whole("steps", steps, 0, MOST_STEPS)
        self.arithmetic, self.places = _arithmetic(arithmetic)
        self.digits = _whole("digits", digits, 1, 50)
        self.tolerance = None if tolerance is None else exact_number(tolerance, "tolerance")
        if data:
            raise InputError("data-later")
        self.renamed: dict[str, Any] = {}
        self.definitions = self._read_loss(loss, limits)
        self.given = self._read_given(gradient or {})
        self._check_names()

    @classmethod
    def load(cls, path: str | Path, **options: Any) -> Problem:
        """A problem from a TOML file; `options` override what the file says. Raises InputError."""
        file = Path(path)
        return cls.from_table(read_toml(file), source=file.name, **options)

    @classmethod
    def from_table(cls, table: Mapping[str, Any], source: str = "", **options: Any) -> Problem:
        """A problem from the tables of a TOML file; `options` override them, names one by one."""
        try:
            return cls(**{**overridden(arguments_of(table), options), "source": source})
        except InputError as error:
            error.source = error.source or source
            raise

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters in order: of the start, else of first appearance."""
        return tuple(self.start)

    @property
    def loss_name(self) -> str:
        """The name of the loss."""
        return self.definitions.loss_name if self.definitions else "L"

    # reading

    def _read_loss(self, loss: Any, limits: Limits) -> Definitions | None:
        if loss is None:
            return None
        if isinstance(loss, Definitions):
            return loss
        if isinstance(loss, Expression):
            return Definitions(("L",), (loss,))
        if isinstance(loss, str):
            return read_definitions(loss, names=(*self.start, *self.let), limits=limits)
        return self._from_sympy(loss)

    def _from_sympy(self, loss: Any) -> Definitions:
        from symgd.calculus.bridge import from_sympy

        tree = from_sympy(loss)
        self.renamed = {canonical(str(theirs.name)): theirs for theirs in getattr(loss, "free_symbols", ())}
        return Definitions(("L",), (tree,))

    def _read_given(self, gradient: Mapping[str, Any]) -> dict[str, tuple[Expression, ...]]:
        """For each parameter one expression for all updates, or one for each."""
        if gradient and self.definitions is not None:
            raise InputError("loss-and-gradient")
        given = {}
        for word, value in gradient.items():
            values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
            if not values:
                raise InputError("given-empty", name=word)
            given[_name(word)] = tuple(self._slope(item, str(word)) for item in values)
        return given

    def _slope(self, value: Any, word: str) -> Expression:
        if isinstance(value, str):
            return read(value, names=self.start)
        return number(exact_number(value, word))

    def _check_names(self) -> None:
        if self.definitions is None and not self.given:
            raise InputError("no-loss")
        if not self.given:
            both = set(self.start) & set(self.let)
            if both:
                raise InputError("start-and-let", name=sorted(both)[0])
            return
        missing = [word for word in self.given if word not in self.start]
        without = [word for word in self.start if word not in self.given]
        if missing:
            raise InputError("missing-start", names=", ".join(missing))
        if without:
            raise InputError("missing-slope", names=", ".join(without))
        _check_lists(self.given, self.steps)
        for word, trees in self.given.items():
            unknown = [used for tree in trees for used in tree.names if used not in self.start]
            if unknown:
                raise InputError("unknown-name", name=unknown[0], line=word)

    def require_start(self) -> None:
        """Raise InputError where a name of the loss has no value, saying which."""
        if self.definitions is None:
            return
        unknown = [word for word in self.definitions.free_names if word not in self.start and word not in self.let]
        if not self.start:
            raise InputError("missing-start", names=", ".join(unknown))
        if unknown:
            known = difflib.get_close_matches(unknown[0], [*self.start, *self.let], n=1)
            code = "missing-start-close" if known else "missing-start"
            raise InputError(code, names=", ".join(unknown), close=known[0] if known else "")


def exact_number(value: Any, word: str = "") -> Fraction:
    """A number, exactly: text is read as a constant, a float at its shortest decimal.

    >>> exact_number("0.1"), exact_number(0.1), exact_number("-1/3"), exact_number(Decimal("2.50"))
    (Fraction(1, 10), Fraction(1, 10), Fraction(-1, 3), Fraction(5, 2))
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction | Decimal):
        if hasattr(value, "item") and not isinstance(value, list):
            return exact_number(value.item(), word)
        raise InputError("not-exact", name=word, value=value)
    if isinstance(value, str):
        constant = _constant(value, word)
        return constant
    try:
        return exact_decimal(value) if isinstance(value, float) else Fraction(value)
    except (ValueError, OverflowError):
        raise InputError("not-exact", name=word, value=value) from None


def _constant(text: str, word: str) -> Fraction:
    tree = read(text)
    value = constant_of(tree)
    if value is None:
        value = _worked_out(tree)
    if value is None:
        raise InputError("not-exact", name=word, value=text, text=text, length=len(text))
    return value


def _worked_out(tree: Expression) -> Fraction | None:
    """A constant expression such as 2*3 + 1, where its value is rational."""
    from symgd.errors import DomainError, PrecisionError
    from symgd.numbers.systems import ExactSystem

    if tree.names:
        return None
    system = ExactSystem()
    try:
        with system.precision():
            value = system.public(system.evaluate(tree, {}))
    except (DomainError, PrecisionError):
        return None
    return value if isinstance(value, Fraction) else None


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a problem file, decimals kept as text; raises InputError with file and line."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError("file", name=path.name, reason=error.strerror or "") from None
    except UnicodeDecodeError as error:
        raise InputError("encoding", name=path.name, position=error.start) from None
    try:
        return tomllib.loads(text.replace("\r\n", "\n"), parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise InputError("toml", source=path.name, reason=str(error)) from None


def arguments_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a file as arguments of Problem; raises InputError for a key that does not exist."""
    _check_keys(table, _KEYS, "")
    arguments = {key: table[key] for key in _KEYS if key in table and key not in ("optimizer", "handout")}
    for key in _TABLES:
        if key in table and not isinstance(table[key], Mapping):
            raise InputError("not-a-table", name=key)
    optimizer = dict(table.get("optimizer", {}))
    if "name" in optimizer:
        arguments["optimizer"] = optimizer.pop("name")
    handout = dict(table.get("handout", {}))
    _check_keys(handout, _HANDOUT_KEYS, "handout")
    handout.pop("template", None)
    return {**arguments, **optimizer, **handout}


def overridden(arguments: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with options put over them.

    start, let and a given gradient are overridden name by name; another optimizer forgets the settings of the one
    before; a loss replaces a given gradient and the other way round.
    """
    merged = dict(arguments)
    if "optimizer" in options and options["optimizer"] != merged.get("optimizer", "gradient-descent"):
        merged = {key: value for key, value in merged.items() if key in _ARGUMENTS}
    if "loss" in options:
        merged.pop("gradient", None)
    if "gradient" in options:
        merged.pop("loss", None)
    for key, value in options.items():
        merge = key in ("start", "let", "gradient") and isinstance(merged.get(key), Mapping)
        merged[key] = {**merged[key], **value} if merge else value
    return merged


def _check_keys(table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(str(key), known, n=1)
            code = "unknown-key-close" if close else "unknown-key"
            raise InputError(
                code, name=key, table=where or "TOML", close=close[0] if close else "", known=", ".join(known)
            )


def _check_lists(given: Mapping[str, tuple[Expression, ...]], steps: int) -> None:
    for word, trees in given.items():
        if 1 < len(trees) < steps:
            raise InputError("given-short", name=word, found=len(trees), steps=steps)


def _name(word: str) -> str:
    tree = read(str(word), names=[str(word)])
    if tree.op != "name":
        raise InputError("not-a-name", name=word)
    return tree.name


def _method(word: str) -> Method:
    key = METHOD_SYNONYMS.get(str(word).lower(), str(word).lower())
    if key not in OPTIMIZERS:
        close = difflib.get_close_matches(key, OPTIMIZERS, n=1)
        raise InputError(
            "unknown-optimizer-close" if close else "unknown-optimizer",
            name=word,
            close=close[0] if close else "",
            known=", ".join(OPTIMIZERS),
        )
    return OPTIMIZERS[key]


def _settings(method: Method, rate: Any, given: Mapping[str, Any]) -> tuple[Expression, dict[str, Fraction]]:
    """The learning rate as an expression in t, and the hyperparameters."""
    settings: dict[str, Any] = dict(method.defaults)
    if rate is not None:
        settings["learning_rate"] = rate
    for word, value in _spelled_out(given):
        if word not in settings:
            close = difflib.get_close_matches(word, settings, n=1)
            code = "unknown-setting-close" if close else "unknown-setting"
            raise InputError(
                code,
                name=word,
                method=method.name,
                close=close[0] if close else "",
                known=", ".join(settings),
            )
        settings[word] = value
    schedule = _rate(settings.pop("learning_rate"))
    return schedule, {word: exact_number(value, word) for word, value in settings.items()}


def _spelled_out(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for word, value in given.items():
        if word == "betas":
            if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
                raise InputError("betas")
            rows += [("beta1", value[0]), ("beta2", value[1])]
        else:
            rows.append((SYNONYMS.get(word, word), value))
    return rows


def _rate(value: Any) -> Expression:
    if not isinstance(value, str):
        return number(exact_number(value, "learning_rate"))
    tree = read(value, names=["t"])
    unknown = [word for word in tree.names if word != "t"]
    if unknown:
        raise InputError("rate-name", name=unknown[0], text=value, length=len(value))
    return tree


def _arithmetic(text: str) -> tuple[str, int]:
    word, _, places = str(text).partition(":")
    if word in ("exact", "float") and not places:
        return word, 0
    if word == "round" and places.isdigit() and len(places) < 4 and int(places) <= 100:
        return "round", int(places)
    raise InputError("arithmetic", value=text)


def _one_of(key: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise InputError("one-of", name=key, value=value, known=", ".join(known))
    return str(value)


def _whole(key: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError("whole", name=key, value=value, least=least, most=most)
    return value
