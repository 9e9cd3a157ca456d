"""Record trajectories of PyTorch's optimizers: an oracle for ours that nobody here wrote.

Run it from the top of the repository, in an environment that has torch 2.13 (the CPU build is enough):

    python tests/descent/record_torch.py

It writes `torch_trajectories.json` next to itself. Torch is needed for this recording only: the tests
read the file.

The losses stand here twice on purpose, as our text and as torch code written by hand; gradients come from
autograd. All is float64, in torch's single-tensor implementation. In the file, `torch` is the version that
ran, and each case has

- `name`, `optimizer` (our name), `loss` (our text), `start` and `let` (decimal strings),
- `settings`: the hyperparameters that were set, as decimal strings; those left out have the default,
  torch's, except momentum, which is 0.9 for momentum and nesterov as with us,
- `points`: the start and the point after each update, its columns in the order of `start`,
- `losses`: the loss at each of the points, without any weight decay.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch

UPDATES = 50
TARGET = Path(__file__).with_name("torch_trajectories.json")

Settings = dict[str, str]


class Loss(NamedTuple):
    """A loss as our text and as torch code, and where its descent starts."""

    text: str
    start: dict[str, str]
    let: dict[str, str]
    value: Callable[[torch.Tensor], torch.Tensor]


class Method(NamedTuple):
    """One of our optimizers: torch's class, what it is always given, and the rates and settings to record."""

    make: Callable[..., torch.optim.Optimizer]
    fixed: dict[str, Any]
    rates: dict[str, str]
    settings: Settings


def bowl(at: torch.Tensor) -> torch.Tensor:
    w1, w2 = at
    return (w1 - 0.55) ** 2 + 3 * (w2 - 0.3) ** 2


def rosenbrock(at: torch.Tensor) -> torch.Tensor:
    a, b = at
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2


def neuron(at: torch.Tensor) -> torch.Tensor:
    w, b = at
    return (torch.sigmoid(w * 2 + b) - 1) ** 2


def smooth(at: torch.Tensor) -> torch.Tensor:
    p, q, r = at
    return torch.exp(p) - 2 * p + torch.sqrt(1 + q**2) + torch.log(1 + torch.exp(q - r)) + r**2 / 2


LOSSES = {
    "bowl": Loss("(w1 - 0.55)^2 + 3*(w2 - 0.3)^2", {"w1": "0.5", "w2": "-0.2"}, {}, bowl),
    "rosenbrock": Loss("(1 - a)^2 + 100*(b - a^2)^2", {"a": "-1.2", "b": "1"}, {}, rosenbrock),
    "neuron": Loss(
        "z = w*x + b; s = sigmoid(z); L = (s - y)^2", {"w": "1.5", "b": "-4"}, {"x": "2", "y": "1"}, neuron
    ),
    "smooth": Loss(
        "exp(p) - 2*p + sqrt(1 + q^2) + log(1 + exp(q - r)) + r^2/2",
        {"p": "1.5", "q": "-2", "r": "0.75"},
        {},
        smooth,
    ),
}

METHODS = {
    "gradient-descent": Method(
        torch.optim.SGD,
        {},
        {"bowl": "0.1", "rosenbrock": "0.001", "neuron": "0.5", "smooth": "0.1"},
        {"learning_rate": "0.9"},
    ),
    "momentum": Method(
        torch.optim.SGD,
        {"momentum": 0.9, "nesterov": False, "dampening": 0},
        {"bowl": "0.05", "rosenbrock": "0.0005", "neuron": "0.1", "smooth": "0.05"},
        {"learning_rate": "0.1", "momentum": "0.5"},
    ),
    "nesterov": Method(
        torch.optim.SGD,
        {"momentum": 0.9, "nesterov": True, "dampening": 0},
        {"bowl": "0.05", "rosenbrock": "0.0005", "neuron": "0.1", "smooth": "0.05"},
        {"learning_rate": "0.1", "momentum": "0.75"},
    ),
    "adagrad": Method(
        torch.optim.Adagrad,
        {},
        {"bowl": "0.1", "rosenbrock": "0.1", "neuron": "0.5", "smooth": "0.3"},
        {"learning_rate": "0.4", "eps": "0.01"},
    ),
    "rmsprop": Method(
        torch.optim.RMSprop,
        {},
        {"bowl": "0.01", "rosenbrock": "0.01", "neuron": "0.02", "smooth": "0.02"},
        {"learning_rate": "0.05", "rho": "0.9", "eps": "0.001"},
    ),
    "adam": Method(
        torch.optim.Adam,
        {},
        {"bowl": "0.1", "rosenbrock": "0.02", "neuron": "0.1", "smooth": "0.1"},
        {"learning_rate": "0.1", "beta1": "0.8", "beta2": "0.9", "eps": "0.001"},
    ),
    "adamw": Method(
        torch.optim.AdamW,
        {},
        {"bowl": "0.1", "rosenbrock": "0.02", "neuron": "0.1", "smooth": "0.1"},
        {"learning_rate": "0.1", "beta1": "0.85", "beta2": "0.95", "eps": "0.0001", "weight_decay": "0.05"},
    ),
}

TORCH_NAMES = {"learning_rate": "lr", "rho": "alpha"}


def torch_arguments(settings: Settings) -> dict[str, Any]:
    """Our settings as keyword arguments of torch's class; beta1 and beta2 are set together or not at all."""
    values = {name: float(text) for name, text in settings.items()}
    betas = {"betas": (values.pop("beta1"), values.pop("beta2"))} if "beta1" in values else {}
    return {TORCH_NAMES.get(name, name): value for name, value in values.items()} | betas


def record(name: str, optimizer: str, loss: Loss, settings: Settings) -> dict[str, Any]:
    """One case of the file. Raises ValueError when the descent leaves the finite numbers."""
    method = METHODS[optimizer]
    at = torch.tensor([float(text) for text in loss.start.values()], dtype=torch.float64, requires_grad=True)
    steps = method.make([at], foreach=False, **(method.fixed | torch_arguments(settings)))
    points, losses = [], []
    for update in range(UPDATES + 1):
        steps.zero_grad()
        value = loss.value(at)
        points.append(at.tolist())
        losses.append(value.item())
        if update < UPDATES:
            value.backward()
            steps.step()
    if not all(map(math.isfinite, [*losses, *(number for point in points for number in point)])):
        raise ValueError(f"{name} does not stay finite: choose a smaller rate")
    return {
        "name": name,
        "optimizer": optimizer,
        "loss": loss.text,
        "start": loss.start,
        "let": loss.let,
        "settings": settings,
        "points": points,
        "losses": losses,
    }


def cases() -> Iterator[dict[str, Any]]:
    """Each optimizer: every loss with the defaults, one with other settings, one with weight decay."""
    for optimizer, method in METHODS.items():
        for name, loss in LOSSES.items():
            yield record(f"{optimizer}/{name}", optimizer, loss, {"learning_rate": method.rates[name]})
        yield record(f"{optimizer}/smooth/settings", optimizer, LOSSES["smooth"], method.settings)
        decay = {"learning_rate": method.rates["neuron"], "weight_decay": "0.1"}
        yield record(f"{optimizer}/neuron/decay", optimizer, LOSSES["neuron"], decay)


def main() -> None:
    """Write the file, a case a line; json writes floats by repr, so they read back the same."""
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases())
    version = json.dumps(str(torch.__version__))
    TARGET.write_text(f'{{"torch":{version},"cases":[\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
