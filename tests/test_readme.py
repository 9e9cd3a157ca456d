"""README says what is so: its test line is what CI runs, its commands and examples run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import symgd

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def block(language: str, containing: str) -> str:
    return next(text for name, text in BLOCKS if name == language and containing in text)


def test_ci_runs_the_test_line_of_the_readme() -> None:
    line = block("sh", "-m tests").strip()
    assert "\n" not in line
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_handout_line_is_one_line_with_its_own_setup() -> None:
    line = block("sh", "-o five-steps.html").strip()
    assert "\n" not in line
    assert line.startswith("python3 -m venv")


COMMANDS = [line for name, text in BLOCKS if name == "sh" and "venv" not in text for line in text.strip().splitlines()]


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_run(line: str, tmp_path: Path) -> None:
    written = ("marks.csv", "pages", "sheets")
    words = [str(tmp_path / word) if word.endswith(".html") or word in written else word for word in shlex.split(line)]
    assert words[0] == "symgd"
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_python_example_runs_and_says_what_its_comments_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = block("python", "import symgd")
    space: dict[str, object] = {}
    exec(source, space)
    for line in source.splitlines():
        code, _, comment = line.partition("#")
        expected = comment.strip().split(", ")[0] if comment.strip().startswith(("2*", "'2(")) else ""
        if expected:
            value = eval(code, space)
            assert expected in (str(value), repr(value))
    assert (tmp_path / "handout.html").exists()


def test_the_problem_file_of_the_readme_is_one() -> None:
    import tomllib

    from symgd.descent.problem import Problem

    problem = Problem.from_table(tomllib.loads(block("toml", "[start]"), parse_float=str))
    assert symgd.descend(problem).outcome.code == "finished"


@pytest.mark.parametrize("text", [text for name, text in BLOCKS if name == "console"])
def test_the_console_examples_show_what_is_printed(text: str) -> None:
    command, _, expected = text.partition("\n")
    words = shlex.split(command.removeprefix("$ "))
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout or done.stderr).strip() == expected.strip()


def modules() -> list[str]:
    names = [info.name for info in pkgutil.walk_packages(symgd.__path__, "symgd.")]
    return ["symgd", *(name for name in names if not name.endswith("__main__"))]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_public_functions_have_examples_or_say_what_they_raise() -> None:
    undocumented = [name for name in symgd.__all__ if not getattr(symgd, name).__doc__]
    assert undocumented == []


def test_the_template_of_the_readme_makes_a_handout(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(block("jinja", "extends"), encoding="utf-8")
    problem = symgd.Problem.load(ROOT / "examples" / "five-steps.toml", kind="worksheet")
    text = symgd.explain(problem, template=tmp_path / "mine.md").markdown()
    assert text.startswith("# Green Hill School · Five steps of gradient descent\n\nName")
    assert "### Step 4 of five: Weight change" in text
    assert len(block("jinja", "extends").strip().splitlines()) <= 15
