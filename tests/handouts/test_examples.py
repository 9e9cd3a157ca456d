"""Every example renders to the handout that stands beside it.

The Markdown files were read by a person before they were kept. To renew them after a wanted change:
`python -m tests.handouts.renew`, then read the difference.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symgd.commands.printing import descent_output
from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.handouts.handout import Handout
from symgd.language import LANGUAGES

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("*.toml"))
CASES = [pytest.param(file, language, id=f"{file.stem}-{language}") for file in FILES for language in LANGUAGES]


def handout(file: Path, language: str) -> Handout:
    return Handout(descend(Problem.load(file, language=language)), language)


def test_the_examples_that_the_design_names_are_there() -> None:
    assert {file.stem for file in FILES} >= {
        "five-steps",
        "given-gradient",
        "steep-valley",
        "neuron",
        "linear-regression",
        "adam",
        "diverging",
        "by-hand",
    }


@pytest.mark.parametrize(("file", "language"), CASES)
def test_the_markdown_is_the_golden_one(file: Path, language: str) -> None:
    golden = file.with_suffix(f".{language}.md").read_text(encoding="utf-8")
    assert handout(file, language).markdown() == golden


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_facts_are_the_golden_ones(file: Path) -> None:
    golden = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    assert json.loads(descent_output(descend(Problem.load(file)), "json", bom=False)) == golden
