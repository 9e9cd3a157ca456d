"""Our float runs are PyTorch's, over 50 recorded updates; and a wrong equation would be noticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from symgd.descent.advance import descend
from symgd.descent.optimizers import OPTIMIZERS
from symgd.descent.problem import Problem
from symgd.descent.trajectory import Trajectory

CASES = json.loads(Path(__file__).with_name("torch_trajectories.json").read_text(encoding="utf-8"))["cases"]
BY_NAME = {case["name"]: case for case in CASES}


def problem_of(case: dict[str, Any], arithmetic: str = "float", steps: int = 50) -> Problem:
    return Problem(
        case["loss"],
        start=case["start"],
        let=case["let"],
        optimizer=case["optimizer"],
        steps=steps,
        arithmetic=arithmetic,
        **case["settings"],
    )


def distance(run: Trajectory, case: dict[str, Any]) -> float:
    """The greatest difference of a weight, relative to max(1, |w|)."""
    differences = (
        abs(float(ours) - theirs) / max(1.0, abs(theirs))
        for point, row in zip(run.points, case["points"], strict=False)
        for ours, theirs in zip(point.values(), row, strict=True)
    )
    return float(max(differences))


@pytest.mark.parametrize("name", BY_NAME)
def test_float_run_is_torchs(name: str) -> None:
    run = descend(problem_of(BY_NAME[name]))
    assert len(run.points) == len(BY_NAME[name]["points"]) == 51
    assert distance(run, BY_NAME[name]) <= 1e-12


@pytest.mark.parametrize("name", BY_NAME)
def test_float_losses_are_torchs(name: str) -> None:
    run = descend(problem_of(BY_NAME[name]))
    for ours, theirs in zip(run.losses, BY_NAME[name]["losses"], strict=True):
        assert float(ours or 0) == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("optimizer", [word for word in OPTIMIZERS if word != "newton"])
@pytest.mark.parametrize("loss", ["bowl", "neuron"])
def test_exact_run_agrees(optimizer: str, loss: str) -> None:
    case = BY_NAME[f"{optimizer}/{loss}"]
    assert distance(descend(problem_of(case, "exact", steps=15)), case) <= 1e-9


#: A wrong variant of an equation, and the recorded case that must tell it from the right one.
WRONG = {
    "adam: eps inside the root": ("adam/smooth/settings", "sqrt(vhat) + eps", "sqrt(vhat + eps)"),
    "adam: first moment not corrected": ("adam/bowl", "m/(1 - beta1^t)", "m"),
    "adam: second moment not corrected": ("adam/bowl", "v/(1 - beta2^t)", "v"),
    "adam: t from 2": ("adam/bowl", "beta1^t", "beta1^(t + 1)"),
    "adamw: decay of the gradient": ("adamw/neuron/decay", "w = w - eta*weight_decay*w", "g = g + weight_decay*w"),
    "adamw: decay without the rate": ("adamw/neuron/decay", "w - eta*weight_decay*w", "w - weight_decay*w"),
    "rmsprop: eps inside the root": ("rmsprop/smooth/settings", "sqrt(s) + eps", "sqrt(s + eps)"),
    "adagrad: eps inside the root": ("adagrad/smooth/settings", "sqrt(s) + eps", "sqrt(s + eps)"),
    "momentum: dampened": ("momentum/bowl", "momentum*m + g", "momentum*m + (1 - momentum)*g"),
    "nesterov: plain momentum": ("nesterov/bowl", "(g + momentum*m)", "m"),
    "gradient descent: no decay": ("gradient-descent/neuron/decay", "g + weight_decay*w", "g"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_equation_is_noticed(wrong: str) -> None:
    name, right, instead = WRONG[wrong]
    problem = problem_of(BY_NAME[name])
    lines = tuple(line.replace(right, instead) for line in problem.method.lines)
    assert lines != problem.method.lines, "the mutation must change an equation"
    problem.method = problem.method._replace(lines=lines)
    assert distance(descend(problem), BY_NAME[name]) > 1e-12
