"""Every relation that a handout prints is true, by an evaluator that shares nothing with symgd.

It reads the rendered Markdown and HTML, finds as many relations as the Document holds, decides all the numeric
ones, and finds none false; a digit altered anywhere is caught.
"""

from __future__ import annotations

import json
import os
import random
import re
from html import escape
from pathlib import Path
from typing import Any

import pytest

import symgd
from symgd.descent.advance import descend
from symgd.errors import InputError
from symgd.handouts.handout import Handout
from symgd.handouts.pictures import spoken
from symgd.language import LANGUAGES
from tests.handouts.problems import random_problem, random_run
from tests.handouts.test_examples import CASES, EXAMPLES, FILES, handout
from tests.relations import Relation, relations_in_html, relations_in_markdown, result_literals

#: Another number tries other problems: SYMGD_SEED=7 pytest tests/handouts/test_relations.py
SEED = int(os.environ.get("SYMGD_SEED", "2026"))
RANDOM_PROBLEMS = 200


def false_ones(relations: list[Relation]) -> list[Relation]:
    return [relation for relation in relations if relation.verdict is False]


def check(made: Handout, html: bool) -> int:
    """No false relation, and as many as the Document holds; how many were numeric."""
    relations = relations_in_markdown(made.markdown())
    assert false_ones(relations) == []
    assert len(relations) == made.relations
    if html:
        found = relations_in_html(made.html())
        assert false_ones(found) == []
        assert [relation.verdict for relation in found] == [relation.verdict for relation in relations]
    return sum(relation.verdict is not None for relation in relations)


#: Matrix products are not known to this evaluator: tests/handouts/test_arrays.py audits such handouts.
WITH_MATRICES = ("least-squares", "softmax")


@pytest.mark.parametrize(("file", "language"), [case for case in CASES if not str(case.id).startswith(WITH_MATRICES)])
def test_every_relation_of_an_example_is_true(file: Path, language: str) -> None:
    assert check(handout(file, language), html=True) >= 5


@pytest.mark.repeated
def test_every_relation_of_random_problems_is_true() -> None:
    print(f"SYMGD_SEED={SEED}")
    numeric = made = 0
    for seed in range(SEED, SEED + RANDOM_PROBLEMS):
        try:
            found = Handout(descend(random_problem(seed)))
        except InputError as error:
            if error.code == "start-outside":
                continue
            raise
        try:
            numeric += check(found, html=seed % 5 == 0)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        made += 1
    assert made > RANDOM_PROBLEMS * 0.9
    assert numeric > 10 * made


METHODS = ("gradient-descent", "momentum", "adam")


def runs_are_true(seeds: range) -> int:
    """Ten updates of each problem by each method; how many numeric relations were found, all of them true."""
    numeric = 0
    for seed in seeds:
        for method in METHODS:
            try:
                numeric += check(Handout(descend(random_run(seed, method))), html=False)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, {method}: {error}") from error
    return numeric


@pytest.mark.repeated
def test_every_relation_of_ten_updates_is_true() -> None:
    print(f"SYMGD_SEED={SEED}")
    assert runs_are_true(range(SEED, SEED + 6)) > 6 * 3 * 100


@pytest.mark.long
def test_every_relation_of_a_thousand_problems_is_true() -> None:
    assert runs_are_true(range(SEED, SEED + 1000)) > 1000 * 3 * 100


@pytest.mark.repeated
def test_one_altered_digit_is_caught() -> None:
    """In 200 places of examples and random handouts: change one digit of a result, and its relation is false."""
    choose = random.Random(SEED)
    texts = [handout(file, "en").markdown() for file in FILES if file.stem not in WITH_MATRICES]
    texts += [Handout(descend(random_problem(seed))).markdown() for seed in range(12)]
    places = []
    for text in texts:
        places += [(text, span) for span in result_literals(text)]
    caught = 0
    for text, (start, stop) in choose.sample(places, 200):
        digits = [place for place in range(start, stop) if text[place].isdigit()]
        place = digits[0] if len(digits) == 1 else choose.choice(digits)
        other = choose.choice([digit for digit in "0123456789" if digit != text[place]])
        altered = text[:place] + other + text[place + 1 :]
        caught += bool(false_ones(relations_in_markdown(altered)))
    assert caught == 200


@pytest.mark.parametrize(
    ("loss", "start", "rate"),
    [("(w-3)^2 + exp(-w)", "200000000", "0.001"), ("w^2 + exp(-w)", "1000000", "0.001"), ("exp(w^2)", "1", "1")],
)
def test_rounded_values_of_many_whole_digits_are_no_false_relations(loss: str, start: str, rate: str) -> None:
    """Six digits of 399199994 are 3.992 × 10⁸: as 399200000 they say that the last zero is known."""
    made = symgd.explain(loss, start={"w": start}, learning_rate=rate, steps=2)
    check(made, html=False)
    assert symgd.audit(made.markdown()).wrong == ()


#: What there is of a handout to audit.
KINDS: dict[str, dict[str, Any]] = {
    "worked": {"figures": "all"},
    "worksheet every": {"kind": "worksheet", "points": 2},
    "worksheet final": {"kind": "worksheet", "blank": "final"},
    "worksheet gradient": {"kind": "worksheet", "blank": "gradient"},
    "key": {"kind": "key", "figures": "all", "points": 2},
    "reveal": {"reveal": True, "figures": "all"},
}


def audited(file: Path, kind: str, language: str) -> None:
    """By symgd's own audit: in every format nothing false, and every relation found, alternative texts included."""
    settings = dict(KINDS[kind])
    own = {"kind": settings.pop("kind", "worked"), "language": language}
    made = symgd.explain(symgd.Problem.load(file, **own, handout=settings))
    cells = json.loads(made.notebook())["cells"]
    lines = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    formats = [made.markdown(), made.html(), made.text(), made.tex(), "\n\n".join(lines)]
    counts = []
    for text in formats:
        found = symgd.audit(text)
        assert [relation for relation in found if relation.holds is False] == []
        counts.append(len(found.relations) + found.definitions)
    assert min(counts) >= made.relations
    assert counts[0] == counts[1] == counts[2] == counts[4]
    for figure in made.document.figures:
        _, said = spoken(figure, language)
        seen = symgd.audit(f"{formats[2]}\n\n{said}")
        assert [relation for relation in seen if relation.holds is False] == []
        assert re.findall(r'aria-label="([^"]*)"', formats[1]).count(escape(said)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "reveal"])
def test_every_kind_is_true_in_every_format(kind: str, language: str) -> None:
    audited(EXAMPLES / ("five-steps.toml" if language == "en" else "rows-of-data.toml"), kind, language)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_kind_of_every_example_is_true_in_every_format(file: Path, kind: str, language: str) -> None:
    audited(file, kind, language)
