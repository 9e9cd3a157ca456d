"""Checking: whether two expressions are equal, beside SymPy and math-verify; a working; a class."""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import symgd
from symgd.calculus.equality import equality
from symgd.checking.grading import grade
from symgd.expressions.reader import read
from symgd.expressions.tree import Expression
from tests.benchmarks.measure import rows, shown
from tests.checking.rewritings import equal_pairs, unequal_pairs

#: A peer is given so many seconds for a pair, by an alarm: native code may take longer.
_MOST = 5
Judge = Callable[[str, str], bool | None]


def _symgd(left: str, right: str) -> bool | None:
    found = symgd.equivalent(left, right)
    return {"equal": True, "domain": True, "different": False}.get(found.verdict)


@functools.cache
def _tree(text: str) -> Expression:
    return read(text)


def _symgd_alone(left: str, right: str) -> bool | None:
    """Trees that are there already, as a marker has them: it reads a line once and compares it with many."""
    found = equality(_tree(left), _tree(right))
    return {"equal": True, "domain": True, "different": False}.get(found.verdict)


def _by_simplify(left: str, right: str) -> bool | None:
    import sympy

    return bool(sympy.simplify(_sympy(left) - _sympy(right)) == 0)


def _by_equals(left: str, right: str) -> bool | None:
    return _sympy(left).equals(_sympy(right))  # type: ignore[no-any-return]


def _sympy(text: str) -> Any:
    from symgd.calculus.bridge import to_sympy

    return to_sympy(read(text))


def _by_math_verify(left: str, right: str) -> bool | None:
    from math_verify import parse, verify

    sides = [parse(f"${read(side).latex()}$") for side in (left, right)]
    return bool(verify(*sides))


PEERS: dict[str, Judge] = {
    "symgd, text to verdict": _symgd,
    "symgd, trees to verdict": _symgd_alone,
    "simplify(a - b) == 0": _by_simplify,
    "(a).equals(b)": _by_equals,
    "math-verify": _by_math_verify,
}


def tables(quick: bool) -> Iterator[str]:
    """The tables of this module."""
    count = 25 if quick else 60
    cases = [(pair.a, pair.b, True) for pair in equal_pairs(7, count)]
    cases += [(pair.a, pair.b, False) for pair in unequal_pairs(8, count)]
    lines = [line for name, judge in PEERS.items() if (line := _row(name, judge, cases)) is not None]
    heads = [f"{2 * count} pairs, half of them equal", "median", "99th percentile", "wrong", "not decided"]
    yield rows(heads, lines)
    yield rows(["checking", "seconds"], [_working(), _class()])


def _row(name: str, judge: Judge, cases: list[tuple[str, str, bool]]) -> list[str] | None:
    seconds, wrong, open_ = [], 0, 0
    for left, right, equal in cases:
        _tree(left), _tree(right)
        before = time.perf_counter()
        try:
            found = _within(lambda left=left, right=right: judge(left, right))  # type: ignore[misc]
        except ImportError:
            return [name, "missing", "", "", ""]
        except Exception:  # a peer that breaks has not decided
            found = None
        seconds.append(time.perf_counter() - before)
        open_ += found is None
        wrong += found is not None and found != equal
    ranked = sorted(seconds)
    last = ranked[min(len(ranked) - 1, int(0.99 * len(ranked)))]
    return [name, shown(statistics.median(ranked)), shown(last), str(wrong), str(open_)]


def _within(work: Callable[[], bool | None]) -> bool | None:
    """The answer, None where it was not there in time."""
    import signal

    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(_MOST)
    try:
        return work()
    except TimeoutError:
        return None
    finally:
        signal.alarm(0)


_PROBLEM = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 2}
_LINES = """dL/dw1 = 2*(w1 - 0.55) = 2*(0.5 - 0.55) = -0.1
dL/dw2 = 2*(w2 - 0.3) = 2*(0.2 - 0.3) = -0.2
Δw1 = 0.1*0.1 = 0.01
Δw2 = 0.1*0.2 = 0.02
w1 = 0.5 + 0.01 = 0.51
w2 = 0.2 + 0.02 = 0.2{}
dL/dw1 = 2*(0.51 - 0.55) = -0.08
dL/dw2 = 2*(0.22 - 0.3) = -0.16
Δw1 = 0.1*0.08 = 0.008
Δw2 = 0.1*0.16 = 0.016
w1 = 0.51 + 0.008 = 0.518
w2 = 0.22 + 0.016 = 0.236"""


def _working() -> list[str]:
    problem = symgd.Problem(**_PROBLEM)  # type: ignore[arg-type]
    times = []
    for place in range(12):
        before = time.perf_counter()
        symgd.check(problem, _LINES.format(place))
        times.append(time.perf_counter() - before)
    return ["a working of 12 lines with a slip (median)", shown(statistics.median(times))]


def _class() -> list[str]:
    problem = symgd.Problem(**_PROBLEM)  # type: ignore[arg-type]
    before = time.perf_counter()
    grade(problem, [(f"s{place:03}", _LINES.format(place)) for place in range(300)])
    return ["a class of 300, 12 lines each, all different", shown(time.perf_counter() - before)]
