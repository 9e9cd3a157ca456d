"""A loss over vectors and data as one in numbers: a name for each entry, a term for each row.

What is known of losses in numbers is so known of it too: here, the Hessian times a vector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from symgd.calculus.algebra import product, total
from symgd.calculus.compiled import Array, hessian_vector_product, in_order
from symgd.errors import InputError
from symgd.expressions.definitions import Definitions
from symgd.expressions.tree import Expression, name, number, operation
from symgd.numbers.arrays import evaluate
from symgd.numbers.plan import Stop
from symgd.numbers.values import entries_of, is_array, mapped, shaped_as

if TYPE_CHECKING:
    from symgd.calculus.gradient import Gradient

#: A loss over more numbers than these is not written out.
MOST_ENTRIES = 20_000


def loss_in_numbers(
    definitions: Definitions, parameters: Mapping[str, Any], constants: Mapping[str, Any]
) -> Definitions:
    """The loss with an entry of `parameters` (names, or arrays of names) and a number for every quantity.

    Raises DomainError where a part of it in numbers alone has no value.
    """
    known: dict[str, Any] = {word: mapped(number, value) for word, value in constants.items()} | dict(parameters)
    for word, tree in zip(definitions.names, definitions.expressions, strict=True):
        known[word] = evaluate(tree, known, number, _tree_step)
    return Definitions((definitions.loss_name,), (known[definitions.loss_name],))


def _tree_step(stop: Stop, operands: list[Any]) -> Expression:
    if stop.op in ("add", "mul"):
        return total(operands) if stop.op == "add" else product(*operands)
    return operation(stop.op, *operands)


def hessian_product(gradient: Gradient) -> Callable[[Any, Any], Any]:
    """f(point, vector) -> the Hessian times the vector, of a loss in numbers or over arrays. Raises InputError."""
    shapes = {word: gradient.shape(word) for word in gradient.parameters}
    if not any(shapes.values()) and not any(map(is_array, gradient.constants.values())):
        return hessian_vector_product(gradient.definitions, gradient.parameters, gradient.constants)
    if sum(len(entries_of(value)) for value in gradient.constants.values()) > MOST_ENTRIES:
        raise InputError("second-too-large", most=MOST_ENTRIES)
    return ArrayProduct(gradient.definitions, shapes, gradient.constants)


class ArrayProduct:
    """The Hessian times a vector where parameters or data are arrays.

    f(point, vector): both as `ArrayFunction` takes its values, the result as it gives slopes. nan where the loss has
    no second derivatives. Raises ValueError for other shapes.
    """

    def __init__(
        self, definitions: Definitions, shapes: Mapping[str, Sequence[int]], constants: Mapping[str, Any]
    ) -> None:
        """Write the loss out and compile."""
        self.shapes = {word: tuple(shape) for word, shape in shapes.items()}
        entries = {word: [f"{word}/{place}" for place in range(prod(shape))] for word, shape in self.shapes.items()}
        named = {word: _shaped(names, self.shapes[word]) for word, names in entries.items()}
        loss = loss_in_numbers(definitions, named, constants)
        self._product = hessian_vector_product(loss, [word for names in entries.values() for word in names], {})

    def __call__(self, point: Any, vector: Any) -> Any:
        """The product at a point."""
        flat: Array = self._product(self._flat(point), self._flat(vector))
        parts = np.split(flat, np.cumsum([prod(shape) for shape in self.shapes.values()])[:-1])
        shaped = [part.reshape(shape) for part, shape in zip(parts, self.shapes.values(), strict=True)]
        if not any(self.shapes.values()):
            return flat
        return shaped[0] if len(shaped) == 1 else dict(zip(self.shapes, shaped, strict=True))

    def _flat(self, values: Any) -> Array:
        plain = not any(self.shapes.values())
        found = [np.asarray(value, dtype=np.float64) for value in in_order(values, tuple(self.shapes), plain)]
        wrong = [word for word, value in zip(self.shapes, found, strict=True) if value.shape != self.shapes[word]]
        if wrong:
            raise ValueError(f"expected {wrong[0]} of shape {self.shapes[wrong[0]]}")
        return np.concatenate([value.reshape(-1) for value in found])


def _shaped(names: Sequence[str], shape: tuple[int, ...]) -> Any:
    """Names in a shape: one for a number."""
    trees = list(map(name, names))
    return shaped_as(np.empty(shape, dtype=object), trees) if shape else trees[0]
