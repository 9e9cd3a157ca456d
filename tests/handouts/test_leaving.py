"""Runs that diverge, as pictures: their first points are seen, and that the path leaves is seen and said."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import symgd
from symgd.expressions.tree import number
from symgd.handouts.document import Figure
from symgd.handouts.figure_drawing import drawn
from symgd.handouts.figure_facts import within
from symgd.handouts.figure_rates import _larger, _power, _small, _smaller
from symgd.handouts.figures import figure_of
from symgd.handouts.pictures import spoken
from symgd.language import LANGUAGES

#: One update leads so far away that the loss is too large for a number.
ENDLESS: dict[str, Any] = {"loss": "(w1^2 + w2^4)*exp(w1*w2)", "start": {"w1": 3, "w2": 2}, "learning_rate": "0.1"}
TOWER: dict[str, Any] = {"loss": "exp(w^2)", "start": {"w": 3}, "learning_rate": "0.5"}
QUARTIC: dict[str, Any] = {"loss": "w^4 - 3*w^2", "start": {"w": 3}, "learning_rate": "0.5", "steps": 6}
VALLEY: dict[str, Any] = {
    "loss": "(1 - a)^2 + 100*(b - a^2)^2",
    "start": {"a": "-1.2", "b": 1},
    "learning_rate": "0.01",
    "steps": 6,
}

#: Of each: the kind of its picture, the points that are seen, and the updates after which it ends.
PATHS = {
    "endless": (ENDLESS, "contour", [0], 1),
    "tower": (TOWER, "curve", [0], 1),
    "quartic": (QUARTIC, "curve", [0, 1], 3),
    "valley": (VALLEY, "contour", [0, 1, 2], 3),
}


def made(problem: dict[str, Any], kind: str) -> Figure:
    return figure_of(symgd.descend(**problem), kind)


@pytest.mark.parametrize(("problem", "kind", "inside", "last"), PATHS.values(), ids=PATHS)
def test_the_first_points_are_seen_and_the_way_out_ends_at_the_edge(
    problem: dict[str, Any], kind: str, inside: list[int], last: int
) -> None:
    drawing: Any = made(problem, kind).drawing
    assert [drawing.path.steps[place] for place in np.flatnonzero(within(drawing))] == inside
    assert drawing.path.steps[-1] == last
    lines: Any = drawn(drawing).axes[0].lines
    (out,) = (line.get_xydata() for line in lines if line.get_gid() == f"segment-{inside[-1]}")
    assert out[0] == pytest.approx(drawing.line[inside[-1]])
    share = (out[1] - drawing.frame[:, 0]) / np.ptp(drawing.frame, axis=1)
    assert min(abs(share).min(), abs(1 - share).min()) < 1e-9
    assert np.all((share > -1e-9) & (share < 1 + 1e-9))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("problem", "kind", "inside", "last"), PATHS.values(), ids=PATHS)
def test_it_is_said_that_the_path_leaves(
    problem: dict[str, Any], kind: str, inside: list[int], last: int, language: str
) -> None:
    _, said = spoken(made(problem, kind), language)
    out = last + 1 - len(inside)
    if language == "en":
        assert f"From point {inside[-1]} the path leads out of the picture" in said
        assert f"updates made: {last}." in said
        assert f"Points too far out to be shown: {out}." in said
    else:
        assert f"路徑從編號 {inside[-1]} 的點起離開圖的範圍" in said
        assert f"經過 {last} 次更新" in said
        assert f"距離太遠而沒有畫出的點：{out} 個" in said


def test_the_largest_of_three_rates_is_said_to_leave_where_its_slope_is_too_large() -> None:
    panels: Any = made(ENDLESS, "rates")
    assert "figure.rates.leaves" in [sentence.key for sentence in panels.caption]
    assert np.isfinite(panels.drawing.panels[-1].path.downhill).all()


def test_a_path_that_stays_is_said_to_leave_nowhere() -> None:
    said = made({"loss": "w1^2 + 3*w2^2", "start": {"w1": 2, "w2": 1}, "learning_rate": "0.4", "steps": 6}, "contour")
    assert [sentence.key for sentence in said.caption] == ["figure.contour.caption"]


@pytest.mark.parametrize("problem", [ENDLESS, VALLEY], ids=["endless", "valley"])
def test_contour_lines_are_spread_over_the_picture(problem: dict[str, Any]) -> None:
    """Of a loss that grows beyond all bounds: not in one corner, and some on either side of the start."""
    field: Any = made(problem, "contour").drawing
    shares = [float(np.mean(field.values < level)) for level in field.levels]
    assert np.diff([0, *shares, 1]).max() < 0.2
    assert (field.levels < field.path.losses[0]).any()
    assert (field.levels > field.path.losses[0]).any()


def test_a_curve_that_rises_steeply_leaves_the_path_to_be_seen() -> None:
    low, high = made(TOWER, "curve").drawing.frame[1]
    assert np.exp(9) - low > 0.03 * (high - low)


@pytest.mark.parametrize(("language", "start"), [("en", "At the start"), ("zh-TW", "起始點的損失為")])
def test_a_loss_too_large_for_a_number_is_an_arrow_out_of_its_picture(language: str, start: str) -> None:
    figure = made(ENDLESS, "loss")
    axes = drawn(figure.drawing).axes[0]
    assert axes.get_xlim()[1] > 1
    assert len(axes.patches) == 1
    assert all(float(tick) == int(tick) for tick in axes.get_xticks())
    _, said = spoken(figure, language)
    assert start in said
    assert ("too large for a number" if language == "en" else "無法用數字表示") in said
    assert "0 in all" not in said
    quartic = made(QUARTIC, "loss")
    assert [sentence.key for sentence in quartic.caption] == ["figure.loss.caption", "figure.loss.log"]


#: Rates of the three pictures: an own rate that works is kept, else all are pleasant.
RATES = {
    "own rate works": ({"loss": "w^2", "start": {"w": 1}, "learning_rate": "0.3"}, ["0.03", "0.3", "2"]),
    "a tenth of two digits": ({"loss": "w^2", "start": {"w": 1}, "learning_rate": "0.25"}, ["0.02", "0.25", "2"]),
    "own rate is the large one": ({"loss": "w^2", "start": {"w": 1}, "learning_rate": "1.1"}, ["0.05", "0.5", "1.1"]),
    "far too large": (ENDLESS, ["0.00001", "0.0001", "0.1"]),
    "own rate jumps to and fro": ({"loss": "w^2", "start": {"w": 1}, "learning_rate": 1}, ["0.05", "0.5", "1"]),
    "none rises": ({"loss": "|w|", "start": {"w": 1}, "learning_rate": "0.5"}, ["0.05", "0.5", "2"]),
    "a quartic": (QUARTIC, ["0.005", "0.05", "0.5"]),
}


@pytest.mark.parametrize(("problem", "rates"), RATES.values(), ids=RATES)
def test_the_rates_of_three_pictures_are_pleasant(problem: dict[str, Any], rates: list[str]) -> None:
    said = made(problem, "rates").caption[0].facts
    shown = [said[word].sides[1] for word in ("small", "good", "large")]  # type: ignore[attr-defined]
    assert shown == [number(Fraction(rate)) for rate in rates]


@pytest.mark.parametrize("size", ["0.0001708984375", "1", "0.1", "0.2", "3", "1e-400", "7e300", "999.999", "1/3"])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_pleasant_rates_beside_one(size: str, sign: int) -> None:
    rate = sign * Fraction(size)
    below, above = _smaller(rate), _larger(rate)
    assert abs(below) < abs(rate) < abs(above) <= abs(below) * 5
    for found in (below, above, _smaller(_small(rate))):
        assert found / _power(found) in (1, 2, 5)
    assert _small(rate) / _power(_small(rate)) in range(1, 10)
    assert _small(rate) / rate <= Fraction(1, 10)


#: One update leads out of the domain: to w = −0.5.
OUT: dict[str, Any] = {"loss": "w - log(w)", "start": {"w": 2}, "learning_rate": 5, "steps": 4}


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("curve", ["curve.caption", "left-domain"]),
        ("loss", ["loss.start", "loss.left-domain"]),
        ("rates", ["rates.caption", "rates.left-domain"]),
    ],
)
def test_what_is_said_of_a_run_that_leaves_the_domain(kind: str, keys: list[str]) -> None:
    assert [said.key.removeprefix("figure.") for said in made(OUT, kind).caption] == keys


def test_the_step_out_of_the_domain_is_drawn() -> None:
    curve: Any = made(OUT, "curve").drawing
    assert curve.path.steps == (0, 1)
    assert curve.x[0] < -0.5
    assert list(within(curve)) == [True, False]
    assert "updates made: 1." in spoken(made(OUT, "curve"), "en")[1]
    (axes,) = drawn(curve).axes
    way = next(line for line in axes.lines if line.get_gid() == "segment-0")
    assert np.asarray(way.get_xdata()).tolist() == [2, -0.5]
    assert np.ptp(np.asarray(way.get_ydata())) == 0


def test_a_rate_that_leaves_the_domain_has_an_arrow_and_a_sign_of_its_own() -> None:
    panels: Any = made(OUT, "rates").drawing
    assert panels.labels[2] == "η = 5 ×"
    assert len(panels.panels[2].path.points) == 2
    assert len(drawn(panels).axes[2].patches) == 1


def test_a_far_step_out_of_the_domain_leaves_the_curve_to_be_seen() -> None:
    curve: Any = made({**OUT, "learning_rate": 500}, "curve").drawing
    assert curve.x[0] > -2
    assert list(within(curve)) == [True, False]


@pytest.mark.parametrize(
    ("problem", "known", "made_in_all"), [(OUT, 0, 1), (TOWER | {"start": {"w": 1}, "learning_rate": 1}, 1, 2)]
)
def test_the_picture_of_the_loss_counts_every_update(problem: dict[str, Any], known: int, made_in_all: int) -> None:
    facts = made(problem, "loss").caption[0].facts
    assert (facts["known"], facts["steps"]) == (known, made_in_all)
    (axes,) = drawn(made(problem, "loss").drawing).axes
    assert axes.get_xlim()[1] >= made_in_all
    assert all(tick == int(tick) for tick in axes.get_xticks())


def test_other_parameters_are_held_where_the_loss_has_a_value() -> None:
    field: Any = made(
        {"loss": "a^2 + b^2 + c - log(c)", "start": {"a": 1, "b": 1, "c": 2}, "learning_rate": 5}, "contour"
    ).drawing
    assert np.isfinite(field.values).all()


def test_the_range_of_three_rates_is_that_of_the_rates_that_work() -> None:
    log: Any = made({"loss": "w - log(w)", "start": {"w": "0.1"}, "learning_rate": "0.05", "steps": 4}, "rates")
    good = log.drawing.panels[1].path.points
    assert np.ptp(good) > 0.5 * np.ptp(log.drawing.panels[1].x)


def test_no_point_is_cut_by_the_edge() -> None:
    three: Any = made(
        {"loss": "(u-1)^2 + 2*(v+1)^2 + 50*w^2", "start": {"u": 0, "v": 0, "w": "0.001"}, "learning_rate": "0.05"},
        "rates",
    )
    for panel in three.drawing.panels:
        inside = panel.line[within(panel)]
        low, high = panel.frame.T
        assert (inside > low + 0.02 * (high - low)).all()
        assert (inside < high - 0.02 * (high - low)).all()
