"""Notebooks: how results show themselves, the cell magic, and handouts written as notebooks; run headless."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import symgd
from symgd.calculus.equality import Equality
from symgd.notebook import magic
from tests.handouts.test_examples import FILES, handout

BOWL: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 2}


ALL = ("html", "latex", "markdown")


@pytest.mark.parametrize(
    ("made", "kinds"),
    [
        (lambda: symgd.gradient(BOWL["loss"]), ALL),
        (lambda: symgd.gradient(BOWL["loss"]).derivation("w1"), ALL),
        (lambda: symgd.descend(**BOWL), ALL),
        (lambda: symgd.explain(**BOWL), ALL),
        (lambda: symgd.check(symgd.Problem(**BOWL), "w1 = 0.51"), ALL),
        (lambda: next(iter(symgd.check(symgd.Problem(**BOWL), "dL/dw1 = 2*(w1 - 0.5) = 0"))), ALL),
        (lambda: magic("gradient --at w=0.5", "(w - 3)^2"), ALL),
        (lambda: symgd.equivalent("|w|", "w"), ALL),
        (lambda: symgd.parse("w^2"), ("latex",)),
    ],
    ids=[
        "gradient",
        "derivation",
        "trajectory",
        "handout",
        "report",
        "verdict",
        "gradient at a point",
        "equality",
        "expression",
    ],
)
def test_results_show_themselves(made: Any, kinds: tuple[str, ...]) -> None:
    thing = made()
    assert repr(thing)
    for kind in kinds:
        shown = getattr(thing, f"_repr_{kind}_")()
        assert len(shown) > 5
        assert "<script" not in shown
    if kinds != ALL:
        return
    in_words = isinstance(thing, symgd.Report | Equality)
    assert in_words or "<math" in thing._repr_html_()
    printer = Printer()
    thing._repr_pretty_(printer, False)
    assert "object at" not in printer.said
    assert not re.search(r"\$|\\\\", printer.said)
    assert in_words or "$" in thing._repr_markdown_()


class Printer:
    """What IPython gives to `_repr_pretty_`."""

    said = ""

    def text(self, text: str) -> None:
        self.said += text


def test_the_magic_takes_a_loss_and_a_file() -> None:
    assert magic("--at w=0.5 --steps=1", "(w - 3)^2").document.problem.steps == 1
    text = 'loss = "(w - 3)^2"\nsteps = 2\n[start]\nw = 0.5\n'
    assert magic("descend", text).final == symgd.descend("(w - 3)^2", start={"w": "0.5"}, steps=2).final
    assert magic("gradient", "z = w - 1\nL = z^2").text("w") == "2(w − 1)"
    assert magic("gradient --at w=0.5", "(w - 3)^2").values == {"w": -5}
    assert magic("gradient", text).values == {"w": -5}  # the point of a problem file, as on the command line
    assert magic("check", f"{text}---\nw = 1").score == 1
    assert magic("--language zh-TW --figures loss --at w=1", "w^2").document.figures


@pytest.mark.parametrize("command", ["gradient", "descend", "check"])
def test_options_of_a_handout_are_refused_where_there_is_none(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert magic(f"{command} --at w=1 --figures all", "w^2") is None
    assert "--figures" in capsys.readouterr().err


def test_the_magic_takes_the_options_of_the_command_line() -> None:
    from symgd.cli import cli
    from symgd.notebook import _FLAGS, _OPTIONS

    offered = {flag for option in cli.commands["explain"].params for flag in (*option.opts, *option.secondary_opts)}
    assert offered - {"problem", "--template", "--output", "-o"} == {*_OPTIONS, *_FLAGS}
    assert magic("--at w=[1,2],v=3 --steps 1", "dot(w, w) + v^2").document.problem.start["v"] == 3
    sheet = magic("--at w=1 --kind worksheet --blank final --points 2 --large-print", "w^2").sheet
    assert (sheet.blank, sheet.points, sheet.large_print) == ("final", 2, True)
    assert magic("descend --at w=1 --optimizer momentum --set momentum=0.5", "w^2").problem.settings["momentum"]


@pytest.mark.parametrize(
    ("line", "cell", "told"),
    [
        ("", "w +", "^"),
        ("paint", "w^2", "paint"),
        ("--colour red", "w^2", "--colour"),
        ("--steps x --at w=1", "w^2", "steps"),
        ("--at w", "w^2", "w"),
        ("--at 'w", "w^2", "explain"),
        ("--steps", "w^2", "--steps"),
        ("", "loss = '\n", "line"),
        ("--language zh-TW", "w +", "少了"),
    ],
)
def test_a_fault_is_told_without_a_traceback(
    line: str, cell: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert magic(line, cell) is None
    said = capsys.readouterr().err
    assert told in said
    assert "Traceback" not in said


RUN = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(book)
nbformat.write(NotebookClient(book, timeout=120, kernel_name="python3").execute(), sys.argv[1])
"""


def executed(book: Any, folder: Path) -> Any:
    """The notebook after a run in a process of its own, whose kernel and event loop end with it."""
    nbformat = pytest.importorskip("nbformat")
    for module in ("nbclient", "ipykernel"):
        pytest.importorskip(module)
    file = folder / "run.ipynb"
    nbformat.write(book, file)
    done = subprocess.run([sys.executable, "-c", RUN, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return nbformat.read(file, as_version=4)


def test_a_real_notebook_runs(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    cells = [
        "%load_ext symgd",
        "%%symgd explain --steps 1 --at w=0.5\n(w - 3)^2",
        "%%symgd descend --language zh-TW\nloss = '(w - 3)^2'\n[start]\nw = 0.5",
        "%%symgd\nw +",
        "import symgd\nsymgd.gradient('w^2')",
        "symgd.descend('(w - 3)^2', start={'w': 0}).plot('curve')",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    outputs = [cell.outputs for cell in executed(book, tmp_path).cells]
    assert "<math" in outputs[1][0].data["text/html"]
    assert "第" in outputs[2][0].data["text/html"] or "更新" in outputs[2][0].data["text/html"]
    assert outputs[3][0].output_type == "stream"
    assert "^" in outputs[3][0].text
    assert "<math" in outputs[4][0].data["text/html"]
    assert "aligned" in outputs[4][0].data["text/latex"]
    assert "image/png" in outputs[5][0].data


@pytest.mark.parametrize("name", ["five-steps", "rows-of-data", "adam"])
def test_a_handout_as_a_notebook_runs_and_shows_the_same_lines(name: str, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    (file,) = [file for file in FILES if file.stem == name]
    made = handout(file, "en")
    made.save(tmp_path / "h.ipynb")
    book = nbformat.read(tmp_path / "h.ipynb", as_version=4)
    executed(book, tmp_path)
    shown = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert shown.split() == made.markdown().split()


def test_the_notebook_of_a_worksheet_does_not_run_the_answers() -> None:
    made = symgd.explain("(w - 3)^2", start={"w": "0.5"}, steps=1, kind="worksheet")
    cells = [cell for cell in json.loads(made.notebook())["cells"] if cell["cell_type"] == "code"]
    assert len(cells) == 1
    assert "final" not in "".join(cells[0]["source"])


def test_a_notebook_draws_what_was_asked_for() -> None:
    start = {"a": 1, "b": 2, "c": 3}
    made = symgd.explain("a^2 + b^2 + c^2", start=start, steps=1, figures="contour,loss", pair="a,c")
    cells = ["".join(cell["source"]) for cell in json.loads(made.notebook())["cells"] if cell["cell_type"] == "code"]
    assert [cell for cell in cells if "plot" in cell] == ["run.plot('contour', pair=('a', 'c'))", "run.plot('loss')"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_problem_in_a_notebook_is_the_problem(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = handout(file, "zh-TW")
    book = json.loads(made.notebook())
    space: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
    assert space["run"].outcome.code == made.run.outcome.code
    assert made.notebook() == handout(file, "zh-TW").notebook()


def test_a_printed_run_is_its_table() -> None:
    shown = str(symgd.descend("(w - 3)^2", start={"w": 0}, steps=2))
    assert "updates made" in shown
    assert "Trajectory(" not in shown


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ("x", "x", "The two are equal."),
        ("x", "x + 1", "The two are different. At x = "),
        ("x/x", "1", "At x = 0 the first is without a value, the second 1."),
    ],
)
def test_a_comparison_shows_its_verdict_and_a_point(left: str, right: str, told: str) -> None:
    found = symgd.equivalent(left, right)
    assert told in str(found) == found._repr_markdown_()
    assert told in found._repr_html_()
    assert "前者的值：" in found.told("zh-TW") or found.counterexample is None
