"""How runs end: the same in exact, rounded and float arithmetic where it should be, with words in both languages."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from symgd.descent.advance import descend
from symgd.descent.outcome import CODES, Outcome
from symgd.descent.problem import Problem
from symgd.errors import InputError
from symgd.language import LANGUAGES, catalogue

ALL = ("exact", "round:6", "float")


def run_of(arithmetic: str = "exact", **arguments: Any) -> Outcome:
    return descend(Problem(arithmetic=arithmetic, **{"steps": 40, **arguments})).outcome


#: name: arguments, the key of the outcome, the updates made.
EVERYWHERE: dict[str, tuple[dict[str, Any], str, int]] = {
    "as asked": ({"loss": "(w - 3)^2", "start": {"w": 1}, "steps": 2}, "finished", 2),
    "no update asked for": ({"loss": "(w - 3)^2", "start": {"w": 1}, "steps": 0}, "finished", 0),
    "tolerance": ({"loss": "(w - 3)^2", "start": {"w": 1}, "tolerance": "0.1"}, "converged-tolerance", 17),
    "diverges": ({"loss": "(w - 3)^2", "start": {"w": 2}, "learning_rate": 5}, "diverged", 4),
    "climbs": ({"loss": "(w - 3)^2", "start": {"w": 2}, "learning_rate": -5}, "diverged-uphill", 4),
    "logarithm": ({"loss": "ln(w)", "start": {"w": 1}, "learning_rate": 2}, "left-domain", 1),
    "defined": ({"loss": "z = w - 1; ln(z)", "start": {"w": 2}, "learning_rate": 2}, "left-domain", 1),
    "root at 0": ({"loss": "sqrt(w)", "start": {"w": 1}, "learning_rate": 2}, "left-domain", 1),
    "rate without a value": (
        {"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": "0.1/(t - 2)"},
        "left-domain-rate",
        1,
    ),
    "eps 0, slope 0": (
        {"loss": "(w - 3)^2", "start": {"w": 1, "q": 1}, "optimizer": "adam", "eps": 0},
        "left-domain-update",
        0,
    ),
    "rate 0": ({"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": 0}, "does-not-move-rate", 0),
    "rate 0 worked out": ({"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": "1 - 1"}, "does-not-move-rate", 0),
    "rate 0 in time": ({"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": "max(0, 1 - t)"}, "finished", 40),
    "jumps for ever": ({"loss": "w^2", "start": {"w": 1}, "learning_rate": 1}, "cycle", 40),
    "flat Hessian": ({"loss": "(a + b)^2", "start": {"a": 1, "b": 1}, "optimizer": "newton"}, "singular", 0),
    "flat curve": ({"loss": "3*w", "start": {"w": 1}, "optimizer": "newton"}, "singular", 0),
    "flat in three": (
        {"loss": "(a + b + c)^2", "start": {"a": 1, "b": 1, "c": 1}, "optimizer": "newton"},
        "singular",
        0,
    ),
}


@pytest.mark.parametrize("arithmetic", ALL)
@pytest.mark.parametrize("name", EVERYWHERE)
def test_same_outcome_everywhere(name: str, arithmetic: str) -> None:
    arguments, key, step = EVERYWHERE[name]
    outcome = run_of(arithmetic, **arguments)
    assert (outcome.key, outcome.step) == (key, step)


@pytest.mark.parametrize("name", ["logarithm", "defined", "root at 0"])
def test_same_part_is_named_everywhere(name: str) -> None:
    said = {run_of(arithmetic, **EVERYWHERE[name][0]).message() for arithmetic in ALL}
    assert len(said) == 1


#: What the number system decides.
SPECIAL: dict[str, tuple[str, dict[str, Any], str]] = {
    "exactly 0": ("exact", {"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": "0.5"}, "converged"),
    "exactly 0 at the last": (
        "exact",
        {"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": "0.5", "steps": 1},
        "converged",
    ),
    "Newton in one": ("exact", {"loss": "(w - 3)^2", "start": {"w": 1}, "optimizer": "newton"}, "converged"),
    "flat start": ("exact", {"loss": "(w - 3)^2", "start": {"w": 3}}, "does-not-move-flat"),
    "flat start in floats": ("float", {"loss": "(w - 3)^2", "start": {"w": 3}}, "does-not-move-flat"),
    "flat by rounding": ("round:1", {"loss": "0.01*w^2", "start": {"w": 1}}, "does-not-move-flat-rounded"),
    "rounded to 0": ("round:2", {"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": "0.5"}, "converged-rounded"),
    "too small to see": (
        "round:2",
        {"loss": "(w - 3)^2", "start": {"w": 1}, "learning_rate": "0.001"},
        "does-not-move-small",
    ),
    "last decimals": (
        "round:2",
        {"loss": "(w - 0.333)^2", "start": {"w": "0.33"}, "learning_rate": "0.95", "steps": 60},
        "cycle-rounded",
    ),
    "floats stand still": ("float", {"loss": "(w - 3)^2", "start": {"w": 1}, "steps": 1000}, "converged-float"),
    "momentum stands still": (
        "float",
        {"loss": "exp(w)", "start": {"w": 1}, "optimizer": "momentum", "weight_decay": "0.3", "steps": 4000},
        "converged-float",
    ),
    "beyond floats": (
        "float",
        {"loss": "exp(w^2)", "start": {"w": 2}, "learning_rate": 10},
        "diverged-infinite",
    ),
    "without end": (
        "float",
        {"loss": "-w^2", "start": {"w": 1}, "learning_rate": 5, "steps": 999},
        "diverged-falling",
    ),
    "beyond all": ("exact", {"loss": "exp(w^2)", "start": {"w": 2}, "learning_rate": 10}, "diverged-infinite"),
    "no loss, beyond floats": (
        "float",
        {"gradient": {"w": "-w^3"}, "start": {"w": 10}, "learning_rate": 10},
        "diverged-infinite",
    ),
    "a turning point is no end": (
        "exact",
        {"gradient": {"w": [1, 0, 1]}, "start": {"w": 1}, "steps": 3},
        "finished",
    ),
    "momentum through the valley": (
        "exact",
        {"loss": "(w - 3)^2", "start": {"w": 1}, "optimizer": "momentum", "learning_rate": "0.5", "steps": 3},
        "finished",
    ),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_outcome(name: str) -> None:
    arithmetic, arguments, key = SPECIAL[name]
    assert run_of(arithmetic, **arguments).key == key


def test_cycle_says_where_and_how_long() -> None:
    assert run_of(loss="w^2", start={"w": 1}, learning_rate=1).facts == {"first": 0, "length": 2}


def test_cycle_of_a_method_with_memory_needs_the_whole_state() -> None:
    """The point comes back, the buffer does not: no cycle."""
    outcome = run_of(gradient={"w": "sign(w)"}, start={"w": 1}, optimizer="momentum", momentum=1, steps=12)
    assert outcome.code != "cycle"


#: Starts that have to be mended: code and arguments.
BAD_START: dict[str, tuple[str, dict[str, Any]]] = {
    "loss": ("start-outside", {"loss": "ln(w)", "start": {"w": -1}}),
    "division": ("start-outside", {"loss": "1/w", "start": {"w": 0}}),
    "slope": ("start-no-slope", {"loss": "sqrt(w)", "start": {"w": 0}}),
    "given": ("start-no-slope", {"gradient": {"w": "1/w"}, "start": {"w": 0}}),
    "second": ("start-no-second", {"loss": "w^(3/2)", "start": {"w": 0}, "optimizer": "newton"}),
    "rate": ("rate-undefined", {"loss": "w^2", "start": {"w": 1}, "learning_rate": "0.1/(t - 1)"}),
}


@pytest.mark.parametrize("arithmetic", ALL)
@pytest.mark.parametrize("name", BAD_START)
def test_start_to_mend(name: str, arithmetic: str) -> None:
    code, arguments = BAD_START[name]
    with pytest.raises(InputError) as caught:
        run_of(arithmetic, **arguments)
    assert caught.value.code == code
    assert all(caught.value.explain(language) for language in LANGUAGES)


@pytest.mark.parametrize("arithmetic", ["exact", "float"])
def test_start_too_large(arithmetic: str) -> None:
    with pytest.raises(InputError, match="too large"):
        run_of(arithmetic, loss="exp(exp(w))", start={"w": 20})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("loss", "start", "made"), [("exp(w)", 800, 1), ("exp(-w)", 10**8, 0)])
def test_a_value_too_close_to_0_to_be_written_ends_the_run_in_words(
    loss: str, start: int, made: int, language: str
) -> None:
    outcome = run_of(loss=loss, start={"w": start})
    assert (outcome.key, outcome.step) == ("undecided-tiny", made)
    assert str(made) in outcome.message(language)
    assert "round:6" in outcome.remedy(language)


def test_undecided_is_said_and_not_guessed() -> None:
    """At 0 the two sides are equal, which no precision proves: sin²1 + cos²1 − 1."""
    outcome = run_of(loss="(w - 2)^2 + sqrt(sin(1)^2 + cos(1)^2 - w)", start={"w": 1}, steps=1)
    assert outcome.code == "undecided"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_its_words(language: str) -> None:
    table = catalogue(language)
    keys = {key.split(".")[1] for key in table if key.startswith("outcome.")}
    reached = (
        {key for _, key, _ in EVERYWHERE.values()}
        | {key for _, _, key in SPECIAL.values()}
        | {"undecided", "undecided-tiny"}
    )
    assert reached <= keys
    assert keys - reached <= {"converged-float"}
    assert {next(code for code in CODES if key.startswith(code)) for key in keys} == set(CODES)


@pytest.mark.parametrize("name", EVERYWHERE)
def test_sentences_take_their_facts(name: str) -> None:
    outcome = run_of(**EVERYWHERE[name][0])
    for language in LANGUAGES:
        assert "{" not in outcome.message(language) + outcome.remedy(language)


def test_last_record_keeps_the_point_and_has_no_change() -> None:
    run = descend(Problem("(w - 3)^2", start={"w": 2}, learning_rate=5, steps=40))
    assert run.records[-1].change is None
    assert all(record.change is not None for record in run.records[:-1])
    assert [record.step for record in run.records] == list(range(5))
    assert run.final == {"w": Fraction(3 - (-9) ** 4)}
