"""The compiled loop against the interpreted engine: the same points, the same end, and what a long run keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgd
from symgd.calculus.graph import program_of, reverse_program
from symgd.descent import advance
from symgd.descent.fast import FastRun
from symgd.expressions.reader import read, read_definitions

NEURON = {"loss": "z=w*x+b;a=sigmoid(z);L=(a-y)^2", "start": {"w": "0.5", "b": 0}, "let": {"x": 2, "y": 1}}
SQUARES: dict[str, Any] = {"let": {"X": [[1, 2], [3, 4], [5, 6]], "y": [1, 0, 1]}, "start": {"w": ["0.5", "-0.25"]}}
RUNS: dict[str, dict[str, Any]] = {
    "bowl": {"loss": "(w1 - 0.55)^2 + (w2 - 0.3)^2", "start": {"w1": "0.5", "w2": "0.2"}},
    "valley": {"loss": "(1-a)^2+100*(b-a^2)^2", "start": {"a": "-1.2", "b": 1}, "learning_rate": "0.001"},
    "neuron": NEURON,
    **{method: {**NEURON, "optimizer": method} for method in ("momentum", "nesterov", "adagrad", "rmsprop", "adam")},
    "adamw": {**NEURON, "optimizer": "adamw", "weight_decay": "0.1"},
    "decay": {**NEURON, "weight_decay": "0.1"},
    "schedule": {"loss": "(w-1)^2", "start": {"w": 3}, "learning_rate": "1/t"},
    "least squares": {"loss": "mean((X*w - y)^2)", "learning_rate": "0.01", **SQUARES},
    "least squares by adam": {"loss": "mean((X*w - y)^2)", "optimizer": "adam", **SQUARES},
    "rows": {"loss": "mean((w*x+b-y)^2)", "data": {"x": [1, 2, 3], "y": [1, 0, 1]}, "start": {"w": 1, "b": 0}},
    "diverges": {"loss": "(w-1)^2", "start": {"w": 3}, "learning_rate": "1.1"},
    "diverges at once": {"loss": "w^4", "start": {"w": 3}, "learning_rate": "1.1"},
    "goes round": {"loss": "(w-1)^2", "start": {"w": 3}, "learning_rate": "1"},
    "goes round a kink": {"loss": "|w|", "start": {"w": "0.05"}, "learning_rate": "0.1"},
    "leaves the domain": {"loss": "sqrt(w)", "start": {"w": 5}, "learning_rate": "0.1"},
    "overflows": {"loss": "exp(w^2)", "start": {"w": 2}, "learning_rate": "5"},
    "stands still": {"loss": "relu(w)", "start": {"w": -3}},
    "stands still late": {
        "loss": "(w-1)^2*(w+2)^2+w",
        "start": {"w": 3},
        "learning_rate": "0.01",
        "optimizer": "momentum",
    },
    "tolerance": {"loss": "(w-1)^2", "start": {"w": 3}, "tolerance": "0.001"},
    "rate 0": {"loss": "(w-1)^2", "start": {"w": 3}, "learning_rate": 0},
    "mini-batches": {
        "loss": "mean((w*x+b-y)^2)",
        "data": {"x": [1, 2, 3, 4, 5], "y": [2, 3, 5, 4, 7]},
        "start": {"w": 1, "b": 0},
        "learning_rate": "0.01",
        "batch_size": 2,
    },
}


def both(monkeypatch: pytest.MonkeyPatch, **arguments: Any) -> tuple[symgd.Trajectory, symgd.Trajectory]:
    """The run by the interpreted engine and by the compiled loop."""
    problem = symgd.Problem(arithmetic="float", **{"steps": 500, **arguments})
    monkeypatch.setattr(advance, "_LONG", 10**9)
    interpreted = symgd.descend(problem)
    monkeypatch.setattr(advance, "_LONG", 1)
    return interpreted, symgd.descend(problem)


def numbers(values: Any) -> list[float]:
    return [float(entry) for value in values for entry in np.ravel(np.asarray(value, dtype=float))]


@pytest.mark.parametrize("name", RUNS)
def test_the_loop_ends_where_the_engine_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    interpreted, compiled = both(monkeypatch, **RUNS[name])
    assert interpreted.compiled_by == ""
    assert compiled.compiled_by in ("python", "numpy", "numba")
    assert compiled.outcome == interpreted.outcome
    assert len(compiled.records) == len(interpreted.records)
    for place in {0, 1, len(compiled.records) // 2, len(compiled.records) - 1} & set(range(len(compiled.records))):
        ours, theirs = compiled.records[place], interpreted.records[place]
        assert ours.step == theirs.step
        assert numbers(ours.point.values()) == pytest.approx(numbers(theirs.point.values()), rel=1e-12, abs=1e-12)
        assert numbers(ours.gradient.values()) == pytest.approx(numbers(theirs.gradient.values()), rel=1e-9, abs=1e-9)
        assert (ours.change is None) == (theirs.change is None)


@pytest.mark.repeated
@given(
    st.sampled_from(["(w-1)^2", "w^4/4 - w^2", "log(1+w^2)", "exp(w) - 2*w", "|w - 0.3|", "sin(w)", "w*sigmoid(w)"]),
    st.integers(-30, 30),
    st.sampled_from(["0.01", "0.3", "0.9", "1", "2.5", "-0.1"]),
    st.sampled_from(["gradient-descent", "momentum", "adam"]),
)
@settings(max_examples=60, deadline=None)
def test_random_runs_end_alike(loss: str, start: int, rate: str, method: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        interpreted, compiled = both(
            patch, loss=loss, start={"w": start / 10}, learning_rate=rate, optimizer=method, steps=150
        )
    assert compiled.outcome.code == interpreted.outcome.code
    assert compiled.outcome.step == interpreted.outcome.step


@pytest.mark.parametrize("name", ["valley", "goes round", "diverges", "mini-batches", "least squares"])
def test_every_kth_point_is_kept(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = both(monkeypatch, **RUNS[name])
    _, thin = both(monkeypatch, **RUNS[name], every=50)
    assert thin.outcome.code == whole.outcome.code
    last = whole.records[-1].step
    assert [record.step for record in thin.records] == [*range(0, last, 50), last]
    assert numbers(thin.final.values()) == pytest.approx(numbers(whole.final.values()), rel=1e-9)


def test_a_million_updates_are_bounded_in_memory() -> None:
    run = symgd.descend(arithmetic="float", steps=1_000_000, every=100_000, **RUNS["neuron"])
    assert len(run.records) == 11
    assert run.records[-1].step == 1_000_000
    assert float(run.losses[-1] or 0) < float(run.losses[0] or 0)


def test_an_end_inside_a_long_block_is_found_by_the_compiled_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a million updates that converges early: only the last few are made by the interpreted engine."""
    looked: list[int] = []
    real = FastRun.watched

    def watched(self: FastRun, row: Any, made: int, count: int) -> Any:
        looked.append(count)
        return real(self, row, made, count)

    monkeypatch.setattr(FastRun, "watched", watched)
    valley = {"loss": "(1 - a)^2 + 100*(b - a^2)^2", "start": {"a": 0, "b": 0}, "learning_rate": "0.001"}
    whole = symgd.descend(steps=1_000_000, arithmetic="float", **valley)
    thin = symgd.descend(steps=1_000_000, every=100_000, arithmetic="float", **valley)
    assert (thin.outcome.code, thin.outcome.step) == (whole.outcome.code, whole.outcome.step) == ("converged", 72_598)
    assert thin.final == whole.final
    assert max(looked) <= 64


@pytest.mark.parametrize("name", ["neuron", "mini-batches", "diverges", "least squares"])
def test_points_and_losses_of_a_long_run_are_those_of_its_records(name: str) -> None:
    run = symgd.descend(steps=300, arithmetic="float", **RUNS[name])
    assert repr(run.points) == repr([record.point for record in run.records])
    assert run.losses == [record.loss for record in run.records]


def test_a_short_run_over_many_rows_is_compiled() -> None:
    many = {"x": np.arange(2_000) / 1_000, "y": np.arange(2_000) / 500}
    run = symgd.descend("mean((w*x - y)^2)", data=many, start={"w": 0}, steps=50, arithmetic="float")
    assert run.compiled_by == "numpy"
    assert run.final["w"] == pytest.approx(2.0)


def test_a_batch_of_starts_is_a_run_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [-1.5, 0.0, 0.5, 2.0]
    batch = symgd.descend("w^4/4 - w^2 + w*v + v^2", start={"w": starts, "v": "0.5"}, steps=40, arithmetic="float")
    assert batch.compiled_by == "numpy"
    assert np.asarray(batch.losses[0]).shape == (4,)
    for place, start in enumerate(starts):
        one = symgd.descend("w^4/4 - w^2 + w*v + v^2", start={"w": start, "v": "0.5"}, steps=40, arithmetic="float")
        assert float(np.asarray(batch.final["w"])[place]) == pytest.approx(float(one.final["w"]), rel=1e-12)


def test_a_batch_member_that_blows_up_leaves_the_others_alone() -> None:
    run = symgd.descend("w^4", start={"w": [0.1, 50.0]}, steps=20, arithmetic="float")
    assert np.isfinite(np.asarray(run.final["w"])[0])
    assert not np.isfinite(np.asarray(run.final["w"])[1])


# the graph -----------------------------------------------------------------------------------------------------


def test_loss_and_gradient_cost_a_small_multiple_of_the_loss() -> None:
    names = [f"x{place}" for place in range(1, 51)]
    families = {
        "valley": "+".join(f"(1-x{i})^2+100*(x{i + 1}-x{i}^2)^2" for i in range(1, 50)),
        "product": "*".join(names),
        "sums of powers of e": "log(" + "+".join(f"exp({word})" for word in names) + ")",
    }
    for text in families.values():
        program = reverse_program(read_definitions(text), names, {})
        assert program.operations <= 3.0 * program.only("loss").operations


@pytest.mark.repeated
def test_a_chain_of_a_hundred_thousand_terms_needs_no_stack() -> None:
    text = "+".join(["w*w"] * 100_000)
    program = reverse_program(read_definitions(text), ["w"], {})
    assert program.operations <= 200_010


@pytest.mark.repeated
def test_deep_nesting_needs_no_stack() -> None:
    lines = ["h0 = w"] + [f"h{depth} = tanh(h{depth - 1} + 0.1)" for depth in range(1, 10_001)]
    function = symgd.function("\n".join(lines), wrt="w")
    loss, slope = function([0.3])
    assert np.isfinite(loss)
    assert np.isfinite(slope).all()


def test_the_same_operation_is_made_once() -> None:
    assert program_of([("L", read("sin(w*x) + sin(w*x)^2"))], ["w", "x"]).operations == 4


@pytest.mark.parametrize(
    ("loss", "point"),
    [
        ("sigmoid(w)", -1000.0),
        ("softplus(w)", 1000.0),
        ("log(1 - sigmoid(w))", 40.0),
        ("log(1 + exp(w))", 800.0),
        ("logsumexp(w, 2*w)", 600.0),
        ("-log(sigmoid(w))", -800.0),
    ],
)
def test_nothing_overflows_that_need_not(loss: str, point: float) -> None:
    value, slope = symgd.function(loss)([point])
    assert np.isfinite(value)
    assert np.isfinite(slope).all()


def test_outside_the_domain_there_is_nan() -> None:
    value, slope = symgd.function("log(w) + sqrt(w)")([-1.0])
    assert np.isnan(value)
    assert np.isnan(slope).all()


def test_the_hessian_times_a_vector() -> None:
    gradient = symgd.gradient("(1 - a)^2 + 100*(b - a^2)^2 + sin(a*b)*exp(c) + sigmoid(c)^2 + log(1 + exp(a*c))")
    point = [0.3, -0.7, 0.4]
    hessian = np.array(gradient.hessian.subs(dict(zip(gradient.symbols.values(), point, strict=True))), dtype=float)
    product = gradient.hvp()
    for vector in [*np.eye(3).tolist(), [1.0, -2.0, 0.5]]:
        assert product(point, vector) == pytest.approx(hessian @ vector, rel=1e-11)
    with pytest.raises(ValueError, match="shape"):
        product(point, [1.0])


def test_a_function_and_a_batch_of_it_agree() -> None:
    function = symgd.function("(a*b + sin(b))^2/(1 + a^2) + max(a, b) + relu(a - b)")
    points = np.random.default_rng(7).normal(size=(20, 2))
    losses, slopes = function(points)
    for point, loss, slope in zip(points, losses, slopes, strict=True):
        one = function(point)
        assert one[0] == pytest.approx(loss, rel=1e-14)
        assert one[1] == pytest.approx(slope, rel=1e-12)


def test_learning_rates_side_by_side_are_a_run_for_each() -> None:
    rates = ["0.01", "0.1", "0.5"]
    for method in ("gradient-descent", "adam"):
        setting: dict[str, Any] = {
            "start": {"w": 1, "v": "0.5"},
            "optimizer": method,
            "steps": 40,
            "arithmetic": "float",
        }
        several = symgd.descend("(w - 3)^2 + v^2/2", learning_rate=rates, **setting)
        for place, rate in enumerate(rates):
            one = symgd.descend("(w - 3)^2 + v^2/2", learning_rate=rate, **setting)
            assert float(np.asarray(several.final["w"])[place]) == pytest.approx(float(one.final["w"]), rel=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        {"arithmetic": "exact"},
        {"start": {"w": [1, 2]}, "arithmetic": "float"},
        {"data": {"x": [1]}, "arithmetic": "float"},
    ],
    ids=["exact", "other count of starts", "data"],
)
def test_learning_rates_side_by_side_need_room(wrong: dict[str, Any]) -> None:
    with pytest.raises(symgd.InputError) as caught:
        symgd.Problem("(w - 3)^2", learning_rate=[1, 2, 3], **{"start": {"w": 1}, **wrong})
    assert caught.value.code == "several-rates"


LARGE = np.random.default_rng(5)
COLUMN, HITS = LARGE.normal(size=400), (LARGE.normal(size=400) > 0).astype(float)
OVER_ROWS: dict[str, dict[str, Any]] = {
    "vectors": {
        "loss": "mean(softplus(X*w) - y*(X*w))",
        "start": {"w": [0, 0]},
        "data": {"X": np.stack([COLUMN, COLUMN**2], axis=1), "y": HITS},
    },
    "numbers": {
        "loss": "p = sigmoid(w*x + b); L = -mean(y*log(p) + (1 - y)*log(1 - p))",
        "start": {"w": 0, "b": 0},
        "data": {"x": COLUMN, "y": HITS},
    },
}


@pytest.mark.parametrize("name", OVER_ROWS)
def test_numba_over_rows_of_data_gives_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    pytest.importorskip("scipy")
    monkeypatch.setattr("symgd.descent.loop._WORTH_COMPILING", 10**18)
    plain = symgd.descend(steps=300, every=300, arithmetic="float", **OVER_ROWS[name])
    monkeypatch.setattr("symgd.descent.loop._WORTH_COMPILING", 1)
    fast = symgd.descend(steps=300, every=300, arithmetic="float", **OVER_ROWS[name])
    assert (plain.compiled_by, fast.compiled_by) == ("numpy", "numba")
    for word, value in plain.final.items():
        assert np.asarray(fast.final[word], dtype=float) == pytest.approx(np.asarray(value, dtype=float), rel=1e-10)


def test_a_run_that_keeps_every_point_does_not_claim_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symgd.descent.loop._WORTH_COMPILING", 1)
    assert symgd.descend("(w-3)^2", start={"w": 0}, steps=300, arithmetic="float").compiled_by == "python"


def test_signs_over_vectors_in_floats() -> None:
    run = symgd.descend("norm1(w) + dot(w, w)", start={"w": ["0.5", 1]}, steps=300, arithmetic="float")
    assert run.outcome.code == "cycle"


def test_newton_over_vectors_solves_least_squares_at_once() -> None:
    data: dict[str, Any] = {"X": [[1, 2], [3, -4], ["0.5", 6]], "y": [1, 0, 1]}
    run = symgd.descend("mean((X*w - y)^2)", start={"w": ["0.5", "-0.25"]}, data=data, optimizer="newton", steps=1)
    exact = np.linalg.lstsq(np.array(data["X"], dtype=float), np.array([1.0, 0, 1]), rcond=None)[0]
    assert np.asarray(run.final["w"], dtype=float) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(
    ("code", "more"),
    [("newton-in-batches", {"batch_size": 1}), ("newton-too-large", {"data": {"X": [[1] * 15] * 15, "y": [1] * 15}})],
)
def test_newton_over_vectors_has_limits(code: str, more: dict[str, Any]) -> None:
    data: dict[str, Any] = {"X": [[1, 2], [3, 4]], "y": [1, 2]}
    options: dict[str, Any] = {"data": data, "optimizer": "newton", **more}
    with pytest.raises(symgd.InputError) as caught:
        symgd.descend("mean((X*w - y)^2)", start={"w": [0] * len(options["data"]["X"][0])}, **options)
    assert caught.value.code == code
