"""The page in a browser: its script driven by keys, slider and buttons; nothing without it; what axe-core finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import symgd
from symgd.handouts.page import Layout, html_page
from tests.handouts.browser import chromium

sync_api = pytest.importorskip("playwright.sync_api")
BOWL: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 3}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = chromium()
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


class Opened:
    """A page that is open, and what it complained about."""

    def __init__(self, browser: Any, html: str, folder: Path, **settings: Any) -> None:
        file = folder / "page.html"
        file.write_text(html, encoding="utf-8")
        self.context = browser.new_context(**{"reduced_motion": "reduce", **settings})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(file.as_uri())

    def __enter__(self) -> Any:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.complaints == []


def lit(page: Any, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(selector, "nodes => nodes.map(n => n.dataset.step)")
    return found


APART = """() => {
  const svg = document.querySelector("figure.contour svg");
  const [a, b] = [".walker", ".point.lit"].map((what) => svg.querySelector(what).getBoundingClientRect());
  return Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
}"""


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_keys_slider_and_buttons_walk_the_steps(browser: Any, tmp_path: Path, language: str) -> None:
    handout = symgd.explain(**BOWL, figures="contour,loss", language=language)
    with Opened(browser, handout.html(), tmp_path) as page:
        said = page.locator("nav.walk output")
        assert "0.0125" in said.inner_text()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert "w1 = 0.518" in said.inner_text()
        assert page.evaluate(APART) < 0.5
        assert set(lit(page, ".lit[data-step]")) == {"2"}
        assert page.locator("section.update.lit h2").inner_text() in ("Update 3", "第 3 次更新")
        assert page.locator("tr.lit th").inner_text().startswith("2")
        page.keyboard.press("ArrowLeft")
        assert "w1 = 0.51" in said.inner_text()
        page.locator("nav.walk input").fill("3")
        assert page.evaluate(APART) < 0.5
        assert page.locator("section.update.lit").count() == 0
        back, on, go = (page.locator("nav.walk button").nth(place) for place in range(3))
        assert on.is_disabled()
        assert go.is_disabled()
        back.click()
        go.click()
        assert page.locator("section.update.lit h2").bounding_box()["y"] < 200
        page.locator("nav.walk input").focus()
        page.keyboard.press("Home")
        assert back.is_disabled()


def sight(page: Any, selector: str) -> float:
    """How much of an element, or of the screen, is seen of it above the bar."""
    seen: float = page.evaluate(
        """(selector) => {
          const { top, bottom, height } = document.querySelector(selector).getBoundingClientRect();
          const screen = innerHeight - document.querySelector("nav.walk").offsetHeight;
          return Math.max(0, Math.min(bottom, screen) - Math.max(top, 0)) / Math.min(height, screen);
        }""",
        selector,
    )
    return seen


@pytest.mark.parametrize(
    ("size", "motion"), [((380, 700), "no-preference"), ((1200, 800), "reduce")], ids=["phone", "desktop"]
)
def test_a_step_that_is_out_of_sight_is_scrolled_to(
    browser: Any, tmp_path: Path, size: tuple[int, int], motion: str
) -> None:
    html = symgd.explain(**{**BOWL, "steps": 6}, figures="contour").html()
    screen = {"width": size[0], "height": size[1]}
    with Opened(browser, html, tmp_path, viewport=screen, reduced_motion=motion) as page:
        assert page.evaluate("scrollY") == 0
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        if motion == "reduce":
            assert sight(page, ".update.lit") > 0.3
        page.wait_for_function("() => document.querySelector('.update.lit').getBoundingClientRect().top < 300")
        page.locator("nav.walk input").fill("6")
        page.wait_for_function("() => document.querySelector('tr.lit').getBoundingClientRect().bottom < innerHeight")


def test_what_is_seen_is_not_scrolled_away(browser: Any, tmp_path: Path) -> None:
    html = symgd.explain(**{**BOWL, "steps": 6}, figures="contour").html()
    with Opened(browser, html, tmp_path, viewport={"width": 1200, "height": 800}) as page:
        for selector in ("figure.contour svg", "tbody"):
            page.locator(selector).first.scroll_into_view_if_needed()
            before = page.evaluate("scrollY")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowLeft")
            assert page.evaluate("scrollY") == before, selector


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Open all", "Close all", "Show the arithmetic"]), ("zh-TW", ["全部展開", "全部收起", "看這一步的計算"])],
)
def test_controls_have_words(browser: Any, tmp_path: Path, language: str, words: list[str]) -> None:
    html = symgd.explain(**BOWL, figures="contour", reveal=True, language=language).html()
    with Opened(browser, html, tmp_path, viewport={"width": 380, "height": 800}) as page:
        for word in words:
            found = page.get_by_role("button", name=word, exact=True)
            assert found.inner_text().endswith(word)
            assert found.is_visible()
        for place in range(page.locator("nav.walk button").count()):
            assert page.locator("nav.walk button").nth(place).get_attribute("title")
        assert page.evaluate("document.documentElement.scrollWidth") == 380


SPREAD = """() => [...document.querySelectorAll("figure.rates .panel")].map((panel) => {
  const [a, b] = [".walker", ".point.lit"].map((what) => panel.querySelector(what)?.getBoundingClientRect());
  return a && b ? Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2) : null;
})"""


def test_each_of_three_rates_walks_on_its_own_path(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, symgd.explain(**BOWL, figures="rates").html(), tmp_path) as page:
        for shown in (3, 2):  # the first update with the largest rate leads out of the picture
            found = page.evaluate(SPREAD)
            assert len(found) == 3
            assert max(found[:shown]) < 0.5
            assert found[shown:] == [None] * (3 - shown)
            page.keyboard.press("ArrowRight")


PANELS = """() => [...document.querySelectorAll("figure.rates .panel")].map((panel) => {
  const { x, y, width } = panel.getBoundingClientRect();
  return [Math.round(x / 20), Math.round(y / 20), Math.round(width / 20)];
})"""


def test_three_pictures_stand_side_by_side_and_on_a_phone_one_below_the_other(browser: Any, tmp_path: Path) -> None:
    html = symgd.explain(**BOWL, figures="rates").html()
    for width, alike in ((1200, 1), (380, 0)):  # the side from which all are as far
        with Opened(browser, html, tmp_path, viewport={"width": width, "height": 800}) as page:
            places = page.evaluate(PANELS)
            assert len({place[alike] for place in places}) == 1, places
            assert len({place[1 - alike] for place in places}) == 3, places
            assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_what_a_class_is_to_find_is_said_nowhere(browser: Any, tmp_path: Path, language: str) -> None:
    page_of = symgd.explain(**BOWL, figures="all", reveal=True, language=language).html()
    with Opened(browser, page_of, tmp_path) as page:
        for _ in range(3):
            page.keyboard.press("ArrowRight")
            assert "0.51" not in page.locator("main").inner_text()
        assert not page.locator("figure.contour svg").is_visible()
        page.get_by_label("Open all" if language == "en" else "全部展開").click()
        assert page.locator("figure.contour svg").is_visible()
        assert "0.51" in page.locator("main").inner_text()


def test_a_key_that_is_meant_for_something_else_is_left_alone(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, symgd.explain(**BOWL, figures="contour").html(), tmp_path) as page:
        page.keyboard.press("Control+ArrowRight")
        page.keyboard.press("End")
        assert set(lit(page, ".lit[data-step]")) == {"0"}


def test_without_scripts_the_page_is_the_static_handout(browser: Any, tmp_path: Path) -> None:
    page_of = symgd.explain(**BOWL, figures="contour", reveal=True).html()
    with Opened(browser, page_of, tmp_path, java_script_enabled=False) as page:
        assert not page.locator("nav.walk").is_visible()
        assert not page.locator("section.step .eq").first.is_visible()
        page.locator("summary").first.click()
        page.locator("summary").last.click()
        assert page.locator("section.step .eq").first.is_visible()
        assert page.locator("figure.contour svg").is_visible()


def test_in_print_nothing_is_folded_and_no_bar_is_seen(browser: Any, tmp_path: Path) -> None:
    page_of = symgd.explain(**BOWL, figures="contour", reveal=True).html()
    for scripts in (True, False):
        with Opened(browser, page_of, tmp_path, java_script_enabled=scripts) as page:
            page.pdf(path=tmp_path / "page.pdf")
            page.emulate_media(media="print")
            assert not page.locator("nav.walk").is_visible()
        import pypdf

        text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "page.pdf").pages)
        assert "0.00512" in text.replace(" ", "")


def test_answers_are_folded_until_they_are_asked_for(browser: Any, tmp_path: Path) -> None:
    with Opened(browser, symgd.explain(**BOWL, reveal=True).html(), tmp_path) as page:
        assert page.locator("details.answer").count() > 15
        assert not page.locator("details .eq").first.is_visible()
        assert page.get_by_text("Weight change = learning rate").is_visible()
        page.get_by_label("Open all").click()
        assert page.locator("details .eq").last.is_visible()
        page.get_by_label("Close all").click()
        assert not page.locator("details .eq").last.is_visible()


def test_a_static_page_runs_nothing() -> None:
    page = symgd.explain(**BOWL, figures="contour", interactive=False).html()
    assert "<script" not in page
    assert "<nav" not in page
    assert "script-src" not in page.partition("</head>")[0]


def test_the_policy_allows_our_script_and_no_other(browser: Any, tmp_path: Path) -> None:
    page_of = html_page("# T\n\ntext", title="T", language="en")
    broken = page_of.replace("</main>", "<script>document.title = 'owned'</script><b onclick='1'>x</b></main>")
    opened = Opened(browser, broken, tmp_path)
    assert opened.page.title() == "T"
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)
    opened.context.close()


PAGES: dict[str, dict[str, Any]] = {
    "worked": {"figures": "all"},
    "reveal": {"figures": "contour", "reveal": True},
    "worksheet": {"kind": "worksheet", "points": 2},
    "key": {"kind": "key"},
    "large": {"large_print": True, "figures": "loss"},
}


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Any, tmp_path: Path, name: str, language: str) -> None:
    html = symgd.explain(**BOWL, **PAGES[name], language=language).html()
    assert violations(browser, html, tmp_path, 380, "dark") == []
    assert violations(browser, html, tmp_path, 1200, "light") == []


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_axe_finds_nothing_in_an_index_and_its_sheets(browser: Any, tmp_path: Path, language: str) -> None:
    from symgd.cli import main

    words = ["variants", "examples/variants/bowl.toml", "-n", "1", "--language", language, "-o", str(tmp_path / "v")]
    with pytest.raises(SystemExit):
        main(words)
    for name in ("index", "variant-01-worksheet"):
        html = (tmp_path / "v" / f"{name}.html").read_text(encoding="utf-8")
        assert violations(browser, html, tmp_path, 380, "dark") == []


@pytest.mark.parametrize("example", ["two-layers", "rows-of-data", "learning-rate"])
def test_axe_finds_nothing_in_examples(browser: Any, tmp_path: Path, example: str) -> None:
    html = symgd.explain(symgd.Problem.load(f"examples/{example}.toml")).html()
    assert violations(browser, html, tmp_path, 380, "light") == []


def test_axe_finds_nothing_in_feedback(browser: Any, tmp_path: Path) -> None:
    report = symgd.check(symgd.Problem(**BOWL), "w1 = 0.5 - 0.01 = 0.49\nw2 = 0.22")
    assert violations(browser, report.html(), tmp_path, 380, "light") == []


def violations(browser: Any, html: str, folder: Path, width: int, scheme: str) -> list[tuple[str, str]]:
    from axe_playwright_python.sync_playwright import Axe

    with Opened(browser, html, folder, viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        page.evaluate("document.fonts.ready")
        found = Axe().run(page).response["violations"]
    return [(violation["id"], violation["nodes"][0]["html"][:100]) for violation in found]


def test_the_script_is_small_and_asks_for_nothing() -> None:
    page = html_page("# T", title="T", language="en", layout=Layout(walk={0: "a", 1: "b"}))
    script = page.partition("<script>")[2].partition("</script>")[0]
    assert 500 < len(script) < 8_000
    assert not re.search(r"innerHTML|eval|fetch|XMLHttp|import|https?:", script)
