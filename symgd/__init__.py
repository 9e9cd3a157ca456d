"""symgd: gradient descent, derived and explained, every printed line of arithmetic true.

The names below load what they need when they are first used; importing symgd alone loads neither SymPy nor flint.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgd.api import audit, descend, explain, function, gradient, parse, to_sympy
    from symgd.calculus.gradient import Gradient
    from symgd.checking.audit import Audit
    from symgd.descent.outcome import Outcome
    from symgd.descent.problem import Problem
    from symgd.descent.trajectory import Line, Record, Trajectory
    from symgd.errors import DisagreementError, InputError, SymgdError
    from symgd.expressions.limits import STRICT, WIDE, Limits
    from symgd.expressions.tree import Expression
    from symgd.handouts.handout import Handout
    from symgd.numbers.values import Ball

__version__ = "0.3.0"

_HOMES = {
    "audit": "symgd.api",
    "descend": "symgd.api",
    "explain": "symgd.api",
    "function": "symgd.api",
    "gradient": "symgd.api",
    "parse": "symgd.api",
    "to_sympy": "symgd.api",
    "Audit": "symgd.checking.audit",
    "Ball": "symgd.numbers.values",
    "DisagreementError": "symgd.errors",
    "Expression": "symgd.expressions.tree",
    "Gradient": "symgd.calculus.gradient",
    "Handout": "symgd.handouts.handout",
    "InputError": "symgd.errors",
    "Limits": "symgd.expressions.limits",
    "Line": "symgd.descent.trajectory",
    "Outcome": "symgd.descent.outcome",
    "Problem": "symgd.descent.problem",
    "Record": "symgd.descent.trajectory",
    "STRICT": "symgd.expressions.limits",
    "SymgdError": "symgd.errors",
    "Trajectory": "symgd.descent.trajectory",
    "WIDE": "symgd.expressions.limits",
}
__all__ = [
    "STRICT",
    "WIDE",
    "Audit",
    "Ball",
    "DisagreementError",
    "Expression",
    "Gradient",
    "Handout",
    "InputError",
    "Limits",
    "Line",
    "Outcome",
    "Problem",
    "Record",
    "SymgdError",
    "Trajectory",
    "__version__",
    "audit",
    "descend",
    "explain",
    "function",
    "gradient",
    "parse",
    "to_sympy",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'symgd' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
