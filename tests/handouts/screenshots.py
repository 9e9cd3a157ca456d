"""The pictures of handouts in README, taken in headless Chromium by `python -m tests.handouts.screenshots`.

Look at each before you keep it.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

import symgd
from tests.handouts.browser import chromium
from tests.handouts.course import EXAMPLES

#: Colours of a picture: what is written on white needs few.
_COLOURS = 128
_MARGIN = 12


def _whole(page: Any) -> bytes:
    seen: bytes = page.screenshot()
    return seen


def _walking(page: Any) -> bytes:
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    return _whole(page)


def _around(page: Any, selector: str, place: int) -> bytes:
    """A part of the page, with a margin."""
    box = page.locator(selector).nth(place).bounding_box()
    sides = {"x": box["x"] - _MARGIN, "y": box["y"] - _MARGIN}
    sides |= {side: box[side] + 2 * _MARGIN for side in ("width", "height")}
    seen: bytes = page.screenshot(full_page=True, clip=sides)
    return seen


def _second_update(page: Any) -> bytes:
    """The first one has all rules of the derivative, which take a page."""
    return _around(page, "section.update", 1)


def _figure(page: Any) -> bytes:
    return _around(page, "figure.rates", 0)


#: By file: the example, how it is made, the size of the screen, and what of the page is kept.
SHOTS: Mapping[str, tuple[str, Mapping[str, Any], tuple[int, int], Callable[[Any], bytes]]] = {
    "five-steps.png": ("five-steps", {"interactive": False}, (800, 900), _second_update),
    "pictures/phone.png": ("five-steps", {"language": "zh-TW", "figures": "contour"}, (380, 720), _walking),
    "pictures/worksheet.png": ("five-steps", {"kind": "worksheet", "points": 2}, (620, 720), _whole),
    "pictures/rates.png": ("learning-rate", {"figures": "rates", "interactive": False}, (760, 900), _figure),
}


def main() -> None:
    """Take each picture anew."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for name, (example, settings, (width, height), taken) in SHOTS.items():
            problem = symgd.Problem.load(EXAMPLES / f"{example}.toml", language=settings.get("language", "en"))
            file = Path(folder) / "page.html"
            file.write_text(symgd.explain(problem, **settings).html(), encoding="utf-8")
            page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
            page.goto(file.as_uri())
            page.evaluate("document.fonts.ready")
            seen = Image.open(io.BytesIO(taken(page))).convert("RGB")
            small = seen.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            small.save(EXAMPLES / name, optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
