"""Everything at once: formatting, lint, types, tests. `python -m tests` from the root of the checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("pytest", "-W", "error", "-q", "-n", "logical", "--dist", "loadfile"),
)


def main(arguments: list[str]) -> int:
    """Run each check; stop at the first that fails. Further arguments go to pytest."""
    for module, *options in CHECKS:
        extra = arguments if module == "pytest" else []
        print(f"— {module} {' '.join([*options, *extra])}", flush=True)
        status = subprocess.run([sys.executable, "-m", module, *options, *extra], cwd=ROOT, check=False).returncode
        if status:
            return status
    return 0


raise SystemExit(main(sys.argv[1:]))
