"""How much a text may ask for: costs are bounded before anything is worked out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on a text: characters, nesting, nodes, digits, sizes of constants and degrees.

    `magnitude` bounds the power of ten of a number, `exponent` a constant exponent on an expression,
    `bits` the size of a constant that is worked out, `degree` the degree of a polynomial part.
    """

    characters: int
    depth: int
    calls: int
    parts: int
    digits: int
    magnitude: int
    name: int
    arguments: int
    exponent: int
    bits: int
    degree: int


#: For text that strangers type (students' answers).
STRICT = Limits(
    characters=2_000,
    depth=60,
    calls=16,
    parts=1_000,
    digits=50,
    magnitude=308,
    name=32,
    arguments=16,
    exponent=100,
    bits=4_096,
    degree=1_000,
)

#: For an author's own files and for the library.
WIDE = Limits(
    characters=4_000_000,
    depth=150,
    calls=64,
    parts=400_000,
    digits=1_000,
    magnitude=4_000,
    name=64,
    arguments=10_000,
    exponent=1_000,
    bits=65_536,
    degree=10_000,
)
