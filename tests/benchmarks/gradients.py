"""From a loss to a callable gradient, and what a call costs, beside the peers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from symgd.calculus.graph import reverse_program
from symgd.expressions.names import canonical
from symgd.expressions.reader import read_definitions
from tests.benchmarks.families import FAMILIES, Family
from tests.benchmarks.measure import best, rows, shown
from tests.benchmarks.peers import FROM_TEXT, PEERS, TOO_LONG, Function


def tables(quick: bool) -> Iterator[str]:
    """The tables of this module, one after the other."""
    families = [family for family in FAMILIES if not quick or family.count <= 100]
    built = {family.name: build(family) for family in families}
    yield (
        "To a callable gradient, from the text where that is said, else from trees that the peer builds itself from "
        "Python;\nin brackets the ratio to symgd's, which starts from the text.\n\n"
        + rows(["loss", *PEERS], [built_row(family, built[family.name]) for family in families])
    )
    yield "One call of loss and gradient; in brackets the ratio to symgd's.\n\n" + rows(
        ["loss", *(name for name in PEERS if name not in FROM_TEXT)],
        [call_row(family, built[family.name]) for family in families],
    )
    yield "Operations, counted in symgd's program.\n\n" + rows(
        ["loss", "loss alone", "loss and gradient", "ratio"], [operations_row(family) for family in families]
    )


Built = dict[str, tuple[float, Function] | str]


#: A peer is built so many times, all in turn; a slow one only as often as fits the seconds, but three times.
_TURNS, _SECONDS = 15, 0.5


def build(family: Family) -> Built:
    """Each peer's function with the least seconds that it took to make, or why there is none."""
    found: Built = {name: "> 60 s" if (name, family.name) in TOO_LONG else made(name, family) for name in PEERS}
    spent = {name: peer[0] for name, peer in found.items() if isinstance(peer, tuple)}
    for turn in range(1, _TURNS):
        for name in spent:
            before = found[name]
            if (turn < 3 and family.count <= 100) or spent[name] < _SECONDS:
                again = made(name, family)
                assert isinstance(before, tuple)
                assert isinstance(again, tuple)
                spent[name] += again[0]
                found[name] = min(before, again, key=lambda peer: peer[0])
    agree(family, found)
    return found


def made(name: str, family: Family) -> tuple[float, Function] | str:
    """A peer's function and the seconds of the processor that it took, others using it too; or why there is none."""
    forget()
    start = time.process_time()
    try:
        function = PEERS[name](family)
        return time.process_time() - start, function
    except ImportError:
        return "missing"
    except (KeyError, ValueError, RuntimeError) as error:
        return "—" if isinstance(error, KeyError) else type(error).__name__


def forget() -> None:
    """Empty what SymPy and symgd remember: every loss is met as if for the first time."""
    canonical.cache_clear()
    with suppress(ImportError):
        from sympy.core.cache import clear_cache

        clear_cache()


def agree(family: Family, found: Built) -> None:
    """All peers must give the same values before they are timed; one that does not is marked."""
    choose = np.random.default_rng(1)
    for point in (choose.uniform(0.4, 0.9, family.count), choose.uniform(0.2, 0.7, family.count)):
        ours = found["symgd"]
        assert isinstance(ours, tuple)
        value, slopes = ours[1](point)
        for name, peer in list(found.items()):
            if isinstance(peer, tuple):
                theirs, slope = peer[1](point)
                near = np.allclose(slope, slopes, rtol=1e-12, atol=1e-12 * max(1.0, float(np.abs(slopes).max())))
                if not near or abs(theirs - value) > 1e-12 * max(1.0, abs(value)):
                    print(f"!! {name} differs on {family.name}: {theirs} and {value}")
                    found[name] = "DIFFERS"


def built_row(family: Family, found: Built) -> list[str]:
    ours = found["symgd"]
    assert isinstance(ours, tuple)
    cells = [
        peer if isinstance(peer, str) else f"{shown(peer[0])} ({peer[0] / ours[0]:.2g})" for peer in found.values()
    ]
    return [family.name, *cells]


def call_row(family: Family, found: Built) -> list[str]:
    point = np.random.default_rng(1).uniform(0.4, 0.9, family.count)
    found = {name: peer for name, peer in found.items() if name not in FROM_TEXT}
    works = {name: (lambda f=peer[1]: f(point)) for name, peer in found.items() if isinstance(peer, tuple)}
    seconds = best(works)
    return [
        family.name,
        *(
            f"{shown(seconds[name])} ({seconds[name] / seconds['symgd']:.2g})" if name in seconds else str(found[name])
            for name in found
        ),
    ]


def operations_row(family: Family) -> list[str]:
    program = reverse_program(read_definitions(family.text), family.names, {})
    loss = program.only("loss").operations
    return [family.name, str(loss), str(program.operations), f"{program.operations / loss:.2f}"]
