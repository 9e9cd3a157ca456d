"""Searches repeat the same cases in every run and leave nothing behind; SYMGD_SEARCH=1 looks for new ones."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("search", database=None, deadline=None)
settings.load_profile("search" if os.environ.get("SYMGD_SEARCH") else "steady")
