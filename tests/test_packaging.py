"""The wheel carries the templates, and a handout can be made from it alone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without network and unpacked far from it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)
    return site


def test_the_wheel_holds_templates_catalogues_font_and_the_typed_marker(unpacked: Path) -> None:
    names = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert {
        "symgd/py.typed",
        "symgd/templates/handout.md",
        "symgd/templates/page.html",
        "symgd/templates/page.css",
        "symgd/templates/figures.css",
        "symgd/templates/print.css",
        "symgd/templates/large.css",
        "symgd/templates/page.js",
        "symgd/templates/languages/en.toml",
        "symgd/templates/languages/zh-TW.toml",
        "symgd/templates/fonts/OFL.txt",
    } <= names
    assert [name for name in names if name.endswith(".woff2")]
    assert not [name for name in names if name.startswith(("templates/", "tests/", "examples/"))]


def test_a_handout_can_be_made_from_the_wheel_alone(unpacked: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-P", "-m", "symgd", "explain", "w^2", "--at", "w=1", "-o", "x.html"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert "<math" in (tmp_path / "x.html").read_text(encoding="utf-8")
