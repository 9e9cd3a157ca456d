"""Printing by a browser that is installed: a page of ours to PDF, with a profile of its own and a deadline."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from symgd.errors import InputError, Reason

#: Names of programs that print pages, and where they usually stand on systems that have no search path for them.
PROGRAMS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser"),
)
PLACES: Mapping[str, Sequence[str]] = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    "win32": (
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
        r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
        r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
    ),
}
#: Names a program to use instead.
VARIABLE = "SYMGD_BROWSER"
#: Seconds for a page.
DEADLINE = 60.0
_FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pdf-header-footer"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=10000"),
)


def browser() -> str:
    """The program that prints. Raises InputError where there is none."""
    found = next(_found(), None)
    if found is None:
        raise InputError("no-browser", variable=VARIABLE)
    return found


def _found() -> Iterator[str]:
    if asked := os.environ.get(VARIABLE):
        if not shutil.which(asked):
            raise InputError("browser-missing", name=asked, variable=VARIABLE)
        yield asked
    yield from (path for name in PROGRAMS if (path := shutil.which(name)))
    yield from (path for place in PLACES.get(sys.platform, ()) if os.path.isfile(path := os.path.expandvars(place)))


def pdf_of(page: str, deadline: float = DEADLINE) -> bytes:
    """A page as PDF, on the paper that its style asks for.

    Raises InputError where no browser is installed, or where it fails or is not ready in time.
    """
    program = browser()
    with tempfile.TemporaryDirectory(prefix="symgd-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        command = [program, *_FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri()]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium refuses to run as the superuser with one
        try:
            subprocess.run(command, capture_output=True, timeout=deadline, check=True, stdin=subprocess.DEVNULL)
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise InputError("browser-failed", name=Path(program).name, reason=_reason(error)) from None


def _reason(error: OSError | subprocess.SubprocessError) -> Reason:
    if isinstance(error, subprocess.TimeoutExpired):
        return Reason(TimeoutError(errno.ETIMEDOUT, ""))
    return Reason(error if isinstance(error, OSError) else OSError(errno.EPROTO, ""))
