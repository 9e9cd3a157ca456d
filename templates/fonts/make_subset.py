"""Make the mathematics font that a handout carries, once: a subset of STIX Two Math with its MATH table.

    npm pack @fontsource/stix-two-math && tar xzf *.tgz
    python templates/fonts/make_subset.py package/files/stix-two-math-latin-400-normal.woff2

It needs fonttools and brotli, and writes stix-two-math-subset.woff2 beside this file. The subset keeps what math-core
emits for our formulas: Latin and Greek letters upright and italic, digits, operators, arrows, brackets, accents. The
licence has no reserved font name; pages call the family "symgd math" all the same, since it is not the whole font.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x2C6, 0x2C7),
    (0x2D8, 0x2DD),
    (0x300, 0x338),  # accents that stretch over a letter
    (0x391, 0x3C9),
    (0x3D1, 0x3D6),
    (0x3F0, 0x3F5),
    (0x2000, 0x200B),
    (0x2010, 0x2027),
    (0x2032, 0x2037),
    (0x2044, 0x2044),
    (0x2057, 0x2064),
    (0x2070, 0x208E),
    (0x20D0, 0x20DC),
    (0x2190, 0x2199),
    (0x21D0, 0x21D5),
    (0x2200, 0x2237),
    (0x223C, 0x223D),
    (0x2243, 0x224D),
    (0x2260, 0x2267),
    (0x226A, 0x226B),
    (0x2282, 0x2287),
    (0x2295, 0x2299),
    (0x22A4, 0x22A5),
    (0x22C5, 0x22C6),
    (0x2308, 0x230B),
    (0x239B, 0x23B7),  # pieces of tall brackets
    (0x23D0, 0x23DF),
    (0x27E6, 0x27EB),
    (0x1D434, 0x1D467),  # italic Latin
    (0x210E, 0x210E),
    (0x1D6FC, 0x1D71B),  # italic Greek
    (0x1D6A8, 0x1D6B0),
)


def main(full_font: str) -> None:
    """Write the subset of a full font beside this file."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["ssty", "dtls", "flac", "ccmp", "locl"]
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 5, 13, 14]
    options.notdef_outline = True
    font = subset.load_font(full_font, options)
    wanted = subset.Subsetter(options)
    wanted.populate(unicodes=[point for first, last in RANGES for point in range(first, last + 1)])
    wanted.subset(font)
    subset.save_font(font, str(Path(__file__).with_name("stix-two-math-subset.woff2")), options)


if __name__ == "__main__":
    main(sys.argv[1])
