"""The pictures of a handout: which there are for a run, what each shows, and the sentences that say it.

A kind of picture is a row: how its facts are found, and the key of its sentences. A kind that a problem cannot have
raises InputError where it is asked for by name; "all" leaves it out.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symgd.calculus.algebra import constant_of
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory
from symgd.errors import InputError
from symgd.expressions.tree import name, number
from symgd.handouts.chain import Chain, Names, value_chain
from symgd.handouts.document import Figure, Sentence
from symgd.handouts.sheet import FIGURES, Sheet
from symgd.handouts.structure import FIGURE

if TYPE_CHECKING:
    from symgd.handouts.figure_facts import Curve, Field

#: Significant digits of the numbers in a caption.
DIGITS = 4


def figures_of(run: Trajectory, sheet: Sheet) -> tuple[Figure, ...]:
    """The pictures that a sheet asks for. Raises InputError for one asked for by name that there cannot be."""
    every = sheet.figures == FIGURES
    return tuple(figure for kind in sheet.figures if (figure := _made(kind, run, sheet.pair, every)) is not None)


def figure_of(run: Trajectory, kind: str, pair: Sequence[str] = ()) -> Figure:
    """One picture of a run. Raises InputError where there cannot be one.

    >>> import symgd
    >>> figure_of(symgd.descend("(w - 3)^2", start={"w": 0}, steps=2), "curve").title.key
    'figure.curve.title'
    """
    from symgd.handouts.figure_facts import in_numbers

    if run.problem.batch is not None:
        raise InputError("batch-handout", count=run.problem.batch)
    if not run.problem.parameters:
        raise InputError("no-parameters")
    return _KINDS[kind](run if kind in ("loss", "data") else in_numbers(run), pair)


def _made(kind: str, run: Trajectory, pair: Sequence[str], every: bool) -> Figure | None:
    try:
        return figure_of(run, kind, pair)
    except (InputError, ArithmeticError):
        if not every:
            raise
        return None


def plot(run: Trajectory, kind: str = "", pair: Sequence[str] = ()) -> Any:
    """A picture of a run as a Figure of matplotlib, to be shown, changed and saved.

    `kind` is "contour", "curve", "loss", "rates" or "data"; without it the first of curve, contour and loss that the
    run has. `pair` are the two parameters of the contour lines. Raises InputError where there is no such picture.

    >>> import symgd
    >>> run = symgd.descend("(w - 3)^2", start={"w": 0}, steps=2)
    >>> from matplotlib.figure import Figure
    >>> isinstance(plot(run, "curve"), Figure)
    True
    """
    from symgd.handouts.figure_drawing import drawn

    if kind:
        if kind not in FIGURES:
            raise InputError("one-of", name="kind", value=kind, known=", ".join(FIGURES))
        return drawn(figure_of(run, kind, pair).drawing)
    for usual in ("curve", "contour"):
        if (figure := _made(usual, run, pair, every=True)) is not None:
            return drawn(figure.drawing)
    return drawn(figure_of(run, "loss").drawing)


def figure_svg(figure: Figure, title: str, label: str, ground: str = "") -> str:
    """The picture as SVG: the same figure gives the same bytes. `title` names it, `label` says what is seen."""
    from symgd.late import quietly

    quietly("matplotlib")
    from symgd.handouts.figure_svg import svg_of

    return svg_of(figure.drawing, figure.kind, title, label, ground)


def figure_pdf(figure: Figure) -> bytes:
    """The picture as PDF: the same figure gives the same bytes."""
    from symgd.late import quietly

    quietly("matplotlib")
    from symgd.handouts.figure_drawing import drawn

    buffer = io.BytesIO()
    drawn(figure.drawing).savefig(
        buffer, format="pdf", metadata=dict.fromkeys(("Creator", "Producer", "CreationDate"))
    )
    return buffer.getvalue()


def mark_of(figure: Figure) -> str:
    """What stands for a picture until the page is made: a word that no other text has."""
    return FIGURE + hashlib.sha256(f"{figure.kind} {figure.title} {figure.caption}".encode()).hexdigest()[:32]


# the kinds


def _contour(run: Trajectory, pair: Sequence[str]) -> Figure:
    from symgd.handouts.figure_facts import field_of, held_at

    names = _pair(run.problem, pair)
    drawing = field_of(run, names)
    key = "contour" if drawing.values is not None else "path"
    held = [word for word in run.problem.parameters if word not in names]
    last = held_at(run, drawing.path)
    others = [Sentence("figure.held", {"others": _values(last.point, held)})] if held and key == "contour" else []
    said = Sentence(f"figure.{key}.caption", _journey(run, drawing, names))
    caption = (said, *_rest(drawing), *others, *_outside(run, drawing))
    return Figure("contour", drawing, _title(run, key), caption)


def _curve(run: Trajectory, pair: Sequence[str]) -> Figure:
    from symgd.handouts.figure_facts import curve_of

    _need_loss(run.problem, "curve")
    if len(run.problem.parameters) != 1:
        raise InputError("figure-one-parameter", count=len(run.problem.parameters))
    drawing = curve_of(run)
    caption = Sentence("figure.curve.caption", _journey(run, drawing, run.problem.parameters))
    return Figure("curve", drawing, _title(run, "curve"), (caption, *_rest(drawing), *_outside(run, drawing)))


def _losses(run: Trajectory, pair: Sequence[str]) -> Figure:
    from symgd.handouts.figure_facts import losses_of

    _need_loss(run.problem, "loss")
    drawing = losses_of(run)
    known = [record for record in run.records if record.loss is not None][: len(drawing.steps)]
    if not known:
        raise InputError("figure-without-loss", kind="loss")
    ends = {"first": _values({drawing.name: known[0].loss}), "last": _values({drawing.name: known[-1].loss})}
    short = known[-1].step < drawing.made
    facts = {**_loss(run), **ends, "steps": drawing.made, "known": known[-1].step}
    key = "caption" if not short else "start" if len(known) == 1 else "early"
    log = [Sentence("figure.loss.log")] if drawing.log else []
    why = "endless" if drawing.endless else "left-domain"
    end = [Sentence(f"figure.loss.{why}", _loss(run))] if short else []
    return Figure("loss", drawing, _title(run, "loss"), (Sentence(f"figure.loss.{key}", facts), *end, *log))


def _rates(run: Trajectory, pair: Sequence[str]) -> Figure:
    from symgd.handouts.figure_rates import panels_of

    problem = run.problem
    _need_loss(problem, "rates")
    if problem.rates or constant_of(problem.learning_rate) is None:
        raise InputError("figure-rates-schedule")
    names = problem.parameters if len(problem.parameters) == 1 else _pair(problem, pair)
    trio = panels_of(run, names)
    said = dict(zip(("small", "good", "large"), map(_rate, trio.rates), strict=True))
    caption = Sentence("figure.rates.caption", {**said, "steps": trio.steps})
    out = [Sentence("figure.rates.left-domain", {"large": said["large"]})] if trio.left_domain else []
    out += [Sentence("figure.rates.leaves", {"large": said["large"]})] if trio.leaves else []
    held = _values(problem.start, [word for word in problem.parameters if word not in names])
    others = [Sentence("figure.rates.hidden"), Sentence("figure.held-at-start", {"others": held})] if held else []
    return Figure("rates", trio.panels, _title(run, "rates"), (caption, *out, *others))


def _data(run: Trajectory, pair: Sequence[str]) -> Figure:
    from symgd.handouts.figure_data import fit_of

    drawing = fit_of(run)
    start, end = run.records[drawing.steps[0]], run.records[drawing.steps[-1]]
    facts = {"start": _values(start.point), "end": _values(end.point), "steps": drawing.steps[-1]}
    return Figure("data", drawing, _title(run, "data"), (Sentence("figure.data.caption", facts),))


_KINDS: Mapping[str, Callable[[Trajectory, Sequence[str]], Figure]] = {
    "contour": _contour,
    "curve": _curve,
    "loss": _losses,
    "rates": _rates,
    "data": _data,
}


# what is said of them


def _pair(problem: Problem, pair: Sequence[str]) -> tuple[str, str]:
    """The two parameters to be shown: as asked, else the first two."""
    if len(problem.parameters) < 2:
        raise InputError("figure-two-parameters", count=len(problem.parameters))
    unknown = [word for word in pair if word not in problem.parameters]
    if unknown:
        raise InputError("not-a-parameter", name=unknown[0], names=", ".join(problem.parameters))
    first, second = pair or problem.parameters[:2]
    return first, second


def _need_loss(problem: Problem, kind: str) -> None:
    if problem.definitions is None:
        raise InputError("figure-without-loss", kind=kind)


def _title(run: Trajectory, key: str) -> Sentence:
    return Sentence(f"figure.{key}.title", _loss(run) if run.problem.definitions is not None else {})


def _loss(run: Trajectory) -> dict[str, object]:
    return {"loss": name(run.problem.loss_name)}


def _journey(run: Trajectory, drawing: Field | Curve, names: Sequence[str]) -> dict[str, object]:
    """Where a path begins and ends, and after how many updates."""
    steps = drawing.path.steps
    ends = [run.records[place] for place in (0, len(steps) - 1)]
    start, end = (_values(record.point, names) for record in ends)
    return {**_loss(run), "start": start, "end": end, "steps": steps[-1]}


def _rest(drawing: Field | Curve) -> Iterator[Sentence]:
    if drawing.rest is not None:
        yield Sentence("figure.rest")


def _outside(run: Trajectory, drawing: Field | Curve) -> Iterator[Sentence]:
    from symgd.handouts.figure_facts import within

    inside = within(drawing)
    if run.outcome.code == "left-domain":
        yield Sentence("figure.left-domain", _loss(run))
        inside = inside[:-1]
    if not inside[-1]:
        yield Sentence("figure.leaves", {"step": drawing.path.steps[inside.nonzero()[0][-1]]})
    if not inside.all():
        yield Sentence("figure.outside", {"count": len(inside) - int(inside.sum())})


def _values(table: Mapping[str, Any], names: Sequence[str] | None = None) -> tuple[Chain, ...]:
    chains = [value_chain(word, table[word], DIGITS) for word in (names if names is not None else table)]
    return tuple(chain for chain in chains if chain is not None)


def _rate(rate: Fraction) -> Chain:
    return Chain((name("eta"), number(rate)), ("=",), Names())
