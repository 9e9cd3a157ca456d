"""Inside a child, step by step: in which order it is confined, what it may use, and when it ends.

A confined worker writes no file, so no coverage either: here the same functions run with the system's calls replaced.
"""

from __future__ import annotations

import errno
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from symgd.workers import limits, nursery, serving
from symgd.workers.answers import decoded, encoded
from symgd.workers.frames import framed, next_frame

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked here")
ROOT = Path(__file__).resolve().parents[2]
INFINITE = -1
KINDS = ("AS", "CORE", "FSIZE", "NOFILE", "NPROC", "CPU")


class Ended(BaseException):
    """A process would have ended here, with this status."""


class System:
    """The module `resource`, with hard limits as given, and what was set."""

    RLIM_INFINITY = INFINITE

    def __init__(self, refuses: bool = False, **hard: int) -> None:
        for kind in KINDS:
            setattr(self, f"RLIMIT_{kind}", kind)
        self.hard, self.refuses = hard, refuses
        self.now: dict[str, tuple[int, int]] = {}

    def getrlimit(self, kind: str) -> tuple[int, int]:
        return INFINITE, self.hard.get(kind, INFINITE)

    def setrlimit(self, kind: str, pair: tuple[int, int]) -> None:
        if self.refuses:
            raise ValueError("not allowed to raise maximum limit")
        self.now[kind] = pair


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., None]]:
    """The audit hooks that were added; the interpreter forgets none, so these are not."""
    added: list[Callable[..., None]] = []
    monkeypatch.setattr(sys, "addaudithook", added.append)
    return added


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(status: int) -> None:
        raise Ended(status)

    monkeypatch.setattr(os, "_exit", end)


# limits


def test_a_worker_is_confined_to_its_size_and_what_it_may_grow(
    monkeypatch: pytest.MonkeyPatch, hooks: list[Callable[..., None]]
) -> None:
    system = System()
    monkeypatch.setattr(limits, "resource", system)
    before = limits._size()
    limits.confine(2**20)
    (most, hardest) = system.now.pop("AS")
    assert most == hardest
    assert before <= most - 2**20 <= before + 2**28
    assert system.now == {"CORE": (0, 0), "FSIZE": (0, 0), "NOFILE": (32, 32), "NPROC": (0, 0)}
    (hook,) = hooks
    for event in ("os.fork", "os.system", "subprocess.Popen", "os.posix_spawn", "pty.spawn", "os.exec"):
        with pytest.raises(PermissionError):
            hook(event, ())
    hook("open", ("a file",))
    hook("import", ("a module",))


def test_no_limit_is_set_above_what_the_system_allows(
    monkeypatch: pytest.MonkeyPatch, hooks: list[Callable[..., None]]
) -> None:
    system = System(NOFILE=16, AS=1)
    monkeypatch.setattr(limits, "resource", system)
    limits.confine(2**20)
    assert (system.now["NOFILE"], system.now["AS"]) == ((16, 16), (1, 1))
    monkeypatch.setattr(limits, "resource", System(refuses=True))
    limits.confine(2**20)  # what the system refuses is left out
    assert len(hooks) == 2


def test_where_the_size_is_not_told_it_is_not_limited(
    monkeypatch: pytest.MonkeyPatch, hooks: list[Callable[..., None]], tmp_path: Any
) -> None:
    system = System()
    monkeypatch.setattr(limits, "resource", system)
    monkeypatch.setattr(limits, "_STATM", tmp_path / "nothing")
    limits.confine(2**20)
    assert "AS" not in system.now
    assert "NPROC" in system.now
    assert hooks


def test_where_there_are_no_limits_the_hook_is_all(
    monkeypatch: pytest.MonkeyPatch, hooks: list[Callable[..., None]]
) -> None:
    monkeypatch.setattr(limits, "resource", None)
    limits.confine(2**20)
    limits.allow_seconds(1.0)
    assert len(hooks) == 1


@pytest.mark.parametrize(("hard", "most"), [(INFINITE, 15), (12, 12), (100, 15)])
def test_a_task_has_its_seconds_from_now_and_one_more(monkeypatch: pytest.MonkeyPatch, hard: int, most: int) -> None:
    system = System(CPU=hard)
    monkeypatch.setattr(limits, "resource", system)
    monkeypatch.setattr(time, "process_time", lambda: 10.5)
    limits.allow_seconds(2.75)
    assert system.now == {"CPU": (most, hard)}
    monkeypatch.setattr(limits, "resource", System(refuses=True))
    limits.allow_seconds(2.75)


@pytest.mark.usefixtures("ends")
def test_a_worker_asks_to_die_with_its_parent_and_ends_where_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(limits, "_LIBRARY", SimpleNamespace(prctl=lambda *what: asked.append(what)))
    limits.die_with_parent(os.getppid())
    assert asked == [(1, signal.SIGKILL)]
    with pytest.raises(Ended):  # it died before it was asked
        limits.die_with_parent(os.getppid() + 1)
    monkeypatch.setattr(limits, "_LIBRARY", None)
    limits.die_with_parent(os.getppid() + 1)
    assert len(asked) == 2


# serving


def test_requests_are_answered_until_the_stream_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: list[float] = []
    monkeypatch.setattr(serving, "allow_seconds", seconds.append)
    requests: Iterator[bytes] = iter([encoded(["double", 4, 1.5, 7]), encoded(["none", None, 0.5, 8]), b"no JSON"])
    said: list[bytes] = []

    def receive() -> bytes:
        try:
            return next(requests)
        except StopIteration:
            raise EOFError from None

    serving.serve(receive, said.append, {"double": lambda value: 2 * value})
    answers = [decoded(frame[4:]) for frame in said]
    assert answers[:2] == [["done", 8, "", 7], ["failed", None, "LookupError: none", 8]]
    assert answers[2][:2] == ["failed", None]
    assert seconds == [1.5, 0.5]


# the nursery


class Calls(list[str]):
    """What was done, in order."""

    def noting(self, name: str) -> Callable[..., None]:
        return lambda *_: self.append(name)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    done = Calls()
    for name in ("die_with_parent", "confine", "serve"):
        monkeypatch.setattr(nursery, name, done.noting(name))
    return done


@pytest.mark.usefixtures("ends")
def test_a_worker_is_confined_before_it_serves_and_never_returns(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fork", lambda: 0)
    ours, theirs = socket.socketpair()
    control = SimpleNamespace(close=calls.noting("close"))
    with ours, pytest.raises(Ended) as ended:
        nursery._forked(theirs, control, {}, 2**20)  # type: ignore[arg-type]
    assert ended.value.args == (0,)
    assert calls == ["close", "die_with_parent", "confine", "serve"]

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(nursery, "confine", broken)
    ours, theirs = socket.socketpair()
    with ours, pytest.raises(Ended):  # whatever happens, it ends
        nursery._forked(theirs, control, {}, 2**20)  # type: ignore[arg-type]
    assert calls.count("serve") == 1


@pytest.mark.usefixtures("ends")
def test_the_nursery_forks_kills_and_reaps_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    born, killed, reaped = iter(range(1001, 1009)), list[tuple[int, int]](), list[int]()
    monkeypatch.setattr(os, "fork", lambda: next(born))
    monkeypatch.setattr(os, "kill", lambda *what: killed.append(what))
    monkeypatch.setattr(os, "waitpid", lambda child, _: reaped.append(child))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    line, other = socket.socketpair(socket.AF_UNIX)
    with ours, theirs, line, other:
        for number in (1, 2, 3):
            socket.send_fds(ours, [nursery.order(nursery.FORK, number)], [other.fileno()])
        ours.sendall(nursery.order(nursery.KILL, 2))
        ours.sendall(nursery.order(nursery.KILL, 9))  # of none that it knows
        ours.shutdown(socket.SHUT_WR)
        with pytest.raises(Ended) as ended:
            nursery.nursery(theirs, "tests.workers.tasks", 2**20)
        assert decoded(next_frame(ours.recv)) == ""
    assert ended.value.args == (0,)
    assert killed == [(1002, signal.SIGKILL), (1001, signal.SIGKILL), (1003, signal.SIGKILL)]
    assert reaped == [1002, 1001, 1003]


@pytest.mark.usefixtures("ends")
def test_where_no_process_is_to_be_had_the_caller_sees_its_line_close(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise OSError(errno.EAGAIN, "")

    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    line, other = socket.socketpair(socket.AF_UNIX)
    with ours, theirs, line:
        with other:
            socket.send_fds(ours, [nursery.order(nursery.FORK, 1)], [other.fileno()])
        ours.shutdown(socket.SHUT_WR)
        with pytest.raises(Ended):
            nursery.nursery(theirs, "tests.workers.tasks", 2**20)
        assert line.recv(1) == b""


@pytest.mark.usefixtures("ends")
def test_a_module_that_does_not_import_is_told_and_no_order_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "freeze", lambda: None)
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        ours.sendall(b"no order at all")
        with pytest.raises(Ended):
            nursery.nursery(theirs, "symgd.no_such_module", 2**20)
        assert decoded(next_frame(ours.recv)).startswith("ModuleNotFoundError")


# the lone worker


def test_the_lone_worker_serves_two_pipes_and_nothing_else_reaches_its_output() -> None:
    code = f"""
from unittest import mock
from symgd.workers import nursery
with mock.patch.object(nursery, "confine"), mock.patch("symgd.workers.serving.allow_seconds"):
    nursery.main(["pipe", "tests.workers.tasks", "{2**20}"])
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, **pipes) as worker:  # type: ignore[call-overload]
        asked = [["print", "nowhere to be seen", 1.0, 1], ["echo", "梯度", 1.0, 2]]
        worker.stdin.write(b"".join(framed(encoded(request)) for request in asked))
        worker.stdin.flush()
        said = [decoded(next_frame(worker.stdout.read)) for _ in range(3)]
        worker.stdin.close()
        assert worker.stdout.read() == b""
    assert said == ["", ["done", None, "", 1], ["done", "梯度", "", 2]]
    assert worker.returncode == 0
