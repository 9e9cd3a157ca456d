"""What may go wrong around the program: a full disk, no permission, a signal, a dead worker, odd files and streams.

Each fault is a real one, met by the program in a process of its own.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIVE = str(ROOT / "examples/five-steps.toml")
PROBLEM = str(ROOT / "examples/homework/problem.toml")
BOWL = str(ROOT / "examples/variants/bowl.toml")
STUDENTS = 20
#: Coverage writes files of its own, for which there is no room either.
UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}
SYMGD = [sys.executable, "-m", "symgd"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the faults of POSIX")


def run(*words: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.run([*SYMGD, *words], **{"capture_output": True, "check": False, "env": environment, **options})


def told(done: subprocess.CompletedProcess[bytes]) -> str:
    text = (done.stderr or b"").decode()
    assert "Traceback" not in text
    assert "Exception ignored" not in text
    return text


# disks


def test_a_full_disk_is_told_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    target = tmp_path / "handout.html"
    target.write_text("old")

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    done = run("explain", FIVE, "--figures", "none", "-o", str(target), preexec_fn=small, env=UNMEASURED)
    assert (done.returncode, target.read_text()) == (2, "old")
    assert "cannot be written: it is larger than files may be here" in told(done)
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_results_that_find_no_room_are_told(language: str) -> None:
    with open("/dev/full", "wb") as full:
        done = run("parse", "w^2", "--language", language, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert done.returncode == 2
    assert {"en": "there is no room left", "zh-TW": "空間已滿"}[language] in told(done)


def test_a_class_on_a_full_disk_goes_on_where_there_is_room_again(tmp_path: Path, whole: dict[str, bytes]) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    words = [
        word for word in classroom(tmp_path / "small") if word not in ("--feedback", str(tmp_path / "small/pages"))
    ]
    done = run(*words, preexec_fn=small, env=UNMEASURED)
    assert done.returncode == 2
    assert "marks.csv.journal cannot be written" in told(done)
    assert sorted(path.name for path in (tmp_path / "small").iterdir()) == ["class.csv", "marks.csv.journal"]
    assert 0 < lines_of(tmp_path / "small" / "marks.csv.journal") < STUDENTS
    done = run(*words, "--resume")
    assert (tmp_path / "small" / "marks.csv").read_bytes() == whole["marks.csv"]
    assert sorted(path.name for path in (tmp_path / "small").iterdir()) == ["class.csv", "marks.csv"]


def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    folder.chmod(0o500)
    script = f"""
import os, pathlib
from symgd.files import write_file
from symgd.language import catalogue
catalogue("en"), catalogue("zh-TW")
if not os.geteuid():
    os.setuid(65534)
try:
    write_file(pathlib.Path({str(folder / "x.md")!r}), b"x")
except Exception as error:
    print(error.explain("en"), error.explain("zh-TW"))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, cwd=ROOT)
    folder.chmod(0o700)
    assert "there is no permission" in done.stdout.decode()
    assert "沒有權限" in done.stdout.decode()
    assert list(folder.iterdir()) == []


# signals


def classroom(folder: Path, jobs: int = 1) -> list[str]:
    """A class with many different answers, and the words that mark it."""
    folder.mkdir()
    rows = [f'{k:03},"w1 = 0.5 + 0.01 = 0.51\nw2 = 0.2 + {k}/100 = 0.{20 + k}"\n' for k in range(STUDENTS)]
    (folder / "class.csv").write_text("student,working\n" + "".join(rows), encoding="utf-8")
    out = ["-o", str(folder / "marks.csv"), "--feedback", str(folder / "pages")]
    return ["grade", PROBLEM, str(folder / "class.csv"), *out, "--jobs", str(jobs)]


def graded(folder: Path) -> dict[str, bytes]:
    done = run(*classroom(folder))
    assert done.returncode == 0, done.stderr
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def resumed(words: list[str], folder: Path, whole: dict[str, bytes]) -> str:
    """The class marked to its end: the same bytes as of an undisturbed run, and no journal is left."""
    done = run(*words, "--resume")
    assert done.returncode == 0, done.stderr
    assert contents(folder) == whole
    return told(done)


def lines_of(journal: Path) -> int:
    return journal.read_bytes().count(b"\n") - 1 if journal.exists() else 0


def _hears_interrupts() -> None:
    """What a shell starts in the background ignores them, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(words: list[str], number: int, ready: Callable[[], bool]) -> subprocess.CompletedProcess[bytes]:
    """The program, sent a signal as soon as it is ready for it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*SYMGD, *words], stderr=subprocess.PIPE, env=environment, preexec_fn=_hears_interrupts
    ) as process:
        end = time.monotonic() + 60
        while not ready() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=60)
    return subprocess.CompletedProcess(words, process.returncode, b"", stderr)


SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return graded(tmp_path_factory.mktemp("whole") / "class")


QUICK = ((signal.SIGINT, 1), (signal.SIGTERM, 2), (signal.SIGKILL, 1))
CASES = [
    pytest.param(number, jobs, id=f"{number.name}-{jobs}", marks=() if (number, jobs) in QUICK else pytest.mark.long)
    for number in SIGNALS
    for jobs in (1, 2)
]


@pytest.mark.parametrize(("number", "jobs"), CASES)
def test_a_class_that_was_stopped_goes_on(
    tmp_path: Path, whole: dict[str, bytes], number: signal.Signals, jobs: int
) -> None:
    folder = tmp_path / "class"
    words, journal = classroom(folder, jobs=jobs), tmp_path / "class" / "marks.csv.journal"
    done = interrupted(words, number, lambda: lines_of(journal) >= 3)
    assert done.returncode == SIGNALS[number]
    assert number is signal.SIGKILL or "--resume" in told(done)
    finished = lines_of(journal)
    assert 3 <= finished < STUDENTS
    assert not (folder / "marks.csv").exists()
    assert all(page.read_bytes().endswith(b"</html>\n") for page in (folder / "pages").glob("*.html"))
    assert f"{finished} of {STUDENTS} answers were marked before" in resumed(words, folder, whole)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_a_class_that_is_stopped_again_and_again_comes_to_its_end(
    tmp_path: Path, whole: dict[str, bytes], seed: int
) -> None:
    """Signals at any moment, from the start of the program on: at the end the bytes are the same."""
    chance = random.Random(seed)
    folder = tmp_path / "class"
    words = classroom(folder, jobs=1 + seed % 2)
    for _ in range(8):
        begun, delay = time.monotonic(), chance.uniform(0.05, 4)
        number = chance.choice(list(SIGNALS))
        done = interrupted([*words, "--resume"], number, lambda end=begun + delay: time.monotonic() > end)  # type: ignore[misc]
        assert b"Traceback" not in done.stderr, done.stderr
        for page in (folder / "pages").glob("*.html"):
            assert page.read_bytes() == whole[f"pages/{page.name}"]
        if (folder / "marks.csv").exists():
            assert (folder / "marks.csv").read_bytes() == whole["marks.csv"]
    run(*words, "--resume")
    assert {name: text for name, text in contents(folder).items() if not name.endswith(".old.csv")} == whole


def test_a_journal_that_ends_in_the_middle_of_a_line_is_good_up_to_there(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    folder = tmp_path / "class"
    words, journal = classroom(folder), tmp_path / "class" / "marks.csv.journal"
    interrupted(words, signal.SIGKILL, lambda: lines_of(journal) >= 3)
    journal.write_bytes(journal.read_bytes()[:-20] if journal.read_bytes().endswith(b"\n") else journal.read_bytes())
    assert f"of {STUDENTS} answers" in resumed(words, folder, whole)


def test_a_journal_of_another_class_is_not_taken(tmp_path: Path, whole: dict[str, bytes]) -> None:
    folder = tmp_path / "class"
    words, journal = classroom(folder), tmp_path / "class" / "marks.csv.journal"
    interrupted(words, signal.SIGKILL, lambda: lines_of(journal) >= 3)
    text = (folder / "class.csv").read_text(encoding="utf-8")
    (folder / "class.csv").write_text(text.replace("0.5 + 0.01", "0.5 + 0.1"), encoding="utf-8")
    done = run(*words, "--resume")
    assert done.returncode == 0
    assert "belongs to another class" in told(done)
    assert b"0.5 + 0.1 " in (folder / "marks.csv").read_bytes()


def test_resuming_needs_a_file_of_marks() -> None:
    done = run("grade", PROBLEM, str(ROOT / "examples/homework/submissions.csv"), "--resume")
    assert done.returncode == 2
    assert "-o marks.csv" in told(done)


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(status.parent.name))
    return found


def test_a_worker_that_is_killed_in_the_middle_of_a_class_loses_nothing(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    folder = tmp_path / "class"
    words, journal = classroom(folder, jobs=2), folder / "marks.csv.journal"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*SYMGD, *words], stderr=subprocess.PIPE, env=environment) as process:
        while lines_of(journal) < 2 and process.poll() is None:
            time.sleep(0.002)
        os.kill(children_of(process.pid)[0], signal.SIGKILL)
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert contents(folder) == whole


def test_workers_end_with_the_program(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    words, journal = classroom(folder, jobs=2), folder / "marks.csv.journal"
    found: list[int] = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*SYMGD, *words], stderr=subprocess.DEVNULL, env=environment) as process:
        while lines_of(journal) < 2 and process.poll() is None:
            time.sleep(0.002)
        found = children_of(process.pid)
        process.kill()
    assert found
    end = time.monotonic() + 20
    while [pid for pid in found if alive(pid)] and time.monotonic() < end:
        time.sleep(0.05)
    assert not [pid for pid in found if alive(pid)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def sheets(folder: Path, jobs: int = 1) -> list[str]:
    return [
        "variants",
        BOWL,
        "-n",
        "6",
        "-o",
        str(folder),
        "--format",
        "txt",
        "--figures",
        "none",
        "--jobs",
        str(jobs),
    ]


@pytest.mark.parametrize(
    "number",
    [pytest.param(each, marks=() if each is signal.SIGTERM else pytest.mark.long, id=each.name) for each in SIGNALS],
)
def test_a_class_set_that_was_stopped_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    run(*sheets(tmp_path / "whole"))
    folder = tmp_path / "sheets"
    done = interrupted(sheets(folder), number, lambda: (folder / "variant-02.toml").exists())
    assert done.returncode == SIGNALS[number]
    assert number is signal.SIGKILL or "--resume" in told(done)
    assert (folder / "variant-02.toml").exists()
    assert not (folder / "index.html").exists()
    kept = (folder / "variant-01-key.txt").stat().st_mtime_ns
    (folder / ".variant-03-key.txt.abc.symgd-part").write_text("half")
    (folder / "variant-02-key.txt").unlink()
    assert run(*sheets(folder, jobs=2), "--resume").returncode == 0
    assert contents(folder) == contents(tmp_path / "whole")
    assert (folder / "variant-01-key.txt").stat().st_mtime_ns == kept


@pytest.mark.long
def test_a_class_set_of_another_seed_is_not_taken_for_this_one(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        assert run(*sheets(tmp_path / "two"), "--seed", seed, "--resume").returncode == 0
    run(*sheets(tmp_path / "one"), "--seed", "2")
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


# files


def written(folder: Path, content: bytes) -> str:
    (folder / "file").write_bytes(content)
    return str(folder / "file")


TOML = 'loss = "w^2"\nsteps = 1\n[start]\nw = 1\n'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TOML.replace("\n", "\r").encode(), id="CR"),
        pytest.param(TOML.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(b"\xef\xbb\xbf" + TOML.encode(), id="byte-order mark"),
        pytest.param(TOML.rstrip("\n").encode(), id="no last line end"),
    ],
)
def test_a_problem_file_with_odd_line_ends_is_read(tmp_path: Path, content: bytes) -> None:
    from symgd import Problem

    (tmp_path / "p.toml").write_bytes(content)
    assert Problem.load(tmp_path / "p.toml").steps == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(TOML.replace("\n", "\u2028", 1).encode(), "toml", id="U+2028"),
        pytest.param(TOML.replace("\n", "\0\n", 1).encode(), "toml", id="NUL"),
        pytest.param(TOML.encode("utf-16"), "encoding", id="UTF-16"),
        pytest.param(TOML.replace("w^2", "梯").encode("cp950"), "encoding", id="Big5"),
        pytest.param(b"\xff\xfe\xff", "encoding", id="bytes"),
    ],
)
def test_a_problem_file_that_is_no_text_is_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    from symgd import Problem
    from symgd.errors import InputError

    (tmp_path / "p.toml").write_bytes(content)
    with pytest.raises(InputError) as caught:
        Problem.load(tmp_path / "p.toml")
    assert caught.value.code == code
    assert "p.toml" in caught.value.explain()


LINES = "w1 = 0.5 + 0.01 = 0.51\nw2 = 0.2 + 0.02 = 0.22\n第一次\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(LINES.replace("\n", "\r").encode(), id="CR"),
        pytest.param(LINES.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(LINES.replace("\n", "\u2028").encode(), id="U+2028"),
        pytest.param(LINES.replace("\n", "\x85").encode(), id="NEL"),
        pytest.param(LINES.encode("utf-16"), id="UTF-16"),
        pytest.param(LINES.encode("cp950"), id="Big5"),
        pytest.param(LINES.replace("\n", "\0\n").encode(), id="NUL"),
    ],
)
def test_a_working_is_read_in_any_encoding_and_with_any_line_ends(tmp_path: Path, content: bytes) -> None:
    from symgd import Problem, check
    from symgd.files import decoded

    report = check(Problem.load(PROBLEM), decoded(content, "working.txt"))
    assert [(verdict.n, verdict.status) for verdict in report][:2] == [(1, "ok"), (2, "ok")]


def test_bytes_that_are_no_text_are_refused_with_their_place(tmp_path: Path) -> None:
    done = run("check", PROBLEM, written(tmp_path, b"w1 = 0.5\n\xff\xff"))
    assert done.returncode == 2
    assert "The file file is not UTF-8" in told(done)


# streams, terminals, locales


@pytest.mark.parametrize(
    "words", [["languages"], ["--help"], ["optimizers"], ["audit", str(ROOT / "examples/neuron.en.md"), "--json"]]
)
def test_a_broken_pipe_ends_quietly(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run(*words, stdout=writer, stderr=subprocess.PIPE, capture_output=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(tmp_path: Path, closed: str) -> None:
    words = f"explain 'w^2' --at w=1 --steps 1 -o {tmp_path}/x.md"
    command = f"{sys.executable} -m symgd {words} {closed}; {sys.executable} -m symgd parse 'w^2' {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    text = (tmp_path / "x.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "Written" not in text


def test_without_a_locale_text_and_names_of_files_are_utf_8(tmp_path: Path) -> None:
    bare = {"LC_ALL": "C", "PYTHONUTF8": "0"}
    target = tmp_path / "檔.md"
    done = run("explain", "w^2", "--at", "w=1", "--steps", "1", "--title", "梯度", "-o", str(target), env=bare)
    assert done.returncode == 0, done.stderr
    assert f"Written to {target}" in told(done)
    assert target.read_text(encoding="utf-8").startswith("# 梯度")


def test_bytes_of_the_command_line_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    target = tmp_path / "x.html"
    words: list[Any] = ["explain", "w^2", "--at", "w=1", "--steps", "1", "--title", b"\xff\xfe", "-o", str(target)]
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert "<title>\N{REPLACEMENT CHARACTER}" in target.read_text(encoding="utf-8")


def test_a_home_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    nowhere = {"HOME": "/proc/nowhere", "XDG_CACHE_HOME": "/proc/nowhere", "MPLCONFIGDIR": ""}
    target = tmp_path / "x.html"
    done = run("explain", FIVE, "--figures", "loss", "-o", str(target), env=nowhere)
    assert (done.returncode, told(done)) == (0, f"Written to {target}.\n")


def test_a_console_in_big5_gets_utf_8() -> None:
    done = run("explain", FIVE, "--language", "zh-TW", env={"PYTHONIOENCODING": "cp950"})
    assert done.returncode == 0
    assert "梯度下降法" in done.stdout.decode("utf-8")
