"""Every row of the table of limits is met by a case, tells its name, its value and how it is raised, and is raised."""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import symgd
from symgd.checking.roster import read_roster
from symgd.cli import main
from symgd.descent.csv_files import read_csv
from symgd.descent.files import toml_tables
from symgd.errors import InputError
from symgd.files import read_text
from symgd.language import add_languages, catalogue, own_sentences
from symgd.limits import ROWS, STRICT, WIDE, allowed, allowing, limits_of

BOWL: dict[str, Any] = {"start": {"w": 0}, "arithmetic": "float"}


class Case(NamedTuple):
    """What takes so many of what the row counts; `least` instead of the row's own value, where that is too costly.

    `raised` is what the limit is raised to, where that is more than what is taken.
    """

    does: Callable[[int, Path], Any]
    least: int | None = None
    raised: int | None = None


def nested(opening: str, closing: str) -> Callable[[int, Path], Any]:
    return lambda count, _: symgd.parse(opening * count + "x" + closing * count)


def problem_file(count: int, folder: Path) -> None:
    head = 'loss = "w^2"\n'
    file = folder / "problem.toml"
    file.write_text(head + "#" * (count - len(head)))
    symgd.Problem.load(file)


def nest(count: int, _: Path) -> None:
    toml_tables("x = " + "[" * count + "]" * count)


def text_file(count: int, folder: Path) -> None:
    (folder / "working.txt").write_text("x" * count)
    read_text(folder / "working.txt")


def language(count: int, folder: Path) -> None:
    (folder / "xx.toml").write_text("#" * count)
    add_languages(folder)
    own_sentences("xx")


def table(rows: int, columns: int, folder: Path) -> Any:
    file = folder / "points.csv"
    file.write_text(",".join(f"a{n}" for n in range(columns)) + "\n" + (",".join(["1"] * columns) + "\n") * rows)
    return read_csv(file)


def table_bytes(count: int, folder: Path) -> None:
    (folder / "points.csv").write_text("x\n" + "1" * (count - 2))
    read_csv(folder / "points.csv")


def cell(count: int, folder: Path) -> None:
    (folder / "points.csv").write_text(f"x,{'y' * count}\n1,2\n")
    read_csv(folder / "points.csv", {"x": "x"})


def working(text: str) -> None:
    """A working is never refused: a report says that it was cut."""
    report = symgd.check("w^2", text, start={"w": 1}, steps=1)
    if "cut" in report.warnings:
        assert report.status == "undecided"
        limits = allowed().stranger
        row = "working_lines" if text.count("\n") >= limits.working_lines else "working_characters"
        raise InputError("limit-found", limit=row, most=getattr(limits, row), found=len(text))


def updates(count: int, _: Path) -> None:
    symgd.explain("(w - 3)^2", start={"w": 0}, learning_rate="0.01", steps=count)


def template(text: str) -> Callable[[int, Path], Any]:
    def fill(count: int, folder: Path) -> None:
        (folder / "mine.md").write_text(text.replace("COUNT", str(count)))
        symgd.explain("(w - 3)^2", start={"w": 0}, steps=1, template=folder / "mine.md").markdown()

    return fill


def slow_template(_: int, folder: Path) -> None:
    """Loops without a word, for more than a second."""
    begin = time.process_time()
    sum(1 for place in range(300_000) if place % 7 == 3)
    rounds = min(1_000, max(1, int(1.2 * 300 / (time.process_time() - begin) / 1_000)))
    inner = "<% for a in range(1000) %><% for b in range(1000) %><% if b % 1 %>x<% endif %><% endfor %><% endfor %>"
    inner = inner.replace("b % 1", "b == -1")
    template(f"<% for c in range({rounds}) %>{inner}<% endfor %>done")(0, folder)


def variants(count: int, choices: int, ranges: int = 2) -> None:
    spot = {"from": 1, "to": choices}
    start = {f"w{n}": spot if n < ranges else 1 for n in range(ranges + 1)}
    loss = " + ".join(f"({word} - 2000)^2" for word in start)
    symgd.variants({"loss": loss, "steps": 1, "start": start}, count)


CASES: dict[str, Case] = {
    "characters": Case(lambda n, _: symgd.parse("x" + " " * (n - 1))),
    "depth": Case(nested("(", ")")),
    "calls": Case(nested("sin(", ")")),
    "parts": Case(lambda n, _: symgd.parse("+".join(["x"] * (n // 2 + 1))), 401),
    "digits": Case(lambda n, _: symgd.parse("1" * n)),
    "magnitude": Case(lambda n, _: symgd.parse(f"1e{n - 1}")),
    "name": Case(lambda n, _: symgd.parse("a" * n, names=["a" * n])),
    "arguments": Case(lambda n, _: symgd.parse(f"max({','.join(['x'] * n)})")),
    "exponent": Case(lambda n, _: symgd.parse(f"x^{n}")),
    "bits": Case(lambda n, _: symgd.parse(f"2^{n - 1}")),
    "degree": Case(lambda n, _: symgd.parse("x^1000*" * (n // 1000) + f"x^{n % 1000}")),
    "problem_bytes": Case(problem_file),
    "nesting": Case(nest),
    "text_bytes": Case(text_file, 10_000),
    "catalogue_bytes": Case(language),
    "table_bytes": Case(table_bytes, 40),
    "rows": Case(lambda n, folder: table(n, 1, folder), 1_000),
    "columns": Case(lambda n, folder: table(1, n, folder)),
    "cells": Case(lambda n, folder: table(n // 10, 10, folder), 1_000),
    "cell": Case(cell),
    "working_characters": Case(lambda n, _: working("x" * n)),
    "working_lines": Case(lambda n, _: working("w\n" * n)),
    "steps": Case(lambda n, _: symgd.Problem("w^2", steps=n, **BOWL)),
    "parameters": Case(lambda n, _: symgd.Problem("sum(w)", start={"w": [0] * n}, arithmetic="float", every=9)),
    "runs": Case(lambda n, _: symgd.descend("w^2", start={"w": [0] * n}, arithmetic="float", every=9), 1_000),
    "kept": Case(lambda n, _: symgd.Problem("sum(w)", start={"w": [0] * 1_000}, steps=n // 1000 - 1), 5_000),
    "significant_digits": Case(lambda n, _: symgd.Problem("w^2", digits=n)),
    "decimal_places": Case(lambda n, _: symgd.Problem("w^2", arithmetic=f"round:{n}")),
    "updates": Case(updates, 4),
    "template_loops": Case(template("<% for i in range(COUNT) %>x<% endfor %>")),
    "template_text": Case(template("<< ('x' * COUNT)|length >>")),
    "template_seconds": Case(slow_template, 2, raised=30),
    "variants": Case(lambda n, _: variants(n, 100), 2),
    "ranges": Case(lambda n, _: variants(1, 9, ranges=n)),
    "choices": Case(lambda n, _: variants(1, n)),
}


def test_there_is_a_case_for_every_row() -> None:
    assert CASES.keys() == ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
def test_each_limit_is_told_and_can_be_raised(name: str, tmp_path: Path) -> None:
    does, least, raised = CASES[name]
    row = ROWS[name]
    size = least or (STRICT if name.startswith("working") else WIDE).__getattribute__(name) + 1
    most = size - 1
    assert row.metadata["highest"] >= size
    with allowing({name: most} if least else None), pytest.raises(InputError) as caught:
        does(size, tmp_path)
    assert caught.value.facts["limit"] == name
    assert caught.value.facts["most"] == most
    for spoken in ("en", "zh-TW"):
        told = caught.value.explain(spoken)
        assert f"--limit {name}=" in told
        assert f'limits={{"{name}": ' in told
        assert str(most) in told
    with allowing({name: raised or size}):
        does(size, tmp_path)


@pytest.mark.parametrize("name", ROWS)
def test_strict_is_never_wider_and_each_limit_is_in_words(name: str) -> None:
    assert 1 <= getattr(STRICT, name) <= getattr(WIDE, name) <= ROWS[name].metadata["highest"]
    assert catalogue("en")[f"limit.{name}"]
    assert catalogue("zh-TW")[f"limit.{name}"]


# on the command line


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The status, what goes to stdout and what goes to stderr of a command."""

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(words)
        said = capsys.readouterr()
        return int(str(left.value.code)), said.out, said.err

    return run


Told = Callable[..., tuple[int, str, str]]
DESCEND = ("descend", "w", "--at", "w=1", "--arithmetic", "float")
COMMANDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "steps": ((*DESCEND, "--steps", "1000001", "--every", "1000000"), "steps", "2000000"),
    "every": ((*DESCEND, "--every", "1000001"), "steps", "2000000"),
    "digits": (("explain", "w^2", "--at", "w=1", "--digits", "51"), "significant_digits", "100"),
    "arithmetic": (("explain", "w^2", "--at", "w=1", "--arithmetic", "round:101"), "decimal_places", "200"),
    "formula": (("gradient", "x^1001"), "exponent", "2000"),
    "student": (("parse", "--strict", "x^101"), "exponent", "200"),
    "constant": (("gradient", "w*x", "--let", "x=1e4001"), "magnitude", "8000"),
    "variants": (("variants", "examples/variants/bowl.toml", "-n", "1001", "-o", "OUT"), "variants", "2000"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_a_command_tells_the_limit_and_takes_a_higher_one(case: str, tmp_path: Path, told: Told) -> None:
    words, name, more = COMMANDS[case]
    words = tuple(str(tmp_path / "out") if word == "OUT" else word for word in words)
    for language, telling in (("en", "where you trust it, raise it"), ("zh-TW", "若來源可信，可以調高")):
        spoken = [*words, "--language", language]
        status, out, err = told(*spoken)
        assert (status, out) == (2, "")
        assert f"--limit {name}={more}" in err
        assert telling in err
    if case != "variants":  # a thousand of them take their time
        assert told(*words, "--limit", f"{name}={more}")[0] == 0
        assert told("--limit", f"{name}={more}", *words)[0] == 0


def test_limits_are_listed_in_both_languages(told: Told) -> None:
    for language, words in (("en", "updates of a run"), ("zh-TW", "一次執行的更新次數")):
        status, out, _ = told("limits", "--language", language)
        assert status == 0
        assert len(out.splitlines()) == len(ROWS)
        assert any(line.split()[:3] == ["steps", "1000", "1000000"] and words in line for line in out.splitlines())
    assert "5 " in told("limits", "--limit", "steps=5")[1]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("step=5", "unknown-limit-close"),
        ("qqqq=5", "unknown-limit"),
        ("steps", "not-a-pair"),
        ("steps=", "whole"),
        ("steps=0", "whole"),
        ("steps=-5", "whole"),
        ("steps=1e6", "whole"),
        ("steps=" + "9" * 5000, "whole"),
        ("depth=100000", "whole"),
        ("", "not-a-pair"),
    ],
)
def test_a_limit_that_means_nothing_is_told(given: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        limits_of(given)
    assert caught.value.code == code
    assert caught.value.explain("en")
    assert caught.value.explain("zh-TW")


def test_what_is_too_deep_for_the_machine_is_told(told: Told) -> None:
    for language, words in (("en", "nested too deep"), ("zh-TW", "層數太多")):
        status, out, err = told(
            "gradient", "sin(" * 150 + "x" + ")" * 150, "--limit", "calls=150", "--language", language
        )
        assert (status, out) == (2, "")
        assert words in err


def test_text_as_deep_as_the_limit_is_read_whatever_the_callers_stack() -> None:
    def deeper(more: int) -> symgd.Expression:
        return deeper(more - 1) if more else symgd.parse("(1+x*" * WIDE.depth + "x" + ")" * WIDE.depth)

    before = sys.getrecursionlimit()
    assert deeper(300).names == ("x",)
    assert sys.getrecursionlimit() == before


# in Python


def test_limits_may_be_a_whole_table_or_some_rows() -> None:
    with pytest.raises(InputError, match="x\\^101"):
        symgd.parse("x^101", limits=STRICT)
    assert symgd.parse("x^1001", limits={"exponent": 1_001}).text() == "x^1001"
    assert symgd.Problem("x^1001", limits={"exponent": 1_001}).definitions
    assert len(symgd.audit("1^20001 = 1", limits={"exponent": 30_000}).relations) == 1
    with pytest.raises(InputError, match="limits"):
        symgd.parse("x", limits=5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"limits\.depth"):
        symgd.parse("x", limits={"depth": True})
    assert allowed() == (WIDE, STRICT)


def test_a_problem_takes_its_limits_along() -> None:
    problem = symgd.Problem(
        "(w - 3)^2", start={"w": 0}, steps=3, limits={"working_lines": 2, "updates": 3, "steps": 3}
    )
    copy = problem.replaced(title="Again")
    for each in (problem, copy, pickle.loads(pickle.dumps(problem))):
        assert "cut" in symgd.check(each, "w\nw\nw\n").warnings
        assert symgd.explain(each)
        with pytest.raises(InputError, match="steps"):
            each.replaced(steps=4)
        assert each.replaced(steps=4, limits={"steps": 4}).steps == 4


@pytest.mark.parametrize(
    "line",
    [
        "limits = {steps = 2000000}",
        "limit = 'steps=2000000'",
        "[limits]\nsteps = 2000000",
        "[optimizer]\nlimits = {steps = 2000000}",
        "[optimizer]\nlimits = 'steps=2000000'",
        "[optimizer]\nfolder = '/'",
        "[optimizer]\nsource = 'x'",
        "[handout]\nlimits = {steps = 2000000}",
        "[marks]\nlimits = {steps = 2000000}",
        "[data]\nlimits = {steps = 2000000}",
    ],
)
def test_a_file_cannot_raise_limits(line: str, tmp_path: Path) -> None:
    file = tmp_path / "problem.toml"
    body = line if line.startswith("[") else ""
    file.write_text(f"{line if not body else ''}\nsteps = 1000001\nloss = 'w^2'\n{body}\n[start]\nw = 1\n")
    with pytest.raises(InputError):
        symgd.check(symgd.Problem.load(file), "")
    with pytest.raises(InputError):
        symgd.check(symgd.Problem.load(file, steps=2), "")


# ordinary work


def test_ordinary_work_meets_no_limit(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("x,y\n" + "".join(f"{n}.5,{n % 7}\n" for n in range(100_000)))
    fitted = symgd.descend("mean((w*x - y)^2)", data=file, start={"w": 0}, arithmetic="float", learning_rate="1e-10")
    assert fitted.problem.rows == 100_000
    run = symgd.descend("(w - 3)^2 + sin(w)", steps=1_000_000, learning_rate="1e-6", every=1_000, **BOWL)
    assert run.final
    loss = " + ".join(f"(w{n} - {n})^2" for n in range(1_000))
    wide = symgd.descend(loss, start={f"w{n}": 0 for n in range(1_000)}, arithmetic="float")
    assert len(wide.final) == 1_000


def test_a_class_of_a_hundred_thousand_meets_no_limit(tmp_path: Path) -> None:
    file = tmp_path / "class.csv"
    file.write_text("student,working\n" + "".join(f"s{n},w1 = 0.{n % 50}\n" for n in range(100_000)))
    roster = read_roster(file, ["w1"])
    found = symgd.grade(symgd.Problem("(w1 - 1)^2", start={"w1": "0.5"}, steps=1), roster.submissions)
    assert len(found) == 100_000


def test_a_class_file_has_its_limits() -> None:
    text = "student,working\n" + "a,w = 1\n" * 5
    lines = '{"student": "a", "working": "w = 1"}\n' * 5
    for content in (text, lines):
        with allowing({"rows": 4}), pytest.raises(InputError) as caught:
            read_roster(content, ["w"])
        assert caught.value.facts["limit"] == "rows"
        with allowing({"columns": 1}), pytest.raises(InputError) as caught:
            read_roster(content, ["w"])
        assert caught.value.facts["limit"] == "columns"
        with allowing({"rows": 5, "columns": 2}):
            assert len(read_roster(content, ["w"]).submissions) == 5


def test_a_working_that_was_cut_is_told_in_both_languages() -> None:
    report = symgd.check("(w - 3)^2", "w\n" * 401, start={"w": 1}, steps=1)
    from symgd.checking.feedback import feedback_text

    for language in ("en", "zh-TW"):
        assert "400" in feedback_text(report, language)
        assert "working_lines" in feedback_text(report, language)


# templates that mean harm


HARM = {
    "for ever": "<% for a in range(1000) %>" * 6 + "<% endfor %>" * 6,
    "for ever, by the lists of the handout": "<% for a in updates * 1000 %>" * 6 + "<% endfor %>" * 6,
    "a tower of macros": "<% macro a() %><% endmacro %>"
    + "".join(f"<% macro {chr(98 + n)}() %>{f'<< {chr(97 + n)}() >>' * 9}<% endmacro %>" for n in range(20))
    + "<< u() >>",
    "a macro that calls itself": "<% macro a() %><< a() >><% endmacro %><< a() >>",
    "doubled": "<% set a = 'x' * 1000 %>" + "<% set a = a ~ a %>" * 40 + "<< a >>",
    "doubled by a block": "<% set a %>xxxxxxxx<% endset %>" + "<% set a %><< a >><< a >><% endset %>" * 40 + "<< a >>",
    "doubled by replace": "<% set a = 'x' * 1000 %>" + "<% set a = a|replace('x', 'xxxxxxxxxx') %>" * 12 + "<< a >>",
    "padded": "<< 'x'.ljust(10000000000) >>",
    "formatted": "<< '{:10000000000}'.format(1) >>",
    "joined": "<< ([('x' * 1000000)] * 100000)|join|length >>",
    "very deep": "<% if 1 %>" * 3000 + "<% endif %>" * 3000,
    "very deep brackets": "<< " + "(" * 3000 + "1" + ")" * 3000 + " >>",
    "a long number": "<< " + "9" * 10_000 + " >>",
}


@pytest.mark.parametrize("case", HARM)
def test_a_template_that_means_harm_ends(case: str, tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(HARM[case])
    begin = time.monotonic()
    with pytest.raises(InputError) as caught:
        symgd.explain("w^2", template=tmp_path / "mine.md", limits={"template_seconds": 1}, **BOWL).markdown()
    assert time.monotonic() - begin < 6
    assert caught.value.code in ("limit-file", "template")
    assert "mine.md" in caught.value.explain("en")
    assert "mine.md" in caught.value.explain("zh-TW")
