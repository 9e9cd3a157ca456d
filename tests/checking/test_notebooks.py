"""Notebooks in the audit: the words of their Markdown cells, at their places in the file; no code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import symgd
from symgd.cli import cli
from symgd.handouts.handout import Handout


def book(*cells: dict[str, Any], **others: Any) -> str:
    return json.dumps({**others, "cells": list(cells), "nbformat": 4}, indent=1)


def words(*lines: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": list(lines)}


def test_code_cells_print_no_relation() -> None:
    code = {"cell_type": "code", "source": ["f(x=3, language='en')\n", "1 = 2"], "outputs": [{"text": "1 = 2"}]}
    assert symgd.audit(book(code)).relations == ()


def test_a_false_relation_is_found_at_its_place() -> None:
    text = book({"cell_type": "code", "source": ["x = 1"]}, words('中文「"」\n', "so $1 + 1 = 3$"))
    (found,) = symgd.audit(text)
    assert found.holds is False
    assert text.splitlines()[found.line - 1][found.column - 1 :].startswith("1 + 1 = 3")


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("kind", ["worked", "key", "worksheet"])
def test_a_notebook_of_ours_holds_the_relations_of_its_markdown(kind: str, language: str) -> None:
    problem = symgd.Problem("h = tanh(w); L = h^2", start={"w": "0.3"}, steps=1, kind=kind, language=language)
    handout = Handout(symgd.descend(problem), language)
    kept = [(one.text, one.holds) for one in symgd.audit(handout.markdown())]
    assert [(one.text, one.holds) for one in symgd.audit(handout.notebook())] == kept
    assert kept


@given(st.lists(st.text()), st.dictionaries(st.text(), st.text()), st.booleans())
def test_any_notebook_can_be_audited(lines: list[str], others: dict[str, str], ascii_only: bool) -> None:
    cells = [{"metadata": others, **words(*lines)}, {"cell_type": "code", "source": lines}]
    text = json.dumps({**others, "cells": cells, "nbformat": 4}, ensure_ascii=ascii_only)
    assert len(symgd.audit(text)) <= len(symgd.audit("".join(lines)))


@pytest.mark.parametrize(
    "text", ['{"cells" "nbformat"', '{"cells": 3, "nbformat": "1 = 2"}', '{"cells": {}, "nbformat": 4}']
)
def test_what_is_no_notebook_holds_nothing(text: str) -> None:
    assert symgd.audit(text).relations == ()


def test_a_notebook_is_checked_by_its_words(tmp_path: Path) -> None:
    problem, working = tmp_path / "q.toml", tmp_path / "nb.ipynb"
    problem.write_text('loss = "(w - 3)^2"\nsteps = 1\n[start]\nw = 1\n', encoding="utf-8")
    code = {"cell_type": "code", "source": ["w = 7"], "outputs": []}
    working.write_text(book(code, words("$\\frac{dL}{dw} = -4$\n", "w = 1.4")), encoding="utf-8")
    found = CliRunner().invoke(cli, ["check", str(problem), str(working), "--json"])
    lines = json.loads(found.output)["lines"]
    assert [(line["quantity"], line["status"], line["n"]) for line in lines] == [("dL/dw", "ok", 1), ("w", "ok", 2)]
