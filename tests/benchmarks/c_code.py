"""C of a benchmark's own, compiled with gcc -O2 where gcc is there."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

HAS_C = shutil.which("gcc") is not None


def library(source: str) -> Any:
    """The functions of a source text."""
    folder = Path(tempfile.mkdtemp(prefix="symgd-bench-"))
    try:
        (folder / "run.c").write_text(source)
        subprocess.run(
            ["gcc", "-O2", "-shared", "-fPIC", "-o", folder / "run.so", folder / "run.c", "-lm"], check=True
        )
        return ctypes.CDLL(str(folder / "run.so"))
    finally:
        shutil.rmtree(folder)
