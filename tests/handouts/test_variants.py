"""Variants: pleasant by an oracle of their own, the same for a seed, and questions that other systems read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.commands.variant_files import _head
from symgd.descent.files import read_toml, toml_tables
from symgd.handouts.toml_files import toml_text
from symgd.handouts.variants import variants_of

LETTERS = st.characters(exclude_categories=["Cs"])
FILE = Path("examples/variants/bowl.toml")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "symgd", "variants", *words], capture_output=True, text=True, check=False
    )


def descended(numbers: dict[str, Fraction], steps: int) -> list[dict[str, Fraction]]:
    """The bowl's own descent, written out: every quantity of every update."""
    w, rate = [numbers["start.w1"], numbers["start.w2"]], numbers["optimizer.learning_rate"]
    a, c, found = numbers["let.a"], numbers["let.c"], []
    for _ in range(steps + 1):
        g = [2 * a * (w[0] - c), 2 * (w[1] - Fraction(3, 10))]
        loss = a * (w[0] - c) ** 2 + (w[1] - Fraction(3, 10)) ** 2
        found.append({"w1": w[0], "w2": w[1], "g1": g[0], "g2": g[1], "L": loss, "d1": rate * g[0], "d2": rate * g[1]})
        w = [w[0] - rate * g[0], w[1] - rate * g[1]]
    return found


@pytest.mark.repeated
def test_every_variant_is_pleasant_by_an_oracle() -> None:
    found = variants_of(FILE, 60, seed=3).found
    assert len({tuple(variant.numbers.values()) for variant in found}) == 60
    for variant in found:
        records = descended(dict(variant.numbers), 2)
        for record in records:
            assert all(
                (10_000 * value).denominator == 1 for key, value in record.items() if key != "d1" and key != "d2"
            )
        for record in records[:-1]:
            assert record["g1"] != 0 != record["g2"]
        assert records[0]["L"] > records[1]["L"] > records[2]["L"]
        assert variant.run.final == {"w1": records[2]["w1"], "w2": records[2]["w2"]}


@pytest.mark.repeated
def test_a_longer_list_begins_with_a_shorter_one_and_seeds_differ() -> None:
    ten, thirty = (variants_of(FILE, count, seed=7).found for count in (10, 30))
    assert [variant.numbers for variant in thirty[:10]] == [variant.numbers for variant in ten]
    assert [variant.numbers for variant in variants_of(FILE, 10, seed=8).found] != [v.numbers for v in ten]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_files(tmp_path: Path, jobs: str) -> None:
    for folder in ("a", "b"):
        done = run(
            str(FILE), "-n", "3", "--seed", "7", "-o", str(tmp_path / folder), "--jobs", jobs, "--figures", "none"
        )
        assert (done.returncode, done.stdout) == (0, "")
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    sheets = [f"variant-0{k}{end}" for k in (1, 2, 3) for end in ("-key.html", "-worksheet.html", ".toml")]
    assert names == sorted([*sheets, "index.html", "moodle.xml", "questions.gift", "variants.json"])
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    page = (tmp_path / "a" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="([^"]+)"', page) == [
        f"variant-0{k}{end}" for k in (1, 2, 3) for end in ("-worksheet.html", "-key.html", ".toml")
    ]
    for kind in ("key", "worksheet"):
        assert "Variant 2 · seed 7" in (tmp_path / "a" / f"variant-02-{kind}.html").read_text(encoding="utf-8")


def test_the_problem_files_mark_the_answers(tmp_path: Path) -> None:
    assert run(str(FILE), "-n", "4", "-o", str(tmp_path), "--figures", "none").returncode == 0
    everything = json.loads((tmp_path / "variants.json").read_text(encoding="utf-8"))
    assert everything["schema"] == "symgd/variants/1"
    for row in everything["variants"]:
        problem = symgd.Problem.load(tmp_path / row["files"]["problem"])
        assert {word: str(value) for word, value in symgd.descend(problem).final.items()} == {
            word: str(Fraction(value)) for word, value in row["answers"].items() if word != "L"
        }
        report = symgd.check(problem, "".join(f"{word}[2] = {row['answers'][word]}\n" for word in ("w1", "w2")))
        assert report.first_wrong_line is None
        assert symgd.check(problem, f"w1[2] = {Fraction(row['answers']['w1']) + 1}").first_wrong_line is not None


def test_a_second_run_can_go_on(tmp_path: Path) -> None:
    assert run(str(FILE), "-n", "2", "-o", str(tmp_path), "--figures", "none").returncode == 0
    before = (tmp_path / "variant-01-key.html").stat().st_mtime_ns
    (tmp_path / "variant-02.toml").unlink()
    assert run(str(FILE), "-n", "3", "-o", str(tmp_path), "--figures", "none", "--resume").returncode == 0
    assert (tmp_path / "variant-01-key.html").stat().st_mtime_ns == before
    assert (tmp_path / "variant-02.toml").exists()
    assert (tmp_path / "variant-03.toml").exists()


def test_moodle_reads_the_questions(tmp_path: Path) -> None:
    run(str(FILE), "-n", "2", "-o", str(tmp_path), "--figures", "none", "--language", "zh-TW")
    quiz = ElementTree.parse(tmp_path / "moodle.xml").getroot()
    assert quiz.tag == "quiz"
    kinds = [question.get("type") for question in quiz]
    assert kinds == ["category", *["numerical"] * 6]
    answers = json.loads((tmp_path / "variants.json").read_text(encoding="utf-8"))["variants"]
    wanted = [value for row in answers for value in row["answers"].values()]
    assert [question.findtext("answer/text") for question in quiz][1:] == wanted
    for question in quiz.findall("question[@type='numerical']"):
        assert question.find("answer").get("fraction") == "100"  # type: ignore[union-attr]
        assert float(question.findtext("answer/tolerance") or "x") == 0
        assert question.find("questiontext").get("format") == "html"  # type: ignore[union-attr]
        assert "更新" in (question.findtext("questiontext/text") or "")
    assert gift_of((tmp_path / "questions.gift").read_text(encoding="utf-8")) == wanted


def gift_of(text: str) -> list[str]:
    """The answers of a GIFT file, read as its documentation says."""
    answers = []
    for block in text.strip().split("\n\n"):
        if block.startswith(("$CATEGORY:", "//")):
            continue
        plain = re.sub(r"\\[\\~=#{}:]", "", block)  # what is escaped is text
        found = re.fullmatch(r"::[^:]*::\[html\][^{}#=~]*\{#([^:#]+):([^#]+)(?:####[^{}]*)?\}", plain, re.DOTALL)
        assert found, block
        answers.append(found[1])
    return answers


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no range": ({"loss": "w^2", "start": {"w": "1"}}, "variants-no-range"),
    "upside down": ({"loss": "w^2", "start": {"w": {"from": 2, "to": 1}}}, "variants-order"),
    "no step": ({"loss": "w^2", "start": {"w": {"from": 0, "to": 1, "step": 0}}}, "variants-step"),
    "too fine": ({"loss": "w^2", "start": {"w": {"from": 0, "to": 1, "step": "0.0001"}}}, "variants-range"),
    "another key": ({"loss": "w^2", "start": {"w": {"from": 0, "to": 1, "by": 1}}}, "variants-keys"),
    "nothing to choose": ({"loss": "w^2", "start": {"w": {"choose": []}}}, "variants-choose"),
    "floats": ({"loss": "w^2", "arithmetic": "float", "start": {"w": {"choose": [1]}}}, "variants-float"),
    "irrational": ({"loss": "exp(w)", "start": {"w": {"choose": [1, 2]}}}, "variants-none-irrational"),
    "too many decimals": ({"loss": "w^2/7", "start": {"w": {"choose": [1, 2]}}}, "variants-none-decimals"),
    "flat": ({"loss": "w^2", "start": {"w": {"choose": [0]}}}, "variants-none-flat"),
    "rising": ({"loss": "w^2", "start": {"w": {"choose": [1]}}, "optimizer": {"lr": 2}}, "variants-none-rises"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_gives_no_variants_is_refused(name: str) -> None:
    table, code = REFUSED[name]
    with pytest.raises(symgd.InputError) as caught:
        variants_of(table, 3)
    assert caught.value.code == code


def test_rounded_problems_have_variants_and_their_tolerance(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(
        'loss = "exp(w)"\narithmetic = "round:3"\nsteps = 1\n[start]\nw = {choose = [0.5, 1]}\n'
    )
    assert run(str(tmp_path / "p.toml"), "-n", "2", "-o", str(tmp_path / "out")).returncode == 0
    quiz = ElementTree.parse(tmp_path / "out" / "moodle.xml").getroot()
    assert {question.findtext("answer/tolerance") for question in quiz} == {None, "0.0005"}


def test_too_few_are_said(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('loss = "w^2"\nsteps = 1\n[start]\nw = {choose = [0, 1, 2]}\n')
    done = run(str(tmp_path / "p.toml"), "-n", "5", "-o", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "2 of 5" in done.stderr
    assert "slope of 0" in done.stderr


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
        st.text(LETTERS, max_size=20) | st.booleans() | st.integers(-9, 9) | st.lists(st.integers()),
        max_size=4,
    )
)
def test_what_is_written_as_toml_reads_back(table: dict[str, Any]) -> None:
    assert toml_tables(toml_text(table)) == table
    assert toml_tables(toml_text({"handout": table})) == {"handout": table}


def test_the_example_reads_back() -> None:
    table = read_toml(FILE)
    assert toml_tables(toml_text(table)) == table


@pytest.mark.parametrize(
    ("spot", "head"),
    [
        ("start.w1", "$w_{1}$"),
        ("start.W.0.1", "$W[1,2]$"),
        ("let.a", "$a$"),
        ("data.x.2", "$x[3]$"),
        ("optimizer.learning_rate", r"$\eta$"),
        ("optimizer.momentum", "`optimizer.momentum`"),
    ],
)
def test_the_index_names_numbers_as_the_sheets_do(spot: str, head: str) -> None:
    assert _head(spot) == head


def test_a_start_outside_is_passed_over() -> None:
    table = {
        "loss": "(w - 3)^2 + abs(sqrt(w)*0)",
        "steps": 1,
        "start": {"w": {"choose": [-1, 1]}},
        "arithmetic": "round:4",
    }
    found = variants_of(table, 2)
    assert [variant.numbers["start.w"] for variant in found.found] == [1]
    assert found.refused == {"fails": 1}


def test_ranges_that_are_used_up_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_text(
        'loss = "(w - 3)^2"\nsteps = 1\n[start]\nw = {choose = [1, 2]}\n', encoding="utf-8"
    )
    said = run(str(tmp_path / "f.toml"), "-n", "9", "--format", "txt", "-o", str(tmp_path / "o"))
    assert said.returncode == 1
    assert "Only 2 of 9 variants were found: the ranges hold no more." in said.stderr


def test_the_key_that_is_misspelled_is_named() -> None:
    with pytest.raises(symgd.InputError) as caught:
        variants_of({"loss": "w^2", "start": {"w": {"from": 0, "to": 1, "stp": "0.5"}}}, 3)
    assert "stp" in caught.value.message()
