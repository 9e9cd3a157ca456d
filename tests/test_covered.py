"""What the tests do not run is told by file and line, and the table names files that are there."""

from __future__ import annotations

import doctest
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests import covered

TABLE = tomllib.loads(covered.TABLE.read_text(encoding="utf-8"))


def report(percent: float, **files: Any) -> dict[str, Any]:
    """A report of coverage: of each file its missing lines and branches."""
    found = {
        f"symgd/{name}.py": {"missing_lines": lines, "missing_branches": branches}
        for name, (lines, branches) in files.items()
    }
    return {"totals": {"percent_covered": percent}, "files": found}


def test_the_examples_run() -> None:
    assert doctest.testmod(covered).failed == 0


def test_every_pattern_of_the_table_is_a_file() -> None:
    patterns = [pattern for part in TABLE["whole"].values() for pattern in part]
    assert all(list((covered.ROOT / "symgd").glob(pattern)) for pattern in patterns)
    assert TABLE["overall"] >= 95


def test_what_is_run_whole_falls_short_of_nothing() -> None:
    assert covered.shortfalls(report(95.0, cli=([], [])), {"overall": 95, "whole": {"doors": ["cli.py"]}}) == []


def test_a_missing_branch_is_enough() -> None:
    found = covered.shortfalls(report(99.9, cli=([], [[3, 7]])), {"overall": 95, "whole": {"doors": ["c*.py"]}})
    assert found == ["doors: symgd/cli.py branches 3 to 7"]


def test_files_outside_the_table_may_miss_lines() -> None:
    found = covered.shortfalls(report(99.9, cli=([], []), api=([4], [])), {"overall": 95, "whole": {"a": ["cli.py"]}})
    assert found == []


def test_a_file_that_is_gone_is_told() -> None:
    assert covered.shortfalls(report(99.9), {"overall": 95, "whole": {"doors": ["cli.py"]}}) == [
        "doors: no file is symgd/cli.py"
    ]


def test_a_run_is_measured_in_the_processes_that_it_starts(tmp_path: Path) -> None:
    module = tmp_path / "starter.py"
    start = "subprocess.run([sys.executable, '-c', 'import symgd.resources'], check=True)"
    module.write_text(f"import subprocess, sys\n{start}\n", encoding="utf-8")
    status, found = covered.measured([str(module)])
    assert status == 0
    assert "symgd/resources.py" in found["files"]


@pytest.mark.repeated
def test_what_is_repeated_is_not_measured() -> None:
    assert sys.gettrace() is None
