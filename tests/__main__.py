"""Formatting, lint, types, tests, and how much they cover: `python -m tests` from the root of the checkout.

Words behind it go to pytest; how much the tests cover is then not asked, as not all of them may run.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.covered import TESTS, all_tests

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
    return run(*TESTS, *arguments) if arguments else all_tests()


raise SystemExit(main(sys.argv[1:]))
