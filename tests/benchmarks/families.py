"""Losses that every peer builds in its own way from one description, and that symgd reads as text."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

#: Builds the loss of a list of variables, with a peer's functions (exp, log, tanh).
Build = Callable[[Sequence[Any], Any], Any]


@dataclass(frozen=True)
class Family:
    """A loss: as text for symgd, and as a builder for the peers."""

    name: str
    text: str
    count: int
    build: Build

    @property
    def names(self) -> list[str]:
        """x1, x2, ..."""
        return [f"x{place}" for place in range(1, self.count + 1)]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The name and the formula of each line of the text; a lone loss is L."""
        pairs = [line.split("=") for line in self.text.split("; ")]
        return [(pair[0].strip() if len(pair) == 2 else "L", pair[-1]) for pair in pairs]


def valley(count: int) -> Family:
    """Rosenbrock's function."""
    text = "+".join(f"(1-x{i})^2+100*(x{i + 1}-x{i}^2)^2" for i in range(1, count))
    return Family(
        f"Rosenbrock {count}",
        text,
        count,
        lambda x, f: sum_of([(1 - x[i]) ** 2 + 100 * (x[i + 1] - x[i] ** 2) ** 2 for i in range(count - 1)]),
    )


def product(count: int) -> Family:
    """Speelpenning's product."""
    text = "*".join(f"x{i}" for i in range(1, count + 1))
    return Family(f"product of {count}", text, count, lambda x, f: functools.reduce(lambda a, b: a * b, x))


def chain(count: int) -> Family:
    """tanh of tanh of ..., a new factor in each; written as definitions."""
    lines = ["h1 = tanh(x1)"] + [f"h{i} = tanh(h{i - 1}*x{i})" for i in range(2, count + 1)]

    def build(x: Sequence[Any], f: Any) -> Any:
        value = f.tanh(x[0])
        for factor in x[1:]:
            value = f.tanh(value * factor)
        return value

    return Family(f"chain of {count} tanh", "; ".join(lines), count, build)


def powers(count: int) -> Family:
    """log-sum-exp, written out."""
    text = "log(" + "+".join(f"exp(x{i})" for i in range(1, count + 1)) + ")"
    return Family(f"log-sum-exp of {count}", text, count, lambda x, f: f.log(sum_of([f.exp(part) for part in x])))


def network(inputs: int, hidden: int) -> Family:
    """A network of inputs-hidden-1 tanh units written as scalars, on one example."""
    data = [0.3 + 0.1 * k for k in range(inputs)]
    count = hidden * (inputs + 1) + hidden + 1
    lines, last = [], []
    for h in range(hidden):
        first = h * (inputs + 1)
        total = "+".join(f"x{first + k + 1}*{data[k]:.1f}" for k in range(inputs)) + f"+x{first + inputs + 1}"
        lines.append(f"h{h} = tanh({total})")
        last.append(f"x{hidden * (inputs + 1) + h + 1}*h{h}")
    lines.append(f"L = ({'+'.join(last)}+x{count}-1)^2")

    def build(x: Sequence[Any], f: Any) -> Any:
        out = x[count - 1]
        for h in range(hidden):
            first = h * (inputs + 1)
            total = sum_of([x[first + k] * round(data[k], 1) for k in range(inputs)]) + x[first + inputs]
            out = out + x[hidden * (inputs + 1) + h] * f.tanh(total)
        return (out - 1) ** 2

    return Family(f"network {inputs}-{hidden}-1", "; ".join(lines), count, build)


def logistic(rows: int) -> Family:
    """Logistic regression in three parameters, its rows written out."""
    points = [((i * 37 % 19) / 10 - 0.9, (i * 53 % 23) / 10 - 1.1, i % 3 == 0) for i in range(rows)]
    terms = [f"log(1+exp({'-' if y else ''}(x1*({a:.1f})+x2*({b:.1f})+x3)))" for a, b, y in points]

    def build(x: Sequence[Any], f: Any) -> Any:
        signed = [(-1 if y else 1) * (x[0] * round(a, 1) + x[1] * round(b, 1) + x[2]) for a, b, y in points]
        return sum_of([f.log(1 + f.exp(part)) for part in signed]) / rows

    return Family(f"logistic, {rows} rows x 3", f"({'+'.join(terms)})/{rows}", 3, build)


def mixture(rows: int) -> Family:
    """The likelihood of a mixture of two Gaussians with means x1, x2, spread e^x3 and weight as a power of e."""
    points = [round(-2 + 4 * i / rows, 2) for i in range(rows)]
    terms = [f"log(exp(x4-(({p})-x1)^2*exp(-x3)/2)+exp(-x4-(({p})-x2)^2*exp(-x3)/2))" for p in points]

    def build(x: Sequence[Any], f: Any) -> Any:
        scale = f.exp(-x[2]) / 2
        parts = [f.exp(x[3] - (p - x[0]) ** 2 * scale) + f.exp(-x[3] - (p - x[1]) ** 2 * scale) for p in points]
        return -sum_of([f.log(part) for part in parts]) + rows * x[2] / 2

    return Family(f"Gaussian mixture, {rows} rows", f"-({'+'.join(terms)})+{rows}*x3/2", 4, build)


def sum_of(parts: Sequence[Any]) -> Any:
    """A sum that no peer's own `sum` is needed for."""
    return functools.reduce(lambda a, b: a + b, parts)


FAMILIES: tuple[Family, ...] = (
    valley(2),
    valley(10),
    valley(100),
    valley(1000),
    product(10),
    product(100),
    chain(10),
    chain(100),
    powers(10),
    powers(100),
    network(2, 2),
    network(4, 8),
    network(8, 16),
    logistic(100),
    mixture(50),
)
