"""Where workers come from, on the caller's side: forked by a nursery, or processes on two pipes where no fork is.

Both kinds of home have the same methods, and so have both kinds of line to a worker.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import socket
import subprocess
import threading
import time
from functools import partial
from typing import Protocol

from symgd.workers.answers import decoded
from symgd.workers.frames import next_frame
from symgd.workers.nursery import FORK, KILL, order
from symgd.workers.setup import Setup, environment

#: Seconds that a child may take to import its module, and to take or follow an order.
START, ORDERLY = 60.0, 5.0


class NotStarted(Exception):
    """No worker is to be had; the text says why (the exception of the child)."""


class Line(Protocol):
    """The way to one worker, held by one thread at a time."""

    jobs: int

    def wait(self) -> None:
        """Wait until the worker is warm; raises NotStarted."""

    def alive(self) -> bool:
        """Whether a worker that has nothing to do is still there."""

    def exchange(self, request: bytes, seconds: float) -> bytes:
        """Send a frame and give the one that comes back; raises TimeoutError, or EOFError or OSError at a death."""


class Home(Protocol):
    """A source of workers for one module; OSError when it is no longer there."""

    #: Workers to keep beyond those in use.
    spares: int

    def alive(self) -> bool:
        """Whether new workers can come from here."""

    def spawn(self) -> Line:
        """A new worker; it need not be ready yet."""

    def retire(self, line: Line) -> None:
        """End a worker at once, whatever it does."""

    def close(self) -> None:
        """End all workers and wait until they are gone."""

    def forget(self, lines: list[Line]) -> None:
        """In a forked process: let go of what belongs to the parent."""


class ForkedLine:
    """A socket to a worker that the nursery forks."""

    def __init__(self, number: int, end: socket.socket) -> None:
        """`number` is the nursery's name for the worker."""
        self.number, self.end, self.jobs = number, end, 0

    def wait(self) -> None:
        """Nothing: a forked worker is born warm."""

    def alive(self) -> bool:
        """Whether the other end is open, and quiet: a worker that speaks unasked is out of step."""
        self.end.setblocking(False)
        try:
            self.end.recv(1, socket.MSG_PEEK)
            return False
        except BlockingIOError:
            return True
        except OSError:
            return False

    def exchange(self, request: bytes, seconds: float) -> bytes:
        """Send a frame and wait for one."""
        until = time.monotonic() + seconds
        self._allow(until)
        self.end.sendall(request)
        return next_frame(partial(self._read, until))

    def _read(self, until: float, count: int) -> bytes:
        self._allow(until)
        return self.end.recv(count)

    def _allow(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.end.settimeout(left)


class Nursery:
    """A warm process of one thread that forks a worker for each order."""

    spares = 1

    def __init__(self, setup: Setup) -> None:
        """Start it and wait until it is warm; raises NotStarted."""
        self._numbers = itertools.count(1)
        self._control, theirs = socket.socketpair(socket.AF_UNIX)
        with theirs:
            try:
                self._process = _started(setup, str(theirs.fileno()), pass_fds=(theirs.fileno(),))
            except NotStarted:
                self._control.close()
                raise
        self._control.settimeout(START)
        try:
            problem = _problem(partial(next_frame, self._control.recv))
        except BaseException:
            self.close()
            raise
        if problem:
            self.close()
            raise NotStarted(problem)
        self._control.settimeout(ORDERLY)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def spawn(self) -> ForkedLine:
        """Order a worker; its socket takes a request before the worker is there."""
        number = next(self._numbers)
        ours, theirs = socket.socketpair(socket.AF_UNIX)
        with theirs:
            try:
                socket.send_fds(self._control, [order(FORK, number)], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ForkedLine(number, ours)

    def retire(self, line: Line) -> None:
        """Order the end of a worker."""
        assert isinstance(line, ForkedLine)
        line.end.close()
        with contextlib.suppress(OSError):
            self._control.sendall(order(KILL, line.number))

    def close(self) -> None:
        """Close the socket: the nursery kills its workers, reaps them and ends."""
        self._control.close()
        try:
            self._process.wait(ORDERLY)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def forget(self, lines: list[Line]) -> None:
        """Close this process's copies, so that they keep nothing alive."""
        self._control.close()
        for line in lines:
            assert isinstance(line, ForkedLine)
            line.end.close()
        self._process.returncode = 0  # not our child: nothing to wait for, and nothing to warn of


class PipedLine:
    """A process on two pipes, and the thread that carries (a pipe has no deadline on every system)."""

    def __init__(self, setup: Setup) -> None:
        """Start the process; it gets warm while nobody waits."""
        self.jobs = 0
        self._process = _started(setup, "pipe", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._cold = True
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait for the word that the module is imported."""
        if self._cold:
            problem = _problem(partial(self._answer, START))
            if problem:
                raise NotStarted(problem)
        self._cold = False

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def exchange(self, request: bytes, seconds: float) -> bytes:
        """Send a frame and wait for one."""
        self._requests.put(request)
        return self._answer(seconds)

    def end(self) -> None:
        """Kill the process and let the thread end."""
        self._process.kill()
        self._process.wait()
        self._requests.put(None)
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe and pipe.close()

    def _answer(self, seconds: float) -> bytes:
        try:
            answer = self._answers.get(timeout=seconds)
        except queue.Empty:
            raise TimeoutError from None
        if answer is None:
            raise EOFError
        return answer

    def _carry(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        into, read = self._process.stdin, partial(os.read, self._process.stdout.fileno())
        with contextlib.suppress(EOFError, OSError):
            self._answers.put(next_frame(read))
            while (request := self._requests.get()) is not None:
                into.write(request)
                into.flush()
                self._answers.put(next_frame(read))
        self._answers.put(None)


class Pipes:
    """Processes on pipes, each started anew: slow to replace, and at home on every system."""

    spares = 0

    def __init__(self, setup: Setup) -> None:
        """Nothing runs yet."""
        self._setup = setup
        self._lines: set[PipedLine] = set()

    def alive(self) -> bool:
        """Always: there is nothing that could have died."""
        return True

    def spawn(self) -> PipedLine:
        """Start a process."""
        line = PipedLine(self._setup)
        self._lines.add(line)
        return line

    def retire(self, line: Line) -> None:
        """Kill a process."""
        assert isinstance(line, PipedLine)
        self._lines.discard(line)
        line.end()

    def close(self) -> None:
        """Kill all of them."""
        for line in list(self._lines):
            self.retire(line)

    def forget(self, lines: list[Line]) -> None:
        """Leave them to the parent, which alone holds the threads."""
        for line in self._lines:
            line._process.returncode = 0
        self._lines.clear()


def _started(setup: Setup, channel: str, **options: object) -> subprocess.Popen[bytes]:
    nowhere = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    keywords = {**nowhere, **options, "env": environment(), "start_new_session": True}
    try:
        return subprocess.Popen(setup.command(channel), **keywords)  # type: ignore[call-overload,no-any-return]
    except OSError as error:
        raise NotStarted(str(error)) from error


def _problem(read: partial[bytes]) -> str:
    """What a child says of its start; its silence or death is told by the name of the exception."""
    try:
        return str(decoded(read()))
    except (OSError, EOFError) as error:
        return type(error).__name__


def usual_home() -> type[Nursery] | type[Pipes]:
    """The kind of home for this system."""
    return Nursery if hasattr(os, "fork") and hasattr(socket, "AF_UNIX") else Pipes
