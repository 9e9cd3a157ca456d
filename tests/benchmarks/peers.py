"""Other roads from a loss to a gradient: each builds a function of a point that gives loss and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.families import Family

Function = Callable[[Any], tuple[float, Any]]
Peer = Callable[[Family], Function]


def symgd(family: Family) -> Function:
    """Text to function by the reverse sweep."""
    import symgd as ours

    function: Function = ours.function(family.text, wrt=family.names)
    return function


def sympy_from_text(family: Family) -> Function:
    """parse_expr of the text that symgd reads, then the same."""
    import sympy as sp
    from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

    x = sp.symbols(family.names, real=True)
    known = dict(zip(family.names, x, strict=True))
    for word, text in family.lines:
        known[word] = parse_expr(text, dict(known), (*standard_transformations, convert_xor))
    return _by_sympy(x, known[family.lines[-1][0]])


def sympy(family: Family) -> Function:
    """diff and lambdify(cse=True)."""
    import sympy as sp

    x = sp.symbols(family.names, real=True)
    return _by_sympy(x, family.build(x, sp))


def _by_sympy(x: Any, loss: Any) -> Function:
    import sympy as sp

    found = sp.lambdify([x], [loss, *[loss.diff(part) for part in x]], modules="numpy", cse=True)
    return lambda point: _parted(found(point))


def symengine_from_text(family: Family) -> Function:
    """sympify of the text that symgd reads, earlier lines put in, then the same."""
    import symengine as se

    x = [se.Symbol(word) for word in family.names]
    known: dict[Any, Any] = {}
    for word, text in family.lines:
        loss = se.sympify(text)
        loss = known[se.Symbol(word)] = loss.subs(known) if known else loss
    return _by_symengine(x, loss)


def symengine(family: Family) -> Function:
    """diff and Lambdify with shared subexpressions."""
    import symengine as se

    x = [se.Symbol(word) for word in family.names]
    return _by_symengine(x, family.build(x, se))


def symengine_llvm(family: Family) -> Function:
    """The same compiled by LLVM."""
    import symengine as se

    x = [se.Symbol(word) for word in family.names]
    return _by_symengine(x, family.build(x, se), backend="llvm")


def _by_symengine(x: Any, loss: Any, **options: Any) -> Function:
    import symengine as se

    found = se.Lambdify(x, [loss, *[loss.diff(part) for part in x]], cse=True, **options)
    return lambda point: _parted(found(point))


def casadi(family: Family) -> Function:
    """SX graph and its gradient."""
    import casadi as ca

    x = ca.SX.sym("x", family.count)
    loss = family.build([x[place] for place in range(family.count)], ca)
    found = ca.Function("f", [x], [loss, ca.gradient(loss, x)])

    def function(point: Any) -> tuple[float, Any]:
        value, slope = found(point)
        return float(value), np.asarray(slope).ravel()

    return function


def jax(family: Family) -> Function:
    """jit(value_and_grad), compiled before it is timed."""
    import jax as j
    import jax.numpy as jnp

    j.config.update("jax_enable_x64", True)
    found = j.jit(j.value_and_grad(lambda x: family.build([x[place] for place in range(family.count)], jnp)))
    found(np.ones(family.count) * 0.5)

    def function(point: Any) -> tuple[float, Any]:
        value, slope = found(point)
        return float(value), np.asarray(slope)

    return function


def autograd(family: Family) -> Function:
    """HIPS autograd's value_and_grad."""
    import autograd as ag
    import autograd.numpy as anp

    found = ag.value_and_grad(lambda x: family.build([x[place] for place in range(family.count)], anp))
    return lambda point: found(np.asarray(point))


def torch(family: Family) -> Function:
    """PyTorch, eager."""
    import torch as th

    def function(point: Any) -> tuple[float, Any]:
        x = th.tensor(point, dtype=th.float64, requires_grad=True)
        loss = family.build(list(x), th)
        loss.backward()
        return float(loss), x.grad.numpy()

    return function


def numpy(family: Family) -> Function:
    """Written by hand for arrays, where a family is an array's."""
    return _BY_HAND[family.name.split()[0]](family)


def _valley(family: Family) -> Function:
    def function(point: Any) -> tuple[float, Any]:
        x = np.asarray(point)
        a, b = x[:-1], x[1:]
        bend = b - a * a
        slope = np.zeros_like(x)
        slope[:-1] = -2 * (1 - a) - 400 * bend * a
        slope[1:] += 200 * bend
        return float(((1 - a) ** 2 + 100 * bend**2).sum()), slope

    return function


def _powers(family: Family) -> Function:
    def function(point: Any) -> tuple[float, Any]:
        powers = np.exp(np.asarray(point))
        total = powers.sum()
        return float(np.log(total)), powers / total

    return function


def _product(family: Family) -> Function:
    def function(point: Any) -> tuple[float, Any]:
        x = np.asarray(point)
        value = x.prod()
        return float(value), value / x

    return function


_BY_HAND: dict[str, Peer] = {"Rosenbrock": _valley, "log-sum-exp": _powers, "product": _product}


def _parted(values: Any) -> tuple[float, Any]:
    value, *slopes = values
    return float(value), np.array(slopes, dtype=float)


#: What starts from the same text as symgd; all other peers start from their own trees, or trace Python.
FROM_TEXT: dict[str, Peer] = {"SymPy from text": sympy_from_text, "SymEngine from text": symengine_from_text}
PEERS: dict[str, Peer] = {
    "symgd": symgd,
    **FROM_TEXT,
    "SymPy": sympy,
    "SymEngine": symengine,
    "SymEngine llvm": symengine_llvm,
    "CasADi SX": casadi,
    "JAX": jax,
    "autograd": autograd,
    "torch": torch,
    "NumPy by hand": numpy,
}
#: Stopped after 60 s when it was tried.
TOO_LONG = {("SymPy", "Rosenbrock 1000"), ("SymPy from text", "Rosenbrock 1000")}
