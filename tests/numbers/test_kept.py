"""What is prepared of a formula is kept by its identity, up to a number of formulas."""

from __future__ import annotations

import pytest

from symgd.expressions.tree import Expression, name, operation
from symgd.numbers import plan


def test_what_is_made_of_a_tree_is_made_once_and_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_MOST_KEPT", 2)
    made: list[tuple[str, int]] = []

    @plan.kept
    def make(tree: Expression, more: int = 0) -> object:
        made.append((tree.text(), more))
        return object()

    trees = [operation("neg", name(word)) for word in "abc"]
    first = make(trees[0])
    assert make(trees[0]) is first
    assert make(trees[0], 1) is not first
    assert [make(trees[0]) is first, len(made)] == [True, 2]
    make(trees[1])  # a third: nothing is kept of the others
    assert make(trees[1]) is make(trees[1])
    assert make(trees[0]) is not first
    assert made == [("−a", 0), ("−a", 1), ("−b", 0), ("−a", 0)]
