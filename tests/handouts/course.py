"""The course in examples/: its order, what each problem teaches, and the index with its pictures.

`python -m tests.handouts.course` writes the index and the pictures anew; look at them before you keep them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.handouts.handout import Handout
from symgd.handouts.pictures import spoken

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
COURSE = tomllib.loads(Path(__file__).with_name("course.toml").read_text(encoding="utf-8"))


def index_files() -> Iterator[tuple[Path, str]]:
    """The index in each language, and the pictures that it shows."""
    for language, words in COURSE["index"].items():
        rows = [f"# {words['head']}", "", words["introduction"], ""]
        for number, problem in enumerate(COURSE["problem"], 1):
            name, kind = problem["name"], problem["picture"]
            made = _handout(name, kind, language)
            (figure,) = made.document.figures
            _, seen = spoken(figure, language)
            rows += [f"## {number}. {made.run.problem.title(language)}", "", problem[language], ""]
            rows += [f"![{seen}](pictures/{name}.svg)", ""]
            rows += [f"[{words['handout']}]({name}.{language}.md) · [{words['problem']}]({name}.toml)", ""]
            if language == "en":
                yield EXAMPLES / "pictures" / f"{name}.svg", made.pictures()[kind] + "\n"
        yield EXAMPLES / words["file"], "\n".join(rows)


def _handout(stem: str, kind: str, language: str) -> Handout:
    problem = Problem.load(EXAMPLES / f"{stem}.toml", language=language, handout={"figures": [kind]})
    return Handout(descend(problem), language)


if __name__ == "__main__":
    (EXAMPLES / "pictures").mkdir(exist_ok=True)
    for file, text in index_files():
        file.write_text(text, encoding="utf-8")
