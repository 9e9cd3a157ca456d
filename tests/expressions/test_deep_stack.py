"""Text is read as deep as the limits say, however deep the caller's stack is already."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from symgd.errors import InputError
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from symgd.limits import WIDE


def below(depth: int, work: Callable[[], Expression]) -> Expression:
    return below(depth - 1, work) if depth else work()


@pytest.mark.parametrize("spare", [120, 300, 500])
@pytest.mark.parametrize(("opener", "times"), [("(", WIDE.depth), ("sin(", WIDE.calls), ("|", WIDE.depth)])
def test_a_deep_stack_is_no_hindrance(opener: str, times: int, spare: int) -> None:
    usual, closer = sys.getrecursionlimit(), "|" if opener == "|" else ")"
    found = below(usual - _frames() - spare, lambda: read(opener * times + "x" + closer * times))
    assert found.names == ("x",)
    assert sys.getrecursionlimit() == usual


def test_the_limit_of_the_stack_is_as_it_was_where_the_text_is_refused() -> None:
    usual = sys.getrecursionlimit()
    with pytest.raises(InputError) as caught:
        below(usual - _frames() - 120, lambda: read("(" * (WIDE.depth + 1) + "x"))
    assert caught.value.code == "too-deep"
    assert sys.getrecursionlimit() == usual


def _frames() -> int:
    """How deep the stack is here."""
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count
