"""A plugin for pytest: coverage learns which test runs which line, and the seconds of each test are kept.

`python -m tests.mutation record` starts it; what it finds is kept until it is started again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

#: Where the seconds go, told by the environment.
SECONDS = "SYMGD_MUTATION_SECONDS"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Say whose lines those are that run now, here and in the processes that are started."""
    measuring = coverage.Coverage.current()
    if measuring is None:
        return (yield)
    config = measuring.config.copy()
    config.context = item.nodeid
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERAGE_PROCESS_CONFIG", config.serialize())
        measuring.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            measuring.switch_context("")


class _Seconds:
    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.spent[report.nodeid] = round(report.duration, 4)

    def pytest_sessionfinish(self) -> None:
        kept = Path(os.environ[SECONDS])
        before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        kept.write_text(json.dumps(before | self.spent), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the seconds in the one process that hears of all tests."""
    if SECONDS in os.environ and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Seconds())
