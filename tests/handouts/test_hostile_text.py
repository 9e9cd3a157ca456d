"""No text of the user's is live in anything that symgd writes: every payload, in every field, in every output."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from markdown import markdown as to_html

import symgd
from symgd.checking.marks import Marked
from symgd.checking.roster import Submission
from symgd.commands.class_printing import marks_text
from symgd.commands.journal import Finished
from symgd.errors import InputError
from symgd.handouts.quiz import gift, moodle_xml, questions, quiz_table
from symgd.handouts.variants import variants_of
from symgd.language import catalogue, languages
from symgd.limits import allowing
from tests.handouts.hostile import PAYLOADS, WORD
from tests.handouts.live import _PICTURES, faults

WORDS = [WORD.format(place) for place in range(len(PAYLOADS))]
#: All payloads at once, and in the other order: what one of them opens, another would have to close.
ALL = (" ".join(PAYLOADS), " ".join(reversed(PAYLOADS)))
LINES = "\n".join(PAYLOADS)
BOWL: dict[str, Any] = {"loss": "z = (w1 - 0.55)^2 + w2^2; L = z^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 2}
FILE_NAME = "<img src=x onerror=alert('file')>\x1b[31m.toml"
ALIGNED = {"tables": {"use_align_attribute": True}}
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def hostile(text: str, **options: Any) -> symgd.Problem:
    return symgd.Problem(**{**BOWL, "title": text, "source": FILE_NAME, **options})


def handouts(text: str) -> Iterator[Any]:
    """Every kind of handout with the text in all its fields."""
    yield symgd.explain(hostile(text, handout={"reveal": True, "label": text}))
    yield symgd.explain(hostile(text, handout={"figures": ["loss"], "label": text}))
    for kind in ("worksheet", "key"):
        yield symgd.explain(hostile(text, kind=kind, language="zh-TW", handout={"points": 2, "label": text}))


def rendered(markdown: str) -> str:
    """Markdown by a renderer that passes HTML through, as a page."""
    return f"<style></style>{to_html(markdown, extensions=['tables'], extension_configs=ALIGNED)}"


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A language of which every sentence is hostile."""
    told = [text.replace("{", "{{").replace("}", "}}") for text in PAYLOADS] * 2
    rows = []
    for place, key in enumerate(catalogue("en")):
        start = place % len(PAYLOADS)
        rows.append(f"{'.'.join(map(json.dumps, key.split('.')))} = {quoted(' '.join(told[start : start + 4]))}")
    (tmp_path / "xx.toml").write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setenv("SYMGD_LANGUAGES", str(tmp_path))
    catalogue.cache_clear()
    assert "xx" in languages()
    with allowing({"catalogue_bytes": 10_000_000}):
        yield "xx"
    catalogue.cache_clear()


def quoted(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f").replace("\\ud83f\\udffe", "")


@pytest.fixture(autouse=True)
def long_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symgd.handouts.sheet.MOST_LABEL", 1_000_000)


# pages


@pytest.mark.parametrize("text", ALL, ids=["forward", "backward"])
def test_titles_and_labels_are_text_on_every_page(text: str) -> None:
    for handout in handouts(text):
        assert faults(handout.html(), WORDS) == []


@pytest.mark.parametrize("text", [*ALL, LINES], ids=["forward", "backward", "lines"])
def test_workings_and_students_are_text_on_the_page_of_feedback(text: str) -> None:
    problem = hostile(text)
    report = replace(symgd.check(problem, f"w1 = 0.5 + 0.1 = 0.6\n{text}\nL = {text}"), student=text)
    assert faults(report.html(), WORDS) == []
    assert faults(report._repr_html_(), WORDS, fragment=True) == []
    assert faults(rendered(report.markdown()), fragment=True) == []
    assert not CONTROLS.search(report.text())
    assert json.loads(json.dumps(report.table()))["student"] == text


@pytest.mark.parametrize("text", ALL, ids=["forward", "backward"])
def test_what_a_template_writes_is_made_harmless(text: str, tmp_path: Path) -> None:
    template = tmp_path / "mine.md"
    inert = re.sub(r"<<|<%|<#", "< <", text)
    template.write_text(f"{inert}\n\n<< title >>\n\n{inert}\n", encoding="utf-8")
    handout = symgd.Handout(symgd.descend(hostile("t")), "en", template)
    assert faults(handout.html()) == []
    assert not CONTROLS.search(handout.text())


@pytest.mark.parametrize("payload", PAYLOADS[-18:], ids=WORDS[-18:])
def test_a_template_alone_is_made_harmless(payload: str, tmp_path: Path) -> None:
    template = tmp_path / "mine.md"
    template.write_text(payload, encoding="utf-8")
    handout = symgd.Handout(symgd.descend(hostile("t")), "en", template)
    refused = refusal_of(handout.html)
    if refused is None:
        assert faults(handout.html()) == []
    else:
        assert refused.code in ("template", "limit-file")


def refusal_of(work: Callable[[], object]) -> InputError | None:
    """How a work was refused, with a message that a terminal can stand; None where it was done."""
    try:
        work()
    except InputError as error:
        assert not [word for word in ("en", "zh-TW") if CONTROLS.search(error.explain(word))]  # noqa: PT017
        return error
    return None


def test_a_template_reaches_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("the secret")
    for tag in ('include "secret.md"', 'extends "../secret.md"', 'import "secret.md" as s', 'include "/etc/passwd"'):
        template = tmp_path / "mine.md"
        template.write_text(f"<% {tag} %>")
        with pytest.raises(InputError) as told:
            symgd.Handout(symgd.descend(hostile("t")), "en", template).html()
        assert told.value.code in ("template", "template-other")


def test_a_language_of_others_is_text_everywhere(foreign: str) -> None:
    handout = symgd.explain(hostile("t", language=foreign, handout={"reveal": True, "figures": ["contour"]}))
    assert faults(handout.html()) == []
    assert not CONTROLS.search(handout.text())
    report = symgd.check(hostile("t", language=foreign), "w1 = 9")
    assert faults(report.html()) == []
    for question in asked(foreign):
        assert faults(f"<style></style>{question}", fragment=True) == []


def asked(language: str) -> Iterator[str]:
    table = {**BOWL, "start": {"w1": {"choose": ["0.5"]}, "w2": "0.2"}, "arithmetic": "round:4", "title": ALL[0]}
    found = variants_of(table, 1, language=language)
    for question in questions(found.found, language):
        yield question.text
        yield question.feedback


# other documents


@pytest.mark.parametrize("text", [*ALL, LINES], ids=["forward", "backward", "lines"])
def test_titles_are_text_in_markdown_and_in_notebooks(text: str) -> None:
    for handout in handouts(text):
        assert faults(rendered(handout.markdown()), fragment=True) == []
        book = json.loads(handout.notebook())
        for cell in book["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                assert faults(rendered(source), fragment=True) == []
            else:
                assert not {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)} - OWN_NAMES


OWN_NAMES = {"symgd", "tomllib", "problem", "run", "final", "word", "str", "v", "getattr", "value"}


@pytest.mark.parametrize("text", ALL, ids=["forward", "backward"])
def test_titles_are_text_in_latex_and_on_a_terminal(text: str) -> None:
    for handout in handouts(text):
        written = handout.tex()
        assert commands(written) <= commands(symgd.explain(symgd.Problem(**BOWL)).tex()) | TEXT_COMMANDS
        assert written.count(r"\end{document}") == 1
        assert not CONTROLS.search(handout.text())


#: Signs of text as LaTeX writes them, and what sheets and pictures' sentences add.
TEXT_COMMANDS = {
    *("textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater", "textbar", "textquotedbl"),
    *("underline", "hspace", "underset", "textcolor", "times", "blank", "Large", "item", "setCJKmainfont", "to"),
    *("texttt", "quad", "phantom", "searrow", "nearrow", "lambda", "eta", "Delta", "textit", "emph", "textbf"),
    *("dotfill", "rule", "begingroup", "endgroup", "small", "setlength", "tabcolsep"),
}


def commands(latex: str) -> set[str]:
    return set(re.findall(r"(?<!\\)(?:\\\\)*\\([A-Za-z@]+)", latex))


def test_a_formula_of_a_template_cannot_command_latex(tmp_path: Path) -> None:
    template = tmp_path / "mine.md"
    evil = (
        r"\input{/etc/passwd}",
        r"\write18{ls}",
        r"\openin1=x",
        r"\catcode`\@=0",
        r"\def\x{\y}\x",
        r"\csname x\endcsname",
    )
    template.write_text(
        "\n\n".join(f"${part}$ and $$\n{part}\n$$" for part in (*evil, r"w_{1} = 2")), encoding="utf-8"
    )
    written = symgd.Handout(symgd.descend(hostile("t")), "en", template).tex()
    assert not {"input", "write", "openin", "catcode", "def", "csname"} & commands(written)
    assert "$w_{1} = 2$" in written


@pytest.mark.parametrize("text", [*ALL, LINES], ids=["forward", "backward", "lines"])
def test_question_banks_hold_only_their_own_questions(text: str) -> None:
    table = {**BOWL, "start": {"w1": {"choose": ["0.5", "0.25"]}, "w2": "0.2"}, "arithmetic": "round:4", "title": text}
    found = variants_of(table, 2).found
    mine = list(questions(found, "en"))
    quiz = ElementTree.fromstring(moodle_xml(mine, text).encode())
    assert [node.get("type") for node in quiz.iter("question")] == ["category"] + ["numerical"] * len(mine)
    blocks = gift(mine, text).split("\n\n")
    assert len(blocks) == len(mine) + 1
    assert gift(mine, text).count("\n") == 2 * len(mine) + 1
    assert all(len(re.findall(r"(?<!\\)[{}]", block)) == 2 for block in blocks[1:])
    assert "\n" not in blocks[0]
    files = {variant.number: {"problem": text} for variant in found}
    assert json.loads(json.dumps(quiz_table(found, 0, text, files)))["source"] == text


# names, cells, files


def options_with(text: str) -> Iterator[dict[str, Any]]:
    for key in ("start", "let", "handout", "marks"):
        yield {key: {text: 1}}
    for key in ("loss", "optimizer", "language", "arithmetic", "kind", "digits", text):
        yield {key: text}
    yield {"start": {"w1": text, "w2": 1}}
    yield {"data": {text: [1]}}
    yield {"handout": {"figures": text}}
    yield {"marks": {"quantities": {text: 1}}}


def test_a_name_or_a_formula_is_read_or_refused_with_a_harmless_message() -> None:
    for options in (options for payload in PAYLOADS for options in options_with(payload)):
        assert refusal_of(lambda options=options: used(hostile("t", **options))) is not None  # type: ignore[misc]


def used(problem: symgd.Problem) -> None:
    symgd.check(problem, "")
    symgd.explain(problem).html()


def test_a_head_or_a_cell_of_data_is_read_or_refused_with_a_harmless_message(tmp_path: Path) -> None:
    for payload in PAYLOADS:
        for heads, cells in ((["x", payload], ["1", "2"]), (["x", "y"], ["1", payload])):
            assert read_back(tmp_path, heads, cells, {})
        read_back(tmp_path, ["x", payload], ["1", "2"], {"columns": {"x": "x", "y": payload.strip()}})


def read_back(folder: Path, heads: list[str], cells: list[str], columns: dict[str, Any]) -> InputError | None:
    """How a file of data is refused; where it is not, nothing of the payload is left."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([heads, cells])
    (folder / "points.csv").write_text(buffer.getvalue(), encoding="utf-8", newline="")
    data = {"file": "points.csv", **columns}

    def work() -> None:
        problem = symgd.Problem("mean((w*x - y)^2)", start={"w": 1}, data=data, folder=folder)
        assert not [word for word in (*problem.data, *problem.constants) if "qz" in word]

    return refusal_of(work)


def test_every_payload_as_a_student_and_as_a_working(tmp_path: Path) -> None:
    """A class of attackers: marks without a formula, pages inside the folder, numbers as numbers, a calm terminal."""
    problem = tmp_path / FILE_NAME.replace("/", "")
    problem.write_text(f'loss = "(w1 - 0.55)^2 + w2^2"\ntitle = {quoted(ALL[0])}\n[start]\nw1 = 0.5\nw2 = 0.2\n')
    names = [
        *PAYLOADS[::4],
        *PAYLOADS[-14:],
        "../../up",
        "..",
        "CON",
        "nul.txt",
        "COM1",
        "~",
        "/etc/passwd",
        "a" * 300,
        "梯" * 200,
    ]
    buffer = io.StringIO(newline="")
    rows = [[name, "-0.1", f"{name}\nw1 = {name}"] for name in names if "\0" not in name]
    csv.writer(buffer).writerows([["student", "dL/dw1", "working"], *rows])
    (tmp_path / "class.csv").write_bytes(buffer.getvalue().encode())
    folder = tmp_path / "out" / "pages"
    folder.parent.mkdir()
    done = run_cli("grade", str(problem), "class.csv", "-o", "out/marks.csv", "--feedback", "out/pages", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not CONTROLS.search(done.stderr + done.stdout)
    pages = list(folder.iterdir())
    assert len(pages) == len(rows)
    assert not [page.name for page in pages if re.match(r"(?i)(con|nul|com1)(\.|$)|[.~/]", page.name)]
    assert {path.name for path in tmp_path.iterdir()} == {problem.name, "class.csv", "out"}
    for page in pages:
        assert faults(page.read_text(encoding="utf-8")) == []
    marks = list(csv.reader(io.StringIO((tmp_path / "out" / "marks.csv").read_text(encoding="utf-8-sig"), newline="")))
    for row in marks[1:]:
        assert row[1] == "-0.1"
        assert not [cell for cell in row if re.match(r"[\s\x00-\x20\u2028]*[=+@＝]", cell)]
    dry = run_cli("grade", str(problem), "class.csv", "--dry-run", cwd=tmp_path)
    assert not CONTROLS.search(dry.stderr + dry.stdout)


def test_no_file_of_marks_holds_a_formula() -> None:
    rows = [Submission(text, text, 2, {"student": text, text: text, "email": text, "n": "-0.1"}) for text in PAYLOADS]
    marked = [Marked(row, Fraction(-1, 10), Fraction(1), "partial", (), row.working) for row in rows]
    found = [Finished(each, {"text": each.feedback}) for each in marked]
    for form in ("csv", "nbgrader", "moodle", "canvas"):
        text = marks_text(found, form, PAYLOADS[-3], "en", bom=False)
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert not [cell for cell in cells if re.match(r"[\s\x00-\x20\u2028]*(?:[=+@＝]|-(?!0\.1\Z))", cell)]
        assert cells.count("-0.1") >= len(rows)
    for form in ("json", "jsonl", "gradescope"):
        text = marks_text(found, form, PAYLOADS[-3], "en", bom=False)
        assert all(json.loads(part) for part in (text.strip().split("\n") if form == "jsonl" else [text]))


def run_cli(*words: str, cwd: Path) -> Any:
    import subprocess
    import sys

    return subprocess.run(
        [sys.executable, "-m", "symgd", *words], cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_an_audit_of_anything_is_calm_on_a_terminal() -> None:
    from symgd.commands.audit_printing import audit_text

    for payload in PAYLOADS:
        assert not CONTROLS.search(
            audit_text(symgd.audit(f"1 = 2 {payload} 3 = 4 \\text{{{payload}}}\n{payload} = 5"))
        )


def test_a_problem_file_of_a_variant_reads_back_what_was_written(tmp_path: Path) -> None:
    from symgd.handouts.toml_files import toml_text

    table = {"title": LINES, "handout": {"label": LINES}, "start": {LINES.replace("\x00", ""): "1"}}
    assert tomllib.loads(toml_text(table)) == {**table, "start": {LINES.replace("\x00", ""): 1}}


# in a browser


class Heard:
    """Dialogs, messages, and requests of a page."""

    def __init__(self, page: Any) -> None:
        self.found: list[str] = []
        page.on("dialog", self.dismiss)
        page.on("console", lambda message: self.found.append(f"console {message.text}"))
        page.on("pageerror", lambda error: self.found.append(f"error {error}"))
        page.on("request", lambda request: self.take(request))
        page.on("popup", lambda popup: self.found.append("popup"))

    def dismiss(self, dialog: Any) -> None:
        self.found.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def take(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:font/")):
            self.found.append(f"request {request.url}")


#: Everything that a pointer and a keyboard can set off.
TOUCH = """() => {
  for (const node of document.body.querySelectorAll("*"))
    for (const kind of ["click", "mouseover", "mouseenter", "focus", "load", "error", "toggle", "animationstart"])
      if (!(node.closest("a") && kind === "click")) node.dispatchEvent(new Event(kind));
  for (const node of document.querySelectorAll("a"))
    if (!/^https?:|^variant-/.test(node.getAttribute("href") ?? "https:")) throw new Error(node.outerHTML);
  return window.hit ?? "";
}"""


def test_a_browser_hears_nothing(tmp_path: Path, foreign: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    from tests.handouts.browser import chromium

    program = chromium()
    pages = [handout.html() for handout in handouts(ALL[0])]
    pages.append(replace(symgd.check(hostile(ALL[1]), f"{LINES}\nL = {ALL[1]}"), student=ALL[1]).html())
    pages.append(symgd.explain(hostile("t", language=foreign, handout={"reveal": True})).html())
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        heard = Heard(page)
        for place, html in enumerate(pages):
            file = tmp_path / f"{place}.html"
            file.write_text(html, encoding="utf-8")
            page.goto(file.as_uri())
            assert page.evaluate(TOUCH) == ""
        browser.close()
    assert heard.found == []


def test_pictures_show_under_the_policy(tmp_path: Path) -> None:
    """A picture whose style the policy takes away is blank, or black: it has its colours, and few pixels are ink."""
    sync_api = pytest.importorskip("playwright.sync_api")
    image = pytest.importorskip("PIL.Image")
    from tests.handouts.browser import chromium

    html = symgd.explain(hostile("t", handout={"figures": "contour,loss"})).html()
    assert " style=" not in html
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    program = chromium()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        heard = Heard(page)
        page.goto((tmp_path / "page.html").as_uri())
        shots = [node.screenshot() for node in page.query_selector_all("figure svg")]
        browser.close()
    assert heard.found == []
    assert len(shots) == 3
    for shot in shots:
        colours = image.open(io.BytesIO(shot)).convert("RGB").getcolors(10**6)
        total = sum(count for count, _ in colours)
        assert max(colours)[1] == (255, 255, 255)
        assert 0.005 < 1 - max(colours)[0] / total < 0.5
    coloured = [colour for count, colour in colours if max(colour) - min(colour) > 60]
    assert len(coloured) > 3


def test_pictures_in_files_of_their_own_are_sound_xml(foreign: str) -> None:
    handout = symgd.explain(hostile(ALL[0], language=foreign, handout={"figures": ["loss"]}))
    for svg in handout.pictures().values():
        root = ElementTree.fromstring(svg)
        assert {node.tag.rpartition("}")[2] for node in root.iter()} <= set(_PICTURES.split())
        assert not [key for node in root.iter() for key in node.attrib if key.startswith("on") or key == "style"]


def test_the_index_of_a_class_set_holds_only_its_own_links(tmp_path: Path) -> None:
    from symgd.commands.variant_files import written

    file = tmp_path / "p.toml"
    file.write_text(f'title = {quoted(ALL[0])}\nloss = "(w - 3)^2"\nsteps = 1\n[start]\nw = {{ choose = [1] }}\n')
    written(file, 1, 0, tmp_path / "sheets", "en", form="txt", jobs=1, resume=False)
    assert faults((tmp_path / "sheets" / "index.html").read_text(encoding="utf-8")) == []
    assert json.loads((tmp_path / "sheets" / "variants.json").read_text(encoding="utf-8"))["variants"]


def test_a_picture_is_named_so_that_markdown_finds_it(tmp_path: Path) -> None:
    handout = symgd.explain(hostile("t", handout={"figures": ["loss"]}))
    for name in ("my handout (1)", "x](javascript:alert(1)) [y", "梯度", '"><img src=x onerror=alert(1)>'):
        handout.save(tmp_path / f"{name}.md")
        html = to_html((tmp_path / f"{name}.md").read_text(encoding="utf-8"))
        sources = re.findall(r'<img alt="[^"]*" src="([^"]*)" ?/?>', html)
        assert [unquote(unescape(source)) for source in sources] == [f"{name}-loss.svg"]
        assert "javascript" not in re.sub(r'src="[^"]*"', "", html)
