"""What a call gives back, and the JSON that goes both ways."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

#: What json.dumps takes without NaN: None, booleans, numbers, text, lists and dicts with text for keys.
JSON: TypeAlias = Any
State: TypeAlias = Literal["done", "late", "crashed", "failed"]
STATES: tuple[State, ...] = ("done", "late", "crashed", "failed")
_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task.

    `state` is "done" (`value` holds the result), "late" (past the deadline; the worker was killed), "crashed" (the
    worker died) or "failed" (the task raised). `message` names the exception and is empty when the task is done.

    >>> Answer("done", 4).value
    4
    >>> Answer("late", None, "TimeoutError").state
    'late'
    """

    state: State
    value: JSON = None
    message: str = ""


def told(error: BaseException) -> str:
    """The type of an exception and, where it has one, the start of its text.

    >>> told(ValueError("no such name")), told(MemoryError())
    ('ValueError: no such name', 'MemoryError')
    """
    text = str(error)[:_MESSAGE]
    name = type(error).__name__
    return f"{name}: {text}" if text else name


def encoded(value: JSON) -> bytes:
    """A value as JSON in ASCII. Raises TypeError, ValueError (NaN, a cycle) or RecursionError.

    >>> encoded({"a": "é"})
    b'{"a": "\\\\u00e9"}'
    """
    # ASCII with escapes carries lone surrogates too, which UTF-8 refuses.
    return json.dumps(value, allow_nan=False).encode("ascii")


def decoded(data: bytes) -> JSON:
    """The value that JSON text stands for. Raises ValueError or RecursionError.

    >>> decoded(b"[1, null]")
    [1, None]
    """
    return json.loads(data)
