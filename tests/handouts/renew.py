"""Write the golden files of all examples anew; read the difference before you keep it."""

from __future__ import annotations

from symgd.commands.printing import descent_output
from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.language import LANGUAGES
from tests.handouts.test_examples import FILES, handout

if __name__ == "__main__":
    for file in FILES:
        for language in LANGUAGES:
            file.with_suffix(f".{language}.md").write_text(handout(file, language).markdown(), encoding="utf-8")
        facts = descent_output(descend(Problem.load(file)), "json", bom=False)
        file.with_suffix(".json").write_text(facts + "\n", encoding="utf-8")
