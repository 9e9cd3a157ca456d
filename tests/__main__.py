"""Formatting, lint, types, tests: `python -m tests` from the root of the checkout; words behind it go to pytest.

How much the tests cover is told by `python -m tests.covered`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.covered import TESTS

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
)


def run(*words: str) -> int:
    """Say what runs, run it, and give its exit status."""
    print(f"— {' '.join(words)}", flush=True)
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run each check; stop at the first that fails."""
    for check in CHECKS:
        if status := run(*check):
            return status
    return run(*TESTS, *arguments)


raise SystemExit(main(sys.argv[1:]))
