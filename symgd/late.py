"""What upper floors add to the types of lower ones, found by name when it is first used.

A run can draw itself and a gradient can show itself in a notebook, though the floors they stand on know neither
pictures nor pages: the method asks here for the function that does it.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

#: What is done, and where: a module and its function.
HOMES: Mapping[str, tuple[str, str]] = {
    "plot": ("symgd.handouts.figures", "plot"),
    "run-html": ("symgd.notebook", "trajectory_html"),
    "run-markdown": ("symgd.notebook", "trajectory_markdown"),
    "run-latex": ("symgd.notebook", "trajectory_latex"),
    "run-text": ("symgd.notebook", "trajectory_text"),
    "derivation-html": ("symgd.notebook", "derivation_html"),
    "equality-html": ("symgd.notebook", "equality_html"),
    "equality-latex": ("symgd.notebook", "equality_latex"),
    "gradient-html": ("symgd.notebook", "gradient_html"),
    "gradient-latex": ("symgd.notebook", "gradient_latex"),
    "gradient-markdown": ("symgd.notebook", "gradient_markdown"),
}


@functools.cache
def late(deed: str) -> Callable[..., Any]:
    """The function that does it; its module is loaded now."""
    module, function = HOMES[deed]
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def quietly(library: str) -> None:
    """Let a library keep its advice to itself, such as matplotlib's where there is no home for its cache."""
    import logging

    logging.getLogger(library).setLevel(logging.ERROR)
