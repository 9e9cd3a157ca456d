"""A handout: a document with a language, which can be shown and saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgd.descent.trajectory import Trajectory
from symgd.errors import InputError, found_in, width
from symgd.files import named, require_folder, write_file, write_text_file
from symgd.handouts.author import document_of
from symgd.handouts.chain import value_chain
from symgd.handouts.document import Document, Figure
from symgd.handouts.figures import figure_pdf, figure_svg
from symgd.handouts.markdown import Flavour, Pen
from symgd.handouts.pictures import spoken, with_pictures
from symgd.handouts.rendering import DEFAULT_TITLES, render
from symgd.handouts.sheet import sheet_of
from symgd.language import sentence, visible
from symgd.limits import allowing, beyond

if TYPE_CHECKING:
    from symgd.handouts.page import Layout


#: What a file holds, by its ending: the method that writes it.
FORMS: Mapping[str, str] = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".tex": "tex",
    ".pdf": "pdf",
    ".ipynb": "notebook",
}
#: Forms that have their pictures in files beside them, and what these are.
_BESIDE: Mapping[str, str] = {"markdown": "svg", "tex": "pdf"}


class Handout:
    """The worked explanation of a run.

    >>> import symgd
    >>> handout = symgd.explain("(w - 3)^2", start={"w": "0.5"}, steps=1)
    >>> "Δw = η·(−∂L/∂w) = 0.1 × 5 = 0.5" in handout.text()
    True
    """

    def __init__(self, run: Trajectory, language: str = "en", template: str | Path | None = None) -> None:
        """Make the document; it is written when asked for."""
        self.run, self.language = run, language
        limits = run.problem.allowed
        if len(run.records) - 1 > limits.author.updates:
            raise beyond("updates", limits.author.updates, found=len(run.records) - 1)
        self.template = None if template is None else Path(template)
        with found_in(run.problem.source):
            self.sheet = sheet_of(run.problem.handout)
        self.document: Document = document_of(run)

    @property
    def relations(self) -> int:
        """How many relations the handout prints."""
        return self.document.relations

    def markdown(self) -> str:
        """Markdown, formulas as LaTeX between dollar signs."""
        return self._rendered("markdown")

    def pictures(self) -> dict[str, str]:
        """The pictures as SVG for files of their own, by kind."""
        return {figure.kind: self._svg(figure) for figure in self.document.figures}

    def _svg(self, figure: Figure) -> str:
        return figure_svg(figure, *spoken(figure, self.language), ground="#ffffff")

    def html(self) -> str:
        """One self-contained HTML page: no network; its one script walks through the updates and unfolds answers."""
        from symgd.handouts.page import html_page

        page = html_page(self._page_markdown(), title=self._title(), language=self.language, layout=self._layout())
        return with_pictures(page, self.document, self.language)

    def text(self) -> str:
        """Text for a terminal: formulas as Unicode on one line."""
        return visible(plain(self._rendered("text")))

    def tex(self) -> str:
        """A LaTeX document for XeLaTeX or LuaLaTeX; what is said of its pictures, which `save` writes beside it."""
        return self._tex({})

    def _tex(self, files: Mapping[str, str]) -> str:
        from symgd.handouts.latex import latex_document

        paper, large = self.sheet.paper, self.sheet.large_print
        markdown = self._rendered("markdown", files, large)
        return latex_document(markdown, language=self.language, paper=paper, large_print=large)

    def notebook(self) -> str:
        """A Jupyter notebook: the lines of the Markdown, and cells that run the problem."""
        from symgd.handouts.notebook_file import notebook_text

        return notebook_text(self.markdown(), self.run, [figure.kind for figure in self.document.figures])

    def pdf(self) -> bytes:
        """The page as an installed Chromium, Chrome or Edge prints it. Raises InputError where there is none."""
        from symgd.workers.browser import pdf_of

        return pdf_of(self.html())

    def save(self, path: str | Path) -> tuple[Path, ...]:
        """Write a file by its ending, one of `FORMS`; the files that were written, pictures beside it first.

        Markdown has its pictures as SVG, LaTeX as PDF. Raises InputError for another ending, or where it cannot.
        """
        file = Path(path)
        ending = file.suffix.lower()
        if ending not in FORMS:
            raise InputError("ending", name=named(file), known=", ".join(FORMS))
        require_folder(file)
        if FORMS[ending] in _BESIDE and self.document.figures:
            return self._save_with_pictures(file, FORMS[ending])
        written: str | bytes = getattr(self, FORMS[ending])()
        write_file(file, written.encode("utf-8") if isinstance(written, str) else written)
        return (file,)

    def _save_with_pictures(self, file: Path, form: str) -> tuple[Path, ...]:
        stem = re.sub(r"[^\w.-]", "-", file.stem) if form == "tex" else file.stem  # LaTeX takes no other names
        names = {figure.kind: f"{stem}-{figure.kind}.{_BESIDE[form]}" for figure in self.document.figures}
        for figure in self.document.figures:
            picture = figure_pdf(figure) if form == "tex" else self._svg(figure).encode("utf-8", "replace")
            write_file(file.with_name(names[figure.kind]), picture)
        text = self._tex(names) if form == "tex" else self._rendered("markdown", names)
        write_text_file(file, text)
        return (*map(file.with_name, names.values()), file)

    def __str__(self) -> str:
        """The text."""
        return self.text()

    def _repr_html_(self) -> str:
        from symgd.handouts.page import html_fragment

        return with_pictures(html_fragment(self._page_markdown()), self.document, self.language)

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _rendered(self, flavour: Flavour, files: Mapping[str, str] | None = None, large: bool = False) -> str:
        with allowing(self.run.problem.allowed):
            return render(self.document, self.language, flavour, self.template, files, large)

    def _repr_latex_(self) -> str:
        from symgd.handouts.latex import latex_body

        return latex_body(self.markdown())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text())

    def _page_markdown(self) -> str:
        return self._rendered("html", large=self.sheet.large_print)

    def _layout(self) -> Layout:
        from symgd.handouts.page import Layout

        sheet = self.sheet
        walks = sheet.interactive and self.run.problem.kind == "worked"
        walk = walk_of(self.run, self.language, quiet=sheet.reveal) if walks else {}
        return Layout(sheet.reveal, walk, sheet.interactive, sheet.paper, sheet.large_print)

    def _title(self) -> str:
        problem = self.run.problem
        title = problem.title(self.language) or sentence(self.language, DEFAULT_TITLES[problem.kind])
        return sentence(self.language, "sheet.key", title=title) if problem.kind == "key" else title


def walk_of(run: Trajectory, language: str, quiet: bool = False) -> dict[int, str]:
    """For each point of a run, by the updates made before it, what is said there; nothing for a run of one update.

    Where it is `quiet`, as long as a class is to find the values, none of them is said.
    """
    records = run.records if _FEWEST <= len(run.records) <= _MOST else ()
    pen, digits = Pen(language, "text"), run.problem.digits
    said = {}
    for record in records:
        if quiet:
            said[record.step] = pen.say("walk.made", k=record.step)
            continue
        loss = {} if record.loss is None else {run.problem.reported_loss: record.loss}
        chains = [value_chain(word, value, digits) for word, value in {**record.point, **loss}.items()]
        point = pen.fact(tuple(chain for chain in chains if chain is not None))
        said[record.step] = pen.say("walk.said", k=record.step, point=point)
    return said


#: A page walks through so many points.
_FEWEST, _MOST = 3, 200


def plain(markdown: str) -> str:
    """Headings and rules of the template as they look in a terminal."""
    lines: list[str] = []
    for line in markdown.splitlines():
        heading = re.match(r"(#{1,3}) (.*)", line)
        if not heading:
            lines.append("" if line == "---" else re.sub(r"\A> ", "", line))
            continue
        lines.append(heading[2])
        if len(heading[1]) < 3:
            lines.append(("═" if len(heading[1]) == 1 else "─") * width(heading[2]))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().replace(r"\_", "_") + "\n"
