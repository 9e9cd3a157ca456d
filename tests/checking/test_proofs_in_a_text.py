"""What of a text is proved by algebra: so many small formulas, and where that is done."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from symgd.checking import judge as module
from symgd.checking.judge import Judge
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The left sides that SymPy is asked to simplify, which it does in no time and always can."""
    found: list[str] = []

    def simplifies_to_equal(left: Expression, right: Expression) -> bool:
        found.append(left.text())
        return True

    monkeypatch.setattr(module, "simplifies_to_equal", simplifies_to_equal)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: 7.0))
    return found


def test_a_text_has_so_many_proofs(asked: list[str]) -> None:
    judge, sides = Judge(), (read("sin(1)^2 + cos(1)^2"), read("1"))
    judge.proofs = 2
    assert [judge.proved(*sides) for _ in range(3)] == [True, True, False]
    assert (judge.proofs, len(asked)) == (0, 2)
    assert judge.proved(sides[0], sides[0])  # the same needs none


def test_a_proof_that_takes_long_counts_for_many(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 12.5])
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    judge = Judge()
    before = judge.proofs
    assert judge.proved(read("sin(1)^2 + cos(1)^2"), read("1"))
    assert before - judge.proofs == 1 + 2.5 * module._SLOW


TWELVE = "+".join(["sqrt(2)"] * 12)


@pytest.mark.parametrize(
    ("left", "right", "is_proved", "simplified"),
    [
        ("sqrt(2) + sqrt(2)", "2·sqrt(2)", True, False),  # as soon as it is written
        ("sin(1)^2 + cos(1)^2", "1", True, True),
        (TWELVE, "12·sqrt(2)", True, False),
        (f"{TWELVE} + sin(1)^2 + cos(1)^2", "12·sqrt(2) + 1", False, False),  # too long to simplify
        ("sin(sin(sin(sin(1)))) + sin(1)", "sin(1) + sin(sin(sin(sin(1))))", True, False),
        (
            "sin(sin(sin(sin(sin(1))))) + 1",
            "1 + sin(sin(sin(sin(sin(1)))))",
            True,
            True,
        ),  # SymPy takes long to read it
        ("1", "sin(sin(sin(sin(sin(1))))) + 1", True, True),
        ("sqrt(2)·(1 + (1 + (1 + (1 + (1 + 1)))))", "6·sqrt(2)", True, False),
        ("sqrt(2)·1000000000001", "1000000000001·sqrt(2)", False, False),  # a long number
        ("sqrt(2)/1000000000001", "sqrt(2)·(1/1000000000001)", False, False),
        ("sqrt(2)·0.0000000000003", "0.0000000000003·sqrt(2)", False, False),
        ("sqrt(2)^20", "1024", True, False),
        ("sqrt(2)^21", "1024·sqrt(2)", False, False),  # a high power
        ("sqrt(2)^(2^2)", "4", False, False),  # a power inside a power
        ("sqrt(2)^(1 + 2)", "2·sqrt(2)", True, False),
        ("exp(exp(1))", "exp(exp(1)) + 0", False, False),
        ("exp(1)·exp(2)", "exp(3)", True, False),
        ("piecewise((1, x < 1), (2, true))", "piecewise((1, x < 1), (2, true)) + 0", False, False),
        ("sqrt(2)^(1/3) + 21", "21 + sqrt(2)^(1/3)", True, False),
    ],
)
def test_small_formulas_are_proved_here_or_by_simplifying(
    left: str, right: str, is_proved: bool, simplified: bool, asked: list[str]
) -> None:
    assert Judge().proved(read(left), read(right)) is is_proved
    assert bool(asked) is simplified
