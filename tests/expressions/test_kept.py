"""What is kept of trees is bounded, and is that of the very tree."""

from __future__ import annotations

import pytest

from symgd.expressions import tree, writer
from symgd.expressions.tree import Expression, name, operation


def sums(count: int) -> list[Expression]:
    return [operation("add", name("w"), name(f"x{place}")) for place in range(count)]


def test_what_was_written_is_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_WRITTEN", {})
    monkeypatch.setattr(writer, "_MOST_WRITTEN", 3)
    lengths = []
    for place, each in enumerate(sums(8)):
        first = writer.text(each)
        assert first == f"w + x{place}"
        assert writer.text(each) is first
        assert writer.latex(each) == f"w + x_{{{place}}}"
        lengths.append(len(writer._WRITTEN))
    assert lengths == [2, 1, 3, 2, 1, 3, 2, 1]


def test_names_that_are_shown_in_another_way_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_WRITTEN", {})
    (each,) = sums(1)
    shown = [{"w": "u"}, {"w": "v"}]
    assert [writer.text(each, names) for names in (None, *shown, {})] == ["w + x0", "u + x0", "v + x0", "w + x0"]


def test_the_facts_of_trees_are_kept_up_to_so_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_FOUND", {})
    monkeypatch.setattr(tree, "_MOST_KEPT", 9)
    monkeypatch.setattr(tree, "_kept", 0)
    kept = []
    for place, each in enumerate(sums(7)):
        order = tree.ordered(each)
        assert each.names == ("w", f"x{place}")
        assert tree.ordered(each) is order
        assert list(tree.nodes(each)) == list(order)
        kept.append((len(tree._FOUND), tree._kept))
    assert kept == [(1, 3), (2, 6), (3, 9), (1, 3), (2, 6), (3, 9), (1, 3)]
