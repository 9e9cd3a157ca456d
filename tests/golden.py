"""Golden tables: an input to a block, and everything that is made of it; `python -m tests.golden` writes them anew.

A block begins with its input behind `> `; ` § ` parts its fields and ⏎ stands for a line end. The lines below are what
came of it when they were last written: read what has changed, and check it against mathematics, before it is kept.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from symgd.errors import DisagreementError, DomainError, InputError, PrecisionError

HERE = Path(__file__).resolve().parent
#: The parts that have tables: a module `tables` and a folder `golden` each.
PARTS = ("expressions", "numbers", "calculus")

#: What is made of the fields of an input, a line each.
Table = Callable[..., Iterable[str]]


def tables(part: str) -> Mapping[str, Table]:
    """The tables of a part by their names."""
    found: Mapping[str, Table] = importlib.import_module(f"tests.{part}.tables").TABLES
    return found


def path_of(part: str, name: str) -> Path:
    """The file of a table."""
    return HERE / part / "golden" / f"{name}.txt"


def inputs(text: str) -> Iterator[str]:
    """The inputs of a file, in order."""
    return (line[2:] for line in text.splitlines() if line.startswith("> "))


def renewed(table: Table, text: str) -> str:
    """The file with what is made of its inputs now."""
    return "\n".join(f"> {row}\n" + "".join(f"{line}\n" for line in made(table, row)) for row in inputs(text))


def made(table: Table, row: str) -> list[str]:
    """The lines below an input; what is refused is told with its code and facts."""
    found: list[str] = []
    try:
        for line in table(*row.replace("⏎", "\n").split(" § ")):
            found += [part.rstrip() for part in line.split("\n") if part.strip()]
    except InputError as error:
        found.append(refusal(error))
    except (DomainError, PrecisionError, DisagreementError, ValueError, ZeroDivisionError) as error:
        found.append(f"{type(error).__name__}: {error}")
    return found


def refusal(error: InputError) -> str:
    """An error in a line: its code, its place, its facts."""
    facts = " ".join(f"{word}={fact!r}" for word, fact in sorted(error.facts.items()))
    return f"refused: {error.code} at {error.position}+{error.length} {facts}".rstrip()


def differences(part: str, name: str) -> list[str]:
    """What differs between a file and what is made now."""
    text = path_of(part, name).read_text(encoding="utf-8")
    before, now = text.splitlines(), renewed(tables(part)[name], text).splitlines()
    pairs = zip(before, now, strict=False)
    found = [f"line {place}: {old!r} is now {new!r}" for place, (old, new) in enumerate(pairs, 1) if old != new]
    return found or ([] if len(before) == len(now) else [f"{len(before)} lines are now {len(now)}"])


def main(words: list[str]) -> None:
    """Write the tables of some parts anew, or of all."""
    for part in words or PARTS:
        for name, table in tables(part).items():
            path = path_of(part, name)
            path.write_text(renewed(table, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
