"""Texts for a target: words of its language, pieces of whole texts, and whole texts with wounds.

The same seed and number give the same text, so a find is named by two numbers. A text costs some 10 µs, a hundredth of
what drawing it through Hypothesis takes, which is what makes a million of them a matter of minutes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from random import Random

from tests.fuzz.targets import TARGETS

LONGEST = 2_000


@functools.cache
def _parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return TARGETS[name].words, TARGETS[name].wholes()


def _sign(random: Random) -> str:
    """Any character: plain, one of the first 65,536, or a lone surrogate."""
    return chr(random.choice((random.randrange(128), random.randrange(128), random.randrange(0x10000))))


def _few(random: Random, name: str) -> str:
    words, _ = _parts(name)
    return "".join(
        random.choice(words) if random.random() < 0.9 else _sign(random) for _ in range(random.randrange(1, 12))
    )


def _many(random: Random, name: str) -> str:
    return "".join(_few(random, name) for _ in range(random.randrange(1, 8)))


def _whole(random: Random, name: str) -> str:
    return random.choice(_parts(name)[1])


def _span(random: Random, text: str) -> tuple[int, int]:
    """A part of the text, mostly a short one."""
    start = random.randrange(len(text) + 1)
    return start, start + int(random.random() ** 3 * (len(text) - start))


def _wounded(random: Random, name: str) -> str:
    """A whole text in which one to four parts are lost, replaced, doubled or moved."""
    text = _whole(random, name)
    for _ in range(random.randrange(1, 5)):
        start, end = _span(random, text)
        patch = random.choice(("", _few(random, name), text[start:end] * 2, text[slice(*_span(random, text))]))
        text = text[:start] + patch + text[end:]
    return text


def _spliced(random: Random, name: str) -> str:
    left, right = _whole(random, name), _whole(random, name)
    return left[: random.randrange(len(left) + 1)] + right[random.randrange(len(right) + 1) :]


def _repeated(random: Random, name: str) -> str:
    return _few(random, name) * random.randrange(1, 300)


WAYS: tuple[Callable[[Random, str], str], ...] = (_few, _many, _wounded, _wounded, _spliced, _repeated)


def text(name: str, seed: int, number: int) -> str:
    """The input of this number for the target of this name; at most 2,000 characters.

    >>> text("text", 1, 2) == text("text", 1, 2)
    True
    """
    random = Random(f"{name} {seed} {number}")
    return random.choice(WAYS)(random, name)[:LONGEST]


def smaller(text: str, fails: Callable[[str], bool]) -> str:
    """A shorter text that fails as well: parts are left out while it does, halves first."""
    step = len(text) // 2
    while step:
        place = 0
        while place < len(text):
            shorter = text[:place] + text[place + step :]
            text, place = (shorter, place) if fails(shorter) else (text, place + step)
        step //= 2
    return text
