"""Where the files that are no code are."""

from __future__ import annotations

import functools
from pathlib import Path


@functools.cache
def template_folder() -> Path:
    """The folder of templates, catalogues and the font: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parent
    packaged = package / "templates"
    return packaged if packaged.is_dir() else package.parent / "templates"
