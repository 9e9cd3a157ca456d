"""How a process of the pool is started: its command and its environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: One thread, so that the nursery may fork; and the same answers in every run and on every machine.
#: What the caller's environment says of the last two is kept.
PINNED = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
DEFAULTS = {"PYTHONHASHSEED": "0", "SYMPY_GROUND_TYPES": "python"}


@dataclass(frozen=True, slots=True)
class Setup:
    """The module that holds TASKS, the bytes that a worker may grow by, and folders to import from.

    >>> Setup("symgd.some_tasks", 2**29, ()).command("pipe")[-3:-1]
    ['symgd.some_tasks', '536870912']
    """

    module: str
    memory: int
    path: tuple[str, ...]

    def command(self, channel: str) -> list[str]:
        """The command of a child that talks over `channel`: "pipe", or the number of a socket."""
        # -I would also drop PYTHONHASHSEED: -P and -s with the environment below are -I but for that.
        start = [sys.executable, "-P", "-s", str(HERE / "__main__.py")]
        return [*start, channel, self.module, str(self.memory), *self.path, str(HERE.parent.parent)]


def environment(own: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The caller's environment without Python's own settings (but the hash seed), and with `PINNED`.

    >>> environment({"PYTHONPATH": "here", "HOME": "there", "PYTHONHASHSEED": "7"})["PYTHONHASHSEED"]
    '7'
    >>> "PYTHONPATH" in environment({"PYTHONPATH": "here"})
    False
    """
    kept = {name: value for name, value in own.items() if name in DEFAULTS or not name.startswith("PYTHON")}
    return {**DEFAULTS, **kept, **PINNED}
