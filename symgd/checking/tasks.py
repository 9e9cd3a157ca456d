"""What workers do for the checker: comparisons and proofs that may run away. The nursery imports it, SymPy warm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy

from symgd.calculus.bridge import to_sympy
from symgd.calculus.equality import equality
from symgd.checking.guarded import equality_table, read_back


def _equality(payload: Mapping[str, Any]) -> Any:
    first = [{word: Fraction(value) for word, value in point.items()} for point in payload["first"]]
    return equality_table(equality(read_back(payload["left"]), read_back(payload["right"]), first))


def _prove(payload: Mapping[str, Any]) -> bool:
    difference = to_sympy(read_back(payload["left"])) - to_sympy(read_back(payload["right"]))
    return bool(sympy.simplify(difference) == 0)


TASKS: Mapping[str, Callable[[Any], Any]] = {"equality": _equality, "prove": _prove}
