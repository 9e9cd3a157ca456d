"""What a worker may use. A limit that the system does not know is left out."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import sys
import time
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: What starts another program or process, as Python's audit events name it (a name ends where its family does).
STARTS = ("os.fork", "os.exec", "os.spawn", "os.posix_spawn", "os.startfile", "os.system", "subprocess.", "pty.")
_STATM = Path("/proc/self/statm")
_PDEATHSIG = 1
_LIBRARY = ctypes.CDLL(None) if sys.platform == "linux" else None
_FILES = 32


def confine(memory: int) -> None:
    """Let this process grow by `memory` bytes, start no other process, dump no core, open few files and write none.

    Linux does not hold the superuser to RLIMIT_NPROC: a hook in the interpreter refuses him, and everyone where there
    are no such limits.
    """
    sys.addaudithook(_refuse_to_start)
    if resource is None:
        return
    size = _size()
    if size:
        _lower(resource.RLIMIT_AS, size + memory)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, _FILES)
    _lower(resource.RLIMIT_NPROC, 0)


def _refuse_to_start(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(STARTS):
        raise PermissionError(event)


def allow_seconds(seconds: float) -> None:
    """Let this process compute for so long from now, and a second more: past it the system ends it.

    This ends a worker that nobody is left to kill. The limit counts the whole life of a process, so each task sets it.
    """
    if resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = math.ceil(time.process_time() + seconds) + 1
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (_within(until, hard), hard))


def die_with_parent(parent: int) -> None:
    """Have the system kill this process when its parent ends (prctl(2), Linux; elsewhere nothing)."""
    if _LIBRARY is None:
        return
    _LIBRARY.prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _size() -> int:
    """The bytes of address space in use; 0 where the system does not say."""
    try:
        return int(_STATM.read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _lower(kind: int, amount: int) -> None:
    _, hard = resource.getrlimit(kind)
    amount = _within(amount, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (amount, amount))


def _within(amount: int, hard: int) -> int:
    return amount if hard == resource.RLIM_INFINITY else min(amount, hard)
