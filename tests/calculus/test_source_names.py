"""Sources whose parameters, data and definitions have the names of everything that a source is made of."""

from __future__ import annotations

import ctypes
import functools
import itertools
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import symgd
from symgd.calculus.languages import LANGUAGES
from symgd.calculus.source_names import Names, reserved_words

#: Two names at a time: keywords, modules, functions, helpers, arguments, and what looks like a slope.
NASTY = (
    *(("x", "gradient"), ("dL_dw", "w"), ("dL_dx", "dL_ddL_dx"), ("math", "np"), ("jnp", "jax"), ("torch", "F")),
    *(("lambda", "match"), ("int", "double"), ("goto", "auto"), ("const", "static"), ("register", "struct")),
    *(("loss_and_gradient", "len"), ("range", "float"), ("fmax", "pow"), ("fabs", "entry"), ("stacked", "least")),
    *(("unix", "linux"), ("M_PI", "NAN"), ("i1", "total1"), ("part1", "i2"), ("y0", "j1"), ("signed", "false")),
    *(("row", "softmax_of"), ("x1", "rows"), ("n_rows", "length")),
)
PLAIN = "z = {0}*{1} + {0}*q; s = sigmoid(z); L = (s - {1})^2 + max({0}, {1}) + |{1}| + e^(-{0})"
POINT = (0.5, 0.25)


@functools.cache
def recorded(places: str) -> tuple[float, list[float]]:
    """The loss and its slopes with names that nothing else has."""
    gradient = symgd.gradient(PLAIN.format("u", "v"), wrt=["u", "v"], let={"q": 3})
    loss, slopes = gradient.function()(list(POINT))
    return float(loss), [float(slope) for slope in slopes]


def plain_source(names: tuple[str, str], language: str) -> str:
    return symgd.gradient(PLAIN.format(*names), wrt=list(names), let={"q": 3}).source(language)


@pytest.mark.parametrize("language", ["python", "numpy"])
@pytest.mark.parametrize("names", NASTY, ids="-".join)
def test_python_sources_give_the_slopes(names: tuple[str, str], language: str) -> None:
    space: dict[str, Any] = {}
    exec(plain_source(names, language), space)
    loss, slopes = space["loss_and_gradient"](*POINT)
    assert float(loss) == pytest.approx(recorded("")[0], rel=1e-12)
    assert [float(slope) for slope in slopes] == pytest.approx(recorded("")[1], rel=1e-12)


@pytest.mark.parametrize("language", ["torch", "jax"])
@pytest.mark.parametrize("names", NASTY, ids="-".join)
def test_sources_of_tensors_are_sound(names: tuple[str, str], language: str) -> None:
    compile(plain_source(names, language), "source", "exec")


#: Data and parameters that are vectors, and a definition, in loops.
WIDE = "{0} = {1}*{2} + {3}; L = sum(({0} - {4})^2) + logsumexp({2})"
WIDE_NAMES = (
    *(
        ("sum", "x", "gradient", "dL_dx", "y"),
        ("part1", "total1", "i1", "i2", "total2"),
        ("a", "int", "w", "dL_dw", "len"),
    ),
    ("range", "math", "np", "n", "n_rows"),
)
DATA: tuple[Any, Any] = ([[1, 2], [3, -4], [0, 1]], [1, 0, 2])


@pytest.mark.parametrize("language", ["python", "numpy"])
@pytest.mark.parametrize("names", [names for names in WIDE_NAMES if names[0] != "sum"], ids="-".join)
def test_sources_over_arrays_give_the_slopes(names: tuple[str, ...], language: str) -> None:
    made: list[Any] = []
    for words in (names, ("r", "A", "w", "b", "y")):
        _, data, wide, single, target = words
        start = {wide: [1, 2], single: 3}
        gradient = symgd.gradient(WIDE.format(*words), let={data: DATA[0], target: DATA[1]}, start=start)
        space: dict[str, Any] = {}
        exec(gradient.source(language), space)
        import numpy as np

        arrays = (
            [[1.0, 2.0], 3.0, *DATA] if language == "python" else [np.array([1.0, 2.0]), 3.0, *map(np.array, DATA)]
        )
        loss, slopes = space["loss_and_gradient"](*arrays)
        made.append((float(loss), [list(slopes[0]), float(slopes[1])]))
    assert made[0] == made[1]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")
def test_c_compiles_and_gives_the_slopes(tmp_path: Path) -> None:
    """All pairs in one library, each function under a number of its own."""
    sources = [plain_source(names, "c") for names in NASTY]
    for place, source in enumerate(sources):
        text = source.replace("loss_and_gradient(const", f"loss{place}(const")
        (tmp_path / f"f{place}.c").write_text(text)
    files = [str(tmp_path / f"f{place}.c") for place in range(len(sources))]
    target = str(tmp_path / "f.so")
    subprocess.run(
        ["gcc", "-Wall", "-Werror", "-Wno-unused-variable", "-shared", "-fPIC", "-o", target, *files, "-lm"],
        check=True,
    )
    library = ctypes.CDLL(target)
    for place in range(len(sources)):
        function = library[f"loss{place}"]
        function.restype = ctypes.c_double
        point, slopes = (ctypes.c_double * 2)(*POINT), (ctypes.c_double * 2)()
        assert function(point, slopes) == pytest.approx(recorded("")[0], rel=1e-12), NASTY[place]
        assert list(slopes) == pytest.approx(recorded("")[1], rel=1e-12), NASTY[place]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")
@pytest.mark.parametrize("names", [names for names in WIDE_NAMES if names[0] != "sum"], ids="-".join)
def test_c_over_arrays_compiles(names: tuple[str, ...], tmp_path: Path) -> None:
    _, data, wide, single, target = names
    start = {wide: [1, 2], single: 3}
    gradient = symgd.gradient(WIDE.format(*names), let={data: DATA[0], target: DATA[1]}, start=start)
    (tmp_path / "f.c").write_text(gradient.source("c"))
    files = ["-o", str(tmp_path / "f.o"), str(tmp_path / "f.c")]
    subprocess.run(["gcc", "-std=c99", "-Wall", "-Werror", "-Wno-unused-variable", "-c", *files], check=True)


def test_the_readmes_neuron_compiles_in_c() -> None:
    gradient = symgd.gradient("z = w*x + b; L = (z - y)^2", wrt=["w", "b"], let={"x": 2, "y": 1})
    source = gradient.source("c")
    assert "const double *x_" in source
    assert "const double x = 2.0;" in source


def test_a_parameter_named_like_a_slope() -> None:
    space: dict[str, Any] = {}
    exec(symgd.gradient("(dL_dw*w - 1)^2", wrt=["dL_dw", "w"]).source("python"), space)
    assert space["loss_and_gradient"](2, 2) == (9, [12, 12])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_quantities_have_one_identifier(language: str) -> None:
    words = [*itertools.chain(*NASTY), "dL/dw", "dL/dx", "dL/ddL_dw", *reserved_words(LANGUAGES[language])]
    names = Names(LANGUAGES[language], words)
    made = [names(word) for word in dict.fromkeys(words)] + [names.own("x"), names.own("gradient"), names.part()]
    assert len(made) == len(set(made))
    assert not reserved_words(LANGUAGES[language]) & set(made)
