"""Tasks that behave, and tasks that do not."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import threading
import time
from typing import Any


def forever(_: Any) -> None:
    while True:
        pass


def deaf(exponent: int) -> None:
    """Hold the interpreter inside one long operation of C, where no thread and no signal handler gets a turn."""
    10**exponent


def greedy(_: Any) -> None:
    kept = []
    while True:
        kept.append(bytearray(2**20))


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def environment(_: Any) -> Any:
    return {
        "modules": sorted(sys.modules),
        "path": sys.path,
        "hash": hash("a word"),
        "threads": threading.active_count(),
        "variables": dict(os.environ),
        "parent": os.getppid(),
        "limits": {
            name: resource.getrlimit(getattr(resource, name))[0]
            for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_NPROC")
        },
    }


def raises(name: str) -> None:
    kind = {"KeyError": KeyError, "SystemExit": SystemExit, "KeyboardInterrupt": KeyboardInterrupt}[name]
    raise kind("a reason")


TASKS = {
    "echo": lambda value: value,
    "length": len,
    "pid": lambda _: os.getpid(),
    "sleep": time.sleep,
    "forever": forever,
    "deaf": deaf,
    "greedy": greedy,
    "exit": lambda _: os._exit(0),
    "abort": lambda _: os.abort(),
    "segfault": lambda _: ctypes.string_at(0),
    "raises": raises,
    "set": lambda _: {1, 2},
    "nan": lambda _: float("nan"),
    "digits": lambda count: 10**count,
    "text": lambda count: "x" * count,
    "nested": nested,
    "print": lambda text: print(text, flush=True),
    "environment": environment,
}
