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
from symgd.checking.notebooks import is_notebook, notebook_pieces, working_of
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


#: Files, what their Markdown cells say, and where each sign of it stands.
PLACES: tuple[tuple[str, list[str], list[int]], ...] = (
    (
        '{"cells": [{"cell_type": "markdown", "source": ["a = ", "1"]}], "nbformat": 4}',
        ["a = 1"],
        [49, 50, 51, 52, 57],
    ),
    ('{"cells": [{"cell_type": "markdown", "source": "a = 1"}], "nbformat": 4}', ["a = 1"], [48, 49, 50, 51, 52]),
    (
        (
            '{"cells": [{"source": ["a = 1"], "cell_type": "markdown"}, {"cell_type": "code", "source": '
            '["b = 2"]}, {"cell_type": "markdown", "source": ["c = 3"]}], "nbformat": 4}'
        ),
        ["a = 1", "c = 3"],
        [24, 25, 26, 27, 28, 141, 142, 143, 144, 145],
    ),
    (
        '{"cells": [{"cell_type": "markdown", "source": ["\\u4e2d\\n\\ud83d\\ude00\\tx\\\\"]}], "nbformat": 4}',
        ["中\n😀\tx\\"],
        [49, 55, 57, 69, 71, 72],
    ),
    ('{"cells": [{"cell_type": "markdown", "source": ["a\\ud800\\ude0gb", "\\udc00"]}], "nbformat": 4}', [], []),
    (
        '{"cells": [{"cell_type": "markdown", "source": ["a\\ud800b\\ude00c"]}], "nbformat": 4}',
        ["a�b�c"],
        [49, 50, 56, 57, 63],
    ),
    (
        (
            '{"cells": [{"cell_type": "markdown", "metadata": {"tags": ["t", {"k": "v"}]}, "source": '
            '["a", "b"], "id": "x"}], "nbformat": 4}'
        ),
        ["ab"],
        [90, 95],
    ),
    ('{"cells": ["no cell", 3, null, ["x"], {"cell_type": "markdown", "source": ["a"]}], "nbformat": 4}', ["a"], [76]),
    (
        '{"cells": [{"cell_type": "markdown", "source": ["a", {"k": "v"}, 3, ["b"]]}], "nbformat": 4}',
        ["avb"],
        [49, 60, 70],
    ),
    (
        (
            '{"metadata": {"cells": [{"cell_type": "markdown", "source": "x"}], "l": "m"}, "cells": ['
            '{"cell_type": "markdown", "source": "a"}], "nbformat": 4}'
        ),
        ["a"],
        [125],
    ),
    ('{"cells": {"cell_type": "markdown", "source": "x"}, "nbformat": 4}', [], []),
    (
        '{"cells": [{"cell_type": "raw", "cell_type": "markdown", "source": "a", "source": "b"}], "nbformat": 4}',
        ["ab"],
        [68, 83],
    ),
    ('\ufeff{"cells": [{"cell_type": "markdown", "source": "a"}], "nbformat": 4}', ["a"], [49]),
    ('["cells", "nbformat"]', [], []),
    ('[{"cells": []}]', [], []),
    ("{", [], []),
    (
        '{"cells": [{"cell_type": "markdown", "source": ["so $w = \\\\frac{1}{2}$ it"]}], "nbformat": 4}',
        ["so ", "w = \\frac{1}{2}", " it"],
        [49, 50, 51, 53, 54, 55, 56, 57, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 70, 71, 72],
    ),
    (
        (
            '{"cells": [{"cell_type": "markdown", "source": ["a"]}, {"cell_type": "markdown", "source": '
            '["b"]}], "nbformat": 4}'
        ),
        ["a", "b"],
        [49, 93],
    ),
    ('{"cells": [{"cell_type": "markdown", "source": ["a\tb"]}], "nbformat": 4}', [], []),
    ('{"cells": [{"cell_type": "markdown", "source": {"a": "b"}}], "nbformat": 4}', ["b"], [54]),
)


@pytest.mark.parametrize(("text", "said", "places"), PLACES)
def test_where_the_words_of_a_notebook_stand(text: str, said: list[str], places: list[int]) -> None:
    found = list(notebook_pieces(text))
    assert [piece.text for piece in found] == said
    assert [place for piece in found for place in piece.origin] == places


@pytest.mark.parametrize(
    ("text", "working"),
    [
        (book(words("w = ", "1"), {"cell_type": "code", "source": ["x"]}, words("L = 2")), "w = 1\n\nL = 2"),
        (' \n{"cells" "nbformat"', ""),
        ('{"cells": []}', None),
        ('{"nbformat": 4}', None),
        ('"cells" "nbformat"', None),
        ('["cells", "nbformat"]', None),
    ],
)
def test_what_is_a_notebook(text: str, working: str | None) -> None:
    assert is_notebook(text) is (working is not None)
    assert working_of(text) == (text if working is None else working)


def test_what_is_said_to_be_a_notebook_and_is_none_can_be_audited() -> None:
    for text in ('["1 = 2"]', '"1 = 2"', "3", "1 = 2"):
        assert symgd.audit(text, "notebook").relations == ()
