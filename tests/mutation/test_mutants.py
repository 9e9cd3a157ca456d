"""What is put into symgd: small, of the kinds that are said, and never where it would be no fault of behaviour."""

from __future__ import annotations

import ast
import doctest
from pathlib import Path

import pytest

from tests.mutation import changes, scores
from tests.mutation.__main__ import PACKAGES
from tests.mutation.choosing import ROOT
from tests.mutation.mutants import Mutant, mutants

SOURCE = '''
"""A docstring with 1 < 2."""
LIMIT = 7
SHARE = Fraction(1, 7)
TABLE = {"a": 1}

def f(x: int = 3) -> int | None:
    """Another."""
    assert x != 9
    if x < 1 and not x:
        raise ValueError(f"{x + 1}")
    for y in range(x):
        if y:
            continue
        print(y)
    return -x + 1 if x else None
'''


@pytest.fixture
def made(tmp_path: Path) -> list[Mutant]:
    (tmp_path / "module.py").write_text(SOURCE, encoding="utf-8")
    return mutants(tmp_path, "module.py")


def test_each_kind_is_there_once_where_it_should_be(made: list[Mutant]) -> None:
    changed = {(mutant.before, mutant.after) for mutant in made}
    assert ("x < 1", "x <= 1") in changed
    assert ("x < 1", "x >= 1") in changed
    assert ("x < 1 and (not x)", "x < 1 or not x") in changed
    assert ("not x", "x") in changed
    assert ("y", "not y") in changed
    assert ("continue", "break") in changed
    assert ("print(y)", "pass") in changed
    assert ("-x + 1", "-x - 1") in changed
    assert ("-x", "x") in changed
    assert ("-x + 1 if x else None", "None if x else -x + 1") in changed
    assert ("return -x + 1 if x else None", "return None") in changed
    assert {("3", "4"), ("3", "2"), ("1", "2"), ("1", "0")} <= changed
    assert any(before.startswith("raise") and after == "pass" for before, after in changed)


def test_limits_types_docstrings_and_messages_are_left_alone(made: list[Mutant]) -> None:
    text = " ".join(mutant.before for mutant in made)
    assert "7" not in text
    assert "9" not in text
    assert "int | None" not in text
    assert "x + 1}" not in [mutant.before for mutant in made]


def test_every_mutant_is_one_change_in_python_that_compiles(made: list[Mutant]) -> None:
    original = SOURCE.encode()
    for mutant in made:
        source = mutant.source(original)
        assert ast.dump(ast.parse(source)) != ast.dump(ast.parse(original)), mutant
        compile(source, mutant.path, "exec")
        assert mutant.code in SOURCE


@pytest.mark.repeated
def test_every_row_of_the_table_is_a_mutant_that_there_is() -> None:
    paths = [str(path.relative_to(ROOT)) for part in PACKAGES for path in (ROOT / "symgd" / part).glob("*.py")]
    there = {
        scores.Excused(one.path, one.code, one.before, one.after) for path in paths for one in mutants(ROOT, path)
    }
    table = scores.excused()
    assert [row for row in table if row not in there] == []
    assert all(table.values())


def test_the_interval_holds_the_share_and_narrows() -> None:
    for found, of in ((0, 10), (9, 10), (10, 10), (500, 1000)):
        low, high = scores.interval(found, of)
        assert -1e-9 <= low <= found / of <= high + 1e-9 <= 1 + 1e-6
    wide, narrow = scores.interval(9, 10), scores.interval(900, 1000)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


@pytest.mark.parametrize("module", [changes, scores])
def test_the_examples_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
