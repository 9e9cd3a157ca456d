"""Text files: read in the encodings that people have, written whole or not at all (beside, then renamed)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from symgd.errors import InputError, Reason
from symgd.limits import author, beyond

#: The encodings that are tried.
ENCODINGS = ("utf-8-sig", "cp950")
MARKED = ("utf-16",)
#: So ends the name of a file that is being written.
_PART = ".symgd-part"
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$) *(?:[.:]|\Z)", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Whether Windows takes a name of a file for a device, whatever its ending.

    >>> is_device("con"), is_device("NUL.csv"), is_device("control.csv")
    (True, True, False)
    """
    return _DEVICE.match(name) is not None


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, else Big5. Raises InputError where it cannot be read."""
    return decoded(read_bytes(path, "text_bytes"), path.name)


def named(path: Path) -> str:
    """What a path is called in a message: without its folders, where it has a name beside them.

    >>> named(Path("class/marks.csv")), named(Path("."))
    ('marks.csv', '.')
    """
    return path.name or str(path)


def read_bytes(path: Path, limit: str) -> bytes:
    """The bytes of a file, no more than a limit allows. Raises InputError where it cannot be read, or is larger."""
    name = named(path)
    try:
        with path.open("rb") as file:
            return bounded(file, limit, name)
    except FileNotFoundError:
        raise InputError("file-missing", name=name) from None
    except IsADirectoryError:
        raise InputError("file-folder", name=name) from None
    except (OSError, ValueError) as error:  # a name with a null character is a ValueError
        raise InputError("file", name=name[:60], reason=Reason(error)) from None


def bounded(stream: BinaryIO, limit: str, name: str) -> bytes:
    """All that a stream holds. Raises InputError where it is more than a limit allows."""
    most: int = getattr(author(), limit)
    content = stream.read(most + 1)
    if len(content) > most:
        raise beyond(limit, most, file=name)
    return content


def read_stream(stream: BinaryIO) -> str:
    """The text of standard input. Raises InputError as `read_text` does."""
    return decoded(bounded(stream, "text_bytes", "-"), "-")


def decoded(content: bytes, name: str) -> str:
    """Bytes as text: UTF-8, UTF-16 with a byte-order mark, else Big5. Raises InputError where it is none of them."""
    byte = 1
    for encoding in MARKED if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS:
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            byte = max(byte, error.start + 1)
    raise InputError("encoding", name=name, byte=byte)


def write_text_file(path: Path, text: str | Iterable[str]) -> None:
    """Write UTF-8 beside the target and rename; what stood there stays until the new file is whole.

    Text may come in parts, of which no more than one is held. Raises InputError where the folder is missing or may not
    be written.
    """
    write_file(path, (part.encode("utf-8", "replace") for part in ([text] if isinstance(text, str) else text)))


def write_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write bytes beside the target and rename. Raises InputError as `write_text_file` does."""
    temporary = path.with_name(f".{path.name[:80]}.{os.urandom(8).hex()}{_PART}")
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        with open(temporary, "xb", opener=_private) as file:
            file.writelines([content] if isinstance(content, bytes) else content)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise refused(path, error) from None
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def refused(path: Path, error: OSError) -> InputError:
    """Why a file could not be written; a folder that is missing is named."""
    return _without_folder(path) or InputError("write", name=path.name, reason=Reason(error))


def require_folder(path: Path) -> None:
    """Raises InputError where the folder of a file that is to be written is missing."""
    if error := _without_folder(path):
        raise error


def _without_folder(path: Path) -> InputError | None:
    missing = next((folder for folder in (*reversed(path.parents[:-1]), path.parent) if _is_missing(folder)), None)
    return None if missing is None else InputError("folder-missing", name=path.name, folder=missing)


def _is_missing(folder: Path) -> bool:
    try:
        return not folder.is_dir()
    except OSError:  # it is there, but not to be looked at
        return False


def sweep(folder: Path) -> None:
    """Take away what processes that were killed while they wrote have left in a folder."""
    for part in folder.glob(f".*{_PART}"):
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
