"""What is prepared of a formula is kept with it."""

from __future__ import annotations

import gc
import weakref

import pytest

from symgd.expressions import tree as trees_
from symgd.expressions.tree import Expression, name, operation
from symgd.numbers import plan
from symgd.recent import Recent


class Made:
    """Something that can be seen to be gone."""


def test_what_is_made_of_a_tree_is_made_once_and_lives_as_long_as_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees_, "_FOUND", Recent(most=20_000))
    made: list[tuple[tuple[str, ...], int]] = []

    @plan.kept
    def make(tree: Expression, more: int = 0) -> Made:
        made.append((tree.names, more))
        return Made()

    trees = [operation("neg", name(word)) for word in "aab"]
    first = make(trees[0])
    assert make(trees[0]) is first
    assert make(trees[0], 1) is not first
    assert make(trees[0]) is first
    assert make(trees[1]) is not first  # another tree, though it looks the same
    make(trees[2])
    assert [("".join(names), more) for names, more in made] == [("a", 0), ("a", 1), ("a", 0), ("b", 0)]
    seen = weakref.ref(first)
    del first, trees
    trees_._FOUND.clear()
    gc.collect()
    assert seen() is None
