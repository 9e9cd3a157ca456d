"""Everything that is found of a working or of a text is what the tables say, which were read by a person."""

from __future__ import annotations

import pytest

from tests.checking.tables_of_verdicts import FOLDER, Block, blocks_of, found

BLOCKS = [
    (f"{path.stem}-{place}", block)
    for path in sorted(FOLDER.glob("*.txt"))
    for place, block in enumerate(blocks_of(path))
]


@pytest.mark.parametrize("block", [pytest.param(block, id=name) for name, block in BLOCKS])
def test_all_that_is_found_is_in_the_table(block: Block) -> None:
    for case in block.cases:
        assert found(case) == list(case.found), case.text
