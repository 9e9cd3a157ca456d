"""What a worker may not do, what hostile calls leave behind, and the choice to do without workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import symgd
from symgd.workers import Answer, Pool, shared_pool
from symgd.workers.answers import decoded, encoded
from symgd.workers.frames import framed, next_frame
from symgd.workers.here import Here
from symgd.workers.homes import Nursery, Pipes
from tests.workers import tasks
from tests.workers.hostile import MIB, holding, hostile_calls
from tests.workers.measure import calls, respawns
from tests.workers.processes import below, parent_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tests read /proc")
ROOT = str(Path(__file__).resolve().parents[2])
MODULE = "tests.workers.tasks"


@pytest.mark.parametrize("home", [Nursery, Pipes])
def test_a_worker_starts_nothing_and_writes_nothing(home: type[Nursery] | type[Pipes]) -> None:
    with Pool(MODULE, path=[ROOT], home=home) as pool:
        ways = ("fork", "system", "program", "subprocess", "spawn", "file", "files")
        said = {way: pool.call("starts", way, 5.0).value for way in ways}
    refused = dict.fromkeys(ways[:5], "PermissionError")
    assert said == {**refused, "file": "OSError", "files": "OSError"}


def test_the_nursery_of_sympy_has_one_thread_and_pinned_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYMPY_GROUND_TYPES", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    with Pool("tests.workers.heavy_tasks", path=[ROOT]) as pool:
        assert pool.call("solved", 200, 5.0) == Answer("done", 200.0)
        assert pool.call("grounds", None, 5.0) == Answer("done", ["python", "1", "1"])


def test_hostile_calls_leave_nothing_behind() -> None:
    with Pool(MODULE, path=[ROOT], memory=32 * MIB) as pool:
        nursery = parent_of(pool.call("pid").value)
        for number, (_, _, after) in enumerate(hostile_calls(pool, 64)):
            assert after == Answer("done", number)
            if number == 31:
                before = holding(os.getpid()), holding(nursery)
        after_ = holding(os.getpid()), holding(nursery)
        assert parent_of(pool.call("pid").value) == nursery
        for first, last in zip(before, after_, strict=True):
            assert last.memory - first.memory <= 20
            assert last.descriptors <= first.descriptors
            assert last.zombies == 0


def test_a_call_and_a_birth_cost_little() -> None:
    """The medians that `python -m tests.workers.measure` holds, but for the clock's, which hangs on who else runs."""
    with Pool(MODULE, path=[ROOT]) as pool:
        found = [*calls(pool, tasks, 200), *respawns(MODULE, 20)]
    assert not [str(figure) for figure in found if figure.missed and "clock" not in figure.name]


@pytest.mark.long
def test_ten_thousand_hostile_calls() -> None:
    with Pool(MODULE, path=[ROOT], memory=32 * MIB) as pool:
        nursery = parent_of(pool.call("pid").value)
        for number, (_, _, after) in enumerate(hostile_calls(pool, 10_000)):
            assert after == Answer("done", number)
            if number == 100:
                before = holding(os.getpid()), holding(nursery)
        after_ = holding(os.getpid()), holding(nursery)
    for first, last in zip(before, after_, strict=True):
        assert last.memory - first.memory <= 20
        assert last.descriptors <= first.descriptors
        assert last.zombies == 0


def test_the_module_by_its_name_speaks_the_same_protocol() -> None:
    """Where there is no fork a worker is such a process; -I, as nothing of the caller's may be imported."""
    command = [sys.executable, "-I", "-m", "symgd.workers", "pipe", MODULE, str(512 * MIB), ROOT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/") as worker:
        assert worker.stdin
        assert worker.stdout
        assert decoded(next_frame(worker.stdout.read)) == ""
        for value in ("梯度", [1, {"a": None}]):
            worker.stdin.write(framed(encoded(["echo", value, 5.0])))
            worker.stdin.flush()
            assert decoded(next_frame(worker.stdout.read)) == ["done", value, ""]
        worker.stdin.close()
    assert worker.returncode == 0


@pytest.mark.parametrize("home", [Nursery, Pipes])
def test_a_worker_takes_nothing_of_the_callers_folder_or_site(
    home: type[Nursery] | type[Pipes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    with Pool(MODULE, path=[ROOT], home=home) as pool:
        assert pool.call("echo", 1, 5.0) == Answer("done", 1)
        assert str(tmp_path) not in pool.call("environment", None, 5.0).value["path"]


# without workers


@pytest.fixture
def here() -> Iterator[None]:
    symgd.in_process()
    yield
    symgd.in_process(False)


@pytest.mark.usefixtures("here")
def test_in_process_nothing_is_started_and_answers_are_the_same() -> None:
    before = below(os.getpid())
    pool = shared_pool(MODULE)
    assert isinstance(pool, Here)
    assert pool.call("pid") == Answer("done", os.getpid())
    assert pool.call("echo", {"a": (1, 2)}) == Answer("done", {"a": [1, 2]})
    assert pool.call("nothing of the kind") == Answer("failed", None, "LookupError: nothing of the kind")
    assert pool.call("nan").message.startswith("ValueError")
    assert pool.call("raises", "SystemExit") == Answer("failed", None, "SystemExit: a reason")
    with pytest.raises(KeyboardInterrupt):
        pool.call("raises", "KeyboardInterrupt")
    found = symgd.equivalent("sin(x)^2 + cos(x)^2 + x^20", "1 + x^20", prove=True)
    assert found.verdict == "equal"
    assert below(os.getpid()) == before


def test_the_environment_may_choose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from symgd.workers import shared_pool; print(type(shared_pool('json')).__name__)"
    for value, kind in (("1", "Here"), ("0", "Pool"), ("", "Pool")):
        monkeypatch.setenv("SYMGD_IN_PROCESS", value)
        assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == kind


# a timeout is an answer


def test_what_takes_too_long_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.checking import guarded

    assert symgd.equivalent("2*(w - 3)", "2w - 6").message() == "The two are equal."
    with Pool(MODULE, path=[ROOT]) as slow:  # its task "equality" never ends
        slow.start()
        monkeypatch.setattr("symgd.workers.shared_pool", lambda module: slow)
        monkeypatch.setattr(guarded, "DEADLINE", 0.05)
        begin = time.monotonic()
        found = symgd.equivalent("x^99 + 7919", "x^99 + 7920")
        assert time.monotonic() - begin < 1
    assert (found.verdict, found.late) == ("unknown", 0.05)
    assert found.message() == "This could not be decided in 0.05 s."
    assert found.message("zh-TW") == "無法在 0.05 秒內判定。"


def test_a_line_that_takes_too_long_is_left_to_the_teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgd.calculus.equality import Equality
    from symgd.checking import formulas

    monkeypatch.setattr(formulas, "compared", lambda *_: Equality("unknown", "", late=1.0))
    report = symgd.check("(w - 3)^2", "dL/dw = 2*(w - 3) = -4", start={"w": 1}, steps=1)
    assert next((line.status, line.late) for line in report) == ("unknown", 1.0)
    assert (report.status, report.first_wrong_line) == ("undecided", None)
    from symgd.checking.feedback import feedback_text

    assert "this could not be decided in 1 s" in feedback_text(report, "en")
    assert "無法在 1 秒內判定" in feedback_text(report, "zh-TW")


def test_small_work_does_not_pay_for_the_pool() -> None:
    code = """
import sys, symgd
problem = symgd.Problem.load("examples/five-steps.toml")
assert symgd.check(problem, "dL/dw1 = 2*(w1-0.55) = -0.1\\nw1 = 0.5 + 0.01 = 0.51").status != "undecided"
assert symgd.equivalent("2*(w-3)", "2w - 6").verdict == "equal"
assert symgd.audit("0.5 + 0.01 = 0.51; (w + 1)^2 = w^2 + 2*w + 1").true == 2
assert symgd.explain(problem).markdown()
print("symgd.workers.pool" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout == "False\n"
