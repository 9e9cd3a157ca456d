"""Writing files whole or not at all: beside, then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from symgd.errors import InputError


def write_text_file(path: Path, text: str) -> None:
    """Write UTF-8 beside the target and rename; what stood there stays until the new file is whole.

    Raises InputError where the folder is missing or may not be written.
    """
    folder = path.parent
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise InputError("write", name=path.name, reason=error.strerror or "") from None
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
