"""One run, many papers: kinds, formats and languages of a handout say the same numbers and the same relations."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.descent.optimizers import OPTIMIZERS
from symgd.handouts.document import Block, Cell, Document, Equations, Room
from symgd.handouts.handout import Handout
from symgd.handouts.sheet import BLANKS
from symgd.language import LANGUAGES
from tests.handouts.problems import random_run
from tests.relations import Relation, relations_in_html, relations_in_markdown

#: Runs of every family of losses and every method; three updates, so that a page stays short.
RUNS = st.builds(random_run, st.integers(0, 10_000), st.sampled_from(list(OPTIMIZERS)), st.integers(1, 3))
LAWS = settings(max_examples=25, deadline=None)


def begins(asked: Block, answer: Block) -> bool:
    """Whether a block of a worksheet is that of its key, up to the values that it asks for."""
    if not isinstance(asked, Equations) or not isinstance(answer, Equations):
        return asked == answer
    return all(
        one.blank == other.blank
        and one.sides == other.sides[: len(one.sides)]
        and one.hidden == (other.joints[-1] if one.blank else None)
        for one, other in zip(asked.chains, answer.chains, strict=True)
    )


def unhidden(document: Document) -> list[list[Any]]:
    """The table with every value shown."""
    return [
        [replace(cell, hidden=False) if isinstance(cell, Cell) else cell for cell in row]
        for row in document.table.rows
    ]


def verdicts(relations: list[Relation]) -> list[bool | None]:
    return [relation.verdict for relation in relations]


@LAWS
@given(RUNS, st.sampled_from(BLANKS))
def test_a_worksheet_with_its_blanks_filled_is_its_key(problem: symgd.Problem, blank: str) -> None:
    sheet, key = (symgd.explain(problem, kind=kind, blank=blank).document for kind in ("worksheet", "key"))
    steps = [[step for update in document.updates for step in update.steps] for document in (sheet, key)]
    for asked, answer in zip(*steps, strict=True):
        assert asked.key == answer.key
        kept = [block for block in asked.blocks if not isinstance(block, Room)]
        assert all(itertools.starmap(begins, zip(kept, answer.blocks, strict=True)))
    assert unhidden(sheet) == unhidden(key)
    assert sheet.blanks == key.blanks


@LAWS
@given(RUNS, st.sampled_from(BLANKS))
def test_a_key_has_the_values_of_the_explanation(problem: symgd.Problem, blank: str) -> None:
    key, plain = symgd.explain(problem, kind="key", blank=blank).document, symgd.explain(problem).document
    worked_out = [chain for block in key.blocks if isinstance(block, Equations) for chain in block.chains]
    assert {(chain.sides[0], chain.sides[-1]) for chain in worked_out if chain.blank} <= {
        (chain.sides[0], chain.sides[-1]) for chain in plain.chains
    }


@pytest.mark.repeated
@LAWS
@given(RUNS, st.sampled_from(LANGUAGES))
def test_markdown_page_and_notebook_hold_the_same_relations(problem: symgd.Problem, language: str) -> None:
    handout = Handout(symgd.explain(problem).run, language)
    expected = relations_in_markdown(handout.markdown())
    assert False not in verdicts(expected)
    assert verdicts(relations_in_html(handout.html())) == verdicts(expected)
    cells = json.loads(handout.notebook())["cells"]
    notebook = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert verdicts(relations_in_markdown(notebook)) == verdicts(expected)


@LAWS
@given(RUNS, st.sampled_from(["plain", "worksheet", "key"]))
def test_both_languages_print_the_same_numbers(problem: symgd.Problem, kind: str) -> None:
    run = (symgd.explain(problem) if kind == "plain" else symgd.explain(problem, kind=kind)).run
    numbers = [sorted(re.findall(r"−?\d+\.\d+|\d+/\d+", Handout(run, language).text())) for language in LANGUAGES]
    assert numbers[0] == numbers[1]
