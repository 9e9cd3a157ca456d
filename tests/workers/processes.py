"""What runs, read from /proc."""

from __future__ import annotations

import os
import time
from pathlib import Path


def parent_of(pid: int) -> int:
    """The parent of a running process; 0 for one that is gone or only waits to be reaped."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(parent)


def below(pid: int) -> set[int]:
    """All running processes under one."""
    parents = {int(name): parent_of(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    found: set[int] = set()
    level = {pid}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found |= level
    return found


def gone(pids: set[int], seconds: float = 3.0) -> bool:
    """Whether all of them end within so many seconds."""
    until = time.monotonic() + seconds
    while any(map(parent_of, pids)):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
