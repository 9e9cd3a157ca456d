"""Writes what is found into the tables of verdicts: `python -m tests.checking.renew_tables`; read them then."""

from __future__ import annotations

from tests.checking.tables_of_verdicts import FOLDER, blocks_of, written


def renew() -> None:
    """Every file anew, but for its first lines."""
    for path in sorted(FOLDER.glob("*.txt")):
        top = path.read_text(encoding="utf-8").split("\n@ ")[0]
        blocks = [written(block) for block in blocks_of(path)]
        path.write_text("\n".join([top, *blocks]), encoding="utf-8", newline="")


if __name__ == "__main__":
    renew()
