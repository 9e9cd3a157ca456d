"""Matrix losses against torch autograd's recorded gradients, fits against scikit-learn's."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import symgd
from symgd.numbers.values import Ball
from tests.calculus.record_torch_arrays import FILE, KNOWN, START

RECORDED = json.loads(FILE.read_text(encoding="utf-8"))


def floats(value: Any) -> Any:
    entries = np.vectorize(lambda part: float(part.middle if isinstance(part, Ball) else part))
    return entries(np.asarray(value, dtype=object))


@pytest.mark.parametrize("entry", RECORDED["losses"], ids=lambda entry: entry["loss"])
def test_the_gradient_is_what_torch_recorded(entry: dict[str, Any]) -> None:
    names = symgd.parse(entry["loss"]).names
    let = {word: KNOWN[word] for word in KNOWN if word in names}
    start = {word: START[word] for word in START if word in names}
    gradient = symgd.gradient(entry["loss"], let=let, start=start)
    assert float(floats(gradient.loss_at(start))) == pytest.approx(entry["value"], rel=1e-12)
    slopes = gradient.at(start)
    assert set(slopes) == set(entry["gradient"])
    for word, recorded in entry["gradient"].items():
        assert floats(slopes[word]).ravel() == pytest.approx(np.ravel(recorded), rel=1e-12, abs=1e-13)


def test_there_are_thirty_losses_and_more() -> None:
    assert len(RECORDED["losses"]) >= 30


FITS = {"linear": "mean((X*w + k - y)^2)", "logistic": "mean(softplus(X*w + k) - t*(X*w + k))"}


@pytest.mark.parametrize(("name", "digits"), [("linear", 1e-9), ("logistic", 1e-4)])
def test_a_descent_ends_at_the_closed_fit(name: str, digits: float) -> None:
    fits = RECORDED["fits"]
    target = {"linear": "y", "logistic": "t"}[name]
    run = symgd.descend(
        FITS[name],
        data={"X": fits["X"], target: fits[target]},
        start={"w": [0, 0], "k": 0},
        learning_rate="0.5" if name == "linear" else "2",
        arithmetic="float",
        steps=500 if name == "linear" else 20_000,
        every=100,
    )
    assert np.asarray(run.final["w"], dtype=float) == pytest.approx(fits[name]["w"], rel=digits)
    assert float(run.final["k"]) == pytest.approx(fits[name]["k"], rel=digits)
