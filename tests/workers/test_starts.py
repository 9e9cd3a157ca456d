"""Workers that do not start, do not end, or were gone before anyone asked."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from symgd.workers import Answer, Pool, homes
from symgd.workers import spread as spreading
from symgd.workers.answers import encoded
from symgd.workers.frames import framed, next_frame
from symgd.workers.homes import ForkedLine, Line, NotStarted, Nursery, Pipes
from symgd.workers.setup import Setup
from symgd.workers.spread import spread
from tests.workers.processes import gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked here")
ROOT = str(Path(__file__).resolve().parents[2])
SETUP = Setup("tests.workers.tasks", 2**29, (ROOT,))


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery(SETUP)
    yield made
    made.close()


def test_a_line_whose_other_end_is_gone_is_not_alive() -> None:
    ours, theirs = socket.socketpair()
    line = ForkedLine(1, ours)
    assert line.alive()
    theirs.sendall(b"x")
    assert not line.alive()  # it speaks unasked
    assert ours.recv(1) == b"x"
    ours.sendall(b"x")
    theirs.close()  # what it was sent is lost
    assert not line.alive()
    ours.close()


def test_an_interrupt_while_it_starts_leaves_no_nursery(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    start = homes._started

    def noting(*words: Any, **options: Any) -> Any:
        process = start(*words, **options)
        started.append(process.pid)
        return process

    def interrupted(_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(homes, "_started", noting)
    monkeypatch.setattr(homes, "_problem", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Nursery(SETUP)
    assert len(started) == 1
    assert gone(set(started))


def test_a_nursery_that_died_gives_no_worker(nursery: Nursery) -> None:
    assert nursery.alive()
    nursery._process.kill()
    nursery._process.wait()
    assert not nursery.alive()
    with pytest.raises(BrokenPipeError):
        nursery.spawn()


def test_a_nursery_that_does_not_end_is_killed(nursery: Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "ORDERLY", 0.05)
    os.kill(nursery._process.pid, signal.SIGSTOP)
    nursery.close()
    assert nursery._process.returncode == -signal.SIGKILL


def test_the_end_of_pipes_ends_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Pipes(SETUP)
    lines = [home.spawn(), home.spawn()]
    assert all(line.alive() for line in lines)
    home.close()
    assert not any(line.alive() for line in lines)
    assert home.alive()


def test_a_forked_process_forgets_the_pipes_of_its_parent() -> None:
    home = Pipes(SETUP)
    line = home.spawn()
    process = line._process
    home.forget([line])
    assert process.returncode == 0
    home.close()  # there is nothing left that it could end
    os.kill(process.pid, 0)
    process.returncode = None
    line.end()


def test_what_a_child_says_of_its_start() -> None:
    def silent() -> bytes:
        raise EOFError

    def late() -> bytes:
        raise TimeoutError

    assert homes._problem(partial(lambda: b'"no module"')) == "no module"
    assert homes._problem(partial(silent)) == "EOFError"
    assert homes._problem(partial(late)) == "TimeoutError"


@pytest.mark.parametrize("home", [Nursery, Pipes])
def test_a_program_that_is_not_there_is_told(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Pool(SETUP.module, path=[ROOT], home=home) as pool:
        pool.start()  # says nothing
        found = pool.call("echo", 1)
    assert found.state == "failed"
    assert "/nowhere/python" in found.message


class Still:
    """A line that answers every request with 1."""

    jobs = 0

    def wait(self) -> None:
        pass

    def alive(self) -> bool:
        return True

    def exchange(self, request: bytes, seconds: float) -> bytes:
        return json.dumps(["done", 1, "", json.loads(request[4:])[3]]).encode()


class Poor:
    """A home that has only so many workers to give."""

    spares = 1

    def __init__(self, _: Setup, left: int, error: Exception) -> None:
        self.left, self.error, self.closed = left, error, 0
        self.retired: list[Line] = []

    def alive(self) -> bool:
        return True

    def spawn(self) -> Line:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return Still()

    def retire(self, line: Line) -> None:
        self.retired.append(line)

    def close(self) -> None:
        self.closed += 1

    def forget(self, lines: list[Line]) -> None:
        pass


@pytest.mark.parametrize("error", [OSError(errno.EAGAIN, "no process"), NotStarted("no process")])
def test_a_pool_that_gets_no_worker_says_so_each_time(error: Exception) -> None:
    made: list[Poor] = []

    def make(setup: Setup) -> Poor:
        made.append(Poor(setup, 0, error))
        return made[-1]

    pool = Pool("json", home=make)
    for _ in range(2):
        found = pool.call("loads", "1")
        assert (found.state, "no process" in found.message) == ("failed", True)
    pool.close()
    assert [home.closed for home in made][:1] == [1]


def test_a_pool_works_without_a_spare() -> None:
    home = Poor(SETUP, 1, OSError(errno.EAGAIN, "no process"))
    pool = Pool("json", home=lambda _: home)
    for _ in range(3):
        assert pool.call("loads", "1") == Answer("done", 1)
    assert home.retired == []
    pool.close()
    assert (len(home.retired), home.closed) == (1, 1)


def test_a_start_that_fails_is_told_by_the_first_call() -> None:
    def none(_: Setup) -> Poor:
        raise NotStarted("not here")

    pool = Pool("json", home=none)
    pool.start()
    assert pool.call("loads", "1") == Answer("failed", None, "not here")


def test_framed_messages_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.workers import frames

    monkeypatch.setattr(frames, "LARGEST", 3)
    assert framed(b"abc") == b"\0\0\0\3abc"
    with pytest.raises(ValueError, match="at most 3"):
        framed(b"abcd")
    with pytest.raises(EOFError):
        frames.next_frame(lambda _: b"\0\0\0\4")


def _dies_in_a_pool(task: tuple[int, int]) -> int:
    parent, value = task
    if value == 3 and os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return 10 * value


def test_what_kills_each_process_is_done_here_at_last() -> None:
    tasks = [(os.getpid(), value) for value in range(5)]
    assert sorted(result for _, result in spread(_dies_in_a_pool, tasks, 2)) == [0, 10, 20, 30, 40]


def test_a_pool_that_never_started_has_nothing_to_forget() -> None:
    pool = Pool("json", home=lambda _: Poor(SETUP, 2, OSError()))
    pool._forget()
    assert pool.call("loads", "1") == Answer("done", 1)
    pool._forget()
    assert pool._home is None


def test_a_process_of_a_pool_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    monkeypatch.setattr(os, "_exit", done.append)
    monkeypatch.setattr(signal, "signal", lambda *what: done.append(what))
    monkeypatch.setattr(spreading, "parent_process", lambda: None)
    spreading._end_with_parent()  # this process is no child of a pool
    assert done == []

    class Parent:
        def join(self) -> None:
            done.append("waited")

    monkeypatch.setattr(spreading, "parent_process", Parent)
    spreading._begin()
    until = time.monotonic() + 5
    while 1 not in done and time.monotonic() < until:
        time.sleep(0.01)
    assert done == [(signal.SIGINT, signal.SIG_IGN), (signal.SIGTERM, signal.SIG_DFL), "waited", 1]


def test_work_is_spread_and_who_stops_asking_stops_it() -> None:
    assert sorted(spread(abs, [-1, -2, -3], 2)) == [(-3, 3), (-2, 2), (-1, 1)]
    work: Any = spread(abs, list(range(-50, 0)), 2)
    next(work)
    work.close()


def test_the_command_of_a_child_makes_its_folders_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.workers import __main__ as door
    from symgd.workers import nursery

    asked: list[list[str]] = []
    monkeypatch.setattr(nursery, "main", asked.append)
    monkeypatch.setattr(sys, "path", ["here"])
    door.main(["pipe", "module", "7", "here", "there"])
    assert asked == [["pipe", "module", "7", "here", "there"]]
    assert sys.path == ["there", "here"]


def test_where_the_system_has_no_limits_there_are_none() -> None:
    code = """
import sys
sys.modules["resource"] = None
from symgd.workers import limits
assert limits.resource is None
limits.allow_seconds(1.0)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_lone_worker_that_nobody_hears_ends() -> None:
    code = """
from unittest import mock
from symgd.workers import nursery
with mock.patch.object(nursery, "confine"), mock.patch("symgd.workers.serving.allow_seconds"):
    nursery.main(["pipe", "tests.workers.tasks", "1048576"])
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, **pipes) as worker:  # type: ignore[call-overload]
        assert next_frame(worker.stdout.read)
        worker.stdout.close()
        worker.stdin.write(framed(encoded(["echo", 1, 1.0, 1])))
        worker.stdin.flush()
        assert worker.wait(60) == 0


def test_without_workers_a_module_that_does_not_import_is_told() -> None:
    from symgd.workers.here import Here

    found = Here("symgd.no_such_module").call("double", 4)
    assert (found.state, found.message) == ("failed", "ModuleNotFoundError: No module named 'symgd.no_such_module'")


@pytest.mark.parametrize("user", [0, 1000])
def test_only_the_superuser_prints_without_a_sandbox(user: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.errors import InputError
    from symgd.workers import browser

    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> None:
        commands.append(command)
        raise OSError(errno.ENOENT, "gone")

    monkeypatch.setenv(browser.VARIABLE, "/bin/false")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(InputError) as caught:
        browser.pdf_of("<p>page</p>")
    assert caught.value.code == "browser-failed"
    assert ("--no-sandbox" in commands[0]) is (user == 0)
