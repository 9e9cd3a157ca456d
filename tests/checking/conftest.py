"""Workings are given time: on a busy machine a hundred lines take many times the tenth of a second they need."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline of a whole working, far away; that of one comparison stays."""
    monkeypatch.setattr("symgd.checking.readings.DEADLINE", 60.0)
