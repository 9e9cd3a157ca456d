"""What is made of each input of the golden tables is what was made of it when it was last looked at."""

from __future__ import annotations

import pytest

from tests.calculus.tables import TABLES
from tests.golden import differences


@pytest.mark.parametrize("name", TABLES)
def test_nothing_changed(name: str) -> None:
    assert differences("calculus", name) == []
