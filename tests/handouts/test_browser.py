"""The page in a real browser: fits a phone, has its font, prints on A4."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.handouts.handout import Handout
from symgd.language import LANGUAGES
from tests.handouts.browser import chromium, measured, printed
from tests.handouts.test_examples import EXAMPLES

WIDTH = "d => [d.documentElement.scrollWidth, d.documentElement.clientWidth]"


def html(name: str, language: str) -> str:
    return Handout(descend(Problem.load(EXAMPLES / f"{name}.toml")), language).html()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["five-steps", "adam", "steep-valley"])
@pytest.mark.parametrize("width", [380, 1200])
def test_nothing_is_wider_than_the_window(tmp_path: Path, name: str, language: str, width: int) -> None:
    scroll, client = measured(html(name, language), tmp_path, width, WIDTH)
    assert scroll <= client == width


def test_the_embedded_font_is_used_and_stretches_brackets(tmp_path: Path) -> None:
    script = """d => [[...d.fonts].map(f => f.family + f.status).join(), ...['(', '0'].map(c =>
      Math.max(...[...d.querySelectorAll(c == '(' ? 'mo' : 'mn')].filter(e => e.textContent == c || c == '0')
        .map(e => e.getBoundingClientRect().height)))]"""
    fonts, bracket, digit = measured(html("five-steps", "en"), tmp_path, 1200, script)
    assert "symgd math" in fonts
    assert "loaded" in fonts
    assert bracket > 1.5 * digit


def test_formulas_read_the_same_as_text(tmp_path: Path) -> None:
    script = "d => [...d.querySelectorAll('math')].map(m => m.textContent)"
    texts = measured(html("five-steps", "en"), tmp_path, 1200, script)
    assert any("0.1×0.1=0.01" in text for text in texts)
    assert any("0.5+0.01=0.51" in text for text in texts)


def test_dark_and_light_have_different_paper_and_readable_contrast(tmp_path: Path) -> None:
    script = """d => ['--text', '--paper', '--old', '--rate', '--new', '--muted'].map(v =>
      d.defaultView.getComputedStyle(d.documentElement).getPropertyValue(v).trim())"""
    page = html("five-steps", "en")
    light = measured(page, tmp_path, 1200, script)
    dark = measured(page.replace("(prefers-color-scheme: dark)", "all"), tmp_path, 1200, script)
    for text, paper, *colours in (light, dark):
        assert contrast(text, paper) > 10
        assert min(contrast(colour, paper) for colour in colours) >= 4.5
    assert light[1] != dark[1]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_on_a4_with_all_its_lines(tmp_path: Path, language: str) -> None:
    chromium()
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext here: install Debian's poppler-utils")
    target = printed(html("five-steps", language), tmp_path)
    info = subprocess.run(["pdfinfo", str(target)], capture_output=True, text=True, check=True).stdout
    assert "A4" in info
    text = subprocess.run(["pdftotext", str(target), "-"], capture_output=True, text=True, check=True).stdout
    assert "0.5244" in text
    if language == "zh-TW":
        assert "梯度" in text
