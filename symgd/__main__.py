"""`python -m symgd`, and the program `symgd`: the command line, quiet where it is stopped while it still loads."""

from __future__ import annotations

import gc
from typing import NoReturn

#: So many new objects between two searches for cycles: what is loaded stays, and need not be searched while it loads.
_OBJECTS = 20_000


def main() -> NoReturn:
    """Load the command line and run it."""
    gc.set_threshold(_OBJECTS)
    try:
        from symgd.cli import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
