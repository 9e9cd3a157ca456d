"""Messages on a stream: four bytes that say the length (big-endian), then as many bytes."""

from __future__ import annotations

from collections.abc import Callable

#: The longest message, in bytes: neither side makes the other hold more.
LARGEST = 64 * 2**20
_HEAD = 4

#: Gives at least one and at most so many bytes, or none at the end of the stream.
Read = Callable[[int], bytes]


def framed(body: bytes) -> bytes:
    """The message with its length before it. Raises ValueError past `LARGEST`.

    >>> framed(b"hi")
    b'\\x00\\x00\\x00\\x02hi'
    """
    if len(body) > LARGEST:
        raise ValueError(f"{len(body)} bytes, at most {LARGEST}")
    return len(body).to_bytes(_HEAD, "big") + body


def next_frame(read: Read) -> bytes:
    """The next message. Raises EOFError where the stream ends before it does, or names a length past `LARGEST`.

    >>> import io
    >>> next_frame(io.BytesIO(framed(b"hi") + framed(b"")).read)
    b'hi'
    """
    length = int.from_bytes(exactly(read, _HEAD), "big")
    if length > LARGEST:
        raise EOFError(length)
    return exactly(read, length)


def exactly(read: Read, count: int) -> bytes:
    """So many bytes, in as many reads as it takes. Raises EOFError.

    >>> import io
    >>> exactly(io.BytesIO(b"abc").read, 2)
    b'ab'
    """
    parts = []
    while count:
        part = read(min(count, 2**20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
