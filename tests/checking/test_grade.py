"""A class: how files are read, marks in other systems' formats, processes, and nothing lost."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import symgd
from symgd.checking.grading import grade
from symgd.checking.mark_files import FORMATS, read_marks
from symgd.checking.roster import read_roster
from symgd.cli import cli
from symgd.commands.class_printing import finished_class, marks_text, quantities_of

PROBLEM = symgd.Problem(
    "(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=1, source="five-steps.toml"
)
ROWS = [
    ("s001", "w1 = 0.51\nw2 = 0.22"),
    ("s002", "grad = (-0.1, -0.2)\nw1 = 0.5 - 0.01 = 0.49\nw2 = 0.18"),
    ("s003", "w1 = 0.51\nw2 = foo(3)"),
    ("s004", "nothing at all"),
    ("s005", "w1 = 0.51\nw2 = 0.22"),
]


def test_a_class_is_marked_in_order_and_equal_answers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    from symgd.checking import grading

    def marked(problem: symgd.Problem, text: str) -> symgd.Report:
        seen.append(text)
        return symgd.check(problem, text)

    monkeypatch.setattr(grading, "mark", marked)
    found = grade(PROBLEM, ROWS)
    assert [report.student for report in found] == ["s001", "s002", "s003", "s004", "s005"]
    assert [report.status for report in found] == ["correct", "partial", "undecided", "incorrect", "correct"]
    assert len(seen) == 4
    assert found.mistakes == {"climbed": 1}
    assert [report.student for report in found.undecided] == ["s003"]


def test_every_executor_gives_the_same() -> None:
    here = grade(PROBLEM, ROWS * 20)
    with ThreadPoolExecutor(2) as threads:
        assert grade(PROBLEM, ROWS * 20, threads) == here
    many = [(student, working + "\n" * place) for place, (student, working) in enumerate(ROWS * 6)]
    assert [r.score for r in grade(PROBLEM, many, jobs=2)] == [r.score for r in grade(PROBLEM, many)]


def test_a_working_that_had_to_wait_for_the_processor_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.checking import grading

    seen: list[str] = []

    def late_at_first(problem: symgd.Problem, text: str) -> symgd.Report:
        seen.append(text)
        report = symgd.check(problem, text)
        return replace(report, warnings=("late",)) if seen.count(text) == 1 else report

    monkeypatch.setattr(grading, "check", late_at_first)
    (report,) = grade(PROBLEM, [("a", "w1 = 0.51")])
    assert report.warnings == ()
    assert seen.count("w1 = 0.51") == 2


class Dying(Executor):
    """Every other portion is lost."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        future: Future[Any] = Future()
        if self.count % 2:
            future.set_exception(OSError("the worker died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_a_lost_worker_loses_nothing() -> None:
    many = [(f"s{place}", f"w1 = 0.51\nw2 = 0.{place}") for place in range(60)]
    assert grade(PROBLEM, many, Dying()) == grade(PROBLEM, many)


def test_what_breaks_the_checker_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.checking import grading

    def broken(problem: Any, text: str) -> symgd.Report:
        if "22" in text:
            raise AttributeError("a fault of ours")
        return symgd.check(problem, text)

    monkeypatch.setattr(grading, "check", broken)
    found = grade(PROBLEM, ROWS)
    assert found.reports[0].status == "undecided"
    assert found.reports[1].status == "partial"


def test_a_report_that_cannot_be_told_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.commands import grading
    from symgd.commands.class_printing import finished

    def broken(report: symgd.Report, *about: Any) -> Any:
        if not report.failed:
            raise KeyError("characters")
        return finished(report, *about)

    monkeypatch.setattr(grading, "finished", broken)
    assert grading._finished(PROBLEM, symgd.check(PROBLEM, "w1 = 0.51"), "en").marked.status == "undecided"


# writing


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_holds_every_student(name: str) -> None:
    found = grade(PROBLEM, ROWS)
    text = marks_text(finished_class(found, "en"), name, "Five steps", "en", bom=True)
    for report in found:
        assert report.student in text
    if name in ("json", "gradescope"):
        json.loads(text)


def test_columns_named_by_quantity() -> None:
    text = "room;學號;ＤＬ／ＤＷ1 ;W1 [1]\nA;s001;-0.1;0.51\nB;s001;;w1[1] = 0.5 + 0.01 = 0.51\n"
    found = read_roster(text, ["dL/dw1", "w1[1]"])
    assert found.unmatched == ("room",)
    assert [report.status for report in grade(PROBLEM, found.submissions)] == ["correct", "partial"]


WORKINGS = (
    "w1 = 0.51",
    "w1 = 0.51\nw2 = 0.22",
    "dL/dw1 = 0.1\nw1 = 0.49\nw2 = 0.22",
    "",
    "hello",
    "w1 = ((",
    "Δw1 = 1\n" * 9,
)


@pytest.mark.parametrize("marks", [{}, {"points": 3}, {"penalty": 1}, {"quantities": {"w1": 2, "dL/dw1": "0.5"}}])
def test_every_student_is_marked_out_of_the_same(marks: dict[str, Any]) -> None:
    problem = PROBLEM.replaced(steps=2, marks=marks)
    found = grade(problem, list(enumerate([*WORKINGS, "update 1\ndL/dw1 = -0.1\nupdate 2\ndL/dw1 = -0.08"])))
    assert len({report.max_score for report in found}) == 1
    assert all(0 <= report.score <= report.max_score for report in found)
    assert found.reports[3].score == 0


def test_the_share_of_the_lines_is_the_share_of_the_marks() -> None:
    """By hand: two of three lines of a problem with two weights and one update, which are 4 points."""
    (report,) = grade(PROBLEM, [("a", WORKINGS[2])])
    assert report.score == Fraction("2.67")
    assert report.max_score == 4
    assert "2.67 of 4" in report.text("en")
    assert "2 of 3" in report.text("en")
    assert "2.67／4" in report.text("zh-TW")


def test_columns_are_what_is_asked_for(tmp_path: Path) -> None:
    """An empty cell is missing, and nothing is that has no column."""
    heads = ["dL/dw1[1]", "−∂L/∂w1", "delta w1", "L[1]", r"$\partial L/\partial w_2$"]
    rows = [
        'a,-0.08,0.1,0.01,"=0.0016 + 0.0064",-0.2',
        "b,-0.08,,0.01,0.008,-0.2",
        "c,,,,,",
        "d,-0.1,0.1,0.01,0.008,-0.2",
    ]
    (tmp_path / "class.csv").write_text("\n".join([",".join(["id", *heads]), *rows]), encoding="utf-8")
    (tmp_path / "p.toml").write_text(TOML.replace("steps = 1", "steps = 2"), encoding="utf-8")
    done = run("grade", tmp_path / "p.toml", tmp_path / "class.csv", "--format", "json")
    assert done.exit_code == 0, done.output
    students = json.loads(done.stdout)["students"]
    assert [(each["score"], each["max_score"]) for each in students] == [(5, 5), (4, 5), (0, 5), (4, 5)]
    assert [each["status"] for each in students] == ["correct", "partial", "incorrect", "partial"]
    assert "Not used" not in done.stderr


def test_rows_of_python_ask_for_their_quantities() -> None:
    rows = [{"student": "a", "dL/dw1": "-0.1", "w1": "0.51"}, {"student": "b", "dL/dw1": "-0.1", "w1": ""}]
    found = grade(PROBLEM, rows)
    assert [report.score for report in found] == [2, 1]
    assert {report.max_score for report in found} == {2}
    assert [report.status for report in found] == ["correct", "partial"]


def test_a_format_that_does_not_exist_is_told_before_the_class_is_marked(folder: Path) -> None:
    done = run("grade", folder / "p.toml", folder / "class.csv", "--format", "canva", "--language", "en")
    assert "unknown-marks-format-close" in str(done.exception) or done.exit_code != 0
    assert "rows:" not in done.output
    done = run("grade", folder / "p.toml", folder / "class.csv", "--format", "JSON")
    assert json.loads(done.stdout)["schema"] == "symgd/grade/1"


def test_a_first_mistake_behind_an_undecided_line_is_not_said_to_be_the_first() -> None:
    from symgd.commands.class_printing import said

    report = symgd.check(PROBLEM, "dL/dw1 = foo(3)\nw1 = 0.51\nw2 = 0.19")
    assert "The first mistake that was found is in line 3" in said(report, "en")
    assert "在它之前有無法判定的行" in said(report, "zh-TW")


# the command


TOML = """loss = "(w1 - 0.55)^2 + (w2 - 0.3)^2"
steps = 1
[start]
w1 = 0.5
w2 = 0.2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.toml").write_text(TOML, encoding="utf-8")
    rows = "".join(f'{student},"{working}"\n' for student, working in ROWS)
    (tmp_path / "class.csv").write_text("student,working\n" + rows, encoding="utf-8")
    return tmp_path


def run(*words: object) -> Any:
    return CliRunner().invoke(cli, list(map(str, words)))


def test_the_command_writes_marks_and_pages_and_tells_what_changed(folder: Path) -> None:
    marks, pages = folder / "marks.csv", folder / "pages"
    first = run("grade", folder / "p.toml", folder / "class.csv", "-o", marks, "--feedback", pages, "--language", "en")
    assert first.exit_code == 0, first.output
    assert "1 × The step went uphill." in first.output
    assert {page.name for page in pages.iterdir()} == {f"{student}.html" for student, _ in ROWS}
    (folder / "p.toml").write_text(TOML + "[marks]\npoints = 2\n", encoding="utf-8")
    again = run("grade", folder / "p.toml", folder / "class.csv", "-o", marks, "--strict", "--language", "en")
    assert again.exit_code == 1
    assert "s001: 4 → 8" in again.output
    assert read_marks(marks.read_text(encoding="utf-8"))["s001"] == Fraction(8)


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    found = run("grade", folder / "p.toml", folder / "class.csv", "--dry-run", "--language", "en")
    assert "Column working is taken for working." in found.output
    assert sorted(path.name for path in folder.iterdir()) == ["class.csv", "p.toml"]


@pytest.mark.parametrize(
    ("working", "status"), [("w1 = 0.51\nw2 = 0.22", 0), ("w1 = 0.49", 1), ("w1 = 0.51\nw2 = foo(1)", 3)]
)
def test_check_says_it_by_its_status(folder: Path, working: str, status: int) -> None:
    file = folder / "working.txt"
    file.write_text(working, encoding="utf-8")
    assert run("check", folder / "p.toml", file).exit_code == status
    table = json.loads(run("check", folder / "p.toml", file, "--json").output)
    assert table["schema"] == "symgd/check/1"


def test_dask_with_a_worker_that_is_ended_half_way() -> None:
    distributed = pytest.importorskip("distributed")
    many = [(f"s{place}", f"w1 = 0.51\nw2 = 0.{place}") for place in range(200)]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        distributed.Client(cluster) as client,
    ):
        done = []

        def progress(count: int) -> None:
            done.append(count)
            if len(done) == 40:
                next(iter(cluster.workers.values())).process.process.kill()

        found = grade(PROBLEM, many, client.get_executor(pure=False), progress=progress)
    assert [(r.student, r.score) for r in found] == [(r.student, r.score) for r in grade(PROBLEM, many)]


def test_the_command_spreads_a_class_over_a_scheduler(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    (tmp_path / "p.toml").write_text('loss = "(w1 - 0.55)^2"\nsteps = 1\n[start]\nw1 = 0.5\n', encoding="utf-8")
    rows = [f"s{place:03},w1 = 0.5{place % 7}" for place in range(60)]
    (tmp_path / "class.csv").write_text("student,working\n" + "\n".join(rows) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "symgd", "grade", str(tmp_path / "p.toml"), str(tmp_path / "class.csv"), "-o"]
    subprocess.run([*command, str(tmp_path / "here.csv")], check=True, capture_output=True)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        there = [*command, str(tmp_path / "there.csv"), "--dask"]
        subprocess.run([*there, cluster.scheduler_address], check=True, capture_output=True)
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()
    gone = subprocess.run([*there, cluster.scheduler_address], check=False, capture_output=True, text=True)
    assert gone.returncode == 2
    assert "Traceback" not in gone.stderr


def test_the_homework_of_the_examples_is_marked_as_it_was_read() -> None:
    from tests.checking.renew_homework import FOLDER, golden

    for name, text in golden().items():
        assert (FOLDER / name).read_bytes().decode("utf-8") == text, name


def test_everything_that_goes_to_a_worker_comes_back_the_same() -> None:
    import pickle

    deep = symgd.parse("+".join(["w"] * 3_000))
    assert pickle.loads(pickle.dumps(deep)) == deep
    problem = pickle.loads(pickle.dumps(PROBLEM))
    report = symgd.check(problem, "w1 = 0.51")
    assert pickle.loads(pickle.dumps(report)).score == report.score == symgd.check(PROBLEM, "w1 = 0.51").score


def test_workers_do_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ProcessPoolExecutor

    from symgd.checking import grading

    many = [(f"s{place}", f"w1 = 0.51\nw2 = 0.{place}") for place in range(60)]
    with ProcessPoolExecutor(2) as pool:
        pool.submit(int).result()  # the workers are there before this process forgets how to mark
        monkeypatch.setattr(grading, "mark", None)
        assert len(grade(PROBLEM, many, pool)) == 60


def test_columns_are_a_working_in_whatever_order_they_stand(tmp_path: Path) -> None:
    problem = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=2)
    for heads, cells in (("w[1],w[2],dL/dw", "1,1.4,-5"), ("dL/dw,w[1],w[2]", "-5,1,1.4")):
        file = tmp_path / "class.csv"
        file.write_text(f"student,{heads}\na,{cells}\n", encoding="utf-8")
        roster = read_roster(file, ["dL/dw", "w", "w[1]", "w[2]"])
        assert [report.score for report in grade(problem, roster.submissions)] == [3]


def test_columns_without_updates_stand_in_the_order_of_an_update(tmp_path: Path) -> None:
    """By hand: slopes −0.1 and −0.4, changes 0.01 and 0.04; the loss is 0.0225 before the update, 0.0088 behind it."""
    start = {"w1": "0.5", "w2": "0.2"}
    problem = symgd.Problem("(w1 - 0.55)^2 + 2*(w2 - 0.3)^2", start=start, steps=1)
    cells = {"w1": "0.51", "w2": "0.24", "dL/dw1": "-0.1", "dL/dw2": "-0.4", "Δw1": "0.01", "Δw2": "0.04"}
    for heads in (list(cells), [*cells][::-1], ["w2", "dL/dw2", "Δw2", "Δw1", "w1", "dL/dw1"]):
        for told in ({}, {"L": "0.0088"}):
            head, row = [*heads, *told], [*(cells[each] for each in heads), *told.values()]
            (tmp_path / "class.csv").write_text("\n".join([",".join(["id", *head]), ",".join(["a", *row])]))
            (report,) = grade(problem, read_roster(tmp_path / "class.csv", quantities_of(problem)).submissions)
            assert (report.status, int(report.score)) == ("correct", len(head)), head
    (tmp_path / "class.csv").write_text("id,L,w1,w2\na,0.0225,0.51,0.24\n")
    (report,) = grade(problem, read_roster(tmp_path / "class.csv", quantities_of(problem)).submissions)
    assert report.status == "correct"


def test_a_row_of_quantities_is_in_any_order() -> None:
    problem = symgd.Problem("(w - 3)^2", start={"w": "0.5"}, steps=1)
    found = symgd.grade(problem, [{"student": "a", "w": "1", "Δw": "0.5", "dL/dw": "-5"}])
    assert [report.status for report in found] == ["correct"]


UNPICKLED = """
import os, pickle, sys
import symgd

class Deed:
    def __reduce__(self):
        return os.mkdir, (sys.argv[1],)

seen = set()
sys.addaudithook(lambda event, facts: seen.add(facts[0]) if event == "pickle.find_class" else None)
text = pickle.dumps(Deed(), 0).decode()
problem = symgd.Problem("(w - 0.5)^2", start={"w": "1"}, steps=1)
found = symgd.grade(problem, [(text, f"{text}\\n{place}\\nw = 0.9") for place in range(20)], jobs=2)
assert [report.student for report in found] == [text] * 20
assert {word.split(".")[0] for word in seen} <= {"symgd", "fractions", "concurrent"}, seen
"""


def test_what_processes_hand_over_is_never_made_from_what_a_student_wrote(tmp_path: Path) -> None:
    """A pickle that would do something, as a name and as an answer, stays text."""
    subprocess.run([sys.executable, "-c", UNPICKLED, str(tmp_path / "done")], check=True)
    assert list(tmp_path.iterdir()) == []
