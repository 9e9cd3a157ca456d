"""Which tests run a line, and which of them are tried within so many seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from coverage import CoverageData

from tests.mutation.mutants import Mutant
from tests.mutation.recording import SECONDS

ROOT = Path(__file__).resolve().parent.parent.parent
#: Made by `record`, outside of what is committed.
FOLDER = ROOT / ".mutation"
_LINES, _SECONDS = FOLDER / "lines", FOLDER / "seconds.json"
_SETTINGS = """\
[run]
source_pkgs = symgd
relative_files = true
parallel = true
patch = subprocess, fork, _exit
"""
_TESTS = ("-m", "pytest", "-q", "-W", "error", "-p", "tests.mutation.recording", "-n", "logical", "--dist", "loadfile")
#: Tables of everything that is found.
_TABLES = ("tests/checking/test_tables_of_verdicts.py",)
#: A test slower than this is not tried: others run the same line.
_SLOW = 10.0


def record(words: Sequence[str]) -> int:
    """Run all tests once and keep which lines each runs; words for pytest choose tests to add to the record."""
    FOLDER.mkdir(exist_ok=True)
    if not words:
        _SECONDS.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings"
        settings.write_text(_SETTINGS, encoding="utf-8")
        run = [sys.executable, "-m", "coverage"]
        own = {**os.environ, "COVERAGE_FILE": f"{folder}/lines", SECONDS: str(_SECONDS)}
        status = subprocess.run([*run, "run", f"--rcfile={settings}", *_TESTS, *words], cwd=ROOT, env=own, check=False)
        combine = ["combine", "-q", *(["--append"] if words else []), f"--rcfile={settings}", f"--data-file={_LINES}"]
        subprocess.run([*run, *combine, folder], cwd=ROOT, check=True)
    return status.returncode


class Tests:
    """The record, and the choice from it."""

    def __init__(self, seconds: float, more: float) -> None:
        """Read the record; tests of `seconds` are tried first, and of `more` where none of those finds a mutant."""
        self._budgets = (seconds, more)
        self._spent: dict[str, float] = json.loads(_SECONDS.read_text(encoding="utf-8"))
        self._data = CoverageData(str(_LINES))
        self._data.read()

    def of(self, mutant: Mutant) -> list[list[str]]:
        """The tests to try, in rounds, the likeliest to find it first; none where no test runs its lines."""
        by_line = self._contexts(mutant.path)
        first, last = mutant.lines
        here = [context for line in range(first, last + 1) for context in by_line.get(line, ())]
        running: Mapping[str, int] = {test: 1 for test in here if test in self._spent}
        if "" in here:  # it runs when the module is imported: who uses most of it finds it soonest
            running = {test: uses + 1_000 * (test in running) for test, uses in self._by_use(mutant.path).items()}
        tests = self._spread(running, mutant.path)
        return [found for seconds in self._budgets if (found := list(self._within(tests, seconds)))]

    def clean_seconds(self, tests: Iterable[str]) -> float:
        """What they took when they were recorded."""
        return sum(self._spent[test] for test in tests)

    @cache  # noqa: B019 - lives as long as the run
    def _by_use(self, path: str) -> Mapping[str, int]:
        """The tests by how many lines they run of a module, which count ten times, and of those beside it."""
        uses: Counter[str] = Counter()
        for file in self._data.measured_files():
            if Path(file).parent == Path(path).parent:
                for contexts in self._contexts(file).values():
                    uses.update(dict.fromkeys(contexts, 10 if file == path else 1))
        return {test: count for test, count in uses.items() if test in self._spent}

    @cache  # noqa: B019 - lives as long as the run
    def _contexts(self, path: str) -> dict[int, list[str]]:
        return self._data.contexts_by_lineno(path)

    def _spread(self, tests: Mapping[str, int], path: str) -> Iterator[str]:
        """Tests of the same part before others, of each file one in turn: those first that run most lines a second.

        Quick tests named after the module begin, then come tables: they compare all that is found of many texts, so
        they find more in a second than any other test.
        """
        files: dict[str, list[str]] = {}
        for test in sorted(tests, key=lambda test: ((self._spent[test] + _OVERHEAD) / tests[test], test)):
            files.setdefault(test.partition("::")[0], []).append(test)
        for is_near in (True, False):
            of_files = [tests for file, tests in files.items() if file.startswith(_mirror(path)) == is_near]
            turns = [(turn, test) for tests in of_files for turn, test in enumerate(tests)]
            waits = {test: turn + _TURNS * self._spent[test] for turn, test in turns}
            yield from sorted(waits, key=lambda test: (self._rank(test, path), waits[test]))

    def _rank(self, test: str, path: str) -> int:
        file = test.partition("::")[0]
        if file == f"{_mirror(path)}test_{Path(path).stem}.py" and self._spent[test] < _QUICK:
            return 0
        return 1 if file in _TABLES else 2

    def _within(self, tests: Iterator[str], seconds: float) -> Iterator[str]:
        for test in tests:
            cost = self._spent[test] + _OVERHEAD
            if cost <= _SLOW:
                seconds -= cost
                yield test
            if seconds <= 0:
                return


#: Seconds of a test that a second holds many of.
_QUICK = 0.05
#: So many turns a test waits for each second that it takes.
_TURNS = 20
#: Seconds that pytest itself takes for a test.
_OVERHEAD = 0.01


def _mirror(path: str) -> str:
    """Where the tests of a package are: tests/numbers/ for symgd/numbers/plan.py."""
    return f"tests/{Path(path).parent.name}/"
