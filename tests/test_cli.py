"""The command line as a stranger meets it: results on stdout, all else on stderr, statuses, no traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parent.parent
FIVE = "examples/five-steps.toml"


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, as installed."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-m", "symgd", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=stdin,
        env={**clean, **environment},
        check=False,
    )


def out(*arguments: str) -> str:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


LINES = (r"0.1 \times 0.1 = 0.01", r"0.1 \times 0.2 = 0.02", "0.5 + 0.01 = 0.51", "0.2 + 0.02 = 0.22")


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize(
    "problem",
    [
        pytest.param([FIVE], id="from a loss"),
        pytest.param(["examples/given-gradient.toml"], id="from a given gradient"),
        pytest.param(["--gradient", "w1=-0.1,w2=-0.2", "--at", "w1=0.5,w2=0.2"], id="from options"),
        pytest.param(["(w1 - 0.55)^2 + (w2 - 0.3)^2", "--at", "w1=0.5,w2=0.2"], id="from a typed loss"),
    ],
)
def test_the_first_lesson_has_exactly_these_lines(problem: list[str], language: str) -> None:
    text = out("explain", *problem, "--language", language)
    assert [line for line in LINES if line not in text] == []


def test_further_steps_repeat_the_pattern_with_their_own_numbers() -> None:
    text = out("explain", FIVE)
    assert r"0.1 \times 0.08 = 0.008" in text
    assert "0.518 + 0.0064 = 0.5244" in text


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        pytest.param(["explain", "(w - 3)^2"], 2, "There is no value for: w.", id="no start"),
        pytest.param(["explain", "no-such.toml"], 2, "cannot be read", id="no file"),
        pytest.param(["explain"], 2, "There is no loss", id="nothing"),
        pytest.param(["explain", "(w-3", "--at", "w=1"], 2, "never closed", id="open bracket"),
        pytest.param(["explain", "w^2", "--at", "w"], 2, "not of the form", id="no pair"),
        pytest.param(["explain", "w^2", "--at", "w=1", "-o", "x.docx"], 2, "ending", id="unknown ending"),
        pytest.param(
            ["explain", "w^2", "--at", "w=1", "-o", "no/such/folder/x.md"], 2, "cannot be written", id="folder"
        ),
        pytest.param(["explain", "w^2", "--at", "w=1", "--steps", "-1"], 2, "whole number", id="negative steps"),
        pytest.param(["explain", "w^2", "--stepz", "1"], 2, "--steps", id="unknown option"),
        pytest.param(["explane"], 2, "No such command", id="unknown command"),
        pytest.param(["explain", "w^2", "--at", "w=1", "--optimizer", "adm"], 2, "Did you mean adam?", id="optimizer"),
        pytest.param(["explain", "log(w)", "--at", "w=-1"], 2, "no real value at the start", id="outside"),
        pytest.param(["gradient", "sigmod(x)"], 2, "Did you mean sigmoid?", id="misspelt"),
        pytest.param(["parse", "2 3"], 2, "Two numbers", id="two numbers"),
        pytest.param(["descend", "w^2", "--at", "w=1", "--arithmetic", "round"], 2, "no arithmetic", id="arithmetic"),
    ],
)
def test_input_that_cannot_be_used_ends_with_2_and_a_remedy(arguments: list[str], status: int, told: str) -> None:
    done = run(*arguments)
    assert done.returncode == status
    assert told in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_messages_are_in_the_users_language() -> None:
    assert "兩個數並排在一起" in run("parse", "2 3", "--language", "zh-TW").stderr
    assert "兩個數並排在一起" in run("parse", "2 3", LANG="zh_TW.UTF-8").stderr
    assert "Two numbers" in run("parse", "2 3", LANG="de_DE.UTF-8").stderr


def test_a_loss_may_begin_with_a_minus() -> None:
    assert out("gradient", "-x^2").strip() == "∂L/∂x = −2·x"
    assert out("gradient", "-x^2", "--at", "x=3").strip() == "∂L/∂x = −2·x = −2 × 3 = −6"
    assert '"change": null' in out("descend", "-w", "--at", "w=-1", "--steps", "1", "--json")


def test_gradient_json_has_the_keys_of_the_schema() -> None:
    table = json.loads(out("gradient", "(w1 - 0.55)^2 + (w2 - 0.3)^2", "--at", "w1=0.5,w2=0.2", "--format", "json"))
    assert table["schema"] == "symgd/gradient/1"
    assert table["parameters"] == ["w1", "w2"]
    assert table["partials"]["w1"] == {"text": "2(w1 − 0.55)", "latex": r"2(w_{1} - 0.55)"}
    assert table["values"] == {"w1": {"value": "-0.1", "exact": True}, "w2": {"value": "-0.2", "exact": True}}


def test_gradient_in_python_runs() -> None:
    space: dict[str, object] = {}
    exec(out("gradient", "z = w*x + b; (sigmoid(z) - y)^2", "--let", "x=2,y=1", "--format", "python"), space)
    loss, partials = space["loss_and_gradient"](0.5, 0.0)  # type: ignore[operator]
    assert loss == pytest.approx(0.0723294881285133)
    assert partials == pytest.approx([-0.211508371137067, -0.105754185568533])


def test_gradient_in_latex() -> None:
    assert out("gradient", "(w - 3)^2", "--format", "latex").strip() == (r"\frac{\partial L}{\partial w} = 2(w - 3)")


def test_descend_json_has_the_records_of_the_schema() -> None:
    table = json.loads(out("descend", FIVE, "--json"))
    assert table["schema"] == "symgd/descent/1"
    assert table["arithmetic"] == "exact"
    assert table["outcome"]["code"] == "finished"
    first, *_, last = table["steps"]
    assert first == {
        "step": 0,
        "at": {"w1": "0.5", "w2": "0.2"},
        "loss": "0.0125",
        "gradient": {"w1": "-0.1", "w2": "-0.2"},
        "change": {"w1": "0.01", "w2": "0.02"},
    }
    assert last["step"] == 3
    assert last["change"] is None


def test_descend_json_lists_what_is_proved_and_not_exact() -> None:
    record = json.loads(out("descend", "exp(w)", "--at", "w=0", "--steps", "1", "--json"))["steps"][1]
    assert record["at"] == {"w": "-0.1"}
    assert record["inexact"] == ["loss", "gradient.w"]
    assert record["loss"].startswith("0.904837418035959573164249059446")


def test_float_runs_give_json_numbers_that_round_trip() -> None:
    record = json.loads(out("descend", FIVE, "--arithmetic", "float", "--json"))["steps"][1]
    assert record["at"] == {"w1": 0.51, "w2": 0.22}


def test_csv_opens_in_a_spreadsheet() -> None:
    text = out("descend", FIVE, "--csv")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(out("descend", FIVE, "--csv", "--no-bom"))))
    assert rows[0] == ["step", "w1", "w2", "loss", "gradient.w1", "gradient.w2", "change.w1", "change.w2"]
    assert rows[1] == ["0", "0.5", "0.2", "0.0125", "-0.1", "-0.2", "0.01", "0.02"]
    assert "/" not in out("descend", "w^2/3", "--at", "w=1", "--csv")


def test_parse_json_of_a_text_and_of_a_fault() -> None:
    table = json.loads(out("parse", "2w1^2 - 0.1", "--json"))
    assert table["schema"] == "symgd/parse/1"
    assert (table["text"], table["names"]) == ("2·w1² − 0.1", ["w1"])
    assert table["sympy"] == "2*w1**2 - 1/10"
    fault = run("parse", "2w1^2 - ", "--json")
    error = json.loads(fault.stdout)["error"]
    assert (fault.returncode, error["code"], error["position"], error["length"]) == (2, "missing-operand", 6, 1)
    assert error["hint"]


def test_optimizers_lists_every_method_with_its_paper() -> None:
    text = out("optimizers")
    for word in (
        "gradient-descent",
        "momentum",
        "nesterov",
        "adagrad",
        "rmsprop",
        "adam",
        "adamw",
        "newton",
        "Kingma",
    ):
        assert word in text


@pytest.mark.parametrize("command", ["explain", "gradient", "descend", "parse", "optimizers"])
def test_every_help_has_an_example(command: str) -> None:
    assert f"symgd {command}" in out(command, "--help").split("Usage:")[1].split("\n", 1)[1]


def test_options_override_the_file(tmp_path: Path) -> None:
    problem = tmp_path / "p.toml"
    problem.write_text('loss = "w^2"\nsteps = 9\n[start]\nw = 5\n[optimizer]\nname = "momentum"\nmomentum = 0.5\n')
    table = json.loads(
        out("descend", str(problem), "--at", "w=1", "--steps", "1", "--rate", "0.25", "--optimizer", "adam", "--json")
    )
    assert (table["optimizer"], len(table["steps"]), table["steps"][0]["at"]) == ("adam", 2, {"w": "1"})


@pytest.mark.parametrize("ending", ["md", "txt", "html"])
def test_output_files_are_written_whole(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"handout.{ending}"
    target.write_text("old")
    done = run("explain", FIVE, "-o", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    assert "0.51" in target.read_text(encoding="utf-8")
    pictures = {tmp_path / f"handout-{kind}.svg" for kind in ("contour", "loss")} if ending == "md" else set()
    assert set(tmp_path.iterdir()) == {target, *pictures}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "handout.md"
    target.write_text("old")
    assert run("explain", "w^2", "--at", "w=1", "--template", "missing.md", "-o", str(target)).returncode == 2
    assert target.read_text() == "old"


def test_stdout_is_utf8_on_a_chinese_windows_console() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "symgd", "gradient", "η*w^2"],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "cp950"},
        check=True,
    )
    assert "η" in done.stdout.decode("utf-8")


def test_a_broken_pipe_ends_quietly() -> None:
    done = subprocess.run(
        f"{sys.executable} -m symgd explain {FIVE} --steps 60 | head -1",
        cwd=ROOT,
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_the_version() -> None:
    from symgd import __version__

    assert __version__ in out("--version")


def test_a_terminal_gets_readable_text_with_the_four_lines() -> None:
    import pty

    outer, inner = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "symgd", "explain", FIVE], cwd=ROOT, stdout=inner, stderr=inner
    ) as process:
        os.close(inner)
        chunks = []
        while True:
            try:
                chunk = os.read(outer, 65536)
            except OSError:
                break
            if not chunk:
                break
            chunks.append(chunk)
    os.close(outer)
    text = b"".join(chunks).decode("utf-8")
    assert process.returncode == 0
    for line in ("0.1 × 0.1 = 0.01", "0.1 × 0.2 = 0.02", "0.5 + 0.01 = 0.51", "0.2 + 0.02 = 0.22"):
        assert line in text
    assert "$" not in text
    assert "\\" not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--steps", "x"], "'x' 不是整數"),
        (["--kind", "x"], "'x' 不是其中之一：'worked', 'worksheet', 'key'"),
    ],
)
def test_why_a_value_is_refused_is_said_in_chinese(words: list[str], said: str) -> None:
    from symgd.cli import cli
    from symgd.commands.usage import told

    with pytest.raises(click.ClickException) as caught:
        cli.main(["explain", "w^2", *words], standalone_mode=False)
    assert said in told(caught.value).message("zh-TW")


@pytest.mark.parametrize(
    ("slope", "shown"), [("9^5000", "10^4771"), ("2^40000", "10^12041"), ("9^(-5000)", "10^(−4772)")]
)
def test_a_slope_of_thousands_of_digits_is_rounded(slope: str, shown: str) -> None:
    assert out("gradient", f"w*{slope}", "--at", "w=1").strip().endswith(shown)
