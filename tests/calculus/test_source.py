"""The gradient as source in other languages: it runs there, alone, and gives the same numbers."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symgd

LOSSES = {
    "a valley": ("(1 - a)^2 + 100*(b - a^2)^2", {"a": -1.2, "b": 0.7}),
    "a neuron": ("z = 2*a + b; s = sigmoid(z); L = (s - 1)^2", {"a": 0.5, "b": -0.2}),
    "choices": ("relu(a) + max(a, b)*|b| + clip(a, 0, 1) + leaky_relu(b) + huber(a - b)", {"a": 0.5, "b": -0.2}),
    "functions": ("sin(a)*exp(b) + log(a)*sqrt(a) + tanh(b)^3 + asinh(a) + softplus(b)", {"a": 0.5, "b": -0.2}),
    "a reserved word": ("(lambda - 3)^2 + int^2", {"lambda": 0.5, "int": 2.0}),
}


def expected(name: str) -> tuple[float, list[float]]:
    loss, point = LOSSES[name]
    gradient = symgd.gradient(loss, wrt=list(point))
    return float(gradient.loss_at(point)), [float(value) for value in gradient.at(point).values()]


@pytest.mark.parametrize("language", ["python", "numpy", "torch", "jax"])
@pytest.mark.parametrize("name", LOSSES)
def test_it_runs_and_agrees(name: str, language: str) -> None:
    if language in ("torch", "jax") and importlib.util.find_spec(language) is None:
        pytest.skip(f"{language} is not installed")
    loss, point = LOSSES[name]
    if language in ("torch", "jax") and name == "choices":
        pytest.skip("huber is not written in this language")
    space: dict[str, Any] = {}
    exec(symgd.gradient(loss, wrt=list(point)).source(language), space)
    value, slopes = space["loss_and_gradient"](*_numbers(language, point.values()))
    assert float(value) == pytest.approx(expected(name)[0], rel=1e-12)
    assert [float(slope) for slope in slopes] == pytest.approx(expected(name)[1], rel=1e-12)


def _numbers(language: str, values: Any) -> list[Any]:
    if language == "torch":
        import torch

        return [torch.tensor(value, dtype=torch.float64) for value in values]
    if language == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call, unused-ignore]
    return list(values)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")
@pytest.mark.parametrize("name", LOSSES)
def test_c_compiles_and_agrees(name: str, tmp_path: Path) -> None:
    loss, point = LOSSES[name]
    (tmp_path / "f.c").write_text(symgd.gradient(loss, wrt=list(point)).source("c"))
    strict = ["-std=c99", "-Wall", "-Werror", "-Wno-unused-variable", "-O2"]
    files = ["-o", str(tmp_path / "f.so"), str(tmp_path / "f.c")]
    subprocess.run(["gcc", *strict, "-shared", "-fPIC", *files, "-lm"], check=True)
    library = ctypes.CDLL(str(tmp_path / "f.so"))
    library.loss_and_gradient.restype = ctypes.c_double
    x, slopes = (ctypes.c_double * 2)(*point.values()), (ctypes.c_double * 2)()
    assert library.loss_and_gradient(x, slopes) == pytest.approx(expected(name)[0], rel=1e-12)
    assert list(slopes) == pytest.approx(expected(name)[1], rel=1e-12)


def test_numpy_takes_vectors_and_data() -> None:
    rows, targets = [[1, 2], [3, -4], [0.5, 6]], [1, 0, 1]
    gradient = symgd.gradient("mean((X*w - y)^2)", data={"X": rows, "y": targets}, start={"w": [0.5, -0.25]})
    space: dict[str, Any] = {}
    exec(gradient.source("numpy"), space)
    value, slopes = space["loss_and_gradient"](np.array([0.5, -0.25]), np.array(rows), np.array(targets))
    ours = gradient.function()([0.5, -0.25])
    assert value == pytest.approx(ours[0])
    assert slopes[0] == pytest.approx(ours[1])


def test_a_language_without_a_word_says_so() -> None:
    gradient = symgd.gradient("mean((X*w)^2)", data={"X": [[1, 2], [3, 4]]}, start={"w": [1, 1]})
    with pytest.raises(symgd.InputError, match="in the format c"):
        gradient.source("c")
