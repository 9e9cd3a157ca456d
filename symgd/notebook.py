"""Jupyter: the cell magic `%%symgd`, and how results look there.

`%load_ext symgd` makes the magic known. Its cell is a problem as in a problem file, or just a loss (definitions one a
line); the line holds a command (explain, gradient, descend or check; explain if none) and options of the command line.
A fault is told as on the command line, without a traceback.

    %%symgd explain --steps 2 --at w=0.5
    (w - 3)^2
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgd.errors import InputError, SymgdError
from symgd.limits import limits_of

if TYPE_CHECKING:
    from symgd.calculus.gradient import Gradient
    from symgd.descent.problem import Problem
    from symgd.handouts.markdown import Flavour

#: Options of the magic by their name, as on the command line, and the argument of Problem or key of [handout].
_OPTIONS: Mapping[str, str] = {
    "--at": "start",
    "--rate": "learning_rate",
    "--set": "settings",
    **{
        f"--{key.replace('_', '-')}": key
        for key in (
            *("let", "data", "gradient", "optimizer", "steps", "epochs", "batch_size", "seed", "arithmetic"),
            *("digits", "every", "tolerance", "language", "title", "kind"),
            *("figures", "pair", "blank", "points", "paper"),
        )
    },
    "--limit": "limits",
}
_FLAGS: Mapping[str, tuple[str, bool]] = {
    "--explain-rate": ("explain_rate", True),
    "--reveal": ("reveal", True),
    "--large-print": ("large_print", True),
    "--interactive": ("interactive", True),
    "--static": ("interactive", False),
}
#: Options of a handout, which the other commands do not take.
_OF_HANDOUTS = frozenset(
    (
        *("--title", "--kind", "--figures", "--pair", "--blank", "--points", "--paper", "--explain-rate", "--reveal"),
        *("--large-print", "--interactive", "--static"),
    )
)
_TABLES = ("start", "let", "gradient", "settings")
_WHOLE = ("steps", "epochs", "batch_size", "digits", "every", "seed", "points")
COMMANDS = ("explain", "gradient", "descend", "check")


def load_ipython_extension(shell: Any) -> None:
    """Make `%%symgd` known to a shell of IPython: what `%load_ext symgd` calls."""
    shell.register_magic_function(magic, magic_kind="cell", magic_name="symgd")


def magic(line: str, cell: str) -> Any:
    """What `%%symgd` does: the result, to be shown; None after a fault, which is printed.

    >>> magic("--steps 1 --at w=0.5", "(w - 3)^2").relations > 5
    True
    """
    try:
        command, options = _asked(line)
        return _result(command, options, cell)
    except SymgdError as error:
        told = error.explain(_language(line)) if isinstance(error, InputError) else str(error)
        print(told, file=sys.stderr)
        return None


def _asked(line: str) -> tuple[str, dict[str, Any]]:
    """The command and the arguments of Problem that a line holds."""
    try:
        words = shlex.split(line)
    except ValueError:
        raise InputError("one-of", name="%%symgd", value=line, known=", ".join(COMMANDS)) from None
    command = words.pop(0) if words and not words[0].startswith("-") else "explain"
    if command not in COMMANDS:
        raise InputError("one-of", name="%%symgd", value=command, known=", ".join(COMMANDS))
    options: dict[str, Any] = {}
    known = [word for word in (*_OPTIONS, *_FLAGS) if command == "explain" or word not in _OF_HANDOUTS]
    while words:
        word, sign, value = words.pop(0).partition("=")
        if word not in known:
            raise InputError("one-of", name=f"%%symgd {command}", value=word, known=", ".join(known))
        if word in _FLAGS and not sign:
            options.update([_FLAGS[word]])
            continue
        if word not in _OPTIONS or not (sign or words):
            raise InputError("one-of", name="%%symgd", value=word, known=", ".join(known))
        key = _OPTIONS[word]
        options[key] = _value(key, value if sign else words.pop(0))
    options |= options.pop("settings", {})
    return command, options


def _value(key: str, text: str) -> Any:
    if key in _TABLES:
        from symgd.commands.options import parts_of

        pairs = [part.partition("=") for part in parts_of(text)]
        if not all(sign and word.strip() and number.strip() for word, sign, number in pairs):
            raise InputError("not-a-pair", value=text)
        return {word.strip(): number.strip() for word, _, number in pairs}
    if key == "data":
        return {"file": str(Path(text).absolute())}
    if key == "limits":
        return limits_of(text)
    if key in _WHOLE:
        return int(text) if text.lstrip("-").isdigit() else text
    return text


def _language(line: str) -> str:
    from symgd.language import languages

    words = line.replace("=", " ").split()
    asked = words[words.index("--language") + 1] if "--language" in words[:-1] else "en"
    return asked if asked in languages() else "en"


def _result(command: str, options: dict[str, Any], cell: str) -> Any:
    import symgd

    if command == "check":
        head, _, working = cell.partition("\n---\n")
        return symgd.check(_problem(head, options), working)
    problem = _problem(cell, options)
    if command == "gradient":
        found = symgd.gradient(problem)
        return GradientAt(found, problem) if problem.start else found
    return symgd.explain(problem) if command == "explain" else symgd.descend(problem)


def _problem(cell: str, options: dict[str, Any]) -> Any:
    """A problem file if the cell is one, else a loss."""
    from symgd.descent.files import SHEET, toml_tables
    from symgd.descent.problem import Problem

    sheet = {key: options.pop(key) for key in SHEET if key in options}
    if sheet:
        options["handout"] = sheet
    if _is_file(cell):
        return Problem.from_table(toml_tables(cell, "%%symgd"), **options)
    return Problem(cell.strip(), **options)


def _is_file(cell: str) -> bool:
    """Whether a cell is a problem file: its loss stands between quotes, or it has tables."""
    lines = [line.strip() for line in cell.splitlines()]
    heads = ("[start]", "[let]", "[data]", "[optimizer]", "[handout]")
    return any(line in heads or _LOSS.match(line) for line in lines)


_LOSS = re.compile(r"loss\s*=\s*[\"']")


# how results look


class GradientAt:
    """A gradient with its values at the point of a problem: what `%%symgd gradient --at w=0.5` shows.

    `gradient` is the Gradient, `values` are the numbers by parameter.

    >>> print(magic("gradient --at w=0.5", "(w - 3)^2"))
    ∂L/∂w = 2(w − 3) = 2 × (0.5 − 3) = −5
    """

    def __init__(self, gradient: Gradient, problem: Problem) -> None:
        """The lines are made when they are shown."""
        self.gradient, self.problem = gradient, problem

    @property
    def values(self) -> dict[str, Any]:
        """The slope in each parameter at the point."""
        return self.gradient.at({word: self.problem.start[word] for word in self.gradient.parameters})

    def _shown(self, flavour: Flavour) -> str:
        from symgd.commands.printing import partial_chains
        from symgd.handouts.document import Equations
        from symgd.handouts.markdown import Pen

        chains = partial_chains(self.gradient, self.problem)
        return Pen(self.problem.language, flavour).equations(Equations(tuple(chains)))

    def __str__(self) -> str:
        """One line a parameter."""
        return "\n".join(line.removeprefix("  ") for line in self._shown("text").splitlines())

    def _repr_html_(self) -> str:
        from symgd.handouts.page import html_fragment

        return html_fragment(self._shown("html"))

    def _repr_markdown_(self) -> str:
        return self._shown("markdown")

    def _repr_latex_(self) -> str:
        from symgd.handouts.latex import latex_body

        return latex_body(self._repr_markdown_())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def trajectory_html(run: Any) -> str:
    """A run as its table and how it ended."""
    from symgd.handouts.page import html_fragment

    table, ended = _told(run, "html")
    return html_fragment(f"{table}\n\n{escape(ended)}")


def trajectory_markdown(run: Any) -> str:
    """The same as Markdown."""
    return "\n\n".join(_told(run, "markdown"))


def trajectory_text(run: Any) -> str:
    """The same for a terminal."""
    return "\n\n".join(_told(run, "text"))


def trajectory_latex(run: Any) -> str:
    """The same as LaTeX: a table that goes over pages."""
    from symgd.handouts.latex import latex_body

    return latex_body(trajectory_markdown(run))


def _told(run: Any, flavour: Flavour) -> tuple[str, str]:
    """The table of a run, and how it ended."""
    from symgd.handouts.markdown import Pen
    from symgd.handouts.tables import run_table

    language = run.problem.language
    return Pen(language, flavour).table(run_table(run)), run.outcome.message(language)


def derivation_html(derivation: Any) -> str:
    """A derivation as formulas, the rules beside them."""
    from symgd.handouts.page import html_fragment

    return html_fragment(f"$$\n{derivation.latex()}\n$$")


def equality_html(found: Any) -> str:
    """What is known of two formulas, in a sentence or two."""
    from symgd.handouts.page import html_fragment

    return html_fragment(escape(str(found)))


def equality_latex(found: Any) -> str:
    """The same as LaTeX."""
    from symgd.handouts.latex import latex_body

    return latex_body(str(found))


def gradient_html(gradient: Any) -> str:
    """The partial derivatives as formulas."""
    from symgd.handouts.page import html_fragment

    return html_fragment("\n\n".join(f"$${line}$$" for line in gradient_lines(gradient)))


def gradient_markdown(gradient: Any) -> str:
    """The same as Markdown."""
    return "\n\n".join(f"$${line}$$" for line in gradient_lines(gradient))


def gradient_latex(gradient: Any) -> str:
    """The same as LaTeX, in one aligned block."""
    rows = (line.replace(" = ", " &= ", 1) for line in gradient_lines(gradient))
    return r"$$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$$"


def gradient_lines(gradient: Any) -> list[str]:
    """A line of LaTeX for each partial derivative."""
    from symgd.calculus.program import shown_latex, slope_name

    loss = gradient.definitions.loss_name
    return [f"{shown_latex(slope_name(loss, word))} = {gradient.latex(word)}" for word in gradient.parameters]
