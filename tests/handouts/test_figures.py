"""Pictures: which there are, that they show the run and the loss as they are, and that they are safe and the same."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.descent.advance import descend
from symgd.descent.problem import Problem
from symgd.handouts.figure_drawing import COLOURS, drawn, symbol
from symgd.handouts.figure_facts import Field, as_float, levels_of, ranges, seen
from symgd.handouts.figure_svg import thinned
from symgd.handouts.figures import figure_of
from symgd.handouts.handout import Handout
from symgd.handouts.pictures import spoken
from symgd.language import LANGUAGES, sentence
from tests.handouts.test_examples import FILES

BOWL: dict[str, Any] = {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}, "steps": 3}

#: Which pictures each example has when all are asked for.
HAS = {
    "activations": "contour loss rates",
    "adam": "contour loss rates",
    "by-hand": "curve loss",
    "chain-rule": "curve loss rates",
    "cross-entropy": "contour loss rates data",
    "diverging": "curve loss rates",
    "five-steps": "contour loss rates",
    "given-gradient": "contour",
    "kink": "curve loss",
    "learning-rate": "contour loss rates",
    "least-squares": "contour loss rates",
    "linear-regression": "contour loss rates",
    "mini-batches": "contour loss rates data",
    "momentum": "contour loss rates",
    "neuron": "contour loss",
    "recurrent": "contour loss",
    "rows-of-data": "contour loss rates data",
    "slope-of-a-curve": "curve loss rates",
    "softmax": "contour loss rates",
    "steep-valley": "contour loss rates",
    "two-layers": "contour loss",
}


def everything(file: Path, language: str = "en") -> Handout:
    return Handout(descend(Problem.load(file, language=language, handout={"figures": "all"})), language)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_which_pictures_the_examples_have(file: Path) -> None:
    found = everything(file)
    assert " ".join(figure.kind for figure in found.document.figures) == HAS[file.stem]
    for svg in found.pictures().values():
        root = ElementTree.fromstring(svg)
        assert not {"nan", "inf", "NaN"} & set(svg.replace('"', " ").replace(",", " ").split())
        assert not [node for node in root.iter() if "style" in node.attrib or node.tag.endswith("}style")]
        assert root.get("role") == "img"


AUDITED = [
    pytest.param(file, language, id=f"{file.stem}-{language}")
    for place, file in enumerate(FILES)
    for language in LANGUAGES[place % 2 :: 2] or LANGUAGES
]


@pytest.mark.parametrize(("file", "language"), AUDITED)
def test_what_is_said_of_pictures_is_true_and_counted(file: Path, language: str) -> None:
    found = everything(file, language)
    for figure in found.document.figures:
        assert symgd.audit(" ".join(spoken(figure, language))).wrong == ()
    report = symgd.audit(found.html(), "html")
    assert report.wrong == ()
    without = Handout(descend(Problem.load(file, language=language, handout={"figures": "none"})), language)
    said = symgd.audit(without.html(), "html")
    relations = found.relations - without.relations
    assert report.true + report.definitions - said.true - said.definitions == relations


def test_the_path_and_the_arrows_are_the_run() -> None:
    run = symgd.descend(**BOWL)
    field = drawing_of(run, "contour")
    for place, record in enumerate(run.records):
        point, downhill = field.path.points[place], field.path.downhill[place]
        assert point == pytest.approx([as_float(record.point[word]) for word in ("w1", "w2")])
        assert downhill == pytest.approx([-as_float(record.gradient[word]) for word in ("w1", "w2")])
        assert field.x[0] < point[0] < field.x[-1]
        assert field.y[0] < point[1] < field.y[-1]


def drawing_of(run: symgd.Trajectory, kind: str) -> Any:
    return figure_of(run, kind).drawing


def test_the_arrows_that_are_drawn_point_down_the_slope() -> None:
    run = symgd.descend("w1^2/2 + 4*w2^2", start={"w1": 4, "w2": 1}, learning_rate="0.2", steps=3)
    patches: Any = drawn(figure_of(run, "contour").drawing).axes[0].patches
    arrows = {patch.get_gid(): patch for patch in patches if patch.get_gid()}
    assert set(arrows) == {f"arrow-{step}" for step in range(4)}
    for step, record in enumerate(run.records):
        path = arrows[f"arrow-{step}"]._posA_posB
        along = np.subtract(path[1], path[0])
        slope = np.array([as_float(record.gradient[word]) for word in ("w1", "w2")])
        assert along @ slope < 0
        across = along[0] * slope[1] - along[1] * slope[0]
        assert across == pytest.approx(0, abs=1e-9 * np.hypot(*along) * np.hypot(*slope))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_contours_are_those_of_the_loss(file: Path) -> None:
    problem = Problem.load(file)
    if problem.definitions is None or problem.has_arrays or len(problem.parameters) < 2:
        pytest.skip("its loss is not evaluated here")
    run = descend(problem)
    field = drawing_of(run, "contour")
    gradient = symgd.gradient(problem)
    for row, column in ((0, 0), (17, 42), (60, 60), (30, 5)):
        last = {word: as_float(value) for word, value in run.final.items()}
        point = {**last, field.path.names[0]: field.x[column], field.path.names[1]: field.y[row]}
        exact = as_float(gradient.loss_at({word: float(point[word]) for word in problem.parameters}))
        assert field.values[row, column] == pytest.approx(exact, rel=1e-9, abs=1e-12)


def test_the_tangents_have_the_slope_of_the_curve() -> None:
    run = symgd.descend("w^2 - 4*w + 5", start={"w": "0.5"}, learning_rate="0.25", steps=3)
    drawing: Any = drawn(figure_of(run, "curve").drawing).axes[0].lines
    lines = {line.get_gid(): line for line in drawing}
    for step, record in enumerate(run.records):
        (x0, x1), (y0, y1) = lines[f"tangent-{step}"].get_data()
        assert (y1 - y0) / (x1 - x0) == pytest.approx(as_float(record.gradient["w"]))
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        assert middle == pytest.approx((as_float(record.point["w"]), as_float(record.loss or 0)))


def test_the_lines_of_data_are_the_predictions() -> None:
    data = {"x": [1, 2, 3], "y": [2, 3, 5]}
    run = symgd.descend("mean((w*x + b - y)^2)", start={"w": 1, "b": 0}, data=data, steps=2, learning_rate="0.1")
    fit = drawing_of(run, "data")
    assert fit.points.tolist() == [[1, 2], [2, 3], [3, 5]]
    for step, line in zip(fit.steps, fit.lines, strict=True):
        w, b = (as_float(run.records[step].point[word]) for word in ("w", "b"))
        assert line == pytest.approx(w * fit.x + b)


@pytest.mark.parametrize("loss", ["mean((y - w*x)^2)", "mean(abs(w*x - y))", "mean(huber(y - w*x, 1))"])
def test_the_prediction_is_what_is_compared_with_a_column(loss: str) -> None:
    run = symgd.descend(loss, start={"w": 1}, data={"x": [1, 2, 4], "y": [2, 3, 5]}, steps=1)
    assert drawing_of(run, "data").lines[0] == pytest.approx(drawing_of(run, "data").x)


def test_of_three_rates_the_last_does_not_fall() -> None:
    run = symgd.descend("w^2", start={"w": 1}, learning_rate="0.1", steps=3)
    said = figure_of(run, "rates").caption[0].facts
    rates = [as_float(said[word].sides[1].value) for word in ("small", "good", "large")]  # type: ignore[attr-defined]
    assert rates[:2] == [0.01, 0.1]
    assert rates[2] >= 1  # |1 − 2η| < 1 only below 1


@pytest.mark.parametrize(
    "problem", [BOWL, {"loss": "w^4 - 2*w^2", "start": {"w": "1.6"}, "learning_rate": "0.05"}], ids=["two", "one"]
)
def test_three_rates_are_drawn_on_the_same_ground_and_the_last_rises(problem: dict[str, Any]) -> None:
    run = symgd.descend(**problem)
    figure = figure_of(run, "rates")
    first, *others = figure.drawing.panels
    assert all(panel.x is first.x and panel.y is first.y for panel in others)
    assert figure.drawing.labels[2].endswith("↗")
    axes = drawn(figure.drawing).axes
    assert len({(axis.get_xlim(), axis.get_ylim()) for axis in axes}) == 1


def test_a_cross_marks_the_rest_where_it_is_known() -> None:
    rest = drawing_of(symgd.descend(**BOWL), "contour").rest
    assert rest == pytest.approx([0.55, 0.3], abs=1e-5)
    curve = symgd.descend("(w - 3)^2 + 1", start={"w": 1})
    assert drawing_of(curve, "curve").rest == pytest.approx([3, 1], abs=1e-5)
    for unknown in (
        symgd.descend("a^2 + b^2 + c^2", start={"a": 1, "b": 1, "c": 1}),  # c moves, so its lines move too
        symgd.descend("(1 - a)^2 + 100*(b - a^2)^2", start={"a": -1, "b": 1}, learning_rate="0.001"),
        symgd.descend("exp(w) + v^2", start={"w": 1, "v": 1}),
    ):
        figure = figure_of(unknown, "contour")
        assert figure.drawing.rest is None
        assert not any(sentence.key == "figure.rest" for sentence in figure.caption)


def test_numbers_beside_lines_do_not_lie_on_each_other() -> None:
    data = {"x": [1, 2, 3, 4, 5], "y": [2, 3, 5, 4, 7]}
    run = symgd.descend("mean((w*x + b - y)^2)", start={"w": "0.5", "b": 0}, data=data, learning_rate="0.02", steps=9)
    figure = drawn(figure_of(run, "data").drawing)
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert figure.axes[0].texts[0].get_text() == "9"
    assert len(boxes) > 2
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 400)] * 2), min_size=1, max_size=40))
def test_a_thinned_line_lies_where_the_line_was(points: list[tuple[float, float]]) -> None:
    found = np.array([float(word) for word in re.findall(r"[\d.]+", thinned(path_text(points)))]).reshape(-1, 2)
    for point in np.round(points, 6):
        assert distance(point, found) < 0.12 + 0.1


def path_text(points: list[tuple[float, float]]) -> str:
    return "M " + "  L ".join(f"{x:.6f} {y:.6f}" for x, y in points)


def distance(point: np.ndarray, line: np.ndarray) -> float:
    """How far a point lies from a broken line."""
    best = float(np.hypot(*(line - point).T).min())
    for start, way in zip(line, np.diff(line, axis=0), strict=False):
        size = float(way @ way)
        share = float(np.clip((point - start) @ way / size, 0, 1)) if size else 0.0
        best = min(best, float(np.hypot(*(start + share * way - point))))
    return best


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_with_all_pictures_is_small(language: str) -> None:
    file = next(file for file in FILES if file.stem == "rows-of-data")
    assert len(everything(file, language).html().encode()) < 165_000


def test_a_page_of_thirty_updates_says_nothing_twice_as_long_as_needed() -> None:
    loss, start = "(w1 - 0.55)^2 + 2*(w2 - 0.3)^2 + (w3 + 0.4)^2/2 + w1*w2/10", {"w1": "0.5", "w2": "0.2", "w3": "0.1"}
    page = symgd.explain(loss, start=start, learning_rate="0.1", steps=30, figures="all").html()
    assert len(page.encode()) < 460_000
    assert sum(map(len, re.findall("<svg.*?</svg>", page, re.DOTALL))) < 60_000


REFUSED = {
    "curve of two": (BOWL, "curve", (), "figure-one-parameter"),
    "contour of one": ({"loss": "w^2", "start": {"w": 1}}, "contour", (), "figure-two-parameters"),
    "an unknown pair": (BOWL, "contour", ("w1", "w3"), "not-a-parameter"),
    "no data": (BOWL, "data", (), "figure-no-columns"),
    "a rate with t": ({**BOWL, "learning_rate": "0.1/t"}, "rates", (), "figure-rates-schedule"),
    "no loss": ({"gradient": {"w": -1}, "start": {"w": 1}}, "loss", (), "figure-without-loss"),
    "the rate of no loss": ({"gradient": {"w": -1}, "start": {"w": 1}}, "rates", (), "figure-without-loss"),
    "no prediction": (
        {"loss": "mean(w*x*y)", "start": {"w": 1}, "data": {"x": [1, 2], "y": [1, 2]}},
        "data",
        (),
        "figure-no-prediction",
    ),
    "no rate that works": ({"loss": "w^2", "start": {"w": 0}}, "rates", (), "figure-rates-none"),
    "no rate that fails": ({"loss": "exp(w)", "start": {"w": 1}}, "rates", (), "figure-rates-none"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_cannot_be_is_refused(name: str) -> None:
    problem, kind, pair, code = REFUSED[name]
    with pytest.raises(symgd.InputError) as caught:
        figure_of(symgd.descend(**problem), kind, pair)
    assert caught.value.code == code
    with pytest.raises(symgd.InputError):
        symgd.explain(**problem, figures=[kind], pair=list(pair) or None)
    symgd.explain(**problem, figures="all")


def test_the_same_handout_gives_the_same_bytes_in_every_process() -> None:
    code = f"import symgd, sys; sys.stdout.write(symgd.explain(**{BOWL!r}, figures='all').html())"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert b"<svg" in runs[0].stdout


def test_colours_are_those_of_the_page_and_a_file_has_its_own() -> None:
    handout = symgd.explain(**BOWL, figures="all")
    for svg in handout.pictures().values():
        for colour in COLOURS.values():
            assert svg.count(colour) == svg.count(f", {colour})") + svg.count(f'fill="{colour}"')
        assert '<rect x="0" y="0"' in svg
    assert "<rect" not in handout.html().partition("<figure")[2].partition("</svg>")[0].replace("clipPath", "")[:300]


def test_every_step_can_be_found_in_the_pictures() -> None:
    page = symgd.explain(**BOWL, figures="all").html()
    for kind in ("contour", "loss"):
        part = page.partition(f'data-figure="{kind}"')[2].partition("</svg>")[0]
        for step in range(4):
            assert f'class="point" data-step="{step}"' in part
    part = page.partition('data-figure="contour"')[2].partition("</svg>")[0]
    assert all(f'class="arrow" data-step="{step}"' in part for step in range(4))
    assert all(f'class="segment" data-step="{step}"' in part for step in range(3))


def test_ids_do_not_collide() -> None:
    page = symgd.explain(**BOWL, figures="all").html()
    ids = [part.partition('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    for reference in [part.partition(")")[0] for part in page.split("url(#")[1:]]:
        assert reference in ids


def test_a_long_or_wild_run_is_drawn() -> None:
    wild = symgd.descend("w1^2 + w2^4", start={"w1": 1, "w2": 3}, learning_rate="1.5", steps=30, arithmetic="float")
    figure = figure_of(wild, "contour")
    assert any(sentence.key == "figure.outside" for sentence in figure.caption)
    slow: dict[str, Any] = {"loss": "w1^2 + w2^2", "start": {"w1": 1, "w2": 3}, "learning_rate": "0.001"}
    long = symgd.descend(**slow, steps=2000, arithmetic="float")
    assert max(map(len, symgd.explain(long.problem, figures="contour,loss", steps=150).pictures().values())) < 70_000
    edge = symgd.descend("log(w1) + w2^2", start={"w1": "0.1", "w2": 1}, learning_rate="0.001", steps=3)
    field = drawing_of(edge, "contour")
    assert isinstance(field, Field)
    assert drawn(field) is not None


def test_vectors_are_drawn_by_their_entries() -> None:
    run = symgd.descend("sum((w - [1, 2])^2)", start={"w": [0, 0]}, steps=2)
    assert drawing_of(run, "contour").path.names == ("w1", "w2")


def test_labels_are_symbols() -> None:
    assert [symbol(word) for word in ("w1", "eta", "W_1_2", "w_out", "b")] == ["w₁", "η", "W₁,₂", "w_out", "b"]


def test_plot_gives_a_figure_of_matplotlib() -> None:
    from matplotlib.figure import Figure

    assert isinstance(symgd.descend(**BOWL).plot(), Figure)
    assert isinstance(symgd.descend(**BOWL).plot("loss"), Figure)
    with pytest.raises(symgd.InputError):
        symgd.descend(**BOWL).plot("pie")


def test_markdown_has_its_pictures_beside_it(tmp_path: Path) -> None:
    handout = symgd.explain(**BOWL, figures="contour,loss", language="zh-TW")
    handout.save(tmp_path / "h.md")
    text = (tmp_path / "h.md").read_text(encoding="utf-8")
    for kind in ("contour", "loss"):
        assert f"](h-{kind}.svg)" in text
        ElementTree.parse(tmp_path / f"h-{kind}.svg")
    assert "等高線" in text


def test_a_worksheet_has_no_pictures_and_nothing_is_loaded_for_none() -> None:
    assert symgd.explain(**BOWL, figures="all", kind="worksheet").document.figures == ()
    code = "import symgd, sys; symgd.explain('w^2', start={'w': 1}).html(); assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=1, max_size=8))
def test_ranges_hold_every_point(points: list[tuple[float, float]]) -> None:
    table = np.array(points)
    ends, equal = ranges(table)
    for axis, (low, high) in enumerate(ends):
        assert low < high
        assert low <= table[:, axis].min()
        assert table[:, axis].max() <= high
    sizes = [high - low for low, high in ends]
    assert not equal or sizes[0] == pytest.approx(sizes[1])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=1, max_size=50))
def test_levels_rise_and_lie_within_the_values(values: list[float]) -> None:
    table = np.array(values)
    found = levels_of(table)
    known = table[np.isfinite(table)]
    assert np.all(np.diff(found) >= 0)
    if found.size:
        assert known.min() <= found[0]
        assert found[-1] <= known.max()


def test_points_that_would_flatten_the_picture_are_left_out() -> None:
    run = symgd.descend("(w - 3)^2", start={"w": 2}, learning_rate="2.5", steps=12)
    path = drawing_of(run, "curve").path
    assert seen(path)[:3].all()
    assert not seen(path).all()


def test_the_caption_of_the_cross_is_true_where_the_path_ends_before_it() -> None:
    drawn_short = figure_of(symgd.descend("(w - 3)^2 + 1", start={"w": 1}, steps=2), "curve")
    assert drawn_short.caption[-1].key == "figure.rest"
    assert "would come to rest" in sentence("en", "figure.rest")
    assert "會停下" in sentence("zh-TW", "figure.rest")


@pytest.mark.parametrize(
    ("loss", "start", "expected"),
    [
        pytest.param("a^2 + b^2 + 50*c^2", {"a": 1, "b": 1, "c": 1}, ["hidden", "held-at-start"], id="a third"),
        pytest.param("sqrt(w)", {"w": 3}, ["left-domain"], id="out of the domain"),
        pytest.param("a^2 + b^2", {"a": 1, "b": 1}, ["leaves"], id="out of the picture"),
    ],
)
def test_the_caption_of_three_rates_says_why_the_last_has_not_fallen(
    loss: str, start: dict[str, Any], expected: list[str]
) -> None:
    figure = figure_of(symgd.descend(loss, start=start, learning_rate="0.01", steps=4), "rates")
    assert [said.key.split(".")[-1] for said in figure.caption] == ["caption", *expected]


def test_a_format_without_pictures_says_where_they_are(tmp_path: Path) -> None:
    made = symgd.explain("(w - 3)^2", start={"w": 0}, figures="curve", steps=2)
    said = sentence("en", "figure.elsewhere")
    for ending, expected in ((".txt", True), (".tex", False), (".html", False), (".md", False)):
        made.save(tmp_path / f"a{ending}")
        written = " ".join((tmp_path / f"a{ending}").read_text(encoding="utf-8").split())
        assert (said in written) is expected, ending
    assert said not in symgd.explain("(w - 3)^2", start={"w": 0}, steps=2).text()


def test_where_the_folder_is_missing_the_handout_is_named_and_not_its_picture(tmp_path: Path) -> None:
    made = symgd.explain("(w - 3)^2", start={"w": 0}, figures="curve", steps=1)
    with pytest.raises(symgd.InputError) as caught:
        made.save(tmp_path / "none" / "x.md")
    assert "The file x.md cannot be written" in caught.value.message()


def test_points_that_are_near_have_their_numbers() -> None:
    run = symgd.descend("w - log(w)", start={"w": "0.1"}, learning_rate="0.05", steps=4)
    (axes,) = drawn(drawing_of(run, "curve")).axes
    assert [text.get_text() for text in axes.texts] == ["0", "1", "2", "3", "4"]
