"""`python -m symgd`, and the program `symgd`: the command line, quiet where it is stopped while it still loads."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Load the command line and run it."""
    try:
        from symgd.cli import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
