"""The table of optimizers: rows that read back, idle equations, and what an update carries over."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symgd.descent.optimizers import (
    METHOD_SYNONYMS,
    METHODS,
    OPTIMIZERS,
    SUPPLIED,
    SYMBOLS,
    SYNONYMS,
    Method,
    active_equations,
    carried,
)
from symgd.descent.settings import RANGES, method_of, settings_of
from symgd.expressions.reader import read

each_method = pytest.mark.parametrize("method", METHODS, ids=lambda row: row.name)


@each_method
def test_equations_read_back(method: Method) -> None:
    for target, tree in method.equations:
        assert read(tree.text(), names=tree.names) == tree, target


@each_method
def test_row_is_complete(method: Method) -> None:
    assert method.paper
    assert method.torch or method.name == "newton"
    assert "learning_rate" in method.defaults
    assert set(method.defaults) - {"learning_rate"} <= set(RANGES)
    settings_of(method, {})


@each_method
def test_every_name_is_known_and_has_a_look(method: Method) -> None:
    targets = {row.target for row in method.equations}
    used = {word for row in method.equations for word in row.tree.names}
    assert used <= targets | set(SUPPLIED) | set(method.defaults)
    assert "w" in targets
    assert targets - {"g"} <= set(SYMBOLS)


@each_method
def test_every_hyperparameter_is_used(method: Method) -> None:
    used = {word for row in method.equations for word in row.tree.names}
    assert set(method.defaults) - {"learning_rate"} <= used
    assert "eta" in used


@each_method
def test_weight_decay_wherever_torch_has_it(method: Method) -> None:
    assert ("weight_decay" in method.defaults) == bool(method.torch)


IDLE = [
    ("gradient-descent", {"weight_decay": 0}, ["n", "d", "w"]),
    ("gradient-descent", {"weight_decay": 1}, ["g", "n", "d", "w"]),
    ("momentum", {"weight_decay": 0}, ["m", "d", "w"]),
    ("adam", {"weight_decay": 0}, ["m", "v", "mhat", "vhat", "d", "w"]),
    ("adamw", {"weight_decay": 0}, ["m", "v", "mhat", "vhat", "d", "w"]),
    ("adamw", {"weight_decay": 1}, ["w", "m", "v", "mhat", "vhat", "d", "w"]),
]


@pytest.mark.parametrize(("name", "settings", "targets"), IDLE)
def test_idle_equations_are_left_out(name: str, settings: dict[str, int], targets: list[str]) -> None:
    exact = {word: Fraction(value) for word, value in settings.items()}
    assert [row.target for row in active_equations(OPTIMIZERS[name], exact)] == targets


CARRIED = {
    "gradient-descent": (),
    "momentum": ("m",),
    "nesterov": ("m",),
    "adagrad": ("s",),
    "rmsprop": ("s",),
    "adam": ("m", "v"),
    "adamw": ("m", "v"),
    "newton": (),
}


@each_method
def test_what_is_carried_over(method: Method) -> None:
    assert carried(method.equations) == CARRIED[method.name]


def test_synonyms_lead_to_rows() -> None:
    hyperparameters = {word for row in METHODS for word in row.defaults}
    assert set(SYNONYMS.values()) <= hyperparameters
    assert set(METHOD_SYNONYMS.values()) <= set(OPTIMIZERS)
    assert method_of(" SGD ") is OPTIMIZERS["gradient-descent"]


def test_defaults_are_torchs() -> None:
    assert OPTIMIZERS["rmsprop"].defaults["rho"] == "0.99"
    assert OPTIMIZERS["adagrad"].defaults["eps"] == "1e-10"
    assert OPTIMIZERS["adamw"].defaults["weight_decay"] == "0.01"
    assert {word: OPTIMIZERS["adam"].defaults[word] for word in ("beta1", "beta2", "eps")} == {
        "beta1": "0.9",
        "beta2": "0.999",
        "eps": "1e-8",
    }
    assert OPTIMIZERS["newton"].defaults["learning_rate"] == "1"
