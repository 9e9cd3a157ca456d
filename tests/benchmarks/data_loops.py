"""The loop over rows of data, beside NumPy, C and JAX by hand."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import symgd
from symgd.descent.loop import loop_of
from tests.benchmarks.c_code import HAS_C, library
from tests.benchmarks.measure import best, rows, shown

Run = Callable[[], Any]
STEPS, RATE = 200, 0.01

_C = """
#include <math.h>
void run(double *x, double *y, double *w, long rows, long columns, long steps, double rate) {
    double g[64];
    for (long step = 0; step < steps; step++) {
        for (long j = 0; j < columns; j++) g[j] = 0;
        for (long i = 0; i < rows; i++) {
            double z = 0;
            for (long j = 0; j < columns; j++) z += x[i * columns + j] * w[j];
            double miss = MISS;
            for (long j = 0; j < columns; j++) g[j] += miss * x[i * columns + j];
        }
        for (long j = 0; j < columns; j++) w[j] -= rate * g[j] / rows;
    }
}
"""


@dataclass(frozen=True)
class Fit:
    """A fit to data: for symgd, the factor of each row's slope in NumPy and in C, and its loss for JAX."""

    name: str
    loss: str
    width: int
    miss: Callable[[Any, Any], Any]
    in_c: str
    for_jax: Callable[[Any, Any, Any], Any]


def _squares(np_: Any, z: Any, y: Any) -> Any:
    return (z - y) ** 2


def _entropy(np_: Any, z: Any, y: Any) -> Any:
    return np_.logaddexp(0, z) - y * z


_MISS = lambda z, y: 2 * (z - y)  # noqa: E731
_HIT = lambda z, y: 1 / (1 + np.exp(-z)) - y  # noqa: E731
FITS = (
    Fit("least squares 1000 x 10", "mean((X*w - y)^2)", 10, _MISS, "2 * (z - y[i])", _squares),
    Fit("logistic 1000 x 10", "mean(softplus(X*w) - y*(X*w))", 10, _HIT, "1 / (1 + exp(-z)) - y[i]", _entropy),
    Fit("a line through 1000 points", "mean((w*x - y)^2)", 1, _MISS, "2 * (z - y[i])", _squares),
    Fit("logistic 1000 x 1", "mean(softplus(w*x) - y*(w*x))", 1, _HIT, "1 / (1 + exp(-z)) - y[i]", _entropy),
)


def data_table() -> str:
    """Updates over 1000 rows by each road; they must agree before they are timed."""
    heads = ["one update", "symgd", "symgd, numba", "NumPy by hand", "C -O2", "JAX scan"]
    return "Updates over data; in brackets the ratio to symgd's without numba.\n\n" + rows(
        heads, [_row(fit) for fit in FITS]
    )


def _row(fit: Fit) -> list[str]:
    choose = np.random.default_rng(3)
    x, y = choose.normal(size=(1000, fit.width)), choose.normal(size=1000)
    y = y if fit.for_jax is _squares else (y > 0).astype(float)
    found: dict[str, Run | None] = {
        "symgd": _ours(fit, x, y, fast=False),
        "symgd, numba": _ours(fit, x, y, fast=True),
        "NumPy by hand": lambda: _by_numpy(fit, x, y),
        "C -O2": _by_c(fit, x, y),
        "JAX scan": _by_jax(fit, x, y),
    }
    works = {road: work for road, work in found.items() if work is not None}
    ends = {road: np.asarray(work(), dtype=float).ravel() for road, work in works.items()}
    for road, end in ends.items():
        if not np.allclose(end, ends["symgd"], rtol=1e-9):
            print(f"!! {road} differs on {fit.name}")
    seconds = {road: value / STEPS for road, value in best(works).items()}
    cells = [
        f"{shown(seconds[road])} ({seconds[road] / seconds['symgd']:.2g})" if road in seconds else "missing"
        for road in found
    ]
    return [fit.name, *cells]


def _ours(fit: Fit, x: Any, y: Any, fast: bool) -> Run | None:
    wide = fit.width > 1
    problem = symgd.Problem(
        fit.loss,
        start={"w": np.zeros(fit.width) if wide else 0},
        data={"X": x, "y": y} if wide else {"x": x[:, 0], "y": y},
        arithmetic="float",
        learning_rate=str(RATE),
        steps=STEPS,
        every=STEPS,
    )
    loop = loop_of(problem, 10**9 if fast else 1)
    start = (np.zeros(fit.width),) if wide else (0.0,)
    return None if fast and loop.by != "numba" else lambda: loop.run(start, 1, STEPS, loop.data)


def _by_numpy(fit: Fit, x: Any, y: Any) -> Any:
    w = np.zeros(fit.width)
    for _ in range(STEPS):
        w = w - RATE * (x.T @ fit.miss(x @ w, y) / len(x))
    return w


def _by_c(fit: Fit, x: Any, y: Any) -> Run | None:
    if not HAS_C:
        return None
    compiled = library(_C.replace("MISS", fit.in_c))
    pointer = ctypes.POINTER(ctypes.c_double)

    def run() -> Any:
        w = np.zeros(fit.width)
        arrays = [array.ctypes.data_as(pointer) for array in (x, y, w)]
        counts = [ctypes.c_long(count) for count in (*x.shape, STEPS)]
        compiled.run(*arrays, *counts, ctypes.c_double(RATE))
        return w

    return run


def _by_jax(fit: Fit, x: Any, y: Any) -> Run | None:
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    rows_, targets = jnp.array(x), jnp.array(y)

    def loss(w: Any) -> Any:
        return fit.for_jax(jnp, rows_ @ w, targets).mean()

    def update(w: Any, _: Any) -> tuple[Any, None]:
        return w - RATE * jax.grad(loss)(w), None

    run = jax.jit(lambda w: jax.lax.scan(update, w, None, length=STEPS)[0])
    return lambda: run(jnp.zeros(fit.width)).block_until_ready()
