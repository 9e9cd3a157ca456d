"""The doors that text from outside comes through, a row each, and the law that any text must keep there.

A law returns quietly or raises what symgd raises on purpose; anything else is a find.
"""

from __future__ import annotations

import functools
import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import symgd
from symgd.checking.roster import read_roster
from symgd.descent.csv_files import columns_of_text
from symgd.descent.files import toml_tables
from symgd.descent.problem import Problem
from symgd.expressions.limits import STRICT
from symgd.expressions.reader import read_definitions
from tests.expressions.test_roundtrip import reads_back

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Target:
    """One door: its law, words that mean something there, whole texts to begin with, and seconds for an input."""

    law: Callable[[str], None]
    words: tuple[str, ...]
    wholes: Callable[[], tuple[str, ...]]
    seconds: float

    def tried(self, text: str) -> None:
        """The law of this door for a text; raises only what symgd does not raise on purpose."""
        try:
            self.law(text)
        except symgd.InputError as refusal:
            _told(refusal)


def _told(refusal: symgd.InputError) -> None:
    """A refusal has words in both languages."""
    assert refusal.explain("en")
    assert refusal.explain("zh-TW")


def _read(text: str) -> None:
    found = read_definitions(text, limits=STRICT)
    tree = found.loss if len(found.names) == 1 else found.inlined
    # An index outside of its sum is a name in LaTeX, and X @ w is written as the product that it is: X·w.
    if len(text) < 300 and not tree.operations & {
        "index",
        "matmul",
    }:  # what is written may be longer than what was read
        assert reads_back(tree.text(), tree), "text does not read back"
        assert reads_back(tree.latex(), tree), "LaTeX does not read back"


def _problem(text: str) -> None:
    Problem.from_table(toml_tables(text))


def _columns(text: str) -> None:
    found = columns_of_text(text)
    assert len({len(column) for column in found.columns.values()}) <= 1


def _class(text: str) -> None:
    read_roster("id,w1[1],working\n" + text, ["w1[1]", "dL/dw1"])


@functools.cache
def _homework() -> Problem:
    return Problem.load(ROOT / "examples" / "homework" / "problem.toml")


def _working(text: str) -> None:
    report = symgd.check(_homework(), text)
    assert 0 <= report.score <= report.max_score
    json.dumps(report.table("zh-TW"))
    assert report.text("en")


def _audit(text: str) -> None:
    found = symgd.audit(text)
    json.dumps(found.table())


def _page(text: str) -> None:
    symgd.audit(text, "html")


def _texts(*patterns: str) -> Callable[[], tuple[str, ...]]:
    """The files of the repository that fit, as whole texts; long ones cut."""
    return lambda: tuple(
        path.read_text(encoding="utf-8")[:1500] for pattern in patterns for path in sorted(ROOT.glob(pattern))
    )


def _workings() -> tuple[str, ...]:
    cases = json.loads((ROOT / "tests" / "checking" / "workings.json").read_text(encoding="utf-8"))
    return tuple(case["working"] for case in cases)[::4]


def _pages() -> tuple[str, ...]:
    """Pieces of a handout's HTML."""
    page = symgd.explain(_homework()).html().split("<main", 1)[1]
    return tuple(page[place : place + 1500] for place in range(0, len(page), 1500))


def _losses() -> tuple[str, ...]:
    tables = [toml_tables(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "examples").glob("*.toml"))]
    return (
        *(table["loss"] for table in tables if "loss" in table),
        "2w1^2 − 0.1",
        "|x − 3|/√(x² + 1)",
        "mean((w*x+b-y)^2)",
    )


def _formulas() -> tuple[str, ...]:
    return tuple(read_definitions(loss).loss.latex() for loss in _losses() if "[" not in loss and "'" not in loss)


_TABLE = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def _words(*lists: str) -> tuple[str, ...]:
    """The words of these lists and the special ones, and three that are long."""
    words = [word for name in lists for word in _TABLE[name].split()]
    return (*words, *_TABLE["special"], "(" * 70, "sin(" * 20, "1" * 60)


TARGETS = {
    "text": Target(_read, _words("plain"), _losses, 0.05),
    "latex": Target(_read, _words("plain", "latex"), _formulas, 0.05),
    "problem": Target(_problem, _words("toml", "plain"), _texts("examples/*.toml", "examples/variants/*.toml"), 1.1),
    "columns": Target(_columns, _words("csv"), _texts("examples/*.csv"), 1.1),
    "class": Target(_class, _words("csv"), _texts("examples/homework/*.csv"), 1.1),
    "working": Target(_working, _words("lines", "plain"), _workings, 2.1),
    "audit": Target(_audit, _words("lines", "latex"), _texts("examples/*.md", "examples/homework/*.md"), 1.1),
    "page": Target(_page, _words("html", "lines"), _pages, 1.1),
}


def kept(name: str) -> list[Path]:
    """The found cases of a target."""
    return sorted((CORPUS / name).glob("*.txt"))
