"""Programs as functions of Python: the one place where source is run, and it is source that was written here.

What is run comes from the tables of dialects.py with every name replaced by v0, v1, ...: no text from outside can
come into it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symgd.calculus.dialects import CLOSED, forms_of, literal
from symgd.calculus.graph import Program, curvature_program, program_of, reverse_program
from symgd.calculus.lowering import lowered
from symgd.calculus.program import slope_name
from symgd.calculus.stable import stable
from symgd.expressions.definitions import Definitions
from symgd.expressions.tree import number, substitute
from symgd.numbers.float_arrays import NUMPY_HELPERS
from symgd.numbers.meanings import float_logsumexp, float_sigmoid
from symgd.numbers.values import is_array

if TYPE_CHECKING:
    from symgd.calculus.gradient import Gradient

Array = NDArray[np.float64]
LossAndGradient = Callable[[Any], tuple[Any, Array]]
#: Formulas longer than this are parted by names, so that Python can read them.
_LONGEST = 240


class Writer:
    """Writes a program as assignments to v0, v1, ...; what is used once stands where it is used."""

    def __init__(self, program: Program, language: str = "python") -> None:
        """Count the uses of every place; an operand that a row names twice must have a name."""
        self.program, self.forms = program, forms_of(language)
        self.uses = uses = [0] * len(program.instructions)
        for op, args in program.instructions:
            for arg in args:
                uses[arg] += 1
            if args and self.forms[op].repeats:
                for arg in args:
                    uses[arg] += 1
        for place in program.outputs.values():
            uses[place] += 1

    def lines(self, inputs: Sequence[str], prefix: str = "v") -> tuple[list[str], dict[str, str]]:
        """The assignments, and how each output is called; `inputs` is how the inputs are called."""
        instructions, uses, forms = self.program.instructions, self.uses, self.forms
        lines: list[str] = []
        written = list(inputs)
        loose: dict[int, int] = {}  # how tightly the places bind that are written with a sign
        for place in range(len(inputs), len(instructions)):
            op, args = instructions[place]
            if op == "number":
                text, tightly = literal(self.program.constants[place])
            else:
                write, tightly, shields, _ = forms[op]
                parts = list(map(written.__getitem__, args))
                if shields and not loose.keys().isdisjoint(args):
                    for position, shield in enumerate(shields):
                        if loose.get(args[position], CLOSED) < shield:
                            parts[position] = f"({parts[position]})"
                text = write(*parts)
                if uses[place] > 1 or len(text) > _LONGEST:
                    name = f"{prefix}{place}"
                    lines.append(f"{name} = {text}")
                    text, tightly = name, CLOSED
            written.append(text)
            if tightly < CLOSED:
                loose[place] = tightly
        return lines, {word: written[place] for word, place in self.program.outputs.items()}


def source_of(name: str, program: Program, language: str) -> str:
    """A function of one sequence: all outputs of the program, in order."""
    inputs = [f"x{place}" for place in range(len(program.inputs))]
    lines, outputs = Writer(program, language).lines(inputs)
    unpacked = [f"{', '.join(inputs)}{',' if len(inputs) == 1 else ''} = x"] if inputs else []
    body = [*unpacked, *lines, f"return ({', '.join(outputs.values())},)"]
    return f"def {name}(x):\n" + "\n".join(f"    {line}" for line in body) + "\n"


def compiled(source: str, name: str, helpers: Mapping[str, Any]) -> Callable[..., Any]:
    """The function that a source defines, which this package wrote itself."""
    found: dict[str, Any] = {**helpers, "__builtins__": _BUILTINS}
    exec(compile(source, "<symgd>", "exec"), found)
    return found[name]  # type: ignore[no-any-return]


_BUILTINS = {word: __builtins__[word] if isinstance(__builtins__, dict) else getattr(__builtins__, word) for word in (
    "abs", "max", "min", "len", "range", "int"
)}  # fmt: skip


def _sign(x: float) -> float:
    return float(x > 0) - float(x < 0)


def _huber(x: float, delta: float) -> float:
    return x * x / 2 if abs(x) <= delta else delta * (abs(x) - delta / 2)


_MATH = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("exp", "log", "log2", "log10", "log1p", "sqrt", "erf", "expm1", "cbrt"),
)
PYTHON_HELPERS: Mapping[str, Any] = {
    **{word: getattr(math, word) for word in _MATH},
    "sign": _sign,
    "sigmoid": float_sigmoid,
    "huber": _huber,
    "logsumexp": float_logsumexp,
}


HELPERS = {"python": PYTHON_HELPERS, "numpy": NUMPY_HELPERS}
#: What Python's floats raise where IEEE has nan or infinity.
FAULTS = (ValueError, ZeroDivisionError, OverflowError, TypeError)


class Function:
    """f(point of shape (n,) or points of shape (batch, n)) -> (loss, gradient), float64.

    The loss has shape () or (batch,), the gradient the shape of the argument. Where the loss has no real value the
    result is nan. Raises ValueError where the last axis is not n long.
    """

    def __init__(self, program: Program) -> None:
        """Compile a program whose outputs are the loss and its slopes; for batches when the first one comes."""
        self.program = program
        self.count = len(program.inputs)
        self._one = compiled(source_of("f", program, "python"), "f", PYTHON_HELPERS)

    @functools.cached_property
    def _many(self) -> Callable[..., Any]:
        return compiled(source_of("f", self.program, "numpy"), "f", NUMPY_HELPERS)

    def __call__(self, point: Any) -> tuple[Any, Array]:
        """The loss and the gradient."""
        points = np.asarray(point, dtype=np.float64)
        if points.ndim not in (1, 2) or points.shape[-1] != self.count:
            raise ValueError(f"expected shape ({self.count},) or (batch, {self.count}), found {points.shape}")
        if points.ndim == 1:
            try:
                loss, *slopes = self._one(points.tolist())
                return loss, np.array(slopes, dtype=np.float64)
            except FAULTS:
                pass  # arrays go on with nan and infinity
        with np.errstate(all="ignore"):
            loss, *slopes = self._many(np.moveaxis(points, -1, 0))
        shape = points.shape[:-1]
        gradient = np.stack([np.broadcast_to(slope, shape) for slope in slopes], axis=-1).astype(np.float64)
        value = np.broadcast_to(np.asarray(loss, dtype=np.float64), shape)
        return (float(value) if not shape else value.copy()), gradient


def loss_and_gradient(definitions: Definitions, wrt: Sequence[str], constants: Mapping[str, Any]) -> LossAndGradient:
    """The loss and its gradient as one function, straight from the trees by the reverse sweep.

    >>> from symgd.expressions.reader import read_definitions
    >>> loss_and_gradient(read_definitions("(w - 3)^2"), ["w"], {})([1.0])
    (4.0, array([-4.]))
    """
    return Function(reverse_program(definitions, wrt, constants))


def hessian_vector_product(
    definitions: Definitions, wrt: Sequence[str], constants: Mapping[str, Any]
) -> Callable[[Any, Any], Array]:
    """f(point, vector) -> the Hessian at the point times the vector; all of shape (n,), float64.

    nan where it has no value. Raises ValueError for other shapes.

    >>> from symgd.expressions.reader import read_definitions
    >>> hessian_vector_product(read_definitions("a^2*b"), ["a", "b"], {})([1.0, 2.0], [1.0, 0.0])
    array([4., 2.])
    """
    program = curvature_program(definitions, wrt, constants)
    run = {language: compiled(source_of("f", program, language), "f", HELPERS[language]) for language in HELPERS}

    def product(point: Any, vector: Any) -> Array:
        at, along = np.asarray(point, dtype=np.float64), np.asarray(vector, dtype=np.float64)
        if at.shape != (len(wrt),) or along.shape != at.shape:
            raise ValueError(f"expected two of shape ({len(wrt)},), found {at.shape} and {along.shape}")
        whole = np.concatenate([at, along])
        try:
            return np.array(run["python"](whole.tolist()), dtype=np.float64)
        except FAULTS:
            with np.errstate(all="ignore"):
                return np.array(run["numpy"](whole), dtype=np.float64)

    return product


class ArrayFunction:
    """The loss and its gradient where parameters or data are arrays.

    f(values) takes the parameters in order (or by their names in a mapping; a lone parameter stands by itself) and
    returns the loss and the slopes: an array of shape (n,) where all parameters are numbers, the slope itself where
    there is one parameter, else a dict by name. With one more axis in front of every value it is a batch: losses and
    slopes have that axis too. Where the loss has no real value the result is nan. Raises ValueError for other shapes.
    """

    def __init__(self, program: Program, shapes: Mapping[str, Sequence[int]], data: Sequence[Array]) -> None:
        """Compile; the program's inputs are the parameters, then the data."""
        self.program, self.shapes, self.data = program, dict(shapes), tuple(data)
        self.parameters, self.plain = tuple(shapes), not any(shapes.values())
        self._run = compiled(source_of("f", program, "numpy"), "f", NUMPY_HELPERS)

    def __call__(self, values: Any) -> tuple[Any, Any]:
        """The loss and the slopes, or those of each point of a batch."""
        given = [np.asarray(value, dtype=np.float64) for value in in_order(values, self.parameters, self.plain)]
        wanted = [tuple(shape) for shape in self.shapes.values()]
        if [value.shape for value in given] == wanted:
            return self._at(given)
        if [value.shape[1:] for value in given] == wanted and len({value.shape[:1] for value in given}) == 1:
            return self._stacked([self._at(list(point)) for point in zip(*given, strict=True)])
        found = ", ".join(f"{word} {value.shape}" for word, value in zip(self.parameters, given, strict=True))
        asked = ", ".join(f"{word} {shape}" for word, shape in zip(self.parameters, wanted, strict=True))
        raise ValueError(f"expected {asked} (or one more axis in front of all), found {found}")

    def _at(self, given: Sequence[Any]) -> tuple[float, Any]:
        with np.errstate(all="ignore"):
            loss, *slopes = self._run((*given, *self.data))
        shaped = [np.broadcast_to(slope, np.shape(value)) for slope, value in zip(slopes, given, strict=True)]
        if self.plain:
            return float(loss), np.array(shaped, dtype=np.float64)
        if len(shaped) == 1:
            return float(loss), np.array(shaped[0])
        return float(loss), dict(zip(self.parameters, map(np.array, shaped), strict=True))

    def _stacked(self, found: Sequence[tuple[float, Any]]) -> tuple[Array, Any]:
        losses, slopes = np.array([loss for loss, _ in found]), [slope for _, slope in found]
        if isinstance(slopes[0], dict):
            return losses, {word: np.stack([slope[word] for slope in slopes]) for word in self.parameters}
        return losses, np.stack(slopes)


def in_order(values: Any, parameters: Sequence[str], plain: bool) -> list[Any]:
    """One value for each parameter: from a mapping, from an array where all are numbers, from a sequence.

    Raises ValueError where there are more or fewer.
    """
    if isinstance(values, Mapping):
        found = [values[word] for word in parameters]
    elif plain:
        found = list(np.moveaxis(np.asarray(values, dtype=np.float64), -1, 0)) if np.ndim(values) else [values]
    else:
        found = [values] if len(parameters) == 1 else list(values)
    if len(found) != len(parameters):
        raise ValueError(f"expected {len(parameters)} values ({', '.join(parameters)}), found {len(found)}")
    return found


def array_function(gradient: Gradient) -> ArrayFunction:
    """The function of a gradient over arrays, from its own formulas."""
    columns = {word: value for word, value in gradient.constants.items() if is_array(value)}
    program = array_program_of(gradient, columns)
    data = [np.asarray(value, dtype=np.float64) for value in columns.values()]
    return ArrayFunction(program, {word: gradient.shape(word) for word in gradient.parameters}, data)


def array_program_of(gradient: Gradient, columns: Mapping[str, Any]) -> Program:
    """Loss and slopes ("loss", "slope/w") from the formulas of a gradient; inputs are parameters and columns."""
    fixed = {word: number(value) for word, value in gradient.constants.items() if word not in columns}
    loss = gradient.definitions.loss_name
    names = {loss: "loss", **{slope_name(loss, word): f"slope/{word}" for word in gradient.parameters}}
    formulas = [
        (line.quantity, gradient.plain_products(stable(substitute(lowered(line.tree, gradient.constants), fixed))))
        for line in gradient.program
    ]
    whole = program_of(formulas, (*gradient.parameters, *columns))
    return whole.renamed(names)
