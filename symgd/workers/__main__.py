"""A child of the pool: `python symgd/workers/__main__.py CHANNEL MODULE MEMORY FOLDER…`; nobody types this."""

from __future__ import annotations

import importlib
import sys


def main(arguments: list[str]) -> None:
    """Make the folders importable, then be what the channel says."""
    folders = arguments[3:]
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]
    importlib.import_module("symgd.workers.nursery").main(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
