"""Mutants are tried in a copy of the checkout, by a process that has imported all but symgd and forks for each."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.choosing import ROOT
from tests.mutation.mutants import Mutant

#: Loaded once, so that a fork need not.
_WARM = (
    *("pytest", "_pytest.assertion.rewrite", "hypothesis", "hypothesis.strategies", "hypothesis.extra.numpy"),
    *("sympy", "numpy", "flint", "mpmath", "click", "click.testing", "jinja2", "markdown", "nh3", "math_core"),
    *("bs4", "html5lib", "coverage"),
)
#: More than this many bytes of its own, and a mutant is stopped.
_MEMORY = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a mutant: "killed" by a test, "slow" (past its time, which counts as killed) or "survived"."""

    state: str
    by: str = ""


class Runner:
    """A copy of the checkout and the warm process in it."""

    def __init__(self) -> None:
        """Copy, compile and warm up."""
        self._folder = tempfile.TemporaryDirectory(prefix="symgd-mutation-")
        self.place = Path(self._folder.name).resolve() / "checkout"
        _copy(self.place)
        own = {**os.environ, "PYTHONPATH": str(self.place)}
        _prepare(self.place, own)
        command = [sys.executable, "-m", "tests.mutation.running"]
        own["PYTHONDONTWRITEBYTECODE"] = "1"
        self._process = subprocess.Popen(
            command, cwd=self.place, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def try_(self, mutant: Mutant | None, tests: Sequence[str], seconds: float) -> Tried:
        """Run the tests on the mutant (on symgd as it is where there is none) until one fails or the time is over."""
        with self._in_place(mutant):
            assert self._process.stdin and self._process.stdout  # noqa: PT018
            self._process.stdin.write(json.dumps([list(tests), seconds]) + "\n")
            self._process.stdin.flush()
            return Tried(*json.loads(self._process.stdout.readline()))

    @contextlib.contextmanager
    def _in_place(self, mutant: Mutant | None) -> Iterator[None]:
        if mutant is None:
            yield
            return
        file = self.place / mutant.path
        original, at = file.read_bytes(), file.stat().st_mtime_ns
        file.write_bytes(mutant.source(original))
        os.utime(file, ns=(at, at + 10**10))  # no compiled file stands for it
        try:
            yield
        finally:
            file.write_bytes(original)
            os.utime(file, ns=(at, at))

    def close(self) -> None:
        """End the process and take the copy away."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()


def _copy(place: Path) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)


def _prepare(place: Path, own: dict[str, str]) -> None:
    """Compile symgd, and the tests as pytest rewrites them."""
    for words in (["compileall", "-q", "symgd", "tests"], ["pytest", "-q", "-n", "0", "--collect-only", "tests"]):
        subprocess.run([sys.executable, "-m", *words], cwd=place, env=own, stdout=subprocess.DEVNULL, check=False)


class _Watch:
    """A plugin that tells the first test that fails, and lets Hypothesis not dwell on what it finds."""

    def __init__(self, told: int) -> None:
        self._told = told

    def pytest_collection(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile("mutation", settings.default, phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutation")

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            os.write(self._told, report.nodeid.encode()[:1000])

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            os.write(self._told, report.nodeid.encode()[:1000])


def _child(tests: Sequence[str], told: int) -> int:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    import pytest

    words = ["-x", "-q", "-W", "error", "-n", "0", "-p", "no:cacheprovider", "--basetemp=../temporary", "--tb=no"]
    words += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of the plugins that are loaded already
    return int(pytest.main([*words, *tests], plugins=[_Watch(told)]))


def _forked(tests: Sequence[str], seconds: float) -> tuple[str, str]:
    read, told = os.pipe()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os._exit(_child(tests, told))
        os._exit(70)
    os.close(told)
    until = time.monotonic() + seconds
    by = _said(read, until)
    status = None if by else _status(child, until)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the child, or what it left
        os.killpg(child, signal.SIGKILL)
    if status is None:
        os.waitpid(child, 0)
    if not by:
        return {None: "slow", 0: "survived"}.get(status, "killed"), ""
    return "killed", by


def _said(read: int, until: float) -> str:
    """The first test that is said to fail; nothing where the line is closed or the time is over."""
    with os.fdopen(read, "rb", buffering=0) as line:
        left = max(0.0, until - time.monotonic())
        return line.read(2000).decode() if select.select([line], [], [], left)[0] else ""


def _status(child: int, until: float) -> int | None:
    """With what a child ends, None where it does not in time: it may have closed the line long before."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            return None
        time.sleep(0.01)


def serve() -> None:
    """Try what is asked for on standard input, an order a line."""
    for name in _WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    assert "symgd" not in sys.modules
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for order in sys.stdin:
        answers.write(json.dumps(_forked(*json.loads(order))) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
