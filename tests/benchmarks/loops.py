"""The loop: updates of plain gradient descent, beside loops written by hand."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import symgd
from symgd.descent.loop import loop_of
from tests.benchmarks.c_code import HAS_C, library
from tests.benchmarks.data_loops import data_table
from tests.benchmarks.measure import best, rows, shown

State = tuple[float, ...]


@dataclass(frozen=True)
class Small:
    """A small problem: for symgd, by hand in Python (source of one update), and in C."""

    name: str
    problem: dict[str, Any]
    names: tuple[str, ...]
    update: str

    @property
    def start(self) -> State:
        """Where it begins."""
        return tuple(float(value) for value in self.problem["start"].values())


_XOR_START = {
    "a": "0.5",
    "b": "-0.4",
    "c": "0.3",
    "d": "0.6",
    "p": "0.1",
    "q": "-0.2",
    "u": "0.7",
    "v": "-0.5",
    "r": "0.1",
}
_XOR_ROWS = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))
_XOR = "+".join(f"(sigmoid(u*sigmoid(a*{x}+b*{y}+p)+v*sigmoid(c*{x}+d*{y}+q)+r)-{t})^2" for x, y, t in _XOR_ROWS)


def _xor_update() -> str:
    """One update of the 2-2-1 net on four rows, as a person would write it."""
    lines = ["ga = gb = gc = gd = gp = gq = gu = gv = gr = 0.0"]
    for x, y, t in _XOR_ROWS:
        lines += [
            f"h = 1 / (1 + exp(-(a*{x} + b*{y} + p)))",
            f"k = 1 / (1 + exp(-(c*{x} + d*{y} + q)))",
            "o = 1 / (1 + exp(-(u*h + v*k + r)))",
            f"e = 2*(o - {t})*o*(1 - o)",
            "eh = e*u*h*(1 - h)",
            "ek = e*v*k*(1 - k)",
            f"ga += eh*{x}",
            f"gb += eh*{y}",
            "gp += eh",
            f"gc += ek*{x}",
            f"gd += ek*{y}",
            "gq += ek",
            "gu += e*h",
            "gv += e*k",
            "gr += e",
        ]
    lines += [f"{word} -= 0.1*g{word}" for word in _XOR_START]
    return "\n".join(lines)


SMALL = (
    Small(
        "bowl, 2 parameters",
        {"loss": "(a - 0.55)^2 + (b - 0.3)^2", "start": {"a": "0.5", "b": "0.2"}, "learning_rate": "0.1"},
        ("a", "b"),
        "a -= 0.1*(2*(a - 0.55))\nb -= 0.1*(2*(b - 0.3))",
    ),
    Small(
        "Rosenbrock",
        {"loss": "(1-a)^2 + 100*(b-a^2)^2", "start": {"a": "-1.2", "b": 1}, "learning_rate": "0.001"},
        ("a", "b"),
        "t = b - a*a\nga = -2*(1 - a) - 400*t*a\ngb = 200*t\na -= 0.001*ga\nb -= 0.001*gb",
    ),
    Small(
        "neuron",
        {"loss": "(sigmoid(2*a + b) - 1)^2", "start": {"a": "0.5", "b": 0}, "learning_rate": "0.1"},
        ("a", "b"),
        "s = 1 / (1 + exp(-(2*a + b)))\ng = 2*(s - 1)*s*(1 - s)\na -= 0.1*(2*g)\nb -= 0.1*g",
    ),
    Small("XOR, 2-2-1", {"loss": _XOR, "start": _XOR_START, "learning_rate": "0.1"}, tuple(_XOR_START), _xor_update()),
)


def by_hand(small: Small, language: str) -> Callable[[int], State] | None:
    """A loop written by hand: plain Python floats, or the same compiled by numba; None where that is missing."""
    body = "\n".join("        " + line for line in small.update.splitlines())
    names = ", ".join(small.names)
    source = f"def run({names}, steps):\n    for _ in range(steps):\n{body}\n    return {names}\n"
    space: dict[str, Any] = {"exp": math.exp}
    exec(compile(source, "<by hand>", "exec"), space)  # the benchmark's own text
    run = space["run"]
    if language == "numba":
        try:
            import numba
        except ImportError:
            return None
        run = numba.njit(run)
    return lambda steps: tuple(run(*small.start, steps))


def in_c(small: Small) -> Callable[[int], State] | None:
    """The same in C, compiled with gcc -O2; None without gcc."""
    if not HAS_C:
        return None
    lines = [f"        {line};" for line in small.update.splitlines()]
    assigned = {word for line in small.update.splitlines() for word in re.findall(r"(\w+)(?= [+-]?= )", line)}
    local = ", ".join(sorted(assigned - set(small.names)))
    head = "#include <math.h>\nvoid run(double *point, long steps) {\n"
    head += "".join(f"    double {word} = point[{place}];\n" for place, word in enumerate(small.names))
    head += f"    double {local};\n" if local else ""
    tail = "\n".join(f"    point[{place}] = {word};" for place, word in enumerate(small.names))
    source = head + "    for (long i = 0; i < steps; i++) {\n" + "\n".join(lines) + "\n    }\n" + tail + "\n}\n"
    compiled = library(source)

    def run(steps: int) -> State:
        state = (ctypes.c_double * len(small.names))(*small.start)
        compiled.run(state, ctypes.c_long(steps))
        return tuple(state)

    return run


def by_numpy(small: Small) -> Callable[[int], State]:
    """By hand on a NumPy vector of the parameters, as many scripts do."""
    body = small.update.splitlines()
    changed = [line for line in body if " -= " in line]
    unpack = f"{', '.join(small.names)} = x"
    steps_lines = [line for line in body if " -= " not in line]
    slopes = ", ".join(line.split(" -= ")[1] for line in changed)
    lines = "\n".join("        " + line for line in [unpack, *steps_lines, f"x = x - np.array([{slopes}])"])
    space: dict[str, Any] = {"exp": np.exp, "np": np}
    exec(
        compile(f"def run(x, steps):\n    for _ in range(steps):\n{lines}\n    return x\n", "<by hand>", "exec"), space
    )
    return lambda steps: tuple(space["run"](np.array(small.start), steps))


def ours(small: Small, fast: bool, steps: int) -> Callable[[int], State] | None:
    """symgd's loop, as it is or compiled by numba."""
    problem = symgd.Problem(arithmetic="float", steps=steps, every=max(steps, 2), **small.problem)
    loop = loop_of(problem, 10**9 if fast else 1)
    if fast and loop.by != "numba":
        return None
    return lambda count: tuple(loop.run(small.start, 1, count, ()))


def by_jax(small: Small) -> Callable[[int], State] | None:
    """jit of lax.scan over updates by jax.grad."""
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    text = symgd.parse(small.problem["loss"])
    source = (
        text.text().replace("²", "**2").replace("−", "-").replace("·", "*").replace("×", "*").replace("σ", "sigmoid")
    )
    rate = float(small.problem["learning_rate"])

    def loss(x: Any) -> Any:
        space = dict(zip(small.names, x, strict=True)) | {"sigmoid": jax.nn.sigmoid}
        return eval(_spelled(source), {}, space)  # the benchmark's own text

    def step(x: Any, _: Any) -> tuple[Any, None]:
        return x - rate * jax.grad(loss)(x), None

    runs: dict[int, Any] = {}

    def run(steps: int) -> State:
        if steps not in runs:
            runs[steps] = jax.jit(lambda x: jax.lax.scan(step, x, None, length=steps)[0])
        return tuple(np.asarray(runs[steps](jnp.array(small.start))))

    return run


def _spelled(source: str) -> str:
    """2(a − 1) as Python wants it."""
    return re.sub(r"(?<=\d)\(", "*(", source)


def by_torch(small: Small) -> Callable[[int], State] | None:
    """torch.optim.SGD, eager: what people use today."""
    try:
        import torch
    except ImportError:
        return None
    source = symgd.parse(small.problem["loss"]).text()
    source = source.replace("²", "**2").replace("−", "-").replace("·", "*").replace("×", "*").replace("σ", "sigmoid")

    def run(steps: int) -> State:
        x = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in small.start]
        optimizer = torch.optim.SGD(x, lr=float(small.problem["learning_rate"]))
        space = dict(zip(small.names, x, strict=True)) | {"sigmoid": torch.sigmoid}
        code = compile(_spelled(source), "<loss>", "eval")
        for _ in range(steps):
            optimizer.zero_grad()
            eval(code, {}, space).backward()  # the benchmark's own text
            optimizer.step()
        return tuple(float(value.detach()) for value in x)

    return run


def by_subs(small: Small) -> Callable[[int], State]:
    """SymPy's subs in every update: what people use today."""
    gradient = symgd.gradient(small.problem["loss"], wrt=list(small.names))
    slopes = [gradient[word] for word in small.names]
    rate = float(small.problem["learning_rate"])

    def run(steps: int) -> State:
        point = small.start
        for _ in range(steps):
            at = {gradient.symbols[word]: value for word, value in zip(small.names, point, strict=True)}
            point = tuple(x - rate * float(slope.subs(at)) for x, slope in zip(point, slopes, strict=True))
        return point

    return run


def small_row(small: Small, steps: int) -> list[str]:
    """Nanoseconds an update, with the ratio to symgd's plain loop."""
    roads: dict[str, tuple[Callable[[int], State] | None, int]] = {
        "symgd": (ours(small, False, steps), steps),
        "symgd, numba": (ours(small, True, steps), 20 * steps),
        "Python by hand": (by_hand(small, "python"), steps),
        "numba by hand": (by_hand(small, "numba"), 20 * steps),
        "C -O2": (in_c(small), 20 * steps),
        "NumPy by hand": (by_numpy(small), max(steps // 20, 1)),
        "JAX scan": (by_jax(small), steps),
        "torch SGD": (by_torch(small), max(steps // 100, 1)),
        "SymPy subs": (by_subs(small), 10),
    }
    agree(small, {name: road for name, (road, _) in roads.items() if road is not None})
    works = {name: (lambda r=road, n=count: r(n)) for name, (road, count) in roads.items() if road is not None}
    seconds = {name: value / roads[name][1] for name, value in best(works).items()}
    cells = [
        f"{shown(seconds[name])} ({seconds[name] / seconds['symgd']:.2g})" if name in seconds else "missing"
        for name in roads
    ]
    return [small.name, *cells]


def agree(small: Small, roads: dict[str, Callable[[int], State]]) -> None:
    """All roads end at the same point before they are timed."""
    ends = {name: np.array(road(10)) for name, road in roads.items()}
    for name, end in ends.items():
        if not np.allclose(end, ends["symgd"], rtol=1e-9, atol=1e-12):
            print(f"!! {name} differs on {small.name}: {end} and {ends['symgd']}")


def tables(quick: bool) -> Iterator[str]:
    """The tables of this module, one after the other."""
    heads = ["one update", "symgd", "symgd, numba", "Python by hand", "numba by hand", "C -O2", "NumPy by hand"]
    heads += ["JAX scan", "torch SGD", "SymPy subs"]
    steps = 20_000 if quick else 100_000
    yield "Updates of gradient descent; in brackets the ratio to symgd's plain loop.\n\n" + rows(
        heads, [small_row(small, steps) for small in SMALL]
    )
    yield data_table()
    yield batch_table()


def batch_table() -> str:
    """Ten thousand starts, a thousand updates each."""
    starts = np.linspace(-1, 1, 10_000)
    problem = symgd.Problem(
        "(1-a)^2 + 100*(b-a^2)^2",
        start={"a": starts, "b": starts},
        learning_rate="0.001",
        arithmetic="float",
        steps=1_000,
        every=1_000,
    )
    loop = loop_of(problem, 1_000, batch=True)
    plain = loop_of(problem, 1, batch=True)

    def run_numpy() -> Any:
        a, b = starts, starts
        for _ in range(1_000):
            bend = b - a * a
            a, b = a - 0.001 * (-2 * (1 - a) - 400 * bend * a), b - 0.001 * (200 * bend)
        return a, b

    works: dict[str, Callable[[], Any]] = {
        "symgd": lambda: plain.run((starts, starts), 1, 1_000, ()),
        f"symgd, {loop.by}": lambda: loop.run((starts, starts), 1, 1_000, ()),
        "NumPy by hand": run_numpy,
    }
    try:
        import jax

        jax.config.update("jax_enable_x64", True)

        def loss(x: Any) -> Any:
            return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

        def one(x: Any) -> Any:
            return jax.lax.scan(lambda v, _: (v - 0.001 * jax.grad(loss)(v), None), x, None, length=1_000)[0]

        run = jax.jit(jax.vmap(one))
        points = np.stack([starts, starts], axis=1)
        works["JAX vmap + scan"] = lambda: run(points).block_until_ready().T
    except ImportError:
        pass
    ends = {name: np.asarray(work()) for name, work in works.items()}
    for name, end in ends.items():
        if not np.allclose(end, ends["symgd"], rtol=1e-9):
            print(f"!! {name} differs on the batch")
    seconds = best(works)
    line = [f"{shown(value)} ({value / seconds['symgd']:.2g})" for value in seconds.values()]
    return "Many starts at once; in brackets the ratio to symgd's.\n\n" + rows(
        ["10,000 starts x 1,000 updates", *works], [["Rosenbrock", *line]]
    )
