"""A search in which coverage chooses the texts: `python -m tests.fuzz.guided text -max_total_time=600`.

It needs atheris (`pip install atheris`). Further arguments go to libFuzzer; a find is kept in tests/fuzz/corpus, and
what was only new to the coverage in a folder that is gone afterwards.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["symgd"]):
    # Whatever symgd loads late has to be loaded here: only what is imported inside of this block is counted.
    from tests.fuzz.targets import CORPUS, TARGETS

    for target in TARGETS.values():
        target.tried(target.wholes()[0])


def dictionary(name: str, folder: Path) -> Path:
    """The words of a target in libFuzzer's form."""
    written = folder / "words.dict"
    quoted = (
        "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "replace"))
        for word in TARGETS[name].words
        if len(word) < 30
    )
    written.write_text("".join(f'"{word}"\n' for word in quoted), encoding="ascii")
    return written


def main(name: str, *arguments: str) -> None:
    """Search one target until it is stopped, or as the arguments say."""
    kept = CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)

    def one(raw: bytes) -> None:
        TARGETS[name].tried(raw.decode("utf-8", "replace"))

    with tempfile.TemporaryDirectory() as folder:
        fresh, seeds = Path(folder, "fresh"), Path(folder, "seeds")
        for made in (fresh, seeds):
            made.mkdir()
        for number, whole in enumerate(TARGETS[name].wholes()):
            (seeds / str(number)).write_text(whole, encoding="utf-8")
        options = [
            "-max_len=2000",
            "-timeout=10",
            f"-dict={dictionary(name, Path(folder))}",
            f"-artifact_prefix={kept}/",
        ]
        atheris.Setup([sys.argv[0], *options, *arguments, str(fresh), str(seeds), str(kept)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
