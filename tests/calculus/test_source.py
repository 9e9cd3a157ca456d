"""The gradient as source in other languages: it runs there, alone, and gives the same numbers."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symgd
from symgd.calculus.languages import LANGUAGES
from tests.calculus.record_torch_arrays import FILE, KNOWN, START

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


RECORDED = {entry["loss"]: entry for entry in json.loads(FILE.read_text(encoding="utf-8"))["losses"]}
#: Quick ones of them, and some with the operations that those lack; all recorded ones with SYMGD_ALL_SOURCES=1.
CHOSEN = [
    "mean((X*w - y)^2) + 0.1*norm1(w) + 0.2*norm2(w)^2",
    "1/2*w'*S*w - b'*w",
    "trace((X*w - y)'*(X*w - y)) + trace(w'*w)",
    "trace(W*B*W'*A)",
    "logsumexp(X*w)",
]
SMALL = [
    "sum((1 - tanh(A*U)) .* (A*U)) + mean(relu(A*U)*b + k)",
    "-sum(A .* log(softmax(S*U)))",
    "sum(logsumexp(S*U)) + mean(huber(A*b - U*b, 0.4))",
    "mean(max(U*b, k, 0.1)) + U[1, 2]*k",
]


def floats(value: Any) -> Any:
    """Exact values and balls as floats."""
    return np.vectorize(float)(np.asarray(value, dtype=object)).tolist()


def exactly(loss: str) -> dict[str, Any]:
    """What our own exact gradient says, in the form of a record."""
    gradient, start, _ = array_problem(loss)
    slopes = {word: floats(slope) for word, slope in gradient.at(start).items()}
    return {"loss": loss, "value": floats(gradient.loss_at(start)), "gradient": slopes}


def entries() -> list[dict[str, Any]]:
    """What the sources are compared with."""
    chosen = RECORDED if os.environ.get("SYMGD_ALL_SOURCES") else CHOSEN
    return [*(RECORDED[loss] for loss in chosen), *map(exactly, SMALL)]


TENSORS = {"python": None, "numpy": None, "torch": "torch", "jax": "jax"}


@functools.cache
def array_problem(loss: str) -> tuple[symgd.Gradient, dict[str, Any], dict[str, Any]]:
    """The gradient of a recorded loss, its start, and what else is an array."""
    names = symgd.parse(loss).names
    let = {word: KNOWN[word] for word in KNOWN if word in names}
    start = {word: START[word] for word in START if word in names}
    return symgd.gradient(loss, let=let, start=start), start, let


@pytest.mark.parametrize("language", TENSORS)
def test_sources_over_arrays_give_what_torch_recorded(language: str) -> None:
    if TENSORS[language] and importlib.util.find_spec(language) is None:
        pytest.skip(f"{language} is not installed")
    for entry in entries():
        gradient, start, let = array_problem(entry["loss"])
        space: dict[str, Any] = {}
        exec(gradient.source(language), space)
        given = [*start.values(), *let.values()]
        taken = given if language == "python" else _arrays(language, given)
        value, slopes = space["loss_and_gradient"](*taken)
        assert float(value) == pytest.approx(entry["value"], rel=1e-12), entry["loss"]
        for word, slope in zip(start, slopes, strict=True):
            wanted = np.ravel(entry["gradient"][word])
            assert np.ravel(np.asarray(slope)) == pytest.approx(wanted, rel=1e-12, abs=1e-13), entry["loss"]


def _arrays(language: str, values: list[Any]) -> list[Any]:
    if language == "torch":
        return _numbers(language, values)
    if language == "jax":
        import jax.numpy as jnp

        return [jnp.asarray(value, dtype=float) for value in _numbers(language, values)]
    return [np.asarray(value, dtype=float) for value in values]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")
def test_c_over_arrays_gives_what_torch_recorded(tmp_path: Path) -> None:
    problems = [array_problem(entry["loss"]) for entry in entries()]
    files = [tmp_path / f"f{place}.c" for place in range(len(problems))]
    for place, (gradient, _, _) in enumerate(problems):
        files[place].write_text(f"#define loss_and_gradient f{place}\n" + gradient.source("c"))
    strict = ["-std=c99", "-Wall", "-Werror", "-Wno-unused-variable", "-shared", "-fPIC"]
    library = str(tmp_path / "f.so")
    subprocess.run(["gcc", *strict, "-o", library, *map(str, files), "-lm"], check=True)
    loaded = ctypes.CDLL(library)
    for place, (entry, (gradient, start, let)) in enumerate(zip(entries(), problems, strict=True)):
        function = getattr(loaded, f"f{place}")
        function.restype = ctypes.c_double
        rows = [ctypes.c_int(int(gradient.constants["n"]))] if "int n_rows" in gradient.source("c") else []
        slopes = [_doubles(np.zeros_like(value, dtype=float)) for value in start.values()]
        value = function(*rows, *map(_doubles, [*start.values(), *let.values()]), *slopes_of(slopes))
        assert value == pytest.approx(entry["value"], rel=1e-12), entry["loss"]
        for word, slope in zip(start, slopes, strict=True):
            found = [slope.value] if isinstance(slope, ctypes.c_double) else list(slope)
            assert found == pytest.approx(np.ravel(entry["gradient"][word]), rel=1e-12, abs=1e-13), entry["loss"]


def _doubles(value: Any) -> Any:
    flat = np.ravel(np.asarray(value, dtype=float))
    return ctypes.c_double(flat[0]) if np.ndim(value) == 0 else (ctypes.c_double * len(flat))(*flat)


def slopes_of(slopes: list[Any]) -> list[Any]:
    """Pointers to where slopes go."""
    return [ctypes.byref(slope) if isinstance(slope, ctypes.c_double) else slope for slope in slopes]


def test_source_in_loops_takes_data_of_another_length() -> None:
    rows, targets = [[1, 2], [3, -4], [0.5, 6]], [1, 0, 1]
    gradient = symgd.gradient("mean((X*w - y)^2)", data={"X": rows, "y": targets}, start={"w": [0.5, -0.25]})
    space: dict[str, Any] = {}
    exec(gradient.source("python"), space)
    more, aims = [*rows, [2, 1], [1, 1]], [*targets, 2, 0]
    value, slopes = space["loss_and_gradient"]([0.5, -0.25], more, aims)
    other = symgd.gradient("mean((X*w - y)^2)", data={"X": more, "y": aims}, start={"w": [0.5, -0.25]})
    loss, wanted = other.function()([0.5, -0.25])
    assert value == pytest.approx(loss)
    assert slopes[0] == pytest.approx(wanted)


def test_names_of_loops_give_way_to_the_authors() -> None:
    gradient = symgd.gradient("sum((i1*x - part1)^2)/n", data={"x": [1, 2]}, start={"i1": 2, "part1": 1})
    space: dict[str, Any] = {}
    exec(gradient.source("python"), space)
    assert space["loss_and_gradient"](2, 1, [1, 2]) == (5.0, [7.0, -4.0])


THIRDS = ("1/3*a^2 + (3/2)^b + max(a, b, 1/3) + sqrt(2)*b + logsumexp(a, b, 1)", {"a": 0.5, "b": 0.25})


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")
def test_a_fraction_in_c_is_no_division_of_integers(tmp_path: Path) -> None:
    loss, point = THIRDS
    gradient = symgd.gradient(loss, wrt=list(point))
    (tmp_path / "f.c").write_text(gradient.source("c"))
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(tmp_path / "f.so"), str(tmp_path / "f.c"), "-lm"], check=True)
    library = ctypes.CDLL(str(tmp_path / "f.so"))
    library.loss_and_gradient.restype = ctypes.c_double
    x, slopes = (ctypes.c_double * 2)(*point.values()), (ctypes.c_double * 2)()
    loss_there, slopes_there = gradient.function()(list(point.values()))
    assert library.loss_and_gradient(x, slopes) == pytest.approx(loss_there, rel=1e-12)
    assert list(slopes) == pytest.approx(slopes_there, rel=1e-12)


def test_a_language_without_a_word_says_so() -> None:
    gradient = symgd.gradient("log(w) + erf(w)")
    missing = replace(LANGUAGES["c"], forms={k: v for k, v in LANGUAGES["c"].forms.items() if k != "erf"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("symgd.calculus.source.LANGUAGES", {"c": missing})
        with pytest.raises(symgd.InputError, match="erf in the format c"):
            gradient.source("c")
