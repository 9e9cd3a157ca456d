"""Headless Chromium for tests: a page measured, a page printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
)
OUTER = """<!doctype html>
<iframe id=f src=page.html style="width:{width}px;height:900px;border:0"></iframe><pre id=r></pre>
<script>
f.onload = async () => {{
  const d = f.contentDocument;
  await d.fonts.ready;
  r.textContent = JSON.stringify(({script})(d));
}};
</script>"""


def chromium() -> str:
    """The program; without it the test skips, and fails where CI has promised a browser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("SYMGD_REQUIRE_BROWSER"):
        pytest.fail("no Chromium here, and SYMGD_REQUIRE_BROWSER is set")
    pytest.skip("no Chromium here: install Debian's chromium to run the browser tests")


def run(*arguments: str) -> str:
    """Chromium with a profile of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium(), *FLAGS, f"--user-data-dir={profile}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def measured(html: str, folder: Path, width: int, script: str) -> Any:
    """The value of a script in the page at a width: the page stands in a frame, whose size is not bounded below."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    outer = folder / "outer.html"
    outer.write_text(OUTER.format(width=width, script=script), encoding="utf-8")
    dom = run("--allow-file-access-from-files", "--dump-dom", outer.as_uri())
    found = re.search(r'<pre id="r">(.*?)</pre>', dom, re.DOTALL)
    answer = found[1] if found else ""
    assert answer, dom[-500:]
    return json.loads(answer.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def printed(html: str, folder: Path) -> Path:
    """The page as PDF."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    target = folder / "page.pdf"
    run("--no-pdf-header-footer", f"--print-to-pdf={target}", (folder / "page.html").as_uri())
    return target
