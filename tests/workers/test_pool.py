"""Whatever a task does, its call gives an Answer in time, the next call is right, and nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgd.workers import Answer, Pool, shared_pool
from symgd.workers.homes import Nursery, Pipes
from tests.workers.processes import below, gone, parent_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tests read /proc")
ROOT = str(Path(__file__).resolve().parents[2])
MODULE = "tests.workers.tasks"
MIB = 2**20


def new_pool(**options: Any) -> Pool:
    return Pool(MODULE, path=[ROOT], **options)


@pytest.fixture(scope="module", params=[Nursery, Pipes], ids=["forked", "piped"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    with new_pool(home=request.param) as made:
        yield made


@pytest.fixture(scope="module")
def forked() -> Iterator[Pool]:
    with new_pool() as made:
        yield made


def right(pool: Pool) -> bool:
    return pool.call("echo", ["still", 1], 5.0) == Answer("done", ["still", 1])


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="nothing"),
        pytest.param("梯度 é 🙂 \x00", id="beyond ASCII"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param({"a": [1, 2.5, True, None, {"": []}]}, id="nested"),
        pytest.param("下" * (MIB // 3), id="a megabyte"),
        pytest.param(list(range(200_000)), id="many numbers"),
        pytest.param(-(10**4000), id="a long number"),
    ],
)
def test_what_goes_in_comes_out(pool: Pool, value: Any) -> None:
    assert pool.call("echo", value, 5.0) == Answer("done", value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(value=JSON)
def test_every_json_value_goes_both_ways(forked: Pool, value: Any) -> None:
    assert forked.call("echo", value, 5.0) == Answer("done", value)


@pytest.mark.parametrize(
    ("task", "payload"),
    [
        pytest.param("forever", None, id="loops for ever"),
        pytest.param("deaf", 10**7, id="one long operation of C"),
        pytest.param("sleep", 60, id="sleeps"),
    ],
)
def test_late_in_time(pool: Pool, task: str, payload: Any) -> None:
    assert right(pool)
    begin = time.perf_counter()
    answer = pool.call(task, payload, 0.2)
    assert answer.state == "late"
    assert 0.2 <= time.perf_counter() - begin <= 0.3
    assert right(pool)


@pytest.mark.parametrize("deadline", [0.0, -1.0, float("nan")])
def test_no_time_is_late(forked: Pool, deadline: float) -> None:
    assert forked.call("echo", 1, deadline).state == "late"
    assert right(forked)


def test_no_end_of_time(forked: Pool) -> None:
    assert forked.call("echo", 1, float("inf")) == Answer("done", 1)


@pytest.mark.parametrize("task", ["exit", "abort", "segfault"])
def test_death_is_an_answer(pool: Pool, task: str) -> None:
    assert pool.call(task, None, 5.0).state == "crashed"
    assert right(pool)


@pytest.mark.parametrize("home", [Nursery, Pipes])
def test_memory_has_an_end(home: Any) -> None:
    with new_pool(home=home, memory=100 * MIB) as small:
        worker = small.call("pid").value
        answer = small.call("greedy", None, 10.0)
        assert (answer.state, answer.message) == ("failed", "MemoryError")
        assert right(small)
        assert small.call("pid").value != worker


FAILURES = [
    pytest.param("nothing of the kind", None, "LookupError: nothing of the kind", id="unknown task"),
    pytest.param("raises", "KeyError", "KeyError: 'a reason'", id="raises"),
    pytest.param("raises", "SystemExit", "SystemExit: a reason", id="leaves"),
    pytest.param("raises", "KeyboardInterrupt", "KeyboardInterrupt: a reason", id="interrupts"),
    pytest.param("set", None, "TypeError", id="result that is no JSON"),
    pytest.param("nan", None, "ValueError", id="result that is no number"),
    pytest.param("digits", 5000, "ValueError", id="result with too many digits"),
    pytest.param("text", 65 * MIB, "ValueError", id="result too long"),
    pytest.param("nested", 10**5, "RecursionError", id="result too deep"),
    pytest.param("echo", {1, 2}, "TypeError", id="payload that is no JSON"),
    pytest.param("echo", float("inf"), "ValueError", id="payload that is no number"),
    pytest.param("echo", "x" * (65 * MIB), "ValueError", id="payload too long"),
]


@pytest.mark.parametrize(("task", "payload", "message"), FAILURES)
def test_failure_is_an_answer_and_keeps_the_worker(forked: Pool, task: str, payload: Any, message: str) -> None:
    worker = forked.call("pid").value
    answer = forked.call(task, payload, 10.0)
    assert (answer.state, answer.value) == ("failed", None)
    assert answer.message.startswith(message)
    assert forked.call("pid").value == worker


def test_what_a_task_prints_goes_nowhere(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    assert pool.call("print", "\x00\x00\x00\x01x", 5.0) == Answer("done")
    assert right(pool)
    assert capfd.readouterr() == ("", "")


def test_flint_out_of_memory_is_an_answer() -> None:
    with Pool("tests.workers.heavy_tasks", path=[ROOT], memory=16 * MIB) as heavy:
        assert heavy.call("simplified", 2, 10.0) == Answer("done", "1")
        assert heavy.call("bits", 10**8, 10.0).state == "crashed"  # flint aborts
        assert heavy.call("solved", 3, 5.0) == Answer("done", 3.0)


def survives(pool: Pool, kills: int) -> None:
    for number in range(kills):
        assert pool.call("forever", None, 0.002).state == "late"
        assert pool.call("echo", number, 5.0) == Answer("done", number)


def test_fifty_kills() -> None:
    with new_pool() as many:
        survives(many, 50)
        nursery = parent_of(many.call("pid").value)
        assert len(below(nursery)) <= 3  # the worker, the spare, and one that is being ended


@pytest.mark.long
def test_a_thousand_kills() -> None:
    with new_pool() as many:
        survives(many, 1)
        descriptors = len(os.listdir("/proc/self/fd"))
        survives(many, 1000)
        assert len(os.listdir("/proc/self/fd")) == descriptors


def test_threads_share_a_pool() -> None:
    with new_pool(size=2) as shared, ThreadPoolExecutor(4) as threads:
        jobs = ["echo" if n % 10 else "exit" for n in range(200)]
        answers = list(threads.map(lambda task, n: shared.call(task, n, 5.0), jobs, range(200)))
    assert answers == [Answer("done", n) if n % 10 else Answer("crashed", None, "EOFError") for n in range(200)]


def test_size_is_how_many_run_at_once() -> None:
    with new_pool(size=2) as two, ThreadPoolExecutor(4) as threads:
        two.start()
        begin = time.perf_counter()
        answers = list(threads.map(lambda _: two.call("sleep", 0.2, 5.0), range(4)))
        assert 0.4 <= time.perf_counter() - begin < 0.7
    assert {answer.state for answer in answers} == {"done"}


def test_a_wait_for_others_is_not_late() -> None:
    with new_pool() as one, ThreadPoolExecutor(4) as threads:
        assert {answer.state for answer in threads.map(lambda _: one.call("sleep", 0.1, 0.3), range(4))} == {"done"}


@pytest.mark.parametrize("home", [Nursery, Pipes])
def test_recycling(home: Any) -> None:
    with new_pool(recycle=3, home=home) as used:
        workers = [used.call("pid", None, 5.0).value for _ in range(7)]
    assert [workers.count(worker) for worker in dict.fromkeys(workers)] == [3, 3, 1]


@pytest.mark.parametrize("home", [Nursery, Pipes])
def test_close_leaves_nothing_and_a_later_call_starts_anew(home: Any) -> None:
    before = below(os.getpid())
    again = new_pool(home=home)
    for _ in range(2):
        assert right(again)
        assert below(os.getpid()) - before
        again.close()
        assert below(os.getpid()) == before


def test_close_while_a_task_runs() -> None:
    before = below(os.getpid())
    with new_pool() as closing, ThreadPoolExecutor(1) as thread:
        closing.start()
        running = thread.submit(closing.call, "forever", None, 10.0)
        time.sleep(0.2)
        closing.close()
        assert running.result(5.0).state == "crashed"
        assert below(os.getpid()) == before
        assert right(closing)


@pytest.mark.parametrize("victim", ["nursery", "idle worker", "spare"])
def test_what_dies_between_calls_is_not_felt(victim: str) -> None:
    with new_pool() as hurt:
        worker = hurt.call("pid").value
        nursery = parent_of(worker)
        spare = (below(nursery) - {worker}).pop()
        family = {nursery, worker, spare}
        pid = {"nursery": nursery, "idle worker": worker, "spare": spare}[victim]
        os.kill(pid, signal.SIGKILL)
        assert gone(family if victim == "nursery" else {pid})
        assert all(right(hurt) for _ in range(3))


def test_an_interrupted_caller_does_not_get_the_old_answer() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with new_pool() as pool:
        assert right(pool)
        usual = signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            with pytest.raises(KeyboardInterrupt):
                pool.call("sleep", 0.3, 5.0)
        finally:
            signal.signal(signal.SIGALRM, usual)
        assert right(pool)


PROGRAM = f"""
import os, sys, time
sys.path.insert(0, {ROOT!r})
from symgd.workers import Pool
from symgd.workers.homes import Nursery, Pipes
pool = Pool({MODULE!r}, path=[{ROOT!r}], home={{}})
assert pool.call("echo", 1).value == 1
print(os.getpid(), flush=True)
"""


@pytest.mark.parametrize("home", ["Nursery", "Pipes"])
@pytest.mark.parametrize("does", ["pool.call('forever', None, 60.0)", "time.sleep(60)"], ids=["at work", "idle"])
def test_a_killed_parent_leaves_nothing(home: str, does: str) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM.format(home) + does], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.readline()
        time.sleep(0.2)
        family = below(parent.pid)
        assert family
        parent.kill()
        assert gone(family)


@pytest.mark.parametrize("home", ["Nursery", "Pipes"])
def test_a_program_that_ends_ends_its_pool(home: str) -> None:
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM.format(home)], capture_output=True, check=True, timeout=20
    )
    assert done.stderr == b""
    assert time.perf_counter() - begin < 4


FORKS = """
mine = pool.call("pid").value
child = os.fork()
if not child:
    answers = pool.call("pid").value, pool.call("forever", 0, 0.1).state, pool.call("echo", 2).value
    pool.close()
    os._exit(0 if answers[0] != mine and answers[1:] == ("late", 2) else 1)
_, status = os.waitpid(child, 0)
assert status == 0, status
assert pool.call("pid").value == mine
if not os.fork():
    time.sleep(30)
    os._exit(0)
print("forked", flush=True)
time.sleep(60)
"""


def test_a_forked_process_starts_its_own_and_keeps_nothing_of_its_parent_alive() -> None:
    code = PROGRAM.format("Nursery") + FORKS
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline()
        assert parent.stdout.readline() == b"forked\n"
        family = below(parent.pid)
        sleeper = {pid for pid in family if os.getsid(pid) == parent.pid}
        assert len(sleeper) == 1
        parent.kill()
        assert gone(family - sleeper)
        os.kill(sleeper.pop(), signal.SIGKILL)


def test_a_module_that_does_not_import_is_told_each_time() -> None:
    for home in (Nursery, Pipes):
        with Pool("symgd.no_such_module", home=home) as none:
            for _ in range(2):
                answer = none.call("echo", 1)
                assert answer.state == "failed"
                assert answer.message.startswith("ModuleNotFoundError")


def test_a_worker_is_alone_and_confined(forked: Pool) -> None:
    found = forked.call("environment").value
    assert found["threads"] == 1
    assert found["limits"]["RLIMIT_CORE"] == found["limits"]["RLIMIT_NPROC"] == 0
    assert found["limits"]["RLIMIT_NOFILE"] == 32
    assert 512 * MIB < found["limits"]["RLIMIT_AS"] < 2**31
    assert 1 <= found["limits"]["RLIMIT_CPU"] <= 10
    assert not {"sympy", "numpy", "flint"} & set(found["modules"])
    assert "" not in found["path"]
    assert {found["variables"][f"{name}_NUM_THREADS"] for name in ("OMP", "MKL", "OPENBLAS")} == {"1"}


@pytest.mark.parametrize(("own", "same"), [("7", True), (None, True), ("random", False)])
def test_the_hash_seed_is_kept(monkeypatch: pytest.MonkeyPatch, own: str | None, same: bool) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("PYTHONHASHSEED", own) if own else monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    hashes = set()
    for _ in range(2):
        with new_pool() as seeded:
            found = seeded.call("environment").value
            assert "/nowhere" not in found["path"]
            hashes.add(found["hash"])
    assert (len(hashes) == 1) == same


def test_one_shared_pool_a_module() -> None:
    assert shared_pool("symgd.one") is shared_pool("symgd.one")
    assert shared_pool("symgd.one") is not shared_pool("symgd.two")
