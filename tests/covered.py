"""How much of symgd the tests run: measured in every process they start, and held to `tests/coverage.toml`."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path(__file__).with_name("coverage.toml")
#: What runs every test, behind `python -m`.
TESTS = ("pytest", "-W", "error", "-q", "-n", "logical", "--dist", "loadfile")


def measured(words: Sequence[str]) -> tuple[int, Mapping[str, Any]]:
    """Run what follows `python`: its exit status, and what coverage found in all its processes, as JSON has it."""
    with tempfile.TemporaryDirectory(prefix="symgd-coverage-") as folder:
        report = Path(folder) / "report.json"
        outside = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        own = {**outside, "COVERAGE_FILE": f"{folder}/lines"}

        def run(*parts: str) -> int:
            return subprocess.run(
                [sys.executable, "-m", "coverage", *parts], cwd=ROOT, env=own, check=False
            ).returncode

        status = run("run", *words)
        if run("combine", "-q") or run("json", "-q", "-o", str(report)):
            return status or 1, {}
        return status, json.loads(report.read_text(encoding="utf-8"))


def shortfalls(report: Mapping[str, Any], table: Mapping[str, Any]) -> list[str]:
    """What the tests do not run and must, a line each.

    >>> file = {"missing_lines": [4, 5, 6, 9], "missing_branches": [[2, 4], [8, -1]]}
    >>> report = {"totals": {"percent_covered": 91.2}, "files": {"symgd/cli.py": file}}
    >>> for line in shortfalls(report, {"overall": 95, "whole": {"doors": ["cli.py"]}}):
    ...     print(line)
    all of symgd: 91.2 %, at least 95 % wanted
    doors: symgd/cli.py lines 4-6, 9; branches 8 to the end
    """
    share, wanted = report["totals"]["percent_covered"], table["overall"]
    found = [f"all of symgd: {share:.1f} %, at least {wanted} % wanted"] if share < wanted else []
    files: Mapping[str, Any] = {Path(path).as_posix(): file for path, file in report["files"].items()}
    for part, patterns in table["whole"].items():
        for pattern in patterns:
            matching = [path for path in sorted(files) if fnmatchcase(path, f"symgd/{pattern}")]
            found += [] if matching else [f"{part}: no file is symgd/{pattern}"]
            found += [f"{part}: {path} {missing}" for path in matching if (missing := _missing(files[path]))]
    return found


def _missing(file: Mapping[str, Any]) -> str:
    lines = set(file["missing_lines"])
    branches = [
        f"{start} to {end if end > 0 else 'the end'}" for start, end in file["missing_branches"] if end not in lines
    ]
    parts = [f"lines {', '.join(_ranges(lines))}"] if lines else []
    parts += [f"branches {', '.join(branches)}"] if branches else []
    return "; ".join(parts)


def _ranges(numbers: Iterable[int]) -> Iterator[str]:
    """Whole numbers with runs drawn together: 4-6, 9."""
    for _, run in itertools.groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        yield str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}"


def held(report: Mapping[str, Any]) -> bool:
    """Print how much was run and what is missing; whether nothing is."""
    missing = shortfalls(report, tomllib.loads(TABLE.read_text(encoding="utf-8")))
    print(f"{report['totals']['percent_covered']:.1f} % of lines and branches are run by the tests")
    print(*missing, sep="\n")
    return not missing


def all_tests() -> int:
    """Run every test, and say what they do not run; 0 where nothing fails and nothing is missing."""
    print(f"— {' '.join(TESTS)}, measured by coverage", flush=True)
    status, report = measured(("-m", *TESTS))
    is_held = bool(report) and held(report)
    return status or int(not is_held)
