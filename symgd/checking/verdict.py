"""What was found of a student's working: a verdict for each line, and the report of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.expressions.writer import decimal_text
from symgd.language import sentence

if TYPE_CHECKING:
    from symgd.checking.claims import Claim
    from symgd.descent.problem import Problem
    from symgd.expressions.tree import Expression

#: Statuses that stand for a mistake, and those that earn the marks of a line.
WRONG, EARNING = frozenset(("slip",)), frozenset(("ok", "carried", "lucky", "format"))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A mistake by its name: the id of its row. `certain` is False where it is only for the teacher ("perhaps")."""

    id: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """A point, what the student's formula and the right one are worth there, and the two formulas."""

    at: Mapping[str, str]
    student: str | None
    expected: str | None
    formulas: tuple[Expression, Expression] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line: what it says, what it should say, and how that was found.

    `verdict` is equal, different, domain, unknown, syntax or missing; `certainty` proved or evidence; `status` ok,
    slip (wrong), carried (wrong, but right from the student's own values), lucky (right, but not from them), format
    (right value, wrong decimals) or unknown. `credit` of `worth` points were earned. `broken` is the place of the
    first relation of the chain that does not hold, from 0; None where all hold. `late` is the deadline in seconds
    where an unknown was not decided by then.
    """

    n: int
    text: str
    quantity: str
    step: int | None
    verdict: str
    certainty: str
    status: str
    expected: str | None = None
    counterexample: Shown | None = None
    diagnosis: tuple[Diagnosis, ...] = ()
    credit: Fraction = Fraction(0)
    worth: Fraction = Fraction(0)
    broken: int | None = None
    claim: Claim | None = field(default=None, compare=False)
    late: float | None = None

    @property
    def line(self) -> int:
        """The line that the mistake stands in: of a chain over several, where its first false side does."""
        if self.claim is None or self.broken is None:
            return self.n
        return max(self.n, self.claim.sides[self.broken + 1].line)

    @property
    def named(self) -> str:
        """The id of the mistake, where it is certain; else ""."""
        return self.diagnosis[0].id if len(self.diagnosis) == 1 and self.diagnosis[0].certain else ""

    def table(self, language: str = "en") -> dict[str, Any]:
        """The line in the JSON of a report."""
        shown = self.counterexample
        return {
            "n": self.n,
            "text": self.text,
            "quantity": self.quantity,
            "step": self.step,
            "verdict": self.verdict,
            "certainty": self.certainty,
            "status": self.status,
            "expected": self.expected,
            "counterexample": None
            if shown is None
            else {"at": dict(shown.at), "student": shown.student, "expected": shown.expected},
            "diagnosis": [
                {"id": found.id, "message": mistake(found.id, language), "certain": found.certain}
                for found in self.diagnosis
            ],
            "credit": amount(self.credit),
            "column": None if self.claim is None else self.claim.column,
        }

    def _repr_html_(self) -> str:
        from symgd.checking.feedback import verdict_told
        from symgd.handouts.page import html_fragment

        return html_fragment(verdict_told(self, "html"))

    def _repr_markdown_(self) -> str:
        from symgd.checking.feedback import verdict_told

        return verdict_told(self, "markdown")

    def _repr_latex_(self) -> str:
        from symgd.handouts.latex import latex_body

        return latex_body(self._repr_markdown_())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from symgd.checking.feedback import verdict_told

        printer.text(verdict_told(self, "text"))


@dataclass(frozen=True, slots=True)
class Report:
    """A working, marked. Iterates its verdicts, one a line; prints as text, shows as HTML in a notebook.

    >>> import symgd
    >>> problem = symgd.Problem("(w1 - 0.55)^2 + (w2 - 0.3)^2", start={"w1": "0.5", "w2": "0.2"}, steps=1)
    >>> report = symgd.check(problem, "dL/dw2 = -0.2\\nw1 = 0.5 + 0.01 = 0.51, w2 = 0.2 - 0.02 = 0.18")
    >>> report.first_wrong_line, [(verdict.status, verdict.named) for verdict in report]
    (2, [('ok', ''), ('ok', ''), ('slip', 'climbed')])
    """

    problem: Problem = field(repr=False)
    verdicts: tuple[Verdict, ...]
    score: Fraction
    max_score: Fraction
    student: str = ""
    warnings: tuple[str, ...] = ()
    failed: bool = False  # it broke the checker: for the teacher

    def __iter__(self) -> Iterator[Verdict]:
        """The verdicts in the order of the lines."""
        return iter(self.verdicts)

    def __len__(self) -> int:
        """How many verdicts there are."""
        return len(self.verdicts)

    @property
    def first_wrong(self) -> Verdict | None:
        """The first slip."""
        return next((verdict for verdict in self.verdicts if verdict.status in WRONG), None)

    @property
    def first_wrong_line(self) -> int | None:
        """The number of the line with the first slip; None where there is none."""
        first = self.first_wrong
        return None if first is None else first.line

    @property
    def first_wrong_line_certain(self) -> bool:
        """Whether no line that could not be decided stands before it."""
        for verdict in self.verdicts:
            if verdict.status in WRONG:
                return True
            if verdict.status == "unknown":
                return False
        return True

    @property
    def status(self) -> str:
        """correct, partial, incorrect or undecided."""
        if self.failed or any(verdict.status == "unknown" for verdict in self.verdicts):
            return "undecided"
        if {"cut", "table", "unread"} & {*self.warnings}:
            return "undecided"
        if not any(verdict.status != "missing" for verdict in self.verdicts):
            return "incorrect"
        is_whole = self.max_score > 0 or all(verdict.status != "missing" for verdict in self.verdicts)
        if self.first_wrong is None and self.score == self.max_score:
            return "correct" if is_whole else "partial"
        return "partial" if self.score > 0 else "incorrect"

    @property
    def warned(self) -> dict[str, dict[str, int]]:
        """What was odd about the working, each with what its sentence tells."""
        limits = self.problem.allowed.stranger
        told = {"cut": {"characters": limits.working_characters, "lines": limits.working_lines}}
        return {key: told.get(key, {}) for key in self.warnings}

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The ids of the mistakes that were named, each once."""
        return tuple(dict.fromkeys(verdict.named for verdict in self.verdicts if verdict.named))

    def table(self, language: str = "en") -> dict[str, Any]:
        """What `symgd check --json` prints, schema symgd/check/1."""
        return {
            "schema": "symgd/check/1",
            "problem": self.problem.source or self.problem.title("en"),
            "student": self.student,
            "score": amount(self.score),
            "max_score": amount(self.max_score),
            "status": self.status,
            "first_wrong_line": self.first_wrong_line,
            "first_wrong_line_certain": self.first_wrong_line_certain,
            "lines": [verdict.table(language) for verdict in self.verdicts],
            "warnings": [sentence(language, f"feedback.{key}", **facts) for key, facts in self.warned.items()],
        }

    def text(self, language: str = "") -> str:
        """The feedback as text for a terminal."""
        from symgd.checking.feedback import feedback_text

        return feedback_text(self, language or self.problem.language)

    def markdown(self, language: str = "") -> str:
        """The feedback as Markdown."""
        from symgd.checking.feedback import feedback_markdown

        return feedback_markdown(self, language or self.problem.language)

    def html(self, language: str = "") -> str:
        """The feedback as one HTML page."""
        from symgd.checking.feedback import feedback_page

        return feedback_page(self, language or self.problem.language)

    def __str__(self) -> str:
        """The feedback as text."""
        return self.text()

    def _repr_html_(self) -> str:
        from symgd.checking.feedback import feedback_fragment

        return feedback_fragment(self, self.problem.language)

    def _repr_markdown_(self) -> str:
        return self.markdown()

    def _repr_latex_(self) -> str:
        from symgd.handouts.latex import latex_body

        return latex_body(self.markdown())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text())


def line_points(report: Report) -> tuple[Fraction, Fraction]:
    """What the lines of a working earned, and what they are worth."""
    earned, worth = ([getattr(verdict, name) for verdict in report] for name in ("credit", "worth"))
    return sum(earned, Fraction(0)), sum(worth, Fraction(0))


def mistake(id_: str, language: str) -> str:
    """What a misconception is, in two sentences."""
    return " ".join(sentence(language, f"mistake.{id_}.{part}") for part in ("did", "why"))


def amount(value: Fraction) -> int | float | str:
    """A number of points in JSON: as it is typed where that is short."""
    if value.denominator == 1:
        return int(value)
    return float(value) if decimal_text(value) else f"{value.numerator}/{value.denominator}"
