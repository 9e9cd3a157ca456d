"""Inside a worker: take a request, run its task, give the answer."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping

from symgd.workers.answers import JSON, decoded, encoded, told
from symgd.workers.frames import framed
from symgd.workers.limits import allow_seconds

Tasks = Mapping[str, Callable[[JSON], JSON]]


def load(module: str) -> tuple[Tasks, str]:
    """The tasks of a module, and what went wrong (empty if nothing did).

    >>> load("symgd.no_such_module")
    ({}, "ModuleNotFoundError: No module named 'symgd.no_such_module'")
    """
    try:
        return importlib.import_module(module).TASKS, ""
    except Exception as error:
        return {}, told(error)


def serve(receive: Callable[[], bytes], send: Callable[[bytes], object], tasks: Tasks) -> None:
    """Answer requests until the stream ends."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            send(framed(answer(receive(), tasks, allow_seconds)))


def answer(request: bytes, tasks: Tasks, limit: Callable[[float], None] = lambda _: None) -> bytes:
    """The answer to one request, as JSON: its state, value and message.

    `limit` is told the seconds asked for. It ends the process that it limits, so only a worker's loop passes one. A
    number behind them comes back behind the message, so that no answer is taken for that to another request.

    >>> answer(b'["double", 4, 1.0]', {"double": lambda x: 2 * x})
    b'["done", 8, ""]'
    >>> answer(b'["double", 4, 1.0, 17]', {"double": lambda x: 2 * x})
    b'["done", 8, "", 17]'
    >>> answer(b'["half", 4, 1.0]', {})
    b'["failed", null, "LookupError: half"]'
    """
    number: list[JSON] = []
    try:
        task, payload, seconds, *number = decoded(request)
        limit(seconds)
        body = encoded(["done", _named(task, tasks)(payload), "", *number])
        framed(body)
    except BaseException as error:
        body = encoded(["failed", None, told(error), *number])
    return body


def _named(task: str, tasks: Tasks) -> Callable[[JSON], JSON]:
    if task not in tasks:
        raise LookupError(task)
    return tasks[task]
