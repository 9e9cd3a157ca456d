"""A whole document as text of one flavour: what a template may use, and the template filled.

One template orders the sections of all flavours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgd.handouts.document import Document, Step
from symgd.handouts.markdown import Flavour, Pen
from symgd.handouts.sheet import sheet_of
from symgd.language import joined

CIRCLED = "①②③④⑤"
#: What a handout without a title of its own is called.
DEFAULT_TITLES: Mapping[str, str] = {"worked": "title", "worksheet": "title-sheet", "key": "title-sheet"}


def render(
    document: Document,
    language: str,
    flavour: Flavour,
    template: Path | None = None,
    files: Mapping[str, str] | None = None,
    large: bool = False,
) -> str:
    """The handout in a language; `files` are the names of its pictures by kind, where they are saved beside it.

    With `large` its tables are for large print. Raises InputError where a user's template cannot be used.
    """
    return Writer(document, language, flavour, files or {}, large).text(template)


class Writer(Pen):
    """Writes the blocks of one document in one language and flavour."""

    def __init__(
        self,
        document: Document,
        language: str,
        flavour: Flavour,
        files: Mapping[str, str] | None = None,
        large: bool = False,
    ) -> None:
        """Nothing is written yet; `files` are the names of pictures by kind."""
        super().__init__(language, flavour, large)
        self.document, self.files = document, files or {}

    def text(self, template: Path | None = None) -> str:
        """The whole handout."""
        from symgd.handouts.template import fill

        filled = fill(template, self.view(), self.language)
        for written, word in ((r"\text{if }", "if"), (r"\text{otherwise}", "otherwise")):
            filled = filled.replace(written, written.replace(word, self.say(f"word.{word}")))
        return filled

    def view(self) -> dict[str, Any]:
        """What a template may use."""
        document = self.document
        return {
            "title": self.title(),
            "introduction": self.blocks(document.introduction),
            "legend": self.legend(),
            "updates": [
                {
                    "heading": self.say("update.heading", k=update.k),
                    "steps": [self.step(step) for step in update.steps],
                }
                for update in document.updates
            ],
            "table_heading": self.say("table.heading"),
            "table": self.table(document.table),
            "room": self.blocks(document.room),
            "outcome": joined(self.language, self.blocks(document.closing)),
            "rates": self.blocks(document.rates),
            "figures": self.figures(),
            "footer": self.footer(),
            "name_line": self.head_of_sheet(),
            "kind": document.problem.kind,
            "say": self.say,
            "flavour": self.flavour,
        }

    def figures(self) -> list[str]:
        """The pictures; where a format holds none, first a sentence that says where they are to be seen."""
        shown = self.blocks(self.document.figures)
        return [self.say("figure.elsewhere"), *shown] if shown and self.flavour != "html" and not self.files else shown

    def title(self) -> str:
        """The title; a key says that it is one."""
        problem = self.document.problem
        title = self.escaped(problem.title(self.language)) or self.say(DEFAULT_TITLES[problem.kind])
        return self.say("sheet.key", title=title) if problem.kind == "key" else title

    def head_of_sheet(self) -> str:
        """Whose sheet it is, where it is one, and what it is worth."""
        problem, sheet = self.document.problem, sheet_of(self.document.problem.handout)
        each = sheet.points
        lines = [self.escaped(sheet.label)] if sheet.label else []
        lines += [self.say("sheet.name")] if problem.kind == "worksheet" else []
        if each and problem.kind != "worked":
            lines.append(self.say(f"sheet.points-{problem.kind}", each=each, total=each * self.document.blanks))
        return "\n\n".join(lines)

    def step(self, step: Step) -> dict[str, Any]:
        """One of the five steps."""
        mark, name = CIRCLED[step.number - 1], self.say(f"step.{step.key}")
        return {
            "number": step.number,
            "name": name,
            "heading": f"{mark} {name}",
            "blocks": self.blocks(step.blocks),
        }

    def footer(self) -> str:
        """Which program made it, and how many relations it printed."""
        from symgd import __version__

        return self.say("footer", version=__version__, count=self.document.relations)

    def legend(self) -> str:
        """What the colours of a page mean."""
        if self.flavour != "html" or self.document.problem.kind != "worked":
            return ""
        return " \u2003".join(
            rf"$\{role}{{\text{{■ {self.say(f'legend.{role}')}}}}}$" for role in ("old", "rate", "new")
        )
