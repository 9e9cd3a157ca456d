"""symgd: gradient descent, derived and explained, every printed line of arithmetic true.

The names below load what they need when they are first used; importing symgd alone loads neither SymPy nor flint.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgd.api import audit, check, descend, equivalent, explain, function, grade, gradient, parse, to_sympy
    from symgd.calculus.equality import Equality
    from symgd.calculus.gradient import Gradient
    from symgd.checking.audit import Audit
    from symgd.checking.grading import ClassReport
    from symgd.checking.verdict import Report, Verdict
    from symgd.descent.outcome import Outcome
    from symgd.descent.problem import Problem
    from symgd.descent.trajectory import Line, Record, Trajectory
    from symgd.errors import DisagreementError, InputError, SymgdError
    from symgd.expressions.limits import STRICT, WIDE, Limits
    from symgd.expressions.tree import Expression
    from symgd.handouts.handout import Handout
    from symgd.numbers.values import Ball
    from symgd.workers import in_process

__version__ = "0.6.0"

_HOMES = {
    "audit": "symgd.api",
    "check": "symgd.api",
    "descend": "symgd.api",
    "equivalent": "symgd.api",
    "explain": "symgd.api",
    "function": "symgd.api",
    "grade": "symgd.api",
    "gradient": "symgd.api",
    "parse": "symgd.api",
    "to_sympy": "symgd.api",
    "variants": "symgd.api",
    "in_process": "symgd.workers",
    "load_ipython_extension": "symgd.notebook",
    "Audit": "symgd.checking.audit",
    "ClassReport": "symgd.checking.grading",
    "Equality": "symgd.calculus.equality",
    "Report": "symgd.checking.verdict",
    "Verdict": "symgd.checking.verdict",
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
    "ClassReport",
    "DisagreementError",
    "Equality",
    "Expression",
    "Gradient",
    "Handout",
    "InputError",
    "Limits",
    "Line",
    "Outcome",
    "Problem",
    "Record",
    "Report",
    "SymgdError",
    "Trajectory",
    "Verdict",
    "__version__",
    "audit",
    "check",
    "descend",
    "equivalent",
    "explain",
    "function",
    "grade",
    "gradient",
    "in_process",
    "parse",
    "to_sympy",
    "variants",
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
