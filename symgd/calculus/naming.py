"""Rules as they are named behind a line, and as they are stated: an equation in u, v and x."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

from symgd.calculus.rules import LEAVES, OUTER, applied
from symgd.expressions.names import name_text
from symgd.expressions.reader import read
from symgd.expressions.tree import ZERO, Expression, name, nodes, operation
from symgd.language import sentence

#: The note of a local derivative that holds definitions fixed; their names follow behind a colon: held:s,t.
HELD = "held"
#: The note of a line that takes Aᵀ for A, with the names of such matrices behind a colon.
SYMMETRIC = "symmetric"


def rule_names(rules: Iterable[str], language: str) -> str:
    """The names of rules as they stand behind a line; those that need no working only where nothing else stands.

    >>> rule_names(["difference", "identity", "constant"], "en"), rule_names(["identity"], "en")
    ('difference rule', 'the variable itself')
    """
    named = list(dict.fromkeys(rules))
    told = [rule for rule in named if rule not in LEAVES] or named
    return sentence(language, "list.comma").join(_rule_name(rule, language) for rule in told)


def text_mode(note: str) -> str:
    r"""A note as it stands within \text{…}.

    >>> print(text_mode("s_k held fixed"))
    s\_k held fixed
    """
    return note.replace("_", r"\_")


def _rule_name(rule: str, language: str) -> str:
    """The name of a rule; of what is held fixed, or symmetric, with the names behind its colon."""
    key, _, held = rule.partition(":")
    names = sentence(language, "list.comma").join(map(name_text, held.split(",")))
    return sentence(language, f"derivation.{key}.name", **({"names": names} if held else {}))


@functools.lru_cache(maxsize=128)
def rule_formula(rule: str) -> tuple[Expression, Expression] | None:
    """A rule as an equation in u, v and x: ∂/∂x[u·v] and what it is; None for a rule that is said in words.

    >>> [str(side) for side in rule_formula("product")]
    ['∂/∂x[u·v]', '∂/∂x[u]·v + u·∂/∂x[v]']
    """
    pattern = PATTERNS.get(rule, f"{rule}(u)" if rule in OUTER else "")
    if not pattern:
        return None
    tree = read(pattern, names=["u", "v", "x", "y"])
    moving = {part for part in nodes(tree) if set(part.names) & {"u", "v", "x"}}
    application = applied(tree, "x", moving)
    opened = tuple(operation("derivative", part, name("x")) if part in moving else ZERO for part in application.parts)
    return operation("derivative", tree, name("x")), application.shape(opened)


#: What a rule is shown on, where that is not just the function of u.
PATTERNS: Mapping[str, str] = {
    "constant": "c",
    "other": "y",
    "identity": "x",
    "sum": "u + v",
    "difference": "u - v",
    "constant-multiple": "c*u",
    "product": "u*v",
    "quotient": "u/v",
    "reciprocal": "1/u",
    "power": "u^n",
    "exponential": "a^u",
    "logarithmic": "u^v",
    "max": "max(u, v)",
    "min": "min(u, v)",
    "leaky_relu": "leaky_relu(u, a)",
    "elu": "elu(u, a)",
    "huber": "huber(u, d)",
    "clip": "clip(u, 0, 1)",
    "piecewise": "piecewise((u, y < c), (v, true))",
    "logsumexp": "logsumexp(u, v)",
    "cross-entropy": "-y*ln(sigmoid(u)) - (1 - y)*ln(1 - sigmoid(u))",
}
