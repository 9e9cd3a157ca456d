"""The page as a browser draws and prints it. Needs Chromium; skipped without it unless SYMGD_REQUIRE_BROWSER=1."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from symgd.handouts.page import html_page
from tests.handouts.test_page import SAMPLES

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars"
)
#: Put into a copy of the page: waits for the font, then writes what it measured into the page.
PROBE = """<script>
addEventListener("load", async () => {
  const box = node => node.getBoundingClientRect();
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  await document.fonts.ready;
  const point = cell => {
    const range = document.createRange(), text = cell.firstChild, place = text.data.indexOf(".");
    range.setStart(text, place); range.setEnd(text, place + 1);
    return range.getBoundingClientRect().left;
  };
  const rows = all("tbody tr").map(row => all("td.right", row));
  const numbers = rows[0].map((_, k) => rows.map(row => row[k]).filter(cell => cell.textContent.includes(".")));
  const tall = all("mo").filter(mo => mo.textContent == "(" && mo.parentNode.querySelector("mfrac"));
  const low = all("mo").filter(mo => mo.textContent == "(" && !mo.parentNode.querySelector("mfrac"));
  const out = parent.document.createElement("pre");
  out.id = "measured";
  out.textContent = JSON.stringify({
    wide: document.documentElement.scrollWidth, window: innerWidth,
    spilling: all("main > *, section > *").filter(node => box(node).right > innerWidth).map(node => node.outerHTML),
    fonts: [...document.fonts].filter(font => font.status == "loaded").map(font => font.family),
    tall: Math.min(...tall.map(mo => box(mo).height)), low: Math.max(...low.map(mo => box(mo).height)),
    roots: all("msqrt").map(root => box(root).right - box(root.lastElementChild).right),
    points: numbers.map(cells => cells.map(point)).map(places => Math.max(...places) - Math.min(...places)),
    numbers: numbers.map(cells => cells.length),
    blank: box(document.querySelector(".blank")).width,
    inks: ["old", "rate", "new"].map(role => getComputedStyle(document.querySelector("." + role)).color),
    ground: getComputedStyle(document.documentElement).backgroundColor,
  });
  parent.document.body.append(out);
});
</script>"""


def program(*names: str) -> str:
    """A program of the machine; without it the test is skipped, or fails where a browser is required."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        reason = f"none of these programs is here: {', '.join(names)}"
        if os.environ.get("SYMGD_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def browse(folder: Path, page: str, *options: str) -> str:
    """Open a page in a browser of its own and return what it writes out."""
    chromium = program("chromium", "chromium-browser", "google-chrome")
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as room:  # a socket's path must be short
        return _browsed(chromium, folder, Path(room), *options, file.as_uri())


def _browsed(chromium: str, folder: Path, room: Path, *words: str) -> str:
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        [chromium, *FLAGS.split(), f"--user-data-dir={room / 'profile'}", *words],
        cwd=folder,
        env={**os.environ, **home, "TMPDIR": str(room)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def measured(folder: Path, page: str, width: int) -> dict[str, Any]:
    """What the probe finds in a frame of a width (Chromium makes no window narrower than 500)."""
    open_page = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)  # it lets no probe in
    probed = html.escape(open_page.replace("</body>", f"{PROBE}</body>"))
    frame = f'<!doctype html><body><iframe width="{width}" height="900" style="border:0" srcdoc="{probed}"></iframe>'
    dumped = browse(folder, frame, "--window-size=1300,1000", "--virtual-time-budget=10000", "--dump-dom")
    found = re.search(r'<pre id="measured">(.*?)</pre>', dumped, re.DOTALL)
    assert found, dumped[-2000:]
    result: dict[str, Any] = json.loads(html.unescape(found[1]))
    return result


def page_of(language: str) -> str:
    return html_page(SAMPLES[language], title="A title", language=language)


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("width", [380, 1200])
def test_the_page_fits_its_window_and_formulas_look_like_formulas(tmp_path: Path, language: str, width: int) -> None:
    found = measured(tmp_path, page_of(language), width)
    assert found["window"] == width
    assert found["wide"] <= width
    assert not found["spilling"]
    assert found["fonts"] == ["symgd math"] or found["fonts"] == ['"symgd math"']
    assert found["tall"] > 1.7 * found["low"]  # brackets grow with what they hold
    assert all(gap < 3 for gap in found["roots"])  # no empty place behind a root
    assert found["numbers"] == [4, 4, 4, 4, 3, 3, 4]
    assert max(found["points"]) < 1  # decimal points stand in line
    assert found["blank"] > 50


def test_colours_change_with_the_scheme(tmp_path: Path) -> None:
    page = page_of("en")
    dark = page.replace("(prefers-color-scheme: dark)", "all")
    assert dark != page
    day, night = measured(tmp_path, page, 800), measured(tmp_path, dark, 800)
    assert day["ground"] != night["ground"]
    assert not set(day["inks"]) & set(night["inks"])
    assert len(set(day["inks"])) == len(set(night["inks"])) == 3


def printed(folder: Path, page: str) -> tuple[int, str, list[str]]:
    """Pages, page size and the text of each page of the printed handout."""
    info, reader = program("pdfinfo"), program("pdftotext")
    browse(folder, page, "--no-pdf-header-footer", f"--print-to-pdf={folder / 'page.pdf'}")
    about = subprocess.run([info, "page.pdf"], cwd=folder, capture_output=True, text=True, check=True).stdout
    subprocess.run([reader, "-layout", "page.pdf", "page.txt"], cwd=folder, check=True)
    sheets = (folder / "page.txt").read_text(encoding="utf-8").split("\f")[:-1]
    size = re.search(r"Page size:.*", about)
    assert size
    return len(sheets), size[0], sheets


@pytest.mark.parametrize("language", SAMPLES)
def test_a_handout_prints_on_two_sheets_with_nothing_lost(tmp_path: Path, language: str) -> None:
    count, size, sheets = printed(tmp_path, page_of(language))
    assert count <= 2
    assert "A4" in size
    assert all(text in "".join(sheets) for text in ("0.0032768", "0.0125", "0.51", "symgd"))


def test_a_formula_taller_than_a_sheet_is_printed_whole(tmp_path: Path) -> None:
    numbers = [f"{k}.25" for k in range(100, 160)]
    rows = " \\\\\n".join(rf"\frac{{a}}{{b}} &= \frac{{{number}}}{{7}}" for number in numbers)
    page = f"### ④ Change\n\n$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n$$\n\nThe end."
    count, _, sheets = printed(tmp_path, html_page(page, title="Tall", language="en"))
    assert count > 2
    assert re.findall(r"1\d\d\.25", "".join(sheets)) == numbers
    assert "Change" in sheets[0]
    assert "The end." in sheets[-1]


def test_a_step_that_fits_a_sheet_is_not_broken_and_a_table_repeats_its_head(tmp_path: Path) -> None:
    steps = "\n\n".join(f"### ① begin{k}\n\n$$x = {k}$$\n\nThis is end{k}." for k in range(30))
    table = "| column |\n|---:|\n" + "\n".join(f"| {k} |" for k in range(80))
    _, _, sheets = printed(tmp_path, html_page(f"{steps}\n\n## Table\n\n{table}", title="Long", language="en"))
    for k in range(30):
        (sheet,) = [text for text in sheets if re.search(rf"begin{k}\b", text)]
        assert re.search(rf"end{k}\b", sheet)
    assert sum("column" in text for text in sheets) > 1
