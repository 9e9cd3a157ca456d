"""The pool: hands tasks to workers, keeps the deadline, and replaces what died."""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import threading
import weakref
from collections.abc import Callable, Iterable
from types import TracebackType

from symgd.workers.answers import JSON, STATES, Answer, decoded, encoded, told
from symgd.workers.frames import framed
from symgd.workers.here import Here, is_in_process
from symgd.workers.homes import Home, Line, NotStarted, usual_home
from symgd.workers.setup import Setup

MIB = 2**20
_LONGEST = 1e6
#: Each request has one of its own.
_NUMBERS = itertools.count(1)
#: After these a worker's memory is not to be trusted with the next task.
_SPOILED = ("MemoryError",)


class Pool:
    """Worker processes that run the TASKS of one module, each task with a deadline and a limit of memory.

    `module` is the dotted name of a module with `TASKS: dict[str, Callable[[JSON], JSON]]`; it is chosen by the
    program, never by input. `size` is how many tasks may run at once (further callers wait their turn), `memory` the
    bytes that a worker may take beyond what it holds at birth, `recycle` the tasks after which it is replaced, `path`
    folders that the workers import from besides symgd's own. Nothing runs before the first call, and nothing after
    `close` (a later call starts anew), after the program, or after its death. Threads may share a pool, and a forked
    process starts workers of its own.

    >>> with Pool("symgd.no_such_module") as pool:
    ...     pool.call("double", 4)
    Answer(state='failed', value=None, message="ModuleNotFoundError: No module named 'symgd.no_such_module'")
    """

    def __init__(
        self,
        module: str,
        *,
        size: int = 1,
        memory: int = 512 * MIB,
        recycle: int = 1000,
        path: Iterable[str] = (),
        home: Callable[[Setup], Home] | None = None,
    ) -> None:
        """Start nothing yet; `home` overrides how workers come to be (see `symgd.workers.homes`)."""
        self._setup = Setup(module, memory, tuple(path))
        self._size, self._recycle = size, recycle
        self._make = home or usual_home()
        self._reset()
        _POOLS.add(self)

    def call(self, task: str, payload: JSON = None, deadline: float = 1.0) -> Answer:
        """Run a task in a worker; whatever becomes of it, the outcome is an Answer and no exception.

        `deadline` is in seconds, from when a worker takes the task: neither the start of the pool nor the wait for
        other callers counts, so that a verdict does not hang on them.
        """
        deadline = min(max(0.0, deadline), _LONGEST)
        try:
            number = next(_NUMBERS)
            request = framed(encoded([task, payload, deadline, number]))
        except (TypeError, ValueError, RecursionError) as error:
            return Answer("failed", None, told(error))
        with self._places:
            try:
                return self._asked(self._take(), request, deadline, number)
            except NotStarted as problem:
                return Answer("failed", None, str(problem))

    def start(self) -> None:
        """Start now, so that the first call need not; a start that fails is told by that call."""
        with self._lock:
            try:
                self._top_up(self._running(), 1)
            except (NotStarted, OSError):
                self._end()

    def close(self) -> None:
        """End every process of the pool and wait until they are gone."""
        with self._lock:
            self._end()

    def __enter__(self) -> Pool:
        """The pool itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _reset(self) -> None:
        self._places = threading.BoundedSemaphore(self._size)
        self._lock = threading.RLock()
        self._home: Home | None = None
        self._ready: list[Line] = []
        self._busy: dict[Line, Home] = {}
        self._most = 0

    def _forget(self) -> None:
        home, lines = self._home, [*self._ready, *self._busy]
        self._reset()
        if home:
            home.forget(lines)

    def _running(self) -> Home:
        if self._home and not self._home.alive():
            self._end()
        if not self._home:
            self._home = self._make(self._setup)
        return self._home

    def _end(self) -> None:
        home, lines = self._home, self._ready
        self._home, self._ready, self._most = None, [], 0
        if home:
            for line in lines:
                home.retire(line)
            home.close()

    def _take(self) -> Line:
        """A worker for this thread alone; raises NotStarted."""
        with self._lock:
            home = self._running()
            try:
                line = self._warm(home) or home.spawn()
            except OSError as error:
                self._end()
                raise NotStarted(told(error)) from error
            self._busy[line] = home
            self._most = max(self._most, len(self._busy))
            self._top_up(home, self._most)
            return line

    def _warm(self, home: Home) -> Line | None:
        while self._ready:
            line = self._ready.pop()
            if line.alive():
                return line
            home.retire(line)
        return None

    def _top_up(self, home: Home, wanted: int) -> None:
        """Have as many workers as were ever in use at once, and the spares."""
        missing = wanted + home.spares - len(self._ready) - len(self._busy)
        try:
            self._ready[:0] = [home.spawn() for _ in range(missing)]
        except (OSError, NotStarted):
            return  # the next call finds out, and tells

    def _asked(self, line: Line, request: bytes, deadline: float, number: int) -> Answer:
        answer = None
        try:
            answer = _exchanged(line, request, deadline, number)
            return answer
        finally:
            self._give_back(line, answer)

    def _give_back(self, line: Line, answer: Answer | None) -> None:
        """Keep a worker for the next task, or replace it; no answer: no start, or an interrupted caller."""
        line.jobs += 1
        with self._lock:
            home = self._busy.pop(line)
            current = home is self._home
            if current and answer and _sound(answer) and line.jobs < self._recycle:
                self._ready.append(line)
                return
            if current:
                self._top_up(home, self._most)  # before its end, which takes its time
            home.retire(line)


def _sound(answer: Answer) -> bool:
    return answer.state == "done" or (answer.state == "failed" and not answer.message.startswith(_SPOILED))


def _exchanged(line: Line, request: bytes, deadline: float, number: int) -> Answer:
    try:
        line.wait()
        return _read(line.exchange(request, deadline), number)
    except TimeoutError as error:
        return Answer("late", None, told(error))
    except (OSError, EOFError) as error:
        return Answer("crashed", None, told(error))


def _read(data: bytes, number: int) -> Answer:
    try:
        state, value, message, answered = decoded(data)
        if answered != number:
            raise ValueError(f"the answer to {answered!r:.20}, not to {number}")
        return Answer(STATES[STATES.index(state)], value, str(message))
    except (TypeError, ValueError, RecursionError) as error:  # no worker of ours says this: it is replaced
        return Answer("crashed", None, told(error))


_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for pool in list(_POOLS):
        pool.close()


def _forget_all() -> None:
    for pool in list(_POOLS):
        pool._forget()


if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows, where nothing forks
    os.register_at_fork(after_in_child=_forget_all)


def shared_pool(module: str) -> Pool | Here:
    """The one pool of this process for a module, with the usual limits; where `in_process` was chosen, this process.

    >>> shared_pool("symgd.some_tasks") is shared_pool("symgd.some_tasks")
    True
    """
    return Here(module) if is_in_process() else _pool(module)


@functools.cache
def _pool(module: str) -> Pool:
    return Pool(module)
