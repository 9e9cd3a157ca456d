"""import symgd and symgd --help load no heavy library; public names load when used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def test_a_working_in_rational_numbers_is_checked_without_sympy_and_numpy(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('loss = "(w - 0.55)^2"\nsteps = 1\n[start]\nw = 0.5\n', encoding="utf-8")
    (tmp_path / "w.txt").write_text("dL/dw = 2*(w - 0.55) = -0.1\nw = 0.5 - 0.01 = 0.49\n", encoding="utf-8")
    words = ["check", str(tmp_path / "p.toml"), str(tmp_path / "w.txt")]
    loaded = heavy_after(f"from symgd.cli import main\ntry: main({words!r})\nexcept SystemExit: pass")
    assert not {"sympy", "numpy", "matplotlib"} & set(loaded)


def test_a_right_working_loads_no_names_of_mistakes_and_no_reader_of_csv(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('loss = "(w - 0.55)^2"\nsteps = 1\n[start]\nw = 0.5\n', encoding="utf-8")
    (tmp_path / "w.txt").write_text("w = 0.5 + 0.01 = 0.51\n", encoding="utf-8")
    unused = ["symgd.checking.diagnosis", "symgd.descent.csv_files", "csv", "tempfile", "logging"]
    words = ["check", str(tmp_path / "p.toml"), str(tmp_path / "w.txt")]
    probe = (
        f"import sys; from symgd.cli import main\ntry: main({words!r})\nexcept SystemExit as end: assert not end.code"
    )
    probe += f"\nassert not [m for m in {unused!r} if m in sys.modules]"
    subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True)
