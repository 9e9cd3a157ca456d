"""Problems: three ways in with one meaning, and every wrong input an InputError with words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

import symgd
from symgd.descent.advance import descend
from symgd.descent.files import toml_tables
from symgd.descent.problem import Problem
from symgd.descent.reading import exact_number
from symgd.errors import InputError
from symgd.language import LANGUAGES

LOSS, START = "(w - 3)^2", {"w": 1}


def told(error: InputError) -> None:
    """Words in both languages, with every fact put in."""
    for language in LANGUAGES:
        assert "{" not in error.message(language).replace("{'", "").replace("{}", ""), error.code
        assert error.hint(language)


# numbers -------------------------------------------------------------------------------------------------------

NUMBERS = [
    ("0.1", Fraction(1, 10)),
    (0.1, Fraction(1, 10)),
    (np.float64(0.1), Fraction(1, 10)),
    (np.float32(0.1), Fraction(1, 10)),
    (np.array(0.5), Fraction(1, 2)),
    (np.int64(3), Fraction(3)),
    (7, Fraction(7)),
    (Fraction(1, 3), Fraction(1, 3)),
    (sp.Rational(1, 3), Fraction(1, 3)),
    (Decimal("0.10"), Fraction(1, 10)),
    ("1/3", Fraction(1, 3)),
    ("-2.5", Fraction(-5, 2)),
    ("1e-3", Fraction(1, 1000)),
    ("2*3 + 1", Fraction(7)),
    ("sqrt(4)", Fraction(2)),
    (1e-300, Fraction(1, 10**300)),
]


@pytest.mark.parametrize(("value", "exact"), NUMBERS, ids=lambda value: repr(value)[:30])
def test_numbers_are_exact(value: Any, exact: Fraction) -> None:
    assert exact_number(value) == exact


NOT_NUMBERS: list[tuple[Any, str]] = [
    (True, "not-exact"),
    (np.bool_(True), "not-exact"),
    (None, "not-exact"),
    ([[[1]]], "too-deep-array"),
    ([], "empty-array"),
    ([[1, 2], [3]], "ragged"),
    ({"a": 1}, "not-exact"),
    (np.zeros((2, 2, 2)), "too-deep-array"),
    (1j, "not-exact"),
    (object(), "not-exact"),
    (float("nan"), "not-exact"),
    (float("inf"), "not-exact"),
    (np.float64("-inf"), "not-exact"),
    (Decimal("NaN"), "not-exact"),
    (Decimal("-Infinity"), "not-exact"),
    (Decimal("1e999999999"), "magnitude"),
    (Decimal("1e-999999999"), "magnitude"),
    (10**5000, "magnitude"),
    (Fraction(1, 10**5000), "magnitude"),
    ("1e999999999", "magnitude"),
    ("10^999*10^999*10^999*10^999*10^999", "magnitude"),
    ("nan", "not-a-number"),
    ("inf", "not-a-number"),
    ("", "empty"),
    ("w", "not-exact"),
    ("pi", "not-exact"),
    ("1/0", "divided-by-zero"),
    ("1,5", "decimal-comma"),
]


@pytest.mark.parametrize("place", range(len(NOT_NUMBERS)))
def test_what_is_no_number(place: int) -> None:
    value, code = NOT_NUMBERS[place]
    with pytest.raises(InputError) as caught:
        Problem(LOSS, start={"w": value})
    assert caught.value.code == code
    told(caught.value)


# arguments -----------------------------------------------------------------------------------------------------

#: name: code and arguments.
WRONG: dict[str, tuple[str, Mapping[str, Any]]] = {
    "nothing": ("no-loss", {}),
    "loss is a number": ("not-a-loss", {"loss": 5, "start": START}),
    "loss is a list": ("not-a-loss", {"loss": ["w^2"], "start": START}),
    "loss is code": ("python", {"loss": "import os", "start": START}),
    "loss and gradient": ("loss-and-gradient", {"loss": LOSS, "gradient": {"w": 1}, "start": START}),
    "no start": ("missing-start", {"loss": LOSS}),
    "missing start": ("missing-start", {"loss": "(w + q)^2", "start": START}),
    "misspelt start": ("missing-start-close", {"loss": "(weight - 3)^2", "start": {"wieght": 1}}),
    "no parameter": ("no-parameters", {"loss": "c^2", "let": {"c": 1}}),
    "start and let": ("start-and-let", {"loss": LOSS, "start": START, "let": {"w": 2}}),
    "start is defined": ("start-defined", {"loss": "z = w; (z - 3)^2", "start": {"w": 1, "z": 1}}),
    "constant is defined": ("start-defined", {"loss": "z = w; (z - 3)^2", "start": START, "let": {"z": 1}}),
    "one name twice": ("name-twice", {"loss": "w1^2", "start": {"w1": 1, "w_1": 2}}),
    "start is a list": ("not-a-table", {"loss": LOSS, "start": [1]}),
    "start is text": ("not-a-table", {"loss": LOSS, "start": "w=1"}),
    "let is a number": ("not-a-table", {"loss": LOSS, "start": START, "let": 5}),
    "no name": ("not-a-name", {"loss": LOSS, "start": {"w+1": 1}}),
    "empty name": ("not-a-name", {"loss": LOSS, "start": {"": 1}}),
    "number for a name": ("not-a-name", {"loss": LOSS, "start": {1: 1}}),
    "slope without a start": ("missing-start", {"gradient": {"w": 1}}),
    "start without a slope": ("missing-slope", {"gradient": {"w": 1}, "start": {"w": 1, "q": 1}}),
    "no slopes": ("given-empty", {"gradient": {"w": []}, "start": START}),
    "too few slopes": ("given-short", {"gradient": {"w": [1, 2]}, "start": START, "steps": 3}),
    "unknown name in a slope": ("unknown-name", {"gradient": {"w": "q"}, "start": START}),
    "slopes are no table": ("not-a-table", {"gradient": 5, "start": START}),
    "slope is a boolean": ("not-exact", {"gradient": {"w": [True]}, "start": START}),
    "Newton without a loss": ("newton-needs-loss", {"gradient": {"w": 1}, "start": START, "optimizer": "newton"}),
    "steps below 0": ("whole", {"steps": -1}),
    "steps beyond": ("whole", {"steps": 10**9}),
    "steps in text": ("whole", {"steps": "3"}),
    "steps half": ("whole", {"steps": 2.5}),
    "steps boolean": ("whole", {"steps": True}),
    "no digits": ("whole", {"digits": 0}),
    "too many digits": ("whole", {"digits": 51}),
    "arithmetic": ("arithmetic", {"arithmetic": "decimal"}),
    "round below 0": ("arithmetic", {"arithmetic": "round:-1"}),
    "round to nothing": ("arithmetic", {"arithmetic": "round:"}),
    "round too far": ("arithmetic", {"arithmetic": "round:101"}),
    "round in superscript": ("arithmetic", {"arithmetic": "round:²"}),
    "exact with places": ("arithmetic", {"arithmetic": "exact:3"}),
    "arithmetic is a number": ("arithmetic", {"arithmetic": 4}),
    "language": ("one-of", {"language": "fr"}),
    "kind": ("one-of", {"kind": "poster"}),
    "kind is a list": ("one-of", {"kind": ["key"]}),
    "title": ("not-text", {"title": 5}),
    "optimizer": ("unknown-optimizer", {"optimizer": "magic"}),
    "misspelt optimizer": ("unknown-optimizer-close", {"optimizer": "adma"}),
    "optimizer is a number": ("not-text", {"optimizer": 5}),
    "argument": ("unknown-key", {"zzz": 5}),
    "misspelt argument": ("unknown-key-close", {"stepz": 5}),
    "setting of another method": ("unknown-setting", {"beta1": "0.9"}),
    "betas of one": ("betas", {"optimizer": "adam", "betas": [0.9]}),
    "betas of three": ("betas", {"optimizer": "adam", "betas": [0.9, 0.9, 0.9]}),
    "betas in text": ("betas", {"optimizer": "adam", "betas": "0.9"}),
    "betas twice": ("setting-twice", {"optimizer": "adam", "betas": [0.9, 0.99], "beta1": 0.5}),
    "rate twice": ("setting-twice", {"lr": 1, "learning_rate": 1}),
    "beta1 is 1": ("setting-between", {"optimizer": "adam", "beta1": 1}),
    "beta2 below 0": ("setting-between", {"optimizer": "adam", "beta2": -1}),
    "eps below 0": ("setting-least", {"optimizer": "adam", "eps": "-1e-8"}),
    "momentum below 0": ("setting-least", {"optimizer": "momentum", "momentum": "-0.1"}),
    "tolerance below 0": ("setting-least", {"tolerance": -1}),
    "tolerance": ("not-exact", {"tolerance": True}),
    "rate of w": ("rate-name", {"learning_rate": "0.1*w"}),
    "rate is empty": ("empty", {"learning_rate": ""}),
    "rate is pi": ("not-exact", {"learning_rate": "pi"}),
    "rate is a boolean": ("not-exact", {"learning_rate": True}),
    "data": ("not-a-column", {"data": {"x": 1}}),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments(name: str) -> None:
    code, arguments = WRONG[name]
    whole = (
        arguments
        if {"loss", "gradient", "start"} & set(arguments) or not arguments
        else {"loss": LOSS, "start": START, **arguments}
    )
    with pytest.raises(InputError) as caught:
        descend(Problem(**whole))
    assert caught.value.code == code
    told(caught.value)


def test_did_you_mean() -> None:
    with pytest.raises(InputError, match="Did you mean adam"):
        Problem(LOSS, start=START, optimizer="adma")
    with pytest.raises(InputError, match="Did you mean steps"):
        Problem(LOSS, start=START, step=5)


def test_momentum_above_one_is_allowed() -> None:
    assert descend(Problem(LOSS, start=START, optimizer="momentum", momentum=2, steps=60)).outcome.code == "diverged"


SYNONYMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"lr": 0.2}, {"learning_rate": "0.2"}),
    ({"optimizer": "sgd"}, {"optimizer": "gradient-descent"}),
    ({"optimizer": "Adam", "betas": (0.8, 0.9)}, {"optimizer": "adam", "beta1": "0.8", "beta2": "0.9"}),
    ({"optimizer": "adam", "betas": np.array([0.8, 0.9])}, {"optimizer": "adam", "beta1": "0.8", "beta2": "0.9"}),
    ({"optimizer": "rmsprop", "alpha": "0.9"}, {"optimizer": "rmsprop", "rho": "0.9"}),
    ({"learning_rate": None, "steps": np.int64(3)}, {}),
]


@pytest.mark.parametrize(("one", "other"), SYNONYMS, ids=lambda row: repr(row)[:40])
def test_synonyms(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = Problem(LOSS, start=START, **one), Problem(LOSS, start=START, **other)
    assert (first.method, first.settings, first.learning_rate) == (
        second.method,
        second.settings,
        second.learning_rate,
    )


# files ---------------------------------------------------------------------------------------------------------

FILE = """
title = "A file"
loss = "(w1 - c)^2 + w2^2"
steps = 2
[start]
w1 = 0.5
w2 = 0.2
[let]
c = 3
[optimizer]
name = "adam"
lr = 0.05
betas = [0.8, 0.9]
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "problem.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def meaning(problem: Problem) -> tuple[Any, ...]:
    return (
        problem.definitions,
        problem.start,
        problem.let,
        problem.method,
        problem.settings,
        problem.learning_rate,
        problem.steps,
    )


def test_file_and_arguments_mean_the_same(tmp_path: Path) -> None:
    arguments = Problem(
        "(w1 - c)^2 + w2^2",
        start={"w1": 0.5, "w2": "1/5"},
        let={"c": 3},
        steps=2,
        optimizer="adam",
        learning_rate="0.05",
        beta1="0.8",
        beta2="0.9",
    )
    assert meaning(Problem.load(written(tmp_path, FILE))) == meaning(arguments)


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf" + FILE.encode(), FILE.replace("\n", "\r\n").encode()], ids=["mark", "crlf"]
)
def test_windows_files(tmp_path: Path, content: bytes) -> None:
    assert meaning(Problem.load(written(tmp_path, content))) == meaning(Problem.load(written(tmp_path, FILE)))


OVER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"start": {"w_1": 9}}, {"start": {"w1": 9, "w2": Fraction(1, 5)}}),
    ({"learning_rate": "0.7"}, {"learning_rate": Fraction("0.7")}),
    ({"lr": "0.7"}, {"learning_rate": Fraction("0.7")}),
    ({"beta1": "0.5"}, {"settings": {"beta1": Fraction(1, 2), "beta2": Fraction(9, 10)}}),
    ({"optimizer": "newton"}, {"settings": {}, "learning_rate": Fraction("0.05")}),
    ({"optimizer": "Adam"}, {"settings": {"beta1": Fraction(4, 5), "beta2": Fraction(9, 10)}}),
]


@pytest.mark.parametrize(("options", "expected"), OVER, ids=lambda row: repr(row)[:40])
def test_options_over_a_file(tmp_path: Path, options: dict[str, Any], expected: dict[str, Any]) -> None:
    problem = Problem.load(written(tmp_path, FILE), **options)
    if "start" in expected:
        assert problem.start == expected["start"]
    if "learning_rate" in expected:
        assert problem.learning_rate.value == expected["learning_rate"]
    for word, value in expected.get("settings", {}).items():
        assert problem.settings[word] == value


def test_gradient_over_a_loss_and_back(tmp_path: Path) -> None:
    given = Problem.load(written(tmp_path, FILE), gradient={"w1": 1, "w2": 2})
    assert given.definitions is None
    assert given.replaced(loss="w1^2").given == {}


BAD_FILES: dict[str, tuple[str, str | bytes]] = {
    "no TOML": ("toml", "loss = "),
    "bad date": ("toml", "loss = 'w^2'\n[start]\nw = 2024-13-45"),
    "a date": ("not-exact", "loss = 'w^2'\n[start]\nw = 2024-01-02"),
    "twice": ("toml", "steps = 1\nsteps = 2"),
    "endless digits": ("toml", "steps = " + "9" * 5000),
    "deep": ("limit-file", "title = " + "[" * 5000),
    "null": ("toml", "loss = '\0'"),
    "not UTF-8": ("encoding", "title = '梯度'".encode("big5")),
    "unknown key": ("unknown-key", "zzzz = 1"),
    "misspelt key": ("unknown-key-close", "los = 'w^2'"),
    "unknown setting": ("unknown-setting", "loss = 'w^2'\n[start]\nw = 1\n[optimizer]\nbeta1 = 0.9"),
    "misspelt setting": ("unknown-key-close", "loss = 'w^2'\n[optimizer]\nlerning_rate = 0.9"),
    "a key in the wrong table": ("unknown-key", "loss = 'w^2'\n[optimizer]\nsteps = 3"),
    "a setting at the top": ("key-elsewhere", "loss = 'w^2'\nlearning_rate = 0.1"),
    "a language at the top": ("key-elsewhere", "loss = 'w^2'\nlanguage = 'en'"),
    "unknown handout key": ("unknown-key-close", "loss = 'w^2'\n[handout]\nlanguag = 'en'"),
    "start is a number": ("not-a-table", "loss = 'w^2'\nstart = 5"),
    "optimizer is text": ("not-a-table", "loss = 'w^2'\noptimizer = 'adam'"),
    "tables of tables": ("not-a-table", "loss = 'w^2'\n[[start]]\nw = 1"),
    "nested": ("not-exact", "loss = 'w^2'\n[start.w]\nv = 1"),
    "a list for a number": ("loss-shape", "loss = 'w^2'\n[start]\nw = [1, 2]"),
    "boolean": ("not-exact", "loss = 'w^2'\n[start]\nw = true"),
    "nan": ("not-a-number", "loss = 'w^2'\n[start]\nw = nan"),
    "infinite": ("not-a-number", "loss = 'w^2'\n[start]\nw = -inf"),
    "huge": ("magnitude", "loss = 'w^2'\n[start]\nw = 1e999999999"),
    "steps with a point": ("whole", "loss = 'w^2'\nsteps = 3.0"),
    "title is a number": ("not-text", "title = 5\nloss = 'w^2'"),
    "loss is a number": ("not-a-loss", "loss = 5"),
    "name is a list": ("not-text", "loss = 'w^2'\n[optimizer]\nname = ['adam']"),
    "empty": ("no-loss", ""),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file(tmp_path: Path, name: str) -> None:
    code, content = BAD_FILES[name]
    with pytest.raises(InputError) as caught:
        Problem.load(written(tmp_path, content))
    assert caught.value.code == code
    assert "problem.toml" in str(caught.value)
    told(caught.value)


def test_toml_error_has_its_line() -> None:
    with pytest.raises(InputError) as caught:
        toml_tables("steps = 1\nloss = w^2\n")
    assert caught.value.facts["line"] == 2
    assert "  loss = w^2\n         ^" in str(caught.value)


NO_FILES = {"missing": ("file-missing", "none.toml"), "folder": ("file-folder", ""), "null": ("file", "a\0b.toml")}


@pytest.mark.parametrize("name", NO_FILES)
def test_no_file(tmp_path: Path, name: str) -> None:
    code, word = NO_FILES[name]
    with pytest.raises(InputError) as caught:
        Problem.load(tmp_path / word)
    assert caught.value.code == code
    told(caught.value)


def test_run_time_errors_name_the_file(tmp_path: Path) -> None:
    problem = Problem.load(written(tmp_path, "loss = 'ln(w)'\n[start]\nw = -1"))
    with pytest.raises(InputError, match=r"in problem\.toml"):
        descend(problem)


# doors ---------------------------------------------------------------------------------------------------------


def test_doors_take_a_problem_a_loss_or_arguments() -> None:
    x = sp.Symbol("w")
    wanted = {"w": Fraction(7, 5)}
    problem = Problem(LOSS, start=START, steps=1)
    assert symgd.descend(problem).final == wanted
    assert symgd.descend(LOSS, start=START, steps=1).final == wanted
    assert symgd.descend((x - 3) ** 2, start={x: 1}, steps=1).final == wanted
    assert symgd.descend(loss=LOSS, start=START, steps=1).final == wanted
    assert symgd.descend(symgd.parse(LOSS), start=START, steps=1).final == wanted
    assert symgd.descend(problem, steps=0).final == {"w": 1}


def test_gradient_doors() -> None:
    x = sp.Symbol("w")
    assert symgd.gradient(Problem(LOSS, start=START)).at(w=1) == {"w": -4}
    assert symgd.gradient(loss=LOSS).at(w=1) == {"w": -4}
    assert symgd.gradient((x - 3) ** 2, wrt=[x])["w"] == 2 * x - 6
    assert list(symgd.gradient("a*b^2*c", wrt="c, a")) == ["c", "a"]
    with pytest.raises(InputError, match="not one of"):
        symgd.gradient(LOSS, wrt=["q"])
    with pytest.raises(InputError, match="no loss"):
        symgd.gradient(gradient={"w": 1}, start=START)


def test_one_loss_only() -> None:
    with pytest.raises(InputError, match="set twice"):
        symgd.descend(LOSS, loss=LOSS, start=START)


def test_parameter_named_like_the_loss() -> None:
    run = symgd.descend("(L - 3)^2", start={"L": 1}, steps=1)
    assert run.final == {"L": Fraction(7, 5)}


@pytest.mark.parametrize("word", ["m", "v", "d", "n", "g", "t", "p", "s", "eta", "eps", "beta1", "mhat"])
def test_names_of_equations_are_free_for_parameters(word: str) -> None:
    ours = symgd.descend(f"({word} - 3)^2", start={word: 1}, optimizer="adam").final[word]
    assert ours == symgd.descend(LOSS, start=START, optimizer="adam").final["w"]


def test_unused_names_are_fine() -> None:
    run = symgd.descend(LOSS, start={"w": 1, "q": 5}, let={"c": 4}, steps=2)
    assert run.final["q"] == 5
    assert run.records[0].gradient["q"] == 0


@pytest.mark.parametrize("last", [3, 4])
def test_a_sum_over_counted_rows_has_no_mini_batches(last: int) -> None:
    data = {"x": [1, 2, 3, 4], "y": [1, 2, 3, 5]}
    settings: dict[str, Any] = {"start": {"w": 1}, "data": data, "steps": 1}
    with pytest.raises(InputError) as caught:
        Problem(f"sum((w*x[i] - y[i])^2, i, 1, {last})", batch_size=2, **settings)
    assert caught.value.code == "range-with-batches"
    Problem(f"sum((w*x[i] - y[i])^2, i, 1, {last})", **settings)
