"""Tasks that behave, and tasks that do not."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
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


def sockets() -> list[int]:
    """The descriptors over which this worker talks."""
    open_ = [int(name) for name in os.listdir("/proc/self/fd")]
    return [end for end in open_ if end > 2 and os.path.exists(f"/proc/self/fd/{end}")]


def says(data: str) -> None:
    """Write something else than an answer to the caller: text in Latin-1, byte by byte."""
    for end in sockets():
        with contextlib.suppress(OSError):
            os.write(end, data.encode("latin-1"))


def starts(how: str) -> str:
    """Try to start another process, or to write a file; the name of the error that says no."""
    ways: dict[str, Callable[[], object]] = {
        "fork": os.fork,
        "system": lambda: os.system("true"),
        "program": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
        "subprocess": lambda: subprocess.run([sys.executable, "-c", ""], check=False),
        "spawn": lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}),
        "file": lambda: os.write(os.memfd_create("a file in memory"), b"x"),
        "files": lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(100)],
    }
    try:
        ways[how]()
    except OSError as error:
        return type(error).__name__
    return "nothing"


def raises(name: str) -> None:
    kind = {"KeyError": KeyError, "SystemExit": SystemExit, "KeyboardInterrupt": KeyboardInterrupt}[name]
    raise kind("a reason")


TASKS = {
    "echo": lambda value: value,
    "length": len,
    "pid": lambda _: os.getpid(),
    "sleep": time.sleep,
    "forever": forever,
    "equality": forever,
    "deaf": deaf,
    "greedy": greedy,
    "exit": lambda _: os._exit(0),
    "abort": lambda _: os.abort(),
    "segfault": lambda _: ctypes.string_at(0),
    "kill": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "says": says,
    "starts": starts,
    "raises": raises,
    "set": lambda _: {1, 2},
    "nan": lambda _: float("nan"),
    "digits": lambda count: 10**count,
    "text": lambda count: "x" * count,
    "nested": nested,
    "print": lambda text: print(text, flush=True),
    "environment": environment,
}
