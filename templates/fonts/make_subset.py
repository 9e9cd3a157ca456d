r"""Make `stix-two-math-lean.woff2` and `stix-two-math-subset.woff2`, the mathematics fonts that HTML handouts carry.

A page has the lean one unless it holds a character that only the other has: bold letters, script and blackboard.

The full font is STIX Two Math 2.12 (SIL Open Font License, `OFL.txt` beside this file; it reserves no font name) from
the npm package @fontsource/stix-two-math 5.3.0. Unpack the package, then, with fonttools and brotli installed:

    python templates/fonts/make_subset.py package/files/stix-two-math-latin-400-normal.woff2

Kept: the characters below, the MATH table with the larger brackets, roots, braces and accents of those characters, and
the features ssty, dtls and flac where the font has them (that package's build carries none of the three).
Changed: the names say `symgd math`, the subset's name in the style sheet, so that nobody takes it for the full font;
the figure space becomes as wide as a digit and the punctuation space as wide as a point, so that numbers of different
length that are padded with them stand with their points in line; the larger roots and brackets become narrower, since
Chromium keeps room for the widest of them around every one. The same input gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FULL, LEAN = (Path(__file__).with_name(f"stix-two-math-{word}.woff2") for word in ("subset", "lean"))
FAMILY = "symgd math"
FEATURES = ("ssty", "dtls", "flac")
#: Ranges of code points, both ends included, by what they are for.
CHARACTERS = {
    "Latin, digits and signs": "20-7E A0 AC AF B0 B1 B4 B7 D7 F7 131 237",
    "accents": "2C6-2DD 300-308 30A 30C 332 338 20D7 203E",
    "Greek": "391-3A1 3A3-3C9 3D1 3D5 3F5",
    "spaces, dashes, primes, quotes": "2007-200A 2013-2014 2016 2018-2019 201C-201D 2026 2032-2034 2057",
    "invisible operators": "2061-2064",
    "letter-like": "2102 210E 2112-2113 2115 211A 211D 2124",
    "arrows": "2190-2194 21A6 21D0-21D4 27F5-27FA",
    "operators and relations": "2200-2209 220B-220C 220F-2213 2215 2217-2218 221A-221E 2225-222C 223C-223D 2245 2248"
    " 2250 2254-2255 2260-2261 2264-226B 2282-2287 2295 2297 2299 22A4 22A5 22C5 22EE-22F1",
    "brackets and braces": "2308-230B 23B4-23B5 23DC-23DF 27E8-27E9",
    "a box": "25A1",
    "italic Latin and Greek": "1D434-1D454 1D456-1D467 1D6A4-1D6A5 1D6E2-1D71B",
    "sans serif T of a transpose": "1D5B3",
}
#: What only the full font has besides.
RARE = {
    "bold and bold italic Latin": "1D400-1D433 1D468-1D49B",
    "script and blackboard capitals": "1D49C 1D49E-1D49F 1D4A2 1D4A5-1D4A6 1D4A9-1D4AC 1D4AE-1D4B5"
    " 1D538-1D539 1D53B-1D53E 1D540-1D544 1D546 1D54A-1D550",
    "bold and bold italic Greek": "1D6A8-1D6E1 1D71C-1D755",
}
#: A space takes the width of the character it stands in for.
SPACES = {0x2007: "0", 0x2008: "."}
#: The greatest width of a sign at any size, in 1/1000 em: that of the smallest root, of brackets around a fraction.
WIDEST = {"√": 794, "(": 484, ")": 484}


def code_points(characters: dict[str, str]) -> list[int]:
    """All code points of some ranges."""
    ranges = " ".join(characters.values()).split()
    ends = [(int(first, 16), int(last or first, 16)) for first, _, last in (r.partition("-") for r in ranges)]
    return [point for first, last in ends for point in range(first, last + 1)]


def widened(font: TTFont) -> None:
    """Give the padding spaces the widths of a digit and of a point."""
    glyphs, widths = font.getBestCmap(), font["hmtx"]
    for space, like in SPACES.items():
        widths[glyphs[space]] = (widths[glyphs[ord(like)]][0], 0)


def narrowed(font: TTFont) -> None:
    """Squeeze the sizes and parts of a sign that are wider than it may be."""
    for sign, widest in WIDEST.items():
        for name in sizes(font, font.getBestCmap()[ord(sign)]):
            glyph, width = font["glyf"][name], font["hmtx"][name][0]
            if width > widest:
                glyph.coordinates.scale((widest / width, 1))
                glyph.coordinates.toInt()
                glyph.recalcBounds(font["glyf"])
                font["hmtx"][name] = (widest, glyph.xMin)


def sizes(font: TTFont, name: str) -> list[str]:
    """The glyphs that a sign grows through, and the parts that it is put together from when it is taller."""
    variants = font["MATH"].table.MathVariants
    found = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(name)]
    names = [size.VariantGlyph for size in found.MathGlyphVariantRecord]
    return list(dict.fromkeys(names + [part.glyph for part in found.GlyphAssembly.PartRecords]))


def renamed(font: TTFont) -> None:
    """Put the subset's own name where the family's was; copyright and licence stay."""
    names = {1: FAMILY, 3: f"{FAMILY}; subset of {font['name'].getDebugName(3)}", 4: FAMILY, 6: "symgd-math"}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]


def main(package: str) -> None:
    """Write both subsets of the package's font."""
    written(package, FULL, {**CHARACTERS, **RARE})
    written(package, LEAN, CHARACTERS)


def written(package: str, target: Path, characters: dict[str, str]) -> None:
    """Write one subset."""
    options = subset.Options(
        flavor="woff2",
        layout_features=list(FEATURES),
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        hinting=False,
        recalc_timestamp=False,
    )
    font = subset.load_font(package, options)
    present = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    maker = subset.Subsetter(options)
    maker.populate(unicodes=code_points(characters))
    maker.subset(font)
    widened(font)
    narrowed(font)
    renamed(font)
    subset.save_font(font, str(target), options)
    absent = ", ".join(sorted(set(FEATURES) - present)) or "none"
    print(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size} bytes; absent: {absent}")


if __name__ == "__main__":
    main(sys.argv[1])
