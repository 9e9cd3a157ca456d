"""The wheel in clean environments: `python -m tests.platforms` (needs a package registry, unlike the tests).

The source distribution is built from the checkout, and the wheel from the source distribution, so that what is missing
in either shows. Each row of `TRIES` is a fresh environment that holds the wheel and what it needs, and no checkout.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VERSIONS = ("3.11", "3.12", "3.13")
#: The tests that the lowest libraries must pass as well.
LOWEST_RUNS = (
    "tests/expressions",
    "tests/numbers",
    "tests/test_light_start.py",
    "tests/descent/test_torch.py",
    "tests/checking/test_check.py",
    "tests/handouts/test_examples.py",
)


@dataclass(frozen=True, slots=True)
class Try:
    """One environment: a Python, how the libraries are chosen (uv's `--resolution`), extras, and tests to run."""

    version: str
    resolution: str = "highest"
    extra: str = ""
    tests: tuple[str, ...] = ()

    def __str__(self) -> str:
        """How the try is told."""
        return f"Python {self.version}, libraries: {self.resolution}"


TRIES = (*(Try(version) for version in VERSIONS), Try(VERSIONS[0], "lowest-direct", "[test]", LOWEST_RUNS))


def ran(*words: str | Path, where: Path) -> str:
    """Output of a command; its fault is shown and ends everything."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([*map(str, words)], cwd=where, env=clean, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{shlex.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def interpreter(version: str) -> Path | None:
    """A Python of this version that starts, if one is here: this one, one on the PATH, or one of pyenv's."""
    if sys.version.startswith(version + "."):
        return Path(sys.executable)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python3"))]
    return next((Path(path) for path in found if path and starts(path)), None)


def starts(path: str | Path) -> bool:
    """Whether the program runs; pyenv leaves names on the PATH that do not."""
    return subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


def built(folder: Path) -> tuple[Path, Path]:
    """The unpacked source distribution, and the wheel that was built from it."""
    ran(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, where=ROOT)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    source = folder / archive.name.removesuffix(".tar.gz")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, where=source)
    (wheel,) = folder.glob("*.whl")
    return source, wheel


def first_command() -> list[str]:
    """README's first command, from the name of the program on."""
    line = re.search(r"bin/(symgd explain \S+ -o \S+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert line is not None
    return line[1].split()


def uv(where: Path, *words: str | Path) -> None:
    """The resolver and installer of the test extra, in a folder."""
    ran(sys.executable, "-m", "uv", *words, where=where)


def constraints(attempt: Try, source: Path, folder: Path) -> Path:
    """The versions that this try takes, as a file of constraints made by uv's resolver."""
    file = folder / f"{attempt.version}-{attempt.resolution}.txt"
    choice = ("--resolution", attempt.resolution, "--python-version", attempt.version)
    extra = ("--extra", "test") if attempt.extra else ()
    uv(folder, "pip", "compile", "-q", *choice, *extra, source / "pyproject.toml", "-o", file)
    return file


def tried(attempt: Try, python: Path, source: Path, wheel: Path, folder: Path) -> None:
    """A clean environment with the wheel; README's first command in an empty folder that has only the examples."""
    home = folder / f"{attempt.version}-{attempt.resolution}"
    away = home / "away"
    uv(folder, "venv", "-q", "--python", python, home)
    chosen = constraints(attempt, source, folder)
    uv(folder, "pip", "install", "-q", "--python", home, "-c", chosen, f"{wheel}{attempt.extra}")
    shutil.copytree(source / "examples", away / "examples")
    program, *words = first_command()
    ran(home / "bin" / program, *words, where=away)
    assert "<math" in (away / words[-1]).read_text(encoding="utf-8")
    if attempt.tests:
        for part in ("tests", "pyproject.toml", "README.md"):
            (shutil.copytree if (source / part).is_dir() else shutil.copy)(source / part, away / part)
        ran(home / "bin" / "python", "-m", "pytest", "-q", "-W", "error", *attempt.tests, where=away)


def main() -> int:
    """Every try whose Python is here; a Python that is missing is said."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, wheel = built(folder)
        for attempt in TRIES:
            python = interpreter(attempt.version)
            if python is not None:
                tried(attempt, python, source, wheel, folder)
            print(f"{attempt}: {'fine' if python else 'not here, not tried'}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
