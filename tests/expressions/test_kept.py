"""What is kept of trees is bounded, and is that of the very tree."""

from __future__ import annotations

import pytest

from symgd.expressions import tree, writer
from symgd.expressions.tree import Expression, name, operation
from symgd.recent import Recent


def sums(count: int) -> list[Expression]:
    return [operation("add", name("w"), name(f"x{place}")) for place in range(count)]


def test_what_was_written_is_kept_up_to_so_many_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Recent[object, object] = Recent(most=3 * len("w + x0"))
    monkeypatch.setattr(writer, "_WRITTEN", found)
    weights = []
    for place, each in enumerate(sums(8)):
        first = writer.text(each)
        assert first == f"w + x{place}"
        assert writer.text(each) is first
        assert writer.text(each, {"w": "u"}) == f"u + x{place}"
        weights.append(found.weight)
    assert weights == [12, 12, 12, 12, 12, 12, 12, 12]


def test_names_that_are_shown_in_another_way_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_WRITTEN", Recent(most=9))
    (each,) = sums(1)
    shown = [{"w": "u"}, {"w": "v"}]
    assert [writer.text(each, names) for names in (None, *shown, {})] == ["w + x0", "u + x0", "v + x0", "w + x0"]


def test_the_facts_of_trees_are_kept_up_to_so_many_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Recent[int, object] = Recent(most=9)
    monkeypatch.setattr(tree, "_FOUND", found)
    kept = []
    for place, each in enumerate(sums(7)):
        order = tree.ordered(each)
        assert each.names == ("w", f"x{place}")
        assert tree.ordered(each) is order
        assert list(tree.nodes(each)) == list(order)
        kept.append((len(found), found.weight))
    assert kept == [(1, 3), (2, 6), (3, 9), (2, 6), (3, 9), (2, 6), (3, 9)]


def test_the_last_is_kept_whatever_it_weighs() -> None:
    known: Recent[str, int] = Recent(most=4)
    for word, weight in (("a", 1), ("heavy", 9), ("b", 1), ("c", 1)):
        assert known.keep(word, weight, weight) == weight
        assert known[word] == weight
        assert "heavy" not in known or len(known) == 1
    assert (list(known), known.weight) == (["b", "c"], 2)
