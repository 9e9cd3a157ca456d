"""The soak finds nothing in its first calls, and finds what is there to be found."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.workers.soak import Sample, Soak, growth
from tests.workers.soak_calls import Call, mixed


@pytest.mark.repeated
def test_the_first_calls_of_each_kind_have_no_fault() -> None:
    soak = Soak(busy=True)
    for call in islice(mixed(seed=5, jobs=2), 176):
        soak.call(call)
    assert soak.faults == []
    assert set(soak.tallies) == {"right", "wrong", "vectors", "irrational", "unreadable", "hostile", "pairs", "class"}


def test_the_same_seed_gives_the_same_calls() -> None:
    first, again = ([call.text for call in islice(mixed(7), 60)] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("kind", ["right", "wrong", "vectors", "irrational", "class"])
def test_a_wrong_mark_is_a_fault(kind: str) -> None:
    """The report of another call of the kind is not the one that the oracle waits for."""
    calls = [call for call in islice(mixed(seed=3, jobs=1), 400) if call.kind == kind][:2]
    other = next(call for call in islice(mixed(seed=4, jobs=1), 400) if call.kind not in (kind, "pairs"))
    swapped = calls[0]._replace(run=other.run if kind != "class" else lambda: list(calls[1].run())[:-1])
    soak = Soak(busy=True)
    soak.call(swapped)
    assert soak.faults


def test_what_raises_and_what_is_late_is_a_fault() -> None:
    soak = Soak(busy=False)
    soak.call(Call("raises", lambda: 1 / 0, lambda result: "", ""))
    assert "ZeroDivisionError" in soak.faults[0]


def test_memory_that_grows_is_told() -> None:
    samples = [Sample(second, 100 + 5 * second, 50, 9, 3) for second in range(30)]
    assert [line.split()[0] for line in growth(samples)] == ["parent"]
    assert list(growth([Sample(second, 100, 50, 9, 3) for second in range(30)])) == []
