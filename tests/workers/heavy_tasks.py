"""Tasks of a nursery as large as those to come: with SymPy, NumPy and flint in it."""

from __future__ import annotations

import os
from typing import Any

import flint
import numpy as np
import sympy as sp
from sympy.external.gmpy import GROUND_TYPES as sympy_grounds


def simplified(power: int) -> str:
    x = sp.Symbol("x")
    return str(sp.simplify(sp.sin(x) ** power + sp.cos(x) ** power))


def bits(count: int) -> str:
    """The circle number to so many bits: at some millions, flint asks for memory and aborts where it gets none."""
    usual, flint.ctx.prec = flint.ctx.prec, count
    try:
        return str(flint.arb.pi().rad().mid())
    finally:
        flint.ctx.prec = usual


def solved(size: int) -> float:
    return float(np.linalg.solve(np.eye(size), np.ones(size)).sum())


def forever(_: Any) -> None:
    while True:
        pass


def echo(value: Any) -> Any:
    return value


def grounds(_: Any) -> list[str]:
    """What SymPy's numbers are made of, and the threads of this process and of the one that forked it."""
    threads = [len(os.listdir(f"/proc/{pid}/task")) for pid in (os.getpid(), os.getppid())]
    return [str(sympy_grounds), *map(str, threads)]


TASKS = {
    "grounds": grounds,
    "echo": echo,
    "forever": forever,
    "simplified": simplified,
    "bits": bits,
    "solved": solved,
}
