"""Searches repeat the same cases in every run and leave nothing behind; SYMGD_SEARCH=1 looks for new ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from symgd import language

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("search", database=None, deadline=None)
settings.load_profile("search" if os.environ.get("SYMGD_SEARCH") else "steady")


@pytest.fixture(autouse=True)
def no_languages_of_others() -> Iterator[None]:
    """What a test adds to the languages is gone after it."""
    before = [*language._folders]
    yield
    if language._folders != before:
        language._folders[:] = before
        language.catalogue.cache_clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """What repeats the same lines many times over is not measured: that takes as long again, and finds no more."""
    measuring = _measuring() if item.get_closest_marker("repeated") else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


def pytest_sessionfinish() -> None:
    """Keep what coverage measured here: xdist gives its processes ten seconds to end, and then kills them."""
    measuring = _measuring()
    if measuring:
        measuring.save()


def _measuring() -> Any:
    return sys.modules["coverage"].Coverage.current() if "coverage" in sys.modules else None
