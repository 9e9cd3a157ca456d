"""Inside the children: the nursery, which is warm and forks workers, and the lone worker on two pipes.

The nursery is told over its socket, five bytes a time: "f" and a number, with a socket for the new worker, or "k" and
the number of the worker to kill. It alone reaps its workers, so the process of a number is never another's.
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import signal
import socket
import sys
import threading
from functools import partial

from symgd.workers.answers import encoded
from symgd.workers.frames import exactly, framed, next_frame
from symgd.workers.limits import confine, die_with_parent
from symgd.workers.serving import Tasks, load, serve

FORK, KILL = b"f", b"k"
ORDER = 5


def order(what: bytes, number: int) -> bytes:
    """An order to the nursery.

    >>> order(KILL, 3)
    b'k\\x00\\x00\\x00\\x03'
    """
    return what + number.to_bytes(ORDER - 1, "big")


def main(arguments: list[str]) -> None:
    """Be a child: the arguments are a channel ("pipe" or the number of a socket), a module and bytes of memory."""
    channel, module, memory, *_ = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.dont_write_bytecode = True
    if channel == "pipe":
        lone_worker(module, int(memory))
    else:
        nursery(socket.socket(fileno=int(channel)), module, int(memory))


def nursery(control: socket.socket, module: str, memory: int) -> None:
    """Import the module, say so, and follow orders until the socket ends; then nothing is left running."""
    tasks, problem = load(module)
    gc.collect()
    gc.freeze()  # a collection in a worker would touch, and so copy, every page
    children: dict[int, int] = {}
    with contextlib.suppress(EOFError, OSError):
        control.sendall(framed(encoded(problem)))
        while not problem:
            _follow(control, children, tasks, memory)
    for number in list(children):
        _end(children, number)
    os._exit(0)


def _follow(control: socket.socket, children: dict[int, int], tasks: Tasks, memory: int) -> None:
    start, passed, _, _ = socket.recv_fds(control, ORDER, 1)
    if not start:
        raise EOFError
    said = start + exactly(control.recv, ORDER - len(start))
    number = int.from_bytes(said[1:], "big")
    if said[:1] == KILL:
        _end(children, number)
    for end in passed:
        with contextlib.suppress(OSError):  # no process to be had: the caller sees its socket close
            children[number] = _forked(socket.socket(fileno=end), control, tasks, memory)


def _forked(line: socket.socket, control: socket.socket, tasks: Tasks, memory: int) -> int:
    nursery_id = os.getpid()
    with line:
        child = os.fork()
        if child:
            return child
        try:
            control.close()
            die_with_parent(nursery_id)
            confine(memory)
            serve(partial(next_frame, line.recv), line.sendall, tasks)
        finally:
            os._exit(0)


def _end(children: dict[int, int], number: int) -> None:
    child = children.pop(number, None)
    if child is not None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def lone_worker(module: str, memory: int) -> None:
    """Serve on standard input and output, for systems without fork; the end of the input ends it, even at work."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    tasks, problem = load(module)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_take_in, args=(requests,), daemon=True).start()
    confine(memory)
    with contextlib.suppress(OSError):
        _write(out.fileno(), framed(encoded(problem)))
        serve(requests.get, partial(_write, out.fileno()), tasks)
    os._exit(0)


def _take_in(requests: queue.SimpleQueue[bytes]) -> None:
    with contextlib.suppress(EOFError, OSError):
        while True:
            requests.put(next_frame(partial(os.read, sys.stdin.fileno())))
    os._exit(0)


def _write(end: int, data: bytes) -> None:
    while data:
        data = data[os.write(end, data) :]
