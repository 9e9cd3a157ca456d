"""import symgd and symgd --help load no heavy library; public names load when used."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("sympy", "matplotlib", "flint", "numpy", "jinja2", "markdown", "nh3", "math_core")


def heavy_after(code: str) -> list[str]:
    probe = f"{code}\nimport sys\nprint([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return list(eval(done.stderr.strip().splitlines()[-1]))


HELP = "from symgd.cli import main\ntry: main([{}'--help'])\nexcept SystemExit: pass"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import symgd", id="import"),
        pytest.param(HELP.format(""), id="help"),
        *(pytest.param(HELP.format(f"'{name}', "), id=f"{name} help") for name in ("explain", "gradient", "descend")),
        pytest.param("import symgd; symgd.parse('2w1^2 - 0.1').latex()", id="parse"),
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert heavy_after(code) == []


def test_all_public_names_exist() -> None:
    import symgd

    assert all(getattr(symgd, name) is not None for name in symgd.__all__)
    with pytest.raises(AttributeError):
        symgd.nothing_of_the_kind
